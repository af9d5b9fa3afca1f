"""Links in a text tree: where each one leads is told beside its label, for a label may say anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from core.domain.links import leads, same
from core.domain.text_nodes import BLOCKS, Doc, Item, Leaf, Link, Node, Quoted, Styled, plain
from core.domain.text_tidy import merged


def leading(tree: Doc, where: Callable[[str], tuple[str, str] | None]) -> Doc:
    """The tree where links to messages are known as such: ``where`` tells room and message of an address."""
    return tuple(_leading(node, where) for node in tree)


def _leading(node: Node, where: Callable[[str], tuple[str, str] | None]) -> Node:
    match node:
        case Link(url, label) if found := where(url):
            return Link(url, label, *found)
        case Styled(_, children) | Quoted(children) | Item(children):
            return replace(node, children=leading(children, where))
    return node


def honest(tree: Doc) -> Doc:
    """The tree with the real host behind every label that is not the address itself."""
    return merged(_honest(tree))


def _honest(tree: Doc) -> Iterable[Node]:
    for index, node in enumerate(tree):
        match node:
            case Styled(style, children):
                yield Styled(style, honest(children))
            case Quoted(children):
                yield Quoted(honest(children))
            case Item(children, depth, number):
                yield Item(honest(children), depth, number)
            case Link(url, label) if label and (where := leads(url)) and not same(url, label, where):
                yield node
                after = tree[index + 1] if index + 1 < len(tree) else None
                if isinstance(after, BLOCKS) or after is None or not plain((after,)).startswith(f" ({where})"):
                    yield Leaf(f" ({where})")
            case _:
                yield node
