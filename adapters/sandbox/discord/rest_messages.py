"""Routes of messages, reactions and pins; what the bot may do is decided by its permissions in the channel."""

from __future__ import annotations

from urllib.parse import unquote

from emoji import is_emoji

from adapters.sandbox.discord import checks, messages, permissions, pins, shapes
from adapters.sandbox.discord.errors import invalid_form, refusal
from adapters.sandbox.discord.interactions import refuse_empty
from adapters.sandbox.discord.model import Channel, Json, Message, moment
from adapters.sandbox.discord.routes import Call, Reply, route

NONCE_LIVES = 180.0
"""Discord says "the past few minutes"."""

_ONE = "/channels/{channel_id}/messages/{message_id}"


def _message(call: Call, channel: Channel) -> Message:
    return messages.find(channel, call.id("message_id"))


@route("GET", "/channels/{channel_id}/messages")
def list_messages(call: Call) -> Reply:
    channel = call.channel()
    limit = call.query.get("limit", "50")
    if not limit.isdigit() or not 1 <= int(limit) <= 100:
        error = {"code": "NUMBER_TYPE_MAX", "message": "int value should be between 1 and 100."}
        raise invalid_form({"limit": {"_errors": [error]}})
    if not call.world.granted(call.bot.bot, channel) & permissions.READ_MESSAGE_HISTORY:
        return 200, []  # Documented: without the permission the list is empty.
    return 200, [_seen(call, each) for each in messages.history(channel, call.query)]


def _seen(call: Call, one: Message) -> Json:
    """Without the MESSAGE_CONTENT intent texts are blank over HTTP as well."""
    shown = shapes.message(one, call.bot.bot.id)
    return shown if content_visible(call, one) else blanked(shown)


def content_visible(call: Call, one: Message) -> bool:
    bot = call.bot.bot.id
    return call.bot.message_content or one.author.id == bot or one.channel.guild is None or bot in one.pinged.users


def blanked(shown: Json) -> Json:
    return shown | {"content": "", "embeds": [], "components": [], "attachments": []}


@route("GET", _ONE)
def get_message(call: Call) -> Reply:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    return 200, _seen(call, _message(call, channel))


