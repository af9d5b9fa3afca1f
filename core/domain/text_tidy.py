"""One form for every text tree: words cleaned, styles nested one way, blocks on lines of their own.

``clean_doc(clean_doc(x)) == clean_doc(x)``, and two trees that look the same to a reader are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from core.domain.links import leads
from core.domain.text_nodes import (
    BLOCKS,
    DEEPEST_ITEM,
    Block,
    Doc,
    Fence,
    Item,
    Leaf,
    Link,
    Mention,
    Node,
    Quoted,
    Style,
    Styled,
    When,
    words,
)
from core.domain.words import clean, one_line

Run = tuple[Node, frozenset[Style]]
"""Something inside a line, with every style that it stands in."""
Line = list[Run]
BARE: frozenset[Style] = frozenset()
OUTERMOST: tuple[Style, ...] = ("spoiler", "bold", "italic", "strike", "code")
"""Of styles that end together the first of these stands outside; code always inside, where its words are only words."""
BIGGEST = 999_999_999
_LANGUAGE = re.compile(r"[a-z0-9_+\-.#]{1,20}")
_CODE_WORDS = frozenset[Style](("spoiler", "code"))


def clean_doc(tree: Doc) -> Doc:
    """The tree with every leaf cleaned, neighbours merged, empty nodes gone and outer spaces trimmed."""
    if all(isinstance(node, Leaf) for node in tree):
        kept = clean("".join(words(node) for node in tree))
        return (Leaf(kept),) if kept else ()
    # What goes from between two leaves may let their ends melt into one.
    while (nodes := _tidy(tree, quoted=False)) != tree:
        tree = nodes
    return nodes


def merged(nodes: Iterable[Node]) -> Doc:
    """Neighbouring leaves as one, and neighbours of one style as one."""
    kept: list[Node] = []
    for node in nodes:
        match kept[-1:], node:
            case [Leaf(before)], Leaf(text):
                kept[-1] = Leaf(before + text)
            case [Styled(style, before)], Styled(same, children) if style == same:
                kept[-1] = Styled(style, merged((*before, *children)))
            case _:
                kept.append(node)
    return tuple(kept)


def _tidy(tree: Doc, *, quoted: bool) -> Doc:
    parts = _parts(_runs(tree, BARE, quoted=quoted))
    made: list[Node] = []
    for part in _numbered(_quotes_joined(parts)):
        made.extend(_nested(part) if isinstance(part, list) else [part])
    return merged(made)


# -- taken apart ----------------------------------------------------------------------------------------------------


def _runs(tree: Doc, styles: frozenset[Style], *, quoted: bool) -> Iterator[Run]:
    for node in tree:
        match node:
            case Styled(style, children):
                yield from _runs(children, styles | {style}, quoted=quoted)
            case Quoted(children) if quoted:
                yield from ((Leaf("\n"), BARE), *_runs(children, styles, quoted=True), (Leaf("\n"), BARE))
            case Quoted(children):
                inner = _tidy(_dressed(children, styles), quoted=True)
                yield (Quoted(inner) if inner else Leaf("\n"), BARE)
            case Item(children, depth, number):
                inside = list(_runs(children, styles, quoted=quoted))
                lines = _item([run for run in inside if not isinstance(run[0], BLOCKS)])
                yield (Item(lines, depth, number) if lines else Leaf("\n"), BARE)
                yield from (run for run in inside if isinstance(run[0], BLOCKS))
            case Fence(text, language):
                yield from _fence(text, language, styles)
            case _:
                yield from _atom(node, styles)


def _dressed(children: Doc, styles: frozenset[Style]) -> Doc:
    for style in OUTERMOST:
        children = (Styled(style, children),) if style in styles else children
    return children


def _fence(text: str, language: str, styles: frozenset[Style]) -> Iterator[Run]:
    kept = _clean_inside(text).strip("\n")
    if not kept.strip():
        yield Leaf("\n"), BARE
    elif "spoiler" in styles:
        yield Leaf(kept), _CODE_WORDS
    else:
        yield Fence(kept, language.lower() if _LANGUAGE.fullmatch(language.lower()) else ""), BARE


def _atom(node: Node, styles: frozenset[Style]) -> Iterator[Run]:
    match node:
        case Link(url, label):
            url, label = one_line(url), one_line(label)
            if "code" in styles or not leads(url):
                yield Leaf(f"{label} ({url})" if url and label and label != url else label or url), styles
            else:
                yield Link(url, "" if label == url else label, node.room, node.ref), styles
        case Mention(account, shown):
            shown = one_line(shown)
            yield (Leaf(f"@{shown}") if "code" in styles else Mention(account, shown)), styles
        case Leaf(text) if "code" in styles and "\n" in text:
            # Code in several lines is a fence; inside a line it ends with the line, as Slack has it.
            for index, one in enumerate(text.split("\n")):
                yield from [(Leaf("\n"), styles - {"code"})] if index else []
                yield Leaf(one), styles
        case Leaf():
            yield node, styles
        case When():
            yield node, styles - {"code"}
        case _:
            yield (Leaf(words(node)), styles) if "code" in styles and words(node) else (node, styles - {"code"})


# -- put together ---------------------------------------------------------------------------------------------------


def _parts(runs: Iterable[Run]) -> list[Block | Line]:
    """Blocks and what stands between them, which always has its line ends."""
    parts: list[Block | Line] = [[]]
    for node, styles in runs:
        if isinstance(node, BLOCKS):
            parts += [node, []]
        else:
            line = parts[-1]
            assert isinstance(line, list), "a block is followed by a line"
            line.append((node, styles))
    last = len(parts) - 1
    for index, part in enumerate(parts):
        if isinstance(part, list):
            parts[index] = _edged(_cleaned(part), after=index > 0, before=index < last)
    return parts


def _cleaned(line: Line) -> Line:
    """Leaves of the same styles as one, cleaned; white space has no style of its own."""
    kept: Line = []
    for node, styles in line:
        if isinstance(node, Leaf) and kept and isinstance(kept[-1][0], Leaf) and kept[-1][1] == styles:
            kept[-1] = (Leaf(kept[-1][0].text + node.text), styles)
        else:
            kept.append((node, styles))
    kept = [(Leaf(_clean_inside(node.text)), it) if isinstance(node, Leaf) else (node, it) for node, it in kept]
    kept = [run for run in kept if run[0] != Leaf("")]
    for index, (node, styles) in enumerate(kept):
        if styles and isinstance(node, Leaf) and not node.text.strip():
            around = [kept[index + step][1] if 0 <= index + step < len(kept) else BARE for step in (-1, 1)]
            kept[index] = (node, styles & around[0] & around[1])
    return kept


def _edged(line: Line, *, after: bool, before: bool) -> Line:
    """Trimmed; behind a block (``after``) it begins with a line end, and ``before`` a block it ends with one."""
    line, lead = _trimmed(line, 0)
    line, tail = _trimmed(line, -1)
    if not line:
        return [(Leaf("\n" * max(lead, 1)), BARE)] if after and before else []
    start: Line = [(Leaf("\n" * max(lead, 1)), BARE)] if after else []
    end: Line = [(Leaf("\n" * max(tail, 1)), BARE)] if before else []
    return [*start, *line, *end]


def _trimmed(line: Line, end: int) -> tuple[Line, int]:
    """Without the white space at one end, and how many line ends that held."""
    gone = 0
    while line and isinstance(leaf := line[end][0], Leaf):
        kept = leaf.text.rstrip() if end else leaf.text.lstrip()
        if kept == leaf.text or (kept and line[end][1]):
            break
        gone += (leaf.text[len(kept) :] if end else leaf.text[: len(leaf.text) - len(kept)]).count("\n")
        rest = line[:-1] if end else line[1:]
        if kept:
            return ([*rest, (Leaf(kept), BARE)] if end else [(Leaf(kept), BARE), *rest]), gone
        line = rest
    return line, gone


def _item(line: Line) -> Doc:
    """An item's words: lines without white space around them, none of them empty."""
    lines: list[Line] = [[]]
    for node, styles in _cleaned(line):
        first, *others = [Leaf(one) for one in node.text.split("\n")] if isinstance(node, Leaf) else [node]
        lines[-1].append((first, styles))
        lines += [[(other, styles)] for other in others]
    made: list[Node] = []
    for one in lines:
        if kept := _trimmed(_trimmed([run for run in one if run[0] != Leaf("")], 0)[0], -1)[0]:
            made += [*([Leaf("\n")] if made else []), *_nested(kept)]
    return merged(made)


