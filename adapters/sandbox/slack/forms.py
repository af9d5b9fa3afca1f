"""A person fills in a modal, submits or closes it; the app's answer decides what is shown next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.interactions import deliver, picked
from adapters.sandbox.slack.model import Json, User, View
from adapters.sandbox.slack.payloads import Place, action_of, block_actions, envelope
from adapters.sandbox.slack.seen import Handle, handles, sheet_json, state_values
from adapters.sandbox.slack.shapes import view_json
from adapters.sandbox.slack.views import Refused, close_top, push_modal, update_view
from adapters.sandbox.slack.watch import Watch
from adapters.sandbox.slack.world import Workspace

Typed = Mapping[str, str | Sequence[str]]
REQUIRED = "Please complete this required field."


def enter(space: Workspace, user: User, container: str, blocks: list[Json], values: Typed) -> None:
    """Type into input blocks by their labels, without sending anything."""
    typed = space.person(user.id).typed.setdefault(container, {})
    inputs = {one.label: one for one in handles(space, blocks) if one.kind not in ("button", "link")}
    for label, value in values.items():
        handle = inputs.get(label)
        if handle is None:
            raise LookupError(f"no entry {label!r}; there are {list(inputs)}")
        typed[handle.key] = value_put(space, handle, value)


def value_put(space: Workspace, handle: Handle, value: str | Sequence[str]) -> Json:
    kind = str(handle.element.get("type"))
    if kind.endswith("_select") or kind in ("radio_buttons", "checkboxes"):
        chosen = [value] if isinstance(value, str) else list(value)
        return picked(space, handle, [one for one in chosen if one])
    if kind == "rich_text_input":
        part = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(value)}]}
        return {"type": kind, "rich_text_value": {"type": "rich_text", "elements": [part]}}
    if not isinstance(value, str):
        raise LookupError(f"{handle.label!r} takes text")
    field = {"datepicker": "selected_date", "timepicker": "selected_time"}.get(kind, "value")
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": int(value)}
    return {"type": kind, field: value or None}


def _client_errors(space: Workspace, view: View, values: Json) -> dict[str, str]:
    """What Slack's own app refuses before anything is sent."""
    errors: dict[str, str] = {}
    for handle in handles(space, view.body.get("blocks", [])):
        if handle.block.get("type") != "input":
            continue
        block_id = str(handle.block.get("block_id"))
        value = values.get(block_id, {}).get(handle.element.get("action_id"), {})
        content = next((one for name, one in value.items() if name != "type"), None)
        if content in (None, "", []):
            if not handle.block.get("optional", False):
                errors[block_id] = REQUIRED
        elif isinstance(content, str) and handle.element.get("type") == "plain_text_input":
            least, most = handle.element.get("min_length", 0), handle.element.get("max_length", 3000)
            if len(content) < least:
                errors[block_id] = f"Must be at least {least} characters."
            elif len(content) > most:
                errors[block_id] = f"Must be at most {most} characters."
        elif isinstance(content, str) and handle.element.get("type") == "number_input":
            if not content.lstrip("-").replace(".", "", 1).isdigit():
                errors[block_id] = "Must be a number."
        elif handle.element.get("type") == "url_text_input" and "://" not in str(content):
            errors[block_id] = "Must be a URL."
        elif handle.element.get("type") == "email_text_input" and "@" not in str(content):
            errors[block_id] = "Must be an email address."
    return errors


def top(space: Workspace, user: User) -> View:
    person = space.person(user.id)
    if not person.views:
        raise LookupError(f"{user.name} has no form open")
    return space.views[person.views[-1]]


async def fill(space: Workspace, user: User, values: Typed, wait: float = 0.0) -> Json:
    """Fill in the open form and submit it."""
    watch = Watch.start(space, user)
    view = top(space, user)
    for label, value in values.items():
        enter(space, user, view.id, view.body.get("blocks", []), {label: value})
        await _tell_picked(space, user, view, label)
    return await submit(watch, view, dict(values), wait)


