"""Whatever anybody typed stays words on Slack: no markup, link or mention comes of it, and every sign comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.markup import inert, is_web, mrkdwn, shortened
from adapters.slack.objects import rich_text
from adapters.slack.reading import Names, from_text, read
from adapters.slack.rich import parts, rich
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.text import (
    Doc,
    Fence,
    Item,
    Leaf,
    Link,
    Mention,
    Node,
    Quoted,
    Room,
    Styled,
    When,
    clean,
    clean_doc,
    doc,
    honest,
    plain,
)
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile
from tests.unit.trees import lines, mapped

NAMES = Names("T1")
NOON = Instant(1_790_000_100 * SECOND)
_ENTITY = re.compile(r"<[^<>]*>")
AROUND: tuple[Callable[[Leaf], Doc], ...] = (
    lambda leaf: (leaf,),
    lambda leaf: (Styled("bold", (leaf,)),),
    lambda leaf: (Quoted((leaf,)),),
    lambda leaf: (Item((leaf,), 0, 3),),
    lambda leaf: (Fence(leaf.text),),
)


def through_rich_text(tree: Doc) -> Doc:
    return clean_doc(read({"blocks": [rich_text(parts(tree))]}, NAMES))


def as_slack_shows(tree: Doc) -> Doc:
    """Slack has no spoilers, no countdown, and mentions are words."""
    return clean_doc(mapped(honest(tree), _shown))


def _shown(node: Node) -> Doc | None:
    match node:
        case Styled("spoiler", children):
            return (Leaf("(spoiler: "), *children, Leaf(")"))
        case Mention(_, shown):
            return (Leaf(f"@{shown}"),)
        case When(at, "left"):
            return (When(at, "time"),)
    return None


@given(lines)
def test_a_line_comes_back_from_slack_as_it_was(tree: Doc) -> None:
    assert through_rich_text(honest(tree)) == as_slack_shows(tree)


@given(hostile)
def test_typed_words_come_back_as_the_same_words(raw: str) -> None:
    text = clean(raw)
    assert plain(from_text(mrkdwn(text), NAMES)) == text
    assert all(isinstance(node, Leaf) for node in from_text(mrkdwn(text), NAMES))
    for around in AROUND:
        assert through_rich_text(clean_doc(around(Leaf(text)))) == clean_doc(around(Leaf(text)))


@on_each("raw", [sample for sample in SAMPLES if 0 < len(sample) < 5_000])
def test_no_entity_comes_of_what_was_typed(raw: str) -> None:
    for tree in (doc(raw), (Styled("bold", doc(raw)),), (Mention(AccountId("slack:T1:U1"), raw),), (Link(raw, raw),)):
        for entity in _ENTITY.findall(mrkdwn(tree)):
            assert entity.startswith("<http"), entity
        allowed = {"text", "link"} if isinstance(tree[0], Link) else {"text"}
        assert {element["type"] for element in rich(tree)} <= allowed


@given(hostile)
def test_a_link_goes_where_it_says(url: str) -> None:
    tree = doc("see ", Link(url, "this <page> | here"))
    if is_web(url):
        assert from_text(mrkdwn(tree), NAMES) == (Leaf("see "), Link(url, "this <page> / here"))
    else:
        assert plain(from_text(mrkdwn(tree), NAMES)) == "see this <page> | here"


ODD = ["javascript:alert(1)", "data:text/html,x", "https://a|evil", "https://a>b", "http://a b", "//a"]


@pytest.mark.parametrize("url", ODD)
def test_other_addresses_are_no_links(url: str) -> None:
    assert not is_web(url)
    assert "<" not in mrkdwn(doc(Link(url)))


@pytest.mark.shows("session-times")
def test_what_the_bot_says_has_times_rooms_and_links() -> None:
    tree = doc("closes ", When(NOON), " in ", Room("C0STAGE001"), ", ", Link("https://example.org/?a=1&b=2", "rules"))
    assert mrkdwn(tree) == (
        "closes <!date^1790000100^{time}|14:15 UTC> in <#C0STAGE001>, <https://example.org/?a=1&amp;b=2|rules>"
    )
    assert [element["type"] for element in rich(tree)] == ["text", "date", "text", "channel", "text", "link"]
    assert mrkdwn(doc(Room("C1|<!here>"))) == "#channel"


@pytest.mark.shows("lines-as-typed")
def test_a_mention_never_notifies() -> None:
    tree = doc(Mention(AccountId("slack:T1:U1"), "Mira"))
    assert mrkdwn(tree) == "@Mira"
    assert rich(tree) == [{"type": "text", "text": "@Mira"}]


@pytest.mark.shows("lines-styles")
def test_styles_are_kept_in_both_notations() -> None:
    tree = doc("a ", Styled("bold", (Styled("italic", doc("b")),)), Styled("code", doc("c")))
    assert mrkdwn(tree) == "a *_b_*`c`"
    assert rich(tree)[1] == {"type": "text", "text": "b", "style": {"bold": True, "italic": True}}


@pytest.mark.parametrize("text", ["*a*", "a_b", "~x~", "`code`", "> quote", "a\n> quote", "\n  > quote"])
def test_signs_that_would_style_words_are_seen(text: str) -> None:
    assert not inert(text)
    assert not inert(doc(Styled("bold", doc(text))))


def test_plain_words_may_be_said_as_they_are() -> None:
    assert inert(doc("Poll · open, closes ", When(NOON), " · a > b & c: 58 %"))
    assert not inert(doc(Styled("bold", doc("two\nlines"))))
    assert not inert(doc(Styled("bold", doc(" space"))))


@given(st.lists(hostile, min_size=1, max_size=4), st.integers(1, 40))
def test_shortening_keeps_the_limit_and_the_beginning(parts: list[str], limit: int) -> None:
    tree = tuple(Styled("bold", doc(part)) if index % 2 else Leaf(part) for index, part in enumerate(parts))
    short = plain(shortened(tree, limit))
    assert len(short) <= max(limit, 1)
    assert short == plain(tree) or short.endswith("…")
