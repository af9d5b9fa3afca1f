"""What the buttons of the feed, of news and of a rehearsal mean; part of the table in :mod:`core.app.intake`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.app import commands as c
from core.app.commands.feeding import Item, Way
from core.domain.ids import InteractionId, SessionId

if TYPE_CHECKING:
    from core.app.intake import Envelope

Arguments = tuple[str, ...]
WAYS: tuple[Way, ...] = ("top", "up", "down")
ITEMS: tuple[Item, ...] = ("pin", "asked", "answer")


def _sort(name: str) -> Item:
    for item in ITEMS:
        if item == name:
            return item
    raise IndexError(name)


def _item(envelope: Envelope, arguments: Arguments, picked: tuple[str, ...]) -> c.Command:
    what, _, ident = picked[0].partition(".")
    return c.ChangeFeedItem(**envelope.fields(), session=SessionId(arguments[0]), sort=_sort(what), item=ident)


def _move(envelope: Envelope, arguments: Arguments, picked: tuple[str, ...]) -> c.Command:
    session, what, ident, wanted = arguments[:4] if len(arguments) > 3 else ("", "", "", "")
    for way in WAYS:
        if way == wanted:
            return c.MoveInFeed(**envelope.fields(), session=SessionId(session), sort=_sort(what), item=ident, way=way)
    raise IndexError(wanted)


FEED_BUTTONS: Mapping[str, Callable[[Envelope, Arguments, tuple[str, ...]], c.Command]] = {
    "feeditem": _item,
    "feedmove": _move,
    "feedunpin": lambda e, a, p: c.UnpinInFeed(**e.fields(), session=SessionId(a[0]), sort="pin", item=a[1]),
    "catchup": lambda e, a, p: c.ShowCatchup(**e.fields(), session=SessionId(a[0]), back="".join(a[1:2])),
    "rehearse": lambda e, a, p: c.ShowRehearsal(**e.fields(), session=SessionId(a[0])),
    "rehearsenext": lambda e, a, p: c.RehearseNext(**e.fields(), session=SessionId(a[0]), draft=InteractionId(a[1])),
    "endrehearsal": lambda e, a, p: c.EndRehearsal(**e.fields(), session=SessionId(a[0])),
    "stopnews": lambda e, a, p: c.StopNews(**e.fields()),
}
