"""Presses, commands, forms and lines to the bot: handed in, and answered to the person who acted, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from adapters.discord import acts, answers, parse, pictures, suggesting
from adapters.discord.answers import Asked
from adapters.discord.calls import Calls
from adapters.discord.client import Ears, Payload
from adapters.discord.forms import Typed, offered
from adapters.discord.gateway import MESSAGES
from adapters.discord.otherwise import Otherwise
from adapters.discord.parse import Ours
from adapters.discord.render import rooms_in
from adapters.discord.replies import Replies
from adapters.discord.shapes import number
from core.app.commands import CastBallot, Command, ImportPlan, React, UseRoom
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.platform import Draw, PlatformTrouble
from core.app.ports import Clock
from core.app.suggest import Suggest
from core.domain.form import Form, first
from core.domain.plan_nodes import FILE_BYTES, Mistake
from core.domain.view import Card, say

log = logging.getLogger(__name__)

UPLOAD = "upload"
"""The field of a form that takes a file."""
DRAWN_WITHIN = 0.8
"""Seconds for the pictures of a first response: the person sees "failed" after three."""
UNFETCHED = "The file could not be fetched from Discord just now. Send it once more, or paste its text."

Go = Callable[[Coroutine[Any, Any, None]], None]


class Answering:
    """``outcome`` never raises; ``taken`` hears of channels that may be a room now; ``go`` starts work of its own."""

    def __init__(
        self,
        ears: Ears,
        calls: Calls,
        ours: Ours,
        outcome: Callable[[Command], Awaitable[Outcome | Saving]],
        taken: Callable[[str], Coroutine[Any, Any, None]],
        suggest: Suggest,
        go: Go,
        clock: Clock,
        draw: Draw | None = None,
    ) -> None:
        self._ears, self._calls, self._ours, self._clock = ears, calls, ours, clock
        self._outcome, self._taken, self._suggest, self._go, self._draw = outcome, taken, suggest, go, draw
        self._typed, self._otherwise = Typed(clock), Otherwise(calls, clock)
        self.replies: Replies | None = None

    def hear_interaction(self, payload: Payload) -> None:
        if number(payload, "type") == suggesting.AUTOCOMPLETE:
            self._go(self._propose(payload))
            return
        command = parse.interaction(payload, self._clock(), self._ears)
        if command is not None:
            self._go(self._answer(Asked.of(payload), command))

    async def _answer(self, asked: Asked, command: Command) -> None:
        assert self.replies is not None, "nothing is heard before the start"
        if isinstance(command, ImportPlan):
            command = await self._with_file(command)
        outcome = await self._outcome(command)
        if not isinstance(outcome, Saving):
            if not await self._respond(self._placed(asked, outcome), outcome):
                await self._tell_otherwise(asked, command, outcome)
        elif isinstance(command, React):
            # The card shows that it was counted: "saving…" to each of a crowd would be noise.
            await self.replies.first(asked, answers.unchanged(), answers.saving(asked))
            late = await settled(outcome)
            await self._tell_otherwise(asked, command, late)
        else:
            await self.replies.first(asked, answers.saving(asked), answers.saving(asked))
            late = await settled(outcome)
            if not await self._change(self._placed(asked, late), late):
                await self._tell_otherwise(asked, command, late)
        if isinstance(command, UseRoom):
            await self._taken(command.room)

    async def _respond(self, asked: Asked, outcome: Outcome) -> bool:
        """With pictures where they are drawn in time, else in words."""
        assert self.replies is not None, "nothing is heard before the start"
        drawn = await pictures.drawn(self._draw, _card(outcome), DRAWN_WITHIN)
        bodies = [answers.response(outcome, asked, self._typed), answers.unshown(asked)]
        if drawn.pictures:
            bodies.insert(0, answers.response(outcome, replace(asked, names=drawn.names), self._typed))
        return await self.replies.first(asked, *bodies, files=drawn.files())

    async def _change(self, asked: Asked, outcome: Outcome) -> bool:
        """The same where "saving…" was said."""
        assert self.replies is not None, "nothing is heard before the start"
        drawn = await pictures.drawn(self._draw, _card(outcome))
        if drawn.pictures:
            body = answers.later(outcome, replace(asked, names=drawn.names), self._typed)
            if await self.replies.edit(asked, body, drawn.files()):
                return True
        return await self.replies.edit(asked, answers.later(outcome, asked, self._typed))

    async def _tell_otherwise(self, asked: Asked, command: Command, outcome: Outcome) -> None:
        """The token is gone, and with it the answer's place. Whoever misses a ballot's presses again and reads it."""
        if outcome.reply is None or isinstance(command, CastBallot):
            return
        asked = self._placed(asked, outcome)
        if not await self._otherwise.tell(asked, answers.later(outcome, asked, self._typed)):
            log.warning("somebody has no answer: it came too late")

    async def _propose(self, payload: Payload) -> None:
        assert self.replies is not None, "nothing is heard before the start"
        ask = suggesting.asked(payload, self._clock(), self._ears)
        await self.replies.suggest(Asked.of(payload), await suggesting.suggested(ask, self._suggest))

    async def _with_file(self, command: ImportPlan) -> ImportPlan:
        """The uploaded file's bytes instead of its address."""
        rest = {name: typed for name, typed in command.values.items() if name != UPLOAD}
        address = first(command.values, UPLOAD)
        if not address:
            return replace(command, values=rest)
        assert self.replies is not None, "nothing is heard before the start"
        data = await self.replies.fetch(address, FILE_BYTES + 1)
        plan = (Mistake(1, 1, UNFETCHED),) if data is None else None
        return replace(command, values=rest, uploaded=data, plan=plan)

    def _placed(self, asked: Asked, outcome: Outcome) -> Asked:
        """In direct messages there is no server, but the answer may lead into one."""
        if asked.server or not isinstance(outcome.reply, Card):
            return asked
        return replace(asked, server=self._server(outcome.reply))

    def _server(self, shown: Card) -> str:
        return next((home for room in rooms_in(shown) if (home := self._ears.home(room))), "")

    # -- direct messages --------------------------------------------------------------------------------------------

    def hear_message(self, message: Payload) -> None:
        """A line in the direct messages with somebody."""
        command = acts.written(message, self._clock(), self._ears, self._ours)
        if command is not None:
            self._go(self._write_back(command, str(message.get("id"))))

    async def _write_back(self, command: Command, ident: str) -> None:
        """Answer in the same place: there a line cannot be answered in private, and need not be."""
        outcome = await self._outcome(command)
        if isinstance(outcome, Saving):
            outcome = await settled(outcome)
        shown = offered(outcome.reply, answers.READER) if isinstance(outcome.reply, Form) else outcome.reply
        if shown is None:
            return
        body = answers.shown(shown, self._server(shown)) | {"nonce": f"w-{ident}", "enforce_nonce": True}
        try:
            await self._calls.post(MESSAGES, body, channel_id=command.room)
        except PlatformTrouble as trouble:
            log.warning("a line to the bot could not be answered: %s", trouble.reason)


def _card(outcome: Outcome) -> Card | None:
    return outcome.reply if isinstance(outcome.reply, Card) else None


async def settled(saving: Saving) -> Outcome:
    """The outcome once it is known; raises nothing."""
    try:
        return await saving.then
    except Exception:
        log.exception("a command could not be carried out")
        return Outcome(say(answers.READER, NOT_SAVED), done=False)
