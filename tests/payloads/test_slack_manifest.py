"""The manifest that is pasted into Slack's settings: as Slack's schema wants it, and no more rights than are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import jsonschema
import pytest

from adapters.slack.manifest import EVENTS, SCOPES, manifest
from core.app.verbs import VERBS

SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "specs" / "slack_manifest.v2.schema.json"
URL = "https://bot.example/slack/events"


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


def test_rights_are_few_and_each_has_its_reason() -> None:
    assert all(SCOPES.values())
    assert not {scope for scope in SCOPES if "admin" in scope or "files" in scope or scope.startswith("im:history")}
    assert set(EVENTS) == {"message.channels", "message.groups"}
