"""The interaction payloads and what they are about; pure but for the trigger and response_url that each one makes."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.model import Channel, Json, Message, User, View
from adapters.sandbox.slack.seen import Handle, state_values
from adapters.sandbox.slack.shapes import message_json, view_json
from adapters.sandbox.slack.world import Workspace


@dataclass(slots=True)
class Place:
    """Where a control is: in a message, a modal or the App Home."""

    channel: Channel | None
    message: Message | None
    view: View | None

    @property
    def blocks(self) -> list[Json]:
        if self.view is not None:
            return list(self.view.body.get("blocks", []))
        return self.message.blocks if self.message else []

    @property
    def container(self) -> str:
        if self.view is not None:
            return self.view.id
        return self.message.ts if self.message else ""


def find_place(space: Workspace, user: User, channel: str, post: str) -> Place:
    """The place that a person means; LookupError when they do not see it."""
    person = space.person(user.id)
    if channel in ("@home", "@sheet"):
        id_ = person.home if channel == "@home" else (person.views[-1] if person.views else None)
        if id_ is None:
            raise LookupError(f"{user.name} has no {channel[1:]} open")
        return Place(None, None, space.views[id_])
    room = space.find_channel(channel, user)
    message = room.messages.get(post) or person.private.get(room.id, {}).get(post)
    if message is None:
        raise LookupError(f"{user.name} sees no message {post!r} in {channel}")
    return Place(room, message, None)


def user_ref(space: Workspace, user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": space.id}


def envelope(space: Workspace, install: Install, user: User, kind: str) -> Json:
    """What all interaction payloads have in common."""
    return {
        "type": kind,
        "user": user_ref(space, user),
        "api_app_id": install.app.id,
        "token": install.app.verification_token,
        "team": {"id": space.id, "domain": space.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def owner(space: Workspace, place: Place) -> Install:
    app_id = place.message.app_id if place.message else None
    install = space.install_of(app_id) if place.view is None else space.installs[0]
    if install is None:
        raise LookupError("no app stands behind that message")
    return install


def block_actions(space: Workspace, install: Install, user: User, place: Place, action: Json) -> Json:
    """docs.slack.dev/reference/interaction-payloads/block_actions-payload"""
    payload = envelope(space, install, user, "block_actions")
    typed = space.person(user.id).typed.get(place.container, {})
    values = state_values(place.blocks, typed)
    payload["trigger_id"] = space.world.trigger(user.id, place.view.id if place.view else None)
    payload["actions"] = [action]
    if place.view is not None:
        payload["container"] = {"type": "view", "view_id": place.view.id}
        payload["view"] = view_json(space, install, place.view, values)
        return payload
    if place.message is None or place.channel is None:
        raise LookupError("a place is a view or a message")
    private = place.message.only_for is not None
    payload["container"] = {
        "type": "message",
        "message_ts": place.message.ts,
        "channel_id": place.channel.id,
        "is_ephemeral": private,
    }
    if place.message.thread_ts:
        payload["container"]["thread_ts"] = place.message.thread_ts
    payload["channel"] = {"id": place.channel.id, "name": shown_name(place.channel)}
    if not private:
        # An ephemeral message is not kept anywhere, so Slack cannot send it along.
        payload["message"] = message_json(space, place.message)
    payload["state"] = {"values": values}
    payload["response_url"] = response_url(space, user, place.channel, source=place.message)
    return payload


def shown_name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def response_url(
    space: Workspace, user: User, channel: Channel, *, source: Message | None = None, command: bool = False
) -> str:
    made = space.world.url(
        "commands" if command else "actions",
        space.id,
        user=user.id,
        channel=channel.id,
        source=source.ts if source else None,
        source_private=source is not None and source.only_for is not None,
        thread_ts=source.thread_ts if source else None,
    )
    return space.world.base_url + made.path


def action_of(space: Workspace, handle: Handle, value: Json | None = None) -> Json:
    """One entry of ``actions``."""
    element = handle.element
    action: Json = {
        "type": element["type"],
        "action_id": element.get("action_id"),
        "block_id": handle.block.get("block_id"),
        "action_ts": f"{space.world.clock.now():.6f}",
    }
    for name in ("text", "value", "style", "url", "placeholder", "confirm"):
        if name in element and not (element["type"] != "button" and name != "placeholder"):
            action[name] = element[name]
    return action | (value or {})
