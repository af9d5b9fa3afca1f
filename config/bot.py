"""The composition root: one running bot made of settings, storage, jobs and adapters."""

from __future__ import annotations

import asyncio
import gc
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from adapters.discord import CannotStart, DiscordAdapter, DiscordSettings
from adapters.files.planning import Planning
from adapters.pictures.drawer import Drawer
from adapters.similar import Comparer
from adapters.slack import SlackAdapter, SlackSettings
from adapters.web.server import Running, serve
from config.importing_local import listen, socket_of
from config.importing_taken import take
from config.settings import Settings
from core.app.platform import Budget, Platform, Unauthorized
from core.app.ports import StorageDown
from core.app.suggest import Ask, suggest_needs, suggestions
from core.domain.ids import Instant, PlaceId, VenueId, spell
from core.domain.surfaces import Place
from core.domain.view import Option
from jobs.executor import Executor
from jobs.lanes import Reconciler
from jobs.likeness import Likeness
from jobs.schedule import Tick
from storage.engines import SecondRunner
from storage.migrate import NewerSchema
from storage.sealed import Ring
from storage.store import SqlStore, open_store

log = structlog.get_logger()

KNOWN = 200
"""So many of a room's last lines are looked for after a gap: a page of history and more."""


class Unstartable(Exception):
    """Why the bot cannot start, in a sentence that says what to do."""


