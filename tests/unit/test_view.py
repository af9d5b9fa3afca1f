"""Cards and the one codec of button ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.form import Field, Form, Invalid, first
from core.domain.ids import Instant
from core.domain.text import When, plain
from core.domain.view import (
    ACTION_LIMIT,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Divider,
    Heading,
    Note,
    Option,
    Public,
    Select,
    Words,
    action,
    in_words,
    say,
)

parts = st.text(st.characters(exclude_characters=":", codec="utf-8"), max_size=20)


@given(st.lists(parts, min_size=1, max_size=4))
def test_an_action_reads_back(made_of):
    if 1 <= len(":".join(made_of)) <= ACTION_LIMIT:
        assert action(*made_of).split(":") == made_of
    else:
        with pytest.raises(ValueError, match="1 to 100"):
            action(*made_of)


@pytest.mark.parametrize("length", [99, 100, 101])
def test_an_action_holds_100_characters(length):
    if length > ACTION_LIMIT:
        with pytest.raises(ValueError, match="1 to 100"):
            action("x" * length)
    else:
        assert len(action("x" * length)) == length


def test_a_colon_inside_is_refused():
    with pytest.raises(ValueError, match="no colon"):
        action("vote", "a:b")


CARD = Card(
    Public(),
    (
        Heading("Tea?"),
        Note((When(Instant(0)),)),
        Words("Now"),
        Divider(),
        Choices((Choice("A", "Yes", Button("Vote A", "vote:i:0"), "1 vote", 0.5), Choice("B", "No"))),
        Select("Pick", "vote:i", (Option("A  Yes", "0"), Option("B  No", "1"))),
        Buttons((Button("End", "end:i"),)),
    ),
)


def test_a_card_in_words_has_every_word_and_no_empty_line():
    assert in_words(CARD) == "Tea?\nNow\nA: Yes, 1 vote\nB: No\nPick: A  Yes, B  No"


def test_a_platform_spells_instants_its_own_way():
    assert "Tea?\n14:00\nNow" in in_words(CARD, lambda text: plain(text) or "14:00")


def test_a_private_answer_has_its_buttons_last():
    assert say(Public(), "One.", "Two.") == Card(Public(), (Words("One."), Words("Two.")))
    assert say(Public(), "One.", buttons=(Button("x", "x"),)).parts[-1] == Buttons((Button("x", "x"),))


FORM = Form("T", "a", "S", (Field("one", "One", value=("1",)), Field("two", "Two")), problem="Old.")


def test_a_form_comes_back_with_what_was_typed():
    back = FORM.filled({"two": ("2",), "other": ("3",)}, {"two": "Wrong."}, "New.")
    assert [(it.value, it.error) for it in back.fields] == [(("1",), ""), (("2",), "Wrong.")]
    assert back.problem == "New."
    assert FORM.filled({"one": ()}).fields[0].value == ()


def test_the_first_value_of_a_field():
    assert first({"a": ("x", "y")}, "a") == "x"
    assert first({"a": ()}, "a") == first({}, "a") == ""


def test_all_sentences_of_what_is_wrong_read_as_one_text():
    assert str(Invalid({"a": "One.", "b": "Two."})) == "One.; Two."
