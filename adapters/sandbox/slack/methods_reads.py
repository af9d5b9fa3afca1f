"""The methods that only look."""

from __future__ import annotations

from adapters.sandbox.slack.checks import TS
from adapters.sandbox.slack.model import Channel, Json, Message, User
from adapters.sandbox.slack.shapes import channel_json, message_json, user_json
from adapters.sandbox.slack.web_api import ApiError, Call, method
from adapters.sandbox.slack.world import SLACKBOT

_HISTORY = {"channel": "channels:history", "group": "groups:history", "im": "im:history", "mpim": "mpim:history"}
_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


@method("api.test")
def api_test(call: Call) -> Json:
    if call.text("error"):
        raise ApiError(call.text("error"), args=call.args)
    return {"args": call.args}


@method("auth.test")
def auth_test(call: Call) -> Json:
    space, actor = call.space, call.actor
    shown = {
        "url": f"https://{space.domain}.slack.com/",
        "team": space.name,
        "user": actor.name,
        "team_id": space.id,
        "user_id": actor.id,
        "is_enterprise_install": False,
    }
    return shown | ({"bot_id": actor.bot_id} if actor.bot else {})


@method("conversations.info")
def info(call: Call) -> Json:
    room = call.channel()
    call.need(_READ[room.kind])
    shown = channel_json(call.space, room, call.actor.id)
    if call.flag("include_num_members"):
        shown["num_members"] = len(room.members)
    return {"channel": shown}


def _listed(call: Call, rooms: list[Channel]) -> Json:
    kinds = []
    for one in call.items("types") or ["public_channel"]:
        if one not in _TYPES:
            raise ApiError("invalid_types")
        call.need(_READ[_TYPES[one]])
        kinds.append(_TYPES[one])
    shown = [one for one in rooms if one.kind in kinds and not (one.archived and call.flag("exclude_archived"))]
    page, cursor = call.page(shown)
    channels = [channel_json(call.space, one, call.actor.id) for one in page]
    for entry in channels:
        if not entry["is_im"]:
            entry["num_members"] = len(call.space.channels[entry["id"]].members)
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list")
def list_(call: Call) -> Json:
    me = call.actor.id
    return _listed(call, [one for one in call.space.channels.values() if one.kind == "channel" or me in one.members])


@method("users.conversations")
def users_conversations(call: Call) -> Json:
    who = call.text("user") or call.actor.id
    if who not in call.space.users:
        raise ApiError("user_not_found")
    me = call.actor.id
    rooms = [one for one in call.space.channels.values() if who in one.members]
    return _listed(call, [one for one in rooms if one.kind == "channel" or me in one.members])


@method("conversations.members")
def members(call: Call) -> Json:
    room = call.channel()
    call.need(_READ[room.kind])
    page, cursor = call.page(sorted(room.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def _window(call: Call, found: list[Message]) -> list[Message]:
    """``oldest`` and ``latest`` are open ends unless ``inclusive``."""
    for name in ("oldest", "latest"):
        if call.text(name) and not TS.fullmatch(call.text(name)):
            raise ApiError(f"invalid_ts_{name}")
    low, high = _micros(call.text("oldest")), _micros(call.text("latest"))
    if call.flag("inclusive"):
        low, high = (low - 1 if low is not None else None), (high + 1 if high is not None else None)
    return [one for one in found if (low is None or _key(one) > low) and (high is None or _key(one) < high)]


def _key(message: Message) -> int:
    return _micros(message.ts) or 0


def _micros(ts: str) -> int | None:
    if not ts:
        return None
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int((rest + "000000")[:6])


def _readable(call: Call) -> Channel:
    room = call.channel()
    call.need(_HISTORY[room.kind])
    if call.actor.id not in room.members:
        raise ApiError("not_in_channel")
    return room


@method("conversations.history")
def history(call: Call) -> Json:
    room = _readable(call)
    top = [one for one in room.messages.values() if not one.thread_ts or one.thread_ts == one.ts or one.broadcast]
    page, cursor = call.page(sorted(_window(call, top), key=_key, reverse=True))
    metadata = call.flag("include_all_metadata")
    pins = sum(one.pinned for one in room.messages.values())
    body: Json = {
        "messages": [message_json(call.space, one, metadata=metadata) for one in page],
        "has_more": bool(cursor),
        "pin_count": pins,
    }
    return body | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("conversations.replies")
def replies(call: Call) -> Json:
    room = _readable(call)
    asked = room.messages.get(call.text("ts"))
    if asked is None:
        raise ApiError("thread_not_found")
    root = asked.thread_ts or asked.ts
    parent = [room.messages[root]] if root in room.messages else []
    others = [one for one in room.messages.values() if one.thread_ts == root and one.ts != root]
    page, cursor = call.page([*parent, *_window(call, others)])
    metadata = call.flag("include_all_metadata")
    shown = [message_json(call.space, one, metadata=metadata) for one in page]
    body: Json = {"messages": shown, "has_more": bool(cursor)}
    return body | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


@method("users.info")
def users_info(call: Call) -> Json:
    user = call.space.users.get(call.text("user"))
    if call.text("user") == SLACKBOT:
        # Everybody knows Slackbot; it is no bot by its record.
        user = User(SLACKBOT, "slackbot", "Slackbot", "Slackbot", "", team=call.space.id)
    if user is None:
        raise ApiError("user_not_found")
    return {"user": user_json(call.space, user)}


@method("users.list")
def users_list(call: Call) -> Json:
    page, cursor = call.page([one for one in call.space.users.values() if one.team == call.space.id])
    shown = [user_json(call.space, one) for one in page]
    stamp = int(call.world.clock.now())
    return {"members": shown, "cache_ts": stamp, "response_metadata": {"next_cursor": cursor}}


@method("users.getPresence")
def presence(call: Call) -> Json:
    if call.text("user") not in call.space.users:
        raise ApiError("user_not_found")
    return {"presence": "active"}


@method("team.info")
def team_info(call: Call) -> Json:
    space = call.space
    return {"team": {"id": space.id, "name": space.name, "domain": space.domain, "email_domain": "", "icon": {}}}


@method("bots.info")
def bots_info(call: Call) -> Json:
    wanted = call.text("bot")
    if not wanted:
        raise ApiError("missing_argument")
    found = next((one for one in call.space.installs if one.bot_id == wanted), None)
    if found is None:
        raise ApiError("bot_not_found")
    icons = {f"image_{size}": found.bot.avatar for size in (36, 48, 72)}
    shown = {"id": found.bot_id, "deleted": found.bot.deleted, "name": found.app.name, "app_id": found.app.id}
    return {"bot": {**shown, "user_id": found.bot.id, "icons": icons, "updated": 0}}
