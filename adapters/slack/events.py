"""From events that are no lines of a room to commands and news of rooms: total, without network, like the parse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.emojis import unicode_of
from adapters.slack.identity import Install
from adapters.slack.lines import thread_of
from adapters.slack.parse import Asked, instant_of
from adapters.slack.reading import Names, read
from core.app.commands import GiveLike, ReportEntered, ShowMenu, WriteToBot
from core.domain.ids import AccountId, DeliveryKey, Instant
from core.domain.people import Actor

Event = Mapping[str, Any]

WRITTEN = (None, "file_share")
"""Subtypes of a line to the bot; a thread's answer that was also sent to the conversation comes without one."""
SLACKBOT = "USLACKBOT"
"""It tells our bot in a direct message that it was removed from a channel."""
PRIVATE_TYPES = ("im", "mpim", "app_home")

GONE: Mapping[str, str] = {
    "channel_archive": "archived",
    "group_archive": "archived",
    "channel_deleted": "deleted",
    "group_deleted": "deleted",
    "channel_left": "left",
    "group_left": "left",
}
CHANGED = (
    "channel_unarchive",
    "group_unarchive",
    "channel_rename",
    "group_rename",
    "channel_shared",
    "channel_unshared",
    "channel_id_changed",
)
CONVERTED = ("channel_convert_to_private", "channel_convert_to_public")
"""Subtypes of messages: there is no event of another kind for it."""


@dataclass(frozen=True, slots=True)
class News:
    """Something about a room changed, so it is to be looked at. ``gone``: why, should it not be there any more."""

    room: str
    gone: str = ""
    member: bool = False
    """Somebody else came or went, which matters only where not everybody may read."""


def in_private(event: Event) -> bool:
    """Whether it belongs to a direct message: nothing new from there is a line of a room."""
    return event.get("channel_type") in PRIVATE_TYPES or _word(event, "channel").startswith("D")


def rewritten(event: Event) -> bool:
    """A line in a direct message with the bot was edited or deleted, by whomever."""
    return event.get("subtype") in ("message_changed", "message_deleted") and event.get("channel_type") != "mpim"


def news(event: Event, install: Install) -> News | None:
    """What an event tells of a room."""
    kind, channel = _word(event, "type"), event.get("channel")
    room = channel if isinstance(channel, str) else _word(_dict(channel), "id")
    if kind == "channel_id_changed":
        # A private channel is being shared; everything of it goes on under another id.
        room = _word(event, "old_channel_id")
    if not room or (kind == "message" and event.get("subtype") not in CONVERTED):
        return None
    if kind in ("member_joined_channel", "member_left_channel"):
        if _word(event, "user") != install.bot_user:
            return News(room, member=True)
        return News(room, gone="left" if kind == "member_left_channel" else "")
    if kind in GONE:
        return News(room, gone=GONE[kind])
    return News(room) if kind == "message" or kind in CHANGED else None


def entered(event: Event, install: Install, now: Instant) -> ReportEntered | None:
    """Somebody came into a room, invited by whomever."""
    user, room, stamp = _word(event, "user"), _word(event, "channel"), _word(event, "event_ts")
    if event.get("type") != "member_joined_channel" or not (user and room) or user == install.bot_user:
        return None
    at = instant_of(stamp)
    return ReportEntered(
        actor=Actor(install.account(install.bot_user), "slack", install.venue, install.team_name, bot=True),
        delivery=DeliveryKey(f"entered:{install.team}:{room}:{user}:{stamp or now}"),
        at=min(at if at is not None else now, now),
        at_source="event" if at is not None else "arrival",
        room=room,
        account=install.account(user, event.get("team")),
    )


def like(event: Event, install: Install, now: Instant, author: AccountId | None = None) -> GiveLike | None:
    """A reaction that was put on a message or taken back; ``author`` where the account is known better."""
    item, user, stamp = _dict(event.get("item")), _word(event, "user"), _word(event, "event_ts")
    room, ref, name = _word(item, "channel"), _word(item, "ts"), _word(event, "reaction")
    emoji = unicode_of(name)
    if event.get("type") not in ("reaction_added", "reaction_removed") or item.get("type") != "message":
        return None
    if not (user and room and ref and emoji) or user == install.bot_user:
        return None
    at = instant_of(stamp)
    on = event.get("type") == "reaction_added"
    account = author or install.account(user)
    return GiveLike(
        actor=Actor(account, "slack", install.venue, install.team_name, fleeting=True),
        delivery=DeliveryKey(f"reaction:{install.team}:{room}:{ref}:{user}:{name}:{stamp}"),
        at=min(at if at is not None else now, now),
        at_source="event" if at is not None else "arrival",
        room=room,
        ref=ref,
        emoji=emoji,
        on=on,
    )


def note(event: Event, install: Install, names: Names, now: Instant, app: object = None) -> Asked | None:
    """A line that a person wrote to the bot in their direct message with it; answered there, in the same thread."""
    room, user, ts = _word(event, "channel"), _word(event, "user"), _word(event, "ts")
    written = instant_of(ts)
    if event.get("type") != "message" or event.get("subtype") not in WRITTEN or event.get("channel_type") == "mpim":
        return None
    if not (room and user and written is not None) or user == SLACKBOT or event.get("bot_id"):
        return None
    if install.posted(event, app):
        return None
    account = install.account(user, event.get("user_team") or event.get("team"))
    command = WriteToBot(
        actor=Actor(account, "slack", install.venue, install.team_name, fleeting=True),
        delivery=DeliveryKey(f"line:{install.team}:{room}:{ts}"),
        at=min(written, now),
        room=room,
        ref=ts,
        reply_to=thread_of(event),
        body=read(event, names),
    )
    return Asked(command, user, room, thread=_word(event, "thread_ts"))


def opened_home(event: Event, install: Install, now: Instant) -> Asked | None:
    """Somebody opened the App Home on the tab that the bot draws."""
    user, stamp = _word(event, "user"), _word(event, "event_ts")
    if event.get("type") != "app_home_opened" or event.get("tab", "home") != "home" or not user:
        return None
    # The documentation shows this event's time without its point.
    at = instant_of(stamp)
    at = at if at is not None and at <= now else now
    command = ShowMenu(
        actor=Actor(install.account(user), "slack", install.venue, install.team_name, fleeting=True),
        delivery=DeliveryKey(f"home:{install.team}:{user}:{stamp or now}"),
        at=at,
        at_source="event",
    )
    return Asked(command, user)


def _dict(value: object) -> Event:
    return value if isinstance(value, dict) else {}


def _word(value: Event, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