def clock() -> Instant:
    """The wall clock, in microseconds: the only place that reads it."""
    return Instant(time.time_ns() // 1_000)


def new_id() -> str:
    return spell(secrets.randbits(80))


class Adapter(Protocol):
    """One chat platform, whole: what comes in and what goes out."""

    @property
    def platform(self) -> Platform: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def health(self) -> Mapping[str, object]:
        """``ok`` and what it rests on."""
        ...


class Bot:
    """Started and stopped as one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._holder = new_id()
        self.store: SqlStore
        self.executor: Executor
        self.reconciler: Reconciler
        self.adapters: list[Adapter] = []
        self.drawer = Drawer()
        self.web: Running
        self._started = AsyncExitStack()

    async def start(self) -> None:
        """Storage, then jobs, then the platforms, then the port. Raises Unstartable, with nothing left behind."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise
        # Start-up's objects out of the collector's way: p99 of a press falls from 72-95 ms to 25-28 ms (PERFORMANCE).
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        log.info("ready", platforms=sorted(it.platform.name for it in self.adapters), http_port=self.web.port)

    async def _start(self) -> None:
        settings, started = self._settings, self._started
        self.store = await asyncio.to_thread(opened, settings)
        started.callback(self.store.close)
        self.executor = Executor(self.store, clock, new_id)
        self.executor.start()
        started.push_async_callback(self.executor.stop)
        started.push_async_callback(self.drawer.close)
        self.adapters = self._adapters()
        platforms: Mapping[str, Platform] = {it.platform.name: it.platform for it in self.adapters}
        self.reconciler = Reconciler(self.store, self.executor, platforms, clock, new_id)
        self.executor.on_commit = self.reconciler.ring
        for adapter in self.adapters:
            started.push_async_callback(adapter.close)
            try:
                await adapter.start()
            except (Unauthorized, CannotStart) as why:
                name = adapter.platform.name
                raise Unstartable(f"{name.capitalize()} refuses the bot: {why}") from why
        self.reconciler.start()
        started.push_async_callback(self.reconciler.stop)
        tick = Tick(self.store, self.executor, Likeness(self.store, self.executor, Comparer()), clock)
        tick.start()
        started.callback(tick.stop)
        routes = [route for it in self.adapters if isinstance(it, SlackAdapter) for route in it.routes()]
        try:
            self.web = await serve(settings.http_host, settings.http_port, routes, self.health)
        except OSError as taken:
            where = f"{settings.http_host}:{settings.http_port}"
            raise Unstartable(f"It cannot listen at {where} ({taken.strerror}); change SIDESTAGE_HTTP_PORT.") from taken
        started.push_async_callback(self.web.close)
        await self._listen_locally()

    async def _listen_locally(self) -> None:
        """Commands of the operator come this way while this process has the database; the bot runs without it too."""
        socket = socket_of(self._settings.database_url)
        if socket is None:
            return
        try:
            door = await listen(socket, self._import)
        except OSError as why:
            log.warning("sidestage import works only while the bot is stopped", why=why.strerror)
            return
        self._started.push_async_callback(door.close)

    async def _import(self, text: str, venue: str) -> Mapping[str, object]:
        told = await take(self.store, self.executor, clock, new_id, text, venue)
        return {"done": told.done, "words": told.words}

    async def stop(self) -> None:
        """Backwards: take nothing more in, finish what was taken in, let go. Calls in flight need the adapters."""
        await self._started.aclose()

    async def health(self) -> Mapping[str, object]:
        writable = await asyncio.to_thread(self.store.ready)
        halted = sorted(self.reconciler.halted)
        platforms = {it.platform.name: await it.health() for it in self.adapters}
        return {
            "ok": writable and not halted and all(it["ok"] for it in platforms.values()),
            "storage": "ok" if writable else "does not take writes",
            "halted": halted,
            "lanes": self.reconciler.lanes,
            "platforms": platforms,
        }

    def _adapters(self) -> list[Adapter]:
        settings, made, submit = self._settings, list[Adapter](), Planning(self.executor)
        draw = self.drawer.draw
        if (slack := slack_settings(settings)) is not None:
            watched = partial(asyncio.to_thread, self.store.outbox.watched, "slack")
            rooms, taken = self._rooms("slack"), self._taken
            talks = partial(asyncio.to_thread, self.store.outbox.conversations, ("slack",))
            made.append(
                SlackAdapter(slack, submit, rooms, clock, self._known, self._spend, watched, taken, draw, talks)
            )
        if (discord := discord_settings(settings)) is not None:
            watched, rooms = partial(asyncio.to_thread, self.store.outbox.watched, "discord"), self._rooms("discord")
            # The file of SQLite has one runner (DESIGN, "More than one machine"), who need not ask.
            lease, release, spend = (
                (None, None, None) if self.store.sqlite else (self._lease, self._release, self._spend)
            )
            listened = partial(asyncio.to_thread, self.store.outbox.listened, "discord")
            made.append(
                DiscordAdapter(
                    discord,
                    submit,
                    rooms,
                    clock,
                    self._known,
                    watched,
                    lease,
                    release,
                    listened,
                    self._suggest,
                    spend,
                    draw,
                    partial(asyncio.to_thread, self.store.outbox.conversations, ("discord",)),
                )
            )
        return made

    async def _lease(self, name: str, microseconds: int) -> bool:
        now = clock()
        until = Instant(now + microseconds)
        return await self.executor.work(lambda ledger: ledger.keep(name, self._holder, now, until))

    async def _release(self, name: str) -> bool:
        return await self.executor.work(lambda ledger: ledger.release(PlaceId(name), self._holder))

    async def _spend(self, budgets: Sequence[Budget], now: Instant) -> Instant:
        return await self.executor.work(lambda ledger: ledger.spend(budgets, now))

    async def _suggest(self, ask: Ask) -> tuple[Option, ...]:
        def look() -> tuple[Option, ...]:
            return suggestions(ask, self.store.read(lambda work: suggest_needs(ask, work)))

        return await asyncio.to_thread(look)

    async def _known(self, place: Place) -> Sequence[str]:
        return await asyncio.to_thread(self.store.outbox.natives, place.id, KNOWN)

    async def _taken(self, venue: VenueId) -> Collection[str]:
        return await asyncio.to_thread(self.store.outbox.taken, venue)

    def _rooms(self, platform: str) -> Callable[[], Awaitable[Sequence[Place]]]:
        return partial(asyncio.to_thread, self.store.outbox.rooms, platform)


def slack_settings(settings: Settings) -> SlackSettings | None:
    if settings.slack_bot_token is None:
        return None
    return SlackSettings(
        bot_token=settings.slack_bot_token.get_secret_value(),
        app_token=settings.slack_app_token.get_secret_value() if settings.slack_app_token else "",
        signing_secret=settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else "",
        mode=settings.slack_mode,
        api_url=settings.slack_api_url,
    )


def discord_settings(settings: Settings) -> DiscordSettings | None:
    if settings.discord_token is None:
        return None
    return DiscordSettings(
        token=settings.discord_token.get_secret_value(),
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
    )


def opened(settings: Settings) -> SqlStore:
    """The store with its key. Raises Unstartable, without the address: it may hold a password."""
    try:
        secret = settings.secret(folder(settings))
        Ring(*secret.split(","))
    except (OSError, ValueError) as why:
        told = why.strerror if isinstance(why, OSError) else "it holds no key"
        file = folder(settings) / "sidestage.key"
        raise Unstartable(f"The key file {file} cannot be used ({told}); look at SIDESTAGE_DATABASE_URL.") from why
    try:
        return open_store(settings.database_url, secret=secret)
    except (SecondRunner, NewerSchema, OSError) as why:
        raise Unstartable(str(why)) from why
    except StorageDown as down:
        raise Unstartable(f"The database does not answer ({down}); look at SIDESTAGE_DATABASE_URL.") from down


def folder(settings: Settings) -> Path:
    """Beside the SQLite file, else here: where the key is made when none is set."""
    prefix = "sqlite:///"
    return (
        Path(settings.database_url.removeprefix(prefix)).parent if settings.database_url.startswith(prefix) else Path()
    )
