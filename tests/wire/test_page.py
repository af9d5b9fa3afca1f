"""The page to play in, without a browser: what its server hands out, to whom, and what it lets nobody do."""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.page.server import Page, Running, platforms, start
from tests.wire.audience import QUEUE
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.test_sandbox_slack_office import BUTTONS, MODAL, Office

Json = dict[str, Any]
Check = Callable[[Sequence[Any]], None]
NOWHERE = "http://127.0.0.1:9"
"""No stand-in listens there: the other half of the page is simply empty."""


class Reader:
    """The page's server as the page asks it."""

    def __init__(self, running: Running, http: aiohttp.ClientSession) -> None:
        self.url, self.http = running.url.rstrip("/"), http

    async def get(self, path: str, status: int = 200) -> Any:
        async with self.http.get(self.url + path) as answer:
            assert answer.status == status, await answer.text()
            return json.loads(await answer.read())

    async def view(self, user: str, channel: str = "", platform: str = "slack", **more: str) -> Any:
        query = {"user": user, "channel": channel, **more}
        async with self.http.get(f"{self.url}/api/{platform}/view", params=query) as answer:
            return await answer.json()

    async def act(self, user: str, verb: str, *, platform: str = "slack", status: int = 200, **body: Any) -> Any:
        async with self.http.post(
            f"{self.url}/api/{platform}/act", json={"user": user, "verb": verb, **body}
        ) as answer:
            told = await answer.json()
            assert answer.status == status, told
            return told


@asynccontextmanager
async def page(slack_url: str, discord_url: str = NOWHERE) -> AsyncIterator[Reader]:
    running = await start(Page(platforms(slack_url, discord_url)))
    try:
        async with aiohttp.ClientSession() as http:
            yield Reader(running, http)
    finally:
        await running.close()


@asynccontextmanager
async def office() -> AsyncIterator[tuple[Office, Reader]]:
    async with Office.open() as made, page(made.running.base_url) as reader:
        yield made, reader


def texts(view: Json) -> list[str]:
    return [one["text"] for one in view["messages"]]


# -- who sees what ----------------------------------------------------------------------------------------------------


async def test_a_line_is_seen_by_the_others_as_slack_itself_tells_it() -> None:
    async with office() as (made, reader):
        sent = await reader.act(made.alice.id, "write", channel=made.room.id, text="Hello *all*")
        line = (await reader.view(made.bob.id, "general"))["messages"][-1]
        assert (line["ts"], line["user"], line["text"]) == (sent["id"], made.alice.id, "Hello *all*")
        assert line["blocks"][0]["type"] == "rich_text"


async def test_the_newest_lines_come_first_and_earlier_ones_when_they_are_asked_for() -> None:
    async with office() as (_, reader):
        for text in ("one", "two", "three"):
            await reader.act("alice", "write", channel="general", text=text)
        newest = await reader.view("bob", "general", last="2")
        assert (texts(newest), newest["more"]) == (["two", "three"], True)
        every = await reader.view("bob", "general", last="3")
        assert (texts(every), every["more"]) == (["one", "two", "three"], False)


async def test_a_reply_stands_in_its_thread_alone() -> None:
    async with office() as (_, reader):
        first = await reader.act("alice", "write", channel="general", text="Question")
        await reader.act("bob", "write", channel="general", text="Answer", reply_to=first["id"])
        view = await reader.view("alice", "general", thread=first["id"])
        assert texts(view) == ["Question"]
        assert (view["messages"][0]["reply_count"], texts(view["thread"])) == (1, ["Answer"])


async def test_nobody_sees_what_slack_shows_to_another_alone() -> None:
    async with office() as (made, reader):
        await made.web.chat_postEphemeral(channel=made.room.id, user=made.alice.id, text="For Alice")
        mine = await reader.view(made.alice.id, "general")
        assert [one["text"] for one in mine["messages"] if one.get("private")] == ["For Alice"]
        assert "For Alice" not in json.dumps(await reader.view(made.bob.id, "general"))


async def test_a_private_channel_is_neither_listed_nor_opened_for_others() -> None:
    async with office() as (made, reader):
        secret = made.space.channel("secret", private=True, members=[made.alice])
        await reader.act(made.alice.id, "write", channel="secret", text="Hush")
        assert "Hush" in texts(await reader.view(made.alice.id, secret.id))
        assert "secret" not in json.dumps(await reader.view(made.bob.id))
        refused = await reader.view(made.bob.id, secret.id)
        assert "sees no channel" in refused["error"]
        await reader.act(made.bob.id, "write", channel=secret.id, text="Let me in", status=404)


async def test_a_direct_message_is_seen_by_its_two_people_only() -> None:
    async with office() as (made, reader):
        await reader.act(made.alice.id, "write", channel="@bob", text="Between us")
        assert "Between us" in texts(await reader.view(made.bob.id, "@alice"))
        direct = (await reader.view(made.bob.id, "@alice"))["channel"]
        assert "error" in await reader.view(made.carol.id, direct)


async def test_a_form_and_a_home_are_their_owners_alone() -> None:
    async with office() as (made, reader):
        app = await made.bolt()

        @app.action("yes")
        async def opened(ack: Any, body: Json, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
            await ack()

        home = {"type": "home", "blocks": [{"type": "divider", "block_id": "mine"}]}
        await made.web.views_publish(user_id=made.alice.id, view=home)
        posted = await made.web.chat_postMessage(channel=made.room.id, text="Well?", blocks=BUTTONS)
        await reader.act(made.alice.id, "tap", channel=made.room.id, post=posted["ts"], key="row/yes")
        mine, other = await reader.view(made.alice.id), await reader.view(made.bob.id)
        assert (mine["modal"]["title"]["text"], mine["home"]["blocks"][0]["block_id"]) == ("Ask", "mine")
        assert (other["modal"], other["home"]) == (None, None)


async def test_with_the_bot_only_who_joined_reads_the_answer_and_only_the_team_the_queue(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage, both(stage) as reader:
        await stage.live("mira", "nova", made=True)
        for platform, joined, other, host in (("slack", "mira", "leo", "ana"), ("discord", "nova", "sam", "bo")):
            ids = {one["name"].lower(): one["id"] for one in (await reader.get("/api/people"))[platform]}
            door, words = "keynote-door", "You're in."
            assert words in json.dumps(await reader.view(ids[joined], door, platform), ensure_ascii=False)
            assert words not in json.dumps(await reader.view(ids[other], door, platform), ensure_ascii=False)
            assert QUEUE in json.dumps(await reader.view(ids[host], "", platform))
            assert QUEUE not in json.dumps(await reader.view(ids[other], "", platform))


@asynccontextmanager
async def both(stage: Stage) -> AsyncIterator[Reader]:
    async with page(stage.servers["slack"].base_url, stage.servers["discord"].url) as reader:
        yield reader


# -- what they do -----------------------------------------------------------------------------------------------------


async def test_a_form_is_sent_with_what_stands_in_it_and_comes_back_with_its_errors() -> None:
    async with office() as (made, reader):
        app = await made.bolt()
        heard: list[str] = []

        @app.action("yes")
        async def opened(ack: Any, body: Json, client: Any) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
            await ack()

        @app.view("ask")
        async def sent(ack: Any, view: Json) -> None:
            heard.append(view["state"]["values"]["question"]["text"]["value"])
            await ack()

        posted = await made.web.chat_postMessage(channel=made.room.id, text="Well?", blocks=BUTTONS)
        await reader.act("alice", "tap", channel="general", post=posted["ts"], key="row/yes")
        await reader.act("alice", "submit", state={"question/text": ""})
        errors = (await reader.view("alice"))["modal"]["errors"]
        assert errors == {"question": "Please complete this required field."}
        await reader.act("alice", "submit", state={"question/text": "Why?"})
        assert heard == ["Why?"]
        assert (await reader.view("alice"))["modal"] is None


async def test_a_control_that_is_gone_or_an_option_that_is_not_offered_is_refused_with_words() -> None:
    select = {
        "type": "static_select",
        "action_id": "pick",
        "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
    }
    async with office() as (made, reader):
        blocks = [{"type": "actions", "block_id": "row", "elements": [select]}]
        posted = await made.web.chat_postMessage(channel=made.room.id, text="Pick", blocks=blocks)
        here = {"channel": "general", "post": posted["ts"]}
        assert "not there" in (await reader.act("bob", "tap", **here, key="row/no", status=404))["error"]
        told = await reader.act("bob", "tap", **here, key="row/pick", value="2", status=404)
        assert "offers no such option" in told["error"]


# -- changes, faults, files -------------------------------------------------------------------------------------------


async def test_the_page_is_told_of_every_change() -> None:
    async with office() as (made, reader), reader.http.get(reader.url + "/api/events") as stream:
        assert stream.content_type == "text/event-stream"
        first = [await stream.content.readline() for _ in range(4)]
        assert b'"slack"' in first[0] and b'"discord"' in first[2]
        before = made.world.serial

        async def heard() -> None:
            while b'"slack"' not in await stream.content.readline():
                pass

        while made.world.serial < before + 3:
            await reader.act("alice", "write", channel="general", text="Hello")
            await asyncio.wait_for(heard(), 5)


async def test_a_fault_is_switched_on_and_off_and_the_bot_meets_it() -> None:
    async with office() as (made, reader):
        faults = (await reader.get("/api/faults"))["slack"]
        assert all(one["words"].endswith(".") and one["label"] for one in faults)
        assert not any(one["on"] for one in faults)

        async def turn(on: bool) -> None:
            body = {"platform": "slack", "key": "limited", "on": on}
            async with reader.http.post(reader.url + "/api/faults", json=body) as answer:
                assert answer.status == 200

        await turn(True)
        assert [one["key"] for one in (await reader.get("/api/faults"))["slack"] if one["on"]] == ["limited"]
        assert await made.refused("chat.postMessage", channel=made.room.id, text="Hello") == "ratelimited"
        await turn(False)
        assert (await made.web.chat_postMessage(channel=made.room.id, text="Hello"))["ok"]


SCRIPT, PICTURE = b"<script>alert(1)</script>", b"\x89PNG\r\n\x1a\n and so on"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.html", SCRIPT, "application/octet-stream"),
        ("a.png", SCRIPT, "application/octet-stream"),
        ("a.png", PICTURE, "image/png"),
    ],
)
async def test_an_uploaded_file_is_never_a_page_of_ours(name: str, content: bytes, kind: str) -> None:
    async with office() as (_, reader):
        data = base64.b64encode(content).decode()
        await reader.act("alice", "upload", channel="general", name=name, data=data, text="")
        file = (await reader.view("bob", "general"))["messages"][-1]["files"][0]
        path = "/sandbox/files/" + file["url_private"].partition("/sandbox/files/")[2]
        async with reader.http.get(f"{reader.url}/api/slack/file", params={"path": path}) as answer:
            assert (answer.status, answer.content_type) == (200, kind)
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        async with reader.http.get(f"{reader.url}/api/slack/file", params={"path": "/sandbox/world"}) as answer:
            assert answer.status == 404


