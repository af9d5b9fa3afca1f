"""The slash commands: every word that can be typed, what it takes, and the command it means (SPEC 13.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.app import commands as c
from core.app.commands import Command
from core.app.intake import ROOM_KINDS, Envelope, room_kind
from core.domain.form import opening
from core.domain.interactions import KINDS
from core.domain.words import one_line, shorten, storable


def _located(typed: str) -> tuple[str, str]:
    """``channel/message``: adapters write the links of their platform so."""
    room, _, ref = typed.strip().partition("/")
    return room, ref


@dataclass(frozen=True, slots=True)
class Argument:
    """What may be typed after a verb; the last one takes the rest of the line."""

    name: str
    summary: str
    required: bool = True
    choices: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    """What is often typed; suggested where the platform completes what is typed."""
    lines: bool = False
    """It takes the link of a line; the newest ones are suggested."""


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


def _link(envelope: Envelope, given: Mapping[str, str]) -> Command:
    if code := given.get("code"):
        return c.LinkAccounts(**envelope.fields(), values={"code": (code,)})
    return c.ShowLinking(**envelope.fields())


VERBS: tuple[Verb, ...] = (
    Verb("stage", ("join",), "Join the session of this channel", lambda e, g: c.OpenJoinForm(**e.fields())),
    Verb("stage", ("menu",), "Everything you can do here", lambda e, g: c.ShowMenu(**e.fields())),
    Verb("stage", ("feed",), "What was pinned and asked, newest first", lambda e, g: c.ShowFeed(**e.fields())),
    Verb("stage", ("updates",), "What moderators told everybody", lambda e, g: c.ShowUpdates(**e.fields())),
    Verb(
        "stage",
        ("leaderboard",),
        "Who answered most quizzes right; join or leave it",
        lambda e, g: c.ShowLeaderboard(**e.fields()),
    ),
    Verb(
        "stage",
        ("catchup",),
        "What you have missed, in words",
        lambda e, g: c.ShowCatchup(**e.fields(), back=g.get("since", "")),
        (Argument("since", "how far back, for example 20m", required=False, examples=("10m", "20m", "1h")),),
    ),
    Verb(
        "stage",
        ("ask",),
        "Ask the moderators a question",
        lambda e, g: c.OpenAskForm(**e.fields(), text=g.get("question", "")),
        (Argument("question", "may be left out: then a form asks", required=False),),
    ),
    Verb("stage", ("questions",), "Your questions and where they stand", lambda e, g: c.ShowQuestions(**e.fields())),
    Verb("stage", ("settings",), "Your name and settings", lambda e, g: c.OpenSettingsForm(**e.fields())),
    Verb(
        "stage",
        ("link",),
        "Be one person on Slack and Discord: one vote, one name",
        _link,
        (Argument("code", "the code of your other account", required=False),),
    ),
    Verb("stage", ("leave",), "Leave the session; asks once more", lambda e, g: c.AskToLeave(**e.fields())),
    Verb("mod", ("session", "create"), "Make a new session", lambda e, g: c.OpenSessionForm(**e.fields())),
    Verb("mod", ("import",), "Make a session from a file", lambda e, g: c.OpenImportForm(**e.fields())),
    Verb("mod", ("session", "setup"), "See the rooms and the next step", lambda e, g: c.ShowSetup(**e.fields())),
    Verb("mod", ("session", "announce"), "Post the Join card", _advance("announced")),
    Verb("mod", ("session", "open"), "Open the doors: the chat begins", _advance("open")),
    Verb(
        "mod",
        ("session", "start"),
        "Start now",
        _advance("live"),
        (Argument("when", "now", required=False, examples=("now",)),),
    ),
    Verb(
        "mod",
        ("session", "extend"),
        "Move the end",
        lambda e, g: c.ExtendSession(**e.fields(), length=g.get("length", "")),
        (Argument("length", "for example 10m", examples=("5m", "10m", "15m", "30m", "1h")),),
    ),
    Verb("mod", ("session", "end"), "End the session; asks once more", lambda e, g: c.AskToEndSession(**e.fields())),
    Verb("mod", ("session", "details"), "Change name and times", lambda e, g: c.OpenDetailsForm(**e.fields())),
    Verb(
        "mod",
        ("session", "rules"),
        "Who can read, and what joining asks for",
        lambda e, g: c.OpenRulesForm(**e.fields()),
    ),
    Verb(
        "mod",
        ("session", "chat"),
        "Slow mode, links, words that are not shared",
        lambda e, g: c.OpenChatRulesForm(**e.fields()),
    ),
    Verb(
        "mod",
        ("session", "texts"),
        "The like and the five reactions: emoji and words",
        lambda e, g: c.OpenTextsForm(**e.fields()),
    ),
    Verb(
        "mod",
        ("session", "clear"),
        "Clear the chat for attendees; asks once more",
        lambda e, g: c.AskToClearChat(**e.fields()),
    ),
    Verb(
        "mod",
        ("message",),
        "Tell everybody something in the session's name",
        lambda e, g: c.OpenMessageForm(**e.fields(), text=g.get("text", "")),
        (Argument("text", "may be left out", required=False),),
    ),
    Verb("mod", ("blocked",), "Who is blocked, and let them in again", lambda e, g: c.ShowBlocked(**e.fields())),
    Verb(
        "mod",
        ("session", "archive"),
        "Put the rooms of an ended session away; asks once more",
        lambda e, g: c.AskToArchiveSession(**e.fields()),
    ),
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
        lambda e, g: c.UseRoom(**e.fields(), kind=room_kind(g["kind"])),
        (
            Argument(
                "kind",
                "stage (chat), door (Join card), feed (to read), queue (desk), backchannel, voice (listened in)",
                choices=ROOM_KINDS,
            ),
        ),
    ),
    Verb("mod", ("rooms",), "See the rooms and use this channel as one", lambda e, g: c.ShowRooms(**e.fields())),
    Verb(
        "mod",
        ("moderate",),
        "Pin or delete a message, or block its author",
        lambda e, g: c.OpenModerateForm(**e.fields(), channel=_located(g["link"])[0], ref=_located(g["link"])[1]),
        (Argument("link", "the link of the message", lines=True),),
    ),
    Verb("mod", ("team",), "Add or remove organisers, moderators, speakers", lambda e, g: c.ShowTeam(**e.fields())),
    Verb("mod", ("questions",), "The questions that wait", lambda e, g: c.ListQuestions(**e.fields())),
    Verb("mod", ("take",), "Answer the oldest question", lambda e, g: c.TakeNext(**e.fields())),
    Verb("mod", ("live",), "What is live and what is drafted", lambda e, g: c.ListInteractions(**e.fields())),
    Verb("mod", ("rehearse",), "Try the drafts with made-up attendees", lambda e, g: c.ShowRehearsal(**e.fields())),
    Verb("mod", ("next",), "Publish the next draft in the run of show", lambda e, g: c.PublishNext(**e.fields())),
    *(
        Verb(
            "mod",
            (name,),
            f"Make a {kind.TITLE.lower()}",
            _make_kind(name),
            (Argument("question", "may be left out", required=False),) if opening(kind.fields()) else (),
        )
        for name, kind in KINDS.items()
    ),
)
"""Every slash command; adapters register, parse and explain from this table alone."""


def typed(envelope: Envelope, group: str, line: str) -> Command:
    """The command of a line typed after ``/stage`` or ``/mod``. Never raises: unknown words are explained."""
    words = line.split()
    if not words and group == "stage":
        words = ["menu"]  # a bare command opens the menu where the platform has bare commands (SPEC 13.4)
    for verb in sorted(VERBS, key=lambda it: -len(it.path)):
        if verb.group == group and tuple(word.lower() for word in words[: len(verb.path)]) == verb.path:
            return said(chosen(envelope, verb, _assign(verb, line, len(verb.path))), f"{group} {line}")
    known = ", ".join(verb.usage for verb in VERBS if verb.group == group)
    quoted = shorten(one_line(" ".join(words[:2])), 40)
    opening = f"“/{group} {quoted}” is not a command." if quoted else "Say what to do."
    return c.Explain(**envelope.fields(), sentence=f"{opening} These are: {known}")


def said(command: Command, words: str) -> Command:
    """The command with what was typed, for the case that several sessions may be meant."""
    return replace(command, said=words) if isinstance(command, c.OfSession) else command


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
