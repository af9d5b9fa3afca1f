"""Forms that Slack does not let us open as modals, and forms that the core takes its time for: asked all the same."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from adapters.sandbox.hands import Post
from adapters.sandbox.slack import SlackHands
from adapters.slack import allowance
from adapters.slack.allowance import Allowance, SharedAllowance
from adapters.slack.forms import form_message, form_view, values
from core.app import commands as c
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.platform import Budget
from core.app.ports import StorageDown
from core.domain.form import Field, Form, Pick
from core.domain.ids import MINUTE, SECOND, Instant
from core.domain.view import say
from tests.render.limits_slack import broken
from tests.wire.test_slack_adapter_answers import FORM, ME, Bar, until

NOW = Instant(1_790_000_000 * SECOND)


def spend_all(bar: Bar) -> None:
    """The modals of this minute are used up."""
    bar.world.faults.add({"method": "views.open", "status": 429, "retry_after": 30, "count": 1})


async def asked(bar: Bar, hands: SlackHands) -> Post:
    """The form as a message."""
    bar.answers = lambda command: Outcome(FORM)
    (post,) = (await hands.press("keynote", bar.card, "Join session", wait=2)).private
    return post


def private(posts: Sequence[Post]) -> list[Post]:
    return [one for one in posts if one.private]


# -- forms as messages -------------------------------------------------------------------------------------------------


async def test_while_slack_asks_to_wait_no_modal_is_tried() -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        hands, boss = await bar.hands(), await bar.hands("boss")
        await asked(bar, hands)
        await asked(bar, boss)
        assert len(bar.asked("views.open")) == 1


@pytest.mark.shows("refused-form")
async def test_refused_values_come_back_in_the_same_message_with_their_sentences() -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        hands = await bar.hands()
        form = await asked(bar, hands)
        await hands.enter("keynote", form.id, {"Name": "x" * 40, "More": "and more"})
        typed = {"name": ("x" * 40,), "more": ("and more",)}
        bar.answers = lambda command: Outcome(FORM.filled(typed, {"name": "40 characters; 20 fit."}), done=False)
        await hands.press("keynote", form.id, "Send", wait=2)
        (back,) = private(await hands.settle("keynote", lambda posts: any("20 fit." in one.text for one in posts)))
        assert back.id == form.id
        bar.answers = lambda command: Outcome(say(ME, "Made."))
        await hands.press("keynote", back.id, "Send", wait=2)
        command = bar.commands[-1]
        assert isinstance(command, c.CreateSession)
        assert command.values == typed, "what was typed is still there"
        (told,) = private(await hands.settle("keynote", lambda posts: any("Made." in one.text for one in posts)))
        assert told.id == form.id


async def test_a_form_in_a_message_that_is_sent_twice_counts_once() -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        hands = await bar.hands()
        form = await asked(bar, hands)
        await hands.enter("keynote", form.id, {"Name": "Keynote"})
        bar.answers = lambda command: Outcome()
        await asyncio.gather(*(hands.press("keynote", form.id, "Send") for _ in range(3)))
        assert len({command.delivery for command in bar.commands[-3:]}) == 1
        await hands.enter("keynote", form.id, {"Name": "Another"})
        await hands.press("keynote", form.id, "Send")
        assert bar.commands[-1].delivery != bar.commands[-2].delivery


@pytest.mark.shows("refused-form")
@pytest.mark.parametrize("slowly", [False, True], ids=["at once", "after saving"])
async def test_what_could_not_be_saved_stays_typed(slowly: bool) -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        hands = await bar.hands()
        form = await asked(bar, hands)
        await hands.enter("keynote", form.id, {"Name": "Keynote"})
        unsaved = Outcome(say(ME, NOT_SAVED), done=False)

        async def later() -> Outcome:
            return unsaved

        bar.answers = lambda command: Saving(later()) if slowly else StorageDown("gone")
        await hands.press("keynote", form.id, "Send", wait=2)
        posts = private(await hands.settle("keynote", lambda posts: any(one.text == NOT_SAVED for one in posts)))
        assert form.id in {one.id for one in posts}
        bar.answers = lambda command: Outcome(say(ME, "Made."))
        await hands.press("keynote", form.id, "Send", wait=2)
        assert bar.commands[-1].values["name"] == ("Keynote",)  # type: ignore[attr-defined]


async def test_a_command_is_answered_with_a_form_in_a_message_too() -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        hands = await bar.hands()
        bar.answers = lambda command: Outcome(FORM)
        answer = await hands.command("keynote", "/mod session create", wait=2)
        assert answer.ok
        (form,) = answer.private
        bar.answers = lambda command: Outcome(say(ME, "Made."))
        await hands.enter("keynote", form.id, {"Name": "Keynote"})
        await hands.press("keynote", form.id, "Send", wait=2)
        assert isinstance(bar.commands[-1], c.CreateSession)


async def test_where_no_answer_can_go_the_form_goes_by_direct_message() -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        bar.world.faults.add({"method": "response_url", "status": 500, "count": 1})
        bar.world.faults.add({"method": "chat.postEphemeral", "error": "user_not_in_channel", "count": 1})
        hands = await bar.hands()
        bar.answers = lambda command: Outcome(FORM)
        await hands.press("keynote", bar.card, "Join session")
        (form,) = await hands.settle("@bot", lambda posts: posts)
        bar.answers = lambda command: Outcome(say(ME, "Made."))
        await hands.enter("@bot", form.id, {"Name": "Keynote"})
        await hands.press("@bot", form.id, "Send")
        # It takes the form's place, as everywhere.
        await hands.settle("@bot", lambda posts: [one.text for one in posts] == ["Made."])


def test_a_form_in_a_message_keeps_slacks_limits_and_its_values_come_back() -> None:
    field = Field("text", "L" * 45, "paragraph", value=("v" * 3_000,), longest=3_000, error="e" * 300, hint="h" * 100)
    boxes = Field("boxes", "Boxes", "choices", value=("0",), picks=tuple(Pick("p" * 75, str(n)) for n in range(10)))
    radio = Field("radio", "Radio", "choice", value=("1",), picks=(Pick("One", "1"), Pick("Two", "2")))
    form = Form("T" * 24, "a" * 100, "Send", (field, boxes, radio), intro="i" * 3_000, problem="p" * 300)
    message = form_message(form, "1f")
    assert broken(message["blocks"], message["text"]) == []
    for shown in (field.label, field.error, form.problem, form.title):
        assert shown in message["text"]


def test_every_iteration_has_its_own_block_ids_and_the_fields_their_names() -> None:
    first, second = form_message(FORM, "1"), form_message(FORM, "2")
    ids = [{block["block_id"] for block in one["blocks"] if block["type"] == "input"} for one in (first, second)]
    assert not ids[0] & ids[1]
    state = {ident: {"value": {"type": "plain_text_input", "value": "typed"}} for ident in ids[0]}
    assert values(state) == {"name": ("typed",), "more": ("typed",)}
    assert {block["block_id"] for block in form_view(FORM, "C1")["blocks"] if block["type"] == "input"} == set(
        values(state)
    )


# -- loading -----------------------------------------------------------------------------------------------------------


async def after(seconds: float, outcome: Outcome, patience: float = 1.5) -> Outcome | Saving:
    """What a slow database makes of a command: after 1.5 s the executor says that it is still at it."""

    async def work() -> Outcome:
        await asyncio.sleep(seconds)
        return outcome

    task = asyncio.create_task(work())
    await asyncio.wait({task}, timeout=patience)
    return task.result() if task.done() else Saving(task)


@pytest.mark.shows("slow")
@pytest.mark.parametrize("seconds", [1.2, 2.0], ids=["before it says saving", "after it said saving"])
async def test_a_slow_form_has_its_modal_at_once_and_is_filled_in_later(seconds: float) -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: after(seconds, Outcome(FORM))
        hands = await bar.hands()
        began = time.monotonic()
        pressed = await hands.press("keynote", bar.card, "Join session", wait=3)
        assert time.monotonic() - began < 1.5
        assert pressed.ok
        assert pressed.sheet is not None
        assert pressed.sheet.title == "One moment"
        assert pressed.private == ()

        async def filled() -> bool:
            sheet = await hands.sheet()
            return sheet is not None and sheet.title == "Ask"

        await until(filled)
        bar.answers = lambda command: Outcome(say(ME, "Made."))
        sent = await hands.fill({"Name": "Keynote"})
        assert sent.ok
        assert isinstance(bar.commands[-1], c.CreateSession)
        assert [len(bar.asked(method)) for method in ("views.open", "views.update")] == [1, 1]


async def test_a_slow_refusal_is_said_in_the_modal() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: after(1.2, Outcome(say(ME, "It is over."), done=False))
        hands = await bar.hands()
        await hands.command("keynote", "/mod session create", wait=3)

        async def told() -> bool:
            return "It is over." in str(await hands.sheet())

        await until(told)


async def test_a_slow_form_that_has_no_modal_comes_as_a_message() -> None:
    async with Bar.open() as bar:
        spend_all(bar)
        bar.answers = lambda command: after(2.0, Outcome(FORM))
        hands = await bar.hands()
        pressed = await hands.press("keynote", bar.card, "Join session")
        assert pressed.ok
        assert pressed.milliseconds < 1_500
        await hands.settle("keynote", lambda posts: any(one.text == Saving.sentence for one in posts))
        await hands.settle("keynote", lambda posts: any(it.label == "Send" for one in posts for it in one.controls))


async def test_a_modal_that_was_closed_while_it_loaded_leaves_the_form_as_a_message() -> None:
    async with Bar.open() as bar:
        bar.answers = lambda command: after(1.4, Outcome(FORM))
        hands = await bar.hands()
        await hands.press("keynote", bar.card, "Join session", wait=3)
        await hands.close()
        await hands.settle("keynote", lambda posts: any(it.label == "Send" for one in posts for it in one.controls))


# -- how many ----------------------------------------------------------------------------------------------------------


class Hour:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> Instant:
        return self.now


@pytest.mark.shows("crowd-forms")
def test_no_minute_sees_more_than_a_hundred_calls_and_moderators_always_have_some() -> None:
    hour = Hour()
    allowed, taken = Allowance(hour), list[int]()
    for tick in range(5 * 600):
        hour.now = Instant(NOW + tick * SECOND // 10)
        taken += [hour.now for _ in range(20) if allowed.take(crowd=True)]
        if tick % 300 == 299:
            mine = [hour.now for _ in range(20) if allowed.take(crowd=False)]
            assert len(mine) >= 9
            taken += mine
    assert max(sum(first <= it < first + MINUTE for it in taken) for first in taken) <= 100
    assert len(taken) >= 5 * 80


def test_nothing_is_allowed_while_slack_asks_to_wait() -> None:
    hour = Hour()
    allowed = Allowance(hour)
    allowed.hold(30)
    assert not allowed.take(crowd=False)
    assert not allowed.count()
    hour.now = Instant(NOW + 30 * SECOND)
    assert allowed.take(crowd=True)


async def test_replicas_share_the_budget_and_a_slow_database_delays_no_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "ASKING_SECONDS", 0.05)
    asked_for: list[Budget] = []
    answer = Instant(NOW)

    async def spend(budgets: Sequence[Budget], now: Instant) -> Instant:
        asked_for.extend(budgets)
        if answer < 0:
            await asyncio.sleep(60)
        return answer

    shared = SharedAllowance("slack:T1:views.open", lambda: NOW, spend)
    assert await shared.ask(crowd=True)
    answer = Instant(NOW + SECOND)
    assert not await shared.ask(crowd=False)
    answer = Instant(-1)
    assert await shared.ask(crowd=False)
    assert [(one.name, one.cost) for one in asked_for] == [("slack:T1:views.open", 750_000)] * 3
    assert asked_for[0].burst < asked_for[1].burst

    async def broken(budgets: Sequence[Budget], now: Instant) -> Instant:
        raise StorageDown("gone")

    assert await SharedAllowance("x", lambda: NOW, broken).ask(crowd=True)


async def test_what_we_count_as_spent_ourselves_costs_the_database_nothing() -> None:
    asked_for: list[Budget] = []

    async def spend(budgets: Sequence[Budget], now: Instant) -> Instant:
        asked_for.extend(budgets)
        return now

    shared = SharedAllowance("x", lambda: NOW, spend)
    granted = sum([await shared.ask(crowd=True) for _ in range(1_000)])
    assert granted == len(asked_for) == 10
