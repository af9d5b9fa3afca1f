"""People's lines carried to Discord: plain content under the author's name, within every limit, pinging nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.discord import limits
from adapters.discord.markup import escape, spell
from adapters.discord.render import NO_MENTIONS, Json, Unfit
from core.domain.text import Leaf, isolate, plain, shorten
from core.domain.view import Bundle, Speech


def line(shown: Speech | Bundle) -> Json:
    """What a webhook executes: plain content under the author's name."""
    if isinstance(shown, Bundle):
        return _spoken(_bundled(shown), bundle_name(shown), None)
    return _spoken(_within(shown), speaker(shown), shown.avatar)


def told(shown: Speech | Bundle) -> Json:
    """The same from the bot itself, where there are no webhooks: the name stands in the text."""
    lines = shown.lines if isinstance(shown, Bundle) else (shown,)
    written = "\n".join(f"{_name(one.author)} · {escape(one.origin)}: {spell(one.body)}" for one in lines)
    return {"content": _checked(written), "flags": limits.SUPPRESS_EMBEDS, "allowed_mentions": NO_MENTIONS}


def edited(body: Json) -> Json:
    """The part of a webhook's body that an edit may carry: the name stays as it was posted."""
    return {key: value for key, value in body.items() if key not in ("username", "avatar_url")}


def _spoken(content: str, name: str, avatar: str | None) -> Json:
    body: Json = {
        "content": _checked(content),
        "username": name,
        "flags": limits.SUPPRESS_EMBEDS,
        "allowed_mentions": NO_MENTIONS,
    }
    if avatar and avatar.startswith("https://") and len(avatar) <= limits.WEBHOOK_AVATAR:
        body["avatar_url"] = avatar
    return body


def _within(shown: Speech) -> str:
    """Core cuts lines into pieces that fit once escaped; what still does not is cut with an ellipsis that tells so."""
    written = spell(shown.body)
    return written if len(written) <= limits.CONTENT else escape(shorten(plain(shown.body), limits.CONTENT // 2 - 10))


def _bundled(shown: Bundle) -> str:
    """All lines; where they do not fit, the longest of them are cut, and of very many the last are counted."""
    for longest in (limits.CONTENT, 500, 250, 120, 60):
        written = [_bundle_line(one, longest) for one in shown.lines]
        if _length(written) <= limits.CONTENT:
            return "\n".join(written)
    kept = 0
    while _length(written[: kept + 1]) <= limits.CONTENT - 60:
        kept += 1
    return "\n".join([*written[:kept], f"… and {len(written) - kept} more lines that do not fit here."])


def _bundle_line(one: Speech, longest: int) -> str:
    words = plain(one.body)
    # An empty leaf at the end: the line end that follows belongs to no address.
    body = (*one.body, Leaf("")) if len(words) <= longest else (Leaf(shorten(words, longest)),)
    return f"{_name(one.author)}: {spell(body)}"


def _length(written: Sequence[str]) -> int:
    return sum(len(one) + 1 for one in written)


def _name(author: str) -> str:
    return f"**{escape(isolate(' '.join(author.split())), styled=True)}**"


def _checked(content: str) -> str:
    if not content.strip():
        raise Unfit("a line without words")
    if len(content) > limits.CONTENT:
        raise Unfit(f"lines of {len(content)} characters; {limits.CONTENT} fit")
    return content


def speaker(shown: Speech) -> str:
    """The author's name and where they are, as a webhook may be called."""
    return webhook_name(shown.author, shown.origin)


def bundle_name(shown: Bundle) -> str:
    origins = list(dict.fromkeys(_elsewhere(one.origin) for one in shown.lines))
    return webhook_name(f"Chat from {' and '.join(origins)}", "")


def _elsewhere(origin: str) -> str:
    """The word "discord" is refused in webhook names, and here it tells nothing."""
    return "another server" if origin.lower() == "discord" else origin


_REFUSED = re.compile(r"(dis)(?=cord)|(cly)(?=de)", re.IGNORECASE)


def webhook_name(author: str, origin: str) -> str:
    """1 to 80 characters without "discord" and "clyde" (Create Webhook); a hyphen parts those."""
    suffix = f" · {_elsewhere(origin)}" if origin else ""
    name = " ".join(author.split()) or "Somebody"
    safe, end = _REFUSED.sub(r"\g<0>-", name), _REFUSED.sub(r"\g<0>-", suffix)
    made = shorten(safe, limits.WEBHOOK_NAME - len(end)) + end
    return made if made.lower() not in ("everyone", "here") else f"{made}."
