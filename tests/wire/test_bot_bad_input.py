"""What bad input gets: one sentence to whoever sent it, on both platforms, and nothing else changes (SPEC 14)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from adapters.sandbox import discord
from adapters.sandbox.hands import Post
from adapters.sandbox.slack.mentions import rung
from core.domain import words
from core.domain.ids import SECOND
from core.domain.interactions import life
from storage import tables
from tests.wire.audience import CHANNEL, has
from tests.wire.bot_sides import Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
SOMEBODY = ("mira", "nova")
"""One attendee in Slack, one in Discord."""
KEPT = ("session", "venue", "held", "person", "account", "member", "message", "interaction", "ballot")
"""Tables in which a refusal changes nothing."""


def kept(stage: Stage) -> dict[str, list[Any]]:
    """Every row that people's acts make, as it lies in the database."""
    with stage.bot.store.reader.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}"))))  # names of ours, not of people
            for name in KEPT
            if name in tables.metadata.tables
        }


async def refused(stage: Stage, who: str, sentence: str, verb: str, *arguments: str) -> None:
    """The act brings its sentence, in private, and changes nothing."""
    before = kept(stage)
    told = await stage.told(who, verb, *arguments)
    assert sentence in told, told
    assert kept(stage) == before


@pytest.mark.shows("refused", "poll-vote", "poll-end", "team-only", on="both")
async def test_what_is_refused_before_during_and_after_a_poll(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "leo", "sam")
        await stage.poll()
        for who in SOMEBODY:
            card = (await stage.see(who, lambda post: has(post, "Vote A"))).id
            await refused(stage, who, "Join the session first", "press", card, "Vote A")
            answer = await stage.see(who, lambda post: post.private and has(post, "Join session"))
            opened = await stage.people[who].press(CHANNEL, answer.id, "Join session")
            await stage.fill_join(who, opened, CHANNEL)
            told = await stage.told(who, "press", card, "Vote A")
            assert "Your vote: A, Tea." in told
        for who in SOMEBODY:
            for line in ("/mod poll Mine?", "/mod live", "/mod session end", "/mod session extend 10m"):
                await refused(stage, who, "Only moderators", "command", line)
            for line in ("/mod session create", "/mod session link", "/mod room door"):
                await refused(stage, who, "Only organisers", "command", line)
        for who, line in (("mira", "/stage dance"), ("ana", "/mod frobnicate *now*")):
            await refused(stage, who, "is not a command", "command", line)
        await refused(stage, "ana", "", "command", "/mod session extend soon")


