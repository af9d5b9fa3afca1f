"""People's lines carried from elsewhere, as Slack messages: pure; one under its author's name, or several in a post."""

from __future__ import annotations

from dataclasses import replace

from adapters.slack import limits
from adapters.slack.jumps import linked_doc
from adapters.slack.markup import mrkdwn, shortened
from adapters.slack.objects import Block, Rendered, context, cut, plain_object, rich_text, small
from adapters.slack.rich import parts
from core.domain.text import BLOCKS, Doc, Jump, Node, Styled, doc, honest, plain, shorten
from core.domain.view import Bundle, Content, Quote, Speech

QUOTED = 150
"""Characters of what a line answers."""
QUOTED_SHORT = 40
"""The same among other lines."""
NAME = 80


def speech(line: Speech, site: str = "") -> Rendered:
    """One line: what it answers above it, the likes from elsewhere below."""
    quote = linked_doc(quoted(line.quote), site) if line.quote else ()
    body = shortened(linked_doc(honest(line.body), site), limits.BLOCKS_TEXT - len(mrkdwn(quote)))
    blocks = [context(small(quote))] if quote else []
    blocks.append(rich_text(parts(body)))
    words = f"{mrkdwn(quote)}\n{mrkdwn(body)}" if quote else mrkdwn(body)
    icon = line.avatar if line.avatar and line.avatar.startswith("https://") else None
    return _liked(Rendered(blocks, words or "…", byline(line), icon), line.likes)


def _liked(made: Rendered, likes: int) -> Rendered:
    """The same with its likes in words; the words are cut so that these still stand."""
    if likes <= 0:
        return replace(made, text=cut(made.text))
    said = liked(likes)
    text = f"{cut(made.text, limits.MESSAGE_TEXT - len(said) - 1)}\n{said}"
    return replace(made, blocks=[*made.blocks, context([plain_object(said, limits.CONTEXT_TEXT)])], text=text)


def liked(likes: int) -> str:
    return f"{likes} {'like' if likes == 1 else 'likes'} from elsewhere"


def unliked(content: Content) -> Content:
    """The same without likes, which move on while a line stays."""
    match content:
        case Speech():
            return replace(content, likes=0)
        case Bundle(lines, audience):
            return Bundle(tuple(replace(line, likes=0) for line in lines), audience)
        case _:
            return content


def quoted(quote: Quote) -> Doc:
    """``In reply to Mira: Will the recordings …``, the name leading to the message where it is shown here."""
    return _about("In reply to ", quote, shorten(quote.words, QUOTED), "")


def _about(before: str, quote: Quote, words: str, after: str) -> Doc:
    name, rest = _name(quote.author), f": {words}{after}" if words else after
    if quote.room and quote.ref:
        return doc(before, Jump(quote.room, quote.ref, name), rest)
    return doc(f"{before}{name}{rest}")


def _name(author: str) -> str:
    return shorten(author, NAME) or "Guest"


def byline(line: Speech) -> str:
    """``Mira K. · moderator · Discord``, the name cut where all would not fit."""
    return _signed(line, (line.badge, line.origin))


def _signed(line: Speech, told: tuple[str, ...]) -> str:
    behind = "".join(f" · {one}" for one in told if one)
    return shorten(line.author or "Guest", limits.USERNAME - len(behind)) + behind


def bundle(whole: Bundle, site: str = "") -> Rendered:
    """Several lines in one post, each headed by its author."""
    lines = _fitting(tuple(replace(line, body=linked_doc(honest(line.body), site)) for line in whole.lines))
    origins = list(dict.fromkeys(line.origin for line in lines if line.origin))
    head = f"Chat from {' and '.join(origins)}" if origins else "Chat"
    head += ", 1 line" if len(lines) == 1 else f", {len(lines)} lines"
    several = len(origins) > 1
    tree: list[Node] = []
    for line in lines:
        name = byline(line) if several else _signed(line, (line.badge,))
        tree += [
            *doc("\n" if tree else "", Styled("bold", doc(name)), "  "),
            *linked_doc(_before(line), site),
            *line.body,
        ]
    words = "\n".join(
        f"{mrkdwn(_signed(line, (line.badge,)))}: {mrkdwn(linked_doc(_before(line), site))}{mrkdwn(line.body)}"
        for line in lines
    )
    blocks: list[Block] = [context([plain_object(head, limits.CONTEXT_TEXT)]), rich_text(parts(tuple(tree)))]
    return _liked(Rendered(blocks, f"{mrkdwn(head)}\n{words}"), sum(line.likes for line in lines))


def _before(line: Speech) -> Doc:
    """What stands between the name and the line: what it answers, and a line end where it begins with a block."""
    return (*_answering(line), *doc("\n" if isinstance(line.body[0] if line.body else None, BLOCKS) else ""))


def _answering(line: Speech) -> Doc:
    """What a line among others answers, in short."""
    if line.quote is None:
        return ()
    return _about("(to ", line.quote, shorten(line.quote.words, QUOTED_SHORT), ") ")


def _fitting(lines: tuple[Speech, ...]) -> tuple[Speech, ...]:
    """The lines, the longest of them shortened where Slack would refuse all of them together."""
    most = limits.BLOCKS_TEXT
    sizes = sorted(len(plain(line.body)) + _around(line) for line in lines)
    if sum(sizes) <= most:
        return lines
    room, left = most, len(sizes)
    for size in sizes:
        if size * left > room:
            break
        room, left = room - size, left - 1
    share = max(room // max(left, 1), 1)
    return tuple(
        replace(line, body=shortened(line.body, max(share - _around(line), 1)))
        if len(plain(line.body)) + _around(line) > share
        else line
        for line in lines
    )


def _around(line: Speech) -> int:
    return len(byline(line)) + 3 + len(plain(_answering(line)))
