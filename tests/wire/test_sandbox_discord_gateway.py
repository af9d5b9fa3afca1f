"""The gateway of the stand-in Discord: sessions, resuming, intents and close codes, with the real discord.py client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import pytest

from adapters.sandbox.discord import DiscordHands, Running, World, changes
from adapters.sandbox.discord.model import Application
from tests.wire.test_sandbox_discord_kit import Raw, all_intents, connected, serving, until


def stage(*, message_content: bool = True, members: bool = True, **options: Any) -> tuple[World, Application]:
    world = World(**options)
    world.guild("Conference")
    world.join(world.user("ann", "Ann"))
    world.channel("keynote-stage")
    return world, world.application("Sidestage", message_content=message_content, members=members)


class Ear(discord.Client):
    """Remembers what it hears."""

    def __init__(self, intents: discord.Intents | None = None) -> None:
        super().__init__(intents=intents or all_intents(), guild_ready_timeout=0.05)
        self.heard: list[str] = []
        self.resumed = 0
        self.readied = 0

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message.content)

    async def on_resumed(self) -> None:
        self.resumed += 1

    async def on_ready(self) -> None:
        self.readied += 1


async def test_a_dropped_client_resumes_and_hears_what_it_missed_once() -> None:
    """docs: events/gateway#resuming."""
    world, app = stage()
    ear = Ear()
    async with serving(world) as running, connected(ear, app), DiscordHands(running.url, "ann") as ann:
        await ann.write("keynote-stage", "before")
        await until(lambda: ear.heard == ["before"])
        running.hub.drop()
        await ann.write("keynote-stage", "missed one")
        await ann.write("keynote-stage", "missed two")
        await until(lambda: ear.resumed == 1, within=10)
        await ann.write("keynote-stage", "after")
        await until(lambda: "after" in ear.heard)
        assert ear.heard == ["before", "missed one", "missed two", "after"]
        assert ear.readied == 1
        assert [each.route for each in world.requests if each.route in ("IDENTIFY", "RESUME")] == ["IDENTIFY", "RESUME"]


async def test_reconnect_asks_for_a_resume() -> None:
    """docs: events/gateway-events#reconnect: opcode 7."""
    world, app = stage()
    ear = Ear()
    async with serving(world) as running, connected(ear, app):
        running.hub.ask_to_reconnect()
        await until(lambda: ear.resumed == 1, within=10)


async def test_a_client_that_stayed_away_too_long_identifies_anew_and_misses_events() -> None:
    """docs: events/gateway-events#invalid-session: opcode 9."""
    world, app = stage()
    ear = Ear()
    async with serving(world) as running, connected(ear, app), DiscordHands(running.url, "ann") as ann:
        running.hub.drop()
        await ann.write("keynote-stage", "never heard")
        running.hub.forget_sessions()
        await until(lambda: ear.readied == 2, within=15)
        assert ear.heard == []
        await ann.write("keynote-stage", "heard again")
        await until(lambda: ear.heard == ["heard again"])


async def test_a_privileged_intent_that_was_not_granted_closes_with_4014() -> None:
    """docs: topics/opcodes-and-status-codes#gateway-gateway-close-event-codes."""
    world, app = stage(message_content=False)
    async with serving(world):
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with connected(Ear(), app):
                pass
    assert [each.violations for each in world.violations] == [("4014 Disallowed intent(s).",)]


async def test_a_wrong_token_is_unauthorized() -> None:
    """docs: topics/opcodes-and-status-codes: HTTP 401."""
    world, app = stage()
    app.token = "wrong"
    async with serving(world):
        with pytest.raises(discord.LoginFailure):
            async with connected(Ear(), app):
                pass


