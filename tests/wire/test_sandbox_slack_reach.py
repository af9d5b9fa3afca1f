"""Where a person acts from: menus of messages and of the app, the home, modals, threads, direct messages; uploads."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from adapters.sandbox.discord.hands import DiscordHands
from adapters.sandbox.hands import Hands
from adapters.sandbox.slack import SlackHands
from tests.wire.test_sandbox_slack_office import BUTTONS, MODAL, SCOPES, Office, until

Json = dict[str, Any]


def played(slack: SlackHands, discord: DiscordHands) -> tuple[Hands, Hands]:
    """Both are a person of a script: the type checker says so."""
    return slack, discord


@pytest.mark.parametrize("hands", [SlackHands, DiscordHands])
def test_each_platforms_hands_have_every_verb_of_a_person(hands: type) -> None:
    """The stand-ins' own: one script plays persons of both platforms."""
    verbs = [name for name, one in vars(Hands).items() if inspect.iscoroutinefunction(one)]
    assert len(verbs) > 12
    for name in verbs:
        wanted = set(inspect.signature(getattr(Hands, name)).parameters)
        assert wanted <= set(inspect.signature(getattr(hands, name)).parameters), name


async def answering(office: Office, *, view: Json | None = None) -> list[Json]:
    """An app that takes everything, remembers it, and opens the view wherever there is a trigger."""
    app = await office.bolt()
    got: list[Json] = []

    async def take(ack: Any, body: Json, client: Any) -> None:
        await ack()
        got.append(body)
        if view is not None and body["type"] in ("message_action", "shortcut"):
            await client.views_open(trigger_id=body["trigger_id"], view=view)

    for name in ("yes", "no"):
        app.action(name)(take)
    for name in ("ask_about", "ask"):
        app.shortcut(name)(take)
    app.view("ask")(take)
    app.view_closed("ask")(take)
    return got


async def test_a_messages_menu_says_which_message_and_opens_a_form() -> None:
    """docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload: message shortcuts"""
    async with Office.open() as office:
        got = await answering(office, view=MODAL)
        alice, bob = await office.hands("alice"), await office.hands("bob")
        root = await alice.write("general", "root")
        reply = await alice.write("general", "a reply", reply_to=root)
        opened = await bob.shortcut("general", reply, "Ask about this", wait=5)
        assert opened.ok and opened.sheet is not None and opened.sheet.title == "Ask"
        body = got[0]
        assert (body["callback_id"], body["user"]["id"]) == ("ask_about", office.bob.id)
        assert body["channel"] == {"id": office.room.id, "name": "general"}
        assert (body["message_ts"], body["message"]["ts"]) == (reply, reply)
        assert (body["message"]["thread_ts"], body["message"]["user"]) == (root, office.alice.id)
        assert body["response_url"].startswith(office.running.base_url)
        with pytest.raises(LookupError, match="no entry"):
            await bob.shortcut("general", root, "Ask something")


async def test_no_menu_opens_on_an_ephemeral_message() -> None:
    """docs.slack.dev/interactivity/implementing-shortcuts: "non-ephemeral messages" """
    async with Office.open() as office:
        await office.web.chat_postEphemeral(channel=office.room.id, user=office.alice.id, text="psst")
        alice = await office.hands("alice")
        post = (await alice.look("general"))[0]
        with pytest.raises(LookupError, match="no entry"):
            await alice.shortcut("general", post.id, "Ask about this")


async def test_a_global_shortcut_knows_no_place_and_has_no_response_url() -> None:
    """docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload: global shortcuts"""
    async with Office.open() as office:
        got = await answering(office, view=MODAL)
        opened = await (await office.hands("alice")).anywhere("Ask something", wait=5)
        assert opened.sheet is not None
        assert (got[0]["type"], got[0]["callback_id"]) == ("shortcut", "ask")
        assert not {"channel", "message", "response_url"} & set(got[0])


