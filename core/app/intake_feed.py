"""What the buttons of the feed, of news and of a rehearsal mean; part of the table in :mod:`core.app.intake`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.app import commands as c
from core.app.commands.feeding import Way
from core.domain.ids import InteractionId, SessionId

if TYPE_CHECKING:
    from core.app.intake import Envelope

Arguments = tuple[str, ...]
WAYS: tuple[Way, ...] = ("top", "up", "down")


def _item(envelope: Envelope, arguments: Arguments, picked: tuple[str, ...]) -> c.Command:
    what, _, ident = picked[0].partition(".")
    return c.ChangeFeedItem(**envelope.fields(), session=SessionId(arguments[0]), pinned=what == "pin", item=ident)


def _move(envelope: Envelope, arguments: Arguments, picked: tuple[str, ...]) -> c.Command:
    session, what, ident, wanted = arguments[:4] if len(arguments) > 3 else ("", "", "", "")
    for way in WAYS:
        if way == wanted:
            return c.MoveInFeed(
                **envelope.fields(), session=SessionId(session), pinned=what == "pin", item=ident, way=way
            )
    raise IndexError(wanted)


FEED_BUTTONS: Mapping[str, Callable[[Envelope, Arguments, tuple[str, ...]], c.Command]] = {
    "feeditem": _item,
    "feedmove": _move,
    "feedunpin": lambda e, a, p: c.UnpinInFeed(**e.fields(), session=SessionId(a[0]), pinned=True, item=a[1]),
    "catchup": lambda e, a, p: c.ShowCatchup(**e.fields(), session=SessionId(a[0]), back="".join(a[1:2])),
    "rehearse": lambda e, a, p: c.ShowRehearsal(**e.fields(), session=SessionId(a[0])),
    "rehearsenext": lambda e, a, p: c.RehearseNext(**e.fields(), session=SessionId(a[0]), draft=InteractionId(a[1])),
    "endrehearsal": lambda e, a, p: c.EndRehearsal(**e.fields(), session=SessionId(a[0])),
    "stopnews": lambda e, a, p: c.StopNews(**e.fields()),
}
