"""Which app is told of what: only subscribed events, only with the scope, only channels that its bot is in."""

from __future__ import annotations

from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.model import Channel, Json
from adapters.sandbox.slack.world import Workspace

_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
WIDE = ("channel_created", "channel_rename", "channel_archive", "channel_unarchive", "channel_deleted")
"""Told of every public channel of the workspace, whether the bot is in it or not."""
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
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "channel_shared": "channels:read groups:read",
    "channel_unshared": "channels:read groups:read",
    "group_rename": "groups:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
}
_OF_KIND = {"channel": "channels:read", "group": "groups:read"}
"""An event that either scope opens comes only from the kind of channel that the scope names."""


def emit_message(space: Workspace, channel: Channel, event: Json) -> None:
    """A message event; the same ``message`` type for new ones, changes and deletions."""
    ts = event["ts"]
    full = {**event, "channel": channel.id, "event_ts": ts, "channel_type": channel.kind}
    emit(space, f"message.{_KINDS[channel.kind]}", full, channel)


def emit(space: Workspace, name: str, event: Json, channel: Channel | None, *, only: Install | None = None) -> None:
    """Tell every app that may know."""
    for place in sharers(space, channel):
        for install in place.installs:
            if (only is None or install is only) and may_know(install, name, channel):
                send(place, install, name, event, channel)


def send(space: Workspace, install: Install, name: str, event: Json, channel: Channel | None = None) -> None:
    """Tell this app alone, if it asked for such events; who may know has been settled."""
    deliveries = space.world.deliveries
    if deliveries is None:
        return  # nothing is listening while the world is being built
    if name in install.app.events and _allowed(install, name, channel):
        deliveries.tell(space, install, wrap(space, install, event, shared=channel is not None and channel.shared))


def sharers(space: Workspace, channel: Channel | None) -> list[Workspace]:
    """This workspace and, of a Slack Connect channel, the others; each installation gets an event of its own."""
    if channel is None or not channel.shared:
        return [space]
    return [one for one in space.world.workspaces.values() if one is space or channel.id in one.channels]


def _allowed(install: Install, name: str, channel: Channel | None) -> bool:
    needed = _SCOPES.get(name, "").split()
    if len(needed) > 1 and channel is not None and channel.kind in _OF_KIND:
        return _OF_KIND[channel.kind] in install.scopes
    return not needed or any(one in install.scopes for one in needed)


def may_know(install: Install, name: str, channel: Channel | None) -> bool:
    if not _allowed(install, name, channel):
        return False
    if channel is None or (name in WIDE and channel.kind == "channel"):
        return True
    return install.bot.id in channel.members


def wrap(space: Workspace, install: Install, event: Json, *, shared: bool = False) -> Json:
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
        "is_ext_shared_channel": shared,
        "event_context": f"4-{world.word(20)}",
    }
