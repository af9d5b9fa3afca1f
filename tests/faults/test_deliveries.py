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
from tests.wire.audience import BACKCHANNEL, CHANNEL, DOOR, QUEUE, STAGE, copies, has
from tests.wire.bot_stage import Mode, Stage, on_stage

Check = Callable[[Sequence[Any]], None]
VOTERS = ("mira", "leo", "nova", "sam")


async def talk(stage: Stage, number: int) -> dict[str, list[str]]:
    """Lines from both sides; writer → lines."""
    lines = {who: [f"{who} says {index:03d}." for index in range(number)] for who in ("mira", "nova")}
    for pair in zip(*lines.values(), strict=True):
        for who, line in zip(lines, pair, strict=True):
            await stage.people[who].write(stage.chat, line)
    return lines


async def arrive(stage: Stage, lines: dict[str, list[str]], within: float) -> None:
    """Each line once on the other side, in order; a while after the last one came nothing has been added."""
    for writer, reader in (("mira", "nova"), ("nova", "mira")):
        wanted = lines[writer]
        await stage.people[reader].settle(
            stage.chat, lambda posts, it=wanted: set(copies(posts, it)) == set(it), within
        )
    await quiet(stage, within)
    for writer, reader in (("mira", "nova"), ("nova", "mira")):
        assert copies(await stage.posts(reader), lines[writer]) == lines[writer]


async def quiet(stage: Stage, within: float = 10.0) -> None:
    """Wait until the bot has nothing left to show."""
    deadline = asyncio.get_running_loop().time() + within
    while stage.bot.reconciler.lanes or stage.bot.store.outbox.waiting(clock(), ["slack", "discord"]):
        assert asyncio.get_running_loop().time() < deadline, f"the bot does not come to rest: {left(stage)}"
        await asyncio.sleep(0.02)


def left(stage: Stage) -> list[str]:
    """What the bot has left to do, how often it failed, and for how long it waits with it."""
    now, outbox = clock(), stage.bot.store.outbox
    tasks = [it for place, *_ in outbox.waiting(now, ["slack", "discord"]) for it in outbox.tasks(place, 10)]
    return [
        f"{it.verb} {it.surface.subject} in {(it.surface.next_at - now) / SECOND:.1f} s, attempts {it.surface.attempts}"
        for it in tasks
    ]


async def everybody_votes(stage: Stage) -> None:
    await stage.poll()
    for who, letter in zip(VOTERS, "ABBC", strict=True):
        card = await stage.see(who, lambda post: has(post, "Vote A"))
        assert (await stage.people[who].press(stage.chat, card.id, f"Vote {letter}")).ok


async def tally_shows(stage: Stage, within: float = 10.0) -> None:
    for who in ("mira", "nova"):
        await stage.see(who, lambda post: has(post, "Vote A") and "4 votes · Slack 2, Discord 2" in post.text, within)


async def fault(stage: Stage, platform: str, **rule: Any) -> None:
    """Make it as any other program would: over the control address."""
    server = stage.servers[platform]
    address = server.base_url if platform == "slack" else server.url
    async with stage.http.post(f"{address}/sandbox/faults", json=rule) as answer:
        assert answer.status == 200, await answer.text()


@pytest.mark.shows("twice", on="both")
@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_deliveries_that_come_three_times_have_one_effect(tmp_path: Path, outgoing: Check, mode: Mode) -> None:
    async with on_stage(tmp_path, outgoing, mode=mode) as stage:
        await fault(stage, "slack", method="deliver:*", copies=3)
        await fault(stage, "discord", gateway="twice")
        await stage.live("ana", *VOTERS, made=True)
        lines = await talk(stage, 3)
        await everybody_votes(stage)
        await arrive(stage, lines, within=10)
        await tally_shows(stage)
        for who in ("mira", "nova"):
            posts = await stage.posts(who)
            assert len([post for post in posts if has(post, "Vote A")]) == 1
            door = await stage.posts(who, DOOR)
            assert len([post for post in door if has(post, "Join session") and not post.private]) == 1
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


