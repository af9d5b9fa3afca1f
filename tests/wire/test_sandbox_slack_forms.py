"""Modals: filled in, refused, stacked, closed and updated by Slack's rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wire.test_sandbox_slack_interactions import pressed
from tests.wire.test_sandbox_slack_office import BUTTONS, MODAL, Office

Json = dict[str, Any]


async def form(office: Office) -> Any:
    """A bolt app whose Yes button opens the question form."""
    app = await office.bolt()

    @app.action("yes")
    async def take(ack: Any, body: Json, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    return app


async def test_a_form_keeps_what_was_typed_when_the_app_refuses_it() -> None:
    """docs.slack.dev/surfaces/modals: response_action errors"""
    async with Office.open() as office:
        app = await form(office)

        @app.view("ask")
        async def submitted(ack: Any, view: Json) -> None:
            text = view["state"]["values"]["question"]["text"]["value"]
            if text == "rude":
                await ack(response_action="errors", errors={"question": "Kinder, please."})
            else:
                await ack()

        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice = await office.hands("alice")
        opened = await alice.press("general", posted["ts"], "Yes")
        assert opened.sheet is not None
        assert [(one.label, one.kind, one.required) for one in opened.sheet.entries] == [("Question", "text", True)]
        refused = await alice.fill({"Question": "rude"})
        assert refused.ok
        assert refused.sheet is not None
        assert (refused.sheet.entries[0].value, refused.sheet.entries[0].error) == ("rude", "Kinder, please.")
        done = await alice.fill({"Question": "How are you?"})
        assert done.ok
        assert await alice.sheet() is None


async def test_the_app_of_slack_itself_refuses_an_empty_required_field() -> None:
    """docs.slack.dev/reference/block-kit/blocks/input-block: optional defaults to false"""
    async with Office.open() as office:
        await form(office)
        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice = await office.hands("alice")
        await alice.press("general", posted["ts"], "Yes")
        answer = await alice.fill({})
        assert (answer.ok, answer.error) == (False, "not_sent")
        assert not office.world.counts[("answer:view_submission", "ok")]


async def test_views_stack_three_high() -> None:
    """docs.slack.dev/surfaces/modals: push_limit_reached"""
    async with Office.open() as office:
        app = await form(office)

        @app.view("ask")
        async def submitted(ack: Any) -> None:
            await ack(response_action="push", view=MODAL)

        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice = await office.hands("alice")
        await alice.press("general", posted["ts"], "Yes")
        assert (await alice.fill({"Question": "1"})).ok
        assert (await alice.fill({"Question": "2"})).ok
        assert (await alice.fill({"Question": "3"})).error == "push_limit_reached"


async def test_closing_is_told_only_when_it_was_asked_for() -> None:
    """docs.slack.dev/reference/views/modal-views: notify_on_close"""
    async with Office.open() as office:
        app = await office.bolt()
        closed: list[str] = []

        @app.action("yes")
        async def yes(ack: Any, body: Json, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view={**MODAL, "notify_on_close": True})
            await ack()

        @app.view_closed("ask")
        async def gone(ack: Any, view: Json) -> None:
            closed.append(view["id"])
            await ack()

        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice = await office.hands("alice")
        await alice.press("general", posted["ts"], "Yes")
        await alice.close()
        assert len(closed) == 1


async def test_a_view_is_not_updated_with_an_old_hash() -> None:
    """docs.slack.dev/reference/methods/views.update: hash_conflict"""
    async with Office.open() as office:
        trigger = (await pressed(office))["trigger_id"]
        view = (await office.web.views_open(trigger_id=trigger, view=MODAL))["view"]
        assert await office.refused("views.update", view_id=view["id"], hash=view["hash"], view=MODAL) == "ok"
        assert (
            await office.refused("views.update", view_id=view["id"], hash=view["hash"], view=MODAL) == "hash_conflict"
        )
        assert await office.refused("views.update", view_id="V0", view=MODAL) == "not_found"


@pytest.mark.parametrize("asked", [True, False])
async def test_a_pick_is_told_at_once_only_where_its_block_asks_for_it(asked: bool) -> None:
    """docs.slack.dev/reference/block-kit/blocks/input-block: dispatch_action"""
    options = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("Tea", "Coffee")]
    label = {"type": "plain_text", "text": "Drink"}
    element = {"type": "radio_buttons", "action_id": "drink", "options": options}
    block = {"type": "input", "block_id": "drink", "label": label, "element": element}
    view = {**MODAL, "blocks": [*MODAL["blocks"], {**block, "dispatch_action": asked}]}
    told: list[Json] = []
    async with Office.open() as office:
        app = await office.bolt()

        @app.action("yes")
        async def take(ack: Any, body: Json, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack()

        @app.action("drink")
        async def picked(ack: Any, body: Json) -> None:
            told.append(body["view"]["state"]["values"])
            await ack()

        @app.view("ask")
        async def submitted(ack: Any) -> None:
            await ack()

        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice = await office.hands("alice")
        await alice.press("general", posted["ts"], "Yes")
        assert (await alice.fill({"Question": "How are you?", "Drink": ["Tea"]})).ok
    if not asked:
        assert told == []
        return
    (state,) = told
    assert state["question"]["text"]["value"] == "How are you?"
    assert state["drink"]["drink"]["selected_option"]["value"] == "Tea"
