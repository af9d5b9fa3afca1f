"""Every card that the bot has shown, kept as it was, so that each of its buttons can be pressed at any later time.

What is kept is what stood on the screen: words, and behind them what the platform sends when they are pressed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from adapters.discord.render import action_of as discord_action
from adapters.sandbox.discord import interactions, look, messages
from adapters.sandbox.discord import model as there
from adapters.sandbox.discord.permissions import VIEW_CHANNEL
from adapters.sandbox.slack import interactions as slack_acts
from adapters.sandbox.slack import model as here
from adapters.sandbox.slack.payloads import Place, action_of, block_actions
from adapters.sandbox.slack.seen import Handle, handles, lines, post_json, sheet_json, words
from adapters.sandbox.slack.world import Workspace, World
from adapters.slack.render import LINK_ACTION
from adapters.slack.render import action_of as slack_action
from tests.wire.bot_stage import Stage

LONGEST = 2_500.0
"""Milliseconds that an answer may take (RELIABILITY 19)."""
AWAITED = 4.0
"""Seconds in which the words must be there."""
CROWDED = 1.1
"""Seconds: above fifty presses in one a change of a ballot is acknowledged only (DESIGN 3), and these are hundreds."""
QUIET = ("react", "click")
"""Verbs that are answered by the card itself, or by the page that opens."""
NOWHERE = World().workspace("Nowhere")
"""For reading blocks that name no person and no channel."""
Where = Literal["shared", "private", "direct", "home", "form"]


@dataclass(frozen=True, slots=True)
class Came:
    """What a press brought: the words read then, or the form that opened."""

    ok: bool
    milliseconds: float
    text: str = ""
    form: str = ""
    error: str | None = None
    quiet: bool = False
    """What it does is to be seen on the card itself, so a bare acknowledgement is an answer."""

    @property
    def answered(self) -> bool:
        return self.ok and self.milliseconds < LONGEST and bool(self.quiet or self.text or self.form)


@dataclass(frozen=True, slots=True)
class Control:
    """A button, or one option of a select, on a card as it was shown to somebody."""

    who: str
    where: Where
    label: str
    option: str
    made: str
    """The action behind it, as the core wrote it."""
    value: str
    parts: Any = field(hash=False, compare=False)
    """The card's blocks or components then."""
    holder: Any = field(hash=False, compare=False)
    """The platform's message or view, and its channel where it has one."""

    @property
    def slack(self) -> bool:
        return len(self.holder) == 3

    @property
    def verb(self) -> str:
        return self.made.partition(":")[0]

    @property
    def act(self) -> str:
        """The verb; of a menu More with what is picked in it."""
        return f"{self.verb} {self.value}" if self.verb in ("more", "qmore") else self.verb

    def __str__(self) -> str:
        chosen = f" › {self.option}" if self.option else ""
        return f"{self.who}: [{self.label}{chosen}] {self.made} ({self.where})"


