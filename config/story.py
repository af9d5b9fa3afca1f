"""A whole session as people live it: two moderators and six attendees on two platforms, by visible words only."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Answered, Post

CHANNEL = "keynote"
SETTLED = 20.0
"""Seconds in which everything must have arrived; the platforms' own rates need some of them."""


@dataclass
class Player:
    """Somebody with the app open."""

    name: str
    platform: str
    hands: Any
    manages: bool = False


@dataclass
class Claims:
    """What the demo claims, each checked."""

    held: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def check(self, claim: str, holds: bool, seen: object = "") -> None:
        (self.held if holds else self.failed).append(claim if holds else f"{claim} (seen: {seen})")


@dataclass
class Story:
    """The session; ``tell`` is told what people do and see, for the transcript."""

    players: Sequence[Player]
    tell: Callable[[str, str, str], None]
    claims: Claims = field(default_factory=Claims)
    lines: list[tuple[str, str]] = field(default_factory=list)
    """(platform, text) as they were written."""
    wanted: dict[str, str] = field(default_factory=dict)
    """Person → the letter they chose last."""

    async def play(self) -> None:
        host, guest = (next(it for it in self.players if it.platform == platform) for platform in ("slack", "discord"))
        await self._set_up(host, guest)
        await self._too_early(self.players[1])
        for player in self.players:
            await self._join(player)
        await self._chat()
        await self._poll(host)
        await self._end(host)

    # -- the moderators' part ---------------------------------------------------------------------------------------

    async def _set_up(self, host: Player, guest: Player) -> None:
        form = await host.hands.command(CHANNEL, "/mod session create")
        self.claims.check("/mod session create opens a form", form.sheet is not None, form)
        values = {"Name": "Keynote: The road ahead", "Start": "now", "Length": "45m", "Timezone of the start": "UTC"}
        await host.hands.fill(values)
        self.tell(host.name, "slack", "makes the session “Keynote: The road ahead”")
        await self._press_private(host, "Stage: this channel")
        card = await self._press_private(host, "Add a venue")
        code = next(
            word for line in card.text.splitlines() if "Code:" in line for word in line.split() if len(word) == 8
        )
        self.tell(host.name, "slack", f"asks for a code and reads {code}")
        await guest.hands.command(CHANNEL, f"/mod session enter {code}")
        self.tell(guest.name, "discord", "enters the code: the session is held in Discord too")
        await self._press_private(guest, "Stage: this channel")
        await host.hands.command(CHANNEL, "/mod session announce")
        for player in (host, guest):
            door = await self.see(player, lambda post: has(post, "Join session") and not post.private)
            self.claims.check(f"the Join card stands in {player.platform}", "Keynote" in door.text, door)
            self.tell("bot", player.platform, "posts the Join card")
        await host.hands.command(CHANNEL, "/mod session start")
        self.tell(host.name, "slack", "starts the session")

    async def _poll(self, host: Player) -> None:
        await host.hands.command(CHANNEL, "/mod poll Which topic first?")
        options = "Async in anger\nTyping at scale\nPackaging, again"
        await host.hands.fill({"Options, one a line": options})
        self.tell(host.name, "slack", "publishes the poll “Which topic first?”")
        choices = "ABBCABBA"
        for player, letter in zip(self.players, choices, strict=False):
            await self._vote(player, letter)
        for player, letter in ((self.players[3], "B"), (self.players[-1], "C"), (self.players[-1], "C")):
            await self._vote(player, letter)
        await self._results()

    async def _vote(self, player: Player, letter: str) -> None:
        card = await self.see(player, lambda post: has(post, "Vote A") and not post.private)
        answer = await player.hands.press(CHANNEL, card.id, f"Vote {letter}")
        self.claims.check(f"{player.name}'s vote is answered in time", answer.ok, answer)
        await self.see(player, lambda post: post.private and f"Your vote: {letter}" in post.text)
        self.wanted[player.name] = letter
        self.tell(player.name, player.platform, f"votes {letter}, and reads so ({answer.milliseconds:.0f} ms)")

    async def _results(self) -> None:
        counts = Counter(self.wanted.values())
        expected = [f"{counts[letter]}" for letter in "ABC"]
        for player in self._one_each():
            card = await self.see(player, lambda post: has(post, "Vote A") and shows(post, expected))
            self.claims.check(f"the live result in {player.platform} is the count of the votes", True)
            self.tell("bot", player.platform, next(line for line in card.text.splitlines() if "votes" in line))

    async def _end(self, host: Player) -> None:
        live = await host.hands.command(CHANNEL, "/mod live")
        self.claims.check("/mod live lists the poll", live.ok, live)
        await self._press_private(host, "End")
        await self._press_private(host, "End poll")
        self.tell(host.name, "slack", "ends the poll, asked once more before")
        counts = Counter(self.wanted.values())
        for player in self._one_each():
            card = await self.see(player, _is_final)
            right = shows(card, [str(counts[letter]) for letter in "ABC"]) and "most votes" in card.text
            self.claims.check(f"the final card in {player.platform} shows the final tally", right, card.text)
            self.claims.check(f"the final card in {player.platform} has no buttons", not card.controls, card.controls)
            self.tell("bot", player.platform, card.text.splitlines()[1])

    # -- everybody's part -------------------------------------------------------------------------------------------

    async def _too_early(self, player: Player) -> None:
        """A line before joining goes nowhere."""
        await player.hands.write(CHANNEL, "hello, before I joined")
        self.tell(player.name, player.platform, "writes before joining: not bridged, not kept")

    async def _join(self, player: Player) -> None:
        door = await self.see(player, lambda post: has(post, "Join session") and not post.private)
        opened: Answered = await player.hands.press(CHANNEL, door.id, "Join session")
        self.claims.check(f"{player.name} gets the form", opened.sheet is not None, opened)
        name = f"{player.name} {'Kowalski' if player.platform == 'slack' else 'Jensen'}"
        values: dict[str, str | Sequence[str]] = {"Name to show": name}
        if opened.sheet is not None and any(entry.label == "Your agreement" for entry in opened.sheet.entries):
            values["Your agreement"] = ["I accept that this is recorded"]
        done: Answered = await player.hands.fill(values)
        words = " ".join([*(post.text for post in done.private), done.sheet.text if done.sheet else ""])
        if "You're in." not in words:
            await self.see(player, lambda post: "You're in." in post.text)
        self.claims.check(f"{player.name} reads that they are in", True)
        await player.hands.close()
        self.tell(player.name, player.platform, f"joins as {name}")

    async def _chat(self) -> None:
        for number, (player, (typed, read)) in enumerate(zip([*self.players, *self.players], CHATTER, strict=True)):
            await player.hands.write(CHANNEL, typed)
            self.lines.append((player.platform, read or typed))
            self.tell(player.name, player.platform, typed)
            await asyncio.sleep(0.4 if number % 4 else 0.1)
        for player in self._one_each():
            foreign = [text for platform, text in self.lines if platform != player.platform]
            seen = await self._all_copies(player, foreign)
            self.claims.check(f"every line reached {player.platform} once, in order", seen == foreign, seen)
            early = any("before I joined" in post.text and post.bot for post in await player.hands.look(CHANNEL))
            self.claims.check(f"nothing from before joining reached {player.platform}", not early)

    async def _all_copies(self, player: Player, foreign: list[str]) -> list[str]:
        def copies(posts: Sequence[Post]) -> list[str]:
            """In the order they stand in; a bundle holds several."""
            found: list[str] = []
            for post in posts:
                if post.bot:
                    places = [(post.text.find(text), text) for text in foreign for _ in range(post.text.count(text))]
                    found += [text for _, text in sorted(places)]
            return found

        deadline = asyncio.get_running_loop().time() + SETTLED
        while len(seen := copies(await player.hands.look(CHANNEL))) < len(foreign):
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.1)
        return seen

    # -- looking ----------------------------------------------------------------------------------------------------

    async def see(self, player: Player, test: Callable[[Post], bool]) -> Post:
        """The newest post that passes, once there is one. Raises AssertionError with what was there instead."""
        posts: Sequence[Post] = await player.hands.settle(
            CHANNEL, lambda all_of_it: any(map(test, all_of_it)), within=SETTLED
        )
        return [post for post in posts if test(post)][-1]

    async def _press_private(self, player: Player, label: str) -> Post:
        """Press a button of the newest private answer that has it; returns the private answer to that."""
        card = await self.see(player, lambda post: post.private and has(post, label))
        before = [post.text for post in await player.hands.look(CHANNEL) if post.private]
        answer = await player.hands.press(CHANNEL, card.id, label)
        self.claims.check(f"“{label}” is answered in time", answer.ok, answer)
        return await self.see(player, lambda post: post.private and post.text not in before)

    def _one_each(self) -> list[Player]:
        return [next(it for it in self.players if it.platform == platform) for platform in ("slack", "discord")]


