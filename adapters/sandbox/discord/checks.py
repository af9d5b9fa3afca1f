"""The allowed keys, types and limits of every route's body and query; whatever is not listed is a violation.

Taken from Discord's OpenAPI description and its reference pages; ``flags`` are those an edited message already has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapters.sandbox.discord.commands import choice
from adapters.sandbox.discord.components import check_message_components, check_modal_components
from adapters.sandbox.discord.fields import (
    Check,
    Found,
    Path,
    Violation,
    anything,
    boolean,
    digits,
    each,
    number,
    one_of,
    record,
    snowflake,
    text,
    url,
)
from adapters.sandbox.discord.model import COMPONENTS_V2, EPHEMERAL, Json

Checker = Callable[[Any, int], Found]

_embed = record(
    {
        "title": text(256),
        "type": text(32),
        "description": text(4096),
        "url": url(),
        "timestamp": text(64),
        "color": number(0, 0xFFFFFF),
        "footer": record({"text": text(2048), "icon_url": url(2048, "http", "https", "attachment")}),
        "image": record({"url": url(2048, "http", "https", "attachment")}),
        "thumbnail": record({"url": url(2048, "http", "https", "attachment")}),
        "author": record({"name": text(256), "url": url(), "icon_url": url(2048, "http", "https", "attachment")}),
        "fields": each(
            record({"name": text(256, 1), "value": text(1024, 1), "inline": boolean}, ("name", "value")), 25
        ),
        "provider": anything,
        "video": anything,
        "flags": anything,
    }
)


def _embeds(value: Any, path: Path, found: Found) -> None:
    each(_embed, 10)(value, path, found)
    total = 0
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict):
            parts = [one.get("title"), one.get("description"), (one.get("footer") or {}).get("text")]
            parts.append((one.get("author") or {}).get("name"))
            for field in one.get("fields") or []:
                parts += [field.get("name"), field.get("value")]
            total += sum(len(part) for part in parts if isinstance(part, str))
    if total > 6000:
        found.append(Violation(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"))


def _allowed_mentions(value: Any, path: Path, found: Found) -> None:
    ids = each(snowflake, 100)
    shape = {
        "parse": each(one_of("users", "roles", "everyone"), 3),
        "users": ids,
        "roles": ids,
        "replied_user": boolean,
    }
    record(shape)(value, path, found)
    if isinstance(value, dict):
        for key in ("users", "roles"):
            if value.get(key) and key in (value.get("parse") or []):
                message = f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.'
                found.append(Violation(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message))


_reference = record(
    {
        "message_id": snowflake,
        "channel_id": snowflake,
        "guild_id": snowflake,
        "fail_if_not_exists": boolean,
        "type": one_of(0, 1),
    },
    ("message_id",),
)
_ATTACHMENT = {
    "id": anything,
    "filename": text(1024),
    "description": text(1024),
    "title": text(1024),
    "is_spoiler": boolean,
}
_attachments = each(record({**_ATTACHMENT, "duration_secs": anything, "waveform": anything} | dict.fromkeys(
    ("size", "url", "proxy_url", "content_type", "height", "width", "spoiler", "flags"), anything)), 10)  # fmt: skip

# ``tts`` is documented for posts only, but discord.py sends it with every edit and Discord takes no notice.
_MESSAGE: dict[str, Check] = {
    "content": text(2000),
    "embeds": _embeds,
    "components": anything,
    "allowed_mentions": _allowed_mentions,
    "attachments": _attachments,
    "flags": number(0, 2**31 - 1),
    "tts": boolean,
    "poll": anything,
}


def _nonce(value: Any, path: Path, found: Found) -> None:
    if not isinstance(value, int):
        text(25)(value, path, found)


def _username(value: Any, path: Path, found: Found) -> None:
    text(80, 1)(value, path, found)
    if isinstance(value, str):
        if not value.strip():
            found.append(Violation(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length."))
        for word in ("clyde", "discord"):
            if word in value.lower():
                found.append(Violation(path, "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{word}"'))
        if value.strip().lower() in ("everyone", "here"):
            found.append(Violation(path, "USERNAME_INVALID_CONTAINS", f'Username cannot be "{value.strip()}"'))


def message(extra: Mapping[str, Check] | None = None) -> Checker:
    """A message body of one of the routes that post or edit."""
    shape = record({**_MESSAGE, **(extra or {})})

    def check(body: Any, flags: int = 0) -> Found:
        found: Found = []
        shape(body, (), found)
        if isinstance(body, dict):
            _message_rules(body, flags, found)
        return found

    return check


def _message_rules(body: Json, flags: int, found: Found) -> None:
    given = body.get("flags")
    v2 = bool(((given if isinstance(given, int) else 0) | flags) & COMPONENTS_V2)
    if v2:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if body.get(key):
                message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                found.append(Violation((key,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message))
    if body.get("components") is not None:
        check_message_components(body["components"], ("components",), found, v2=v2)


def form(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Checker:
    shape = record(fields, required)

    def check(body: Any, flags: int = 0) -> Found:
        found: Found = []
        shape(body if body is not None else {}, (), found)
        return found

    return check


create_message = message(
    {"nonce": _nonce, "enforce_nonce": boolean, "message_reference": _reference, "sticker_ids": each(snowflake, 3)}
)
edit_message = message({"sticker_ids": each(snowflake, 3)})
execute_webhook = message(
    {"username": _username, "avatar_url": url(), "thread_name": text(100, 1), "applied_tags": each(snowflake, 5)}
)
follow_up = message()
_modal_fields = record(
    {"custom_id": text(100, 1), "title": text(45, 1), "components": anything}, ("custom_id", "title", "components")
)


def callback(body: Any, flags: int = 0) -> Found:
    """An interaction response; its data depends on the type."""
    found: Found = []
    record({"type": one_of(1, 4, 5, 6, 7, 8, 9, 10, 12), "data": anything}, ("type",))(body, (), found)
    if not isinstance(body, dict):
        return found
    kind, data = body.get("type"), body.get("data")
    inner: Found = []
    if kind in (4, 7):
        inner = follow_up(data if data is not None else {}, flags if kind == 7 else 0)
    elif kind == 5 and data is not None:
        record({"flags": number(0, 2**31 - 1)})(data, (), inner)
        if isinstance(data, dict) and int(data.get("flags") or 0) & ~EPHEMERAL:
            # "the only valid message flag you may use is EPHEMERAL"; what else happens is not documented.
            inner.append(
                Violation(("flags",), "MESSAGE_FLAGS_INVALID", "Only EPHEMERAL may be used here.", refused=False)
            )
    elif kind == 8:
        record({"choices": each(choice, 25)}, ("choices",))(data, (), inner)
    elif kind == 9:
        _modal_fields(data, (), inner)
        if isinstance(data, dict):
            check_modal_components(data.get("components"), ("components",), inner)
    return found + [Violation(("data", *one.path), one.code, one.message, one.refused) for one in inner]


_OVERWRITE = {"id": snowflake, "type": one_of(0, 1), "allow": digits, "deny": digits}
_UNLOOKED = (
    "rtc_region",
    "video_quality_mode",
    "default_auto_archive_duration",
    "default_reaction_emoji",
    "available_tags",
    "default_sort_order",
    "default_forum_layout",
    "default_thread_rate_limit_per_user",
    "default_tag_setting",
    "flags",
)
_CHANNEL: dict[str, Check] = {
    "name": text(100, 1),
    "type": one_of(0, 2, 4, 5, 13, 15, 16),
    "topic": text(1024),
    "bitrate": number(8000, 384000),
    "user_limit": number(0, 10000),
    "rate_limit_per_user": number(0, 21600),
    "position": number(0, 2**31 - 1),
    "permission_overwrites": each(record(_OVERWRITE, ("id",)), 100),
    "parent_id": snowflake,
    "nsfw": boolean,
    **dict.fromkeys(_UNLOOKED, anything),
}
_ARCHIVE = one_of(60, 1440, 4320, 10080)
create_channel = form(_CHANNEL, ("name",))
edit_channel = form(
    {
        **_CHANNEL,
        "archived": boolean,
        "locked": boolean,
        "invitable": boolean,
        "auto_archive_duration": _ARCHIVE,
        "applied_tags": each(snowflake, 5),
        "icon": anything,
    }
)
thread_from_message = form(
    {"name": text(100, 1), "auto_archive_duration": _ARCHIVE, "rate_limit_per_user": number(0, 21600)}, ("name",)
)
thread = form(
    {
        "name": text(100, 1),
        "auto_archive_duration": _ARCHIVE,
        "rate_limit_per_user": number(0, 21600),
        "type": one_of(10, 11, 12),
        "invitable": boolean,
    },
    ("name",),
)
permission_overwrite = form({"type": one_of(0, 1), "allow": digits, "deny": digits}, ("type",))
role = form(
    {
        "name": text(100),
        "permissions": digits,
        "color": number(0, 0xFFFFFF),
        "colors": anything,
        "hoist": boolean,
        "mentionable": boolean,
        "icon": anything,
        "unicode_emoji": anything,
    }
)
member = form(
    {
        "nick": text(32),
        "roles": each(snowflake, 250),
        "mute": boolean,
        "deaf": boolean,
        "channel_id": snowflake,
        "communication_disabled_until": text(64),
        "flags": number(0, 2**31 - 1),
    }
)
webhook = form({"name": _username, "avatar": anything, "channel_id": snowflake})
create_webhook = form({"name": _username, "avatar": anything}, ("name",))
bulk_delete = form({"messages": each(snowflake, 100, 2)}, ("messages",))
direct = form({"recipient_id": snowflake}, ("recipient_id",))
nothing = form({})
