"""The door for Slack's requests, tried by ten thousand bad ones: an empty 400, 401 or 413 each, and no word in any log.

The requests come from a seeded generator, so that a red run is red again; the long form is ten times as long.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import quote, urlencode

import aiohttp
import orjson
import pytest
import pytest_asyncio
import structlog
from aiohttp import StreamReader, web
from aiohttp.test_utils import make_mocked_request
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.allowance import SharedAllowance
from adapters.slack.directory import Directory, Profile
from adapters.slack.identity import Install
from adapters.slack.ingress import Ingress
from adapters.slack.listen import Listener
from adapters.slack.replies import Replies
from adapters.slack.wiring import bolt_app
from adapters.web.server import Running, serve
from core.app.commands import Command
from core.app.outcome import Outcome
from core.domain.ids import SECOND, Instant

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
NOW = 1_790_000_500
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
CANARY = "c4n4ry"
PATH = "/slack/events"
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", CANARY, "x" * 5_000, "\x00", "𝕏", [], {}, [[]], {"": {}}, [None],
    {"id": CANARY}, {"values": CANARY}, {"values": {CANARY: {CANARY: {"value": {}}}}}, "vote:::", "made:poll:", "send",
)  # fmt: skip
PAYLOADS: tuple[dict[str, Any], ...] = (
    {
        "type": "block_actions", "trigger_id": "1.2.x", "response_url": "", "team": {"id": "T1"},
        "user": {"id": "U1", "name": CANARY, "team_id": "T1"}, "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": "1790000000.000100", "is_ephemeral": True},
        "actions": [{"type": "button", "action_id": "vote:i:0", "action_ts": "1790000500.000100", "value": CANARY}],
        "state": {"values": {"name": {"value": {"type": "plain_text_input", "value": CANARY}}}},
    },
    {
        "type": "view_submission", "trigger_id": "1.2.x", "user": {"id": "U1"}, "team": {"id": "T1"},
        "view": {"id": "V1", "callback_id": "form", "private_metadata": '{"action":"create","room":"C1","url":""}',
                 "title": {"text": CANARY}, "state": {"values": {"name": {"value": {"value": CANARY}}}}},
    },
    {
        "type": "event_callback", "event_id": "Ev1", "api_app_id": "A1", "team_id": "T1", "event_time": NOW,
        "event": {"type": "message", "channel": "C1", "user": "U1", "text": CANARY, "ts": "1790000000.000100",
                  "event_ts": "1790000000.000100",
                  "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}]},
    },
    {
        "type": "event_callback", "event_id": "Ev1", "team_id": "T1",
        "event": {"type": "message", "subtype": "message_changed", "channel": "C1", "event_ts": "1790000000.000100",
                  "message": {"ts": "1790000000.000100", "user": "U1", "text": CANARY, "edited": {"ts": "1.2"}}},
    },
    {"command": "/mod", "text": CANARY, "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2.x", "team_id": "T1"},
)  # fmt: skip
"""What Slack sends, to be spoiled."""


@dataclass(frozen=True, slots=True)
class Bad:
    """One request, what is wrong with it, and what it shall get."""

    kind: str
    raw: bytes
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 401


def sign(raw: bytes, stamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode(errors="replace") + raw, hashlib.sha256).hexdigest()


def headed(raw: bytes, content: str = JSON, stamp: str = str(NOW), signature: str | None = None) -> dict[str, str]:
    told = sign(raw, stamp) if signature is None else signature
    return {"Content-Type": content, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": told, "Host": "x"}


class Forger:
    """Makes bad requests, all of them different."""

    def __init__(self, seed: int) -> None:
        self.dice, self.number = random.Random(seed), 0
        self.kinds: tuple[Callable[[], Bad], ...] = (
            self.forged, self.forged, self.old, self.no_time, self.changed, self.headless,
            self.broken, self.broken, self.not_an_object, self.bad_form, self.other_type, self.deep,
        )  # fmt: skip

    def __iter__(self) -> Iterator[Bad]:
        while True:
            self.number += 1
            yield self.oversized() if self.number % 200 == 0 else self.dice.choice(self.kinds)()

    def payload(self) -> dict[str, Any]:
        """A good one; its number makes it differ from all others."""
        return {**self.dice.choice(PAYLOADS), "token": f"{CANARY}{self.number}"}

    def raw(self) -> tuple[bytes, str]:
        body = self.payload()
        if self.dice.random() < 0.5:
            return orjson.dumps(body), JSON
        if "command" in body:
            return urlencode(body).encode(), FORM
        return urlencode({"payload": orjson.dumps(body).decode()}).encode(), FORM

    def hexes(self, length: int) -> str:
        return "".join(self.dice.choices("0123456789abcdef", k=length))

    def forged(self) -> Bad:
        raw, content = self.raw()
        good = sign(raw, str(NOW))
        place = self.dice.randrange(3, len(good))
        signature = self.dice.choice(
            (
                "v0=" + self.hexes(64),
                sign(raw, str(NOW), self.hexes(32)),
                sign(raw, str(NOW), ""),
                sign(raw, str(NOW - 1)),
                good[:place] + ("0" if good[place] != "0" else "1") + good[place + 1 :],
                good[:place],
                good + "0",
                good.replace("v0", "v1"),
                good.upper(),
                good[3:],
                "",
                "v0=",
                "v0=" + CANARY,
                "v0=" + "é" * 64,
                "𝟎" * 67,
                "f" * 8_000,
            )
        )
        return Bad("forged", raw, headed(raw, content, signature=signature))

    def old(self) -> Bad:
        raw, content = self.raw()
        away = self.dice.choice((301, 302, 600, 3_600, 86_400, self.dice.randrange(301, 10**9)))
        return Bad("old", raw, headed(raw, content, str(NOW + self.dice.choice((-1, 1)) * away)))

    def no_time(self) -> Bad:
        raw, content = self.raw()
        stamp = self.dice.choice(
            ("", " ", "-1", "+5", f"{NOW}.0", f" {NOW}", f"{NOW}e0", "1_790_000_500", "0x6AB13D74", "١٧٩٠٠٠٠٥٠٠",
             "９" * 10, "9" * 400, "NaN", "inf", "None", CANARY, f"{NOW},{NOW}")
        )  # fmt: skip
        return Bad("no time", raw, headed(raw, content, stamp))

    def changed(self) -> Bad:
        raw, content = self.raw()
        headers = headed(raw, content)
        place = self.dice.randrange(len(raw))
        spoiled = self.dice.choice(
            (
                raw[:place] + bytes([raw[place] ^ (1 << self.dice.randrange(8))]) + raw[place + 1 :],
                raw[:place],
                raw + b" ",
                raw[:place] + CANARY.encode() + raw[place:],
                b"",
            )
        )
        return Bad("changed", spoiled, headers)

    def headless(self) -> Bad:
        raw, content = self.raw()
        headers = headed(raw, content)
        for name in self.dice.sample(sorted(headers), self.dice.randrange(1, len(headers))):
            del headers[name]
        if {"X-Slack-Request-Timestamp", "X-Slack-Signature"} <= set(headers):
            del headers["X-Slack-Signature"]
        return Bad("headless", raw, headers)

    def broken(self) -> Bad:
        while True:
            raw = orjson.dumps(self.payload())
            for _ in range(self.dice.randrange(1, 4)):
                place = self.dice.randrange(len(raw))
                piece = self.dice.choice((b"", b"{", b'"', b"\\", b"\xff", b"\xed\xa0\x80", b",", b"\x00", b"NaN"))
                raw = raw[:place] + piece + raw[place + self.dice.randrange(3) :]
            try:
                json.loads(raw)
            except ValueError:
                return Bad("broken", raw, headed(raw), 400)

    def not_an_object(self) -> Bad:
        raw = orjson.dumps(self.dice.choice(([self.payload()], f"{CANARY}{self.number}", self.number, [self.number])))
        if self.dice.random() < 0.3:
            raw = b"payload=" + quote(raw).encode()
            return Bad("not an object", raw, headed(raw, FORM), 400)
        return Bad("not an object", raw, headed(raw), 400)

    def bad_form(self) -> Bad:
        whole = orjson.dumps(self.payload()).decode()
        cut = whole[: self.dice.randrange(len(whole) - 1)]
        raw = self.dice.choice(
            (
                f"n={self.number}&payload=".encode() + quote(cut).encode(),
                f"a={self.number}&payload={CANARY}".encode(),
                f"payload=&n={self.number}".encode(),
                b"n=\xff\xfe" + str(self.number).encode(),
                b"payload=" + quote("[" * 3_000 + str(self.number)).encode(),
            )
        )
        return Bad("bad form", raw, headed(raw, FORM), 400)

    def other_type(self) -> Bad:
        raw, _ = self.raw()
        content = self.dice.choice(
            ("text/plain", "multipart/form-data; boundary=x", "application/xml", "application/jsonp", "", CANARY, "//")
        )
        return Bad("other type", raw, headed(raw, content), 400)

    def deep(self) -> Bad:
        depth, inner = self.dice.choice((51, 52, 60, 500, 5_000, 50_000)), str(self.number)
        opening, closing = self.dice.choice((('{"a":', "}"), ('{"a":[', "]}"), ('[{"a":', "}]")))
        raw = ('{"type":"block_actions","a":' + opening * depth + inner + closing * depth + "}").encode()
        return Bad("deep", raw, headed(raw), 400)

    def oversized(self) -> Bad:
        raw = b'{"a":"' + CANARY.encode() + b"x" * 1_000_000 + str(self.number).encode() + b'"}'
        if self.dice.random() < 0.5:
            return Bad("oversized", raw, headed(raw), 413)
        small = b'{"a":"' + CANARY.encode() + str(self.number).encode() + b'"}'
        headers = headed(small)
        headers["Content-Length"] = str(self.dice.choice((1_000_001, 10**9, 10**18)))
        return Bad("said to be oversized", small, headers, 413)

    def odd(self) -> Bad:
        """Signed by Slack, decodable, and of a shape that nobody has documented."""
        body = json.loads(orjson.dumps(self.payload()))
        for _ in range(self.dice.randrange(1, 4)):
            self._spoil(body)
        raw = orjson.dumps({**body, "number": self.number})
        if self.dice.random() < 0.5:
            raw = urlencode({"payload": raw.decode()}).encode()
            return Bad("odd", raw, headed(raw, FORM))
        return Bad("odd", raw, headed(raw))

    def _spoil(self, body: Any) -> None:
        """Put junk somewhere, or take something away."""
        at = body
        while True:
            names = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not names:
                return
            name = self.dice.choice(names)
            if isinstance(at[name], (dict, list)) and at[name] and self.dice.random() < 0.7:
                at = at[name]
                continue
            if isinstance(at, dict) and self.dice.random() < 0.3:
                del at[name]
            else:
                junk = copy.deepcopy(self.dice.choice(JUNK))
                at[name] = junk if not isinstance(junk, int) or junk < 2**60 else 1e30
            return


# -- the door ----------------------------------------------------------------------------------------------------------


class Nobody(Directory):
    """Knows nobody, asks nobody."""

    async def person(self, user: str, *, crowd: bool = False) -> Profile:
        return Profile()


class Door:
    """The ingress before the real Bolt, and a core that takes everything and says nothing."""

    def __init__(self) -> None:
        self.commands, self.around = 0, {name: mock.Mock() for name in _AROUND}
        self.ingress = Ingress(SECRET, self.clock)
        client = AsyncWebClient(base_url="http://127.0.0.1:1/api/")
        install = Install("T1", "Acme", "", "UBOT", "B1")
        session: Any = None
        replies = Replies(client, session, SharedAllowance("views", self.clock, None))
        listener = Listener(install, self.submit, Nobody(client, self.clock), replies, self.clock, self.caught_up)
        app = bolt_app(client, install, "xoxb-1", listener, lambda minute: None)
        self.ingress.dispatch = app.async_dispatch
        self.ingress.press = app.on_press

    def clock(self) -> Instant:
        return Instant(NOW * SECOND)

    async def submit(self, command: Command) -> Outcome:
        self.commands += 1
        return Outcome()

    async def caught_up(self) -> bool:
        return True

    async def ask(self, bad: Bad) -> tuple[int, bytes]:
        """In this process: the request as aiohttp would hand it over, without a socket."""
        loop = asyncio.get_running_loop()
        stream = StreamReader(_PROTOCOL, 1 << 16, loop=loop)
        stream.feed_data(bad.raw)
        stream.feed_eof()
        request = make_mocked_request("POST", PATH, bad.headers, payload=stream, loop=loop, **self.around)
        response = await self.ingress.handle(request)
        body = response.body
        return response.status, body if isinstance(body, bytes) else b""

    async def good(self, number: int) -> Bad:
        raw = orjson.dumps({**PAYLOADS[0], "token": f"good {number}"})
        return Bad("good", raw, headed(raw), 200)


_PROTOCOL = mock.Mock(_reading_paused=False)
_AROUND = ("app", "writer", "protocol", "transport")
"""What a request has around it and nobody looks at here; made once, for it is slow to make."""


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Everything that any logger was told, at every level, with tracebacks."""
    found: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(logging.Formatter().format(record) + repr(record.args))

    def keep(_: object, __: str, event: Any) -> Any:
        found.append(repr(event))
        raise structlog.DropEvent

    root, keeper, before, level = logging.getLogger(), Keep(), structlog.get_config(), logging.getLogger().level
    structlog.configure(processors=[structlog.processors.format_exc_info, keep])
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(level)
    root.removeHandler(keeper)
    structlog.configure(**before)


