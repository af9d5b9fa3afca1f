"""The world's records as Discord's JSON objects; every id is a string, every time ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.sandbox.discord.model import (
    DM,
    HAS_THREAD,
    REPLY,
    Application,
    Channel,
    Json,
    Member,
    Message,
    Role,
    User,
    Webhook,
)


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")


def user(who: User) -> Json:
    return {
        "id": who.id,
        "username": who.name,
        "global_name": who.global_name,
        "discriminator": "0000" if who.bot else "0",
        "avatar": who.avatar,
        "bot": who.bot,
        "system": False,
        "public_flags": 0,
        "flags": 0,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
    }


def member(who: Member, *, with_user: bool = True, granted: int | None = None) -> Json:
    shown: Json = {
        "roles": list(who.roles),
        "nick": who.nick,
        "avatar": None,
        "banner": None,
        "joined_at": iso(who.joined),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": iso(who.timeout) if who.timeout else None,
        "avatar_decoration_data": None,
    }
    if with_user:
        shown["user"] = user(who.user)
    if granted is not None:
        shown["permissions"] = str(granted)
    return shown


def role(one: Role) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "permissions": str(one.permissions),
        "position": one.position,
        "mentionable": one.mentionable,
        "managed": one.managed,
        "hoist": one.hoist,
        "color": one.color,
        "colors": {"primary_color": one.color, "secondary_color": None, "tertiary_color": None},
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    } | ({"tags": {"bot_id": one.bot_id}} if one.bot_id else {})


def overwrites(channel: Channel) -> list[Json]:
    return [
        {"id": each.id, "type": each.type, "allow": str(each.allow), "deny": str(each.deny)}
        for each in channel.overwrites.values()
    ]


def thread_member(thread: Channel, user_id: str) -> Json:
    return {"id": thread.id, "user_id": user_id, "join_timestamp": iso(thread.people[user_id]), "flags": 1}


def thread(one: Channel, viewer: str | None = None) -> Json:
    shown: Json = {
        "id": one.id,
        "type": one.type,
        "guild_id": one.guild.id if one.guild else None,
        "parent_id": one.parent_id,
        "owner_id": one.owner_id,
        "name": one.name,
        "last_message_id": one.last_message_id,
        "message_count": len(one.messages),
        "total_message_sent": len(one.messages),
        "member_count": min(len(one.people), 50),
        "rate_limit_per_user": one.slowmode,
        "flags": 0,
        "thread_metadata": {
            "archived": one.archived,
            "locked": one.locked,
            "auto_archive_duration": one.archive_minutes,
            "archive_timestamp": iso(one.changed),
            "create_timestamp": iso(one.created),
        },
    }
    if one.type == 12:
        shown["thread_metadata"]["invitable"] = one.invitable
    if viewer is not None and viewer in one.people:
        shown["member"] = thread_member(one, viewer)
    return shown


def channel(one: Channel, viewer: str | None = None) -> Json:
    if one.is_thread:
        return thread(one, viewer)
    if one.type == DM:
        others = [each for each in one.recipients if each.id != viewer]
        return {
            "id": one.id,
            "type": DM,
            "last_message_id": one.last_message_id,
            "recipients": [user(each) for each in others],
            "flags": 0,
        }
    shown: Json = {
        "id": one.id,
        "type": one.type,
        "guild_id": one.guild.id if one.guild else None,
        "name": one.name,
        "position": one.position,
        "parent_id": one.parent_id,
        "permission_overwrites": overwrites(one),
        "nsfw": one.nsfw,
        "flags": 0,
    }
    if one.type in (2, 13):
        shown |= {"bitrate": one.bitrate, "user_limit": one.user_limit, "rtc_region": None}
    if one.type != 4:
        shown |= {"topic": one.topic, "last_message_id": one.last_message_id, "rate_limit_per_user": one.slowmode}
        shown |= {"last_pin_timestamp": iso(one.pinned_at) if one.pinned_at else None}
    return shown


def _reactions(one: Message, viewer: str | None) -> list[Json]:
    return [
        {
            "count": len(people),
            "count_details": {"burst": 0, "normal": len(people)},
            "me": viewer in people,
            "me_burst": False,
            "burst_colors": [],
            "emoji": {"id": None, "name": emoji},
        }
        for emoji, people in one.reactions.items()
    ]


def message(one: Message, viewer: str | None = None) -> Json:
    """The message object. The drawn form is kept until the message changes: crowds press the same message."""
    if one.drawn is None:
        one.drawn = _draw(one)
    if not one.reactions and one.thread_id is None and one.type != REPLY:
        return one.drawn
    shown = dict(one.drawn)
    if one.type == REPLY and one.reference is not None:
        # Null where the message is gone; what that one replied to is not told again.
        first = one.channel.messages.get(one.reference["message_id"])
        shown["referenced_message"] = (first.drawn or _draw(first)) if first is not None else None
    if one.reactions:
        shown["reactions"] = _reactions(one, viewer)
    if one.thread_id is not None and one.channel.guild is not None:
        started = one.channel.guild.channels.get(one.thread_id)
        if started is not None:
            shown["thread"] = thread(started, viewer)
            shown["flags"] = one.flags | HAS_THREAD
    return shown


def _draw(one: Message) -> Json:
    guild_of = one.channel.guild
    mentioned: list[Json] = []
    for each in one.pinged.users:
        if guild_of is not None and each in guild_of.members:
            mentioned.append(user(guild_of.members[each].user))
        else:
            mentioned += [user(who) for who in one.channel.recipients if who.id == each]
    shown: Json = {
        "id": one.id,
        "channel_id": one.channel.id,
        "author": user(one.author),
        "content": one.content,
        "timestamp": iso(one.created),
        "edited_timestamp": iso(one.edited) if one.edited is not None else None,
        "tts": one.tts,
        "mention_everyone": one.pinged.everyone,
        "mentions": mentioned,
        "mention_roles": list(one.pinged.roles),
        "attachments": one.attachments,
        "embeds": one.embeds,
        "components": one.components,
        "pinned": one.pinned is not None,
        "type": one.type,
        "flags": one.flags,
    }
    if one.webhook_id is not None:
        shown["webhook_id"] = one.webhook_id
        # Discord leaves global_name null and discriminator 0000 on a webhook's author.
        shown["author"] = {
            "id": one.author.id,
            "username": one.author.name,
            "global_name": None,
            "avatar": one.author.avatar,
            "discriminator": "0000",
            "bot": True,
            "public_flags": 0,
            "flags": 0,
            "primary_guild": None,
        }
    if one.application_id is not None:
        shown["application_id"] = one.application_id
    if one.nonce is not None:
        shown["nonce"] = one.nonce
    if one.reference is not None:
        shown["message_reference"] = one.reference
    if one.interaction is not None:
        shown["interaction_metadata"] = one.interaction
    return shown


def hidden(one: Channel) -> Json:
    """A channel that the bot may not view, as the gateway tells it since 16 November 2026."""
    home = one.guild.id if one.guild else "0"
    return channel(one) | {
        "name": "___hidden___",
        "flags": 1 << 17,
        "topic": None,
        "nsfw": False,
        "last_message_id": None,
        "permission_overwrites": [{"id": home, "type": 0, "allow": "0", "deny": str(1 << 10)}],
    }


def webhook(one: Webhook) -> Json:
    return {
        "id": one.id,
        "type": 1,
        "channel_id": one.channel_id,
        "guild_id": one.guild_id,
        "name": one.name,
        "avatar": one.avatar,
        "token": one.token,
        "application_id": one.application_id,
        "user": user(one.user),
    }


def application_flags(one: Application) -> int:
    """GATEWAY_PRESENCE, GATEWAY_GUILD_MEMBERS and GATEWAY_MESSAGE_CONTENT, as bots below the review size have them."""
    return (1 << 13) * one.presences | (1 << 15) * one.members | (1 << 19) * one.message_content


def application(one: Application) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(one),
        "bot": user(one.bot),
        "owner": user(User(id="1", name="operator")),
        "team": None,
        "hook": True,
        "integration_types_config": {"0": {}},
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "type": None,
        "flags_new": str(application_flags(one)),
        "redirect_uris": [],
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }
