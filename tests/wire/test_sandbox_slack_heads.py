"""What stands at a channel's head, in a thread and on the App Home: pins, bookmarks, replies, the home view, rates."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.sandbox.slack import ManualClock, World
from adapters.sandbox.slack.checks import METHODS, TIERS
from adapters.sandbox.slack.methods_pins import BOOKMARKS_MOST, PINS_MOST
from tests.wire.test_sandbox_slack_office import SCOPES, Office

Json = dict[str, Any]
MARKS = [*SCOPES, "bookmarks:read", "bookmarks:write"]


async def test_a_pin_is_listed_with_who_pinned_and_leaves_a_line() -> None:
    """docs.slack.dev/reference/methods/pins.list and …/events/message/pinned_item"""
    async with Office.open() as office:
        ts = (await office.web.chat_postMessage(channel=office.room.id, text="Ask here"))["ts"]
        await office.web.pins_add(channel=office.room.id, timestamp=ts)
        item = (await office.web.pins_list(channel=office.room.id))["items"][0]
        assert (item["created_by"], item["message"]["ts"]) == (office.install.bot.id, ts)
        assert item["message"]["pinned_to"] == [office.room.id]
        assert (
            item["message"]["permalink"] == f"https://acme.slack.com/archives/{office.room.id}/p{ts.replace('.', '')}"
        )
        last = (await office.web.conversations_history(channel=office.room.id))["messages"][0]
        assert (last["subtype"], last["item_type"]) == ("pinned_item", "C")
        alice = await office.hands("alice")
        assert [post.text for post in await alice.pins("general")] == ["Ask here"]
        assert [(post.text, post.system) for post in await alice.look("general")] == [
            ("Ask here", False),
            ("@Sidestage pinned a message to this channel.", True),
        ]


async def test_what_cannot_be_pinned_is_told_apart() -> None:
    """docs.slack.dev/reference/methods/pins.add and …/pins.remove: errors"""
    async with Office.open() as office:
        place: Any = {"channel": office.room.id}
        ts = (await office.web.chat_postMessage(text="x", **place))["ts"]
        assert await office.refused("pins.add", timestamp="1.000001", **place) == "message_not_found"
        assert await office.refused("pins.add", **place) == "no_item_specified"
        assert await office.refused("pins.remove", timestamp=ts, **place) == "no_pin"
        assert await office.refused("pins.add", timestamp=ts, **place) == "ok"
        assert await office.refused("pins.add", timestamp=ts, **place) == "already_pinned"
        line = (await office.web.conversations_history(**place))["messages"][0]["ts"]
        assert await office.refused("pins.add", timestamp=line, **place) == "not_pinnable"
        assert await office.refused("pins.remove", timestamp=ts, **place) == "ok"
        other = office.space.channel("elsewhere", members=[office.alice])
        far = await (await office.hands("alice")).write("elsewhere", "far")
        assert await office.refused("pins.add", channel=other.id, timestamp=far) == "not_in_channel"


async def test_a_channel_holds_a_hundred_pins() -> None:
    """docs.slack.dev/reference/methods/pins.add: too_many_pins"""
    async with Office.open() as office:
        for _ in range(PINS_MOST):
            ts = (await office.web.chat_postMessage(channel=office.room.id, text="x"))["ts"]
            office.room.messages[ts].pinned = True
        ts = (await office.web.chat_postMessage(channel=office.room.id, text="x"))["ts"]
        assert await office.refused("pins.add", channel=office.room.id, timestamp=ts) == "too_many_pins"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, "ok"),
        ({"link": "acme.example"}, "invalid_link"),
        ({"link": "ftp://acme.example"}, "invalid_link"),
        ({"link": "https://"}, "invalid_link"),
        ({"link": None}, "invalid_link"),
        ({"type": "file"}, "invalid_bookmark_type"),
        ({"emoji": "pushpin"}, "invalid_emoji"),
        ({"emoji": ":pushpin:"}, "ok"),
        ({"title": None}, "invalid_arguments"),
        ({"channel_id": "C0NOWHERE"}, "channel_not_found"),
    ],
)
async def test_a_bookmark_is_a_web_link_with_a_title(more: Json, error: str) -> None:
    """docs.slack.dev/reference/methods/bookmarks.add: errors"""
    async with Office.open(scopes=MARKS) as office:
        body: Any = {
            "channel_id": office.room.id,
            "title": "Menu",
            "type": "link",
            "link": "https://acme.example/x",
            **more,
        }
        body = {name: value for name, value in body.items() if value is not None}
        assert await office.refused("bookmarks.add", **body) == error


async def test_bookmarks_are_listed_changed_and_taken_away() -> None:
    """docs.slack.dev/reference/methods/bookmarks.list, …/bookmarks.edit and …/bookmarks.remove"""
    async with Office.open(scopes=MARKS) as office:
        room = office.room.id
        body: Any = {"title": "Menu", "type": "link", "link": "https://acme.example/x"}
        added = (await office.web.bookmarks_add(channel_id=room, **body))["bookmark"]
        assert (added["app_id"], added["last_updated_by_user_id"]) == (office.install.app.id, office.install.bot.id)
        await office.web.bookmarks_edit(bookmark_id=added["id"], channel_id=room, title="The menu")
        listed = (await office.web.bookmarks_list(channel_id=room))["bookmarks"]
        assert [(one["id"], one["title"], one["link"]) for one in listed] == [
            (added["id"], "The menu", "https://acme.example/x")
        ]
        marks = await (await office.hands("bob")).bookmarks("general")
        assert [(one.label, one.url) for one in marks] == [("The menu", "https://acme.example/x")]
        assert await office.refused("bookmarks.remove", channel_id=room, bookmark_id="Bk0") == "not_found"
        await office.web.bookmarks_remove(channel_id=room, bookmark_id=added["id"])
        assert (await office.web.bookmarks_list(channel_id=room))["bookmarks"] == []
        for number in range(BOOKMARKS_MOST):
            office.room.bookmarks[f"Bk{number}"] = {}
        assert await office.refused("bookmarks.add", channel_id=room, **body) == "too_many_bookmarks"
    async with Office.open() as office:
        assert await office.refused("bookmarks.list", channel_id=office.room.id) == "missing_scope"


async def test_replies_are_in_their_thread_and_only_broadcasts_in_the_channel() -> None:
    """docs.slack.dev/reference/methods/conversations.history and docs.slack.dev/messaging/#threading"""
    async with Office.open() as office:
        alice = await office.hands("alice")
        root = await alice.write("general", "root")
        first = await alice.write("general", "first", reply_to=root)
        second = await alice.write("general", "second", reply_to=first)
        loud = (
            await office.web.chat_postMessage(channel=office.room.id, text="loud", thread_ts=root, reply_broadcast=True)
        )["ts"]
        history = (await office.web.conversations_history(channel=office.room.id))["messages"]
        assert [(one["ts"], one.get("subtype")) for one in history] == [(loud, "thread_broadcast"), (root, None)]
        parent = history[-1]
        assert (parent["thread_ts"], parent["reply_count"], parent["latest_reply"]) == (root, 3, loud)
        replies = (await office.web.conversations_replies(channel=office.room.id, ts=root))["messages"]
        assert [one["ts"] for one in replies] == [root, first, second, loud]
        assert [one["thread_ts"] for one in replies] == [root] * 4
        assert replies[1]["parent_user_id"] == office.alice.id
        assert [(post.text, post.thread) for post in await alice.look("general")] == [
            ("root", None),
            ("first", root),
            ("second", root),
            ("loud", root),
        ]
        assert (await alice.look("general"))[0].replies == 3
        also = await alice.write("general", "also for all", reply_to=root, broadcast=True)
        newest = (await office.web.conversations_history(channel=office.room.id, limit=1))["messages"][0]
        assert (newest["ts"], newest["subtype"], newest["root"]["ts"]) == (also, "thread_broadcast", root)


