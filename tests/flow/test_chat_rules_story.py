"""Slow mode, links, words that are not shared; clearing the chat; who is blocked (SPEC 2.5, 3.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import commands
from core.app.outcome import Outcome
from core.domain.chat import Message
from core.domain.form import Form
from core.domain.people import Actor, Member
from core.domain.surfaces import Place, Surface
from core.domain.text import Doc, Leaf, Link, plain
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, DORA, HALL, OLGA, SLACK, Event, itself, words

PRUNED = HALL
"""Discord lets the bot remove other people's lines, Slack does not."""


def event(*joining: Actor) -> Event:
    made = Event().opened(*(joining or (OLGA, ANN, CLEO)))
    for primary, place in list(made.store.tables[Place].items()):
        if place.kind == "stage":
            made.store.tables[Place][primary] = replace(place, prunes=place.venue == DISCORD)
    return made


def rules(made: Event, by: Actor = OLGA, **values: str) -> Outcome:
    form = made.types(by, "/mod session chat", CHAT).reply
    assert isinstance(form, Form), words(form)
    return made.sends(by, form, CHAT, **values)


def shared(made: Event) -> list[str]:
    """The words that stand in the other room."""
    lines = [it for it in made.store.rows(Message) if not it.deleted and not it.cleared]
    return [plain(it.body) for it in sorted(lines, key=lambda it: it.at)]


def native(made: Event, ref: str) -> Surface:
    (found,) = [it for it in made.store.rows(Surface) if it.ref == ref and not it.ours]
    assert isinstance(found, Surface)
    return found


def test_in_slow_mode_the_second_line_waits_wherever_it_is_written():
    made = event()
    assert "one line in 30 seconds" in words(rules(made, slow="30"))
    made.writes(ANN, CHAT, "1.1", "One")
    made.wait(29)
    made.writes(ANN, CHAT, "1.2", "Two")
    made.writes(CLEO, HALL, "2.1", "Mine")
    made.wait(1)
    made.writes(ANN, CHAT, "1.3", "Three")
    assert shared(made) == ["One", "Mine", "Three"]


def test_the_team_is_free_of_the_rules():
    made = event()
    rules(made, slow="60", links="off", words="tea")
    for number in range(3):
        made.writes(OLGA, CHAT, f"1.{number}", "tea https://x.example/")
    assert len(shared(made)) == 3


@pytest.mark.parametrize(
    "body",
    [
        (Link("https://x.example/", "look"),),
        (Leaf("see www.example.org now"),),
        (Leaf("see HTTPS://x.example"),),
    ],
    ids=str,
)
def test_with_links_off_a_line_with_one_is_shared_nowhere(body: Doc):
    made = event()
    rules(made, links="off")
    made.writes(ANN, CHAT, "1.1", body)
    made.writes(ANN, CHAT, "1.2", "no link, just words: a.b")
    assert shared(made) == ["no link, just words: a.b"]


@pytest.mark.parametrize(
    "said",
    ["Damn it", "a DAMN thing", "d\u00e1mn", "\uff44\uff41\uff4d\uff4e", "da\u200bmn", "oh heckling", "two  words"],
)
def test_words_that_are_kept_back_are_known_however_they_are_spelled(said: str):
    made = event()
    rules(made, words="damn, heck*\ntwo words")
    made.writes(ANN, CHAT, "1.1", said.replace("  ", " "))
    assert shared(made) == []


@pytest.mark.parametrize("said", ["Amsterdamned", "check", "two wordsmiths", "dam n"])
def test_other_words_that_hold_such_a_word_are_shared(said: str):
    made = event()
    rules(made, words="damn, heck\ntwo words")
    made.writes(ANN, CHAT, "1.1", said)
    assert shared(made) == [said]


def test_what_breaks_a_rule_is_removed_where_that_is_allowed_and_its_words_are_not_kept():
    made = event()
    rules(made, words="damn")
    made.writes(CLEO, HALL, "2.1", "damn one")
    made.writes(ANN, CHAT, "1.1", "damn two")
    assert native(made, "2.1").gone and not native(made, "1.1").gone
    assert all(it.body == () for it in made.store.rows(Message))


def test_the_author_is_told_once_in_five_minutes_and_not_without_toasts():
    made = event()
    rules(made, words="damn")
    for number in range(3):
        made.writes(ANN, CHAT, f"1.{number}", "damn it")
        made.wait(2)
    made.settle()
    told = [it for it in made.direct(ANN) if "was not shared" in it]
    assert len(told) == 1 and "please delete it there" in told[0]
    made.wait(300)
    made.writes(ANN, CHAT, "1.9", "damn it")
    made.settle()
    assert len([it for it in made.direct(ANN) if "was not shared" in it]) == 2


