"""Pictures on their way into a message: drawn, sent along as files, kept where a message already has them.

An edit names every file that the message shall have afterwards (``attachments``); one that it has already is named by
the id that Discord gave it, and its bytes are not sent again. What goes wrong leaves the words alone in the message.
https://docs.discord.com/developers/reference#uploading-files
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.discord import render
from adapters.discord.calls import File, code
from adapters.discord.shapes import inner, several, text
from core.app.platform import Closed, Draw, Missing, Rejected
from core.domain.drawing import Drawing
from core.domain.view import Card, Content, Picture

log = logging.getLogger(__name__)

Json = dict[str, Any]

REMEMBERED = 500
"""Messages whose files are known."""
MOST = 10
"""Files of one message."""
SECONDS = 4.0
"""A lane waits no longer for all pictures of a message."""
NO_FILES = (40005, 50013)
"""Too large; no right to attach files."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pictures with their bytes, in the order in which they are sent."""

    pictures: Mapping[Drawing, bytes]

    @property
    def names(self) -> Mapping[Drawing, str]:
        """By their content: the same picture has the same name, and no two of a message share one."""
        return {it: f"results-{hashlib.sha256(data).hexdigest()[:12]}.png" for it, data in self.pictures.items()}

    def files(self) -> tuple[File, ...]:
        names = self.names
        return tuple((names[drawing], data) for drawing, data in self.pictures.items())


NONE = Drawn({})
Send = Callable[[Mapping[Drawing, str], Sequence[File], Mapping[str, str]], Awaitable[Any]]
"""Sends a message with the named pictures and these new files; and the ids of those that it has, by name."""


async def drawn(draw: Draw | None, content: Content | None, seconds: float = SECONDS) -> Drawn:
    """Those pictures of a card that can be had in time."""
    if draw is None or not isinstance(content, Card):
        return NONE
    wanted = list(dict.fromkeys(part.drawing for part in content.parts if isinstance(part, Picture)))[:MOST]
    if not wanted:
        return NONE
    tasks = [asyncio.ensure_future(draw(it)) for it in wanted]
    done, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    made = {it: task.result() for it, task in zip(wanted, tasks, strict=True) if task in done and not task.exception()}
    return Drawn({it: data for it, data in made.items() if data})


class Pictures:
    """Of the bot's own messages."""

    def __init__(self, draw: Draw | None) -> None:
        self._draw = draw
        self._files: dict[tuple[str, str], Mapping[str, str]] = {}
        """By channel and message: the ids of its files, by their names; the newest last."""

    async def post(self, channel: str, content: Content, send: Send) -> Any:
        """Once more in words alone where Discord refuses the files: then nothing was posted."""
        shown = await drawn(self._draw, content)
        if shown.pictures:
            try:
                made = await send(shown.names, shown.files(), {})
            except (Rejected, Closed) as no:
                _told(no)
            else:
                self._remember(channel, text(made, "id") if isinstance(made, dict) else "", shown.names, made)
                return made
        return await send({}, (), {})

    async def edit(self, channel: str, ref: str, content: Content, send: Send) -> Any:
        """With the files that it has; with all of them anew where Discord knows these no more; then in words alone."""
        shown, had = await drawn(self._draw, content), self._files.get((channel, ref), {})
        kept = {name: had[name] for name in shown.names.values() if name in had}
        for known in (kept, {}) if kept else ({},) if shown.pictures else ():
            try:
                made = await send(shown.names, [it for it in shown.files() if it[0] not in known], known)
            except (Rejected, Closed) as no:
                _told(no)
                continue
            self._remember(channel, ref, shown.names, made)
            return made
        self._files.pop((channel, ref), None)
        return await send({}, (), {})

    def _remember(self, channel: str, ref: str, names: Mapping[Drawing, str], made: Any) -> None:
        """What a component shows is told there only: ``attachments`` of the answer is empty then."""
        ids = [text(inner(item, "media"), "attachment_id") for item in _items(several(made, "components"))]
        found = dict(zip(names.values(), ids, strict=False)) if len(ids) == len(names) and all(ids) else {}
        self._files.pop((channel, ref), None)
        if found and ref:
            self._files[channel, ref] = found
        while len(self._files) > REMEMBERED:
            del self._files[next(iter(self._files))]


def with_files(body: Json, known: Mapping[str, str]) -> Json:
    """The body of an edit: its new files numbered in their order, those that it has by their ids."""
    told: list[Json] = []
    number = 0
    for one in body.get("attachments", ()):
        if (name := one["filename"]) in known:
            told.append({"id": known[name]})
        else:
            told.append(one | {"id": str(number)})
            number += 1
    return body | {"attachments": told}


def _items(components: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for one in components:
        found += several(one, "items") if one.get("type") == render.GALLERY else ()
        found += _items(several(one, "components"))
    return found


def _told(no: Rejected | Closed) -> None:
    """Raises what has nothing to do with the files."""
    if isinstance(no, Missing) or (isinstance(no, Closed) and code(no) not in NO_FILES):
        raise no
    log.warning("a picture was refused, its words are shown: %s", no.reason)
