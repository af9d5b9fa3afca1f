"""The one table of who may do what (RELIABILITY, section 3); asked when a command is carried out, deny by default."""

from __future__ import annotations

from typing import Literal

from core.domain.people import Actor, Member, Organiser
from core.domain.refused import Refused
from core.domain.sessions import Session, consented, over
from core.domain.view import Button, action

Part = Literal["stranger", "unconsented", "blocked", "attendee", "speaker", "moderator", "organiser", "bot"]
Deed = Literal[
    "join",
    "write chat",
    "write backchannel",
    "moderate",
    "change settings",
    "leave",
    "link accounts",
    "delete own line",
    "vote",
    "react",
    "ask questions",
    "answer questions",
    "see shared results",
    "see all results",
    "make interactions",
    "run the session",
    "create sessions",
    "map rooms",
    "appoint",
]

TABLE: dict[Deed, frozenset[Part]] = {
    # Organisers have another part besides; a blocked one must not come in by that door.
    "join": frozenset({"stranger", "unconsented", "attendee", "speaker", "moderator"}),
    "write chat": frozenset({"attendee", "speaker", "moderator"}),
    "write backchannel": frozenset({"speaker", "moderator"}),
    "moderate": frozenset({"moderator"}),
    "change settings": frozenset({"stranger", "unconsented", "blocked", "attendee", "speaker", "moderator"}),
    "leave": frozenset({"unconsented", "blocked", "attendee", "speaker", "moderator"}),
    # Of no session, so of nobody's part in one; only bots are nobody.
    "link accounts": frozenset({"stranger", "unconsented", "blocked", "attendee", "speaker", "moderator", "organiser"}),
    "delete own line": frozenset({"unconsented", "blocked", "attendee", "speaker", "moderator"}),
    "vote": frozenset({"attendee", "speaker", "moderator"}),
    "react": frozenset({"attendee", "speaker", "moderator"}),
    # Whose question it is counts besides: nobody but its asker and moderators ever reads a conversation (SPEC 4.1).
    "ask questions": frozenset({"attendee", "speaker", "moderator"}),
    "answer questions": frozenset({"moderator"}),
    "see shared results": frozenset({"attendee", "speaker", "moderator"}),
    "see all results": frozenset({"moderator"}),
    "make interactions": frozenset({"moderator"}),
    "run the session": frozenset({"moderator"}),
    "create sessions": frozenset({"organiser"}),
    "map rooms": frozenset({"organiser"}),
    "appoint": frozenset({"organiser"}),
}

MODERATOR_DEEDS: frozenset[Deed] = frozenset(
    {"see all results", "make interactions", "run the session", "moderate", "answer questions", "write backchannel"}
)
ORGANISER_DEEDS: frozenset[Deed] = frozenset({"create sessions", "map rooms", "appoint"})


def parts_of(
    actor: Actor, session: Session | None, member: Member | None, organiser: Organiser | None = None
) -> frozenset[Part]:
    """Every part that the actor has here; a bot has that one only, a blocked person no other in the session.

    ``organiser``: what was made of the person in the venue; the platform's own organisers need none (SPEC 1.7).
    """
    if actor.bot:
        return frozenset({"bot"})
    made = organiser is not None and organiser.active and organiser.venue == actor.venue
    parts: set[Part] = {"organiser"} if actor.manages or made else set()
    if session is None or member is None:
        return frozenset(parts | {"stranger"})
    if member.blocked:
        return frozenset(parts | {"blocked"})
    if member.role == "moderator":
        parts.add("moderator")
    elif not consented(session, member):
        parts.add("unconsented")
    else:
        parts.add(member.role)
    return frozenset(parts)


def allowed(parts: frozenset[Part], deed: Deed) -> bool:
    return bool(TABLE.get(deed, frozenset()) & parts)


def authorize(
    actor: Actor, session: Session | None, member: Member | None, deed: Deed, organiser: Organiser | None = None
) -> None:
    """Return, or raise Refused with the sentence for this person. Unknown parts and deeds are denied."""
    parts = parts_of(actor, session, member, organiser)
    if not allowed(parts, deed):
        raise _refusal(parts, deed, session)


def authorize_with_consent(actor: Actor, session: Session, member: Member | None, deed: Deed) -> None:
    """As :func:`authorize`, for deeds that store or show something of the person: moderators consent too (SPEC 2.1)."""
    authorize(actor, session, member, deed)
    if not consented(session, member):
        raise _join_first(session)


def _join_first(session: Session | None) -> Refused:
    """The way in; none where nobody can join any more."""
    if session is not None and over(session):
        return Refused(f"“{session.name}” is over; only who had joined it can do that now.")
    return Refused("Join the session first; it is one short form.", *([join_button(session)] if session else []))


def join_button(session: Session) -> Button:
    return Button("Join session", action("join", session.id), "primary")


def _refusal(parts: frozenset[Part], deed: Deed, session: Session | None) -> Refused:
    if "bot" in parts:
        return Refused("Bots cannot take part.")
    if deed in ORGANISER_DEEDS:
        return Refused(
            "Only organisers can do that here: workspace admins in Slack, members with Manage Server in Discord, and "
            "whom they made one with /mod team."
        )
    if "blocked" in parts:
        return Refused("This is not available to you in this session.")
    if deed in MODERATOR_DEEDS:
        return Refused("Only moderators of this session can do that. Ask one of them.")
    return _join_first(session)
