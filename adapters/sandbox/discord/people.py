"""What people do, with what the real client would let them do; every act is written down with how it ended.

LookupError: it is not there for this person. PermissionError: the person may not. ValueError: the client refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.sandbox.discord import changes, look, messages, permissions, sheets, threads, typed
from adapters.sandbox.discord.in_threads import InThreads
from adapters.sandbox.discord.model import Application, Json, Message, User


class People(InThreads):
    # Writing

    def reload(self, user: User) -> None:
        """The client starts again: private messages and open forms are gone."""
        self.forms.pop(user.id, None)
        for channel in self.world.channels.values():
            for each in [one for one in channel.messages.values() if one.only == user.id]:
                del channel.messages[each.id]

    def write(self, user: User, name: str, text: str, reply_to: str | None = None) -> str:
        channel = self.channel(user, name)
        if not self.may_write(user, channel):
            raise PermissionError(f"{user.shown} may not write in {channel.name}")
        sent = typed.as_sent(text, channel, self.world)
        if not sent.strip():
            raise ValueError("an empty message is not sent")
        if len(sent) > 2000:
            raise ValueError("Your message is too long")
        reference = self.message(user, channel, reply_to) if reply_to else None
        if channel.is_thread:
            threads.add(self.world, channel, user.id)
        made = messages.put(self.world, channel, user, {"content": sent}, reference=reference)
        self._note(user, "write", channel, post=made.id, text=sent, ok=True)
        return made.id

    def edit(self, user: User, name: str, post: str, text: str) -> None:
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        if found.author.id != user.id:
            raise PermissionError("only the author edits a message")
        if channel.archived:
            raise ValueError("nobody edits in an archived thread")
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
        if channel.archived:
            raise ValueError("nobody reacts in an archived thread")
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

    async def press(self, user: User, name: str, post: str, label: str) -> Json:
        """``label``: the words on the button, or its custom_id, by which the page tells two of the same words apart."""
        channel = self.channel(user, name)
        found = self.message(user, channel, post)
        parts = [each for each in messages.walk(found.components) if each["type"] == 2]
        part = next(
            (each for each in parts if label in (look.caption(each), each.get("label"), each.get("custom_id"))), None
        )
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
        part = next((each for each in parts if label in (each.get("placeholder") or "", each["custom_id"])), None)
        if part is None:
            raise LookupError(f"there is no select {label!r}, only {[each.get('placeholder') for each in parts]}")
        resolved: Json = {}
        if part["type"] == 3:
            known = {each["value"]: each["value"] for each in part["options"]}
            known |= {each["label"]: each["value"] for each in part["options"]}
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
        note.typed = {label: one if isinstance(one, str) else list(one) for label, one in values.items()}
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
