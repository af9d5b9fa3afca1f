"""The control address ``/sandbox/…``: people's acts, what was recorded, faults, and the world, as JSON.

No bot ever calls it; the answers to mistakes are 400 (refused by the client), 403 (may not) and 404 (not there).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from mimetypes import guess_type
from typing import Any

from aiohttp import web

from adapters.sandbox.discord import guild_shapes, page, shapes
from adapters.sandbox.discord.faults import Fault, Faults
from adapters.sandbox.discord.gateway import Hub
from adapters.sandbox.discord.model import Json, User
from adapters.sandbox.discord.people import People
from adapters.sandbox.discord.serial import Serial
from adapters.sandbox.discord.switches import Switches
from adapters.sandbox.discord.world import World

HELD = 20.0
"""Seconds that a question for changes waits at most."""
_FAULT_KEYS = {each.name for each in fields(Fault)} - {"hits", "dice"}


class Control:
    def __init__(self, world: World, people: People, hub: Hub, faults: Faults) -> None:
        self.world, self.people, self.hub, self.faults = world, people, hub, faults
        self.serial = Serial()
        self.switches = Switches(world, hub, faults)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        verb = request.path.removeprefix("/sandbox").strip("/")
        try:
            body: Json = json.loads(await request.read() or b"{}")
            if request.method == "GET" and verb.startswith("files/"):
                return self._file(verb)
            if request.method == "GET" and verb == "changes":
                shown = {"serial": await self.serial.after(int(request.query.get("since", 0)), HELD)}
            elif request.method == "GET":
                shown = self._show(verb, dict(request.query))
            elif verb == "faults":
                shown = self._fault(body) if request.method == "POST" else self._clear()
            elif verb == "switches":
                shown = self.switches.turn(body["key"], bool(body["on"]))
            else:
                shown = await self.act(verb, body)
        except (LookupError, FileNotFoundError) as told:
            return _json({"error": str(told.args[0] if told.args else told)}, 404)
        except PermissionError as told:
            return _json({"error": str(told)}, 403)
        except (ValueError, TypeError) as told:
            return _json({"error": str(told)}, 400)
        finally:
            if request.method != "GET":
                self.serial.bump()
        return _json(shown)

    def _file(self, verb: str) -> web.Response:
        """An uploaded file, as the network of the real Discord would bring it."""
        _, key, name = verb.split("/", 2)
        kind = guess_type(name)[0] or "application/octet-stream"
        return web.Response(body=self.world.files[key], content_type=kind)

    async def act(self, verb: str, body: Json) -> Any:
        if verb == "crowd":
            return await self._crowd(body)
        if verb == "linger":
            self.people.linger = float(body["seconds"])
            return {"linger": self.people.linger}
        user = self.world.named(body.pop("user"))
        people = self.people
        acts: dict[str, Callable[..., Awaitable[Json]]] = {
            "command": people.command,
            "complete": people.complete,
            "menu": people.menu,
            "press": people.press,
            "choose": people.choose,
            "fill": people.fill,
        }
        if verb in acts:
            return await acts[verb](user, **body)
        plain: dict[str, Callable[..., Any]] = {
            "look": people.look,
            "write": people.write,
            "edit": people.edit,
            "delete": people.delete,
            "react": people.react,
            "close": people.close,
            "reload": people.reload,
            "voice": people.voice,
            "rooms": people.rooms,
            "pins": people.pins,
            "pin": people.pin,
            "topic": people.topic,
            "rename": people.rename,
            "convert": people.convert,
            "delete_channel": people.delete_channel,
            "make_channel": people.make_channel,
            "upload": people.upload,
            "start_thread": people.start_thread,
            "join_thread": people.join_thread,
            "leave_thread": people.leave_thread,
            "bring": people.bring,
            "archive": people.archive,
            "direct_messages": people.direct_messages,
        }
        if verb not in plain:
            raise LookupError(f"there is no verb {verb!r}")
        return {"result": plain[verb](user, **body)}

    async def _crowd(self, body: Json) -> Json:
        """Many people press: ``users`` (or all who see the channel), ``labels`` in turn, ``together`` at a time."""
        users = [self.world.named(each) for each in body["users"]] if body.get("users") else self._people()
        labels, gate = body["labels"], asyncio.Semaphore(int(body.get("together", 200)))
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def one(index: int, user: User) -> Json:
            async with gate:
                return await self.people.press(user, body["name"], body["post"], labels[index % len(labels)])

        answers = await asyncio.gather(
            *(one(index, user) for index, user in enumerate(users * int(body.get("times", 1))))
        )
        seconds = loop.time() - began
        waits = sorted(each["milliseconds"] for each in answers)
        return {
            "pressed": len(answers),
            "ok": sum(each["ok"] for each in answers),
            "seconds": seconds,
            "per_second": len(answers) / seconds if seconds else 0.0,
            "p50": waits[len(waits) // 2],
            "p99": waits[int(len(waits) * 0.99)],
        }

    def _people(self) -> list[User]:
        return [each for each in self.world.users.values() if not each.bot]

    def _show(self, verb: str, query: dict[str, str]) -> Any:
        since = int(query.get("since", 0))
        if verb == "requests":
            return [asdict(each) for each in self.world.requests[since:]]
        if verb == "counts":
            return [
                {"method": key[0], "route": key[1], "status": key[2], "count": count}
                for key, count in self.world.counts.items()
            ]
        if verb == "actions":
            return [asdict(each) for each in self.world.actions[since:]]
        if verb == "presses":
            return self.presses()
        if verb == "faults":
            return [{key: getattr(each, key) for key in (*sorted(_FAULT_KEYS), "hits")} for each in self.faults.rules]
        if verb == "channels":
            user = self.world.named(query["user"])
            return [{"id": each.id, "name": each.name, "thread": each.is_thread} for each in self.people.channels(user)]
        if verb == "world":
            return self._world()
        if verb == "people":
            return page.players(self.world)
        if verb == "page":
            user = self.world.named(query["user"])
            shown = page.view(
                self.people, user, query.get("channel", ""), query.get("thread", ""), int(query.get("more", 0))
            )
            return shown | {"serial": self.serial.number}
        if verb == "switches":
            return self.switches.show()
        raise LookupError(f"there is nothing at {verb!r}")

    def presses(self) -> Json:
        """Message → custom_id → who pressed it last, and of those who were answered."""
        shown: Json = {}
        for post, people in self.people.presses.items():
            for user_id, (custom_id, label, ok) in people.items():
                button = shown.setdefault(post, {}).setdefault(
                    custom_id, {"label": label, "people": [], "answered": []}
                )
                name = self.world.users[user_id].name
                button["people"].append(name)
                if ok:
                    button["answered"].append(name)
        return shown

    def _world(self) -> Json:
        return {
            "invalid_requests": self.world.invalid_requests(),
            "violations": [asdict(each) for each in self.world.violations],
            "users": [shapes.user(each) for each in self.world.users.values()],
            "sessions": [
                {"id": each.id, "application": each.app.id, "intents": each.intents, "connected": each.link is not None}
                for each in self.hub.sessions.values()
            ],
            "applications": [
                {"id": each.id, "name": each.name, "token": each.token, "commands": each.commands.get(None, {})}
                for each in self.world.applications.values()
            ],
            "guilds": [
                guild_shapes.guild(each)
                | {
                    "channels": [shapes.channel(channel) for channel in each.channels.values()],
                    "members": [shapes.member(member) for member in each.members.values()],
                }
                for each in self.world.guilds.values()
            ],
        }

    def _fault(self, body: Json) -> Json:
        gateway = body.pop("gateway", None)
        if gateway is None:
            if unknown := body.keys() - _FAULT_KEYS:
                raise ValueError(f"unknown keys {sorted(unknown)}")
            self.faults.add(**body)
            return {"rules": len(self.faults.rules)}
        acts: dict[str, Callable[[], object]] = {
            "drop": self.hub.drop,
            "reconnect": self.hub.ask_to_reconnect,
            "invalidate": self.hub.invalidate,
            "forget": self.hub.forget_sessions,
            "deaf": lambda: setattr(self.hub, "acknowledges", False),
            "twice": lambda: setattr(self.hub, "copies", 2),
            "freeze": self.hub.freeze,
            "resumable": lambda: self.hub.invalidate(resumable=True),
            "forgetful": lambda: setattr(self.hub, "forgetful", True),
            "late": lambda: setattr(self.hub, "hello_after", float(body["seconds"])),
            "refuse": lambda: setattr(self.hub, "refusals", int(body["count"])),
            "close": lambda: self.hub.close(int(body["code"])),
            "blank": lambda: self._words(withheld=True),
            "words": lambda: self._words(withheld=False),
        }
        if gateway not in acts:
            raise ValueError(f"gateway faults are {sorted(acts)}")
        acts[gateway]()
        return {"gateway": gateway}

    def _words(self, *, withheld: bool) -> None:
        for each in self.world.applications.values():
            self.hub.withhold(each, words=withheld)

    def _clear(self) -> Json:
        self.faults.clear()
        self.hub.calm()
        return {"rules": 0}


def _json(shown: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=json.dumps(shown).encode(), content_type="application/json")
