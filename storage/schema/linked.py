"""Linked accounts (SPEC 2.4); what was set aside is kept until they part."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from storage.schema.chat import liking
from storage.schema.columns import metadata
from storage.sealed import Sealed


def _id(name: str) -> Column[str]:
    return Column(name, String(200), primary_key=True, nullable=False)


link_code = Table(
    "link_code",
    metadata,
    _id("digest"),
    Column("account", String(200), nullable=False),
    Column("venue", String(200), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
link = Table(
    "link",
    metadata,
    _id("account"),
    Column("person", String(200), nullable=False),
    Column("before", String(200), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)
Index("link_of_person", link.c.person)
wrong_codes = Table(
    "wrong_codes",
    metadata,
    _id("account"),
    Column("since", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)
aside = Table(
    "aside",
    metadata,
    _id("account"),
    _id("session"),
    _id("whose"),
    Column("role", String(20), nullable=False),
    Column("consented_at", BigInteger),
    Column("consent_hash", String(80), nullable=False),
    Column("consent_version", Integer, nullable=False),
    Column("blocked", Boolean, nullable=False),
)
superseded = Table(
    "superseded",
    metadata,
    _id("interaction"),
    _id("account"),
    Column("platform", String(40), nullable=False),
    Column("choice", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("delivery", String(200), nullable=False),
    Column("moderator", Boolean, nullable=False),
    Column("words", Sealed),
    Column("state", String(20), nullable=False, server_default=""),
)
Index("liking_of_person", liking.c.person)
