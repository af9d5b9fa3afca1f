"""Events that come twice, answers that get lost, limits and errors: everything arrives, once, and nothing too early."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.gateway import DiscordGateway
from adapters.slack.gateway import SlackGateway
from config.bot import clock
from core.domain.ids import SECOND
from jobs import surfaces
from tests.wire.audience import CHANNEL, copies, has
from tests.wire.bot_stage import Mode, Stage, on_stage

Check = Callable[[Sequence[Any]], None]
VOTERS = ("mira", "leo", "nova", "sam")


async def talk(stage: Stage, number: int) -> dict[str, list[str]]:
    """Lines from both sides; writer → lines."""
    lines = {who: [f"{who} says {index:03d}." for index in range(number)] for who in ("mira", "nova")}
    for pair in zip(*lines.values(), strict=True):
        for who, line in zip(lines, pair, strict=True):
            await stage.people[who].write(CHANNEL, line)
    return lines


async def arrive(stage: Stage, lines: dict[str, list[str]], within: float) -> None:
    """Each line once on the other side, in order; a while after the last one came nothing has been added."""
    for writer, reader in (("mira", "nova"), ("nova", "mira")):
        wanted = lines[writer]
        await stage.people[reader].settle(CHANNEL, lambda posts, it=wanted: set(copies(posts, it)) == set(it), within)
    await quiet(stage)
    for writer, reader in (("mira", "nova"), ("nova", "mira")):
        assert copies(await stage.posts(reader), lines[writer]) == lines[writer]


async def quiet(stage: Stage, within: float = 10.0) -> None:
    """Wait until the bot has nothing left to show."""
    deadline = asyncio.get_running_loop().time() + within
    while stage.bot.reconciler.lanes or stage.bot.store.outbox.waiting(clock(), ["slack", "discord"]):
        assert asyncio.get_running_loop().time() < deadline, "the bot does not come to rest"
        await asyncio.sleep(0.02)


async def everybody_votes(stage: Stage) -> None:
    await stage.poll()
    for who, letter in zip(VOTERS, "ABBC", strict=True):
        card = await stage.see(who, lambda post: has(post, "Vote A"))
        assert (await stage.people[who].press(CHANNEL, card.id, f"Vote {letter}")).ok


async def tally_shows(stage: Stage, within: float = 10.0) -> None:
    for who in ("mira", "nova"):
        await stage.see(who, lambda post: has(post, "Vote A") and "4 votes · Slack 2, Discord 2" in post.text, within)


async def fault(stage: Stage, platform: str, **rule: Any) -> None:
    """Make it as any other program would: over the control address."""
    server = stage.servers[platform]
    address = server.base_url if platform == "slack" else server.url
    async with stage.http.post(f"{address}/sandbox/faults", json=rule) as answer:
        assert answer.status == 200, await answer.text()


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_deliveries_that_come_three_times_have_one_effect(tmp_path: Path, outgoing: Check, mode: Mode) -> None:
    async with on_stage(tmp_path, outgoing, mode=mode) as stage:
        await fault(stage, "slack", method="deliver:*", copies=3)
        await fault(stage, "discord", gateway="twice")
        await stage.live("ana", *VOTERS)
        lines = await talk(stage, 3)
        await everybody_votes(stage)
        await arrive(stage, lines, within=10)
        await tally_shows(stage)
        for who in ("mira", "nova"):
            posts = await stage.posts(who)
            assert len([post for post in posts if has(post, "Vote A")]) == 1
            assert len([post for post in posts if has(post, "Join session") and not post.private]) == 1
        assert stage.rows("SELECT count(*) FROM session") == [(1,)]
        assert stage.rows("SELECT count(*) FROM ballot") == [(4,)]
        assert stage.rows("SELECT count(*) FROM message") == [(6,)]


async def lost_answers(stage: Stage, number: int) -> None:
    for platform, rule in (
        ("slack", {"method": "chat.postMessage"}),
        ("discord", {"method": "POST", "route": "/webhooks/{webhook_id}/{webhook_token}"}),
        ("discord", {"method": "POST", "route": "/channels/{channel_id}/messages"}),
    ):
        await fault(stage, platform, **rule, cut="after", probability=0.3, seed=7)
    lines = await talk(stage, number)
    await everybody_votes(stage)
    await arrive(stage, lines, within=10 + number)
    await tally_shows(stage)
    for who in ("mira", "nova"):
        assert len([post for post in await stage.posts(who) if has(post, "Vote A")]) == 1


@pytest.mark.parametrize("number", [20, pytest.param(300, marks=pytest.mark.long)])
async def test_a_lost_answer_neither_doubles_nor_loses(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        monkeypatch.setattr(surfaces, "LOOK_UP_AFTER", SECOND // 5)
        await stage.live("ana", *VOTERS)
        await lost_answers(stage, number)


async def test_without_the_look_up_lost_answers_double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the test before, off: it must go red, and by doubling."""

    async def blind(*_: object) -> Sequence[str]:
        return ()

    for gateway in (SlackGateway, DiscordGateway):
        monkeypatch.setattr(gateway, "like", blind)
    async with on_stage(tmp_path, lambda _: None) as stage:
        monkeypatch.setattr(surfaces, "LOOK_UP_AFTER", SECOND // 20)
        await stage.live("ana", *VOTERS)
        await quiet(stage)
        await fault(stage, "slack", method="chat.postMessage", cut="after", count=1)
        await stage.people["nova"].write(CHANNEL, "Doubled?")
        await stage.people["mira"].settle(CHANNEL, lambda posts: len(copies(posts, ["Doubled?"])) == 2)


@pytest.mark.parametrize("number", [8, pytest.param(100, marks=pytest.mark.long)])
async def test_limits_and_errors_delay_and_lose_nothing(tmp_path: Path, outgoing: Check, number: int) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", *VOTERS)
        for method in ("chat.*", "conversations.*"):
            await fault(stage, "slack", method=method, status=429, retry_after=1, probability=0.3, seed=3)
            await fault(stage, "slack", method=method, status=503, probability=0.05, seed=4)
        for route in ("/channels/*", "/webhooks/{webhook_id}/{webhook_token}"):
            await fault(stage, "discord", route=route, status=429, retry_after=1.0, probability=0.3, seed=5)
            await fault(stage, "discord", route=route, status=502, probability=0.05, seed=6)
        lines = await talk(stage, number)
        await everybody_votes(stage)
        await arrive(stage, lines, within=10 + 3 * number)
        await tally_shows(stage, within=20)
        assert any(it.status == 429 for it in stage.slack.requests)
        assert any(it.status == 429 for it in stage.discord.requests)
        assert early_calls(stage.slack.requests, lambda it: (it.method, it.arguments.get("channel"))) == []
        assert early_calls(stage.discord.requests, lambda it: (it.method, it.route)) == []


def early_calls(records: Sequence[Any], bucket: Callable[[Any], object], wait: float = 1.0) -> list[Any]:
    """Calls that came before the Retry-After of a 429 in their bucket was over."""
    by_bucket: dict[object, list[Any]] = defaultdict(list)
    for record in records:
        by_bucket[bucket(record)].append(record)
    found = []
    for calls in by_bucket.values():
        for call, following in itertools.pairwise(calls):
            if call.status == 429 and following.at - call.at < wait - 0.02:
                found.append((call.method, round(following.at - call.at, 3)))
    return found
