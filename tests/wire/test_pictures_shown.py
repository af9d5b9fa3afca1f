"""Results as pictures over the wire: what people see of them, what is sent anew, and words wherever there is none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord import pictures as discord_pictures
from adapters.discord.gateway import MESSAGE
from adapters.discord.looking import MESSAGES
from adapters.pictures.drawer import Drawer
from adapters.sandbox.discord import permissions
from adapters.slack import pictures as slack_pictures
from adapters.slack.allowance import SharedAllowance, Turns
from adapters.slack.limits import TIER_3
from adapters.slack.manifest import SCOPES
from adapters.slack.pictures import DELETE, STEPS, Pictures
from core.app.outcome import Outcome
from core.app.platform import Closed, Draw, Unclear
from core.domain.drawing import Bar, Bars, Drawing
from core.domain.ids import SECOND, Instant, PersonId, SessionId
from core.domain.view import Attendees, Button, Buttons, Card, Heading, OnlyPerson, Picture
from tests.wire.discord_bench import Bench, on_bench
from tests.wire.slack_house import House
from tests.wire.test_slack_adapter_answers import Bar as SlackBar
from tests.wire.test_slack_adapter_answers import clock, until

HERE = Attendees(SessionId("s"))
ME = OnlyPerson(PersonId("p"))


def drawing(votes: int) -> Bars:
    return Bars("Tea?", (Bar("Yes", votes, 0.75), Bar("No", 1, 0.25)))


def alt(votes: int) -> str:
    return f"Tea? Yes {votes}, No 1."


def results(votes: int, title: str = "Tea?", *more: Any) -> Card:
    return Card(HERE, (Heading(title), Picture(drawing(votes), alt(votes)), *more))


class Hand:
    """Draws by hand: what it drew, and whether it can."""

    def __init__(self) -> None:
        self.drew: list[Drawing] = []
        self.able = True
        self.slow = 0.0

    async def draw(self, wanted: Drawing) -> bytes | None:
        self.drew.append(wanted)
        await asyncio.sleep(self.slow)
        return b"\x89PNG\r\n\x1a\n" + repr(wanted).encode() if self.able else None


def png(votes: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + repr(drawing(votes)).encode()


# -- Slack -------------------------------------------------------------------------------------------------------------


def pictures_of(bar: SlackBar, draw: Draw) -> Pictures:
    allowances = [SharedAllowance(it, clock, None) for it in STEPS]
    return Pictures(bar.adapter._client, draw, allowances, Turns(DELETE, TIER_3, clock, None))


class Wall(SlackBar):
    """A room of Slack's where results hang, drawn by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.hand = Hand()

    def start_drawing(self) -> None:
        gateway = self.adapter.platform
        gateway.pictures = pictures_of(self, self.hand.draw)
        assert self.adapter._replies is not None
        self.adapter._replies._pictures = gateway.pictures

    async def post(self, card: Card) -> str:
        return await self.adapter.platform.post(self.place(), card, nonce="n")

    async def edit(self, ref: str, card: Card) -> None:
        await self.adapter.platform.edit(self.place(), ref, card)

    async def seen(self, ref: str) -> tuple[str, list[tuple[str, bytes]]]:
        hands = await self.hands()
        shown = next(one for one in await hands.look("keynote") if one.id == ref)
        return shown.text, [(one.alt, await hands.image(one)) for one in shown.images]

    def uploads(self) -> int:
        return len(self.asked(STEPS[0]))


@pytest.fixture
async def wall() -> AsyncIterator[Wall]:
    async with Wall.open() as made:
        assert isinstance(made, Wall)
        made.start_drawing()
        yield made


@pytest.mark.shows("pictures", on="slack")
async def test_on_slack_a_result_is_seen_as_a_picture_and_said_in_words(wall: Wall) -> None:
    ref = await wall.post(results(3))
    text, images = await wall.seen(ref)
    assert images == [(alt(3), png(3))]
    assert text == f"Tea?\n{alt(3)}"
    (first,), (last,) = wall.asked(STEPS[0]), wall.asked(STEPS[1])
    assert first.arguments["alt_txt"] == alt(3)
    assert "channel_id" not in last.arguments
    (sent,) = [one for one in wall.asked("chat.postMessage") if "Yes 3" in str(one.arguments)]
    assert alt(3) in sent.arguments["text"]


