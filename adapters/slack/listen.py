"""What people ask for on Slack, three lines each: parse, submit, answer; the answer goes out after the commit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.response import BoltResponse

from adapters.slack import forms, parse
from adapters.slack.allowance import SharedAllowance
from adapters.slack.directory import Directory
from adapters.slack.events import News
from adapters.slack.hearing import Hearing, acknowledged
from adapters.slack.home import Homes
from adapters.slack.identity import Install
from adapters.slack.parse import Asked
from adapters.slack.replies import Replies, view_of
from adapters.slack.submitting import OPENING, Submitting, crowded, unsaved, waiting
from core.app.commands import CastBallot, React, ShowMenu
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import Submit
from core.domain.form import Form
from core.domain.ids import SECOND, Instant
from core.domain.view import Buttons, Card

Body = Mapping[str, Any]

CROWD = 50
"""Presses a second above which only first votes and refusals are confirmed (DESIGN, "Crowds need no trigger")."""
FORM_SECONDS = 1.0
"""How long an acknowledgement waits for its form to be open."""
LOADING_SECONDS = 1.0
"""A form that is not known by then is opened empty, for its trigger lives three seconds."""


class Listener:
    """Handles every press, shortcut, command and form of one workspace; ``hearing`` takes its events."""

    def __init__(
        self,
        install: Install,
        submit: Submit,
        directory: Directory,
        replies: Replies,
        clock: Callable[[], Instant],
        caught_up: Callable[[], Awaitable[bool]],
        heard: Callable[[News], None] | None = None,
        publishing: SharedAllowance | None = None,
    ) -> None:
        """``caught_up`` waits a moment for history that is being read; False when that takes longer.

        ``heard`` takes news of rooms; ``publishing``: how many App Homes may be drawn.
        """
        self._install, self._replies, self._clock = install, replies, clock
        self._core = Submitting(install, submit, directory)
        allowance = publishing or SharedAllowance("views.publish", clock, None)
        self.homes = Homes(replies.publish, self._settled, allowance, clock)
        self.hearing = Hearing(install, self._core, directory, replies, self.homes, clock, caught_up, heard)
        self._recent: deque[Instant] = deque(maxlen=CROWD)

    # -- presses, commands, forms -----------------------------------------------------------------------------------

    async def press(self, body: Body) -> BoltResponse:
        asked = parse.press(body, self._install, self._clock())
        if asked is None:
            return acknowledged()
        if asked.unasked:
            return await self._kept(asked)
        if asked.view or asked.at_home:
            await self._press_in_view(asked)
            return acknowledged()
        crowded = self._crowded()
        outcome = await self._soon(asked) if isinstance(asked.command, OPENING) else await self._core.carry_out(asked)
        match outcome:
            case Saving() if isinstance(asked.command, React):
                self._replies.later(self._refuse_later(asked, outcome))
            case Saving():
                self._replies.later(self._say_later(asked, outcome))
            case Outcome(reply=Form() as form) if asked.sent:
                self._replies.later(self._replies.give_form(asked, form))
            case Outcome(reply=Form() as form):
                await self._show_form(asked, form)
            case Outcome(reply=Card() as card, quiet=quiet) if not (quiet and crowded):
                dear = not isinstance(asked.command, CastBallot | React)
                beside = asked.sent and unsaved(card)
                self._replies.later(self._replies.answer(asked, card, dear=dear, beside=beside))
        return acknowledged()

    async def shortcut(self, body: Body) -> BoltResponse:
        asked = parse.shortcut(body, self._install, self._clock())
        if asked is None:
            return acknowledged()
        match await self._soon(asked):
            case Saving() as saving:
                self._replies.later(self._say_later(asked, saving))
            case Outcome(reply=Form() as form):
                await self._show_form(asked, form)
            case Outcome(reply=Card() as card):
                self._replies.later(self._replies.answer(asked, card))
        return acknowledged()

    async def slash(self, body: Body, signed: Instant | None) -> BoltResponse:
        asked = parse.slash(body, self._install, self._clock(), signed)
        if asked is None:
            return acknowledged()
        outcome = await self._soon(asked) if isinstance(asked.command, OPENING) else await self._core.carry_out(asked)
        match outcome:
            case Saving():
                self._replies.later(self._say_later(asked, outcome))
            case Outcome(reply=Form() as form):
                await self._show_form(asked, form)
            case Outcome(reply=Card() as card):
                return BoltResponse(status=200, body=self._replies.at_once(asked, card))
        return acknowledged()

    async def submission(self, body: Body, signed: Instant | None) -> BoltResponse:
        asked = parse.submission(body, self._install, self._clock(), signed)
        if asked is None:
            return acknowledged()
        outcome = await self._core.carry_out(asked)
        elsewhere = bool(asked.room or asked.response_url)
        match outcome:
            case Saving() if elsewhere:
                self._replies.later(self._say_later(asked, outcome))
            case Saving():
                self._replies.later(self._fill_later(asked, asked.view, outcome))
                return _updated(view_of(asked, waiting(asked)))
            case Outcome(reply=Card() as card) if unsaved(card) and (kept := forms.kept_open(asked.state, NOT_SAVED)):
                return _mistaken(kept)
            case Outcome(reply=Form() as form):
                errors = forms.errors(form)
                return _mistaken(errors) if errors else _updated(view_of(asked, form))
            case Outcome(reply=Card() as card) if elsewhere and any(isinstance(it, Buttons) for it in card.parts):
                self._replies.later(self._replies.answer(asked, card))
            case Outcome(reply=Card() as card):
                self._redraw(asked)
                return _updated(view_of(asked, card))
        self._redraw(asked)
        return acknowledged()

    async def closed(self, body: Body) -> BoltResponse:
        asked = parse.closing(body, self._install, self._clock())
        return acknowledged() if asked is None else await self._kept(asked)

    async def _kept(self, asked: Asked) -> BoltResponse:
        """What a form tells of itself is kept without a word: nobody asked for one."""
        await self._core.carry_out(asked)
        return acknowledged()

    # -- modals with buttons, and the App Home ------------------------------------------------------------------------

    async def _press_in_view(self, asked: Asked) -> None:
        """In a modal the answer takes its place; in the home a menu does, and everything else is a modal over it."""
        drawing = asked.at_home and isinstance(asked.command, ShowMenu)
        opening = asked.at_home and not drawing
        outcome = await self._soon(asked) if opening else await self._core.carry_out(asked)
        match outcome:
            case Saving() if drawing:
                self.homes.draw(asked)
            case Saving():
                self._replies.later(self._fill_later(asked, asked.view, outcome))
            case Outcome(reply=Card() as card) if drawing:
                self.homes.draw(asked, card)
            case Outcome(reply=Form() as form) if asked.at_home:
                await self._show_form(asked, form)
            case Outcome(reply=Card() as card) if asked.at_home:
                task = self._replies.later(self._replies.open_card(asked, card, crowd=_crowd(asked)))
                await asyncio.wait({task}, timeout=FORM_SECONDS)
                self._redraw(asked)
            case Outcome(reply=Card() as card) if unsaved(card):
                # What was pressed stays, so that it can be pressed again.
                self._replies.later(self._replies.answer(asked, card))
            case Outcome(reply=Card() | Form() as reply):
                self._replies.later(self._replies.fill(asked, asked.view, reply))
                self._redraw(asked)
            case Outcome():
                self._redraw(asked)

    async def _fill_later(self, asked: Asked, view: str, saving: Saving) -> None:
        """ "Received, saving…" in the modal, or in one that is opened for it; then what came of it."""
        if view:
            await self._replies.fill(asked, view, waiting(asked))
        else:
            view = await self._replies.open_card(asked, waiting(asked), crowd=_crowd(asked))
        await self._put(asked, view, await self._core.then(asked, saving))

    async def _put(self, asked: Asked, view: str, outcome: Outcome) -> None:
        if outcome.reply is not None and view:
            await self._replies.fill(asked, view, outcome.reply)
        elif outcome.reply is not None:
            await self._show(asked, outcome.reply)
        self._redraw(asked)

    def _redraw(self, asked: Asked) -> None:
        if asked.home:
            self.homes.redraw(asked)

    async def _settled(self, asked: Asked) -> Outcome:
        """What the core says, however long it takes."""
        outcome = await self._core.carry_out(asked)
        return await self._core.then(asked, outcome) if isinstance(outcome, Saving) else outcome

    # -- answers that take longer -------------------------------------------------------------------------------------

    async def _show_form(self, asked: Asked, form: Form) -> None:
        """Open the form and acknowledge after it; when Slack is slow, acknowledge first."""
        task = self._replies.later(self._replies.open_form(asked, form, crowd=_crowd(asked)))
        await asyncio.wait({task}, timeout=FORM_SECONDS)

    async def _soon(self, asked: Asked) -> Outcome | Saving | None:
        """The outcome where it is known within a second; else None, and a modal waits for it."""
        work = asyncio.create_task(self._core.carry_out(asked))
        await asyncio.wait({work}, timeout=LOADING_SECONDS)
        if work.done():
            return work.result()
        self._replies.later(self._load(asked, work))
        return None

    async def _load(self, asked: Asked, work: asyncio.Task[Outcome | Saving]) -> None:
        view = await self._replies.open_loading(asked, crowd=_crowd(asked))
        outcome = await work
        if isinstance(outcome, Saving):
            if not view:
                await self._say_later(asked, outcome)
                return
            outcome = await self._core.then(asked, outcome)
        await self._put(asked, view, outcome)

    async def _say_later(self, asked: Asked, saving: Saving) -> None:
        """ "Received, saving…", then what came of it. A form's trigger is dead by then, so it comes as a message."""
        await self._replies.answer(asked, waiting(asked), beside=asked.sent)
        outcome = await self._core.then(asked, saving)
        if outcome.reply is not None:
            await self._show(asked, outcome.reply)
        self._redraw(asked)

    async def _refuse_later(self, asked: Asked, saving: Saving) -> None:
        """The card shows what was counted: "saving…" to each of a crowd would be noise."""
        outcome = await self._core.then(asked, saving)
        if isinstance(outcome.reply, Card):
            await self._replies.answer(asked, outcome.reply, dear=False)

    async def _show(self, asked: Asked, reply: Card | Form) -> None:
        if isinstance(reply, Form):
            await self._replies.give_form(asked, reply)
        else:
            await self._replies.answer(asked, reply, beside=asked.sent and unsaved(reply))

    def _crowded(self) -> bool:
        now = self._clock()
        full = len(self._recent) == CROWD and now - self._recent[0] < SECOND
        self._recent.append(now)
        return full


def _crowd(asked: Asked) -> bool:
    return crowded(asked.command)


def _mistaken(errors: Mapping[str, str]) -> BoltResponse:
    """The form stays, with what was typed and a sentence at its fields."""
    return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})


def _updated(view: Mapping[str, Any]) -> BoltResponse:
    """The form's place is taken by what came of it."""
    return BoltResponse(status=200, body={"response_action": "update", "view": view})
