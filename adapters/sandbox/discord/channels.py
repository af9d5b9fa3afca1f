"""What people do with channels and files: pins, topics, names, who may read, uploads; each only with its permission."""

from __future__ import annotations

import base64

from adapters.sandbox.discord import look, messages, permissions, pins, rest_channels
from adapters.sandbox.discord.eyes import Eyes
from adapters.sandbox.discord.model import CATEGORY, Channel, Json, Member, Overwrite, User
from adapters.sandbox.discord.world import KINDS


class Channels(Eyes):
    """PermissionError: the person's app does not offer it."""

    def _may(self, user: User, channel: Channel, bit: int) -> None:
        if not self.world.granted(user, channel) & bit:
            raise PermissionError(f"{user.shown} may not do this in {channel.name}")

    def rooms(self, user: User) -> list[Json]:
        """The channels in this person's list, as ``hands.Room`` has them."""
        return [self._room(user, each) for each in self.channels(user) if each.type != CATEGORY and not each.is_thread]

    def _room(self, user: User, one: Channel) -> Json:
        nobody = Member(User("0", "nobody"), 0.0)
        hidden = one.guild is not None and not permissions.within(one.guild, nobody, one) & permissions.VIEW_CHANNEL
        above = self.world.channels.get(one.parent_id or "")
        return {
            "id": one.id,
            "name": one.name,
            "private": hidden,
            "member": True,
            "archived": not self.world.granted(user, one) & permissions.SEND_MESSAGES and _put_away(above),
            "shared": False,
            "topic": one.topic or "",
        }

    def pins(self, user: User, name: str) -> list[Json]:
        found = [each for each in self.visible(user, self.channel(user, name)) if each.pinned is not None]
        return [look.post(each, self.world) for each in sorted(found, key=lambda each: -(each.pinned or 0))]

    def pin(self, user: User, name: str, post: str, *, remove: bool = False) -> None:
        channel = self.channel(user, name)
        self._may(user, channel, permissions.PIN_MESSAGES)
        found = self.message(user, channel, post)
        if not remove:
            pins.pin_as(self.world, found, user)
        elif found.pinned is not None:
            pins.pin(self.world, found, on=False)

    def topic(self, user: User, name: str, text: str | None = None) -> str:
        """Read it, or set it."""
        channel = self.channel(user, name)
        if text is not None:
            self._may(user, channel, permissions.MANAGE_CHANNELS)
            if len(text) > 1024:
                raise ValueError("a topic has at most 1024 characters")
            channel.topic = text or None
            self.world.change_channel(channel)
        return channel.topic or ""

    def rename(self, user: User, name: str, text: str) -> None:
        channel = self.channel(user, name)
        self._may(user, channel, permissions.MANAGE_CHANNELS)
        channel.name = rest_channels.channel_name(text, channel.type)
        self.world.change_channel(channel)

    def convert(self, user: User, name: str, *, private: bool) -> None:
        """The switch "Private Channel" in the channel's settings: whether everybody may view it."""
        channel = self.channel(user, name)
        self._may(user, channel, permissions.MANAGE_ROLES)
        assert channel.guild is not None, "direct messages have no settings"
        whole = channel.overwrites.setdefault(channel.guild.id, Overwrite(channel.guild.id, 0))
        whole.allow &= ~permissions.VIEW_CHANNEL
        whole.deny = whole.deny & ~permissions.VIEW_CHANNEL | permissions.VIEW_CHANNEL * private
        self.world.change_channel(channel)

    def direct_messages(self, user: User, *, on: bool) -> None:
        """Privacy settings › Direct messages from server members."""
        user.open_to_messages = on

    def make_channel(
        self, user: User, text: str, *, kind: str = "text", category: str = "", private: bool = False
    ) -> str:
        """Create Channel in the server's menu; private: seen by its maker alone, by no bot either."""
        guild = next((each for each in self.world.guilds.values() if user.id in each.members), None)
        if guild is None or not permissions.base(guild, guild.members[user.id]) & permissions.MANAGE_CHANNELS:
            raise PermissionError(f"{user.shown} may not make channels")
        name = rest_channels.channel_name(text, KINDS[kind])
        if not 1 <= len(name) <= 100:
            raise ValueError("a channel's name has 1 to 100 characters")
        if sum(not each.is_thread for each in guild.channels.values()) >= self.world.caps.channels:
            raise ValueError("this server has all the channels that it may have")
        above = guild.channels.get(category)
        made = self.world.channel(
            name, guild, kind=kind, category=above, private=private, bots=False, members=[user] * private
        )
        return made.id

    def delete_channel(self, user: User, name: str) -> None:
        channel = self.channel(user, name)
        self._may(user, channel, permissions.MANAGE_CHANNELS)
        self.world.drop_channel(channel)

    def upload(self, user: User, name: str, file: str, data: str, text: str = "", reply_to: str | None = None) -> str:
        """Send a file (``data`` in base64), with a line or without."""
        channel = self.channel(user, name)
        self._may(user, channel, permissions.ATTACH_FILES)
        content = base64.b64decode(data)
        if len(content) > 10 * 1024 * 1024:
            raise ValueError("Your files are too powerful (10 MB)")
        saved = messages.saved_files(self.world, [("files[0]", file, content)], [])
        reference = self.message(user, channel, reply_to) if reply_to else None
        made = messages.put(self.world, channel, user, {"content": text}, attachments=saved, reference=reference)
        return made.id


def _put_away(above: Channel | None) -> bool:
    return above is not None and above.name.endswith("(archive)")
