"""Text from people: what is kept of it, how it is cut, and that nothing typed ever becomes more than words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.domain.ids import AccountId, Instant
from core.domain.text import (
    BLOCKS,
    COMBINING_LIMIT,
    PIECE_WEIGHT,
    STYLES,
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
    Styled,
    When,
    as_doc,
    clean,
    clean_doc,
    doc,
    dump,
    isolate,
    load,
    one_line,
    pieces,
    plain,
    shorten,
    weight,
)
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, anything, hostile

texts = st.one_of(anything, hostile)


def test_there_are_hundreds_of_hostile_strings():
    assert len(SAMPLES) > 400


@on_each("raw", SAMPLES)
def test_cleaning_twice_changes_nothing_and_leaves_nothing_dangerous(raw):
    check_clean(raw)


@given(texts)
@example("a\u200d\u0301")
@example("e\u200d\u0301\u200d\u0323")
def test_cleaning_anything_twice_changes_nothing_more(raw):
    check_clean(raw)


def check_clean(raw: str) -> None:
    kept = clean(raw)
    assert clean(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    kept.encode()  # no lone surrogate
    assert not set(kept) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff\u00ad"
    )
    assert all(unicodedata.category(char) != "Cc" or char in "\n\t" for char in kept)
    assert kept == kept.strip()
    assert marks_in_a_row(kept) <= COMBINING_LIMIT


def marks_in_a_row(text: str) -> int:
    most = run = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            run += 1
        elif char not in "\u200c\u200d":
            run = 0
        most = max(most, run)
    return most


@pytest.mark.parametrize(
    "text",
    [
        "👩\u200d👩\u200d👧\u200d👦",
        "🏳️\u200d🌈",
        "می\u200cخواهم",
        "क्\u200dष",
        "👍🏽",
        "🇩🇪",
        "1️⃣",
        "naïve",
        "a\nb\tc",
        "العربية",
        "한국어",
    ],
)
def test_what_people_really_write_is_kept_as_it_is(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("e\u0301", "é"),
        ("\u202eevil\u202c", "evil"),
        ("a\x00b", "ab"),
        ("\ud83d", ""),
        ("  a  ", "a"),
        ("a\u200db", "ab"),
        ("x" + "\u0301" * 20, "x" + "\u0301" * 8),
    ],
)
def test_cleaning_by_example(raw, kept):
    assert clean(raw) == kept


@given(texts)
def test_one_line_is_one_line(raw):
    line = one_line(raw)
    assert line == " ".join(line.split())
    assert one_line(line) == line


# -- trees ----------------------------------------------------------------------------------------------------------

leaves = st.builds(Leaf, texts)
nodes: st.SearchStrategy[Node] = st.recursive(
    st.one_of(
        leaves,
        st.builds(Link, texts, texts),
        st.builds(Mention, texts.map(AccountId), texts),
        st.builds(When, st.integers(0, 2**53).map(Instant), st.sampled_from(["time", "date", "left"])),
        st.builds(Room, texts),
    ),
    lambda inner: st.builds(Styled, st.sampled_from(STYLES), st.lists(inner, max_size=4).map(tuple)),
    max_leaves=8,
)
lines: st.SearchStrategy[Doc] = st.lists(nodes, max_size=6).map(tuple)
blocks: st.SearchStrategy[Node] = st.one_of(
    st.builds(Fence, texts, st.sampled_from(["", "py", "C++", "no language"])),
    st.builds(Item, lines, st.integers(-1, 12), st.one_of(st.none(), st.integers(-1, 40))),
)
quotes = st.builds(Quoted, st.lists(st.one_of(nodes, blocks), max_size=4).map(tuple))
anywhere = st.builds(Styled, st.sampled_from(STYLES), st.lists(st.one_of(blocks, quotes), max_size=2).map(tuple))
trees: st.SearchStrategy[Doc] = st.lists(st.one_of(nodes, blocks, quotes, anywhere), max_size=6).map(tuple)


def styled_words(tree: Doc, styles: frozenset[str] = frozenset()) -> list[tuple[str, frozenset[str]]]:
    """Every character that is seen, with the styles and blocks that it stands in."""
    found: list[tuple[str, frozenset[str]]] = []
    for node in tree:
        if isinstance(node, Styled):
            found.extend(styled_words(node.children, styles | {node.style}))
        elif isinstance(node, Quoted):
            found.extend(styled_words(node.children, styles | {"quote"}))
        elif isinstance(node, Item):
            found.extend(styled_words(node.children, styles))  # of a long one only the beginning has the sign
        else:
            within = styles | ({"fence"} if isinstance(node, Fence) else set())
            found.extend((char, within) for char in plain((node,)) if not char.isspace())
    return found


@given(trees)
@example((Quoted((Leaf("a"),)), Quoted((Leaf("b"),)), Item((Leaf(" \n"),)), Fence("\n"), Leaf("c")))
@example((Leaf("e"), Leaf("\u0301")))
@example((Leaf("a "), Styled("bold", (Leaf("\u200b"),)), Leaf("\u0301")))
@example((Styled("bold", (Leaf(" "),)), Leaf(" a")))
def test_cleaning_a_tree_twice_changes_nothing_more(tree):
    kept = clean_doc(tree)
    assert clean_doc(kept) == kept


@given(trees)
def test_a_kept_tree_reads_back_as_it_was(tree):
    kept = clean_doc(tree)
    assert load(dump(kept)) == kept
    assert load(dump(tree)) == tree


def test_what_is_no_tree_is_refused():
    for kept in ('[["blink",["x"]]]', "[1]", '[["link","x"]]', '[["when","soon","time"]]'):
        with pytest.raises(ValueError, match="not a text tree"):
            load(kept)


@on_each("raw", [raw for raw in SAMPLES if len(raw) < 1_000])
def test_words_typed_by_a_person_stay_one_leaf(raw):
    tree = clean_doc((Leaf(raw),))
    assert tree == ((Leaf(clean(raw)),) if clean(raw) else ())


def test_spaces_between_pieces_of_a_line_stay():
    tree = doc("Hello ", Styled("bold", (Leaf("big"),)), " world ")
    assert clean_doc(tree) == doc("Hello ", Styled("bold", (Leaf("big"),)), " world")


def test_a_style_inside_itself_says_nothing_and_goes():
    deep: Doc = (Leaf("x"),)
    for number in range(200):
        deep = (Styled(STYLES[number % 4], deep),)
    kept = clean_doc(deep)
    depth = 0
    while isinstance(kept[0], Styled):
        depth, kept = depth + 1, kept[0].children
    assert (depth, kept) == (4, (Leaf("x"),))


@given(trees, st.integers(60, 300))
def test_pieces_fit_and_lose_nothing(tree, limit):
    kept = clean_doc(tree)
    cut = pieces(kept, limit)
    if not any(isinstance(node, Link) for node in all_nodes(kept)):
        assert [it for piece in cut for it in styled_words(piece)] == styled_words(kept)
    if not any(isinstance(node, Room | When) for node in all_nodes(kept)):
        assert all(plain(piece).strip() for piece in cut) or kept == ()
    for piece in cut:
        if not any(isinstance(node, BLOCKS) for node in piece):
            assert weight(plain(piece)) <= limit or len(piece) == 1


def all_nodes(tree: Doc) -> list[Node]:
    inner = [node.children if isinstance(node, Styled | Quoted | Item) else () for node in tree]
    return [found for node, below in zip(tree, inner, strict=True) for found in (node, *all_nodes(below))]


def test_blocks_stand_on_lines_of_their_own_with_styles_inside():
    tree = doc(
        "before", Quoted(doc("said")), "after ", Item(doc("one")), Item(doc("two"), 5, 7), Fence("x = 1\n", "PY")
    )
    assert clean_doc(tree) == doc(
        "before\n", Quoted(doc("said")), "\nafter\n", Item(doc("one")), "\n", Item(doc("two"), 1, 7), "\n",
        Fence("x = 1", "py"),
    )  # fmt: skip
    bold = (Styled("bold", doc("a", Quoted(doc("b")), "c")),)
    assert clean_doc(bold) == doc(
        Styled("bold", doc("a")), "\n", Quoted((Styled("bold", doc("b")),)), "\n", Styled("bold", doc("c"))
    )


def test_lists_have_no_holes_and_numbers_go_on():
    tree = doc(
        Item(doc("a"), 3, 5),
        Item(doc("b"), 9),
        Item(doc("c"), 1),
        Item(doc("d"), 0, 5),
        "\n\nx\n",
        Item(doc("e"), 0, 5),
    )
    kept = [node for node in clean_doc(tree) if isinstance(node, Item)]
    assert [(item.depth, item.number) for item in kept] == [(0, 5), (1, None), (1, None), (0, 6), (0, 5)]


def test_what_looks_the_same_is_the_same():
    one = doc(Styled("bold", doc("a", Styled("italic", doc("b")))))
    other = doc(Styled("bold", doc("a")), Styled("italic", doc(Styled("bold", doc("b")))))
    assert clean_doc(one) == clean_doc(other) == one


def test_a_long_block_is_closed_and_opened_again():
    code = "\n".join(f"line {number}" for number in range(1_000))
    cut = pieces(doc("Look:\n", Fence(code, "py"), "\nthere"))
    assert len(cut) > 3
    fences = [node for piece in cut for node in piece if isinstance(node, Fence)]
    assert {fence.language for fence in fences} == {"py"}
    assert "\n".join(fence.text for fence in fences) == code
    quoted = pieces((Quoted(doc("word " * 1_000, Fence(code))),))
    assert all(isinstance(node, Quoted) for piece in quoted for node in piece)
    items = pieces(clean_doc(tuple(Item(doc(f"item {number} " * 20), number % 3, number or 1) for number in range(60))))
    assert all(isinstance(piece[0], Item) and isinstance(piece[-1], Item) for piece in items)
    assert [node.number for piece in items for node in piece if isinstance(node, Item) and node.depth == 0][:3] == [
        1,
        2,
        3,
    ]


def test_what_was_kept_before_there_were_blocks_still_reads():
    kept = '["a ",["bold",["b",["code",["c"]]]],["link","https://a.example",""],["mention","slack:T1:U1","Mira"],["when",60,"date"]]'
    assert load(kept) == doc(
        "a ", Styled("bold", doc("b", Styled("code", doc("c")))), Link("https://a.example"),
        Mention(AccountId("slack:T1:U1"), "Mira"), When(Instant(60), "date"),
    )  # fmt: skip
    assert dump(load(kept)) == kept


def test_a_short_line_is_one_piece_and_unchanged():
    tree = doc("Hello ", Styled("bold", (Leaf("big wide "), Styled("italic", (Leaf("blue sky"),)))), " world")
    assert pieces(tree) == (tree,)


def test_a_bold_line_that_is_cut_is_bold_in_every_piece():
    cut = pieces((Styled("bold", (Leaf("word " * 1_000),)),))
    assert len(cut) > 1
    assert all(len(piece) == 1 and isinstance(piece[0], Styled) for piece in cut)


@pytest.mark.parametrize("raw", ["👩\u200d👩\u200d👧\u200d👦", "👍🏽", "🇩🇪", "1️⃣", "e\u0301\u0323", "&", "x", "한"])
def test_a_word_heavier_than_a_piece_is_cut_between_what_people_see_as_characters(raw):
    cut = pieces((Leaf(raw * 3_000),))
    assert "".join(plain(piece) for piece in cut) == raw * 3_000
    for piece in cut:
        assert weight(plain(piece)) <= PIECE_WEIGHT
        assert plain(piece) == raw * (len(plain(piece)) // len(raw))


@pytest.mark.timeout(10)
def test_cutting_is_quick_on_what_is_long():
    for raw in ("x" * 12_000, "&" * 12_000, "\u0301" * 12_000, "\u200d" * 12_000, "🇩" * 12_000, "_" * 12_000):
        assert "".join(plain(piece) for piece in pieces((Leaf(raw),))) == raw
        shorten(raw, 6_000)
        clean(raw)


letters = st.sampled_from(
    ["a", "é", " ", "👩\u200d👩\u200d👧", "🏳️\u200d🌈", "👍🏽", "🇩🇪", "1️⃣", "x\u0301\u0323", "க்", "한", "é", "❤️",
     "क्\u200dष", "\n", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"]
)  # fmt: skip


@given(st.lists(letters, max_size=30), st.integers(1, 40))
def test_shortening_parts_no_character_that_people_see_as_one(parts, limit):
    text = "".join(parts)
    short = shorten(text, limit)
    assert len(short) <= limit
    if short != text:
        assert short.endswith("…")
        assert short[:-1] in {"".join(parts[:number]).rstrip() for number in range(len(parts))}


@given(texts, st.integers(1, 100))
def test_shortening_anything_keeps_to_the_limit(text, limit):
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_what_fits_is_not_shortened():
    assert shorten("12345", 5) == "12345"
    assert shorten("123456", 5) == "1234…"


def test_names_are_fenced_only_where_they_could_turn_the_line():
    assert isolate("Ann") == "Ann"
    assert isolate("עברית") == "\u2068עברית\u2069"


def test_a_way_to_a_message_is_kept_as_it_is_and_reads_as_its_label():
    tree = doc("See ", Jump("C1", "1.1", "this one"), ".")
    assert load(dump(tree)) == clean_doc(tree) == as_doc(tree) == tree
    assert plain(tree) == "See this one."
    assert as_doc("See.") == (Leaf("See."),)


def test_spaces_at_the_ends_go_also_where_they_are_leaves_of_their_own():
    assert clean_doc((Leaf(" "), Styled("bold", (Leaf("a"),)), Leaf(" \n"))) == (Styled("bold", (Leaf("a"),)),)