@pytest.mark.shows("pictures", on="slack")
async def test_on_slack_only_what_changed_is_uploaded_again(wall: Wall) -> None:
    ref = await wall.post(results(3))
    await wall.edit(ref, results(3, "Tea? It is over."))
    assert wall.uploads() == 1
    assert (await wall.seen(ref))[1] == [(alt(3), png(3))]
    await wall.edit(ref, results(4))
    assert wall.uploads() == 2
    assert (await wall.seen(ref))[1] == [(alt(4), png(4))]
    await wall.post(results(4))
    assert wall.uploads() == 2


async def test_on_slack_files_that_nothing_shows_are_deleted(wall: Wall) -> None:
    first, second = await wall.post(results(3)), await wall.post(results(3))
    await wall.edit(first, results(4))
    assert len(wall.world.files) == 2, "the second message still shows the old one"
    await wall.edit(second, results(4))
    await until(lambda: len(wall.world.files) == 1)
    assert [it[1] for it in (await wall.seen(first))[1] + (await wall.seen(second))[1]] == [png(4), png(4)]
    await wall.edit(first, results(3))
    assert (await wall.seen(first))[1] == [(alt(3), png(3))], "it was uploaded anew"
    await wall.adapter.platform.delete(wall.place(), first)
    await until(lambda: len(wall.world.files) == 1)


async def test_on_slack_a_file_that_a_message_is_just_about_to_show_is_not_deleted(wall: Wall) -> None:
    first = await wall.post(results(3))
    wall.world.faults.add({"method": "chat.postMessage", "delay": 0.3, "count": 1})
    second = asyncio.create_task(wall.post(results(3)))
    pictures = wall.adapter.platform.pictures
    assert pictures is not None
    await until(lambda: +pictures._going)
    await wall.edit(first, results(4))
    assert (await wall.seen(await second))[1] == [(alt(3), png(3))]
    assert not wall.asked(DELETE)


async def test_on_slack_a_file_that_may_be_shown_is_not_deleted(wall: Wall) -> None:
    since = Instant(clock() - 5 * SECOND)
    first = await wall.post(results(3, "First"))
    wall.world.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
    with pytest.raises(Unclear):
        await wall.post(results(3, "Second"))
    await wall.edit(first, results(4, "First"))
    (second,) = await wall.adapter.platform.like(wall.place(), results(3, "Second"), since)
    assert (await wall.seen(second))[1] == [(alt(3), png(3))]


async def test_on_slack_what_a_private_answer_shows_is_never_deleted(wall: Wall) -> None:
    ref = await wall.post(results(3))
    wall.answers = lambda command: Outcome(Card(ME, (Heading("Tea?"), Picture(drawing(3), alt(3)))))
    hands = await wall.hands()
    (private,) = (await hands.press("keynote", wall.card, "Vote A", wait=3)).private
    await wall.edit(ref, results(4))
    await wall.edit(ref, results(5))
    await until(lambda: len(wall.asked(DELETE)) == 1)
    assert await hands.image(private.images[0]) == png(3)


async def test_on_slack_a_file_that_is_not_ready_yet_is_waited_for(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_pictures, "PAUSES", (0.0, 0.2, 0.4))
    wall.world.files_take = 0.3
    ref = await wall.post(results(3))
    assert (await wall.seen(ref))[1] == [(alt(3), png(3))]
    refused = [one for one in wall.asked("chat.postMessage") if one.answered == "invalid_blocks"]
    assert 1 <= len(refused) <= 2


