"""What is said: lines, likes, notices."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table, Text, false

from storage.schema.columns import at, ident, metadata, version
from storage.sealed import Sealed

message = Table(
    "message",
    metadata,
    ident(),
    Column("session", String(200), nullable=False, index=True),
    Column("place", String(200), nullable=False),
    Column("account", String(200), nullable=False),
    Column("person", String(200), nullable=False, index=True),
    Column("body", Sealed, nullable=False),
    at("at"),
    at("changed_at"),
    Column("deleted", Boolean, nullable=False),
    Column("reply_to", String(200), index=True),
    Column("voiced", Boolean, nullable=False, server_default=false()),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    at("pinned_at", nullable=True),
    at("feed_at", nullable=True),
    Column("cleared", Boolean, nullable=False, server_default=false()),
    version(),
)
liking = Table(
    "liking",
    metadata,
    ident("subject"),
    ident("person"),
    ident("place"),
    Column("on", Boolean, nullable=False),
    at("at"),
    Column("delivery", String(200), nullable=False),
)
notice = Table(
    "notice",
    metadata,
    ident(),
    Column("session", String(200), nullable=False, index=True),
    at("at"),
    Column("body", Sealed, nullable=False),
    version(),
)
unmatched = Table(
    "unmatched", metadata, ident("place"), ident("ref"), at("at"), Column("body", Sealed), at("kept_until")
)
talk = Table("talk", metadata, ident("session"), ident("person"), at("at"), at("told_at"))
said = Table("said", metadata, ident("session"), ident("account"), Column("lines", Text, nullable=False))
