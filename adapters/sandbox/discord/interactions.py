"""Interactions: made when a person acts, answered within three seconds, followed up for fifteen minutes.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from __future__ import annotations

import secrets
from typing import Any

from adapters.sandbox.discord import messages, shapes
from adapters.sandbox.discord.errors import Refusal, invalid_form, refusal
from adapters.sandbox.discord.model import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    Application,
    Channel,
    Interaction,
    Json,
    Message,
    User,
)
from adapters.sandbox.discord.world import World

FIRST_RESPONSE = 3.0
TOKEN_LIVES = 900.0


def begin(
    world: World,
    app: Application,
    kind: int,
    user: User,
    channel: Channel,
    data: Json,
    message: Message | None = None,
    trigger: Interaction | None = None,
) -> Interaction:
    """A person acted: the application hears INTERACTION_CREATE."""
    _forget_old(world)
    token = f"aW50ZXJhY3Rpb246{secrets.token_urlsafe(24)}"
    made = Interaction(world.ids.next(), token, app, kind, user, channel, world.clock(), data, message, trigger)
    world.interactions[made.id] = made
    world.interaction_tokens[token] = made
    world.emit("INTERACTION_CREATE", payload(world, made), guild=channel.guild, channel=channel, application=app.id)
    return made


def _forget_old(world: World) -> None:
    if len(world.interactions) % 1000 != 999:
        return
    for each in list(world.interactions.values()):
        if world.clock() - each.created <= TOKEN_LIVES:
            break
        world.interactions.pop(each.id, None)
        world.interaction_tokens.pop(each.token, None)


def payload(world: World, one: Interaction) -> Json:
    guild = one.channel.guild
    shown: Json = {
        "id": one.id,
        "application_id": one.application.id,
        "type": one.type,
        "data": one.data,
        "token": one.token,
        "version": 1,
        "channel_id": one.channel.id,
        "channel": shapes.channel(one.channel, one.application.bot.id),
        "locale": "en-US",
        "app_permissions": str(world.granted(one.application.bot, one.channel)),
        "entitlements": [],
        "attachment_size_limit": 10485760,
    }
    if guild is not None:
        granted = world.granted(one.user, one.channel)
        shown["guild_id"] = guild.id
        shown["guild"] = {"id": guild.id, "locale": "en-US", "features": []}
        shown["guild_locale"] = "en-US"
        shown["member"] = shapes.member(guild.members[one.user.id], granted=granted)
        shown["channel"]["permissions"] = str(granted)
        shown["authorizing_integration_owners"] = {"0": guild.id}
        shown["context"] = 0
    else:
        shown["user"] = shapes.user(one.user)
        shown["authorizing_integration_owners"] = {"0": "0"}
        shown["context"] = 1
    if one.message is not None:
        shown["message"] = shapes.message(one.message, one.application.bot.id)
    return shown


def metadata(one: Interaction) -> Json:
    """What a message tells of the interaction that brought it."""
    shown: Json = {
        "id": one.id,
        "type": one.type,
        "user": shapes.user(one.user),
        "authorizing_integration_owners": {"0": one.channel.guild.id if one.channel.guild else "0"},
    }
    if one.type == 5:
        shown["triggering_interaction_metadata"] = metadata(one.trigger) if one.trigger is not None else None
    elif one.message is not None:
        shown["interacted_message_id"] = one.message.id
    return shown


def respond(
    world: World, interaction_id: str, token: str, body: Json, files: list[tuple[str, str, bytes]]
) -> Interaction:
    """The first response. Late ones and unknown ones are 10062, second ones 40060."""
    one = world.interactions.get(interaction_id)
    if one is None or one.token != token or one.failed:
        raise refusal(10062)
    if one.first is not None:
        raise refusal(40060)
    if world.clock() - one.created > FIRST_RESPONSE:
        raise refusal(10062)
    kind = int(body["type"])
    data: Json = body.get("data") or {}
    _refuse_kind(one, kind)
    if kind == 4:
        _answer(world, one, data, files)
    elif kind == 5:
        hidden = one.user.id if int(data.get("flags") or 0) & EPHEMERAL else None
        one.original = _post(world, one, {"flags": LOADING}, hidden, [])
    elif kind == 7 and one.message is not None:
        one.original = one.message
        _edit(world, one.message, data, files)
    elif kind == 6:
        one.original = one.message
    elif kind == 9:
        one.sheet = data
    elif kind == 8:
        one.choices = data["choices"]
    one.first = kind
    one.done.set()
    if kind not in (5, 6):
        one.filled.set()
    return one


def _refuse_kind(one: Interaction, kind: int) -> None:
    """Forms never answer forms; updates need a component's message; typing is answered with suggestions."""
    allowed = {2: [4, 5, 9], 3: [4, 5, 6, 7, 9], 4: [8]}.get(one.type, [])
    if one.type == 5:
        allowed = [4, 5, 6, 7] if one.message is not None else [4, 5]
    if kind not in allowed:
        shown = "{" + ", ".join(map(str, allowed)) + "}"
        error = {"code": "BASE_TYPE_CHOICES", "message": f"Value must be one of {shown}."}
        raise invalid_form({"type": {"_errors": [error]}})


