"""A moderator asks something of any kind: the form, the exact card, Publish now."""

from __future__ import annotations

from core.domain.form import Form
from tests.fakes.bot import CHAT, OLGA, Event
from tests.fakes.reading import buttons, words


def drafted(event: Event, kind: str, **values: str | tuple[str, ...]) -> str:
    """Its id; Olga has seen its card and pressed nothing yet."""
    form = event.types(OLGA, f"/mod {kind}", CHAT).reply
    assert isinstance(form, Form), words(form)
    reply = event.sends(OLGA, form, CHAT, **values).reply
    return buttons(reply)["Publish now"].action.split(":")[1]


def asked(event: Event, kind: str, **values: str | tuple[str, ...]) -> str:
    ident = drafted(event, kind, **values)
    assert event.presses(OLGA, f"publish:{ident}", CHAT).done
    return ident


def card_of(event: Event, ident: str) -> str:
    """What everybody reads on it now, the same in every venue."""
    told = {words(content) for _, surface, content in event.shown() if surface.subject == f"interaction:{ident}"}
    (whole,) = told
    return whole
