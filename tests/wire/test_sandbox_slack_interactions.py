"""Presses, forms, commands and menus: triggers, response_urls and what the app may answer."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from adapters.sandbox.slack import ManualClock, World
from tests.wire.test_sandbox_slack_office import BUTTONS, MODAL, Office

Json = dict[str, Any]


async def pressed(office: Office) -> Json:
    """The payload of a press, acknowledged; the trigger and the response_url are still unused."""
    app = await office.bolt()
    got: list[Json] = []

    @app.action("yes")
    async def take(ack: Any, body: Json) -> None:
        got.append(body)
        await ack()

    posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
    assert (await (await office.hands("alice")).press("general", posted["ts"], "Yes")).ok
    return got[0]


async def send(url: str, body: Json) -> tuple[int, Json]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.json()


async def test_a_press_says_who_pressed_what_and_where() -> None:
    """docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    async with Office.open() as office:
        body = await pressed(office)
        action = body["actions"][0]
        assert (action["action_id"], action["block_id"], action["value"]) == ("yes", "row", "1")
        assert body["user"]["id"] == office.alice.id
        assert body["container"] == {
            "type": "message",
            "message_ts": body["message"]["ts"],
            "channel_id": office.room.id,
            "is_ephemeral": False,
        }
        assert (body["api_app_id"], body["enterprise"]) == (office.install.app.id, None)
        assert office.world.presses[(office.room.id, body["message"]["ts"])][office.alice.id] == ["yes", "1", 1]


async def test_a_trigger_opens_one_modal_and_no_second() -> None:
    """docs.slack.dev/reference/methods/views.open: exchanged_trigger_id"""
    async with Office.open() as office:
        trigger = (await pressed(office))["trigger_id"]
        assert await office.refused("views.open", trigger_id=trigger, view=MODAL) == "ok"
        assert await office.refused("views.open", trigger_id=trigger, view=MODAL) == "exchanged_trigger_id"
        assert await office.refused("views.open", trigger_id="1.2.abc", view=MODAL) == "invalid_trigger_id"


async def test_a_trigger_lives_three_seconds() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction: expired_trigger_id"""
    clock = ManualClock()
    async with Office.open(World(clock=clock)) as office:
        trigger = (await pressed(office))["trigger_id"]
        await clock.advance(3.1)
        assert await office.refused("views.open", trigger_id=trigger, view=MODAL) == "expired_trigger_id"


async def test_a_response_url_works_five_times() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction: up to 5 times within 30 minutes"""
    async with Office.open() as office:
        url = (await pressed(office))["response_url"]
        for number in range(5):
            assert (await send(url, {"text": str(number)}))[0] == 200
        assert await send(url, {"text": "6"}) == (404, {"ok": False, "error": "used_url"})
        seen = await (await office.hands("alice")).look("general")
        assert [one.text for one in seen if one.private] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_works_for_thirty_minutes() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction"""
    clock = ManualClock()
    async with Office.open(World(clock=clock)) as office:
        url = (await pressed(office))["response_url"]
        await clock.advance(30 * 60 - 1)
        assert (await send(url, {"text": "in time"}))[0] == 200
        await clock.advance(2)
        assert (await send(url, {"text": "late"}))[1]["error"] == "expired_url"


async def test_a_response_url_replaces_deletes_and_speaks_in_the_channel() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction: replace_original, delete_original, response_type"""
    async with Office.open() as office:
        body = await pressed(office)
        url = body["response_url"]
        bob = await office.hands("bob")
        await send(url, {"text": "for all", "response_type": "in_channel"})
        await send(url, {"text": "Changed", "replace_original": True})
        assert [one.text for one in await bob.look("general")] == ["Changed", "for all"]
        await send(url, {"delete_original": True})
        assert [one.text for one in await bob.look("general")] == ["for all"]


async def test_a_response_url_refuses_what_slack_would_refuse() -> None:
    """docs.slack.dev/reference/block-kit"""
    async with Office.open() as office:
        url = (await pressed(office))["response_url"]
        status, body = await send(url, {"text": "x", "blocks": [{"type": "confetti"}]})
        assert (status, body["error"]) == (400, "invalid_blocks")
        await send(url, {"text": "x", "colour": "red"})
        assert office.world.violations["response_url: unknown argument: colour"] == 1


