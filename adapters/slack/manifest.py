"""The app's manifest for Slack's settings pages: commands from the core's own table, and no scope that is not used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from core.app.verbs import VERBS

SCOPES: Mapping[str, str] = {
    "commands": "/stage and /mod",
    "chat:write": "cards, lines and private answers",
    "chat:write.customize": "a person's line from elsewhere shows their name and picture",
    "channels:history": "lines of a public stage, live and read back after a gap",
    "groups:history": "lines of a private stage",
    "channels:read": "whether the bot is in a public room, and channels by name",
    "groups:read": "whether the bot is in a private room",
    "channels:join": "entering a public channel that was made a room",
    "im:write": "private answers where an ephemeral message is not possible",
    "users:read": "names, pictures, and who may organise",
}
"""Each scope of the bot and what it is for."""
EVENTS = ("message.channels", "message.groups")
_WORDS = {"stage": "Take part in the session", "mod": "Run the session"}
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
            # Private answers go there where an ephemeral message is not possible; nobody need write to the bot.
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": name, "always_online": True},
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
    words = dict.fromkeys(verb.path[0] for verb in VERBS if verb.group == group)
    return " | ".join(words)[:HINT_LIMIT]
