"""What the bot hears on Discord besides lines and presses, over the wire: likes, replies, files, words to the bot
itself, the entry in a message's menu, and rooms that others can read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from adapters.discord import history
from adapters.discord.commands import MODERATE
from adapters.discord.entry import register
from adapters.discord.parse import snowflake_time
from adapters.discord.words import CANNOT_SEE
from adapters.sandbox.discord import changes, permissions
from adapters.sandbox.discord.model import Overwrite
from core.app import commands as c
from core.app.commands import Command
from core.app.outcome import Outcome, Saving
from core.domain.form import Form
from core.domain.ids import PlaceId
from core.domain.surfaces import Place, PlaceKind
from core.domain.text import Link, plain
from core.domain.view import Buttons, Card, JumpButton, Words, say
from tests.wire.discord_bench import LINE, READER, SESSION, Bench, clock, on_bench

CHANNEL = "/channels/{channel_id}"
MESSAGES = "/channels/{channel_id}/messages"
COMMANDS = "/applications/{application_id}/commands"
Kind = TypeVar("Kind", bound=Command)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench() as made:
        yield made


def all_of(bench: Bench, kind: type[Kind]) -> list[Kind]:
    return [one for one in bench.heard if isinstance(one, kind)]


async def heard(bench: Bench, kind: type[Kind], number: int = 1) -> Kind:
    """The last of so many commands of this kind; waits for it."""
    await bench.until(lambda: len(all_of(bench, kind)) >= number)
    return all_of(bench, kind)[-1]


# -- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("replies")
async def test_a_reply_names_what_it_answers(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        first = await mira.write("keynote", "is there a recording?")
        await mira.write("keynote", "yes", reply_to=first)
        answered = await heard(bench, c.PostLine, 2)
        assert (answered.reply_to, plain(answered.body)) == (first, "yes")
        assert (await mira.look("keynote"))[-1].thread == first


@pytest.mark.shows("files")
async def test_a_file_is_a_link_with_its_name_and_size(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        await mira.upload("keynote", "slides.pdf", b"x" * 2_000, "here")
        line = await heard(bench, c.PostLine)
        shown = (await mira.look("keynote"))[-1]
    assert plain(line.body) == "here\nslides.pdf, 2 KB"
    assert [it.url for it in line.body if isinstance(it, Link)] == [shown.links[0].url]


@pytest.mark.shows("likes")
async def test_likes_are_heard_and_taken_back_and_the_bots_own_are_not(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        line = await mira.write("keynote", "slides")
        route = f"{MESSAGES}/{line}/reactions/%F0%9F%91%8D/@me".format(channel_id=bench.stage.ref)
        await bench.platform._calls.put(route)
        await mira.react("keynote", line, "👍🏽")
        await mira.react("keynote", line, "👍🏽", remove=True)
    taken = await heard(bench, c.GiveLike, 2)
    given = all_of(bench, c.GiveLike)[0]
    assert [(one.emoji, one.on, one.ref) for one in (given, taken)] == [("👍", True, line), ("👍", False, line)]
    assert given.actor.nick == "Mira K."
    assert given.actor.account == taken.actor.account
    assert given.room == bench.stage.ref


@pytest.mark.shows("lines-away")
async def test_what_is_said_in_the_backchannel_while_nobody_listens_is_read_back(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        seen = await mira.write("keynote", "before")
        await heard(bench, c.PostLine)
        bench.stage = replace(bench.stage, kind="backchannel", seen=seen)
        bench.sandbox.hub.forget_sessions()
        bench.sandbox.hub.drop()
        first = await mira.write("keynote", "while away")
        await mira.write("keynote", "an answer", reply_to=first)
    await bench.until(lambda: any(one.reply_to == first for one in all_of(bench, c.PostLine)), 15)


@pytest.mark.shows("lines-gap")
async def test_what_could_not_be_read_back_is_told_as_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 3)
    async with await bench.hands("mira") as mira:
        seen = await mira.write("keynote", "before")
        await heard(bench, c.PostLine)
        bench.stage = replace(bench.stage, seen=seen)
        for number in range(3):
            await mira.write("keynote", f"line {number}")
        await bench.adapter.catch_up()
    gap = await heard(bench, c.ReportGap)
    assert (gap.state, gap.room, gap.at) == ("lost", bench.stage.ref, snowflake_time(seen))
    assert gap.at <= gap.until <= clock()
    bench.faults(method="GET", route=MESSAGES, status=400, code=50035)
    await bench.adapter.catch_up()
    assert (await heard(bench, c.ReportGap, 2)).key == gap.key, "the same gap"


async def test_a_room_that_is_read_back_wholly_or_is_gone_is_no_gap(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        seen = await mira.write("keynote", "before")
        bench.stage = replace(bench.stage, seen=seen)
        await mira.write("keynote", "after")
        await bench.adapter.catch_up()
    bench.world.drop_channel(bench.channel(bench.stage.ref))
    await bench.adapter.catch_up()
    assert all_of(bench, c.ReportGap) == []


# -- to the bot itself ------------------------------------------------------------------------------------------------


@pytest.mark.shows("bot-line")
async def test_a_line_to_the_bot_is_answered_in_the_same_place(bench: Bench) -> None:
    async def answer(command: Command) -> Outcome:
        return Outcome(Card(READER, (Words("To whom?"), Buttons((JumpButton("Open", bench.stage.ref or ""),)))))

    bench.answer = answer
    async with await bench.hands("mira") as mira:
        line = await mira.write("@bot", "is there a **recording**?")
        shown = await mira.settle("@bot", lambda posts: [one for one in posts if "To whom?" in one.text])
    written = await heard(bench, c.WriteToBot)
    assert plain(written.body) == "is there a recording?"
    assert (written.delivery.endswith(line), written.actor.bot) == (True, False)
    assert all_of(bench, c.PostLine) == []
    assert shown[-1].controls[0].url is not None
    assert shown[-1].controls[0].url.endswith(f"/{bench.guild.id}/{bench.stage.ref}"), "the server is found by the room"


async def test_an_answer_to_the_bot_that_comes_late_or_is_a_form_comes_all_the_same(bench: Bench) -> None:
    async def slowly(command: Command) -> Saving:
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        done.set_result(Outcome(Form("Join session", "joined:x:y", "Accept", (), again="join:x")))
        return Saving(done)

    bench.answer = slowly
    async with await bench.hands("mira") as mira:
        await mira.write("@bot", "hello")
        shown = await mira.settle("@bot", lambda posts: [one for one in posts if one.controls])
    assert "“Join session” is ready" in shown[-1].text


async def test_an_answer_without_words_says_nothing_and_a_refused_one_breaks_nothing(bench: Bench) -> None:
    async def answer(command: Command) -> Outcome:
        return Outcome() if len(bench.heard) == 1 else Outcome(say(READER, "Noted."))

    bench.answer = answer
    async with await bench.hands("mira") as mira:
        await mira.write("@bot", "one")
        await heard(bench, c.WriteToBot)
        bench.faults(method="POST", route=MESSAGES, status=403, code=50007, count=1)
        await mira.write("@bot", "two")
        await heard(bench, c.WriteToBot, 2)
        await mira.write("@bot", "three")
        shown = await mira.settle("@bot", lambda posts: len(posts) == 4)
    assert [one.text for one in shown] == ["one", "two", "three", "Noted."]


# -- menus ------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("moderate")
async def test_moderate_stands_in_a_messages_menu_and_names_the_message(bench: Bench) -> None:
    async def answer(command: Command) -> Outcome:
        return Outcome(Form("Moderate", "moderated:x", "Do it", (), intro="What shall be done?"))

    bench.answer = answer
    async with await bench.hands("mira") as mira:
        line = await mira.write("keynote", "spam")
        opened = await mira.shortcut("keynote", line, MODERATE)
        assert opened.sheet is not None
        assert opened.sheet.title == "Moderate"
        link = f"https://discord.com/channels/{bench.guild.id}/{bench.stage.ref}/{line}"
        assert (await mira.command("keynote", f"/mod moderate link:{link}")).sheet is not None
    asked = all_of(bench, c.OpenModerateForm)
    assert [(one.channel, one.ref) for one in asked] == [(bench.stage.ref, line)] * 2


@pytest.mark.shows("install")
async def test_commands_are_registered_once_and_not_again(bench: Bench) -> None:
    assert bench.requests("PUT", COMMANDS) == 1
    await register(bench.adapter._ears, int(bench.app.id), bench.adapter._pace)
    assert bench.requests("PUT", COMMANDS) == 1


# -- rooms ------------------------------------------------------------------------------------------------------------


def guarded(bench: Bench, kind: PlaceKind = "queue", **more: Any) -> Place:
    """A room for the team only, which is watched from now on."""
    channel = bench.world.channel(f"the-{kind}", bench.guild, private=True, **more)
    place = Place(PlaceId(kind), bench.stage.venue, kind, SESSION, ref=channel.id, state="open", private=True)
    bench.watched.append(place)
    return place


async def test_each_look_names_who_was_let_in_and_leaves_bots_out(bench: Bench) -> None:
    mira, ben = bench.world.named("mira"), bench.world.user("ben", "Ben")
    bench.world.join(ben, bench.guild, manage=True)
    other = bench.world.application("Another")
    owner = bench.world.users[bench.guild.owner_id]
    queue = guarded(bench, members=[mira, ben, other.bot, owner])
    await bench.adapter._watch.round()
    report = await heard(bench, c.ReportRoom)
    assert (report.room, report.private, report.shared, report.gone) == (queue.ref, True, False, "")
    assert sorted((one.nick, one.manages) for one in report.readers) == [
        ("Ben", True),
        ("Mira K.", False),
        (owner.name, True),
    ]
    assert report.actor.bot
    assert report.actor.account == f"discord:{bench.app.bot.id}"
    asked = bench.requests("GET", "/guilds/{guild_id}/members/{user_id}")
    await bench.adapter._watch.round()
    assert bench.requests("GET", "/guilds/{guild_id}/members/{user_id}") == asked + 1, (
        "names are known for a while, its own rights are not"
    )


@pytest.mark.shows("backchannel-guard")
async def test_a_room_that_becomes_readable_for_all_is_told_at_once_and_again_when_that_ends(bench: Bench) -> None:
    queue = guarded(bench)
    bench.world.join(bench.world.user("ben"), bench.guild, manage=True)
    await bench.adapter._watch.round()
    changes.overwrite(bench.world, bench.channel(queue.ref), bench.world.named("ben"), ["view_channel"])
    await heard(bench, c.ReportRoom, 2)
    async with await bench.hands("ben") as ben:
        await ben.convert("the-queue", private=False)
        assert not (await heard(bench, c.ReportRoom, 3)).private
        await ben.convert("the-queue", private=True)
        assert (await heard(bench, c.ReportRoom, 4)).private


async def test_a_team_that_is_let_in_at_once_costs_one_look(bench: Bench) -> None:
    queue = guarded(bench)
    await bench.adapter._watch.round()
    for number in range(10):
        bench.world.join(guest := bench.world.user(f"guest-{number}"), bench.guild)
        changes.overwrite(bench.world, bench.channel(queue.ref), guest, ["view_channel"])
    assert len((await heard(bench, c.ReportRoom, 2)).readers) == 10
    assert bench.requests("GET", CHANNEL) == 2


@pytest.mark.shows("backchannel-guard")
async def test_a_role_that_lets_others_in_makes_a_teams_room_readable_and_administrators_do_not(bench: Bench) -> None:
    queue = guarded(bench)
    admins = bench.world.role("Admins", ["administrator"], bench.guild)
    staff = bench.world.role("Staff", (), bench.guild)
    await bench.adapter._watch.round()
    for number, (role, private) in enumerate(((admins, True), (staff, False)), start=2):
        changes.overwrite(bench.world, bench.channel(queue.ref), role, ["view_channel"])
        assert (await heard(bench, c.ReportRoom, number)).private == private


@pytest.mark.shows("rooms-lost")
async def test_a_stage_that_is_deleted_or_a_room_that_the_bot_loses_is_told_with_a_word(bench: Bench) -> None:
    queue = guarded(bench)
    await bench.adapter._watch.round()
    changes.overwrite(bench.world, bench.channel(queue.ref), bench.app.bot, (), ["view_channel"])
    assert (await heard(bench, c.ReportRoom, 2)).gone == CANNOT_SEE
    bench.world.drop_channel(bench.channel(bench.stage.ref))
    told = await heard(bench, c.ReportRoom, 3)
    assert (told.room, told.gone) == (bench.stage.ref, "deleted")
    changes.leave(bench.world, bench.app.bot, bench.guild)
    await bench.until(
        lambda: {(one.room, one.gone) for one in all_of(bench, c.ReportRoom)[3:]} >= {(queue.ref, "left")}
    )


async def test_a_chat_where_nobody_can_be_notified_is_told_of_as_soon_as_it_is_chosen(bench: Bench) -> None:
    right = permissions.bits(["mention_everyone"])
    next(it for it in bench.guild.roles.values() if it.bot_id).permissions |= right
    bench.channel(bench.stage.ref).overwrites[bench.app.bot.id] = Overwrite(bench.app.bot.id, 1, 0, right)
    await bench.adapter._watch.taken(bench.stage.ref or "")
    (told,) = untold(bench)
    assert told.words.startswith("In Discord, in #keynote, nobody can be notified. Give the bot Mention @everyone")


def untold(bench: Bench) -> list[c.ReportTrouble]:
    return [it for it in bench.heard if isinstance(it, c.ReportTrouble) and not it.over]


@pytest.mark.shows("rooms-lost")
async def test_a_look_that_fails_says_nothing(bench: Bench) -> None:
    queue = guarded(bench)
    bench.faults(method="GET", route=CHANNEL, status=500, count=1)
    await bench.adapter._watch.look(queue)
    assert all_of(bench, c.ReportRoom) == []
    await bench.adapter._watch.look(queue)
    assert (await heard(bench, c.ReportRoom)).private


async def test_a_room_is_looked_at_as_soon_as_somebody_chose_it(bench: Bench) -> None:
    queue = guarded(bench)
    async with await bench.hands(bench.world.users[bench.guild.owner_id].name) as owner:
        await owner.command("the-queue", "/mod room kind:queue")
    assert (await heard(bench, c.ReportRoom)).room == queue.ref


async def test_a_line_of_ours_in_the_backchannel_is_not_heard(bench: Bench) -> None:
    room = guarded(bench, "backchannel")
    await bench.platform.post(room, LINE, nonce="n-1")
    before = clock()
    async with await bench.hands(bench.world.users[bench.guild.owner_id].name) as owner:
        await owner.write("the-backchannel", "mine")
    assert (await heard(bench, c.PostLine)).at >= before - 1_000
    assert len(all_of(bench, c.PostLine)) == 1
