"""From what was pressed, typed or sent to a command: the same verbs and words on every platform (SPEC 13.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.app import commands as c
from core.app.commands import Command, TimeSource
from core.app.intake_answers import ANSWER_BUTTONS
from core.app.intake_asking import ASKING_BUTTONS
from core.app.intake_feed import FEED_BUTTONS
from core.app.intake_parts import PART_BUTTONS, PART_FORMS
from core.app.intake_questions import QUESTION_BUTTONS, QUESTION_FORMS, QUESTION_OPENS, QUESTION_RESUMED
from core.domain.form import Values, first
from core.domain.ids import DeliveryKey, Instant, InteractionId, MessageId, PersonId, SessionId
from core.domain.interactions import KINDS
from core.domain.people import POSTS, Actor
from core.domain.reactions import KINDS as REACTIONS
from core.domain.words import one_line, storable


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


ROOM_KINDS: tuple[c.RoomKind, ...] = ("stage", "door", "feed", "queue", "backchannel", "voice")
TABS: tuple[c.MenuTab, ...] = ("stage", "updates", "settings", "interactions", "setup")
STEPS = ("announced", "open", "live", "ended", "archived")


def _session(arguments: Arguments, index: int = 0) -> SessionId:
    return SessionId(arguments[index])


def _any_session(arguments: Arguments) -> SessionId | None:
    """None where the button names none: then it is the room's, or the person's only one."""
    return SessionId(arguments[0]) if arguments and arguments[0] else None


def room_kind(name: str) -> c.RoomKind:
    for kind in ROOM_KINDS:
        if kind == name:
            return kind
    raise IndexError(name)


def _tab(arguments: Arguments) -> c.MenuTab:
    wanted = arguments[1] if len(arguments) > 1 else "stage"
    return next((tab for tab in TABS if tab == wanted), "stage")


BUTTONS: Mapping[str, Callable[[Envelope, Arguments, Picked], Command]] = {
    "vote": lambda e, a, p: c.CastBallot(**e.fields(), interaction=InteractionId(a[0]), picked=a[1:] or p),
    "react": lambda e, a, p: c.React(**e.fields(), session=_session(a), kind=_reaction(a[1])),
    "join": lambda e, a, p: c.OpenJoinForm(**e.fields(), session=_session(a)),
    "room": lambda e, a, p: c.UseRoom(**e.fields(), session=_session(a), kind=room_kind(a[1])),
    "rooms": lambda e, a, p: c.ShowRooms(**e.fields(), session=_session(a)),
    "setup": lambda e, a, p: c.ShowSetup(**e.fields(), session=_session(a)),
    "details": lambda e, a, p: c.OpenDetailsForm(**e.fields(), session=_session(a)),
    "rules": lambda e, a, p: c.OpenRulesForm(**e.fields(), session=_session(a)),
    "texts": lambda e, a, p: c.OpenTextsForm(**e.fields(), session=_session(a)),
    "askarchive": lambda e, a, p: c.AskToArchiveSession(**e.fields(), session=_session(a)),
    "menu": lambda e, a, p: c.ShowMenu(**e.fields(), session=_any_session(a), tab=_tab(a)),
    "menuof": lambda e, a, p: c.ShowMenu(**e.fields(), session=SessionId(p[0])),
    "settings": lambda e, a, p: c.OpenSettingsForm(**e.fields(), session=_session(a)),
    "askleave": lambda e, a, p: c.AskToLeave(**e.fields(), session=_session(a)),
    "chatrules": lambda e, a, p: c.OpenChatRulesForm(**e.fields(), session=_session(a)),
    "chatdo": lambda e, a, p: _CHAT[p[0]](e, _session(a)),
    "clear": lambda e, a, p: c.ClearChat(**e.fields(), session=_session(a)),
    "blocked": lambda e, a, p: c.ShowBlocked(**e.fields(), session=_session(a), page=_page(a)),
    "unblock": lambda e, a, p: c.Unblock(**e.fields(), session=_session(a), person=PersonId(a[1])),
    "feed": lambda e, a, p: c.ShowFeed(**e.fields(), session=_session(a), page=_page(a)),
    "updates": lambda e, a, p: c.ShowUpdates(**e.fields(), session=_session(a), page=_page(a)),
    "message": lambda e, a, p: c.OpenMessageForm(**e.fields(), session=_session(a)),
    "linking": lambda e, a, p: c.ShowLinking(**e.fields()),
    "linkcode": lambda e, a, p: c.GiveLinkCode(**e.fields()),
    "linkform": lambda e, a, p: c.OpenLinkForm(**e.fields()),
    "askunlink": lambda e, a, p: c.AskToUnlink(**e.fields()),
    "unlink": lambda e, a, p: c.Unlink(**e.fields()),
    "leave": lambda e, a, p: c.Leave(**e.fields(), session=_session(a)),
    "which": lambda e, a, p: c.PickSession(**e.fields(), asked=a[0], picked=SessionId(p[0])),
    "moderate": lambda e, a, p: c.OpenModerateForm(**e.fields(), message=MessageId(p[0] if p else a[0])),
    "link": lambda e, a, p: c.InviteVenue(**e.fields(), session=_session(a)),
    "advance": lambda e, a, p: c.Advance(**e.fields(), session=_session(a), to=a[1]),  # type: ignore[arg-type]
    "entercode": lambda e, a, p: c.OpenCodeForm(**e.fields()),
    "newsession": lambda e, a, p: c.OpenSessionForm(**e.fields()),
    "import": lambda e, a, p: c.OpenImportForm(**e.fields()),
    "new": lambda e, a, p: c.OpenInteractionForm(**e.fields(), kind=_kind(a[0]), session=_session(a, 1)),
    "list": lambda e, a, p: c.ListInteractions(**e.fields(), session=_session(a), page=_page(a)),
    "extend": lambda e, a, p: c.ExtendSession(**e.fields(), session=_session(a), length=a[1], since="".join(a[2:3])),
    "askendsession": lambda e, a, p: c.AskToEndSession(**e.fields(), session=_session(a)),
    "team": lambda e, a, p: c.ShowTeam(**e.fields(), session=_session(a), page=_page(a)),
    "addteam": lambda e, a, p: c.OpenTeamForm(**e.fields(), session=_session(a)),
    "askremove": lambda e, a, p: c.AskToRemove(**e.fields(), **_of_team(a)),
    "remove": lambda e, a, p: c.Remove(**e.fields(), **_of_team(a)),
    "keep": lambda e, a, p: c.KeepOpen(**e.fields()),
    "page": lambda e, a, p: _continued(e, a),
    **ASKING_BUTTONS,
    **FEED_BUTTONS,
    **ANSWER_BUTTONS,
    **PART_BUTTONS,
    **QUESTION_BUTTONS,
    "newof": lambda e, a, p: c.OpenInteractionForm(**e.fields(), kind=_kind(p[0]), session=_session(a)),
}
"""What each verb of a button or select means."""

_CHAT: Mapping[str, Callable[[Envelope, SessionId], Command]] = {
    "rules": lambda e, session: c.OpenChatRulesForm(**e.fields(), session=session),
    "blocked": lambda e, session: c.ShowBlocked(**e.fields(), session=session),
    "clear": lambda e, session: c.AskToClearChat(**e.fields(), session=session),
}
"""What can be picked in the setup card's menu of the chat."""

