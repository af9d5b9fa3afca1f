"""What people type is seen on the other side as they see it, and nothing they type is ever more than their words."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.markup import ZERO_WIDTH
from adapters.discord.reading import Reader
from adapters.sandbox.slack.mentions import rung
from adapters.slack.reading import Names, read
from core.domain.links import leads
from core.domain.lookalike import skeleton
from core.domain.people import NAME_LIMIT
from core.domain.text import Doc, Item, Link, Quoted, Styled, clean_doc, honest, plain
from tests.unit.hostile import ATTACKS, NAMES
from tests.wire.audience import CHANNEL, WITHIN
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
QUICK = ATTACKS[::9]


def test_there_are_four_hundred_attacks() -> None:
    assert len(set(ATTACKS)) >= 400


def sendable(text: str) -> bool:
    """Discord and Slack both send such a line at all."""
    return "\x00" not in text and len(text) < 1500


@pytest.mark.shows("lines-as-typed", on="both")
@pytest.mark.parametrize("attacks", [QUICK, pytest.param(ATTACKS, marks=pytest.mark.long)], ids=["some", "all"])
@pytest.mark.parametrize("writer", ["mira", "nova"])
async def test_no_line_calls_anybody_or_leads_elsewhere(
    tmp_path: Path, outgoing: Check, writer: str, attacks: Sequence[str]
) -> None:
    """Written, then edited into another one; each is read back from where it was copied to."""
    lines = [attack for attack in attacks if sendable(attack)]
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        refs = [await stage.say(writer, f"n{number}n\n{attack}") for number, attack in enumerate(lines)]
        await carried(stage, writer, "n", len(lines))
        for number, ref in enumerate(refs):
            await stage.people[writer].edit(CHANNEL, ref, f"e{number}e\n{lines[-number]}")
        await carried(stage, writer, "e", len(lines))
        assert rung(stage.slack) == []
        assert not [it for it in stage.discord.channels.values() for one in it.messages.values() if one.webhook_id
                    and (one.pinged.users or one.pinged.roles or one.pinged.everyone)]  # fmt: skip


async def carried(stage: Stage, writer: str, mark: str, number: int) -> None:
    """Wait until every line stands on the other side, then hold both sides together."""
    here, there, raw = (
        (slack_lines, discord_lines, discord_words) if writer == "mira" else (discord_lines, slack_lines, slack_words)
    )
    deadline = time.monotonic() + 20 + number / 4
    while len(set(re.findall(rf"{mark}(\d+){mark}", " ".join(raw(stage))))) < number:
        assert time.monotonic() < deadline, sorted(by_number(there(stage, copied=True), mark))
        await asyncio.sleep(0.1)
    copies = by_number(there(stage, copied=True), mark)
    written = by_number(here(stage, copied=False), mark)
    assert len(written) == number
    for which, tree in written.items():
        assert words(honest(copies[which])) == words(honest(tree)), (tree, copies[which])
        assert links(copies[which]) <= links(tree), (tree, copies[which])


def slack_words(stage: Stage) -> list[str]:
    """Of the copies only, unread: what is waited for shall cost little."""
    spaces = stage.slack.workspaces.values()
    return [
        it.text for space in spaces for room in space.channels.values() for it in room.messages.values() if it.bot_id
    ]


def discord_words(stage: Stage) -> list[str]:
    rooms = stage.discord.channels.values()
    return [it.content for room in rooms for it in room.messages.values() if it.webhook_id]


def slack_lines(stage: Stage, *, copied: bool) -> list[Doc]:
    room = next(it for space in stage.slack.workspaces.values() for it in space.channels.values() if it.name == CHANNEL)
    found = [it for it in room.messages.values() if bool(it.bot_id) == copied]
    return [clean_doc(read({"text": it.text, "blocks": it.blocks}, Names("T1"))) for it in found]


def discord_lines(stage: Stage, *, copied: bool) -> list[Doc]:
    room = next(it for it in stage.discord.channels.values() if it.name == CHANNEL)
    found = [it for it in room.messages.values() if bool(it.webhook_id) == copied]
    return [clean_doc(Reader().read(it.content)) for it in found]


def by_number(trees: Sequence[Doc], mark: str) -> Mapping[int, Doc]:
    return {
        int(hit[1]): tree
        for tree in trees
        if (hit := re.match(rf"{mark}(\d+){mark}", plain(tree).replace(ZERO_WIDTH, "")))
    }


def words(tree: Doc) -> str:
    """Letters and digits; how spoilers, bullets and signs are drawn differs, and %40 stands in addresses for @."""
    return "".join(re.findall(r"\w", plain(tree).replace("spoiler: ", "").replace("%40", "@")))


def links(tree: Doc) -> set[str]:
    """Where words lead that are no address themselves; an address leads where it says."""
    found: set[str] = set()
    for node in tree:
        match node:
            case Link(url, label) if label:
                found.add(leads(url))
            case Styled(_, children) | Quoted(children) | Item(children):
                found |= links(children)
    return found


TYPED_ON_SLACK = {
    "*bold* _slanted_ ~gone~ `code`": "**bold** _slanted_ ~~gone~~ `code`",
    "> what she said\nfits": "> what she said\nfits",
    "so:\n```x = '**'\n  y = 2```": "so:\n```\nx = '**'\n  y = 2\n```",
    "# no heading, - no list, ||seen||": "\\# no heading, - no list, \\|\\|seen\\|\\|",
    "well done :tada: @nova": "well done 🎉 @nova",
    "https://example.org/a_b?c=1": "https://example.org/a_b?c=1",
    "@channel #keynote": "@channel #keynote",
}
TYPED_ON_DISCORD = {
    "**bold** *slanted* __under__ ~~gone~~ `code`": "bold slanted under gone code",
    "# Title\n- one\n  1. two\n- three": "Title\none\ntwo\nthree",
    "> what he said\nfits": "what he said\nfits",
    "so:\n```py\nx = 1\n```": "so:\nx = 1",
    "it was ||the butler||": "it was (spoiler: the butler)",
    "[the slides](https://example.org/s) <:party:123456789012345678> 👋🏽": "the slides (example.org) :party: 👋🏽",
    "*no bold* @everyone": "no bold @everyone",
}


@pytest.mark.shows("lines-styles", on="both")
async def test_what_is_typed_is_seen_there_as_it_is_seen_here(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        for text, shown in TYPED_ON_SLACK.items():
            await stage.say("mira", text)
            await until(shown, discord_words, stage)
        for text, shown in TYPED_ON_DISCORD.items():
            await stage.say("nova", text)
            await until(shown, seen_on_slack, stage)
        kinds = [part["type"].removeprefix("rich_text_") for part in rich_parts(stage)]
        assert {"section", "quote", "preformatted", "list"} == set(kinds)


async def until(shown: str, look: Callable[[Stage], list[str]], stage: Stage) -> None:
    deadline = time.monotonic() + WITHIN
    while shown not in (found := look(stage)):
        assert time.monotonic() < deadline, (shown, found[-3:])
        await asyncio.sleep(0.02)


def rich_parts(stage: Stage) -> list[Any]:
    rooms = [it for space in stage.slack.workspaces.values() for it in space.channels.values() if it.name == CHANNEL]
    posts = [post for room in rooms for post in room.messages.values() if post.bot_id]
    blocks = [block for post in posts for block in post.blocks if block["type"] == "rich_text"]
    return [part for block in blocks for part in block["elements"]]


def seen_on_slack(stage: Stage) -> list[str]:
    """Every post as its rich text is read, a part a line."""
    rooms = [it for space in stage.slack.workspaces.values() for it in space.channels.values() if it.name == CHANNEL]
    posts = [post for room in rooms for post in room.messages.values() if post.bot_id]
    return [
        "\n".join(_lines(block["elements"])) for post in posts for block in post.blocks if block["type"] == "rich_text"
    ]


def _lines(elements: Sequence[Any]) -> list[str]:
    return [
        line
        for part in elements
        for line in (
            _lines(part["elements"])
            if part["type"] == "rich_text_list"
            else ["".join(one.get("text") or one.get("url", "") for one in part["elements"]).removesuffix("\n")]
        )
    ]


@pytest.mark.shows("lines-as-typed", on="both")
@pytest.mark.parametrize("first", [0, *(pytest.param(it, marks=pytest.mark.long) for it in range(4, 44, 4))])
@pytest.mark.parametrize("writer", ["mira", "nova"])
async def test_whatever_people_call_themselves_their_lines_are_posted(
    tmp_path: Path, outgoing: Check, writer: str, first: int
) -> None:
    """The stand-ins hold both platforms' rules for names: a refused post would never arrive."""
    # A dozen at a time: forms are opened for a crowd at the platform's pace.
    names = NAMES[first::44]
    chosen = [name for raw in names if (name := raw.replace("\x00", "").encode(errors="ignore").decode().strip())]
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        for number, name in enumerate(chosen):
            opened = await stage.people[writer].command(CHANNEL, "/stage settings")
            await stage.form(writer, opened)
            done = await stage.people[writer].fill({"Name to show": name[:NAME_LIMIT]})
            if done.sheet is not None:
                await stage.people[writer].close()
            await stage.say(writer, f"line {number}.")
            shown = await stage.read("bo" if writer == "mira" else "ana", f"line {number}.")
            assert shown.author.count(" · ") in (1, 2) and not shown.author.lower().endswith("moderator")
            assert shown.author.endswith(" · Slack" if writer == "mira" else " · Discord")
            if skeleton(name) in (skeleton("moderator"), skeleton("ana")):
                assert " · attendee · " in shown.author
        assert rung(stage.slack) == []
