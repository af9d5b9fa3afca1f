"""What people do in a session, by visible words only; the same for servers in this process and in others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Answered, Post, Sheet

CHANNEL = "keynote"
WITHIN = 8.0
"""Seconds in which what shall be seen must be there; far more than it takes."""
Test = Callable[[Post], bool]


@dataclass
class Audience:
    """``people`` by name; ``hosting`` are those who manage, one a platform, the session's maker first."""

    people: dict[str, Any] = field(default_factory=dict)
    hosting: list[str] = field(default_factory=list)

    async def see(self, who: str, test: Test, within: float = WITHIN, channel: str = CHANNEL) -> Post:
        """The newest post that this person sees and that passes; waits for it."""
        posts = await self.people[who].settle(channel, lambda every: any(map(test, every)), within=within)
        return next(post for post in reversed(posts) if test(post))

    async def read(self, who: str, words: str, within: float = WITHIN) -> Post:
        return await self.see(who, lambda post: words in post.text, within)

    async def posts(self, who: str) -> Sequence[Post]:
        return await self.people[who].look(CHANNEL)

    async def press(self, who: str, label: str, test: Test = lambda post: True) -> Answered:
        """Press the newest button with these words, as soon as it is there."""
        post = await self.see(who, lambda post: has(post, label) and test(post))
        return await self.people[who].press(CHANNEL, post.id, label)

    async def told(self, who: str, verb: str, *arguments: str) -> str:
        """What this person alone reads after an act (a verb of ``Hands``), wherever the platform shows it."""
        hands = self.people[who]
        before = {(post.id, post.text) for post in await hands.look(CHANNEL)}
        answer: Answered = await getattr(hands, verb)(CHANNEL, *arguments)
        if answer.sheet is not None and answer.sheet.text and not answer.sheet.entries:
            return answer.sheet.text
        if answer.private:
            return "\n".join(post.text for post in answer.private)

        def new(post: Post) -> bool:
            return post.private and (post.id, post.text) not in before

        return (await self.see(who, new)).text

    # -- the evening ------------------------------------------------------------------------------------------------

    async def live(self, *joining: str) -> None:
        """A session that is on, held in every place that is here, joined by these people (else by all)."""
        first, *others = self.hosting
        await self.form(first, await self.people[first].command(CHANNEL, "/mod session create"))
        values = {"Name": "Keynote", "Start": "now", "Length": "45m", "Timezone of the start": "UTC"}
        await self.people[first].fill(values)
        await self.press(first, "Stage: this channel")
        await self.read(first, "stage now")
        for other in others:
            await self.press(first, "Add a venue")
            code = (await self.read(first, "Code: ")).text.partition("Code: ")[2][:8]
            await self.people[other].command(CHANNEL, f"/mod session enter {code}")
            await self.press(other, "Stage: this channel")
            await self.read(other, "stage now")
        for step in ("announce", "start"):
            assert (await self.people[first].command(CHANNEL, f"/mod session {step}")).ok
        for who in joining or tuple(self.people):
            await self.join(who)

    async def join(self, who: str) -> None:
        opened = await self.press(who, "Join session")
        assert opened.ok, opened
        await self.fill_join(who, opened)

    async def fill_join(self, who: str, opened: Answered) -> None:
        values: dict[str, Any] = {"Name to show": who.title()}
        sheet = await self.form(who, opened)
        if any(entry.label == "Your agreement" for entry in sheet.entries):
            values["Your agreement"] = ["I accept that this is recorded"]
        done = await self.people[who].fill(values)
        words = " ".join([*(post.text for post in done.private), done.sheet.text if done.sheet else ""])
        if "You're in." not in words:
            await self.read(who, "You're in.")
        await self.people[who].close()

    async def form(self, who: str, opened: Answered) -> Sheet:
        """The form that an act opened; on Slack it may open after the act is acknowledged."""
        deadline = time.monotonic() + WITHIN
        found = opened.sheet
        while found is None:
            assert time.monotonic() < deadline, f"no form opened: {opened}"
            await asyncio.sleep(0.02)
            found = await self.people[who].sheet()
        return found

    async def poll(self, question: str = "Which topic?", options: str = "Tea\nCoffee\nWater", **more: str) -> None:
        """The first host publishes it."""
        host = self.hosting[0]
        await self.form(host, await self.people[host].command(CHANNEL, f"/mod poll {question}"))
        done = await self.people[host].fill({"Options, one a line": options, **more})
        assert done.ok, done

    async def end_poll(self) -> None:
        host = self.hosting[0]
        await self.people[host].command(CHANNEL, "/mod live")
        await self.press(host, "End")
        await self.press(host, "End poll")
        await self.read(host, "Ended.")


def has(post: Post, label: str) -> bool:
    return any(control.label == label for control in post.controls)


def copies(posts: Sequence[Post], wanted: Sequence[str]) -> list[str]:
    """The wanted lines as the bot shows them, in the order they stand in; one post may hold several."""
    found: list[str] = []
    for post in posts:
        if post.bot and not post.private:
            places = [(post.text.find(text), text) for text in wanted for _ in range(post.text.count(text))]
            found += [text for _, text in sorted(places)]
    return found
