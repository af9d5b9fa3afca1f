"""Which app is told of what: only subscribed events, only with the scope, only channels that its bot is in."""

from __future__ import annotations

from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.model import Channel, Json
from adapters.sandbox.slack.world import Workspace

_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_SCOPES = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read groups:read",
    "member_left_channel": "channels:read groups:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "channel_rename": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_created": "channels:read",
    "channel_shared": "channels:read groups:read",
    "group_rename": "groups:read",
    "group_archive": "groups:read",
}


def emit_message(space: Workspace, channel: Channel, event: Json) -> None:
    """A message event; the same ``message`` type for new ones, changes and deletions."""
    ts = event["ts"]
    full = {**event, "channel": channel.id, "event_ts": ts, "channel_type": channel.kind}
    emit(space, f"message.{_KINDS[channel.kind]}", full, channel)


def emit(space: Workspace, name: str, event: Json, channel: Channel | None, *, only: Install | None = None) -> None:
    """Tell every app that may know."""
    deliveries = space.world.deliveries
    if deliveries is None:
        return  # nothing is listening while the world is being built
    for install in space.installs:
        if only is not None and install is not only:
            continue
        if name not in install.app.events or not may_know(install, name, channel):
            continue
        deliveries.tell(space, install, wrap(space, install, event))


def may_know(install: Install, name: str, channel: Channel | None) -> bool:
    needed = _SCOPES.get(name, "").split()
    if needed and not any(one in install.scopes for one in needed):
        return False
    return channel is None or install.bot.id in channel.members


def wrap(space: Workspace, install: Install, event: Json) -> Json:
    """docs.slack.dev/apis/events-api: the outer event."""
    world = space.world
    return {
        "token": install.app.verification_token,
        "team_id": space.id,
        "context_team_id": space.id,
        "context_enterprise_id": None,
        "api_app_id": install.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": int(world.clock.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": space.id,
                "user_id": install.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{world.word(20)}",
    }
