"""Who is really notified: the mentions found in a text, cut down by allowed_mentions as Discord documents it.

https://discord.com/developers/docs/resources/message#allowed-mentions-object
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapters.sandbox.discord import permissions
from adapters.sandbox.discord.model import ROLE_MENTION, USER_MENTION, Guild, Json, Pinged

_CODE = re.compile(r"```.*?```|``.+?``|`[^`\n]+`", re.DOTALL)
_EVERYONE = re.compile(r"@(everyone|here)\b")


def displayed(components: list[Json]) -> Iterator[str]:
    """The text displays of a message, which ping like content does."""
    for each in components:
        if each.get("type") == 10:
            yield str(each.get("content", ""))
        inner = each.get("components")
        if isinstance(inner, list):
            yield from displayed(inner)


def pinged(
    content: str,
    components: list[Json],
    allowed: Json | None,
    guild: Guild | None,
    recipients: set[str],
    granted: int,
    replied: str | None = None,
) -> Pinged:
    """``granted`` are the author's permissions, ``replied`` the author of the message that is replied to."""
    # Discord finds no mention inside code and none behind a backslash.
    text = _CODE.sub("", "\n".join([content, *displayed(components)])).replace("\\<", "").replace("\\@", "")
    users = list(dict.fromkeys(USER_MENTION.findall(text)))
    roles = list(dict.fromkeys(ROLE_MENTION.findall(text)))
    everyone = bool(_EVERYONE.search(text))
    known = set(guild.members) if guild is not None else recipients
    users = [each for each in users if each in known]
    roles = [each for each in roles if guild is not None and each in guild.roles]
    may_all = bool(granted & (permissions.MENTION_EVERYONE | permissions.ADMINISTRATOR))
    if not may_all:
        everyone = False
        roles = [each for each in roles if guild is not None and guild.roles[each].mentionable]
    if guild is None:
        everyone = False
    reply = replied is not None
    if allowed is not None:
        users, roles, everyone, reply = _cut(allowed, users, roles, everyone, reply)
    if reply and replied is not None and replied in known and replied not in users:
        users.append(replied)
    return Pinged(tuple(users), tuple(roles), everyone)


def _cut(
    allowed: dict[str, Any], users: list[str], roles: list[str], everyone: bool, reply: bool
) -> tuple[list[str], list[str], bool, bool]:
    parse = allowed.get("parse") or []
    if "users" not in parse:
        named = {str(each) for each in allowed.get("users") or []}
        users = [each for each in users if each in named]
    if "roles" not in parse:
        named = {str(each) for each in allowed.get("roles") or []}
        roles = [each for each in roles if each in named]
    return users, roles, everyone and "everyone" in parse, reply and bool(allowed.get("replied_user", False))
