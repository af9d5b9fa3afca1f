"""Persons, their accounts and parts, and what was done to them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, false

from storage.schema.columns import at, ident, later, metadata, version

person = Table(
    "person",
    metadata,
    ident(),
    Column("name", Text, nullable=False),
    Column("toasts", Boolean, nullable=False),
    Column("private_chat", Boolean, nullable=False),
    Column("last_name", Boolean, nullable=False),
    Column("news", Boolean, nullable=False, server_default=false()),
    later("settings_at"),
    version(),
)
account = Table(
    "account",
    metadata,
    ident(),
    Column("person", String(200), nullable=False, index=True),
    Column("platform", String(40), nullable=False),
    Column("nick", Text, nullable=False),
    Column("avatar", Text),
    version(),
)
member = Table(
    "member",
    metadata,
    ident("session"),
    ident("person"),
    Column("role", String(20), nullable=False),
    at("consented_at", nullable=True),
    Column("consent_hash", String(64), nullable=False),
    Column("consent_version", Integer, nullable=False),
    Column("blocked", Boolean, nullable=False),
    version(),
)
Index("member_by_person", member.c.person)
seat = Table(
    "seat", metadata, ident("session"), ident("venue"), ident("account"), Column("person", String(200), nullable=False)
)
Index("seat_of_person", seat.c.session, seat.c.person)
listener = Table(
    "listener", metadata, ident("place"), ident("account"),
    Column("session", String(200), nullable=False), Column("person", String(200), nullable=False),
    Column("here", Boolean, nullable=False), Column("deafened", Boolean, nullable=False), at("at"),
)  # fmt: skip
Index("listener_of_session", listener.c.session, listener.c.here)
organiser = Table(
    "organiser",
    metadata,
    ident("venue"),
    ident("person"),
    Column("active", Boolean, nullable=False),
    version(),
)
audit = Table(
    "audit",
    metadata,
    ident(),
    at("at"),
    Column("session", String(200), nullable=False, index=True),
    Column("venue", String(200), nullable=False),
    Column("person", String(200), nullable=False),
    Column("deed", String(40), nullable=False),
    Column("object", String(200), nullable=False),
)
