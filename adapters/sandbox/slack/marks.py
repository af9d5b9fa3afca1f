"""Slack's message text: what is stored for what was sent or typed, and what a reader sees of what is stored."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

# The few aliases that the scripts need; Slack stores ``:name:`` for every emoji that it knows.
EMOJI = {
    "+1": "👍",
    "-1": "👎",
    "tada": "🎉",
    "heart": "❤️",
    "clap": "👏",
    "thinking_face": "🤔",
    "open_mouth": "😮",
    "smile": "😄",
    "grinning": "😀",
    "slightly_smiling_face": "🙂",
    "joy": "😂",
    "cry": "😢",
    "fire": "🔥",
    "rocket": "🚀",
    "eyes": "👀",
    "raised_hands": "🙌",
    "pray": "🙏",
    "wave": "👋",
    "star": "⭐",
    "white_check_mark": "✅",
    "x": "❌",
    "warning": "⚠️",
    "pushpin": "📌",
    "100": "💯",
    "question": "❓",
    "bulb": "💡",
}
_NAMES = {shown: name for name, shown in EMOJI.items()} | {shown.rstrip("️"): name for name, shown in EMOJI.items()}
_SHOWN = re.compile("|".join(sorted((re.escape(one) for one in _NAMES), key=len, reverse=True)))
_ALIAS = re.compile(r":([a-z0-9_+\-]+):")
_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
REACTION = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?")
_CONTROL = re.compile(r"<([@#!]|https?://|mailto:|tel:)([^<>\n]+)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
LINK = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"]")


def escape(text: str) -> str:
    """``&``, ``<`` and ``>`` as docs.slack.dev/messaging/formatting-message-text asks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def alias(text: str) -> str:
    """Emoji characters become ``:name:``, as Slack stores them."""
    return _SHOWN.sub(lambda hit: f":{_NAMES[hit[0]]}:", text)


def reaction_name(shown: str) -> str:
    """``+1`` for 👍 or ``:+1:``, ``+1::skin-tone-4`` for 👍🏽, as reaction events name them."""
    bare, tone = _TONES.sub("", shown), _TONES.search(shown)
    name = alias(bare).strip(":") + (f"::skin-tone-{ord(tone[0]) - 0x1F3F9}" if tone else "")
    if not REACTION.fullmatch(name):
        raise LookupError(f"give {shown!r} by its :name:; this stand-in knows few pictures")
    return name


def unalias(text: str) -> str:
    return _ALIAS.sub(lambda hit: EMOJI.get(hit[1], hit[0]), text)


def stored(text: str) -> str:
    """What Slack keeps of an app's ``text``: bare signs escaped, bare links marked, emoji by name."""
    out: list[str] = []
    last = 0
    for hit in _CONTROL.finditer(text):
        out.append(_plain(text[last : hit.start()]))
        out.append(hit[0])
        last = hit.end()
    out.append(_plain(text[last:]))
    return alias("".join(out))


def _plain(text: str) -> str:
    safe = _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
    return LINK.sub(lambda hit: f"<{hit[0]}>", safe)


def visible(text: str, person: Callable[[str], str], room: Callable[[str], str]) -> str:
    """mrkdwn as a reader sees it: marks gone, mentions by name, links by label."""

    def control(hit: re.Match[str]) -> str:
        sign, rest = hit[1], hit[2]
        body, _, label = rest.partition("|")
        if sign == "@":
            return "@" + person(body)
        if sign == "#":
            return "#" + (label or room(body))
        if sign == "!":
            return _special(body, label)
        return label or (sign + body).removeprefix("mailto:")

    # Code keeps its signs, so it is set aside while the other marks go.
    parts = re.split(r"(```.*?```|`[^`\n]+`)", text, flags=re.DOTALL)
    shown = []
    for part in parts:
        if part.startswith("`"):
            shown.append(_CONTROL.sub(control, part).strip("`"))
        else:
            shown.append(unalias(_CONTROL.sub(control, _unmarked(part))))
    return unescape("".join(shown))


def _unmarked(text: str) -> str:
    for sign in "*_~":
        mark = re.escape(sign)
        text = re.sub(rf"(?<![\w{mark}]){mark}(\S(?:[^\n{mark}]*\S)?){mark}(?![\w{mark}])", r"\1", text)
    return re.sub(r"(?m)^&gt; ?", "", text)


def _special(body: str, label: str) -> str:
    if body.startswith("date^"):
        _, stamp, pattern, *_ = [*body.split("^"), ""]
        moment = datetime.datetime.fromtimestamp(int(stamp), datetime.UTC)
        names = {
            "date": "%B %-d, %Y",
            "date_short": "%b %-d, %Y",
            "date_long": "%A, %B %-d, %Y",
            "date_num": "%Y-%m-%d",
            "date_pretty": "%B %-d, %Y",
            "date_short_pretty": "%b %-d, %Y",
            "date_long_pretty": "%A, %B %-d, %Y",
            "time": "%H:%M",
            "time_secs": "%H:%M:%S",
        }
        return re.sub(r"\{(\w+)\}", lambda hit: moment.strftime(names.get(hit[1], hit[0])), pattern) or label
    if body in ("here", "channel", "everyone"):
        return "@" + body
    return label or body
