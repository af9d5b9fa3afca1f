"""Every table; columns are named like the fields of the rows they keep, instants are microseconds since 1970 in UTC."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.sealed import Sealed

metadata = MetaData()


def _id(name: str = "id", *, primary: bool = True) -> Column[str]:
    return Column(name, String(200), primary_key=primary, nullable=False)


def _at(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _later(name: str) -> Column[int]:
    """An instant that older rows never had."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


inbox = Table("inbox", metadata, _id(), _at("at"), Column("outcome", Sealed, nullable=False))
Index("inbox_by_age", inbox.c.at)

session = Table(
    "session",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("state", String(20), nullable=False),
    _at("starts_at"),
    _at("ends_at"),
    Column("zone", String(80), nullable=False),
    Column("disclaimer", Text, nullable=False),
    Column("consent_version", Integer, nullable=False),
    Column("consent_needed", Boolean, nullable=False),
    _at("created_at"),
    Column("access", String(20), nullable=False, server_default="gated"),
    Column("like", String(80), nullable=False, server_default="👍"),
    Column("team", Integer, nullable=False, server_default="0"),
    _at("notified_at", nullable=True),
    _version(),
)

venue = Table(
    "venue",
    metadata,
    _id(),
    Column("platform", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("can", Text, nullable=False, server_default=""),
    _version(),
)
held = Table("held", metadata, _id("session"), _id("venue"))
invite = Table(
    "invite",
    metadata,
    _id("digest"),
    Column("session", String(200), nullable=False),
    _at("expires_at"),
    Column("used", Boolean, nullable=False),
    _version(),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("toasts", Boolean, nullable=False),
    Column("private_chat", Boolean, nullable=False),
    Column("last_name", Boolean, nullable=False),
    _later("settings_at"),
    _version(),
)
account = Table(
    "account",
    metadata,
    _id(),
    Column("person", String(200), nullable=False, index=True),
    Column("platform", String(40), nullable=False),
    Column("nick", Text, nullable=False),
    Column("avatar", Text),
    _version(),
)
member = Table(
    "member",
    metadata,
    _id("session"),
    _id("person"),
    Column("role", String(20), nullable=False),
    _at("consented_at", nullable=True),
    Column("consent_hash", String(64), nullable=False),
    Column("consent_version", Integer, nullable=False),
    Column("blocked", Boolean, nullable=False),
    _version(),
)
Index("member_by_person", member.c.person)
seat = Table(
    "seat", metadata, _id("session"), _id("venue"), _id("account"), Column("person", String(200), nullable=False)
)
Index("seat_of_person", seat.c.session, seat.c.person)
listener = Table(
    "listener", metadata, _id("place"), _id("account"),
    Column("session", String(200), nullable=False), Column("person", String(200), nullable=False),
    Column("here", Boolean, nullable=False), Column("deafened", Boolean, nullable=False), _at("at"),
)  # fmt: skip
Index("listener_of_session", listener.c.session, listener.c.here)
organiser = Table(
    "organiser",
    metadata,
    _id("venue"),
    _id("person"),
    Column("active", Boolean, nullable=False),
    _version(),
)
audit = Table(
    "audit",
    metadata,
    _id(),
    _at("at"),
    Column("session", String(200), nullable=False, index=True),
    Column("venue", String(200), nullable=False),
    Column("person", String(200), nullable=False),
    Column("deed", String(40), nullable=False),
    Column("object", String(200), nullable=False),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("session", String(200), nullable=False, index=True),
    Column("place", String(200), nullable=False),
    Column("account", String(200), nullable=False),
    Column("person", String(200), nullable=False, index=True),
    Column("body", Sealed, nullable=False),
    _at("at"),
    _at("changed_at"),
    Column("deleted", Boolean, nullable=False),
    Column("reply_to", String(200), index=True),
    Column("voiced", Boolean, nullable=False, server_default=false()),
    Column("pinned", Boolean, nullable=False, server_default=false()),
    _at("pinned_at", nullable=True),
    _version(),
)
liking = Table(
    "liking",
    metadata,
    _id("subject"),
    _id("person"),
    _id("place"),
    Column("on", Boolean, nullable=False),
    _at("at"),
    Column("delivery", String(200), nullable=False),
)
notice = Table(
    "notice",
    metadata,
    _id(),
    Column("session", String(200), nullable=False, index=True),
    _at("at"),
    Column("body", Sealed, nullable=False),
    _version(),
)
unmatched = Table("unmatched", metadata, _id("place"), _id("ref"), _at("at"), Column("body", Sealed), _at("kept_until"))

interaction = Table(
    "interaction",
    metadata,
    _id(),
    Column("session", String(200), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("spec", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("sharing", String(20), nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("notify", Boolean, nullable=False, server_default=false()),
    Column("created_by", String(200), nullable=False),
    _at("created_at"),
    _at("published_at", nullable=True),
    _at("ended_at", nullable=True),
    _at("scheduled_at", nullable=True),
    Column("scheduled_after", BigInteger),
    _version(),
)
ballot = Table(
    "ballot",
    metadata,
    _id("interaction"),
    _id("person"),
    Column("account", String(200), nullable=False),
    Column("platform", String(40), nullable=False),
    Column("choice", Text, nullable=False),
    _at("at"),
    Column("delivery", String(200), nullable=False),
    Column("moderator", Boolean, nullable=False),
)
draft = Table("draft", metadata, _id("account"), _id("form"), _at("at"), Column("values", Sealed, nullable=False))
due = Table("due", metadata, _id("what"), _at("due"), _at("fired_at", nullable=True), _version())
Index("due_waiting", due.c.due, sqlite_where=text("fired_at IS NULL"), postgresql_where=text("fired_at IS NULL"))

subject = Table(
    "subject",
    metadata,
    _id(),
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
    _id(),
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
    _later("wanted_at"),
    Column("kept", String(200)),
    _later("kept_at"),
    Column("lines", Integer, nullable=False, server_default="0"),
    Column("seen", String(200), nullable=False),
    _at("seen_at"),
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
surface = Table(
    "surface",
    metadata,
    _id(),
    Column("subject", String(200), nullable=False),
    Column("place", String(200), nullable=False),
    Column("part", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("parent", String(200)),
    Column("follow", String(20), nullable=False),
    Column("urgency", Integer, nullable=False),
    _at("order_at"),
    Column("ref", String(200)),
    Column("ours", Boolean, nullable=False),
    Column("life", Integer, nullable=False),
    Column("shown", Integer, nullable=False),
    _at("sent_at", nullable=True),
    Column("gone", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    _at("next_at"),
    _at("expires_at", nullable=True),
    Column("dead", String(200), nullable=False),
    Column("bundle", String(200), index=True),
    UniqueConstraint("subject", "place", "part", name="surface_once"),
)
Index("surface_by_ref", surface.c.place, surface.c.ref, unique=True)
lane = Table("lane", metadata, _id("place"), Column("holder", String(80), nullable=False), _at("until"))
budget = Table("budget", metadata, _id("name"), _at("tat"), _at("not_before"))
