"""Rooms under trouble: made once, filled by the hundred, pinned in, named, put away, whatever the platform answers."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.app import cards, session_cards
from core.app import commands as c
from core.app.platform import Closed, Down, Lacking, Missing, PlatformTrouble, TooFast, Unclear, Worn
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import SECOND, AccountId, Instant, PlaceId, SessionId, SubjectId, SurfaceId, VenueId
from core.domain.surfaces import Place, Surface
from core.domain.text import doc
from core.domain.view import Content, Moderators, say
from jobs import lanes, surfaces
from tests.fakes.platform import FakePlatform, Once, Posted
from tests.fakes.rig import clock, rigged, without


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rules in less time."""
    monkeypatch.setattr(surfaces, "LOOK_UP_AFTER", SECOND // 5)
    monkeypatch.setattr(surfaces, "PACE", SECOND // 10)
    monkeypatch.setattr(session_cards, "CALM", SECOND // 10)
    monkeypatch.setattr(surfaces, "LONGEST_WAIT", SECOND // 5)
    monkeypatch.setattr(lanes, "LOOK", 0.1)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


def room(name: str = "keynote-stage", venue: str = "1", **values: Any) -> Place:
    """A room that is to be made; nobody but the reconciler has it in mind."""
    more = {"session": SessionId("other"), "private": True, "wanted_at": clock(), "seen_at": clock(), **values}
    return Place(PlaceId(f"{name}@{venue}"), VenueId(f"fake:{venue}"), "queue", name=name, **more)


def grant(place: Place, name: str, **values: Any) -> Surface:
    what = SubjectId(f"seat:other:fake:1:{name}")
    ident = SurfaceId(f"{place.id} {name}")
    return Surface(ident, what, place.id, kind="grant", follow="once", urgency=2, **values)


def crowd(place: Place, number: int) -> list[Surface]:
    return [grant(place, f"p{it:03}") for it in range(number)]


def archive(place: Place) -> Surface:
    what = SubjectId("archive:other")
    return Surface(SurfaceId(f"{place.id} archive"), what, place.id, kind="archive", follow="once", urgency=9)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the subjects ``words:<name>`` say; all other subjects are as ever."""
    words: dict[str, str] = {}
    known, needed = cards.content, cards.needs

    def content(surface: Surface, work: UnitOfWork) -> Content | None:
        what, _, name = surface.subject.partition(":")
        if what != "words":
            return known(surface, work)
        return say(Moderators(SessionId("other")), words[name]) if name in words else None

    monkeypatch.setattr(cards, "content", content)
    monkeypatch.setattr(cards, "needs", lambda it, work: () if it.subject.startswith("words:") else needed(it, work))
    return words


def card(place: Place, name: str, **values: Any) -> Surface:
    what = SubjectId(f"words:{name}")
    return Surface(SurfaceId(f"{place.id} {name} {values.get('part', 0)}"), what, place.id, **values)


async def test_two_hundred_and_fifty_people_are_let_in_with_three_calls(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        await rig.save(place, *crowd(place, 250))
        await rig.calm()
        made = rig.row(Place, place.id)
        assert (made.state, made.made, made.prunes, made.private) == ("open", True, True, True)
        assert [len(it) for _, it in rig.platform.parties] == [100, 100, 50]
        assert len(rig.platform.inside[made.ref or ""]) == 250
        assert rig.row(Surface, f"{place.id} p007").ref == "fake:1:p007"


async def test_a_call_for_a_hundred_people_spends_one_call_of_the_budget(url: str) -> None:
    platform = FakePlatform(clock, party=10, admit_every=SECOND // 5)
    async with rigged(url, platform, fresh=False) as rig:
        place = room()
        await rig.save(place, *crowd(place, 30))
        await rig.calm()
        calls = [at for verb, _, at in platform.calls if verb == "admit"]
        assert len(calls) == 3
        assert calls[-1] - calls[0] >= 2 * SECOND // 5 - SECOND // 20


async def test_who_is_withdrawn_before_being_let_in_is_never_let_in(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        later = Instant(clock() + SECOND // 2)
        await rig.save(place, grant(place, "ann", next_at=later), grant(place, "ben", next_at=later))
        await rig.save(replace(rig.row(Surface, f"{place.id} ann"), gone=True, next_at=Instant(0)))
        await rig.calm()
        assert [it for _, it in rig.platform.parties] == [["fake:1:ben"]]
        assert rig.row(Surface, f"{place.id} ann").dead


async def test_who_is_withdrawn_while_being_let_in_is_sent_out_again(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        under_way = asyncio.Event()

        def slow(verb: str, place: Place) -> PlatformTrouble | None:
            if verb == "admit":
                under_way.set()
            return None

        rig.platform.trouble, rig.platform.delay = slow, 0.2
        await rig.save(place, grant(place, "ann"), grant(place, "ben"))
        await asyncio.wait_for(under_way.wait(), 5)
        await rig.save(replace(rig.row(Surface, f"{place.id} ann"), gone=True))
        await rig.calm()
        assert rig.platform.inside[rig.row(Place, place.id).ref or ""] == {"fake:1:ben"}


async def test_who_was_let_in_without_an_answer_and_is_withdrawn_is_out(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        withdrawn = asyncio.Event()

        def cut(verb: str, place: Place) -> PlatformTrouble | None:
            if verb == "admit" and not withdrawn.is_set():
                withdrawn.set()
                return Unclear("cut")
            return None

        rig.platform.trouble = cut
        await rig.save(place, grant(place, "ann"))
        await asyncio.wait_for(withdrawn.wait(), 5)
        await rig.save(replace(rig.row(Surface, f"{place.id} ann"), gone=True, next_at=Instant(0)))
        await rig.calm()
        assert rig.platform.inside[rig.row(Place, place.id).ref or ""] == set()


async def test_who_cannot_be_let_in_is_given_up_with_the_reason_and_the_others_are_in(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        rig.platform.strangers[AccountId("fake:1:p001")] = "user is restricted"
        await rig.save(place, *crowd(place, 3))
        await rig.calm()
        assert rig.row(Surface, f"{place.id} p001").dead == "user is restricted"
        assert rig.platform.inside[rig.row(Place, place.id).ref or ""] == {"fake:1:p000", "fake:1:p002"}


@pytest.mark.parametrize("trouble", [TooFast(0.2), Down("503"), Unclear("cut")], ids=lambda it: type(it).__name__)
async def test_a_call_for_many_that_fails_is_made_again_for_all_of_them(url: str, trouble: PlatformTrouble) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        rig.platform.trouble = struck = Once("admit", trouble)
        await rig.save(place, *crowd(place, 20))
        await rig.calm()
        assert struck.struck == 1
        assert len([verb for verb, _, _ in rig.platform.calls if verb == "admit"]) == 2
        assert len(rig.platform.inside[rig.row(Place, place.id).ref or ""]) == 20


async def test_dying_between_letting_in_and_writing_it_down_lets_in_twice_and_does_no_harm(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = FakePlatform(clock)
    async with rigged(url, platform, fresh=False) as rig:
        place = room()
        monkeypatch.setattr(rig.executor, "work", without(rig, "admitted"))
        await rig.save(place, *crowd(place, 5))
        await rig.until(lambda: len(platform.parties) >= 1)
    before = len(platform.calls)
    async with rigged(url, platform, fresh=False) as rig:
        await rig.calm()
        again = [verb for verb, room, _ in platform.calls[before:] if room == rig.row(Place, place.id).ref]
        assert again == ["admit"]
        assert {tuple(sorted(it)) for _, it in platform.parties} == {tuple(f"fake:1:p00{it}" for it in range(5))}
        assert len(platform.inside[rig.row(Place, place.id).ref or ""]) == 5


async def test_a_room_whose_making_got_no_answer_is_found_again(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        await rig.calm()
        rig.platform.trouble = struck = Once("open", Unclear("cut"))
        place = room()
        await rig.save(place, grant(place, "ann"))
        await rig.calm()
        assert struck.struck == 1
        assert len(rig.platform.channels) == 1
        assert rig.row(Place, place.id).ref == next(iter(rig.platform.channels.values()))[0]


async def test_rooms_of_the_same_name_are_channels_of_their_own(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        await rig.calm()
        old = clock()
        rig.platform.channels[(VenueId("fake:1"), "keynote-stage")] = ("of-last-year", Instant(old - SECOND))
        one, two = room(wanted_at=old), replace(room(wanted_at=old), id=PlaceId("two"))
        await rig.save(one, two, grant(one, "ann"), grant(two, "ann"))
        await rig.calm()
        refs = {rig.row(Place, it.id).ref for it in (one, two)}
        assert len(refs) == 2
        assert "of-last-year" not in refs


async def test_a_channel_that_was_adopted_while_it_was_made_costs_one_more_try(url: str) -> None:
    """The lane must not die of it: what it made is another place by now."""
    async with rigged(url, fresh=False) as rig:
        place = room()

        def adopted(verb: str, of: Place) -> PlatformTrouble | None:
            if verb == "open" and not rig.platform.channels:
                made = ("made-by-hand", clock())
                rig.platform.channels[(of.venue, of.name)] = made
                other = replace(of, id=PlaceId("adopted"), ref=made[0], state="open", name="")
                work = UnitOfWork()
                work.put(other)
                with rig.store.writing() as transaction:
                    transaction.flush(work)
                    transaction.commit()
            return None

        rig.platform.trouble = adopted
        await rig.save(place, grant(place, "ann"))
        await rig.calm()
        assert rig.row(Place, place.id).ref == rig.platform.channels[(place.venue, "keynote-stage-2")][0]
        assert len([verb for verb, _, _ in rig.platform.calls if verb == "open"]) == 2


async def test_while_a_room_cannot_be_made_nobody_hammers_on_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surfaces, "LONGEST_WAIT", SECOND)
    async with rigged(url, fresh=False) as rig:
        await rig.calm()
        rig.platform.trouble = lambda verb, place: Down("503") if verb == "open" else None
        place, before = room(), len(rig.platform.calls)
        await rig.save(place, *crowd(place, 50))
        await asyncio.sleep(1.2)
        assert 1 <= len(rig.platform.calls) - before <= 3


async def test_a_pin_waits_for_its_post_and_is_taken_off_with_its_withdrawal(url: str, told: dict[str, str]) -> None:
    told["news"] = "The news"
    async with rigged(url, fresh=False) as rig:
        place = room()
        post = card(place, "news")
        pin = card(place, "news", part=10_000, kind="pin", follow="once", parent=post.id)
        rig.platform.trouble = Once("post", Down("503"))
        await rig.save(place, post, pin)
        await rig.calm()
        ref = rig.row(Place, place.id).ref or ""
        (posted,) = rig.platform.rooms[ref]
        assert rig.platform.pins[ref] == {posted.ref}
        assert rig.row(Surface, pin.id).ref == f"pin:{posted.ref}"
        await rig.save(replace(rig.row(Surface, pin.id), gone=True))
        await rig.calm()
        assert rig.platform.pins[ref] == set()
        assert rig.platform.texts(ref) == ["The news"]


async def test_a_pin_dies_with_a_post_that_never_was(url: str, told: dict[str, str]) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        post = card(place, "nothing")
        pin = card(place, "nothing", part=10_000, kind="pin", follow="once", parent=post.id)
        await rig.save(place, post, pin)
        await rig.calm()
        assert rig.row(Surface, pin.id).dead == "its post is gone"
        assert not [verb for verb, _, _ in rig.platform.calls if verb == "pin"]


async def test_two_lines_of_one_post_are_pinned_by_it(url: str) -> None:
    platform = FakePlatform(clock, post_every=SECOND // 2)
    async with rigged(url, platform) as rig:
        await rig.calm()
        for number in range(20):
            await rig.write("Ana", "1", f"line {number}.", f"{100 + number}")
        await rig.until(lambda: "line 19." in " ".join(platform.texts("room2")))
        await rig.calm()
        (place,) = [it for it in rig.store.outbox.rooms("fake") if it.ref == "room2"]
        here = rig.store.read(lambda _: [key(Surface, place=place.id)]).all(Surface, place=place.id)
        carrier = next(it.bundle for it in here if it.bundle)
        lines = [it for it in here if it.bundle == carrier][:2]
        pins = [
            Surface(
                SurfaceId(f"pin {it.id}"), it.subject, place.id, part=10_000, kind="pin", follow="once", parent=it.id
            )
            for it in lines
        ]
        await rig.save(*pins)
        await rig.calm()
        ref = rig.row(Surface, carrier).ref
        assert platform.pins["room2"] == {ref}
        assert {(rig.row(Surface, it.id).ref or "").startswith(f"pin:{ref}") for it in pins} == {True}
        await rig.save(*(replace(rig.row(Surface, it.id), gone=True) for it in pins))
        await rig.calm()
        assert platform.pins["room2"] == set()


async def test_a_message_that_was_deleted_on_the_platform_cannot_be_pinned_and_that_is_the_end_of_it(
    url: str, told: dict[str, str]
) -> None:
    told["news"] = "The news"
    async with rigged(url, fresh=False) as rig:
        place = room()
        post = card(place, "news")
        await rig.save(place, post)
        await rig.calm()
        rig.platform.rooms[rig.row(Place, place.id).ref or ""].clear()
        pin = card(place, "news", part=10_000, kind="pin", follow="once", parent=post.id)
        await rig.save(pin)
        await rig.calm()
        assert rig.row(Surface, pin.id).dead in ("no such message", "its post is gone")


async def test_a_topic_follows_its_subject_in_the_words_of_the_card(url: str, told: dict[str, str]) -> None:
    told["alert"] = "Moderators only: attendees cannot see this room"
    async with rigged(url, fresh=False) as rig:
        place = room()
        rig.platform.trouble = Once("topic", TooFast(0.1), Unclear("cut"))
        await rig.save(place, card(place, "alert", part=10_000, kind="topic"))
        await rig.calm()
        told["alert"] = "Moderators and speakers only"
        await rig.save(touched=("words:alert",))
        await rig.calm()
        topics = rig.platform.topics[rig.row(Place, place.id).ref or ""]
        assert topics[0].startswith("Moderators only") and topics[-1] == "Moderators and speakers only"
        assert rig.platform.rooms[rig.row(Place, place.id).ref or ""] == []


async def test_words_for_some_never_become_a_topic_where_others_read(url: str, told: dict[str, str]) -> None:
    told["secret"] = "canary"
    async with rigged(url, fresh=False) as rig:
        place = room(session=SessionId("another"))
        await rig.save(place, card(place, "secret", part=10_000, kind="topic"))
        await rig.calm()
        assert not rig.platform.topics
        assert "refused" in rig.row(Surface, f"{place.id} secret 10000").dead


async def test_a_room_is_put_away_when_all_else_is_done_there(url: str, told: dict[str, str]) -> None:
    told["bye"] = "The session has ended."
    async with rigged(url, fresh=False) as rig:
        place = room()
        rig.platform.trouble = Once("post", TooFast(0.5))
        await rig.save(place, archive(place), *crowd(place, 3), card(place, "bye"))
        await rig.calm()
        made = rig.row(Place, place.id)
        mine = [verb for verb, room, _ in rig.platform.calls if room == made.ref]
        assert mine[-1] == "archive" and sorted(mine[:-1]) == ["admit", "post", "post"]
        assert rig.platform.archived == [made.ref]
        assert (made.state, rig.row(Surface, f"{place.id} archive").ref) == ("dead", "archive")


@pytest.mark.parametrize("trouble", [Closed("is_archived"), Missing("gone"), Unclear("cut")])
async def test_a_room_that_is_put_away_already_is_put_away(url: str, trouble: PlatformTrouble) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        rig.platform.trouble = Once("archive", trouble)
        await rig.save(place, grant(place, "ann"))
        await rig.calm()
        await rig.save(archive(place))
        await rig.calm()
        assert (rig.row(Place, place.id).state, rig.row(Surface, f"{place.id} archive").ref) == ("dead", "archive")


async def test_a_room_that_never_was_is_not_made_to_be_put_away(url: str) -> None:
    async with rigged(url, fresh=False) as rig:
        place = room()
        await rig.save(place, archive(place), grant(place, "ann", gone=True))
        await rig.calm()
        assert not rig.platform.channels
        assert rig.row(Surface, f"{place.id} archive").dead


async def test_where_others_read_along_nothing_is_shown_until_that_ends(url: str, told: dict[str, str]) -> None:
    told["news"] = "The news"
    async with rigged(url, fresh=False) as rig:
        place = room()
        await rig.save(place, grant(place, "ann"), grant(place, "spy"))
        await rig.calm()
        ref = rig.row(Place, place.id).ref or ""
        await rig.save(
            replace(rig.row(Place, place.id), state="exposed"),
            replace(rig.row(Surface, f"{place.id} spy"), gone=True),
            card(place, "news"),
            grant(place, "ben"),
        )
        await rig.calm()
        assert rig.platform.inside[ref] == {"fake:1:ann"}
        assert rig.platform.texts(ref) == []
        assert rig.row(Place, place.id).state == "exposed"
        await rig.save(replace(rig.row(Place, place.id), state="open"))
        await rig.calm()
        assert rig.platform.texts(ref) == ["The news"]
        assert rig.platform.inside[ref] == {"fake:1:ann", "fake:1:ben"}


async def test_a_line_that_a_moderator_deletes_is_removed_where_somebody_wrote_it(url: str) -> None:
    async with rigged(url) as rig:
        await rig.write("Ana", "1", "rude", "100")
        await rig.calm()
        rig.platform.rooms["room1"].append(Posted("100", "Ana", "rude", clock()))
        (place,) = [it for it in rig.store.outbox.rooms("fake") if it.ref == "room1"]
        native = rig.store.read(lambda _: [key(Surface, place=place.id, ref="100")]).one(
            Surface, place=place.id, ref="100"
        )
        assert native is not None
        await rig.save(replace(native, gone=True, follow="live"))
        await rig.calm()
        assert "rude" not in rig.platform.texts("room1")
        assert rig.row(Surface, native.id).dead == "removed"


async def test_while_the_bot_may_let_nobody_in_they_wait_and_the_moderators_know_until_it_may(url: str) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        rig.platform.trouble = lambda verb, place: Lacking("Give it Manage Roles") if verb == "admit" else None
        await rig.join("Cleo", "1")
        said = lambda: " ".join(text for room in rig.platform.rooms for text in rig.platform.texts(room))  # noqa: E731
        await rig.until(lambda: "In Fake nobody is let in who joins: Give it Manage Roles." in said())
        await asyncio.sleep(0.5)
        notices = [it for it in rig.platform.rooms.values() if any("nobody is let in" in post.text for post in it)]
        assert all(sum("nobody is let in" in post.text for post in it) == 1 for it in notices), "once"
        rig.platform.trouble = lambda verb, place: None
        await rig.until(lambda: "fake:1:Cleo" in rig.platform.inside["room1"])
        await rig.until(lambda: "In Fake people are let in again." in said() and "nobody is let in" not in said())


async def test_a_card_that_is_too_old_to_be_edited_is_posted_anew_with_its_pin_and_the_old_one_goes(
    url: str, told: dict[str, str]
) -> None:
    told["news"], told["more"] = "The news", "More"
    async with rigged(url, fresh=False) as rig:
        place = room()
        post = card(place, "news")
        await rig.save(place, post, card(place, "news", part=10_000, kind="pin", follow="once", parent=post.id))
        await rig.save(card(place, "more"))
        await rig.calm()
        ref = rig.row(Place, place.id).ref or ""
        before = rig.row(Surface, post.id)
        told["news"] = "The news, changed"
        rig.platform.trouble = Once("edit", Worn(60))
        await rig.save(touched=("words:news",))
        await rig.calm()
        assert rig.platform.texts(ref) == ["More", "The news, changed"]
        after = rig.row(Surface, post.id)
        assert (after.life, after.ref) == (before.life + 1, rig.platform.rooms[ref][1].ref)
        assert rig.platform.pins[ref] - {before.ref} == {after.ref}
        told["news"] = "The news, changed twice"
        await rig.save(touched=("words:news",))
        await rig.calm()
        assert rig.platform.texts(ref) == ["More", "The news, changed twice"]


async def test_dying_before_the_old_card_is_removed_leaves_one_card(
    url: str, told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told["news"] = "The news"
    platform = FakePlatform(clock)
    place = room()
    async with rigged(url, platform, fresh=False) as rig:
        await rig.save(place, card(place, "news"))
        await rig.calm()
        told["news"] = "The news, changed"
        stuck = Once("edit", Worn(60))
        platform.trouble = lambda verb, it: Down("503") if verb == "delete" else stuck(verb, it)
        await rig.save(touched=("words:news",))
        ref = rig.row(Place, place.id).ref or ""
        await rig.until(lambda: platform.texts(ref) == ["The news", "The news, changed"])
    platform.trouble = lambda verb, it: None
    async with rigged(url, platform, fresh=False) as rig:
        await rig.until(lambda: platform.texts(ref) == ["The news, changed"])
        await rig.calm()


async def test_what_people_wrote_is_never_posted_anew_for_its_age(url: str) -> None:
    async with rigged(url) as rig:
        await rig.write("Ana", "1", "hello", "100")
        await rig.calm()
        rig.platform.trouble = struck = Once("edit", Worn(0.2))
        fields = rig.fields(rig.actor("Ana", "1"), "room1")
        await rig.do(c.EditLine(**fields, ref="100", body=doc("hello, everybody")))
        await rig.until(lambda: "hello, everybody" in rig.platform.texts("room2"))
        assert struck.struck == 1
        assert "hello" not in rig.platform.texts("room2")
        assert not [it for verb, it, _ in rig.platform.calls if verb == "delete"]


async def test_refusals_of_every_kind_of_call_delay_and_lose_nothing(url: str, told: dict[str, str]) -> None:
    told["alert"], told["news"] = "Moderators only", "The news"
    dice = random.Random(20_261_123)
    async with rigged(url, fresh=False) as rig:
        await rig.calm()
        rig.platform.trouble = lambda verb, place: TooFast(0.02) if dice.random() < 0.3 else None
        rig.platform.party = 20
        rooms = [room(f"keynote-{it}") for it in range(4)]
        for place in rooms:
            post = card(place, "news")
            await rig.save(
                place,
                *crowd(place, 90),
                post,
                card(place, "news", part=10_000, kind="pin", follow="once", parent=post.id),
                card(place, "alert", part=10_000, kind="topic"),
            )
        await rig.calm(20)
        for place in rooms:
            ref = rig.row(Place, place.id).ref or ""
            assert len(rig.platform.inside[ref]) == 90
            assert set(rig.platform.topics[ref]) == {"Moderators only"}
            assert rig.platform.texts(ref) == ["The news"]
            assert rig.platform.pins[ref] == {rig.platform.rooms[ref][0].ref}
            out = [replace(rig.row(Surface, it.id), gone=True) for it in crowd(place, 30)]
            await rig.save(*out, archive(place))
        await rig.calm(20)
        assert sorted(rig.platform.archived) == sorted(rig.row(Place, it.id).ref or "" for it in rooms)
        assert {len(rig.platform.inside[ref]) for ref in rig.platform.archived} == {60}
        assert not rig.platform.overlapped