async def test_replies_come_in_pages_and_from_a_moment_on_always_with_their_parent() -> None:
    """docs.slack.dev/reference/methods/conversations.replies: oldest, cursor, thread_not_found"""
    async with Office.open() as office:
        alice = await office.hands("alice")
        root = await alice.write("general", "root")
        said = [await alice.write("general", str(number), reply_to=root) for number in range(5)]
        place: Any = {"channel": office.room.id, "ts": root}
        later = (await office.web.conversations_replies(oldest=said[2], **place))["messages"]
        assert [one["ts"] for one in later] == [root, *said[3:]]
        kept = (await office.web.conversations_replies(oldest=said[2], inclusive=True, **place))["messages"]
        assert [one["ts"] for one in kept] == [root, *said[2:]]
        page = await office.web.conversations_replies(limit=4, **place)
        assert page["has_more"]
        rest = await office.web.conversations_replies(limit=4, cursor=page["response_metadata"]["next_cursor"], **place)
        assert [one["ts"] for one in [*page["messages"], *rest["messages"]]] == [root, *said]
        assert not rest["has_more"]
        none = {"channel": office.room.id, "ts": "1.000001"}
        assert await office.refused("conversations.replies", **none) == "thread_not_found"
        assert await office.refused("conversations.replies", oldest="soon", **place) == "invalid_ts_oldest"
        assert await office.refused("conversations.history", channel=office.room.id, latest="x") == "invalid_ts_latest"


