"""What a question was asked about: a message or an interaction, in words (SPEC 4.2)."""

from __future__ import annotations

from collections.abc import Iterable

from core.app import standing
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.chat import Message
from core.domain.ids import InteractionId, SubjectId
from core.domain.interactions import KINDS
from core.domain.interactions.life import Interaction
from core.domain.people import Person, shown_name
from core.domain.text import one_line, plain, shorten

QUOTED = 100


def about_needs(about: SubjectId, work: UnitOfWork) -> Iterable[Key]:
    yield from standing.held_needs(about, work)
    for message in standing.peeked(about, work):
        yield key(Person, message.person)
    what, _, ident = about.partition(":")
    if what == "interaction":
        yield key(Interaction, InteractionId(ident))


def about_words(about: SubjectId, work: UnitOfWork) -> str:
    """The message that was chosen, in words; empty once it is gone."""
    what, _, ident = about.partition(":")
    if what == "interaction":
        one = work.get(Interaction, InteractionId(ident))
        kind = KINDS[one.kind] if one else None
        return f"{kind.TITLE} “{shorten(kind.title(one.spec), QUOTED)}”" if one and kind else ""
    lines: list[Message] = standing.held(about, work)
    if not lines:
        return ""
    person = work.get(Person, lines[0].person)
    author = "the session" if lines[0].voiced else shown_name(person) if person else "somebody"
    more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
    return f"{author}: {shorten(one_line(plain(lines[0].body)), QUOTED)}{more}"
