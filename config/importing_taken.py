"""A session file taken by whoever has the database: the running bot, or the command itself; always as the operator."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.files.planning import planned
from core.app.commands import ImportPlan
from core.app.handle.places import PLATFORMS
from core.app.handle.setup import ROOM_WORDS
from core.app.outcome import Outcome, Saving
from core.app.ports import Clock, Store, Submit
from core.app.unit_of_work import key
from core.domain.form import Form
from core.domain.ids import AccountId, DeliveryKey, NewId, VenueId
from core.domain.people import Actor
from core.domain.plan import Plan, PlannedVenue, told
from core.domain.sessions import Venue
from core.domain.text import as_doc, plain
from core.domain.view import Card, Heading, Words

OPERATOR = AccountId("operator:")
"""Who runs the bot; no platform has accounts of such a name."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it, in words."""

    done: bool
    words: str


async def take(store: Store, submit: Submit, clock: Clock, new_id: NewId, text: str, venue: str) -> Told:
    """Carry it out as who runs the bot."""
    now = clock()
    plan = await asyncio.to_thread(planned, text, now)
    if not isinstance(plan, Plan):
        return Told(False, told(plan))
    known = await asyncio.to_thread(_venues, store)
    main = _main(plan, venue, known)
    if isinstance(main, str):
        return Told(False, main)
    actor = Actor(OPERATOR, main.platform, main.id, main.name, "Operator", manages=True, can=main.can)
    command = ImportPlan(
        actor=actor,
        delivery=DeliveryKey(f"import:{new_id()}"),
        at=now,
        at_source="arrival",
        values={},
        plan=plan,
        operator=True,
    )
    outcome = await submit(command)
    return _told(await outcome.then if isinstance(outcome, Saving) else outcome)


def _venues(store: Store) -> Sequence[Venue]:
    keys = [key(Venue, platform=platform) for platform in PLATFORMS]
    work = store.read(lambda _: keys)
    return [venue for platform in PLATFORMS for venue in work.all(Venue, platform=platform)]


def _main(plan: Plan, given: str, known: Sequence[Venue]) -> Venue | str:
    """Where the session is made; a sentence where that is not clear."""
    if given:
        platform, _, ident = given.partition(":")
        if platform in PLATFORMS and re.fullmatch(r"[A-Z0-9]{2,24}", ident):
            return _by_id(VenueId(given), known)
        named = [it for it in known if it.name.casefold() == given.casefold()]
        return named[0] if len(named) == 1 else f"There is no one venue “{given}”. Write slack:T… or discord:123…"
    found = [venue for it in plan.venues if (venue := _planned(it, known)) is not None]
    if found:
        return found[0]
    if not plan.venues and len(known) == 1:
        return known[0]
    here = ", ".join(f"{it.id} ({it.name})" for it in known) or "none yet; one is known once a session was made there"
    why = "The file's venues are not known by these names" if plan.venues else "The file names no venue"
    return f"{why}. Add --venue slack:T… or discord:123…, or write ids into the file. Known: {here}."


def _planned(planned: PlannedVenue, known: Sequence[Venue]) -> Venue | None:
    if planned.id:
        return _by_id(VenueId(f"{planned.platform}:{planned.id}"), known)
    wanted = (planned.platform, planned.name.casefold())
    named = [it for it in known if (it.platform, it.name.casefold()) == wanted]
    return named[0] if len(named) == 1 else None


def _by_id(ident: VenueId, known: Sequence[Venue]) -> Venue:
    platform = ident.partition(":")[0]
    return next((it for it in known if it.id == ident), Venue(ident, platform, platform.capitalize()))


_ROOMS = tuple(ROOM_WORDS.values())
"""Channels are shown by their names in chat only."""


def _told(outcome: Outcome) -> Told:
    match outcome.reply:
        case Form() as form:
            return Told(outcome.done, form.problem)
        case Card(parts=parts):
            words = [plain(as_doc(part.text)) for part in parts if isinstance(part, Heading | Words)]
            return Told(outcome.done, "\n".join(line for line in words if not line.startswith(_ROOMS)))
        case _:
            return Told(outcome.done, "Done.")
