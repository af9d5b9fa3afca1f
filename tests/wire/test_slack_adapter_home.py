"""The App Home and modals with buttons, as a person sees them, by socket and by signed HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from core.app import commands as c
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import StorageDown
from core.domain.form import Field, Form
from core.domain.view import Button, Buttons, Card, Heading, JumpButton, Words, action, say
from tests.wire.slack_house import ME, MODES, House, Mode
from tests.wire.test_slack_adapter_answers import Answer, until

FORM = Form("Your settings", "set:s", "Save", (Field("name", "Name"),))


def menu(tab: str, number: int = 0) -> Card:
    buttons = (
        Button("Stage", action("menu", "s", "stage")),
        Button("Setup", action("menu", "s", "setup")),
        Button("Settings", action("settings", "s")),
        Button("Rooms", action("rooms", "s")),
    )
    return Card(ME, (Heading(f"Now: {tab}"), Words(f"drawn {number}"), Buttons(buttons)))


class Core:
    """Menus are numbered, so that a new drawing can be told from the old one."""

    def __init__(self) -> None:
        self.drawn = 0
        self.others: Answer = Outcome(say(ME, "Something else."))

    def __call__(self, command: c.Command) -> Answer:
        if not isinstance(command, c.ShowMenu):
            return self.others
        self.drawn += 1
        return Outcome(menu(command.tab, self.drawn))


@pytest.mark.shows("home")
@pytest.mark.parametrize("mode", MODES)
async def test_the_home_is_drawn_when_it_is_opened_and_refreshed_on_its_tab(mode: Mode) -> None:
    async with House.of(mode) as house:
        house.answers = Core()
        hands = await house.hands("boss")
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts and "drawn 1" in posts[0].text)
        assert "Now: stage" in home.text
        assert "As of " in home.text
        assert home.controls[-1].label == "Refresh"
        (command,) = house.of_kind(c.ShowMenu)
        assert (command.actor.nick, command.actor.manages, command.room) == ("boss", True, "")
        assert (await hands.press("@home", home.id, "Setup")).ok
        await hands.settle("@home", lambda posts: "Now: setup" in posts[0].text)
        assert (await hands.press("@home", home.id, "Refresh")).ok
        await hands.settle("@home", lambda posts: "drawn 3" in posts[0].text and "Now: setup" in posts[0].text)
        # Nothing of it is anybody else's, and nothing was said beside it.
        assert await (await house.hands()).look("@home") == []
        assert await hands.look("@bot") == []


@pytest.mark.shows("home")
@pytest.mark.parametrize("mode", MODES)
async def test_a_form_from_the_home_is_a_modal_and_the_home_is_drawn_anew_behind_it(mode: Mode) -> None:
    async with House.of(mode) as house:
        core = house.answers = Core()
        hands = await house.hands()
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts and "drawn 1" in posts[0].text)
        await hands.press("@home", home.id, "Setup")
        await hands.settle("@home", lambda posts: "drawn 2" in posts[0].text)
        core.others = Outcome(FORM)
        opened = await hands.press("@home", home.id, "Settings", wait=2)
        assert opened.sheet is not None
        assert opened.sheet.title == "Your settings"
        core.others = Outcome(say(ME, "Saved.", buttons=(Button("Settings", action("settings", "s")),)))
        saved = await hands.fill({"Name": "Mira"}, wait=2)
        assert saved.sheet is not None
        assert saved.sheet.text == "Saved."
        await hands.settle("@home", lambda posts: "Now: setup" in posts[0].text and "drawn 3" in posts[0].text)
        assert await hands.look("@bot") == []


@pytest.mark.shows("home")
@pytest.mark.parametrize("mode", MODES)
async def test_a_card_from_the_home_is_a_modal_whose_buttons_answer_in_it(mode: Mode) -> None:
    async with House.of(mode) as house:
        core = house.answers = Core()
        hands = await house.hands()
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts and "drawn 1" in posts[0].text)
        core.others = Outcome(
            say(ME, "Two rooms.", buttons=(Button("Make one", "rooms:s"), JumpButton("Go there", house.room.id)))
        )
        opened = await hands.press("@home", home.id, "Rooms", wait=2)
        assert opened.sheet is not None
        assert (opened.sheet.title, opened.sheet.text) == ("Rooms", "Two rooms.")
        await hands.settle("@home", lambda posts: "drawn 2" in posts[0].text)
        core.others = Outcome(say(ME, "Three rooms."))
        assert (await hands.press("@sheet", "", "Make one")).ok

        async def replaced() -> bool:
            sheet = await hands.sheet()
            return sheet is not None and (sheet.title, sheet.text) == ("Rooms", "Three rooms.")

        await until(replaced)
        await hands.settle("@home", lambda posts: "drawn 3" in posts[0].text)


async def test_an_answer_to_a_modal_that_was_closed_comes_by_direct_message() -> None:
    async with House.of("socket") as house:
        core = house.answers = Core()
        hands = await house.hands()
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts)
        core.others = Outcome(say(ME, "Two rooms.", buttons=(Button("Make one", "rooms:s"),)))
        await hands.press("@home", home.id, "Rooms", wait=2)
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        core.others = Saving(done)
        assert (await hands.press("@sheet", "", "Make one")).ok

        async def saying() -> bool:
            sheet = await hands.sheet()
            return sheet is not None and sheet.text == Saving.sentence

        await until(saying)
        await hands.close()
        done.set_result(Outcome(say(ME, "Three rooms.")))
        await hands.settle("@bot", lambda posts: [post.text for post in posts] == ["Three rooms."])


async def test_what_takes_long_is_said_in_a_modal_over_the_home() -> None:
    async with House.of("socket") as house:
        core = house.answers = Core()
        hands = await house.hands()
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts and "drawn 1" in posts[0].text)
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        core.others = Saving(done)
        opened = await hands.press("@home", home.id, "Rooms", wait=2)
        assert opened.sheet is not None
        assert opened.sheet.text == Saving.sentence
        done.set_result(Outcome(say(ME, "Two rooms.")))

        async def told() -> bool:
            sheet = await hands.sheet()
            return sheet is not None and sheet.text == "Two rooms."

        await until(told)
        await hands.settle("@home", lambda posts: "drawn 2" in posts[0].text)


async def test_the_newest_drawing_of_a_person_wins() -> None:
    async with House.of("socket") as house:
        house.answers = Core()
        hands = await house.hands()
        house.world.faults.add({"method": "views.publish", "status": 429, "retry_after": 1, "count": 1})
        for _ in range(6):
            await hands.home()
        await hands.settle("@home", lambda posts: posts)
        published = [one for one in house.asked("views.publish") if one.answered == "ok"]
        assert len(published) <= 2
        # The last that was asked for is the one that stands.
        await until(lambda: len(house.of_kind(c.ShowMenu)) >= 2)
        number = len(house.of_kind(c.ShowMenu))
        await hands.settle("@home", lambda posts: f"drawn {number}" in posts[0].text)


async def test_a_crowd_waits_its_turn_and_whoever_presses_something_comes_first() -> None:
    async with House.of("socket", rates=True) as house:
        house.answers = Core()
        crowd = [house.space.user(f"guest{number}") for number in range(30)]
        people = [await house.hands(user.name) for user in crowd]
        hands = await house.hands()
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts)
        await asyncio.gather(*(one.home() for one in people))
        await hands.press("@home", home.id, "Setup")
        await hands.settle("@home", lambda posts: "Now: setup" in posts[0].text, within=2)
        assert {one.answered for one in house.asked("views.publish")} == {"ok"}
        assert len(house.asked("views.publish")) < len(crowd)


async def test_an_answer_with_buttons_in_a_direct_message_stays_there() -> None:
    async with House.of("socket") as house:
        house.answers = lambda command: Outcome(say(ME, "Here is your menu."))
        hands = await house.hands()
        place = house.place()
        welcome = say(ME, "You're in.", buttons=(Button("Menu", action("menu", "s", "stage")),))
        dm = house.space.direct(house.mira.id, house.install.bot.id)
        ref = await house.adapter.platform.post(replace(place, ref=dm.id, kind="dm"), welcome, nonce="w")
        pressed = await hands.press("@bot", ref, "Menu", wait=2)
        assert [(post.text, post.private) for post in pressed.private] == [("Here is your menu.", True)]
        house.world.faults.add({"method": "response_url", "status": 404, "count": 1})
        await hands.press("@bot", ref, "Menu")
        await hands.settle(
            "@bot", lambda posts: any(it.text == "Here is your menu." and not it.private for it in posts)
        )
        assert not house.asked("chat.postEphemeral")


async def test_what_was_not_saved_leaves_form_and_modal_as_they_are() -> None:
    async with House.of("socket") as house:
        core = house.answers = Core()
        hands = await house.hands()
        await hands.home()
        (home,) = await hands.settle("@home", lambda posts: posts)
        core.others = Outcome(FORM)
        await hands.press("@home", home.id, "Settings", wait=2)
        core.others = StorageDown("gone")
        again = await hands.fill({"Name": "Mira"}, wait=2)
        assert again.sheet is not None
        (entry,) = again.sheet.entries
        assert (entry.value, entry.error) == ("Mira", NOT_SAVED)
        await hands.close()
        core.others = Outcome(say(ME, "Two rooms.", buttons=(Button("Make one", "rooms:s"),)))
        await hands.press("@home", home.id, "Rooms", wait=2)
        core.others = StorageDown("gone")
        await hands.press("@sheet", "", "Make one")
        await hands.settle("@bot", lambda posts: [post.text for post in posts] == [NOT_SAVED])
        sheet = await hands.sheet()
        assert sheet is not None
        assert sheet.text == "Two rooms."
