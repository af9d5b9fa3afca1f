"""Every change of a channel: posting, editing, deleting, joining, reacting; each tells the apps what Slack tells."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from adapters.sandbox.slack.elements import CHOICES, PICKERS, SELECTS, WRITING
from adapters.sandbox.slack.events import emit, emit_message, send
from adapters.sandbox.slack.marks import LINK
from adapters.sandbox.slack.model import Channel, Json, Message, User
from adapters.sandbox.slack.shapes import message_json
from adapters.sandbox.slack.typed import encode
from adapters.sandbox.slack.world import SLACKBOT, Workspace

TOMBSTONE = "This message was deleted."
ACTIVE = frozenset({"button", "overflow", *SELECTS, *CHOICES, *PICKERS, *WRITING})


def next_ts(space: Workspace, channel: Channel) -> str:
    """A ts that is unique in the channel and greater than all before (two channels may hold the same one)."""
    channel.last = max(int(space.world.clock.now() * 1_000_000), channel.last + 1)
    return f"{channel.last // 1_000_000}.{channel.last % 1_000_000:06d}"


def kept_blocks(space: Workspace, blocks: list[Any]) -> list[Json]:
    """Blocks as Slack keeps them: ids where there were none, the defaults of text objects filled in."""
    return [_kept(space, one, top=True) for one in blocks]


def _kept(space: Workspace, value: Any, *, top: bool = False) -> Any:
    if isinstance(value, list):
        return [_kept(space, one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _kept(space, one) for name, one in value.items()}
    kind = kept.get("type")
    if top:
        kept.setdefault("block_id", space.world.word(5))
    if kind == "plain_text":
        kept.setdefault("emoji", True)
    elif kind == "mrkdwn":
        kept.setdefault("verbatim", False)
    elif kind in ACTIVE:
        kept.setdefault("action_id", space.world.word(5))
    return kept


def post(space: Workspace, channel: Channel, message: Message) -> Message:
    """Store a message that everybody in the channel sees and tell the apps."""
    channel.messages[message.ts] = message
    message.serial = space.world.touch()
    parent = channel.messages.get(message.thread_ts or "")
    if parent is not None and parent is not message:
        parent.replies.append(message.ts)
    emit_message(space, channel, message_json(space, message))
    if space.world.unfurls and LINK.search(message.text) and space.world.deliveries:
        space.world.deliveries.background(_unfurl(space, channel, message))
    return message


async def _unfurl(space: Workspace, channel: Channel, message: Message) -> None:
    """A preview arrives a second later, as a change of the message that nobody typed."""
    await space.world.clock.sleep(1.0)
    hit = LINK.search(message.text)
    if hit and message.ts in channel.messages:
        before = message_json(space, message)
        message.attachments = [{"id": 1, "from_url": hit[0], "original_url": hit[0], "title": "Preview"}]
        _tell_change(space, channel, message, before)


def say(
    space: Workspace, user: User, channel: Channel, typed: str, thread: str | None = None, *, broadcast: bool = False
) -> Message:
    """A person types a line and sends it; ``broadcast`` is "Also send to the channel" under a reply."""
    text, rich = _encode(space, typed)
    message = Message(
        next_ts(space, channel),
        channel.id,
        text,
        user.id,
        blocks=[rich],
        thread_ts=thread,
        broadcast=broadcast,
        subtype="thread_broadcast" if broadcast else None,
        client_msg_id=str(uuid.UUID(int=space.world.random.getrandbits(128), version=4)),
    )
    post(space, channel, message)
    for install in space.installs:
        if f"<@{install.bot.id}>" in text and channel.kind in ("channel", "group"):
            event = {**message_json(space, message), "type": "app_mention", "channel": channel.id}
            emit(space, "app_mention", {**event, "event_ts": message.ts}, channel, only=install)
    return message


def _encode(space: Workspace, typed: str) -> tuple[str, Json]:
    def longest(rest: str, names: Iterable[str]) -> str | None:
        """The longest name that the text begins with; ``@bobby`` is not ``@bob``."""
        fitting = [one for one in names if rest.startswith(one) and not rest[len(one) : len(one) + 1].isalnum()]
        return max(fitting, key=len, default=None)

    def person(rest: str) -> tuple[str, str] | None:
        name = longest(rest, space.names)
        return (name, space.names[name].id) if name else None

    def room(rest: str) -> tuple[str, str] | None:
        rooms = {one.name: one.id for one in space.channels.values() if one.name and not one.direct}
        name = longest(rest, rooms)
        return (name, rooms[name]) if name else None

    return encode(typed, person, room, space.world.word(5))


def retype(space: Workspace, user: User, channel: Channel, message: Message, typed: str) -> None:
    """A person edits their own line."""
    before = message_json(space, message)
    message.text, rich = _encode(space, typed)
    message.blocks = [rich]
    message.edited = {"user": user.id, "ts": next_ts(space, channel)}
    _tell_change(space, channel, message, before)


def change(
    space: Workspace,
    channel: Channel,
    message: Message,
    *,
    text: str | None,
    blocks: list[Json] | None,
    metadata: Json | None = None,
    attachments: list[Json] | None = None,
) -> None:
    """An app changes its message; parts that are None stay."""
    before = message_json(space, message)
    if text is not None and text != message.text:
        message.edited = {"user": message.user, "ts": next_ts(space, channel)}
        message.text = text
    message.blocks = message.blocks if blocks is None else blocks
    message.metadata = message.metadata if metadata is None else metadata
    message.attachments = message.attachments if attachments is None else attachments
    _tell_change(space, channel, message, before)


def _tell_change(space: Workspace, channel: Channel, message: Message, before: Json) -> None:
    message.serial = space.world.touch()
    ts = next_ts(space, channel)
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": message_json(space, message),
        "previous_message": before,
        "hidden": True,
        "ts": ts,
    }
    emit_message(space, channel, event)


def remove(space: Workspace, channel: Channel, message: Message) -> None:
    """Delete a message; one that has replies leaves a tombstone, as in Slack."""
    before = message_json(space, message)
    if message.replies:
        message.subtype, message.text, message.blocks, message.user = "tombstone", TOMBSTONE, [], SLACKBOT
        message.bot_id = message.username = message.client_msg_id = None
        _tell_change(space, channel, message, before)
        return
    del channel.messages[message.ts]
    space.world.touch()
    parent = channel.messages.get(message.thread_ts or "")
    if parent is not None and message.ts in parent.replies:
        parent.replies.remove(message.ts)
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": next_ts(space, channel),
    }
    emit_message(space, channel, event)


def whisper(space: Workspace, channel: Channel, message: Message) -> Message:
    """Show an ephemeral message; it is in no history and no event."""
    message.serial = space.world.touch()
    person = space.person(message.only_for or "")
    person.private.setdefault(channel.id, {})[message.ts] = message
    person.arrived.append(message)
    return message


def join(space: Workspace, channel: Channel, user: User, inviter: str | None = None) -> None:
    """A person comes into a channel; the channel gets the usual grey line."""
    channel.members.add(user.id)
    tell_joined(space, channel, user, inviter)
    subtype = "group_join" if channel.kind == "group" else "channel_join"
    extra = {"inviter": inviter} if inviter else {}
    grey_line(space, channel, user, subtype, f"<@{user.id}> has joined the channel", **extra)


def tell_joined(space: Workspace, channel: Channel, user: User, inviter: str | None = None) -> None:
    event: Json = {
        "type": "member_joined_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": channel.id[0],
        "team": user.team,
        "event_ts": next_ts(space, channel),
    }
    if inviter:
        event["inviter"] = inviter
    emit(space, "member_joined_channel", event, channel)


def grey_line(space: Workspace, channel: Channel, user: User, subtype: str, text: str, **extra: Any) -> None:
    """A line that Slack writes into the channel in the person's name."""
    post(space, channel, Message(next_ts(space, channel), channel.id, text, user.id, subtype=subtype, extra=extra))


