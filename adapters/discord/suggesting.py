"""What is suggested while somebody types a command: from the interaction to the question, and from the answer to it.

https://docs.discord.com/developers/interactions/application-commands#autocomplete
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from adapters.discord import commands, limits, parse
from adapters.discord.reading import Names
from adapters.discord.shapes import Json, inner
from core.app.suggest import Ask, Suggest
from core.domain.ids import Instant
from core.domain.text import shorten
from core.domain.view import Option

log = logging.getLogger(__name__)

AUTOCOMPLETE = 4
"""The type of such an interaction; a look, no act."""
CHOICES = 8
"""The type of its answer."""
PATIENCE = 1.5
"""Seconds for the answer: Discord waits for three, and whoever types waits for none."""


def asked(payload: Json, now: Instant, names: Names) -> Ask | None:
    """What is being typed; None where no option is."""
    data = inner(payload, "data")
    group, path, _ = commands.called(data)
    option = commands.focused(data)
    if option is None:
        return None
    came = parse.envelope(payload, now, names)
    return Ask(came.actor, came.room, group, path, option[0], option[1])


async def suggested(ask: Ask | None, suggest: Suggest) -> dict[str, Any]:
    """The answer's body; nothing is suggested when that cannot be known in time."""
    found: Sequence[Option] = ()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await suggest(ask) if ask is not None else ()
    except Exception as cause:
        log.warning("nothing could be suggested: %s", type(cause).__name__)
    return {"type": CHOICES, "data": {"choices": choices(found)}}


def choices(found: Sequence[Option]) -> list[dict[str, str]]:
    """At most 25, each with a name of 1 to 100 characters; a value that does not fit is no suggestion."""
    fitting = (it for it in found if it.label.strip() and 1 <= len(it.value) <= limits.OPTION)
    return [{"name": shorten(it.label, limits.OPTION), "value": it.value} for it in fitting][: limits.CHOICES]
