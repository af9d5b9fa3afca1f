"""Strategies for whole lines as people write them: every node, hostile words in every leaf; and what is told apart."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from core.domain.ids import SECOND, AccountId, Instant
from core.domain.text import Doc, Fence, Item, Leaf, Link, Mention, Node, Quoted, Styled, When, clean_doc
from tests.unit.hostile import hostile

SIGNS = st.lists(
    st.sampled_from([*"*_~`|<>@#:/\\[]()-+.! \n", "everyone", "here", "1", "123456789012345678", "t", "a", "-#", "```",
                     "||", ">>> ", "> ", "- ", "1. ", "# ", "id:", "cmd", "R", "tada", "é", "&", "lt;", "👋", "•"]),
    max_size=12,
).map("".join)  # fmt: skip
words = st.one_of(hostile, SIGNS, st.sampled_from(["one", "two words", " ", "and ", "x*y*z", "snake_case_name"]))
urls = st.sampled_from(
    ["https://a.example", "http://b.example/x?y=1#z", "https://bank.example@evil.example/(x)", "https://c.example/a_b*c",
     "mailto:mira@a.example", "javascript:alert(1)", "data:text/html,x", "https://", "//a", "https://a|b", "tel:1"]
)  # fmt: skip
labels = st.one_of(
    st.just(""), words, st.sampled_from(["bank", "**bank**", "the [page]", "a.example", "https://bank.example"])
)
instants = st.builds(
    When, st.integers(0, 2**31).map(lambda it: Instant(it * SECOND)), st.sampled_from(["time", "date", "left"])
)
inside: st.SearchStrategy[Node] = st.one_of(
    words.map(Leaf),
    words.map(Leaf),
    st.builds(Link, urls, labels),
    st.builds(Mention, st.just(AccountId("slack:T1:U1")), words),
    instants,
)
styles = st.sampled_from(["bold", "italic", "strike", "code", "spoiler"])
inline = st.recursive(
    inside, lambda inner: st.builds(Styled, styles, st.lists(inner, min_size=1, max_size=3).map(tuple)), max_leaves=5
)
line = st.lists(inline, max_size=4).map(tuple)
blocks: st.SearchStrategy[Node] = st.one_of(
    st.builds(Fence, words, st.sampled_from(["", "py", "c++"])),
    st.builds(Item, line, st.integers(0, 4), st.one_of(st.none(), st.integers(1, 12))),
)
quotes = st.builds(Quoted, st.lists(st.one_of(inline, blocks), min_size=1, max_size=4).map(tuple))
lines: st.SearchStrategy[Doc] = (
    st.lists(st.one_of(inline, inline, blocks, quotes), max_size=6).map(tuple).map(clean_doc)
)
"""Whole lines in their clean form."""


def mapped(tree: Doc, change: Callable[[Node], Doc | None]) -> Doc:
    """The tree with every node for which ``change`` has an answer replaced by it, innermost first."""
    made: list[Node] = []
    for node in tree:
        match node:
            case Styled(style, children):
                node = Styled(style, mapped(children, change))
            case Quoted(children):
                node = Quoted(mapped(children, change))
            case Item(children, depth, number):
                node = Item(mapped(children, change), depth, number)
        changed = change(node)
        made += (node,) if changed is None else changed
    return tuple(made)
