"""A family of samples in one test fails when one of them does, and says which."""

from __future__ import annotations

import pytest

from tests.on_each import on_each


def test_every_sample_is_tried_and_those_that_fail_are_named():
    tried: list[int] = []

    @on_each("number", range(5))
    def small(number):
        tried.append(number)
        assert number not in (2, 4), f"{number} is not small"

    with pytest.raises(AssertionError, match=r"2 of 5 samples fail:\s+2\s+4$") as told:
        small()
    assert tried == [0, 1, 2, 3, 4]
    assert "2 is not small" in str(told.value.__cause__)


def test_what_was_to_be_refused_and_was_not_is_a_failing_sample():
    @on_each("text, number", [("1", 1), ("x", 0)])
    def refused(text, number):
        with pytest.raises(ValueError, match="x"):
            int(text)
        assert number == 0

    with pytest.raises(AssertionError, match="1 of 2 samples fail"):
        refused()


def test_no_samples_are_a_mistake():
    @on_each("number", [])
    def nothing(number):
        pass

    with pytest.raises(AssertionError, match="no sample"):
        nothing()


@on_each("text, number", [("1", 1), ("2", 2)])
def test_a_sample_is_taken_apart_by_its_names(text, number):
    assert int(text) == number
