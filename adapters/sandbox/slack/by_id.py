"""Acts that name a control by its ids, as Slack's own client does; a page has the blocks, so it needs no words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.sandbox.slack import forms, interactions
from adapters.sandbox.slack.model import Json, User
from adapters.sandbox.slack.payloads import Place, find_place
from adapters.sandbox.slack.persons import verb
from adapters.sandbox.slack.seen import Handle, handles
from adapters.sandbox.slack.watch import Watch
from adapters.sandbox.slack.world import Workspace

LISTS = ("checkboxes", "multi_static_select", "multi_external_select")
OPTIONS = ("static_select", "radio_buttons", "overflow", "external_select")
PLACES = {"users": "selected_user", "channels": "selected_channel", "conversations": "selected_conversation"}


def _found(space: Workspace, place: Place, key: str) -> Handle:
    """The control; blocks that the app gave no id get another one with each update, so its own id is enough."""
    every = list(handles(space, place.blocks))
    same = [one for one in every if one.key == key]
    same = same or [one for one in every if one.element.get("action_id") == key.partition("/")[2]]
    if len(same) != 1:
        raise LookupError("that control is not there any more")
    return same[0]


def held(space: Workspace, user: User, handle: Handle, raw: Any) -> Json:
    """The value object for an option's value, an id, a text, or a list of them; only what the control offers."""
    kind = str(handle.element.get("type"))
    chosen = [str(one) for one in raw if one] if isinstance(raw, list) else [str(raw)] if raw not in (None, "") else []
    if kind in LISTS or kind in OPTIONS:
        offered = {str(one.get("value")): {"text": one["text"], "value": one["value"]} for one in handle.options}
        if not set(chosen) <= set(offered):
            raise LookupError(f"{handle.label!r} offers no such option")
        if kind in LISTS:
            most = handle.element.get("max_selected_items")
            if most is not None and len(chosen) > most:
                raise LookupError(f"at most {most} options can be picked")
            return {"type": kind, "selected_options": [one for value, one in offered.items() if value in chosen]}
        return {"type": kind, "selected_option": offered[chosen[0]] if chosen else None}
    if kind.endswith("_select"):
        return _named(space, user, kind, chosen)
    if kind == "datetimepicker":
        return {"type": kind, "selected_date_time": int(chosen[0]) if chosen and chosen[0].isdecimal() else None}
    return forms.value_put(space, handle, str(raw or ""))


def _named(space: Workspace, user: User, kind: str, chosen: list[str]) -> Json:
    """Persons and channels by their ids; channels only as this person finds them."""
    for one in chosen:
        if one not in space.users and space.find_channel(one, user).id != one:
            raise LookupError(f"nothing is called {one!r}")
    name = PLACES[kind.removeprefix("multi_").removesuffix("_select")]
    if kind.startswith("multi_"):
        return {"type": kind, f"{name}s": chosen}
    return {"type": kind, name: chosen[0] if chosen else None}


def _keep(space: Workspace, user: User, place: Place, state: Mapping[str, Any]) -> None:
    """What stands in the inputs now; those that have gone meanwhile are passed over."""
    typed = space.person(user.id).typed.setdefault(place.container, {})
    by_key = {one.key: one for one in handles(space, place.blocks)}
    for key, raw in state.items():
        if key in by_key:
            typed[key] = held(space, user, by_key[key], raw)


@verb("tap")
async def tap(space: Workspace, user: User, body: Json) -> Json:
    """Press ``key`` (``block_id/action_id``), or put ``value`` into it; ``state`` is what the other inputs hold."""
    channel, post = str(body["channel"]), str(body.get("post", ""))
    place = find_place(space, user, channel, post)
    watch = Watch.start(space, user)
    handle = _found(space, place, str(body["key"]))
    _keep(space, user, place, body.get("state") or {})
    if handle.kind in ("button", "link"):
        return await interactions.press_handle(watch, place, handle, channel, post)
    raw = body.get("value")
    return await interactions.put_value(watch, place, handle, held(space, user, handle, raw), raw, channel, post)


@verb("submit")
async def submit(space: Workspace, user: User, body: Json) -> Json:
    """Send the open form with what stands in it."""
    view = forms.top(space, user)
    watch = Watch.start(space, user)
    _keep(space, user, Place(None, None, view), body.get("state") or {})
    return await forms.submit(watch, view, body.get("state"))