FORMS: Mapping[str, Callable[[Envelope, Arguments, Values], Command]] = {
    "entered": lambda e, a, v: c.EnterCode(**e.fields(), code=first(v, "code")),
    "create": lambda e, a, v: c.CreateSession(**e.fields(), values=v),
    "imported": lambda e, a, v: c.ImportPlan(**e.fields(), values=v),
    "joined": lambda e, a, v: c.Join(**e.fields(), session=_session(a), consent=a[1], values=v),
    "detailed": lambda e, a, v: c.ChangeDetails(**e.fields(), session=_session(a), values=v),
    "ruled": lambda e, a, v: c.ChangeRules(**e.fields(), session=_session(a), values=v),
    "texted": lambda e, a, v: c.ChangeTexts(**e.fields(), session=_session(a), values=v),
    "set": lambda e, a, v: c.ChangeSettings(**e.fields(), session=_session(a), values=v),
    "chatruled": lambda e, a, v: c.ChangeChatRules(**e.fields(), session=_session(a), values=v),
    "messaged": lambda e, a, v: c.MessageEveryone(**e.fields(), session=_session(a), values=v),
    "linked": lambda e, a, v: c.LinkAccounts(**e.fields(), values=v),
    "moderated": lambda e, a, v: c.Moderate(**e.fields(), message=MessageId(a[0]), values=v),
    "teamed": lambda e, a, v: c.Appoint(**e.fields(), session=_session(a), values=v),
    "made": lambda e, a, v: c.SubmitInteraction(**e.fields(), kind=_kind(a[0]), session=_session(a, 1), values=v),
    "edited": lambda e, a, v: c.EditInteraction(
        **e.fields(), interaction=InteractionId(a[0]), revision=_number(a[1]), values=v
    ),
    "timed": lambda e, a, v: c.SetTiming(**e.fields(), interaction=InteractionId(a[0]), values=v),
    "answered": lambda e, a, v: c.SubmitAnswer(**e.fields(), interaction=InteractionId(a[0]), values=v),
    **PART_FORMS,
    **QUESTION_FORMS,
    "paged": lambda e, a, v: _of_pages(e, a, v),
}
"""What the submission of each form means."""

