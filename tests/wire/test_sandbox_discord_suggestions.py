"""Suggestions while a command's option is typed, on the stand-in Discord; each rule with its documentation page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord import app_commands

from adapters.sandbox.discord import DiscordHands, Running, World
from adapters.sandbox.discord.model import Application
from tests.wire.test_sandbox_discord_kit import Raw, all_intents, connected, leaves, serving

Used = discord.Interaction[discord.Client]
FRUIT = ["Apple", "Apricot", "Banana"]


class Suggesting(discord.Client):
    """Registers ``/eat fruit count`` and notes what it hears."""

    def __init__(self) -> None:
        super().__init__(intents=all_intents(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.eaten: list[str] = []
        self.typed: list[tuple[str, Any]] = []

        @self.tree.command(name="eat", description="Eat something")
        @app_commands.describe(fruit="What", count="How many")
        async def eat(interaction: Used, fruit: str, count: int = 1) -> None:
            self.eaten.append(fruit)
            await interaction.response.send_message(f"{count} {fruit}", ephemeral=True)

        @eat.autocomplete("fruit")
        async def fruits(interaction: Used, current: str) -> list[app_commands.Choice[str]]:
            self.typed.append((current, interaction.namespace.count))
            fits = [each for each in FRUIT if each.lower().startswith(current.lower())]
            return [app_commands.Choice(name=each, value=f"id-{each}") for each in fits]

    async def setup_hook(self) -> None:
        await self.tree.sync()


@asynccontextmanager
async def played(**options: Any) -> AsyncIterator[tuple[World, Application, Running]]:
    world = World(**options)
    world.guild("Conference")
    world.join(world.user("ann", "Ann"))
    world.channel("keynote-stage")
    app = world.application("Sidestage")
    async with serving(world) as running:
        yield world, app, running


async def test_what_is_typed_so_far_is_sent_and_the_choices_come_back() -> None:
    """docs: interactions/application-commands#autocomplete; discord.py hears type 4 and answers type 8."""
    async with (
        played() as (world, app, running),
        connected(Suggesting(), app) as client,
        DiscordHands(running.url, "ann") as ann,
    ):
        assert isinstance(client, Suggesting)
        assert await ann.complete("keynote-stage", "/eat fruit:ap count:2", "fruit") == ["Apple", "Apricot"]
        assert await ann.complete("keynote-stage", "/eat", "fruit") == FRUIT, "required options may be missing yet"
        assert client.typed == [("ap", 2), ("", None)]
        assert not world.violations


async def test_a_picked_suggestion_is_sent_by_its_value_and_free_text_as_it_is() -> None:
    """docs: "Options using autocomplete are not confined to only use choices given by the application."."""
    async with (
        played() as (_, app, running),
        connected(Suggesting(), app) as client,
        DiscordHands(running.url, "ann") as ann,
    ):
        assert isinstance(client, Suggesting)
        await ann.complete("keynote-stage", "/eat fruit:ap", "fruit")
        assert (await ann.command("keynote-stage", "/eat fruit:Apple")).ok
        assert (await ann.command("keynote-stage", "/eat fruit:Cherry")).ok
        assert client.eaten == ["id-Apple", "Cherry"]


