"""Each way by which people on Slack reach the bot and are answered, with a core that says only what it is told."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from adapters.sandbox.slack import Running, SlackHands, World, start
from adapters.slack import SlackAdapter, SlackSettings
from adapters.slack.manifest import EVENTS, SCOPES
from core.app import commands as c
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import StorageDown
from core.domain.form import Field, Form
from core.domain.ids import Instant, PersonId, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.view import Attendees, Button, Buttons, Card, OnlyPerson, Option, Select, Words, say

ME = OnlyPerson(PersonId("p"))
FORM = Form("Ask", "create", "Send", (Field("name", "Name"), Field("more", "More", required=False)), again="newsession")
Answer = Outcome | Saving | Exception | Awaitable[Outcome | Saving]
POLL = Card(
    Attendees(SessionId("s")),
    (
        Words("Tea or milk?"),
        Buttons((Button("Vote A", "vote:i:0"), Button("Vote B", "vote:i:1"), Button("Join session", "join:s"))),
        Select("Choose some", "vote:j", (Option("Tea", "0"), Option("Milk", "1")), most=2),
    ),
)


def clock() -> Instant:
    return Instant(time.time_ns() // 1_000)


class Bar:
    """A channel with a card in it, Mira in front of it, and a core that answers what a test wants."""

    def __init__(self) -> None:
        self.world = World()
        self.space = self.world.workspace("Acme")
        self.mira, self.boss = self.space.user("mira"), self.space.user("boss", admin=True)
        self.install = self.space.install(scopes=SCOPES, events=EVENTS, commands=["/stage", "/mod"])
        self.room = self.space.channel("keynote", members=[self.mira, self.boss, self.install.bot])
        self.alien = self.space.channel("random", members=[self.mira, self.boss])
        self.commands: list[c.Command] = []
        self.answers: Callable[[c.Command], Answer] = lambda command: Outcome()
        self.places: list[Place] = []
        self.stack = AsyncExitStack()
        self.running: Running
        self.adapter: SlackAdapter
        self.card = ""

    @classmethod
    @asynccontextmanager
    async def open(cls, clock: Callable[[], Instant] = clock) -> AsyncIterator[Bar]:
        bar = cls()
        async with bar.stack:
            bar.running = await start(bar.world)
            bar.stack.push_async_callback(bar.running.close)
            bar.adapter = bar.make(clock)
            await bar.adapter.start()
            bar.stack.push_async_callback(bar.adapter.close)
            bar.card = await bar.adapter.platform.post(bar.place(), POLL, nonce="n")
            yield bar
        assert not [(one.method, one.violations) for one in bar.world.requests if one.violations]

    def make(self, clock: Callable[[], Instant] = clock, **settings: str) -> SlackAdapter:
        app = self.install.app
        tokens = {"bot_token": self.install.bot_token, "app_token": app.app_token, **settings}
        chosen = SlackSettings(tokens["bot_token"], tokens["app_token"], api_url=self.running.api_url)
        return SlackAdapter(chosen, self.submit, self.rooms, clock)

    async def submit(self, command: c.Command) -> Outcome | Saving:
        self.commands.append(command)
        answer = self.answers(command)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, (Outcome, Saving)) else await answer

    async def rooms(self) -> Sequence[Place]:
        return self.places

    def place(self, seen: str = "", seen_at: int = 0) -> Place:
        venue = VenueId(f"slack:{self.space.id}")
        return Place(
            PlaceId("p"), venue, "stage", SessionId("s"), ref=self.room.id, seen=seen, seen_at=Instant(seen_at)
        )

    def asked(self, method: str) -> list[Any]:
        return [one for one in self.world.requests if one.method == method]

    async def hands(self, user: str = "mira") -> SlackHands:
        return await self.stack.enter_async_context(SlackHands(self.running.base_url, user))


async def until(found: Callable[[], Any] | Callable[[], Awaitable[Any]], within: float = 5.0) -> Any:
    deadline = time.monotonic() + within
    while True:
        value = found()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


# -- presses -----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("poll-vote")
async def test_a_ballot_costs_no_look_up_and_is_confirmed_in_private() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(say(ME, "Your vote: B."))
        hands = await bar.hands()
        pressed = await hands.press("keynote", bar.card, "Vote B", wait=2)
        assert pressed.ok
        assert [post.text for post in pressed.private] == ["Your vote: B."]
        (command,) = bar.commands
        assert isinstance(command, c.CastBallot)
        assert command.picked == ("1",)
        assert command.actor.nick == ""
        assert not bar.asked("users.info")
        # The card stands as it stood: the confirmation came beside it.
        assert "Tea or milk?" in next(post for post in await hands.look("keynote") if post.id == bar.card).text


@pytest.mark.shows("poll-vote")
async def test_several_choices_are_one_ballot() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        assert (await hands.choose("keynote", bar.card, "Choose some", ["Tea", "Milk"])).ok
        (command,) = bar.commands
        assert isinstance(command, c.CastBallot)
        assert (command.interaction, command.picked) == ("j", ("0", "1"))


async def test_joining_tells_the_core_who_it_is_and_opens_the_form() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands("boss")
        pressed = await hands.press("keynote", bar.card, "Join session", wait=2)
        assert pressed.sheet is not None
        assert pressed.sheet.title == "Ask"
        (command,) = bar.commands
        assert (command.actor.nick, command.actor.manages) == ("boss", True)
        assert command.actor.avatar is not None
        assert command.actor.avatar.startswith("https://")


async def test_a_press_in_a_private_answer_takes_its_place() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(say(ME, "End it?", buttons=(Button("Keep it", "keep"),)))
        hands = await bar.hands()
        (asked,) = (await hands.press("keynote", bar.card, "Vote A", wait=2)).private
        bar.answers = lambda command: Outcome(say(ME, "Nothing was changed."))
        await hands.press("keynote", asked.id, "Keep it", wait=2)

        async def replaced() -> bool:
            return [post.text for post in await hands.look("keynote") if post.private] == ["Nothing was changed."]

        await until(replaced)


@pytest.mark.shows("slow")
async def test_a_form_that_comes_too_late_comes_as_a_message() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        bar.world.faults.add({"method": "views.open", "error": "expired_trigger_id", "count": 1})
        hands = await bar.hands()
        pressed = await hands.press("keynote", bar.card, "Join session", wait=2)
        (asked,) = pressed.private
        assert [control.label for control in asked.controls] == ["Name", "More", "Send"]
        bar.answers = lambda command: Outcome(say(ME, "Welcome."))
        await hands.enter("keynote", asked.id, {"Name": "Mira"})
        assert (await hands.press("keynote", asked.id, "Send", wait=2)).ok
        command = bar.commands[-1]
        assert isinstance(command, c.CreateSession)
        assert command.values == {"name": ("Mira",), "more": ()}
        await hands.settle("keynote", lambda posts: [one.text for one in posts if one.private] == ["Welcome."])


@pytest.mark.shows("slow")
async def test_slow_saving_is_said_and_then_what_came_of_it() -> None:
    async with Bar.open() as bar:
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        bar.answers = lambda command: Saving(done)
        hands = await bar.hands()
        (told,) = (await hands.press("keynote", bar.card, "Vote A", wait=2)).private
        assert told.text == Saving.sentence
        done.set_result(Outcome(say(ME, "Your vote: A.")))
        await hands.settle("keynote", lambda posts: any(post.text == "Your vote: A." for post in posts))


async def test_what_could_not_be_saved_is_said() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: StorageDown("gone")
        hands = await bar.hands()
        pressed = await hands.press("keynote", bar.card, "Vote A", wait=2)
        assert [post.text for post in pressed.private] == [NOT_SAVED]


async def test_a_mistake_of_ours_is_a_failure_and_not_silence() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: RuntimeError("a mistake")
        assert not (await (await bar.hands()).command("keynote", "/mod live")).ok


async def test_a_crowd_is_confirmed_only_where_it_must_be() -> None:
    now = itertools.count(int(clock()), 1_000)
    async with Bar.open(lambda: Instant(next(now))) as bar:
        hands = await bar.hands()
        bar.answers = lambda command: Outcome(say(ME, "changed"), quiet=True)
        for _ in range(60):
            await hands.press("keynote", bar.card, "Vote A")
        bar.answers = lambda command: Outcome(say(ME, "first"))
        assert (await hands.press("keynote", bar.card, "Vote A")).ok
        await hands.settle("keynote", lambda posts: any(post.text == "first" for post in posts))
        private = [post.text for post in await hands.look("keynote") if post.private]
        assert private.count("changed") < 60
        assert private.count("first") == 1
        assert len(bar.commands) == 61


# -- commands and forms ------------------------------------------------------------------------------------------------


async def test_a_card_answers_a_command_at_once() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(say(ME, "Here you are.", buttons=(Button("Keep it", "keep"),)))
        answered = await (await bar.hands()).command("random", "/mod live", wait=1)
        (post,) = answered.private
        assert (post.text.splitlines()[0], [control.label for control in post.controls]) == (
            "Here you are.",
            ["Keep it"],
        )
        assert isinstance(bar.commands[0], c.ListInteractions)
        assert bar.commands[0].room == bar.alien.id


@pytest.mark.shows("refused-form")
async def test_a_form_with_mistakes_comes_back_with_a_sentence_at_each_field() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands("boss")
        await hands.command("keynote", "/mod session create", wait=2)
        bar.answers = lambda command: Outcome(FORM.filled({"name": ("x",)}, {"name": "Too short."}), done=False)
        again = await hands.fill({"Name": "x"}, wait=2)
        assert again.sheet is not None
        first = again.sheet.entries[0]
        assert (first.label, first.value, first.error) == ("Name", "x", "Too short.")
        assert isinstance(bar.commands[-1], c.CreateSession)
        assert bar.commands[-1].values == {"name": ("x",), "more": ()}


async def test_a_form_with_a_problem_as_a_whole_comes_back_with_it_on_top() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands()
        await hands.command("keynote", "/mod session create", wait=2)
        bar.answers = lambda command: Outcome(
            FORM.filled({"name": ("x",)}, problem="The text has changed."), done=False
        )
        again = await hands.fill({"Name": "x"}, wait=2)
        assert again.sheet is not None
        assert "The text has changed." in again.sheet.text


async def test_a_plain_answer_to_a_form_stands_in_its_place() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands()
        await hands.command("keynote", "/mod session create", wait=2)
        bar.answers = lambda command: Outcome(say(ME, "You're in."))
        done = await hands.fill({"Name": "x"}, wait=2)
        assert done.sheet is not None
        assert (done.sheet.title, done.sheet.text, done.sheet.entries) == ("Ask", "You're in.", ())


@pytest.mark.parametrize("room", ["keynote", "random"])
async def test_an_answer_with_buttons_closes_the_form_and_stands_where_it_was_opened(room: str) -> None:
    """Also in a room that the bot is not in, where only the opener's address reaches."""
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands()
        await hands.command(room, "/mod session create", wait=2)
        bar.answers = lambda command: Outcome(say(ME, "It is made.", buttons=(Button("Announce", "keep"),)))
        done = await hands.fill({"Name": "x"}, wait=2)
        assert done.sheet is None
        await hands.settle(room, lambda posts: any(post.private and "It is made." in post.text for post in posts))
        assert not any("It is made." in post.text for post in await (await bar.hands("boss")).look(room))


