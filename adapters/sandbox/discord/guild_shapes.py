"""A guild as JSON: the object of the REST routes, and the full one of GUILD_CREATE."""

from __future__ import annotations

from adapters.sandbox.discord.model import Application, Channel, Guild, Json, Member
from adapters.sandbox.discord.permissions import visible
from adapters.sandbox.discord.shapes import channel, hidden, iso, member, role, thread


def guild(one: Guild, *, roles: bool = True) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "owner_id": one.owner_id,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "description": None,
        "banner": None,
        "roles": [role(each) for each in one.roles.values()] if roles else [],
        "emojis": [],
        "stickers": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "afk_timeout": 300,
        "afk_channel_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "application_id": None,
        "vanity_url_code": None,
        "max_members": 500000,
        "approximate_member_count": len(one.members),
    }


def channel_for(guild: Guild, me: Member, one: Channel) -> Json:
    """A channel as the gateway tells this bot; interactions always tell it in full."""
    return channel(one) if visible(guild, me, one) else hidden(one)


def full_guild(one: Guild, app: Application, *, members: bool, joined: float) -> Json:
    """The guild as GUILD_CREATE brings it: only channels and threads that the bot may see carry their names."""
    me = one.members[app.bot.id]
    people = list(one.members.values()) if members and len(one.members) <= 250 else [me]
    threads = [
        each for each in one.channels.values() if each.is_thread and not each.archived and visible(one, me, each)
    ]
    return guild(one) | {
        "joined_at": iso(joined),
        "large": len(one.members) > 250,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [member(each) for each in people],
        "channels": [channel_for(one, me, each) for each in one.channels.values() if not each.is_thread],
        "threads": [thread(each, app.bot.id) for each in threads],
        "voice_states": list(one.voices.values()),
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
