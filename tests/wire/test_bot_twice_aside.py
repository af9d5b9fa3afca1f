"""Buttons of surveys, written answers and one's own choices, pressed twice at once and once more: one effect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.domain.interactions.life import reading
from tests.wire.album import Album
from tests.wire.audience import CHANNEL, QUEUE, private
from tests.wire.bot_sides import DISCORD, SOCKET, Check, Side
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.every_card import ASIDE
from tests.wire.test_bot_scores import publishes
from tests.wire.test_bot_survey import QUESTIONS
from tests.wire.test_bot_twice import Presses
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
        await survey(stage, host, guest)
        await answers(stage, host, guest)
        await guest("lead", session, "on", first="You are on it", then="You are on it")
        assert stage.rows("SELECT count(*) FROM leading") == [(1,)]
        await guest("stopnews", first="You get no more direct messages", then="You get no more direct messages")
        assert host.tried | guest.tried == ASIDE


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
