"""Which arguments each Web API method takes, its scopes and its rate tier (docs.slack.dev/reference/methods)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.slack.blocks import check_blocks

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute for one method, one app and one workspace."""
SPECIAL = 600
"""auth.test allows hundreds a minute; chat.postMessage has limits of its own."""
TS = re.compile(r"\d{1,10}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Method:
    """One method: argument name → kind (``*`` marks a required one)."""

    arguments: Mapping[str, str]
    scopes: tuple[str, ...] = ()
    """Any one of them is enough; the channel's kind may narrow them further."""
    tier: int = 3


def _method(spec: str, scopes: str = "", tier: int = 3) -> Method:
    """``name:kind`` separated by spaces; the kind is a string when it is left out."""
    pairs = (one.partition(":") for one in spec.split())
    return Method({name: kind or "str" for name, _, kind in pairs}, tuple(scopes.split()), tier)


_PAGE = " cursor limit:int team_id"
_SAYS = (
    " text blocks:json attachments:json markdown_text metadata:json as_user:bool link_names:bool parse"
    " username icon_url icon_emoji"
)
_READ = "channels:read groups:read im:read mpim:read"
_HISTORY = "channels:history groups:history im:history mpim:history"
_MANAGE = "channels:manage groups:write im:write mpim:write"
_INVITE = _MANAGE + " channels:write.invites groups:write.invites"
_DESCRIBE = _MANAGE + " channels:write.topic groups:write.topic"

METHODS: dict[str, Method] = {
    "oauth.v2.access": _method("code* client_id client_secret redirect_uri grant_type refresh_token", tier=4),
    "api.test": _method("error foo", tier=4),
    "auth.test": _method("", tier=0),
    "apps.connections.open": _method("", tier=3),
    "apps.manifest.export": _method("app_id*", tier=3),
    "chat.postMessage": _method(
        "channel* thread_ts:ts reply_broadcast:bool mrkdwn:bool unfurl_links:bool unfurl_media:bool" + _SAYS,
        "chat:write",
        tier=0,
    ),
    "chat.update": _method(
        "channel* ts*:ts text blocks:json attachments:json markdown_text metadata:json as_user:bool link_names:bool"
        " parse reply_broadcast:bool file_ids:json unfurl_links:bool unfurl_media:bool",
        "chat:write",
    ),
    "chat.delete": _method("channel* ts*:ts as_user:bool", "chat:write"),
    "chat.postEphemeral": _method("channel* user* thread_ts:ts" + _SAYS, "chat:write", tier=4),
    "chat.getPermalink": _method("channel* message_ts*:ts", tier=0),
    "conversations.open": _method("channel users:csv return_im:bool prevent_creation:bool", "im:write mpim:write"),
    "conversations.info": _method("channel* include_locale:bool include_num_members:bool", _READ),
    "conversations.list": _method("types:csv exclude_archived:bool" + _PAGE, _READ, tier=2),
    "conversations.history": _method(
        "channel* oldest latest inclusive:bool include_all_metadata:bool" + _PAGE, _HISTORY
    ),
    "conversations.replies": _method(
        "channel* ts* oldest latest inclusive:bool include_all_metadata:bool" + _PAGE, _HISTORY
    ),
    "conversations.members": _method("channel*" + _PAGE, _READ, tier=4),
    "conversations.join": _method("channel*", "channels:join"),
    "conversations.leave": _method("channel*", _MANAGE),
    "conversations.create": _method("name* is_private:bool team_id", "channels:manage groups:write", tier=2),
    "conversations.invite": _method("channel* users*:csv force:bool", _INVITE),
    "conversations.kick": _method("channel* user", _MANAGE),
    "conversations.rename": _method("channel* name*", _MANAGE, tier=2),
    "conversations.archive": _method("channel*", _MANAGE, tier=2),
    "conversations.unarchive": _method("channel*", _MANAGE, tier=2),
    "conversations.setTopic": _method("channel* topic*", _DESCRIBE, tier=2),
    "conversations.setPurpose": _method("channel* purpose*", _DESCRIBE, tier=2),
    "users.info": _method("user* include_locale:bool", "users:read", tier=4),
    "users.list": _method("include_locale:bool" + _PAGE, "users:read", tier=2),
    "users.conversations": _method("user types:csv exclude_archived:bool exclude_muted:bool" + _PAGE, _READ),
    "users.getPresence": _method("user", "users:read"),
    "team.info": _method("team domain", "team:read"),
    "bots.info": _method("bot team_id", "users:read"),
    "files.getUploadURLExternal": _method("filename* length*:int alt_txt snippet_type", "files:write", tier=4),
    "files.completeUploadExternal": _method(
        "files*:json channel_id channels:csv initial_comment thread_ts:ts blocks:json", "files:write", tier=4
    ),
    "files.delete": _method("file*", "files:write"),
    "files.info": _method("file* count:int page:int limit:int cursor", "files:read", tier=4),
    "views.open": _method("trigger_id interactivity_pointer view*:json", tier=4),
    "views.push": _method("trigger_id interactivity_pointer view*:json", tier=4),
    "views.update": _method("view_id external_id hash view*:json", tier=4),
    "views.publish": _method("user_id* hash interactivity_pointer view*:json", tier=4),
    "reactions.add": _method("channel* timestamp*:ts name*", "reactions:write"),
    "reactions.remove": _method("channel timestamp:ts name* file file_comment", "reactions:write", tier=2),
    "reactions.get": _method("channel timestamp:ts full:bool file file_comment", "reactions:read"),
    "pins.add": _method("channel* timestamp:ts", "pins:write", tier=2),
    "pins.remove": _method("channel* timestamp:ts", "pins:write", tier=2),
    "pins.list": _method("channel*", "pins:read", tier=2),
    "bookmarks.add": _method(
        "channel_id* title* type* link emoji entity_id access_level parent_id", "bookmarks:write", tier=2
    ),
    "bookmarks.edit": _method("channel_id* bookmark_id* title link emoji", "bookmarks:write", tier=2),
    "bookmarks.remove": _method("channel_id* bookmark_id* quip_section_id", "bookmarks:write", tier=2),
    "bookmarks.list": _method("channel_id*", "bookmarks:read"),
}
MESSAGE_BODY = frozenset(
    ("text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts")
) | frozenset(("unfurl_links", "unfurl_media", "mrkdwn", "metadata", "parse", "link_names", "reply_broadcast"))
RESPONSE_ACTIONS = {
    "errors": {"response_action", "errors"},
    "update": {"response_action", "view"},
    "push": {"response_action", "view"},
    "clear": {"response_action"},
}


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "bool":
            return isinstance(value, bool) or str(value).lower() in ("true", "false", "0", "1")
        case "int":
            return str(value).isdigit()
        case "ts":
            return bool(TS.fullmatch(str(value)))
        case "json":
            # Text that is no JSON has errors of its own (invalid_blocks_format and the like).
            return isinstance(value, (dict, list, str))
        case "csv":
            return isinstance(value, (str, list))
        case _:
            return isinstance(value, (str, int, float, bool))


def check_call(method: str, arguments: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """(what Slack refuses, what Slack ignores in silence but nobody should send)."""
    known = METHODS[method].arguments
    refused = [
        f"missing required field: {name[:-1]}" for name in known if name[-1] == "*" and arguments.get(name[:-1]) is None
    ]
    ignored = []
    for name, value in arguments.items():
        if name == "team_id":
            continue  # the client library adds it to every call of an app with several workspaces
        kind = known.get(name, known.get(name + "*"))
        if kind is None:
            ignored.append(f"unknown argument: {name}")
        elif value is not None and not _fits(kind, value):
            refused.append(f"invalid value for {name} [json-pointer:/{name}]")
    return refused, ignored


def check_message_body(body: Mapping[str, Any]) -> list[str]:
    """The breaches of a message sent to a response_url or as the answer to a slash command."""
    found = [f"unknown argument: {name}" for name in body if name not in MESSAGE_BODY]
    if body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        found.append("invalid response_type")
    if "blocks" in body:
        found.extend(check_blocks(body["blocks"]))
    return found
