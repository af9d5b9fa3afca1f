"""The reconciler's view of Discord over the wire: what is posted, what is found again, what troubles become."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from discord.http import Route

from adapters.discord import gateway
from adapters.discord.gateway import short_nonce
from core.app import commands as c
from core.app.commands import Command
from core.app.outcome import Outcome, Saving
from core.app.platform import (
    Closed,
    Down,
    Missing,
    Opened,
    PlatformTrouble,
    Rejected,
    TooFast,
    Unauthorized,
    Unclear,
    Worn,
)
from core.domain.form import Form
from core.domain.ids import SECOND, AccountId, Instant, PersonId, PlaceId
from core.domain.refused import Ignored
from core.domain.surfaces import Place
from core.domain.text import doc, plain
from core.domain.view import Card, Heading, Speech, Words, say
from tests.wire.discord_bench import ALL, LINE, POLL, READER, SESSION, Bench, clock, on_bench

MESSAGES = "/channels/{channel_id}/messages"
EXECUTE = "/webhooks/{webhook_id}/{webhook_token}"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench() as made:
        yield made


# -- doing ------------------------------------------------------------------------------------------------------------


async def test_a_card_is_posted_edited_and_deleted_as_the_bot(bench: Bench) -> None:
    ref = await bench.platform.post(bench.stage, POLL, nonce="01jsurface000000-1")
    again = await bench.platform.post(bench.stage, POLL, nonce="01jsurface000000-1")
    assert again == ref, "the nonce makes a repetition the same post"
    await bench.platform.edit(bench.stage, ref, Card(ALL, (Heading("Which topic first?"), Words("9 votes"))))
    assert "9 votes" in str(bench.posts()[0].components)
    await bench.platform.delete(bench.stage, ref)
    assert bench.posts() == []
    with pytest.raises(Missing):
        await bench.platform.edit(bench.stage, ref, POLL)


@pytest.mark.shows("lines")
async def test_a_line_goes_out_under_its_authors_name_and_is_edited_there(bench: Bench) -> None:
    assert await bench.platform.open(bench.stage) == Opened(
        bench.stage.ref or "", private=False, prunes=True, wears=True
    )
    ref = await bench.platform.post(bench.stage, LINE, nonce="n-1")
    assert bench.posts()[0].author.name == "Mira K. · Slack"
    changed = Speech("Mira K.", "Slack", None, doc("bye"), ALL)
    await bench.platform.edit(bench.stage, ref, changed)
    assert bench.posts()[0].content == "bye"
    await bench.platform.delete(bench.stage, ref)
    assert bench.posts() == []
    assert bench.heard == [], "what is ours is never heard"


async def test_the_webhook_is_found_again_and_made_anew_when_it_was_deleted(bench: Bench) -> None:
    first = (await bench.platform.webhooks.of(bench.stage.ref or "")).id
    bench.platform.webhooks.forget(bench.stage.ref or "")
    assert (await bench.platform.webhooks.of(bench.stage.ref or "")).id == first
    bench.world.webhooks.clear()
    await bench.platform.post(bench.stage, LINE, nonce="n-1")
    assert len(bench.world.webhooks) == 1
    assert len(bench.posts()) == 1


async def test_a_direct_message_is_opened_and_written_without_a_webhook(bench: Bench) -> None:
    mira = bench.world.named("mira")
    dm = Place(PlaceId("dm"), bench.stage.venue, "dm", person=PersonId("p"), account=AccountId(f"discord:{mira.id}"))
    ref = (await bench.platform.open(dm)).ref
    await bench.platform.post(Place(dm.id, dm.venue, "dm", ref=ref), LINE, nonce="n-1")
    shown = await (hands := await bench.hands("mira")).look("@bot")
    await hands.aclose()
    assert "Mira K. · Slack: hello *all*" in shown[-1].text


async def test_a_room_that_the_bot_cannot_see_is_closed(bench: Bench) -> None:
    with pytest.raises(Closed):
        await bench.platform.open(Place(PlaceId("x"), bench.stage.venue, "door", SESSION, ref="123456789012345678"))


# -- finding again ----------------------------------------------------------------------------------------------------


@pytest.mark.shows("lost-answers")
async def test_a_post_whose_answer_was_lost_is_found_by_its_author_and_words(bench: Bench) -> None:
    since = Instant(clock() - 5 * SECOND)
    await bench.platform.post(bench.stage, Speech("Mira K.", "Slack", None, doc("another"), ALL), nonce="n-0")
    await bench.platform.post(bench.stage, Speech("Jon", "Slack", None, doc("hello *all*"), ALL), nonce="n-0")
    bench.faults(method="POST", route=EXECUTE, cut="after", count=1)
    with pytest.raises(Unclear):
        await bench.platform.post(bench.stage, LINE, nonce="n-1")
    assert len(bench.posts()) == 3, "one try only"
    found = await bench.platform.like(bench.stage, LINE, since)
    assert list(found) == [bench.posts()[-1].id]
    assert len(await bench.platform.like(bench.stage, None, since)) == 3
    assert await bench.platform.like(bench.stage, LINE, Instant(clock() + 60 * SECOND)) == []


async def test_a_card_is_found_by_its_first_line(bench: Bench) -> None:
    since = Instant(clock() - 5 * SECOND)
    bench.faults(method="POST", route=MESSAGES, cut="after", count=1)
    with pytest.raises(Unclear):
        await bench.platform.post(bench.stage, POLL, nonce="n-1")
    moved_on = Card(ALL, (Heading("Which topic first?"), Words("7 votes")))
    assert list(await bench.platform.like(bench.stage, moved_on, since)) == [bench.posts()[0].id]
    assert await bench.platform.like(bench.stage, Card(ALL, (Heading("Other"),)), since) == []


async def test_an_outcome_is_looked_up_over_more_than_one_page(bench: Bench) -> None:
    since = Instant(clock() - 5 * SECOND)
    mira, channel = await bench.hands("mira"), "keynote"
    first = await bench.platform.post(bench.stage, LINE, nonce="n-1")
    for number in range(120):
        await mira.write(channel, f"line {number}")
    last = await bench.platform.post(bench.stage, LINE, nonce="n-2")
    await mira.aclose()
    assert list(await bench.platform.like(bench.stage, LINE, since)) == [first, last]


async def test_what_was_just_posted_is_found_however_much_was_said_before(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading forward from before the post, a busy room's other lines used up what is read: the line was doubled."""
    monkeypatch.setattr(gateway, "LOOKED_BACK", 40)
    since = Instant(clock() - 5 * SECOND)
    mira, channel = await bench.hands("mira"), "keynote"
    for number in range(60):
        await mira.write(channel, f"line {number}")
    last = await bench.platform.post(bench.stage, LINE, nonce="n-1")
    await mira.aclose()
    assert list(await bench.platform.like(bench.stage, LINE, since)) == [last]


