"""A made-up form of eight fields in the place of a person's settings: two pages where a platform shows pages.

What was accepted stands in the drafts under a name of its own, so that it can be counted in any process.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.app import commands as c
from core.app import handle, intake
from core.app.authorize import authorize_with_consent
from core.app.handle import Use
from core.app.handle.drafts import draft_key, keep_draft, with_draft
from core.app.handle.find import meant, member_of, session_needs, session_of
from core.app.handle.own import reader_of
from core.app.outcome import FormDraft, Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork
from core.domain.form import Field, Form, Pick, Values, first
from core.domain.ids import SessionId
from core.domain.refused import Refused
from core.domain.sessions import over
from core.domain.view import action, say

ABC = tuple(Pick(word, word.lower()) for word in ("Red", "Green", "Blue"))
FIELDS = (
    Field("one", "First line", longest=200),
    Field("two", "Second text", "paragraph", longest=3_000, required=False),
    Field("three", "Third colour", "choice", picks=ABC, value=("red",)),
    Field("four", "Fourth colours", "choices", picks=ABC, required=False),
    Field("five", "Fifth line", longest=200, required=False),
    Field("six", "Sixth line", longest=200, required=False),
    Field("seven", "Seventh text", "paragraph", longest=3_000, required=False),
    Field("eight", "Eighth colour", "choice", picks=ABC, required=False),
)
ACCEPTED = "accepted:"
WRONG = "Write something else here."


def long_form(session: SessionId, fields: tuple[Field, ...] = FIELDS) -> Form:
    again = action("settings", session)
    return Form("A long form", action("set", session), "Send", fields, again, intro="Eight things are asked.")


def needs(command: c.OpenSettingsForm | c.ChangeSettings, work: UnitOfWork) -> Iterable[Key]:
    yield from session_needs(command, work)
    for session in meant(command, work):
        yield draft_key(command, action("set", session))


def opened(command: c.OpenSettingsForm, work: UnitOfWork, moment: Moment) -> Outcome:
    return Outcome(with_draft(_mine(command, work), command, work))


def accept(command: c.ChangeSettings, work: UnitOfWork, moment: Moment) -> Outcome:
    form = _mine(command, work)
    errors = {name: WRONG for name in ("one", "seven") if first(command.values, name) == "bad"}
    if not first(command.values, "one"):
        errors["one"] = WRONG
    if errors:
        keep_draft(command, form, command.values, work, moment)
        return Outcome(form.filled(command.values, errors), done=False)
    if first(command.values, "one") == "refuse me":
        raise Refused("Not today.")
    work.know(draft_key(command, name := f"{ACCEPTED}{moment.new_id()}"))
    work.put(FormDraft(command.actor.account, name, moment.now, dict(command.values)))
    return Outcome(say(reader_of(command, work), f"Got {told(command.values)}"))


def told(values: Values) -> str:
    return "; ".join(f"{name} {'+'.join(typed)}" for name, typed in sorted(values.items()))


def _mine(command: c.OfSession, work: UnitOfWork) -> Form:
    session = session_of(command, work)
    authorize_with_consent(command.actor, session, member_of(command, session, work), "change settings")
    if over(session):
        raise Refused("It is over.")
    return long_form(session.id)


def register() -> None:
    """For good, in a process of its own; a test gives the parts to its monkeypatch."""
    for name, it in parts().items():
        handle.USES[name] = it  # type: ignore[index]
    intake.RESUMED = resumed()


def parts() -> dict[type[c.Command], Use]:
    return {c.OpenSettingsForm: Use(needs, opened), c.ChangeSettings: Use(needs, accept)}


def resumed() -> frozenset[str]:
    return intake.RESUMED | {"set"}
