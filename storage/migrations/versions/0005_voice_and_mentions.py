"""Who is in the voice rooms, what a venue's platform can do, and when people were notified"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.add_column(sa.Column("can", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notified_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notify", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "listener",
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("session", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("deafened", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("place", "account"),
    )
    with op.batch_alter_table("listener", schema=None) as batch_op:
        batch_op.create_index("listener_of_session", ["session", "here"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("listener", schema=None) as batch_op:
        batch_op.drop_index("listener_of_session")
    op.drop_table("listener")
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.drop_column("notify")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("notified_at")
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.drop_column("can")