@pytest.mark.shows("lost-answers", on="both")
@pytest.mark.parametrize("number", [20, pytest.param(300, marks=pytest.mark.long)])
async def test_a_lost_answer_neither_doubles_nor_loses(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        monkeypatch.setattr(surfaces, "LOOK_UP_AFTER", SECOND // 5)
        await stage.live("ana", *VOTERS, made=True)
        await lost_answers(stage, number)


async def test_without_the_look_up_lost_answers_double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the test before, off: it must go red, and by doubling."""

    async def blind(*_: object, **__: object) -> Sequence[str]:
        return ()

    for gateway in (SlackGateway, DiscordGateway):
        monkeypatch.setattr(gateway, "like", blind)
    async with on_stage(tmp_path, lambda _: None) as stage:
        monkeypatch.setattr(surfaces, "LOOK_UP_AFTER", SECOND // 20)
        await stage.live("ana", *VOTERS, made=True)
        await quiet(stage)
        await fault(stage, "slack", method="chat.postMessage", cut="after", count=1)
        await stage.people["nova"].write(stage.chat, "Doubled?")
        await stage.people["mira"].settle(stage.chat, lambda posts: len(copies(posts, ["Doubled?"])) == 2)


TROUBLES = [
    ("slack", {"method": method}) for method in ("chat.*", "conversations.*", "pins.*")
] + [
    ("discord", {"route": route}) for route in ("/channels/*", "/guilds/*", "/webhooks/{webhook_id}/{webhook_token}")
]  # fmt: skip
"""Where calls fail: posts, and everything about rooms and who may enter them."""
HTML = "<html><body>502 Bad Gateway</body></html>"


async def troubles(stage: Stage) -> None:
    """Of all calls 30 % are too fast, and 5 % get an error, a page of HTML, or no answer (done or not)."""
    for platform, where in TROUBLES:
        bad = {"status": 503 if platform == "slack" else 502}
        await fault(stage, platform, **where, status=429, retry_after=1, probability=0.3, seed=3)
        await fault(stage, platform, **where, **bad, probability=0.02, seed=4)
        await fault(stage, platform, **where, **bad, body=HTML, probability=0.01, seed=5)
        await fault(stage, platform, **where, cut="before", probability=0.01, seed=6)
        await fault(stage, platform, **where, cut="after", probability=0.01, seed=7)


@pytest.mark.timeout(180)
@pytest.mark.shows("lost-answers", on="both")
@pytest.mark.parametrize("number", [8, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(900)])])
async def test_limits_and_errors_delay_and_lose_nothing(tmp_path: Path, outgoing: Check, number: int) -> None:
    """From the announcement on: rooms are made once, everybody is let in, and every line arrives."""
    async with on_stage(tmp_path, outgoing, held=True) as stage:
        stage.patience = 60.0
        await troubles(stage)
        await stage.live("ana", *VOTERS, made=True)
        lines = await talk(stage, number)
        await everybody_votes(stage)
        await arrive(stage, lines, within=30 + 3 * number)
        await tally_shows(stage, within=60)
        for who in ("ana", "bo"):
            rooms = sorted(room.name for room in await stage.people[who].channels())
            wanted = {CHANNEL, DOOR, QUEUE, BACKCHANNEL} | ({STAGE} if who == "ana" else set())
            assert set(rooms) == wanted, rooms
            assert len(rooms) == len(wanted), "each room was made once"
        assert any(it.status == 429 for it in stage.slack.requests)
        assert any(it.status == 429 for it in stage.discord.requests)
        assert early_calls(stage.slack.requests, held_for) == []
        changes = [it for it in stage.discord.requests if it.method != "GET"]
        assert early_calls(changes, lambda it: (it.method, it.route, room_of(it))) == []


async def test_a_room_that_is_held_up_delays_no_other(tmp_path: Path, outgoing: Check) -> None:
    """Discord holds one room for half a minute; desk, backchannel and door go on meanwhile."""
    async with on_stage(tmp_path, outgoing, held=True) as stage:
        await stage.live("ana", "bo", "mira", made=True)
        await stage.find("bo", BACKCHANNEL)
        await stage.say("ana", "before", BACKCHANNEL)
        await stage.say("mira", "before")
        await stage.read("bo", "before")
        await stage.read("bo", "before", channel=BACKCHANNEL)
        here = next(it for it in await stage.people["bo"].channels() if it.name == STAGE)
        hook = next(it for it in stage.discord.webhooks.values() if str(it.channel_id) == here.id)
        await fault(stage, "discord", route=f"/webhooks/{hook.id}/*", status=429, retry_after=30.0)
        await stage.say("mira", "held up")
        began = asyncio.get_running_loop().time()
        await stage.say("ana", "goes on", BACKCHANNEL)
        await stage.read("bo", "goes on", channel=BACKCHANNEL)
        await stage.people["bo"].command(CHANNEL, "/mod session extend 10m")
        assert asyncio.get_running_loop().time() - began < 5
        assert not [post for post in await stage.posts("bo") if "held up" in post.text]


def held_for(request: Any) -> tuple[str, str]:
    """What a wait of Slack's counts for: posting is held to a channel, every other method to the workspace."""
    channel = request.arguments.get("channel") if request.method == "chat.postMessage" else ""
    return request.method, str(channel)


def room_of(request: Any) -> str:
    """Whose bucket a request to Discord counts in: a channel's or a webhook's; those of a server share one."""
    path = request.arguments.get("path") or {}
    return str(path.get("channel_id") or path.get("webhook_id") or "")


IN_FLIGHT = 0.1
"""Seconds in which a call of another room may have been on its way already when the first was refused."""


def early_calls(records: Sequence[Any], bucket: Callable[[Any], tuple[object, ...]], wait: float = 1.0) -> list[Any]:
    """Calls that came before the Retry-After of a 429 in their bucket was over. A room has one call under way."""
    by_bucket: dict[tuple[object, ...], list[Any]] = defaultdict(list)
    for record in records:
        by_bucket[bucket(record)].append(record)
    found = []
    for key, calls in by_bucket.items():
        free = IN_FLIGHT if key[-1] in (None, "") else 0.0
        for call, following in itertools.pairwise(calls):
            if call.status == 429 and free < following.at - call.at < wait - 0.02:
                found.append((key, round(following.at - call.at, 3)))
    return found
