"""From what somebody types to what is suggested: always an answer, never more than Discord takes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import commands, parse, suggesting
from adapters.discord.reading import Unnamed
from core.app.suggest import Ask
from core.app.verbs import VERBS
from core.domain.ids import Instant
from core.domain.people import Actor
from core.domain.view import Option

NOW = Instant(1_900_000_000_000_000)


def payload(*options: dict[str, Any], kind: int = 0) -> dict[str, Any]:
    extend = {"type": 1, "name": "extend", "options": list(options)}
    return {
        "id": "1290000000000000001",
        "token": "t",
        "application_id": "1110000000000000001",
        "type": 4,
        "guild_id": "1130000000000000001",
        "channel_id": "1140000000000000001",
        "channel": {"id": "1140000000000000001", "type": kind},
        "member": {"user": {"id": "1120000000000000001", "username": "mira"}, "permissions": "0"},
        "data": {"name": "mod", "type": 1, "options": [{"type": 2, "name": "session", "options": [extend]}]},
    }


TYPED = {"type": 3, "name": "length", "value": "1", "focused": True}


def test_what_is_typed_is_asked_for_whom_it_is_typed_by() -> None:
    ask = suggesting.asked(payload(TYPED), NOW, Unnamed())
    assert ask is not None
    assert (ask.group, ask.path, ask.argument, ask.typed) == ("mod", ("session", "extend"), "length", "1")
    assert (ask.actor.account, ask.actor.venue) == ("discord:1120000000000000001", "discord:1130000000000000001")
    assert ask.room == "1140000000000000001"
    assert parse.interaction(payload(TYPED), NOW) is None, "a look is no act"


def test_without_an_option_there_is_nothing_to_ask() -> None:
    assert suggesting.asked(payload(), NOW, Unnamed()) is None
    assert suggesting.asked(payload({**TYPED, "focused": False}), NOW, Unnamed()) is None
    assert suggesting.asked({"type": 4}, NOW, Unnamed()) is None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists, max_leaves=5))
def test_whatever_arrives_raises_nothing(odd: Any) -> None:
    suggesting.asked({**payload(TYPED), "data": odd}, NOW, Unnamed())
    suggesting.asked(payload({**TYPED, "value": odd}), NOW, Unnamed())
    suggesting.asked({"type": 4, "data": {"options": odd}}, NOW, Unnamed())


def asking() -> Ask:
    ask = suggesting.asked(payload(TYPED), NOW, Unnamed())
    assert ask is not None
    return ask


@pytest.mark.parametrize("trouble", ["slow", "broken"])
async def test_trouble_is_an_empty_answer_in_time(trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggesting, "PATIENCE", 0.05)

    async def suggest(ask: Ask) -> tuple[Option, ...]:
        if trouble == "broken":
            raise RuntimeError("the storage is down")
        await asyncio.sleep(60)
        return ()

    async with asyncio.timeout(2):
        assert await suggesting.suggested(asking(), suggest) == {"type": 8, "data": {"choices": []}}


async def test_nothing_asked_is_answered_too() -> None:
    async def suggest(ask: Ask) -> tuple[Option, ...]:
        raise AssertionError

    assert await suggesting.suggested(None, suggest) == {"type": 8, "data": {"choices": []}}


@given(st.lists(st.builds(Option, st.text(max_size=300), st.text(max_size=150)), max_size=40))
def test_choices_keep_to_discords_limits(found: list[Option]) -> None:
    made = suggesting.choices(found)
    assert len(made) <= 25
    for choice in made:
        assert 1 <= len(choice["name"]) <= 100
        assert choice["name"].strip()
        assert 1 <= len(choice["value"]) <= 100


def test_options_with_choices_are_never_completed() -> None:
    def every(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [it for one in options for it in (one, *every(one.get("options", [])))]

    completed = {it["name"] for it in every(commands.wanted()) if it.get("autocomplete")}
    assert completed == {it.name for verb in VERBS for it in verb.arguments if it.examples or it.lines}
    assert not [it for it in every(commands.wanted()) if it.get("autocomplete") and "choices" in it]
    plain = [{**it, "options": []} for it in commands.wanted()]
    assert not commands.same(plain, commands.wanted())


def test_a_bot_that_registered_before_registers_anew() -> None:
    before = commands.wanted()
    mod = next(it for it in before if it["name"] == "mod")
    session = next(it for it in mod["options"] if it["name"] == "session")
    extend = next(it for it in session["options"] if it["name"] == "extend")
    extend["options"] = [{key: value for key, value in it.items() if key != "autocomplete"} for it in extend["options"]]
    assert not commands.same(before, commands.wanted())


@pytest.mark.parametrize(("kind", "here"), [(0, False), (2, True), (13, True), (11, False)])
def test_a_voice_or_stage_channel_is_told_as_one(kind: int, here: bool) -> None:
    actor = parse.envelope(payload(TYPED, kind=kind), NOW, Unnamed()).actor
    assert ("voice here" in actor.can) is here
    assert actor.can >= {"mentions", "threads", "voice"}
    assert isinstance(actor, Actor)
