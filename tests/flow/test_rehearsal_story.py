"""Drafts are tried with made-up attendees; outside the backchannel is not a byte of it, and nothing is left."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from core.app.handle.rehearsing import MADE_UP, PEOPLE
from core.app.intake import BUTTONS, pressed
from core.app.outcome import Outcome
from core.domain.ids import SECOND, Instant, InteractionId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.secret import BallotKey
from core.domain.people import Actor
from core.domain.schedule import Due
from core.domain.surfaces import Place, Surface
from core.domain.view import Backstage, Card
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DAN, DISCORD, DORA, HALL, OLGA, Event, buttons, words

HOUR = 3_600 * SECOND
CANARY = "Zebrafinch"
"""In every word of the draft that is tried."""


def event(state: str = "open") -> Event:
    """Everybody who joined before the start; Cleo speaks, Dan has not joined. One draft is tried, one is not."""
    made = Event().with_rooms()
    later = Instant(made.now + 2 * HOUR)
    made.change(made.state(), starts_at=later, ends_at=Instant(later + HOUR))
    made.advances("announced")
    for actor in (OLGA, ANN, CLEO):
        made.joins(actor)
    assert made.appoints(CLEO, "speaker", by=DORA).done
    if state == "open":
        made.advances("open")
    made.settle()
    made.poll(then="draft", question=f"{CANARY} one?", options=f"{CANARY} A\n{CANARY} B")
    made.wait(1)
    made.poll(then="draft", question=f"{CANARY} two?", options=f"{CANARY} C\n{CANARY} D")
    made.settle()
    return made


def page(made: Event, actor: Actor = OLGA) -> Outcome:
    return made.types(actor, "/mod rehearse", CHAT)


def rehearses(made: Event) -> Outcome:
    return made.presses(OLGA, buttons(page(made).reply)["Rehearse next"], CHAT)


def backstage(made: Event, venue: Any = DISCORD) -> list[str]:
    made.settle()
    return [words(it) for it in made.room(made.ref("backchannel", venue), "interaction")]


def answered(made: Event, seconds: int = 25) -> None:
    for _ in range(seconds):
        made.wait(1)
        made.ticks()


def copies(made: Event) -> list[Interaction]:
    return [it for it in made.store.rows(Interaction) if it.rehearsal]


@pytest.mark.parametrize("state", ["announced", "open"])
def test_a_draft_is_posted_in_every_backchannel_and_forty_made_up_attendees_answer(state: str):
    made = event(state)
    shown = words(page(made))
    assert "one by one" in shown and f"Next: Poll “{CANARY} one?”" in shown and "0 of 2 drafts are tried." in shown
    assert "is in the backchannel now" in words(rehearses(made))
    for venue in (DISCORD, made.place("backchannel").venue):
        (card,) = backstage(made, venue)
        assert card.startswith("Rehearsal\n") and f"{CANARY} one?" in card
    (content,) = made.room(made.ref("backchannel", DISCORD), "interaction")
    assert isinstance(content, Card) and content.audience == Backstage(made.session)
    answered(made, 21)
    assert f"{PEOPLE} votes" in backstage(made)[0]
    assert len([it for it in made.store.rows(Ballot) if it.person.startswith(MADE_UP)]) == PEOPLE
    drafts = [it for it in made.store.rows(Interaction) if it.state == "draft"]
    assert len(drafts) == 2, "the drafts themselves stay as they are"


def test_the_same_draft_meets_the_same_answers():
    results = []
    for _ in range(2):
        made = event()
        rehearses(made)
        answered(made)
        results.append(backstage(made)[0])
    assert results[0] == results[1]


def test_one_after_the_other_and_then_there_is_none_left():
    made = event()
    first = page(made).reply
    rehearses(made)
    again = made.presses(OLGA, buttons(first)["Rehearse next"], CHAT)
    assert "tried already" in words(again) and len(copies(made)) == 1, "two moderators may press at once"
    assert "1 of 2 drafts are tried." in words(page(made))
    rehearses(made)
    assert len(backstage(made)) == 2
    last = page(made).reply
    assert "Rehearse next" not in buttons(last) and "End rehearsal" in buttons(last)
    assert "Every draft was tried" in words(made.presses(OLGA, f"rehearsenext:{made.session}:x", CHAT))


def test_moderators_and_speakers_may_answer_and_nobody_else():
    made = event()
    rehearses(made)
    (copy,) = copies(made)
    vote = f"vote:{copy.id}"
    assert "Your vote" in words(made.presses(OLGA, vote, CHAT, ("0",)))
    assert "Your vote" in words(made.presses(CLEO, vote, HALL, ("1",)))
    for actor, room in ((ANN, CHAT), (BEN, CHAT), (DAN, HALL)):
        told = made.presses(actor, vote, room, ("0",))
        assert not told.done and CANARY not in words(told)
    people = {it.person for it in made.store.rows(Ballot)}
    assert people == {made.person(OLGA), made.person(CLEO)}


def public(made: Event) -> str:
    """Every byte that somebody outside the team can see or ask for."""
    made.settle()
    backs = {it.id for it in made.store.rows(Place) if it.kind in ("backchannel", "queue")}
    team = {made.person(OLGA), made.person(CLEO)}
    shown = [
        repr(content)
        for place, _, content in made.shown()
        if place.id not in backs and (place.person is None or place.person not in team)
    ]
    asked: list[Outcome] = []
    ids = [it.id for it in made.store.rows(Interaction)]
    for actor, room in ((ANN, CHAT), (BEN, CHAT), (DAN, HALL)):
        for line in ("menu", "feed", "updates", "catchup 1h", "leaderboard"):
            asked.append(made.types(actor, f"/stage {line}", room))
        asked += [made.presses(actor, f"menu:{made.session}:{tab}", room) for tab in ("stage", "updates", "setup")]
        for verb, ident in itertools.product(BUTTONS, ids):
            for act, picked in (
                (f"{verb}:{ident}:{made.session}", "0"),
                (f"{verb}:{made.session}:{ident}", f"asked.{ident}"),
            ):
                told = made.do(pressed(made.envelope(actor, room), act, (picked,)))
                asked += [told] if told is not None else []
    return "\n".join(shown + [repr(it.reply) for it in asked])


def test_not_a_byte_of_it_reaches_anybody_else():
    made = event()
    assert CANARY not in public(made)
    rehearses(made)
    for seconds in (0, 5, 30):
        answered(made, seconds)
        seen = public(made)
        assert CANARY not in seen and "Rehearsal" not in seen and f"{PEOPLE}" not in seen
    made.presses(OLGA, f"end:{copies(made)[0].id}", CHAT)
    assert CANARY not in public(made)


def left(made: Event) -> list[object]:
    made.settle()
    rows: list[object] = [*copies(made), *made.store.rows(Ballot)]
    rows += [it for it in made.store.rows(Due) if it.what.startswith("rehearse:")]
    rows += [it for it in made.store.rows(Due) if it.what.startswith("unrehearse:") and it.fired_at is None]
    posts = [it for it in made.store.rows(Surface) if it.subject.startswith(("interaction:", "twin:", "feed:"))]
    return rows + [it for it in posts if not it.gone]


@pytest.mark.parametrize("how", ["pressed", "started", "started by the clock", "ended", "late"])
def test_nothing_of_it_is_left(how: str):
    made = event()
    before = {row.id for row in made.store.rows(Interaction)}
    rehearses(made)
    rehearses(made)
    answered(made, 8)
    (first, _) = sorted(copies(made), key=lambda it: it.rank)
    made.presses(OLGA, f"vote:{first.id}", CHAT, ("0",))
    assert len(backstage(made)) == 2 and left(made)
    if how == "pressed":
        assert "nothing of it is kept" in words(made.presses(OLGA, buttons(page(made).reply)["End rehearsal"], CHAT))
    elif how == "late":
        made.wait(30 * 60)
        made.ticks()
    elif how == "started by the clock":
        made.wait(2 * 3_600 - 60)
        assert left(made)
        made.wait(60)
        made.fires(f"session_start:{made.session}")
    else:
        made.advances("live" if how == "started" else "ended")
    assert left(made) == [] and backstage(made) == []
    assert {row.id for row in made.store.rows(Interaction)} == before
    answered(made, 5)
    assert left(made) == []
    assert "not there any more" in words(made.presses(OLGA, f"vote:{first.id}", CHAT, ("0",)))


def test_it_can_be_rehearsed_again():
    made = event()
    for _ in range(2):
        rehearses(made)
        answered(made)
        assert f"{PEOPLE} votes" in backstage(made)[0]
        made.presses(OLGA, f"endrehearsal:{made.session}", CHAT)
        assert backstage(made) == []


def test_it_needs_a_backchannel_and_a_time_before_the_start():
    made = Event().with_rooms()
    made.joins(OLGA)
    made.poll(then="draft")
    assert "Announce the session" in words(made.presses(OLGA, f"rehearsenext:{made.session}:x", CHAT))
    made = event()
    made.advances("live")
    assert "The session is live" in words(made.presses(OLGA, f"rehearsenext:{made.session}:x", CHAT))
    made.advances("ended")
    assert "is over" in words(made.presses(OLGA, f"rehearsenext:{made.session}:x", CHAT))


def test_only_moderators_rehearse():
    made = event()
    for actor in (ANN, BEN, CLEO):
        for act in ("rehearse", "rehearsenext", "endrehearsal"):
            told = made.presses(actor, f"{act}:{made.session}:x", CHAT)
            assert "Only moderators" in words(told)
        assert "Only moderators" in words(page(made, actor))


def test_the_setup_leads_to_it_before_the_start():
    made = event()
    card = made.presses(OLGA, f"setup:{made.session}", CHAT).reply
    assert f"Rehearsal of “{made.state().name}”" in words(made.presses(OLGA, buttons(card)["Rehearse"], CHAT))
    made.advances("live")
    assert "Rehearse" not in buttons(made.presses(OLGA, f"setup:{made.session}", CHAT).reply)


def drafted(made: Event, kind: str, number: int, **more: Any) -> Interaction:
    """One draft of this kind, the only one there is."""
    for row in made.store.rows(Interaction):
        made.store.tables[Interaction].pop((row.id,))
    spec = KINDS[kind].samples()[number]
    draft = Interaction(InteractionId(f"{kind}{number}"), made.session, kind, spec, "draft", **more)
    return made._save(draft)


@pytest.mark.parametrize(
    ("kind", "number"),
    [(name, at) for name, it in KINDS.items() for at, spec in enumerate(it.samples()) if not it.missing(spec)],
)
def test_every_kind_can_be_tried_and_leaves_nothing(kind: str, number: int):
    made = event()
    traits = KINDS[kind].TRAITS
    closes = "answered" in traits and "outlasts" not in traits
    drafted(made, kind, number, anonymous="secret" in traits, lasts=10 * SECOND if closes else None)
    assert rehearses(made).done
    answered(made, 25)
    (card,) = backstage(made)
    assert card.startswith("Rehearsal\n")
    number_of = len(made.store.rows(Ballot))
    if closes:
        assert 0 < number_of < PEOPLE, "it closed by itself meanwhile"
    else:
        assert number_of == (PEOPLE if "answered" in traits else 0)
    assert number or "Rehearsal" not in public(made)
    made.presses(OLGA, f"endrehearsal:{made.session}", CHAT)
    assert left(made) == [] and backstage(made) == []
    assert made.store.rows(BallotKey) == []
    made.wait(60)
    made.ticks()
    assert left(made) == [] and len(made.store.rows(Interaction)) == 1


def test_a_quiz_that_was_tried_makes_no_leaderboard():
    made = event()
    (number,) = [at for at, spec in enumerate(KINDS["quiz"].samples()) if spec.leaders][:1]
    drafted(made, "quiz", number)
    rehearses(made)
    made.presses(OLGA, f"end:{copies(made)[0].id}", CHAT)
    assert copies(made)[0].state == "ended"
    shown = buttons(made.presses(ANN, f"menu:{made.session}:stage", CHAT).reply)
    assert "Feed" in shown and "Leaderboard" not in shown
