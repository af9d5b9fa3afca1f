"""What the demo counts from the servers' records is what the cards, the twins and the database tell; and no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from config import demo_kinds
from config.demo_script import Part, Script
from config.story import Claims, Player, Story
from config.story_kinds import CLOUD, FORMS, QUESTION, QUIZ, RATING, SURVEY, VOTE
from core.app.derived import Counts
from core.app.unit_of_work import key
from core.domain.ids import InteractionId
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Tally
from core.domain.interactions.life import Interaction
from tests.wire.audience import QUEUE, has, shared
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.test_bot_scores import publishes

Check = Callable[[Sequence[Any]], None]
CARDS = {QUIZ: "Answer A", RATING: "1 poor", VOTE: "Count me in", QUESTION: "Answer", CLOUD: "Add words"}
WHERE = {"mira": "slack", "nova": "discord"}
ACTS: Sequence[tuple[str, str, str, str]] = (
    ("mira", QUIZ, "Answer A", ""),
    ("mira", QUIZ, "Answer B", ""),
    ("nova", QUIZ, "Answer B", ""),
    ("mira", RATING, "2", ""),
    ("nova", RATING, "5 great", ""),
    ("mira", VOTE, "Count me in 0", ""),
    ("nova", VOTE, "Count me in 1", ""),
    ("nova", VOTE, "Count me in 2", ""),
    ("mira", QUESTION, "Answer", "Plain text, if mira may choose"),
    ("nova", CLOUD, "Add words", "joy, Types"),
    ("mira", CLOUD, "Add words", "speed"),
    ("mira", CLOUD, "Add words", "JOY"),
)


async def test_the_demo_counts_what_the_bot_counts(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        story = told_by(stage)
        for about in CARDS:
            await ask(stage, story, about)
        for who, about, label, typed in ACTS:
            await answer(stage, story.facts["cards"][about, WHERE[who]], who, label, about, typed)
        for about in CARDS:
            await end(stage, story, about)
        acts = [it.to_dict() for it in stage.slack.actions] + [vars_of(it) for it in stage.discord.actions]
        demo_kinds.check(story, acts, tallies(stage))
        assert [it for it in story.claims.failed if SURVEY not in it] == []
        assert len(story.claims.held) == 4 * len(CARDS), "the database, two cards and a twin each"
        for left_out, about in (("5 great", RATING), ("Count me in 2", VOTE), ("Answer B", QUIZ)):
            story.claims = Claims()
            demo_kinds.check(story, [it for it in acts if it["label"] != left_out], tallies(stage))
            assert any(about in it for it in story.claims.failed), f"one press of “{left_out}” that is lost is told"


async def ask(stage: Stage, story: Story, about: str) -> None:
    name, values = FORMS[about]
    more = {"Closes": "When I end it"} if about == QUIZ else {}
    await publishes(stage, "ana", f"/mod {name}", {**values, **more})
    for who, platform in WHERE.items():
        card = await stage.see(who, lambda post: shared(post) and about in post.text and begins(post, CARDS[about]))
        story.facts.setdefault("cards", {})[about, platform] = card.id


async def answer(stage: Stage, card: str, who: str, label: str, about: str, typed: str) -> None:
    await stage.see(who, lambda post: post.id == card and has(post, label))
    pressed = await stage.people[who].press(stage.chat, card, label)
    assert pressed.ok, pressed
    if typed:
        await stage.form(who, pressed)
        await stage.send(who, {demo_kinds.FIELDS[about]: typed})


async def end(stage: Stage, story: Story, about: str) -> None:
    def over(post: Any) -> bool:
        return shared(post) and about in post.text and "ended" in post.text

    await stage.press("ana", "End", lambda post: about in post.text and shared(post), QUEUE)
    await stage.press("ana", f"End {KINDS[FORMS[about][0]].TITLE.lower()}", channel=QUEUE)
    seen = story.facts.setdefault("told", {}).setdefault(about, {})
    for who, platform in WHERE.items():
        seen[platform] = await stage.see(who, over)
    seen["the twin"] = await stage.see("ana", over, channel=QUEUE)


def told_by(stage: Stage) -> Story:
    people = {"ana": "slack", "mira": "slack", "bo": "discord", "nova": "discord"}
    parts = tuple(Part(name, "slack" if it == "slack" else "discord", "attendee", name) for name, it in people.items())
    players = [Player(it, stage.people[it.name]) for it in parts]
    return Story(Script(parts, (), ()), SimpleNamespace(), players, lambda *_: None)  # type: ignore[arg-type]


def begins(post: Any, label: str) -> bool:
    return any(it.label.startswith(label) for it in post.controls)


def vars_of(act: Any) -> dict[str, Any]:
    return {name: getattr(act, name) for name in act.__slots__}


def tallies(stage: Stage) -> dict[str, Tally]:
    store = stage.bot.store
    (session,) = store.outbox.sessions()
    every = [InteractionId(it) for it in store.outbox.published(session)]
    work = store.read(lambda _: [key(kind, one) for one in every for kind in (Counts, Interaction)])
    found: dict[str, Tally] = {}
    for one in every:
        interaction, counts = work.get(Interaction, one), work.get(Counts, one)
        assert interaction is not None
        assert counts is not None
        kind = KINDS[interaction.kind]
        found[kind.title(interaction.spec)] = kind.tally(interaction.spec, counts.counts)
    return found
