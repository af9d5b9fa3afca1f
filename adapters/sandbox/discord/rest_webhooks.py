"""Routes of webhooks: those of channels, and those that an interaction's token opens for fifteen minutes."""

from __future__ import annotations

from adapters.sandbox.discord import checks, interactions, messages, permissions, shapes
from adapters.sandbox.discord.errors import invalid_form, refusal
from adapters.sandbox.discord.model import Channel, Json, Message, User, Webhook
from adapters.sandbox.discord.rest_messages import refuse_emptied
from adapters.sandbox.discord.routes import Call, Reply, route

_TOKEN = "/webhooks/{webhook_id}/{webhook_token}"
_MESSAGE = _TOKEN + "/messages/{message_id}"


@route("POST", "/channels/{channel_id}/webhooks", check=checks.create_webhook)
def create_webhook(call: Call) -> Reply:
    channel, world = call.channel(permissions.MANAGE_WEBHOOKS), call.world
    if channel.guild is None or channel.is_thread:
        raise refusal(50024)
    if sum(each.channel_id == channel.id for each in world.webhooks.values()) >= world.caps.webhooks:
        raise refusal(30007)
    made = Webhook(world.ids.next(), channel.id, channel.guild.id, call.form["name"], "", call.bot.id, call.bot.bot)
    made.token = f"hook-{made.id}-{call.bot.id[-6:]}"
    world.webhooks[made.id] = made
    _changed(call, channel)
    return 200, shapes.webhook(made)


def _changed(call: Call, channel: Channel) -> None:
    if channel.guild is not None:
        data = {"guild_id": channel.guild.id, "channel_id": channel.id}
        call.world.emit("WEBHOOKS_UPDATE", data, guild=channel.guild, channel=channel)


@route("GET", "/channels/{channel_id}/webhooks")
def list_webhooks(call: Call) -> Reply:
    channel = call.channel(permissions.MANAGE_WEBHOOKS)
    return 200, [shapes.webhook(each) for each in call.world.webhooks.values() if each.channel_id == channel.id]


@route("GET", "/guilds/{guild_id}/webhooks")
def list_guild_webhooks(call: Call) -> Reply:
    guild = call.guild(permissions.MANAGE_WEBHOOKS)
    return 200, [shapes.webhook(each) for each in call.world.webhooks.values() if each.guild_id == guild.id]


def _known(call: Call) -> Webhook:
    found = call.world.webhooks.get(call.id("webhook_id"))
    if found is None:
        raise refusal(10015)
    return found


def _managed(call: Call) -> Webhook:
    found = _known(call)
    call.allowed(call.world.find_channel(found.channel_id), permissions.MANAGE_WEBHOOKS)
    return found


def _opened(call: Call) -> Webhook:
    found = _known(call)
    if found.token != call.id("webhook_token"):
        raise refusal(50027)
    return found


@route("GET", "/webhooks/{webhook_id}")
def get_webhook(call: Call) -> Reply:
    return 200, shapes.webhook(_managed(call))


@route("GET", _TOKEN, signed=False)
def get_webhook_by_token(call: Call) -> Reply:
    shown = shapes.webhook(_opened(call))
    del shown["user"]
    return 200, shown


@route("PATCH", "/webhooks/{webhook_id}", check=checks.webhook)
def edit_webhook(call: Call) -> Reply:
    found, body = _managed(call), call.form
    found.name = body.get("name") or found.name
    if body.get("channel_id"):
        found.channel_id = str(body["channel_id"])
    _changed(call, call.world.find_channel(found.channel_id))
    return 200, shapes.webhook(found)


@route("DELETE", "/webhooks/{webhook_id}")
def delete_webhook(call: Call) -> Reply:
    found = _managed(call)
    del call.world.webhooks[found.id]
    _changed(call, call.world.find_channel(found.channel_id))
    return 204, None


@route("DELETE", _TOKEN, signed=False)
def delete_webhook_by_token(call: Call) -> Reply:
    del call.world.webhooks[_opened(call).id]
    return 204, None


