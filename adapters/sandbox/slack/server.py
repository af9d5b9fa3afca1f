"""The running stand-in: one address for the Web API, Socket Mode, response_urls and the control addresses."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

# The methods register themselves when their modules are loaded.
from adapters.sandbox.slack import (
    methods_chat,
    methods_files,
    methods_pins,
    methods_reads,
    methods_rooms,
    methods_views,
)
from adapters.sandbox.slack.control import add_routes
from adapters.sandbox.slack.delivery import Deliveries
from adapters.sandbox.slack.faults import Fault
from adapters.sandbox.slack.oauth import serve_authorize
from adapters.sandbox.slack.response_urls import serve_response_url
from adapters.sandbox.slack.sockets import serve_socket
from adapters.sandbox.slack.web_api import cut, serve_method, spoiled
from adapters.sandbox.slack.world import World

METHOD_MODULES = (methods_chat, methods_files, methods_pins, methods_reads, methods_rooms, methods_views)
BODY_MOST = 4 << 20


@dataclass(frozen=True, slots=True)
class Running:
    """A stand-in that listens; slack_sdk's ``base_url`` is :attr:`api_url`."""

    world: World
    base_url: str
    runner: web.AppRunner

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/"

    async def close(self) -> None:
        if self.world.deliveries is not None:
            await self.world.deliveries.close()
            self.world.deliveries = None
        await self.runner.cleanup()


async def start(world: World, host: str = "127.0.0.1", port: int = 0) -> Running:
    """Serve the world; port 0 takes a free one."""
    app = web.Application(client_max_size=BODY_MOST)
    deliveries = Deliveries(world)

    async def api(request: web.Request) -> web.StreamResponse:
        return await serve_method(world, request)

    async def link(request: web.Request) -> web.StreamResponse:
        return await serve_socket(deliveries, request)

    async def authorize(request: web.Request) -> web.StreamResponse:
        return await serve_authorize(world, request)

    async def upload(request: web.Request) -> web.StreamResponse:
        return await methods_files.serve_upload(world, request)

    async def file(request: web.Request) -> web.StreamResponse:
        return await methods_files.serve_file(world, request)

    async def hook(request: web.Request) -> web.StreamResponse:
        fault: Fault | None = world.faults.next("response_url")
        if fault is not None and fault.delay:
            await world.clock.sleep(fault.delay)
        early = spoiled(request, fault)
        if early is not None:
            world.note("response_url", {}, (), f"fault {early.status}", early.status)
            return early
        response = await serve_response_url(world, request)
        return cut(request) if fault is not None and fault.cut == "after" else response

    app.router.add_route("*", "/api/{method}", api)
    app.router.add_get("/link/", link)
    app.router.add_post("/upload/v1/{file}", upload)
    app.router.add_get("/sandbox/files/{file}", file)
    app.router.add_get("/oauth/v2/authorize", authorize)
    app.router.add_post("/actions/{team}/{number}/{secret}", hook)
    app.router.add_post("/commands/{team}/{number}/{secret}", hook)
    add_routes(app, world)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    taken = runner.addresses[0][1]
    world.base_url = f"http://{host}:{taken}"
    world.deliveries = deliveries
    return Running(world, world.base_url, runner)
