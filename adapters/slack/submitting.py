"""Commands on their way to the core: who acted is looked up first, and what comes back can be shown on Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from adapters.slack import forms
from adapters.slack.directory import Directory, account_of
from adapters.slack.identity import Install
from adapters.slack.jumps import linked, placed_card
from adapters.slack.parse import Asked
from core.app.commands import (
    CastBallot,
    Command,
    ContinueForm,
    Explain,
    HandOver,
    Join,
    KeepOpen,
    KeepPage,
    OpenAskForm,
    OpenDetailsForm,
    OpenInteractionForm,
    OpenJoinForm,
    OpenModerateForm,
    OpenQuestionForm,
    OpenQuestionRulesForm,
    OpenReplyForm,
    OpenRulesForm,
    OpenSessionForm,
    OpenSettingsForm,
    OpenTeamForm,
    OpenTextsForm,
    React,
    ShowMenu,
    TakeNext,
)
from core.app.outcome import NOT_SAVED, Outcome, Saving
from core.app.ports import StorageDown, Submit
from core.domain.form import Form, Values
from core.domain.ids import AccountId, PersonId
from core.domain.view import Card, OnlyPerson, say, with_typed

LINE_SECONDS = 1.2
"""How much longer than ``submit`` a line is waited for; then Slack shall bring it again."""
NAMELESS: tuple[type[Command], ...] = (CastBallot, React, KeepOpen, Explain)
"""Commands that ask nothing of the person's profile, so that a crowd costs no look-ups."""
CROWDED: tuple[type[Command], ...] = (OpenAskForm, OpenJoinForm, Join, ShowMenu)
"""Commands that a whole audience gives at once; moderators' look-ups and forms come before theirs."""

OPENING: tuple[type[Command], ...] = (
    ContinueForm,
    OpenJoinForm,
    OpenSessionForm,
    OpenInteractionForm,
    OpenTeamForm,
    OpenModerateForm,
    OpenSettingsForm,
    OpenDetailsForm,
    OpenRulesForm,
    OpenTextsForm,
    OpenAskForm,
    OpenReplyForm,
    OpenQuestionForm,
    OpenQuestionRulesForm,
    TakeNext,
    HandOver,
)
"""Commands that are answered with a form."""


def crowded(command: Command) -> bool:
    """A part of a form is what its form is."""
    return isinstance(command.opener if isinstance(command, ContinueForm | KeepPage) else command, CROWDED)


UNSAVED = say(OnlyPerson(PersonId("")), NOT_SAVED)


class Submitting:
    """The way to the core for everything that one workspace brings."""

    def __init__(self, install: Install, submit: Submit, directory: Directory) -> None:
        self._install, self._submit, self._directory = install, submit, directory

    async def carry_out(self, asked: Asked) -> Outcome | Saving:
        """The outcome; where nothing could be saved, words that say so."""
        command = await self.introduced(asked)
        try:
            outcome = await self._submit(command)
        except StorageDown:
            return Outcome(UNSAVED, done=False)
        return outcome if isinstance(outcome, Saving) else self._placed(_with_typed(asked, outcome))

    async def then(self, asked: Asked, saving: Saving) -> Outcome:
        """What came of what took long."""
        return self._placed(_with_typed(asked, await saving.then))

    async def committed(self, command: Command) -> Outcome | None:
        """The outcome; None when it is not known in time or nothing could be saved."""
        try:
            outcome = await self._submit(command)
            if isinstance(outcome, Saving):
                outcome = await asyncio.wait_for(_shielded(outcome), LINE_SECONDS)
        except (StorageDown, TimeoutError):
            return None
        return self._placed(outcome)

    async def introduced(self, asked: Asked) -> Command:
        """The command with name, picture and rights of who gave it, and with whom they picked."""
        command = asked.command
        if isinstance(command, NAMELESS):
            return command
        crowd = crowded(command)
        profile, command = await asyncio.gather(
            self._directory.person(asked.user, crowd=crowd), self._with_people(command, asked.people)
        )
        nick = profile.nick or (asked.handle if crowd else "")
        actor = replace(command.actor, nick=nick, avatar=profile.avatar, manages=profile.manages)
        return replace(command, actor=actor)

    def known(self, user: str) -> AccountId | None:
        """The account of somebody whom Slack told about lately; nobody is asked."""
        profile = self._directory.people.known(user)
        return account_of(self._install, user, profile) if profile is not None and profile.team else None

    def _placed(self, outcome: Outcome) -> Outcome:
        """With addresses where something leads to a message or a channel of the workspace."""
        match outcome.reply:
            case Card() as card:
                return replace(outcome, reply=placed_card(card, self._install.site))
            case Form() as form:
                return replace(outcome, reply=replace(form, intro=linked(form.intro, self._install.site)))
            case _:
                return outcome

    async def _with_people(self, command: Command, people: Mapping[str, str]) -> Command:
        """A form's command with account and name of whom it picked; bots are nobody."""
        typed: Values | None = getattr(command, "values", None)
        if not people or typed is None:
            return command
        profiles = await asyncio.gather(*(self._directory.person(user) for user in people.values()))
        found = {
            name: () if profile.bot else (account_of(self._install, user, profile), profile.nick)
            for (name, user), profile in zip(people.items(), profiles, strict=True)
        }
        named: dict[str, Any] = {"values": {**typed, **found}}
        return replace(command, **named)


def unsaved(card: Card) -> bool:
    """Whether it asks to try once more: the form that was sent must stand for that."""
    return card.parts == UNSAVED.parts


def waiting(asked: Asked) -> Card:
    """What is shown until it is known what came of it; a form in a message stays, a modal's words go along."""
    card = say(OnlyPerson(PersonId("")), Saving.sentence)
    return card if asked.sent else with_typed(card, forms.texts(asked.state))


def _with_typed(asked: Asked, outcome: Outcome) -> Outcome:
    """A refusal takes the place of the form that was sent, so it holds what was typed."""
    card = outcome.reply
    if outcome.done or not isinstance(card, Card) or (asked.sent and unsaved(card)):
        return outcome
    return replace(outcome, reply=with_typed(card, forms.texts(asked.state)))


async def _shielded(saving: Saving) -> Outcome:
    """The outcome; whoever gives up waiting must not stop the saving."""
    waiting: Awaitable[Outcome] = saving.then
    return await asyncio.shield(asyncio.ensure_future(waiting))
