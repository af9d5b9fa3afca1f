"""What the jobs would have done by now, without platforms and waiting: rooms opened, surfaces shown, people let in."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from core.app import cards
from core.app.ports import Task
from core.app.unit_of_work import advanced
from core.domain.ids import SECOND, Instant
from core.domain.surfaces import Place, Subject, Surface, fits, usable
from core.domain.view import Content
from tests.fakes.memory import MemoryStore
from tests.fakes.reading import words

START = Instant(1_790_000_000 * SECOND)
"""A Monday in September 2026."""

Shown = tuple[Place, Surface, Content]


@dataclass
class Jobs:
    """Its rule of what is out of date is the storage's, its verbs are those of the tasks."""

    store: MemoryStore = field(default_factory=MemoryStore)
    now: Instant = START
    inside: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Who was let into which channel by :meth:`settle`, and not sent out since."""
    pins: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    topics: dict[str, str] = field(default_factory=dict)
    archived: set[str] = field(default_factory=set)
    prunes: bool = True
    """The platforms let the bot remove other people's messages."""
    pace: int = 0
    wears: bool = False
    """What the platforms tell of every place."""
    doorman: bool = True
    """People are let in; False: they wait."""
    _refs: itertools.count[int] = field(default_factory=lambda: itertools.count(1_000))
    _contents: tuple[object, dict[str, tuple[Surface, Content | None]]] = (None, {})
    """What was made of the rows that the store holds now: many tests look at every surface after every step."""

    def settle(self) -> None:
        """Make, post, edit, remove, admit and expel until nothing is left to do, in one go and without any trouble."""
        while sum(
            self._step(surface) for surface in sorted(self.store.rows(Surface), key=lambda it: it.ref is not None)
        ):
            pass

    def _step(self, surface: Surface) -> bool:
        """Whether there was something to do for this surface; the same rule as in the storage's queue."""
        place, subject = (self._row(Place, surface.place), self._row(Subject, surface.subject))
        behind = not surface.gone and surface.shown < subject.version and surface.next_at <= self.now
        wanted = surface.gone or (behind and (surface.follow == "live" or surface.ref is None))
        pruned = not surface.ours and surface.follow == "live" and surface.gone and surface.ref is not None
        if surface.kind == "grant" and not (self.doorman or surface.gone):
            return False
        if surface.dead or not (pruned or (surface.ours and surface.follow != "pulled" and wanted)):
            return False
        expels = place.state == "exposed" and surface.kind == "grant" and surface.gone
        if not (usable(place) or expels):
            return False
        if surface.parent is not None and not surface.gone:
            parent = self._row(Surface, surface.parent)
            if parent.ref is None and not parent.dead:
                return False
        if place.state == "wanted":
            place = self._opened(place)
        self._save(self._done(surface, place, subject.version))
        return True

    def _done(self, surface: Surface, place: Place, version: int) -> Surface:
        assert place.ref is not None
        verb = Task(surface, version).verb
        shown = replace(surface, shown=version)
        match verb:
            case "admit" | "expel":
                account = surface.subject.split(":", 2)[2]
                (self.inside[place.ref].add if verb == "admit" else self.inside[place.ref].discard)(account)
                return replace(shown, ref=account) if verb == "admit" else replace(surface, dead="removed")
            case "pin":
                head = self._row(Surface, surface.parent).ref or ""
                self.pins[place.ref].add(head)
                return replace(shown, ref=f"pin:{head}")
            case "unpin":
                self.pins[place.ref].discard((surface.ref or "").removeprefix("pin:"))
                return replace(surface, dead="removed")
            case "archive":
                self.archived.add(place.ref)
                self._save(replace(place, state="dead"))
                return replace(shown, ref="archive")
            case "drop" | "delete":
                return replace(surface, dead="removed")
        content = self.content(surface)
        if content is None:
            return replace(surface, gone=True, dead="nothing to show any more")
        assert fits(content.audience, place), f"{content} does not belong in {place}"
        if verb == "topic":
            self.topics[place.ref] = words(content)
            return replace(shown, ref="topic")
        return replace(shown, ref=surface.ref or str(next(self._refs)))

    def _opened(self, place: Place) -> Place:
        made = place.made or (bool(place.name) and place.ref is None)
        ref = place.ref or f"{place.venue.partition(':')[0]}-{place.kind}-{next(self._refs)}"
        private = place.private if place.name or place.kind not in ("door", "stage") else False
        return self._save(
            replace(
                place,
                ref=ref,
                state="open",
                made=made,
                private=private,
                prunes=self.prunes,
                pace=self.pace,
                wears=self.wears,
            )
        )

    def _row(self, table: type, *primary: object) -> Any:
        return self.store.tables[table][primary]

    def _save(self, row: Any) -> Any:
        self.store.tables[type(row)][tuple(getattr(row, name) for name in row.pk)] = row
        return row

    def change(self, row: Any, **values: object) -> Any:
        """The row with other values, as if somebody had written it meanwhile."""
        after = replace(row, **values)
        return self._save(advanced(after) if hasattr(row, "version") else after)

    # -- what is to be seen -----------------------------------------------------------------------------------------

    def shown(self, which: Callable[[Place, Surface], bool] = lambda place, surface: True) -> list[Shown]:
        """Every post that the reconciler would show now, each checked against who reads the place."""
        places = {place.id: place for place in self.store.rows(Place)}
        found: list[Shown] = []
        for surface in self.store.rows(Surface):
            place = places[surface.place]
            if not surface.ours or surface.gone or surface.kind != "post" or not which(place, surface):
                continue
            content = self.content(surface)
            if content is not None:
                assert fits(content.audience, place), f"{content} does not belong in {place}"
                found.append((place, surface, content))
        return sorted(found, key=lambda it: (it[0].id, it[1].order_at, it[1].subject, it[1].part))

    def content(self, surface: Surface) -> Content | None:
        """What this surface would show now."""
        known = self.store.snapshot()[1]
        if self._contents[0] is not known:
            self._contents = (known, {})
        made = self._contents[1]
        if surface.id not in made or made[surface.id][0] is not surface:
            made[surface.id] = surface, cards.content(surface, self.store.read(lambda have: cards.needs(surface, have)))
        return made[surface.id][1]

    def room(self, ref: str, what: str = "") -> list[Content]:
        """What our posts in this room show; of one sort of subject: ``interaction``, ``message``, ``door``."""
        mine = self.shown(lambda place, surface: place.ref == ref and surface.subject.startswith(what))
        return [content for _, _, content in mine]