@pytest.mark.parametrize("path", ["/server.py", "/..%2Fserver.py", "/%2e%2e/slack/world.py", "/nothing.js"])
async def test_only_the_page_s_own_files_are_served(path: str) -> None:
    async with page(NOWHERE) as reader, reader.http.get(reader.url + path) as answer:
        assert answer.status == 404


async def test_the_next_free_port_is_taken_when_the_wished_one_is_not() -> None:
    first = await start(Page({}))
    taken = int(first.url.rstrip("/").rpartition(":")[2])
    second = await start(Page({}), ports=(taken, taken + 1, 0))
    try:
        assert second.url != first.url
        with pytest.raises(OSError, match="is free"):
            await start(Page({}), ports=(taken,))
    finally:
        await first.close()
        await second.close()


@pytest.mark.long
async def test_make_sandbox_tells_where_to_play_and_ends_when_it_is_told_to(tmp_path: Path) -> None:
    arguments = ("-m", "config", "sandbox", "--folder", str(tmp_path), "--port", "0")
    program = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    said = await asyncio.wait_for(program.stdout.readline(), 45)
    url = said.decode().split()[2]
    async with aiohttp.ClientSession() as http, http.get(f"{url}api/people") as answer:
        assert "Ana" in [one["name"] for one in (await answer.json())["slack"]]
    program.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(program.wait(), 30) == 0


async def test_the_page_runs_no_script_but_its_own() -> None:
    async with page(NOWHERE) as reader, reader.http.get(reader.url + "/") as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