async def test_a_press_at_home_comes_from_the_view_with_its_hash_and_no_response_url() -> None:
    """docs.slack.dev/reference/interaction-payloads/block_actions-payload: container, view"""
    async with Office.open() as office:
        got = await answering(office)
        view: Json = {"type": "home", "private_metadata": "tab=2", "blocks": BUTTONS}
        published = (await office.web.views_publish(user_id=office.alice.id, view=view))["view"]
        alice = await office.hands("alice")
        home = (await alice.look("@home"))[0]
        assert (await alice.press("@home", home.id, "Yes")).ok
        body = got[0]
        assert body["container"] == {"type": "view", "view_id": published["id"]}
        assert (body["view"]["type"], body["view"]["hash"]) == ("home", published["hash"])
        assert body["view"]["private_metadata"] == "tab=2"
        assert not {"channel", "message", "response_url"} & set(body)
        assert await office.refused("views.open", trigger_id=body["trigger_id"], view=MODAL) == "ok"
        assert await office.refused("views.open", trigger_id=body["trigger_id"], view=MODAL) == "exchanged_trigger_id"


async def test_a_press_in_a_modal_comes_from_the_modal_with_what_was_typed() -> None:
    """docs.slack.dev/reference/interaction-payloads/block_actions-payload and docs.slack.dev/surfaces/modals"""
    async with Office.open() as office:
        got = await answering(office, view={**MODAL, "blocks": [*MODAL["blocks"], *BUTTONS], "private_metadata": "m"})
        alice = await office.hands("alice")
        await alice.anywhere("Ask something", wait=5)
        await alice.enter("@sheet", "", {"Question": "Why?"})
        assert (await alice.press("@sheet", "", "No")).ok
        body = got[-1]
        assert (body["container"]["type"], body["view"]["type"], body["view"]["private_metadata"]) == (
            "view",
            "modal",
            "m",
        )
        assert body["view"]["state"]["values"]["question"]["text"]["value"] == "Why?"
        assert "response_url" not in body
        changed = {**MODAL, "blocks": BUTTONS}
        changed.pop("submit")
        hash_ = body["view"]["hash"]
        where: Any = {"view_id": body["view"]["id"], "hash": hash_}
        assert await office.refused("views.update", view=changed, **where) == "ok"
        assert await office.refused("views.update", view=changed, **where) == "hash_conflict"


@pytest.mark.parametrize("asked", [True, False])
async def test_closing_a_form_is_told_only_where_the_form_asked_for_it(asked: bool) -> None:
    """docs.slack.dev/reference/interaction-payloads/view-interactions-payload: view_closed, notify_on_close"""
    async with Office.open() as office:
        got = await answering(office, view={**MODAL, "notify_on_close": asked})
        alice = await office.hands("alice")
        await alice.anywhere("Ask something", wait=5)
        await alice.close()
        assert [one["type"] for one in got] == ["shortcut", *(["view_closed"] if asked else [])]
        assert await alice.sheet() is None
        if asked:
            assert (got[1]["is_cleared"], got[1]["view"]["callback_id"]) == (False, "ask")


async def test_presses_in_threads_and_in_direct_messages_say_so() -> None:
    """docs.slack.dev/reference/interaction-payloads/block_actions-payload: container.thread_ts"""
    async with Office.open() as office:
        got = await answering(office)
        alice = await office.hands("alice")
        root = await alice.write("general", "root")
        said: Any = {"text": "?", "blocks": BUTTONS}
        reply = await office.web.chat_postMessage(channel=office.room.id, thread_ts=root, **said)
        await alice.press("general", reply["ts"], "Yes")
        assert got[0]["container"]["thread_ts"] == got[0]["message"]["thread_ts"] == root
        direct = (await office.web.conversations_open(users=office.alice.id))["channel"]["id"]
        sent = await office.web.chat_postMessage(channel=direct, **said)
        await alice.press("@bot", sent["ts"], "No")
        assert got[1]["channel"] == {"id": direct, "name": "directmessage"}
        assert "response_url" in got[1]