def _is_final(post: Post) -> bool:
    return "ended" in post.text and "Which topic" in post.text and not post.private


def has(post: Post, label: str) -> bool:
    return any(control.label == label for control in post.controls)


def shows(post: Post, numbers: Sequence[str]) -> bool:
    """Whether the card shows these counts of A, B and C, wherever each option stands."""
    lines = post.text.splitlines()
    for letter, number in zip("ABC", numbers, strict=True):
        start = next((i for i, line in enumerate(lines) if line.lstrip("* ").startswith(letter)), None)
        if start is None or f"· {number}" not in " ".join(lines[start : start + 2]):
            return False
    return True


CHATTER = (
    ("Good morning from Slack!", ""),
    ("Is the sound fine for everybody?", ""),
    ("Loud and clear here", ""),
    ("Greetings from the other side 👋", ""),
    ("Which slides are we on?", ""),
    ("Slide 4, *the road ahead*", "Slide 4, the road ahead"),
    ("Will the recording be public?", ""),
    ("I hope so, the last one was great", ""),
    ("2 < 3 & 5 > 4, <b>not a tag</b>", ""),
    ("@everyone please keep questions for the end", ""),
    ("Ünïcödé: שלום, 你好, 👩‍👩‍👧", ""),
    ("Typing at scale, please!", ""),
    ("[not a link](https://example.com/evil)", ""),
    ("_me_ too", "me too"),
    ("# not a heading", ""),
    ("Thank you all", ""),
)
"""What is typed, and how it reads on the other side where the typed signs mean something (italics)."""
