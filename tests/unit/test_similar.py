"""Which questions are taken for the same: figures stand in adapters/similar, this holds what gives them."""

from __future__ import annotations

import random
import time

import pytest

from adapters.similar import Comparer

SAME = (
    ("Will the slides be shared?", "are the slides going to be shared"),
    ("Will there be a recording?", "Is there going to be a recording"),
    ("When does the workshop start?", "when is the workshop starting"),
    ("Where can I get the slides?", "Where can we find... I mean get the slides"),
    ("How do I join the workshop?", "How can we join the workshops?"),
    ("Can you please repeat the last example", "could you repeat that last example?"),
    ("What's the name of the tool?", "What is the name of that tool"),
    ("Is lunch included?", "Will lunch be included"),
    ("Which Python versions are supported?", "which python version do you support"),
    ("Does it work on Windows?", "would that work on windows as well"),
    ("Is the code on GitHub?", "Is your code on github"),
    ("How much does the licence cost?", "How much would a license cost?"),
)
"""Typed by hand."""
OTHERS = (
    ("Where is workshop 1?", "Where is workshop 2?"),
    ("Is version 3.11 supported?", "Is version 3.12 supported?"),
    ("Can I use it in production?", "Can I not use it in production?"),
    ("Does it work without the network?", "Does it work with the network?"),
    ("When is lunch?", "Where is lunch?"),
    ("Who made it?", "Why was it made?"),
    ("What is that?", "What do you have?"),
    ("How is it?", "How would you do that?"),
    ("Will the slides be shared?", "Will the results be shared?"),
    ("Is lunch included?", "Is the workshop included?"),
    ("How do I join the workshop?", "How do I leave the workshop?"),
    ("Is the code on GitHub?", "Is the talk on YouTube?"),
    ("What is the name of the tool?", "What is the price of the tool?"),
)


def alike(one: str, other: str) -> bool:
    comparer = Comparer()
    return comparer.closest(comparer.essence(one), [comparer.essence(other)]) is not None


def test_words_that_say_nothing_make_no_difference() -> None:
    found = [alike(one, other) for one, other in SAME]
    assert sum(found) >= 9, [pair for pair, it in zip(SAME, found, strict=True) if not it]
    as_typed = [Comparer().closest(one.casefold(), [other.casefold()]) for one, other in SAME]
    assert sum(it is not None for it in as_typed) <= 4, "these pairs need no normalising"


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_asks_something_else_is_not_taken_for_the_same(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Will the recordings be public?", "Are the recordings going to be made public?", True),
        ("Is a transcript of the second talk planned?", "Second talk: is a transcript planned?", True),
        ("Who pays for the hosting of the recordings?", "Who pays for the hosting and the food?", False),
        ("Will the recordings be public?", "Will the recordings be long?", False),
    ],
)
def test_another_order_or_a_word_more_makes_no_difference(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Wann war das?", "Was war das?", False),  # "was" and "war" are no English words here
        ("Will er an die Uni?", "Was will er in der Uni?", False),
        ("Wird der Vortrag aufgezeichnet?", "wird der vortrag aufgezeichnet", True),
        ("Werden die Folien geteilt?", "Wird die Aufnahme geteilt?", False),
        ("¿Se compartirán las diapositivas?", "se compartirán las diapositivas", True),
        ("録画は公開されますか？", "録画は公開されますか", True),
        ("録画は公開されますか？", "資料は配布されますか？", False),
        ("هل ستكون الشرائح متاحة؟", "هل ستكون الشرائح متاحة", True),
        ("क्या स्लाइड साझा की जाएँगी?", "क्या स्लाइड साझा की जाएँगी", True),
        ("क्या स्लाइड साझा की जाएँगी?", "क्या वीडियो मिलेगा?", False),
    ],
)
def test_other_languages_are_compared_word_for_word(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same


@pytest.mark.parametrize("text", ["", "?", "👍👍", "the", "a" * 4000, "\u0000\u200b", "1", "\ud800", "ﬁ" * 300])
def test_any_text_can_be_compared(text: str) -> None:
    comparer = Comparer()
    essence = comparer.essence(text)
    comparer.closest(essence, [essence, "", comparer.essence("Will the slides be shared?")])
    assert comparer.closest("", ["", "slides shared"]) is None


def test_of_several_the_first_is_taken() -> None:
    comparer = Comparer()
    others = [comparer.essence(it) for it in ("Is lunch free?", "Slides shared?", "Will the slides be shared?")]
    found = comparer.closest(comparer.essence("will the slides be shared"), others)
    assert found is not None
    assert found[0] == others.index("slides shared")


def test_five_hundred_open_questions_are_compared_in_little_time() -> None:
    made = random.Random(4)
    words = [f"{made.choice('bcdfg')}{made.choice('aeiou')}{made.choice('lmnrst')}{it}" for it in range(400)]
    texts = [f"How does {' '.join(made.choices(words, k=40))} work?" for _ in range(501)]
    comparer = Comparer()
    took = []
    for _ in range(3):
        began = time.process_time()
        essences = [comparer.essence(it) for it in texts]
        comparer.closest(essences[0], essences[1:])
        took.append(time.process_time() - began)
    assert min(took) < 0.05
