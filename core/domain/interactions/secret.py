"""Anonymous ballots: the voter is a keyed hash until the end, and after it nobody (SPEC 5.4)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import ClassVar

from core.domain.ids import AccountId, InteractionId, PersonId


@dataclass(frozen=True, slots=True)
class BallotKey:
    """The key of one anonymous interaction, kept sealed and destroyed after its end."""

    pk: ClassVar = ("interaction",)
    interaction: InteractionId
    key: str
    """Hexadecimal."""

    def voter(self, person: PersonId) -> PersonId:
        """Who that is in this interaction: without the key nobody can tell."""
        return PersonId(self._hash("person", person))

    def account(self, account: AccountId) -> AccountId:
        """The account likewise: so that two linked accounts get their own answers back when they part."""
        return AccountId(self._hash("account", account))

    def _hash(self, what: str, name: str) -> str:
        return hmac.new(bytes.fromhex(self.key), f"{what}:{name}".encode(), hashlib.sha256).hexdigest()
