"""Sessions and where they are held."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, true

from storage.schema.columns import at, ident, metadata, version

session = Table(
    "session",
    metadata,
    ident(),
    Column("name", Text, nullable=False),
    Column("state", String(20), nullable=False),
    at("starts_at"),
    at("ends_at"),
    Column("zone", String(80), nullable=False),
    Column("disclaimer", Text, nullable=False),
    Column("consent_version", Integer, nullable=False),
    Column("consent_needed", Boolean, nullable=False),
    at("created_at"),
    Column("access", String(20), nullable=False, server_default="gated"),
    Column("like", String(80), nullable=False, server_default="👍"),
    Column("slow", Integer, nullable=False, server_default="0"),
    Column("links", Boolean, nullable=False, server_default=true()),
    Column("words", Text, nullable=False, server_default="[]"),
    at("cleared_at", nullable=True),
    Column("team", Integer, nullable=False, server_default="0"),
    at("notified_at", nullable=True),
    Column("reactions", Text, nullable=False, server_default="[]"),
    at("burst_at", nullable=True),
    version(),
)
venue = Table(
    "venue",
    metadata,
    ident(),
    Column("platform", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("can", Text, nullable=False, server_default=""),
    at("out_since", nullable=True),
    version(),
)
held = Table("held", metadata, ident("session"), ident("venue"))
invite = Table(
    "invite",
    metadata,
    ident("digest"),
    Column("session", String(200), nullable=False),
    at("expires_at"),
    Column("used", Boolean, nullable=False),
    version(),
)