async def test_a_look_up_that_is_refused_goes_on_where_it_stopped(bench: Bench) -> None:
    """Three pages, of which each try is let have one: begun anew each time it would never end."""
    since = Instant(clock() - 5 * SECOND)
    first = await bench.platform.post(bench.stage, LINE, nonce="n-1")
    mira = await bench.hands("mira")
    for number in range(230):
        await mira.write("keynote", f"line {number}")
    for tries in range(2):
        bench.faults(method="GET", route=MESSAGES, count=1)  # one is let through
        bench.faults(method="GET", route=MESSAGES, status=429, retry_after=0.1, count=1)
        with pytest.raises(TooFast):
            await bench.platform.like(bench.stage, LINE, since)
        await mira.write("keynote", f"said meanwhile {tries}")
    bench.faults(method="GET", route=MESSAGES, count=1)
    bench.faults(method="GET", route=MESSAGES, status=429, retry_after=0.1)
    await mira.aclose()
    assert list(await bench.platform.like(bench.stage, LINE, since)) == [first]
    bench.sandbox.faults.clear()
    asked = bench.requests("GET", MESSAGES)
    assert list(await bench.platform.like(bench.stage, LINE, since)) == [first]
    assert bench.requests("GET", MESSAGES) == asked + 3, "what is over is not remembered"


# -- troubles ---------------------------------------------------------------------------------------------------------

