"""``make demo``: a whole evening over real sockets, told as it happens, and every claim checked."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from config import demo_checks as checks
from config import demo_report as report
from config import story_answers as answers
from config import story_chat as chat
from config import story_evening as evening
from config import story_guests as guests
from config import story_kinds as kinds
from config import story_opening as opening
from config import story_poll as polls
from config import story_questions as questions
from config import story_survey as survey
from config.demo_cast import DISCORD_PEOPLE, SLACK_PEOPLE, the_plan
from config.demo_script import Part, Script, read
from config.stage_set import StageSet, plan
from config.story import CHANNEL, Claims, Player, Story

__all__ = ["DISCORD_PEOPLE", "SLACK_PEOPLE", "play", "the_plan"]
COLORS = {"slack": "magenta", "discord": "blue", "both": "cyan"}
Chapter = Callable[[Story], Coroutine[Any, Any, None]]


def burst(name: str) -> Chapter:
    return lambda story: chat.burst(story, name)


def acts(name: str) -> Chapter:
    return lambda story: chat.acts(story, name)


def voting(question: str) -> Chapter:
    return lambda story: polls.everybody_votes(story, question)


def publish(question: str) -> Chapter:
    return lambda story: polls.publish(story, question)


async def power_cut(story: Story) -> None:
    """People change their minds all the time, many right when the bot is killed; each presses until answered."""
    dice = random.Random(polls.SEED + 2)
    people = dice.sample(polls.voters(story), 36)
    late: list[asyncio.Task[object]] = []

    def press(some: Sequence[Player]) -> list[asyncio.Task[object]]:
        found: list[asyncio.Task[object]] = []
        for it in some:
            found.append(asyncio.create_task(polls.vote(story, it, polls.FIRST, (dice.choice("ABC"),))))
            found.append(asyncio.create_task(answers.rate(story, it, dice)))
        return found

    async def now_and_then() -> None:
        for player in people[:18]:
            late.extend(press([player]))
            await asyncio.sleep(0.1)

    def at_once() -> list[asyncio.Task[object]]:
        late.extend(made := press(people[18:]))
        return made

    trickle = asyncio.create_task(now_and_then())
    try:
        await chat.power_cut(story, "Power cut", at_once)
        await trickle
        await asyncio.gather(*late)
    finally:
        for task in (trickle, *late):
            task.cancel()


def then(*chapters: Chapter) -> Chapter:
    """One after the other."""

    async def all_of_them(story: Story) -> None:
        for chapter in chapters:
            await chapter(story)

    return all_of_them


def beside(*chapters: Chapter) -> Chapter:
    """Together, for none of them waits for another."""

    async def all_of_them(story: Story) -> None:
        tasks = [asyncio.ensure_future(chapter(story)) for chapter in chapters]
        try:
            await asyncio.gather(*tasks)
        finally:  # where one fails the others shall not go on without it
            for task in tasks:
                task.cancel()

    return all_of_them


FIRST_HALF = then(
    beside(evening.rules, opening.speaker, opening.listeners),
    burst("Doors"),
    beside(burst("Sound check"), acts("Doors")),
    beside(burst("Keynote"), acts("Sound check"), kinds.open_four),
    beside(evening.pin, publish(polls.FIRST), acts("Keynote")),
    burst("Async"),
)
ONE_OF_EACH = then(
    kinds.quiz,
    answers.quiz,
    beside(answers.vote, answers.cloud),
    beside(answers.question, kinds.cheer),
    answers.approve,
    beside(answers.approved, answers.pictured, kinds.survey),
    beside(survey.taken, kinds.end_all),
    answers.quiz_closes,
)
SECOND_HALF = then(
    beside(burst("Back"), polls.live_result),
    beside(burst("Types"), acts("Back")),
    beside(evening.block, acts("Types")),
    beside(burst("World tour"), publish(polls.SECOND), evening.blocked_vote),
    beside(burst("Packaging"), voting(polls.SECOND)),
    beside(evening.menu_and_settings, evening.backchannel, polls.hidden_result, acts("Packaging")),
    burst("Questions"),
    beside(evening.remove, acts("Questions")),
    burst("Thanks"),
    polls.end_polls,
)
EARLY_THEN_GUESTS = then(opening.told_of_doors, guests.slack)
"""Slack opens fifty conversations a minute: behind those of the guests the word of the open doors would come late."""
EVENING = then(
    opening.set_up,
    beside(opening.rooms_stand, opening.everybody_joins),
    beside(opening.open_doors, kinds.drafts),
    beside(FIRST_HALF, then(opening.link, guests.discord_begins), opening.everybody_is_in, EARLY_THEN_GUESTS),
    beside(burst("Code"), acts("Async"), voting(polls.FIRST), answers.rating, answers.reactions, questions.asked),
    beside(power_cut, acts("Code")),
    beside(ONE_OF_EACH, SECOND_HALF),
    beside(acts("Thanks"), evening.last_names),
    questions.wanted_by_two,
    questions.answered,
    beside(guests.discord_is_in, kinds.news, answers.burst_seen),
    chat.every_line,
    checks.backchannels,
    checks.reactions,
    questions.rooms,
    evening.end,
    beside(survey.after_the_end, questions.after_the_end),
    evening.archive,
)


async def play(folder: Path) -> int:
    """0 when every claim held. Leaves ``demo.json``, ``demo.md`` and the logs in the folder."""
    console, began = Console(highlight=False), time.monotonic()
    await asyncio.to_thread(_clear, folder)
    script, claims = await asyncio.to_thread(read), Claims()
    silent = list(guests.parts())
    stage = StageSet(folder / "demo", _plan(script, silent))
    story = Story(script, stage, [], _teller(console, began), claims)
    figures: dict[str, Any] = {}
    try:
        console.print(f"Starting a stand-in Slack, a stand-in Discord and the bot; "
                      f"{len(script.people) + len(silent)} people come …")  # fmt: skip
        await stage.raise_servers()
        await stage.raise_bot()
        story.players = [_player(stage, it) for it in script.parts]
        story.guests = [_player(stage, it) for it in silent]
        story.eyes = {it.platform: guests.Eyes(story, it) for it in story.one_each()}
        await EVENING(story)
        records = await checks.servers(story, stage)
        claims.check("the bot stops when asked, and says goodbye", await stage.stop_bot() == 0)
        figures |= checks.check_servers(story, records)
        await asyncio.to_thread(checks.check_database, stage, story, records["acts"])
    except Exception as trouble:  # whatever it is, it is told and the exit status says so
        claims.failed.append(f"the demo stopped: {type(trouble).__name__}: {str(trouble)[:1_500]}")
    finally:
        if joining := story.facts.pop("joining", None):
            joining.cancel()
        await stage.strike()
    result = report.result(story, figures, time.monotonic() - began)
    await asyncio.to_thread(report.leave, folder, result, story)
    report.show(console, result, folder)
    return 1 if claims.failed else 0


def _clear(folder: Path) -> None:
    """A new demo starts from nothing; only files that a demo made are taken away."""
    for old in (folder / "demo").glob("*"):
        old.unlink()
    for name in report.FILES:
        (folder / name).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def _plan(script: Script, silent: Sequence[Part]) -> dict[str, Any]:
    everywhere = {"channels": [CHANNEL]}
    slack, discord = (checks.plan_people(script, silent, it) for it in ("slack", "discord"))
    return plan(slack, discord, slack=everywhere, discord=everywhere)


def _player(stage: StageSet, part: Any) -> Player:
    return Player(part, stage.slack(part.name) if part.platform == "slack" else stage.discord(part.name.lower()))


def _teller(console: Console, began: float) -> Callable[[str, str, str], None]:
    def tell(who: str, platform: str, what: str) -> None:
        console.print(f"{time.monotonic() - began:6.1f} s  ", end="")
        console.print(f"{platform:>8}", style=COLORS[platform], end="  ")
        console.print(who, style="bold", end=" ")
        console.print(what, markup=False, soft_wrap=True)

    return tell
