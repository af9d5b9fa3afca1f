"""The like and the five reactions that a session chose: by a form, by a file, and what people see then (SPEC 1.7)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app.outcome import Outcome
from core.domain.form import Form
from core.domain.sessions import Session
from core.domain.view import Card
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, OLGA, Event, all_buttons, buttons, lively, words

OWN = "👏 Bravo\n🔥 Fire\n💡 Aha\n:tada: Party\n😄 Smile"


def event() -> Event:
    made = lively(OLGA, ANN, BEN, CLEO)
    made.settle()
    return made


def texts(made: Event, **values: str) -> Outcome:
    form = made.types(OLGA, "/mod session texts", CHAT).reply
    assert isinstance(form, Form), words(form)
    return made.sends(OLGA, form, CHAT, **values)


def bar(made: Event) -> Card:
    (shown,) = [it for _, surface, it in made.shown(lambda place, surface: place.ref == CHAT)
                if surface.subject == f"bar:{made.session}"]  # fmt: skip
    assert isinstance(shown, Card)
    return shown


def test_the_setup_card_leads_to_texts_and_to_the_interactions():
    made = event()
    card = made.types(OLGA, "/mod session setup", CHAT).reply
    assert isinstance(card, Card)
    labels = ["Rooms", "Team", "Details", "Rules", "Texts", "Q&A", "Interactions"]
    assert [it.label for it in all_buttons(card)][:7] == labels
    form = made.presses(OLGA, buttons(card)["Texts"], CHAT).reply
    assert isinstance(form, Form)
    assert [it.value[0].splitlines()[0] for it in form.fields] == ["👍", "👏 Clap"]
    assert words(made.presses(OLGA, buttons(card)["Interactions"], CHAT)) == words(made.types(OLGA, "/mod live", CHAT))


def test_what_was_chosen_stands_on_the_bar_and_counts_as_emoji():
    made = event()
    made.presses(ANN, f"react:{made.session}:0", CHAT)
    before = made.versions()[f"bar:{made.session}"]
    assert words(texts(made, like="🎉", reactions=OWN.replace(":tada:", "🥳"))).startswith("Saved.")
    assert made.state().like == "🎉"
    assert made.versions()[f"bar:{made.session}"] == before + 1, "it is shown at once"
    assert list(buttons(bar(made)))[-5:] == ["Bravo 1 👏", "Fire 🔥", "Aha 💡", "Party 🥳", "Smile 😄"]


def test_names_of_emoji_are_understood_and_tones_left_out():
    made = event()
    texts(made, like=":+1:", reactions=OWN.replace("👏", "👏🏾"))
    assert made.state().like == "👍"
    assert made.state().reactions == ("👏 Bravo", "🔥 Fire", "💡 Aha", "🎉 Party", "😄 Smile")


def test_a_like_of_the_workspaces_own_that_a_file_chose_may_stay():
    made = event()
    made.store.tables[Session][(made.session,)] = replace(made.state(), like=":our_own:")
    assert words(texts(made, reactions=OWN)).startswith("Saved.")
    assert made.state().like == ":our_own:"


def test_the_usual_five_are_kept_as_none_of_its_own():
    made = event()
    texts(made, reactions=OWN)
    texts(made, reactions="👏 Clap\n❤️ Heart\n🤔 Think\n😮 Wow\n😄 Smile")
    assert made.state().reactions == ()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("like", "like", "Write one emoji that both Slack and Discord have"),
        ("like", ":our_own:", "Write one emoji that both Slack and Discord have"),
        ("like", "🔥", "this is one of the five reactions below"),
        ("reactions", "👏 Clap", "These are 1; write exactly five"),
        ("reactions", OWN.replace("💡", "🔥"), "Line 3: “🔥 Aha” is too like another one"),
        ("reactions", OWN.replace("Aha", "Exclamations!"), "Line 3: “Exclamations!” has 13 characters"),
        ("reactions", OWN.replace("💡 ", ""), "Line 3: Write an emoji and a word, like “👏 Clap”."),
    ],
)
def test_a_mistake_is_told_at_its_field_and_what_was_typed_is_kept(field: str, typed: str, told: str):
    made = event()
    before = made.state()
    values = {"reactions": OWN, field: typed}
    back = texts(made, like=values.get("like", "👍"), reactions=values["reactions"])
    assert isinstance(back.reply, Form) and not back.done
    assert told in next(it.error for it in back.reply.fields if it.name == field)
    assert made.state() == before
    again = made.types(OLGA, "/mod session texts", CHAT).reply
    assert isinstance(again, Form)
    assert next(it.value for it in again.fields if it.name == field) == (typed,)
    texts(made, like="👍", reactions=OWN)
    again = made.types(OLGA, "/mod session texts", CHAT).reply
    assert isinstance(again, Form)
    assert again.fields[1].value == ("👏 Bravo\n🔥 Fire\n💡 Aha\n🎉 Party\n😄 Smile",)


def test_only_who_runs_the_session_may_and_not_after_its_end():
    made = event()
    assert "Only moderators of this session" in words(made.types(ANN, "/mod session texts", CHAT))
    made.advances("ended")
    assert "is over and cannot be changed" in words(made.types(OLGA, "/mod session texts", CHAT))
