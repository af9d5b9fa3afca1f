"""How events and interactions reach the app, by socket or by signed HTTP; each to one receiver, each with 3 seconds."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import uuid
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from adapters.sandbox.slack.answers import check_answer
from adapters.sandbox.slack.installs import App, Install
from adapters.sandbox.slack.model import Json
from adapters.sandbox.slack.sockets import Connection, Unanswered
from adapters.sandbox.slack.world import Workspace, World

DEADLINE = 3.0
"""docs.slack.dev/apis/events-api and /interactivity: an answer is due within three seconds."""
RETRIES = (0.0, 60.0, 300.0)
"""An event is tried again nearly at once, after one minute and after five."""
TAKES_PAYLOAD = ("slash_commands", "view_submission", "block_suggestion")
TIMEOUT = "operation_timeout"


class NoRetry(Exception):
    """The app asked with ``X-Slack-No-Retry`` to be left alone."""


class Deliveries:
    """All that is on its way to the apps of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connections: dict[str, list[Connection]] = {}
        self.tickets: dict[str, str] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._session: aiohttp.ClientSession | None = None

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connections in self.connections.values():
            for connection in list(connections):
                await connection.close()
        if self._session is not None:
            await self._session.close()

    # -- events -------------------------------------------------------------------------------------------------

    def tell(self, space: Workspace, install: Install, payload: Json) -> None:
        """Deliver an event; it is tried again until it is acknowledged or the retries are used up."""
        world = self.world
        if world.rates and not world.limits.event(space.id, world.clock.now()):
            minute = int(world.clock.now() // 60) * 60
            payload = {
                "type": "app_rate_limited",
                "token": install.app.verification_token,
                "team_id": space.id,
                "minute_rate_limited": minute,
                "api_app_id": install.app.id,
            }
        fault = world.faults.next("deliver:events_api")
        if fault is None:
            self.background(self._event(install.app, payload))
        elif fault.cut != "before":
            for _ in range(fault.copies):
                self.background(self._event(install.app, payload, fault.delay))

    async def _event(self, app: App, payload: Json, delay: float = 0.0) -> None:
        reason = ""
        if delay:
            await self.world.clock.sleep(delay)
        for attempt, pause in enumerate((0.0, *RETRIES)):
            if pause:
                await self.world.clock.sleep(pause)
            try:
                if app.mode == "socket":
                    await self._by_socket(app, "events_api", "events_api", payload, attempt, reason)
                else:
                    await self._by_http(app, "events_api", payload, attempt, reason)
            except Unanswered as failure:
                reason = failure.retry_reason
                continue
            except NoRetry:
                pass
            return
        self.world.note("events_api:given_up", {"event_id": payload.get("event_id")}, (), reason)

    async def verify(self, install: Install) -> bool:
        """Send the url_verification challenge, as the app's settings page does."""
        challenge = self.world.word(40)
        payload = {"token": install.app.verification_token, "challenge": challenge, "type": "url_verification"}
        try:
            status, body, _ = await self._http(install.app, orjson.dumps(payload), "application/json", {})
        except Unanswered:
            return False
        return 200 <= status < 300 and challenge in body

    # -- interactions -------------------------------------------------------------------------------------------

    async def ask(self, app: App, kind: str, payload: Json) -> Any:
        """Deliver an interaction once; the app's answer, or Unanswered with what the person then sees."""
        fault = self.world.faults.next(f"deliver:{kind}")
        if fault is not None:
            if fault.cut == "before":
                raise Unanswered(TIMEOUT, "timeout")
            if fault.delay:
                await self.world.clock.sleep(fault.delay)
            if fault.copies > 1:
                return await self._repeated(app, kind, payload, fault.copies)
        return await self._ask(app, kind, payload)

    async def _repeated(self, app: App, kind: str, payload: Json, copies: int) -> Any:
        """The same request several times at once, in whatever order they arrive: what the first of them that is taken
        answers. By HTTP they bear one signature, and an app that guards against replays refuses all but one of them.
        """
        tasks = [asyncio.ensure_future(self._ask(app, kind, payload)) for _ in range(copies)]
        self._tasks.update(tasks)
        for task in tasks:
            task.add_done_callback(self._settled)
        for task in tasks[:-1]:
            with contextlib.suppress(Unanswered):
                return await task
        return await tasks[-1]

    def _settled(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that nobody is told of the copies nobody waits for

    async def _ask(self, app: App, kind: str, payload: Json) -> Any:
        if app.mode == "socket":
            envelope = "slash_commands" if kind == "slash_commands" else "interactive"
            return await self._by_socket(app, envelope, kind, payload, None, "")
        return await self._by_http(app, kind, payload, 0, "")

    async def _by_socket(
        self, app: App, envelope: str, kind: str, payload: Json, attempt: int | None, reason: str
    ) -> Any:
        open_ones = [one for one in self.connections.get(app.id, ()) if one.ready]
        if not open_ones:
            raise Unanswered("dispatch_failed", "connection_failed")
        connection = self.world.random.choice(open_ones)
        body: Json = {
            "envelope_id": str(uuid.UUID(int=self.world.random.getrandbits(128), version=4)),
            "payload": payload,
            "type": envelope,
            "accepts_response_payload": kind in TAKES_PAYLOAD,
        }
        if attempt is not None:
            body |= {"retry_attempt": attempt, "retry_reason": reason}
        future = await connection.send(body, kind)
        try:
            answer = await self.world.clock.first(future, DEADLINE)
        except TimeoutError:
            raise Unanswered(TIMEOUT, "timeout") from None
        finally:
            connection.pending.pop(body["envelope_id"], None)
        self._note_answer(kind, answer, body["accepts_response_payload"])
        return answer

    async def _by_http(self, app: App, kind: str, payload: Json, attempt: int, reason: str) -> Any:
        headers: dict[str, str] = {}
        if kind == "events_api":
            raw, content = orjson.dumps(payload), "application/json"
            if attempt:
                headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        elif kind == "slash_commands":
            raw, content = urlencode(payload).encode(), "application/x-www-form-urlencoded"
        else:
            raw = urlencode({"payload": orjson.dumps(payload).decode()}).encode()
            content = "application/x-www-form-urlencoded"
        status, body, answered = await self._http(app, raw, content, headers)
        if not 200 <= status < 300:
            self.world.note(f"answer:{kind}", {"body": body}, (), f"status {status}", status)
            if answered.get("X-Slack-No-Retry") == "1":
                raise NoRetry
            shown = "http_client_error" if 400 <= status < 500 else "http_service_error"
            raise Unanswered(shown, "http_error")
        if kind == "events_api":
            self._note_answer(kind, None, False)
            return None
        answer = _parsed(body)
        self._note_answer(kind, answer, kind in TAKES_PAYLOAD)
        return answer

    async def _http(self, app: App, raw: bytes, content: str, extra: dict[str, str]) -> tuple[int, str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        stamp = str(int(self.world.clock.now()))
        digest = hmac.new(app.signing_secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            **extra,
        }
        task = asyncio.ensure_future(self._exchange(self._session, app.request_url, raw, headers))
        try:
            return await self.world.clock.first(task, DEADLINE)
        except TimeoutError:
            task.cancel()
            raise Unanswered(TIMEOUT, "http_timeout") from None
        except (aiohttp.ClientError, OSError):
            raise Unanswered("dispatch_failed", "connection_failed") from None

    @staticmethod
    async def _exchange(
        session: aiohttp.ClientSession, url: str, raw: bytes, headers: dict[str, str]
    ) -> tuple[int, str, Any]:
        async with session.post(url, data=raw, headers=headers, max_redirects=2) as response:
            return response.status, await response.text(), response.headers

    def _note_answer(self, kind: str, answer: Any, may: bool) -> None:
        violations = check_answer(kind, answer, may)
        if self.world.record == "full" or violations:
            self.world.note(f"answer:{kind}", {"payload": answer}, violations, "ok")
        else:
            self.world.counts[(f"answer:{kind}", "ok")] += 1


def _parsed(body: str) -> Any:
    """A JSON body as an object; plain text, which slash commands may answer with, as a message."""
    if not body.strip():
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return {"text": body}