async def test_nobody_suggests_in_time_and_the_person_reads_so() -> None:
    """docs: interactions/receiving-and-responding: an initial response within 3 seconds."""
    async with played(patience=0.1) as (_, app, running), DiscordHands(running.url, "ann") as ann:
        raw = Raw(running, app)
        option = {"type": 3, "name": "fruit", "description": "What", "autocomplete": True}
        body = {"name": "eat", "description": "Eat", "options": [option]}
        assert (await raw("POST", f"/applications/{app.id}/commands", body))[0] == 201
        with pytest.raises(RuntimeError, match="Loading options failed"):
            await ann.complete("keynote-stage", "/eat fruit:a", "fruit")


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ({"type": 8, "data": {"choices": [{"name": "x", "value": "x"}] * 26}}, "data.choices"),
        ({"type": 8, "data": {"choices": [{"name": "n" * 101, "value": "x"}]}}, "data.choices.0.name"),
        ({"type": 8, "data": {"choices": [{"name": "", "value": "x"}]}}, "data.choices.0.name"),
        ({"type": 8, "data": {"choices": [{"name": "x", "value": "v" * 101}]}}, "data.choices.0.value"),
        ({"type": 8, "data": {"choices": [{"name": "x", "value": True}]}}, "data.choices.0.value"),
        ({"type": 8, "data": {}}, "data.choices"),
        ({"type": 4, "data": {"content": "no"}}, "type"),
        ({"type": 9, "data": {"title": "t", "custom_id": "c", "components": []}}, "data.components"),
    ],
)
async def test_an_answer_over_a_limit_is_refused(answer: dict[str, Any], refused: str) -> None:
    """docs: interactions/application-commands, choice structure: at most 25, names 1-100, values up to 100."""
    async with played() as (world, app, running), DiscordHands(running.url, "ann") as ann:
        status, told = await answered(world, app, running, ann, answer)
        assert (status, told["code"]) == (400, 50035)
        assert refused in leaves(told["errors"])


async def test_suggestions_answer_typing_only() -> None:
    """docs: callback types; 25 choices with names and values of 100 characters are just within the limits."""
    most = [{"name": f"{index:0100d}", "value": "v" * 100} for index in range(25)]
    async with played() as (world, app, running), DiscordHands(running.url, "ann") as ann:
        status, _ = await answered(world, app, running, ann, {"type": 8, "data": {"choices": most}})
        assert status == 204
        body = {"name": "plain", "description": "Plain"}
        await Raw(running, app)("POST", f"/applications/{app.id}/commands", body)
        used = asyncio.create_task(ann.command("keynote-stage", "/plain"))
        status, told = await reply(world, app, running, {"type": 8, "data": {"choices": []}})
        assert (status, leaves(told["errors"])) == (400, {"type": "BASE_TYPE_CHOICES"})
        await reply(world, app, running, {"type": 4, "data": {"content": "done", "flags": 64}})
        assert (await used).ok


async def answered(
    world: World, app: Application, running: Running, ann: DiscordHands, answer: dict[str, Any]
) -> tuple[int, Any]:
    """One person types, and the bot answers so."""
    world.patience = 0.5
    option = {"type": 3, "name": "fruit", "description": "What", "autocomplete": True}
    body = {"name": "eat", "description": "Eat", "options": [option]}
    await Raw(running, app)("POST", f"/applications/{app.id}/commands", body)
    typing = asyncio.create_task(ann.complete("keynote-stage", "/eat fruit:a", "fruit"))
    told = await reply(world, app, running, answer)
    await asyncio.gather(typing, return_exceptions=True)
    world.patience = 3.0
    return told


async def reply(world: World, app: Application, running: Running, answer: dict[str, Any]) -> tuple[int, Any]:
    """Answer the newest interaction that waits, without a library."""
    end = asyncio.get_running_loop().time() + 5
    while not (waiting := [each for each in world.interactions.values() if each.first is None and not each.failed]):
        assert asyncio.get_running_loop().time() < end, "nobody used a command"
        await asyncio.sleep(0.005)
    one = waiting[-1]
    status, told, _ = await Raw(running, app)("POST", f"/interactions/{one.id}/{one.token}/callback", answer)
    return status, told


@pytest.mark.parametrize(
    "option",
    [
        {"type": 5, "autocomplete": True},
        {"type": 3, "autocomplete": True, "choices": [{"name": "a", "value": "a"}]},
        {"type": 3, "choices": [{"name": "a", "value": "v" * 101}]},
    ],
)
async def test_an_option_that_cannot_suggest_is_not_registered(option: dict[str, Any]) -> None:
    """docs: application command option structure: strings and numbers, not together with choices."""
    async with played() as (_, app, running):
        body = {"name": "eat", "description": "Eat", "options": [{"name": "fruit", "description": "What", **option}]}
        status, told, _ = await Raw(running, app)("POST", f"/applications/{app.id}/commands", body)
        assert (status, told["code"]) == (400, 50035)
