"""Threads on the stand-in Discord: who sees them, who comes in, archived, locked, full; each with its documentation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest

from adapters.sandbox.discord import DiscordHands, Running, World, permissions, threads
from adapters.sandbox.discord.model import Application, Channel
from tests.wire.test_sandbox_discord_kit import Raw, all_intents, connected, serving, until

LESS = permissions.BOT & ~permissions.MANAGE_THREADS


@asynccontextmanager
async def stage(allow: int = permissions.BOT, **options: Any) -> AsyncIterator[tuple[World, Application, Running, Raw]]:
    world = World(rates=False, **options)
    world.guild("Conference")
    for name in ("ann", "bob", "eve"):
        world.join(world.user(name, name.title()))
    world.join(world.user("mod", "Mod"), manage=True)
    world.channel("keynote-stage")
    app = world.application("Sidestage", allow=allow)
    async with serving(world) as running:
        yield world, app, running, Raw(running, app)


def room(world: World) -> Channel:
    return next(each for each in world.channels.values() if each.name == "keynote-stage")


async def made(raw: Raw, world: World, kind: int = 11, **more: Any) -> str:
    status, shown, _ = await raw("POST", f"/channels/{room(world).id}/threads", {"name": "T", "type": kind, **more})
    assert status == 201
    return str(shown["id"])


async def test_active_threads_are_capped_and_archived_ones_make_room() -> None:
    """docs: topics/threads#active--archived-threads and error 160006."""
    async with stage() as (world, _, _, raw):
        world.caps.threads = 2
        first, _ = await made(raw, world), await made(raw, world)
        again = {"name": "T", "type": 12}
        status, told, _ = await raw("POST", f"/channels/{room(world).id}/threads", again)
        assert (status, told["code"]) == (400, 160006)
        assert (await raw("PATCH", f"/channels/{first}", {"archived": True}))[0] == 200
        assert (await raw("POST", f"/channels/{room(world).id}/threads", again))[0] == 201
        assert (await raw("PATCH", f"/channels/{first}", {"archived": False}))[1]["code"] == 160006
        assert (await raw("POST", f"/channels/{first}/messages", {"content": "x"}))[1]["code"] == 160006
        assert world.channels[first].archived
        assert not world.channels[first].messages


async def test_a_line_makes_an_archived_thread_active_again() -> None:
    """docs: topics/threads: "Sending a message will automatically unarchive the thread"."""
    async with stage() as (world, app, _, raw), connected(discord.Client(intents=all_intents()), app) as client:
        heard: list[bool] = []

        @client.event
        async def on_thread_update(_: discord.Thread, after: discord.Thread) -> None:
            heard.append(after.archived)

        thread = await made(raw, world)
        await raw("PATCH", f"/channels/{thread}", {"archived": True})
        await until(lambda: heard == [True])
        assert (await raw("POST", f"/channels/{thread}/messages", {"content": "x"}))[0] == 200
        # discord.py forgets archived threads, so it hears of the way back as of a thread that came.
        assert not world.channels[thread].archived


async def test_in_an_archived_thread_nothing_is_edited_reacted_or_joined() -> None:
    """docs: topics/threads: "Users cannot edit messages, add reactions, use application commands, or join archived"."""
    async with stage() as (world, _, running, raw), DiscordHands(running.url, "ann") as ann:
        thread = await made(raw, world)
        _, line, _ = await raw("POST", f"/channels/{thread}/messages", {"content": "x"})
        mine = await ann.write(thread, "mine")
        await raw("PATCH", f"/channels/{thread}", {"archived": True})
        one = f"/channels/{thread}/messages/{line['id']}"
        for method, path, body in (
            ("PATCH", one, {"content": "y"}),
            ("PUT", f"{one}/reactions/%F0%9F%91%8D/@me", None),
            ("PUT", f"/channels/{thread}/thread-members/{world.named('bob').id}", None),
            ("PATCH", f"/channels/{thread}", {"name": "other"}),
        ):
            assert (await raw(method, path, body))[1]["code"] == 50083, path
        with pytest.raises(ValueError, match="archived"):
            await ann.edit(thread, mine, "other")
        with pytest.raises(ValueError, match="archived"):
            await ann.react(thread, mine, "👍")
        with pytest.raises(PermissionError):
            await ann.command(thread, "/anything")
        assert (await raw("DELETE", one))[0] == 204, "deleting is all that happens there"


async def test_a_locked_thread_is_for_moderators() -> None:
    """docs: topics/threads#locked-threads and error 160005."""
    async with stage(LESS) as (world, _, running, raw):
        thread = await made(raw, world)
        _, line, _ = await raw("POST", f"/channels/{thread}/messages", {"content": "x"})
        assert (await raw("PATCH", f"/channels/{thread}", {"locked": True}))[1]["code"] == 50013
        async with DiscordHands(running.url, "mod") as mod, DiscordHands(running.url, "ann") as ann:
            with pytest.raises(PermissionError):
                await ann.archive(thread, locked=True)
            await mod.archive(thread, archived=False, locked=True)
            with pytest.raises(PermissionError):
                await ann.write(thread, "no")
            await mod.write(thread, "yes")
        assert (await raw("POST", f"/channels/{thread}/messages", {"content": "y"}))[1]["code"] == 160005
        path = f"/channels/{thread}/messages/{line['id']}"
        assert (await raw("PATCH", path, {"content": "y"}))[1]["code"] == 160005
        world.channels[thread].archived = True
        assert (await raw("PATCH", f"/channels/{thread}", {"archived": False}))[1]["code"] == 50013


