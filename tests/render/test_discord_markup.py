"""Whatever anybody typed stays words on Discord: its rules, written down once more here, find nothing in it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.markup import escape, spell, web_address
from adapters.discord.reading import Reader
from core.domain.ids import SECOND, AccountId, Instant
from core.domain.links import host, leads, same
from core.domain.text import (
    PIECE_WEIGHT,
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
    pieces,
    plain,
)
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile
from tests.unit.trees import lines, mapped

NOON = Instant(1_790_000_100 * SECOND)

# The rules of Discord's clients, first match wins; a line's start matters for the first four.
BLOCKS = (
    ("heading", r"#{1,3} +\S"),
    ("small", r"-# +\S"),
    ("quote", r">(?:>>)? "),
    ("list", r"[^\S\n]*(?:[*-]|\d{1,10}\.) +\S"),
)
RULES = (
    ("escape", r"\\([^0-9A-Za-z\s])"),
    ("fence", r"```[\s\S]+?```"),
    ("autolink", r"<([^: >]+:\/[^ >]+)>"),
    ("url", r"((?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s])"),
    ("link", r"\[(?:\[[^\]]*\]|[^\[\]])*\]\(\s*<?[^\s)]*?(?:\([^)]*\)[^\s)]*?)*>?\s*\)"),
    ("mention", r"<@[!&]?\d+>|@everyone|@here"),
    ("channel", r"<#\d+>|<id:\w+>"),
    ("command", r"</[^:>]+:\d+>"),
    # Names of emoji hold letters, digits and these; a client shows any other as it stands.
    ("emoji", r"<a?:\w+:\d+>|:[\w+-]+(?:::skin-tone-\d)?:"),
    ("time", r"<t:-?\d{1,17}(?::[tTdDfFsSR])?>"),
    ("bold", r"\*\*(?:\\[\s\S]|[^\\])+?\*\*(?!\*)"),
    ("underline", r"__(?:\\[\s\S]|[^\\])+?__(?!_)"),
    ("italic", r"\b_(?:__|\\[\s\S]|[^\\_])+?_\b|\*(?=\S)(?:\*\*|\s+(?:[^*\s]|\*\*)|[^\s*])+?\*(?!\*)"),
    ("strike", r"~~[\s\S]+?~~(?!_)"),
    ("code", r"(`+)[\s\S]*?[^`]\1(?!`)"),
    ("spoiler", r"\|\|[\s\S]+?\|\|"),
)  # fmt: skip
WORDS = re.compile(r"[\s\S]+?(?=[^0-9A-Za-z\s\u00c0-\uffff]|\n\n| {2,}\n|\w+:\S|$)")


def seen_by_discord(written: str) -> list[tuple[str, str]]:
    """(rule, text) of everything in a message as a client takes it apart."""
    found: list[tuple[str, str]] = []
    rest, start = written, True
    while rest:
        if start:
            for name, rule in BLOCKS:
                if re.match(rule, rest):
                    found.append((name, rest))
        for name, rule in RULES:
            if match := re.match(rule, rest, re.ASCII if name == "italic" else 0):
                found.append((name, match[1] if name in ("escape", "autolink", "url") else match[0]))
                break
        else:
            match = WORDS.match(rest)
            # A client's text rule takes at least one character; here exactly one, so that every place is tried.
            found.append(("words", rest[0]))
            start = rest[0] == "\n"
            rest = rest[1:]
            continue
        rest, start = rest[match.end() :], False
    return found


def words(found: list[tuple[str, str]]) -> str:
    return "".join(text for _, text in found).replace("\u200b", "").replace("%40", "@")


def only_words(written: str) -> bool:
    return {name for name, _ in seen_by_discord(written)} <= {"words", "escape", "autolink", "url"}


@given(hostile)
def test_typed_words_come_back_as_the_same_words(raw: str) -> None:
    text = clean(raw)[:600]
    written = spell(text)
    read = clean_doc(Reader().read(written))
    assert all(isinstance(node, Leaf) or (isinstance(node, Link) and not node.label) for node in read)
    assert plain(read).replace("%40", "@") == clean(text).replace("%40", "@")


_QUOTED = re.compile(r"%(2A|5F|7E|7C|60|40)")
Told = list[tuple[str, frozenset[str]]]


def told(tree: Doc, within: frozenset[str] = frozenset()) -> Told:
    """Every character and instant with all that it stands in; an address reads the same pressed or not."""
    found: Told = []
    for index, node in enumerate(tree):
        match node:
            case Styled(style, children):
                found += told(children, within | {style})
            case Quoted(children):
                found += told(children, within | {"quote"})
            case Item(children, depth, number):
                found += told(children, within | {f"item {index} {depth} {number}"})
            case Fence(text, language):
                found += [(char, within | {f"fence {language}"}) for char in text]
            case Link(url, label) if label:
                found += [(char, within | {f"link {_quiet(url)}"}) for char in label]
            case When():
                found.append((repr(node), within))
            case _:
                found += [(char, within) for char in _quiet(plain((node,)))]
    return found


def seen(tree: Doc) -> Told:
    return [(char, within) for char, within in told(tree) if not char.isspace()]


def _quiet(text: str) -> str:
    """Addresses have signs quoted that would end a style around them, or mention somebody."""
    return _QUOTED.sub(lambda it: chr(int(it[1], 16)), text)


def as_discord_shows(tree: Doc) -> Doc:
    """Mentions are words, code between other styles where its own words could end them too, mailboxes no links."""
    return clean_doc(mapped(mapped(tree, _shown), _plain_code))


def _shown(node: Node) -> Doc | None:
    match node:
        case Mention(_, shown):
            return (Leaf(f"@{shown}"),)
        case Link(url, label) if "://" in label or web_address(url) is None:
            bare = url if web_address(url) else leads(url) or url
            return doc(f"{label} ({bare})" if label and label not in (url, bare) else bare)
        case Link(_, ""):
            return None
        case Link(url, label):
            return (
                Link(web_address(url) or "", label),
                *doc("" if not label or same(url, label, host(url)) else f" ({host(url)})"),
            )
    return None


def _plain_code(node: Node) -> Doc | None:
    if isinstance(node, Styled) and node.style != "code":
        return (Styled(node.style, mapped(node.children, _words_of_code)),)
    return None


def _words_of_code(node: Node) -> Doc | None:
    if isinstance(node, Styled) and node.style == "code" and set(plain(node.children)) & set("*_~|`\\"):
        return node.children
    return None


@given(lines)
def test_a_line_comes_back_from_discord_as_it_was(tree: Doc) -> None:
    shown, meant = clean_doc(Reader().read(spell(tree))), as_discord_shows(tree)
    assert seen(shown) == seen(meant), spell(tree)
    assert _quiet(plain(shown)).split() == _quiet(plain(meant)).split()


@given(hostile)
def test_discord_sees_nothing_but_words_in_what_was_typed(raw: str) -> None:
    text = clean(raw)[:600]
    written = escape(text)
    assert only_words(written), [it for it in seen_by_discord(written) if it[0] not in ("words", "escape")]
    assert words(seen_by_discord(written)) == text.replace("%40", "@")


PIECES = st.lists(
    st.sampled_from([*"*_~`|<>@#:/\\[]()-+.! \n", "everyone", "here", "1", "123456789012345678", "t", "a", "https://",
                     "http://x.y", "steam://", "discord://r", "-#", "```", "id:", "cmd", "R", "tada", "é"]),
    max_size=24,
).map("".join)  # fmt: skip


@given(PIECES)
def test_no_arrangement_of_signs_means_anything(raw: str) -> None:
    text = clean(raw)
    written = escape(text)
    assert only_words(written), (written, [it for it in seen_by_discord(written) if it[0] not in ("words", "escape")])
    assert plain(clean_doc(Reader().read(written))).replace("%40", "@") == text.replace("%40", "@")


@given(PIECES, st.sampled_from(["bold", "italic", "strike"]), PIECES)
def test_a_style_ends_where_it_ends(raw: str, style: str, after: str) -> None:
    inner, behind = clean(raw), clean(after)
    if not inner or "://" in inner or "://" in behind:
        return
    tree = (Styled(style, (Leaf(inner),)), Leaf(behind)) if behind else (Styled(style, (Leaf(inner),)),)  # type: ignore[arg-type]
    assert clean_doc(Reader().read(spell(tree))) == clean_doc(tree)


@pytest.mark.shows("lines-as-typed")
@on_each("raw", SAMPLES)
def test_no_mention_is_left_for_discords_servers(raw: str) -> None:
    for tree in (doc(raw), (Styled("bold", doc(raw)),), (Styled("code", doc(raw)),), (Mention(AccountId("x"), raw),)):
        assert not re.search(r"@(everyone|here|[!&]?\d)", spell(tree))


TREES: dict[str, tuple[Doc, str]] = {
    "bold": ((Styled("bold", (Leaf("a*b"),)),), "**a\\*b**"),
    "italic before a word": ((Styled("italic", (Leaf("a"),)), Leaf("b")), "_a_\u200bb"),
    "nested": ((Styled("bold", (Styled("strike", (Leaf("x"),)),)),), "**\u200b~~x~~\u200b**"),
    "code": ((Styled("code", (Leaf("a`b"),)),), "``a`b``"),
    "code of backticks": ((Styled("code", (Leaf("```"),)),), "`` `\u200b`\u200b` ``"),
    "code in bold that cannot be": ((Styled("bold", (Styled("code", (Leaf("a*b"),)),)),), "**a\\*b**"),
    "blocks": (
        doc("so:\n", Item(doc("a")), "\n", Item(doc("b\nc"), 1, 2), "\n",
            Quoted(doc("x\n", Fence("@1 ```", "py"))), "\n!"),
        "so:\n- a\n  2. b\n     c\n> x\n> ```py\n> @\u200b1 `\u200b`\u200b`\n> ```\n!",
    ),
    "spoiler": (doc(Styled("spoiler", doc("a||b"))), "||a\\|\\|b||"),
    "mail": (doc(Link("mailto:a@b.example", "write"), " ", Link("mailto:a@b.example")),
             "write (a@b.example) a@b.example"),
    "its own name": (doc(Link("https://a.example/", "a.example")), "[a.example](https://a.example/)"),
    "another's name": (doc(Link("https://evil.example/", "notevil.example")),
                       "[notevil.example](https://evil.example/) (evil.example)"),
    "time": ((When(NOON), When(NOON, "date"), When(NOON, "left")), "<t:1790000100:t><t:1790000100:f><t:1790000100:R>"),
    "room": ((Room("123"),), "<#123>"),
    "odd room": ((Room("C12>"),), "\\#C12>"),
    "mention": ((Mention(AccountId("slack:T1:U1"), "everyone"),), "@\u200beveryone"),
    "bare link": ((Link("https://a.example/x_y"),), "https://a.example/x_y"),
    "named link": ((Link("https://a.example/(x)", "here"),), "[here](https://a.example/%28x%29) (a.example)"),
    "lying link": ((Link("https://evil.example", "https://bank.example"),),
                   "https://bank.example (<https://evil.example>)"),
    "odd link": ((Link("javascript:alert(1)", "x"),), "x (javascript:alert(1))"),
    "address before words": ((Leaf("see https://a.example/<t:1:R>"),), "see <https://a.example/>\\<t\\:1:R>"),
}  # fmt: skip


@pytest.mark.shows("session-times", "lines-styles")
@pytest.mark.parametrize("name", TREES)
def test_a_tree_is_written_as_agreed(name: str) -> None:
    tree, written = TREES[name]
    assert spell(tree) == written


@given(hostile)
def test_a_link_goes_where_it_says_or_is_none(url: str) -> None:
    read = Reader().read(spell(doc("see ", Link(url, "here"))))
    links = [node for node in read if isinstance(node, Link)]
    assert [link.url for link in links] == ([web_address(url)] if web_address(url) else [])


@given(hostile)
def test_a_piece_of_a_line_fits_one_message(raw: str) -> None:
    for tree in ((Leaf(clean(raw)),), (Styled("bold", (Leaf(clean(raw) or "x"),)),), (Leaf("@1" * 900),)):
        for piece in pieces(tree, PIECE_WEIGHT):
            assert len(spell(piece)) <= 2000


READ: dict[str, tuple[str, Doc]] = {
    "heading": ("# Head *x*\ntext", (Styled("bold", (Leaf("Head "), Styled("italic", (Leaf("x"),)))), Leaf("\ntext"))),
    "list and quote": ("- a\n> b", doc(Item(doc("a")), "\n", Quoted(doc("b")))),
    "deep list": (
        "so\n- a\n  1. b\n     more\n  2. c\n* d\nend",
        doc("so\n", Item(doc("a")), "\n", Item(doc("b\nmore"), 1, 1), "\n", Item(doc("c"), 1, 2), "\n", Item(doc("d")),
            "\nend"),
    ),
    "long quote": (">>> a\n- b\n```c```", doc(Quoted(doc("a\n", Item(doc("b")), "\n", Fence("c"))))),
    "quote with a gap": ("> a\n>\n> b\n\nc", doc(Quoted(doc("a\n\nb")), "\n\nc")),
    "small": ("-# small", doc("small")),
    "hidden code": ("||```x```||", doc(Styled("spoiler", (Styled("code", doc("x")),)))),
    "two fences": ("a ```x``` b ```js\ny```", doc("a\n", Fence("x"), "\nb\n", Fence("y", "js"))),
    "addresses": (
        "https://a.example/x_y (https://b.example/c) <https://d.example> steam://x",
        doc(Link("https://a.example/x_y"), " (", Link("https://b.example/c"), ") ", Link("https://d.example"), " steam://x"),
    ),
    "styles in a label": ("[**a** `b`](https://b.example)", (Link("https://b.example", "a b"),)),
    "underline and spoiler": ("__u__ ||s||", doc(Styled("italic", doc("u")), " ", Styled("spoiler", doc("s")))),
    "fence": ("```py\nx = 1\n```", (Fence("x = 1", "py"),)),
    "names": ("hello_world_x", (Leaf("hello_world_x"),)),
    "member": (
        "<@5> <@!6>",
        (Mention(AccountId("discord:5"), "Ann"), Leaf(" "), Mention(AccountId("discord:6"), "somebody")),
    ),
    "others": ("<@&7> <#8> <:party:9> </stage join:1>", (Leaf("@role #channel :party: /stage join"),)),
    "time": ("<t:60:R>", (When(Instant(60 * SECOND), "left"),)),
    "no time": ("<t:9999999999999:R>", (Leaf("<t:9999999999999:R>"),)),
    "link": ("[a](https://b.example/c)", (Link("https://b.example/c", "a"),)),
}  # fmt: skip


@pytest.mark.shows("lines-styles")
@pytest.mark.parametrize("name", READ)
def test_what_members_type_is_read_as_they_see_it(name: str) -> None:
    typed, tree = READ[name]
    assert clean_doc(Reader({"5": "Ann"}).read(typed)) == tree


@pytest.mark.parametrize(
    "bit",
    [
        "*",
        "_",
        "~",
        "|",
        "`",
        "[",
        "<",
        "**a",
        "`a``",
        "\\",
        "*a ",
        "[a",
        "```a",
        "***a",
        "a_",
        "h",
        "> ",
        "\n> ",
        "- ",
        "\n  - a",
        "\n",
        ">>> ",
        "||```",
        "a\n",
    ],
)
def test_reading_takes_no_long_time_whatever_was_typed(bit: str) -> None:
    began = time.perf_counter()
    Reader().read(bit * (4000 // len(bit)))
    Reader().read(bit * (4000 // len(bit)) + "```x```")
    assert time.perf_counter() - began < 0.5
