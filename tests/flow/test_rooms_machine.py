"""Any story of rooms, seats and roles leaves in each room whom it is for, and one room of a kind (I14, I18)."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.app.commands import Reader
from core.domain.chat import Message
from core.domain.form import Form
from core.domain.people import DISCLAIMER, Account, Actor, Member, Person
from core.domain.sessions import consented
from core.domain.surfaces import Place, PlaceKind, Surface, fits, usable
from tests.fakes.bot import ANN, BEN, CHAT, CLEO, DISCORD, DORA, HALL, OLGA, SLACK, Event, actions, words

PEOPLE = {"ann": ANN, "ben": BEN, "cleo": CLEO, "olga": OLGA, "dora": DORA}
TEAM = {"queue": ("moderator",), "backchannel": ("moderator", "speaker")}
names, attendees = st.sampled_from(sorted(PEOPLE)), st.sampled_from(["ann", "ben", "cleo"])
venues = st.sampled_from([SLACK, DISCORD])
team_rooms = st.sampled_from(["queue", "backchannel"])


class Rooms(RuleBasedStateMachine):
    """The model: each person's task, consent and block, by hand. Between two rules the jobs may do their work."""

    def __init__(self) -> None:
        super().__init__()
        self.event = Event().made(start="23:00")
        code = words(self.event.presses(OLGA, f"link:{self.event.session}", CHAT)).partition("Code: ")[2][:8]
        self.event.types(DORA, f"/mod session enter {code}", HALL)
        self.roles = {"olga": "moderator", "dora": "moderator"}
        self.seated = {"olga", "dora"}
        self.accepted: dict[str, str] = {}
        """The text that each accepted, empty where none was shown."""
        self.blocked: set[str] = set()
        self.channels = 0
        self.text, self.asked = DISCLAIMER, True

    @initialize(start=st.sampled_from(["draft", "announced", "open", "live"]), here=st.sets(names), task=attendees)
    def it_begins(self, start: str, here: set[str], task: str) -> None:
        """Most of what can go wrong needs people in rooms that are there."""
        if start != "draft":
            assert self.event.advances(start).done
            self.event.settle()
            for name in sorted(here):
                self.somebody_joins(name)
            self.somebody_is_appointed(task, "speaker")
            self.event.settle()

    @property
    def joined(self) -> set[str]:
        return {name for name, text in self.accepted.items() if not self.asked or text == self.text}

    @property
    def state(self) -> str:
        return self.event.state().state

    def room(self, actor: Actor) -> str:
        return CHAT if actor.platform == "slack" else HALL

    # -- what happens -----------------------------------------------------------------------------------------------

    @rule()
    def the_jobs_do_their_work(self) -> None:
        self.event.settle()

    @rule(seconds=st.sampled_from([1, 31, 200]))
    def time_passes(self, seconds: int) -> None:
        self.event.wait(seconds)
        self.event.ticks()

    @rule(to=st.sampled_from(["announced", "open", "live", "ended", "archived"]))
    def the_session_goes_on(self, to: str) -> None:
        steps = ["draft", "announced", "open", "live", "ended", "archived"]
        if to in ("ended", "archived") and self.event.now % 3:
            return  # most stories should have a middle
        before = self.state
        told = self.event.advances(to)
        assert self.state == (to if told.done else before)
        assert steps.index(self.state) >= steps.index(before)

    @rule(name=names)
    def somebody_joins(self, name: str) -> None:
        actor = PEOPLE[name]
        reply = self.event.presses(actor, f"join:{self.event.session}", self.room(actor))
        if isinstance(reply.reply, Form):
            reply = self.event.sends(actor, reply.reply, self.room(actor))
        if reply.done:
            self.seated.add(name)
            if name not in self.joined:
                self.accepted[name] = self.text if self.asked else ""

    @rule(name=names)
    def somebody_leaves(self, name: str) -> None:
        if self.event.presses(PEOPLE[name], f"leave:{self.event.session}", self.room(PEOPLE[name])).done:
            self.accepted.pop(name, None)

    @rule(name=attendees, post=st.sampled_from(["moderator", "speaker"]))
    def somebody_is_appointed(self, name: str, post: str) -> None:
        actor = PEOPLE[name]
        by = OLGA if actor.platform == "slack" else DORA
        done = self.event.appoints(actor, post, by=by).done
        assert done is (name not in self.blocked)
        if done:
            self.roles[name] = post
            self.seated.add(name)

    @rule(name=attendees)
    def somebody_is_removed(self, name: str) -> None:
        if name in self.roles:
            assert self.event.removes(PEOPLE[name], self.roles.pop(name)).done

    @rule(name=attendees, back=st.booleans())
    def somebody_is_blocked_or_comes_back(self, name: str, back: bool) -> None:
        line = self.line_of(name)
        form = self.event.presses(OLGA, f"moderate:{line}", CHAT).reply if line else None
        if not isinstance(form, Form):
            return
        if self.event.sends(OLGA, form, CHAT, do="unblock" if back else "block").done:
            (self.blocked.discard if back else self.blocked.add)(name)

    def line_of(self, name: str) -> str:
        """A line by this person; one is written where that is possible."""
        actor = PEOPLE[name]
        stages = [it.ref for it in self.event.store.rows(Place) if it.kind == "stage" and usable(it) and it.ref
                  and it.venue == actor.venue]  # fmt: skip
        if stages:
            self.event.writes(actor, stages[0], f"9.{self.event.now}", "Hello")
        person = self.event.person(actor)
        return next((it.id for it in self.event.store.rows(Message) if it.person == person and not it.deleted), "")

    @rule(text=st.sampled_from(["One text", "Another text"]), asked=st.booleans())
    @precondition(lambda self: self.state not in ("ended", "archived"))
    def the_rules_change(self, text: str, asked: bool) -> None:
        form = self.event.presses(OLGA, f"rules:{self.event.session}", CHAT).reply
        assert isinstance(form, Form)
        assert self.event.sends(OLGA, form, CHAT, disclaimer=text, consent="yes" if asked else "no").done
        self.text, self.asked = text, asked

    @rule(kind=st.sampled_from(["door", "stage", "queue", "backchannel"]), venue=venues, again=st.booleans())
    def a_channel_is_adopted(self, kind: str, venue: str, again: bool) -> None:
        by = OLGA if venue == SLACK else DORA
        gone = [it.ref for it in self.event.store.rows(Place) if it.state == "dead" and it.venue == venue and it.ref]
        self.channels += 1
        channel = gone[0] if again and gone else f"{venue}-{self.channels}"
        self.event.presses(by, f"room:{self.event.session}:{kind}", channel or "")

    @rule(
        kind=team_rooms, venue=venues, name=attendees, then=st.sampled_from(["block", "remove", "appoint", "announce"])
    )
    @precondition(lambda self: self.state not in ("ended", "archived"))
    def a_room_is_gone_and_comes_back(self, kind: PlaceKind, venue: str, name: str, then: str) -> None:
        """Meanwhile the team changes, or the session goes on and makes another one."""
        gone = [it for it in self.in_use() if (it.kind, it.venue) == (kind, venue) and it.ref]
        self.a_room_is_gone(kind, venue)
        match then:
            case "block":
                self.somebody_is_blocked_or_comes_back(name, False)
            case "remove":
                self.somebody_is_removed(name)
            case "appoint" if name not in self.blocked:
                self.somebody_is_appointed(name, "moderator")
            case _:
                steps = {"draft": "announced", "announced": "open", "open": "live"}
                if self.state in steps:
                    self.the_session_goes_on(steps[self.state])
        for place in gone:
            by = OLGA if venue == SLACK else DORA
            self.event.presses(by, f"room:{self.event.session}:{kind}", place.ref or "")
            self.event.settle()

    @rule(kind=st.sampled_from(["door", "stage", "queue", "backchannel"]), venue=venues)
    def a_room_is_gone(self, kind: PlaceKind, venue: str) -> None:
        for place in self.in_use():
            if (place.kind, place.venue) == (kind, venue) and place.ref:
                self.event.reports(place.venue, place.ref, gone="deleted")

    @rule(kind=team_rooms, venue=venues, public=st.booleans())
    def a_team_room_is_looked_at(self, kind: str, venue: str, public: bool) -> None:
        for place in self.in_use():
            if (place.kind, place.venue) == (kind, venue) and place.ref:
                nicks = {it.id: it.nick for it in self.event.store.rows(Account)}
                readers = [Reader(it, nicks[it]) for it in sorted(self.event.inside[place.ref])]  # type: ignore[arg-type]
                self.event.reports(place.venue, place.ref, *readers, private=not public)

    @rule()
    def the_bot_starts_again(self) -> None:
        """It holds nothing: what is not in the store is forgotten."""
        before = self.event
        self.event = Event(store=before.store, now=before.now, session=before.session, inside=before.inside)
        for name in ("_numbers", "_deliveries", "_refs"):
            setattr(self.event, name, getattr(before, name))

    # -- what shall be ----------------------------------------------------------------------------------------------

    def in_use(self) -> list[Place]:
        mine = [it for it in self.event.store.rows(Place) if it.session == self.event.session]
        return [it for it in mine if usable(it) or it.state == "exposed"]

    def entitled(self, place: Place) -> set[str]:
        """Whose room it is, from the model alone."""
        there = {name for name in self.seated if PEOPLE[name].venue == place.venue} - self.blocked
        if place.kind == "stage":
            return there & self.joined
        return {name for name in there if self.roles.get(name) in TEAM.get(place.kind, ())}

    @invariant()
    def who_is_granted_is_who_is_entitled(self) -> None:
        if self.state == "archived":
            return
        for place in self.in_use():
            grants = [it for it in self.event.store.rows(Surface) if it.place == place.id and it.kind == "grant"]
            granted = {it.subject.split(":", 2)[2] for it in grants if not it.gone}
            assert granted == {PEOPLE[name].account for name in self.entitled(place)}, place

    @invariant()
    def after_the_jobs_nobody_else_is_inside(self) -> None:
        if self.state == "archived":
            return
        waiting = [it for it in self.event.store.rows(Surface) if it.kind == "grant" and not it.dead and
                   (it.gone or it.ref is None)]  # fmt: skip
        busy = {it.place for it in waiting}
        for place in self.in_use():
            if place.id not in busy and place.ref:
                assert self.event.inside[place.ref] == {PEOPLE[name].account for name in self.entitled(place)}, place

    @invariant()
    def the_members_are_those_of_the_model(self) -> None:
        session = self.event.state()
        called = {it.person: it.id for it in self.event.store.rows(Account)}
        by_account = {actor.account: name for name, actor in PEOPLE.items()}
        for member in self.event.store.rows(Member):
            name = by_account[called[member.person]]
            assert member.role == self.roles.get(name, "attendee")
            assert consented(session, member) is (name in self.joined)
            assert member.blocked is (name in self.blocked)

    @invariant()
    def there_is_one_room_of_a_kind_a_venue_and_one_kept_card_in_it(self) -> None:
        rooms = Counter((it.kind, it.venue) for it in self.in_use())
        assert not rooms or max(rooms.values()) == 1, rooms
        for place in self.in_use():
            kept = [it for it in self.event.store.rows(Surface) if it.place == place.id and it.kind == "post"
                    and it.subject.partition(":")[0] in ("bar", "desk", "alert") and not it.gone]  # fmt: skip
            assert len(kept) <= 1
            assert [it.id for it in kept] == ([place.kept] if place.kept else [])

    @invariant()
    def every_session_under_way_has_its_rooms_or_lost_them(self) -> None:
        lost = {(it.kind, it.venue) for it in self.event.store.rows(Place) if it.state == "dead"}
        wanted: tuple[str, ...] = ()
        if self.state in ("announced", "open", "live"):
            wanted = (
                ("door", "queue", "backchannel")
                if self.state == "announced"
                else ("door", "queue", "backchannel", "stage")
            )
        here = {(it.kind, it.venue) for it in self.in_use()}
        assert {(kind, venue) for kind in wanted for venue in (SLACK, DISCORD)} <= here | lost

    @invariant()
    def every_surface_fits_its_place(self) -> None:
        places = {it.id: it for it in self.event.store.rows(Place)}
        for surface in self.event.store.rows(Surface):
            if surface.gone or surface.kind not in ("post", "topic"):
                continue
            content = self.event.content(surface)
            assert content is None or fits(content.audience, places[surface.place])

    @invariant()
    def the_menus_open(self) -> None:
        for name in ("ann", "olga"):
            card = self.event.presses(PEOPLE[name], f"menu:{self.event.session}:stage", CHAT).reply
            inside = self.roles.get(name) == "moderator" or (name in self.joined and name not in self.blocked)
            has_tabs = any(it.startswith("menu:") for it in actions(card))  # type: ignore[arg-type]
            assert has_tabs is (inside or name == "olga")
        assert len({it.id for it in self.event.store.rows(Person)}) == len(self.event.store.rows(Person))


TestRooms = Rooms.TestCase
TestRooms.settings = settings(stateful_step_count=40, max_examples=100 if settings().derandomize else 2_000)
