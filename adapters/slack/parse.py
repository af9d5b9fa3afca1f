"""From Slack's payloads to commands: total, without network, decided by :mod:`core.app.intake` alone.

Whatever is missing or has another shape than documented gives ``None`` or an empty field, never an exception.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from adapters.slack import forms
from adapters.slack.identity import Install
from adapters.slack.markup import unescape
from adapters.slack.render import LINK_ACTION, action_of
from core.app.commands import Command, Explain, OpenAskForm, OpenModerateForm, TimeSource
from core.app.intake import Envelope, closed, pressed, resumed, submitted
from core.app.verbs import typed
from core.domain.ids import SECOND, DeliveryKey, Instant
from core.domain.people import Actor

Payload = Mapping[str, Any]

_TS = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_MODERATE = re.compile(
    r"(moderate\s+)<?https?://[^\s/<>|]+/archives/([A-Z0-9]+)/p([0-9]{7,})[^\s<>|]*(?:\|[^<>]*)?>?", re.IGNORECASE
)
"""A message's address ends in its timestamp without the point (reference/methods/chat.getPermalink)."""
_ELSEWHERE = re.compile(
    r"(moderate\s+)<?https?://[^\s/<>|]+/channels/[0-9]{1,20}/([0-9]{1,20})/([0-9]{1,20})/?(?:\|[^<>]*)?>?",
    re.IGNORECASE,
)
"""The link of a message in a server of the session's."""
MODERATE, ASK = "moderate", "ask"
"""The ``callback_id`` of the entries "Moderate…" and "Ask about this" in a message's menu."""
_NO_SHORTCUT = "This entry is from another time and does nothing any more. Use /mod moderate with the message's link."


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, and the ways by which its answer can reach the person."""

    command: Command
    user: str
    room: str = ""
    trigger: str = ""
    response_url: str = ""
    private: bool = False
    """The pressed message is one that only this person sees; its answer takes its place."""
    sent: bool = False
    """What was pressed sends the form that the message holds."""
    handle: str = ""
    """The person's name in the payload, for when Slack cannot be asked."""
    title: str = ""
    """Of the form that was sent."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Slack's ids of the persons picked in it, by field; their names are still to be looked up."""
    thread: str = ""
    """The thread in which it was asked."""
    view: str = ""
    """The modal in which it was pressed or sent."""
    at_home: bool = False
    """It was pressed in the person's App Home."""
    state: object = None
    """What a form that was sent holds, as Slack tells it."""
    home: str = ""
    """What the App Home showed from which this came: the action of its menu."""
    unasked: bool = False
    """The form tells of itself; nobody waits for an answer."""


def instant_of(ts: object) -> Instant | None:
    """Microseconds of a Slack timestamp; exact, so never by way of a float."""
    match = _TS.fullmatch(ts) if isinstance(ts, str) else None
    return Instant(int(match[1]) * SECOND + int((match[2] or "").ljust(6, "0"))) if match else None


def timestamp(at: Instant) -> str:
    """An instant as Slack writes it."""
    return f"{max(at, 0) // SECOND}.{max(at, 0) % SECOND:06d}"


def press(payload: Payload, install: Install, now: Instant) -> Asked | None:
    """``block_actions``: a pressed button or what was picked in a menu. None for what asks for nothing."""
    actions = payload.get("actions")
    action = _dict(actions[0]) if isinstance(actions, list) and actions else {}
    made = action_of(_word(action, "action_id"))
    user = _dict(payload.get("user"))
    if not made or made == LINK_ACTION or not _word(user, "id"):
        return None
    container = _dict(payload.get("container"))
    room = _word(_dict(payload.get("channel")), "id") or _word(container, "channel_id")
    view = _dict(payload.get("view"))
    origin = forms.unpack(view.get("private_metadata")) if view else forms.Origin()
    at_home = view.get("type") == "home"
    room = room or origin.room
    trigger = _word(payload, "trigger_id")
    ts = _word(action, "action_ts")
    sent = made == forms.SEND
    key = f"trigger:{install.team}:{trigger}"
    state = _dict(payload.get("state")).get("values")
    if sent and (message := _word(container, "message_ts")):
        # Unlike a modal, the form stands until it is answered, so that it can be sent twice.
        key = f"sent:{install.team}:{_word(user, 'id')}:{message}:{_digest(state)}"
    elif not trigger:
        key = f"press:{install.team}:{_word(user, 'id')}:{_word(container, 'message_ts')}:{ts}:{made}"
    envelope = _envelope(_actor(install, user), key, now, instant_of(ts), room=room)
    command: Command | None
    picking = made == forms.VALUE and bool(view)
    if picking:
        state = _dict(view.get("state")).get("values")
        command = closed(envelope, origin.action, forms.values(state))
        if command is None:
            return None
    elif sent:
        command = submitted(envelope, _word(action, "value"), forms.values(state))
    else:
        command = pressed(envelope, made, forms.picked(action) if action.get("type") != "button" else ())
    return Asked(
        command,
        _word(user, "id"),
        room,
        trigger,
        _word(payload, "response_url") or origin.response_url,
        private=sent or container.get("is_ephemeral") is True,
        sent=sent,
        title=_word(_dict(action.get("text") if at_home else view.get("title")), "text"),
        people=forms.people(state) if sent or picking else {},
        state=state if sent else None,
        unasked=picking,
        handle=_word(user, "name") or _word(user, "username"),
        thread=_word(container, "thread_ts"),
        view="" if at_home else _word(view, "id"),
        at_home=at_home,
        home=origin.home,
    )


