"""Messages sent to a response_url or as a command's answer: five within 30 minutes, for one person by default."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from adapters.sandbox.slack.checks import check_message_body
from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.marks import stored
from adapters.sandbox.slack.methods_files import check_pictures, unready
from adapters.sandbox.slack.model import Channel, Json, Message, ResponseUrl, User
from adapters.sandbox.slack.posting import change, kept_blocks, next_ts, post, remove, whisper
from adapters.sandbox.slack.views import Refused
from adapters.sandbox.slack.world import Workspace, World

USES = 5


class Unready(Refused):
    """Nothing is wrong with the request, it only comes too soon."""


def _message(
    space: Workspace, install: Install, room: Channel, body: Json, *, only_for: str | None, thread_ts: str | None
) -> Message:
    return Message(
        next_ts(space, room),
        room.id,
        stored(str(body.get("text") or "")),
        install.bot.id,
        blocks=kept_blocks(space, body.get("blocks") or []),
        thread_ts=thread_ts,
        bot_id=install.bot_id,
        app_id=install.app.id,
        only_for=only_for,
    )


def _checked(space: Workspace, body: Any) -> Json:
    if not isinstance(body, dict):
        raise Refused("invalid_payload")
    found = check_message_body(body)
    if any("json-pointer" in one for one in found):
        raise Refused("invalid_blocks", tuple(found))
    blocks = body.get("blocks") or []
    if wrong := tuple(check_pictures(space.world, space.id, blocks, "/blocks")):
        raise Refused("invalid_blocks", wrong)
    if unready(space.world, blocks):
        raise Unready("invalid_blocks")
    return body


def answer_command(space: Workspace, install: Install, user: User, room: Channel, body: Json) -> None:
    """Show a command's direct answer."""
    _checked(space, body)
    if not body.get("text") and not body.get("blocks"):
        return
    public = body.get("response_type") == "in_channel"
    message = _message(space, install, room, body, only_for=None if public else user.id, thread_ts=None)
    (post if public else whisper)(space, room, message)


def answer(world: World, url: ResponseUrl, body: Any) -> None:
    """One use of a response_url; Refused says why not."""
    if world.clock.now() > url.expires:
        raise Refused("expired_url")
    if url.uses >= USES:
        raise Refused("used_url")
    space = world.workspaces[url.path.split("/")[2]]
    body = _checked(space, body)
    room = space.channels[url.channel]
    install = space.installs[0]
    source = _source(space, room, url)
    if url.command:
        # A command has no original; Slack posts a new message whatever is asked for.
        body = {name: one for name, one in body.items() if name not in ("replace_original", "delete_original")}
    if body.get("delete_original") or body.get("replace_original"):
        if source is None:
            raise Refused("message_not_found")
        if source.bot_id is None:
            raise Refused("cant_update_message")
    elif not body.get("text") and not body.get("blocks") and not body.get("attachments"):
        raise Refused("no_text")
    url.uses += 1
    if body.get("delete_original") and source is not None:
        _delete(space, room, source)
    elif body.get("replace_original") and source is not None:
        _replace(space, room, source, body)
        url.shown.append(source)
    else:
        public = body.get("response_type") == "in_channel"
        thread = body.get("thread_ts")
        message = _message(space, install, room, body, only_for=None if public else url.user, thread_ts=thread)
        (post if public else whisper)(space, room, message)
        url.shown.append(message)


def _careless(url: ResponseUrl | None, body: Json) -> list[str]:
    """What Slack takes but does not do as meant."""
    found = []
    if body.get("delete_original") and any(body.get(name) for name in set(body) - {"delete_original"}):
        found.append("delete_original stands alone")
    if url is not None and url.command and (body.get("replace_original") or body.get("delete_original")):
        found.append("a command has no original message: this is posted as a new one")
    if url is not None and url.source and body.get("response_type") == "in_channel" and "replace_original" not in body:
        found.append("say replace_original false, or the message that was pressed may be overwritten")
    return found


def _source(space: Workspace, room: Channel, url: ResponseUrl) -> Message | None:
    if url.source is None:
        return None
    if url.source_private:
        return space.person(url.user).private.get(room.id, {}).get(url.source)
    return room.messages.get(url.source)


def _delete(space: Workspace, room: Channel, source: Message) -> None:
    if source.only_for is None:
        remove(space, room, source)
        return
    space.person(source.only_for).private.get(room.id, {}).pop(source.ts, None)
    space.world.touch()


def _replace(space: Workspace, room: Channel, source: Message, body: Json) -> None:
    text = stored(str(body.get("text") or ""))
    blocks = kept_blocks(space, body.get("blocks") or [])
    if source.only_for is None:
        change(space, room, source, text=text, blocks=blocks)
        return
    source.text, source.blocks = text, blocks
    source.serial = space.world.touch()
    space.person(source.only_for).arrived.append(source)


async def serve_response_url(world: World, request: web.Request) -> web.Response:
    """The endpoint behind every response_url."""
    url = world.urls.get(request.path)
    raw = await request.read()
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    arguments = body if isinstance(body, dict) else {"raw": raw.decode(errors="replace")}
    violations = check_message_body(body) if isinstance(body, dict) else ["not a JSON object"]
    if isinstance(body, dict):
        violations += _careless(url, body)
    try:
        if url is None:
            raise Refused("invalid_url")
        answer(world, url, body)
    except Refused as refusal:
        status = 404 if refusal.error in ("used_url", "expired_url", "invalid_url") else 400
        broken = [] if isinstance(refusal, Unready) else [refusal.error]
        world.note("response_url", arguments, [*violations, *broken], refusal.error, status)
        return web.json_response({"ok": False, "error": refusal.error}, status=status)
    if world.record == "full" or violations:
        world.note("response_url", arguments, violations, "ok")
    else:
        world.counts[("response_url", "ok")] += 1
    return web.json_response({"ok": True})
