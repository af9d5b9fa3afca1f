"""When a drafted interaction publishes itself"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("scheduled_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("scheduled_after", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.drop_column("scheduled_after")
        batch_op.drop_column("scheduled_at")