async def test_on_slack_a_file_that_never_gets_ready_leaves_the_words(
    wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_pictures, "PAUSES", (0.0, 0.01))
    wall.world.files_take = 1000.0
    ref = await wall.post(results(3))
    assert await wall.seen(ref) == (f"Tea?\n{alt(3)}", [])
    # What may have been deleted is uploaded anew.
    wall.world.files_take = 0.0
    await wall.edit(ref, results(3))
    assert (await wall.seen(ref))[1] == [(alt(3), png(3))]
    assert wall.uploads() == 2


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [{"error": "missing_scope"}, {"status": 500}, {"cut": "before"}, {"cut": "after"}])
async def test_on_slack_a_refused_upload_leaves_the_words(wall: Wall, step: str, fault: dict[str, Any]) -> None:
    wall.world.faults.add({"method": step, **fault})
    ref = await wall.post(results(3))
    assert await wall.seen(ref) == (f"Tea?\n{alt(3)}", [])


async def test_on_slack_what_the_app_may_not_is_not_tried_again_and_again(wall: Wall) -> None:
    wall.world.faults.add({"method": STEPS[0], "error": "missing_scope"})
    for votes in range(5):
        await wall.post(results(votes))
    assert wall.uploads() == 1


async def test_on_slack_no_picture_leaves_the_words(wall: Wall) -> None:
    wall.hand.able = False
    ref = await wall.post(results(3))
    assert await wall.seen(ref) == (f"Tea?\n{alt(3)}", [])
    assert wall.uploads() == 0


async def test_on_slack_uploads_keep_to_their_limit_and_words_stand_when_it_is_spent(wall: Wall) -> None:
    pictures = wall.adapter.platform.pictures
    assert pictures is not None
    for votes in range(40):
        await pictures.files(results(votes))
    assert 15 <= wall.uploads() <= 20
    assert not await pictures.files(results(99))


async def test_on_slack_slow_drawing_holds_no_post_up(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_pictures, "SECONDS", 0.1)
    wall.hand.slow = 0.5
    ref = await wall.post(results(3))
    assert (await wall.seen(ref))[1] == []

    async def ready() -> bool:
        await wall.edit(ref, results(3))
        return (await wall.seen(ref))[1] == [(alt(3), png(3))]

    await until(ready)
    assert wall.uploads() == 1


async def test_on_slack_a_post_with_a_picture_whose_answer_was_lost_is_found_again(wall: Wall) -> None:
    since = Instant(clock() - 5 * SECOND)
    wall.world.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
    with pytest.raises(Unclear):
        await wall.post(results(3, "Which tea?"))
    (found,) = await wall.adapter.platform.like(wall.place(), results(7, "Which tea?"), since)
    await wall.edit(found, results(7, "Which tea?"))
    assert (await wall.seen(found))[1] == [(alt(7), png(7))]


async def test_on_slack_a_private_answer_shows_the_picture(wall: Wall) -> None:
    wall.answers = lambda command: Outcome(Card(ME, (Heading("Tea?"), Picture(drawing(3), alt(3)))))
    hands = await wall.hands()
    (private,) = (await hands.press("keynote", wall.card, "Vote A", wait=3)).private
    assert [one.alt for one in private.images] == [alt(3)]
    (private,) = (await hands.command("keynote", "/stage menu", wait=3)).private
    assert [await hands.image(one) for one in private.images] == [png(3)]


