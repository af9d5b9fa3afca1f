"""The connection to Discord's gateway: what is told of it, one process that hears, words that do not come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord import blanks, shard, shards, starts
from core.app import commands as c
from core.domain.ids import SECOND, Instant
from core.domain.text import plain
from tests.wire.discord_bench import POLL, Bench, on_bench


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench() as made:
        yield made


@pytest.fixture
async def hasty_bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """Looks at the application's flags all the time."""
    monkeypatch.setattr(blanks, "EVERY", 0.3)
    async with on_bench() as made:
        yield made


# -- the connection ---------------------------------------------------------------------------------------------------


def sent(bench: Bench, what: str) -> int:
    return bench.requests("GATEWAY", what)


async def health(bench: Bench) -> dict[str, Any]:
    return dict(await bench.adapter.health())


@pytest.mark.shows("start-refused")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (4004, "does not accept the bot's token"),
        (4010, "refused the bot's shard"),
        (4011, "split into more shards"),
        (4012, "does not speak this version"),
        (4013, "does not know what the bot asked"),
    ],
)
async def test_a_connection_closed_for_good_is_told_and_not_tried_again(bench: Bench, code: int, words: str) -> None:
    bench.sandbox.hub.close(code)
    await bench.until(lambda: not bench.adapter.connected)
    await asyncio.sleep(0.6)
    told = await health(bench)
    assert not told["ok"] and words in told["trouble"]
    assert (sent(bench, "IDENTIFY"), sent(bench, "RESUME")) == (1, 0)


async def test_without_connections_left_today_it_waits_and_says_so(bench: Bench) -> None:
    bench.app.identifies_left, bench.app.identifies_reset = 0, 7_200_000
    bench.sandbox.hub.invalidate()
    await bench.until(lambda: bool(bench.adapter._shards.trouble), 8)
    told = await health(bench)
    assert not told["ok"] and told["trouble"] == (
        "Discord lets the bot connect anew in 2 hours: it has used up its connections for today."
    )
    assert sent(bench, "IDENTIFY") == 1


async def test_connections_are_counted_by_the_bot_itself_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "MOST_A_DAY", 2)
    monkeypatch.setattr(shard, "INVALID_PAUSE", (0, 0))
    bench.sandbox.hub.invalidate()
    await bench.until(lambda: sent(bench, "IDENTIFY") == 2 and bench.adapter.connected)
    bench.sandbox.hub.invalidate()
    await bench.until(lambda: "in 24 hours" in bench.adapter._shards.trouble)
    assert (sent(bench, "IDENTIFY"), (await health(bench))["identifies_today"]) == (2, 2)


async def test_a_wait_ends_as_soon_as_discord_allows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "INVALID_PAUSE", (0, 0))
    bench.app.identifies_left, bench.app.identifies_reset = 0, 700
    bench.sandbox.hub.invalidate()
    await bench.until(lambda: bool(bench.adapter._shards.trouble))
    bench.app.identifies_left = 1_000
    await bench.until(lambda: bench.adapter.connected)
    assert (await health(bench))["ok"]


async def test_attempts_that_come_to_nothing_cost_no_session(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "INVALID_PAUSE", (0, 0))
    monkeypatch.setattr(shard, "PAUSE", 0.02)
    bench.sandbox.hub.refusals = 5  # each pause is twice the one before
    bench.sandbox.hub.invalidate()
    await bench.until(lambda: sent(bench, "IDENTIFY") == 2 and bench.adapter.connected)
    assert bench.sandbox.hub.refusals == 0 and (await health(bench))["identifies_today"] == 2


async def test_health_tells_of_the_connection(bench: Bench) -> None:
    bench.sandbox.hub.drop()
    await bench.until(lambda: sent(bench, "RESUME") == 1 and bench.adapter.connected)
    assert await health(bench) == {
        "ok": True,
        "connected": True,
        "shards": [{"shard": 0, "of": 1, "here": True, "connected": True}],
        "resumes": 1,
        "identifies_today": 1,
        "blank_messages": 0,
        "unanswered": 0,
    }


@pytest.mark.shows("connection-lost")
async def test_health_is_red_when_the_connection_does_not_come_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard, "RED_AFTER", 0.3)
    bench.sandbox.hub.refusals = 1_000
    bench.sandbox.hub.drop()
    await bench.until(lambda: not bench.adapter.connected)
    assert (await health(bench))["ok"], "a moment is no trouble"
    await bench.until(lambda: not bench.adapter._shards.well)
    bench.sandbox.hub.refusals = 0
    await bench.until(lambda: bench.adapter._shards.well, 8)