async def test_without_the_intent_texts_are_blank_except_own_mentions_and_direct_ones() -> None:
    """docs: events/gateway#message-content-intent."""
    world, app = stage(message_content=False)
    ear = Ear(discord.Intents.default())
    async with serving(world) as running, connected(ear, app), DiscordHands(running.url, "ann") as ann:
        await ann.write("keynote-stage", "secret")
        await ann.write("keynote-stage", "@Sidestage hello")
        await ann.write("@bot", "just us")
        await ear.guilds[0].text_channels[0].send("my own")
        await until(lambda: len(ear.heard) == 4)
        assert ear.heard == ["", f"<@{app.bot.id}> hello", "just us", "my own"]
        shown = [each.content async for each in ear.guilds[0].text_channels[0].history(oldest_first=True)]
        assert shown == ["", f"<@{app.bot.id}> hello", "my own"]


async def test_events_come_only_from_channels_that_the_bot_sees_and_only_once() -> None:
    """docs: events/gateway#gateway-intents and topics/permissions."""
    world, app = stage()
    world.channel("secret", overwrites={app.bot.id: ((), ["view_channel"])})
    ear = Ear()
    async with serving(world) as running, connected(ear, app), DiscordHands(running.url, "ann") as ann:
        await ann.write("secret", "hidden")
        for number in range(20):
            await ann.write("keynote-stage", str(number))
        await until(lambda: len(ear.heard) == 20)
        assert ear.heard == [str(number) for number in range(20)]


async def test_edits_deletions_members_and_threads_are_told() -> None:
    """docs: events/gateway-events#receive-events."""
    world, app = stage()
    told: list[str] = []

    class All(Ear):
        async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
            told.append(f"edit {event.data['content']}")

        async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
            told.append("delete")

        async def on_member_join(self, member: discord.Member) -> None:
            told.append(f"join {member.display_name}")

        async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
            told.append(f"roles {len(after.roles)}")

        async def on_thread_create(self, thread: discord.Thread) -> None:
            told.append(f"thread {thread.name}")

        async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
            told.append(f"reaction {event.emoji}")

        async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
            told.append(f"channel {channel.name}")

    async with serving(world) as running, connected(All(), app) as client, DiscordHands(running.url, "ann") as ann:
        post = await ann.write("keynote-stage", "first")
        await ann.edit("keynote-stage", post, "second")
        await ann.react("keynote-stage", post, "👏")
        await ann.delete("keynote-stage", post)
        world.join(world.user("bob", "Bob"))
        guild = client.guilds[0]
        role = await guild.create_role(name="speaker")
        member = guild.get_member(int(world.named("ann").id))
        assert member is not None
        await member.add_roles(role)
        await guild.create_text_channel("Q and A")
        await guild.text_channels[0].create_thread(name="Talk", type=discord.ChannelType.public_thread)
        expected = ["edit second", "reaction 👏", "delete", "join Bob", "roles 2", "channel q-and-a", "thread Talk"]
        await until(lambda: len(told) >= len(expected))
        assert told == expected
    assert not world.violations