def _place(call: Call, hook: Webhook) -> Channel:
    """The webhook's channel, or the thread of it that the query names."""
    channel = call.world.find_channel(hook.channel_id)
    thread_id = call.query.get("thread_id")
    if not thread_id:
        return channel
    found = call.world.channels.get(thread_id)
    if found is None or found.parent_id != channel.id:
        raise refusal(10003)
    return found


def _follow_up(call: Call) -> bool:
    return call.id("webhook_id") in call.world.applications


@route("POST", _TOKEN, check=checks.execute_webhook, signed=False, bucket="webhook")
def execute(call: Call) -> Reply:
    world, body = call.world, call.form
    if _follow_up(call):
        one = interactions.by_token(world, call.id("webhook_id"), call.id("webhook_token"))
        made = interactions.follow_up(world, one, body, call.files)
        return 200, shapes.message(made)
    hook = _opened(call)
    interactions.refuse_empty(body, call.files)
    if body.get("components") and hook.application_id is None and call.query.get("with_components") != "true":
        body = {key: value for key, value in body.items() if key != "components"}
    if int(body.get("flags") or 0) & 64:
        error = {"code": "MESSAGE_FLAGS_INVALID", "message": "A webhook message cannot be ephemeral."}
        raise invalid_form({"flags": {"_errors": [error]}})
    channel = _place(call, hook)
    author = User(hook.id, body.get("username") or hook.name, None, True, body.get("avatar_url") or hook.avatar)
    made = messages.put(
        world,
        channel,
        author,
        body,
        attachments=messages.saved_files(world, call.files, body.get("attachments") or []),
        webhook_id=hook.id,
        application_id=hook.application_id,
        granted=permissions.EVERYONE | permissions.MENTION_EVERYONE,
    )
    return (200, shapes.message(made)) if call.query.get("wait") in ("true", "1", "True") else (204, None)


def _posted(call: Call) -> Message:
    hook = _opened(call)
    found = messages.find(_place(call, hook), call.id("message_id"))
    if found.webhook_id != hook.id:
        raise refusal(10008)
    return found


@route("GET", _MESSAGE, signed=False)
def get_message(call: Call) -> Reply:
    if _follow_up(call):
        one = interactions.by_token(call.world, call.id("webhook_id"), call.id("webhook_token"))
        return 200, shapes.message(interactions.own_message(one, call.id("message_id")))
    return 200, shapes.message(_posted(call))


@route("PATCH", _MESSAGE, check=checks.follow_up, signed=False, bucket="edits")
def edit_message(call: Call) -> Reply:
    world, body = call.world, call.form
    if _follow_up(call):
        one = interactions.by_token(world, call.id("webhook_id"), call.id("webhook_token"))
        found = interactions.own_message(one, call.id("message_id"))
        refuse_emptied(found, body, call.files)
        if found is one.original:
            return 200, shapes.message(interactions.edit_original(world, one, body, call.files))
    else:
        found = _posted(call)
        refuse_emptied(found, body, call.files)
    saved = messages.saved_files(world, call.files, body.get("attachments") or [])
    return 200, shapes.message(messages.change(world, found, body, attachments=saved))


@route("DELETE", _MESSAGE, signed=False, bucket="deletes")
def delete_message(call: Call) -> Reply:
    if _follow_up(call):
        one = interactions.by_token(call.world, call.id("webhook_id"), call.id("webhook_token"))
        interactions.remove(call.world, one, call.id("message_id"))
    else:
        messages.remove(call.world, _posted(call))
    return 204, None


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", check=checks.callback, signed=False)
def respond(call: Call) -> Reply:
    body: Json = call.form
    one = interactions.respond(call.world, call.id("interaction_id"), call.id("interaction_token"), body, call.files)
    if call.query.get("with_response", "").lower() in ("1", "true"):
        return 200, interactions.callback_result(one)
    return 204, None
