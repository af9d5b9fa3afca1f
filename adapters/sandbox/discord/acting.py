"""How every act of a person is written down, and how an interaction is begun and waited for as the client does."""

from __future__ import annotations

import asyncio

from adapters.sandbox.discord import interactions, look, sheets
from adapters.sandbox.discord.channels import Channels
from adapters.sandbox.discord.model import Action, Application, Channel, Interaction, Json, Message, User
from adapters.sandbox.discord.world import World

FAILED = "This interaction failed"
NO_ANSWER = "The application did not respond"
FORM_FAILED = "Something went wrong. Try again."
NO_CHOICES = "Loading options failed"


class Acting(Channels):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.linger = 0.0
        """Seconds to wait for a private word after a bare acknowledgement; 0 returns at once."""
        self.forms: dict[str, sheets.OpenForm] = {}
        self.presses: dict[str, dict[str, tuple[str, str, bool]]] = {}
        """Message → person → (custom_id, label, answered): the last press of each, counted by the server itself."""

    def _note(
        self,
        user: User,
        verb: str,
        channel: Channel,
        *,
        post: str | None = None,
        label: str | None = None,
        custom_id: str | None = None,
        text: str | None = None,
        ok: bool | None = None,
    ) -> Action:
        made = Action(self.world.clock(), user.name, verb, look.place(channel), post, label, custom_id, (), text, ok)
        if self.world.record != "off":
            self.world.actions.append(made)
        return made

    async def _begin(
        self,
        app: Application,
        kind: int,
        user: User,
        channel: Channel,
        data: Json,
        message: Message | None,
        note: Action,
        trigger: Interaction | None = None,
    ) -> Json:
        """Start the interaction and wait as the client does: three seconds, then it shows its own failure."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        one = interactions.begin(self.world, app, kind, user, channel, data, message, trigger)
        note.interaction = one.id
        error = None
        try:
            await asyncio.wait_for(one.done.wait(), self.world.patience)
        except TimeoutError:
            interactions.expire(one)
            error = {2: NO_ANSWER, 3: FAILED, 4: NO_CHOICES, 5: FORM_FAILED}[kind]
        taken = (loop.time() - began) * 1000
        if error is None and one.first in (5, 6):
            await self._filled(one, self.world.patience if one.first == 5 else self.linger)
        note.ok, note.error, note.milliseconds = error is None, error, taken
        answered: Json = {"ok": error is None, "milliseconds": taken, "error": error, "private": self._private(one)}
        if one.sheet is not None:
            form = self.forms[user.id] = sheets.opened(one, one.sheet)
            answered["sheet"] = form.show()
        if kind == 4:
            answered["choices"] = one.choices
        return answered

    async def _filled(self, one: Interaction, within: float) -> None:
        """After "thinking…" (or a bare acknowledgement, when told to linger) the person goes on looking for a while."""
        try:
            if within:
                await asyncio.wait_for(one.filled.wait(), within)
        except TimeoutError:
            return

    def _private(self, one: Interaction) -> list[Json]:
        return [look.post(each, self.world) for each in one.private if each.id in each.channel.messages]
