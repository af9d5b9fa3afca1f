"""Likes, lines to the bot, the entry in a message's menu, watched rooms and gaps: by socket and by signed HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack import limits, watch
from adapters.slack.allowance import Turns
from adapters.slack.history import History, ReadBack
from core.app import commands as c
from core.app.outcome import NOT_SAVED, Outcome
from core.app.platform import Budget, Down
from core.app.ports import StorageDown
from core.domain.form import Field, Form
from core.domain.ids import Instant
from core.domain.text import plain
from core.domain.view import Button, say
from tests.wire.slack_house import ME, MODES, House, Mode
from tests.wire.test_slack_adapter_answers import clock, until

FORM = Form("Moderate", "moderated:m", "Do it", (Field("why", "Why"),))

# -- likes and lines to the bot ----------------------------------------------------------------------------------------


@pytest.mark.shows("likes")
@pytest.mark.parametrize("mode", MODES)
async def test_likes_come_and_go_without_a_look_up(mode: Mode) -> None:
    async with House.of(mode) as house:
        hands = await house.hands()
        ref = await (await house.hands("boss")).write("keynote", "a line")
        await until(lambda: house.of_kind(c.PostLine))
        asked = len(house.asked("users.info"))
        await hands.react("keynote", ref, "👍")
        await until(lambda: len(house.of_kind(c.GiveLike)) == 1)
        await hands.react("keynote", ref, "👍", remove=True)
        await until(lambda: len(house.of_kind(c.GiveLike)) == 2)
        given, taken = house.of_kind(c.GiveLike)
        assert (given.ref, given.emoji, given.on, taken.on) == (ref, "👍", True, False)
        assert given.actor.account == f"slack:{house.space.id}:{house.mira.id}"
        assert given.at <= taken.at
        assert given.room == house.room.id
        assert len(house.asked("users.info")) == asked


@pytest.mark.shows("bot-line", "twice")
@pytest.mark.parametrize("mode", MODES)
async def test_a_line_to_the_bot_is_answered_there_once_however_often_it_comes(mode: Mode) -> None:
    async with House.of(mode) as house:
        saved = iter([Outcome(say(ME, NOT_SAVED), done=False)])
        house.answers = lambda command: next(
            saved, Outcome(say(ME, "Your question?", buttons=(Button("Ask", "keep"),)))
        )
        hands = await house.hands()
        house.space.direct(house.mira.id, house.install.bot.id)
        ref = await hands.write("@bot", "when does it start?")
        await hands.settle("@bot", lambda posts: any("Your question?" in post.text for post in posts), within=8)
        first, again = house.of_kind(c.WriteToBot)
        assert first.delivery == again.delivery
        assert (plain(first.body), first.actor.nick) == ("when does it start?", "mira")
        reply = await hands.write("@bot", "and where?", reply_to=ref)
        await hands.settle("@bot", lambda posts: any(post.bot and post.thread == ref for post in posts))
        assert reply != ref
        *_, written = house.of_kind(c.WriteToBot)
        assert (first.ref, first.reply_to, written.ref, written.reply_to) == (ref, "", reply, ref)
        await hands.edit("@bot", ref, "when does it end?")
        await hands.delete("@bot", reply)
        await hands.react("@bot", ref, "👍")
        line = await hands.write("keynote", "a line")
        await until(lambda: house.of_kind(c.PostLine))
        assert [one.ref for one in house.of_kind(c.PostLine)] == [line]
        await until(lambda: house.of_kind(c.GiveLike) and house.of_kind(c.DeleteLine))
        (edit,), (gone,), (like,) = (house.of_kind(it) for it in (c.EditLine, c.DeleteLine, c.GiveLike))
        assert (edit.ref, plain(edit.body), edit.actor.account) == (ref, "when does it end?", first.actor.account)
        assert (gone.ref, like.ref, like.on) == (reply, ref, True)
        assert {edit.room, gone.room, like.room} == {first.room}
        assert len([post for post in await hands.look("@bot") if post.bot]) == 2


async def test_an_event_that_comes_twice_is_answered_once() -> None:
    async with House.of("socket") as house:
        house.answers = lambda command: Outcome(say(ME, "Your question?"))
        house.world.faults.add({"method": "deliver:events_api", "copies": 2, "count": 1})
        hands = await house.hands()
        house.space.direct(house.mira.id, house.install.bot.id)
        await hands.write("@bot", "when does it start?")
        await until(lambda: len(house.of_kind(c.WriteToBot)) == 2)
        await hands.settle("@bot", lambda posts: any(post.bot for post in posts))
        await house.adapter.close()
        assert len([post for post in await hands.look("@bot") if post.bot]) == 1


# -- the entry in a message's menu -------------------------------------------------------------------------------------


@pytest.mark.shows("moderate")
@pytest.mark.parametrize("mode", MODES)
async def test_a_message_is_moderated_from_its_menu(mode: Mode) -> None:
    async with House.of(mode) as house:
        house.answers = lambda command: Outcome(FORM) if isinstance(command, c.OpenModerateForm) else Outcome()
        mira, boss = await house.hands(), await house.hands("boss")
        ref = await mira.write("keynote", "a line")
        reply = await mira.write("keynote", "a reply", reply_to=ref)
        opened = await boss.shortcut("keynote", reply, "Moderate…", wait=2)
        assert opened.sheet is not None
        assert opened.sheet.title == "Moderate"
        (command,) = house.of_kind(c.OpenModerateForm)
        assert (command.channel, command.ref, command.actor.manages) == (house.room.id, reply, True)
        house.answers = lambda command: Outcome(say(ME, "Pinned.", buttons=(Button("Unpin", "keep"),)))
        await boss.fill({"Why": "because"})
        await boss.settle("keynote", lambda posts: any(post.private and "Pinned." in post.text for post in posts))
        assert isinstance(house.commands[-1], c.Moderate)


async def test_an_entry_from_another_time_gets_a_sentence() -> None:
    async with House.of("socket") as house:
        house.answers = lambda command: Outcome(say(ME, getattr(command, "sentence", "")))
        hands = await house.hands()
        ref = await hands.write("keynote", "a line")
        told = await hands.shortcut("keynote", ref, "Dance", wait=2)
        assert told.ok
        assert ["from another time" in post.text for post in told.private] == [True]


@pytest.mark.shows("moderate")
async def test_the_address_of_a_message_is_moderated_by_command() -> None:
    async with House.of("socket") as house:
        house.answers = lambda command: Outcome(FORM) if isinstance(command, c.OpenModerateForm) else Outcome()
        hands = await house.hands("boss")
        ref = await hands.write("keynote", "a line")
        url = f"https://acme.slack.example/archives/{house.room.id}/p{ref.replace('.', '')}"
        opened = await hands.command("random", f"/mod moderate {url}", wait=2)
        assert opened.sheet is not None
        (command,) = house.of_kind(c.OpenModerateForm)
        assert (command.channel, command.ref) == (house.room.id, ref)


# -- rooms -------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("backchannel-guard")
@pytest.mark.parametrize("mode", MODES)
async def test_who_can_read_a_team_room_is_reported_when_somebody_comes_or_goes(mode: Mode) -> None:
    async with House.of(mode, guarded=True) as house:
        boss = await house.hands("boss")
        other = house.space.user("leo")
        await boss.invite("back", "leo")
        (report,) = await until(house.reports)
        assert (report.room, report.private, report.shared, report.gone) == (house.back.id, True, False, "")
        assert {(one.account, one.nick, one.manages) for one in report.readers} == {
            (f"slack:{house.space.id}:{house.boss.id}", "boss", True),
            (f"slack:{house.space.id}:{other.id}", "leo", False),
        }
        assert report.actor.bot
        assert report.actor.account == f"slack:{house.space.id}:{house.install.bot.id}"
        await boss.kick("back", "leo")
        await until(lambda: len(house.reports()) == 2)
        assert [one.nick for one in house.reports()[1].readers] == ["boss"]
        # In a room that everybody may read it matters to nobody.
        await boss.invite("keynote", "leo")
        await boss.write("keynote", "a line")
        await until(lambda: house.of_kind(c.PostLine))
        assert len(house.reports()) == 2


@pytest.mark.shows("backchannel-guard", "rooms-lost")
@pytest.mark.parametrize("mode", MODES)
async def test_a_room_made_public_or_shared_or_put_away_is_reported(mode: Mode) -> None:
    async with House.of(mode, guarded=True) as house:
        boss = await house.hands("boss")
        await boss.convert("back", private=False)
        await until(lambda: [one for one in house.reports() if not one.private])
        assert house.reports()[-1].readers == ()
        await boss.convert("back", private=True)
        await until(lambda: house.reports()[-1].private)
        await boss.share("back")
        await until(lambda: house.reports()[-1].shared)
        await boss.share("back", undo=True)
        await until(lambda: not house.reports()[-1].shared)
        await boss.archive("back")
        await until(lambda: house.reports()[-1].gone == watch.SAID["archived"])
        await boss.archive("keynote")
        await until(lambda: house.reports()[-1].room == house.room.id)
        assert house.reports()[-1].gone == watch.SAID["archived"]


@pytest.mark.shows("rooms-lost")
@pytest.mark.parametrize(("mode", "room"), [("socket", "back"), ("http", "keynote")])
async def test_the_bot_put_out_of_a_room_is_reported(mode: Mode, room: str) -> None:
    async with House.of(mode, guarded=True) as house:
        await (await house.hands("boss")).kick(room, "@bot")
        await until(lambda: [one for one in house.reports() if one.gone])
        assert house.reports()[-1].gone == watch.SAID["left"]
        assert house.space.find_channel(room, house.boss).id == house.reports()[-1].room
        assert not house.of_kind(c.WriteToBot)


async def test_a_deleted_room_is_reported_and_a_strange_one_is_not_looked_at() -> None:
    async with House.of("socket", guarded=True) as house:
        boss = await house.hands("boss")
        strange = house.space.channel("strange", members=[house.boss, house.install.bot])
        await boss.rename("strange", "stranger")
        await boss.delete_channel("back")
        await until(house.reports)
        (report,) = house.reports()
        assert (report.room, report.gone) == (house.back.id, "deleted")
        assert not [one for one in house.asked("conversations.info") if strange.id in str(one.arguments)]


@pytest.mark.shows("backchannel-guard")
async def test_team_rooms_are_looked_at_each_minute_and_what_fails_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "ROUND_SECONDS", 0.2)
    monkeypatch.setattr(watch, "AGAIN_SECONDS", 0.05)
    async with House.of("socket") as house:
        for answer in ({"status": 500}, {"error": "missing_scope"}, {"status": 429, "retry_after": 0}):
            house.world.faults.add({"method": "conversations.info", **answer, "count": 1})
        house.guarded = [house.backchannel()]
        await until(lambda: len(house.reports()) >= 2)
        assert {(one.room, one.gone, one.private) for one in house.reports()} == {(house.back.id, "", True)}
        assert len({one.delivery for one in house.reports()}) == len(house.reports())
        # Nobody hears of it while the bot is told nothing: the next round sees it.
        house.back.members.discard(house.install.bot.id)
        await until(lambda: house.reports()[-1].gone == watch.SAID["left"])


async def test_a_stranger_whom_slack_does_not_show_is_a_reader_all_the_same() -> None:
    async with House.of("socket", guarded=True) as house:
        other = house.space.user("leo")
        house.world.faults.add({"method": "users.info", "error": "user_not_visible", "count": 2})
        await (await house.hands("boss")).invite("back", "leo")
        await until(house.reports)
        assert f"slack:{house.space.id}:{other.id}" in {one.account for one in house.reports()[-1].readers}


async def test_many_news_of_a_room_are_few_looks() -> None:
    async with House.of("socket", rates=True, guarded=True) as house:
        boss = await house.hands("boss")
        names = [house.space.user(f"guest{number}").name for number in range(40)]
        await asyncio.gather(*(boss.invite("back", name) for name in names))
        await until(lambda: [one for one in house.reports() if len(one.readers) == 41])
        assert len(house.asked("conversations.info")) < 20
        assert {one.answered for one in house.asked("conversations.info")} == {"ok"}


# -- gaps --------------------------------------------------------------------------------------------------------------


def _limited(house: House, minute: int) -> AsyncBoltRequest:
    body = {"type": "app_rate_limited", "team_id": house.space.id, "minute_rate_limited": minute}
    return AsyncBoltRequest(mode="socket_mode", body=body)


@pytest.mark.shows("lines-gap")
@pytest.mark.parametrize(("whole", "state"), [(True, "filled"), (False, "lost")])
async def test_a_dropped_minute_is_told_and_then_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch, whole: bool, state: str
) -> None:
    async with House.of("socket") as house:
        house.places = [replace(house.place(seen_at=1), seen="1790000000.000100")]

        async def read(*_: object) -> ReadBack:
            return ReadBack(3, whole)

        monkeypatch.setattr(History, "catch_up", read)
        dispatch = house.adapter._ingress.dispatch
        assert dispatch is not None
        for _ in range(2):
            await dispatch(_limited(house, 1_790_000_040))
        await until(lambda: [one for one in house.of_kind(c.ReportGap) if one.state == state and not one.room])
        told = [one for one in house.of_kind(c.ReportGap) if not one.room]
        assert [one.state for one in told] == ["reading", state]
        assert {one.key for one in told} == {f"rate:{house.space.id}:{1_790_000_040 // 60}"}
        assert {(one.at, one.until) for one in told} == {(1_790_000_040_000_000, 1_790_000_100_000_000)}
        assert all(one.actor.bot for one in told)


@pytest.mark.shows("lines-gap")
@pytest.mark.parametrize("failing", [ReadBack(5_000, whole=False), Down("status 500")])
async def test_a_room_that_was_not_read_back_wholly_is_a_gap(
    monkeypatch: pytest.MonkeyPatch, failing: ReadBack | Down
) -> None:
    monkeypatch.setattr("adapters.slack.gaps.RETRY_SECONDS", 0.01)
    async with House.of("socket") as house:
        house.places = [replace(house.place(), seen="1790000000.000100")]

        async def read(*_: object) -> ReadBack:
            if isinstance(failing, Down):
                raise failing
            return failing

        monkeypatch.setattr(History, "catch_up", read)
        await house.adapter.catch_up()
        await house.adapter.catch_up()
        first, again = house.of_kind(c.ReportGap)
        assert (first.room, first.state, first.at) == (house.room.id, "lost", Instant(1_790_000_000_000_100))
        assert first.until > first.at
        assert first.delivery == again.delivery


# -- the pace of looks -------------------------------------------------------------------------------------------------


async def test_looks_wait_for_their_turn_among_all_replicas() -> None:
    asked: list[Instant] = []

    async def spend(budgets: Sequence[Budget], now: Instant) -> Instant:
        asked.append(now)
        assert [one.name for one in budgets] == ["slack:T1:conversations.info"]
        if len(asked) == 3:
            raise StorageDown("gone")
        return Instant(now + 50_000) if len(asked) == 1 else now

    turns = Turns("slack:T1:conversations.info", limits.TIER_3, clock, spend)
    await turns.turn()
    assert len(asked) == 2
    assert asked[1] - asked[0] >= 50_000
    await turns.turn()
    assert len(asked) == 3


async def test_looks_of_one_replica_keep_to_the_tier() -> None:
    now = [0]
    turns = Turns("n", limits.TIER_3, lambda: Instant(now[0]), None)
    for _ in range(limits.TIER_3_BURST // limits.TIER_3 + 1):
        await turns.turn()
    waiting = asyncio.create_task(turns.turn())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    now[0] = limits.TIER_3
    await turns.turn()
