"""Channels, members, rates and failures made on purpose."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from adapters.sandbox.slack import ManualClock, World
from adapters.sandbox.slack.limits import POST_BURST
from tests.wire.test_sandbox_slack_office import BUTTONS, Office, until


async def test_a_channel_name_stays_taken_by_channels_that_the_bot_cannot_see() -> None:
    """docs.slack.dev/reference/methods/conversations.create: name_taken"""
    async with Office.open() as office:
        office.space.channel("keynote", private=True, members=[office.alice])
        old = office.space.channel("closing", members=[office.alice])
        old.archived = True
        assert await office.refused("conversations.create", name="keynote") == "name_taken"
        assert await office.refused("conversations.create", name="closing") == "name_taken"
        assert await office.refused("conversations.create", name="keynote-2") == "ok"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Keynote", "invalid_name_specials"),
        ("key note", "invalid_name_specials"),
        ("key.note", "invalid_name_specials"),
        ("-_-", "invalid_name_punctuation"),
        ("x" * 81, "invalid_name_maxlength"),
        ("", "invalid_name_required"),
        ("x" * 80, "ok"),
        ("früh_start-1", "ok"),
    ],
)
async def test_channel_names_follow_slacks_rules(name: str, error: str) -> None:
    """docs.slack.dev/reference/methods/conversations.create: naming"""
    async with Office.open() as office:
        assert await office.refused("conversations.create", name=name) == error


async def test_one_wrong_id_keeps_everybody_out_unless_forced() -> None:
    """docs.slack.dev/reference/methods/conversations.invite: force"""
    async with Office.open() as office:
        made = (await office.web.conversations_create(name="stage", is_private=True))["channel"]["id"]
        users = f"{office.alice.id},U0NOBODY"
        assert await office.refused("conversations.invite", channel=made, users=users) == "user_not_found"
        assert office.alice.id not in office.space.channels[made].members
        assert await office.refused("conversations.invite", channel=made, users=users, force=True) == "ok"
        assert office.alice.id in office.space.channels[made].members
        again = await office.refused("conversations.invite", channel=made, users=office.alice.id)
        assert again == "already_in_channel"
        many = ",".join(f"U{n}" for n in range(101))
        assert await office.refused("conversations.invite", channel=made, users=many) == "too_many_users"


async def test_joining_tells_the_app_and_leaves_a_grey_line() -> None:
    """docs.slack.dev/reference/events/member_joined_channel"""
    async with Office.open() as office:
        app = await office.bolt()
        joined: list[dict[str, Any]] = []

        @app.event("member_joined_channel")
        async def member(event: dict[str, Any]) -> None:
            joined.append(event)

        @app.event("message")
        async def message() -> None: ...

        await (await office.hands("carol")).join("general")
        await until(lambda: joined)
        assert (joined[0]["user"], joined[0]["channel"]) == (office.carol.id, office.room.id)
        last = (await office.web.conversations_history(channel=office.room.id))["messages"][0]
        assert last["subtype"] == "channel_join"


async def test_a_direct_message_is_opened_once() -> None:
    """docs.slack.dev/reference/methods/conversations.open"""
    async with Office.open() as office:
        first = await office.web.conversations_open(users=office.alice.id)
        second = await office.web.conversations_open(users=office.alice.id)
        assert first["channel"]["id"] == second["channel"]["id"]
        assert second["already_open"]
        await office.web.chat_postMessage(channel=first["channel"]["id"], text="hello")
        assert [one.text for one in await (await office.hands("alice")).look("@bot")] == ["hello"]
        assert await office.refused("conversations.open", users="U0NOBODY") == "user_not_found"


async def test_users_are_paged_and_show_who_is_admin() -> None:
    """docs.slack.dev/reference/methods/users.list"""
    async with Office.open() as office:
        first = await office.web.users_list(limit=3)
        rest = await office.web.users_list(limit=3, cursor=first["response_metadata"]["next_cursor"])
        everybody = [*first["members"], *rest["members"]]
        assert {one["name"]: one["is_admin"] for one in everybody if not one["is_bot"]} == {
            "alice": False,
            "bob": False,
            "carol": True,
        }
        assert rest["response_metadata"]["next_cursor"] == ""


async def test_a_reaction_counts_once_a_person() -> None:
    """docs.slack.dev/reference/methods/reactions.add: already_reacted"""
    async with Office.open() as office:
        ts = await (await office.hands("alice")).write("general", "hello")
        place = {"channel": office.room.id, "timestamp": ts, "name": "heart"}
        assert await office.refused("reactions.add", **place) == "ok"
        assert await office.refused("reactions.add", **place) == "already_reacted"
        await (await office.hands("bob")).react("general", ts, "heart")
        history = await office.web.conversations_history(channel=office.room.id)
        assert history["messages"][0]["reactions"][0]["count"] == 2


async def test_posts_to_a_channel_are_limited_to_one_a_second_after_a_burst() -> None:
    """docs.slack.dev/apis/web-api/rate-limits: 429, Retry-After in whole seconds"""
    clock = ManualClock()
    async with Office.open(World(clock=clock, rates=True)) as office:
        for _ in range(int(POST_BURST)):
            await office.web.chat_postMessage(channel=office.room.id, text="x")
        with pytest.raises(SlackApiError) as refused:
            await office.web.chat_postMessage(channel=office.room.id, text="x")
        assert refused.value.response.status_code == 429
        assert refused.value.response["error"] == "ratelimited"
        assert refused.value.response.headers["Retry-After"] == "1"
        other = office.space.channel("other", members=[office.install.bot])
        await office.web.chat_postMessage(channel=other.id, text="x")
        await clock.advance(1)
        await office.web.chat_postMessage(channel=office.room.id, text="x")


async def test_updates_are_limited_for_the_whole_workspace() -> None:
    """docs.slack.dev/reference/methods/chat.update: tier 3, 50 a minute"""
    clock = ManualClock()
    async with Office.open(World(clock=clock, rates=True)) as office:
        other = office.space.channel("other", members=[office.install.bot])
        places = [
            (room.id, (await office.web.chat_postMessage(channel=room.id, text="x"))["ts"])
            for room in (office.room, other)
        ]
        results = [
            await office.refused("chat.update", channel=room, ts=ts, text=str(n))
            for n in range(26)
            for room, ts in places
        ]
        assert results == ["ok"] * 50 + ["ratelimited"] * 2
        await clock.advance(1.3)
        assert await office.refused("chat.update", channel=places[0][0], ts=places[0][1], text="y") == "ok"


async def test_a_cut_after_the_call_has_its_effect_and_loses_the_answer() -> None:
    """The stand-in's own: what a network does to a call."""
    async with Office.open() as office:
        office.world.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
        with pytest.raises(aiohttp.ClientError):
            await office.web.chat_postMessage(channel=office.room.id, text="once")
        office.world.faults.add({"method": "chat.*", "cut": "before", "count": 1})
        with pytest.raises(aiohttp.ClientError):
            await office.web.chat_postMessage(channel=office.room.id, text="never")
        assert [one.text for one in office.room.messages.values()] == ["once"]


