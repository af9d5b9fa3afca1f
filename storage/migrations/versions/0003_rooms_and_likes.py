"""Rooms that the bot makes, seats in them, likes, replies, pins and notices"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _new() -> dict[str, tuple[sa.Column[Any], ...]]:
    """The new columns by table; older rows take what stands there."""
    return {
        "session": (
            sa.Column("access", sa.String(length=20), server_default="gated", nullable=False),
            sa.Column("like", sa.String(length=80), server_default="👍", nullable=False),
        ),
        "person": (sa.Column("settings_at", sa.BigInteger(), server_default="0", nullable=False),),
        "message": (
            sa.Column("reply_to", sa.String(length=200), nullable=True),
            sa.Column("voiced", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("pinned_at", sa.BigInteger(), nullable=True),
        ),
        "place": (
            sa.Column("name", sa.String(length=200), server_default="", nullable=False),
            sa.Column("trouble", sa.Text(), server_default="", nullable=False),
            sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("made", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("prunes", sa.Boolean(), server_default=sa.false(), nullable=False),
            sa.Column("wanted_at", sa.BigInteger(), server_default="0", nullable=False),
            sa.Column("kept", sa.String(length=200), nullable=True),
            sa.Column("kept_at", sa.BigInteger(), server_default="0", nullable=False),
            sa.Column("lines", sa.Integer(), server_default="0", nullable=False),
        ),
    }


def upgrade() -> None:
    for table, columns in _new().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.add_column(column)
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_reply_to"), ["reply_to"], unique=False)
    op.create_table(
        "seat",
        sa.Column("session", sa.String(length=200), nullable=False),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("session", "venue", "account"),
    )
    with op.batch_alter_table("seat", schema=None) as batch_op:
        batch_op.create_index("seat_of_person", ["session", "person"], unique=False)
    op.create_table(
        "liking",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("delivery", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("subject", "person", "place"),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("session", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_session"), ["session"], unique=False)


def downgrade() -> None:
    for table in ("notice", "liking", "seat"):
        op.drop_table(table)
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_reply_to"))
    for table, columns in _new().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in reversed(columns):
                batch_op.drop_column(column.name)
