"""What tables are made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, String

metadata = MetaData()


def ident(name: str = "id") -> Column[str]:
    """A part of the primary key."""
    return Column(name, String(200), primary_key=True, nullable=False)


def at(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def later(name: str) -> Column[int]:
    """An instant that older rows never had."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def version() -> Column[int]:
    return Column("version", Integer, nullable=False)
