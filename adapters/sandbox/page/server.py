"""The page's own server: its files, and one address for both stand-in servers, which it knows by HTTP only.

What it hands out of a platform is what that platform's server shows the person who asks; it adds and keeps nothing.
Of each server it asks, under ``/sandbox/``: ``people`` (who may be played), ``page`` (all that one person sees, in the
platform's own JSON), ``changes`` (answers when anything has changed), ``switches`` (faults with words), the verbs of
acts, and ``files/…``.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import aiohttp
import emoji
import orjson
from aiohttp import web

HERE = Path(__file__).parent
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""Nothing that anybody typed can run here, whatever it looks like."""
HOLD = 0.1
"""Seconds between two notices of one platform: at most ten a second."""
BEAT = 15.0
AGAIN = 0.5
PLAIN = re.compile(r"[a-z0-9_+'-]+")


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a stand-in server takes what people do."""

    name: str
    base_url: str
    acts: str
    """What stands before the name of a verb."""


def platforms(slack_url: str, discord_url: str) -> dict[str, Platform]:
    return {
        "slack": Platform("slack", slack_url.rstrip("/"), "/sandbox/hands/"),
        "discord": Platform("discord", discord_url.rstrip("/"), "/sandbox/"),
    }


@lru_cache(maxsize=1)
def emoji_names() -> bytes:
    """Name → sign, for all emoji without a skin tone, as JSON."""
    found: dict[str, str] = {}
    for sign, data in emoji.EMOJI_DATA.items():
        if data["status"] != emoji.STATUS["fully_qualified"] or any(
            "\U0001f3fb" <= one <= "\U0001f3ff" for one in sign
        ):
            continue
        for name in (*data.get("alias", ()), data["en"]):
            bare = name.strip(":").lower()
            if PLAIN.fullmatch(bare):
                found.setdefault(bare, sign)
    return orjson.dumps(found)


@web.middleware
async def _worded(request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
    """A stand-in that does not answer is told in words, as all else that goes wrong."""
    try:
        return await handler(request)
    except (aiohttp.ClientError, TimeoutError):
        return web.json_response({"error": "the stand-in server does not answer"}, status=503)


class Page:
    """One page for both platforms; ``card`` is what ``/card`` draws."""

    def __init__(self, both: Mapping[str, Platform], card: Any = None) -> None:
        self.both, self.card = both, card
        self._listeners: set[asyncio.Queue[str]] = set()
        self._session: aiohttp.ClientSession | None = None

    def app(self) -> web.Application:
        app = web.Application(client_max_size=16 << 20, middlewares=[_worded])
        app.cleanup_ctx.append(self._life)
        app.router.add_get("/api/people", self._people)
        app.router.add_get("/api/events", self._events)
        app.router.add_get("/api/faults", self._faults)
        app.router.add_post("/api/faults", self._switch)
        app.router.add_get("/api/{platform}/view", self._view)
        app.router.add_post("/api/{platform}/act", self._act)
        app.router.add_get("/api/{platform}/file", self._file)
        app.router.add_get("/emoji.json", self._emoji)
        app.router.add_get("/card.json", self._card)
        app.router.add_get("/card", self._static)
        app.router.add_get("/", self._static)
        app.router.add_get("/{name}", self._static)
        return app

    async def _life(self, _: web.Application) -> AsyncIterator[None]:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        watchers = [asyncio.ensure_future(self._watch(one)) for one in self.both.values()]
        yield
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
        await self._session.close()

    # -- files ------------------------------------------------------------------------------------------------------

    async def _static(self, request: web.Request) -> web.Response:
        name = {"/": "index.html", "/card": "card.html"}.get(request.path) or request.match_info["name"]
        path = HERE / name
        kind = KINDS.get(path.suffix)
        if kind is None or path.parent != HERE or not path.is_file():
            raise web.HTTPNotFound
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=path.read_bytes(), content_type=kind, charset="utf-8", headers=headers)

    async def _emoji(self, _: web.Request) -> web.Response:
        headers = {"Cache-Control": "max-age=3600"}
        return web.Response(body=emoji_names(), content_type="application/json", headers=headers)

    async def _card(self, _: web.Request) -> web.Response:
        return _json(self.card)

    # -- both platforms -----------------------------------------------------------------------------------------------

    def _platform(self, request: web.Request) -> Platform:
        found = self.both.get(request.match_info["platform"])
        if found is None:
            raise web.HTTPNotFound
        return found

    @property
    def _http(self) -> aiohttp.ClientSession:
        assert self._session is not None
        return self._session

    async def _get(self, platform: Platform, path: str, query: Mapping[str, str] | None = None) -> Any:
        """What that server says; nothing where it does not know the question or is not there."""
        try:
            async with self._http.get(f"{platform.base_url}/sandbox/{path}", params=query) as answer:
                return orjson.loads(await answer.read()) if answer.status == 200 else []
        except aiohttp.ClientError:
            return []

    async def _people(self, _: web.Request) -> web.Response:
        return _json({name: await self._get(one, "people") for name, one in self.both.items()})

    async def _view(self, request: web.Request) -> web.Response:
        platform = self._platform(request)
        async with self._http.get(f"{platform.base_url}/sandbox/page", params=request.query) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type="application/json")

    async def _act(self, request: web.Request) -> web.Response:
        platform = self._platform(request)
        body = await request.json()
        verb = str(body.pop("verb"))
        if not verb.isidentifier():
            raise web.HTTPNotFound
        async with self._http.post(f"{platform.base_url}{platform.acts}{verb}", data=orjson.dumps(body)) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type="application/json")

    async def _file(self, request: web.Request) -> web.Response:
        """An uploaded file; a picture is shown, anything else is saved, so that no upload is ever a page of ours."""
        platform, path = self._platform(request), request.query.get("path", "")
        if not path.startswith("/sandbox/files/") or ".." in path:
            raise web.HTTPNotFound
        async with self._http.get(f"{platform.base_url}{path}") as answer:
            shown = re.fullmatch(r"image/(png|jpeg|gif|webp)", answer.content_type) is not None
            headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
            if not shown:
                headers["Content-Disposition"] = "attachment"
            kind = answer.content_type if shown else "application/octet-stream"
            return web.Response(body=await answer.read(), status=answer.status, content_type=kind, headers=headers)

    # -- faults -------------------------------------------------------------------------------------------------------

    async def _faults(self, _: web.Request) -> web.Response:
        return _json({name: await self._get(one, "switches") for name, one in self.both.items()})

    async def _switch(self, request: web.Request) -> web.Response:
        body = await request.json()
        platform = self.both.get(str(body.pop("platform", "")))
        if platform is None:
            raise web.HTTPNotFound
        async with self._http.post(f"{platform.base_url}/sandbox/switches", data=orjson.dumps(body)) as answer:
            return web.Response(body=await answer.read(), status=answer.status, content_type="application/json")

    # -- what has changed ---------------------------------------------------------------------------------------------

    async def _watch(self, platform: Platform) -> None:
        """Ask that server again and again what is new; each notice goes to every open page."""
        since = -1
        while True:
            told = await self._get(platform, "changes", {"since": str(since)})
            if told and told["serial"] > since:
                since = told["serial"]
                for listener in self._listeners:
                    listener.put_nowait(platform.name)
            await asyncio.sleep(HOLD if told else AGAIN)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        mine: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            # A page that comes back has missed what happened meanwhile.
            for name in self.both:
                await response.write(_event(name))
            while True:
                try:
                    name = await asyncio.wait_for(mine.get(), BEAT)
                    await response.write(_event(name))
                except TimeoutError:
                    await response.write(b": still here\n\n")
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._listeners.discard(mine)
        return response


def _event(name: str) -> bytes:
    return f"data: {json.dumps({'platform': name})}\n\n".encode()


def _json(body: Any) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


@dataclass(frozen=True, slots=True)
class Running:
    """A page that is served."""

    page: Page
    url: str
    runner: web.AppRunner

    async def close(self) -> None:
        await self.runner.cleanup()


async def start(page: Page, host: str = "127.0.0.1", ports: tuple[int, ...] = (0,)) -> Running:
    """Serve it at the first of these ports that is free."""
    runner = web.AppRunner(page.app(), access_log=None, shutdown_timeout=0.5, handle_signals=False)
    await runner.setup()
    for port in ports:
        try:
            await web.TCPSite(runner, host, port).start()
            break
        except OSError:
            continue
    else:
        await runner.cleanup()
        raise OSError(f"none of the ports {ports[0]} to {ports[-1]} is free")
    return Running(page, f"http://{host}:{runner.addresses[0][1]}/", runner)