async def test_on_slack_a_private_answer_has_words_where_its_picture_is_refused(
    wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.replies.AGAIN", (0.0, 0.01))
    wall.world.files_take = 1000.0
    wall.answers = lambda command: Outcome(Card(ME, (Heading("Tea?"), Picture(drawing(3), alt(3)))))
    hands = await wall.hands()
    (private,) = (await hands.press("keynote", wall.card, "Vote A", wait=3)).private
    assert (private.text, private.images) == (f"Tea?\n{alt(3)}", ())


async def test_the_scope_for_pictures_is_asked_for() -> None:
    assert "files:write" in SCOPES


async def test_on_slack_what_was_really_drawn_arrives() -> None:
    async with House.of("socket") as house:
        drawer = Drawer(seconds=20)
        gateway = house.adapter.platform
        gateway.pictures = pictures_of(house, drawer.draw)
        try:
            ref = await gateway.post(house.place(), results(3), nonce="p")
            made = await drawer.draw(drawing(3))
        finally:
            await drawer.close()
        hands = await house.hands()
        shown = next(one for one in await hands.look("keynote") if one.id == ref)
        assert [await hands.image(one) for one in shown.images] == [made]


# -- Discord -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench(allow=permissions.BOT) as made:
        yield made


@pytest.fixture
def hand(bench: Bench) -> Hand:
    made = Hand()
    bench.platform._pictures._draw = made.draw
    bench.adapter._answering._draw = made.draw
    return made


async def seen(bench: Bench, ref: str) -> tuple[str, list[tuple[str, bytes]]]:
    async with await bench.hands("mira") as hands:
        shown = next(one for one in await hands.look("keynote") if one.id == ref)
        return shown.text, [(one.alt, await hands.image(one)) for one in shown.images]


def sent(bench: Bench) -> int:
    """Files that came so far."""
    return len(bench.world.files)


@pytest.mark.shows("pictures", on="discord")
async def test_on_discord_a_result_is_seen_as_a_picture_and_said_in_words(bench: Bench, hand: Hand) -> None:
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    assert await seen(bench, ref) == (f"Tea?\n{alt(3)}", [(alt(3), png(3))])
    again = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    assert again == ref, "the nonce makes a repetition the same post"


@pytest.mark.shows("pictures", on="discord")
async def test_on_discord_only_what_changed_is_sent_again(bench: Bench, hand: Hand) -> None:
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    await bench.platform.edit(bench.stage, ref, results(3, "It is over."))
    assert await seen(bench, ref) == (f"It is over.\n{alt(3)}", [(alt(3), png(3))])
    assert sent(bench) == 1
    await bench.platform.edit(bench.stage, ref, results(4))
    assert (await seen(bench, ref))[1] == [(alt(4), png(4))]
    assert sent(bench) == 2
    assert len(bench.posts()[0].attachments) == 1, "the former picture is gone"
    await bench.platform.edit(bench.stage, ref, results(4, "And again."))
    assert sent(bench) == 2


async def test_on_discord_one_picture_of_two_changes(bench: Bench, hand: Hand) -> None:
    two = results(3, "Tea?", Picture(drawing(30), alt(30)))
    ref = await bench.platform.post(bench.stage, two, nonce="n-1")
    assert [it[1] for it in (await seen(bench, ref))[1]] == [png(3), png(30)]
    await bench.platform.edit(bench.stage, ref, results(4, "Tea?", Picture(drawing(30), alt(30))))
    assert [it[1] for it in (await seen(bench, ref))[1]] == [png(4), png(30)]
    assert sent(bench) == 3
    await bench.platform.edit(bench.stage, ref, results(30, "Tea?", Picture(drawing(4), alt(4))))
    assert [it[1] for it in (await seen(bench, ref))[1]] == [png(30), png(4)]
    assert sent(bench) == 3


async def test_on_discord_a_message_of_before_the_start_gets_its_picture_anew(bench: Bench, hand: Hand) -> None:
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    bench.platform._pictures._files.clear()
    await bench.platform.edit(bench.stage, ref, results(3, "Later"))
    assert await seen(bench, ref) == (f"Later\n{alt(3)}", [(alt(3), png(3))])
    assert len(bench.posts()[0].attachments) == 1


async def test_on_discord_a_picture_that_it_does_not_know_any_more_is_sent_anew(bench: Bench, hand: Hand) -> None:
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    bench.faults(method="PATCH", route=MESSAGE, status=400, count=1)
    await bench.platform.edit(bench.stage, ref, results(3, "Later"))
    assert await seen(bench, ref) == (f"Later\n{alt(3)}", [(alt(3), png(3))])
    assert sent(bench) == 2


@pytest.mark.parametrize("answer", [{"status": 400}, {"status": 413, "body": {"code": 40005, "message": "too large"}}])
async def test_on_discord_a_refused_picture_leaves_the_words(bench: Bench, hand: Hand, answer: dict[str, Any]) -> None:
    bench.faults(method="POST", route=MESSAGES, count=1, **answer)
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    assert await seen(bench, ref) == (f"Tea?\n{alt(3)}", [])
    bench.faults(method="PATCH", route=MESSAGE, count=1, **answer)
    await bench.platform.edit(bench.stage, ref, results(4))
    assert await seen(bench, ref) == (f"Tea?\n{alt(4)}", [])


async def test_on_discord_words_stand_where_the_bot_may_attach_nothing_and_pictures_when_it_may_again(
    bench: Bench,
) -> None:
    bench.platform._pictures._draw = Hand().draw
    everyone = bench.guild.roles[bench.guild.id]
    for role in bench.guild.roles.values():
        role.permissions &= ~permissions.ATTACH_FILES
    assert not everyone.permissions & permissions.ATTACH_FILES
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    assert await seen(bench, ref) == (f"Tea?\n{alt(3)}", [])
    assert bench.requests("POST", MESSAGES) == 2
    everyone.permissions |= permissions.ATTACH_FILES
    await bench.platform.edit(bench.stage, ref, results(4))
    assert await seen(bench, ref) == (f"Tea?\n{alt(4)}", [(alt(4), png(4))])
    after = await bench.platform.post(bench.stage, results(5), nonce="n-2")
    assert await seen(bench, after) == (f"Tea?\n{alt(5)}", [(alt(5), png(5))])


async def test_on_discord_no_picture_leaves_the_words_and_a_late_one_too(
    bench: Bench, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand.able = False
    ref = await bench.platform.post(bench.stage, results(3), nonce="n-1")
    assert await seen(bench, ref) == (f"Tea?\n{alt(3)}", [])
    monkeypatch.setattr(discord_pictures.drawn, "__defaults__", (0.05,))
    hand.able, hand.slow = True, 5.0
    await bench.platform.edit(bench.stage, ref, results(4))
    assert await seen(bench, ref) == (f"Tea?\n{alt(4)}", [])


async def test_on_discord_a_room_that_is_shut_is_said_as_before(bench: Bench, hand: Hand) -> None:
    bench.faults(method="POST", route=MESSAGES, status=403, body={"code": 50001, "message": "Missing Access"})
    with pytest.raises(Closed):
        await bench.platform.post(bench.stage, results(3), nonce="n-1")
    assert bench.requests("POST", MESSAGES) == 1


async def test_on_discord_a_post_with_a_picture_whose_answer_was_lost_is_found_again(bench: Bench, hand: Hand) -> None:
    since = Instant(clock() - 5 * SECOND)
    bench.faults(method="POST", route=MESSAGES, cut="after", count=1)
    with pytest.raises(Unclear):
        await bench.platform.post(bench.stage, results(3), nonce="n-1")
    (found,) = await bench.platform.like(bench.stage, results(7), since)
    await bench.platform.edit(bench.stage, found, results(7))
    assert (await seen(bench, found))[1] == [(alt(7), png(7))]


async def test_on_discord_a_private_answer_shows_the_picture(bench: Bench, hand: Hand) -> None:
    card = Card(ME, (Heading("Tea?"), Picture(drawing(3), alt(3)), Buttons((Button("Show more", "results:x"),))))
    more = Card(ME, (Heading("Tea?"), Picture(drawing(9), alt(9))))
    answers = [card, more]

    async def answer(command: Any) -> Outcome:
        return Outcome(answers.pop(0))

    bench.answer = answer
    async with await bench.hands("mira") as hands:
        (private,) = (await hands.command("keynote", "/stage menu")).private
        assert [(one.alt, await hands.image(one)) for one in private.images] == [(alt(3), png(3))]
        await hands.press("keynote", private.id, "Show more")
        shown = next(one for one in await hands.look("keynote") if one.id == private.id)
        assert [(one.alt, await hands.image(one)) for one in shown.images] == [(alt(9), png(9))]


async def test_on_discord_a_private_answer_has_words_where_its_picture_is_refused(bench: Bench, hand: Hand) -> None:
    async def answer(command: Any) -> Outcome:
        return Outcome(Card(ME, (Heading("Tea?"), Picture(drawing(3), alt(3)))))

    bench.answer = answer
    route = "/interactions/{interaction_id}/{interaction_token}/callback"
    bench.faults(method="POST", route=route, status=400, count=1)
    async with await bench.hands("mira") as hands:
        (private,) = (await hands.command("keynote", "/stage menu")).private
    assert (private.text, private.images) == (f"Tea?\n{alt(3)}", ())