def submission(payload: Payload, install: Install, now: Instant, signed: Instant | None = None) -> Asked | None:
    """``view_submission``: a form that was sent. It carries no time of its own."""
    user, view = _dict(payload.get("user")), _dict(payload.get("view"))
    if not _word(user, "id") or view.get("callback_id") != forms.CALLBACK:
        return None
    origin = forms.unpack(view.get("private_metadata"))
    state = _dict(view.get("state")).get("values")
    trigger = _word(payload, "trigger_id")
    key = f"trigger:{install.team}:{trigger}"
    if not trigger or resumed(origin.action):
        # A form that was not answered stays open and is sent again: the same typing in it is a repetition.
        key = f"view:{install.team}:{_word(view, 'id')}:{_digest(state)}"
    envelope = _envelope(_actor(install, user), key, now, signed, "signed", origin.room)
    return Asked(
        submitted(envelope, origin.action, forms.values(state)),
        _word(user, "id"),
        origin.room,
        trigger,
        origin.response_url,
        title=_word(_dict(view.get("title")), "text"),
        people=forms.people(state),
        handle=_word(user, "name") or _word(user, "username"),
        view=_word(view, "id"),
        state=state,
        home=origin.home,
    )


def closing(payload: Payload, install: Install, now: Instant) -> Asked | None:
    """``view_closed``: a form that was closed with something in it, where Slack tells what."""
    user, view = _dict(payload.get("user")), _dict(payload.get("view"))
    if not _word(user, "id") or view.get("callback_id") != forms.CALLBACK:
        return None
    origin, state = forms.unpack(view.get("private_metadata")), _dict(view.get("state")).get("values")
    key = f"closed:{install.team}:{_word(view, 'id')}:{_digest(state)}"
    envelope = _envelope(_actor(install, user), key, now, None, room=origin.room)
    command = closed(envelope, origin.action, forms.values(state))
    if command is None:
        return None
    return Asked(command, _word(user, "id"), origin.room, people=forms.people(state), unasked=True)


def shortcut(payload: Payload, install: Install, now: Instant) -> Asked | None:
    """An entry of a message's menu (or of the app's, which has none of ours)."""
    user, trigger = _dict(payload.get("user")), _word(payload, "trigger_id")
    if not _word(user, "id") or payload.get("type") not in ("message_action", "shortcut"):
        return None
    room = _word(_dict(payload.get("channel")), "id")
    ref = _word(_dict(payload.get("message")), "ts") or _word(payload, "message_ts")
    stamp = _word(payload, "action_ts")
    key = f"trigger:{install.team}:{trigger}"
    if not trigger:
        key = f"shortcut:{install.team}:{_word(user, 'id')}:{room}:{ref}:{stamp}"
    envelope = _envelope(_actor(install, user), key, now, instant_of(stamp), room=room)
    command: Command = Explain(**envelope.fields(), sentence=_NO_SHORTCUT)
    if payload.get("callback_id") == MODERATE and room and ref:
        command = OpenModerateForm(**envelope.fields(), channel=room, ref=ref)
    if payload.get("callback_id") == ASK and room and ref:
        command = OpenAskForm(**envelope.fields(), channel=room, ref=ref)
    return Asked(
        command,
        _word(user, "id"),
        room,
        trigger,
        _word(payload, "response_url"),
        handle=_word(user, "name") or _word(user, "username"),
        thread=_word(_dict(payload.get("message")), "thread_ts"),
    )


def located(line: str) -> str:
    """What was typed, the address of a message to moderate written as ``channel/timestamp``."""
    if other := _ELSEWHERE.match(line):
        return f"{other[1]}{other[2]}/{other[3]}{line[other.end() :]}"
    found = _MODERATE.match(line)
    if found is None:
        return line
    words, room, stamp = found.groups()
    return f"{words}{room}/{stamp[:-6]}.{stamp[-6:]}{line[found.end() :]}"


def slash(body: Payload, install: Install, now: Instant, signed: Instant | None = None) -> Asked | None:
    """A slash command. It carries no time of its own."""
    user, room = _word(body, "user_id"), _word(body, "channel_id")
    group = _word(body, "command").removeprefix("/")
    if not user or not group:
        return None
    trigger = _word(body, "trigger_id")
    key = f"trigger:{install.team}:{trigger}"
    actor = Actor(
        install.account(user, body.get("enterprise_id") or body.get("team_id")),
        "slack",
        install.venue,
        install.team_name,
        fleeting=True,
    )
    envelope = _envelope(actor, key, now, signed, "signed", room)
    return Asked(
        typed(envelope, group, located(unescape(_word(body, "text")).strip())),
        user,
        room,
        trigger,
        _word(body, "response_url"),
        handle=_word(body, "user_name"),
    )


def _digest(state: object) -> str:
    return hashlib.sha256(orjson.dumps(state)).hexdigest()[:24]


def _actor(install: Install, user: Payload) -> Actor:
    account = install.account(_word(user, "id"), user.get("team_id"))
    return Actor(account, "slack", install.venue, install.team_name, fleeting=True)


def _envelope(
    actor: Actor,
    key: str,
    now: Instant,
    at: Instant | None,
    source: TimeSource = "event",
    room: str = "",
) -> Envelope:
    """A person's act is never later than its arrival."""
    if at is None:
        return Envelope(actor, DeliveryKey(key), now, "arrival", room)
    return Envelope(actor, DeliveryKey(key), min(at, now), source, room)


def _dict(value: object) -> Payload:
    return value if isinstance(value, dict) else {}


def _word(value: Payload, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""