@pytest.mark.parametrize(("room", "where"), [("keynote", "keynote"), ("random", "@bot")])
async def test_a_private_answer_that_fails_stays_private(room: str, where: str) -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands()
        await hands.command(room, "/mod session create", wait=2)
        bar.world.faults.add({"method": "response_url", "status": 404, "count": 1})
        bar.answers = lambda command: Outcome(say(ME, "It is made.", buttons=(Button("Announce", "keep"),)))
        await hands.fill({"Name": "x"})
        await hands.settle(where, lambda posts: any("It is made." in post.text for post in posts))
        boss = await bar.hands("boss")
        for channel in ("keynote", "random"):
            assert not any("It is made." in post.text for post in await boss.look(channel))


async def test_a_private_answer_waits_where_slack_is_asked_too_often() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: Outcome(FORM)
        hands = await bar.hands()
        await hands.command("keynote", "/mod session create", wait=2)
        bar.world.faults.add({"method": "response_url", "status": 500, "count": 1})
        bar.world.faults.add({"method": "chat.postEphemeral", "status": 429, "retry_after": 0, "count": 1})
        bar.answers = lambda command: Outcome(say(ME, "It is made.", buttons=(Button("Announce", "keep"),)))
        await hands.fill({"Name": "x"}, wait=2)
        await hands.settle("keynote", lambda posts: any("It is made." in post.text for post in posts))
        assert [one.answered for one in bar.asked("chat.postEphemeral")][-1] == "ok"
