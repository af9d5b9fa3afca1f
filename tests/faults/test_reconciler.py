"""The reconciler against a platform that answers late, not at all, or with every trouble it knows."""

from __future__ import annotations

import asyncio
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from core.app import cards, session_cards
from core.app import commands as c
from core.app.platform import Closed, Down, Missing, PlatformTrouble, Rejected, TooFast, Unauthorized, Unclear
from core.domain.ids import SECOND, Instant, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.text import doc
from core.domain.view import Moderators, say
from jobs import lanes, surfaces
from tests.fakes.platform import FakePlatform, Once
from tests.fakes.rig import Rig, clock, rigged, without


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


def lines(rig: Rig, room: str) -> list[str]:
    return [text for text in rig.platform.texts(room) if not text.startswith("Keynote")]


async def test_a_line_appears_once_in_the_other_room_and_not_in_its_own(url: str) -> None:
    async with rigged(url) as rig:
        await rig.write("Ana", "1", "hello")
        await rig.until(lambda: lines(rig, "room2") == ["hello"])
        assert lines(rig, "room1") == []


async def test_lines_keep_their_order_and_one_call_at_a_time(url: str) -> None:
    async with rigged(url) as rig:
        for number in range(30):
            await rig.write("Ana", "1", f"line {number}")
        await rig.until(lambda: len(lines(rig, "room2")) == 30)
        assert lines(rig, "room2") == [f"line {number}" for number in range(30)]
        assert not rig.platform.overlapped


async def test_an_edit_and_a_deletion_follow_after_a_restart(url: str) -> None:
    platform = FakePlatform(clock)
    async with rigged(url, platform) as rig:
        await rig.write("Ana", "1", "first", "100")
        await rig.write("Ana", "1", "second", "101")
        await rig.until(lambda: lines(rig, "room2") == ["first", "second"])
    async with rigged(url, platform, fresh=False) as rig:
        ana = rig.actor("Ana", "1")
        await rig.do(c.EditLine(**rig.fields(ana, "room1"), ref="100", body=doc("first, mended")))
        await rig.do(c.DeleteLine(**rig.fields(ana, "room1"), ref="101"))
        await rig.until(lambda: lines(rig, "room2") == ["first, mended"])


async def test_a_thousand_ballots_are_few_edits_and_the_last_shows_the_tally(url: str) -> None:
    async with rigged(url) as rig:
        await rig.publish()
        await asyncio.gather(*(rig.join(f"P{number}", "2") for number in range(50)))
        for start in range(0, 1_000, 100):
            await asyncio.gather(
                *(rig.vote(f"P{number % 50}", "2", number % 3) for number in range(start, start + 100))
            )
        counted = rig.tally()
        shares = [f"· {counted[f'[{option}]']}" for option in range(3)]
        await rig.until(lambda: any(all(it in text for it in shares) for text in rig.platform.texts("room1")))
        edits = max(it.edits for it in rig.platform.rooms["room1"])
        assert sum(counted.values()) == 50
        assert 0 < edits < 60, "one edit at most each tenth of a second"


async def test_a_post_that_got_no_answer_is_found_and_not_posted_twice(url: str) -> None:
    trouble = Once("post", *(Unclear("cut") for _ in range(3)))
    async with rigged(url) as rig:
        await rig.calm()
        rig.platform.trouble = trouble
        for number in range(5):
            await rig.write("Ana", "1", f"line {number}")
        await rig.until(lambda: len(lines(rig, "room2")) >= 5)
        await rig.calm()
        assert trouble.struck == 3
        assert lines(rig, "room2") == [f"line {number}" for number in range(5)]


async def test_a_look_up_that_is_refused_forgets_nothing_of_its_post(url: str) -> None:
    """The post arrived and its answer was lost; then the history cannot be read for a while."""
    async with rigged(url) as rig:
        await rig.calm()
        posts, reads = Once("post", Unclear("cut")), Once("like", TooFast(0.1), Down("503"), Unclear("cut"))
        rig.platform.trouble = lambda verb, place: posts(verb, place) or reads(verb, place)
        await rig.write("Ana", "1", "once")
        await rig.until(lambda: not reads.troubles)
        await rig.calm()
        assert lines(rig, "room2") == ["once"]