def home(blocks: int = 1, **more: Any) -> Json:
    return {"type": "home", "blocks": [{"type": "divider"}] * blocks, **more}


async def test_a_home_has_100_blocks_and_is_published_against_its_hash() -> None:
    """docs.slack.dev/reference/methods/views.publish: hash_conflict; docs.slack.dev/surfaces/app-home"""
    async with Office.open() as office:
        whose: Any = {"user_id": office.alice.id}
        assert await office.refused("views.publish", view=home(101), **whose) == "invalid_arguments"
        modal = {**home(), "type": "modal", "title": {"type": "plain_text", "text": "x"}}
        assert await office.refused("views.publish", view=modal, **whose) == "invalid_arguments"
        first = (await office.web.views_publish(view=home(100, private_metadata="a"), **whose))["view"]
        second = (await office.web.views_publish(view=home(2), hash=first["hash"], **whose))["view"]
        assert second["id"] == first["id"]
        assert await office.refused("views.publish", view=home(), hash=first["hash"], **whose) == "hash_conflict"
        assert await office.refused("views.publish", view=home(), **whose) == "ok"
        office.install.app.home_tab = False
        assert await office.refused("views.publish", view=home(), **whose) == "not_enabled"


TIERED = {
    2: "conversations.create conversations.rename conversations.archive conversations.setTopic conversations.list"
    " pins.add pins.remove pins.list bookmarks.add bookmarks.remove reactions.remove users.list",
    3: "conversations.invite conversations.kick conversations.info conversations.history conversations.replies"
    " conversations.open conversations.join bookmarks.list bots.info users.conversations reactions.add chat.update",
    4: "conversations.members users.info views.publish views.open views.update chat.postEphemeral files.info",
}


@pytest.mark.parametrize(("tier", "method"), [(tier, one) for tier, many in TIERED.items() for one in many.split()])
def test_each_method_has_its_tier(tier: int, method: str) -> None:
    """docs.slack.dev/apis/web-api/rate-limits and the page of each method"""
    assert METHODS[method].tier == tier


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("pins.list", {}),
        ("conversations.setTopic", {"topic": "x"}),
        ("conversations.invite", {"users": "U0NOBODY"}),
        ("conversations.info", {}),
        ("conversations.members", {}),
        ("views.publish", {"view": home()}),
    ],
)
async def test_a_minutes_calls_pass_and_the_next_is_told_when_to_come_again(method: str, arguments: Json) -> None:
    """docs.slack.dev/apis/web-api/rate-limits: per method, per workspace and app"""
    clock = ManualClock()
    async with Office.open(World(clock=clock, rates=True)) as office:
        place: Any = {"user_id": office.alice.id} if method == "views.publish" else {"channel": office.room.id}
        size = TIERS[METHODS[method].tier]
        for _ in range(size):
            assert await office.refused(method, **place, **arguments) != "ratelimited"
        assert await office.refused(method, **place, **arguments) == "ratelimited"
        await clock.advance(60 / size + 0.1)
        assert await office.refused(method, **place, **arguments) != "ratelimited"
        other = office.world.workspace("Beta").install(app=office.install.app, scopes=SCOPES)
        office.web.token = other.bot_token
        assert await office.refused(method, **place, **arguments) != "ratelimited"
