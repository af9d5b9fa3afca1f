"""What people do in a session, by visible words only; the same for servers in this process and in others."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Answered, Post, Sheet
from core.app.outcome import Saving

CHANNEL = "keynote"
"""Where everybody is from the start, and where commands are typed."""
DOOR, STAGE, QUEUE, BACKCHANNEL = (f"keynote-{kind}" for kind in ("door", "stage", "queue", "backchannel"))
"""The rooms that are made for a session called Keynote."""
BOT = "@bot"
"""A person's direct messages with the bot."""
WITHIN = 20.0
"""Seconds in which what shall be seen must be there; far more than it takes, for the machine may have much to do."""
ZERO_WIDTH = "\u200b"
"""Stands in what somebody typed that would mention somebody."""
NOTIFY = "Publish and notify people"
Test = Callable[[Post], bool]


async def until(holds: Callable[[], Any], within: float = WITHIN) -> Any:
    """Wait until what is asked, at once or with a look, comes out true; returns that."""
    deadline = time.monotonic() + within
    while True:
        found = holds()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < deadline, "it did not come to that"
        await asyncio.sleep(0.02)


@dataclass
class Audience:
    """``people`` by name; ``hosting`` are those who manage, one a platform, the session's maker first."""

    people: dict[str, Any] = field(default_factory=dict)
    hosting: list[str] = field(default_factory=list)
    chat: str = CHANNEL
    """The room that is the stage."""
    patience: float = WITHIN
    refusal: str = ""
    """What stood above the button that opened a form again."""
    """Seconds in which what shall be seen must be there."""

    async def see(self, who: str, test: Test, within: float = 0.0, channel: str = "") -> Post:
        """The newest post that this person sees and that passes; waits for it, and for the room."""
        channel, within = channel or self.chat, within or self.patience
        await self.find(who, channel, within)
        posts = await self.people[who].settle(channel, lambda every: any(map(test, every)), within=within)
        return next(post for post in reversed(posts) if test(post))

    async def find(self, who: str, channel: str, within: float = 0.0) -> None:
        """Wait until the channel is in this person's list."""
        deadline = time.monotonic() + (within or self.patience)
        while not channel.startswith("@") and channel not in (names := await self.listed(who)):
            assert time.monotonic() < deadline, f"{who} finds no #{channel}, only {sorted(names)}"
            await self.moment(who)

    async def lost(self, who: str, channel: str, within: float = 0.0) -> None:
        """Wait until the channel is not in this person's list any more."""
        deadline = time.monotonic() + (within or self.patience)
        while channel in await self.listed(who):
            assert time.monotonic() < deadline, f"{who} still finds #{channel}"
            await self.moment(who)

    async def moment(self, who: str) -> None:
        """Wait until something may have changed for this person; where nobody can tell, a fiftieth of a second."""
        changed = getattr(self.people[who], "changed", None)
        await (changed() if changed is not None else asyncio.sleep(0.02))

    async def listed(self, who: str) -> set[str]:
        return {room.name for room in await self.people[who].channels() if not room.archived}

    async def say(self, who: str, text: str, channel: str = "") -> str:
        """Write a line as soon as this person may; returns its id."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return str(await self.people[who].write(channel or self.chat, text))
            except (LookupError, PermissionError):
                assert time.monotonic() < deadline, f"{who} cannot write in #{channel or self.chat}"
                await self.moment(who)

    async def read(self, who: str, words: str, within: float = 0.0, channel: str = "") -> Post:
        return await self.see(who, lambda post: words in post.text, within, channel)

    async def gone(self, who: str, ident: str, channel: str = "") -> None:
        """Wait until this person does not see the message any more."""
        await self.people[who].settle(channel or self.chat, lambda every: all(post.id != ident for post in every))

    async def vanished(self, who: str, words: str, channel: str = "") -> None:
        """Wait until nothing with these words is left for this person."""
        await self.people[who].settle(channel or self.chat, lambda every: not any(words in post.text for post in every))

    async def posts(self, who: str, channel: str = "") -> Sequence[Post]:
        found: Sequence[Post] = await self.people[who].look(channel or self.chat)
        return found

    async def press(self, who: str, label: str, test: Test = lambda post: True, channel: str = "") -> Answered:
        """Press the newest button with these words, as soon as it is there."""
        post = await self.see(who, lambda post: has(post, label) and test(post), channel=channel)
        answer: Answered = await self.people[who].press(channel or self.chat, post.id, label)
        return answer

    async def choose(
        self, who: str, label: str, option: str, channel: str = "", test: Test = lambda post: True
    ) -> Answered:
        """Pick in the newest select with these words, as soon as one that offers this is there."""
        post = await self.see(who, lambda post: offers(post, label, option) and test(post), channel=channel)
        answer: Answered = await self.people[who].choose(channel or self.chat, post.id, label, [option])
        return answer

    async def told(self, who: str, verb: str, *arguments: Any, channel: str = "") -> str:
        """What this person alone reads after an act (a verb of ``Hands``), wherever the platform shows it."""
        hands, channel = self.people[who], channel or self.chat
        before = {(post.id, post.text) for post in await hands.look(channel)}
        answer: Answered = await getattr(hands, verb)(channel, *arguments)
        return await self.heard(who, answer, before, channel)

    async def heard(self, who: str, answer: Answered, before: set[tuple[str, str]], channel: str = "") -> str:
        """The words of an answer, in a form, beside the act or later in the channel."""
        if answer.sheet is not None and answer.sheet.text and not answer.sheet.entries:
            return answer.sheet.text
        if answer.private and not any(Saving.sentence in post.text for post in answer.private):
            return "\n".join(post.text for post in answer.private)

        def new(post: Post) -> bool:  # what is still being saved on a loaded machine is told of again
            return post.private and (post.id, post.text) not in before and Saving.sentence not in post.text

        return (await self.see(who, new, channel=channel)).text

    async def send(self, who: str, values: dict[str, Any], channel: str = "") -> str:
        """Fill the open form and send it; returns what the person reads then."""
        channel = channel or self.chat
        before = {(post.id, post.text) for post in await self.people[who].look(channel)}
        done: Answered = await self.people[who].fill(values)
        assert done.ok, done
        told = await self.heard(who, done, before, channel)
        if done.sheet is not None:
            await self.people[who].close()
        return told

    async def again(self, who: str, values: dict[str, Any], channel: str = "") -> Sheet:
        """Send the open form with something wrong in it; returns the form as it comes back."""
        channel = channel or self.chat
        before = {(post.id, post.text) for post in await self.people[who].look(channel)}
        answer: Answered = await self.people[who].fill(values)
        if answer.sheet is None:  # Discord allows no form in answer to a form: a button opens it again

            def told(post: Post) -> bool:
                return post.private and (post.id, post.text) not in before and bool(post.controls)

            shown = await self.see(who, told, channel=channel)
            self.refusal = shown.text
            answer = await self.people[who].press(channel, shown.id, shown.controls[0].label)
        return await self.form(who, answer)

    async def moderate(self, who: str, post: Post, what: str, reply: str = "", channel: str = "") -> str:
        """By the entry in the message's menu; returns what the moderator reads."""
        opened = await self.people[who].shortcut(channel or self.chat, post.id, "Moderate…")
        await self.form(who, opened)
        values = {"What to do": what} | ({"Answer in the session's name": reply} if reply else {})
        return await self.send(who, values, channel)

    async def moderate_refused(self, who: str, post: Post, channel: str = "") -> str:
        """What somebody reads who may not moderate this message."""
        return await self.told(who, "shortcut", post.id, "Moderate…", channel=channel)

    # -- the evening ------------------------------------------------------------------------------------------------

    async def prepare(self, start: str = "now", length: str = "45m", *, name: str = "Keynote") -> None:
        """A session, held in every place that is here and not announced yet."""
        first, *others = self.hosting
        await self.form(first, await self.people[first].command(CHANNEL, "/mod session create"))
        values = {"Name": name, "Start": start, "Length": length, "Timezone of the start": "UTC"}
        await self.people[first].fill(values)
        await self.read(first, f"“{name}” is made.", channel=CHANNEL)
        for other in others:
            # Of a session before this one a code may stand there still.
            older = {(post.id, post.text) for post in await self.posts(first, CHANNEL)}
            await self.press(first, "Add a venue", channel=CHANNEL)
            code = (await self.see(first, codes(older), channel=CHANNEL)).text.partition("Code: ")[2][:8]
            await self.people[other].command(CHANNEL, f"/mod session enter {code}")
            await self.read(other, "is held here too now", channel=CHANNEL)

    async def live(self, *joining: str, made: bool = False) -> None:
        """A session that is on, joined by these people (else by all).

        Its chat is a room of its own that is ``made`` for it, else the channel where everybody is.
        """
        self.chat = STAGE if made else CHANNEL
        await self.prepare()
        for host in () if made else self.hosting:
            await self.people[host].command(CHANNEL, "/mod session setup")
            await self.press(host, "Stage: this channel")
            await self.read(host, "stage now")
        await self.go("announce")
        await self.go("start")
        for who in joining or tuple(self.people):
            await self.join(who)

    async def go(self, step: str) -> None:
        """The first host takes the session a step further; the clock may have been faster."""
        told = await self.told(self.hosting[0], "command", f"/mod session {step}", channel=CHANNEL)
        assert ("“Keynote”" in told and "so that is not possible" not in told) or "is live, so" in told, told

    async def join(self, who: str, channel: str = DOOR) -> None:
        opened = await self.press(who, "Join session", shared, channel)
        assert opened.ok, opened
        await self.fill_join(who, opened, channel)
        await self.find(who, self.chat)

    async def fill_join(self, who: str, opened: Answered, channel: str = DOOR, **more: Any) -> None:
        values: dict[str, Any] = {"Name to show": who.title(), **more}
        sheet = await self.form(who, opened)
        if any(entry.label == "Your agreement" for entry in sheet.entries):
            values["Your agreement"] = ["I accept that this is recorded"]
        done = await self.people[who].fill(values)
        words = " ".join([*(post.text for post in done.private), done.sheet.text if done.sheet else ""])
        if "You're in." not in words:
            await self.read(who, "You're in.", channel=channel)
        if done.sheet is not None:
            await self.people[who].close()

    async def form(self, who: str, opened: Answered) -> Sheet:
        """The form that an act opened; on Slack it may open after the act is acknowledged."""
        deadline = time.monotonic() + self.patience
        found = opened.sheet
        while found is None:
            assert time.monotonic() < deadline, f"no form opened: {opened}"
            await self.moment(who)
            found = await self.people[who].sheet()
        return found

    async def poll(
        self,
        question: str = "Which topic?",
        options: str = "Tea\nCoffee\nWater",
        *,
        notify: bool = False,
        **more: Any,
    ) -> None:
        """The first host fills the form, sees the exact card and publishes it."""
        host = self.hosting[0]
        await self.draft(host, question, options, **more)
        if notify:
            answer = await self.choose(host, "More", NOTIFY, CHANNEL, private)
        else:
            answer = await self.press(host, "Publish now", private, CHANNEL)
        assert answer.ok, answer
        await self.see(host, lambda post: post.private and "Published." in post.text, channel=CHANNEL)

    async def draft(
        self, who: str, question: str, options: str = "Yes\nNo", channel: str = CHANNEL, **more: Any
    ) -> Post:
        """Somebody fills the form; what they see then, alone."""
        await self.form(who, await self.people[who].command(channel, f"/mod poll {question}"))
        told = await self.send(who, {"Options, one a line": options, **more}, channel)
        assert "Saved as a draft." in told and question in told.replace(ZERO_WIDTH, ""), told
        return await self.see(who, lambda post: private(post) and has(post, "Publish now"), channel=channel)

    async def end_poll(self) -> None:
        host = self.hosting[0]
        await self.people[host].command(CHANNEL, "/mod live")
        await self.press(host, "Open", private, CHANNEL)
        await self.press(host, "End", private, CHANNEL)
        await self.press(host, "End poll", channel=CHANNEL)
        await self.read(host, "Ended.", channel=CHANNEL)


def shared(post: Post) -> bool:
    return not post.private


def private(post: Post) -> bool:
    return post.private


def has(post: Post, label: str) -> bool:
    return any(control.label == label for control in post.controls)


def offers(post: Post, label: str, option: str) -> bool:
    """A select with these words has the option; one whose options the platform keeps to itself may have it."""
    selects = [it for it in post.controls if it.label == label]
    return any(option in it.options or not it.options for it in selects)


def codes(older: Collection[tuple[str, str]]) -> Test:
    return lambda post: "Code: " in post.text and (post.id, post.text) not in older


def copies(posts: Sequence[Post], wanted: Sequence[str]) -> list[str]:
    """The wanted lines as the bot shows them, in the order they stand in; one post may hold several."""
    found: list[str] = []
    for post in posts:
        if post.bot and not post.private:
            places = [(post.text.find(text), text) for text in wanted for _ in range(post.text.count(text))]
            found += [text for _, text in sorted(places)]
    return found