Trouble = tuple[dict[str, Any], type[PlatformTrouble], type[PlatformTrouble]]
TROUBLES: dict[str, Trouble] = {
    "slow down": ({"status": 429, "retry_after": 0.3}, TooFast, TooFast),
    "slow down for long": ({"status": 429, "retry_after": 3600.0}, TooFast, TooFast),
    "slow down for ever": ({"status": 429, "body": {"retry_after": "abc"}}, TooFast, TooFast),
    "500": ({"status": 500}, Unclear, Down),
    "502": ({"status": 502}, Unclear, Down),
    "503": ({"status": 503}, Unclear, Down),
    "cut before": ({"cut": "before"}, Unclear, Down),
    "cut after": ({"cut": "after"}, Unclear, Down),
    "unknown message": ({"status": 404, "code": 10008}, Missing, Missing),
    "unknown channel": ({"status": 404, "code": 10003}, Closed, Closed),
    "no access": ({"status": 403, "code": 50001}, Closed, Closed),
    "no permission": ({"status": 403, "code": 50013}, Closed, Closed),
    "direct messages closed": ({"status": 403, "code": 50007}, Closed, Closed),
    "invalid": ({"status": 400, "code": 50035}, Rejected, Rejected),
    "empty": ({"status": 400, "code": 50006}, Rejected, Rejected),
    "old message edited too often": ({"status": 400, "code": 30046}, Worn, Worn),
    "token": ({"status": 401}, Unauthorized, Unauthorized),
}


@pytest.mark.shows("lost-answers")
@pytest.mark.parametrize("name", TROUBLES)
async def test_every_trouble_is_one_that_the_reconciler_knows(bench: Bench, name: str) -> None:
    fault, of_post, of_edit = TROUBLES[name]
    ref = await bench.platform.post(bench.stage, POLL, nonce="n-0")
    bench.faults(method="POST", route=MESSAGES, count=1, **fault)
    bench.faults(method="PATCH", route=MESSAGES + "/{message_id}", count=1, **fault)
    began = time.monotonic()
    with pytest.raises(of_post) as told:
        await bench.platform.post(bench.stage, POLL, nonce="n-1")
    with pytest.raises(of_edit):
        await bench.platform.edit(bench.stage, ref, POLL)
    assert time.monotonic() - began < 2, "no waiting and no second try inside the call"
    if isinstance(told.value, TooFast):
        assert 0 <= told.value.seconds <= 3600
    assert str(bench.adapter.platform) not in str(told.value)


async def test_nothing_listening_means_certainly_not_done(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    with pytest.raises(Down):
        await bench.platform.post(bench.stage, POLL, nonce="n-1")


def test_a_nonce_is_never_too_long() -> None:
    assert short_nonce("01jsurface000000-12") == "01jsurface000000-12"
    assert len(short_nonce("x" * 40)) == 25
    assert short_nonce("x" * 40) != short_nonce("x" * 41)


# -- hearing ----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("lines")
async def test_lines_edits_and_deletions_are_heard_in_order(bench: Bench) -> None:
    mira = await bench.hands("mira")
    first = await mira.write("keynote", "one **two**")
    await mira.edit("keynote", first, "three")
    await mira.delete("keynote", first)
    await bench.until(lambda: len(bench.heard) == 3)
    await mira.aclose()
    posted, edited, deleted = bench.heard
    assert isinstance(posted, c.PostLine)
    assert isinstance(edited, c.EditLine)
    assert isinstance(deleted, c.DeleteLine)
    assert (plain(posted.body), plain(edited.body)) == ("one two", "three")
    assert {posted.ref, edited.ref, deleted.ref} == {first}
    assert posted.room == deleted.room == bench.stage.ref
    assert posted.at <= edited.at <= deleted.at <= clock()
    assert posted.actor.nick == "Mira K."


@pytest.mark.shows("slow")
async def test_an_answer_that_comes_late_takes_the_place_of_saving(bench: Bench) -> None:
    done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    async def slowly(command: Command) -> Saving:
        return Saving(done)

    bench.answer = slowly
    mira = await bench.hands("mira")
    answered = await mira.command("keynote", "/stage join")
    assert answered.ok
    assert "Received, saving" in answered.private[0].text
    done.set_result(Outcome(say(READER, "You're in.")))
    await mira.settle("keynote", lambda posts: any("You're in." in post.text for post in posts))
    assert not any("saving" in post.text for post in await mira.look("keynote"))
    await mira.aclose()


@pytest.mark.shows("slow")
async def test_a_late_form_is_offered_by_a_button(bench: Bench) -> None:
    form = Form("Join session", "joined:x:y", "Accept", (), again="join:x", intro="hello")
    replies: list[Outcome | Saving] = []

    async def first_late(command: Command) -> Outcome | Saving:
        if isinstance(command, c.OpenJoinForm) and command.session is None:
            done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            done.set_result(Outcome(form))
            return Saving(done)
        replies.append(Outcome(form))
        return replies[-1]

    bench.answer = first_late
    mira = await bench.hands("mira")
    await mira.command("keynote", "/stage join")
    shown = await mira.settle("keynote", lambda posts: [post for post in posts if post.controls])
    opened = await mira.press("keynote", shown[-1].id, "Open form")
    assert opened.sheet is not None
    await mira.aclose()


@pytest.mark.parametrize("thrown", [Ignored(), RuntimeError("broken")])
async def test_whatever_happens_inside_somebody_is_answered(bench: Bench, thrown: Exception) -> None:
    async def fails(command: Command) -> Outcome:
        raise thrown

    bench.answer = fails
    mira = await bench.hands("mira")
    answered = await mira.command("keynote", "/stage join")
    await mira.aclose()
    assert answered.ok
    assert ("not saved" in answered.private[0].text) == isinstance(thrown, RuntimeError)


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"cut": "before"}, {"cut": "after"}, {"status": 429, "retry_after": 0.1}]
)
async def test_an_answer_is_sent_again_when_it_was_lost(bench: Bench, fault: dict[str, Any]) -> None:
    bench.faults(method="POST", route="/interactions/*", count=1, **fault)
    mira = await bench.hands("mira")
    answered = await mira.command("keynote", "/stage join")
    await mira.aclose()
    assert answered.ok
    assert bench.adapter.unanswered == 0