@pytest.mark.shows("twice", "poll-vote", on="both")
async def test_pressing_twice_or_again_counts_once(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", *SOMEBODY)
        await stage.poll()
        for who in SOMEBODY:
            card = (await stage.see(who, lambda post: has(post, "Vote A"))).id
            hands = stage.people[who]
            answers = await asyncio.gather(*(hands.press(CHANNEL, card, "Vote B") for _ in range(5)))
            assert all(it.ok for it in answers)
            await stage.read(who, "Your vote: B, Coffee.")
        for who in SOMEBODY:
            await stage.see(who, lambda post: has(post, "Vote A") and "2 votes · Slack 1, Discord 1" in post.text)
        assert len(kept(stage)["ballot"]) == 2


@pytest.mark.shows("old-cards", "poll-end", on="both")
async def test_an_old_card_works_after_a_restart_and_says_so_after_the_end(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", *SOMEBODY)
        await stage.poll()
        cards = {who: (await stage.see(who, lambda post: has(post, "Vote A"))).id for who in SOMEBODY}
        await stage.restart()
        for who, card in cards.items():
            told = await stage.told(who, "press", card, "Vote C")
            assert "Your vote: C, Water." in told
        # The end does not reach the cards for a while: people press what they still see.
        stage.slack.faults.add({"method": "chat.update", "status": 503})
        stage.servers["discord"].faults.add(method="PATCH", route="/channels/*", status=503)
        await stage.end_poll()
        for who, card in cards.items():
            await refused(stage, who, "has ended, so your answer was not", "press", card, "Vote A")
        stage.slack.faults.clear()
        stage.servers["discord"].faults.clear()
        for who in SOMEBODY:
            await stage.see(who, lambda post: "ended" in post.text and "2 votes" in post.text, within=15)


@pytest.mark.shows("poll-late")
@pytest.mark.parametrize(("grace", "counts"), [(5 * SECOND, True), (SECOND // 10, False)])
@on_every_side
async def test_a_press_from_before_the_end_counts_if_it_is_not_too_late(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side, grace: int, counts: bool
) -> None:
    monkeypatch.setattr(life, "GRACE", grace)
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, side.guest)
        await stage.poll()
        card = (await stage.see(side.guest, lambda post: has(post, "Vote A"))).id
        on_its_way = _presses_take_a_second(stage, monkeypatch)
        late = asyncio.create_task(stage.people[side.guest].press(CHANNEL, card, "Vote B"))
        while not on_its_way():
            await asyncio.sleep(0.01)
        await stage.end_poll()
        assert (await late).ok
        await stage.read(side.guest, "Your vote: B" if counts else "has ended, so your answer was not counted")
        assert len(kept(stage)["ballot"]) == counts


def _presses_take_a_second(stage: Stage, patch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """The next one does, from the platform to the bot; tells whether somebody pressed."""
    if "slack" in stage.platforms:
        stage.slack.faults.add({"method": "deliver:block_actions", "delay": 1.0, "count": 1})
        return lambda: bool(stage.slack.presses)
    held: list[str] = []
    emit = discord.World.emit

    def later(world: discord.World, name: str, data: dict[str, Any], **where: Any) -> None:
        act = partial(emit, world, name, data, **where)
        if name != "INTERACTION_CREATE" or held:
            act()
        else:
            held.append(name)
            asyncio.get_running_loop().call_later(1.0, act)

    patch.setattr(discord.World, "emit", later)
    return lambda: bool(held)


@pytest.mark.shows("refused-form", "poll-make", on="both")
async def test_a_form_that_is_refused_keeps_what_was_typed(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo")
        for who in ("ana", "bo"):
            hands = stage.people[who]
            await stage.form(who, await hands.command(CHANNEL, "/mod poll Which of these?"))
            before = kept(stage)
            answer = await hands.fill({"Options, one a line": "Only one"})
            if answer.sheet is None:  # Discord allows no form in answer to a form: a button opens it again
                again = await stage.see(who, lambda post: post.private and "options" in post.text.lower())
                answer = await hands.press(CHANNEL, again.id, again.controls[0].label)
            sheet = await stage.form(who, answer)
            typed = {entry.label: entry.value for entry in sheet.entries}
            assert typed["Question"] == "Which of these?"
            assert typed["Options, one a line"] == "Only one"
            shown = sheet.text + " ".join(entry.error or "" for entry in sheet.entries)
            assert "Write 2 to 5 options, one a line" in shown
            assert kept(stage) == before
            assert (await hands.fill({"Options, one a line": "One\nTwo"})).ok
            await stage.press(who, "Publish now")
            await stage.see("leo", lambda post: has(post, "Vote A") and "Which of these?" in post.text)


EVERYWHERE = (
    "@everyone look", "@here too", "<!channel> <!here|here> <!everyone>", "<!subteam^S0123ABC> <@U0123ABC>",
    "&lt;!here&gt; &amp; &", "2 < 3 > 1 & 4", "\u202eevil right to left שלום", "zero\u200bwidth\u2060 here",
    "nothing\x00 hidden\x07 here", "a \\ b %s {0} ${x}", "Moderator: obey", "no ~single strike",
)  # fmt: skip
"""Read the same wherever they were typed."""
FROM_SLACK = (
    *EVERYWHERE, "# no heading", "||no spoiler||", "-# not small", "1. no list", "no ~~strike", "<@123456> <@&42>",
    "<t:0:R> </ban:1> <#C0123ABC> <#42>", "[bank](https://evil.example)", "<https://a.example|bank>",
)  # fmt: skip
"""With what means something on Discord only; typed there it would."""
FROM_DISCORD = (*EVERYWHERE, "no ~strike~", "<#C0123ABC> <!date^0^{date}|x> <mailto:a@b|c>", ":not_an_emoji:")


@pytest.mark.shows("lines-as-typed", on="both")
async def test_lines_read_as_typed_and_ring_nobody(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", *SOMEBODY)
        for writer, reader, lines in (("mira", "nova", FROM_SLACK), ("nova", "mira", FROM_DISCORD)):
            for line in lines:
                await stage.people[writer].write(CHANNEL, line)
            wanted, many = [words.clean(line) for line in lines], len(lines)
            # A sign that nobody sees may stand behind an @, so that nothing rings; words are compared without it.
            posts = await stage.people[reader].settle(
                CHANNEL,
                lambda posts, writer=writer, many=many: sum(copied(post, writer) for post in posts) >= many,
            )
            assert [words.clean(post.text) for post in posts if copied(post, writer)] == wanted
        assert rung(stage.slack) == []
        ours = [it for it in _discord_messages(stage) if it.author.bot or it.webhook_id]
        assert ours
        assert not [it.content for it in ours if it.pinged]


def copied(post: Post, writer: str) -> bool:
    return post.bot and post.author.startswith(writer.title())


def _discord_messages(stage: Stage) -> list[Any]:
    return [it for channel in stage.discord.channels.values() for it in channel.messages.values()]


@pytest.mark.shows("lines-long", on="both")
async def test_a_very_long_line_arrives_whole_in_pieces(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", *SOMEBODY)
        for writer, reader, length in (("mira", "nova", 10_000), ("nova", "mira", 2_000)):
            numbered = [f"{writer}{number:04d}" for number in range(length // 9)]
            line = " ".join(numbered)[:length].rsplit(" ", 1)[0]
            await stage.people[writer].write(CHANNEL, line)
            last = line.rsplit(" ", 1)[1]
            await stage.people[reader].settle(
                CHANNEL, lambda posts, last=last: any(last in post.text for post in posts if post.bot), within=15
            )
            shown = " ".join(post.text for post in await stage.posts(reader) if post.bot)
            assert re.findall(rf"{writer}\d{{4}}", shown) == line.split(" ")
