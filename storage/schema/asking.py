"""What is asked and answered, forms kept, and what comes due."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, false, text

from storage.schema.columns import at, ident, later, metadata, version
from storage.sealed import Sealed

interaction = Table(
    "interaction",
    metadata,
    ident(),
    Column("session", String(200), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("spec", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("sharing", String(20), nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("notify", Boolean, nullable=False, server_default=false()),
    Column("created_by", String(200), nullable=False),
    at("created_at"),
    at("published_at", nullable=True),
    at("ended_at", nullable=True),
    at("scheduled_at", nullable=True),
    Column("scheduled_after", BigInteger),
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    Column("lasts", BigInteger),
    at("closes_at", nullable=True),
    Column("rehearsal", Boolean, nullable=False, server_default=false()),
    later("rank"),
    at("feed_at", nullable=True),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("edited_by", String(200), nullable=False, server_default=""),
    version(),
)
ballot = Table(
    "ballot",
    metadata,
    ident("interaction"),
    ident("person"),
    Column("account", String(200), nullable=False),
    Column("platform", String(40), nullable=False),
    Column("choice", Text, nullable=False),
    at("at"),
    Column("delivery", String(200), nullable=False),
    Column("moderator", Boolean, nullable=False),
    Column("words", Sealed),
    Column("state", String(20), nullable=False, server_default=""),
    Column("flips", Boolean, nullable=False, server_default=false()),
)
ballot_key = Table("ballot_key", metadata, ident("interaction"), Column("key", Sealed, nullable=False))
reaction = Table(
    "reaction",
    metadata,
    ident("session"),
    ident("person"),
    ident("kind"),
    Column("slot", BigInteger, primary_key=True, nullable=False),
    Column("platform", String(40), nullable=False),
    at("at"),
)
Index("reaction_by_time", reaction.c.session, reaction.c.at)
dismissed = Table("dismissed", metadata, ident("interaction"), ident("person"), at("at"))
leading = Table("leading", metadata, ident("session"), ident("person"), Column("on", Boolean, nullable=False))
draft = Table("draft", metadata, ident("account"), ident("form"), at("at"), Column("values", Sealed, nullable=False))
due = Table("due", metadata, ident("what"), at("due"), at("fired_at", nullable=True), version())
Index("due_waiting", due.c.due, sqlite_where=text("fired_at IS NULL"), postgresql_where=text("fired_at IS NULL"))
