"""Accounts that are one person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=200), primary_key=True, nullable=False)


def upgrade() -> None:
    op.create_table(
        "link_code",
        _id("digest"),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "link",
        _id("account"),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("link_of_person", "link", ["person"])
    op.create_table(
        "wrong_codes",
        _id("account"),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "aside",
        _id("account"),
        _id("session"),
        _id("whose"),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=True),
        sa.Column("consent_hash", sa.String(length=80), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "superseded",
        _id("interaction"),
        _id("account"),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("delivery", sa.String(length=200), nullable=False),
        sa.Column("moderator", sa.Boolean(), nullable=False),
    )
    op.create_index("liking_of_person", "liking", ["person"])


def downgrade() -> None:
    op.drop_index("liking_of_person", "liking")
    for table in ("superseded", "aside", "wrong_codes", "link", "link_code"):
        op.drop_table(table)
