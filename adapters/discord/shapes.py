"""Looking into JSON that came from outside: whatever has another shape than expected is as if it were not there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def inner(payload: Any, name: str) -> Json:
    """The object of this name."""
    found = payload.get(name) if isinstance(payload, Mapping) else None
    return found if isinstance(found, dict) else {}


def several(payload: Any, name: str) -> list[Json]:
    """The objects in the list of this name."""
    found = payload.get(name) if isinstance(payload, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text(payload: Json, name: str) -> str:
    """The text or id of this name."""
    found = payload.get(name)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def number(payload: Json, name: str) -> int:
    found = payload.get(name)
    return found if isinstance(found, int) else 0
