"""From what was pressed, typed or sent to a command: the same verbs and words on every platform (SPEC 13.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.app import commands as c
from core.app.commands import Command, TimeSource
from core.domain.form import Values
from core.domain.ids import DeliveryKey, Instant, InteractionId, PersonId, SessionId
from core.domain.interactions import KINDS
from core.domain.people import POSTS, Actor
from core.domain.words import one_line, shorten, storable


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every delivery of a person's act carries; see :class:`core.app.commands.Command`."""

    actor: Actor
    delivery: DeliveryKey
    at: Instant
    at_source: TimeSource
    room: str = ""

    def fields(self) -> dict[str, Any]:
        named = replace(self.actor, nick=one_line(self.actor.nick), venue_name=one_line(self.actor.venue_name))
        return {
            "actor": named,
            "delivery": self.delivery,
            "at": self.at,
            "at_source": self.at_source,
            "room": self.room,
        }


Arguments = tuple[str, ...]
Picked = tuple[str, ...]

_OLD = "This button is from another time and does nothing any more. Look for a newer message, or use /stage join."


def _session(arguments: Arguments, index: int = 0) -> SessionId:
    return SessionId(arguments[index])


BUTTONS: Mapping[str, Callable[[Envelope, Arguments, Picked], Command]] = {
    "vote": lambda e, a, p: c.CastBallot(**e.fields(), interaction=InteractionId(a[0]), picked=a[1:] or p),
    "join": lambda e, a, p: c.OpenJoinForm(**e.fields(), session=_session(a)),
    "room": lambda e, a, p: c.UseRoom(**e.fields(), session=_session(a), kind="door" if a[1] == "door" else "stage"),
    "link": lambda e, a, p: c.InviteVenue(**e.fields(), session=_session(a)),
    "advance": lambda e, a, p: c.Advance(**e.fields(), session=_session(a), to=a[1]),  # type: ignore[arg-type]
    "publish": lambda e, a, p: c.PublishInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "askend": lambda e, a, p: c.AskToEndInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "end": lambda e, a, p: c.EndInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "hide": lambda e, a, p: c.HideResults(**e.fields(), interaction=InteractionId(a[0]), hidden=True),
    "unhide": lambda e, a, p: c.HideResults(**e.fields(), interaction=InteractionId(a[0]), hidden=False),
    "newsession": lambda e, a, p: c.OpenSessionForm(**e.fields()),
    "new": lambda e, a, p: c.OpenInteractionForm(**e.fields(), kind=_kind(a[0]), session=_session(a, 1)),
    "list": lambda e, a, p: c.ListInteractions(**e.fields(), session=_session(a)),
    "extend": lambda e, a, p: c.ExtendSession(**e.fields(), session=_session(a), length=a[1]),
    "askendsession": lambda e, a, p: c.AskToEndSession(**e.fields(), session=_session(a)),
    "team": lambda e, a, p: c.ShowTeam(**e.fields(), session=_session(a), page=_page(a)),
    "addteam": lambda e, a, p: c.OpenTeamForm(**e.fields(), session=_session(a)),
    "askremove": lambda e, a, p: c.AskToRemove(**e.fields(), **_of_team(a)),
    "remove": lambda e, a, p: c.Remove(**e.fields(), **_of_team(a)),
    "keep": lambda e, a, p: c.KeepOpen(**e.fields()),
}
"""What each verb of a button or select means."""

FORMS: Mapping[str, Callable[[Envelope, Arguments, Values], Command]] = {
    "create": lambda e, a, v: c.CreateSession(**e.fields(), values=v),
    "joined": lambda e, a, v: c.Join(**e.fields(), session=_session(a), consent=a[1], values=v),
    "teamed": lambda e, a, v: c.Appoint(**e.fields(), session=_session(a), values=v),
    "made": lambda e, a, v: c.SubmitInteraction(**e.fields(), kind=_kind(a[0]), session=_session(a, 1), values=v),
}
"""What the submission of each form means."""


def _page(arguments: Arguments) -> int:
    """No session has a thousand pages of team."""
    typed = arguments[1] if len(arguments) > 1 else "0"
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0


def _of_team(arguments: Arguments) -> dict[str, Any]:
    session, post, person = arguments[:3] if len(arguments) > 2 else ("", "", "")
    if post not in POSTS:
        raise IndexError(post)
    return {"session": SessionId(session), "post": post, "person": PersonId(person)}


def _kind(name: str) -> str:
    if name not in KINDS:
        raise IndexError(name)
    return name


def pressed(envelope: Envelope, made: str, picked: Picked = ()) -> Command:
    """The command of a button (or of what was picked in a select). Never raises: old ids are explained."""
    verb, *arguments = storable(made).split(":")
    picked = tuple(storable(one) for one in picked)
    try:
        if verb == "advance" and arguments[1] not in ("announced", "open", "live", "ended"):
            raise IndexError(verb)
        return BUTTONS[verb](envelope, tuple(arguments), picked)
    except (KeyError, IndexError):
        return c.Explain(**envelope.fields(), sentence=_OLD)


def submitted(envelope: Envelope, made: str, values: Values) -> Command:
    """The command of a form that was sent. Never raises."""
    verb, *arguments = storable(made).split(":")
    values = {name: tuple(storable(one) for one in typed) for name, typed in values.items()}
    try:
        return FORMS[verb](envelope, tuple(arguments), values)
    except (KeyError, IndexError):
        return c.Explain(**envelope.fields(), sentence="This form is from another time. Please open it again.")


