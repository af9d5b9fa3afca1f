"""The views.* methods and those about the app itself: its settings and its connections."""

from __future__ import annotations

from adapters.sandbox.slack.model import Json, View
from adapters.sandbox.slack.shapes import view_json
from adapters.sandbox.slack.views import exchange, find_view, open_modal, publish_home, push_modal, update_view
from adapters.sandbox.slack.web_api import ApiError, Call, method


@method("apps.manifest.export")
def manifest_export(call: Call) -> Json:
    """docs.slack.dev/reference/methods/apps.manifest.export"""
    app = call.world.apps.get(call.text("app_id"))
    if app is None:
        raise ApiError("invalid_app_id")
    if app is not call.grant.app:
        raise ApiError("app_not_owned_by_manager_app")
    at: Json = {} if app.mode == "socket" else {"request_url": app.request_url}
    commands = [{"command": one, "description": one, "should_escape": False} for one in sorted(app.commands)]
    tabs = {
        "home_tab_enabled": app.home_tab,
        "messages_tab_enabled": app.messages_tab,
        "messages_tab_read_only_enabled": app.messages_read_only,
    }
    kinds = (("message", app.shortcuts), ("global", app.global_shortcuts))
    shortcuts = [
        {"name": name, "type": kind, "callback_id": callback, "description": name}
        for kind, entries in kinds
        for name, callback in entries.items()
    ]
    settings = {
        "event_subscriptions": {"bot_events": sorted(app.events), **at},
        "interactivity": {"is_enabled": app.interactivity, **at},
        "socket_mode_enabled": app.mode == "socket",
    }
    features = {"app_home": tabs, "slash_commands": commands, "shortcuts": shortcuts}
    return {"manifest": {"display_information": {"name": app.name}, "features": features, "settings": settings}}


@method("apps.connections.open")
def connections_open(call: Call) -> Json:
    if call.grant.app.mode != "socket" or call.world.deliveries is None:
        raise ApiError("socket_mode_not_enabled")
    ticket = call.world.word(36)
    call.world.deliveries.tickets[ticket] = call.grant.app.id
    base = call.world.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={call.grant.app.id}"}


def _view(call: Call, view: View) -> Json:
    return {"view": view_json(call.space, call.install, view)}


def _trigger(call: Call) -> str:
    trigger = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger:
        raise ApiError("invalid_arguments", messages=["[ERROR] missing required field: trigger_id"])
    return trigger


def _body(call: Call) -> Json:
    body = call.parsed("view")
    if not isinstance(body, dict):
        raise ApiError("invalid_arguments", messages=["[ERROR] must provide an object [json-pointer:/view]"])
    return body


@method("views.open")
def views_open(call: Call) -> Json:
    body = _body(call)
    user, _ = exchange(call.space, _trigger(call))
    return _view(call, open_modal(call.space, user, body))


@method("views.push")
def views_push(call: Call) -> Json:
    body = _body(call)
    user, _ = exchange(call.space, _trigger(call))
    return _view(call, push_modal(call.space, user, body))


@method("views.update")
def views_update(call: Call) -> Json:
    view = find_view(call.space, call.text("view_id"), call.text("external_id"))
    return _view(call, update_view(call.space, view, _body(call), call.text("hash") or None))


@method("views.publish")
def views_publish(call: Call) -> Json:
    user = call.text("user_id")
    if user not in call.space.users:
        raise ApiError("invalid_arguments", messages=["[ERROR] invalid user [json-pointer:/user_id]"])
    if not call.install.app.home_tab:
        raise ApiError("not_enabled")
    return _view(call, publish_home(call.space, user, _body(call), call.text("hash") or None))
