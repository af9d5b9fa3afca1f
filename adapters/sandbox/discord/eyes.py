"""What a person sees: the channels, threads and messages that this member could open, named as they are shown."""

from __future__ import annotations

from adapters.sandbox.discord import look, permissions
from adapters.sandbox.discord.model import Channel, Json, Message, User
from adapters.sandbox.discord.world import World


class Eyes:
    def __init__(self, world: World) -> None:
        self.world = world

    def channel(self, user: User, name: str) -> Channel:
        """The channel that is shown to this person under the name (``@bot``: direct messages with the bot)."""
        if name.startswith("@"):
            return self._direct(user, name[1:])
        direct = self.world.channels.get(name)
        if direct is not None and user in direct.recipients:
            return direct
        found = [each for each in self.channels(user) if name.lstrip("#") in (each.name, each.id)]
        if not found:
            raise LookupError(f"{user.shown} sees no channel {name}")
        return found[-1] if found[0].is_thread else found[0]

    def _direct(self, user: User, name: str) -> Channel:
        apps = list(self.world.applications.values())
        for app in apps:
            if name in (app.name, app.bot.name) or (name == "bot" and len(apps) == 1):
                return self.world.direct(app.bot, user)
        if name == "bot" and apps:
            return self.world.direct(apps[0].bot, user)
        return self.world.direct(user, self.world.named(name))

    def channels(self, user: User) -> list[Channel]:
        """All channels and threads that the person sees; plain channels first."""
        found: list[Channel] = []
        for guild in self.world.guilds.values():
            member = guild.members.get(user.id)
            if member is not None:
                found += [each for each in guild.channels.values() if permissions.visible(guild, member, each)]
        return sorted(found, key=lambda each: each.is_thread)

    def visible(self, user: User, channel: Channel) -> list[Message]:
        granted = self.world.granted(user, channel)
        if not granted & permissions.READ_MESSAGE_HISTORY:
            return [each for each in channel.messages.values() if each.only == user.id]
        return [each for each in channel.messages.values() if each.only in (None, user.id)]

    def look(self, user: User, name: str) -> list[Json]:
        return [look.post(each, self.world) for each in self.visible(user, self.channel(user, name))]

    def message(self, user: User, channel: Channel, post: str) -> Message:
        found = channel.messages.get(post)
        if found is None or found.only not in (None, user.id):
            raise LookupError(f"{user.shown} sees no message {post}")
        return found

    def may_write(self, user: User, channel: Channel) -> bool:
        granted = self.world.granted(user, channel)
        if channel.is_thread and channel.locked and not granted & permissions.MANAGE_THREADS:
            return False
        return bool(
            granted & (permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES)
        )
