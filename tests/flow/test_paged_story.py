"""Forms of several pages: whatever comes twice, late or in another order, nothing typed is lost or sent twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.app import commands as c
from core.app import handle, intake
from core.app.handle.paging import SENT_ALREADY
from core.app.outcome import FormDraft, Outcome
from core.domain.form import Form, Values
from tests.fakes.bot import ANN, BEN, CHAT, OLGA, Event, buttons, lively, words
from tests.fakes.long_form import ACCEPTED, WRONG, parts, resumed

PAGES = (
    {"one": ("a",), "two": ("b",), "three": ("blue",), "four": (), "five": ("e",)},
    {"six": ("f",), "seven": ("g",), "eight": ("green",)},
)
ALL = {**PAGES[0], **PAGES[1]}


@pytest.fixture
def event(monkeypatch: pytest.MonkeyPatch) -> Event:
    for command, use in parts().items():
        monkeypatch.setitem(handle.USES, command, use)
    monkeypatch.setattr(intake, "RESUMED", resumed())
    return lively(ANN)


def opened(event: Event, made: str = "") -> Form:
    form = event.presses(ANN, made or f"settings:{event.session}", CHAT).reply
    assert isinstance(form, Form), words(form)
    return form


def sends(event: Event, page: int, values: Values | None = None, pages: int = 2, delivery: str = "") -> Outcome:
    made = f"paged:{page}:{pages}:set:{event.session}"
    typed = PAGES[page] if values is None else values
    return event.answered(intake.submitted(event.envelope(ANN, CHAT, delivery=delivery), made, typed))


def accepted(event: Event) -> list[dict[str, tuple[str, ...]]]:
    return [it.values for it in event.store.rows(FormDraft) if it.form.startswith(ACCEPTED)]


def kept(event: Event) -> dict[str, tuple[str, ...]]:
    (found,) = [it.values for it in event.store.rows(FormDraft) if it.form == f"set:{event.session}"]
    return found


@pytest.mark.shows("pages", on="both")
def test_pages_are_kept_and_the_last_one_sends_all(event):
    form = opened(event)
    assert [len(it) for it in form.pages] == [5, 3]
    assert form.sending == f"paged:0:2:set:{event.session}"
    told = sends(event, 0)
    assert "Page 1 of 2 saved." in words(told) and accepted(event) == []
    more = opened(event, buttons(told.reply)["Continue"].action)
    assert (more.page, more.sending) == (1, f"paged:1:2:set:{event.session}")
    assert "Got" in words(sends(event, 1))
    assert accepted(event) == [ALL]
    assert kept(event) == {}, "what was accepted is kept no more"
    assert opened(event).fields[0].value == ()


def test_a_page_sent_twice_is_its_newer_typing(event):
    sends(event, 0, delivery="x")
    again = sends(event, 0, {**PAGES[0], "one": ("never",)}, delivery="x")
    assert "Page 1 of 2 saved." in words(again)
    assert kept(event)["one"] == ("a",), "the same delivery"
    sends(event, 0, {**PAGES[0], "one": ("newer",)})
    sends(event, 1)
    assert accepted(event) == [{**ALL, "one": ("newer",)}]


def test_the_last_page_before_the_first_is_kept_and_asks_for_it(event):
    told = sends(event, 1)
    assert "Page 2 of 2 saved. Page 1 is still missing." in words(told)
    form = opened(event, buttons(told.reply)["Continue"].action)
    assert form.page == 0 and form.fields[6].value == ("g",)
    told = sends(event, 0)
    assert opened(event, buttons(told.reply)["Continue"].action).fields[6].value == ("g",)
    sends(event, 1)
    assert accepted(event) == [ALL]


@pytest.mark.parametrize("delivery", ["same", "other"])
def test_the_last_page_sent_twice_counts_once(event, delivery):
    sends(event, 0)
    sends(event, 1, delivery="same")
    second = sends(event, 1, delivery=delivery)
    assert (SENT_ALREADY in words(second)) == (delivery == "other")
    assert accepted(event) == [ALL] and kept(event) == {}


def test_a_mistake_on_the_first_page_opens_that_one_with_everything_in_it(event):
    sends(event, 0, {**PAGES[0], "one": ("bad",)})
    form = sends(event, 1).reply
    assert isinstance(form, Form) and form.fields[0].error == WRONG
    assert form.reopening == f"settings:{event.session}"
    again = opened(event, form.reopening)
    assert [it.value for it in again.fields[:2]] == [("bad",), ("b",)] and again.fields[6].value == ("g",)
    sends(event, 0)
    sends(event, 1)
    assert accepted(event) == [ALL]


def test_a_mistake_on_the_second_page_opens_that_one(event):
    sends(event, 0)
    form = sends(event, 1, {**PAGES[1], "seven": ("bad",)}).reply
    assert isinstance(form, Form) and form.reopening == f"page:1:settings:{event.session}"
    again = opened(event, form.reopening)
    assert again.page == 1 and again.fields[6].value == ("bad",) and again.fields[0].value == ("a",)
    sends(event, 1)
    assert accepted(event) == [ALL]


def test_a_second_device_goes_on_where_the_first_one_was(event):
    sends(event, 0)
    other = opened(event)
    assert other.fields[0].value == ("a",) and other.page == 0
    sends(event, 0, {**PAGES[0], "two": ("from the phone",)})
    sends(event, 1)
    assert accepted(event) == [{**ALL, "two": ("from the phone",)}]


def test_a_refusal_between_the_pages_keeps_all_of_them(event):
    sends(event, 0)
    event.advances("ended")
    event.wait(1)
    told = sends(event, 1)
    assert not told.done and "over" in words(told).lower()
    assert accepted(event) == [] and kept(event) == PAGES[0]


def test_nothing_is_kept_of_who_has_not_consented(event):
    made = f"paged:0:2:set:{event.session}"
    told = event.answered(intake.submitted(event.envelope(BEN, CHAT), made, PAGES[0]))
    assert not told.done and "Join the session" in words(told)
    assert event.store.rows(FormDraft) == [] or not any(
        it.form.startswith("set:") for it in event.store.rows(FormDraft)
    )


def closes(event: Event, values: Values) -> Outcome | None:
    command = intake.closed(event.envelope(ANN, CHAT), f"set:{event.session}", values)
    return None if command is None else event.do(command)


def test_a_closed_form_comes_back_filled_until_it_is_sent(event):
    opened(event)
    outcome = closes(event, {**ALL, "one": ("half",)})
    assert outcome is not None and outcome.reply is None
    form = opened(event)
    assert form.fields[0].value == ("half",)
    event.sends(ANN, form, CHAT)
    assert [it["one"] for it in accepted(event)] == [("half",)]
    assert opened(event).fields[0].value == ()


def test_closing_what_nobody_touched_keeps_nothing(event):
    blank = {it.name: it.value for it in opened(event).fields}
    closes(event, blank)
    closes(event, {})
    assert not [it for it in event.store.rows(FormDraft) if it.form.startswith("set:")]


@pytest.mark.parametrize(
    "made",
    ["paged", "paged:0", "paged:0:2", "paged:0:2:nothing", "paged:0:2:paged:0:2:set:x", "paged:x:y:vote:z"],
)
def test_pages_of_no_form_are_explained(event, made):
    told = event.answered(intake.submitted(event.envelope(ANN, CHAT), made, PAGES[0]))
    assert "from another time" in words(told)


@pytest.mark.parametrize("made", ["page", "page:1", "page:1:vote:x", "page:1:page:1:settings:x", "page:9:paged"])
def test_buttons_to_no_page_are_explained(event, made):
    assert "from another time" in words(event.presses(ANN, made, CHAT))


def test_a_page_beyond_the_last_is_the_last(event):
    assert opened(event, f"page:99:settings:{event.session}").page == 1
    assert opened(event, f"page:x:settings:{event.session}").page == 0


def test_a_form_that_became_shorter_asks_to_look_again(event):
    told = sends(event, 1, {"six": ("f",)}, pages=5)
    assert "The form has changed meanwhile." in words(told) and kept(event)["six"] == ("f",)


def test_a_refused_form_sent_again_by_the_same_delivery_is_decided_again(event):
    sends(event, 0, {**PAGES[0], "one": ("bad",)})
    assert not sends(event, 1, delivery="same").done
    sends(event, 0)
    sends(event, 1, delivery="same")
    assert accepted(event) == [ALL]


def test_a_choice_that_arrives_after_the_form_was_sent_is_late(event):
    opened(event)
    command = intake.closed(event.envelope(ANN, CHAT), f"set:{event.session}", {**ALL, "one": ("old",)})
    assert command is not None
    event.wait(1)
    event.sends(ANN, opened(event), CHAT, one="new")
    event.do(command)
    assert opened(event).fields[0].value == ()


def test_pages_that_are_refused_as_a_whole_are_all_kept(event):
    sends(event, 0, {**PAGES[0], "one": ("refuse me",)})
    assert "Not today." in words(sends(event, 1))
    assert kept(event) == {**ALL, "one": ("refuse me",)} and accepted(event) == []
    sends(event, 0)
    sends(event, 1)
    assert accepted(event) == [ALL]


CREATE = {"name": ("Half a name",), "start": ("now",), "length": ("1h",), "zone": ("UTC",)}


def closes_creating(event: Event) -> list[dict[str, tuple[str, ...]]]:
    """As Slack has it: who acts is looked up after the payload was read."""
    event.wait(1)
    unknown = replace(OLGA, manages=False)
    command = intake.closed(event.envelope(unknown), "create", CREATE)
    assert isinstance(command, c.KeepPage)
    event.do(replace(command, actor=OLGA))
    return [it.values for it in event.store.rows(FormDraft) if it.form == "create" and it.values]


def test_a_part_of_a_form_is_by_who_it_was_found_to_be(event):
    assert closes_creating(event) == [CREATE]


def test_of_who_is_not_known_yet_nothing_typed_is_kept():
    assert closes_creating(Event()) == []
