"""Buttons of surveys, written answers and one's own choices, pressed twice at once and once more: one effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.app.intake_questions import DEEDS
from core.domain.interactions.life import reading
from tests.wire.album import Album
from tests.wire.audience import BOT, CHANNEL, QUEUE, private, shared
from tests.wire.bot_sides import DISCORD, SOCKET, Check, Side
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.cards_of_questions import MODES, change_mode, of
from tests.wire.every_card import ASIDE, ON_QUESTIONS
from tests.wire.test_bot_published import PUBLISH
from tests.wire.test_bot_scores import publishes
from tests.wire.test_bot_survey import QUESTIONS
from tests.wire.test_bot_twice import Presses, thrice
from tests.wire.test_bot_written import READ_FIRST, writes


@pytest.mark.shows("twice", on="both")
@pytest.mark.parametrize("side", [SOCKET, DISCORD], ids=lambda side: side.name)
async def test_what_changes_one_answer_one_question_or_ones_own_choice_does_so_once(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        stage.hosting = [side.host]
        await stage.live(side.host, side.guest, made=True)
        await stage.find(side.host, QUEUE)
        album = Album(stage, (side.host, side.guest))
        album.take()
        host, guest = (
            Presses(stage, album, next(it for it in album.of("menu") if it.who == who))
            for who in (side.host, side.guest)
        )
        ((session,),) = stage.rows("SELECT id FROM session")
        await asks(stage, side.guest)
        await survey(stage, host, guest)
        await answers(stage, host, guest)
        await guest("lead", session, "on", first="You are on it", then="You are on it")
        assert stage.rows("SELECT count(*) FROM leading") == [(1,)]
        await guest("stopnews", first="You get no more direct messages", then="You get no more direct messages")
        assert host.tried | guest.tried == ASIDE
        await questions(stage, host, guest, session)
        assert host.tried | guest.tried == ASIDE | ON_QUESTIONS


async def survey(stage: Stage, host: Presses, guest: Presses) -> None:
    """Of three questions the first is moved down and up, and the last removed; dismissed by one."""
    who = host.card.who
    await stage.form(who, await stage.people[who].command(CHANNEL, "/mod survey"))
    await stage.send(who, {}, CHANNEL)
    await stage.press(who, "Questions", private, CHANNEL)
    for sort, values in (QUESTIONS[0], QUESTIONS[3]):
        await stage.form(who, await stage.choose(who, "Add a question", sort, CHANNEL))
        await stage.send(who, dict(values), CHANNEL)

    def keys() -> list[str]:
        return [it["key"] for it in json.loads(stage.rows("SELECT spec FROM interaction")[0][0])["questions"]]

    ((ident,),) = stage.rows("SELECT id FROM interaction")
    one, two = keys()
    await host("partdown", ident, one, first="It is question 2 now.", then="It is the last one already.")
    assert keys() == [two, one]
    await host("partup", ident, one, first="It is question 1 now.", then="It is the first one already.")
    assert keys() == [one, two]
    await host("droppart", ident, two, first="is removed.", then="That question is not there any more.")
    assert keys() == [one]
    await stage.people[who].command(CHANNEL, "/mod live")
    await stage.press(who, "Open", private, CHANNEL)
    await stage.press(who, "Publish now", private, CHANNEL)
    await stage.read(who, "Published.", channel=CHANNEL)
    await guest("dismiss", ident, first="Dismissed", then="Dismissed")
    assert stage.rows("SELECT count(*) FROM dismissed") == [(1,)]


async def answers(stage: Stage, host: Presses, guest: Presses) -> None:
    """One is approved, then declined; each is written down once."""
    await publishes(stage, host.card.who, "/mod question", {"Question": "What is missing?", "Answers": [READ_FIRST]})
    await writes(stage, guest.card.who, "What is missing?", "Answer", "Your answer", "More tea")
    ((ident, person),) = stage.rows("SELECT interaction, person FROM ballot")
    behind = (ident, person, reading("More tea"), "0")
    await host("ok", *behind, first="Approved.", then="Approved.")
    await host("no", *behind, first="Declined;", then="Declined;")
    deeds = stage.rows("SELECT deed FROM audit WHERE deed LIKE '% answer' ORDER BY at")
    assert deeds == [("approve answer",), ("decline answer",)]


async def questions(stage: Stage, host: Presses, guest: Presses, session: str) -> None:
    """Everything that is done to a question; what each press changed is written down once."""
    one, two, three = (it for (it,) in stage.rows("SELECT id FROM question ORDER BY number"))
    await board(host, one, two)
    opened = "Reply to Q2"
    await host("qnext", session, two, first=opened, then=opened)
    assert stage.rows("SELECT id FROM question WHERE state = 'claimed'") == [(two,)]
    await deed(host, two, "back", "waits for a moderator again.", "so there is nothing to send back.")
    await host("qreply", two, first=opened, then=opened)
    await deed(host, two, "resolve", "is marked as answered.", "is answered already.")
    await merged(stage, host, one, two, three)
    await answered(stage, host, one)
    await sent(stage, guest)
    await host("qblocked", one, first="is blocked, until", then="is blocked, until")
    told = stage.rows("SELECT deed, count(*) FROM audit GROUP BY deed, object")
    assert [it for it in told if it[1] > 1] == []
    assert set(DEEDS.values()) <= {name for name, _ in told}, "a new deed belongs here"


async def asks(stage: Stage, who: str) -> None:
    """At first: there are modals for a minute's crowd, and after some in one moment the form comes as a message."""
    await change_mode(stage, MODES[1])
    for text in ("Is there tea?", "When is lunch?", "Who speaks next?"):
        await stage.form(who, await stage.press(who, "Ask a question", shared))
        assert "was received" in await stage.send(who, {"Your question": text})


