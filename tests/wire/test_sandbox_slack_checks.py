"""Slack's limits and shapes: at the limit taken, one over it refused in Slack's words and written down."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.sandbox.slack.blocks import check_blocks, check_view
from tests.wire.test_sandbox_slack_office import BUTTONS, MODAL, Office

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def option(text: str = "One", value: str = "1") -> Json:
    return {"text": plain(text), "value": value}


def options(count: int) -> list[Json]:
    return [option(f"Option {n}", str(n)) for n in range(count)]


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


LIMITS = {
    "50 blocks": (lambda n: [{"type": "divider"}] * n, 50),
    "section text": (lambda n: [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * n}}], 3000),
    "section fields": (lambda n: [{"type": "section", "fields": [plain("x")] * n}], 10),
    "field text": (lambda n: [{"type": "section", "fields": [plain("x" * n)]}], 2000),
    "header": (lambda n: [{"type": "header", "text": plain("x" * n)}], 150),
    "buttons in a row": (lambda n: [actions(*(button(action_id=str(m)) for m in range(n)))], 25),
    "context elements": (lambda n: [{"type": "context", "elements": [plain("x")] * n}], 10),
    "button text": (lambda n: [actions(button(text=plain("x" * n)))], 75),
    "button value": (lambda n: [actions(button(value="x" * n))], 2000),
    "button label for readers": (lambda n: [actions(button(accessibility_label="x" * n))], 75),
    "action_id": (lambda n: [actions(button(action_id="x" * n))], 255),
    "block_id": (lambda n: [{"type": "divider", "block_id": "x" * n}], 255),
    "select options": (lambda n: [actions({"type": "static_select", "options": options(n)})], 100),
    "overflow options": (lambda n: [actions({"type": "overflow", "options": options(n)})], 5),
    "radio buttons": (lambda n: [actions({"type": "radio_buttons", "options": options(n)})], 10),
    "checkboxes": (lambda n: [actions({"type": "checkboxes", "options": options(n)})], 10),
    "option text": (lambda n: [actions({"type": "overflow", "options": [option("x" * n)]})], 75),
    "option value": (lambda n: [actions({"type": "overflow", "options": [option(value="x" * n)]})], 150),
    "placeholder": (
        lambda n: [actions({"type": "static_select", "options": options(1), "placeholder": plain("x" * n)})],
        150,
    ),
    "confirm title": (
        lambda n: [
            actions(
                button(confirm={"title": plain("x" * n), "text": plain("t"), "confirm": plain("y"), "deny": plain("n")})
            )
        ],
        100,
    ),
    "markdown": (lambda n: [{"type": "markdown", "text": "x" * n}], 12_000),
    "table rows": (lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * n}], 100),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_is_taken_and_one_more_is_refused(name: str) -> None:
    """docs.slack.dev/reference/block-kit"""
    make, limit = LIMITS[name]
    assert check_blocks(make(limit)) == []
    assert check_blocks(make(limit + 1))


def modal(**more: Any) -> Json:
    return {**MODAL, **more}


VIEW_LIMITS = {
    "title": lambda n: modal(title=plain("x" * n)),
    "submit": lambda n: modal(submit=plain("x" * n)),
    "close": lambda n: modal(close=plain("x" * n)),
}


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_the_words_of_a_modal_have_24_characters(name: str) -> None:
    """docs.slack.dev/reference/views/modal-views"""
    assert check_view(VIEW_LIMITS[name](24)) == []
    assert check_view(VIEW_LIMITS[name](25))


def test_a_modal_has_100_blocks_and_3000_characters_of_metadata() -> None:
    """docs.slack.dev/reference/views/modal-views"""
    assert check_view(modal(blocks=[{"type": "divider"}] * 100)) == []
    assert check_view(modal(blocks=[{"type": "divider"}] * 101))
    assert check_view(modal(private_metadata="x" * 3000)) == []
    assert check_view(modal(private_metadata="x" * 3001))


def test_inputs_need_a_submit_button() -> None:
    """docs.slack.dev/reference/views/modal-views: submit is required with an input block."""
    assert check_view({name: one for name, one in MODAL.items() if name != "submit"})


def test_an_unknown_key_is_refused() -> None:
    """docs.slack.dev/reference/block-kit: additional properties are invalid."""
    assert check_blocks([{"type": "divider", "colour": "red"}]) == [
        "invalid additional property: colour [json-pointer:/blocks/0]"
    ]


def test_an_unknown_type_is_refused() -> None:
    """docs.slack.dev/reference/block-kit/blocks"""
    assert check_blocks([{"type": "confetti"}]) == ["unsupported type: confetti [json-pointer:/blocks/0/type]"]


def test_a_section_says_something() -> None:
    """docs.slack.dev/reference/block-kit/blocks/section-block"""
    assert check_blocks([{"type": "section"}]) == ["must define either `text` or `fields` [json-pointer:/blocks/0]"]


def test_the_same_action_id_twice_in_one_block_is_refused() -> None:
    """docs.slack.dev/reference/block-kit/block-elements/button-element"""
    assert check_blocks([actions(button(), button())])
    assert check_blocks([actions(button()), actions(button())]) == []


async def test_a_duplicate_block_id_is_refused_over_the_wire() -> None:
    """docs.slack.dev/reference/block-kit/blocks: block_id is unique in a message."""
    async with Office.open() as office:
        refused = await office.refused(
            "chat.postMessage", channel=office.room.id, text="x", blocks=[BUTTONS[0], BUTTONS[0]]
        )
        assert refused == "invalid_blocks"
        assert office.world.requests[-1].violations == (
            "block_id `row` already exists [json-pointer:/blocks/1/block_id]",
        )


async def test_too_long_blocks_are_refused_with_slacks_reason() -> None:
    """docs.slack.dev/reference/methods/chat.postMessage: invalid_blocks"""
    async with Office.open() as office:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
        response = await office.web.api_call("api.test", json={"error": ""})
        assert response["ok"]
        refused = await office.refused("chat.postMessage", channel=office.room.id, text="x", blocks=blocks)
        assert refused == "invalid_blocks"
        assert "must be less than 3001 characters [json-pointer:/blocks/0/text/text]" in "".join(
            office.world.requests[-1].violations
        )


async def test_an_unknown_argument_is_ignored_but_written_down() -> None:
    """docs.slack.dev/reference/methods/chat.postMessage: the table of arguments"""
    async with Office.open() as office:
        assert await office.refused("chat.postMessage", channel=office.room.id, text="x", colour="red") == "ok"
        assert office.world.requests[-1].violations == ("unknown argument: colour",)


async def test_unknown_methods_wrong_tokens_and_missing_scopes_are_refused() -> None:
    """docs.slack.dev/apis/web-api: errors that every method may answer."""
    async with Office.open(scopes=["chat:write"]) as office:
        assert await office.refused("chat.shout", text="x") == "unknown_method"
        try:
            await office.web.conversations_info(channel=office.room.id)
        except Exception as error:
            response = error.response  # type: ignore[attr-defined]
            assert (response["error"], response["needed"]) == ("missing_scope", "channels:read")
            assert response["provided"] == "chat:write"
        office.web.token = "xoxb-wrong"
        assert await office.refused("auth.test") == "invalid_auth"
        office.web.token = None
        assert await office.refused("auth.test") == "not_authed"