async def test_faults_are_set_over_http_and_counted_down() -> None:
    """The stand-in's own: failures on purpose."""
    async with Office.open() as office, aiohttp.ClientSession() as session:
        url = f"{office.running.base_url}/sandbox/faults"
        await session.post(url, json={"method": "chat.postMessage", "status": 429, "retry_after": 7, "count": 1})
        with pytest.raises(SlackApiError) as refused:
            await office.web.chat_postMessage(channel=office.room.id, text="x")
        assert refused.value.response.headers["Retry-After"] == "7"
        assert await office.refused("chat.postMessage", channel=office.room.id, text="x") == "ok"
        await session.post(url, json={"method": "*", "error": "internal_error"})
        assert await office.refused("chat.postMessage", channel=office.room.id, text="x") == "internal_error"
        await session.delete(url)
        assert await office.refused("chat.postMessage", channel=office.room.id, text="x") == "ok"
        assert (await session.post(url, json={"nonsense": 1})).status == 400


async def test_presses_are_counted_without_asking_the_bot() -> None:
    """The stand-in's own: who pressed what last."""
    async with Office.open() as office, aiohttp.ClientSession() as session:
        app = await office.bolt()

        @app.action({"block_id": "row"})
        async def press(ack: Any) -> None:
            await ack()

        posted = await office.web.chat_postMessage(channel=office.room.id, text="Well?", blocks=BUTTONS)
        alice, bob = await office.hands("alice"), await office.hands("bob")
        for hands, label in ((alice, "Yes"), (alice, "No"), (bob, "No")):
            assert (await hands.press("general", posted["ts"], label)).ok
        async with session.get(f"{office.running.base_url}/sandbox/presses") as response:
            counted = (await response.json())["presses"]
        assert counted[0]["sums"] == {"no=0": 2}
        async with session.get(f"{office.running.base_url}/sandbox/actions") as response:
            actions = (await response.json())["actions"]
        assert [(one["user"], one["label"], one["ok"]) for one in actions] == [
            ("alice", "Yes", True),
            ("alice", "No", True),
            ("bob", "No", True),
        ]


async def test_two_workspaces_share_one_app_with_a_token_each() -> None:
    """docs.slack.dev/authentication/installing-with-oauth: one app, many workspaces"""
    async with Office.open() as office:
        other = office.world.workspace("Beta")
        dora = other.user("dora")
        install = other.install(app=office.install.app, scopes=office.install.scopes)
        room = other.channel("general", members=[dora, install.bot])
        app = await office.bolt()
        teams: list[str] = []

        @app.event("message")
        async def message(body: dict[str, Any]) -> None:
            teams.append(body["team_id"])

        await (await office.hands("Beta/dora")).write("general", "hello")
        await until(lambda: teams)
        assert teams == [other.id]
        assert await office.refused("chat.postMessage", channel=room.id, text="x") == "channel_not_found"
