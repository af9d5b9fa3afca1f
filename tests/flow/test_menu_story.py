"""The menu and its tabs, settings, leaving, and which session was meant (SPEC 1.6, 2.2, 2.3, 13.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import commands
from core.app.outcome import FormDraft, Outcome
from core.domain.form import Form
from core.domain.ids import Instant, VenueId
from core.domain.people import Actor, Person
from core.domain.view import Button, Card, JumpButton, OnlyPerson, Select
from tests.fakes.bot import (
    ANN,
    BEN,
    CHAT,
    CLEO,
    DORA,
    HALL,
    OLGA,
    Event,
    actions,
    all_buttons,
    buttons,
    someone,
    tree,
    words,
)

ZOE = someone("zoe")
BOSS = someone("boss", manages=True)
"""Organises in the workspace and takes no part."""


def tabs(outcome: Outcome) -> list[str]:
    """The tabs of a menu by their labels; none where there is no menu."""
    assert isinstance(outcome.reply, Card)
    return [it.label for it in all_buttons(outcome.reply) if isinstance(it, Button) and it.action.count(":") == 2
            and it.action.startswith("menu:")]  # fmt: skip


def menu(event: Event, actor: Actor, tab: str = "stage") -> Outcome:
    return event.presses(actor, f"menu:{event.session}:{tab}", CHAT if actor.platform == "slack" else HALL)


# -- tabs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (ANN, ["Now: Live stage", "Updates", "Settings"]),
        (CLEO, ["Now: Live stage", "Updates", "Settings"]),
        (OLGA, ["Now: Live stage", "Updates", "Settings", "Interactions", "Setup"]),
        (DORA, ["Now: Live stage", "Updates", "Settings", "Interactions", "Setup"]),
        (replace(ANN, manages=True), ["Now: Live stage", "Updates", "Settings", "Setup"]),
        (BOSS, ["Now: Setup"]),
        (ZOE, []),
    ],
    ids=["attendee", "on Discord", "moderator", "not joined", "attendee who organises", "organiser", "stranger"],
)
def test_everybody_has_the_tabs_of_their_part(actor, expected):
    event = Event().opened(OLGA, ANN, CLEO)
    assert tabs(menu(event, actor)) == expected


def test_the_tab_that_is_open_says_so():
    event = Event().opened(OLGA)
    for tab, label in (("settings", "Settings"), ("interactions", "Interactions"), ("setup", "Setup")):
        shown = menu(event, OLGA, tab)
        assert [it for it in tabs(shown) if it.startswith("Now: ")] == [f"Now: {label}"]
    assert "Toast" not in words(menu(event, OLGA, "setup"))
    assert [it for it in tabs(menu(event, ANN, "setup")) if it.startswith("Now")] == []


def test_a_tab_that_is_not_theirs_is_the_first_one():
    event = Event().opened(ANN)
    assert tabs(menu(event, ANN, "interactions")) == ["Now: Live stage", "Updates", "Settings"]
    assert words(menu(event, ANN, "setup")) == words(menu(event, ANN))


def test_the_first_tab_has_what_is_open_what_is_pinned_and_the_way_to_the_stage():
    event = Event().opened(OLGA, ANN)
    assert "Nothing is pinned yet." in words(menu(event, ANN))
    event.poll(question="Tea?")
    event.settle()
    shown = menu(event, ANN)
    assert "Open now: Poll “Tea?”" in words(shown)
    assert isinstance(shown.reply, Card)
    (jump,) = [it for it in all_buttons(shown.reply) if isinstance(it, JumpButton)]
    assert (jump.label, jump.room) == ("Open the stage", CHAT)
    event.advances("ended")
    assert "Open the stage" not in repr(menu(event, ANN))
    assert "ended · 2 joined" in words(menu(event, ANN))


def test_the_interactions_tab_lists_and_makes_them():
    event = Event().opened(OLGA)
    poll = event.poll(then="draft")
    shown = menu(event, OLGA, "interactions").reply
    assert isinstance(shown, Card)
    assert f"twin:{poll}" in actions(shown)
    assert f"newof:{event.session}" in actions(shown)


def test_the_setup_tab_is_the_setup_card():
    event = Event().opened(OLGA)
    shown = menu(event, BOSS, "setup").reply
    assert isinstance(shown, Card)
    assert {f"rooms:{event.session}", f"team:{event.session}"} <= set(actions(shown))


# -- who is outside -------------------------------------------------------------------------------------------------


SECRET = "Half of it is cancelled"


def with_a_pin() -> Event:
    event = Event().opened(OLGA, ANN, BEN)
    event.writes(ANN, CHAT, "1.1", SECRET)
    form = event.types(OLGA, f"/mod moderate {CHAT}/1.1", CHAT).reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, CHAT, do="pin")
    assert SECRET in words(menu(event, ANN))
    return event


def test_strangers_and_who_left_find_the_way_in_and_nothing_else():
    event = with_a_pin()
    event.poll(question=SECRET)
    event.presses(BEN, f"leave:{event.session}", CHAT)
    for actor in (ZOE, BEN):
        shown = menu(event, actor)
        assert SECRET not in repr(shown) and "joined" not in words(shown).replace("not joined", "")
        assert words(shown) == "Keynote\nYou have not joined this session."
        assert list(buttons(shown.reply)) == ["Join session"]
    event.advances("ended")
    assert buttons(menu(event, ZOE).reply) == {}


@pytest.mark.parametrize("manages", [False, True])
def test_who_is_blocked_reads_one_neutral_sentence_or_what_organisers_need(manages):
    event = with_a_pin()
    member = event.member(BEN)
    event.change(member, blocked=True)
    shown = menu(event, replace(BEN, manages=manages))
    assert SECRET not in repr(shown)
    if manages:
        assert tabs(shown) == ["Now: Setup"]
    else:
        assert words(shown) == "This is not available to you in this session."


def test_an_organiser_who_takes_no_part_reads_no_chat():
    event = with_a_pin()
    for tab in ("stage", "settings", "interactions", "setup"):
        assert SECRET not in repr(menu(event, BOSS, tab))


def test_an_organiser_of_another_place_is_a_stranger():
    event = with_a_pin()
    elsewhere = someone("eve", VenueId("slack:T9"), manages=True)
    for tab in ("stage", "setup"):
        shown = event.presses(elsewhere, f"menu:{event.session}:{tab}", "C-own")
        assert words(shown) == "Keynote\nYou have not joined this session."


def test_of_a_session_that_is_not_announced_strangers_hear_nothing():
    event = Event().made(name="The secret launch")
    event.presses(OLGA, f"room:{event.session}:stage", CHAT)
    shown = event.types(ZOE, "/stage", CHAT)
    assert "launch" not in repr(shown)
    assert "You are in no session now." in words(shown)


def test_without_any_session_the_menu_says_what_to_do_and_lets_organisers_begin():
    event = Event()
    assert "Press Join session where one is announced" in words(event.types(ZOE, "/stage"))
    assert list(buttons(event.types(BOSS, "/stage").reply)) == ["New session", "Import a session", "Enter a code"]
    assert not isinstance(event.presses(ZOE, "menu:nowhere:stage").reply, Form)


# -- several sessions -----------------------------------------------------------------------------------------------


def with_two() -> tuple[Event, str, str]:
    event = Event().live(OLGA, ANN)
    first = event.session
    event.made(name="Second")
    event.presses(OLGA, f"advance:{event.session}:live", "C-x")
    form = event.presses(OLGA, f"join:{event.session}", "C-x").reply
    assert isinstance(form, Form)
    event.sends(OLGA, form, "C-x")
    return event, first, event.session


def which(outcome: Outcome) -> Select:
    assert isinstance(outcome.reply, Card)
    (found,) = [it for it in outcome.reply.parts if isinstance(it, Select)]
    return found


def test_the_menu_of_somebody_with_several_sessions_asks():
    event, first, second = with_two()
    asked = event.types(OLGA, "/stage", "C-elsewhere")
    assert [it.value for it in which(asked).options] == [first, second]
    shown = event.presses(OLGA, which(asked).action, "C-elsewhere", picked=(second,))
    assert words(shown).startswith("Second")
    assert words(event.types(OLGA, "/stage", CHAT)).startswith("Keynote"), "a channel says which"


def test_what_was_typed_is_said_again_for_the_session_that_was_picked():
    event, first, second = with_two()
    asked = event.types(OLGA, "/mod poll Where shall  we eat? ", "C-elsewhere")
    assert not asked.done and isinstance(asked.reply, Card) and isinstance(asked.reply.audience, OnlyPerson)
    assert "What you typed is kept." in words(asked)
    form = event.presses(OLGA, which(asked).action, "C-elsewhere", picked=(second,)).reply
    assert isinstance(form, Form)
    assert (form.action, form.fields[0].value) == (f"made:poll:{second}", ("Where shall  we eat?",))
    again = event.presses(OLGA, which(asked).action, "C-elsewhere", picked=(first,)).reply
    assert isinstance(again, Form) and again.action == f"made:poll:{first}"


@pytest.mark.parametrize(
    "line", ["/mod session extend 10m", "/stage join", "/stage settings", "/mod team", "/mod live"]
)
def test_every_command_of_a_session_asks_which(line):
    event, _, second = with_two()
    asked = event.types(OLGA, line, "C-elsewhere")
    picked = event.presses(OLGA, which(asked).action, "C-elsewhere", picked=(second,))
    assert picked.done and "Which session?" not in words(picked)


def test_picking_gives_no_right_that_the_person_has_not():
    event, first, _ = with_two()
    asked = event.types(OLGA, "/mod poll Mine?", "C-elsewhere")
    stolen = event.presses(ANN, which(asked).action, CHAT, picked=(first,))
    assert "from another time" in words(stolen), "what was typed is the typist's"
    other = Event().live(ANN)
    assert not other.presses(ANN, f"which:x:{other.session}", CHAT, picked=(other.session,)).done
    odd = event.presses(OLGA, which(asked).action, "C-elsewhere", picked=("nowhere",))
    assert not odd.done and "not there any more" in words(odd)


def test_an_old_question_is_explained():
    event, first, _ = with_two()
    old = event.presses(OLGA, "which:old", "C-elsewhere", picked=(first,))
    assert words(old) == "That question is from another time. Please type the command again."
    assert not event.presses(OLGA, "which:old", "C-elsewhere").done


def test_a_press_that_fits_several_sessions_names_them():
    event, _, _ = with_two()
    fields = event.envelope(OLGA, "C-elsewhere").fields()
    told = event.do(commands.OpenSettingsForm(**fields))
    assert told is not None and not told.done
    assert "several sessions (“Keynote”, “Second”)" in words(told)


def test_a_session_that_is_over_is_meant_no_more():
    event, first, _ = with_two()
    event.presses(OLGA, f"advance:{first}:ended", "C-x")
    assert words(event.types(OLGA, "/stage", "C-elsewhere")).startswith("Second")


# -- settings -------------------------------------------------------------------------------------------------------


def person(event: Event, actor: Actor) -> Person:
    found = event.store.tables[Person][(event.person(actor),)]
    assert isinstance(found, Person)
    return found


def settings_form(event: Event, actor: Actor = ANN) -> Form:
    form = event.types(actor, "/stage settings", CHAT).reply
    assert isinstance(form, Form), words(form)
    return form


def test_settings_are_shown_changed_and_hold_everywhere():
    event = Event().opened()
    event.joins(ANN, name="Ann Smith")
    assert "Your name here is Ann Smith. Others see Ann Smith." in words(menu(event, ANN, "settings"))
    form = settings_form(event)
    assert (form.fields[0].value, form.fields[1].value) == (("Ann Smith",), ("toasts", "private_chat", "last_name"))
    event.wait(1)
    saved = words(event.sends(ANN, form, CHAT, name="Ann Jones", settings=("private_chat",)))
    assert "Saved." in saved and "Others see Ann." in saved
    assert "from now on; lines that are in the chat already keep the old one" in saved
    event.wait(1)
    again = words(event.sends(ANN, settings_form(event), CHAT, settings=("private_chat", "toasts")))
    assert "keep the old one" not in again, "the name is as it was"
    event.wait(1)
    event.sends(ANN, settings_form(event), CHAT, settings=("private_chat",))
    assert "Allow toast notifications: off\nEnable private chat: on\nShow my last name: off" in saved
    assert (person(event, ANN).toasts, person(event, ANN).name) == (False, "Ann Jones")
    assert settings_form(event).fields[1].value == ("private_chat",)


def test_an_older_change_that_arrives_later_changes_nothing():
    event = Event().opened(ANN)
    form = settings_form(event)
    at = Instant(event.now + 5)
    values = {"name": ("Newer",), "settings": ("toasts",)}
    fields = event.envelope(ANN, CHAT, at).fields()
    event.do(commands.ChangeSettings(**fields, session=event.session, values=values))
    older = event.envelope(ANN, CHAT, Instant(at - 1)).fields()
    told = event.do(
        commands.ChangeSettings(**older, session=event.session, values={"name": ("Older",), "settings": ()})
    )
    assert told is not None and told.done
    assert "Your name here is Newer." in words(told), "they read what holds"
    assert (person(event, ANN).name, person(event, ANN).toasts) == ("Newer", True)
    assert form.action == f"set:{event.session}"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 61])
def test_a_name_that_does_not_do_comes_back_with_what_was_typed(name):
    event = Event().opened(ANN)
    again = event.sends(ANN, settings_form(event), CHAT, name=name, settings=()).reply
    assert isinstance(again, Form)
    assert again.fields[0].error == "Write a name of 1 to 60 characters."
    assert (again.fields[0].value, again.fields[1].value) == ((name,), ())
    assert person(event, ANN).name == "Ann"


def test_a_stranger_has_nothing_to_change_and_nothing_to_leave():
    event = Event().opened()
    for line in ("/stage settings", "/stage leave"):
        told = event.types(ZOE, line, CHAT)
        assert not told.done and "there is nothing to change" in words(told)
        assert list(buttons(told.reply)) == ["Join session"]
    assert not event.presses(ZOE, f"leave:{event.session}", CHAT).done
    bot = replace(ANN, bot=True)
    event.joins(ANN)
    for line in ("/stage settings", "/stage leave"):
        assert words(event.types(bot, line, CHAT)) == "Bots cannot take part."


def test_the_blocked_may_change_their_settings_and_leave():
    event = Event().opened(ANN)
    event.change(event.member(ANN), blocked=True)
    assert event.sends(ANN, settings_form(event), CHAT, name="Annie").done
    left = event.presses(ANN, f"leave:{event.session}", CHAT)
    assert left.done and words(left) == "You have left “Keynote”."
    member = event.member(ANN)
    assert member is not None and member.blocked and member.consented_at is None


# -- leaving, and lines to the bot ----------------------------------------------------------------------------------


def test_leaving_asks_once_and_can_be_undone_by_joining():
    event = Event().opened(ANN)
    asked = event.types(ANN, "/stage leave", CHAT)
    assert list(buttons(asked.reply)) == ["Leave", "Stay"]
    assert words(event.presses(ANN, buttons(asked.reply)["Stay"], CHAT)) == "Nothing was changed."
    left = event.presses(ANN, buttons(asked.reply)["Leave"], CHAT)
    assert list(buttons(left.reply)) == ["Join session"]
    assert event.presses(ANN, buttons(asked.reply)["Leave"], CHAT).done, "twice is once"
    assert "0 have joined" in words(event.room("C-door", "door")[0])
    event.advances("ended")
    assert buttons(event.presses(ANN, f"leave:{event.session}", CHAT).reply) == {}


def test_a_line_to_the_bot_of_who_has_nobody_to_send_it_to_is_answered_and_kept_nowhere():
    event = Event().opened(ANN)
    event.presses(ANN, f"leave:{event.session}", CHAT)
    for actor in (ANN, ZOE):
        fields = event.envelope(actor, "D-direct").fields()
        told = event.do(commands.WriteToBot(**fields, body=tree("My secret words")))
        assert told is not None
        assert words(told).startswith("Nobody but you reads this.")
        assert list(buttons(told.reply)) == ["Menu"]
    assert "secret words" not in repr(event.store.tables)
    assert not any(it.values for it in event.store.rows(FormDraft))