@pytest_asyncio.fixture
async def door(written: list[str]) -> AsyncIterator[Door]:
    made = Door()
    yield made
    assert [one for one in written if CANARY in one] == []


async def fuzz(door: Door, number: int, seed: int) -> Counter[str]:
    """So many bad requests, a good one after each hundred and the same one again after that."""
    forger, met, kept = iter(Forger(seed)), Counter[str](), 0
    for index in range(number):
        bad = next(forger)
        answer = await door.ask(bad)
        assert answer == (bad.status, b""), bad
        met[bad.kind] += 1
        if index % 100 == 0:
            good = await door.good(index)
            assert await door.ask(good) == (200, b"")
            assert await door.ask(good) == (401, b""), "a replay"
            kept += 1
    assert door.commands == kept, "nothing but the good ones came through"
    return met


async def test_ten_thousand_bad_requests_get_an_empty_refusal(door: Door) -> None:
    met = await fuzz(door, 10_000, seed=42)
    assert len(met) == 12
    assert min(met.values()) >= 10


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_hundred_thousand_bad_requests_get_an_empty_refusal(door: Door) -> None:
    await fuzz(door, 100_000, seed=random.randrange(2**32))


async def test_what_slack_signed_never_fails_here_however_odd_it_is(door: Door, written: list[str]) -> None:
    forger = Forger(7)
    for number in range(2_000):
        forger.number = number
        bad = forger.odd()
        status, body = await door.ask(bad)
        assert status in (200, 400), bad
        assert body == b""
    assert not [one for one in written if "Traceback" in one]
    assert door.commands > 200


