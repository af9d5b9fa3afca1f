"""Uploading files in Slack's three steps, and whether the pictures that blocks name can be shown."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from adapters.sandbox.slack.model import File, Json, Message
from adapters.sandbox.slack.posting import next_ts, post
from adapters.sandbox.slack.web_api import ApiError, Call, method
from adapters.sandbox.slack.world import World

UPLOAD_MOST = 1_000_000_000
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}


def file_json(world: World, file: File) -> Json:
    base = f"{world.base_url}/sandbox/files/{file.id}"
    domain = world.workspaces[file.team].domain
    stamp = int(world.clock.now())
    return {
        "id": file.id,
        "created": stamp,
        "timestamp": stamp,
        "user_team": file.team,
        "mode": "hosted",
        "is_external": False,
        "file_access": "visible",
        "name": file.name,
        "title": file.title or file.name,
        "size": len(file.data),
        "alt_txt": file.alt,
        "user": file.user,
        "mimetype": _kind(file.data),
        "url_private": base,
        "permalink": f"https://{domain}.slack.com/files/{file.user}/{file.id}/{quote(file.name.lower())}",
    }


@method("files.getUploadURLExternal")
def get_upload_url(call: Call) -> Json:
    length = int(call.text("length") or 0)
    if length <= 0 or length > UPLOAD_MOST:
        raise ApiError("invalid_arguments", messages=["[ERROR] invalid length [json-pointer:/length]"])
    id_ = call.world.new_id("F")
    file = File(id_, call.space.id, call.actor.id, call.text("filename"), length, call.text("alt_txt"))
    call.world.files[id_] = file
    return {"upload_url": f"{call.world.base_url}/upload/v1/{id_}", "file_id": id_}


async def serve_upload(world: World, request: web.Request) -> web.Response:
    """The address that the first step hands out; takes raw bytes or one form field."""
    file = world.files.get(request.match_info["file"])
    if file is None or file.data:
        return web.Response(status=404, text="not found")
    if request.content_type == "multipart/form-data":
        fields = (await request.post()).values()
        data = next((one.file.read() for one in fields if isinstance(one, web.FileField)), b"")
    else:
        data = await request.read()
    if len(data) != file.length:
        world.note("files.upload", {"file": file.id}, (f"{len(data)} bytes came, {file.length} were said",), "refused")
        return web.Response(status=400, text="length mismatch")
    file.data = data
    return web.Response(text=f"OK - {len(data)}")


@method("files.completeUploadExternal")
def complete_upload(call: Call) -> Json:
    wanted = call.parsed("files")
    if not isinstance(wanted, list) or not wanted:
        raise ApiError("invalid_arguments", messages=["[ERROR] missing required field: files"])
    done = []
    for entry in wanted:
        file = call.world.files.get(str(entry.get("id"))) if isinstance(entry, dict) else None
        if file is None or not file.data or file.team != call.space.id:
            raise ApiError("file_not_found")
        file.title, file.complete, file.completed = str(entry.get("title") or ""), True, call.world.clock.now()
        done.append(file_json(call.world, file))
    if call.text("channel_id"):
        room = call.channel("channel_id")
        if call.actor.id not in room.members:
            raise ApiError("not_in_channel")
        message = Message(next_ts(call.space, room), room.id, call.text("initial_comment"), call.actor.id, files=done)
        message.bot_id, message.app_id, message.subtype = call.install.bot_id, call.install.app.id, "file_share"
        message.thread_ts = call.text("thread_ts") or None
        post(call.space, room, message)
    return {"files": done}


@method("files.delete")
def files_delete(call: Call) -> Json:
    """docs.slack.dev/reference/methods/files.delete: a bot deletes what it uploaded itself."""
    file = call.world.files.get(call.text("file"))
    if file is None or file.team != call.space.id:
        raise ApiError("file_not_found")
    if file.user != call.actor.id:
        raise ApiError("cant_delete_file")
    del call.world.files[file.id]
    return {}


@method("files.info")
def files_info(call: Call) -> Json:
    """docs.slack.dev/reference/methods/files.info: the only way to a file of a Slack Connect channel."""
    file = call.world.files.get(call.text("file"))
    if file is None or not file.complete:
        raise ApiError("file_not_found")
    return {"file": file_json(call.world, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def _kind(data: bytes) -> str:
    """By what stands in it, not by its name."""
    return next((kind for first, kind in _PICTURES.items() if data.startswith(first)), "application/octet-stream")


async def serve_file(world: World, request: web.Request) -> web.Response:
    """A file for the eyes of a demo; Slack asks for a token here."""
    file = world.files.get(request.match_info["file"])
    if file is None or not file.complete:
        return web.Response(status=404)
    return web.Response(body=file.data, content_type=file_json(world, file)["mimetype"])


def check_pictures(world: World, team: str, value: Any, path: str) -> Iterator[str]:
    """Slack fetches a picture when the message is sent, so one that it cannot reach refuses the whole message."""
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from check_pictures(world, team, one, f"{path}/{place}")
    elif isinstance(value, dict):
        if value.get("type") == "image":
            yield from _picture(world, team, value, path)
        for name, one in value.items():
            yield from check_pictures(world, team, one, f"{path}/{name}")


def unready(world: World, value: Any) -> bool:
    """Whether blocks name a file that was uploaded just now: it takes Slack a moment until its kind is known."""
    if isinstance(value, list):
        return any(unready(world, one) for one in value)
    if not isinstance(value, dict):
        return False
    file = world.files.get(str((value.get("slack_file") or {}).get("id"))) if value.get("type") == "image" else None
    young = file is not None and world.clock.now() < file.completed + world.files_take
    return young or any(unready(world, one) for one in value.values())


def _picture(world: World, team: str, value: Json, path: str) -> Iterator[str]:
    if "image_url" in value and not _public(str(value["image_url"])):
        yield f"downloading image failed [json-pointer:{path}/image_url]"
    named = value.get("slack_file")
    if isinstance(named, dict):
        id_ = str(named.get("id") or str(named.get("url", "")).rpartition("/")[2])
        file = world.files.get(id_)
        ours = file is not None and file.complete and file.team == team
        if file is None or not ours or _kind(file.data) not in _PICTURES.values():
            yield f"invalid slack file [json-pointer:{path}/slack_file]"


def _public(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "." not in host or host == "localhost":
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True
