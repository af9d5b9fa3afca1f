"""A message as a person sees it: every visible word, top to bottom, and the controls; markup is rendered away."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from adapters.sandbox.discord.model import COMPONENTS_V2, PIN_NOTICE, REPLY, Channel, Guild, Json, Message, User
from adapters.sandbox.discord.world import World

_STYLES = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"\*\*\*(\S(?:.*?\S)??)\*\*\*",
        r"\*\*(\S(?:.*?\S)??)\*\*",
        r"__(\S(?:.*?\S)??)__",
        r"~~(\S(?:.*?\S)??)~~",
        r"\|\|(\S(?:.*?\S)??)\|\|",
        r"(?<![\w*])\*([^\s*](?:[^*]*?[^\s*])??)\*(?!\w)",
        r"(?<!\w)_([^\s_](?:[^_]*?[^\s_])??)_(?!\w)",
    )
)
_LINE_START = re.compile(r"^(?:#{1,3} |-# |>>> |> )", re.MULTILINE)
_MASKED = re.compile(r"\[([^\]\n]+)\]\(<?https?://[^)\s>]+>?(?: \"[^\"]*\")?\)")
_QUIET = re.compile(r"<(https?://[^\s>]+)>")
"""An address between these signs has no preview, and is shown without them."""
_CODE = re.compile(r"(?<!\\)(?:```(?:\w*\n)?(.*?)```|``(.+?)``|`([^`\n]+)`)", re.DOTALL)
_ESCAPED = re.compile(r"\\([^\w\s])")
_TIME = re.compile(r"<t:(-?\d+)(?::([tTdDfFRsS]))?>")
_ANGLED = re.compile(r"<(@[!&]?|#)(\d+)>|<a?(:\w+:)\d+>|<(/[^:>]+):\d+>")


def plain(text: str, world: World, guild: Guild | None) -> str:
    """Discord's markdown as its visible words."""
    kept: list[str] = []

    def keep(words: str) -> str:
        kept.append(words)
        return f"\ue000{len(kept) - 1}\ue001"

    shown = _CODE.sub(lambda found: keep(next(each for each in found.groups() if each is not None)), text)
    shown = _ESCAPED.sub(lambda found: keep(found[1]), shown)
    shown = _ANGLED.sub(lambda found: keep(_named(found, world, guild)), shown)
    shown = _TIME.sub(lambda found: keep(_moment(int(found[1]), found[2] or "f", world.clock())), shown)
    shown = _MASKED.sub(r"\1", shown)
    shown = _QUIET.sub(r"\1", shown)
    shown = _LINE_START.sub("", shown)
    for each in _STYLES:
        shown = each.sub(r"\1", shown)
    return re.sub("\ue000(\\d+)\ue001", lambda found: kept[int(found[1])], shown)


def _named(found: re.Match[str], world: World, guild: Guild | None) -> str:
    mark, key, emoji, command = found.groups()
    if emoji or command:
        return emoji or command
    if mark == "#":
        channel = world.channels.get(key)
        return f"#{channel.name if channel else 'unknown'}"
    if mark == "@&":
        role = guild.roles.get(key) if guild else None
        return f"@{role.name}" if role else "@unknown-role"
    return f"@{display(world, guild, world.users.get(key))}"


def display(world: World, guild: Guild | None, user: User | None) -> str:
    if user is None:
        return "unknown-user"
    member = guild.members.get(user.id) if guild is not None else None
    return member.shown if member is not None else user.shown


def _moment(at: int, style: str, now: float) -> str:
    if style == "R":
        away = at - now
        for seconds, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
            if abs(away) >= seconds or seconds == 1:
                count = round(abs(away) / seconds)
                words = f"{count} {name}{'' if count == 1 else 's'}"
                return f"in {words}" if away > 0 else f"{words} ago"
    shown = datetime.fromtimestamp(at, UTC)
    formats = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%d/%m/%Y", "D": "%d %B %Y", "F": "%A, %d %B %Y %H:%M"}
    return shown.strftime(formats.get(style, "%d %B %Y %H:%M"))


def caption(button: Json) -> str:
    """What stands on a button: emoji and label."""
    emoji = (button.get("emoji") or {}).get("name") or ""
    return " ".join(each for each in (emoji, button.get("label") or "") if each)


def controls(components: list[Json], world: World) -> list[Json]:
    found: list[Json] = []
    for each in components:
        kind = each.get("type")
        if kind == 2:
            link = each.get("style") == 5
            shown: Json = {
                "label": caption(each),
                "kind": "link" if link else "button",
                "disabled": bool(each.get("disabled")),
            }
            found.append(shown | ({"url": each.get("url")} if link else {}))
        elif kind in (3, 5, 6, 7, 8):
            options = [each_option["label"] for each_option in each.get("options") or []]
            disabled = bool(each.get("disabled"))
            found.append(
                {"label": each.get("placeholder") or "", "kind": "select", "options": options, "disabled": disabled}
            )
        found += controls(each.get("components") or [], world)
        if isinstance(each.get("accessory"), dict):
            found += controls([each["accessory"]], world)
    return found


