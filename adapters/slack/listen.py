"""What arrives from Slack, three lines each: parse, submit, answer; the answer goes out after the commit.

Bolt is the way in, with one listener for each kind of payload and a table of our own behind it: every further
listener would cost each payload about 10 microseconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from adapters.slack import forms, lines, parse
from adapters.slack.directory import Directory, Profile
from adapters.slack.identity import Install
from adapters.slack.parse import Asked
from adapters.slack.reading import named
from adapters.slack.render import render
from adapters.slack.replies import Replies
from core.app.commands import (
    CastBallot,
    Command,
    Explain,
    Join,
    KeepOpen,
    OpenInteractionForm,
    OpenJoinForm,
    OpenSessionForm,
    OpenTeamForm,
)
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import StorageDown, Submit
from core.domain.form import Form, Values
from core.domain.ids import SECOND, AccountId, Instant, PersonId
from core.domain.view import Buttons, Card, OnlyPerson, say

log = structlog.get_logger()

Body = Mapping[str, Any]

CROWD = 50
"""Presses a second above which only first votes and refusals are confirmed (DESIGN, "Crowds need no trigger")."""
FORM_SECONDS = 1.0
"""How long an acknowledgement waits for its form to be open."""
LOADING_SECONDS = 1.0
"""A form that is not known by then is opened empty, for its trigger lives three seconds."""
LINE_SECONDS = 1.2
"""How much longer than ``submit`` a line is waited for; then Slack shall bring it again."""
NAMELESS: tuple[type[Command], ...] = (CastBallot, KeepOpen, Explain)
"""Commands that ask nothing of the person's profile, so that a crowd costs no look-ups."""
CROWDED: tuple[type[Command], ...] = (OpenJoinForm, Join)
"""Commands that a whole audience gives at once; moderators' look-ups and forms come before theirs."""
OPENING: tuple[type[Command], ...] = (OpenJoinForm, OpenSessionForm, OpenInteractionForm, OpenTeamForm)
"""Commands that are answered with a form."""


UNSAVED = say(OnlyPerson(PersonId("")), NOT_SAVED)


def acknowledged() -> BoltResponse:
    return BoltResponse(status=200, body="")


def refused() -> BoltResponse:
    """Slack brings an event again that was not acknowledged, and shows a failure for a press."""
    return BoltResponse(status=500, body="")


