"""Installing and removing an app, the app over HTTP, and the failures that the stand-in makes on purpose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.hands import Hands
from adapters.sandbox.slack import SlackHands
from tests.wire.test_sandbox_slack_office import BUTTONS, MODAL, Office, until


@asynccontextmanager
async def bolt_over_http() -> AsyncIterator[tuple[Office, AsyncApp]]:
    """bolt behind its own aiohttp server, as an app with a request URL is run."""
    async with Office.open(mode="http") as office:
        app = AsyncApp(client=office.web, signing_secret=office.install.app.signing_secret)
        runner = web.AppRunner(app.web_app("/slack/events"), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        office.install.app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            yield office, app
        finally:
            await runner.cleanup()


async def test_bolt_takes_everything_over_http_that_it_takes_over_a_socket() -> None:
    """docs.slack.dev/apis/events-api/using-http-request-urls"""
    async with bolt_over_http() as (office, app):
        heard: list[str] = []

        @app.event("message")
        async def message(event: dict[str, Any]) -> None:
            heard.append(event["text"])

        @app.action("yes")
        async def yes(ack: Any, body: dict[str, Any], client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
            await ack()

        @app.view("ask")
        async def submitted(ack: Any) -> None:
            await ack(response_action="errors", errors={"question": "No."})

        @app.command("/stage")
        async def stage(ack: Any) -> None:
            await ack(text="Here", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*Here*"}}])

        alice = await office.hands("alice")
        await alice.write("general", "hello")
        await until(lambda: heard == ["hello"])
        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        opened = await alice.press("general", posted["ts"], "Yes")
        assert opened.ok
        assert opened.sheet is not None
        refused = await alice.fill({"Question": "Why?"})
        assert refused.sheet is not None
        assert refused.sheet.entries[0].error == "No."
        answer = await alice.command("general", "/stage")
        assert [one.text for one in answer.private] == ["Here"]
        assert not office.world.violations


async def test_an_app_that_answers_with_an_error_is_named_to_the_person() -> None:
    """docs.slack.dev/interactivity/implementing-slash-commands: http_client_error, http_service_error"""
    async with bolt_over_http() as (office, _):
        answer = await (await office.hands("alice")).command("general", "/stage")
        assert (answer.ok, answer.error) == (False, "http_client_error")


# slack_sdk 3.47 sends the app's id and secret with a class that aiohttp 3.14 has deprecated.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_an_app_is_installed_by_a_code_that_works_once() -> None:
    """docs.slack.dev/authentication/installing-with-oauth"""
    async with Office.open() as office, aiohttp.ClientSession() as session:
        other = office.world.workspace("Beta")
        app = office.install.app
        query = {
            "client_id": app.client_id,
            "scope": "chat:write",
            "state": "s1",
            "redirect_uri": "http://127.0.0.1/done",
        }
        url = f"{office.running.base_url}/oauth/v2/authorize"
        async with session.get(url, params=query, allow_redirects=False) as response:
            answer = parse_qs(urlsplit(response.headers["Location"]).query)
        assert answer["state"] == ["s1"]
        web_client = AsyncWebClient(base_url=office.running.api_url, retry_handlers=[])
        secrets = {"client_id": app.client_id, "client_secret": app.client_secret}
        installed = await web_client.oauth_v2_access(**secrets, code=answer["code"][0])
        assert (installed["team"]["name"], installed["scope"]) == ("Beta", "chat:write")
        assert installed["access_token"] == other.installs[0].bot_token
        with pytest.raises(SlackApiError) as refused:
            await web_client.oauth_v2_access(**secrets, code=answer["code"][0])
        assert refused.value.response["error"] == "invalid_code"


async def test_a_removed_app_is_told_and_its_token_is_dead() -> None:
    """docs.slack.dev/reference/events/app_uninstalled and …/tokens_revoked"""
    async with Office.open() as office:
        socket = await office.socket()
        await (await office.hands("carol")).uninstall()
        kinds = set()
        for _ in range(2):
            envelope = await socket.receive_json(timeout=5)
            kinds.add(envelope["payload"]["event"]["type"])
            await socket.send_json({"envelope_id": envelope["envelope_id"]})
        assert kinds == {"app_uninstalled", "tokens_revoked"}
        assert await office.refused("auth.test") == "account_inactive"


async def test_deliveries_can_be_doubled_and_dropped() -> None:
    """The stand-in's own: Slack delivers at least once, now and then twice."""
    async with Office.open() as office:
        app = await office.bolt()
        heard: list[str] = []

        @app.event("message")
        async def message(event: dict[str, Any], body: dict[str, Any]) -> None:
            heard.append(body["event_id"])

        alice = await office.hands("alice")
        office.world.faults.add({"method": "deliver:events_api", "cut": "before", "count": 1})
        office.world.faults.add({"method": "deliver:events_api", "copies": 3, "count": 1})
        await alice.write("general", "lost")
        await alice.write("general", "tripled")
        await until(lambda: len(heard) == 3)
        assert len(set(heard)) == 1


async def test_an_interaction_that_comes_three_times_is_answered_by_whichever_is_taken() -> None:
    """The stand-in's own: by HTTP the copies bear one signature, and apps that guard against replays take only one."""
    statuses = [401, 401, 200]

    async def guarded(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=statuses.pop(0))

    async with Office.open(mode="http") as office:
        server = web.Application()
        server.router.add_post("/slack/events", guarded)
        runner = web.AppRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        office.install.app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        alice = await office.hands("alice")
        office.world.faults.add({"method": "deliver:slash_commands", "copies": 3, "count": 1})
        assert (await alice.command("general", "/stage")).ok
        assert not statuses
        statuses += [401, 401, 401]
        office.world.faults.add({"method": "deliver:slash_commands", "copies": 3, "count": 1})
        refused = await alice.command("general", "/stage")
        assert (refused.ok, refused.error) == (False, "http_client_error")
        await runner.cleanup()


async def test_a_channel_that_is_shared_with_strangers_says_so() -> None:
    """docs.slack.dev/apis/slack-connect: is_ext_shared"""
    async with Office.open() as office:
        await (await office.hands("alice")).share("general")
        shown = await office.web.conversations_info(channel=office.room.id)
        assert shown["channel"]["is_ext_shared"]


async def test_a_longer_name_is_not_a_mention_of_a_shorter_one() -> None:
    """docs.slack.dev/messaging/formatting-message-text"""
    async with Office.open() as office:
        ts = await (await office.hands("alice")).write("general", "@bobby and @bob")
        assert office.room.messages[ts].text == f"@bobby and <@{office.bob.id}>"


async def test_persons_and_rooms_are_added_while_it_runs() -> None:
    """The stand-in's own: for scripts in another process."""
    async with Office.open() as office, aiohttp.ClientSession() as session:
        body = {"users": [{"name": "dan"}], "channels": [{"name": "new", "members": ["dan"], "bot": True}]}
        await session.post(f"{office.running.base_url}/sandbox/world", json=body)
        dan: Hands = SlackHands(office.running.base_url, "dan", session=session)
        await dan.write("new", "hello")
        assert [one.author for one in await dan.look("new")] == ["dan"]
