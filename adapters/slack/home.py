"""App Homes: drawn when somebody opens theirs and after their own acts; of one person only the newest is ever drawn.

views.publish takes 100 calls a minute in a workspace: a crowd waits for its turn there, and while it waits its newest
wish takes the place of the former.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from adapters.slack import forms, limits
from adapters.slack.allowance import SharedAllowance
from adapters.slack.parse import Asked
from adapters.slack.render import card_blocks
from core.app.commands import ShowMenu
from core.app.intake import Envelope, pressed
from core.app.outcome import Outcome
from core.app.platform import PlatformTrouble, TooFast
from core.domain.form import Form
from core.domain.ids import SECOND, DeliveryKey, Instant
from core.domain.text import When, doc
from core.domain.view import Button, Buttons, Card, Note, Part, action

log = structlog.get_logger()

TURN_SECONDS = 0.75
"""Between two looks whether one more may be drawn."""
TRIES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be drawn: a card that is there already, or what the core says when its turn has come."""

    asked: Asked
    card: Card | None
    crowd: bool


class Homes:
    """Draws; each person has one drawing under way at most."""

    def __init__(
        self,
        publish: Callable[[str, Mapping[str, Any]], Awaitable[None]],
        ask: Callable[[Asked], Awaitable[Outcome]],
        allowance: SharedAllowance,
        clock: Callable[[], Instant],
    ) -> None:
        """``ask`` hands a command to the core and waits for what comes of it."""
        self._publish, self._ask, self._allowance, self._clock = publish, ask, allowance, clock
        self._wishes: dict[str, Wish] = {}
        self._drawing: dict[str, asyncio.Task[None]] = {}

    def draw(self, asked: Asked, card: Card | None = None, *, crowd: bool = False) -> None:
        """Draw the menu that was asked for. ``crowd``: it may wait for those who pressed something."""
        self._wishes[asked.user] = Wish(asked, card, crowd)
        if asked.user not in self._drawing:
            self._drawing[asked.user] = asyncio.create_task(self._draw(asked.user))

    def redraw(self, asked: Asked) -> None:
        """Draw the home anew behind what was done from it, on the tab that it showed."""
        given = asked.command
        envelope = Envelope(given.actor, DeliveryKey(f"{given.delivery}:home"), given.at, given.at_source)
        command = pressed(envelope, asked.home)
        if isinstance(command, ShowMenu):
            self.draw(replace(asked, command=command))

    async def close(self) -> None:
        tasks = list(self._drawing.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _draw(self, user: str) -> None:
        try:
            while user in self._wishes:
                await self._turn(user)
                await self._show(user, self._wishes.pop(user))
        except PlatformTrouble as trouble:
            log.info("slack: an App Home was not drawn", why=trouble.reason)
        except Exception:
            log.exception("slack: an App Home failed")
        finally:
            self._drawing.pop(user, None)
            self._wishes.pop(user, None)

    async def _turn(self, user: str) -> None:
        # Looked up each time: who opened it in a crowd may have pressed something meanwhile.
        while True:
            if await self._allowance.ask(crowd=self._wishes[user].crowd):
                return
            await asyncio.sleep(TURN_SECONDS * random.uniform(0.7, 1.3))

    async def _show(self, user: str, wish: Wish) -> None:
        card = wish.card or await self._card(wish.asked)
        if card is None:
            return
        view = home_view(card, wish.asked.command, self._clock())
        for left in reversed(range(TRIES)):
            if user in self._wishes:
                return
            try:
                await self._publish(user, view)
                return
            except TooFast as slow:
                self._allowance.hold(slow.seconds)
                if not left:
                    raise
                await asyncio.sleep(slow.seconds)

    async def _card(self, asked: Asked) -> Card | None:
        outcome = await self._ask(asked)
        if isinstance(outcome.reply, Form):
            log.warning("slack: a form cannot stand in an App Home")
        return outcome.reply if isinstance(outcome.reply, Card) else None


def menu_of(command: object) -> str:
    """The action that opens the same menu on the same tab."""
    if not isinstance(command, ShowMenu):
        return action("menu", "", "stage")
    return action("menu", command.session or "", command.tab)


def home_view(card: Card, command: object, now: Instant) -> dict[str, Any]:
    """The card, when that was, and a button that draws it anew."""
    menu = menu_of(command)
    foot: tuple[Part, ...] = (
        Note(doc("As of ", When(Instant(now - now % SECOND)))),
        Buttons((Button("Refresh", menu, spoken="Show this page as it is now"),)),
    )
    below = card_blocks(Card(card.audience, foot))
    return {
        "type": "home",
        "private_metadata": forms.pack("", "", home=menu),
        "blocks": [*card_blocks(card, limits.BLOCKS_IN_VIEW - len(below)), *below],
    }
