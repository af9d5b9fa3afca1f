"""Whatever anybody types stays words: the full form of rows 39 and 40, in a line, a style and every block."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from adapters.discord.markup import spell
from adapters.discord.reading import Reader
from adapters.slack.objects import rich_text
from adapters.slack.reading import Names, read
from adapters.slack.rich import parts
from core.domain.text import Doc, Fence, Item, Leaf, Link, Quoted, Styled, clean, clean_doc, plain
from tests.render.test_discord_markup import test_a_line_comes_back_from_discord_as_it_was as from_discord
from tests.render.test_slack_markup import test_a_line_comes_back_from_slack_as_it_was as from_slack
from tests.unit.hostile import ATTACKS, SAMPLES
from tests.unit.trees import mapped

PIECES = [text for text in (*SAMPLES, *ATTACKS) if len(text) < 60]
SIGNS = [
    "*",
    "_",
    "~",
    "|",
    "`",
    "<",
    ">",
    "@",
    "#",
    ":",
    "/",
    "\\",
    "[",
    "]",
    "(",
    ")",
    "-",
    "+",
    ".",
    "!",
    "\n",
    " ",
    "```",
]
AROUND: dict[str, Callable[[str], Doc]] = {
    "line": lambda text: (Leaf(text),),
    "bold": lambda text: (Styled("bold", (Leaf(text),)),),
    "quote": lambda text: (Quoted((Leaf(text),)),),
    "list": lambda text: (Item((Leaf(text),)), Item((Leaf("next"),))),
    "code": lambda text: (Fence(text),),
}


def through_slack(tree: Doc) -> Doc:
    return clean_doc(read({"blocks": [rich_text(parts(tree))]}, Names("T1")))


def through_discord(tree: Doc) -> Doc:
    return clean_doc(bare(Reader().read(spell(tree))))


def bare(tree: Doc) -> Doc:
    """Addresses as the words that they are."""
    return mapped(tree, lambda node: (Leaf(node.url),) if isinstance(node, Link) and not node.label else None)


def typed(random: random.Random) -> str:
    return "".join(random.choice(random.choice((PIECES, PIECES, SIGNS))) for _ in range(random.randint(1, 4)))


@pytest.mark.parametrize("number", [500, pytest.param(20_000, marks=pytest.mark.long)], ids=["some", "all"])
@pytest.mark.parametrize("where", AROUND)
@pytest.mark.parametrize("through", [through_slack, through_discord], ids=["slack", "discord"])
def test_words_come_back_as_the_words_they_are(through: Callable[[Doc], Doc], where: str, number: int) -> None:
    """A hundred thousand for each platform: each comes back as one leaf of the same words, where it was put."""
    seed = 40 if number == 500 else random.randrange(1 << 32)
    print(f"seed {seed}")
    source = random.Random(seed)
    for _ in range(number):
        text = clean(typed(source))
        meant = clean_doc(AROUND[where](text))
        back = through(meant)
        if "://" in text:  # an address may have signs quoted
            assert [type(node) for node in back] == [type(node) for node in meant], (seed, text)
            continue
        assert back == meant, (seed, text)
        assert plain(back) == plain(meant)


@pytest.mark.long
def test_whole_lines_come_back_from_both() -> None:
    """Two thousand trees for each platform."""
    from_slack()
    from_discord()
