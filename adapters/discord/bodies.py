"""What is posted in a place, as the body of the request; and whether a message that is read back is it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.discord import lines, render
from adapters.discord.rooms import HOOKED, server_of
from core.app.platform import Rejected
from core.domain.drawing import Drawing
from core.domain.surfaces import Place
from core.domain.text import clean
from core.domain.view import Bundle, Card, Content, Speech

Json = dict[str, Any]


def posted(content: Content, place: Place, names: Mapping[Drawing, str] | None = None) -> Json:
    """The same, posted for the first time: a card may tell people of itself, and an edit nobody."""
    body = shown(content, place, names)
    told = render.notified(content) if isinstance(content, Card) else {}
    return body | {"allowed_mentions": {"parse": [], **told}} if told else body


def shown(content: Content, place: Place, names: Mapping[Drawing, str] | None = None) -> Json:
    server = server_of(place)
    try:
        return render.card(content, server, names) if isinstance(content, Card) else lines.told(content, server)
    except render.Unfit as unfit:
        raise Rejected(str(unfit)) from None


def spoken(content: Speech | Bundle, place: Place) -> Json:
    try:
        return lines.line(content, server_of(place))
    except render.Unfit as unfit:
        raise Rejected(str(unfit)) from None


def says(message: Json, content: Content, place: Place) -> bool:
    """Whether a message read back is this content: a card by its first line, for its numbers move on."""
    if isinstance(content, Card):
        theirs, ours = message.get("components") or (), shown(content, place)["components"]
        return _first_line(theirs) == _first_line(ours)
    hooked = place.kind in HOOKED and bool(message.get("webhook_id"))
    body = spoken(content, place) if hooked else shown(content, place)
    name = str((message.get("author") or {}).get("username", ""))
    same_author = not hooked or _words(name) == _words(body["username"])
    theirs, ours = str(message.get("content") or ""), body["content"]
    return same_author and _words(lines.unliked(theirs)) == _words(lines.unliked(ours))


def _first_line(components: Sequence[Json]) -> str:
    return _words(next(iter(render.texts(components)), "").partition("\n")[0])


def _words(text: str) -> str:
    """Discord trims what it stores, and may take invisible characters out of names."""
    return " ".join(clean(text).split())
