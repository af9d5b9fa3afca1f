"""The pins.* and bookmarks.* methods: what stands at the head of a channel."""

from __future__ import annotations

import re

from adapters.sandbox.slack import rooms
from adapters.sandbox.slack.methods_chat import item
from adapters.sandbox.slack.model import Channel, Json
from adapters.sandbox.slack.policy import restricted
from adapters.sandbox.slack.web_api import ApiError, Call, method

PINS_MOST, BOOKMARKS_MOST = 100, 100
PINNABLE = (None, "bot_message", "thread_broadcast", "file_share", "me_message")
"""Subtypes of what somebody wrote; lines that Slack writes cannot be pinned."""
_EMOJI = re.compile(r":[a-z0-9_+'\-]+:")


def _pin(call: Call, *, pinned: bool) -> Json:
    room, message = item(call)
    if restricted(call.space, call.actor, "pin"):
        raise ApiError("restricted_action")
    if call.actor.id not in room.members:
        raise ApiError("not_in_channel")
    if pinned and message.subtype not in PINNABLE:
        raise ApiError("not_pinnable")
    if message.pinned == pinned:
        raise ApiError("already_pinned" if pinned else "no_pin")
    if pinned and sum(one.pinned for one in room.messages.values()) >= PINS_MOST:
        raise ApiError("too_many_pins")
    rooms.pin(call.space, call.actor, room, message, pinned=pinned)
    return {}


@method("pins.add")
def pins_add(call: Call) -> Json:
    return _pin(call, pinned=True)


@method("pins.remove")
def pins_remove(call: Call) -> Json:
    return _pin(call, pinned=False)


@method("pins.list")
def pins_list(call: Call) -> Json:
    """docs.slack.dev/reference/methods/pins.list: who pinned what, newest pin first."""
    room = call.channel()
    pinned = sorted((one for one in room.messages.values() if one.pinned), key=lambda one: -one.pinned_at)
    shown = [rooms.pin_json(call.space, room, one) for one in pinned]
    return {"items": [{"type": "message", "channel": room.id, **one} for one in shown]}


def _head(call: Call, *, write: bool = True) -> Channel:
    room = call.channel("channel_id")
    if write and call.actor.id not in room.members:
        raise ApiError("permission_denied")
    return room


def _checked(call: Call) -> None:
    """docs.slack.dev/reference/methods/bookmarks.add: what a link and an emoji look like."""
    if "link" in call.args and not re.match(r"https?://[^\s/]+", call.text("link")):
        raise ApiError("invalid_link")
    if call.text("emoji") and not _EMOJI.fullmatch(call.text("emoji")):
        raise ApiError("invalid_emoji")


@method("bookmarks.add")
def bookmarks_add(call: Call) -> Json:
    room = _head(call)
    if call.text("type") != "link":
        raise ApiError("invalid_bookmark_type")
    if not call.text("link"):
        raise ApiError("invalid_link")
    _checked(call)
    if len(room.bookmarks) >= BOOKMARKS_MOST:
        raise ApiError("too_many_bookmarks")
    id_, host = call.world.new_id("Bk"), call.text("link").split("/")[2]
    room.bookmarks[id_] = {
        "id": id_,
        "channel_id": room.id,
        "title": call.text("title"),
        "link": call.text("link"),
        "emoji": call.text("emoji"),
        "icon_url": f"https://{host}/favicon.ico",
        "type": "link",
        "entity_id": None,
        "date_created": int(call.world.clock.now()),
        "date_updated": 0,
        "rank": "g",
        "last_updated_by_user_id": call.actor.id,
        "last_updated_by_team_id": call.space.id,
        "shortcut_id": None,
        "app_id": call.install.app.id if call.actor.bot else None,
    }
    call.world.touch()
    return {"bookmark": room.bookmarks[id_]}


@method("bookmarks.edit")
def bookmarks_edit(call: Call) -> Json:
    found = _head(call).bookmarks.get(call.text("bookmark_id"))
    if found is None:
        raise ApiError("not_found")
    _checked(call)
    found |= {name: call.text(name) for name in ("title", "link", "emoji") if name in call.args}
    found |= {"date_updated": int(call.world.clock.now()), "last_updated_by_user_id": call.actor.id}
    call.world.touch()
    return {"bookmark": found}


@method("bookmarks.remove")
def bookmarks_remove(call: Call) -> Json:
    if _head(call).bookmarks.pop(call.text("bookmark_id"), None) is None:
        raise ApiError("not_found")
    call.world.touch()
    return {}


@method("bookmarks.list")
def bookmarks_list(call: Call) -> Json:
    return {"bookmarks": list(_head(call, write=False).bookmarks.values())}