@dataclass
class Album:
    """``pressers``: who presses what all of them can see."""

    stage: Stage
    pressers: tuple[str, ...]
    controls: dict[Control, None] = field(default_factory=dict)
    _copies: dict[int, Any] = field(default_factory=dict)
    """What was copied of each message and view last: most look as they did, to every reader."""

    def _copy(self, holder: object, parts: Any) -> Any:
        kept = self._copies.get(id(holder))
        if kept != parts:
            kept = self._copies[id(holder)] = deepcopy(parts)
        return kept

    def take(self) -> None:
        """Keep every card that is to be seen now."""
        for one in (*self._discord(), *self._slack()):
            self.controls.setdefault(one)

    def of(self, *verbs: str) -> list[Control]:
        return [one for one in self.controls if one.verb in verbs]

    def verbs(self) -> set[str]:
        return {one.verb for one in self.controls}

    # -- Discord ----------------------------------------------------------------------------------------------------

    def _discord(self) -> Iterator[Control]:
        world = self.stage.discord
        for channel in world.channels.values():
            for message in channel.messages.values():
                if message.application_id in world.applications and message.components:
                    for who in self._readers(channel, message):
                        yield from _of_components(who, channel, message, self._copy(message, message.components))

    def _readers(self, channel: there.Channel, message: there.Message) -> Iterable[str]:
        world = self.stage.discord
        known = {user.id: user.name for user in world.users.values() if user.name in self.stage.people}
        if message.only is not None:
            return [known[message.only]] if message.only in known else []
        if channel.guild is None:
            return [it.name for it in channel.recipients if it.name in self.stage.people]
        users = [user for user in world.users.values() if user.name in self.pressers]
        return [user.name for user in users if world.granted(user, channel) & VIEW_CHANNEL]

    async def _press_there(self, one: Control) -> Came:
        world, people = self.stage.discord, self.stage.servers["discord"].people
        channel, message = one.holder
        user = next(it for it in world.users.values() if it.name == one.who)
        if message.only is not None:
            message.components = deepcopy(one.parts)  # private answers change when they are pressed
        part = next(it for it in messages.walk(one.parts) if discord_action(str(it.get("custom_id"))) == one.made)
        data = {"id": part.get("id"), "custom_id": part["custom_id"], "component_type": part["type"]}
        if one.option:
            data["values"] = [one.value]
        app = world.applications[message.application_id]
        return await press_there(self.stage, people, app, user, channel, message, data)

    # -- Slack ------------------------------------------------------------------------------------------------------

    def _slack(self) -> Iterator[Control]:
        for space in self.stage.slack.workspaces.values():
            known = {user.id: user.name for user in space.users.values() if user.name in self.stage.people}
            for channel in space.channels.values():
                members = [known[it] for it in channel.members if it in known]
                readers = members if channel.kind == "im" else [it for it in members if it in self.pressers]
                if channel.kind == "channel":  # everybody can look into it
                    readers = [it for it in known.values() if it in self.pressers]
                for message in channel.messages.values():
                    if message.bot_id:
                        for who in readers:
                            where: Where = "direct" if channel.kind == "im" else "shared"
                            blocks = self._copy(message, message.blocks)
                            yield from _of_blocks(space, who, where, blocks, (channel, message, None))
            for ident, who in known.items():
                person = space.person(ident)
                for room, private in person.private.items():
                    for message in private.values():
                        holder = (space.channels[room], message, None)
                        yield from _of_blocks(space, who, "private", self._copy(message, message.blocks), holder)
                shown = [("form", it) for it in person.views] + ([("home", person.home)] if person.home else [])
                for kind, view in shown:
                    held = (None, None, space.views[view])
                    blocks = self._copy(held[2], held[2].body["blocks"])
                    yield from _of_blocks(space, who, kind, blocks, held)  # type: ignore[arg-type]

    async def _press_here(self, one: Control) -> Came:
        (space,) = self.stage.slack.workspaces.values()
        user = next(it for it in space.users.values() if it.name == one.who)
        place = _as_it_was(space, user, one)
        handle = next(it for it in handles(space, one.parts) if _action(it) == one.made)
        value: here.Json | None = None
        if one.option:
            chosen = next(it for it in handle.options if it.get("value") == one.value)
            value = {"type": handle.element["type"], "selected_option": chosen}
        awaited = 1.0 if one.verb in QUIET else AWAITED
        return await press_here(self.stage, space, user, place, action_of(space, handle, value), awaited)

    # -- both -------------------------------------------------------------------------------------------------------

    async def press(self, one: Control) -> Came:
        """As if the card stood there as it was kept."""
        came = await (self._press_here(one) if one.slack else self._press_there(one))
        if one.verb == "vote" and came.ok and not came.answered:
            await asyncio.sleep(CROWDED)
            came = await (self._press_here(one) if one.slack else self._press_there(one))
        return replace(came, quiet=one.verb in QUIET)


def forged(one: Control, made: str, value: str = "") -> Control:
    """The same control with something else behind it, as nobody but a program can press it."""
    parts = deepcopy(one.parts)
    every: Iterable[Any] = [it.element for it in handles(NOWHERE, parts)] if one.slack else messages.walk(parts)
    name = "action_id" if one.slack else "custom_id"
    action = slack_action if one.slack else discord_action
    part = next(it for it in every if action(str(it.get(name) or "")) == one.made)
    part[name] = made
    if one.option and value:
        next(it for it in part["options"] if it["value"] == one.value)["value"] = value
    return replace(one, made=action(made), value=value or one.value, parts=parts)


# -- Discord --------------------------------------------------------------------------------------------------------


def _of_components(who: str, channel: there.Channel, message: there.Message, parts: Any) -> Iterator[Control]:
    where: Where = "private" if message.only is not None else "direct" if channel.guild is None else "shared"
    for part in messages.walk(parts):
        made = discord_action(str(part.get("custom_id") or ""))
        if part["type"] == 2 and made:
            yield Control(who, where, look.caption(part), "", made, "", parts, (channel, message))
        for option in part.get("options") or [] if made else []:
            label = str(part.get("placeholder") or "")
            yield Control(who, where, label, option["label"], made, option["value"], parts, (channel, message))


