"""Who of a session's moderators is there: whoever did something as one within a quarter of an hour (SPEC 4.5).

What counts: any act at questions, at interactions, at the session and its people, and a line in a room of the team.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app import commands as c
from core.app.handle.find import Several, meant, room_here, session_of
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.ids import Instant, PersonId, SessionId
from core.domain.interactions.life import Interaction
from core.domain.people import Account, Member
from core.domain.questions import Duty
from core.domain.refused import Refused
from core.domain.surfaces import Place

ACTS: frozenset[type[c.Command]] = frozenset({
    c.ShowInteraction, c.OpenEditForm, c.EditInteraction, c.OpenTimingForm, c.SetTiming, c.PublishInteraction,
    c.AskAboutInteraction, c.EndInteraction, c.UnpublishInteraction, c.HideResults, c.GiveMoreTime,
    c.DuplicateInteraction, c.DeleteInteraction, c.MoveInteraction, c.ShowAnswers, c.JudgeAnswer, c.ShowParts,
    c.OpenPartForm, c.SubmitPart, c.OpenInteractionForm, c.SubmitInteraction, c.ListInteractions, c.PublishNext,
    c.OpenMessageForm, c.MessageEveryone, c.Advance, c.ExtendSession, c.ShowSetup, c.ChangeDetails, c.ChangeRules,
    c.ChangeQuestionRules, c.ChangeChatRules, c.ChangeTexts, c.ShowBlocked, c.Unblock, c.ClearChat, c.Moderate,
    c.OpenModerateForm, c.ChangeFeedItem, c.MoveInFeed, c.UnpinInFeed, c.ShowTeam, c.Appoint, c.Remove,
})  # fmt: skip
"""Besides those at questions, which tell by themselves."""
ROOMS = ("queue", "backchannel")


def duty_needs(command: c.Command, work: UnitOfWork) -> Iterable[Key]:
    account = work.peek(Account, command.actor.account)
    if account is None:
        return
    for session in _sessions(command, work):
        yield key(Member, session, account.person)
        yield key(Duty, session, account.person)


def _sessions(command: c.Command, work: UnitOfWork) -> list[SessionId]:
    """Every one that it may concern, as far as is known by now."""
    if isinstance(command, c.PostLine):
        here = work.peek_all(Place, venue=command.actor.venue, ref=command.room)
        return [it.session for it in here if it.session is not None and it.kind in ROOMS]
    if type(command) not in ACTS:
        return []
    if isinstance(command, c.OfInteraction):
        interaction = work.peek(Interaction, command.interaction)
        return [interaction.session] if interaction else []
    if isinstance(command, c.OfSession):
        return meant(command, work)
    here = work.peek_all(Place, venue=command.actor.venue, ref=command.room)
    return [it.session for it in here if it.session is not None]


def note_duty(command: c.Command, work: UnitOfWork, moment: Moment) -> None:
    """After it was carried out: one of the session's moderators did it."""
    account = work.get(Account, command.actor.account) if _sessions(command, work) else None
    session = _session(command, work) if account else None
    if account is None or session is None or command.actor.bot:
        return
    member = work.peek(Member, session, account.person)  # of whoever is known only since this command there is no row
    if member is None or member.role != "moderator" or member.blocked:
        return
    # A line that is read back after a gap was written then.
    at = command.at if isinstance(command, c.PostLine) else moment.now
    before = work.peek(Duty, session, account.person)
    if before is None or before.at < at:
        work.put(Duty(session, account.person, at))


def _session(command: c.Command, work: UnitOfWork) -> SessionId | None:
    if isinstance(command, c.OfSession):
        try:
            return session_of(command, work).id
        except (Several, Refused):
            return None
    if isinstance(command, c.OfInteraction):
        return next(iter(_sessions(command, work)), None)
    place = room_here(command, work)
    return place.session if place else None


def on_duty(session: SessionId, person: PersonId, at: Instant, work: UnitOfWork) -> None:
    """They did something at the desk, so they are there."""
    before = work.get(Duty, session, person)
    if before is None or before.at < at:
        work.put(Duty(session, person, at))
