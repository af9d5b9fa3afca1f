"""Every command is carried out, every button and form means one, and every card and form keeps the common limits."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

from core.app import commands
from core.app.handle import USES
from core.app.intake import BUTTONS, FORMS, OPENS, RESUMED, TABS, pressed
from core.app.verbs import VERBS
from core.domain.form import FIELD_LIMIT, LABEL_LIMIT, TITLE_LIMIT, Form
from core.domain.interactions import KINDS
from core.domain.view import Button, Card, Select
from tests.fakes.bot import ANN, BEN, CHAT, DOOR, OLGA, Event, actions, all_buttons, someone, words

CORE = Path(__file__).parents[2] / "core"
EVERY = {it for it in vars(commands).values() if isinstance(it, type) and issubclass(it, commands.Command)}
BASES = {
    commands.Command,
    commands.OfSession,
    commands.OfTeam,
    commands.OfInteraction,
    commands.OfFeed,
    commands.OfQuestion,
}


def test_every_command_has_its_use():
    assert set(USES) == EVERY - BASES


def test_hot_commands_take_no_form_but_the_one_that_a_crowd_answers():
    assert set(commands.HOT) <= set(USES)
    asked = {it for it in commands.HOT if "values" in {field.name for field in dataclasses.fields(it)}}
    assert asked <= {commands.SubmitAnswer}, "a crowd answers one form at the same time, moderators open theirs alone"


def test_every_command_is_frozen_imperative_and_can_be_given_by_somebody():
    # These come from what the platforms tell and from the tick, not from what is typed or pressed.
    given = {commands.PostLine, commands.EditLine, commands.DeleteLine, commands.GiveLike, commands.WriteToBot}
    given |= {commands.Fire, commands.ReportRoom, commands.ReportGap, commands.ReportTrouble}
    given |= {commands.ReportListeners, commands.ReportShut, commands.ReportEntered}
    given |= {commands.ReportOutage, commands.SuggestMerge}
    made = "".join(it.read_text() for it in (*(CORE / "app").glob("intake*.py"), CORE / "app" / "verbs.py"))
    for command in EVERY - BASES:
        assert command.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert command in given or f"c.{command.__name__}(" in made, f"nobody can give {command.__name__}"


OF_TRAITS = {"parts": "parts", "approved": "answers"}
"""Verbs that only kinds with these traits can show; without such a kind nobody can press them."""
NAMED = {("twins.py", "verb"): ("hide", "unhide"), ("details.py", "form"): ("detailed", "ruled")}
"""What these names can be, by the file that writes them."""


def used_actions() -> dict[str, set[str]]:
    """Each verb written as ``action("verb", …)`` anywhere in the core, and the files that write it."""
    found: dict[str, set[str]] = {}
    for path in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "action" and node.args:
                match node.args[0]:
                    case ast.Constant(value=str(verb)):
                        found.setdefault(verb, set()).add(path.name)
                    case ast.Name(id=name):
                        for verb in NAMED[(path.name, name)]:
                            found.setdefault(verb, set()).add(path.name)
    return found


def test_every_action_written_in_the_core_means_something_and_everything_meant_is_written():
    unborn = {verb for trait, verb in OF_TRAITS.items() if not any(trait in kind.TRAITS for kind in KINDS.values())}
    assert set(used_actions()) - unborn == (set(BUTTONS) | set(FORMS) | {"create"}) - unborn
    assert not set(BUTTONS) & set(FORMS)


def everything_people_see() -> list[Card | Form]:
    event = Event().live(OLGA, ANN)
    seen: list[Card | Form | None] = []
    for verb in VERBS:
        for actor in (OLGA, ANN, someone("nobody"), someone("boss", manages=True)):
            seen.append(event.types(actor, f"/{verb.group} {' '.join(verb.path)}", CHAT).reply)
    event = Event().live(OLGA, ANN)
    for then in ("draft", "publish"):
        for _ in range(6):
            poll = event.poll(then=then)
        for act in ("twin", "edit", "timing", "publish", "askend", "hide", "unhide"):
            seen.append(event.presses(OLGA, f"{act}:{poll}", CHAT).reply)
        for act in ("longer", "duplicate", "up", "down", "askunpublish", "askdelete", "timing", "edit", "notify"):
            seen.append(event.picks(OLGA, event.poll(then="draft"), act).reply)
    seen += [event.types(OLGA, "/mod live", CHAT).reply, event.votes(ANN, poll, "0").reply]
    form = event.presses(BEN, f"join:{event.session}", DOOR).reply
    assert isinstance(form, Form)
    seen += [form, event.sends(BEN, form, DOOR, name="").reply, event.sends(BEN, form, DOOR).reply]
    seen += [content for _, _, content in event.shown() if isinstance(content, Card)]
    for press in ("addteam", "team", "details", "rules", "texts", "rooms", "askarchive", "settings", "askleave"):
        seen.append(event.presses(OLGA, f"{press}:{event.session}", CHAT).reply)
    for tab in TABS:
        for actor in (OLGA, ANN, BEN, someone("boss", manages=True)):
            seen.append(event.presses(actor, f"menu:{event.session}:{tab}", CHAT).reply)
    event.settle()
    event.writes(ANN, CHAT, "1.1", "Hello")
    moderating = event.types(OLGA, f"/mod moderate {CHAT}/1.1", CHAT).reply
    assert isinstance(moderating, Form), words(moderating)
    seen += [moderating, event.sends(OLGA, moderating, CHAT, do="answer").reply]
    seen.append(event.sends(OLGA, moderating, CHAT, reply="Hello all").reply)
    seen += [content for _, _, content in event.shown() if isinstance(content, Card)]
    setup = Event().made()
    seen += [setup.types(OLGA, "/mod session setup", CHAT).reply, setup.types(OLGA, "/mod session link", CHAT).reply]
    return [it for it in seen if it is not None]


@pytest.fixture(scope="module")
def seen() -> list[Card | Form]:
    return everything_people_see()


def test_forms_fit_every_platform(seen):
    forms = [it for it in seen if isinstance(it, Form)]
    assert len({form.title for form in forms}) >= 3
    for form in forms:
        check_form(form)


def test_every_form_is_opened_again_by_what_follows_from_its_action(seen):
    assert set(OPENS) == set(FORMS) - {"paged"}
    assert set(OPENS.values()) <= set(BUTTONS)
    assert set(OPENS) >= RESUMED
    envelope = Event().envelope(OLGA)
    for form in (it for it in seen if isinstance(it, Form)):
        verb, *arguments = form.action.split(":")
        assert pressed(envelope, ":".join((OPENS[verb], *arguments))) == pressed(envelope, form.again)


def check_form(form: Form) -> None:
    assert 1 <= len(form.title) <= TITLE_LIMIT
    assert 1 <= len(form.fields) <= FIELD_LIMIT
    assert 1 <= len(form.submit) <= 24, "Slack's submit label"
    assert len({it.name for it in form.fields}) == len(form.fields)
    assert len(form.at(len(form.pages)).sending) <= 100
    assert len(form.opening(len(form.pages) - 1)) <= 100
    assert form.again, "where a form cannot answer a form, a button opens it again"
    for field in form.fields:
        assert 1 <= len(field.label) <= LABEL_LIMIT
        assert len(field.hint) <= 100, "Discord's description and placeholder"
        assert 1 <= field.longest <= 3_000, "Slack's plain text input"
        match field.kind:
            case "line" | "paragraph":
                assert not field.picks
                assert len("".join(field.value)) <= field.longest
            case "choice":
                assert 2 <= len(field.picks) <= 10, "Discord's radio group"
            case "choices":
                assert 1 <= len(field.picks) <= 10, "Discord's checkbox group"
            case "agree":
                assert len(field.picks) == 1
            case "person" | "file":
                assert not field.picks, "the platform knows who is there"
        assert all(1 <= len(pick.label) <= 75 and 1 <= len(pick.value) <= 100 for pick in field.picks)
        assert len({pick.value for pick in field.picks}) == len(field.picks)


def test_cards_keep_the_limits_that_all_platforms_share(seen):
    for card in (it for it in seen if isinstance(it, Card)):
        check_card(card)


def check_card(card: Card) -> None:
    shown = all_buttons(card)
    assert sum(isinstance(it, Button) and it.style == "primary" for it in shown) <= 1
    for button in shown:
        assert 1 <= len(button.label) <= 20
        if isinstance(button, Button):
            assert len(button.spoken) <= 75
    made = actions(card)
    assert len(set(made)) == len(made), "ids on one message differ on both platforms"
    assert all(1 <= len(it) <= 100 for it in made)
    for part in card.parts:
        if isinstance(part, Select):
            assert 1 <= part.least <= part.most <= len(part.options) <= 10
            assert all(len(it.label) <= 75 and len(it.value) <= 100 for it in part.options)
