"""A field for a person: the platform's own menu, and account and name of whom it gives."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.discord import forms as discord_forms
from adapters.discord import parse as discord
from adapters.slack import forms as slack_forms
from adapters.slack import parse as slack
from adapters.slack.directory import profile_of
from adapters.slack.identity import Install
from core.app.commands import Appoint
from core.domain.form import Field, Form
from core.domain.ids import Instant
from tests.render.limits_discord import broken_modal
from tests.render.limits_slack import broken_view

NOW = Instant(1_790_000_000_000_000)
INSTALL = Install("T0ACME0001", "Acme")
FORM = Form("Add to the team", "teamed:s", "Add", (Field("person", "Person", "person"),), again="addteam:s")


def picked(account: str) -> Form:
    return FORM.filled({"person": (account, "Mira")}, {"person": "Not this one."})


def test_discord_asks_with_its_menu_and_remembers_whom_it_gave() -> None:
    assert broken_modal(discord_forms.modal(FORM)) == []
    made = discord_forms.modal(picked("discord:42"))
    assert broken_modal(made) == []
    (label,) = made["components"]
    assert label["description"] == "Not this one."
    menu = label["component"]
    assert (menu["type"], menu["custom_id"], menu["required"]) == (5, "person", True)
    assert menu["default_values"] == [{"id": "42", "type": "user"}]


def discord_submission(user: dict[str, Any], member: dict[str, Any]) -> dict[str, Any]:
    menu = {"type": 5, "id": 2, "custom_id": "person", "values": ["42"]}
    return {
        "id": "1290000000000000001",
        "type": 5,
        "guild_id": "7",
        "channel_id": "8",
        "member": {"user": {"id": "1", "username": "bo"}, "permissions": "32"},
        "data": {
            "custom_id": "teamed:s",
            "components": [{"type": 18, "id": 1, "component": menu}],
            "resolved": {"users": {"42": {"id": "42", "username": "mira", **user}}, "members": {"42": member}},
        },
    }


@pytest.mark.parametrize(
    ("user", "member", "values"),
    [
        ({}, {}, ("discord:42", "mira")),
        ({"global_name": "Mira K."}, {}, ("discord:42", "Mira K.")),
        ({"global_name": "Mira K."}, {"nick": "Mimi"}, ("discord:42", "Mimi")),
        ({"bot": True}, {}, ()),
    ],
)
def test_discord_gives_account_and_name_of_a_human_being(user, member, values) -> None:
    command = discord.interaction(discord_submission(user, member), NOW)
    assert isinstance(command, Appoint)
    assert command.values == {"person": values}


def test_slack_asks_with_its_menu_and_remembers_whom_it_gave() -> None:
    assert broken_view(slack_forms.form_view(FORM, "C1")) == []
    view = slack_forms.form_view(picked("slack:T0ACME0001:U0MIRA0001"), "C1")
    assert broken_view(view) == []
    (element,) = [block["element"] for block in view["blocks"] if block["type"] == "input"]
    assert (element["type"], element["initial_user"]) == ("users_select", "U0MIRA0001")


def state(block: str) -> dict[str, Any]:
    return {"values": {block: {"value": {"type": "users_select", "selected_user": "U0MIRA0001"}}}}


def test_slack_gives_the_id_whether_the_form_is_a_modal_or_a_message() -> None:
    user = {"id": "U0ANA00001", "team_id": "T0ACME0001"}
    view = slack_forms.form_view(FORM, "C1") | {"id": "V1", "state": state("person")}
    sent = slack.submission({"user": user, "view": view, "trigger_id": "1.2.3"}, INSTALL, NOW)
    press = {"action_id": slack_forms.SEND, "value": "teamed:s", "type": "button", "action_ts": "1790000000.000100"}
    message = {"user": user, "actions": [press], "state": state("person#ab12"), "trigger_id": "1.2.4"}
    pressed = slack.press(message, INSTALL, NOW)
    for asked in (sent, pressed):
        assert asked is not None
        assert isinstance(asked.command, Appoint)
        assert asked.people == {"person": "U0MIRA0001"}


def test_slack_tells_who_is_a_bot_and_where_somebody_is_at_home() -> None:
    assert profile_of({"id": "U1", "is_bot": True}).bot
    assert profile_of({"id": "USLACKBOT", "is_bot": False}).bot
    human = profile_of({"id": "U1", "is_bot": False, "team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}})
    assert (human.bot, human.team, human.enterprise) == (False, "T2", "E1")
