"""Announcement: said to everybody and kept in Updates, if wanted with a button that opens a page (SPEC 5.5, 6.2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.domain.drawing import Drawing
from core.domain.form import Field, Invalid, Values, first
from core.domain.ids import Instant
from core.domain.interactions.common import given as given
from core.domain.interactions.common import headline
from core.domain.interactions.common import missing as missing
from core.domain.interactions.common import questions as questions
from core.domain.interactions.common import respond as respond
from core.domain.interactions.common import take as take
from core.domain.interactions.kind import Answer, Count, Frame, Tally, Trait
from core.domain.links import host
from core.domain.text import Doc, clean, doc, one_line
from core.domain.view import Buttons, Heading, LinkButton, Note, Part, Words, action

NAME = "announcement"
TITLE = "Announcement"
TRAITS: frozenset[Trait] = frozenset({"update", "outlasts"})
SEND = "Publish now"
FROZEN: frozenset[str] = frozenset()
TITLE_LIMIT, TEXT_LIMIT, LABEL_LIMIT, ADDRESS_LIMIT = 100, 1_000, 20, 512
"""A label of 20 characters is whole on a phone; Discord opens addresses of 512 characters."""
FIRST_LINE = 300
"""A text of so many characters stands as the first line by itself."""
CLICKED = '"clicked"'


@dataclass(frozen=True, slots=True)
class Spec:
    text: str
    title: str = ""
    label: str = ""
    address: str = ""


def title(spec: Spec) -> str:
    return spec.title or headline(spec.text)


def fields() -> tuple[Field, ...]:
    return (
        Field("title", "Title", required=False, longest=TITLE_LIMIT),
        Field("text", "Text", "paragraph", longest=TEXT_LIMIT),
        Field("label", "Button", required=False, longest=LABEL_LIMIT, hint="What it says, if there is to be one"),
        Field("address", "Page that the button opens", required=False, longest=ADDRESS_LIMIT, hint="https://…"),
    )


def read(values: Values) -> Spec:
    errors: dict[str, str] = {}
    named, label = one_line(first(values, "title")), one_line(first(values, "label"))
    text, address = clean(first(values, "text")), first(values, "address").strip()
    if not text:
        errors["text"] = "Write the text."
    for name, what, typed, most in (
        ("title", "title", named, TITLE_LIMIT),
        ("text", "text", text, TEXT_LIMIT),
        ("label", "button", label, LABEL_LIMIT),
    ):
        if len(typed) > most:
            errors[name] = f"The {what} has {len(typed):,} characters; {most:,} fit."
    if label and not address:
        errors["address"] = "Write the page that the button opens, or leave the button empty."
    if address and not label:
        errors["label"] = "Write what the button says, or leave the page empty."
    if address and (problem := unopenable(address)):
        errors["address"] = problem
    if errors:
        raise Invalid(errors)
    return Spec(text, named, label, address)


_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.(?!-)[a-z][a-z0-9-]{1,62}(?<!-)")


def unopenable(address: str) -> str:
    """Why no button may open this, in one sentence; empty when one may."""
    if len(address) > ADDRESS_LIMIT:
        return f"The address has {len(address):,} characters; {ADDRESS_LIMIT} fit."
    if not address.lower().startswith("https://"):
        return "The address begins with https://, so that nobody can read along or change the page on its way."
    if clean(address) != address or any(char.isspace() or char in '\\<>|"' for char in address):
        return "The address holds a space or a sign that no address has. Copy it from the browser again."
    try:
        parted = urlsplit(address)
        at, port = parted.netloc.rpartition("@")[1], parted.port
    except ValueError:
        at, port = "", -1
    if at:
        return "The address names a user before its host, as false addresses do. Write it without that."
    if port == -1 or not _HOST.fullmatch(host(address).lower()):
        return "The address leads to no host. Write it like https://example.org/page."
    return ""


def write(spec: Spec) -> Values:
    typed = {"title": spec.title, "text": spec.text, "label": spec.label, "address": spec.address}
    return {name: (it,) if it else () for name, it in typed.items()}


def tally(spec: Spec, counts: Iterable[Count]) -> Tally:
    """Who opened the page; everybody is counted once."""
    platforms: Counter[str] = Counter()
    moderators = 0
    for count in counts:
        platforms[count.platform] += count.number
        moderators += count.moderators
    return Tally(sum(platforms.values()), (), dict(platforms), moderators)


def summary(spec: Spec, counted: Tally) -> str:
    return f"{counted.voters:,} opened the link on Slack; Discord does not tell." if spec.address else ""


def drawing(spec: Spec, counted: Tally) -> Drawing | None:
    return None


def view(spec: Spec, frame: Frame) -> tuple[Part, ...]:
    whole = not spec.title and len(spec.text) <= FIRST_LINE
    parts: list[Part] = [Heading(spec.text if whole else title(spec)), Note(f"{TITLE} · from the moderators")]
    if not whole:
        parts.append(Words(doc(spec.text)))
    if spec.address:
        parts.append(Buttons((LinkButton(spec.label, spec.address, action("click", frame.ident)),)))
    return tuple(parts)


def confirm(spec: Spec, answer: Answer, ends_at: Instant | None) -> Doc:
    return doc("The page opens in your browser.")


def samples() -> tuple[Spec, ...]:
    return (
        Spec("Lunch!"),
        Spec("Lunch is served in the foyer until two.", "Lunch", "See the menu", "https://example.org/menu"),
        Spec("T" * FIRST_LINE),
        Spec("T" * TEXT_LIMIT, "W" * TITLE_LIMIT, "W" * LABEL_LIMIT, "https://example.org/".ljust(ADDRESS_LIMIT, "x")),
        Spec("T" * TEXT_LIMIT),
    )
