"""What a person does with channels and what stands at their head: rooms, pins, bookmarks, who is in, who may see."""

from __future__ import annotations

import base64

from adapters.sandbox.slack import rooms
from adapters.sandbox.slack.methods_files import file_json
from adapters.sandbox.slack.model import Channel, File, Json, Message, User
from adapters.sandbox.slack.oauth import uninstall
from adapters.sandbox.slack.persons import done, room_of, verb
from adapters.sandbox.slack.policy import cannot_invite, restricted
from adapters.sandbox.slack.posting import grey_line, join, leave, next_ts, post
from adapters.sandbox.slack.seen import mrkdwn
from adapters.sandbox.slack.seen_links import seen_post
from adapters.sandbox.slack.world import Workspace


def _somebody(space: Workspace, name: str) -> User:
    """A person by name, ``@bot``, or ``Workspace/name`` for somebody of another company."""
    place, slash, who = name.rpartition("/")
    if slash:
        others = space.world.workspaces.values()
        return next(one for one in others if place in (one.name, one.id)).find_user(who)
    return space.installs[0].bot if name == "@bot" else space.find_user(name)


def _may(space: Workspace, user: User, action: str) -> None:
    if restricted(space, user, action):
        raise LookupError(f"this workspace leaves that to its admins ({action})")


def _admin(user: User) -> None:
    if not (user.admin or user.owner):
        raise LookupError(f"{user.name} is no admin")


def _home(space: Workspace, room: Channel, user: User) -> None:
    if user.team != space.id and user.team not in room.teams:
        raise LookupError(f"{user.name} is of another company, and {room.name} is not shared with it")


def sidebar(space: Workspace, user: User) -> list[Json]:
    """What stands in this person's sidebar or may be found: public channels, and those that they are in."""
    shown = [one for one in space.channels.values() if not one.direct]
    seen = [one for one in shown if user.id in one.members or (one.kind == "channel" and not user.guest)]
    return [
        {
            "id": one.id,
            "name": one.name,
            "private": one.kind == "group",
            "member": user.id in one.members,
            "archived": one.archived,
            "shared": one.shared,
            "topic": one.topic,
        }
        for one in seen
    ]


@verb("channels")
async def channels(space: Workspace, user: User, body: Json) -> Json:
    return {"channels": sidebar(space, user)}


@verb("members")
async def members(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body)
    return {"members": sorted(space.users[one].shown for one in room.members if one in space.users)}


@verb("topic")
async def topic(space: Workspace, user: User, body: Json) -> Json:
    """Read the topic, or set it."""
    if body.get("text") is None:
        return {"topic": mrkdwn(space, room_of(space, user, body).topic)}
    rooms.describe(space, user, room_of(space, user, body, write=True), "topic", body["text"])
    done(space, user, "topic", body["channel"], value=body["text"])
    return {"topic": body["text"]}


@verb("pins")
async def pins(space: Workspace, user: User, body: Json) -> Json:
    """The pinned messages, newest pin first."""
    room = room_of(space, user, body)
    pinned = sorted((one for one in room.messages.values() if one.pinned), key=lambda one: -one.pinned_at)
    return {"posts": [seen_post(space, room, one) for one in pinned]}


@verb("pin")
async def pin(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body, write=True)
    _may(space, user, "pin")
    message = room.messages.get(body["post"])
    pinned = not body.get("remove", False)
    if message is None or message.pinned == pinned:
        raise LookupError(f"{body['post']!r} cannot be {'pinned' if pinned else 'unpinned'}")
    rooms.pin(space, user, room, message, pinned=pinned)
    done(space, user, "pin", body["channel"], body["post"], pinned)
    return {}


@verb("bookmarks")
async def bookmarks(space: Workspace, user: User, body: Json) -> Json:
    shown = room_of(space, user, body).bookmarks.values()
    return {"bookmarks": [{"label": one["title"], "url": one["link"]} for one in shown]}


@verb("upload")
async def upload(space: Workspace, user: User, body: Json) -> Json:
    """Put a file into the channel, with a line or without."""
    room = room_of(space, user, body, write=True)
    data = base64.b64decode(body["data"])
    file = File(space.world.new_id("F"), space.id, user.id, body["name"], len(data), title=body["name"], data=data)
    file.complete = True
    space.world.files[file.id] = file
    message = Message(next_ts(space, room), room.id, body.get("text") or "", user.id, subtype="file_share")
    message.files, message.thread_ts = [file_json(space.world, file)], body.get("reply_to")
    message.extra = {"upload": False, "display_as_bot": False}
    post(space, room, message)
    done(space, user, "upload", body["channel"], message.ts, body["name"])
    return {"id": message.ts}


@verb("create")
async def create(space: Workspace, user: User, body: Json) -> Json:
    private = bool(body.get("private"))
    _may(space, user, "create_private" if private else "create")
    if user.guest or any(one.name == body["name"] for one in space.channels.values()):
        raise LookupError(f"{user.name} cannot make a channel {body['name']!r}")
    room = rooms.create(space, user, body["name"], private=private)
    done(space, user, "create", room.name)
    return {"id": room.id}


