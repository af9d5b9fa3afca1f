"""How events and interactions reach an app: one receiver, three seconds, signed, tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import orjson
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from adapters.sandbox.slack import ManualClock, World
from tests.wire.test_sandbox_slack_office import BUTTONS, Office, until


class Receiver:
    """A request URL that keeps what it gets and answers what a test tells it to."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.body = 200, ""
        self.headers: dict[str, str] = {}
        self.hold: asyncio.Event | None = None
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((dict(request.headers), await request.read()))
        if self.hold is not None:
            await self.hold.wait()
        body = orjson.loads(self.got[-1][1]) if request.content_type == "application/json" else {}
        text = body["challenge"] if body.get("type") == "url_verification" else self.body
        kind = "application/json" if text.startswith("{") else "text/plain"
        return web.Response(status=self.status, headers=self.headers, text=text, content_type=kind)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Receiver]:
        receiver = cls()
        app = web.Application()
        app.router.add_post("/slack", receiver.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack"
        try:
            yield receiver
        finally:
            if receiver.hold is not None:
                receiver.hold.set()
            await runner.cleanup()


async def test_the_signature_is_valid_for_slacks_own_verifier() -> None:
    """docs.slack.dev/authentication/verifying-requests-from-slack"""
    async with Receiver.open() as receiver, Office.open(mode="http", request_url=receiver.url) as office:
        await (await office.hands("alice")).write("general", "hello")
        await until(lambda: receiver.got)
        headers, body = receiver.got[0]
        verifier = SignatureVerifier(office.install.app.signing_secret)
        assert verifier.is_valid_request(body, headers)
        assert not verifier.is_valid_request(body + b" ", headers)
        assert headers["Content-Type"] == "application/json"
        outer = orjson.loads(body)
        assert (outer["type"], outer["team_id"]) == ("event_callback", office.space.id)
        assert outer["authorizations"][0]["user_id"] == office.install.bot.id


async def test_the_request_url_answers_a_challenge() -> None:
    """docs.slack.dev/reference/events/url_verification"""
    async with Receiver.open() as receiver, Office.open(mode="http", request_url=receiver.url) as office:
        assert office.world.deliveries is not None
        assert await office.world.deliveries.verify(office.install)


async def test_an_event_is_tried_again_at_once_after_a_minute_and_after_five() -> None:
    """docs.slack.dev/apis/events-api: retries with x-slack-retry-num and x-slack-retry-reason"""
    clock = ManualClock()
    async with (
        Receiver.open() as receiver,
        Office.open(World(clock=clock), mode="http", request_url=receiver.url) as office,
    ):
        receiver.status = 500
        await (await office.hands("alice")).write("general", "hello")
        await until(lambda: len(receiver.got) == 2 and clock.due == [60.0])
        await clock.advance(59)
        assert len(receiver.got) == 2
        await clock.advance(1)
        await until(lambda: len(receiver.got) == 3 and clock.due == [300.0])
        await clock.advance(300)
        await until(lambda: len(receiver.got) == 4)
        numbers = [headers.get("X-Slack-Retry-Num") for headers, _ in receiver.got]
        assert numbers == [None, "1", "2", "3"]
        assert receiver.got[1][0]["X-Slack-Retry-Reason"] == "http_error"
        assert len({orjson.loads(body)["event_id"] for _, body in receiver.got}) == 1
        await until(lambda: office.world.counts[("events_api:given_up", "http_error")])


async def test_a_late_answer_counts_as_none() -> None:
    """docs.slack.dev/apis/events-api: an answer is due within three seconds; http_timeout"""
    clock = ManualClock()
    async with (
        Receiver.open() as receiver,
        Office.open(World(clock=clock), mode="http", request_url=receiver.url) as office,
    ):
        receiver.hold = asyncio.Event()
        await (await office.hands("alice")).write("general", "hello")
        await until(lambda: len(receiver.got) == 1 and clock.due == [3.0])
        await clock.advance(3)
        await until(lambda: len(receiver.got) == 2)
        assert receiver.got[1][0]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_an_app_may_ask_not_to_be_told_again() -> None:
    """docs.slack.dev/apis/events-api: X-Slack-No-Retry"""
    async with Receiver.open() as receiver, Office.open(mode="http", request_url=receiver.url) as office:
        receiver.status, receiver.headers = 500, {"X-Slack-No-Retry": "1"}
        await (await office.hands("alice")).write("general", "hello")
        await until(lambda: office.world.counts[("answer:events_api", "status 500")])
        await (await office.hands("alice")).write("general", "hello again")
        await until(lambda: office.world.counts[("answer:events_api", "status 500")] == 2)
        assert len({orjson.loads(body)["event_id"] for _, body in receiver.got}) == len(receiver.got) == 2


async def test_interactions_come_as_a_form_with_a_payload_and_commands_as_plain_fields() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction and …/implementing-slash-commands"""
    async with Receiver.open() as receiver, Office.open(mode="http", request_url=receiver.url) as office:
        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice = await office.hands("alice")
        await until(lambda: receiver.got)
        receiver.got.clear()
        assert (await alice.press("general", posted["ts"], "Yes")).ok
        pressed = orjson.loads(parse_qs(receiver.got[-1][1].decode())["payload"][0])
        assert (pressed["type"], pressed["actions"][0]["value"]) == ("block_actions", "1")
        receiver.body = '{"text": "hello back"}'
        answer = await alice.command("general", "/stage join now")
        fields = {name: values[0] for name, values in parse_qs(receiver.got[-1][1].decode()).items()}
        assert (fields["command"], fields["text"], fields["user_name"]) == ("/stage", "join now", "alice")
        assert [one.text for one in answer.private] == ["hello back"]


async def test_a_press_without_an_answer_shows_operation_timeout_after_three_seconds() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction: acknowledge within 3 seconds; no retry."""
    clock = ManualClock()
    async with Office.open(World(clock=clock)) as office:
        socket = await office.socket()
        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        event = await socket.receive_json(timeout=5)
        await socket.send_json({"envelope_id": event["envelope_id"]})
        alice = await office.hands("alice")
        press = asyncio.ensure_future(alice.press("general", posted["ts"], "Yes"))
        envelope = await socket.receive_json(timeout=5)
        assert envelope["type"] == "interactive"
        await until(lambda: 3.0 in clock.due)
        await clock.advance(2.9)
        assert not press.done()
        await clock.advance(0.1)
        answer = await press
        assert (answer.ok, answer.error) == (False, "operation_timeout")
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await until(lambda: office.world.violations["ack: acknowledged too late or twice"])


async def test_a_press_with_no_connection_fails_at_once() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode"""
    async with Office.open() as office:
        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        answer = await (await office.hands("alice")).press("general", posted["ts"], "Yes")
        assert (answer.ok, answer.error) == (False, "dispatch_failed")


async def test_an_envelope_goes_to_exactly_one_connection() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode: each payload is sent to one of the connections."""
    async with Office.open() as office:
        sockets = [await office.socket() for _ in range(3)]
        got: list[str] = []

        async def drain(socket: Any) -> None:
            async for message in socket:
                envelope = orjson.loads(message.data)
                got.append(envelope["payload"]["event_id"])
                await socket.send_json({"envelope_id": envelope["envelope_id"]})

        tasks = [asyncio.ensure_future(drain(one)) for one in sockets]
        alice = await office.hands("alice")
        for number in range(20):
            await alice.write("general", str(number))
        await until(lambda: office.world.counts[("answer:events_api", "ok")] == 20)
        assert len(got) == len(set(got)) == 20
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_unacknowledged_event_comes_again() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode: retry_attempt and retry_reason"""
    clock = ManualClock()
    async with Office.open(World(clock=clock)) as office:
        socket = await office.socket()
        await (await office.hands("alice")).write("general", "hello")
        first = await socket.receive_json(timeout=5)
        assert (first["retry_attempt"], first["accepts_response_payload"]) == (0, False)
        await until(lambda: clock.due == [3.0])
        await clock.advance(3)
        second = await socket.receive_json(timeout=5)
        assert second["retry_attempt"] == 1
        assert second["retry_reason"]
        assert second["envelope_id"] != first["envelope_id"]
        assert second["payload"]["event_id"] == first["payload"]["event_id"]
        await socket.send_json({"envelope_id": second["envelope_id"]})
        await until(lambda: office.world.counts[("answer:events_api", "ok")])


async def test_events_of_a_lost_connection_go_to_another() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode: at least once"""
    async with Office.open() as office:
        first = await office.socket()
        await (await office.hands("alice")).write("general", "hello")
        lost = await first.receive_json(timeout=5)
        second = await office.socket()
        await first.close()
        again = await second.receive_json(timeout=5)
        assert again["payload"]["event_id"] == lost["payload"]["event_id"]
        await second.send_json({"envelope_id": again["envelope_id"]})


async def test_there_are_at_most_ten_connections() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode: up to 10 open at once"""
    async with Office.open() as office:
        for _ in range(10):
            await office.socket()
        refused = await office.socket()
        assert (await refused.receive()).type.name in ("CLOSE", "CLOSING", "CLOSED")
        assert office.world.deliveries is not None
        assert len(office.world.deliveries.connections[office.install.app.id]) == 10


async def test_bolt_comes_back_after_refresh_requested() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode: disconnect messages"""
    async with Office.open() as office:
        app = await office.bolt()
        heard: list[str] = []

        @app.event("message")
        async def message(event: dict[str, Any]) -> None:
            heard.append(event["text"])

        assert office.world.deliveries is not None
        connections = office.world.deliveries.connections[office.install.app.id]
        old = connections[0]
        await old.disconnect("refresh_requested")
        await until(lambda: any(one.ready for one in connections))
        assert old not in [one for one in connections if one.ready]
        await (await office.hands("alice")).write("general", "still there?")
        await until(lambda: heard)


async def test_a_payload_on_an_envelope_that_takes_none_is_written_down() -> None:
    """docs.slack.dev/apis/events-api/using-socket-mode: accepts_response_payload"""
    async with Office.open() as office:
        socket = await office.socket()
        await (await office.hands("alice")).write("general", "hello")
        envelope = await socket.receive_json(timeout=5)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "thanks"}})
        await until(lambda: office.world.violations)
        assert "takes no payload" in next(iter(office.world.violations))