def _quotes_joined(parts: list[Block | Line]) -> list[Block | Line]:
    """Quotes in lines that follow one another are one quote, as every reader sees them."""
    kept: list[Block | Line] = []
    for part in parts:
        match kept[-2:], part:
            case [Quoted(before), [(Leaf("\n"), _)]], Quoted(children):
                kept[-2:] = [Quoted(merged((*before, Leaf("\n"), *children)))]
            case _:
                kept.append(part)
    return kept


def _numbered(parts: list[Block | Line]) -> Iterator[Block | Line]:
    """Lists without holes: an item is at most one level deeper than the one before, and numbers go on by one."""
    levels: list[int | None] = []
    for index, part in enumerate(parts):
        match part:
            case Item(children, depth, number):
                depth = max(0, min(depth, len(levels), DEEPEST_ITEM))
                before = levels[depth] if depth < len(levels) else None
                if number is not None:
                    number = min(before + 1 if before is not None else max(number, 1), BIGGEST)
                levels[depth:] = [number]
                yield Item(children, depth, number)
            case [(Leaf(text), _)] if not text.strip() and levels and isinstance(parts[index + 1], Item):
                yield [(Leaf("\n"), BARE)]
            case [] if not index:
                pass
            case _:
                levels = []
                yield part


def _nested(line: Sequence[Run]) -> Iterator[Node]:
    """Styles around their words: of those that begin here the one that reaches furthest stands outside."""
    at = 0
    while at < len(line):
        node, styles = line[at]
        if not styles:
            yield node
            at += 1
            continue
        # Code stands inside all others; its words are only words.
        able = [style for style in OUTERMOST if style in styles and (style != "code" or len(styles) == 1)]
        ends = {style: _end(line, at, style) for style in able}
        style = max(able, key=lambda it: ends[it])
        yield Styled(style, tuple(_nested([(one, it - {style}) for one, it in line[at : ends[style]]])))
        at = ends[style]


def _end(line: Sequence[Run], at: int, style: Style) -> int:
    """Where a style that begins here ends."""
    for index in range(at, len(line)):
        styles = line[index][1]
        if style not in styles or (style == "code" and len(styles) > 1):
            return index
    return len(line)


def _clean_inside(text: str) -> str:
    """Clean a piece that has neighbours: spaces at its ends stay."""
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :] if text.strip() else ""
    return _spaces(start) + clean(text) + _spaces(end)


def _spaces(run: str) -> str:
    return "".join(char for char in run.replace("\r\n", "\n") if char in " \n\t\u00a0\u3000")
