"""The Discord half of the page in a real browser, before a bare discord.py bot: what a person presses and reads."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from adapters.sandbox import slack
from adapters.sandbox.discord import Running, World
from adapters.sandbox.discord.model import Channel
from adapters.sandbox.page.browser import NAMES, Browser, Tab, found
from adapters.sandbox.page.server import Page, platforms, start
from tests.wire.test_sandbox_discord_kit import all_intents, connected, serving, until

pytestmark = pytest.mark.skipif(found() is None, reason=f"this machine has no browser: none of {', '.join(NAMES)}")
Used = discord.Interaction[discord.Client]
ENTER = ("Enter", 13)
LINE = "document.querySelector('.discord .pane.main .line textarea')"
DESKTOP, PHONE = (1500, 800), (390, 844)


class Ask(ui.Modal, title="Ask a question"):
    question: ui.TextInput[Ask] = ui.TextInput(label="Question")

    async def on_submit(self, interaction: Used) -> None:
        await interaction.response.send_message(f"You asked: {self.question.value}", ephemeral=True)


class Bot(discord.Client):
    """One card and one command that suggests."""

    def __init__(self) -> None:
        super().__init__(intents=all_intents(), guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.eaten: list[tuple[str, int]] = []
        self.chosen: list[str] = []

        @self.tree.command(name="eat", description="Eat something")
        @app_commands.describe(fruit="What", count="How many")
        async def eat(interaction: Used, fruit: str, count: int = 1) -> None:
            self.eaten.append((fruit, count))
            await interaction.response.send_message("**Eaten** for you alone", ephemeral=True)

        @eat.autocomplete("fruit")
        async def fruits(_: Used, current: str) -> list[app_commands.Choice[str]]:
            names = [each for each in ("Apple", "Apricot", "Banana") if each.lower().startswith(current.lower())]
            return [app_commands.Choice(name=each, value=f"id-{each}") for each in names]

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def card(self) -> None:
        """Vote beside its text, two choices, a form, and a button that nobody answers."""
        view = ui.LayoutView(timeout=None)
        vote: ui.Button[ui.LayoutView] = ui.Button(label="Vote A", custom_id="vote")
        ask: ui.Button[ui.LayoutView] = ui.Button(label="Ask", style=discord.ButtonStyle.primary, custom_id="ask")
        mute: ui.Button[ui.LayoutView] = ui.Button(label="Nobody home", custom_id="mute")
        options = [discord.SelectOption(label=each, value=each.lower()) for each in ("Red", "Green", "Blue")]
        select: ui.Select[ui.LayoutView] = ui.Select(
            custom_id="colours", placeholder="Choose one or more", max_values=2, options=options
        )
        rows = (ui.ActionRow(ask, mute), ui.ActionRow(select))
        view.add_item(ui.Container(ui.Section("**A** Async in anger", accessory=vote), *rows))
        await self.guilds[0].text_channels[0].send(view=view)

    async def on_interaction(self, interaction: Used) -> None:
        data: dict[str, Any] = dict(interaction.data or {})
        pressed = data.get("custom_id")
        if pressed == "vote":
            await interaction.response.send_message("Your vote: A", ephemeral=True)
        elif pressed == "ask":
            await interaction.response.send_modal(Ask())
        elif pressed == "colours":
            self.chosen = list(data["values"])
            await interaction.response.defer()


class Window:
    """One tab; what is visible is found by its words inside the Discord half."""

    def __init__(self, tab: Tab, world: World, bot: Bot, running: Running) -> None:
        self.tab, self.world, self.bot, self.running = tab, world, bot, running

    async def press(self, words: str, where: str = ".discord") -> None:
        kinds = "button, a, label, [role=option], [role=menuitem]"
        await self.tab.click(
            f"""((words) => [...document.querySelector({json.dumps(where)}).querySelectorAll({json.dumps(kinds)})]
            .filter((node) => node.offsetParent && (node.getAttribute("aria-label") === words
                || node.innerText.split("\\n").some((line) => line.trim() === words))).at(-1))({json.dumps(words)})"""
        )

    async def reads(self, words: str, where: str = ".discord") -> None:
        await self.tab.until(f"document.querySelector({json.dumps(where)})?.innerText.includes({json.dumps(words)})")

    async def line(self, text: str) -> None:
        await self.tab.click(LINE)
        await self.tab.type(text)

    async def become(self, name: str) -> None:
        await self.tab.click("document.querySelector('.discord .switch')")
        await self.press(name, ".discord .menu")
        await self.reads(name, ".discord .switch")

    def room(self) -> Channel:
        return next(each for each in self.world.channels.values() if each.name == "keynote-stage")


@asynccontextmanager
async def window(size: tuple[int, int] = DESKTOP) -> AsyncIterator[Window]:
    world = World(rates=False, patience=1.0)
    world.guild("Conference")
    for name in ("ann", "bob"):
        world.join(world.user(name, name.title()))
    world.channel("keynote-stage")
    app, office = world.application("Sidestage"), slack.World()
    office.workspace("Acme").user("Mira")
    other = await slack.start(office)
    async with serving(world) as running, connected(Bot(), app) as bot, Browser() as browser:
        assert isinstance(bot, Bot)
        await bot.card()
        page = await start(Page(platforms(other.base_url, running.url)))
        try:
            tab = await browser.open(f"{page.url}?half=discord&discord=Ann", width=size[0], height=size[1])
            made = Window(tab, world, bot, running)
            await made.reads("keynote-stage")
            if size == PHONE:
                await made.press("keynote-stage", ".discord .list")
            await made.reads("Async in anger", ".discord .pane.main")
            yield made
            assert tab.complaints == []
        finally:
            await page.close()
            await other.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_a_person_presses_chooses_asks_and_reads_what_is_theirs_alone(size: tuple[int, int]) -> None:
    async with window(size) as one:
        await one.press("Vote A")
        await one.reads("Your vote: A")
        await one.reads("Only you can see this")
        await one.press("Dismiss message")
        await one.tab.until("!document.querySelector('.discord .messages').innerText.includes('Your vote')")
        await one.tab.click("document.querySelector('.discord .message .select')")
        await one.press("Red")
        await one.press("Blue")
        await one.press("Select") if size == PHONE else await one.tab.click(
            "document.querySelector('.discord .head h3')"
        )
        await until(lambda: one.bot.chosen == ["red", "blue"])
        await one.press("Ask")
        await one.reads("Do not share passwords", ".discord .form")
        await one.press("Submit", ".discord .form")
        await one.reads("This field is required.", ".discord .form")
        await one.tab.type("What about types?")  # the field that is wrong has the focus
        await one.press("Submit", ".discord .form")
        await one.reads("You asked: What about types?")
        assert await one.tab.js("document.querySelector('.discord .form') === null")


@pytest.mark.long
async def test_a_press_that_nobody_answers_says_so_under_the_message() -> None:
    async with window() as one:
        await one.press("Nobody home")
        await one.reads("This interaction failed", ".discord .message .failed")


@pytest.mark.long
async def test_a_command_is_picked_and_its_option_suggested_while_typing() -> None:
    async with window() as one:
        await one.line("/ea")
        await one.reads("Eat something", ".discord .suggest")
        await one.tab.key(*ENTER)
        await one.tab.type("ap")
        await one.reads("Apricot", ".discord .entry .suggest")
        await one.tab.key(*ENTER)
        await one.press("+ count", ".discord .entry")
        await one.tab.type("3")
        await one.tab.key(*ENTER)
        await one.reads("Eaten for you alone")
        assert one.bot.eaten == [("id-Apple", 3)]
        await one.become("Bob")
        await one.reads("Async in anger", ".discord .pane.main")
        assert not await one.tab.js("document.querySelector('.discord').innerText.includes('Eaten')")


async def test_what_is_typed_stays_text_whatever_it_looks_like() -> None:
    """No markup of the page's own, no address but web addresses, no script."""
    bad = "<img src=x onerror=alert(1)> **bold** [click](javascript:alert(1)) `<b>` <@1> ||secret||"
    async with window() as one:
        await one.line(bad)
        await one.tab.key(*ENTER)
        await one.reads("<img src=x onerror=alert(1)>", ".discord .messages")
        assert await one.tab.js("document.querySelectorAll('.discord .messages img').length") == 0
        assert await one.tab.js("[...document.querySelectorAll('.discord .messages a')].length") == 0
        assert await one.tab.js("document.querySelector('.discord .messages strong:last-of-type') !== null")
        assert await one.tab.js("getComputedStyle(document.querySelector('.spoiler > *')).visibility") == "hidden"
        await one.tab.click("document.querySelector('.discord .spoiler')")
        assert await one.tab.js("getComputedStyle(document.querySelector('.spoiler > *')).visibility") == "visible"


@pytest.mark.long
async def test_a_thread_is_made_from_a_message_and_opened_beside_it() -> None:
    async with window() as one:
        await one.line("What about types?")
        await one.tab.key(*ENTER)
        await one.reads("What about types?", ".discord .messages")
        await one.tab.click("[...document.querySelectorAll('.discord .message .markdown')].at(-1)")
        await one.tab.click("[...document.querySelectorAll('.discord .message .more')].at(-1)")
        await one.press("Create Thread", ".discord .menu")
        await one.tab.type("Types")
        await one.tab.key(*ENTER)
        await one.reads("Thread in #keynote-stage", ".discord .pane.thread")
        await one.tab.click("document.querySelector('.discord .pane.thread .line textarea')")
        await one.tab.type("in the thread")
        await one.tab.key(*ENTER)
        await one.reads("in the thread", ".discord .pane.thread .messages")
        await until(lambda: any(each.is_thread and len(each.messages) == 1 for each in one.world.channels.values()))
