"""The chat.* and reactions.* methods."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.slack.blocks import check_blocks
from adapters.sandbox.slack.marks import REACTION, stored
from adapters.sandbox.slack.mentions import full
from adapters.sandbox.slack.methods_files import check_pictures, unready
from adapters.sandbox.slack.model import Channel, Json, Message
from adapters.sandbox.slack.policy import cannot_post
from adapters.sandbox.slack.posting import change, kept_blocks, next_ts, post, react, remove, whisper
from adapters.sandbox.slack.shapes import message_json, permalink
from adapters.sandbox.slack.web_api import ApiError, Call, method

TEXT_MOST, UPDATE_MOST, ATTACHMENTS_MOST, MARKDOWN_MOST = 40_000, 4_000, 100, 12_000


def _blocks(call: Call) -> list[Any] | None:
    """The blocks, checked; None when there are none in the call."""
    if call.args.get("blocks") in (None, ""):
        return None
    blocks = call.parsed("blocks")
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    found = check_blocks(blocks) or list(check_pictures(call.world, call.space.id, blocks, "/blocks"))
    if found:
        call.violations.extend(found)
        raise ApiError("invalid_blocks", messages=[f"[ERROR] {one}" for one in found])
    if unready(call.world, blocks):
        raise ApiError("invalid_blocks", messages=["[ERROR] invalid slack file [json-pointer:/blocks]"])
    return kept_blocks(call.space, blocks)


def _attachments(call: Call) -> list[Json] | None:
    found = call.parsed("attachments")
    if found is None:
        return None
    if not isinstance(found, list):
        raise ApiError("invalid_attachments")
    if len(found) > ATTACHMENTS_MOST:
        raise ApiError("too_many_attachments")
    return found


def _metadata(call: Call) -> Json | None:
    found = call.parsed("metadata")
    if call.args.get("metadata") in (None, ""):
        return None
    if found == {}:
        return {}
    if not isinstance(found, dict) or not isinstance(found.get("event_type"), str):
        raise ApiError("invalid_metadata_format")
    if not isinstance(found.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    return found


def _said(call: Call) -> tuple[str, list[Any] | None]:
    """(stored text, blocks) of a message; an empty message is refused."""
    blocks = _blocks(call)
    text = call.text("text")
    markdown = call.text("markdown_text")
    if markdown and (text or blocks):
        raise ApiError("markdown_text_conflict")
    if len(markdown) > MARKDOWN_MOST:
        raise ApiError("msg_too_long")
    if not text and not markdown and not blocks and not call.args.get("attachments"):
        raise ApiError("no_text")
    if len(text) > TEXT_MOST:
        call.violations.append(f"text over {TEXT_MOST} characters is cut off")
        text = text[:TEXT_MOST]
    if blocks and not text:
        call.violations.append("blocks without text: notifications and screen readers get nothing")
    if call.text("parse") == "full":
        text = full(text)
    return stored(text or markdown), blocks


def _thread(call: Call, room: Channel) -> str | None:
    wanted = call.text("thread_ts")
    if not wanted:
        return None
    parent = room.messages.get(wanted)
    if parent is None:
        call.violations.append("thread_ts names no message of the channel")
    elif parent.thread_ts and parent.thread_ts != parent.ts:
        call.violations.append("thread_ts names a reply; use its parent's")
        return parent.thread_ts
    return wanted


def _dress(call: Call, message: Message) -> None:
    """Another name or picture, which needs a scope of its own; without it Slack ignores both."""
    wanted = call.text("username"), call.text("icon_url"), call.text("icon_emoji")
    if not any(wanted):
        return
    if "chat:write.customize" not in call.grant.scopes:
        call.violations.append("username and icon are ignored without chat:write.customize")
        return
    name, url, emoji = wanted
    message.username = name or call.actor.shown
    message.subtype = "bot_message"
    message.icon = {"emoji": emoji} if emoji else {"image_48": url} if url else {}


def _room_to_write(call: Call) -> Channel:
    wanted = call.text("channel")
    if wanted in call.space.users:
        # A user id opens the direct message with that person.
        return call.space.direct(wanted, call.install.bot.id)
    room = call.channel()
    if room.archived:
        raise ApiError("is_archived")
    if call.actor.id not in room.members and "chat:write.public" not in call.grant.scopes:
        raise ApiError("not_in_channel")
    return room


def _new(call: Call, room: Channel, text: str, blocks: list[Any] | None) -> Message:
    install = call.install
    bot = call.actor is install.bot
    message = Message(
        next_ts(call.space, room),
        room.id,
        text,
        call.actor.id,
        blocks=blocks or [],
        thread_ts=_thread(call, room),
        bot_id=install.bot_id if bot else None,
        app_id=install.app.id if bot else None,
        metadata=_metadata(call) or None,
        attachments=_attachments(call) or [],
    )
    _dress(call, message)
    return message


@method("chat.postMessage")
def post_message(call: Call) -> Json:
    room = _room_to_write(call)
    text, blocks = _said(call)
    message = _new(call, room, text, blocks)
    if refusal := cannot_post(call.space, call.actor, room, message.thread_ts):
        raise ApiError(refusal)
    if call.flag("reply_broadcast") and message.thread_ts:
        message.broadcast, message.subtype = True, "thread_broadcast"
    post(call.space, room, message)
    return {"channel": room.id, "ts": message.ts, "message": message_json(call.space, message, metadata=True)}


@method("chat.postEphemeral")
def post_ephemeral(call: Call) -> Json:
    room = _room_to_write(call)
    text, blocks = _said(call)
    if call.text("user") not in room.members:
        raise ApiError("user_not_in_channel")
    message = _new(call, room, text, blocks)
    message.only_for = call.text("user")
    whisper(call.space, room, message)
    return {"message_ts": message.ts}


def _own(call: Call, name: str, refusal: str) -> tuple[Channel, Message]:
    """The message, when this token may change it: a bot changes its own and no others."""
    room = call.channel()
    message = room.messages.get(call.text(name))
    if message is None or message.subtype == "tombstone":
        raise ApiError("message_not_found")
    mine = message.user == call.actor.id
    if not mine and not (refusal == "cant_delete_message" and (call.actor.admin or call.actor.owner)):
        raise ApiError(refusal)
    return room, message


@method("chat.update")
def update(call: Call) -> Json:
    room, message = _own(call, "ts", "cant_update_message")
    if room.archived:
        raise ApiError("is_inactive")
    blocks, text = _blocks(call), call.text("text")
    if len(text) > UPDATE_MOST:
        raise ApiError("msg_too_long")
    given = any(call.args.get(name) is not None for name in ("text", "blocks", "attachments", "markdown_text"))
    if not given or (not text and not (blocks or message.blocks or call.args.get("attachments"))):
        raise ApiError("no_text")
    new = stored(text) if "text" in call.args else None
    change(
        call.space,
        room,
        message,
        text=new,
        blocks=blocks,
        metadata=_metadata(call),
        attachments=_attachments(call),
    )
    shown = message_json(call.space, message, metadata=True)
    return {"channel": room.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete")
def delete(call: Call) -> Json:
    room, message = _own(call, "ts", "cant_delete_message")
    remove(call.space, room, message)
    return {"channel": room.id, "ts": call.text("ts")}


@method("chat.getPermalink")
def get_permalink(call: Call) -> Json:
    room = call.channel()
    message = room.messages.get(call.text("message_ts"))
    if message is None:
        raise ApiError("message_not_found")
    return {"channel": room.id, "permalink": permalink(call.space, message)}


def item(call: Call) -> tuple[Channel, Message]:
    """The message that a reaction or a pin is about."""
    if not call.text("channel") or not call.text("timestamp"):
        raise ApiError("no_item_specified")
    room = call.channel()
    message = room.messages.get(call.text("timestamp"))
    if message is None:
        raise ApiError("message_not_found")
    return room, message


@method("reactions.add")
def reactions_add(call: Call) -> Json:
    room, message = item(call)
    if room.archived:
        raise ApiError("is_archived")
    name = call.text("name")
    if not REACTION.fullmatch(name):
        raise ApiError("invalid_name")
    if not react(call.space, room, message, call.actor.id, name, add=True):
        raise ApiError("already_reacted")
    return {}


@method("reactions.remove")
def reactions_remove(call: Call) -> Json:
    room, message = item(call)
    if not react(call.space, room, message, call.actor.id, call.text("name"), add=False):
        raise ApiError("no_reaction")
    return {}


@method("reactions.get")
def reactions_get(call: Call) -> Json:
    room, message = item(call)
    return {"type": "message", "channel": room.id, "message": message_json(call.space, message)}
