"""Slash commands and message commands as people use them: typed or picked, with choices that the bot suggests."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.sandbox.discord import permissions, shapes, typed
from adapters.sandbox.discord.acting import Acting
from adapters.sandbox.discord.model import Channel, Json, User
from adapters.sandbox.discord.world import World


class Commanding(Acting):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.suggested: dict[tuple[str, str, str], dict[str, str | int | float]] = {}
        """(person, command, option) → visible name → value: what an option's last suggestions were."""

    def _offered(self, user: User, name: str) -> Channel:
        channel = self.channel(user, name)
        if channel.archived:  # docs: topics/threads#active--archived-threads
            raise PermissionError("nobody uses commands in an archived thread")
        if channel.guild is not None and not self.world.granted(user, channel) & permissions.USE_APPLICATION_COMMANDS:
            raise PermissionError(f"{user.shown} may not use commands here")
        if not self.may_write(user, channel):
            # github.com/discord/discord-api-docs issues 2696 and 6761: "Missing Permissions" without Send Messages.
            raise PermissionError(f"{user.shown} may not use commands where they may not write")
        return channel

    async def command(self, user: User, name: str, line: str, values: Mapping[str, str] | None = None) -> Json:
        """A typed line; with ``values`` the line is the command alone, and the options come apart."""
        channel = self._offered(user, name)
        app, data = typed.command_data(self.world, user, channel, line, values)
        self._take_suggested(user, data)
        note = self._note(user, "command", channel, text=line)
        return await self._begin(app, 2, user, channel, data, None, note)

    async def complete(
        self, user: User, name: str, line: str, option: str, values: Mapping[str, str] | None = None
    ) -> Json:
        """What the bot suggests while the person types in ``option``: ``choices`` of name and value."""
        channel = self._offered(user, name)
        app, data = typed.command_data(self.world, user, channel, line, values, focused=option)
        note = self._note(user, "complete", channel, label=option, text=line)
        answered = await self._begin(app, 4, user, channel, data, None, note)
        made = {each["name"]: each["value"] for each in answered["choices"] or []}
        self.suggested[user.id, _name_of(data), option] = made
        return answered

    def _take_suggested(self, user: User, data: Json) -> None:
        """What was picked from the suggestions is sent by its value; anything else goes as it was typed."""
        for each in typed.innermost(data):
            known = self.suggested.get((user.id, _name_of(data), each["name"]), {})
            if isinstance(each.get("value"), str) and each["value"] in known:
                each["value"] = known[each["value"]]

    async def menu(self, user: User, name: str, post: str, label: str) -> Json:
        """A message command: Apps › label."""
        channel = self._offered(user, name)
        found = self.message(user, channel, post)
        for app, command in typed.commands_for(self.world, user, channel, 3):
            if command["name"] == label:
                resolved = {"messages": {found.id: shapes.message(found, app.bot.id)}}
                data = {"id": command["id"], "name": label, "type": 3, "target_id": found.id, "resolved": resolved}
                note = self._note(user, "menu", channel, post=post, label=label)
                return await self._begin(app, 2, user, channel, data, None, note)
        raise LookupError(f"there is no {label!r} in the message's menu")


def _name_of(data: Json) -> str:
    return f"{data['id']} {' '.join(typed.path_of(data))}"
