"""What people do, with what the real client would let them do; every act is written down with how it ended.

LookupError: it is not there for this person. PermissionError: the person may not. ValueError: the client refuses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from adapters.sandbox.discord import (
    changes,
    interactions,
    look,
    messages,
    permissions,
    rest_threads,
    shapes,
    sheets,
    typed,
)
from adapters.sandbox.discord.channels import Channels
from adapters.sandbox.discord.model import Action, Application, Channel, Interaction, Json, Message, User
from adapters.sandbox.discord.world import World

FAILED = "This interaction failed"
NO_ANSWER = "The application did not respond"
FORM_FAILED = "Something went wrong. Try again."


class People(Channels):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.linger = 0.0
        """Seconds to wait for a private word after a bare acknowledgement; 0 returns at once."""
        self.forms: dict[str, sheets.OpenForm] = {}
        self.presses: dict[str, dict[str, tuple[str, str, bool]]] = {}
        """Message → person → (custom_id, label, answered): the last press of each, counted by the server itself."""

    # Writing

    def reload(self, user: User) -> None:
        """The client starts again: private messages and open forms are gone."""
        self.forms.pop(user.id, None)
        for channel in self.world.channels.values():
            for each in [one for one in channel.messages.values() if one.only == user.id]:
                del channel.messages[each.id]

    def write(self, user: User, name: str, text: str, reply_to: str | None = None) -> str:
        channel = self.channel(user, name)
        self._may_write(user, channel)
        sent = typed.as_sent(text, channel, self.world)
        if not sent.strip():
            raise ValueError("an empty message is not sent")
        if len(sent) > 2000:
            raise ValueError("Your message is too long")
        reference = self.message(user, channel, reply_to) if reply_to else None
        if channel.is_thread:
            rest_threads.add(self.world, channel, user.id)
        made = messages.put(self.world, channel, user, {"content": sent}, reference=reference)
        self._note(user, "write", channel, post=made.id, text=sent, ok=True)
        return made.id

    def _may_write(self, user: User, channel: Channel) -> None:
        needed = permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES
        member = channel.guild.members.get(user.id) if channel.guild is not None else None
        quiet = member is not None and member.timeout is not None and member.timeout > self.world.clock()
        if quiet or not self.world.granted(user, channel) & needed:
            raise PermissionError(f"{user.shown} may not write in {channel.name}")

    def edit(self, user: User, name: str, post: str, text: str) -> None:
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        if found.author.id != user.id:
            raise PermissionError("only the author edits a message")
        sent = typed.as_sent(text, channel, self.world)
        messages.change(self.world, found, {"content": sent})
        self._note(user, "edit", channel, post=post, text=sent, ok=True)

    def delete(self, user: User, name: str, post: str) -> None:
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        mine = user.id in (found.author.id, found.only)
        if not mine and not self.world.granted(user, channel) & permissions.MANAGE_MESSAGES:
            raise PermissionError(f"{user.shown} may not delete this message")
        messages.remove(self.world, found)
        self._note(user, "delete", channel, post=post, ok=True)

    def react(self, user: User, name: str, post: str, emoji: str, *, on: bool = True) -> None:
        """Any member joins a reaction that stands there; a new one needs ADD_REACTIONS."""
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        new = on and emoji not in found.reactions
        if new and not self.world.granted(user, channel) & permissions.ADD_REACTIONS:
            raise PermissionError(f"{user.shown} may not react here")
        if new and len(found.reactions) >= 20:
            raise ValueError("a message holds 20 different reactions")
        messages.react(self.world, found, user, emoji, on=on)
        self._note(user, "react" if on else "unreact", channel, post=post, label=emoji, ok=True)

    def voice(self, user: User, name: str | None, *, deafened: bool = False, muted: bool = False) -> None:
        """Enter a voice or stage channel, change in it, or leave (no name)."""
        channel = self.channel(user, name) if name is not None else None
        changes.voice(self.world, user, channel, self_deaf=deafened, self_mute=muted)

    # Acting

    async def command(self, user: User, name: str, line: str) -> Json:
        channel = self.channel(user, name)
        if channel.guild is not None and not self.world.granted(user, channel) & permissions.USE_APPLICATION_COMMANDS:
            raise PermissionError(f"{user.shown} may not use commands here")
        app, data = typed.command_data(self.world, user, channel, line)
        note = self._note(user, "command", channel, text=line)
        return await self._begin(app, 2, user, channel, data, None, note)

    async def menu(self, user: User, name: str, post: str, label: str) -> Json:
        """A message command: Apps › label."""
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        for app, command in typed.commands_for(self.world, user, channel, 3):
            if command["name"] == label:
                resolved = {"messages": {found.id: shapes.message(found, app.bot.id)}}
                data = {"id": command["id"], "name": label, "type": 3, "target_id": found.id, "resolved": resolved}
                note = self._note(user, "menu", channel, post=post, label=label)
                return await self._begin(app, 2, user, channel, data, None, note)
        raise LookupError(f"there is no {label!r} in the message's menu")

    async def press(self, user: User, name: str, post: str, label: str) -> Json:
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        parts = [each for each in messages.walk(found.components) if each["type"] == 2]
        part = next((each for each in parts if label in (look.caption(each), each.get("label"))), None)
        if part is None:
            raise LookupError(f"there is no button {label!r}, only {[look.caption(each) for each in parts]}")
        note = self._note(user, "press", channel, post=post, label=label, custom_id=part.get("custom_id"))
        if part.get("disabled"):
            note.ok, note.error = False, "disabled"
            return {"ok": False, "milliseconds": 0.0, "error": "this button is disabled", "private": []}
        if part.get("style") == 5:
            note.ok = True
            return {"ok": True, "milliseconds": 0.0, "private": []}
        data: Json = {"id": part.get("id"), "custom_id": part["custom_id"], "component_type": 2}
        answered = await self._begin(self._owner(found), 3, user, channel, data, found, note)
        self.presses.setdefault(post, {})[user.id] = (part["custom_id"], look.caption(part), bool(answered["ok"]))
        return answered

    async def choose(self, user: User, name: str, post: str, label: str, options: Sequence[str]) -> Json:
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        parts = [each for each in messages.walk(found.components) if each["type"] in (3, 5, 6, 7, 8)]
        part = next((each for each in parts if label == (each.get("placeholder") or "")), None)
        if part is None:
            raise LookupError(f"there is no select {label!r}, only {[each.get('placeholder') for each in parts]}")
        resolved: Json = {}
        if part["type"] == 3:
            known = {each["label"]: each["value"] for each in part["options"]}
            if missing := [each for each in options if each not in known]:
                raise LookupError(f"{label!r} has no option {missing}, only {list(known)}")
            values = [known[each] for each in options]
        else:
            kinds = {5: 6, 6: 8, 7: 9, 8: 7}
            values = [typed.pick(kinds[part["type"]], each, self.world, channel, resolved) for each in options]
        if not part["min_values"] <= len(values) <= part["max_values"]:
            raise ValueError(f"choose {part['min_values']} to {part['max_values']}")
        note = self._note(user, "choose", channel, post=post, label=label, custom_id=part["custom_id"])
        note.values = values
        if part.get("disabled"):
            note.ok, note.error = False, "disabled"
            return {"ok": False, "milliseconds": 0.0, "error": "this select is disabled", "private": []}
        data: Json = {
            "id": part.get("id"),
            "custom_id": part["custom_id"],
            "component_type": part["type"],
            "values": values,
        }
        if resolved:
            data["resolved"] = resolved
        return await self._begin(self._owner(found), 3, user, channel, data, found, note)

    def _owner(self, found: Message) -> Application:
        app = self.world.applications.get(found.application_id or "")
        if app is None:
            raise LookupError("nobody answers for this message")
        return app

    async def fill(self, user: User, values: Mapping[str, str | Sequence[str]]) -> Json:
        form = self.forms.get(user.id)
        if form is None:
            raise LookupError(f"{user.shown} has no form open")
        sheets.write(form, values)
        source = form.source
        note = self._note(user, "fill", source.channel, custom_id=form.form["custom_id"], label=form.form["title"])
        if sheets.refuse(form):
            note.ok, note.error = False, "the client refused"
            return {
                "ok": False,
                "milliseconds": 0.0,
                "error": "the form is not complete",
                "private": [],
                "sheet": form.show(),
            }
        data = sheets.submission(form, self.world, source.channel)
        answered = await self._begin(source.application, 5, user, source.channel, data, source.message, note, source)
        if answered["ok"]:
            if self.forms.get(user.id) is form:
                del self.forms[user.id]
        else:
            answered["sheet"] = form.show()  # The form stays open with "Something went wrong."
        return answered

    def close(self, user: User) -> None:
        self.forms.pop(user.id, None)

    # What every act has in common

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
            error = {2: NO_ANSWER, 3: FAILED, 5: FORM_FAILED}[kind]
        taken = (loop.time() - began) * 1000
        if error is None and one.first in (5, 6):
            await self._filled(one, self.world.patience if one.first == 5 else self.linger)
        note.ok, note.error, note.milliseconds = error is None, error, taken
        answered: Json = {"ok": error is None, "milliseconds": taken, "error": error, "private": self._private(one)}
        if one.sheet is not None:
            form = self.forms[user.id] = sheets.opened(one, one.sheet)
            answered["sheet"] = form.show()
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
