"""From the outline of a session file to its plan, or to every mistake in it: pure, total, in one pass (SPEC 13.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from core.domain.chat_rules import read_words
from core.domain.emojis import as_like, read_five
from core.domain.form import Invalid
from core.domain.ids import MINUTE, Instant
from core.domain.interactions import KINDS
from core.domain.interactions.lasting import LASTING, OPEN_ENDED
from core.domain.interactions.life import Sharing
from core.domain.interactions.parts import Parts, parts_of
from core.domain.people import NAME_LIMIT as PERSON_LIMIT
from core.domain.plan import ROOM_KEYS, Plan, PlannedInteraction, PlannedPerson, PlannedVenue, RoomKey
from core.domain.plan_keys import ROOM_IDS, SLOW_WORDS, USERS, session, values_of, written
from core.domain.plan_nodes import Mistake, Named, Node, One, Outline
from core.domain.plan_questions import asked
from core.domain.plan_shapes import Found, check
from core.domain.reactions import KINDS as REACTIONS
from core.domain.reactions import USUAL
from core.domain.sessions import LONGEST_MINUTES, NAME_LIMIT, known_zone, parse_minutes, parse_start
from core.domain.words import clean, one_line, shorten

_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[ tT]\d{1,2}[:.]\d{2}(?: (?:first|second))?")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")


def read(outline: Outline, now: Instant) -> Plan | tuple[Mistake, ...]:
    """The plan, or every mistake in the order of the file. Never raises."""
    if isinstance(outline, tuple):
        return outline
    if isinstance(outline, One) and outline.kind == "null":
        return (Mistake(1, 1, "The file is empty. Begin with “name: …” and “start: …”."),)
    wrong: list[Mistake] = []
    found = check(session(), outline, wrong, "")
    plan = _Reader(found, now, wrong).plan() if isinstance(found, Found) else None
    if wrong or plan is None:
        return tuple(sorted(wrong, key=lambda it: (it.line, it.column)))
    return plan


class _Reader:
    """What no schema sees: days, zones, lengths, what belongs together. Every mistake goes into ``wrong``."""

    def __init__(self, found: Found, now: Instant, wrong: list[Mistake]) -> None:
        self._found, self._now, self._wrong = found, now, wrong

    def plan(self) -> Plan:
        found = self._found
        zone = self._zone(found.one("timezone"))
        starts_at = self._instant(found.one("start"), zone)
        ends_at = self._end(zone, starts_at)
        name = one_line(found.text("name"))
        if (given := found.one("name")) and not 1 <= len(name) <= NAME_LIMIT:
            self._tell(given, f"Write a name of 1 to {NAME_LIMIT} characters.")
        span = (starts_at, ends_at) if starts_at is not None and ends_at is not None else None
        return Plan(
            name=name,
            starts_at=starts_at or self._now,
            ends_at=ends_at or self._now,
            zone=zone,
            id=found.text("id").strip(),
            said=dict(self._said()),
            questions=asked(asking, self._tell) if (asking := found.table("questions")) else {},
            venues=tuple(self._venues(found.many("venues"))),
            interactions=tuple(self._interaction(it, zone, span) for it in found.many("interactions")),
        )

    def _said(self) -> Iterable[tuple[str, Any]]:
        """The session's fields, of those that the file names."""
        found = self._found
        if node := found.one("access"):
            yield "access", one_line(node.text)
        if node := found.one("like"):
            yield "like", as_like(node.text)
            if not as_like(node.text):
                self._tell(node, "“like” is one emoji that both Slack and Discord have, or :name: of your own.")
        yield from self._reactions()
        for name, as_field in (("consent", "consent_needed"), ("links", "links")):
            if found.one(name):
                yield as_field, found.flag(name, default=True)
        if node := found.one("slow"):
            yield "slow", SLOW_WORDS[node.text]
        if node := found.one("disclaimer"):
            yield "disclaimer", clean(node.text)
            if not clean(node.text):
                self._tell(node, "“disclaimer” is empty. Write something, or remove the line.")
        if words := found.many("words"):
            try:
                yield "words", read_words("\n".join(one_line(node.text) for node in words))
            except Invalid as problem:
                self._tell(words[0], str(problem))

    def _reactions(self) -> Iterable[tuple[str, Any]]:
        lines = self._found.many("reactions")
        if len(lines) != len(REACTIONS):
            return
        chosen, wrong = read_five([node.text for node in lines])
        for number, sentence in wrong.items():
            self._tell(lines[number], sentence)
        yield "reactions", () if chosen == USUAL else chosen

    # -- times ------------------------------------------------------------------------------------------------------

    def _zone(self, node: One | None) -> str:
        try:
            return known_zone(one_line(node.text)) if node else "UTC"
        except Invalid as problem:
            self._tell(node, str(problem))
            return "UTC"  # so that the times are looked at too

    def _instant(self, node: One | None, zone: str, start: Instant | None = None) -> Instant | None:
        """A day and time; behind a known start a time alone is the first such one from there on."""
        if node is None:
            return None
        typed = " ".join(node.text.split())
        if not _DATED.fullmatch(typed) and (start is None or not _CLOCK.fullmatch(typed)):
            self._tell(node, f"Write day and time like 2026-11-14 14:30{'' if start is None else ', or 15:30'}.")
            return None
        try:
            return parse_start(_padded(typed), zone, self._now if start is None else Instant(start - MINUTE))
        except Invalid as problem:
            self._tell(node, str(problem))
        except (OverflowError, ValueError):
            self._tell(node, "This day is out of reach. Choose one in the next years.")
        return None

    def _end(self, zone: str, starts_at: Instant | None) -> Instant | None:
        """From the length or the end; both are looked at, though only one may be there."""
        length, end = self._found.one("length"), self._found.one("end")
        minutes = 0
        try:
            minutes = parse_minutes(length.text, "length") if length else 0
        except Invalid as problem:
            self._tell(length, str(problem))
        ends_at = self._instant(end, zone, self._now if starts_at is None else starts_at)
        if starts_at is None or not (minutes or ends_at):
            return None
        if end is not None and ends_at is not None and ends_at <= starts_at:
            self._tell(end, "The end lies before the start. Write a later one.")
        elif end is not None and ends_at is not None and ends_at - starts_at > LONGEST_MINUTES * MINUTE:
            self._tell(end, "A session is at most a day long. Write an earlier end, or make two sessions of it.")
        ends_at = ends_at or Instant(starts_at + minutes * MINUTE)
        if starts_at < ends_at <= self._now:
            self._tell(self._found.one("start"), "That session would be over already. Write a later start.")
        return ends_at

    # -- venues -----------------------------------------------------------------------------------------------------

    def _venues(self, tables: Sequence[Any]) -> Iterable[PlannedVenue]:
        seen: dict[tuple[str, str], int] = {}
        for table in tables:
            if not isinstance(table, Found):
                continue
            platform, name, ident = table.text("platform"), one_line(table.text("name")), table.text("id").strip()
            which = (platform, (name or ident).casefold())
            if platform and which[1] and which in seen:
                self._tell(table.node, f"This venue stands on line {seen[which]} already. Make one of the two.")
            seen.setdefault(which, table.node.line)
            rooms = tuple(self._rooms(table.table("rooms"), platform))
            people = {role: tuple(self._people(table, role, platform)) for role in ("moderators", "speakers")}
            yield PlannedVenue(platform, name, ident, rooms, people["moderators"], people["speakers"])

    def _rooms(self, table: Found | None, platform: str) -> Iterable[tuple[RoomKey, str]]:
        taken: dict[str, int] = {}
        for kind in ROOM_KEYS:
            node = table.one(kind) if table else None
            if node is None:
                continue
            ref = re.split("/", node.text.strip().strip("<>").rstrip("/"))[-1]
            if platform and not re.fullmatch(ROOM_IDS[platform], ref):
                self._tell(node, f"This is no channel of {platform.capitalize()}. Write its id, or its link.")
            if ref in taken:
                self._tell(node, f"This channel is a room on line {taken[ref]} already; a channel is one room.")
            taken[ref] = node.line
            yield kind, ref

    def _people(self, table: Found, role: str, platform: str) -> Iterable[PlannedPerson]:
        seen: dict[str, int] = {}
        other = {it.text.split()[0] for it in table.many("moderators")} if role == "speakers" else set()
        for node in table.many(role):
            user, _, name = one_line(node.text).partition(" ")
            if platform and not re.fullmatch(USERS[platform], user):
                self._tell(node, f"This is no member id of {platform.capitalize()}. Look under Copy member ID there.")
            if user in seen:
                self._tell(node, f"This person stands on line {seen[user]} already.")
            if user in other:
                self._tell(node, "This person is among the moderators; one part each is enough.")
            seen.setdefault(user, node.line)
            yield PlannedPerson(user, shorten(name.strip(), PERSON_LIMIT))

    # -- interactions -----------------------------------------------------------------------------------------------

    def _interaction(self, table: Found, zone: str, span: tuple[Instant, Instant] | None) -> PlannedInteraction:
        kind = table.text("kind")
        spec: Any = None
        values = dict(values_of(kind, table, one_line(self._found.text("name"))))
        if "parts" in KINDS[kind].TRAITS:
            values["questions"] = tuple(self._questions(parts_of(KINDS[kind]), table.many("questions")))
        if table.flag("anonymous", default=False):
            # As its form tells it, where the box stands with the kind's own: what does not go together is refused.
            for box in [it.name for it in KINDS[kind].fields() if it.kind == "choices"][:1]:
                values[box] = (*values[box], "secret")
        try:
            spec = KINDS[kind].read(values)
        except Invalid as problem:
            for name, sentence in problem.errors.items():
                if name not in table.doubtful:
                    self._tell(_entry(table.node, name) or table.node, sentence)
        at, after = self._when(table.one("at"), zone, span)
        chosen = table.text("results")
        sharing: Sharing = "end" if chosen == "end" else "never" if chosen == "never" else "live"
        closes = LASTING[table.text("closes") or OPEN_ENDED][1]
        return PlannedInteraction(kind, spec, sharing, at, after, table.flag("anonymous", default=False), closes)

    def _questions(self, parts: Parts, tables: Sequence[Any]) -> Iterable[str]:
        """As the kind keeps them; each is told at its own line what is wrong with it."""
        for number, table in enumerate(tables, 1):
            if not isinstance(table, Found):
                continue
            sort = table.text("kind")
            try:
                yield parts.dump(parts.read(sort, str(number), written(parts.fields(sort), table)))
            except Invalid as problem:
                for name, sentence in problem.errors.items():
                    if name not in table.doubtful:
                        self._tell(_entry(table.node, name) or table.node, sentence)

    def _when(
        self, node: One | None, zone: str, span: tuple[Instant, Instant] | None
    ) -> tuple[Instant | None, int | None]:
        """(the instant, microseconds after the start where it was given so)."""
        if node is None:
            return None, None
        starts_at, ends_at = span or (self._now, Instant(self._now + LONGEST_MINUTES * MINUTE))
        typed = node.text.strip()
        after: int | None = None
        at: Instant | None
        if typed.startswith("+"):
            try:
                after = 0 if re.fullmatch(r"\+\s*0+\s*m?", typed) else parse_minutes(typed[1:]) * MINUTE
            except Invalid:
                self._tell(node, "Write how long after the start, like +10m or +1h30m.")
                return None, None
            at = Instant(starts_at + after)
        else:
            at = self._instant(node, zone, starts_at)
        if at is not None and span is not None and not starts_at <= at < ends_at:
            self._tell(node, "This lies outside the session. Write a time from its start to before its end.")
        return at, after

    def _tell(self, node: Node | None, sentence: str) -> None:
        assert node is not None, "what is complained about stands in the file"
        self._wrong.append(Mistake(node.line, node.column, sentence, shape=False))


def _entry(table: Named, name: str) -> Node | None:
    return next((value for key, value in table.entries if key.text == name), None)


def _padded(typed: str) -> str:
    """``2026-1-5`` as ``2026-01-05``."""
    day, _, rest = typed.replace("T", " ").replace("t ", " ").partition(" ")
    if "-" not in day:
        return typed
    return f"{'-'.join(part.zfill(2) for part in day.split('-'))} {rest.strip()}"