def say_as_slackbot(space: Workspace, user: User, text: str) -> None:
    """Slackbot writes to somebody in their direct message; an app hears it as any line in a DM of its bot."""
    room = space.direct(SLACKBOT, user.id)
    post(space, room, Message(next_ts(space, room), room.id, text, SLACKBOT))


def leave(space: Workspace, channel: Channel, user: User, actor: User | None = None) -> None:
    """A person goes or is removed; those who stay are told, and a bot that was removed is told so itself."""
    channel.members.discard(user.id)
    kind = "group" if channel.kind == "group" else "channel"
    event = {
        "type": "member_left_channel",
        "user": user.id,
        "channel": channel.id,
        "channel_type": channel.id[0],
        "team": user.team,
        "event_ts": next_ts(space, channel),
    }
    emit(space, "member_left_channel", event, channel)
    words = "has left the channel" if actor is None else f"was removed from the channel by <@{actor.id}>"
    grey_line(space, channel, user, f"{kind}_leave", f"<@{user.id}> {words}")
    for install in space.installs:
        if install.bot is user:
            left = {"type": f"{kind}_left", "channel": channel.id, "actor_id": (actor or user).id}
            send(space, install, f"{kind}_left", {**left, "event_ts": next_ts(space, channel)}, channel)


def react(space: Workspace, channel: Channel, message: Message, user: str, name: str, *, add: bool) -> bool:
    """Add or remove a reaction; False when it was so already."""
    users = message.reactions.setdefault(name, [])
    if (user in users) == add:
        return False
    if add:
        users.append(user)
    else:
        users.remove(user)
        if not users:
            del message.reactions[name]
    message.serial = space.world.touch()
    kind = "reaction_added" if add else "reaction_removed"
    event: Json = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "event_ts": next_ts(space, channel),
    }
    if not message.username:
        # "Some messages aren't authored by users": docs.slack.dev/reference/events/reaction_added
        event["item_user"] = message.user
    emit(space, kind, event, channel)
    return True
