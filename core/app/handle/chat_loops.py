"""The loop breaker: a line that comes round and round is shared no more, and the moderators hear of it once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from core.app.commands import PostLine
from core.app.handle.showing import moderators_needs, notice_needs, tell_moderators
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, Unloaded, key
from core.domain.ids import AccountId, Instant, SessionId
from core.domain.loops import LOOP_RELAYS, Said, heard
from core.domain.people import Account
from core.domain.sessions import Session
from core.domain.text import Doc, doc, isolate, one_line


def loop_needs(command: PostLine, session: SessionId, work: UnitOfWork) -> Iterable[Key]:
    account = command.actor.account
    yield key(Said, session, account)
    said = work.peek(Said, session, account)
    # Telling takes many rows; they are loaded only where a line may be one too many.
    if said is not None and said.lines.count(" ") + 1 >= LOOP_RELAYS:
        yield from moderators_needs(session, work)
        yield from notice_needs(_ident(session, account))


def loops(
    command: PostLine, session: Session, account: Account, body: Doc, at: Instant, work: UnitOfWork, moment: Moment
) -> bool:
    """Whether this line is one too many; what was counted is kept either way."""
    before = work.get(Said, session.id, account.id) or Said(session.id, account.id)
    said, times = heard(before, body, at)
    work.put(said)
    if times <= LOOP_RELAYS:
        return False
    name = isolate(one_line(account.nick) or "somebody")
    told = (
        f"One line of {name} ({account.platform.capitalize()}) came more than {LOOP_RELAYS} times in ten seconds in "
        f"“{session.name}”. It looks like two bots that copy from each other, so it is not shared any more. "
        "Look whether another bot copies these channels; all other lines are shared as before."
    )
    with suppress(Unloaded):  # many came in one batch: the next one tells
        tell_moderators(_ident(session.id, account.id), session.id, doc(told), work, moment)
    return True


def _ident(session: SessionId, account: AccountId) -> str:
    return f"loop:{session}:{account}"