@route("POST", "/channels/{channel_id}/messages", check=checks.create_message, bucket="messages")
def create_message(call: Call) -> Reply:
    world, body, bot = call.world, call.form, call.bot.bot
    channel = call.channel()
    _refuse_post(call, channel)
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        first = world.nonces.get((bot.id, str(nonce)))
        if first is not None and world.clock() - first[1] <= NONCE_LIVES:
            return 200, shapes.message(messages.find(channel, first[0]), bot.id)
    refuse_empty(body, call.files)
    told = body.get("message_reference")
    reference = None
    if told:
        call.allowed(channel, permissions.READ_MESSAGE_HISTORY)
        reference = channel.messages.get(str(told["message_id"]))
        if reference is None and told.get("fail_if_not_exists", True):
            error = {"code": "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "message": "Unknown message"}
            raise invalid_form({"message_reference": {"_errors": [error]}})
    saved = messages.saved_files(world, call.files, body.get("attachments") or [])
    made = messages.put(world, channel, bot, body, attachments=saved, reference=reference, application_id=call.bot.id)
    if nonce is not None:
        world.nonces[(bot.id, str(nonce))] = (made.id, world.clock())
    return 200, shapes.message(made, bot.id)


def _refuse_post(call: Call, channel: Channel) -> None:
    if channel.type in (4, 15):
        raise refusal(50008)
    if channel.guild is None:
        other = next((each for each in channel.recipients if each.id != call.bot.bot.id), None)
        together = other is not None and any(
            other.id in each.members and call.bot.bot.id in each.members for each in call.world.guilds.values()
        )
        if other is None or not other.open_to_messages or not together:
            raise refusal(50007)
        return
    call.allowed(channel, permissions.SEND_MESSAGES_IN_THREADS if channel.is_thread else permissions.SEND_MESSAGES)
    _refuse_locked(call, channel)
    if call.files:
        call.allowed(channel, permissions.ATTACH_FILES)


def _refuse_locked(call: Call, channel: Channel) -> None:
    """In a locked thread only moderators write and edit. docs: topics/threads#locked-threads"""
    granted = call.world.granted(call.bot.bot, channel)
    if channel.is_thread and channel.locked and not granted & permissions.MANAGE_THREADS:
        raise refusal(160005)


def _refuse_archived(channel: Channel) -> None:
    """docs: topics/threads#active--archived-threads"""
    if channel.is_thread and channel.archived:
        raise refusal(50083)


@route("PATCH", _ONE, check=checks.edit_message, bucket="edits")
def edit_message(call: Call) -> Reply:
    channel = call.channel()
    found = _message(call, channel)
    body = call.form
    if found.author.id != call.bot.bot.id or found.webhook_id is not None:
        if set(body) <= {"flags", "tts"}:
            call.allowed(channel, permissions.MANAGE_MESSAGES)
            return 200, shapes.message(messages.change(call.world, found, body, author=False), call.bot.bot.id)
        raise refusal(50005)
    _refuse_archived(channel)
    _refuse_locked(call, channel)
    messages.refuse_old_edit(call.world, found, call.world.old_edits)
    refuse_emptied(found, body, call.files)
    saved = messages.saved_files(call.world, call.files, body.get("attachments") or [])
    return 200, shapes.message(messages.change(call.world, found, body, attachments=saved), call.bot.bot.id)


def refuse_emptied(found: Message, body: Json, files: list[tuple[str, str, bytes]]) -> None:
    """An edit must leave something to see."""
    left = {
        "content": body.get("content") if "content" in body else found.content,
        "embeds": body.get("embeds") if "embeds" in body else found.embeds,
        "components": body.get("components") if "components" in body else found.components,
    }
    if not (body.get("attachments") if "attachments" in body else found.attachments):
        refuse_empty(left, files)


@route("DELETE", _ONE, bucket="deletes")
def delete_message(call: Call) -> Reply:
    channel = call.channel()
    found = _message(call, channel)
    if found.author.id != call.bot.bot.id:
        if channel.guild is None:
            raise refusal(50003)
        call.allowed(channel, permissions.MANAGE_MESSAGES)
    messages.remove(call.world, found)
    return 204, None


@route("POST", "/channels/{channel_id}/messages/bulk-delete", check=checks.bulk_delete)
def bulk_delete(call: Call) -> Reply:
    channel = call.channel(permissions.MANAGE_MESSAGES)
    ids = [str(each) for each in call.form["messages"]]
    if any(call.world.clock() - moment(each) > 14 * 86400 for each in ids):
        raise refusal(50034)
    gone = [each for each in ids if each in channel.messages]
    for each in gone:
        channel.messages.pop(each)
    data: Json = {"ids": gone, "channel_id": channel.id}
    if channel.guild is not None:
        data["guild_id"] = channel.guild.id
    call.world.emit("MESSAGE_DELETE_BULK", data, guild=channel.guild, channel=channel)
    return 204, None


@route("PUT", _ONE + "/reactions/{emoji}/@me", bucket="reactions")
def add_reaction(call: Call) -> Reply:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    found = _message(call, channel)
    _refuse_archived(channel)
    emoji = unquote(call.id("emoji"))
    if ":" not in emoji and not is_emoji(emoji):
        raise refusal(10014)
    if emoji not in found.reactions:
        call.allowed(channel, permissions.ADD_REACTIONS)
        if len(found.reactions) >= 20:
            raise refusal(30010)
    messages.react(call.world, found, call.bot.bot, emoji, on=True)
    return 204, None


@route("DELETE", _ONE + "/reactions/{emoji}/{user_id}", bucket="reactions")
def remove_reaction(call: Call) -> Reply:
    mine = call.id("user_id") in ("@me", call.bot.bot.id)
    channel = call.channel() if mine else call.channel(permissions.MANAGE_MESSAGES)
    found = _message(call, channel)
    who = call.bot.bot if mine else call.world.users.get(call.id("user_id"))
    if who is None:
        raise refusal(10013)
    messages.react(call.world, found, who, unquote(call.id("emoji")), on=False)
    return 204, None


@route("GET", _ONE + "/reactions/{emoji}")
def list_reactions(call: Call) -> Reply:
    found = _message(call, call.channel(permissions.READ_MESSAGE_HISTORY))
    people = found.reactions.get(unquote(call.id("emoji")), [])
    return 200, [shapes.user(call.world.users[each]) for each in people]


def _pin(call: Call, *, on: bool) -> Reply:
    channel = call.channel(permissions.PIN_MESSAGES)
    found = _message(call, channel)
    if on:
        pins.pin_as(call.world, found, call.bot.bot)
    elif found.pinned is not None:
        pins.pin(call.world, found, on=False)
    return 204, None


@route("PUT", "/channels/{channel_id}/messages/pins/{message_id}")
@route("PUT", "/channels/{channel_id}/pins/{message_id}")
def pin_message(call: Call) -> Reply:
    return _pin(call, on=True)


@route("DELETE", "/channels/{channel_id}/messages/pins/{message_id}")
@route("DELETE", "/channels/{channel_id}/pins/{message_id}")
def unpin_message(call: Call) -> Reply:
    return _pin(call, on=False)


def _pinned(channel: Channel) -> list[tuple[float, Message]]:
    found = [(each.pinned, each) for each in channel.messages.values() if each.pinned is not None]
    return sorted(found, key=lambda pair: pair[0], reverse=True)


@route("GET", "/channels/{channel_id}/messages/pins")
def list_pins(call: Call) -> Reply:
    channel = call.channel(permissions.READ_MESSAGE_HISTORY)
    items = [{"pinned_at": shapes.iso(at), "message": _seen(call, one)} for at, one in _pinned(channel)]
    return 200, {"items": items, "has_more": False}


@route("GET", "/channels/{channel_id}/pins")
def list_pins_old(call: Call) -> Reply:
    return 200, [_seen(call, one) for _, one in _pinned(call.channel(permissions.READ_MESSAGE_HISTORY))]


@route("POST", "/channels/{channel_id}/typing")
def typing(call: Call) -> Reply:
    call.channel()
    return 204, None