async def deed(host: Presses, ident: str, name: str, first: str, then: str = "") -> None:
    await host("qdo", ident, name, first=first, then=then or first)


async def board(host: Presses, one: str, two: str) -> None:
    """Let through, upvoted, on stage and off it, answered there, asked anew, off the board."""
    for ident in (one, two):
        await deed(host, ident, "approve", "is on the board: everybody can read it.")
    await host("qup", one, "on", first="You upvoted Q1.", then="You upvoted Q1.")
    assert len(host.stage.rows("SELECT account FROM upvote")) == 1
    await deed(host, one, "pin", "stands at the top of the list now.")
    await deed(host, one, "unpin", "stands where its age puts it again.")
    await deed(host, one, "live", "is on stage now.")
    await deed(host, one, "offstage", "is not on stage any more.")
    await deed(host, one, "spoken", "is answered live.", "is answered already.")
    await deed(host, one, "reopen", "waits for a moderator again.", "is waiting for a moderator.")
    await deed(host, two, "takeoff", "is off the board", "is not on the board.")


async def merged(stage: Stage, host: Presses, one: str, two: str, three: str) -> None:
    """By the form and undone; declined by one and reopened; then by the button."""
    who = host.card.who
    await stage.form(who, await stage.choose(who, "More", "Merge into…", QUEUE, of(3)))
    assert "Q3 is merged into Q1" in await stage.send(who, {"Into": "Q1: Is there tea?"}, QUEUE)
    await deed(host, three, "unmerge", "is a question of its own again", "so there is nothing to undo.")
    await stage.see(who, of(3, "pending"), channel=QUEUE)
    await stage.form(who, await stage.choose(who, "More", "Decline…", QUEUE, of(3)))
    assert "is declined" in await stage.send(who, {"Reason": "It is on the map."}, QUEUE)
    await deed(host, three, "reopen", "waits for a moderator again.", "is waiting for a moderator.")
    await deed(host, two, "reopen", "waits for a moderator again.", "is waiting for a moderator.")
    await host("qmergewith", two, one, first="Q2 is merged into Q1", then="was merged into another question")


async def answered(stage: Stage, host: Presses, one: str) -> None:
    """Published and taken out; a line of the conversation deleted."""
    who = host.card.who
    await stage.form(who, await stage.press(who, "Reply", of(1), QUEUE))
    assert "sent and published" in await stage.send(
        who, {"Answer": "Green.", "Then": ["Mark as answered", PUBLISH]}, QUEUE
    )
    await deed(host, one, "unpublish", "is not in the feed any more.", "is not published.")
    await stage.choose(who, "More", "Read", QUEUE, of(1))
    await stage.see(who, lambda post: private(post) and "as Keynote: Green." in post.text, channel=QUEUE)
    host.album.take()
    line = next(it for it in reversed(host.album.of("qdelete")) if it.who == who and "Green." in it.option)
    told = await thrice(host.album, line)
    host.tried.add("qdelete")
    assert "This line is not there any more." in told[-1]
    assert all("It is gone from the asker's conversation too." in it or "any more" in it for it in told), told


async def sent(stage: Stage, guest: Presses) -> None:
    """A plain line to the bot is a new question once."""
    who = guest.card.who
    before = len(stage.rows("SELECT id FROM question_line"))
    await stage.say(who, "Is there cake?", BOT)
    await stage.read(who, "To whom?", channel=BOT)
    await stage.quiet()
    guest.album.take()
    one = next(it for it in reversed(guest.album.of("qsend")) if it.who == who)
    told = await thrice(guest.album, one)
    guest.tried.add("qsend")
    # On Slack the receipt comes into the same direct messages, before or after what the presses tell.
    assert all("was received" in it or "sent already" in it or "Q4 · received" in it for it in told), told
    if not any("This line was sent already" in it for it in told):
        await stage.read(who, "This line was sent already", channel=BOT)
    assert len(stage.rows("SELECT id FROM question_line")) == before + 1
