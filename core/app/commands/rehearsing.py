"""Trying the drafts in the backchannel before anybody is there."""

from __future__ import annotations

from dataclasses import dataclass

from core.app.commands.base import OfSession
from core.domain.ids import InteractionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRehearsal(OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearseNext(OfSession):
    """``draft``: the one that the pressed page named."""

    draft: InteractionId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRehearsal(OfSession):
    pass
