"""The manifest that is pasted into Slack's settings: as Slack's schema wants it, and no more rights than are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import jsonschema
import pytest

from adapters.slack.manifest import EVENTS, HINT_LIMIT, SCOPES, SHORTCUTS, hint, manifest
from core.app.verbs import VERBS

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "specs" / "slack_manifest.v2.schema.json"
URL = "https://bot.example/slack/events"


@pytest.mark.shows("install")
@pytest.mark.parametrize("mode", ["socket", "http"])
def test_slack_takes_the_manifest(mode: Literal["socket", "http"]) -> None:
    if not SCHEMA.exists():
        pytest.skip("Slack's manifest schema is not at hand")
    schema = json.loads(SCHEMA.read_text())
    made = manifest(mode, URL)
    jsonschema.validators.validator_for(schema)(schema).validate(made)
    assert made["settings"]["socket_mode_enabled"] is (mode == "socket")
    assert (URL in json.dumps(made)) is (mode == "http")


def test_every_command_is_there_with_its_words() -> None:
    commands = {it["command"]: it for it in manifest("socket")["features"]["slash_commands"]}
    assert set(commands) == {f"/{verb.group}" for verb in VERBS}
    for verb in VERBS:
        assert verb.path[0] in commands[f"/{verb.group}"]["usage_hint"]
    assert len(manifest("socket")["display_information"]["name"]) <= 35
    assert len(manifest("socket")["display_information"]["description"]) <= 140


FULL = {"channel": "channels:read", "group": "groups:read", "member": "channels:read groups:read"}
NEEDED = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "app_home_opened": "",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "channel_shared": "channels:read groups:read",
    "channel_unshared": "channels:read groups:read",
}
"""What an event needs, by its page (reference/events); of the others by the first word of their names."""


def test_every_event_has_its_scope_and_its_reason() -> None:
    assert all(EVENTS.values())
    for event in EVENTS:
        needed = NEEDED[event] if event in NEEDED else FULL[event.partition("_")[0]]
        assert set(needed.split()) <= set(SCOPES), event
    assert {"message.channels", "message.groups", "message.im"} == {it for it in EVENTS if it.startswith("message")}


@pytest.mark.shows("install")
def test_rights_are_few_and_each_has_its_reason() -> None:
    assert all(SCOPES.values())
    words = ("admin", "files:read", "mpim", "email", "usergroups", "reactions:write", "team", "search")
    assert not {scope for scope in SCOPES if any(word in scope for word in words)}
    # Each of these has a narrower twin that does less than is done here.
    assert {"channels:manage", "groups:write"} <= set(SCOPES)
    assert not {scope for scope in SCOPES if scope.startswith(("channels:write", "groups:write."))}


def test_the_menu_has_its_tab_and_people_can_write_to_the_bot() -> None:
    tabs = manifest("socket")["features"]["app_home"]
    assert tabs == {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}


def test_messages_can_be_asked_about_and_moderated_from_their_menu() -> None:
    entries = manifest("socket")["features"]["shortcuts"]
    told = [(entry["name"], entry["type"], entry["callback_id"]) for entry in entries]
    assert told == [("Ask about this", "message", "ask"), ("Moderate…", "message", "moderate")]
    assert {entry["name"]: entry["callback_id"] for entry in entries} == SHORTCUTS
    assert all(0 < len(entry["description"]) <= 150 and len(entry["name"]) <= 24 for entry in entries)


@pytest.mark.parametrize("group", ["stage", "mod"])
def test_a_hint_is_cut_at_a_word_and_fits(group: str) -> None:
    words = hint(group).split(" | ")
    assert len(hint(group)) <= HINT_LIMIT
    assert set(words) <= {verb.path[0] for verb in VERBS}
