"""Slack Connect: a channel of two companies, its strangers, and two installations that are told of the same line."""

from __future__ import annotations

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from adapters.sandbox.slack import Workspace
from adapters.sandbox.slack.installs import Install
from adapters.sandbox.slack.model import User
from tests.wire.test_sandbox_slack_office import BUTTONS, EVENTS, SCOPES, Office, until

Json = dict[str, Any]
SHARING = [*EVENTS, "channel_shared", "channel_unshared"]


def beta(office: Office) -> tuple[Workspace, User, Install]:
    """Another company with the same app."""
    space = office.world.workspace("Beta")
    return space, space.user("dora", admin=True), space.install(app=office.install.app, scopes=SCOPES)


async def heard(office: Office, *kinds: str, app: AsyncApp | None = None) -> list[Json]:
    """The outer events of these kinds, as they come."""
    app = app or await office.bolt(own=True)
    bodies: list[Json] = []
    for kind in kinds:

        @app.event(kind)
        async def take(body: Json) -> None:
            bodies.append(body)

    return bodies


async def test_sharing_is_told_and_shown_and_so_is_its_end() -> None:
    """docs.slack.dev/reference/events/channel_shared, …/channel_unshared and the conversation object"""
    async with Office.open(events=SHARING) as office:
        space, _, _ = beta(office)
        bodies = await heard(office, "channel_shared", "channel_unshared", "message")
        alice = await office.hands("alice")
        await alice.share("general", "Beta")
        await until(lambda: bodies)
        event = bodies[0]["event"]
        assert (event["channel"], event["connected_team_id"]) == (office.room.id, space.id)
        shown = (await office.web.conversations_info(channel=office.room.id))["channel"]
        assert (shown["is_shared"], shown["is_ext_shared"], shown["is_org_shared"]) == (True, True, False)
        assert set(shown["shared_team_ids"]) == {office.space.id, space.id}
        await alice.share("general", undo=True)
        await until(lambda: len(bodies) == 2)
        event = bodies[1]["event"]
        assert (event["previously_connected_team_id"], event["is_ext_shared"]) == (space.id, False)
        assert not (await office.web.conversations_info(channel=office.room.id))["channel"]["is_ext_shared"]


async def test_a_strangers_line_reaches_both_installations_under_two_event_ids() -> None:
    """docs.slack.dev/apis/slack-connect: events of shared channels; user_team, is_ext_shared_channel"""
    async with Office.open(events=SHARING) as office:
        space, dora, _ = beta(office)
        bodies = await heard(office, "message")
        await (await office.hands("alice")).share("general", "Beta")
        hands = await office.hands("Beta/dora")
        await hands.join("general")
        await hands.invite("general", "@bot")
        ts = await hands.write("general", "hello from outside")
        await until(lambda: len([one for one in bodies if one["event"]["ts"] == ts]) == 2)
        bodies = [one for one in bodies if one["event"]["ts"] == ts]
        assert {one["team_id"] for one in bodies} == {office.space.id, space.id}
        assert len({one["event_id"] for one in bodies}) == 2
        for body in bodies:
            event = body["event"]
            assert (event["ts"], event["user"], event["user_team"], event["team"]) == (ts, dora.id, space.id, space.id)
            assert body["is_ext_shared_channel"]
        assert [(post.author, post.text) for post in await (await office.hands("alice")).look("general")][-1] == (
            "dora",
            "hello from outside",
        )


async def test_a_stranger_is_known_by_id_manages_nothing_and_is_in_no_list() -> None:
    """docs.slack.dev/reference/objects/user-object: team_id, is_stranger"""
    async with Office.open(events=SHARING) as office:
        space, dora, _ = beta(office)
        assert await office.refused("users.info", user=dora.id) == "user_not_found"
        await (await office.hands("alice")).share("general", "Beta")
        await (await office.hands("Beta/dora")).join("general")
        shown = (await office.web.users_info(user=dora.id))["user"]
        assert (shown["team_id"], shown["is_stranger"], shown["is_admin"]) == (space.id, False, False)
        assert dora.id in (await office.web.conversations_members(channel=office.room.id))["members"]
        assert dora.id not in [one["id"] for one in (await office.web.users_list())["members"]]
        await (await office.hands("alice")).share("general", undo=True)
        assert (await office.web.users_info(user=dora.id))["user"]["is_stranger"]
        assert dora.id not in (await office.web.conversations_members(channel=office.room.id))["members"]
        with pytest.raises(LookupError):
            await (await office.hands("Beta/dora")).look("general")


async def test_strangers_are_not_brought_into_channels_that_are_not_shared_with_them() -> None:
    """docs.slack.dev/reference/methods/conversations.invite: cant_invite"""
    async with Office.open(events=SHARING) as office:
        _, dora, _ = beta(office)
        await (await office.hands("alice")).share("general", "Beta")
        await (await office.hands("Beta/dora")).join("general")
        own = (await office.web.conversations_create(name="stage", is_private=True))["channel"]["id"]
        assert await office.refused("conversations.invite", channel=own, users=dora.id) == "cant_invite"


async def test_a_strangers_press_and_file_come_as_slack_sends_them() -> None:
    """docs.slack.dev/reference/objects/file-object: file_access check_file_info; block_actions: user.team_id"""
    async with Office.open(events=SHARING, scopes=[*SCOPES, "files:read"]) as office:
        space, dora, _ = beta(office)
        app = await office.bolt()
        bodies = await heard(office, "message", app=app)
        await (await office.hands("alice")).share("general", "Beta")
        hands = await office.hands("Beta/dora")
        await hands.join("general")
        pressed: list[Json] = []

        @app.action("yes")
        async def yes(ack: Any, body: Json) -> None:
            await ack()
            pressed.append(body)

        ts = await hands.upload("general", "plan.txt", b"plan")
        await until(lambda: any(one["event"]["ts"] == ts for one in bodies))
        file = next(one for one in bodies if one["event"]["ts"] == ts)["event"]["files"][0]
        assert file["file_access"] == "check_file_info"
        assert not {"name", "permalink", "size"} & set(file)
        assert (await hands.look("general"))[-1].text == "plan.txt"
        posted = await office.web.chat_postMessage(channel=office.room.id, text="?", blocks=BUTTONS)
        await hands.press("general", posted["ts"], "Yes")
        await until(lambda: pressed)
        assert pressed[0]["user"] == {"id": dora.id, "username": "dora", "name": "dora", "team_id": space.id}
