"""Rooms on Discord over the wire: made once, in one category, opened to the right people only, pinned in, put away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import discord
import pytest

from adapters.discord import rooms
from adapters.discord.allowance import Allowance
from adapters.discord.calls import Calls
from adapters.discord.check import PERMISSIONS
from adapters.discord.gateway import PARTY, DiscordGateway
from adapters.discord.parse import Ours
from adapters.sandbox.discord import changes, permissions
from adapters.sandbox.discord.model import CATEGORY, Channel
from core.app.platform import Closed, Down, Lacking, Missing, Opened, Rejected, TooFast, Unclear, Worn
from core.domain.ids import SECOND, AccountId, PlaceId, VenueId
from core.domain.surfaces import Place, PlaceKind
from tests.wire.discord_bench import LINE, POLL, SESSION, Bench, clock, on_bench

CHANNELS = "/guilds/{guild_id}/channels"
ROLES = "/guilds/{guild_id}/roles"
OVERWRITE = "/channels/{channel_id}/permissions/{overwrite_id}"
GRANT = "/guilds/{guild_id}/members/{user_id}/roles/{role_id}"
PIN = "/channels/{channel_id}/messages/pins/{message_id}"
CHANNEL = "/channels/{channel_id}"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench() as made:
        yield made


def wanted(bench: Bench, kind: PlaceKind, name: str = "keynote", **more: Any) -> Place:
    """A room that is to be made."""
    private = more.pop("private", kind != "door")
    return Place(
        PlaceId(f"{name}-{kind}"),
        bench.stage.venue,
        kind,
        SESSION,
        name=f"{name}-{kind}",
        private=private,
        wanted_at=clock(),
        **more,
    )


async def made(bench: Bench, kind: PlaceKind, name: str = "keynote", **more: Any) -> Place:
    """The room as the storage has it once it was made."""
    place = wanted(bench, kind, name, **more)
    opened = await bench.platform.open(place, taken(bench))
    return replace(place, ref=opened.ref, state="open", private=opened.private, prunes=opened.prunes, made=True)


def taken(bench: Bench) -> frozenset[str]:
    """Every channel there is: each belongs to a room that is known."""
    return frozenset(one.id for one in bench.guild.channels.values() if one.type != CATEGORY)


def account(bench: Bench, name: str) -> AccountId:
    return AccountId(f"discord:{bench.world.named(name).id}")


def categories(bench: Bench) -> list[Channel]:
    return [one for one in bench.guild.channels.values() if one.type == CATEGORY]


async def sees(bench: Bench, user: str) -> set[str]:
    async with await bench.hands(user) as hands:
        return {one.name for one in await hands.channels()}


# -- making -----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("rooms-made")
async def test_a_sessions_rooms_are_made_at_once_in_one_category_and_only_the_door_is_seen(bench: Bench) -> None:
    kinds: tuple[PlaceKind, ...] = ("door", "queue", "backchannel", "stage")
    opened = await asyncio.gather(*(bench.platform.open(wanted(bench, kind), ()) for kind in kinds))
    assert [one.private for one in opened] == [False, True, True, True]
    assert all(one.prunes for one in opened)
    assert [one.name for one in categories(bench)] == ["Keynote"]
    assert {bench.channel(one.ref).parent_id for one in opened} == {categories(bench)[0].id}
    assert await sees(bench, "mira") == {"keynote", "keynote-door"}
    async with await bench.hands("mira") as mira:
        with pytest.raises(PermissionError):
            await mira.write("keynote-door", "hello")
        with pytest.raises(LookupError):
            await mira.look("keynote-stage")
    for kind, one in zip(kinds, opened, strict=True):
        place = replace(wanted(bench, kind), ref=one.ref, state="open")
        await bench.platform.post(place, POLL, nonce=f"n-{kind}")
    async with await bench.hands("mira") as mira:
        assert len(await mira.look("keynote-door")) == 1


async def test_names_are_written_as_discord_writes_them(bench: Bench) -> None:
    room = await made(bench, "door", "Keynote: The road ahead!")
    assert bench.channel(room.ref).name == "keynote-the-road-ahead-door"
    assert categories(bench)[0].name == "Keynote: The road ahead"
    assert bench.channel((await made(bench, "door", "🎉")).ref).name == "door"
    nameless = await bench.platform.open(replace(wanted(bench, "queue"), name="🎉🎉"), taken(bench))
    assert bench.channel(nameless.ref).name == "session-queue"
    long = [await made(bench, kind, f"{'word-' * 20}"[: 80 - len(kind) - 1]) for kind in ("queue", "backchannel")]
    assert len({bench.channel(one.ref).parent_id for one in long}) == 1, "cut names share a category too"
    assert len(bench.channel((await made(bench, "queue", "ä" * 150)).ref).name) == 100


@pytest.mark.parametrize(
    ("route", "body"), [(CHANNELS, 1), (CHANNELS, 2), (ROLES, 1)], ids=["category", "channel", "role"]
)
async def test_what_was_made_without_an_answer_is_found_and_not_made_again(bench: Bench, route: str, body: int) -> None:
    """The first POST of channels makes the category, the second the room."""
    stage = wanted(bench, "stage")
    if body == 2:
        await bench.platform.open(wanted(bench, "door"), taken(bench))
    before = taken(bench)
    bench.faults(method="POST", route=route, cut="after", count=1)
    with pytest.raises(Unclear):
        await bench.platform.open(stage, before)
    opened = await bench.platform.open(stage, before)
    again = await bench.platform.open(stage, before)
    assert again == opened
    names = sorted(one.name for one in bench.guild.channels.values())
    assert names.count("keynote-stage") == 1
    assert len(categories(bench)) == 1
    assert [role.name for role in bench.guild.roles.values()].count("Keynote") == 1


async def test_a_later_session_of_the_same_name_gets_rooms_and_a_role_of_its_own(bench: Bench) -> None:
    first, second = await made(bench, "stage"), await made(bench, "stage")
    assert first.ref != second.ref
    await bench.platform.admit(second, [account(bench, "mira")])
    assert bench.world.granted(bench.world.named("mira"), bench.channel(second.ref)) & permissions.VIEW_CHANNEL
    assert not bench.world.granted(bench.world.named("mira"), bench.channel(first.ref)) & permissions.VIEW_CHANNEL


async def test_a_channel_of_that_name_that_somebody_else_made_is_not_taken(bench: Bench) -> None:
    theirs = bench.world.channel("keynote-stage", bench.guild)
    assert (await bench.platform.open(wanted(bench, "stage"), ())).ref != theirs.id


@pytest.mark.shows("rooms-made")
@pytest.mark.parametrize("lacks", [permissions.MANAGE_CHANNELS, permissions.MANAGE_ROLES, permissions.ADD_REACTIONS])
async def test_a_server_that_does_not_let_the_bot_make_rooms_is_told_in_plain_words(lacks: int) -> None:
    async with on_bench(allow=permissions.BOT & ~lacks) as bench:
        bench.guild.roles[bench.guild.id].permissions &= ~lacks
        with pytest.raises(Closed, match=r"may not make channels here.*/mod room"):
            await bench.platform.open(wanted(bench, "stage"), ())


async def test_what_the_invitation_asks_for_is_enough_for_everything() -> None:
    """A server that gives nobody anything by itself: all that the bot has comes from its own role."""
    least = discord.Permissions(**dict.fromkeys(PERMISSIONS, True)).value
    async with on_bench(allow=least) as bench:
        bench.guild.roles[bench.guild.id].permissions = 0
        kinds: tuple[PlaceKind, ...] = ("door", "queue", "backchannel", "stage")
        rooms = {kind: await made(bench, kind) for kind in kinds}
        mira = account(bench, "mira")
        for kind in ("stage", "queue", "backchannel"):
            assert await bench.platform.admit(rooms[kind], [mira]) == {}
        assert await sees(bench, "mira") == {f"keynote-{kind}" for kind in kinds}
        for room in rooms.values():
            await bench.platform.set_topic(room, "Be kind")
            posted = await bench.platform.post(room, POLL, nonce=f"n-{room.kind}")
            await bench.platform.pin(room, posted)
            await bench.platform.edit(room, posted, POLL)
        async with await bench.hands("mira") as hands:
            line = await hands.write("keynote-stage", "hello")
            await hands.react("keynote-stage", line, "👍")
            await bench.platform.delete(rooms["stage"], line)
        await bench.platform.post(rooms["stage"], LINE, nonce="n-line")
        await bench.platform.expel(rooms["stage"], mira)
        for room in rooms.values():
            await bench.platform.archive(room)
        assert bench.world.invalid_requests() == 0


async def test_a_full_server_is_told_in_plain_words(bench: Bench) -> None:
    bench.faults(method="POST", route=CHANNELS, status=400, code=30013)
    with pytest.raises(Closed, match="no room for more channels"):
        await bench.platform.open(wanted(bench, "door"), ())


async def test_a_room_without_a_name_or_channel_is_refused(bench: Bench) -> None:
    with pytest.raises(Rejected):
        await bench.platform.open(replace(wanted(bench, "door"), name=""), ())


@pytest.mark.shows("rooms-adopted")
async def test_an_adopted_channel_tells_who_can_read_it_and_whether_the_bot_may_delete_there(bench: Bench) -> None:
    open_one = bench.world.channel("open", bench.guild)
    shut = bench.world.channel("shut", bench.guild, private=True)
    bare = bench.world.channel("bare", bench.guild, overwrites={bench.app.bot.id: ((), ["manage_messages"])})
    for channel, expected in ((open_one, (False, True)), (shut, (True, True)), (bare, (False, False))):
        opened = await bench.platform.open(replace(bench.stage, ref=channel.id), ())
        assert opened == Opened(channel.id, *expected, pace=SECOND * 10 // 9 if expected[0] else 0, wears=True)


@pytest.mark.shows("admission-open")
async def test_an_open_stage_is_read_by_all_and_written_in_by_who_joined(bench: Bench) -> None:
    stage = await made(bench, "stage", private=False)
    assert not stage.private
    async with await bench.hands("mira") as mira:
        await mira.look("keynote-stage")
        with pytest.raises(PermissionError):
            await mira.write("keynote-stage", "hello")
        await bench.platform.admit(stage, [account(bench, "mira")])
        await mira.write("keynote-stage", "hello")


async def test_backchannel_lines_go_out_under_their_authors_names(bench: Bench) -> None:
    room = await made(bench, "backchannel")
    await bench.platform.post(room, LINE, nonce="n-1")
    assert [one.author.name for one in bench.channel(room.ref).messages.values()] == ["Mira K. · Slack"]


# -- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("admission")
async def test_who_joined_reads_writes_and_reacts_in_the_stage_and_opens_no_threads(bench: Bench) -> None:
    stage, mira = await made(bench, "stage"), account(bench, "mira")
    assert await bench.platform.admit(stage, [mira]) == {}
    assert await bench.platform.admit(stage, [mira]) == {}, "who is in already was admitted"
    held = bench.world.granted(bench.world.named("mira"), bench.channel(stage.ref))
    for bit in ("view_channel", "send_messages", "add_reactions", "read_message_history"):
        assert held & permissions.bits([bit]), bit
    for bit in ("create_public_threads", "create_private_threads"):
        assert not held & permissions.bits([bit]), bit
    assert held & permissions.bits(["send_messages_in_threads"]), "there each asker has a conversation"
    mine = bench.world.granted(bench.app.bot, bench.channel(stage.ref))
    assert mine & permissions.bits(["create_private_threads"]) and mine & permissions.bits(["send_messages_in_threads"])
    role = next(one for one in bench.guild.roles.values() if one.name == "Keynote")
    assert (role.permissions, role.hoist, role.mentionable) == (0, False, False)
    async with await bench.hands("mira") as hands:
        line = await hands.write("keynote-stage", "hello")
        await hands.react("keynote-stage", line, "👍")
        await bench.platform.expel(stage, mira)
        await bench.platform.expel(stage, mira)
        with pytest.raises(LookupError):
            await hands.look("keynote-stage")


async def test_the_teams_rooms_admit_people_one_by_one(bench: Bench) -> None:
    queue = await made(bench, "queue")
    bench.world.join(bench.world.user("ben"), bench.guild, manage=True)
    assert "keynote-queue" not in await sees(bench, "ben"), "managing the server opens no room of a team"
    await bench.platform.admit(queue, [account(bench, "ben")])
    assert "keynote-queue" in await sees(bench, "ben")
    assert "keynote-queue" not in await sees(bench, "mira")
    await bench.platform.expel(queue, account(bench, "ben"))
    await bench.platform.expel(queue, account(bench, "ben"))
    assert "keynote-queue" not in await sees(bench, "ben")


async def test_who_left_the_server_is_named_and_the_others_get_in(bench: Bench) -> None:
    stage, queue = await made(bench, "stage"), await made(bench, "queue")
    gone = bench.world.user("gone")
    bench.world.join(gone, bench.guild)
    changes.leave(bench.world, gone, bench.guild)
    for room in (stage, queue):
        failed = await bench.platform.admit(room, [account(bench, "gone"), account(bench, "mira")])
        assert failed == {account(bench, "gone"): "is no longer in this server"}
        await bench.platform.expel(room, account(bench, "gone"))
    assert {"keynote-stage", "keynote-queue"} <= await sees(bench, "mira")


async def test_an_adopted_stage_is_opened_by_name_where_it_is_private_and_not_at_all_where_all_read(
    bench: Bench,
) -> None:
    vip = bench.world.role("VIP", (), bench.guild)
    shut = bench.world.channel("shut", bench.guild, private=True, members=[vip])
    await bench.platform.admit(bench.stage, [account(bench, "mira")])
    assert bench.requests("PUT", OVERWRITE) == bench.requests("PUT", GRANT) == 0
    private = replace(bench.stage, ref=shut.id, private=True)
    await bench.platform.admit(private, [account(bench, "mira")])
    assert "shut" in await sees(bench, "mira")
    assert bench.requests("PUT", GRANT) == 0, "a role that somebody else made is never given"
    await bench.platform.expel(private, account(bench, "mira"))
    assert "shut" not in await sees(bench, "mira")


async def test_only_the_sessions_own_role_is_given_however_many_stand_in_the_stage(bench: Bench) -> None:
    early = bench.world.role("Early", (), bench.guild)
    stage = await made(bench, "stage")
    strong, late = bench.world.role("Staff", ["kick_members"], bench.guild), bench.world.role("Late", (), bench.guild)
    for role in (early, strong, late):
        changes.overwrite(bench.world, bench.channel(stage.ref), role, ["view_channel"])
    await bench.platform.admit(stage, [account(bench, "mira")])
    held = bench.guild.members[bench.world.named("mira").id].roles
    assert [bench.guild.roles[one].name for one in held] == ["Keynote"]


async def test_without_its_role_the_stage_admits_by_name(bench: Bench) -> None:
    stage = await made(bench, "stage")
    role = next(one.id for one in bench.guild.roles.values() if one.name == "Keynote")
    del bench.guild.roles[role]
    bench.channel(stage.ref).overwrites.pop(role)
    await bench.platform.admit(stage, [account(bench, "mira")])
    assert "keynote-stage" in await sees(bench, "mira")


@pytest.mark.shows("admission-refused")
@pytest.mark.parametrize("kind", ["stage", "queue"])
async def test_a_bot_that_may_not_let_people_in_says_what_to_change(bench: Bench, kind: PlaceKind) -> None:
    room = await made(bench, kind)
    bench.faults(method="PUT", route=GRANT if kind == "stage" else OVERWRITE, status=403, code=50013)
    with pytest.raises(Lacking, match="Give it Manage Roles"):
        await bench.platform.admit(room, [account(bench, "mira")])


async def test_a_server_that_asks_for_two_factors_says_so_and_closes_no_room(bench: Bench) -> None:
    """docs: topics/opcodes-and-status-codes: 60003, where a server wants two factors of who moderates."""
    stage = await made(bench, "stage")
    for method, route in (("PUT", GRANT), ("DELETE", GRANT), ("POST", ROLES)):
        bench.faults(method=method, route=route, status=403, code=60003)
    for act in (
        bench.platform.admit(stage, [account(bench, "mira")]),
        bench.platform.expel(stage, account(bench, "mira")),
    ):
        with pytest.raises(Rejected, match="two factors"):
            await act
    with pytest.raises(Closed, match="two factors"):
        await bench.platform.open(wanted(bench, "stage", "other"), ())


async def test_a_role_that_vanished_meanwhile_is_tried_again(bench: Bench) -> None:
    stage = await made(bench, "stage")
    bench.faults(method="PUT", route=GRANT, status=404, code=10011, count=1)
    with pytest.raises(Down):
        await bench.platform.admit(stage, [account(bench, "mira")])
    assert await bench.platform.admit(stage, [account(bench, "mira")]) == {}


@pytest.mark.shows("admission")
async def test_a_crowd_is_let_in_as_fast_as_the_bucket_tells_and_one_call_of_it_is_left_over() -> None:
    """The first party pays for what is observed, ten in ten seconds; from then on the headers say what fits."""
    async with on_bench(rates=True) as bench:
        stage = await made(bench, "stage")
        costs = []
        for party in range(3):
            budget = next(one for one in bench.platform.budgets("admit", stage, 5) if "grants" in one.name)
            costs.append(budget.cost)
            people = []
            for number in range(PARTY):
                bench.world.join(bench.world.user(f"guest-{party}-{number}"), bench.guild)
                people.append(account(bench, f"guest-{party}-{number}"))
            assert await bench.platform.admit(stage, people) == {}
        assert costs[:2] == [PARTY * SECOND, 0]
        assert 8 * SECOND < costs[2] <= 10 * SECOND, "nothing more fits behind the third"
        expel = next(one for one in bench.platform.budgets("expel", stage, 5) if "grants" in one.name)
        assert expel.burst == 10 * SECOND, "who has to be sent out waits for nobody in line"
        started = asyncio.get_running_loop().time()
        await bench.platform.expel(stage, people[0])
        gone = bench.world.named("guest-2-0")
        assert not bench.world.granted(gone, bench.channel(stage.ref)) & permissions.VIEW_CHANNEL
        assert asyncio.get_running_loop().time() - started < 12
        assert not [one for one in bench.world.requests if one.status == 429]


def test_what_the_headers_tell_is_the_pace_whatever_the_numbers() -> None:
    now = [100.0]
    allowance = Allowance(lambda: now[0])

    def told(limit: int, left: int, wait: float) -> None:
        allowance.note(
            "1",
            {
                "X-RateLimit-Limit": str(limit),
                "X-RateLimit-Remaining": str(left),
                "X-RateLimit-Reset-After": str(wait),
            },
        )

    assert allowance.cost("1", 3) == 3 * SECOND
    told(30, 29, 2.0)
    assert allowance.cost("1", 3) == 0
    told(30, 6, 1.5)
    assert allowance.cost("1", 3) == 1_500_000
    allowance.note("1", {"X-RateLimit-Limit": "soon"})
    now[0] += 2
    assert allowance.cost("1", 3) == 0, "the bucket is full again"
    told(3, 2, 4.0)
    told(3, 0, 3.0)
    now[0] += 10
    assert allowance.cost("1", 3) == 4 * SECOND, "one party empties it, and waits for all of the next window"
    assert allowance.cost("2", 3) == 3 * SECOND, "a server tells for itself only"


def test_letting_people_in_costs_nothing_where_all_may_read() -> None:
    adopted = Place(PlaceId("a"), VenueId("discord:1"), "stage", SESSION, ref="7", state="open")
    gateway = DiscordGateway(Calls(None), Ours())  # type: ignore[arg-type]
    assert gateway.budgets("admit", adopted, 5)[0].cost == 0
    assert (rooms.pace(adopted), rooms.pace(replace(adopted, private=True))) == (0, SECOND * 10 // 9)


# -- topics, pins -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("rooms-topic")
async def test_a_topic_is_set_once_cut_to_what_fits_and_a_third_change_waits() -> None:
    async with on_bench(rates=True) as bench:
        for _ in range(3):
            await bench.platform.set_topic(bench.stage, "Moderators only")
        assert bench.requests("PATCH", CHANNEL) == 1
        await bench.platform.set_topic(bench.stage, "x" * 1_500)
        assert bench.channel(bench.stage.ref).topic == "x" * 1_024
        with pytest.raises(TooFast) as told:
            await bench.platform.set_topic(bench.stage, "one more")
        assert told.value.seconds > 60
        budget = bench.platform.budgets("topic", bench.stage, 5)[0]
        assert (budget.cost, budget.burst) == (300 * SECOND, 300 * SECOND)


@pytest.mark.shows("pin")
async def test_a_message_is_pinned_and_unpinned_and_people_see_it(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        line = await mira.write("keynote", "slides")
        for _ in range(2):
            await bench.platform.pin(bench.stage, line)
        assert [one.text for one in await mira.pins("keynote")] == ["slides"]
        for _ in range(2):
            await bench.platform.unpin(bench.stage, line)
        assert await mira.pins("keynote") == []
        await mira.delete("keynote", line)
    for act in (bench.platform.pin, bench.platform.unpin):
        with pytest.raises(Missing):
            await act(bench.stage, line)


@pytest.mark.parametrize(
    ("code", "words"), [(50013, "Give it Pin Messages"), (30003, "as many pins as Discord allows")]
)
async def test_a_pin_that_is_refused_says_what_to_change(bench: Bench, code: int, words: str) -> None:
    bench.faults(method="PUT", route=PIN, status=403 if code == 50013 else 400, code=code)
    async with await bench.hands("mira") as mira:
        line = await mira.write("keynote", "slides")
    with pytest.raises(Lacking if code == 50013 else Rejected, match=words):
        await bench.platform.pin(bench.stage, line)


async def test_the_bots_own_notice_of_a_pin_is_no_line(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        line = await mira.write("keynote", "slides")
        await bench.platform.pin(bench.stage, line)
        await mira.write("keynote", "more")
    await bench.until(lambda: len(bench.heard) == 2)


# -- putting away -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("session-archive")
async def test_an_archived_room_is_still_read_and_nobody_writes_there(bench: Bench) -> None:
    door, stage, queue = await made(bench, "door"), await made(bench, "stage"), await made(bench, "queue")
    mira = account(bench, "mira")
    await bench.platform.admit(stage, [mira])
    await bench.platform.admit(queue, [mira])
    async with await bench.hands("mira") as hands:
        await hands.write("keynote-stage", "hello")
        await hands.write("keynote-queue", "hello")
        for _ in range(2):
            for room in (door, stage, queue):
                await bench.platform.archive(room)
        for name in ("keynote-door", "keynote-stage", "keynote-queue"):
            with pytest.raises(PermissionError):
                await hands.write(name, "still here?")
        assert [one.text for one in await hands.look("keynote-stage")] == ["hello"]
        assert {one.name for one in await hands.channels() if one.archived} >= {"keynote-stage", "keynote-queue"}
    assert [one.name for one in categories(bench)] == ["Keynote (archive)"]
    again = await made(bench, "stage")
    assert bench.channel(again.ref).parent_id != bench.channel(stage.ref).parent_id
    assert [one.name for one in categories(bench)] == ["Keynote (archive)", "Keynote"]


async def test_a_room_that_cannot_be_put_away_says_what_to_change(bench: Bench) -> None:
    door = await made(bench, "door")
    changes.overwrite(bench.world, bench.channel(door.ref), bench.guild, ["view_channel", "send_messages"])
    bench.faults(method="PUT", route=OVERWRITE, status=403, code=50013)
    with pytest.raises(Lacking, match="may not change who can write"):
        await bench.platform.archive(door)


async def test_each_server_has_allowances_of_its_own(bench: Bench) -> None:
    stage = wanted(bench, "stage")
    for verb, name in (("open", "make"), ("admit", "grants"), ("expel", "grants")):
        assert bench.platform.budgets(verb, stage, 5)[0].name == f"discord:{name}:{stage.venue}"
    queue = replace(stage, kind="queue", ref="7")
    assert bench.platform.budgets("admit", queue, 5)[0].name == "discord:admit:7", "the team waits for no crowd"


@pytest.mark.shows("rooms-worn")
async def test_a_message_older_than_an_hour_is_said_to_be_worn_when_it_is_edited_too_often(bench: Bench) -> None:
    ref = await bench.platform.post(bench.stage, POLL, nonce="n-1")
    bench.world.clock = lambda: time.time() + 3_700
    for _ in range(3):
        await bench.platform.edit(bench.stage, ref, POLL)
    with pytest.raises(Worn):
        await bench.platform.edit(bench.stage, ref, POLL)
    fresh = await bench.platform.post(bench.stage, POLL, nonce="n-2")
    await bench.platform.edit(bench.stage, fresh, POLL)