def _post(world: World, one: Interaction, body: Json, only: str | None, files: list[tuple[str, str, bytes]]) -> Message:
    app = one.application
    made = messages.put(
        world,
        one.channel,
        app.bot,
        body,
        attachments=messages.saved_files(world, files, body.get("attachments") or []),
        webhook_id=app.id,
        application_id=app.id,
        only=only,
        interaction=metadata(one),
        kind=20 if one.type == 2 and one.first is None else 0,
    )
    if only is not None:
        one.private.append(made)
    return made


def _answer(world: World, one: Interaction, data: Json, files: list[tuple[str, str, bytes]]) -> None:
    refuse_empty(data, files)
    hidden = one.user.id if int(data.get("flags") or 0) & EPHEMERAL else None
    one.original = _post(world, one, data, hidden, files)


def refuse_empty(body: Json, files: list[tuple[str, str, bytes]]) -> None:
    shown = str(body.get("content") or "").strip()
    if not (shown or files or any(body.get(key) for key in ("embeds", "components", "poll", "sticker_ids"))):
        raise refusal(50006)


def _edit(world: World, message: Message, body: Json, files: list[tuple[str, str, bytes]]) -> Message:
    saved = messages.saved_files(world, files, body.get("attachments") or [])
    return messages.change(world, message, body, attachments=saved)


def by_token(world: World, application_id: str, token: str) -> Interaction:
    """The interaction of a follow-up; its token works after the first response, for fifteen minutes."""
    one = world.interaction_tokens.get(token)
    if one is None or one.application.id != application_id:
        raise refusal(50027)
    if world.clock() - one.created > TOKEN_LIVES:
        raise refusal(50027)
    if one.first is None:
        raise refusal(10015)
    return one


def follow_up(world: World, one: Interaction, body: Json, files: list[tuple[str, str, bytes]]) -> Message:
    """A follow-up message; the first one after a defer takes the place, and the visibility, of "thinking…"."""
    refuse_empty(body, files)
    original = one.original
    if one.first == 5 and original is not None and original.loading:
        return edit_original(world, one, body, files)
    hidden = one.user.id if int(body.get("flags") or 0) & EPHEMERAL else None
    made = _post(world, one, body, hidden, files)
    one.filled.set()
    return made


def edit_original(world: World, one: Interaction, body: Json, files: list[tuple[str, str, bytes]]) -> Message:
    original = original_of(one)
    if original.loading:
        original.flags &= ~LOADING
        original.flags |= int(body.get("flags") or 0) & COMPONENTS_V2
        changed = _edit(world, original, body, files)
        changed.edited = changed.drawn = None  # Filling "thinking…" does not count as an edit.
    else:
        changed = _edit(world, original, body, files)
    one.filled.set()
    return changed


def original_of(one: Interaction) -> Message:
    found = one.original
    if found is None or found.id not in found.channel.messages:
        raise refusal(10008)
    return found


def own_message(one: Interaction, message_id: str) -> Message:
    """A message that this token may edit: the original or one of its follow-ups."""
    if message_id == "@original":
        return original_of(one)
    found = one.channel.messages.get(message_id)
    mine = found is not None and (found is one.original or (found.interaction or {}).get("id") == one.id)
    if found is None or not mine:
        raise refusal(10008)
    return found


def remove(world: World, one: Interaction, message_id: str) -> None:
    messages.remove(world, own_message(one, message_id))


def callback_result(one: Interaction) -> Json:
    """The body that ``with_response=true`` asks for."""
    told: Json = {"id": one.id, "type": one.type}
    result: Json = {"interaction": told}
    if one.first in (4, 5, 7) and one.original is not None:
        told["response_message_id"] = one.original.id
        told["response_message_loading"] = one.original.loading
        told["response_message_ephemeral"] = one.original.only is not None
    if one.first in (4, 7) and one.original is not None:
        shown: Any = shapes.message(one.original)
        result["resource"] = {"type": one.first, "message": shown}
    return result


def expire(one: Interaction) -> None:
    """Nobody answered: from now on it is unknown."""
    if one.first is None:
        one.failed = True


__all__ = [
    "Refusal",
    "begin",
    "by_token",
    "callback_result",
    "edit_original",
    "expire",
    "follow_up",
    "own_message",
    "respond",
]
