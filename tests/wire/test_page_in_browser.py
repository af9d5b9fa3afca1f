"""The page in a real browser: people press, fill and read with mouse and keys; one half shows what the other did."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.page.browser import NAMES, Browser, Tab, found
from adapters.sandbox.page.picture import draw
from adapters.sandbox.page.server import Page, platforms, start
from tests.wire.audience import DOOR, STAGE
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
pytestmark = pytest.mark.skipif(found() is None, reason=f"this machine has no browser: none of {', '.join(NAMES)}")
ENTER, ESCAPE = ("Enter", 13), ("Escape", 27)
DESKTOP, PHONE = (1280, 800), (390, 844)
ACTIVE = "button, a, input, textarea, [role=option], [role=menuitem]"


class Eyes:
    """One window; everything is found by its visible words or its spoken name, inside one half."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    @staticmethod
    def find(words: str, where: str, what: str = ACTIVE) -> str:
        """The last visible one that says exactly this on one of its lines, or is called so."""
        return f"""((words) => [...document.querySelectorAll({json.dumps(where)})]
            .flatMap((root) => [...root.querySelectorAll({json.dumps(what)})])
            .filter((node) => node.offsetParent && (node.getAttribute("aria-label") === words
                || node.innerText.split("\\n").some((line) => line.trim() === words))).at(-1))({json.dumps(words)})"""

    async def press(self, words: str, where: str) -> None:
        await self.tab.click(self.find(words, where))

    async def read(self, words: str, where: str) -> None:
        every = f"[...document.querySelectorAll({json.dumps(where)})]"
        await self.tab.until(f"{every}.some((node) => node.innerText.includes({json.dumps(words)}))")

    async def write(self, words: str, field: str) -> None:
        """Type into the field that the selector finds, and send it."""
        await self.tab.click(f"document.querySelector({json.dumps(field)})")
        await self.tab.type(words)
        await self.tab.key(*ENTER)

    async def room(self, name: str) -> None:
        """Open a channel of Slack's sidebar."""
        await self.tab.click(
            f"[...document.querySelectorAll('.slack .side .room')].find((node) => node.title === {json.dumps(name)})"
        )
        await self.read(name, ".slack .room-head")

    async def become(self, name: str) -> None:
        await self.tab.click("document.querySelector('.slack .person')")
        await self.press(name, ".slack .menu")
        await self.read(name, ".slack .person")


LINE = ".slack .room-pane .foot textarea"
FORM = ".slack .modal"
MESSAGES = ".slack .room-pane .messages"


@asynccontextmanager
async def window(stage: Stage, people: str, size: tuple[int, int] = DESKTOP) -> AsyncIterator[Eyes]:
    running = await start(Page(platforms(stage.servers["slack"].base_url, stage.servers["discord"].url)))
    try:
        async with Browser() as browser:
            tab = await browser.open(f"{running.url}?{people}", width=size[0], height=size[1])
            await tab.until("document.querySelector('.slack .side .room')")
            yield Eyes(tab)
            assert tab.complaints == []
    finally:
        await running.close()


async def join(eyes: Eyes, name: str) -> None:
    """As Slack's newcomers do: find the door, press, fill, accept."""
    await eyes.become(name)
    await eyes.press("Add channels", ".slack .side")
    await eyes.press(f"# {DOOR}", ".slack .menu")
    await eyes.press("Join session", MESSAGES)
    await eyes.press("Accept", FORM)
    await eyes.read("You're in.", MESSAGES)


