"""All that one person sees at once, in Slack's own JSON, for a page that draws the app; nothing they do not see."""

from __future__ import annotations

from adapters.sandbox.slack.model import Channel, Json, Message, User
from adapters.sandbox.slack.persons_rooms import sidebar
from adapters.sandbox.slack.seen import visible_posts
from adapters.sandbox.slack.shapes import message_json, view_json
from adapters.sandbox.slack.world import SLACKBOT, Workspace

LAST = 200
"""Messages that are shown at most; a person scrolls for more, and the page says that there are."""


def people(space: Workspace) -> list[Json]:
    """Who may be played: the members of this workspace who have an account."""
    members = [one for one in space.users.values() if not one.bot and not one.deleted and one.team == space.id]
    return [{"id": one.id, "name": one.shown, "note": _note(one)} for one in members]


def _note(user: User) -> str:
    return "owner" if user.owner else "admin" if user.admin else f"{user.guest}-channel guest" if user.guest else ""


def page(space: Workspace, user: User, channel: str = "", thread: str = "", last: int = LAST) -> Json:
    """``channel`` is an id, a name, ``@name`` or ``@home``; without one, the first channel that they are in."""
    rooms = sidebar(space, user)
    shown: Json = {
        "serial": space.world.serial,
        "now": space.world.clock.now(),
        "me": {"id": user.id, "name": user.shown, "admin": user.admin or user.owner},
        "workspace": {"id": space.id, "name": space.name, "domain": space.domain},
        "apps": [_app(space, user, one.app.id) for one in space.installs],
        "names": {one.id: one.shown for one in space.users.values()} | {SLACKBOT: "Slackbot"},
        "people": people(space),
        "rooms": [one | {"last": _last(space, user, space.channels[one["id"]])} for one in rooms],
        "directs": _directs(space, user),
        "modal": _modal(space, user),
        "home": _home(space, user),
        "room": None,
        "messages": [],
        "thread": None,
    }
    if channel == "@home":
        return shown | {"channel": "@home"}
    room = _room(space, user, channel, rooms)
    if room is None:
        return shown | {"channel": ""}
    every = visible_posts(space, room, user)
    top = [one for one in every if _on_top(one)]
    return shown | {
        "channel": room.id,
        "room": _head(space, user, room),
        "messages": [_message(space, one) for one in top[-last:]],
        "more": len(top) > last,
        "thread": _thread(space, room, every, thread),
    }


def _app(space: Workspace, user: User, app_id: str) -> Json:
    install = next(one for one in space.installs if one.app.id == app_id)
    app = install.app
    return {
        "id": app.id,
        "name": app.name,
        "bot": install.bot.id,
        "direct": space.direct(user.id, install.bot.id).id,
        "commands": [{"name": name, **app.hints.get(name, {})} for name in sorted(app.commands)],
        "shortcuts": list(app.shortcuts),
        "anywhere": list(app.global_shortcuts),
        "home": app.home_tab,
        "messages": app.messages_tab,
        "read_only": app.messages_read_only,
    }


def _room(space: Workspace, user: User, channel: str, rooms: list[Json]) -> Channel | None:
    if channel:
        return space.find_channel(channel, user)
    first = next((one["id"] for one in rooms if one["member"] and not one["archived"]), None)
    return space.channels[first] if first else None


def _on_top(message: Message) -> bool:
    return message.thread_ts in (None, message.ts) or message.broadcast


def _message(space: Workspace, message: Message) -> Json:
    shown = message_json(space, message)
    if message.only_for is not None:
        # Slack's own client marks them so too.
        shown |= {"private": True, "is_ephemeral": True}
    return shown


def _last(space: Workspace, user: User, room: Channel) -> str:
    """The newest message in a channel that they are in; the page knows what was read."""
    if user.id not in room.members:
        return ""
    mine = space.person(user.id).private.get(room.id, {})
    newest = max((next(reversed(one), "") for one in (room.messages, mine)), key=lambda ts: (len(ts), ts))
    return str(newest)


def _head(space: Workspace, user: User, room: Channel) -> Json:
    member = user.id in room.members
    people_in = [space.users[one] for one in room.members if one in space.users]
    return {
        "id": room.id,
        "name": room.name,
        "kind": room.kind,
        "topic": room.topic,
        "archived": room.archived,
        "shared": room.shared,
        "member": member,
        "members": sorted(one.shown for one in people_in if not one.bot),
        "apps": sorted(one.shown for one in people_in if one.bot),
        "pinned": [_message(space, one) for one in _pinned(room)],
        "bookmarks": [
            {"title": one["title"], "link": one["link"], "emoji": one.get("emoji", "")}
            for one in room.bookmarks.values()
        ],
        "with": next((one for one in room.members if one != user.id), user.id) if room.kind == "im" else None,
    }


def _pinned(room: Channel) -> list[Message]:
    """Newest pin first."""
    return sorted((one for one in room.messages.values() if one.pinned), key=lambda one: -one.pinned_at)


def _directs(space: Workspace, user: User) -> list[Json]:
    """Direct messages that they have, the apps' first; a person without one is found by their name."""
    found = []
    for one in list(space.channels.values()):
        if one.kind != "im" or user.id not in one.members:
            continue
        other = next((who for who in one.members if who != user.id), user.id)
        bot = other in space.users and space.users[other].bot
        if one.messages or bot:
            name = space.users[other].shown if other in space.users else "Slackbot"
            last = _last(space, user, one)
            found.append({"id": one.id, "user": other, "name": name, "app": bot or other == SLACKBOT, "last": last})
    return sorted(found, key=lambda one: (not one["app"], str(one["name"])))


def _thread(space: Workspace, room: Channel, every: list[Message], ts: str) -> Json | None:
    root = room.messages.get(ts)
    if root is None:
        return None
    replies = [one for one in every if one.thread_ts == ts and one.ts != ts]
    return {"ts": ts, "root": _message(space, root), "messages": [_message(space, one) for one in replies]}


def _modal(space: Workspace, user: User) -> Json | None:
    person = space.person(user.id)
    if not person.views:
        return None
    view = space.views[person.views[-1]]
    shown = view_json(space, space.installs[0], view)
    return shown | {"errors": view.errors, "depth": len(person.views), "serial": view.serial}


def _home(space: Workspace, user: User) -> Json | None:
    id_ = space.person(user.id).home
    return None if id_ is None else view_json(space, space.installs[0], space.views[id_])
