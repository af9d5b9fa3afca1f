"""Word clouds: every limit at its edge, what is one word, and how words are counted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.drawing import Cloud
from core.domain.form import Invalid
from core.domain.ids import Instant
from core.domain.interactions import cloud
from core.domain.interactions.kind import Count, Frame, Tally
from core.domain.text import plain
from core.domain.view import Attendees, Card, Part, Picture, Words, in_words
from tests.on_each import on_each
from tests.unit.hostile import SAMPLES, hostile

SPEC = cloud.Spec("Today?")


def said(*typed: str) -> list[str]:
    taken: list[str] = json.loads(cloud.take(SPEC, {"words": (" ".join(typed),)}).choice)
    return taken


def problem(typed: str) -> str:
    with pytest.raises(Invalid) as refused:
        cloud.take(SPEC, {"words": (typed,)})
    return refused.value.errors["words"]


def counted(*ballots: tuple[str, str, int]) -> Tally:
    given_words = (Count(cloud.take(SPEC, {"words": (typed,)}).choice, name, number) for typed, name, number in ballots)
    return cloud.tally(SPEC, given_words)


def frame(**more: object) -> Frame:
    return Frame(**{"ident": "i" * 16, "ended": False, "ends_at": Instant(0), "tally": None, **more})  # type: ignore[arg-type]


def words(parts: tuple[Part, ...]) -> str:
    return in_words(Card(Attendees("s"), parts))  # type: ignore[arg-type]


def test_one_to_three_words():
    assert said("tea") == ["tea"]
    assert said("c b a") == ["a", "b", "c"]
    for typed in ("", "  ", " , ,", "\u200b"):
        assert problem(typed) == "Write one to three words."
    assert problem("a b c d") == "These are 4 words; 3 fit."


@pytest.mark.parametrize("typed", ["tea milk", "tea,milk", " tea ,  milk,", "tea\tmilk", "tea\nmilk", "tea、milk"])
def test_spaces_and_commas_stand_between_words(typed):
    assert said(typed) == ["milk", "tea"]


def test_the_length_of_a_word():
    for length in (1, 24, 25):
        assert said("x" * length) == ["x" * length]
    assert "has 26 characters; 25 fit." in problem("ok " + "x" * 26)


def test_a_word_holds_a_letter_a_number_or_an_emoji():
    for typed in ("C++", "42", "🎉", "so-so", "don't", "<3"):
        assert said(typed) == [typed]
    for typed in ("...", "?!", "tea --"):
        assert "is no word" in problem(typed)


def test_the_same_word_twice_is_a_word_once():
    assert said("Tea tea TEA") == ["Tea"]
    assert said("é", "e\u0301") == ["é"]
    assert said("a A b B c C") == ["a", "b", "c"], "three after all"
    assert problem("a b c d A") == "These are 4 words; 3 fit."


@on_each("raw", SAMPLES)
def test_whatever_is_typed_is_counted_or_refused_with_a_sentence(raw):
    try:
        answer = cloud.take(SPEC, {"words": (raw,)})
    except Invalid as refused:
        assert set(refused.errors) == {"words"}
        assert refused.errors["words"].endswith(".")
    else:
        assert answer.words == "" and not answer.waits
        assert 1 <= len(json.loads(answer.choice)) <= 3
        assert all(1 <= len(word) <= 25 for word in json.loads(answer.choice))


@given(hostile)
def test_what_was_said_comes_back_in_the_form(raw):
    try:
        answer = cloud.take(SPEC, {"words": (raw,)})
    except Invalid:
        return
    assert cloud.take(SPEC, cloud.given(SPEC, answer)) == answer
    assert cloud.tally(SPEC, (Count(answer.choice, "slack", 1),)).voters == 1


def test_words_are_compared_without_case_and_width_and_shown_as_most_spell_them():
    tally = counted(("Tea", "slack", 2), ("tea", "discord", 3), ("ＴＥＡ milk", "slack", 1), ("STRASSE", "slack", 1),
                    ("straße", "discord", 2))  # fmt: skip
    assert tally.words == (("tea", 6), ("straße", 3), ("milk", 1))
    assert (tally.voters, tally.platforms) == (9, {"slack": 4, "discord": 5})
    assert counted(("b", "slack", 1), ("B", "slack", 1)).words == (("B", 2),), "always the same one of two"


@given(st.lists(st.tuples(st.sampled_from(["tea", "Tea milk", "milk sugar Tea", "x"]), st.integers(1, 9)), max_size=9))
def test_every_word_of_every_person_is_counted_once(ballots):
    tally = counted(*((typed, "slack", number) for typed, number in ballots))
    assert sum(number for _, number in tally.words) == sum(len(typed.split()) * number for typed, number in ballots)
    assert [number for _, number in tally.words] == sorted((number for _, number in tally.words), reverse=True)


def test_the_card_draws_the_cloud_and_says_it_in_words():
    tally = counted(("tea milk", "Slack", 3), ("tea", "Discord", 2))
    parts = cloud.view(SPEC, frame(tally=tally))
    (picture,) = [part for part in parts if isinstance(part, Picture)]
    assert picture.drawing == Cloud("Today?", (("tea", 5), ("milk", 3)), "5 people, 8 words")
    assert picture.alt == "Word cloud: “tea” is the largest, then milk."
    assert [plain(part.text) for part in parts if isinstance(part, Words)] == ["tea 5, milk 3"]
    assert "5 people, 8 words · Slack 3, Discord 2." in words(parts)


def test_twelve_words_stand_in_text_and_fifty_in_the_picture():
    for number, told in ((12, ""), (13, " and 1 more"), (60, " and 48 more")):
        tally = counted(*((f"w{index:02}", "slack", 1) for index in range(number)))
        assert cloud.summary(SPEC, tally) == ", ".join(f"w{index:02} 1" for index in range(12)) + told
        drawn = cloud.drawing(SPEC, tally)
        assert isinstance(drawn, Cloud) and len(drawn.words) == min(number, 50)


def test_hidden_words_leave_no_trace_and_nobody_yet_is_no_picture():
    for parts in (cloud.view(SPEC, frame(shared="end")), cloud.view(SPEC, frame(tally=Tally(0)))):
        assert not [part for part in parts if isinstance(part, Picture | Words)]
    assert "Words are shown when it ends." in words(cloud.view(SPEC, frame(shared="end")))
    assert "0 people, 0 words" in words(cloud.view(SPEC, frame(tally=Tally(0))))


def test_the_confirmation_names_the_words():
    answer = cloud.take(SPEC, {"words": ("tea milk",)})
    assert plain(cloud.confirm(SPEC, answer, None)) == "Your words: milk, tea. You can change them."
    one = cloud.take(SPEC, {"words": ("tea",)})
    assert plain(cloud.confirm(SPEC, one, None)) == "Your word: tea. You can change it."
