"""What is shown where, and what was handled already."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, false, text

from storage.schema.columns import at, ident, later, metadata
from storage.sealed import Sealed

inbox = Table("inbox", metadata, ident(), at("at"), Column("outcome", Sealed, nullable=False))
Index("inbox_by_age", inbox.c.at)
subject = Table(
    "subject",
    metadata,
    ident(),
    Column("version", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
)
Index(
    "subject_unsettled",
    subject.c.id,
    sqlite_where=text("settled < version"),
    postgresql_where=text("settled < version"),
)
place = Table(
    "place",
    metadata,
    ident(),
    Column("venue", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("session", String(200), index=True),
    Column("person", String(200)),
    Column("parent", String(200)),
    Column("account", String(200)),
    Column("ref", String(200)),
    Column("state", String(20), nullable=False),
    Column("name", String(200), nullable=False, server_default=""),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("private", Boolean, nullable=False, server_default=false()),
    Column("made", Boolean, nullable=False, server_default=false()),
    Column("prunes", Boolean, nullable=False, server_default=false()),
    Column("pace", BigInteger, nullable=False, server_default="0"),
    Column("wears", Boolean, nullable=False, server_default=false()),
    later("wanted_at"),
    Column("kept", String(200)),
    later("kept_at"),
    Column("lines", Integer, nullable=False, server_default="0"),
    Column("seen", String(200), nullable=False),
    at("seen_at"),
)
_A_ROOM = text("ref IS NOT NULL AND state <> 'released'")
Index(
    "place_by_ref",
    place.c.venue,
    place.c.ref,
    unique=True,
    sqlite_where=_A_ROOM,
    postgresql_where=_A_ROOM,
)
Index("place_by_any_ref", place.c.venue, place.c.ref)
Index("place_of_person", place.c.venue, place.c.kind, place.c.person)
Index("place_by_channel", place.c.ref, place.c.kind)
surface = Table(
    "surface",
    metadata,
    ident(),
    Column("subject", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("part", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("parent", String(200)),
    Column("follow", String(20), nullable=False),
    Column("urgency", Integer, nullable=False),
    at("order_at"),
    Column("ref", String(200)),
    Column("ours", Boolean, nullable=False),
    Column("life", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    at("sent_at", nullable=True),
    Column("gone", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    at("next_at"),
    at("expires_at", nullable=True),
    Column("dead", String(200), nullable=False),
    Column("bundle", String(200), index=True),
    UniqueConstraint("subject", "place", "part", name="surface_once"),
)
Index("surface_by_ref", surface.c.place, surface.c.ref, unique=True)
lane = Table("lane", metadata, ident("place"), Column("holder", String(80), nullable=False), at("until"))
budget = Table("budget", metadata, ident("name"), at("tat"), at("not_before"))