def _lines(components: list[Json], say: Any) -> list[str]:
    found: list[str] = []
    for each in components:
        if each.get("type") == 10:
            found.append(say(str(each.get("content", ""))))
        described = [str(item["description"]) for item in each.get("items") or [] if item.get("description")]
        found += [say(description) for description in described]
        found += _lines(each.get("components") or [], say)
        accessory = each.get("accessory")
        if isinstance(accessory, dict) and accessory.get("type") == 11 and accessory.get("description"):
            found.append(say(str(accessory["description"])))
    return found


def _images(components: list[Json]) -> list[Json]:
    found: list[Json] = []
    for each in components:
        found += [
            {"alt": str(item.get("description") or ""), "url": str(item["media"]["url"])}
            for item in each.get("items") or []
        ]
        found += _images(each.get("components") or [])
    return found


def _embed_lines(embed: Json, say: Any) -> list[str]:
    found = [
        say(str(part))
        for part in ((embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description"))
        if part
    ]
    for field in embed.get("fields") or []:
        found += [say(field["name"]), say(field["value"])]
    footer = (embed.get("footer") or {}).get("text")
    return found + ([footer] if footer else [])


def words(one: Message, world: World) -> str:
    guild = one.channel.guild
    author = display(world, guild, one.author)

    def say(text: str) -> str:
        return plain(text, world, guild)

    if one.loading:
        return f"{author} is thinking..."
    if one.type == PIN_NOTICE:
        return f"{author} pinned a message to this channel."
    if one.type == 18:
        return f"{author} started a thread: {one.content}"
    found = [say(one.content)] if one.content else []
    for embed in one.embeds:
        found += _embed_lines(embed, say)
    found += _lines(one.components, say)
    if not one.flags & COMPONENTS_V2:  # With Components V2 an upload is seen only where a component shows it.
        found += [each["filename"] for each in one.attachments]
    return "\n".join(found)


_LINK = re.compile(r"\[([^\]\n]+)\]\(<?(https?://[^)\s>]+)>?\)|<(https?://[^\s>]+)>|(https?://[^\s<]+[^<.,:;\"'\]\s])")
_MESSAGE = re.compile(r"https://discord\.com/channels/(?:@me|\d+)/(\d+)/(\d+)")
"""How the client copies a message's address: https://support.discord.com/hc/en-us/articles/206346498."""


def links(one: Message, world: World) -> list[Json]:
    """Where the links in the words lead, and the files."""
    guild, found = one.channel.guild, list[Json]()
    for written in (one.content, *_lines(one.components, str)):
        for masked in _LINK.finditer(written):
            label, url = masked[1], masked[2] or masked[3] or masked[4]
            found.append(_link(plain(label, world, guild) if label else url, url))
    return [*found, *(_link(each["filename"], each["url"]) for each in one.attachments)]


def _link(label: str, url: str) -> Json:
    to = _MESSAGE.fullmatch(url)
    return {"label": label, "url": url, "post": [to[1], to[2]] if to else None}


def quotes(one: Message, world: World) -> list[str]:
    """What stands behind a bar at the left: neighbouring lines that begin with ``> `` are one quotation."""
    found: list[list[str]] = []
    before = False
    for line in one.content.split("\n"):
        quoted = line.startswith("> ")
        if quoted:
            words = plain(line[2:], world, one.channel.guild)
            if before:
                found[-1].append(words)
            else:
                found.append([words])
        before = quoted
    return ["\n".join(each) for each in found]


def post(one: Message, world: World) -> Json:
    """The message as ``hands.Post`` has it."""
    guild = one.channel.guild
    replied = (one.reference or {}).get("message_id") if one.type == REPLY else None
    webhook = one.webhook_id is not None and one.webhook_id not in world.applications
    return {
        "id": one.id,
        "channel": place(one.channel),
        "author": one.author.name if webhook else display(world, guild, one.author),
        "text": words(one, world),
        "private": one.only is not None,
        "controls": controls(one.components, world),
        "edited": one.edited is not None,
        "thread": replied,
        "bot": one.author.bot,
        "links": links(one, world),
        "quotes": quotes(one, world),
        "images": _images(one.components),
        "pinned": one.pinned is not None,
        "reactions": {
            emoji: [display(world, guild, world.users.get(each)) for each in people]
            for emoji, people in one.reactions.items()
        },
        "system": one.type not in (0, REPLY, 20, 23),
    }


def place(channel: Channel) -> str:
    return channel.name if channel.guild is not None else "@bot"