@pytest.mark.shows("connection-lost", "twice")
async def test_a_press_made_while_the_connection_was_away_is_handed_in_once(bench: Bench) -> None:
    ref = await bench.platform.post(bench.stage, POLL, nonce="n-1")
    mira = await bench.hands("mira")
    bench.sandbox.people.linger = 0.2
    bench.sandbox.hub.copies = 2
    bench.sandbox.hub.drop()
    await mira.press("keynote", ref, "Vote A")
    await bench.until(lambda: bench.adapter.connected and len(bench.heard) == 2)
    await mira.aclose()
    assert len({command.delivery for command in bench.heard}) == 1, "told twice, it is one delivery"


@pytest.mark.shows("lines-away")
async def test_what_was_said_while_discord_could_not_reach_its_server_is_read_back_first(bench: Bench) -> None:
    (session,) = bench.sandbox.hub.sessions.values()
    mira = await bench.hands("mira")
    bench.stage = replace(bench.stage, seen=await mira.write("keynote", "line 0"))
    await bench.until(lambda: len(bench.heard) == 1)
    session.push("GUILD_DELETE", {"id": bench.guild.id, "unavailable": True})
    asked, session.intents = session.intents, 0
    await mira.write("keynote", "line 1")
    session.intents = asked
    session.push("GUILD_CREATE", bench.sandbox.hub.guild(session, bench.guild))
    await mira.write("keynote", "line 2")
    await bench.until(lambda: len({it.delivery for it in bench.heard}) == 3)
    await mira.aclose()
    lines = dict.fromkeys(plain(it.body) for it in bench.heard if isinstance(it, c.PostLine))
    assert list(lines) == ["line 0", "line 1", "line 2"]


async def test_two_shards_are_held_apart_in_time_and_share_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starts, "APART", 0.3)
    async with on_bench(start_up=False) as bench:
        shards = {"url": bench.sandbox.gateway_url, "shards": 2}
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        bench.faults(method="GET", route="/gateway/bot", status=200, body=shards | {"session_start_limit": limit})
        await bench.adapter.start()
        assert (sent(bench, "IDENTIFY"), [it["here"] for it in (await health(bench))["shards"]]) == (2, [True, True])
        mira = await bench.hands("mira")
        await mira.write("keynote", "heard by one of them")
        await bench.until(lambda: len(bench.heard) == 1)
        await mira.aclose()


# -- one of several processes -----------------------------------------------------------------------------------------