@verb("join")
async def join_(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body)
    if room.archived:
        raise LookupError(f"{room.name} is archived")
    if user.id not in room.members:
        join(space, room, user)
        rooms.acquaint(space, room)
    done(space, user, "join", body["channel"])
    return {}


@verb("leave")
async def leave_(space: Workspace, user: User, body: Json) -> Json:
    leave(space, room_of(space, user, body, write=True), user)
    done(space, user, "leave", body["channel"])
    return {}


@verb("invite")
async def invite(space: Workspace, user: User, body: Json) -> Json:
    """Bring somebody in, the bot (``@bot``) too; ``integration`` adds it by the channel's settings instead."""
    room = room_of(space, user, body, write=True)
    _may(space, user, "invite")
    who = _somebody(space, body["who"])
    refusal = cannot_invite(space, user, room, who)
    if refusal and refusal != "already_in_channel":
        raise LookupError(f"{body['who']} cannot be brought into {room.name}: {refusal}")
    if not refusal:
        if body.get("integration") and who.bot:
            _added(space, user, room, who)
        join(space, room, who, inviter=user.id)
        rooms.acquaint(space, room)
    done(space, user, "invite", body["channel"], value=body["who"])
    return {}


def _added(space: Workspace, user: User, room: Channel, bot: User) -> None:
    """docs.slack.dev/reference/events/message/bot_add"""
    link = f"<https://{space.domain}.slack.com/services/{bot.bot_id}|{bot.shown}>"
    text = f"added an integration to this channel: {link}"
    grey_line(space, room, user, "bot_add", text, bot_link=link)


@verb("kick")
async def kick(space: Workspace, user: User, body: Json) -> Json:
    room, who = room_of(space, user, body, write=True), _somebody(space, body["who"])
    _may(space, user, "kick")
    if room.general or who.id not in room.members:
        raise LookupError(f"{body['who']} cannot be removed from {body['channel']}")
    rooms.kick(space, user, room, who)
    done(space, user, "kick", body["channel"], value=body["who"])
    return {}


@verb("archive")
async def archive(space: Workspace, user: User, body: Json) -> Json:
    """Archive a channel under the bot's feet, or bring it back with ``undo``; bots stay out then."""
    undo = bool(body.get("undo"))
    room = room_of(space, user, body, write=not undo)
    _may(space, user, "archive")
    if room.archived != undo:
        raise LookupError(f"{room.name} is {'archived already' if room.archived else 'not archived'}")
    (rooms.unarchive if undo else rooms.archive)(space, user, room)
    done(space, user, "unarchive" if undo else "archive", body["channel"])
    return {}


@verb("rename")
async def rename(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body, write=True)
    _may(space, user, "rename")
    if any(one.name == body["name"] for one in space.channels.values() if one is not room):
        raise LookupError(f"the name {body['name']!r} is taken")
    rooms.rename(space, user, room, body["name"])
    done(space, user, "rename", body["channel"], value=body["name"])
    return {}


@verb("convert")
async def convert(space: Workspace, user: User, body: Json) -> Json:
    """Make a private channel public, or a public one private, as an admin does in the channel's settings."""
    room = room_of(space, user, body, write=True)
    _may(space, user, "convert")
    _admin(user)
    rooms.convert(space, user, room, private=bool(body["private"]))
    done(space, user, "convert", body["channel"], value="private" if body["private"] else "public")
    return {}


@verb("share")
async def share(space: Workspace, user: User, body: Json) -> Json:
    """Open a channel to another company (Slack Connect); from then on strangers read it. ``undo`` closes it again."""
    room = room_of(space, user, body, write=True)
    if body.get("undo"):
        rooms.unshare(space, room)
    else:
        name = body.get("company")
        every = space.world.workspaces.values()
        other = next((one for one in every if name in (one.name, one.id)), None) if name else None
        if name and (other is None or other is space):
            raise LookupError(f"no other workspace {name!r}")
        rooms.share(space, room, other)
    done(space, user, "unshare" if body.get("undo") else "share", body["channel"])
    return {}


@verb("delete_channel")
async def delete_channel(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body)
    _admin(user)
    rooms.delete(space, user, room)
    done(space, user, "delete_channel", body["channel"])
    return {}


@verb("deactivate")
async def deactivate(space: Workspace, user: User, body: Json) -> Json:
    """End somebody's account."""
    _admin(user)
    rooms.deactivate(space, _somebody(space, body["who"]))
    done(space, user, "deactivate", "", value=body["who"])
    return {}


@verb("uninstall")
async def uninstall_(space: Workspace, user: User, body: Json) -> Json:
    """Remove the app from the workspace."""
    uninstall(space, space.installs[0])
    done(space, user, "uninstall", "")
    return {}
