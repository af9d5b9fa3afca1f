"""What a command came to: nothing, a private card, or a form; kept in the inbox for the delivery's repetitions."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import ClassVar

from core.domain.form import Form
from core.domain.ids import AccountId, DeliveryKey, Instant
from core.domain.view import Card


@dataclass(frozen=True, slots=True)
class Outcome:
    """``done`` is False for refusals. ``quiet``: the answer may be left out when answers are scarce.

    ``kept`` is False for an answer that holds words of somebody who has not consented, or that are private; it leaves
    no inbox row, so that a repetition is decided again. Where it changed something a repetition gets ``instead``.
    """

    reply: Card | Form | None = None
    done: bool = True
    quiet: bool = False
    kept: bool = True
    secret: bool = False
    """It is not kept because it says what nobody may know; still the pages of its form are, for who fills it."""
    instead: Card | None = None


@dataclass(frozen=True, slots=True)
class Saving:
    """Received, not committed yet; ``then`` gives the outcome. Its words ask to look again (SPEC 14)."""

    then: Awaitable[Outcome]
    sentence: ClassVar = "Received, saving… Please look again in a moment before you try once more."


@dataclass(frozen=True, slots=True)
class Inbox:
    """One delivery that was handled; written in the transaction of its effect, kept 24 hours."""

    pk: ClassVar = ("id",)
    id: DeliveryKey
    at: Instant
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class FormDraft:
    """What somebody typed into a form that was refused or interrupted; kept sealed until it is sent or replaced."""

    pk: ClassVar = ("account", "form")
    account: AccountId
    form: str
    at: Instant
    values: dict[str, tuple[str, ...]]


NOT_SAVED = "That was not saved: the storage did not answer. Please try again in a minute."
