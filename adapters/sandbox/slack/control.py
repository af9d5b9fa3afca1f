"""The ``/sandbox/…`` addresses: playing persons, reading the record, making failures; Slack has nothing like it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from adapters.sandbox.slack import by_id, page, persons_rooms
from adapters.sandbox.slack.clock import ManualClock
from adapters.sandbox.slack.interactions import press
from adapters.sandbox.slack.mentions import rung
from adapters.sandbox.slack.model import Json, User
from adapters.sandbox.slack.persons import VERBS
from adapters.sandbox.slack.switches import Switchboard
from adapters.sandbox.slack.world import Workspace, World

VERB_MODULES = (persons_rooms, by_id)
"""They register their verbs when they are loaded."""
HELD = 20.0
"""Seconds that a question about changes waits for one."""


def _answer(body: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def find_person(world: World, name: str) -> tuple[Workspace, User]:
    """``alice``, or ``Workspace/alice`` where several workspaces have one."""
    place, slash, who = name.rpartition("/")
    for space in world.workspaces.values():
        if slash and place not in (space.name, space.id):
            continue
        user = space.names.get(who)
        if user is not None:
            return space, user
    raise LookupError(f"nobody is called {name!r}")


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    body = orjson.loads(raw) if raw else {}
    return body if isinstance(body, dict) else {}


async def _verb(world: World, request: web.Request) -> web.Response:
    name = request.match_info["verb"]
    function = VERBS.get(name)
    if function is None:
        return _answer({"error": f"no verb {name!r}; there are {sorted(VERBS)}"}, 404)
    body = await _body(request)
    space, user = find_person(world, str(body.get("user", "")))
    if user.deleted:
        raise LookupError(f"{user.name} has no account any more")
    return _answer(await function(space, user, body))


async def _burst(world: World, request: web.Request) -> web.Response:
    """Many presses at once, without an HTTP call each: for measuring the bot, not this server."""
    body = await _body(request)
    gate = asyncio.Semaphore(int(body.get("parallel", 200)))
    failures: Counter[str] = Counter()
    times: list[float] = []

    async def one(item: Json) -> None:
        async with gate:
            space, user = find_person(world, item["user"])
            result = await press(space, user, item["channel"], item["post"], item["label"])
        times.append(result["milliseconds"])
        if not result["ok"]:
            failures[result["error"]] += 1

    await asyncio.gather(*(one(item) for item in body["presses"]))
    return _answer({"done": len(times), "failures": failures, "milliseconds": sorted(times)})


async def _world(world: World, request: web.Request) -> web.Response:
    spaces = []
    for space in world.workspaces.values():
        rooms = [
            {
                "id": one.id,
                "name": one.name,
                "kind": one.kind,
                "archived": one.archived,
                "members": sorted(one.members),
                "topic": one.topic,
            }
            for one in space.channels.values()
        ]
        users = [
            {"id": one.id, "name": one.name, "shown": one.shown, "bot": one.bot, "admin": one.admin}
            for one in space.users.values()
        ]
        apps = [{"id": one.app.id, "name": one.app.name, "bot": one.bot.id} for one in space.installs]
        spaces.append({"id": space.id, "name": space.name, "users": users, "channels": rooms, "apps": apps})
    return _answer({"platform": "slack", "workspaces": spaces})


async def _build(world: World, request: web.Request) -> web.Response:
    """Add persons, channels and settings while the server runs: ``{"users": [], "channels": [], "only_admins": []}``.

    A user may be ``"admin": true`` or ``"guest": "single"`` (or ``"multi"``).
    """
    body = await _body(request)
    spaces = world.workspaces.values()
    wanted = body.get("workspace")
    space = next((one for one in spaces if wanted in (None, one.name, one.id)), None)
    if space is None:
        raise LookupError(f"no workspace {wanted!r}")
    users = [
        space.user(one["name"], admin=bool(one.get("admin")), guest=str(one.get("guest", "")))
        for one in body.get("users", [])
    ]
    for one in body.get("channels", []):
        members = [space.find_user(name) for name in one.get("members", [])]
        bots = [install.bot for install in space.installs] if one.get("bot") else []
        space.channel(one["name"], private=bool(one.get("private")), members=[*members, *bots])
    space.only_admins = set(body.get("only_admins", space.only_admins))
    return _answer({"users": [one.id for one in users]})


async def _requests(world: World, request: web.Request) -> web.Response:
    if request.method == "DELETE":
        world.requests.clear()
        world.counts.clear()
        world.violations.clear()
        return _answer({})
    method, broken = request.query.get("method"), request.query.get("violations")
    shown = [
        one.to_dict()
        for one in world.requests
        if (method is None or one.method == method) and (not broken or one.violations)
    ]
    counts = [{"method": name, "answered": how, "count": count} for (name, how), count in world.counts.items()]
    return _answer({"requests": shown, "counts": counts, "violations": world.violations})


async def _mentions(world: World, request: web.Request) -> web.Response:
    return _answer({"mentions": rung(world)})


async def _actions(world: World, request: web.Request) -> web.Response:
    return _answer({"actions": [one.to_dict() for one in world.actions]})


async def _presses(world: World, request: web.Request) -> web.Response:
    """Counted by this server from the hands, never from the bot: what each person pressed last, and the sums."""
    shown = []
    for (channel, ts), users in world.presses.items():
        sums: Counter[str] = Counter()
        for action_id, value, _ in users.values():
            sums[f"{action_id}={value}"] += 1
        last = {user: {"action_id": one[0], "value": one[1], "times": one[2]} for user, one in users.items()}
        shown.append({"channel": channel, "post": ts, "last": last, "sums": sums})
    return _answer({"presses": shown})


async def _faults(world: World, request: web.Request) -> web.Response:
    if request.method == "DELETE":
        world.faults.clear()
    elif request.method == "POST":
        body = await _body(request)
        try:
            world.faults.add(body)
        except (TypeError, ValueError) as error:
            return _answer({"error": str(error)}, 400)
    rules = [{name: getattr(one, name) for name in one.__slots__ if name != "random"} for one in world.faults.rules]
    return _answer({"faults": rules})


async def _clock(world: World, request: web.Request) -> web.Response:
    body = await _body(request)
    if isinstance(world.clock, ManualClock) and "advance" in body:
        await world.clock.advance(float(body["advance"]))
    return _answer({"now": world.clock.now()})


async def _drop(world: World, reason: str) -> int:
    """Send every connection away; returns how many there were."""
    count = 0
    if world.deliveries is not None:
        for connections in world.deliveries.connections.values():
            for one in list(connections):
                await one.disconnect(reason)
                count += 1
    return count


async def _disconnect(world: World, request: web.Request) -> web.Response:
    """Send every connection away: ``warning``, ``refresh_requested`` or ``link_disabled``."""
    body = await _body(request)
    return _answer({"connections": await _drop(world, str(body.get("reason", "refresh_requested")))})


async def _people(world: World, request: web.Request) -> web.Response:
    return _answer([one for space in world.workspaces.values() for one in page.people(space)])


async def _page(world: World, request: web.Request) -> web.Response:
    """Everything that ``user`` sees now, with ``channel`` (and ``thread``) open."""
    asked = request.query
    space, user = find_person(world, asked.get("user", ""))
    last = int(asked.get("last") or page.LAST)
    return _answer(page.page(space, user, asked.get("channel", ""), asked.get("thread", ""), last))


async def _changes(world: World, request: web.Request) -> web.Response:
    """Answers when anybody can see something new since ``since``, or after a while."""
    since = int(request.query.get("since", -1))
    if world.serial <= since:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HELD):
                await world.change()
    return _answer({"serial": world.serial})


def add_routes(app: web.Application, world: World) -> None:
    board = Switchboard(world, lambda reason: _drop(world, reason))

    async def switches(_: World, request: web.Request) -> web.Response:
        if request.method == "POST":
            body = await _body(request)
            await board.turn(str(body.get("key")), bool(body.get("on")))
        return _answer(board.shown())

    def bound(handler: Callable[[World, web.Request], Awaitable[web.Response]]) -> Any:
        async def handle(request: web.Request) -> web.Response:
            try:
                return await handler(world, request)
            except LookupError as error:
                return _answer({"error": str(error.args[0] if error.args else error)}, 404)

        return handle

    app.router.add_post("/sandbox/hands/{verb}", bound(_verb))
    app.router.add_post("/sandbox/burst", bound(_burst))
    app.router.add_get("/sandbox/world", bound(_world))
    app.router.add_post("/sandbox/world", bound(_build))
    app.router.add_get("/sandbox/requests", bound(_requests))
    app.router.add_delete("/sandbox/requests", bound(_requests))
    app.router.add_get("/sandbox/mentions", bound(_mentions))
    app.router.add_get("/sandbox/actions", bound(_actions))
    app.router.add_get("/sandbox/presses", bound(_presses))
    for method in ("GET", "POST", "DELETE"):
        app.router.add_route(method, "/sandbox/faults", bound(_faults))
    app.router.add_post("/sandbox/clock", bound(_clock))
    app.router.add_post("/sandbox/disconnect", bound(_disconnect))
    app.router.add_get("/sandbox/people", bound(_people))
    app.router.add_get("/sandbox/page", bound(_page))
    app.router.add_get("/sandbox/changes", bound(_changes))
    app.router.add_get("/sandbox/switches", bound(switches))
    app.router.add_post("/sandbox/switches", bound(switches))
