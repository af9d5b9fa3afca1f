"""People's lines carried to Discord: plain content under the author's name, within every limit, pinging nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.discord import limits
from adapters.discord.markup import address, escape, jump, spell
from adapters.discord.render import NO_MENTIONS, Json, Unfit
from core.domain.text import BLOCKS, Doc, Leaf, Quoted, isolate, plain, shorten
from core.domain.view import Bundle, Quote, Speech

QUOTED = 80
"""Characters of what is quoted before an answer."""


def line(shown: Speech | Bundle, server: str = "") -> Json:
    """What a webhook executes: plain content under the author's name; ``server`` is the readers' own."""
    if isinstance(shown, Bundle):
        return _spoken(_bundled(shown, server), bundle_name(shown), None)
    return _spoken(_within(shown, server), speaker(shown), shown.avatar)


def told(shown: Speech | Bundle, server: str = "") -> Json:
    """The same from the bot itself, where there are no webhooks: the name stands in the text."""
    lines = shown.lines if isinstance(shown, Bundle) else (shown,)
    written = "\n".join(
        f"{_signed(one)} · {escape(one.origin)}:{_gap(one.body)}{spell(one.body, server)}" for one in lines
    )
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


def _within(shown: Speech, server: str) -> str:
    """Core cuts lines into pieces that fit once escaped; what still does not is cut with an ellipsis that tells so."""
    likes = _likes(shown.likes)
    written = spell(shown.body, server)
    if len(written) + len(likes) > limits.CONTENT:
        written = escape(shorten(plain(shown.body), limits.CONTENT // 2 - 20))
    above = _quote(shown.quote, server, limits.CONTENT - len(written) - len(likes) - 1)
    # What is answered is no part of a quote that the line itself begins with.
    apart = "\n" if above and isinstance(shown.body[0] if shown.body else None, Quoted) else ""
    return above + apart + written + likes


def _gap(body: Doc) -> str:
    """Between a name and its line; a block begins a line of its own."""
    return "\n" if body and isinstance(body[0], BLOCKS) else " "


def _quote(quote: Quote | None, server: str, room: int) -> str:
    """What is answered, as a quoted line of its own before the line: a webhook cannot reply. As much as there is room.

    The name leads there where it is shown in this server; nobody is pinged by it.
    """
    if quote is None:
        return ""
    target = address(server, quote.room, quote.ref) if quote.ref else ""
    name = jump(isolate(" ".join(quote.author.split())), target)
    for longest in (QUOTED, QUOTED // 2, 0):
        words = escape(shorten(" ".join(quote.words.split()), longest)) if longest else ""
        written = f"> {name}: {words}\n" if words else f"> {name}\n"
        if len(written) <= room:
            return written
    return ""


def _likes(many: int) -> str:
    return f"\n-# {many} {'like' if many == 1 else 'likes'} from elsewhere" if many > 0 else ""


_LIKED = re.compile(r"\n-# \d+ likes? from elsewhere\Z")


def unliked(content: str) -> str:
    """A line's content without its count of likes, which moves on by itself."""
    return _LIKED.sub("", content)


def _bundled(shown: Bundle, server: str) -> str:
    """All lines; where they do not fit, the longest of them are cut, and of very many the last are counted."""
    likes = _likes(sum(one.likes for one in shown.lines))
    most = limits.CONTENT - len(likes)
    for longest in (limits.CONTENT, 500, 250, 120, 60):
        written = [_bundle_line(one, longest, server) for one in shown.lines]
        if _length(written) <= most:
            return "\n".join(written) + likes
    kept = 0
    while _length(written[: kept + 1]) <= most - 60:
        kept += 1
    return "\n".join([*written[:kept], f"… and {len(written) - kept} more lines that do not fit here."]) + likes


def _bundle_line(one: Speech, longest: int, server: str) -> str:
    words = plain(one.body)
    # An empty leaf at the end: the line end that follows belongs to no address.
    body: Doc = (*one.body, Leaf("")) if len(words) <= longest else (Leaf(shorten(words, longest)),)
    answers = f" (to {escape(isolate(' '.join(one.quote.author.split())))})" if one.quote else ""
    return f"{_signed(one)}{answers}:{_gap(body)}{spell(body, server)}"


def _length(written: Sequence[str]) -> int:
    return sum(len(one) + 1 for one in written)


def _signed(one: Speech) -> str:
    return _name(one.author) + (f" · {escape(one.badge)}" if one.badge else "")


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
    return webhook_name(shown.author, shown.origin, shown.badge)


def bundle_name(shown: Bundle) -> str:
    origins = list(dict.fromkeys(_elsewhere(one.origin) for one in shown.lines))
    return webhook_name(f"Chat from {' and '.join(origins)}", "")


def _elsewhere(origin: str) -> str:
    """The word "discord" is refused in webhook names, and here it tells nothing."""
    return "another server" if origin.lower() == "discord" else origin


_REFUSED = re.compile(r"(dis)(?=cord)|(cly)(?=de)", re.IGNORECASE)


def webhook_name(author: str, origin: str, badge: str = "") -> str:
    """1 to 80 characters without "discord" and "clyde" (Create Webhook); a hyphen parts those."""
    suffix = "".join(f" · {one}" for one in (badge, _elsewhere(origin)) if one)
    name = " ".join(author.split()) or "Somebody"
    safe, end = _REFUSED.sub(r"\g<0>-", name), _REFUSED.sub(r"\g<0>-", suffix)
    made = shorten(safe, limits.WEBHOOK_NAME - len(end)) + end
    return made if made.lower() not in ("everyone", "here") else f"{made}."
