"""Text trees as rich text, Slack's notation in which a text is words only: sections, lists, quotes and code in lines.

Shapes: docs.slack.dev/reference/block-kit/blocks/rich-text-block and its elements. Quotes hold no lists there: a list
or code inside a quote is one with a border.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from adapters.slack.markup import ROOM, SPOILER, TOKENS, utc
from core.domain.ids import SECOND
from core.domain.links import leads
from core.domain.text import (
    BLOCKS,
    Block,
    Called,
    Crowd,
    Doc,
    Fence,
    Item,
    Jump,
    Leaf,
    Link,
    Mention,
    Node,
    Quoted,
    Room,
    Style,
    Styled,
    Text,
    When,
    as_doc,
    plain,
)

Element = dict[str, Any]
_LINE_END = Leaf("\n")


def parts(tree: Text) -> list[Element]:
    """The tree as elements of a ``rich_text`` block."""
    return _parts(as_doc(tree), quoted=False)


def _parts(tree: Doc, *, quoted: bool) -> list[Element]:
    made: list[Element] = []
    run: list[Node] = []
    behind = False
    for node in tree:
        if not isinstance(node, BLOCKS):
            run.append(node)
            continue
        made += _section(run, behind=behind, quoted=quoted)
        joined = isinstance(node, Item) and run == [_LINE_END] and _joins(made[-1:], node, quoted=quoted)
        if joined and isinstance(node, Item):
            made[-1]["elements"].append({"type": "rich_text_section", "elements": rich(node.children)})
        else:
            made += _block(node, quoted=quoted)
        run, behind = [], True
    return made + _section(run, behind=behind, quoted=quoted)


def _section(run: list[Node], *, behind: bool, quoted: bool) -> list[Element]:
    """What stands between blocks; the line end ``behind`` a block is the block's own."""
    match run[:1]:
        case [Leaf(text)] if behind and text.startswith("\n"):
            run = [Leaf(text[1:]), *run[1:]]
    inner = rich(tuple(run))
    return [{"type": "rich_text_quote" if quoted else "rich_text_section", "elements": inner}] if inner else []


def _block(block: Block, *, quoted: bool) -> list[Element]:
    border = {"border": 1} if quoted else {}
    match block:
        case Quoted(children):
            return _parts(children, quoted=True)
        case Item(children, depth, number):
            style = "bullet" if number is None else "ordered"
            offset = {"offset": number - 1} if number is not None and number > 1 else {}
            items = [{"type": "rich_text_section", "elements": rich(children)}]
            return [{"type": "rich_text_list", "style": style, "indent": depth, **offset, **border, "elements": items}]
        case Fence(text, language):
            told = {"language": language} if language else {}
            code = [{"type": "text", "text": text}]
            return [{"type": "rich_text_preformatted", "elements": code, **told, **border}]


def _joins(before: list[Element], item: Item, *, quoted: bool) -> bool:
    """Whether an item goes on with the list that stands just before it."""
    match before:
        case [{"type": "rich_text_list", "indent": item.depth, "style": style, "elements": items} as made]:
            if bool(made.get("border")) != quoted or (style == "ordered") != (item.number is not None):
                return False
            return item.number is None or made.get("offset", 0) + len(items) + 1 == item.number
    return False


def rich(tree: Text, *styles: Style) -> list[Element]:
    """The tree as elements of a ``rich_text_section``; blocks are words there."""
    return [element for node in as_doc(tree) for element in _elements(node, styles)]


def _elements(node: Node, styles: tuple[Style, ...]) -> Iterator[Element]:
    styled: Element = {"style": dict.fromkeys(styles, True)} if styles else {}
    match node:
        case Styled("spoiler", children):
            yield from (*_words(SPOILER, styled), *rich(children, *styles), *_words(")", styled))
        case Styled(style, children):
            yield from rich(children, *styles, *(() if style in styles else (style,)))
        case Link(url, label) if leads(url):
            yield {"type": "link", "url": url, **({"text": label} if label else {}), **styled}
        case Link(url, label):
            yield from _words(label or url, styled)
        case When(at, style):
            told = {"timestamp": at // SECOND, "format": TOKENS[style], "fallback": utc(at, style)}
            yield {"type": "date", **told, **styled}
        case Room(ref) if ROOM.fullmatch(ref):
            yield {"type": "channel", "channel_id": ref, **styled}
        case Room():
            yield from _words("#channel", styled)
        case Leaf() | Mention() | Crowd() | Called() | Jump() | Quoted() | Item() | Fence():
            yield from _words(plain((node,)), styled)


def _words(text: str, styled: Element) -> Iterable[Element]:
    return [{"type": "text", "text": text, **styled}] if text else []
