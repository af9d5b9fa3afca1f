"""The conversations.* methods that change channels; rooms.py holds what comes of it."""

from __future__ import annotations

from adapters.sandbox.slack import rooms
from adapters.sandbox.slack.model import Channel, Json
from adapters.sandbox.slack.policy import cannot_invite, restricted
from adapters.sandbox.slack.posting import join, leave
from adapters.sandbox.slack.shapes import channel_json
from adapters.sandbox.slack.web_api import ApiError, Call, method

NAME_MOST, TOPIC_MOST, INVITE_MOST, MPIM_MOST = 80, 250, 100, 8


def _shown(call: Call, room: Channel) -> Json:
    return {"channel": channel_json(call.space, room, call.actor.id)}


def _manage(call: Call, room: Channel, part: str = "") -> None:
    """``part``: ``invites`` or ``topic``, which have narrower scopes of their own."""
    if room.direct:
        raise ApiError("method_not_supported_for_channel_type")
    whole = ("groups:write",) if room.kind == "group" else ("channels:manage", "channels:write")
    narrow = (f"{'groups' if room.kind == 'group' else 'channels'}:write.{part}",) if part else ()
    call.need(*whole, *narrow)


def _allowed(call: Call, action: str) -> None:
    """A preference of the workspace may leave the action to admins."""
    if restricted(call.space, call.actor, action):
        raise ApiError("restricted_action")


def _member(call: Call, part: str = "") -> Channel:
    room = call.channel()
    _manage(call, room, part)
    if room.archived:
        raise ApiError("is_archived")
    if call.actor.id not in room.members:
        raise ApiError("not_in_channel")
    return room


def _good_name(call: Call, name: str) -> str:
    """docs.slack.dev/reference/methods/conversations.create#naming"""
    if not name:
        raise ApiError("invalid_name_required")
    if len(name) > NAME_MOST:
        raise ApiError("invalid_name_maxlength")
    if not any(one.isalnum() for one in name):
        raise ApiError("invalid_name_punctuation")
    if name != name.lower() or not all(one.isalnum() or one in "-_" for one in name):
        raise ApiError("invalid_name_specials")
    # A name stays taken by private and archived channels that the app cannot see.
    if any(one.name == name for one in call.space.channels.values() if not one.direct):
        raise ApiError("name_taken")
    return name


@method("conversations.create")
def create(call: Call) -> Json:
    private = call.flag("is_private")
    call.need("groups:write" if private else "channels:manage")
    _allowed(call, "create_private" if private else "create")
    name = _good_name(call, call.text("name"))
    return _shown(call, rooms.create(call.space, call.actor, name, private=private))


@method("conversations.open")
def open_(call: Call) -> Json:
    if call.text("channel"):
        room = call.channel()
        if not room.direct:
            raise ApiError("method_not_supported_for_channel_type")
        return {"no_op": True, "already_open": True, **_shown(call, room)}
    users = call.items("users")
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > MPIM_MOST:
        raise ApiError("too_many_users")
    if any(one not in call.space.users for one in users):
        raise ApiError("user_not_found")
    if any(call.space.users[one].deleted for one in users):
        raise ApiError("user_disabled")
    call.need("im:write" if len(users) == 1 else "mpim:write")
    known = set(call.space.channels)
    room = call.space.direct(users[0], call.actor.id) if len(users) == 1 else _group(call, users)
    full = channel_json(call.space, room, call.actor.id) if call.flag("return_im") else {"id": room.id}
    return {"channel": full} if room.id not in known else {"no_op": True, "already_open": True, "channel": full}


def _group(call: Call, users: list[str]) -> Channel:
    members = {*users, call.actor.id}
    rooms = call.space.channels.values()
    found = next((one for one in rooms if one.kind == "mpim" and one.members == members), None)
    return found or call.space.add_channel("mpdm-" + call.world.word(8), "mpim", call.actor.id, members)