async def test_a_private_thread_is_open_to_members_and_moderators_alone() -> None:
    """docs: topics/threads#permissions: invited, "or be a moderator (MANAGE_THREADS permission)"."""
    async with stage() as (world, _, running, raw):
        thread = await made(raw, world, 12, invitable=False)
        await raw("PUT", f"/channels/{thread}/thread-members/{world.named('ann').id}")
        for name, sees in (("ann", True), ("mod", True), ("bob", False)):
            async with DiscordHands(running.url, name) as person:
                try:
                    await person.look(thread)
                    assert sees, name
                except LookupError:
                    assert not sees, name


async def test_only_moderators_bring_people_into_a_thread_that_is_not_invitable() -> None:
    """docs: resources/channel: invitable, "whether non-moderators can add other non-moderators to a thread"."""
    async with stage() as (world, _, running, raw):
        shut, open_to_all = await made(raw, world, 12, invitable=False), await made(raw, world, 12)
        ann, bob = world.named("ann").id, world.named("bob").id
        for thread in (shut, open_to_all):
            await raw("PUT", f"/channels/{thread}/thread-members/{ann}")
        async with DiscordHands(running.url, "ann") as person, DiscordHands(running.url, "mod") as mod:
            with pytest.raises(PermissionError):
                await person.bring(shut, "bob")
            await person.write(shut, "look, @Bob")
            assert bob not in world.channels[shut].people, "a mention brings in no more than the button does"
            await person.write(open_to_all, "look, @Bob")
            assert bob in world.channels[open_to_all].people
            await mod.bring(shut, "bob")
            assert bob in world.channels[shut].people


async def test_who_does_not_see_the_channel_sees_no_thread_of_it() -> None:
    """docs: topics/permissions: VIEW_CHANNEL to view any threads, "even if they are directly mentioned or added"."""
    async with stage() as (world, _, running, raw):
        room(world).overwrites.clear()
        hidden = world.channel("hidden", private=True, members=[world.named("ann")])
        _, shown, _ = await raw("POST", f"/channels/{hidden.id}/threads", {"name": "T", "type": 11})
        eve = world.named("eve").id
        assert (await raw("PUT", f"/channels/{shown['id']}/thread-members/{eve}"))[1]["code"] == 50001
        await raw("POST", f"/channels/{shown['id']}/messages", {"content": f"<@{eve}>"})
        assert eve not in world.channels[shown["id"]].people
        async with DiscordHands(running.url, "eve") as person:
            with pytest.raises(LookupError):
                await person.look(shown["id"])


async def test_a_mention_in_a_thread_is_told_as_a_coming() -> None:
    """docs: events/gateway-events#thread-members-update."""
    async with stage() as (world, app, _, raw), connected(discord.Client(intents=all_intents()), app) as client:
        came: list[int] = []

        @client.event
        async def on_raw_thread_member_remove(_: discord.RawThreadMembersUpdate) -> None:
            came.append(-1)

        @client.event
        async def on_thread_member_join(member: discord.ThreadMember) -> None:
            came.append(member.id)

        thread = await made(raw, world, 12)
        await raw("POST", f"/channels/{thread}/messages", {"content": f"<@{world.named('bob').id}>"})
        await until(lambda: came == [int(world.named("bob").id)])


async def test_a_thread_holds_a_thousand_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs: error 30033."""
    monkeypatch.setattr(threads, "PARTICIPANTS", 2)
    async with stage() as (world, _, _, raw):
        thread = await made(raw, world, 12)
        assert (await raw("PUT", f"/channels/{thread}/thread-members/{world.named('ann').id}"))[0] == 204
        status, told, _ = await raw("PUT", f"/channels/{thread}/thread-members/{world.named('bob').id}")
        assert (status, told["code"]) == (400, 30033)


async def test_people_start_threads_where_they_may_and_the_channel_is_told() -> None:
    """docs: resources/channel#start-thread-from-message; topics/threads#new-message-types, THREAD_CREATED."""
    async with stage() as (world, _, running, _), DiscordHands(running.url, "ann") as ann:
        line = await ann.write("keynote-stage", "What about types?")
        assert await ann.start_thread("keynote-stage", "Types", post=line) == line, "it has the message's id"
        with pytest.raises(ValueError, match="has a thread"):
            await ann.start_thread("keynote-stage", "Again", post=line)
        with pytest.raises(PermissionError):
            await ann.start_thread("keynote-stage", "Secret", private=True)
        alone = await ann.start_thread("keynote-stage", "Alone")
        notice = (await ann.look("keynote-stage"))[-1]
        assert (notice.text, notice.system) == ("Ann started a thread: Alone", True)
        told = list(room(world).messages.values())[-1].reference
        assert told is not None
        assert told["channel_id"] == alone
