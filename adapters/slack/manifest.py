"""The app's manifest for Slack's settings pages: commands from the core's own table, and no scope that is not used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from core.app.verbs import VERBS

SCOPES: Mapping[str, str] = {
    "commands": "/stage, /mod and the entry in a message's menu",
    "chat:write": "cards, lines and private answers",
    "chat:write.customize": "a person's line from elsewhere shows their name and picture",
    "channels:history": "lines of a public stage, live and read back after a gap",
    "groups:history": "lines of a private stage",
    "im:history": "lines that somebody writes to the bot",
    "channels:read": "whether the bot is in a public room, who else is, and what becomes of it",
    "groups:read": "the same of a private room",
    "channels:join": "entering a public channel that was made a room",
    "channels:manage": "making public rooms, letting people in, topics, putting rooms away",
    "groups:write": "the same for private rooms, which a stage is by default",
    "files:write": "results are shown as pictures too",
    "im:write": "private answers where an ephemeral message is not possible",
    "pins:write": "pinned lines",
    "bookmarks:read": "whether the stage has its bookmark",
    "bookmarks:write": "the bookmark from the stage to the menu",
    "reactions:read": "likes",
    "users:read": "names, pictures, and who may organise",
}
"""Each scope of the bot and what it is for."""
EVENTS: Mapping[str, str] = {
    "message.channels": "lines of a public stage",
    "message.groups": "lines of a private stage, and that a room was made public",
    "message.im": "lines that somebody writes to the bot",
    "app_home_opened": "the menu in the Home tab",
    "reaction_added": "likes and reactions",
    "reaction_removed": "likes taken back",
    "member_joined_channel": "who can read a room",
    "member_left_channel": "who can read a room no more",
    "channel_archive": "a public room was put away",
    "channel_unarchive": "a public room can be used again",
    "channel_rename": "a public room has another name",
    "channel_deleted": "a public room is gone",
    "channel_left": "the bot was removed from a public room",
    "channel_shared": "a room can be read from another workspace",
    "channel_unshared": "it cannot any more",
    "group_archive": "a private room was put away",
    "group_unarchive": "a private room can be used again",
    "group_rename": "a private room has another name",
    "group_deleted": "a private room is gone",
    "group_left": "the bot was removed from a private room",
}
"""Each event subscribed to and what it tells. That a channel was made public or private comes as a message."""
SHORTCUTS: Mapping[str, str] = {"Ask about this": "ask", "Moderate…": "moderate"}
"""Entries of a message's menu, with the ``callback_id`` of each."""
_WORDS = {"stage": "Take part in the session", "mod": "Run the session"}
_ENTRIES = {
    "ask": "Ask the moderators a question about this message",
    "moderate": "Pin, delete, block or answer as the session (moderators)",
}
HINT_LIMIT = 1000
"""``usage_hint`` of a command, by the manifest's schema."""


def manifest(
    mode: Literal["socket", "http"], request_url: str = "", name: str = "Sidestage", prefix: str = ""
) -> dict[str, Any]:
    """For socket mode, or for HTTP mode with the address that Slack shall call, ending in ``/slack/events``."""
    http: dict[str, Any] = {"request_url": request_url} if mode == "http" else {}
    command_url: dict[str, Any] = {"url": request_url} if mode == "http" else {}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": name,
            "description": "The chat and collaboration of a live event, shared with Discord",
        },
        "features": {
            # The Home tab is the menu; in the Messages tab people write to the bot, so it is not read-only.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": name, "always_online": True},
            "shortcuts": [
                {"name": entry, "type": "message", "callback_id": ident, "description": _ENTRIES[ident]}
                for entry, ident in SHORTCUTS.items()
            ],
            "slash_commands": [
                {
                    "command": f"/{prefix}{group}",
                    "description": _WORDS.get(group, group),
                    "usage_hint": hint(group),
                    "should_escape": False,
                    **command_url,
                }
                for group in sorted({verb.group for verb in VERBS}, reverse=True)
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **http},
            "interactivity": {"is_enabled": True, **http},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode == "socket",
            "token_rotation_enabled": False,
        },
    }


def hint(group: str) -> str:
    """The first words after a command, as they may be typed."""
    said = ""
    for word in dict.fromkeys(verb.path[0] for verb in VERBS if verb.group == group):
        longer = f"{said} | {word}" if said else word
        if len(longer) > HINT_LIMIT:
            break
        said = longer
    return said
