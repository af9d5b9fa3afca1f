"""How fast, with which words and whether with links people may write; and a chat that was cleared"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slow", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("links", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("cleared_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "talk",
        sa.Column("session", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session", "person"),
    )


def downgrade() -> None:
    op.drop_table("talk")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("cleared")
    with op.batch_alter_table("session", schema=None) as batch_op:
        for name in ("cleared_at", "words", "links", "slow"):
            batch_op.drop_column(name)
