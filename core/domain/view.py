"""What is shown: a card is a list of parts made for one audience; every platform renders every part.

A card never holds a platform's markup. Buttons carry an action (``verb:argument:…``, at most 100 characters), opaque
ids only: anybody can read it (RELIABILITY, mapping trap 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from core.domain.drawing import Drawing
from core.domain.ids import PersonId, SessionId
from core.domain.text import Doc, Leaf, Text, plain

Style = Literal["plain", "primary", "danger"]
ACTION_LIMIT = 100
"""Discord's custom_id holds 1 to 100 characters."""


@dataclass(frozen=True, slots=True)
class Public:
    """Anybody who sees the venue."""


@dataclass(frozen=True, slots=True)
class Attendees:
    """Everybody in the session."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class Backstage:
    """Moderators and speakers of the session."""

    session: SessionId


@dataclass(frozen=True, slots=True)
class Moderators:
    session: SessionId


@dataclass(frozen=True, slots=True)
class OnlyPerson:
    person: PersonId


Audience = Public | Attendees | Backstage | Moderators | OnlyPerson


@dataclass(frozen=True, slots=True)
class Button:
    """At most 20 characters of label, a verb first; ``spoken`` is what a screen reader says instead (75 characters)."""

    label: str
    action: str
    style: Style = "plain"
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class LinkButton:
    """Opens a page outside. ``action``: what a press means where the platform tells of it; empty: nothing."""

    label: str
    url: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class JumpButton:
    """Opens a channel of the reader's own venue, at a message where ``ref`` names one; both ids are the platform's."""

    label: str
    room: str
    ref: str = ""
    direct: bool = False
    """The channel is the reader's direct messages with the bot, which are in no server."""


AnyButton = Button | LinkButton | JumpButton


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line: what this is about."""

    text: Text


@dataclass(frozen=True, slots=True)
class Words:
    text: Text


@dataclass(frozen=True, slots=True)
class Note:
    """Small grey text."""

    text: Text


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick, its button beside its words; ``result`` is the number in words, before any bar."""

    letter: str
    label: str
    button: Button | None = None
    result: str = ""
    share: float | None = None
    """0.0 to 1.0, drawn as a bar after the words; never the only sign."""


@dataclass(frozen=True, slots=True)
class Choices:
    items: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Option:
    label: str
    value: str
    """At most 100 characters, opaque."""


@dataclass(frozen=True, slots=True)
class Select:
    """A menu; ``most`` over 1 lets several be picked at once."""

    placeholder: str
    action: str
    options: tuple[Option, ...]
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Buttons:
    """One row, at most five."""

    items: tuple[AnyButton, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Steps to choose one from, lowest first, at most ten: buttons in rows of five."""

    items: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing; ``alt`` says all of it in one sentence, for who does not see it and where it cannot be drawn."""

    drawing: Drawing
    alt: str


@dataclass(frozen=True, slots=True)
class Divider:
    pass


Part = Heading | Words | Note | Choices | Select | Buttons | Scale | Picture | Divider
PARTS: tuple[type, ...] = (Heading, Words, Note, Choices, Select, Buttons, Scale, Picture, Divider)


@dataclass(frozen=True, slots=True)
class Card:
    audience: Audience
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What a line answers, where it stands in the reader's own room."""

    author: str
    words: str
    """Its beginning, on one line."""
    room: str = ""
    ref: str = ""
    """Empty where it is not shown there."""


@dataclass(frozen=True, slots=True)
class Speech:
    """A person's line carried to another room."""

    author: str
    origin: str
    """Where the author is, in words: ``Discord``."""
    avatar: str | None
    body: Doc
    audience: Audience
    quote: Quote | None = None
    """Shown where the line cannot stand in a thread of what it answers."""
    likes: int = 0
    """From elsewhere; those given here are the platform's own."""
    badge: str = ""
    """What we say of the author beside the name, which anybody can choose: ``moderator``, ``speaker``, ``attendee``."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Several lines in one post, oldest first."""

    lines: tuple[Speech, ...]
    audience: Audience


Content = Card | Speech | Bundle
"""Whatever the reconciler may post."""


def action(verb: str, *arguments: str) -> str:
    """The one codec of button ids: ``verb:argument:…``. Raises ValueError when it would not fit or not read back."""
    parts = (verb, *arguments)
    if any(":" in part for part in parts):
        raise ValueError(f"an action's parts hold no colon: {parts}")
    made = ":".join(parts)
    if not 1 <= len(made) <= ACTION_LIMIT:
        raise ValueError(f"an action has 1 to {ACTION_LIMIT} characters: {made}")
    return made


def say(audience: Audience, *sentences: Text, buttons: tuple[AnyButton, ...] = ()) -> Card:
    """A private answer: at most two lines, then buttons."""
    words: tuple[Part, ...] = tuple(Words(sentence) for sentence in sentences)
    return Card(audience, (*words, Buttons(buttons)) if buttons else words)


def with_typed(card: Card, typed: Iterable[str]) -> Card:
    """The card of a refused form with what was typed into it, which is nowhere else by then (SPEC 14)."""
    texts = tuple(Words((Leaf(text),)) for text in typed if text.strip())
    if not texts:
        return card
    words = tuple(part for part in card.parts if not isinstance(part, Buttons))
    buttons = tuple(part for part in card.parts if isinstance(part, Buttons))
    return Card(card.audience, (*words, Note("What you typed:"), *texts, *buttons))


def in_words(card: Card, spell: Callable[[Text], str] = plain) -> str:
    """The whole card in words, top to bottom: for notifications and screen readers. Bars are left out.

    ``spell`` writes one text; a platform hands in its own, so that instants read in the reader's zone.
    """
    lines: list[str] = []
    for part in card.parts:
        match part:
            case Heading(text) | Words(text) | Note(text):
                lines.append(spell(text))
            case Choices(items):
                lines.extend(f"{it.letter}: {it.label}" + (f", {it.result}" if it.result else "") for it in items)
            case Select(placeholder, _, options):
                lines.append(f"{placeholder}: " + ", ".join(option.label for option in options))
            case Picture(_, alt):
                lines.append(alt)
            case Buttons() | Scale() | Divider():
                pass
    return "\n".join(line for line in lines if line)
