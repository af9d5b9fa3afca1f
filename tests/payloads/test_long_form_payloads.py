"""Forms of several pages as Discord and Slack take them, and what comes back of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from adapters.discord import answers
from adapters.discord import forms as discord_forms
from adapters.discord import parse as discord_parse
from adapters.slack import forms as slack_forms
from adapters.slack import parse as slack_parse
from adapters.slack.identity import Install
from core.app import commands as c
from core.app.outcome import Outcome
from core.domain.form import Field, FieldKind, Form, Pick
from core.domain.ids import Instant, PersonId
from core.domain.view import OnlyPerson, say
from tests.render.limits_discord import broken_modal
from tests.render.limits_slack import broken, broken_view

NOW = Instant(1_790_000_000_000_000)
INSTALL = Install("T0ACME0001", "Acme")
KINDS: tuple[FieldKind, ...] = ("line", "paragraph", "choice", "choices", "agree", "person", "file")
PICKS = tuple(Pick(f"Pick {number}", str(number)) for number in range(8))


def field(number: int) -> Field:
    kind = KINDS[number % len(KINDS)]
    picks = PICKS[:1] if kind == "agree" else PICKS if kind.startswith("choice") else ()
    return Field(f"f{number}", f"Field {number}", kind, picks=picks, longest=3_000 if kind == "paragraph" else 150)


def form(many: int) -> Form:
    again = "new:poll:0123456789abcdef"
    fields = tuple(map(field, range(many)))
    return Form("A very long title indeed", "made:poll:0123456789abcdef", "Send", fields, again, intro="Please.")


@pytest.mark.parametrize("many", [1, 5, 6, 8, 10, 25])
def test_every_page_is_a_modal_that_discord_takes(many: int) -> None:
    whole = form(many)
    for page in range(len(whole.pages)):
        made = discord_forms.modal(whole.at(page), "1290000000000000001")
        assert broken_modal(made) == []
        several = f" ({page + 1} of {len(whole.pages)})" if many > 5 else ""
        assert made["title"] == whole.title + several
        assert discord_forms.meaning(made["custom_id"]) == whole.at(page).sending
        shown = [it["component"]["custom_id"] for it in made["components"] if it["type"] == discord_forms.LABEL]
        assert shown == [it.name for it in whole.pages[page]]


def test_a_long_title_keeps_its_page() -> None:
    made = discord_forms.modal(replace(form(6), title="T" * 60))
    assert len(made["title"]) <= 45 and made["title"].endswith(" (1 of 2)")


@pytest.mark.parametrize("many", [1, 5, 6, 10, 25])
def test_a_refused_form_of_any_length_is_told_with_its_button(many: int) -> None:
    whole = form(many)
    typed = {it.name: ("w" * 3_000,) for it in whole.fields if it.kind == "paragraph"}
    back = whole.filled(typed, {it.name: "Please look once more." for it in whole.fields[many // 2 :]})
    asked = answers.Asked("1", "t", "a", "u", 5, whole.action, on_message=False, in_private=False)
    made = answers.response(Outcome(back, done=False), asked, discord_forms.Typed(lambda: NOW))
    assert back.reopening in orjson.dumps(made).decode()


def test_a_refused_form_with_a_mistake_everywhere_still_has_its_button() -> None:
    fields = tuple(Field(f"f{number}", f"Field {number}", "paragraph", longest=3_000) for number in range(25))
    whole = replace(form(1), fields=fields)
    back = whole.filled({it.name: ("w" * 300,) for it in fields}, {it.name: "Once more." for it in fields})
    asked = answers.Asked("1", "t", "a", "u", 5, whole.action, on_message=False, in_private=False)
    made = answers.response(Outcome(back, done=False), asked, discord_forms.Typed(lambda: NOW))
    told = orjson.dumps(made).decode()
    assert back.reopening in told and "Field 9" in told and "www" not in told


def refused(page: int, values: dict[str, tuple[str, ...]], typed: discord_forms.Typed, *, done: bool = False) -> None:
    sending = form(10).at(page).sending
    asked = answers.Asked("1", "t", "a", "u", 5, sending, on_message=False, in_private=False, values=values)
    card = say(OnlyPerson(PersonId("")), "That was not saved.")
    answers.response(Outcome(card, done=done), asked, typed)


def test_pages_that_could_not_be_saved_come_back_filled() -> None:
    typed = discord_forms.Typed(lambda: NOW)
    refused(0, {"f0": ("a",), "f2": ("3",)}, typed)
    refused(1, {"f8": ("b",)}, typed)
    back = typed.fill("u", form(10))
    assert [back.fields[number].value for number in (0, 2, 8)] == [("a",), ("3",), ("b",)]
    refused(0, {}, typed, done=True)
    assert typed.fill("u", form(10)) == form(10), "kept elsewhere by now"


def test_a_page_that_came_too_late_is_offered_again() -> None:
    asked = answers.Asked("1", "t", "a", "u", 3, "page", on_message=True, in_private=True)
    made = answers.later(Outcome(form(10).at(1)), asked, discord_forms.Typed(lambda: NOW))
    assert form(10).opening(1) in orjson.dumps(made).decode()


def sent(opened: str, typed: str, ident: str) -> dict[str, Any]:
    made = discord_forms.modal(form(1), opened)
    line = {"type": 4, "id": 2, "custom_id": "f0", "value": typed}
    return {
        "id": ident,
        "type": 5,
        "guild_id": "7",
        "channel_id": "8",
        "member": {"user": {"id": "1", "username": "bo"}, "permissions": "32"},
        "data": {"custom_id": made["custom_id"], "components": [{"type": 18, "id": 1, "component": line}]},
    }


def test_the_same_modal_with_the_same_typing_is_one_delivery() -> None:
    def key(*told: str) -> str:
        command = discord_parse.interaction(sent(*told), NOW)
        assert isinstance(command, c.SubmitInteraction) and command.form == form(1).action
        return command.delivery

    first = key("11", "a", "1290000000000000001")
    assert key("11", "a", "1290000000000000002") == first
    assert len({first, key("11", "b", "1290000000000000003"), key("12", "a", "1290000000000000004")}) == 3


@pytest.mark.parametrize("many", [1, 6, 10, 25])
def test_slack_shows_all_fields_in_one_modal(many: int) -> None:
    whole = form(many)
    made = slack_forms.form_view(whole, "C1")
    assert broken_view(made) == []
    asked = [it["block_id"] for it in made["blocks"] if it["type"] == "input"]
    assert asked == [it.name for it in whole.fields if slack_forms.shown(it)]
    assert made["notify_on_close"] is True
    picked = {it["element"]["type"] for it in made["blocks"] if it.get("dispatch_action")}
    assert picked <= set(slack_forms.PICKED) and not picked & {"plain_text_input"}


def test_a_form_that_shows_what_there_is_tells_nothing_when_it_is_closed() -> None:
    made = slack_forms.form_view(replace(form(6), action="ruled:s", again="rules:s"), "C1")
    assert "notify_on_close" not in made and not any("dispatch_action" in it for it in made["blocks"])


@pytest.mark.parametrize("long", [0, 1_000, 3_000])
@pytest.mark.parametrize("many", [1, 6, 10, 25])
def test_as_messages_it_is_whole_where_that_fits_and_else_in_pages(many: int, long: int) -> None:
    whole = form(many).filled({f"f{number}": ("w" * long,) for number in (1, 8, 15, 22)} if long else {})
    asked: list[str] = []
    for page in range(len(whole.pages)):
        made = slack_forms.form_message(whole.at(page), "m")
        assert broken(made["blocks"], made["text"]) == [] and len(made["blocks"]) <= 50
        asked += [it["block_id"].partition("#")[0] for it in made["blocks"] if it["type"] == "input"]
        if made["blocks"][-1]["elements"][0]["value"] == whole.action:
            break
    assert asked == [it.name for it in whole.fields if slack_forms.shown(it)]
    if many <= 10 and not long:
        assert made["blocks"][-1]["elements"][0]["value"] == whole.action, "ten fields are one message"


def test_a_mistake_shows_its_page_of_a_message() -> None:
    long = {f"f{number}": ("w" * 3_000,) for number in (1, 8, 15, 22)}
    back = form(25).filled(long, {"f8": "Please look once more."})
    value = slack_forms.form_message(back, "m")["blocks"][-1]["elements"][0]["value"]
    assert value == f"paged:1:5:{back.action}"


def closed(state: Any, action: str = "made:poll:0123456789abcdef", callback: str = "form") -> slack_parse.Asked | None:
    view = {
        "id": "V1",
        "callback_id": callback,
        "private_metadata": slack_forms.pack(action, "C1"),
        "state": {"values": state},
    }
    return slack_parse.closing({"type": "view_closed", "user": {"id": "U1"}, "view": view}, INSTALL, NOW)


TYPED = {"f0": {"value": {"type": "plain_text_input", "value": "half"}}}


def test_closing_keeps_what_slack_tells_of_it() -> None:
    asked = closed(TYPED)
    assert asked is not None and asked.unasked
    assert isinstance(asked.command, c.KeepPage) and asked.command.closed
    assert asked.command.values == {"f0": ("half",)}


@pytest.mark.parametrize(
    ("state", "more"),
    [
        ({}, {}),
        ([], {}),
        (None, {}),
        (TYPED, {"action": "ruled:s"}),
        (TYPED, {"callback": "x"}),
        (TYPED, {"action": "made:x"}),
    ],
)
def test_closing_tells_nothing_of_what_is_not_kept(state: Any, more: dict[str, str]) -> None:
    assert closed(state, **more) is None


def test_a_choice_in_a_modal_is_kept_and_one_in_a_form_that_is_not_kept_asks_nothing() -> None:
    def press(action: str) -> slack_parse.Asked | None:
        view = {"id": "V1", "type": "modal", "private_metadata": slack_forms.pack(action, "C1")}
        pressed = {"type": "radio_buttons", "action_id": "value", "block_id": "f2", "action_ts": "1.0"}
        told = {"view": {**view, "state": {"values": TYPED}}, "actions": [pressed], "trigger_id": "1.2"}
        return slack_parse.press({"type": "block_actions", "user": {"id": "U1"}, **told}, INSTALL, NOW)

    asked = press("made:poll:0123456789abcdef")
    assert asked is not None and isinstance(asked.command, c.KeepPage) and asked.unasked
    assert press("ruled:s") is None


def test_the_same_modal_sent_twice_on_slack_is_one_delivery() -> None:
    def key(state: Any, trigger: str) -> str:
        view = {"id": "V1", "callback_id": "form", "private_metadata": slack_forms.pack("made:poll:s", "C1")}
        told = {"user": {"id": "U1"}, "trigger_id": trigger, "view": {**view, "state": {"values": state}}}
        asked = slack_parse.submission(told, INSTALL, NOW)
        assert asked is not None
        return asked.command.delivery

    assert key(TYPED, "1") == key(TYPED, "2") != key({}, "1")