@method("conversations.join")
def join_(call: Call) -> Json:
    room = call.channel()
    if room.kind != "channel":
        raise ApiError("method_not_supported_for_channel_type")
    if room.archived:
        raise ApiError("is_archived")
    if call.actor.id in room.members:
        note = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {**_shown(call, room), **note}
    join(call.space, room, call.actor)
    return _shown(call, room)


@method("conversations.leave")
def leave_(call: Call) -> Json:
    room = call.channel()
    if room.direct:
        raise ApiError("method_not_supported_for_channel_type")
    if room.archived:
        raise ApiError("is_archived")
    if room.general:
        raise ApiError("cant_leave_general")
    if call.actor.id not in room.members:
        return {"not_in_channel": True}
    leave(call.space, room, call.actor)
    return {}


@method("conversations.invite")
def invite(call: Call) -> Json:
    room = _member(call, "invites")
    _allowed(call, "invite")
    users = call.items("users")
    if not users:
        raise ApiError("no_user")
    if len(users) > INVITE_MOST:
        raise ApiError("too_many_users")
    errors: list[Json] = []
    good: list[str] = []
    for one in dict.fromkeys(users):
        error = cannot_invite(call.space, call.actor, room, call.space.users.get(one))
        if error:
            errors.append({"user": one, "ok": False, "error": error})
        else:
            good.append(one)
    if errors and (not call.flag("force") or not good):
        # Without force one bad id keeps everybody out.
        raise ApiError(errors[0]["error"], errors=errors)
    for one in good:
        join(call.space, room, call.space.users[one], inviter=call.actor.id)
    rooms.acquaint(call.space, room)
    return {**_shown(call, room), **({"errors": errors} if errors else {})}


@method("conversations.kick")
def kick(call: Call) -> Json:
    room = _member(call)
    user = call.space.users.get(call.text("user"))
    if user is None:
        raise ApiError("user_not_found")
    if user is call.actor:
        raise ApiError("cant_kick_self")
    if room.general:
        raise ApiError("cant_kick_from_general")
    if user.id not in room.members:
        raise ApiError("not_in_channel")
    _allowed(call, "kick")
    rooms.kick(call.space, call.actor, room, user)
    return {"errors": {}}


@method("conversations.rename")
def rename(call: Call) -> Json:
    room = _member(call)
    if room.creator != call.actor.id and not call.actor.admin:
        raise ApiError("not_authorized")
    _allowed(call, "rename")
    if call.text("name") != room.name:
        rooms.rename(call.space, call.actor, room, _good_name(call, call.text("name")))
    return _shown(call, room)


@method("conversations.archive")
def archive(call: Call) -> Json:
    room = call.channel()
    _manage(call, room)
    if room.archived:
        raise ApiError("already_archived")
    if room.general:
        raise ApiError("cant_archive_general")
    if call.actor.id not in room.members:
        raise ApiError("not_in_channel")
    _allowed(call, "archive")
    rooms.archive(call.space, call.actor, room)
    return {}


@method("conversations.unarchive")
def unarchive(call: Call) -> Json:
    room = call.channel()
    _manage(call, room)
    if not room.archived:
        raise ApiError("not_archived")
    if call.actor.id not in room.members:
        # Archiving throws bots out, so a bot's token never brings a channel back.
        raise ApiError("not_in_channel")
    rooms.unarchive(call.space, call.actor, room)
    return {}


def _line(call: Call, field: str) -> Json:
    room = _member(call, "topic")
    text = call.text(field)
    if len(text) > TOPIC_MOST:
        raise ApiError("too_long")
    rooms.describe(call.space, call.actor, room, field, text)
    return _shown(call, room)


@method("conversations.setTopic")
def set_topic(call: Call) -> Json:
    return _line(call, "topic")


@method("conversations.setPurpose")
def set_purpose(call: Call) -> Json:
    return _line(call, "purpose")
