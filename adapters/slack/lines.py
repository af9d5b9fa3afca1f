"""What people write in a room, from events and from the history read back: the same commands with the same keys.

Nothing of the bot's own gets past this module (RELIABILITY 36), and nothing here needs the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.slack.identity import Install
from adapters.slack.parse import instant_of
from adapters.slack.reading import Names, read
from core.app.commands import Command, DeleteLine, EditLine, PostLine
from core.domain.ids import DeliveryKey, Instant
from core.domain.people import Actor

Message = Mapping[str, Any]

WRITTEN = (None, "thread_broadcast", "file_share", "me_message", "bot_message")
"""Subtypes of a message that somebody wrote; all others tell of something else."""


def event_line(event: Message, install: Install, names: Names, now: Instant, app: object = None) -> Command | None:
    """The command of a ``message`` event; None for what is no line of a room, or our own."""
    room = _word(event, "channel")
    if event.get("type") != "message" or not room:
        return None
    match event.get("subtype"):
        case "message_changed":
            return _changed(event, room, install, names, now, app)
        case "message_deleted":
            return _deleted(_dict(event.get("previous_message")), event, room, install, now, app)
        case _:
            return posted(event, room, install, names, now, app=app)


def posted(
    message: Message,
    room: str,
    install: Install,
    names: Names,
    now: Instant,
    *,
    app: object = None,
    edited_at: Instant | None = None,
) -> PostLine | None:
    """A line as it was written; ``edited_at`` when it is read back after an edit."""
    ts = _word(message, "ts")
    written = instant_of(ts)
    if message.get("subtype") not in WRITTEN or written is None or install.posted(message, app):
        return None
    written = min(written, now)
    return PostLine(
        actor=_author(message, install),
        delivery=DeliveryKey(f"line:{install.team}:{room}:{ts}"),
        at=min(edited_at or written, now),
        room=room,
        ref=ts,
        body=read(message, names),
        written=written,
        reply_to=thread_of(message),
    )


def edited(
    message: Message, room: str, install: Install, names: Names, now: Instant, *, event_ts: object = None
) -> EditLine | None:
    """The newest wording of a line."""
    stamp = _word(_dict(message.get("edited")), "ts") or (event_ts if isinstance(event_ts, str) else "")
    at, ts = instant_of(stamp), _word(message, "ts")
    if at is None or not ts or message.get("subtype") not in WRITTEN:
        return None
    return EditLine(
        actor=_author(message, install),
        delivery=DeliveryKey(f"edit:{install.team}:{room}:{ts}:{stamp}"),
        at=min(at, now),
        room=room,
        ref=ts,
        body=read(message, names),
    )


def thread_of(message: Message) -> str:
    """The message in whose thread it was written, sent to the room too or not; empty for what is in none.

    A message that has a thread names itself.
    """
    thread = _word(message, "thread_ts")
    return thread if thread != _word(message, "ts") and instant_of(thread) is not None else ""


def edit_time(message: Message) -> Instant | None:
    """When a message was last edited; None for one that never was."""
    return instant_of(_dict(message.get("edited")).get("ts"))


def deleted(ref: str, room: str, install: Install, now: Instant) -> DeleteLine:
    """A line that is not in the history any more. Nothing tells who deleted it nor when."""
    return DeleteLine(
        actor=_author({}, install),
        delivery=DeliveryKey(f"delete:{install.team}:{room}:{ref}"),
        at=now,
        at_source="arrival",
        room=room,
        ref=ref,
    )


def _changed(event: Message, room: str, install: Install, names: Names, now: Instant, app: object) -> Command | None:
    message, before = _dict(event.get("message")), _dict(event.get("previous_message"))
    if install.posted(message, app) or install.posted(before, app):
        return None
    if message.get("subtype") == "tombstone":
        # A deleted line that has a thread stays as a stone: Slack tells of a change, not of a deletion.
        return _deleted({**before, "ts": message.get("ts") or before.get("ts")}, event, room, install, now, app)
    if before and read(message, names) == read(before, names):
        # Slack adds previews and reply counts to a message by a change of it; its words are the same.
        return None
    return edited(message, room, install, names, now, event_ts=event.get("event_ts") or event.get("ts"))


def _deleted(
    before: Message, event: Message, room: str, install: Install, now: Instant, app: object
) -> DeleteLine | None:
    ref = _word(event, "deleted_ts") or _word(before, "ts")
    if not ref or install.posted(before, app):
        return None
    at = instant_of(event.get("event_ts")) or instant_of(event.get("ts"))
    return DeleteLine(
        actor=_author(before, install),
        delivery=DeliveryKey(f"delete:{install.team}:{room}:{ref}"),
        at=min(at or now, now),
        at_source="event" if at else "arrival",
        room=room,
        ref=ref,
    )


def _author(message: Message, install: Install) -> Actor:
    """Who wrote it: a bot has a ``bot_id``, with or without a user beside it."""
    bot = _word(message, "bot_id")
    user = _word(message, "user") or bot or "unknown"
    told = message.get("user_team") or message.get("team")
    return Actor(install.account(user, told), "slack", install.venue, install.team_name, bot=bool(bot), fleeting=True)


def _dict(value: object) -> Message:
    return value if isinstance(value, dict) else {}


def _word(value: Message, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
