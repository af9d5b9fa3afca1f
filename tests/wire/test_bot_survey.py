"""A survey over both platforms: made question by question, taken once by each person, ended by a moderator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.hands import Sheet
from adapters.slack.allowance import SharedAllowance
from tests.wire.audience import CHANNEL, QUEUE, has, shared, until
from tests.wire.bot_sides import Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
QUESTIONS: Sequence[tuple[str, Mapping[str, Any]]] = (
    (
        "Multiple choice",
        {"Question": "Best talk?", "Options, one a line": "Async\nTyping", "Rule": ["Everybody must answer it"]},
    ),
    ("Icon choice", {"Question": "The room?"}),
    ("Rating", {"Question": "The coffee?", "Scale of": ["Hearts ❤️"], "Steps": ["1 to 3"]}),
    ("Open question", {"Question": "What else?"}),
    ("Open question", {"Question": "And else?"}),
    ("Open question", {"Question": "Your words?", "Rule": ["Everybody must answer it"]}),
)


async def made(stage: Stage, host: str, questions: Sequence[tuple[str, Mapping[str, Any]]] = QUESTIONS) -> None:
    """A survey with these questions, published."""
    await stage.form(host, await stage.people[host].command(CHANNEL, "/mod survey"))
    told = await stage.send(host, {}, CHANNEL)
    assert "Keynote" in told and "Take survey" not in told
    await stage.press(host, "Questions", lambda post: post.private, CHANNEL)
    for number, (sort, values) in enumerate(questions, 1):
        await stage.form(host, await stage.choose(host, "Add a question", sort, CHANNEL))
        assert f"Question {number} is saved." in await stage.send(host, dict(values), CHANNEL)
    await stage.press(host, "Show the draft", channel=CHANNEL)
    await stage.press(host, "Publish now", lambda post: post.private, CHANNEL)
    await stage.see(host, lambda post: post.private and "Published." in post.text, channel=CHANNEL)


FIRST: Mapping[str, Any] = {"Best talk? (required)": ["Typing"], "The room?": ["Great 😀"], "What else?": "More tea"}
LAST: Mapping[str, Any] = {"Your words? (required)": "Splendid"}


async def starts(stage: Stage, who: str, label: str = "Start survey") -> Sheet:
    await stage.press(who, "Take survey", shared)
    return await stage.form(who, await stage.press(who, label, lambda post: post.private))


async def counted(stage: Stage, who: str, words: str) -> None:
    await stage.see(who, lambda post: shared(post) and words in post.text and has(post, "Take survey"))


def ballots(stage: Stage) -> int:
    return int(stage.rows("SELECT count(*) FROM ballot")[0][0])


@pytest.mark.shows("survey-make", "survey", "survey-answers")
@on_every_side
async def test_a_survey_is_made_taken_once_and_ended_after_the_session(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, side.guest, side.other, made=True)
        await made(stage, side.host)
        who = side.guest
        card = await stage.see(who, lambda post: shared(post) and has(post, "Take survey"))
        assert "6 questions" in card.text and "0 have answered" in card.text
        sheet = await starts(stage, who)
        if side.slack:
            assert len(sheet.entries) == 6
            told = await stage.send(who, {**FIRST, **LAST})
        else:
            assert sheet.title == "Survey (1 of 2)"
            assert "Page 1 of 2 saved." in await stage.send(who, dict(FIRST))
            await stage.form(who, await stage.press(who, "Continue"))
            told = await stage.send(who, dict(LAST))
        assert "Thank you. 4 of 6 answered." in told
        await counted(stage, who, "1 has answered")
        card = await stage.see(who, lambda post: shared(post) and has(post, "Take survey"))
        assert "You have answered this survey already" in await stage.told(who, "press", card.id, "Take survey")

        host, other = side.host, side.other
        await stage.people[host].command(CHANNEL, "/mod session end")
        await stage.press(host, "End session", lambda post: post.private, CHANNEL)
        await stage.read(host, "has ended", channel=CHANNEL)
        sheet = await starts(stage, other)
        whole = {**FIRST, **LAST}
        if not side.slack:
            await stage.send(other, dict(FIRST))
            await stage.form(other, await stage.press(other, "Continue"))
            whole = dict(LAST)
        assert "Thank you." in await stage.send(other, whole)
        await counted(stage, who, "2 have answered")

        await stage.press(host, "Answers", channel=QUEUE)
        await stage.see(host, lambda post: "Typing" in post.text and "100 % · 2" in post.text, channel=QUEUE)
        await stage.choose(host, "Another question", "4. What else?", QUEUE)
        await stage.read(host, "“More tea”", channel=QUEUE)
        await stage.press(host, "End", channel=QUEUE)
        await stage.press(host, "End survey", channel=QUEUE)
        ended = await stage.see(who, lambda post: "Survey · ended" in post.text)
        assert "2 answered" in ended.text and not ended.controls


@pytest.mark.shows("survey")
@on_every_side
async def test_what_must_be_answered_comes_back_with_everything_in_it(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    who = side.guest
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, who)
        await made(stage, side.host, [*QUESTIONS[1:4], QUESTIONS[5]])
        await starts(stage, who)
        sheet = await stage.again(who, {"What else?": "More tea", "Your words? (required)": "  "})
        assert {it.label: it.value for it in sheet.entries}["What else?"] == "More tea"
        assert [it.label for it in sheet.entries if it.error] == ["Your words? (required)"]
        assert "Thank you. 2 of 4 answered." in await stage.send(who, dict(LAST))


@pytest.mark.shows("survey", on="discord")
async def test_pages_outlive_a_restart_and_a_client_that_was_closed(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova")
        await made(stage, "bo")
        await starts(stage, "nova")
        assert "Page 1 of 2 saved." in await stage.send("nova", dict(FIRST))
        await stage.restart()
        await stage.people["nova"].reload()  # the private line with Continue is gone
        menu = await stage.told("nova", "command", "/stage menu")
        assert "Survey: continue at page 2 · Keynote" in menu
        await stage.press("nova", "Continue survey", lambda post: post.private)
        sheet = await stage.form(
            "nova", await stage.press("nova", "Continue survey", lambda post: "begun" in post.text)
        )
        assert sheet.title == "Survey (2 of 2)"
        assert "Thank you. 4 of 6 answered." in await stage.send("nova", dict(LAST))
        assert "Survey: " not in await stage.told("nova", "command", "/stage menu")


@pytest.mark.shows("survey")
@on_every_side
async def test_dismiss_takes_it_from_the_own_menu_only(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, side.guest, side.other)
        await made(stage, side.host, QUESTIONS[3:4])
        for who in (side.guest, side.other):
            assert "Survey: Keynote" in await stage.told(who, "command", "/stage menu")
        await stage.press(side.guest, "Dismiss", lambda post: post.private)
        await stage.read(side.guest, "Dismissed")
        assert "Survey: Keynote" not in await stage.told(side.guest, "command", "/stage menu")
        assert "Survey: Keynote" in await stage.told(side.other, "command", "/stage menu")
        await counted(stage, side.guest, "0 have answered")


def options(sort: str) -> dict[str, Any]:
    signs = "😀🙂😐🙁👍👎🎉💡"
    every: Mapping[str, dict[str, Any]] = {
        "Multiple choice": {
            "Options, one a line": "\n".join(letter * 55 for letter in "ABCDEFGH"),
            "Answers": ["Allow more than one answer"],
        },
        "Icon choice": {"Icons, one a line": "\n".join(f"{it} {'W' * 19}{at}" for at, it in enumerate(signs))},
        "Rating": {"Steps": ["1 to 10"]},
        "Open question": {},
    }
    return every[sort]


SORTS = ("Multiple choice", "Icon choice", "Rating", "Open question", "Multiple choice") * 2
TEN = [
    (sort, {"Question": f"{n} " + "Q" * 98, "Rule": ["Everybody must answer it"], **options(sort)})
    for n, sort in enumerate(SORTS)
]
"""Ten questions, everything as long as it may be."""


@pytest.mark.shows("survey-make", "survey", "survey-answers")
@on_every_side
async def test_ten_of_the_longest_questions_fit_everywhere(tmp_path: Path, outgoing: Check, side: Side) -> None:
    def picks(sheet: Sheet) -> dict[str, Any]:
        given = {"Mult": ["A" * 55, "H" * 55], "Icon": ["W" * 19 + "0 😀"], "Rati": ["10 of 10 ⭐"], "Open": "w" * 500}
        return {it.label: given[SORTS[int(it.label[0])][:4]] for it in sheet.entries}

    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        await stage.live(side.host, side.guest, made=True)
        await made(stage, side.host, TEN)
        sheet = await starts(stage, side.guest)
        assert len(sheet.entries) == (10 if side.slack else 5)
        if not side.slack:
            assert "Page 1 of 2 saved." in await stage.send(side.guest, picks(sheet))
            sheet = await stage.form(side.guest, await stage.press(side.guest, "Continue"))
        assert "Thank you. 10 of 10 answered." in await stage.send(side.guest, picks(sheet))
        await stage.press(side.host, "Answers", channel=QUEUE)
        for number in range(2, 11):
            label = next(it for it in await labels(stage, side.host) if it.startswith(f"{number}. "))
            await stage.choose(side.host, "Another question", label, QUEUE)
            await stage.see(side.host, lambda post, n=number: f"{n}. {n - 1} QQ" in post.text, channel=QUEUE)  # type: ignore[misc]


async def labels(stage: Stage, who: str) -> list[str]:
    post = await stage.see(who, lambda post: has(post, "Another question"), channel=QUEUE)
    return [option for it in post.controls if it.label == "Another question" for option in it.options]


@pytest.mark.shows("survey", "crowd-forms", on="slack")
@pytest.mark.parametrize("long", [False, True])
async def test_without_a_modal_a_survey_is_a_message_or_several(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    async def spent(*_: object, **__: object) -> bool:
        return False

    options = "\n".join(letter * 55 for letter in "ABCDEFGH")
    wide = [("Multiple choice", {"Question": f"{n} " + "Q" * 97, "Options, one a line": options}) for n in range(10)]
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("ana", "mira")
        await made(stage, "ana", wide if long else QUESTIONS)
        hands = stage.people["mira"]
        await stage.press("mira", "Take survey", shared)
        monkeypatch.setattr(SharedAllowance, "ask", spent)
        await stage.press("mira", "Start survey", lambda post: post.private)
        post = await stage.see("mira", lambda post: has(post, "Submit"))
        if long:
            assert "(1 of 2)" in post.text
            await hands.enter("keynote", post.id, {post_label(0): ["A" * 55]})
            await hands.press("keynote", post.id, "Submit")
            await stage.press("mira", "Continue")
            post = await stage.see("mira", lambda post: has(post, "Submit") and "(2 of 2)" in post.text)
        else:
            await hands.enter("keynote", post.id, {**FIRST, **LAST})
        await hands.press("keynote", post.id, "Submit")
        await stage.read("mira", f"Thank you. {1 if long else 4} of {10 if long else 6} answered.")
        assert ballots(stage) == 1


def post_label(number: int) -> str:
    return f"{number} " + "Q" * 42 + "…"


@pytest.mark.shows("survey", "home", on="slack")
async def test_a_survey_is_taken_from_the_app_home(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await stage.live("ana", "mira")
        await made(stage, "ana")
        hands = stage.people["mira"]
        await hands.home()
        home = await stage.read("mira", "Survey: Keynote", channel="@home")
        invited = await hands.press("@home", home.id, "Take survey")
        sheet = await stage.form("mira", invited)
        assert "6 questions" in sheet.text
        await hands.press("@sheet", "", "Start survey")

        async def asked() -> bool:
            return len((await hands.sheet()).entries) >= 6

        await until(asked)
        assert "Thank you. 4 of 6 answered." in await stage.send("mira", {**FIRST, **LAST})
        await hands.home()
        await stage.see(
            "mira", lambda post: "Keynote" in post.text and "Survey: Keynote" not in post.text, channel="@home"
        )