class Listener:
    """Handles every payload of one workspace."""

    def __init__(
        self,
        install: Install,
        submit: Submit,
        directory: Directory,
        replies: Replies,
        clock: Callable[[], Instant],
        caught_up: Callable[[], Awaitable[bool]],
    ) -> None:
        """``caught_up`` waits a moment for history that is being read; False when that takes longer."""
        self._install, self._submit, self._directory = install, submit, directory
        self._replies, self._clock, self._caught_up = replies, clock, caught_up
        self._recent: deque[Instant] = deque(maxlen=CROWD)

    # -- lines ------------------------------------------------------------------------------------------------------

    async def event(self, body: Body) -> BoltResponse:
        event = body.get("event")
        if not isinstance(event, dict) or event.get("type") != "message":
            return acknowledged()
        command = await self.read(event, body.get("api_app_id"))
        if command is None:
            return acknowledged()
        if not await self._caught_up():
            return refused()
        outcome = await self._committed(command)
        return acknowledged() if outcome is not None and outcome.done else refused()

    async def read(self, event: Body, app: object) -> Command | None:
        """The command of a message event, names looked up where it mentions anybody."""
        message = event.get("message") if event.get("subtype") == "message_changed" else event
        people, rooms = named(message) if isinstance(message, dict) else (frozenset(), frozenset())
        names = await self._directory.names(self._install, people, rooms)
        return lines.event_line(event, self._install, names, self._clock(), app)

    async def _committed(self, command: Command) -> Outcome | None:
        """The outcome; None when it is not known in time or nothing could be saved."""
        try:
            outcome = await self._submit(command)
            if isinstance(outcome, Saving):
                return await asyncio.wait_for(_shielded(outcome), LINE_SECONDS)
        except (StorageDown, TimeoutError):
            return None
        return outcome

    # -- presses, commands, forms -----------------------------------------------------------------------------------

    async def press(self, body: Body) -> BoltResponse:
        asked = parse.press(body, self._install, self._clock())
        if asked is None:
            return acknowledged()
        crowded = self._crowded()
        outcome = await self._soon(asked) if isinstance(asked.command, OPENING) else await self._carry_out(asked)
        match outcome:
            case Saving():
                self._replies.later(self._say_later(asked, outcome))
            case Outcome(reply=Form() as form) if asked.sent:
                self._replies.later(self._replies.give_form(asked, form))
            case Outcome(reply=Form() as form):
                await self._show_form(asked, form)
            case Outcome(reply=Card() as card, quiet=quiet) if not (quiet and crowded):
                dear = not isinstance(asked.command, CastBallot)
                beside = asked.sent and _unsaved(card)
                self._replies.later(self._replies.answer(asked, card, dear=dear, beside=beside))
        return acknowledged()

    async def slash(self, body: Body, signed: Instant | None) -> BoltResponse:
        asked = parse.slash(body, self._install, self._clock(), signed)
        if asked is None:
            return acknowledged()
        outcome = await self._soon(asked) if isinstance(asked.command, OPENING) else await self._carry_out(asked)
        match outcome:
            case Saving():
                self._replies.later(self._say_later(asked, outcome))
            case Outcome(reply=Form() as form):
                await self._show_form(asked, form)
            case Outcome(reply=Card() as card):
                return BoltResponse(status=200, body={"response_type": "ephemeral", **render(card).body()})
        return acknowledged()

    async def submission(self, body: Body, signed: Instant | None) -> BoltResponse:
        asked = parse.submission(body, self._install, self._clock(), signed)
        if asked is None:
            return acknowledged()
        outcome = await self._carry_out(asked)
        match outcome:
            case Saving():
                self._replies.later(self._say_later(asked, outcome))
            case Outcome(reply=Form() as form):
                if errors := forms.errors(form):
                    return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
                view = forms.form_view(form, asked.room, asked.response_url)
                return BoltResponse(status=200, body={"response_action": "update", "view": view})
            case Outcome(reply=Card() as card) if any(isinstance(part, Buttons) for part in card.parts):
                self._replies.later(self._replies.answer(asked, card))
            case Outcome(reply=Card() as card):
                view = forms.card_view(card, asked.title)
                return BoltResponse(status=200, body={"response_action": "update", "view": view})
        return acknowledged()

    async def _carry_out(self, asked: Asked) -> Outcome | Saving:
        command = asked.command
        if not isinstance(command, NAMELESS):
            crowd = isinstance(command, CROWDED)
            profile, command = await asyncio.gather(
                self._directory.person(asked.user, crowd=crowd), self._with_people(command, asked.people)
            )
            nick = profile.nick or (asked.handle if crowd else "")
            actor = replace(command.actor, nick=nick, avatar=profile.avatar, manages=profile.manages)
            command = replace(command, actor=actor)
        try:
            return await self._submit(command)
        except StorageDown:
            return Outcome(UNSAVED, done=False)

    async def _with_people(self, command: Command, people: Mapping[str, str]) -> Command:
        """A form's command with account and name of whom it picked; bots are nobody."""
        typed: Values | None = getattr(command, "values", None)
        if not people or typed is None:
            return command
        profiles = await asyncio.gather(*(self._directory.person(user) for user in people.values()))
        found = {
            name: () if profile.bot else (self._account(user, profile), profile.nick)
            for (name, user), profile in zip(people.items(), profiles, strict=True)
        }
        named: dict[str, Any] = {"values": {**typed, **found}}
        return replace(command, **named)

    def _account(self, user: str, profile: Profile) -> AccountId:
        """People of our organisation are at home there, whichever of its workspaces is theirs."""
        ours = profile.enterprise and profile.enterprise == self._install.enterprise
        return self._install.account(user, None if ours else profile.team)

    async def _show_form(self, asked: Asked, form: Form) -> None:
        """Open the form and acknowledge after it; when Slack is slow, acknowledge first."""
        crowd = isinstance(asked.command, CROWDED)
        task = self._replies.later(self._replies.open_form(asked, form, crowd=crowd))
        await asyncio.wait({task}, timeout=FORM_SECONDS)

    async def _soon(self, asked: Asked) -> Outcome | Saving | None:
        """The outcome where it is known within a second; else None, and a modal waits for it."""
        work = asyncio.create_task(self._carry_out(asked))
        await asyncio.wait({work}, timeout=LOADING_SECONDS)
        if work.done():
            return work.result()
        self._replies.later(self._load(asked, work))
        return None

    async def _load(self, asked: Asked, work: asyncio.Task[Outcome | Saving]) -> None:
        view = await self._replies.open_loading(asked, crowd=isinstance(asked.command, CROWDED))
        outcome = await work
        if isinstance(outcome, Saving):
            if not view:
                await self._say_later(asked, outcome)
                return
            outcome = await outcome.then
        if outcome.reply is None:
            return
        if view:
            await self._replies.fill(asked, view, outcome.reply)
        else:
            await self._show(asked, outcome.reply)

    async def _say_later(self, asked: Asked, saving: Saving) -> None:
        """ "Received, saving…", then what came of it. A form's trigger is dead by then, so it comes as a message."""
        await self._replies.answer(asked, say(OnlyPerson(PersonId("")), Saving.sentence), beside=asked.sent)
        outcome = await saving.then
        if outcome.reply is not None:
            await self._show(asked, outcome.reply)

    async def _show(self, asked: Asked, reply: Card | Form) -> None:
        if isinstance(reply, Form):
            await self._replies.give_form(asked, reply)
        else:
            await self._replies.answer(asked, reply, beside=asked.sent and _unsaved(reply))

    def _crowded(self) -> bool:
        now = self._clock()
        full = len(self._recent) == CROWD and now - self._recent[0] < SECOND
        self._recent.append(now)
        return full


def _unsaved(card: Card) -> bool:
    """Whether it asks to try once more: the form that was sent must stand for that."""
    return card.parts == UNSAVED.parts


async def _shielded(saving: Saving) -> Outcome:
    """The outcome; whoever gives up waiting must not stop the saving."""
    waiting: Awaitable[Outcome] = saving.then
    return await asyncio.shield(asyncio.ensure_future(waiting))
