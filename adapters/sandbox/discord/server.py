"""The HTTP server: every REST request is matched, judged, carried out and recorded here, once, in this order."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from adapters.sandbox.discord import (  # noqa: F401  (the rest_ modules fill the table of routes)
    rest_applications,
    rest_channels,
    rest_guilds,
    rest_messages,
    rest_threads,
    rest_webhooks,
    routes,
)
from adapters.sandbox.discord.control import Control
from adapters.sandbox.discord.errors import Refusal, invalid_form, not_allowed, not_found, refusal, unauthorized
from adapters.sandbox.discord.faults import Fault, Faults
from adapters.sandbox.discord.fields import error_tree
from adapters.sandbox.discord.gateway import Hub
from adapters.sandbox.discord.model import Application, Recorded
from adapters.sandbox.discord.people import People
from adapters.sandbox.discord.rates import Rates
from adapters.sandbox.discord.sockets import serve
from adapters.sandbox.discord.world import World

API = "/api/v10"
Files = list[tuple[str, str, bytes]]


@dataclass(slots=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]
    violations: tuple[str, ...] = ()


class Server:
    def __init__(self, world: World, gateway_url: str) -> None:
        self.world = world
        self.hub = Hub(world, gateway_url)
        self.faults = Faults()
        self.rates = Rates()
        self.people = People(world)
        self.control = Control(world, self.people, self.hub, self.faults)
        world.listeners += [self.hub.hear, self.control.serial.bump]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        if path.startswith(API + "/"):
            try:
                return await self._rest(request, path[len(API) :])
            finally:
                if request.method != "GET":
                    self.control.serial.bump()
        if path.startswith("/sandbox"):
            return await self.control.handle(request)
        if path.startswith("/gateway"):
            return await serve(self.hub, request)
        return web.Response(status=404)

    async def _rest(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        at = self.world.clock()
        found, params, known = routes.match(request.method, path.strip("/").split("/"))
        template = found.template if found is not None else path
        fault = self.faults.pick(request.method, template, path) if self.faults.rules else None
        body, files, readable = await _read(request)
        if fault is not None and fault.delay:
            # It has arrived, and is carried out even when nobody waits for the answer any more.
            await asyncio.sleep(fault.delay)
        if fault is not None and fault.cut == "before":
            return _cut(request)
        if found is None:
            told = not_allowed() if known else not_found()
            answer = Answer(told.status, told.body(), {}, ("this route is not documented",))
        else:
            query = dict(request.query)
            call = routes.Call(self.world, found, params, query, body, files, None, self.hub.url)
            answer = self._carry_out(call, request.headers.get("Authorization"), fault, readable)
        self._record(at, request.method, template, params, dict(request.query), body, answer)
        if fault is not None and fault.cut == "after":
            return _cut(request)
        return _response(answer)

    def _app(self, authorization: str | None) -> Application | None:
        return self.world.tokens.get((authorization or "").removeprefix("Bot "))

    def _carry_out(self, call: routes.Call, authorization: str | None, fault: Fault | None, readable: bool) -> Answer:
        headers: dict[str, str] = {}
        violations: tuple[str, ...] = ()
        try:
            call.app = self._app(authorization)
            if call.route.signed and call.app is None:
                raise unauthorized()
            if self.world.rates:
                verdict = self.rates.judge(call, self.world.clock())
                headers = verdict.headers
                if verdict.body is not None:
                    return Answer(429, verdict.body, headers)
            if fault is not None and fault.status is not None:
                status, shown, extra = fault.answer()
                return Answer(status, shown, headers | extra)
            if not readable:
                raise refusal(50109)
            _refuse_bad_ids(call)
            if call.route.check is not None:
                found = call.route.check(call.body, self._flags(call))
                violations = tuple(map(str, found))
                if any(each.refused for each in found):
                    raise invalid_form(error_tree([each for each in found if each.refused]))
            status, shown = call.route.act(call)
            return Answer(status, shown, headers, violations)
        except Refusal as told:
            extra = {}
            shown = told.body()
            if told.status == 429:
                shown |= {"retry_after": 60.0, "global": False}
                extra = {"Retry-After": "60", "X-RateLimit-Scope": "user", "Via": "1.1 sandbox"}
            return Answer(told.status, shown, headers | extra, violations)
        except Exception as broken:  # A mistake of the stand-in itself must be seen in the record, not guessed at.
            logging.getLogger(__name__).exception("%s %s", call.route.method, call.route.template)
            shown = {"message": "500: Internal Server Error", "code": 0}
            return Answer(500, shown, headers, (*violations, f"the stand-in failed: {broken!r}"))

    def _flags(self, call: routes.Call) -> int:
        """The flags that the message has already: Components V2 cannot be taken back by an edit."""
        if call.route.method == "PATCH" and "message_id" in call.params:
            key = call.params["message_id"]
            one = self.world.interaction_tokens.get(call.params.get("webhook_token", ""))
            if one is not None and key == "@original":
                return one.original.flags if one.original is not None else 0
            for channel_id in _channels_of(call, self.world):
                message = self.world.channels[channel_id].messages.get(key)
                if message is not None:
                    return message.flags
        elif call.route.template.startswith("/interactions"):
            interaction = self.world.interactions.get(call.params["interaction_id"])
            if interaction is not None and interaction.message is not None:
                return interaction.message.flags
        return 0

    def _record(self, at: float, method: str, route: str, params: Any, query: Any, body: Any, answer: Answer) -> None:
        world = self.world
        if answer.status in (401, 403, 429):
            world.refused.append(at)
        if world.record == "off":
            return
        key = (method, route, answer.status)
        world.counts[key] = world.counts.get(key, 0) + 1
        if world.record == "full" or answer.violations:
            arguments = {"path": params, "query": query, "body": body}
            world.requests.append(Recorded(at, method, route, arguments, answer.violations, answer.status))


_IDS = ("channel_id", "guild_id", "message_id", "user_id", "role_id", "webhook_id", "interaction_id", "command_id")


def _refuse_bad_ids(call: routes.Call) -> None:
    """Ids in the path and in the query are snowflakes, but for @me and @original."""
    given = [(name, value) for name, value in call.params.items() if name in _IDS and not value.startswith("@")]
    given += [(name, call.query[name]) for name in ("before", "after", "around", "thread_id") if name in call.query]
    wrong = [name for name, value in given if not (value.isascii() and value.isdigit())]
    if wrong:
        code = {"code": "NUMBER_TYPE_COERCE", "message": "Value is not snowflake."}
        raise invalid_form({name: {"_errors": [code]} for name in wrong})


def _channels_of(call: routes.Call, world: World) -> list[str]:
    if "channel_id" in call.params:
        found = [call.params["channel_id"]]
    else:
        one = world.interaction_tokens.get(call.params.get("webhook_token", ""))
        hook = world.webhooks.get(call.params.get("webhook_id", ""))
        found = (
            [one.channel.id]
            if one is not None
            else [call.query.get("thread_id") or hook.channel_id]
            if hook is not None
            else []
        )
    return [each for each in found if each in world.channels]


async def _read(request: web.BaseRequest) -> tuple[Any, Files, bool]:
    """The JSON body, or payload_json with the uploaded files; the last value tells whether it could be read."""
    if not request.can_read_body:
        return None, [], True
    files: Files = []
    text: str | bytes
    if request.content_type.startswith("multipart/"):
        text = "{}"
        for name, value in (await request.post()).items():
            if isinstance(value, FileField):
                files.append((name, value.filename, value.file.read()))
            elif name == "payload_json":
                # With a content type of its own, as Discord's pages show it, it comes as bytes.
                text = value if isinstance(value, bytes) else str(value)
    else:
        text = await request.read()
    try:
        return (json.loads(text) if text else None), files, True
    except ValueError:
        return None, files, False


def _cut(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _response(answer: Answer) -> web.Response:
    if answer.status == 204:
        return web.Response(status=204, headers=answer.headers)
    if isinstance(answer.body, str):
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers, content_type="text/html")
    # discord.py compares the content type with "application/json" as a whole: no charset.
    body = json.dumps(answer.body).encode()
    return web.Response(status=answer.status, body=body, headers=answer.headers, content_type="application/json")


class Running:
    """A started server. In the same process tests also reach into ``world``, ``hub``, ``people`` and ``faults``."""

    def __init__(self, server: Server, runner: web.ServerRunner, host: str, port: int) -> None:
        self.world = server.world
        self.server = server
        self.hub, self.people, self.faults = server.hub, server.people, server.faults
        self.url = f"http://{host}:{port}"
        self.api_url = self.url + API
        self.gateway_url = server.hub.url
        self._runner = runner

    async def close(self) -> None:
        self.hub.drop()
        for each in (self.hub.hear, self.server.control.serial.bump):
            self.world.listeners.remove(each)
        await self._runner.cleanup()


async def start(world: World, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Listen; port 0 takes a free one."""
    server = Server(world, "")
    # Reads a whole upload into memory; Discord's own limit is 10 MiB.
    runner = web.ServerRunner(web.Server(server.handle, access_log=None), shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound = int(runner.addresses[0][1])
    server.hub.url = f"ws://{host}:{bound}/gateway"
    world.files_url = f"http://{host}:{bound}/sandbox/files"
    return Running(server, runner, host, bound)
