"""What a person does not want to be asked again (SPEC 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import Instant, InteractionId, PersonId


@dataclass(frozen=True, slots=True)
class Dismissed:
    """It is in the person's own lists no more; its card in the chat stays."""

    pk: ClassVar = ("interaction", "person")
    interaction: InteractionId
    person: PersonId
    at: Instant
