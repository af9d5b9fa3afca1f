"""The JSON that Slack shows of messages, users, channels and views; pure functions of the world."""

from __future__ import annotations

from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.model import Channel, Json, Message, User, View
from adapters.sandbox.slack.world import Workspace


def message_json(space: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as conversations.history, events and interactions show it."""
    shown: Json = {"type": "message", "ts": message.ts, "text": message.text}
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.bot_id:
        shown["bot_id"], shown["app_id"] = message.bot_id, message.app_id
    if message.username:
        # A post under another name is the older shape: no user, a subtype, the name and icons.
        shown["username"] = message.username
        shown["icons"] = message.icon or {}
    else:
        shown["user"] = message.user
        author = space.users.get(message.user or "")
        shown["team"] = author.team if author else space.id
        if space.channels[message.channel].shared:
            # docs.slack.dev/apis/slack-connect: where the author is at home.
            shown["user_team"] = shown["source_team"] = shown["team"]
    if message.bot_id and not message.username:
        shown["bot_profile"] = _bot_profile(space, message)
    if message.client_msg_id:
        shown["client_msg_id"] = message.client_msg_id
    for name in ("blocks", "attachments", "files", "edited"):
        if getattr(message, name):
            shown[name] = getattr(message, name)
    if message.files and space.channels[message.channel].shared:
        # docs.slack.dev/reference/objects/file-object: in Slack Connect channels the rest is asked for by files.info.
        hidden = {"mode": "file_access", "file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
        shown["files"] = [{"id": one["id"], **hidden} for one in message.files]
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if message.pinned:
        shown["pinned_to"] = [message.channel]
        shown["pinned_info"] = {
            "channel": message.channel,
            "pinned_by": message.pinned_by,
            "pinned_ts": message.pinned_at,
        }
    shown |= message.extra
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    _thread(space, message, shown)
    return shown


def permalink(space: Workspace, message: Message) -> str:
    """docs.slack.dev/reference/methods/chat.getPermalink"""
    link = f"https://{space.domain}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return link


def _bot_profile(space: Workspace, message: Message) -> Json:
    bot = space.users.get(message.user or "")
    name = bot.shown if bot else ""
    return {
        "id": message.bot_id,
        "app_id": message.app_id,
        "user_id": message.user,
        "name": name,
        "deleted": False,
        "team_id": space.id,
        "icons": {"image_36": bot.avatar, "image_48": bot.avatar, "image_72": bot.avatar} if bot else {},
        "updated": 0,
    }


def _thread(space: Workspace, message: Message, shown: Json) -> None:
    room = space.channels[message.channel]
    if message.thread_ts and message.thread_ts != message.ts:
        shown["thread_ts"] = message.thread_ts
        parent = room.messages.get(message.thread_ts)
        if parent and parent.user:
            shown["parent_user_id"] = parent.user
        if message.broadcast and parent:
            shown["root"] = {"ts": parent.ts, "text": parent.text, "type": "message", "thread_ts": parent.ts}
    elif message.replies:
        users = list(dict.fromkeys(room.messages[ts].user or "" for ts in message.replies if ts in room.messages))
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(message.replies),
            "reply_users": users[:5],
            "reply_users_count": len(users),
            "latest_reply": message.replies[-1],
            "is_locked": False,
            "subscribed": False,
        }


def user_json(space: Workspace, user: User) -> Json:
    """docs.slack.dev/reference/objects/user-object"""
    first, _, last = user.real_name.partition(" ")
    shown: Json = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.zone,
        "tz_label": "Greenwich Mean Time",
        "tz_offset": 0,
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.display_name,
            "display_name_normalized": user.display_name,
            "first_name": first,
            "last_name": last,
            "avatar_hash": "0",
            **{f"image_{size}": user.avatar for size in (24, 32, 48, 72, 192, 512)},
            "team": user.team,
        },
        # Of this workspace; whoever comes from another one manages nothing here.
        "is_admin": (user.admin or user.owner) and user.team == space.id,
        "is_owner": user.owner and user.team == space.id,
        "is_primary_owner": False,
        "is_restricted": bool(user.guest),
        "is_ultra_restricted": user.guest == "single",
        "is_bot": user.bot,
        "is_app_user": False,
        "updated": 0,
    }
    if user.team != space.id:
        # True only while no channel is shared with them any more.
        shown["is_stranger"] = not any(one.shared and user.id in one.members for one in space.channels.values())
    if user.bot:
        shown["profile"] |= {"bot_id": user.bot_id, "api_app_id": user.app_id}
    return shown


def channel_json(space: Workspace, channel: Channel, viewer: str) -> Json:
    """docs.slack.dev/reference/objects/conversation-object"""
    shown: Json = {
        "id": channel.id,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.archived,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_shared": channel.shared,
        "is_org_shared": False,
        "is_ext_shared": channel.shared,
        "context_team_id": space.id,
        "updated": channel.created * 1000,
    }
    if channel.kind == "im":
        other = next((one for one in channel.members if one != viewer), viewer)
        return shown | {"user": other, "is_user_deleted": False, "priority": 0, "is_open": True}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_general": channel.general,
        "is_member": viewer in channel.members,
        "topic": _line(channel, "topic", channel.topic),
        "purpose": _line(channel, "purpose", channel.purpose),
        "previous_names": list(channel.former),
        "unlinked": 0,
        "parent_conversation": None,
        "pending_shared": [],
        "is_pending_ext_shared": False,
        "shared_team_ids": [space.id, *(one for one in channel.teams if one != space.id)],
    }


def _line(channel: Channel, field: str, value: str) -> Json:
    who, when = channel.set_by.get(field, ("", 0))
    return {"value": value, "creator": who, "last_set": when}


def view_json(space: Workspace, install: Install, view: View, values: Json | None = None) -> Json:
    """docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    body = view.body
    return {
        "id": view.id,
        "team_id": space.id,
        "type": view.kind,
        "blocks": body.get("blocks", []),
        "private_metadata": body.get("private_metadata", ""),
        "callback_id": body.get("callback_id", ""),
        "external_id": body.get("external_id", ""),
        "state": {"values": values or {}},
        "hash": view.hash,
        "clear_on_close": bool(body.get("clear_on_close", False)),
        "notify_on_close": bool(body.get("notify_on_close", False)),
        "title": body.get("title"),
        "close": body.get("close"),
        "submit": body.get("submit"),
        "previous_view_id": view.previous,
        "root_view_id": view.root,
        "app_id": install.app.id,
        "app_installed_team_id": space.id,
        "bot_id": install.bot_id,
    }
