"""The door for Slack's requests: what Slack signed comes in once; all else gets an empty answer and no log line."""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson
import pytest
import pytest_asyncio
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.slack.ingress import DEPTH, Ingress, Replays, decoded, shallow
from adapters.web.server import Running, serve
from core.domain.ids import MINUTE, SECOND, Instant

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = Instant(1_790_000_500 * SECOND)
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
CANARY = "c4n4ry"


class Door:
    """An ingress behind a real port, with a clock that tests move and a bot that only remembers."""

    def __init__(self) -> None:
        self.now = NOW
        self.taken: list[AsyncBoltRequest] = []
        self.answer: Callable[[], BoltResponse] = lambda: BoltResponse(status=200, body="")
        self.ingress = Ingress(SECRET, lambda: self.now)
        self.ingress.dispatch = self._dispatch
        self.session: aiohttp.ClientSession
        self.running: Running

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        self.taken.append(request)
        return self.answer()

    async def send(
        self, raw: bytes, content: str = JSON, *, stamp: str | None = None, signature: str | None = None
    ) -> tuple[int, bytes]:
        """A request as Slack signs it, unless told otherwise."""
        stamp = str(self.now // SECOND) if stamp is None else stamp
        headers = {"Content-Type": content, "X-Slack-Request-Timestamp": stamp}
        headers["X-Slack-Signature"] = sign(raw, stamp) if signature is None else signature
        return await self.post(raw, {name: value for name, value in headers.items() if value})

    async def post(self, raw: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        url = f"http://127.0.0.1:{self.running.port}/slack/events"
        async with self.session.post(url, data=raw, headers=headers) as response:
            return response.status, await response.read()


def sign(raw: bytes, stamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + raw, hashlib.sha256).hexdigest()


@pytest_asyncio.fixture
async def door(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Door]:
    caplog.set_level(logging.DEBUG)
    made = Door()

    async def health() -> dict[str, object]:
        return {"ok": True}

    made.running = await serve("127.0.0.1", 0, [web.post("/slack/events", made.ingress.handle)], health)
    async with aiohttp.ClientSession() as session:
        made.session = session
        yield made
    await made.running.close()
    assert CANARY not in caplog.text


@pytest.mark.shows("ways-in")
async def test_what_slack_signed_comes_in_as_it_is(door: Door) -> None:
    body = {"type": "event_callback", "event": {"type": "message", "text": "hi"}}
    assert await door.send(orjson.dumps(body)) == (200, b"")
    (request,) = door.taken
    assert request.body == body
    assert request.headers["x-slack-request-timestamp"] == [str(NOW // SECOND)]


async def test_forms_and_commands_are_decoded(door: Door) -> None:
    payload = {"type": "block_actions", "text": "ä + & = %"}
    await door.send(urlencode({"payload": orjson.dumps(payload).decode()}).encode(), FORM)
    await door.send(urlencode({"command": "/mod", "text": "poll ä + & = %", "empty": ""}).encode(), FORM)
    assert [request.body for request in door.taken] == [
        payload,
        {"command": "/mod", "text": "poll ä + & = %", "empty": ""},
    ]


async def test_an_answer_goes_back_with_its_type(door: Door) -> None:
    door.answer = lambda: BoltResponse(status=200, body={"response_action": "errors", "errors": {"name": "No."}})
    status, answer = await door.send(b"{}")
    assert (status, orjson.loads(answer)) == (200, {"response_action": "errors", "errors": {"name": "No."}})


async def test_the_challenge_is_answered_only_to_slack(door: Door) -> None:
    raw = orjson.dumps({"type": "url_verification", "challenge": CANARY, "token": "x"})
    assert await door.send(raw) == (200, CANARY.encode())
    assert await door.send(raw, signature="v0=" + "0" * 64) == (401, b"")
    assert door.taken == []


@pytest.mark.parametrize(
    "changed",
    [
        {"signature": "v0=" + "0" * 64},
        {"signature": "v1=" + "0" * 64},
        {"signature": "v0="},
        {"signature": ""},
        {"signature": "v0=" + "é" * 64},
        {"signature": sign(CANARY.encode(), str(NOW // SECOND), "another secret")},
        {"signature": sign(CANARY.encode(), str(NOW // SECOND)).upper()},
        {"stamp": ""},
        {"stamp": "abc"},
        {"stamp": "-5"},
        {"stamp": "1790000500.0"},
        {"stamp": "1_790_000_500"},
        {"stamp": "١٧٩٠٠٠٠٥٠٠"},
        {"stamp": "9" * 400},
        {"stamp": str(NOW // SECOND - 301)},
        {"stamp": str(NOW // SECOND + 301)},
    ],
    ids=str,
)
async def test_forged_and_malformed_signatures_stay_outside(door: Door, changed: dict[str, str]) -> None:
    assert await door.send(CANARY.encode(), **changed) == (401, b"")
    assert door.taken == []


async def test_no_headers_at_all_stay_outside(door: Door) -> None:
    assert await door.post(CANARY.encode(), {}) == (401, b"")


async def test_without_a_secret_nothing_comes_in(door: Door) -> None:
    raw = b"{}"
    stamp = str(NOW // SECOND)
    door.ingress._secret = b""
    assert await door.send(raw, signature=sign(raw, stamp, "")) == (401, b"")


async def test_a_replay_stays_outside(door: Door) -> None:
    stamp = str(NOW // SECOND)
    assert (await door.send(b"{}"))[0] == 200
    assert await door.send(b"{}", stamp=stamp) == (401, b"")
    door.now = Instant(door.now + 299 * SECOND)
    assert await door.send(b"{}", stamp=stamp) == (401, b"")
    assert (await door.send(b"{}"))[0] == 200
    assert len(door.taken) == 2


async def test_what_failed_here_may_come_again(door: Door) -> None:
    door.answer = lambda: BoltResponse(status=500, body=CANARY)
    assert await door.send(b"{}") == (500, b"")
    door.ingress.dispatch = None
    assert await door.send(b"{}") == (503, b"")
    door.ingress.dispatch = door._dispatch
    door.answer = lambda: BoltResponse(status=200)
    assert await door.send(b"{}") == (200, b"")


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        (b"", JSON),
        (b"[]", JSON),
        (b'"c4n4ry"', JSON),
        (b"null", JSON),
        (b"{", JSON),
        (b'{"a": c4n4ry}', JSON),
        (b"\xff\xfe", JSON),
        (b'{"a": "\\ud800"}', JSON),
        (b'{"a":' * 51 + b"1" + b"}" * 51, JSON),
        (b"[" * 100_000, JSON),
        (b"payload=c4n4ry", FORM),
        (b"payload=[]", FORM),
        (b"payload=%7B%22a", FORM),
        (b"payload=" + b"%5B" * 20_000, FORM),
        (b"\xff=\xff", FORM),
        (b"{}", "text/plain"),
        (b"{}", "multipart/form-data"),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_signed_nonsense_is_refused_in_silence(door: Door, raw: bytes, content: str) -> None:
    assert await door.send(raw, content) == (400, b"")
    assert door.taken == []


async def test_too_much_is_refused_before_it_is_read(door: Door) -> None:
    assert await door.send(b'{"a":"' + b"x" * 1_000_000 + b'"}') == (413, b"")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 100_000

    url = f"http://127.0.0.1:{door.running.port}/slack/events"
    async with door.session.post(url, data=pieces()) as response:
        assert (response.status, await response.read()) == (413, b"")


async def test_other_ways_to_ask_are_not_answered(door: Door) -> None:
    async with door.session.get(f"http://127.0.0.1:{door.running.port}/slack/events") as response:
        assert response.status == 405


@settings(max_examples=300)
@given(st.binary(max_size=60), st.sampled_from([JSON, FORM, "", "text/plain", "application/xml"]))
def test_no_bytes_raise(raw: bytes, content: str) -> None:
    found = decoded(raw, content)
    assert found is None or isinstance(found, dict)


@given(st.integers(1, 80))
def test_depth_is_counted_exactly(depth: int) -> None:
    nested: Any = {}
    for index in range(depth - 1):
        nested = {"a": nested} if index % 2 else [nested]
    assert shallow(nested) is (depth <= DEPTH)


def test_a_signature_is_remembered_for_ten_minutes_at_least_and_then_forgotten() -> None:
    replays = Replays()
    assert replays.first(b"a", NOW)
    assert not replays.first(b"a", Instant(NOW + 10 * MINUTE))
    assert replays.first(b"a", Instant(NOW + 40 * MINUTE))
    replays.forget(b"a")
    assert replays.first(b"a", Instant(NOW + 40 * MINUTE))
