"""Options to pick from, as polls and quizzes have them: typed one a line, picked by letter, counted, shown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from core.domain.drawing import Bar, Bars
from core.domain.form import Field, Values, first
from core.domain.interactions.common import LETTERS, counted_words, percent, result, share, votes
from core.domain.interactions.kind import Count, Frame, Tally
from core.domain.refused import Refused
from core.domain.text import one_line
from core.domain.view import Button, Choice, Choices, Option, Select, action

OPTION_LIMIT = 55
OPTIONS = range(2, 6)
CHOICES_KEPT = 1_024
"""A crowd picks among few: what a choice comes to and reads like is made once each."""


def field(name: str, label: str, what: str, hint: str = "") -> Field:
    return Field(
        name,
        label,
        "paragraph",
        hint=hint or f"2 to 5 {what}s, {OPTION_LIMIT} characters each",
        longest=5 * (OPTION_LIMIT + 25),
        each=OPTION_LIMIT,
        lines=(OPTIONS.start, OPTIONS.stop - 1),
    )


def typed(values: Values, name: str) -> tuple[str, ...]:
    return tuple(line for raw in first(values, name).splitlines() if (line := one_line(raw)))


def problem(options: Sequence[str], what: str = "option") -> str:
    """What is wrong with them, in one sentence; nothing when they can be asked."""
    if len(options) not in OPTIONS:
        so_far = "is 1" if len(options) == 1 else f"are {len(options)}"
        return f"Write 2 to 5 {what}s, one a line; so far there {so_far}."
    for number, option in enumerate(options, 1):
        if len(option) > OPTION_LIMIT:
            return f"{what.capitalize()} {number} has {len(option)} characters; {OPTION_LIMIT} fit."
    if len({option.casefold() for option in options}) < len(options):
        return f"Two {what}s read the same; change one."
    return ""


@lru_cache(CHOICES_KEPT)
def chosen(number: int, picked: tuple[str, ...], several: bool, title: str) -> str:
    """The ballot of who picked these of so many options: their places in order. Raises Refused."""
    places = sorted({int(one) for one in picked if one.isascii() and one.isdigit() and len(one) < 4})
    if not places or places[-1] >= number or len(places) != len(set(picked)):
        raise Refused(f"That is not part of this {title}. Look at the {title} again and pick from what it shows.")
    if len(places) > 1 and not several:
        raise Refused(f"This {title} takes one choice. Pick the one you like best.")
    return json.dumps(places, separators=(",", ":"))


def tallied(number: int, counts: Iterable[Count]) -> Tally:
    options = [0] * number
    platforms: Counter[str] = Counter()
    moderators = 0
    for count in counts:
        for index in json.loads(count.choice):
            options[index] += count.number
        platforms[count.platform] += count.number
        moderators += count.moderators
    return Tally(sum(platforms.values()), tuple(options), dict(platforms), moderators)


def by_votes(numbers: Sequence[int]) -> list[int]:
    """The places, most votes first."""
    return sorted(range(len(numbers)), key=lambda i: (-numbers[i], i))


def open_choices(options: Sequence[str], frame: Frame, verb: str, *, several: bool) -> Choices:
    """Each with its button; with a select behind them where several can be picked."""
    return Choices(
        tuple(
            Choice(
                LETTERS[i],
                label,
                None
                if several
                else Button(
                    f"{verb} {LETTERS[i]}",
                    action("vote", frame.ident, str(i)),
                    spoken=f"{verb} for {LETTERS[i]}, {label}" if verb == "Vote" else f"{verb} {LETTERS[i]}, {label}",
                ),
                result=result(frame.tally, i),
                share=share(frame.tally, i),
            )
            for i, label in enumerate(options)
        )
    )


def select(options: Sequence[str], ident: str, most: int) -> Select:
    return Select(
        "Choose one or more",
        action("vote", ident),
        tuple(Option(f"{LETTERS[i]}  {label}", str(i)) for i, label in enumerate(options)),
        most=most,
    )


def marked(numbers: Sequence[int], index: int, marks: Sequence[str] = ()) -> str:
    """What stands behind the number of an option in words."""
    most = max(numbers)
    words = [marks[index] if marks else "", "most votes" if most and numbers[index] == most else ""]
    return " · ".join(word for word in words if word)


def standing(options: Sequence[str], frame: Frame, marks: Sequence[str] = ()) -> Choices:
    """Ended: most votes first; without shared results the options stand as they were. ``marks`` in words, if any."""
    numbers = frame.tally.options if frame.tally else (0,) * len(options)
    return Choices(
        tuple(
            Choice(
                LETTERS[i],
                options[i],
                result=" · ".join(
                    word
                    for word in (
                        result(frame.tally, i),
                        marked(numbers, i, marks) if frame.tally else (marks[i] if marks else ""),
                    )
                    if word
                ),
                share=share(frame.tally, i),
            )
            for i in by_votes(numbers)
        )
    )


def in_one_line(options: Sequence[str], counted: Tally) -> str:
    """Most votes first."""
    return ", ".join(f"{options[i]} {percent(share(counted, i) or 0)}" for i in by_votes(counted.options))


def bars(title: str, options: Sequence[str], counted: Tally, marks: Sequence[str] = ()) -> Bars:
    drawn = tuple(
        Bar(
            f"{LETTERS[i]}  {options[i]}", counted.options[i], share(counted, i) or 0, marked(counted.options, i, marks)
        )
        for i in by_votes(counted.options)
    )
    return Bars(title, drawn, votes(counted.voters))


def spelled(options: Sequence[str], choice: str) -> str:
    """What somebody picked, in words."""
    return "; ".join(f"{LETTERS[i]}, {options[i]}" for i in json.loads(choice))


def right_number(number: int) -> str:
    return counted_words(number, "right answer", "right answers")
