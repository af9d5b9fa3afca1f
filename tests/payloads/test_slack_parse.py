"""Presses, forms and commands as Slack sends them, and what is asked by each."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import parse
from adapters.slack.identity import Install, install_of, user_of
from core.app import commands as c
from core.domain.ids import SECOND, AccountId, Instant

FOLDER = Path(__file__).parent / "slack"
INSTALL = Install("T0ACME0001", "Acme", "", "U0BOT00001", "B0BOT00001")
NOW = Instant(1_790_000_500 * SECOND)
MIRA = AccountId("slack:T0ACME0001:U0MIRA0001")


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def test_a_pressed_button_is_a_ballot_at_the_time_of_the_press() -> None:
    asked = parse.press(payload("press_button"), INSTALL, NOW)
    assert asked is not None
    command = asked.command
    assert isinstance(command, c.CastBallot)
    assert (command.interaction, command.picked) == ("01jpoll000000000", ("1",))
    assert (command.at, command.at_source) == (1_790_000_100_123_456, "event")
    assert command.delivery == "trigger:T0ACME0001:12466734323.1395872398.0ab2"
    assert command.actor.account == MIRA
    assert (command.actor.venue, command.actor.venue_name, command.actor.fleeting) == ("slack:T0ACME0001", "Acme", True)
    assert (command.room, asked.room, asked.private) == ("C0STAGE001", "C0STAGE001", False)
    assert asked.response_url.endswith("/abc")


def test_a_press_from_a_clock_ahead_of_ours_is_not_later_than_its_arrival() -> None:
    early = Instant(1_790_000_000 * SECOND)
    asked = parse.press(payload("press_button"), INSTALL, early)
    assert asked is not None
    assert asked.command.at == early


@pytest.mark.parametrize(("name", "picked"), [("press_menu", ("0",)), ("press_menu_for_several", ("0", "2"))])
def test_what_was_picked_in_a_menu_is_the_ballot(name: str, picked: tuple[str, ...]) -> None:
    asked = parse.press(payload(name), INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.CastBallot)
    assert asked.command.picked == picked


def test_a_press_in_a_private_message_is_known_as_one() -> None:
    asked = parse.press(payload("press_in_ephemeral"), INSTALL, NOW)
    assert asked is not None
    assert asked.private
    assert isinstance(asked.command, c.UseRoom)
    assert (asked.command.session, asked.command.kind) == ("01jsession000000", "stage")


def test_a_button_that_opens_an_address_asks_for_nothing() -> None:
    assert parse.press(payload("press_link"), INSTALL, NOW) is None


def test_the_second_button_with_one_meaning_means_the_same() -> None:
    body = payload("press_button")
    body["actions"][0]["action_id"] += "#2"
    asked = parse.press(body, INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.CastBallot)
    assert asked.command.picked == ("1",)


def test_a_button_from_another_time_is_explained() -> None:
    body = payload("press_button")
    body["actions"][0]["action_id"] = "dance:1"
    asked = parse.press(body, INSTALL, NOW)
    assert asked is not None
    assert isinstance(asked.command, c.Explain)


def test_a_guest_of_a_connected_workspace_keeps_that_home() -> None:
    asked = parse.press(payload("press_by_connected_workspace"), INSTALL, NOW)
    assert asked is not None
    assert asked.command.actor.account == "slack:T0OTHER001:U0FAR00001"
    assert asked.command.actor.venue == "slack:T0ACME0001"


def test_an_organisation_is_the_home_of_its_people_however_they_come() -> None:
    grid = Install("T0ACME0001", "Acme", "E0ACME0001")
    press, form, slash = payload("press_button"), payload("submission"), payload("slash")
    slash["enterprise_id"] = "E0ACME0001"
    asked = (parse.press(press, grid, NOW), parse.submission(form, grid, NOW), parse.slash(slash, grid, NOW))
    assert {one.command.actor.account for one in asked if one} == {"slack:E0ACME0001:U0MIRA0001"}


def test_a_sent_form_gives_what_was_typed_and_picked() -> None:
    signed = Instant(1_790_000_400 * SECOND)
    asked = parse.submission(payload("submission"), INSTALL, NOW, signed)
    assert asked is not None
    command = asked.command
    assert isinstance(command, c.Join)
    assert (command.session, command.consent) == ("01jsession000000", "0123456789ab")
    assert command.values == {"name": ("Mira K.",), "settings": ("toasts",)}
    assert (command.at, command.at_source, command.room) == (signed, "signed", "C0STAGE001")
    assert (asked.title, asked.response_url) == (
        "Join session",
        "https://hooks.slack.example/commands/T0ACME0001/1/abc",
    )


def test_a_form_without_a_trigger_is_one_delivery_for_one_typing() -> None:
    body = payload("submission")
    del body["trigger_id"]
    other = copy.deepcopy(body)
    other["view"]["state"]["values"]["name"]["value"]["value"] = "Mira"
    keys = [parse.submission(one, INSTALL, NOW) for one in (body, copy.deepcopy(body), other)]
    first, again, changed = (one.command.delivery for one in keys if one)
    assert first == again != changed


def test_a_command_is_read_by_the_table_of_the_core() -> None:
    asked = parse.slash(payload("slash"), INSTALL, NOW)
    assert asked is not None
    command = asked.command
    assert isinstance(command, c.OpenInteractionForm)
    assert (command.kind, command.given) == ("poll", {"question": "Tea & milk, or <none>?"})
    assert (command.at, command.at_source) == (NOW, "arrival")
    assert command.actor.account == MIRA


def test_a_timestamp_is_read_exactly() -> None:
    assert parse.instant_of("1790000100.000001") == 1_790_000_100_000_001
    assert parse.instant_of("1790000100") == 1_790_000_100 * SECOND
    assert parse.timestamp(Instant(1_790_000_100_000_001)) == "1790000100.000001"
    assert [parse.instant_of(one) for one in ("", "1.2.3", "x", None, "-1.0", "٣.0", "1.0000001")] == [None] * 7


def test_who_we_are_is_read_from_auth_test() -> None:
    told = {
        "ok": True,
        "team_id": "T1",
        "team": "Acme",
        "user_id": "U1",
        "bot_id": "B1",
        "is_enterprise_install": False,
    }
    assert install_of(told) == Install("T1", "Acme", "", "U1", "B1")
    assert install_of({**told, "enterprise_id": "E1"}).home == "E1"
    assert user_of(AccountId("slack:T1:U2")) == "U2"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """A true payload in which some values were replaced by anything."""
    body = payload(draw(st.sampled_from(sorted(path.stem for path in FOLDER.glob("*.json")))))
    for _ in range(draw(st.integers(1, 3))):
        node: Any = body
        while isinstance(node, (dict, list)) and node:
            where: Any = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if draw(st.booleans()) or not isinstance(node[where], (dict, list)):
                node[where] = draw(anything)
                break
            node = node[where]
    return body


@given(spoiled())
def test_no_payload_of_any_shape_raises(body: dict[str, Any]) -> None:
    parse.press(body, INSTALL, NOW)
    parse.submission(body, INSTALL, NOW)
    parse.slash(body, INSTALL, NOW)


def test_a_form_in_a_message_is_sent_like_a_modal() -> None:
    action = {"type": "button", "action_id": "send", "value": "made:poll:s1", "action_ts": "1790000001.000100"}
    nothing: dict[str, Any] = {"values": {}}
    state = {"values": {"question#0a1b": {"value": {"type": "plain_text_input", "value": "Tea?"}}}}
    body = {
        "type": "block_actions",
        "user": {"id": "U1", "name": "mira"},
        "trigger_id": "1.2.x",
        "container": {"type": "message", "message_ts": "1790000000.000100", "channel_id": "C1", "is_ephemeral": True},
        "actions": [action],
    }
    now = Instant(1_790_000_002 * SECOND)
    first, other = (parse.press({**body, "state": one}, Install("T1"), now) for one in (state, nothing))
    again = parse.press({**body, "state": state, "trigger_id": "3.4.y"}, Install("T1"), now)
    assert first is not None
    assert other is not None
    assert again is not None
    assert isinstance(first.command, c.SubmitInteraction)
    assert (first.command.kind, first.command.session, first.command.values) == ("poll", "s1", {"question": ("Tea?",)})
    assert first.sent
    assert first.private
    assert first.command.delivery == again.command.delivery != other.command.delivery