async def press_there(
    stage: Stage, people: Any, app: Any, user: there.User, channel: there.Channel, message: there.Message, data: Any
) -> Came:
    """Begin the interaction and read what came of it, in a message or a form."""
    world, began = stage.discord, time.perf_counter()
    one = interactions.begin(world, app, 3, user, channel, data, message)
    try:
        await asyncio.wait_for(one.done.wait(), world.patience)
    except TimeoutError:
        interactions.expire(one)
        return Came(False, 1000 * (time.perf_counter() - began), error="This interaction failed")
    taken = 1000 * (time.perf_counter() - began)
    people.forms.pop(user.id, None)
    if one.sheet is not None:
        return Came(True, taken, form=str(one.sheet["title"]))
    told = look.words(one.original, world) if one.first != 6 and one.original is not None else ""
    return Came(True, taken, told)


# -- Slack ----------------------------------------------------------------------------------------------------------


def _action(handle: Handle) -> str:
    return slack_action(str(handle.element.get("action_id") or ""))


def _of_blocks(space: Workspace, who: str, where: Where, parts: list[Any], holder: Any) -> Iterator[Control]:
    for handle in handles(space, parts):
        made = _action(handle)
        if handle.block.get("type") == "input" or not made or made in (LINK_ACTION, "send") or handle.kind == "link":
            continue
        if handle.kind == "button":
            yield Control(who, where, handle.label, "", made, "", parts, holder)
        for option in handle.options:
            label = words(space, option["text"])
            yield Control(who, where, handle.label, label, made, str(option["value"]), parts, holder)


def _as_it_was(space: Workspace, user: here.User, one: Control) -> Place:
    """What changes when it is pressed stands there again: private answers, forms, the home."""
    channel, message, view = one.holder
    person = space.person(user.id)
    person.views = []
    if view is not None:
        view.body = {**view.body, "blocks": deepcopy(one.parts)}
        space.views[view.id] = view
        person.views = [view.id] if one.where == "form" else []
    elif one.where == "private":
        message.blocks = deepcopy(one.parts)
        person.private.setdefault(channel.id, {})[message.ts] = message
    else:
        message = deepcopy(message)
        message.blocks = deepcopy(one.parts)
    return Place(channel, message, view)


async def press_here(
    stage: Stage, space: Workspace, user: here.User, place: Place, action: Any, awaited: float = AWAITED
) -> Came:
    """Send the press and read what came of it: beside it, in its place, by direct message, in a form or the home."""
    world, before = stage.slack, space.world.serial
    install = space.installs[0]
    payload = block_actions(space, install, user, place, action)
    began = time.perf_counter()
    error, _ = await slack_acts.deliver(space, install.app, "block_actions", payload)
    taken = 1000 * (time.perf_counter() - began)
    if error is not None:
        return Came(False, taken, error=error)
    try:
        async with asyncio.timeout(awaited):
            while (came := _read(space, user, payload, place, before, taken)) is None:
                await world.change()
    except TimeoutError:
        return Came(True, taken)
    return came


def _words(space: Workspace, message: here.Message) -> str:
    return str(post_json(space, space.channels[message.channel], message)["text"])


def _read(
    space: Workspace, user: here.User, payload: here.Json, place: Place, before: int, taken: float
) -> Came | None:
    """What came by this press's own address; else what is new and did not come by another's."""
    person, world = space.person(user.id), space.world
    # There is none for what is pressed in a form or the home.
    mine = world.urls.get(str(payload.get("response_url", "")).removeprefix(world.base_url))
    if mine is not None and mine.shown:
        return Came(True, taken, _words(space, mine.shown[-1]))
    for ident in reversed(person.views):
        if space.views[ident].serial > before:
            view = space.views[ident]
            shown = sheet_json(space, view, {})
            if shown["entries"]:
                return Came(True, taken, form=shown["title"])
            said = "\n".join(it for it in lines(space, view.body["blocks"]) if it)
            return None if "Just a moment" in said else Came(True, taken, said)
    for message in reversed(person.arrived):
        if message.serial <= before:
            break  # as they came, the newest last
        if not any(message is it for url in world.urls.values() for it in url.shown):
            return Came(True, taken, _words(space, message))
    for channel in space.channels.values():
        if channel.kind == "im" and user.id in channel.members:
            for message in channel.messages.values():
                if message.bot_id and message.serial > before:
                    return Came(True, taken, _words(space, message))
    if person.home and place.view is space.views[person.home] and space.views[person.home].serial > before:
        return Came(True, taken, "\n".join(it for it in lines(space, space.views[person.home].body["blocks"]) if it))
    return None
