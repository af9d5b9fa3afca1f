"""Between the domain's rows and the tables' rows: one mapping a type, with the few columns that need translating."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import orjson
from sqlalchemy import Table

from core.app.outcome import FormDraft, Inbox, Outcome
from core.domain import text
from core.domain.chat import Like, Message, Unmatched
from core.domain.chat_rules import Talk
from core.domain.form import Form
from core.domain.interactions import KINDS
from core.domain.interactions.dismissed import Dismissed
from core.domain.interactions.leaders import Leading
from core.domain.interactions.life import Ballot, Interaction
from core.domain.interactions.secret import BallotKey
from core.domain.linking import Aside, LinkCode, LinkedAccount, Superseded, WrongCodes
from core.domain.loops import Said
from core.domain.notices import Notice
from core.domain.people import Account, Audit, Listener, Member, Organiser, Person, Seat
from core.domain.public_questions import Upvote
from core.domain.question_rules import QuestionRules
from core.domain.questions import Duty, Line, Numbering, Question
from core.domain.reactions import Reaction
from core.domain.schedule import Due
from core.domain.sessions import Held, Invite, Session, Venue
from core.domain.surfaces import Place, Subject, Surface
from storage import codec, tables
from storage.sealed import Ring

Translate = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mapped:
    """How one type of row is kept."""

    type: type[Any]
    table: Table
    names: tuple[str, ...]
    writes: Mapping[str, Translate] = field(default_factory=dict)
    reads: Mapping[str, Translate] = field(default_factory=dict)
    newest: tuple[str, ...] = ()
    """Written as an upsert that only a row at least as new in these columns may replace."""
    upsert: bool = False
    turned: tuple[str, ...] = ()
    """A row that ``flips`` follows from the one that was read: it is written only where these columns still hold it."""

    @property
    def versioned(self) -> bool:
        return "version" in self.names and self.type is not Subject

    def values(self, row: Any) -> dict[str, Any]:
        return {name: self.value(name, row) for name in self.names}

    def value(self, name: str, row: Any) -> Any:
        value = getattr(row, name)
        return self.writes[name](value) if name in self.writes else value

    def row(self, found: Sequence[Any]) -> Any:
        """The domain's row of a table's row whose columns stand in the order of ``names``."""
        if not self.reads:
            return self.type(*found)
        return self.type(
            *(
                self.reads[name](value) if name in self.reads else value
                for name, value in zip(self.names, found, strict=True)
            )
        )


def _mapped(kind: type[Any], table: Table, **more: Any) -> Mapped:
    return Mapped(kind, table, tuple(it.name for it in fields(kind)), **more)


def _listed(words: tuple[str, ...]) -> str:
    return orjson.dumps(words).decode()


def _words(kept: str) -> tuple[str, ...]:
    return tuple(orjson.loads(kept))


def mappings(ring: Ring) -> dict[type[Any], Mapped]:
    """Every kept type, in the order in which its rows are written; subjects come last of all (DESIGN 3)."""

    def seal_doc(body: text.Doc | None) -> bytes | None:
        return None if body is None else ring.seal(text.dump(body))

    def open_doc(kept: bytes | None) -> text.Doc | None:
        return None if kept is None else text.load(ring.open(kept))

    def keep_outcome(outcome: Outcome) -> bytes:
        """Sealed when it holds a form, and with it what somebody typed; a crowd's answers are not worth the time."""
        plain = codec.dumps(outcome)
        return ring.seal(plain) if isinstance(outcome.reply, Form) else plain.encode()

    def outcome_of(kept: bytes) -> Outcome:
        plain = bytes(kept)
        found = codec.loads(plain.decode() if plain.startswith(b"{") else ring.open(plain))
        assert isinstance(found, Outcome)
        return found

    # Most ballots hold none, and sealing nothing would cost a crowd's votes as much as all the rest.
    def seal_words(words: str) -> bytes | None:
        return ring.seal(words) if words else None

    def open_words(kept: bytes | None) -> str:
        return ring.open(kept) if kept else ""

    written: dict[str, Any] = {"writes": {"words": seal_words}, "reads": {"words": open_words}}
    all_of_them = (
        _mapped(
            Session,
            tables.session,
            writes={"words": _listed, "reactions": _listed},
            reads={"words": _words, "reactions": _words},
        ),
        _mapped(
            Venue,
            tables.venue,
            writes={"can": lambda can: ",".join(sorted(can))},
            reads={"can": lambda kept: frozenset(kept.split(",")) - {""}},
        ),
        _mapped(Held, tables.held),
        _mapped(Invite, tables.invite),
        _mapped(Person, tables.person),
        _mapped(Account, tables.account),
        _mapped(Member, tables.member),
        _mapped(Seat, tables.seat),
        _mapped(Listener, tables.listener),
        _mapped(Organiser, tables.organiser),
        _mapped(Audit, tables.audit),
        _mapped(Place, tables.place),
        _mapped(Message, tables.message, writes={"body": seal_doc}, reads={"body": open_doc}),
        _mapped(Talk, tables.talk, upsert=True),
        _mapped(
            Question,
            tables.question,
            writes=dict.fromkeys(("reason", "wording", "answer"), seal_words),
            reads=dict.fromkeys(("reason", "wording", "answer"), open_words),
        ),
        _mapped(Line, tables.question_line, writes={"body": seal_doc}, reads={"body": open_doc}),
        _mapped(Upvote, tables.upvote, newest=("at", "delivery"), upsert=True),
        _mapped(Numbering, tables.numbering),
        _mapped(Duty, tables.duty, newest=("at",), upsert=True),
        _mapped(
            QuestionRules,
            tables.question_rules,
            writes={"replies": _listed},
            reads={"replies": _words},
        ),
        _mapped(Said, tables.said, upsert=True),
        _mapped(Like, tables.liking, newest=("at", "delivery"), upsert=True),
        _mapped(Notice, tables.notice, writes={"body": seal_doc}, reads={"body": open_doc}),
        _mapped(
            Unmatched,
            tables.unmatched,
            writes={"body": seal_doc},
            reads={"body": open_doc},
            newest=("at",),
            upsert=True,
        ),
        _Interactions(Interaction, tables.interaction, tuple(it.name for it in fields(Interaction))),
        _mapped(BallotKey, tables.ballot_key, writes={"key": ring.seal}, reads={"key": ring.open}),
        _mapped(Leading, tables.leading, upsert=True),
        _mapped(Dismissed, tables.dismissed, upsert=True),
        _mapped(Reaction, tables.reaction, upsert=True),
        _mapped(
            Ballot,
            tables.ballot,
            newest=("at", "delivery"),
            upsert=True,
            turned=("at", "delivery", "choice"),
            **written,
        ),
        _mapped(Superseded, tables.superseded, newest=("at", "delivery"), upsert=True, **written),
        _mapped(LinkCode, tables.link_code),
        _mapped(LinkedAccount, tables.link),
        _mapped(WrongCodes, tables.wrong_codes),
        _mapped(Aside, tables.aside),
        _mapped(Due, tables.due),
        _mapped(
            FormDraft,
            tables.draft,
            writes={"values": lambda values: ring.seal(codec.dumps(values))},
            reads={"values": lambda kept: codec.loads(ring.open(kept))},
            upsert=True,
        ),
        _mapped(Surface, tables.surface),
        _mapped(Inbox, tables.inbox, writes={"outcome": keep_outcome}, reads={"outcome": outcome_of}),
        _mapped(Subject, tables.subject),
    )
    return {it.type: it for it in all_of_them}


class _Interactions(Mapped):
    """Interactions keep their Spec in the words of their kind."""

    __slots__ = ()

    def value(self, name: str, row: Any) -> Any:
        return codec.dumps_spec(row.spec) if name == "spec" else getattr(row, name)

    def row(self, found: Sequence[Any]) -> Any:
        values = dict(zip(self.names, found, strict=True))
        values["spec"] = codec.loads_spec(KINDS[values["kind"]].Spec, values["spec"])
        return self.type(**values)
