"""What happens to a whole channel, whoever does it: its life, its name, who may see it; with lines and events."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.slack.events import emit, may_know, send, sharers
from adapters.sandbox.slack.model import Channel, Json, Message, User
from adapters.sandbox.slack.posting import grey_line, join, leave, next_ts, say_as_slackbot, tell_joined
from adapters.sandbox.slack.shapes import channel_json, message_json, permalink
from adapters.sandbox.slack.world import Workspace


def _kind(room: Channel) -> str:
    return "group" if room.kind == "group" else "channel"


def _tell(space: Workspace, room: Channel, what: str, **details: Any) -> None:
    """``channel_<what>``, or its twin ``group_<what>`` where the channel is private."""
    name = f"{_kind(room)}_{what}"
    event = {"type": name, "channel": room.id, **details}
    emit(space, name, {**event, "event_ts": next_ts(space, room)}, room)


def create(space: Workspace, actor: User, name: str, *, private: bool) -> Channel:
    """A new channel with its maker in it; only a public one is told of."""
    room = space.add_channel(name, "group" if private else "channel", actor.id, [])
    if not private:
        shown = channel_json(space, room, actor.id)
        event = {"type": "channel_created", "channel": shown, "event_ts": next_ts(space, room)}
        emit(space, "channel_created", event, room)
    # docs.slack.dev/reference/events/member_joined_channel: "also triggered when creating a new channel"
    join(space, room, actor)
    return room


def archive(space: Workspace, actor: User, room: Channel) -> None:
    """The channel is kept to read; bots fall out of it, which is why no bot can bring it back."""
    grey_line(space, room, actor, f"{_kind(room)}_archive", f"<@{actor.id}> archived the channel")
    _tell(space, room, "archive", user=actor.id)
    room.archived = True
    for one in sharers(space, room):
        room.members -= {install.bot.id for install in one.installs}
    space.world.touch()


def unarchive(space: Workspace, actor: User, room: Channel) -> None:
    room.archived = False
    grey_line(space, room, actor, f"{_kind(room)}_unarchive", f"<@{actor.id}> un-archived the channel")
    _tell(space, room, "unarchive", user=actor.id)


def rename(space: Workspace, actor: User, room: Channel, name: str) -> None:
    if name == room.name:
        return
    old, room.name = room.name, name
    room.former.insert(0, old)
    text = f'<@{actor.id}> has renamed the channel from "{old}" to "{name}"'
    grey_line(space, room, actor, f"{_kind(room)}_name", text, old_name=old, name=name)
    shown = {
        "id": room.id,
        "name": room.name,
        "name_normalized": room.name,
        "created": room.created,
        "is_channel": room.kind == "channel",
        "is_mpim": False,
    }
    kind = f"{_kind(room)}_rename"
    emit(space, kind, {"type": kind, "channel": shown, "event_ts": next_ts(space, room)}, room)


def describe(space: Workspace, actor: User, room: Channel, field: str, text: str) -> None:
    """Set the ``topic`` or the ``purpose``; each time leaves a line in the channel."""
    setattr(room, field, text)
    room.set_by[field] = (actor.id, int(space.world.clock.now()))
    words = f"<@{actor.id}> set the channel {field}: {text}" if text else f"<@{actor.id}> cleared the channel {field}"
    grey_line(space, room, actor, f"{_kind(room)}_{field}", words, **{field: text})


def convert(space: Workspace, actor: User, room: Channel, *, private: bool) -> None:
    """An admin changes who may see the channel; no event of its own says so, only a line.

    docs.slack.dev/reference/events/message/channel_convert_to_public and …/channel_convert_to_private
    """
    if (room.kind == "group") == private:
        return
    room.kind = "group" if private else "channel"
    if private:
        words = "made this channel *private*. Now, it can only be viewed or joined by invitation."
    else:
        words = "made this channel *public*. Any member in this workspace can see and join it."
    grey_line(space, room, actor, f"channel_convert_to_{'private' if private else 'public'}", words)
    for member in sorted(room.members) if private else ():
        # docs.slack.dev/reference/events/member_joined_channel: "an absent inviter property, a result of a channel
        # being converted from public to private"
        tell_joined(space, room, space.users[member])


def share(space: Workspace, room: Channel, other: Workspace | None) -> None:
    """Open the channel to another company; ``None`` stands for one that nobody here plays."""
    room.shared = True
    team = other.id if other is not None else "T0STRANGER"
    if team not in room.teams:
        room.teams.append(team)
    if other is not None:
        other.channels[room.id] = room
        acquaint(space, room)
    event = {"type": "channel_shared", "connected_team_id": team, "channel": room.id}
    emit(space, "channel_shared", {**event, "event_ts": next_ts(space, room)}, room)
    space.world.touch()


def unshare(space: Workspace, room: Channel) -> None:
    """Close the channel to the other companies; their people are out at once."""
    for team in room.teams:
        other = space.world.workspaces.get(team)
        if other is not None and other is not space:
            room.members -= {one.id for one in other.users.values() if one.team == team}
            other.channels.pop(room.id, None)
        event = {"type": "channel_unshared", "previously_connected_team_id": team, "channel": room.id}
        shown = {**event, "is_ext_shared": False, "event_ts": next_ts(space, room)}
        emit(space, "channel_unshared", shown, room)
    room.teams.clear()
    room.shared = False
    space.world.touch()


def acquaint(space: Workspace, room: Channel) -> None:
    """Whoever is in a shared channel is known in each of its workspaces: users.info shows them there."""
    if not room.shared:
        return
    places = sharers(space, room)
    everybody = [user for one in places for user in list(one.users.values()) if user.id in room.members]
    for place in places:
        for user in everybody:
            place.users.setdefault(user.id, user)


def delete(space: Workspace, actor: User, room: Channel) -> None:
    """An admin deletes the channel with everything in it."""
    name = f"{_kind(room)}_deleted"
    event = {"type": name, "channel": room.id, "actor_id": actor.id, "event_ts": next_ts(space, room)}
    places = sharers(space, room)
    known = [(one, install) for one in places for install in one.installs if may_know(install, name, room)]
    for one in places:
        one.channels.pop(room.id, None)
    for one, install in known:
        send(one, install, name, event, room)
    space.world.touch()


def kick(space: Workspace, actor: User, room: Channel, user: User) -> None:
    """Remove somebody; Slackbot tells them in a direct message, a bot too."""
    leave(space, room, user, actor)
    home = space.world.workspaces.get(user.team, space)
    say_as_slackbot(home, user, f"You have been removed from #{room.name} by <@{actor.id}>")


def deactivate(space: Workspace, user: User) -> None:
    """An admin ends an account: its channels forget it without a word."""
    user.deleted = True
    for room in space.channels.values():
        if not room.direct:
            room.members.discard(user.id)
    event: Json = {"type": "user_change", "event_ts": f"{space.world.clock.now():.6f}"}
    shown = {"id": user.id, "team_id": user.team, "name": user.name, "deleted": True, "is_bot": user.bot}
    emit(space, "user_change", {**event, "user": shown}, None)
    space.world.touch()


def pin(space: Workspace, actor: User, room: Channel, message: Message, *, pinned: bool) -> None:
    """Pin or unpin; pinning leaves a line in the channel, which comes to lie under everything else."""
    message.pinned = pinned
    message.pinned_by = actor.id if pinned else ""
    message.pinned_at = int(space.world.clock.now()) if pinned else 0
    message.serial = space.world.touch()
    kind = "pin_added" if pinned else "pin_removed"
    item = {"type": "message", "channel": room.id, **pin_json(space, room, message)}
    event: Json = {"type": kind, "user": actor.id, "channel_id": room.id, "item": item}
    if not pinned:
        event["has_pins"] = any(one.pinned for one in room.messages.values())
    emit(space, kind, {**event, "event_ts": next_ts(space, room)}, room)
    if pinned:
        words = f"<@{actor.id}> pinned a message to this channel."
        grey_line(space, room, actor, "pinned_item", words, item_type="C", item=item)


def pin_json(space: Workspace, room: Channel, message: Message) -> Json:
    shown = message_json(space, message) | {"permalink": permalink(space, message)}
    return {"created": message.pinned_at, "created_by": message.pinned_by, "message": shown}
