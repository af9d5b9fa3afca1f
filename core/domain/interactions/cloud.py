"""Word cloud: one to three words a person; the more people said one, the larger it is drawn (SPEC 5.5)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from core.domain.drawing import Cloud, Drawing
from core.domain.form import Field, Invalid, Values, first
from core.domain.ids import Instant
from core.domain.interactions import written
from core.domain.interactions.common import QUESTION_LIMIT, asked, counted_words, ended_line, headline, open_line
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import respond as respond
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.text import Doc, clean, doc
from core.domain.view import Button, Buttons, Heading, Note, Part, Picture, Words, action

NAME = "cloud"
TITLE = "Word cloud"
TRAITS: frozenset[Trait] = frozenset({"answered", "shared", "secret"})
SEND = "Publish now"
FROZEN = frozenset({"question"})
MOST, WORD_LIMIT = 3, 25
"""So many words a person, of so many characters."""
LISTED, DRAWN = 12, 50
"""So many words stand on the card in text, and in the picture."""
CHOICES_KEPT = 4_096
"""A crowd's words are read once each, not at every change of the card."""


@dataclass(frozen=True, slots=True)
class Spec:
    question: str


def title(spec: Spec) -> str:
    return headline(spec.question)


def fields() -> tuple[Field, ...]:
    return (Field("question", "Question", "paragraph", longest=QUESTION_LIMIT),)


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    question = asked(values, "question", errors)
    if errors:
        raise Invalid(errors)
    return Spec(question)


def write(spec: Spec) -> Values:
    return {"question": (spec.question,)}


def questions(spec: Spec) -> tuple[Field, ...]:
    hint = f"With a space or a comma between them; {WORD_LIMIT} characters each"
    return (Field("words", "One to three words", longest=100, hint=hint),)


def take(spec: Spec, values: Values) -> Answer:
    """Compared as people read them: case and width do not matter, and a word twice is a word once."""
    mine: dict[str, str] = {}
    for word in _parted(first(values, "words")):
        mine.setdefault(folded(word), word)
    if problem := _problem(list(mine.values())):
        raise Invalid({"words": problem})
    return Answer(json.dumps([mine[it] for it in sorted(mine)], separators=(",", ":")))


_BETWEEN = re.compile(r"[\s,，、،;]+")


def _parted(typed: str) -> list[str]:
    return [word for part in _BETWEEN.split(clean(typed)) if (word := clean(part))]


def _problem(words: list[str]) -> str:
    if not words:
        return "Write one to three words."
    if len(words) > MOST:
        return f"These are {len(words)} words; {MOST} fit."
    for word in words:
        if len(word) > WORD_LIMIT:
            return f"“{word[:WORD_LIMIT]}…” has {len(word)} characters; {WORD_LIMIT} fit."
        if not any(unicodedata.category(char)[0] in "LNS" for char in word):
            return f"“{word}” is no word. Write one with letters, numbers or an emoji."
    return ""


def folded(word: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


def given(spec: Spec, answer: Answer) -> Values:
    return {"words": (" ".join(json.loads(answer.choice)),)}


@lru_cache(CHOICES_KEPT)
def _read(choice: str) -> tuple[tuple[str, str], ...]:
    return tuple((folded(word), word) for word in json.loads(choice))


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    """Each word as most people spell it, the most frequent first."""
    spelled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    platforms: Counter[str] = Counter()
    moderators = 0
    for count in counts:
        for same, word in _read(count.choice):
            spelled[same][word] += count.number
        platforms[count.platform] += count.number
        moderators += count.moderators
    numbers = {same: sum(ways.values()) for same, ways in spelled.items()}
    words = tuple(
        (min(spelled[same], key=lambda it: (-spelled[same][it], it)), numbers[same])
        for same in sorted(numbers, key=lambda it: (-numbers[it], it))
    )
    return Tally(sum(platforms.values()), (), dict(platforms), moderators, words)


def _listed(counted: Tally, most: int) -> str:
    """``Tea 12, milk 7 and 3 more``."""
    told = ", ".join(f"{word} {number:,}" for word, number in counted.words[:most])
    left = len(counted.words) - most
    return f"{told} and {left:,} more" if left > 0 else told


def summary(spec: Spec, counted: Tally) -> str:
    return _listed(counted, LISTED)


def _people(counted: Tally) -> tuple[str, str]:
    words = sum(number for _, number in counted.words)
    return counted_words(counted.voters, "person", "people"), counted_words(words, "word", "words")


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    return Cloud(title(spec), counted.words[:DRAWN], ", ".join(_people(counted))) if counted.words else None


def _alt(counted: Tally) -> str:
    """In one sentence; the numbers stand below in words."""
    largest = [word for word, _ in counted.words[:3]]
    behind = f", then {' and '.join(largest[1:])}" if largest[1:] else ""
    return f"Word cloud: “{largest[0]}” is the largest{behind}."


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    counted = frame.tally
    line = ended_line(TITLE, frame, "person", "people") if frame.ended else open_line(TITLE, frame, "1 to 3 words")
    parts: list[Part] = [Heading(spec.question), Note(line)]
    if counted is not None and counted.words and (drawn := drawing(spec, counted)):
        parts += [Picture(drawn, _alt(counted)), Words(doc(_listed(counted, LISTED)))]
    if frame.ended:
        return tuple(parts)
    parts.append(Buttons((Button("Add words", action("answer", frame.ident), "primary"),)))
    parts.append(Note(_foot(frame)))
    return tuple(parts)


def _foot(frame: Frame) -> str:
    counted = frame.tally
    told = written.hidden(frame, "Words") if counted is None else f"{written.number(counted, *_people(counted))}."
    return f"{told} {written.ANONYMOUS if frame.anonymous else 'Nobody here can see who wrote what.'}"


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    words = json.loads(answer.choice)
    told = f"Your {'word' if len(words) == 1 else 'words'}: {', '.join(words)}."
    return doc(told, *written.until(ends_at, "it" if len(words) == 1 else "them"))


def samples() -> tuple[Spec, ...]:
    return (Spec("Today?"), Spec("The day in three words"), Spec("W" * QUESTION_LIMIT))
