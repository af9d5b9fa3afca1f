"""Every kind of interaction: anonymous ones, written answers, durations, the run of show; reactions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.add_column(sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("lasts", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("closes_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("rehearsal", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("feed_at", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("edited_by", sa.String(length=200), server_default="", nullable=False))
    op.execute(sa.text("UPDATE interaction SET rank = created_at"))
    with op.batch_alter_table("ballot", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("flips", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("superseded", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=20), server_default="", nullable=False))
    op.create_table(
        "ballot_key",
        sa.Column("interaction", sa.String(length=200), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("interaction"),
    )
    op.create_table(
        "reaction",
        sa.Column("session", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session", "person", "kind", "slot"),
    )
    op.create_index("reaction_by_time", "reaction", ["session", "at"])
    op.create_table(
        "leading",
        sa.Column("session", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("session", "person"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("news", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reactions", sa.Text(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("burst_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("feed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("feed_at")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("burst_at")
        batch_op.drop_column("reactions")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("news")
    op.drop_table("leading")
    op.drop_table("reaction")
    op.drop_table("ballot_key")
    for table, names in (
        ("superseded", ("state", "words")),
        ("ballot", ("flips", "state", "words")),
        (
            "interaction",
            ("edited_by", "revision", "feed_at", "rank", "rehearsal", "closes_at", "lasts", "anonymous"),
        ),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in names:
                batch_op.drop_column(name)