async def test_who_joins_writes_and_votes_on_the_page_is_seen_on_the_other_half(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=mira&discord=nova") as eyes:
        await stage.live("ana", "nova", made=True)
        await join(eyes, "mira")
        await eyes.room(STAGE)
        await eyes.write("Hello from *here*", LINE)
        await stage.read("nova", "Hello from here")
        await stage.poll()
        await eyes.press("Vote B", MESSAGES)
        await eyes.read("Your vote: B", f"{MESSAGES} .private")
        await stage.see("nova", lambda post: "1 vote" in post.text)
        await stage.people["nova"].write(STAGE, "And hello from there")
        await eyes.read("And hello from there", MESSAGES)


@pytest.mark.long
async def test_a_poll_is_made_with_the_keyboard_and_both_halves_of_the_page_show_it(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=ana&discord=nova") as eyes:
        await stage.live("ana", "nova", made=True)
        await eyes.room(STAGE)
        await eyes.write("/mod poll Tea or coffee?", LINE)
        await eyes.read("New poll", FORM)
        await eyes.tab.click(eyes.find("Options, one a line", FORM, "textarea"))
        await eyes.tab.type("Tea\nCoffee")
        await eyes.press("Done", FORM)
        await eyes.tab.until("!document.querySelector('.slack .modal')")
        await eyes.read("Tea or coffee?", MESSAGES)
        await eyes.press(STAGE, ".discord")
        await eyes.read("Tea or coffee?", ".discord")


@pytest.mark.long
async def test_a_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=ana") as eyes:
        await eyes.write("/mod session create", LINE)
        await eyes.read("New session", FORM)
        await eyes.tab.type("Keynote")
        await eyes.tab.click(eyes.find("Length", FORM, "input"))
        await eyes.tab.type(" of the universe")
        await eyes.press("Create", FORM)
        await eyes.tab.until("document.querySelector('.slack .modal .b-error')")
        held = await eyes.tab.js("document.querySelector('.slack .modal input').value")
        assert held == "Keynote"
        assert await eyes.tab.js("document.querySelector('.slack .modal [aria-invalid=true]').value") != ""
        await eyes.tab.key(*ESCAPE)
        await eyes.tab.until("!document.querySelector('.slack .modal')")
        assert await stage.people["ana"].sheet() is None


@pytest.mark.long
async def test_a_person_is_picked_in_a_form_and_several_answers_in_a_message(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=ana&discord=nova") as eyes:
        await stage.live("ana", made=True)
        await eyes.write("/mod team", LINE)
        await eyes.press("Add", MESSAGES)
        await eyes.press("Person", FORM)
        await eyes.press("leo", ".slack .menu")
        await eyes.press("Add", f"{FORM} .modal-foot")
        await eyes.read("leo", f"{MESSAGES} .private")
        await stage.poll(Answers="Allow more than one answer")
        await eyes.room(STAGE)
        await eyes.press("Choose one or more", MESSAGES)
        await eyes.press("A Tea", ".slack .menu")
        await eyes.press("C Water", ".slack .menu")
        await eyes.tab.key(*ESCAPE)
        await eyes.read("Your vote: A, Tea; C, Water", MESSAGES)


async def test_what_people_type_is_text_and_never_markup(tmp_path: Path, outgoing: Check) -> None:
    evil = '<img src=x onerror="document.title=1"><b>bold</b> &lt; <javascript:alert(1)|press>'
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=mira&discord=nova") as eyes:
        await eyes.write(evil, LINE)
        await eyes.read(evil, MESSAGES)
        await stage.people["nova"].write("keynote", evil)
        await eyes.read("onerror", ".discord")
        assert (
            await eyes.tab.js("document.querySelectorAll('.message img, .message b, [href^=javascript]').length") == 0
        )
        assert await eyes.tab.js("document.title") == "Sidestage sandbox"


async def test_on_a_phone_one_half_is_shown_at_a_time_and_fingers_hit_what_they_press(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=mira&discord=nova", PHONE) as eyes:
        await stage.live("ana", "mira", "nova", made=True)
        await stage.poll()
        shown = "[...document.querySelectorAll('.half')].filter((half) => half.offsetParent).map((half) => half.id)"
        assert await eyes.tab.js(shown) == ["slack"]
        await eyes.press("Back to channels", ".slack")
        await eyes.room(STAGE)
        await eyes.read("Which topic?", MESSAGES)
        assert await eyes.tab.js(small(".slack")) == []
        assert await eyes.tab.js("document.documentElement.scrollWidth <= innerWidth")
        await eyes.press("Vote A", MESSAGES)
        await eyes.read("Your vote: A", MESSAGES)
        await eyes.press("Discord", ".tabs")
        assert await eyes.tab.js(shown) == ["discord"]
        assert await eyes.tab.js("document.documentElement.scrollWidth <= innerWidth")


def small(where: str) -> str:
    """What a finger would miss: buttons and fields under 44 pixels high, but for those inside a line of text."""
    return f"""[...document.querySelectorAll({json.dumps(where)})].flatMap((root) => [...root.querySelectorAll(
        "button, input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea, .button")])
        .filter((node) => node.offsetParent && node.getBoundingClientRect().height < 43.5 && !node.matches(".reaction"))
        .map((node) => `${{node.className}} ${{node.innerText}} ${{node.getBoundingClientRect().height}}`)"""


@pytest.mark.long
async def test_a_fault_is_switched_on_in_the_window(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage, window(stage, "slack=mira") as eyes:
        await eyes.press("Faults", ".bar")
        await eyes.tab.click(eyes.find("Presses get lost", ".faults", "label") + "?.querySelector('input')")
        await eyes.read("Faults (1 on)", ".bar")
        await eyes.press("Close", ".faults")
        await eyes.write("/stage menu", LINE)
        await eyes.read('/stage failed with the error "operation_timeout"', MESSAGES)
        assert stage.slack.faults.rules


@pytest.mark.long
@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_one_card_is_drawn_alone_at_the_width_that_is_asked_for(tmp_path: Path, platform: str) -> None:
    words = {"type": "section", "text": {"type": "mrkdwn", "text": "*Which topic?* " * 20}}
    card: Any = [words] if platform == "slack" else [{"type": 10, "content": "**Which topic?** " * 20}]
    wide, narrow = tmp_path / "wide.png", tmp_path / "narrow.png"
    (size,) = await draw([(card, wide)], platform, width=720)
    (other,) = await draw([(card, narrow)], platform, width=360)
    assert (size["width"], other["width"]) == (720, 360)
    assert size["height"] < other["height"]
    assert wide.read_bytes().startswith(b"\x89PNG") and narrow.read_bytes().startswith(b"\x89PNG")