async def _tell_picked(space: Workspace, user: User, view: View, label: str) -> None:
    """An input block with ``dispatch_action`` tells the app of what is picked in it, and of the whole state.

    docs.slack.dev/reference/block-kit/blocks/input-block; typing is told when Enter is pressed, which nobody does here.
    """
    inputs = {
        one.label: one for one in handles(space, view.body.get("blocks", [])) if one.kind not in ("button", "link")
    }
    handle = inputs[label]
    if not handle.block.get("dispatch_action") or "text" in str(handle.element.get("type")):
        return
    install, place = space.installs[0], Place(None, None, view)
    value = space.person(user.id).typed[view.id][handle.key]
    payload = block_actions(space, install, user, place, action_of(space, handle, value))
    await deliver(space, install.app, "block_actions", payload)


async def submit(watch: Watch, view: View, said: object, wait: float = 0.0) -> Json:
    """Send the open form as it is filled in now."""
    space, user = watch.space, watch.user
    install = space.installs[0]
    typed = space.person(user.id).typed.get(view.id, {})
    state = state_values(view.body.get("blocks", []), typed)
    view.errors = _client_errors(space, view, state)
    if view.errors:
        view.serial = space.world.touch()
        return watch.done("fill", "not_sent", value=said)
    payload = envelope(space, install, user, "view_submission") | {
        "trigger_id": space.world.trigger(user.id, view.id),
        "view": view_json(space, install, view, state),
        "response_urls": [],
    }
    error, answer = await deliver(space, install.app, "view_submission", payload)
    if error is None:
        error = await _show_next(space, install, user, view, answer)
    if wait and error is None:
        await watch.until(wait)
    result = watch.done("fill", error, value=said, label=str(view.body.get("callback_id", "")))
    if error is not None and view.id in space.views:
        result["sheet"] = sheet_json(space, view, typed)
    return result


async def _show_next(space: Workspace, install: Install, user: User, view: View, answer: Any) -> str | None:
    """Do what the answer's ``response_action`` says; the default closes this one view."""
    action = answer.get("response_action") if isinstance(answer, dict) else None
    try:
        match action:
            case None:
                if view.id in space.person(user.id).views[-1:]:
                    close_top(space, user.id)
            case "clear":
                await tell_closed(space, install, user, close_top(space, user.id, everything=True)[1:], cleared=True)
            case "errors":
                return _show_errors(space, view, answer.get("errors"))
            case "update":
                update_view(space, view, answer.get("view"))
            case "push":
                push_modal(space, user.id, answer.get("view"))
            case _:
                return "invalid_response"
    except Refused as refusal:
        return refusal.error
    return None


def _show_errors(space: Workspace, view: View, errors: Any) -> str | None:
    blocks = {one.get("block_id") for one in view.body.get("blocks", []) if one.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= blocks:
        # Slack shows its own connection error when a message names no input block of the view.
        space.world.note("answer:view_submission", {"errors": errors}, ("errors name no input block",), "ignored")
        return "invalid_response"
    view.errors = {str(name): str(text) for name, text in errors.items()}
    view.serial = space.world.touch()
    return None


async def tell_closed(
    space: Workspace,
    install: Install,
    user: User,
    views: list[View],
    typed: Json | None = None,
    *,
    cleared: bool = False,
) -> None:
    """view_closed goes out only for views that asked for it. ``typed``: what they held, where that shall be told."""
    for view in views:
        if not view.body.get("notify_on_close"):
            continue
        state = state_values(view.body.get("blocks", []), typed.get(view.id, {})) if typed is not None else {}
        payload = envelope(space, install, user, "view_closed") | {
            "view": view_json(space, install, view, state),
            "is_cleared": cleared,
        }
        await deliver(space, install.app, "view_closed", payload)


async def close(space: Workspace, user: User) -> Json:
    """Close the open form without sending it."""
    watch = Watch.start(space, user)
    top(space, user)
    typed = dict(space.person(user.id).typed) if space.world.tells_state_on_close else None
    await tell_closed(space, space.installs[0], user, close_top(space, user.id), typed)
    return watch.done("close", None)