class Leases:
    """As a database keeps them."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, float]] = {}

    def of(self, holder: str) -> tuple[Any, Any]:
        async def lease(name: str, microseconds: int) -> bool:
            now = time.monotonic()
            before, until = self.held.get(name, (holder, 0.0))
            if before != holder and until > now:
                return False
            self.held[name] = (holder, now + microseconds / SECOND)
            return True

        async def release(name: str) -> None:
            if self.held.get(name, ("", 0.0))[0] == holder:
                del self.held[name]

        return lease, release


@pytest.mark.shows("ways-in")
async def test_of_two_processes_one_hears_and_the_other_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LEASE", SECOND)
    monkeypatch.setattr(shards, "LOOK", 0.1)
    leases = Leases()
    async with on_bench(lease=leases.of("one")) as bench:
        other = bench.another(leases.of("two"))
        await other.start()
        mira = await bench.hands("mira")
        assert (await other.health())["ok"] and not other.connected
        assert (await mira.command("keynote", "/stage join")).ok
        assert (len(bench.heard), sent(bench, "IDENTIFY")) == (1, 1)
        ref = await other.platform.post(bench.stage, POLL, nonce="n-1")
        assert ref in [post.id for post in bench.posts()], "who hears nothing sends all the same"
        # The first sleeps: its lease runs out, and the other takes over.
        leases.held["discord:shard:0"] = ("two", time.monotonic() + 1)
        await bench.until(lambda: other.connected)
        await bench.until(lambda: not bench.adapter.connected)
        assert bench.sandbox.hub.sessions and sent(bench, "IDENTIFY") == 2
        assert (await mira.command("keynote", "/stage join")).ok
        assert len(bench.heard) == 2
        await other.close()
        await bench.until(lambda: bench.adapter.connected)
        await mira.aclose()
        assert sent(bench, "IDENTIFY") == 3


@pytest.mark.shows("ways-in")
async def test_who_slept_while_another_took_over_hands_on_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "LEASE", 2 * SECOND)
    monkeypatch.setattr(shards, "RENEWALS", 0.1)
    leases = Leases()
    async with on_bench(lease=leases.of("one")) as bench:
        for hold in bench.adapter._shards.holds:
            hold.until = Instant(0)
        leases.held["discord:shard:0"] = ("two", time.monotonic() + 60)
        mira = await bench.hands("mira")
        await mira.write("keynote", "for the other")
        await bench.until(lambda: not bench.adapter.connected)
        await mira.aclose()
        assert bench.heard == []


async def test_a_storage_that_hangs_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "MOMENT", 0.1)
    leases, answers = Leases(), asyncio.Event()
    answers.set()
    take, release = leases.of("one")

    async def slowly(name: str, microseconds: int) -> bool:
        await answers.wait()
        return bool(await take(name, microseconds))

    async with on_bench(lease=(slowly, release)) as bench:
        answers.clear()
        for hold in bench.adapter._shards.holds:
            hold.until = Instant(0)
        mira = await bench.hands("mira")
        assert (await mira.command("keynote", "/stage join")).ok
        await mira.aclose()
        assert bench.adapter.connected
        answers.set()


# -- messages without words -------------------------------------------------------------------------------------------


@pytest.mark.shows("lines-blank")
async def test_words_that_do_not_come_are_told_once_and_read_back_when_they_do(bench: Bench) -> None:
    mira, hub = await bench.hands("mira"), bench.sandbox.hub
    first = await mira.write("keynote", "line 0")
    await bench.until(lambda: len(bench.heard) == 1)
    bench.stage = replace(bench.stage, seen=first)
    hub.withhold(bench.app, words=True)
    for number in range(1, 5):
        await mira.write("keynote", f"line {number}")
    await bench.until(lambda: bench.adapter.blanks == 4)
    assert (await health(bench))["ok"] and len(bench.heard) == 1
    await mira.write("keynote", "line 5")
    await mira.write("keynote", "line 6")
    await bench.until(lambda: bench.adapter.blanks == 6)
    told = await health(bench)
    assert not told["ok"] and "Message Content Intent" in told["trouble"]
    assert [type(it) for it in bench.heard] == [c.PostLine, c.ReportTrouble]
    assert (await mira.command("keynote", "/stage join")).ok, "commands go on"
    await mira.write("keynote", "@Sidestage comes with its words in any case")
    assert not (await health(bench))["ok"]
    hub.withhold(bench.app, words=False)
    await mira.write("keynote", "line 7")
    await bench.until(lambda: any(isinstance(it, c.PostLine) and "line 7" in plain(it.body) for it in bench.heard))
    await bench.until(lambda: sum(isinstance(it, c.ReportTrouble) for it in bench.heard) == 2)
    await mira.aclose()
    began, over = (it for it in bench.heard if isinstance(it, c.ReportTrouble))
    assert (began.key, began.over) == (over.key, not over.over) and over.over
    assert (await health(bench))["ok"]
    lines = {it.ref: plain(it.body) for it in bench.heard if isinstance(it, c.PostLine)}
    assert [text for text in lines.values() if text.startswith("line")] == [f"line {number}" for number in range(8)]


@pytest.mark.shows("lines-blank")
async def test_the_intent_switched_off_during_a_session_takes_the_words_only(hasty_bench: Bench) -> None:
    bench = hasty_bench
    bench.app.message_content = False
    bench.sandbox.hub.close(4014)
    await bench.until(lambda: sent(bench, "IDENTIFY") == 2 and bench.adapter.connected)
    assert not (await health(bench))["ok"] and isinstance(bench.heard[0], c.ReportTrouble)
    mira = await bench.hands("mira")
    assert (await mira.command("keynote", "/stage join")).ok
    bench.app.message_content = True
    await bench.until(lambda: sent(bench, "IDENTIFY") == 3 and bench.adapter.connected)
    await mira.write("keynote", "heard again")
    await bench.until(lambda: any(isinstance(it, c.PostLine) for it in bench.heard))
    await mira.aclose()
    await bench.until(lambda: any(isinstance(it, c.ReportTrouble) and it.over for it in bench.heard))


async def test_messages_without_words_elsewhere_and_single_ones_are_no_trouble(bench: Bench) -> None:
    bench.world.channel("garden", bench.guild)
    bench.sandbox.hub.withhold(bench.app, words=True)
    mira = await bench.hands("mira")
    for number in range(6):
        await mira.write("garden", f"line {number}")
    await mira.write("keynote", "one")
    await bench.until(lambda: bench.adapter.blanks == 1)
    await mira.aclose()
    assert (await health(bench))["ok"] and bench.heard == []