@dataclass(frozen=True, slots=True)
class Argument:
    """What may be typed after a verb; the last one takes the rest of the line."""

    name: str
    summary: str
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """One slash command: ``/stage …`` for everyone, ``/mod …`` for moderators and organisers."""

    group: str
    path: tuple[str, ...]
    summary: str
    make: Callable[[Envelope, Mapping[str, str]], Command]
    arguments: tuple[Argument, ...] = ()

    @property
    def usage(self) -> str:
        return " ".join(
            [
                f"/{self.group}",
                *self.path,
                *(f"<{it.name}>" if it.required else f"[{it.name}]" for it in self.arguments),
            ]
        )


def _make_kind(kind: str) -> Callable[[Envelope, Mapping[str, str]], Command]:
    def make(envelope: Envelope, given: Mapping[str, str]) -> Command:
        return c.OpenInteractionForm(**envelope.fields(), kind=kind, given=dict(given))

    return make


def _advance(to: str) -> Callable[[Envelope, Mapping[str, str]], Command]:
    return lambda e, g: c.Advance(**e.fields(), to=to)  # type: ignore[arg-type]


VERBS: tuple[Verb, ...] = (
    Verb("stage", ("join",), "Join the session of this channel", lambda e, g: c.OpenJoinForm(**e.fields())),
    Verb("mod", ("session", "create"), "Make a new session", lambda e, g: c.OpenSessionForm(**e.fields())),
    Verb("mod", ("session", "setup"), "See the rooms and the next step", lambda e, g: c.ShowSetup(**e.fields())),
    Verb("mod", ("session", "announce"), "Post the Join card", _advance("announced")),
    Verb("mod", ("session", "open"), "Open the doors: the chat begins", _advance("open")),
    Verb("mod", ("session", "start"), "Start now", _advance("live"), (Argument("when", "now", required=False),)),
    Verb(
        "mod",
        ("session", "extend"),
        "Move the end",
        lambda e, g: c.ExtendSession(**e.fields(), length=g.get("length", "")),
        (Argument("length", "for example 10m"),),
    ),
    Verb("mod", ("session", "end"), "End the session; asks once more", lambda e, g: c.AskToEndSession(**e.fields())),
    Verb(
        "mod",
        ("session", "link"),
        "Get a code that adds another workspace or server",
        lambda e, g: c.InviteVenue(**e.fields()),
    ),
    Verb(
        "mod",
        ("session", "enter"),
        "Enter a code from another workspace or server",
        lambda e, g: c.EnterCode(**e.fields(), code=g.get("code", "")),
        (Argument("code", "eight letters and digits"),),
    ),
    Verb(
        "mod",
        ("room",),
        "Make this channel a room of the session",
        lambda e, g: c.UseRoom(**e.fields(), kind="door" if g.get("kind") == "door" else "stage"),
        (Argument("kind", "stage (the chat) or door (the Join card)", choices=("stage", "door")),),
    ),
    Verb("mod", ("team",), "Add or remove organisers, moderators, speakers", lambda e, g: c.ShowTeam(**e.fields())),
    Verb("mod", ("live",), "What is live and what is drafted", lambda e, g: c.ListInteractions(**e.fields())),
    *(
        Verb(
            "mod",
            (name,),
            f"Make a {kind.TITLE.lower()}",
            _make_kind(name),
            (Argument("question", "may be left out", required=False),),
        )
        for name, kind in KINDS.items()
    ),
)
"""Every slash command; adapters register, parse and explain from this table alone."""


def typed(envelope: Envelope, group: str, line: str) -> Command:
    """The command of a line typed after ``/stage`` or ``/mod``. Never raises: unknown words are explained."""
    words = line.split()
    for verb in sorted(VERBS, key=lambda it: -len(it.path)):
        if verb.group == group and tuple(word.lower() for word in words[: len(verb.path)]) == verb.path:
            return chosen(envelope, verb, _assign(verb, line, len(verb.path)))
    known = ", ".join(verb.usage for verb in VERBS if verb.group == group)
    quoted = shorten(one_line(" ".join(words[:2])), 40)
    opening = f"“/{group} {quoted}” is not a command." if quoted else "Say what to do."
    return c.Explain(**envelope.fields(), sentence=f"{opening} These are: {known}")


def _assign(verb: Verb, line: str, used: int) -> dict[str, str]:
    rest = line.split(maxsplit=used)[used] if len(line.split(maxsplit=used)) > used else ""
    given: dict[str, str] = {}
    for index, argument in enumerate(verb.arguments):
        head, _, tail = rest.partition(" ") if index < len(verb.arguments) - 1 else (rest, "", "")
        if head:
            given[argument.name] = head
        rest = tail.strip()
    return given


def chosen(envelope: Envelope, verb: Verb, given: Mapping[str, str]) -> Command:
    """The command of a verb with typed options; a required one that is missing or wrong is asked for."""
    given = {name: storable(value).strip() for name, value in given.items()}
    for argument in verb.arguments:
        value = given.get(argument.name, "")
        if argument.required and not value:
            return c.Explain(
                **envelope.fields(), sentence=f"Please add {argument.name}: {verb.usage} ({argument.summary})"
            )
        if argument.choices and value:
            given[argument.name] = value.lower()
            if value.lower() not in argument.choices:
                sentence = f"{argument.name} is one of: {', '.join(argument.choices)}"
                return c.Explain(**envelope.fields(), sentence=sentence)
    return verb.make(envelope, given)
