"""What the page is told of the stand-in Discord: what that person sees and no more, changes, faults in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.discord import DiscordHands, Running, World, changes
from adapters.sandbox.discord.model import Application
from tests.wire.test_sandbox_discord_kit import Raw, serving


@asynccontextmanager
async def stage() -> AsyncIterator[tuple[World, Application, Running]]:
    world = World(rates=False, patience=0.3)
    world.guild("Conference")
    for name in ("ann", "bob"):
        world.join(world.user(name, name.title()))
    world.join(world.user("mod", "Mod"), manage=True)
    world.channel("keynote-stage")
    world.channel("secret", private=True, members=[world.named("bob")])
    app = world.application("Sidestage")
    async with serving(world) as running:
        yield world, app, running


async def asked(running: Running, what: str, **query: str) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{running.url}/sandbox/{what}", params=query) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def told(running: Running, what: str, **body: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{running.url}/sandbox/{what}", json=body) as answer,
    ):
        return answer.status, await answer.json()


async def seen(world: World, running: Running, name: str, **query: str) -> Any:
    return await asked(running, "page", user=world.named(name).id, **query)


def rooms(view: Any) -> set[str]:
    return {each["name"] for guild in view["guilds"] for each in guild["channels"]}


async def test_a_private_channel_is_in_nobodys_view_but_its_members() -> None:
    async with stage() as (world, _, running):
        secret = next(each for each in world.channels.values() if each.name == "secret")
        async with DiscordHands(running.url, "bob") as bob:
            await bob.write("secret", "between us")
        mine, others = await seen(world, running, "bob"), await seen(world, running, "ann", channel=secret.id)
        assert ("secret" in rooms(mine), "secret" in rooms(others)) == (True, False)
        assert others["channel"]["name"] == "keynote-stage", "who asks for it anyway is shown another one"
        assert "between us" not in str(others)
        assert secret.id not in others["names"]


async def test_a_private_thread_and_its_lines_are_for_those_inside() -> None:
    async with stage() as (world, app, running):
        raw = Raw(running, app)
        room = next(each for each in world.channels.values() if each.name == "keynote-stage")
        _, made, _ = await raw("POST", f"/channels/{room.id}/threads", {"name": "Question 1", "type": 12})
        await raw("PUT", f"/channels/{made['id']}/thread-members/{world.named('ann').id}")
        await raw("POST", f"/channels/{made['id']}/messages", {"content": "your answer"})
        inside = await seen(world, running, "ann", thread=made["id"])
        assert [each["content"] for each in inside["thread"]["messages"]] == ["your answer"]
        outside = await seen(world, running, "bob", thread=made["id"])
        assert "thread" not in outside
        assert "Question 1" not in str(outside)
        assert [each["name"] for each in (await seen(world, running, "mod"))["channel"]["threads"]] == ["Question 1"]


async def test_a_private_answer_and_an_open_form_are_their_persons_alone() -> None:
    async with stage() as (world, app, running), DiscordHands(running.url, "ann") as ann:
        raw = Raw(running, app)
        await raw("POST", f"/applications/{app.id}/commands", {"name": "join", "description": "Join"})
        form = {
            "type": 9,
            "data": {
                "title": "Join session",
                "custom_id": "f",
                "components": [
                    {"type": 18, "label": "Name", "component": {"type": 4, "style": 1, "custom_id": "n"}},
                ],
            },
        }
        for answer in ({"type": 4, "data": {"content": "only Ann", "flags": 64}}, form):
            used = asyncio.create_task(ann.command("keynote-stage", "/join"))
            while not (waiting := [each for each in world.interactions.values() if each.first is None]):
                await asyncio.sleep(0.005)
            path = f"/interactions/{waiting[-1].id}/{waiting[-1].token}/callback"
            assert (await raw("POST", path, answer))[0] == 204
            assert (await used).ok
        mine, others = await seen(world, running, "ann"), await seen(world, running, "mod")
        [line] = mine["channel"]["messages"]
        assert (line["content"], line["flags"], line["command"]) == ("only Ann", 64, "/join")
        assert mine["form"]["form"]["title"] == "Join session"
        assert others["channel"]["messages"] == []
        assert others["form"] is None
        assert (await ann.fill({"n": ""})).sheet is not None
        assert (await seen(world, running, "ann"))["form"]["errors"] == {"n": "This field is required."}


async def test_what_one_may_do_goes_by_the_permissions_of_the_channel() -> None:
    async with stage() as (world, _, running):
        room = next(each for each in world.channels.values() if each.name == "keynote-stage")
        plain, runs = await seen(world, running, "ann"), await seen(world, running, "mod")
        assert {key for key, may in plain["channel"]["may"].items() if may} == {
            "write",
            "attach",
            "react",
            "thread",
            "commands",
        }
        assert runs["channel"]["may"]["moderate"]
        assert runs["guilds"][0]["manages"]
        changes.overwrite(world, room, world.only_guild(), deny=["send_messages"])
        quiet = await seen(world, running, "ann")
        assert not quiet["channel"]["may"]["write"]
        assert not quiet["channel"]["may"]["commands"]


async def test_every_change_that_somebody_can_see_is_told_at_once() -> None:
    async with stage() as (world, app, running), DiscordHands(running.url, "ann") as ann:
        number = (await asked(running, "changes", since="-1"))["serial"]
        waiting = asyncio.create_task(asked(running, "changes", since=str(number)))
        await asyncio.sleep(0)
        await ann.write("keynote-stage", "hello")
        number = (await asyncio.wait_for(waiting, 2))["serial"]
        assert number == (await seen(world, running, "bob"))["serial"]
        waiting = asyncio.create_task(asked(running, "changes", since=str(number)))
        room = next(each for each in world.channels.values() if each.name == "keynote-stage")
        await Raw(running, app)("POST", f"/channels/{room.id}/messages", {"content": "the bot"})
        assert (await asyncio.wait_for(waiting, 2))["serial"] > number


async def test_people_are_listed_without_bots_and_with_what_they_are() -> None:
    async with stage() as (_, _, running):
        listed = {each["name"]: each["note"] for each in await asked(running, "people")}
        assert listed == {"owner-1": "owner", "Ann": "", "Bob": "", "Mod": "manages"}


async def test_faults_are_switched_in_words_and_off_again() -> None:
    async with stage() as (world, app, running):
        raw = Raw(running, app)
        room = next(each for each in world.channels.values() if each.name == "keynote-stage")
        path = f"/channels/{room.id}/messages"
        for key, status, code in (
            ("rates", 429, None),
            ("outage", 503, 0),
            ("full", 400, 160006),
            ("closed", 403, 50007),
        ):
            assert (await told(running, "switches", key=key, on=True))[1]["on"] is True
            if key == "full":
                path = f"/channels/{room.id}/threads"
            if key == "closed":
                _, direct, _ = await raw("POST", "/users/@me/channels", {"recipient_id": world.named("ann").id})
                path = f"/channels/{direct['id']}/messages"
            found, shown, _ = await raw(
                "POST", path, {"content": "x", "name": "x", "type": 12} if key == "full" else {"content": "x"}
            )
            assert (found, shown.get("code")) == (status, code)
            assert (await told(running, "switches", key=key, on=False))[1]["on"] is False
            path = f"/channels/{room.id}/messages"
        assert (await raw("POST", path, {"content": "x"}))[0] == 200
        assert {each["key"] for each in await asked(running, "switches") if each["on"] is None} == {"drop", "forget"}
        assert (await told(running, "switches", key="nonsense", on=True))[0] == 404


async def test_who_manages_the_server_makes_channels_and_others_may_not() -> None:
    async with stage() as (world, _, running):
        body: dict[str, Any] = {"text": "Main Stage", "kind": "voice"}
        assert (await told(running, "make_channel", user=world.named("ann").id, **body))[0] == 403
        status, made = await told(running, "make_channel", user=world.named("mod").id, **body)
        assert status == 200
        await told(running, "voice", user=world.named("ann").id, name=made["result"], deafened=True)
        view = await seen(world, running, "bob")
        [spoken] = [each for each in view["guilds"][0]["channels"] if each["name"] == "Main Stage"]
        assert [(each["user_id"], each["self_deaf"]) for each in spoken["voices"]] == [(world.named("ann").id, True)]


@pytest.mark.parametrize("verb", ["press", "choose"])
async def test_two_controls_with_the_same_words_are_told_apart(verb: str) -> None:
    """The page presses what it drew, by custom_id; people in tests press what they read."""
    async with stage() as (world, app, running):
        room = next(each for each in world.channels.values() if each.name == "keynote-stage")
        options = [{"label": "Same", "value": "1"}, {"label": "Same", "value": "2"}]
        button: dict[str, Any] = {"type": 2, "style": 1, "label": "Vote"}
        select: dict[str, Any] = {"type": 3, "placeholder": "Vote", "options": options}
        parts = [(button if verb == "press" else select) | {"custom_id": each} for each in ("a", "b")]
        rows = [{"type": 1, "components": [each]} for each in parts]
        path = f"/channels/{room.id}/messages"
        _, post, _ = await Raw(running, app)("POST", path, {"content": "x", "components": rows})
        more = {"options": ["2"]} if verb == "choose" else {}
        await told(running, verb, user=world.named("ann").id, name=room.id, post=post["id"], label="b", **more)
        [one] = world.interactions.values()
        assert one.data["custom_id"] == "b"
        assert one.data.get("values") == (["2"] if verb == "choose" else None)