OPENS: Mapping[str, str] = {
    "entered": "entercode",
    "create": "newsession",
    "imported": "import",
    "joined": "join",
    "detailed": "details",
    "ruled": "rules",
    "texted": "texts",
    "set": "settings",
    "chatruled": "chatrules",
    "messaged": "message",
    "linked": "linkform",
    "moderated": "moderate",
    "teamed": "addteam",
    "made": "new",
    "edited": "edit",
    "timed": "timing",
    "answered": "answer",
    "parted": "partform",
    **QUESTION_OPENS,
}
"""The verb that opens each form again; its arguments begin with the same."""
RESUMED = QUESTION_RESUMED | {"create", "imported", "messaged", "moderated", "made", "edited", "answered", "parted"}
"""Forms that make something new, filled with what was typed before they were closed; others show what there is."""


def resumed(form: str) -> bool:
    """Whether what was typed into the form of this action is kept when it is closed."""
    return form.partition(":")[0] in RESUMED


def _opener(envelope: Envelope, verb: str, arguments: Arguments) -> Command:
    return BUTTONS[OPENS[verb]](envelope, arguments, ())


def _of_pages(envelope: Envelope, arguments: Arguments, values: Values) -> Command:
    """A page is kept; the last one is the form's command, which its other pages complete."""
    page, pages, verb, *rest = arguments if len(arguments) > 2 else ("", "", "")
    opener, number = _opener(envelope, verb, tuple(rest)), _number(page)
    if number + 1 < _number(pages):
        form = ":".join((verb, *rest))
        return c.KeepPage(**envelope.fields(), form=form, opener=opener, page=number, values=values)
    command = FORMS[verb](envelope, tuple(rest), values)
    return replace(command, form=":".join((verb, *rest)), paged=c.Paged(number, opener))


def _continued(envelope: Envelope, arguments: Arguments) -> Command:
    page, verb, *rest = arguments if len(arguments) > 1 else ("", "")
    if verb not in OPENS.values():
        raise IndexError(verb)
    return c.ContinueForm(**envelope.fields(), opener=BUTTONS[verb](envelope, tuple(rest), ()), page=_number(page))


def _page(arguments: Arguments) -> int:
    return _number(arguments[1] if len(arguments) > 1 else "0")


def _number(typed: str) -> int:
    """No session has a thousand pages of team."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else 0


def _of_team(arguments: Arguments) -> dict[str, Any]:
    session, post, person = arguments[:3] if len(arguments) > 2 else ("", "", "")
    if post not in POSTS:
        raise IndexError(post)
    return {"session": SessionId(session), "post": post, "person": PersonId(person)}


def _reaction(place: str) -> str:
    if place not in REACTIONS:
        raise IndexError(place)
    return place


def _kind(name: str) -> str:
    if name not in KINDS:
        raise IndexError(name)
    return name


def pressed(envelope: Envelope, made: str, picked: Picked = ()) -> Command:
    """The command of a button (or of what was picked in a select). Never raises: old ids are explained."""
    verb, *arguments = storable(made).split(":")
    picked = tuple(storable(one) for one in picked)
    try:
        if verb == "advance" and arguments[1] not in STEPS:
            raise IndexError(verb)
        return BUTTONS[verb](envelope, tuple(arguments), picked)
    except (KeyError, IndexError):
        return c.Explain(**envelope.fields(), sentence=_OLD)


def submitted(envelope: Envelope, made: str, values: Values) -> Command:
    """The command of a form that was sent. Never raises."""
    made = storable(made)
    verb, *arguments = made.split(":")
    try:
        command = FORMS[verb](envelope, tuple(arguments), _storable(values))
        return replace(command, form=made) if verb in RESUMED else command
    except (KeyError, IndexError):
        return c.Explain(**envelope.fields(), sentence="This form is from another time. Please open it again.")


def closed(envelope: Envelope, made: str, values: Values) -> Command | None:
    """The command of a form that was closed with something in it; None where nothing of it is kept. Never raises."""
    made = storable(made)
    verb, *arguments = made.split(":")
    if not values or verb not in RESUMED:
        return None
    try:
        opener = _opener(envelope, verb, tuple(arguments))
    except (KeyError, IndexError):
        return None
    kept = _storable(values)
    return c.KeepPage(**envelope.fields(), form=made, opener=opener, page=0, values=kept, closed=True)


def _storable(values: Values) -> Values:
    return {name: tuple(storable(one) for one in typed) for name, typed in values.items()}