async def test_an_interaction_that_nobody_waits_for_any_more_is_counted_and_raises_nothing(bench: Bench) -> None:
    bench.faults(method="POST", route="/interactions/*", status=404, code=10062)
    mira = await bench.hands("mira")
    await mira.command("keynote", "/stage join")
    await bench.until(lambda: bench.adapter.unanswered == 1)
    await mira.aclose()


async def test_three_hundred_presses_at_once_are_all_answered(bench: Bench) -> None:
    for number in range(300):
        bench.world.join(bench.world.user(f"guest-{number}"))
    ref = await bench.platform.post(bench.stage, POLL, nonce="n-1")
    mira = await bench.hands("mira")
    crowd = {
        "users": [f"guest-{number}" for number in range(300)],
        "labels": ["Vote A"],
        "name": "keynote",
        "post": ref,
    }
    told = await mira._send("crowd", **crowd)
    await mira.aclose()
    assert (told["pressed"], told["ok"], bench.adapter.unanswered) == (300, 300, 0)
    assert len({command.delivery for command in bench.heard}) == 300


@pytest.mark.shows("connection-lost")
@pytest.mark.parametrize("loss", ["dropped", "told to reconnect", "session lost"])
async def test_what_is_said_after_a_lost_connection_is_heard(bench: Bench, loss: str) -> None:
    mira = await bench.hands("mira")
    seen = await mira.write("keynote", "before")
    await bench.until(lambda: len(bench.heard) == 1)
    bench.stage = Place(bench.stage.id, bench.stage.venue, "stage", SESSION, ref=bench.stage.ref, seen=seen)
    if loss == "session lost":
        bench.sandbox.hub.forget_sessions()
    if loss == "told to reconnect":
        bench.sandbox.hub.ask_to_reconnect()
    else:
        bench.sandbox.hub.drop()
    await mira.write("keynote", "while away")
    await bench.until(
        lambda: any(isinstance(it, c.PostLine) and plain(it.body) == "while away" for it in bench.heard), 15
    )
    await mira.aclose()


async def test_blank_messages_are_counted_and_are_no_lines(bench: Bench) -> None:
    for session in bench.sandbox.hub.sessions.values():
        session.intents &= ~(1 << 15)
    mira = await bench.hands("mira")
    await mira.write("keynote", "nobody reads this")
    await bench.until(lambda: bench.adapter.blanks == 1)
    await mira.aclose()
    assert bench.heard == []
