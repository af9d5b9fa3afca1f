"""The bot's one HTTP port: health for machines, metrics for Prometheus, and the platforms' own routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

BODY_BYTES = 1_000_000
CLOSING_SECONDS = 5.0
"""How long requests that are being answered may take when the port closes."""

Health = Callable[[], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Running:
    """A port that is open."""

    port: int
    runner: web.AppRunner

    async def close(self) -> None:
        """Take no new request, finish those that are being answered."""
        await self.runner.cleanup()


class _Handler(web.RequestHandler):
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """aiohttp repeats what it could not read, to the sender and to the log; here it is told to nobody."""
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        self.force_close()
        return web.Response(status=400)


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    async def _make_server(self) -> web.Server:
        # aiohttp has no argument for the class of what answers a connection.
        made: Any = await super()._make_server()
        made.__class__ = _Server
        return made  # type: ignore[no-any-return]


async def serve(host: str, port: int, routes: Iterable[web.RouteDef], health: Health) -> Running:
    """Open the port; 0 takes any free one. Raises OSError when it is taken.

    ``health`` says how the bot is; 200 when its ``ok`` is true, else 503.
    """
    app = web.Application(client_max_size=BODY_BYTES)

    async def show_health(request: web.Request) -> web.Response:
        try:
            told = dict(await health())
        except Exception as failure:
            told = {"ok": False, "why": type(failure).__name__}
        body = orjson.dumps(told, default=str)
        return web.Response(body=body, status=200 if told.get("ok") is True else 503, content_type="application/json")

    async def show_metrics(request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes([web.get("/health", show_health), web.get("/metrics", show_metrics), *routes])
    runner = _Runner(app, access_log=None, handle_signals=False, shutdown_timeout=CLOSING_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except BaseException:
        await runner.cleanup()
        raise
    return Running(runner.addresses[0][1], runner)
