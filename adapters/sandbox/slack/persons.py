"""The verbs of a person with the app open; each returns JSON and refuses what Slack's own app does not offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.sandbox.slack import forms, interactions, payloads
from adapters.sandbox.slack.events import emit
from adapters.sandbox.slack.marks import reaction_name
from adapters.sandbox.slack.model import Action, Channel, Json, Message, User
from adapters.sandbox.slack.policy import cannot_post
from adapters.sandbox.slack.posting import next_ts, react, remove, retype, say
from adapters.sandbox.slack.seen import lines, sheet_json, visible_posts
from adapters.sandbox.slack.seen_links import seen_post
from adapters.sandbox.slack.shapes import view_json
from adapters.sandbox.slack.watch import Watch
from adapters.sandbox.slack.world import Workspace

Verb = Callable[[Workspace, User, Json], Awaitable[Json]]
VERBS: dict[str, Verb] = {}


def verb(name: str) -> Callable[[Verb], Verb]:
    def register(function: Verb) -> Verb:
        VERBS[name] = function
        return function

    return register


def done(space: Workspace, user: User, name: str, channel: str, post: str = "", value: object = None) -> None:
    space.world.actions.append(Action(space.world.clock.now(), user.name, name, channel, post=post, value=value))


def room_of(space: Workspace, user: User, body: Json, *, write: bool = False) -> Channel:
    room = space.find_channel(body["channel"], user)
    if write and user.id not in room.members:
        raise LookupError(f"{user.name} is not in {body['channel']} and cannot write there")
    if write and room.archived:
        raise LookupError(f"{body['channel']} is archived")
    app = space.installs[0].app if space.installs and space.installs[0].bot.id in room.members else None
    if write and room.kind == "im" and app is not None and (not app.messages_tab or app.messages_read_only):
        raise LookupError(f"{app.name} takes no messages")
    return room


def _own(space: Workspace, user: User, body: Json, *, admin: bool = False) -> tuple[Channel, Message]:
    room = room_of(space, user, body, write=True)
    message = room.messages.get(body["post"])
    if message is None:
        raise LookupError(f"{user.name} sees no message {body['post']!r}")
    if message.user != user.id and not (admin and (user.admin or user.owner)):
        raise LookupError("that message is somebody else's")
    return room, message


@verb("look")
async def look(space: Workspace, user: User, body: Json) -> Json:
    if body["channel"] == "@home":
        return {"posts": _home(space, user)}
    room = room_of(space, user, body)
    posts = visible_posts(space, room, user)
    last = int(body.get("last") or len(posts))
    return {"posts": [seen_post(space, room, one) for one in posts[max(0, len(posts) - last) :]]}


def _home(space: Workspace, user: User) -> list[Json]:
    """The App Home, as if it were one message of the app."""
    id_ = space.person(user.id).home
    if id_ is None:
        return []
    blocks = space.views[id_].body["blocks"]
    message = Message(id_, "", "", space.installs[0].bot.id, blocks=blocks, bot_id=space.installs[0].bot_id)
    shown = seen_post(space, Channel("", "@home", "im", "", 0), message)
    return [shown | {"text": "\n".join(one for one in lines(space, blocks) if one)}]


@verb("write")
async def write(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body, write=True)
    thread = body.get("reply_to")
    if thread is not None:
        parent = room.messages.get(thread)
        if parent is None:
            raise LookupError(f"{user.name} sees no message {thread!r}")
        thread = parent.thread_ts or parent.ts
    if refusal := cannot_post(space, user, room, thread):
        raise LookupError(f"{user.name} may not write that in {room.name}: {refusal}")
    loud = thread is not None and bool(body.get("broadcast"))
    message = say(space, user, room, body["text"], thread, broadcast=loud)
    done(space, user, "write", body["channel"], message.ts, body["text"])
    return {"id": message.ts}


@verb("edit")
async def edit(space: Workspace, user: User, body: Json) -> Json:
    room, message = _own(space, user, body)
    retype(space, user, room, message, body["text"])
    done(space, user, "edit", body["channel"], message.ts, body["text"])
    return {}


@verb("delete")
async def delete(space: Workspace, user: User, body: Json) -> Json:
    person = space.person(user.id)
    room = room_of(space, user, body)
    if person.private.get(room.id, {}).pop(body["post"], None) is None:
        room, message = _own(space, user, body, admin=True)
        remove(space, room, message)
    done(space, user, "delete", body["channel"], body["post"])
    return {}


@verb("react")
async def react_(space: Workspace, user: User, body: Json) -> Json:
    room = room_of(space, user, body, write=True)
    message = room.messages.get(body["post"])
    if message is None:
        raise LookupError(f"{user.name} sees no message {body['post']!r}")
    react(space, room, message, user.id, reaction_name(body["emoji"]), add=not body.get("remove", False))
    done(space, user, "react", body["channel"], body["post"], body["emoji"])
    return {}


@verb("command")
async def command(space: Workspace, user: User, body: Json) -> Json:
    return await interactions.command(space, user, body["channel"], body["line"], body.get("thread"), _wait(body))


@verb("press")
async def press(space: Workspace, user: User, body: Json) -> Json:
    return await interactions.press(space, user, body["channel"], body["post"], body["label"], _wait(body))


@verb("choose")
async def choose(space: Workspace, user: User, body: Json) -> Json:
    channel, post, label = body["channel"], body["post"], body["label"]
    return await interactions.choose(space, user, channel, post, label, body["options"], _wait(body))


@verb("shortcut")
async def shortcut(space: Workspace, user: User, body: Json) -> Json:
    return await interactions.shortcut(space, user, body["channel"], body["post"], body["name"], _wait(body))


@verb("anywhere")
async def anywhere(space: Workspace, user: User, body: Json) -> Json:
    """Use a global shortcut."""
    return await interactions.anywhere(space, user, body["name"], _wait(body))


@verb("enter")
async def enter(space: Workspace, user: User, body: Json) -> Json:
    """Type into the input blocks of a message or view without sending."""
    watch = Watch.start(space, user)
    place = payloads.find_place(space, user, body["channel"], body.get("post", ""))
    forms.enter(space, user, place.container, place.blocks, body["values"])
    watch.done("enter", None, channel=body["channel"], post=body.get("post", ""), value=dict(body["values"]))
    return {}


@verb("fill")
async def fill(space: Workspace, user: User, body: Json) -> Json:
    return await forms.fill(space, user, body["values"], _wait(body))


@verb("close")
async def close(space: Workspace, user: User, body: Json) -> Json:
    return await forms.close(space, user)


@verb("sheet")
async def sheet(space: Workspace, user: User, body: Json) -> Json:
    person = space.person(user.id)
    if not person.views:
        return {"sheet": None}
    view = space.views[person.views[-1]]
    return {"sheet": sheet_json(space, view, person.typed.get(view.id, {}))}


@verb("home")
async def home(space: Workspace, user: User, body: Json) -> Json:
    """Open the App Home; the app is told each time."""
    install = space.installs[0]
    room = space.direct(user.id, install.bot.id)
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": room.id,
        "tab": body.get("tab", "home"),
        "event_ts": next_ts(space, room),
    }
    id_ = space.person(user.id).home
    if id_ is not None and event["tab"] == "home":
        event["view"] = view_json(space, install, space.views[id_])
    emit(space, "app_home_opened", event, room)
    done(space, user, "home", "@home")
    return {"posts": _home(space, user)}


@verb("reload")
async def reload(space: Workspace, user: User, body: Json) -> Json:
    """Close and open the app: ephemeral messages and open forms are gone."""
    person = space.person(user.id)
    person.private.clear()
    person.typed.clear()
    for id_ in person.views:
        space.views.pop(id_, None)
    person.views.clear()
    space.world.touch()
    return {}


def _wait(body: Json) -> float:
    return float(body.get("wait", 0.0))
