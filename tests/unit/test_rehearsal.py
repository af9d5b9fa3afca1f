"""Made-up attendees answer every kind of interaction as people could, and always the same for the same dice."""

from __future__ import annotations

from random import Random

import pytest

from core.domain.interactions import KINDS
from core.domain.interactions.kind import Count
from core.domain.interactions.rehearsal import simulate

EVERY = [(name, number) for name, kind in KINDS.items() for number in range(len(kind.samples()))]


@pytest.mark.parametrize(("name", "number"), EVERY)
def test_every_kind_that_is_answered_is_answered_by_them_and_counted(name: str, number: int) -> None:
    kind = KINDS[name]
    spec = kind.samples()[number]
    answers = [simulate(kind, spec, Random(f"{name}:{one}")) for one in range(40)]
    if "answered" not in kind.TRAITS or kind.missing(spec):
        assert answers == [None] * 40
        return
    given = [it for it in answers if it is not None]
    assert len(given) == 40
    for one in given:
        if kind.questions(spec):
            assert kind.take(spec, kind.given(spec, one)) == one
    tally = kind.tally(spec, [Count(it.choice, "slack", 1) for it in given])
    assert 0 < tally.voters <= 40
    assert answers == [simulate(kind, spec, Random(f"{name}:{one}")) for one in range(40)]


def test_they_do_not_all_say_the_same() -> None:
    kind = KINDS["poll"]
    for spec in kind.samples():
        assert len({it.choice for one in range(40) if (it := simulate(kind, spec, Random(one)))}) > 1
