"""An office to play in: one workspace, two persons, one app; and the whole way of a press through the real library."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.slack import Running, SlackHands, World, start

SCOPES = [
    *("app_mentions:read", "chat:write", "users:read"),
    *("channels:history", "channels:join", "channels:manage", "channels:read"),
    *("groups:history", "groups:read", "groups:write", "im:history", "im:read", "im:write"),
    *("pins:read", "pins:write", "reactions:read", "reactions:write"),
]
EVENTS = [
    *("message.channels", "message.groups", "message.im", "app_mention", "app_home_opened"),
    *("member_joined_channel", "reaction_added"),
]
BUTTONS = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "yes", "value": "1", "text": {"type": "plain_text", "text": "Yes"}},
            {"type": "button", "action_id": "no", "value": "0", "text": {"type": "plain_text", "text": "No"}},
        ],
    }
]
MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


class Office:
    """Everything that a test needs of a running stand-in."""

    def __init__(self, world: World, mode: str, request_url: str, scopes: list[str], events: list[str]) -> None:
        self.world = world
        self.space = world.workspace("Acme")
        self.alice, self.bob = self.space.user("alice"), self.space.user("bob")
        self.carol = self.space.user("carol", admin=True)
        self.install = self.space.install(
            scopes=scopes,
            events=events,
            commands=["/stage"],
            shortcuts={"Ask about this": "ask_about"},
            global_shortcuts={"Ask something": "ask"},
            mode=mode,
            request_url=request_url,
        )
        self.room = self.space.channel("general", members=[self.alice, self.bob, self.install.bot])
        self.stack = AsyncExitStack()
        self.running: Running
        self.web: AsyncWebClient

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        world: World | None = None,
        *,
        mode: str = "socket",
        request_url: str = "",
        scopes: list[str] | None = None,
        events: list[str] | None = None,
    ) -> AsyncIterator[Office]:
        wanted, told = SCOPES if scopes is None else scopes, EVENTS if events is None else events
        office = cls(world or World(), mode, request_url, wanted, told)
        async with office.stack:
            office.running = await start(office.world)
            office.stack.push_async_callback(office.running.close)
            office.web = AsyncWebClient(office.install.bot_token, base_url=office.running.api_url, retry_handlers=[])
            yield office

    async def hands(self, user: str) -> SlackHands:
        return await self.stack.enter_async_context(SlackHands(self.running.base_url, user))

    async def bolt(self, *, own: bool = False) -> AsyncApp:
        """A bolt app over Socket Mode; listeners may be added afterwards. ``own``: also what the bot itself did."""
        secret = self.install.app.signing_secret
        app = AsyncApp(client=self.web, signing_secret=secret, ignoring_self_events_enabled=not own)
        handler = AsyncSocketModeHandler(app, self.install.app.app_token)
        await handler.connect_async()
        self.stack.push_async_callback(handler.close_async)
        return app

    async def socket(self) -> aiohttp.ClientWebSocketResponse:
        """A bare connection that acknowledges nothing by itself; its hello has been read."""
        opened = await AsyncWebClient(self.install.app.app_token, base_url=self.running.api_url).apps_connections_open(
            app_token=self.install.app.app_token
        )
        session = await self.stack.enter_async_context(aiohttp.ClientSession())
        socket = await session.ws_connect(opened["url"])
        self.stack.push_async_callback(socket.close)
        hello = await socket.receive_json(timeout=5)
        assert hello["type"] in ("hello", "disconnect")
        return socket

    async def refused(self, method: str, **arguments: Any) -> str:
        """The error code that a call gets."""
        try:
            await self.web.api_call(method, json=arguments)
        except SlackApiError as error:
            return str(error.response["error"])
        return "ok"


async def until(condition: Callable[[], object], within: float = 5.0) -> None:
    """Wait for a condition with a deadline."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        await asyncio.sleep(0.005)


async def test_a_press_travels_through_bolt_and_comes_back_as_a_private_message() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction"""
    async with Office.open() as office:
        app = await office.bolt()

        @app.action("yes")
        async def vote(ack: Any, respond: Any) -> None:
            await ack()
            await respond(text="Counted.")

        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice, bob = await office.hands("alice"), await office.hands("bob")
        answer = await alice.press("general", posted["ts"], "Yes", wait=5)
        assert answer.ok
        assert [one.text for one in answer.private] == ["Counted."]
        assert [one.text for one in await alice.look("general")] == ["", "Counted."]
        assert [one.text for one in await bob.look("general")] == [""]
        assert not office.world.violations


async def test_a_typed_line_reaches_bolt_as_slack_would_send_it() -> None:
    """docs.slack.dev/reference/events/message and docs.slack.dev/messaging/formatting-message-text"""
    async with Office.open() as office:
        app = await office.bolt()
        events: list[dict[str, Any]] = []

        @app.event("message")
        async def message(event: dict[str, Any]) -> None:
            events.append(event)

        alice = await office.hands("alice")
        ts = await alice.write("general", "@bob *look* at https://a.example/?x=1&y & say <hi> 👍")
        await until(lambda: events)
        assert events[0]["ts"] == ts
        assert events[0]["text"] == (
            f"<@{office.bob.id}> *look* at <https://a.example/?x=1&amp;y> &amp; say &lt;hi&gt; :+1:"
        )
        assert events[0]["channel_type"] == "channel"
        parts = events[0]["blocks"][0]["elements"][0]["elements"]
        assert [one["type"] for one in parts] == ["user", "text", "text", "text", "link", "text", "emoji"]
        assert parts[2] == {"type": "text", "text": "look", "style": {"bold": True}}
        assert (await alice.look("general"))[0].text == "@bob look at https://a.example/?x=1&y & say <hi> 👍"


async def test_the_app_hears_edits_and_deletions_of_what_persons_wrote() -> None:
    """docs.slack.dev/reference/events/message/message_changed and …/message_deleted"""
    async with Office.open() as office:
        app = await office.bolt()
        events: list[dict[str, Any]] = []

        @app.event("message")
        async def message(event: dict[str, Any]) -> None:
            events.append(event)

        alice = await office.hands("alice")
        ts = await alice.write("general", "first")
        await alice.edit("general", ts, "second")
        await alice.delete("general", ts)
        await until(lambda: len(events) == 3)
        kinds = {one.get("subtype", "new"): one for one in events}
        assert kinds["message_changed"]["message"]["text"] == "second"
        assert kinds["message_changed"]["message"]["edited"]["user"] == office.alice.id
        assert kinds["message_changed"]["previous_message"]["text"] == "first"
        assert kinds["message_deleted"]["deleted_ts"] == ts


async def test_only_channels_that_the_bot_is_in_are_told() -> None:
    """docs.slack.dev/apis/events-api: an app sees what its bot sees."""
    async with Office.open() as office:
        office.space.channel("elsewhere", members=[office.alice])
        app = await office.bolt()
        events: list[dict[str, Any]] = []

        @app.event("message")
        async def message(event: dict[str, Any]) -> None:
            events.append(event)

        alice = await office.hands("alice")
        await alice.write("elsewhere", "unheard")
        await alice.write("general", "heard")
        await until(lambda: events)
        assert [one["text"] for one in events] == ["heard"]
