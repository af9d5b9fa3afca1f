"""People's hands on the stand-in Discord: each sees and does only what that member could, by visible words."""

from __future__ import annotations

from typing import Any

import aiohttp
import discord
import pytest
from discord import ui

from adapters.sandbox.discord import DiscordHands, World
from adapters.sandbox.discord.look import plain
from adapters.sandbox.hands import Hands
from tests.wire.test_sandbox_discord_kit import all_intents, connected, serving


def stage() -> tuple[World, Any]:
    world = World()
    world.guild("Conference")
    world.join(world.user("ann", "Ann Lee"))
    world.join(world.user("bob"), nick="Robert")
    return world, world.application("Sidestage")


async def test_a_private_channel_is_seen_by_those_who_were_let_in() -> None:
    """docs: topics/permissions: VIEW_CHANNEL."""
    world, _ = stage()
    world.channel("backstage", private=True, members=[world.named("ann")])
    async with serving(world) as running, DiscordHands(running.url, "Ann Lee") as ann:
        hands: Hands = ann
        await hands.write("backstage", "quiet here")
        async with DiscordHands(running.url, "bob") as bob:
            with pytest.raises(LookupError, match="sees no channel"):
                await bob.look("backstage")


async def test_typed_names_become_mentions_and_are_shown_as_names() -> None:
    """docs: reference#message-formatting-formats."""
    world, _ = stage()
    room = world.channel("keynote-stage")
    async with serving(world) as running, DiscordHands(running.url, "bob") as bob:
        post = await bob.write("keynote-stage", "hi @Ann Lee, see #keynote-stage and mail me@bob")
        assert room.messages[post].content == f"hi <@{world.named('ann').id}>, see <#{room.id}> and mail me@bob"
        assert room.messages[post].pinged.users == (world.named("ann").id,)
        seen = await bob.look("keynote-stage")
        assert (seen[0].author, seen[0].text) == ("Robert", "hi @Ann Lee, see #keynote-stage and mail me@bob")


async def test_nobody_edits_or_deletes_what_others_wrote() -> None:
    """docs: topics/permissions: MANAGE_MESSAGES."""
    world, _ = stage()
    world.channel("keynote-stage")
    world.join(world.user("mia"), manage=True)
    async with (
        serving(world) as running,
        DiscordHands(running.url, "ann") as ann,
        DiscordHands(running.url, "bob") as bob,
        DiscordHands(running.url, "mia") as mia,
    ):
        post = await ann.write("keynote-stage", "mine")
        with pytest.raises(PermissionError):
            await bob.edit("keynote-stage", post, "yours")
        with pytest.raises(PermissionError):
            await bob.delete("keynote-stage", post)
        await ann.edit("keynote-stage", post, "still mine")
        assert (await bob.look("keynote-stage"))[0].edited
        await mia.delete("keynote-stage", post)
        assert await bob.look("keynote-stage") == []
        with pytest.raises(ValueError, match="too long"):
            await ann.write("keynote-stage", "x" * 2001)


async def test_settle_tells_what_was_seen_when_it_gives_up() -> None:
    """No platform rule: the test's own tool."""
    world, _ = stage()
    world.channel("keynote-stage")
    async with serving(world) as running, DiscordHands(running.url, "ann") as ann:
        await ann.write("keynote-stage", "here I am")
        with pytest.raises(AssertionError, match="here I am"):
            await ann.settle("keynote-stage", lambda posts: len(posts) == 2, within=0.05)


async def test_a_crowd_presses_and_everybody_is_answered_and_counted() -> None:
    """No platform rule: many people at once, counted by the server on its own."""
    world, app = stage()
    world.channel("keynote-stage")
    for number in range(100):
        world.join(world.user(f"guest-{number}"))

    class Quick(discord.Client):
        async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
            await interaction.response.defer()

    async with (
        serving(world) as running,
        connected(Quick(intents=all_intents(), guild_ready_timeout=0.05), app) as client,
    ):
        view = ui.View(timeout=None)
        view.add_item(ui.Button(label="Yes", custom_id="y"))
        view.add_item(ui.Button(label="No", custom_id="n"))
        post = await client.guilds[0].text_channels[0].send("Poll", view=view)
        crowd = {
            "name": "keynote-stage",
            "post": str(post.id),
            "labels": ["Yes", "No"],
            "users": [f"guest-{number}" for number in range(100)],
        }
        async with aiohttp.ClientSession() as session:
            async with session.post(running.url + "/sandbox/crowd", json=crowd) as response:
                told = await response.json()
            async with session.get(running.url + "/sandbox/presses") as response:
                counted = (await response.json())[str(post.id)]
            async with session.get(running.url + "/sandbox/world") as response:
                assert (await response.json())["violations"] == []
        assert (told["pressed"], told["ok"]) == (100, 100)
        assert {key: len(value["answered"]) for key, value in counted.items()} == {"y": 50, "n": 50}


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("**bold** and *thin* __under__ ~~gone~~", "bold and thin under gone"),
        ("**A** one, *b* two, **C** three", "A one, b two, C three"),
        ("# Head\n-# small\n> said", "Head\nsmall\nsaid"),
        ("[site](https://example.org/a)", "site"),
        (r"\*not thin\* 2 * 3 * 4", "*not thin* 2 * 3 * 4"),
        ("`**code**` snake_case_name", "**code** snake_case_name"),
        ("</stage join:123> <:wave:1>", "/stage join :wave:"),
        ("<t:0:t> <@1>", "00:00 @unknown-user"),
    ],
)
def test_markup_is_rendered_away(written: str, seen: str) -> None:
    """docs: reference#message-formatting; support article on markdown."""
    assert plain(written, World(), None) == seen