def test_an_edit_that_breaks_a_rule_takes_the_line_back():
    made = event()
    rules(made, links="off")
    made.writes(CLEO, HALL, "2.1", "fine")
    made.settle()
    made.wait(1)
    made.edits(CLEO, HALL, "2.1", (Link("https://x.example/", ""),))
    assert shared(made) == [] and native(made, "2.1").gone


def test_rules_that_do_not_fit_come_back_with_what_was_typed():
    made = event()
    many = "\n".join(f"word{number}" for number in range(201))
    form = rules(made, words=many).reply
    assert isinstance(form, Form)
    assert "200 fit" in form.fields[2].error and form.fields[2].value == (many,)
    again = made.types(OLGA, "/mod session chat", CHAT).reply
    assert isinstance(again, Form) and again.fields[2].value == (many,)


@pytest.mark.parametrize("line", ["/mod session chat", "/mod session clear", "/mod blocked"])
def test_only_the_team_rules_the_chat(line: str):
    made = event()
    assert "Only moderators" in words(made.types(ANN, line, CHAT))
    assert made.types(OLGA, line, CHAT).done


# -- clearing -------------------------------------------------------------------------------------------------------


def test_clearing_takes_every_line_from_attendees_and_keeps_it_for_reports():
    made = event()
    for number in range(450):
        made.writes(ANN, CHAT, f"1.{number}", f"line {number}")
    made.writes(CLEO, HALL, "2.1", "from the hall")
    made.settle()
    asked = made.types(OLGA, "/mod session clear", CHAT)
    assert "Only" not in words(asked) and "only they can delete" in words(asked)
    made.presses(OLGA, f"clear:{made.session}", CHAT)
    made.wait(1)
    made.writes(ANN, CHAT, "1.999", "afterwards")
    for _ in range(5):
        made.ticks()
        made.wait(1)
    made.settle()
    assert shared(made) == ["afterwards"]
    assert len(made.store.rows(Message)) == 452 and all(it.body for it in made.store.rows(Message))
    assert native(made, "2.1").gone and not native(made, "1.7").gone


def test_an_edit_of_a_cleared_line_brings_nothing_back():
    made = event()
    made.writes(ANN, CHAT, "1.1", "before")
    made.settle()
    made.presses(OLGA, f"clear:{made.session}", CHAT)
    made.ticks()
    made.settle()
    made.wait(1)
    made.edits(ANN, CHAT, "1.1", "edited")
    made.settle()
    copies = [it for it in made.store.rows(Surface) if it.subject.startswith("message:") and it.ours]
    assert all(it.gone for it in copies)


# -- blocked --------------------------------------------------------------------------------------------------------


def blocks(made: Event, who: Actor) -> None:
    member = made.member(who)
    assert member is not None
    made.store.tables[Member][(member.session, member.person)] = replace(member, blocked=True)


def test_who_is_blocked_is_listed_and_let_in_again():
    made = event(OLGA, ANN, BEN, CLEO)
    assert "Nobody is blocked" in words(made.types(OLGA, "/mod blocked", CHAT))
    blocks(made, ANN)
    assert "Ann · Slack" in words(made.types(OLGA, "/mod blocked", CHAT))
    assert "Ann takes part again." in words(made.presses(OLGA, f"unblock:{made.session}:{made.person(ANN)}", CHAT))
    assert "not blocked any more" in words(made.presses(OLGA, f"unblock:{made.session}:{made.person(ANN)}", CHAT))


def test_who_is_blocked_and_comes_back_is_put_out_again():
    made = event()
    blocks(made, ANN)
    place = made.place("stage", SLACK)
    enters = commands.ReportEntered(**made.envelope(itself(SLACK), place.ref or "").fields(), account=ANN.account)
    assert made.do(enters) is not None
    (grant,) = [it for it in made.store.rows(Surface) if it.kind == "grant" and it.place == place.id and it.gone]
    assert grant.subject.endswith(ANN.account) and not grant.dead
    other = commands.ReportEntered(**made.envelope(itself(SLACK), place.ref or "").fields(), account=BEN.account)
    assert made.do(other) is None
    by_hand = commands.ReportEntered(**made.envelope(DORA, place.ref or "").fields(), account=ANN.account)
    assert made.do(by_hand) is None


def test_what_somebody_blocked_writes_is_removed_where_that_is_allowed():
    made = event()
    blocks(made, CLEO)
    blocks(made, ANN)
    made.writes(CLEO, HALL, "2.1", "still here")
    assert made.writes(ANN, CHAT, "1.1", "me too") is None
    assert native(made, "2.1").gone and shared(made) == []
