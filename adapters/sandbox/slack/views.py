"""Modals and App Homes: opening, stacking, updating and closing them by Slack's rules."""

from __future__ import annotations

import orjson

from adapters.sandbox.slack.blocks import check_view
from adapters.sandbox.slack.model import Json, View
from adapters.sandbox.slack.posting import kept_blocks
from adapters.sandbox.slack.world import Workspace

STACK = 3
"""docs.slack.dev/surfaces/modals: at most three views in one stack."""
SIZE = 250_000


class Refused(Exception):
    """Slack says no; ``messages`` explain it."""

    def __init__(self, error: str, messages: tuple[str, ...] = ()) -> None:
        super().__init__(error)
        self.error, self.messages = error, messages


def _fresh_hash(space: Workspace) -> str:
    return f"{int(space.world.clock.now())}.{space.world.word(8)}"


def _checked(space: Workspace, body: Json, kind: str, but: str | None = None) -> Json:
    found = check_view(body)
    if not found and body.get("type") != kind:
        found = [f"unsupported type: {body.get('type')} [json-pointer:/view/type]"]
    if found:
        raise Refused("invalid_arguments", tuple(found))
    if len(orjson.dumps(body)) > SIZE:
        raise Refused("view_too_large")
    outer = body.get("external_id")
    if outer and any(one.body.get("external_id") == outer and one.id != but for one in space.views.values()):
        raise Refused("duplicate_external_id")
    return {**body, "blocks": kept_blocks(space, body["blocks"])}


def exchange(space: Workspace, trigger_id: str) -> tuple[str, str | None]:
    """(user, view that was acted on) of a trigger; it lives 3 seconds and works once."""
    trigger = space.world.triggers.get(trigger_id)
    if trigger is None or trigger.user not in space.users:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if space.world.clock.now() > trigger.expires:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger.user, trigger.view


def open_modal(space: Workspace, user: str, body: Json) -> View:
    """Show a modal; one that was open is replaced."""
    kept = _checked(space, body, "modal")
    person = space.person(user)
    for old in person.views:
        _forget(space, user, old)
    id_ = space.world.new_id("V")
    view = View(id_, user, "modal", kept, _fresh_hash(space), root=id_)
    person.views = [id_]
    return _shown(space, view)


def push_modal(space: Workspace, user: str, body: Json) -> View:
    """Put a modal on top of the open one."""
    person = space.person(user)
    if not person.views:
        raise Refused("not_found")
    if len(person.views) >= STACK:
        raise Refused("push_limit_reached")
    kept = _checked(space, body, "modal")
    root, previous = person.views[0], person.views[-1]
    view = View(space.world.new_id("V"), user, "modal", kept, _fresh_hash(space), root=root, previous=previous)
    person.views.append(view.id)
    return _shown(space, view)


def update_view(space: Workspace, view: View, body: Json, hash_: str | None = None) -> View:
    """Change a view in place; what was typed into blocks that keep their id stays."""
    if hash_ and hash_ != view.hash:
        raise Refused("hash_conflict")
    view.body = _checked(space, body, view.kind, but=view.id)
    view.hash = _fresh_hash(space)
    view.errors = {}
    return _shown(space, view)


def publish_home(space: Workspace, user: str, body: Json, hash_: str | None = None) -> View:
    """Show an App Home to one person."""
    person = space.person(user)
    if person.home is not None:
        return update_view(space, space.views[person.home], body, hash_)
    kept = _checked(space, body, "home")
    id_ = space.world.new_id("V")
    person.home = id_
    return _shown(space, View(id_, user, "home", kept, _fresh_hash(space), root=id_))


def find_view(space: Workspace, view_id: str | None, external_id: str | None) -> View:
    found = space.views.get(view_id or "")
    if found is None and external_id:
        found = next((one for one in space.views.values() if one.body.get("external_id") == external_id), None)
    if found is None:
        raise Refused("not_found")
    return found


def close_top(space: Workspace, user: str, *, everything: bool = False) -> list[View]:
    """Close the top modal, or all; returns the closed ones, top first."""
    person = space.person(user)
    closed = []
    while person.views:
        id_ = person.views.pop()
        closed.append(space.views[id_])
        _forget(space, user, id_)
        if not everything:
            break
    space.world.touch()
    return closed


def _shown(space: Workspace, view: View) -> View:
    space.views[view.id] = view
    view.serial = space.world.touch()
    return view


def _forget(space: Workspace, user: str, view_id: str) -> None:
    space.views.pop(view_id, None)
    space.person(user).typed.pop(view_id, None)