async def test_a_line_waits_for_the_one_before_it_whose_outcome_is_unknown(url: str) -> None:
    """The post was cut before it took effect: the lines behind it must not overtake it."""
    async with rigged(url) as rig:
        await rig.calm()
        cut = Once("post", Unclear("cut"))

        def before(verb: str, place: Place) -> PlatformTrouble | None:
            if (trouble := cut(verb, place)) is not None:
                rig.platform.swallow = True
            return trouble

        rig.platform.trouble = before
        for number in range(4):
            await rig.write("Ana", "1", f"line {number}")
        await rig.until(lambda: len(lines(rig, "room2")) == 4)
        assert cut.struck == 1
        assert lines(rig, "room2") == [f"line {number}" for number in range(4)]


async def test_without_the_look_up_a_lost_answer_doubles_the_line(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard of the test before, off: it must go red, here by doubling."""

    async def blind(self: surfaces.Surfaces, *_: object) -> bool:
        return False

    monkeypatch.setattr(surfaces.Surfaces, "_found", blind)
    async with rigged(url) as rig:
        await rig.calm()
        rig.platform.trouble = Once("post", Unclear("cut"))
        await rig.write("Ana", "1", "twice")
        await rig.until(lambda: lines(rig, "room2") == ["twice", "twice"])


async def test_a_crash_between_post_and_its_record_does_not_double_the_line(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``sent_at`` is committed, the post arrives, the process dies before the answer is written."""
    platform = FakePlatform(clock)
    async with rigged(url, platform) as rig:
        await rig.calm()

        with monkeypatch.context() as crash:
            crash.setattr(rig.executor, "work", without(rig, "shown"))
            await rig.write("Ana", "1", "once")
            await rig.until(lambda: lines(rig, "room2") == ["once"])
    async with rigged(url, platform, fresh=False) as rig:
        await rig.calm()
        assert lines(rig, "room2") == ["once"]


async def test_too_fast_is_waited_for_and_does_not_delay_the_other_room(url: str) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        struck, before = Once("post", TooFast(1.0)), len(rig.platform.calls)
        rig.platform.trouble = lambda verb, place: struck(verb, place) if place.ref == "room2" else None
        began = time.monotonic()
        await rig.write("Ana", "1", "to room two")
        await rig.write("Bo", "2", "to room one")
        await rig.until(lambda: lines(rig, "room1") == ["to room one"])
        assert time.monotonic() - began < 0.9
        await rig.until(lambda: lines(rig, "room2") == ["to room two"])
        refused, again, *_ = (at for verb, room, at in rig.platform.calls[before:] if (verb, room) == ("post", "room2"))
        assert struck.struck == 1
        assert again - refused >= SECOND


async def test_waits_that_a_platform_asks_for_make_no_later_pause_longer(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to wait seven times, and then one error: what follows is the pause after a first error, not after eight."""
    monkeypatch.setattr(surfaces, "LONGEST_WAIT", 60 * SECOND)
    async with rigged(url) as rig:
        await rig.calm()
        rig.platform.trouble = trouble = Once("post", *(TooFast(0.02) for _ in range(7)), Down("502"))
        await rig.write("Ana", "1", "late but there")
        await rig.until(lambda: trouble.struck == 8 and lines(rig, "room2") == ["late but there"])


@pytest.mark.parametrize("trouble", [Down("refused"), Down("refused"), TooFast(0.1)])
async def test_what_is_down_for_a_while_is_tried_again(url: str, trouble: PlatformTrouble) -> None:
    async with rigged(url) as rig:
        rig.platform.trouble = Once("post", trouble)
        await rig.write("Ana", "1", "late but there")
        await rig.until(lambda: lines(rig, "room2") == ["late but there"])


async def test_an_edit_without_an_answer_is_simply_repeated(url: str) -> None:
    async with rigged(url) as rig:
        await rig.write("Ana", "1", "first", "100")
        await rig.until(lambda: lines(rig, "room2") == ["first"])
        rig.platform.trouble = trouble = Once("edit", Unclear("cut"), Down("503"))
        edit = rig.fields(rig.actor("Ana", "1"), "room1")
        await rig.do(c.EditLine(**edit, ref="100", body=doc("mended")))
        await rig.until(lambda: trouble.struck == 2 and lines(rig, "room2") == ["mended"])
        await rig.calm()


async def test_refused_content_is_given_up_and_the_next_line_goes_on(url: str) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        rig.platform.trouble = Once("post", Rejected("invalid_blocks"))
        await rig.write("Ana", "1", "refused")
        await rig.write("Ana", "1", "taken")
        await rig.until(lambda: lines(rig, "room2") == ["taken"])


async def test_a_copy_that_somebody_removed_is_left_alone(url: str) -> None:
    async with rigged(url) as rig:
        await rig.write("Ana", "1", "first", "100")
        await rig.until(lambda: lines(rig, "room2") == ["first"])
        rig.platform.trouble = trouble = Once("edit", Missing("gone"))
        edit = rig.fields(rig.actor("Ana", "1"), "room1")
        await rig.do(c.EditLine(**edit, ref="100", body=doc("mended")))
        await rig.calm()
        assert trouble.struck == 1


async def test_a_closed_room_ends_its_lane_in_few_calls_and_the_other_lives_on(url: str) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        rig.platform.trouble = lambda verb, place: Closed("is_archived") if place.ref == "room2" else None
        for number in range(5):
            await rig.write("Ana", "1", f"lost {number}")
            await rig.write("Bo", "2", f"kept {number}")
        await rig.until(lambda: len(lines(rig, "room1")) == 5)
        assert sum(1 for verb, room, _ in rig.platform.calls if room == "room2" and verb == "post") < 5


async def test_a_refused_token_stops_every_call_to_that_platform(url: str) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        before = len(rig.platform.calls)
        rig.platform.trouble = lambda verb, place: Unauthorized("invalid_auth")
        for number in range(40):
            await rig.write("Ana", "1", f"line {number}")
            await rig.write("Bo", "2", f"line {number}")
        await rig.until(lambda: rig.reconciler.halted == {"fake"} and rig.reconciler.lanes == 0)
        assert len(rig.platform.calls) - before < 50


async def test_lines_above_the_rate_go_out_together_each_once_and_in_order(url: str) -> None:
    platform = FakePlatform(clock, post_every=SECOND // 2)
    async with rigged(url, platform) as rig:
        await rig.calm()
        for number in range(40):
            await rig.write("Ana", "1", f"line {number}.", f"{100 + number}")
        await rig.until(lambda: "line 39." in " ".join(platform.texts("room2")))
        told = [part.removeprefix("Ana: ") for text in lines(rig, "room2") for part in text.split("\n")]
        assert told == [f"line {number}." for number in range(40)]
        assert len(lines(rig, "room2")) < 10
        ana = rig.actor("Ana", "1")
        await rig.do(c.EditLine(**rig.fields(ana, "room1"), ref="120", body=doc("mended")))
        await rig.do(c.DeleteLine(**rig.fields(ana, "room1"), ref="121"))
        await rig.until(
            lambda: (
                "mended" in " ".join(platform.texts("room2")) and "line 21." not in " ".join(platform.texts("room2"))
            )
        )
        assert "line 20." not in " ".join(platform.texts("room2"))


@pytest.mark.parametrize("pause", [SECOND // 2, 0], ids=["together", "one by one"])
async def test_an_answer_to_a_line_that_waits_is_not_overtaken_by_later_lines(url: str, pause: int) -> None:
    """SPEC 3.3: the order is the source's own, also where somebody answers a line that is not over there yet."""
    platform = FakePlatform(clock, post_every=pause) if pause else FakePlatform(clock)
    async with rigged(url, platform) as rig:
        await rig.calm()
        ana = rig.actor("Ana", "1")
        for number in range(24):
            head, line = (f"{100 + number - 1}" if number % 4 == 3 else ""), rig.fields(ana, "room1")
            await rig.do(c.PostLine(**line, ref=f"{100 + number}", body=doc(f"line {number}."), reply_to=head))
        await rig.until(lambda: "line 23." in " ".join(platform.texts("room2")))
        told = [found for text in lines(rig, "room2") for found in re.findall(r"line \d+\.", text)]
        assert told == [f"line {number}." for number in range(24)]


async def test_edits_keep_to_the_budget_of_their_workspace(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_cards, "TWIN", SECOND)  # what is at the desk shall be calm before the patience ends
    platform = FakePlatform(clock, edit_every=SECOND // 2)
    async with rigged(url, platform) as rig:
        await rig.publish()
        await rig.calm()
        platform.calls.clear()
        for number in range(60):
            await rig.vote("Ana", "1", number % 3)
            await rig.vote("Bo", "2", number % 3)
        await rig.calm()
        for venue in ("room1", "room2"):
            edits = [at for verb, room, at in platform.calls if verb == "edit" and room == venue]
            assert edits
            assert len(edits) - 1 <= (edits[-1] - edits[0] + SECOND // 5) / (SECOND // 2)


async def test_content_for_some_is_never_posted_where_others_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        secret = say(Moderators(SessionId("another")), "canary")
        monkeypatch.setattr(cards, "content", lambda *_: secret)
        await rig.write("Ana", "1", "hello")
        await rig.calm()
        assert "canary" not in str(rig.platform.rooms)


async def test_a_lane_is_held_by_one_reconciler_at_a_time(url: str) -> None:
    async with rigged(url) as rig:
        await rig.calm()
        place = rig.store.outbox.rooms("fake")[0].id
        now = clock()

        async def leased(holder: str, after: int, until: int) -> bool:
            at, end = Instant(now + after * SECOND), Instant(now + until * SECOND)
            return await rig.executor.work(lambda it: it.lease(place, holder, at, end)) is not None

        assert await leased("one", 0, 1)
        assert not await leased("two", 0, 1)
        assert await leased("one", 0, 2), "the holder renews"
        assert await leased("two", 3, 4), "a lease that ran out is taken over"


async def test_a_piece_wanted_again_while_it_is_removed_comes_back(url: str) -> None:
    """A long line gets short and long again while the deletion of its second piece is under way."""
    long = "word " * 500
    async with rigged(url) as rig:
        await rig.write("Ana", "1", long, "100")
        await rig.until(lambda: len(lines(rig, "room2")) == 2)
        ana = rig.actor("Ana", "1")
        deleting = asyncio.Event()

        def slow(verb: str, place: Place) -> PlatformTrouble | None:
            if verb == "delete":
                deleting.set()
            return None

        rig.platform.trouble, rig.platform.delay = slow, 0.2
        await rig.do(c.EditLine(**rig.fields(ana, "room1"), ref="100", body=doc("short")))
        await asyncio.wait_for(deleting.wait(), 5)
        await rig.do(c.EditLine(**rig.fields(ana, "room1"), ref="100", body=doc(long + "again")))
        await rig.calm()
        assert " ".join(lines(rig, "room2")).split() == [*["word"] * 500, "again"]


async def test_opening_many_rooms_keeps_to_its_budget(url: str) -> None:
    """A thousand direct messages at once are asked for one by one, not refused a thousand times."""
    platform = FakePlatform(clock, open_every=SECOND // 5)
    async with rigged(url, platform) as rig:
        await rig.calm()
        opened = [at for verb, _, at in platform.calls if verb == "open"]
        assert len(opened) > 2, "both stages at least"
        assert all(later - one >= SECOND // 5 - SECOND // 10 for one, later in pairwise(opened))


async def test_persons_who_wait_for_one_platform_hold_up_nobody_on_another_one(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crowd that joins on Slack waits for its messages there; who is told something on Discord reads it at once."""
    monkeypatch.setattr(lanes, "MOST", 1)
    async with rigged(url) as rig:
        await rig.calm()  # no lane of the session's own may begin the work that never ends below
        began: list[str] = []

        async def work(place: Place) -> None:
            began.append(place.id)
            await asyncio.Event().wait()

        monkeypatch.setattr(rig.reconciler, "_work", work)
        quiet, at_once = lanes.AT_ONCE + 1, lanes.AT_ONCE
        crowd = (("a", "one:1", quiet), ("b", "one:1", quiet), ("c", "two:1", quiet), ("d", "one:1", at_once))
        tasks = []
        for ident, venue, urgency in crowd:
            place = Place(PlaceId(ident), VenueId(venue), "dm")
            rig.reconciler._rings[place.id] = asyncio.Event()
            tasks.append(asyncio.create_task(rig.reconciler._in_turn(place, urgency)))
        try:
            await rig.until(lambda: began == ["a", "c", "d"])  # what is urgent waits behind no crowd
            await tasks[1]  # the second one on the same platform is let go, and comes in turn
        finally:
            for task in tasks:
                task.cancel()


async def test_a_room_that_cannot_be_looked_at_is_tried_all_the_same(url: str) -> None:
    platform = FakePlatform(clock)
    platform.trouble = lambda verb, place: Rejected("missing_scope") if verb == "open" else None
    async with rigged(url, platform) as rig:
        await rig.write("Ana", "1", "hello")
        await rig.until(lambda: lines(rig, "room2") == ["hello"])