@asynccontextmanager
async def socket(
    running: Running, query: str = "?v=10&encoding=json"
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(running.gateway_url + query) as opened:
        assert (await opened.receive_json())["op"] == 10
        yield opened


def identify(app: Application, **more: Any) -> str:
    return json.dumps({"op": 2, "d": {"token": app.token, "intents": 512, "properties": {"os": "linux"}, **more}})


async def closed(opened: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in opened:
        pass
    return opened.close_code


async def test_mistakes_close_the_socket_with_their_code() -> None:
    """docs: topics/opcodes-and-status-codes#gateway-gateway-close-event-codes."""
    world, app = stage()
    async with serving(world) as running:
        for sent, code in (
            ("no json", 4002),
            (json.dumps({"op": 99, "d": None}), 4001),
            (json.dumps({"op": 3, "d": {}}), 4003),
            (identify(app, token="wrong"), 4004),
            (identify(app, intents=1 << 30), 4013),
            (identify(app, shard=[2, 2]), 4010),
            ("x" * 5000, 4002),
        ):
            async with socket(running) as opened:
                await opened.send_str(sent)
                assert await closed(opened) == code
        async with socket(running) as opened:
            await opened.send_str(identify(app))
            await opened.send_str(identify(app))
            assert await closed(opened) == 4005


async def test_more_than_120_sends_a_minute_close_the_socket() -> None:
    """docs: events/gateway#rate-limiting."""
    world, _ = stage(record="counts")
    async with serving(world) as running, socket(running) as opened:
        for _ in range(121):
            await opened.send_str('{"op":1,"d":null}')
        assert await closed(opened) == 4008


async def test_a_client_without_heartbeats_is_timed_out() -> None:
    """docs: events/gateway#heartbeating; close code 4009."""
    world, app = stage(heartbeat=0.05)
    async with serving(world) as running, socket(running) as opened:
        await opened.send_str(identify(app))
        assert await asyncio.wait_for(closed(opened), 5) == 4009


async def test_a_seq_from_the_future_and_an_unknown_session_are_refused() -> None:
    """docs: events/gateway#resuming; close code 4007 and opcode 9."""
    world, app = stage()
    async with serving(world) as running:
        async with socket(running) as opened:
            await opened.send_str(identify(app))
            ready = await opened.receive_json()
            session = ready["d"]["session_id"]
            await opened.close(code=4000)
        resume = {"token": app.token, "session_id": session, "seq": 99}
        async with socket(running) as opened:
            await opened.send_str(json.dumps({"op": 6, "d": resume}))
            assert await closed(opened) == 4007
        async with socket(running) as opened:
            await opened.send_str(json.dumps({"op": 6, "d": resume | {"session_id": "gone"}}))
            assert await opened.receive_json() == {"op": 9, "d": False}


async def test_the_gateway_address_and_the_identify_budget_are_told() -> None:
    """docs: events/gateway#get-gateway-bot."""
    world, app = stage()
    async with serving(world) as running:
        async with connected(Ear(), app):
            pass
        _, told, _ = await Raw(running, app)("GET", "/gateway/bot")
        assert told["url"] == running.gateway_url
        assert told["session_start_limit"]["remaining"] == 999


async def test_a_channel_that_the_bot_may_not_view_is_told_without_its_name_until_it_may() -> None:
    """docs: resources/channel#obfuscated-channels, in force since 16 November 2026."""
    world, app = stage()
    crew = world.role("crew")
    room = world.channel("backstage", private=True, bots=False, members=[crew])
    ear = Ear()
    async with serving(world) as running, connected(ear, app):
        channel = ear.get_channel(int(room.id))
        assert isinstance(channel, discord.TextChannel)
        assert (channel.name, channel.permissions_for(channel.guild.me).view_channel) == ("___hidden___", False)
        _, listed, _ = await Raw(running, app)("GET", f"/guilds/{world.only_guild().id}/channels")
        assert [each["name"] for each in listed] == ["keynote-stage"]
        changes.grant(world, app.bot, crew)
        await until(lambda: channel.name == "backstage")
        changes.grant(world, app.bot, crew, on=False)
        await until(lambda: channel.name == "___hidden___")


async def test_entering_and_leaving_a_voice_channel_is_told() -> None:
    """docs: events/gateway-events#voice-state-update; VOICE_STATES is not privileged."""
    world, app = stage()
    world.channel("Main hall", kind="voice")
    told: list[tuple[str | None, bool]] = []

    class Hall(Ear):
        async def on_voice_state_update(
            self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
        ) -> None:
            told.append((after.channel.name if after.channel else None, after.self_deaf))

    async with serving(world) as running, connected(Hall(), app), DiscordHands(running.url, "ann") as ann:
        await ann.voice("Main hall")
        await ann.voice("Main hall", deafened=True)
        await ann.voice(None)
        await until(lambda: len(told) == 3)
        assert told == [("Main hall", False), ("Main hall", True), (None, False)]
