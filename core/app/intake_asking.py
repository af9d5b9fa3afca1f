"""What the buttons of interactions and of the leaderboard mean; part of the one table in :mod:`core.app.intake`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.app import commands as c
from core.app.commands import Command
from core.domain.ids import InteractionId, SessionId

if TYPE_CHECKING:
    from core.app.intake import Envelope

_MORE: Mapping[str, Callable[[Envelope, InteractionId], Command]] = {
    "edit": lambda e, one: c.OpenEditForm(**e.fields(), interaction=one),
    "parts": lambda e, one: c.ShowParts(**e.fields(), interaction=one),
    "timing": lambda e, one: c.OpenTimingForm(**e.fields(), interaction=one),
    "notify": lambda e, one: c.PublishInteraction(**e.fields(), interaction=one, notify=True),
    "longer": lambda e, one: c.GiveMoreTime(**e.fields(), interaction=one),
    "duplicate": lambda e, one: c.DuplicateInteraction(**e.fields(), interaction=one),
    "up": lambda e, one: c.MoveInteraction(**e.fields(), interaction=one, down=False),
    "down": lambda e, one: c.MoveInteraction(**e.fields(), interaction=one, down=True),
    "askunpublish": lambda e, one: c.AskAboutInteraction(**e.fields(), interaction=one, about="unpublish"),
    "askdelete": lambda e, one: c.AskAboutInteraction(**e.fields(), interaction=one, about="delete"),
}
"""What can be picked in the menu of an interaction."""

ASKING_BUTTONS: Mapping[str, Callable[[Envelope, tuple[str, ...], tuple[str, ...]], Command]] = {
    "leaders": lambda e, a, p: c.ShowLeaderboard(**e.fields(), session=SessionId(a[0])),
    "lead": lambda e, a, p: c.JoinLeaderboard(**e.fields(), session=SessionId(a[0]), on=a[1] == "on"),
    "publish": lambda e, a, p: c.PublishInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "next": lambda e, a, p: c.PublishNext(**e.fields(), session=SessionId(a[0]), draft=InteractionId(a[1])),
    "twin": lambda e, a, p: c.ShowInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "edit": lambda e, a, p: c.OpenEditForm(**e.fields(), interaction=InteractionId(a[0])),
    "timing": lambda e, a, p: c.OpenTimingForm(**e.fields(), interaction=InteractionId(a[0])),
    "answer": lambda e, a, p: c.OpenAnswerForm(**e.fields(), interaction=InteractionId(a[0])),
    "more": lambda e, a, p: _MORE[p[0]](e, InteractionId(a[0])),
    "unpublish": lambda e, a, p: c.UnpublishInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "delete": lambda e, a, p: c.DeleteInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "askend": lambda e, a, p: c.AskAboutInteraction(**e.fields(), interaction=InteractionId(a[0]), about="end"),
    "end": lambda e, a, p: c.EndInteraction(**e.fields(), interaction=InteractionId(a[0])),
    "hide": lambda e, a, p: c.HideResults(**e.fields(), interaction=InteractionId(a[0]), hidden=True),
    "unhide": lambda e, a, p: c.HideResults(**e.fields(), interaction=InteractionId(a[0]), hidden=False),
}
