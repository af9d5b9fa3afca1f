"""Chat lines from one platform to the other, idle and under a stream, and how often live results are edited."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.sandbox.discord import messages as discord_messages
from adapters.sandbox.discord.people import People
from adapters.sandbox.slack.persons import VERBS as SLACK_HANDS
from tests.bench import load
from tests.bench.crowd import Crowd, fill
from tests.bench.rows import Row, percentile
from tests.bench.servers import Discord, Slack, bot, discord_server, slack_server, until
from tests.bench.socketed import presses_in_discord

MARK = re.compile(r"line-([sd])-([0-9]+)")
"""In every line: where it was written and its number."""


@dataclass
class Bridge:
    """Both platforms and the bot between them; notes when each line was written and when it stood on the other side."""

    slack: Slack
    discord: Discord
    written: dict[tuple[str, int], float] = field(default_factory=dict)
    arrived: dict[tuple[str, int], float] = field(default_factory=dict)
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    posts: dict[str, list[float]] = field(default_factory=lambda: {"s": [], "d": []})
    """When the bot posted lines, by platform."""

    def note(self, platform: str, texts: Iterable[str]) -> None:
        now = time.perf_counter()
        marks = {(found[1], int(found[2])) for text in texts for found in MARK.finditer(text)}
        for mark in marks:
            if mark[0] != platform:
                self.arrived.setdefault(mark, now)
                self.seen[mark] += 1
        if any(mark[0] != platform for mark in marks):
            self.posts[platform].append(now)

    async def write(self, platform: str, number: int, channel: int = 0) -> None:
        text, mark = f"line-{platform}-{number} as people type them", (platform, number)
        self.written[mark] = time.perf_counter()
        if platform == "s":
            space, user = self.slack.space, self.slack.people[number % len(self.slack.people)]
            await SLACK_HANDS["write"](space, user, {"channel": self.slack.channels[channel].id, "text": text})
        else:
            user = self.discord.people[number % len(self.discord.people)]
            people: People = self.discord.server.people
            people.write(user, self.discord.channels[channel].name, text)

    def waits(self, platform: str) -> list[float]:
        """Seconds that lines written there took."""
        return [
            self.arrived[mark] - at for mark, at in self.written.items() if mark[0] == platform and mark in self.arrived
        ]

    @property
    def missing(self) -> int:
        return sum(mark not in self.arrived for mark in self.written)

    @property
    def doubled(self) -> int:
        return sum(number > 1 for number in self.seen.values())

    def listen(self) -> None:
        """Hear of every new message on both sides, at the moment when it stands there."""
        for channel in self.slack.channels:
            channel.messages = _Told(channel.messages, lambda one: self.note("s", (_words(one),)))
        self.discord.world.listeners.append(self._hear)

    def _hear(self, event: Any) -> None:
        if event.name == "MESSAGE_CREATE":
            self.note("d", (event.data.get("content", ""),))


class _Told(dict[str, Any]):
    """The messages of a Slack channel, telling of each new one."""

    def __init__(self, before: dict[str, Any], tell: Callable[[Any], None]) -> None:
        super().__init__(before)
        self.tell = tell

    def __setitem__(self, ts: str, message: Any) -> None:
        super().__setitem__(ts, message)
        self.tell(message)


def _words(message: Any) -> str:
    return f"{message.text} {message.blocks}" if message.blocks else str(message.text)


@asynccontextmanager
async def bridge(
    folder: Path, rooms: int = 1, people: int = 20, *, polls: tuple[str, ...] = ()
) -> AsyncIterator[Bridge]:
    """One session in each pair of channels; ``polls`` are live in the first."""
    async with slack_server(people, rooms, rates=True) as slack, discord_server(people, rooms, rates=True) as discord:
        url = f"sqlite:///{folder / 'lines.db'}"
        crowds = [
            Crowd([slack.room(number), discord.room(number)], f"session{number}", polls if number == 0 else ())
            for number in range(rooms)
        ]
        await asyncio.to_thread(fill, url, *crowds)
        async with bot(folder, url, slack.settings("socket") | discord.settings()):
            made = Bridge(slack, discord)
            made.listen()
            yield made


async def line_idle(folder: Path, lines: int = 100, rooms: int = 20) -> Row:
    """Rooms take turns, so that none is held up by its rate; the bot is idle between two lines."""
    async with bridge(folder, rooms) as made:
        for number in range(-2 * rooms, lines):
            for platform in "sd":
                number_there = number + 10_000
                await made.write(platform, number_there, number % rooms)
                await until(lambda mark=(platform, number_there): mark in made.arrived, "a line on the other side")  # type: ignore[misc]
                await asyncio.sleep(0.05)
    for mark in [mark for mark in made.written if mark[1] < 10_000]:  # the first ones open the rooms
        del made.written[mark]
    both = {name: percentile(made.waits(mark), 0.99) * 1000 for name, mark in (("slack", "s"), ("discord", "d"))}
    return Row(
        "line_idle", max(both.values()), "ms",
        f"p99 of a chat line from one platform to the other, nothing else going on; {lines} each way, {rooms} rooms in "
        "turn so that no rate holds one up; the slower direction",
        None, 150, "at most", None, made.missing == 0 and made.doubled == 0,
        {
            "from_slack_ms": both["slack"], "from_discord_ms": both["discord"],
            "from_slack_p50_ms": percentile(made.waits("s"), 0.5) * 1000,
            "from_discord_p50_ms": percentile(made.waits("d"), 0.5) * 1000,
        },
    )  # fmt: skip


async def lines_20(folder: Path, seconds: int = 60, rate: int = 20) -> Row:
    """Both ways at once in one room."""
    async with bridge(folder, 1) as made:
        for platform in "sd":  # opens the rooms
            await made.write(platform, 0)
        await until(lambda: not made.missing, "the first lines")
        await asyncio.sleep(2)
        made.written.clear()
        made.posts = {"s": [], "d": []}
        began = time.perf_counter()
        for number in range(1, seconds * rate + 1):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            for platform in "sd":
                await made.write(platform, number)
        with contextlib.suppress(TimeoutError):  # what never came is told in the row
            await until(lambda: not made.missing, "the last lines", 15)
        refused = sum(
            count
            for (_, answered), count in made.slack.world.counts.items()
            if answered in ("ratelimited", "rate_limited")
        ) + sum(count for (_, _, status), count in made.discord.world.counts.items() if status == 429)
    whole = made.missing == 0 and made.doubled == 0 and refused == 0
    to_slack, to_discord = made.waits("d"), made.waits("s")
    slow = percentile(to_discord, 0.99)
    return Row(
        "lines_20", percentile(to_slack, 0.99), "s",
        f"{rate} lines a second for {seconds} s each way at the same time in one room; p99 until a line stands in a "
        "post on the other side: ours is to Slack, to_discord_p99_s to Discord; every line once, nothing refused as "
        "too fast",
        None, 2.5, "at most", None, whole and slow <= 4.5,
        {
            "to_discord_p99_s": slow, "to_discord_bar": 4.5,
            "to_slack_p50_s": percentile(to_slack, 0.5), "to_discord_p50_s": percentile(to_discord, 0.5),
            "posts_per_s_in_slack": len(made.posts["s"]) / seconds,
            "posts_per_s_in_discord": len(made.posts["d"]) / seconds,
            "missing": made.missing, "doubled": made.doubled, "refused_as_too_fast": refused,
        },
    )  # fmt: skip


async def edits(folder: Path, seconds: int = 12, rate: int = 100) -> Row:
    """Votes stream in on both platforms; the platforms count the edits of the live results."""
    people = seconds * rate // 2
    async with bridge(folder, 1, people, polls=("poll",)) as made:
        ts, card = (await made.slack.cards())[0], (await made.discord.cards())[0]
        await asyncio.sleep(3)
        before = _edits(made)
        assert made.slack.world.deliveries is not None
        connection = made.slack.world.deliveries.connections[made.slack.install.app.id][0]
        bodies, payloads = made.slack.presses(made.slack.people, ts, 0), presses_in_discord(made.discord, card, 1)
        began, share = time.perf_counter(), rate // 2
        for second in range(seconds):
            some = slice(second * share, (second + 1) * share)
            await asyncio.gather(
                load.by_socket(connection, bodies[some], 10), load.by_gateway(made.discord, payloads[some], 10)
            )
            await asyncio.sleep(max(0.0, began + second + 1 - time.perf_counter()))
        taken = time.perf_counter() - began
        await until(lambda: _shown(made, 2 * seconds * share), "the final tally on both platforms")
        after = _edits(made)
    counted = {name: after[name] - before[name] for name in after}
    allowed = {"slack": taken // 1.2 + 2, "discord": taken // 1.0 + 2}
    return Row(
        "edits", counted["slack"], "edits",
        f"edits of one live poll for {2 * seconds * share} votes in {taken:.0f} s, until both platforms show the final "
        "tally: ours is in Slack, discord_edits in Discord",
        None, allowed["slack"], "at most", None, counted["discord"] <= allowed["discord"],
        {"discord_edits": counted["discord"], "discord_bar": allowed["discord"]},
    )  # fmt: skip


def _edits(made: Bridge) -> dict[str, int]:
    return {
        "slack": made.slack.count("chat.update"),
        "discord": made.discord.count("PATCH", "/channels/{channel_id}/messages/{message_id}"),
    }


def _shown(made: Bridge, votes: int) -> bool:
    said = f"{votes:,} votes"
    there = [str(one.blocks) for one in made.slack.channels[0].messages.values()]
    here = [
        str(part.get("content", ""))
        for one in made.discord.channels[0].messages.values()
        for part in discord_messages.walk(one.components)
    ]
    return any(said in text for text in there) and any(said in text for text in here)
