"""Pictures: uploaded in three steps, and refused in blocks when Slack could not show them."""

from __future__ import annotations

from typing import Any

import aiohttp

from adapters.sandbox.slack.elements import BUTTON
from tests.wire.test_sandbox_slack_interactions import pressed, send
from tests.wire.test_sandbox_slack_office import SCOPES, Office

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24


def picture(**source: Any) -> list[dict[str, Any]]:
    return [{"type": "image", "alt_text": "A chart", **source}]


async def test_a_picture_is_uploaded_and_shown_by_its_id() -> None:
    """docs.slack.dev/messaging/working-with-files and …/block-kit/blocks/image-block: slack_file"""
    async with Office.open(scopes=[*SCOPES, "files:write"]) as office, aiohttp.ClientSession() as session:
        first = await office.web.files_getUploadURLExternal(filename="chart.png", length=len(PNG))
        blocks = picture(slack_file={"id": first["file_id"]})
        early = await office.refused("chat.postMessage", channel=office.room.id, text="A chart", blocks=blocks)
        assert early == "invalid_blocks"
        assert "invalid slack file" in office.world.requests[-1].violations[0]
        async with session.post(first["upload_url"], data=PNG) as response:
            assert response.status == 200
        done = await office.web.files_completeUploadExternal(files=[{"id": first["file_id"], "title": "Chart"}])
        assert done["files"][0]["mimetype"] == "image/png"
        shown = await office.refused("chat.postMessage", channel=office.room.id, text="A chart", blocks=blocks)
        assert shown == "ok"
        assert [one.text for one in await (await office.hands("alice")).look("general")] == ["A chart"]


async def test_the_clients_own_upload_posts_the_file() -> None:
    """docs.slack.dev/reference/methods/files.completeUploadExternal: channel_id"""
    async with Office.open(scopes=[*SCOPES, "files:write", "files:read"]) as office:
        await office.web.files_upload_v2(
            channel=office.room.id, filename="chart.png", content=PNG, title="Chart", initial_comment="Look"
        )
        assert [one.text for one in await (await office.hands("alice")).look("general")] == ["Look\nChart"]


async def test_a_picture_that_slack_cannot_fetch_refuses_the_message() -> None:
    """docs.slack.dev/reference/block-kit/blocks/image-block: the URL must be public."""
    async with Office.open() as office:
        blocks = picture(image_url="http://127.0.0.1:8080/chart.png")
        refused = await office.refused("chat.postMessage", channel=office.room.id, text="A chart", blocks=blocks)
        assert refused == "invalid_blocks"
        blocks = picture(image_url="https://charts.example/chart.png")
        refused = await office.refused("chat.postMessage", channel=office.room.id, text="A chart", blocks=blocks)
        assert refused == "ok"


def test_a_buttons_link_is_a_real_link() -> None:
    """docs.slack.dev/reference/block-kit/block-elements/button-element"""
    found: list[str] = []
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "url": "javascript:alert(1)"}
    BUTTON(button, "", found)
    assert found == ["invalid url [json-pointer:/url]"]


async def test_careless_uses_of_a_response_url_are_written_down() -> None:
    """docs.slack.dev/interactivity/handling-user-interaction: delete_original stands alone."""
    async with Office.open() as office:
        url = (await pressed(office))["response_url"]
        await send(url, {"text": "all", "response_type": "in_channel"})
        await send(url, {"text": "gone", "delete_original": True})
        assert {one.partition(":")[2].strip() for one in office.world.violations} == {
            "say replace_original false, or the message that was pressed may be overwritten",
            "delete_original stands alone",
        }


async def test_a_commands_response_url_has_nothing_to_replace() -> None:
    """docs.slack.dev/interactivity/implementing-slash-commands: a new message, whatever replace_original says."""
    async with Office.open() as office:
        app = await office.bolt()

        @app.command("/stage")
        async def stage(ack: Any, respond: Any) -> None:
            await ack()
            await respond("Thinking…")
            await respond(text="Done", replace_original=True)

        alice = await office.hands("alice")
        await alice.command("general", "/stage")
        seen = await alice.settle("general", lambda posts: len(posts) == 2)
        assert [one.text for one in seen] == ["Thinking…", "Done"]