async def test_an_ephemeral_source_is_replaced_by_its_own_response_url() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction: the only way to change an ephemeral message"""
    async with Office.open() as office:
        app = await office.bolt()
        bodies: list[Json] = []

        @app.action("yes")
        async def take(ack: Any, body: Json, respond: Any) -> None:
            bodies.append(body)
            await ack()
            await respond(text="Noted", replace_original=True)

        await office.web.chat_postEphemeral(channel=office.room.id, user=office.alice.id, text="?", blocks=BUTTONS)
        alice = await office.hands("alice")
        post = (await alice.look("general"))[0]
        await alice.press("general", post.id, "Yes")
        await alice.settle("general", lambda posts: [one.text for one in posts] == ["Noted"])
        assert bodies[0]["container"]["is_ephemeral"]
        assert "message" not in bodies[0]
        with pytest.raises(LookupError):
            await (await office.hands("bob")).press("general", post.id, "Yes")


async def test_a_command_answers_privately_and_does_not_run_in_threads() -> None:
    """docs.slack.dev/interactivity/implementing-slash-commands"""
    async with Office.open() as office:
        app = await office.bolt()

        @app.command("/stage")
        async def stage(ack: Any, command: Json) -> None:
            await ack(f"You said {command['text']}")

        alice = await office.hands("alice")
        root = await alice.write("general", "root")
        answer = await alice.command("general", "/stage hello")
        assert [(one.text, one.private) for one in answer.private] == [("You said hello", True)]
        refused = await alice.command("general", "/stage hello", thread=root)
        assert (refused.ok, refused.error) == (False, "/stage is not supported in threads. Sorry!")
        assert (await alice.command("general", "/nothing")).error == "/nothing is not a valid command."


async def test_a_menu_entry_of_a_message_sends_the_message_along() -> None:
    """docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""
    async with Office.open() as office:
        app = await office.bolt()
        got: list[Json] = []

        @app.shortcut("ask_about")
        async def about(ack: Any, body: Json) -> None:
            got.append(body)
            await ack()

        alice, bob = await office.hands("alice"), await office.hands("bob")
        ts = await alice.write("general", "what is this?")
        assert (await bob.shortcut("general", ts, "Ask about this")).ok
        assert (got[0]["type"], got[0]["message"]["text"]) == ("message_action", "what is this?")


async def test_a_select_sends_the_chosen_option_and_the_state() -> None:
    """docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""
    async with Office.open() as office:
        app = await office.bolt()
        got: list[Json] = []

        @app.action("pick")
        async def pick(ack: Any, body: Json) -> None:
            got.append(body)
            await ack()

        choices = [{"text": {"type": "plain_text", "text": one}, "value": one.lower()} for one in ("Red", "Blue")]
        select = {
            "type": "static_select",
            "action_id": "pick",
            "placeholder": {"type": "plain_text", "text": "Colour"},
            "options": choices,
        }
        blocks = [{"type": "actions", "block_id": "row", "elements": [select]}]
        posted = await office.web.chat_postMessage(channel=office.room.id, text="?", blocks=blocks)
        alice = await office.hands("alice")
        assert (await alice.choose("general", posted["ts"], "Colour", ["Blue"])).ok
        assert got[0]["actions"][0]["selected_option"]["value"] == "blue"
        assert got[0]["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "blue"
        with pytest.raises(LookupError, match="no option"):
            await alice.choose("general", posted["ts"], "Colour", ["Green"])


async def test_inputs_in_a_message_travel_with_the_next_press() -> None:
    """docs.slack.dev/reference/block-kit/blocks/input-block: available in messages; dispatch_action off by default"""
    async with Office.open() as office:
        app = await office.bolt()
        got: list[Json] = []

        @app.action("yes")
        async def yes(ack: Any, body: Json) -> None:
            got.append(body)
            await ack()

        blocks: list[Any] = [*MODAL["blocks"], *BUTTONS]
        await office.web.chat_postEphemeral(channel=office.room.id, user=office.alice.id, text="?", blocks=blocks)
        alice = await office.hands("alice")
        post = (await alice.look("general"))[0]
        await alice.enter("general", post.id, {"Question": "Why?"})
        assert not got
        await alice.press("general", post.id, "Yes")
        assert got[0]["state"]["values"]["question"]["text"]["value"] == "Why?"


async def test_the_app_home_is_one_persons_own() -> None:
    """docs.slack.dev/surfaces/app-home and docs.slack.dev/reference/methods/views.publish"""
    async with Office.open() as office:
        app = await office.bolt()

        @app.event("app_home_opened")
        async def opened(event: Json, client: Any) -> None:
            words = {"type": "section", "text": {"type": "mrkdwn", "text": "*Welcome*"}}
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [words, *BUTTONS]})

        @app.action("yes")
        async def yes(ack: Any, body: Json) -> None:
            assert body["container"]["type"] == "view"
            await ack()

        alice = await office.hands("alice")
        await alice.home()
        home = await alice.settle("@home", lambda posts: posts)
        assert home[0].text == "Welcome"
        assert (await alice.press("@home", home[0].id, "Yes")).ok
        assert not await (await office.hands("bob")).look("@home")