async def test_a_person_chooses_and_fills_at_home() -> None:
    """docs.slack.dev/surfaces/app-home: interactive blocks"""
    async with Office.open() as office:
        app = await office.bolt()
        got: list[Json] = []

        @app.action("pick")
        async def pick(ack: Any, body: Json, client: Any) -> None:
            await ack()
            got.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

        @app.view("ask")
        async def ask(ack: Any, body: Json) -> None:
            await ack()
            got.append(body)

        options = [{"text": {"type": "plain_text", "text": one}, "value": one} for one in ("Mine", "All")]
        select: Json = {"type": "static_select", "action_id": "pick", "options": options}
        select |= {"placeholder": {"type": "plain_text", "text": "Show"}}
        view: Json = {"type": "home", "blocks": [{"type": "actions", "block_id": "b", "elements": [select]}]}
        await office.web.views_publish(user_id=office.alice.id, view=view)
        alice = await office.hands("alice")
        home = (await alice.look("@home"))[0]
        assert [(one.label, one.options) for one in home.controls] == [("Show", ("Mine", "All"))]
        assert (await alice.choose("@home", home.id, "Show", ["All"], wait=5)).sheet is not None
        assert got[0]["view"]["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "All"
        assert (await alice.fill({"Question": "Why?"})).ok
        assert got[1]["type"] == "view_submission"


async def test_a_file_with_a_line_is_one_message_with_an_address() -> None:
    """docs.slack.dev/reference/events/message/file_share and docs.slack.dev/reference/objects/file-object"""
    async with Office.open(scopes=[*SCOPES, "files:read"]) as office:
        app = await office.bolt()
        events: list[Json] = []

        @app.event("message")
        async def message(event: Json) -> None:
            events.append(event)

        alice = await office.hands("alice")
        root = await alice.write("general", "root")
        ts = await alice.upload("general", "Slides.pdf", b"x" * 1200, "my slides", reply_to=root)
        await until(lambda: len(events) == 2)
        told = next(one for one in events if one["ts"] == ts)
        file = told["files"][0]
        assert (told["subtype"], told["text"], told["thread_ts"]) == ("file_share", "my slides", root)
        assert (file["name"], file["size"]) == ("Slides.pdf", 1200)
        assert file["permalink"] == f"https://acme.slack.com/files/{office.alice.id}/{file['id']}/slides.pdf"
        seen = (await (await office.hands("bob")).look("general"))[1]
        assert (seen.text, seen.links[0].url) == ("my slides\nSlides.pdf", file["permalink"])
        assert (await office.web.files_info(file=file["id"]))["file"]["name"] == "Slides.pdf"


async def test_a_reader_sees_where_links_lead_and_what_is_quoted() -> None:
    """docs.slack.dev/messaging/formatting-message-text and docs.slack.dev/reference/methods/chat.getPermalink"""
    async with Office.open() as office:
        alice = await office.hands("alice")
        root = await alice.write("general", "the question")
        reply = await alice.write("general", "an answer", reply_to=root)
        room = office.room.id
        address = (await office.web.chat_getPermalink(channel=room, message_ts=reply))["permalink"]
        escaped = address.replace("&", "&amp;")
        words = f"&gt; In reply to <{escaped}|Mira>: an answer\nSee <https://a.example/?x=1&amp;y=2|this> & *that*"
        blocks: list[Json] = [
            {"type": "section", "text": {"type": "mrkdwn", "text": words}},
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": "Open the message"}, "url": address}
                ],
            },
        ]
        await office.web.chat_postMessage(channel=room, text="x", blocks=blocks)
        await alice.write("general", "> quoted by hand\nand https://b.example/z")
        *_, card, line = await alice.look("general")
        assert [(one.label, one.url, one.post) for one in card.links] == [
            ("Mira", address, (room, reply)),
            ("this", "https://a.example/?x=1&y=2", None),
        ]
        assert card.quotes == ("In reply to Mira: an answer",)
        assert [(one.label, one.kind, one.url) for one in card.controls] == [("Open the message", "link", address)]
        assert (line.quotes, [one.url for one in line.links]) == (("quoted by hand",), ["https://b.example/z"])
        plain = await office.web.chat_postMessage(channel=room, text=f"Look: <{escaped}|there>")
        last = (await alice.look("general"))[-1]
        assert (last.id, last.links[0].post) == (plain["ts"], (room, reply))
