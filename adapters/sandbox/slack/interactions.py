"""A person presses, picks, types a command or uses a message's menu; the app has 3 seconds and no second chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.sandbox.slack.installs import App, Install
from adapters.sandbox.slack.model import Channel, Json, User
from adapters.sandbox.slack.payloads import (
    Place,
    action_of,
    block_actions,
    envelope,
    find_place,
    owner,
    response_url,
    shown_name,
)
from adapters.sandbox.slack.response_urls import answer_command
from adapters.sandbox.slack.seen import Handle, handles, words
from adapters.sandbox.slack.shapes import message_json
from adapters.sandbox.slack.sockets import Unanswered
from adapters.sandbox.slack.views import Refused
from adapters.sandbox.slack.watch import Watch
from adapters.sandbox.slack.world import Workspace


async def deliver(space: Workspace, app: App, kind: str, payload: Json) -> tuple[str | None, Any]:
    """(what the person sees as the platform's failure, the app's answer)."""
    deliveries = space.world.deliveries
    if deliveries is None:
        raise RuntimeError("the stand-in is not running")
    try:
        return None, await deliveries.ask(app, kind, payload)
    except Unanswered as failure:
        return failure.shown, None


async def press(space: Workspace, user: User, channel: str, post: str, label: str, wait: float = 0.0) -> Json:
    """Press a button by its visible label; a button with a link is reported to the app too."""
    watch = Watch.start(space, user)
    place = find_place(space, user, channel, post)
    found = [one for one in handles(space, place.blocks) if one.label == label and one.kind in ("button", "link")]
    if not found:
        labels = [one.label for one in handles(space, place.blocks)]
        raise LookupError(f"no button {label!r}; there are {labels}")
    return await press_handle(watch, place, found[0], channel, post, wait)


async def press_handle(watch: Watch, place: Place, handle: Handle, channel: str, post: str, wait: float = 0.0) -> Json:
    space, user, label = watch.space, watch.user, handle.label
    action = action_of(space, handle)
    if place.channel is not None:
        pressed = space.world.presses.setdefault((place.channel.id, post), {})
        times = pressed[user.id][2] if user.id in pressed else 0
        pressed[user.id] = [action["action_id"], action.get("value"), times + 1]
    install = owner(space, place)
    error, _ = await deliver(space, install.app, "block_actions", block_actions(space, install, user, place, action))
    if wait and error is None:
        await watch.until(wait)
    return watch.done(
        "press",
        error,
        channel=channel,
        post=post,
        action_id=action["action_id"],
        value=action.get("value"),
        label=label,
    )


def picked(space: Workspace, handle: Handle, options: Sequence[str]) -> Json:
    """The value object for options chosen by their visible words."""
    element, kind = handle.element, str(handle.element.get("type"))
    if kind in ("users_select", "multi_users_select"):
        ids = [space.find_user(one).id for one in options]
        name, many = "selected_user", kind.startswith("multi_")
        return {"type": kind, **({"selected_users": ids} if many else {name: ids[0] if ids else None})}
    by_words = {words(space, one.get("text")): one for one in handle.options}
    missing = [one for one in options if one not in by_words]
    if missing:
        raise LookupError(f"no option {missing[0]!r}; there are {list(by_words)}")
    chosen = [{"text": by_words[one]["text"], "value": by_words[one].get("value")} for one in options]
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        most = element.get("max_selected_items")
        if most is not None and len(chosen) > most:
            raise LookupError(f"at most {most} options can be picked")
        return {"type": kind, "selected_options": chosen}
    if len(chosen) > 1:
        raise LookupError("only one option can be picked here")
    return {"type": kind, "selected_option": chosen[0] if chosen else None}


async def choose(
    space: Workspace, user: User, channel: str, post: str, label: str, options: Sequence[str], wait: float = 0.0
) -> Json:
    """Pick options; inside an input block nothing is sent unless it asks for it."""
    watch = Watch.start(space, user)
    place = find_place(space, user, channel, post)
    every = [one for one in handles(space, place.blocks) if one.kind not in ("button", "link")]
    handle = next((one for one in every if one.label == label), None)
    if handle is None:
        raise LookupError(f"no select {label!r}; there are {[one.label for one in every]}")
    value = picked(space, handle, options)
    return await put_value(watch, place, handle, value, list(options), channel, post, wait)


async def put_value(
    watch: Watch, place: Place, handle: Handle, value: Json, chosen: object, channel: str, post: str, wait: float = 0.0
) -> Json:
    """A control holds this now; the app is told unless it waits in a form."""
    space, user = watch.space, watch.user
    if handle.element.get("type") != "overflow":
        space.person(user.id).typed.setdefault(place.container, {})[handle.key] = value
    error = None
    if handle.block.get("type") != "input" or handle.block.get("dispatch_action"):
        install = owner(space, place)
        payload = block_actions(space, install, user, place, action_of(space, handle, value))
        error, _ = await deliver(space, install.app, "block_actions", payload)
    if wait and error is None:
        await watch.until(wait)
    label = handle.label
    return watch.done("choose", error, channel=channel, post=post, action_id=handle.key, value=chosen, label=label)


async def command(space: Workspace, user: User, channel: str, line: str, thread: str | None, wait: float) -> Json:
    """Use a slash command as typed."""
    watch = Watch.start(space, user)
    room = space.find_channel(channel, user)
    name, _, text = line.strip().partition(" ")
    install = next((one for one in space.installs if name in one.app.commands), None)
    error: str | None = None
    if install is None:
        error = f"{name} is not a valid command."
    elif thread is not None:
        # Slack's own words; commands of apps do not run in threads.
        error = f"{name} is not supported in threads. Sorry!"
    else:
        error = await _run_command(space, install, user, room, name, text.strip())
        if wait and error is None:
            await watch.until(wait)
    return watch.done("command", error, channel=channel, value=line)


async def _run_command(
    space: Workspace, install: Install, user: User, room: Channel, name: str, text: str
) -> str | None:
    payload = {
        "token": install.app.verification_token,
        "team_id": space.id,
        "team_domain": space.domain,
        "channel_id": room.id,
        "channel_name": shown_name(room),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": install.app.id,
        "is_enterprise_install": "false",
        "response_url": response_url(space, user, room, command=True),
        "trigger_id": space.world.trigger(user.id),
    }
    error, answer = await deliver(space, install.app, "slash_commands", payload)
    if error is None and isinstance(answer, dict) and answer:
        try:
            answer_command(space, install, user, room, answer)
        except Refused as refusal:
            return refusal.error
    return error


async def anywhere(space: Workspace, user: User, name: str, wait: float) -> Json:
    """Use a global shortcut: it says who, but neither where nor about what, and brings no response_url."""
    watch = Watch.start(space, user)
    install = next((one for one in space.installs if name in one.app.global_shortcuts), None)
    if install is None:
        raise LookupError(f"no shortcut {name!r}")
    payload = envelope(space, install, user, "shortcut") | {
        "action_ts": f"{space.world.clock.now():.6f}",
        "callback_id": install.app.global_shortcuts[name],
        "trigger_id": space.world.trigger(user.id),
    }
    error, _ = await deliver(space, install.app, "shortcut", payload)
    if wait and error is None:
        await watch.until(wait)
    return watch.done("anywhere", error, label=name)


async def shortcut(space: Workspace, user: User, channel: str, post: str, name: str, wait: float) -> Json:
    """Use an entry of a message's menu by its visible name."""
    watch = Watch.start(space, user)
    place = find_place(space, user, channel, post)
    install = next((one for one in space.installs if name in one.app.shortcuts), None)
    if install is None or place.message is None or place.channel is None or place.message.only_for:
        raise LookupError(f"no entry {name!r} in this menu")
    payload = envelope(space, install, user, "message_action") | {
        "action_ts": f"{space.world.clock.now():.6f}",
        "callback_id": install.app.shortcuts[name],
        "trigger_id": space.world.trigger(user.id),
        "response_url": response_url(space, user, place.channel, source=place.message),
        "message_ts": place.message.ts,
        "message": message_json(space, place.message),
        "channel": {"id": place.channel.id, "name": shown_name(place.channel)},
    }
    error, _ = await deliver(space, install.app, "message_action", payload)
    if wait and error is None:
        await watch.until(wait)
    return watch.done("shortcut", error, channel=channel, post=post, label=name)