# -- over a socket -----------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def port(door: Door) -> AsyncIterator[int]:
    async def health() -> dict[str, object]:
        return {"ok": True}

    running: Running = await serve("127.0.0.1", 0, [web.post(PATH, door.ingress.handle)], health)
    yield running.port
    await running.close()


async def test_hundreds_of_bad_requests_over_a_socket_get_the_same(door: Door, port: int) -> None:
    forger = iter(Forger(3))
    async with aiohttp.ClientSession() as session:
        for index in range(400):
            bad = next(forger)
            if any(not value.isascii() or len(value) > 8_000 for value in bad.headers.values()):
                continue
            if "Content-Length" in bad.headers:
                continue  # it would be waited for
            headers = dict(bad.headers)
            headers.pop("Host", None)
            url = f"http://127.0.0.1:{port}{PATH}"
            skipped = () if "Content-Type" in headers else ("Content-Type",)
            try:
                async with session.post(url, data=bad.raw, headers=headers, skip_auto_headers=skipped) as response:
                    assert (response.status, await response.read()) == (bad.status, b""), bad
            except aiohttp.ClientOSError:
                assert bad.status == 413, "the door may close while too much is still being sent"
            if index % 50 == 0:
                good = await door.good(index)
                good.headers.pop("Host")
                async with session.post(url, data=good.raw, headers=good.headers) as response:
                    assert response.status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: c4n4ry\r\n\r\n{}",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nc4n4ry",
        b"POST /slack/events HTTP/9.9\r\nHost: x\r\n\r\nc4n4ry",
        b"POST /slack/events\r\n\r\nc4n4ry",
        b"c4n4ry\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nc4n4ry\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nc4n4ry\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX: " + b"c4n4ry" * 5_000 + b"\r\n\r\n",
        b"POST /slack/events HTTP/1.1\r\nX-Slack-Signature: v0=\xff\xfe c4n4ry\r\nContent-Length: 2\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03c4n4ry",
    ],
    ids=lambda raw: repr(raw)[:60],
)
async def test_what_is_not_even_http_is_refused_in_silence(door: Door, port: int, raw: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    answer = b""
    try:
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 0.5)
    except TimeoutError:
        pass  # it waits for the rest
    except asyncio.IncompleteReadError as ended:
        answer = ended.partial
    writer.write_eof()
    answer += await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert not answer or head.split(b" ", 2)[1] in (b"400", b"401", b"413")
    assert CANARY.encode() not in answer
    assert body == b""
