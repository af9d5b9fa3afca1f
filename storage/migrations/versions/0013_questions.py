"""Questions: conversations with moderators, upvotes, and the rules they are taken by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def _ident(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=200), nullable=False)


def _maybe(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=200), nullable=True)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _at(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "question",
        _ident("id"),
        _ident("session"),
        sa.Column("number", sa.Integer(), nullable=False),
        _ident("person"),
        _ident("account"),
        _ident("venue"),
        _ident("place"),
        _at("asked_at"),
        _at("waiting_since"),
        sa.Column("state", sa.String(length=20), nullable=False),
        _maybe("owner"),
        _at("claimed_at", nullable=True),
        _at("answered_at", nullable=True),
        _at("closed_at", nullable=True),
        _maybe("closed_by"),
        sa.Column("line", sa.Integer(), nullable=False),
        _flag("late"),
        _flag("named"),
        _maybe("merged_into"),
        _maybe("joined"),
        _maybe("suggested"),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        _flag("pinned"),
        _maybe("about"),
        _flag("for_all"),
        _flag("public"),
        _flag("live"),
        _flag("spoken"),
        _ident("label"),
        sa.Column("wording", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        _at("published_at", nullable=True),
        _flag("shows_name"),
        _at("feed_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session", "number", name="question_by_number"),
    )
    for name in ("person", "place", "owner", "merged_into"):
        op.create_index(f"ix_question_{name}", "question", [name])
    op.create_index("question_by_state", "question", ["session", "state"])
    op.create_index("question_published", "question", ["session", "published_at"])
    op.create_table(
        "question_line",
        _ident("id"),
        _ident("question"),
        _ident("session"),
        _ident("person"),
        _ident("account"),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _at("at"),
        _at("changed_at"),
        _flag("deleted"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_question_line_question", "question_line", ["question"])
    op.create_index("ix_question_line_person", "question_line", ["person"])
    op.create_table(
        "upvote",
        _ident("question"),
        _ident("account"),
        _ident("session"),
        sa.Column("on", sa.Boolean(), nullable=False),
        _at("at"),
        _ident("delivery"),
        sa.PrimaryKeyConstraint("question", "account"),
    )
    for name in ("account", "session"):
        op.create_index(f"ix_upvote_{name}", "upvote", [name])
    op.create_table(
        "numbering",
        _ident("session"),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_table(
        "duty", _ident("session"), _ident("person"), _at("at"), sa.PrimaryKeyConstraint("session", "person")
    )
    op.create_table(
        "question_rules",
        _ident("session"),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("opens", sa.String(length=5), nullable=False),
        sa.Column("closes", sa.String(length=5), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replies", sa.Text(), nullable=False),
        sa.Column("sends", sa.Boolean(), nullable=False),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_index("place_by_channel", "place", ["ref", "kind"])


def downgrade() -> None:
    op.drop_index("place_by_channel", "place")
    for table in ("question_rules", "duty", "numbering", "upvote", "question_line", "question"):
        op.drop_table(table)
