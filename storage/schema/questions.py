"""Questions, their lines and who wants them answered."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, false

from storage.schema.columns import at, ident, metadata, version
from storage.sealed import Sealed


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


question = Table(
    "question",
    metadata,
    ident(),
    Column("session", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("person", String(200), nullable=False, index=True),
    Column("account", String(200), nullable=False),
    Column("venue", String(200), nullable=False),
    Column("place", String(200), nullable=False, index=True),
    at("asked_at"),
    at("waiting_since"),
    Column("state", String(20), nullable=False),
    Column("owner", String(200), index=True),
    at("claimed_at", nullable=True),
    at("answered_at", nullable=True),
    at("closed_at", nullable=True),
    Column("closed_by", String(200)),
    Column("line", Integer, nullable=False),
    _flag("late"),
    _flag("named"),
    Column("merged_into", String(200), index=True),
    Column("joined", String(200)),
    Column("suggested", String(200)),
    Column("reason", Sealed),
    _flag("pinned"),
    Column("about", String(200)),
    _flag("for_all"),
    _flag("public"),
    _flag("live"),
    _flag("spoken"),
    Column("label", String(200), nullable=False),
    Column("wording", Sealed),
    Column("answer", Sealed),
    at("published_at", nullable=True),
    _flag("shows_name"),
    at("feed_at", nullable=True),
    version(),
    UniqueConstraint("session", "number", name="question_by_number"),
)
Index("question_by_state", question.c.session, question.c.state)
Index("question_published", question.c.session, question.c.published_at)
question_line = Table(
    "question_line",
    metadata,
    ident(),
    Column("question", String(200), nullable=False, index=True),
    Column("session", String(200), nullable=False),
    Column("person", String(200), nullable=False, index=True),
    Column("account", String(200), nullable=False),
    Column("by", String(20), nullable=False),
    Column("body", Sealed, nullable=False),
    at("at"),
    at("changed_at"),
    _flag("deleted"),
    version(),
)
upvote = Table(
    "upvote",
    metadata,
    ident("question"),
    Column("account", String(200), primary_key=True, index=True),
    Column("session", String(200), nullable=False, index=True),
    Column("on", Boolean, nullable=False),
    at("at"),
    Column("delivery", String(200), nullable=False),
)
numbering = Table("numbering", metadata, ident("session"), Column("last", Integer, nullable=False), version())
duty = Table("duty", metadata, ident("session"), ident("person"), at("at"))
question_rules = Table(
    "question_rules",
    metadata,
    ident("session"),
    Column("mode", String(20), nullable=False),
    Column("approval", Boolean, nullable=False),
    Column("opens", String(5), nullable=False),
    Column("closes", String(5), nullable=False),
    Column("reply", Text, nullable=False),
    Column("replies", Text, nullable=False),
    Column("sends", Boolean, nullable=False),
    Column("direct", Boolean, nullable=False),
    version(),
)
