"""How fast a place lets people in, and whether old messages there bear few edits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pace", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("wears", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_column("wears")
        batch_op.drop_column("pace")
