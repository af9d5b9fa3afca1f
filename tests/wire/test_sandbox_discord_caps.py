"""What the stand-in Discord holds at most, whom a mention reaches, who stands above whom; each with its docs page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.sandbox.discord import DiscordHands, Running, World, changes, permissions
from adapters.sandbox.discord.model import Application, Channel, Message
from tests.wire.test_sandbox_discord_kit import Raw, serving


@asynccontextmanager
async def stage(allow: int = permissions.BOT, **options: Any) -> AsyncIterator[tuple[World, Application, Running, Raw]]:
    world = World(rates=False, **options)
    world.guild("Conference")
    for name in ("ann", "bob"):
        world.join(world.user(name, name.title()))
    world.channel("keynote-stage")
    app = world.application("Sidestage", allow=allow)
    async with serving(world) as running:
        yield world, app, running, Raw(running, app)


def room(world: World) -> Channel:
    return next(each for each in world.channels.values() if each.name == "keynote-stage")


def newest(world: World) -> Message:
    return list(room(world).messages.values())[-1]


async def test_a_server_is_full_of_channels_webhooks_and_roles() -> None:
    """docs: errors 30013 (channels; threads do not count), 30007 (webhooks of a channel), 30005 (roles)."""
    async with stage() as (world, _, _, raw):
        guild = world.only_guild()
        world.caps.channels, world.caps.webhooks, world.caps.roles = 2, 1, len(guild.roles) + 1
        thread = {"name": "T", "type": 11}
        assert (await raw("POST", f"/channels/{room(world).id}/threads", thread))[0] == 201
        for path, body, code in (
            (f"/guilds/{guild.id}/channels", {"name": "more"}, 30013),
            (f"/channels/{room(world).id}/webhooks", {"name": "Bridge"}, 30007),
            (f"/guilds/{guild.id}/roles", {"name": "Keynote"}, 30005),
        ):
            assert (await raw("POST", path, body))[0] in (200, 201), path
            status, told, _ = await raw("POST", path, body)
            assert (status, told["code"]) == (400, code)


async def test_a_deleted_category_leaves_its_channels_behind() -> None:
    """docs: resources/channel#deleteclose-channel: "they will have their parent_id removed"."""
    async with stage() as (world, _, _, raw):
        category = world.channel("Keynote", kind="category")
        inside = world.channel("inside", category=category)
        assert (await raw("DELETE", f"/channels/{category.id}"))[0] == 200
        assert inside.parent_id is None
        assert inside.id in world.channels


@pytest.mark.parametrize(
    ("allow", "mentionable", "allowed", "pings"),
    [
        (permissions.BOT, False, {"roles": ["ROLE"]}, False),
        (permissions.BOT, True, {"roles": ["ROLE"]}, True),
        (permissions.BOT | permissions.MENTION_EVERYONE, False, {"roles": ["ROLE"]}, True),
        (permissions.BOT | permissions.MENTION_EVERYONE, True, {"parse": ["users"]}, False),
        (permissions.BOT, True, {"roles": ["1"]}, False),
        (permissions.BOT, True, None, True),
    ],
)
async def test_a_role_is_pinged_when_it_is_mentionable_and_allowed(
    allow: int, mentionable: bool, allowed: dict[str, Any] | None, pings: bool
) -> None:
    """docs: resources/message#allowed-mentions-object: mentionable, or the bot has MENTION_EVERYONE."""
    async with stage(allow) as (world, _, _, raw):
        role = world.role("told of things", mentionable=mentionable)
        given = {key: [role.id if each == "ROLE" else each for each in some] for key, some in (allowed or {}).items()}
        body: dict[str, Any] = {"content": f"<@&{role.id}> a poll is open"}
        if allowed is not None:
            body["allowed_mentions"] = given
        _, shown, _ = await raw("POST", f"/channels/{room(world).id}/messages", body)
        assert shown["mention_roles"] == ([role.id] if pings else [])


async def test_webhooks_and_answers_ping_people_only_unless_told() -> None:
    """docs: allowed mentions: "In interactions and webhooks, only user mentions are parsed"."""
    async with stage(permissions.BOT | permissions.MENTION_EVERYONE) as (world, _, _, raw):
        role, ann = world.role("crowd", mentionable=True), world.named("ann").id
        _, hook, _ = await raw("POST", f"/channels/{room(world).id}/webhooks", {"name": "Bridge"})
        body: dict[str, Any] = {"content": f"<@{ann}> <@&{role.id}> @everyone"}
        path = f"/webhooks/{hook['id']}/{hook['token']}"
        await raw("POST", path, body)
        assert newest(world).pinged.users == (ann,)
        assert not newest(world).pinged.roles
        assert not newest(world).pinged.everyone
        await raw("POST", path, body | {"allowed_mentions": {"parse": ["roles", "everyone"]}})
        assert newest(world).pinged.roles == (role.id,)
        assert newest(world).pinged.everyone


async def test_all_roles_of_a_member_at_once_obey_the_hierarchy_too() -> None:
    """docs: topics/permissions#permission-hierarchy, for PATCH member as for PUT member role."""
    async with stage() as (world, _, _, raw):
        guild, ann = world.only_guild(), world.named("ann")
        low, high = world.role("speaker"), world.role("boss")
        high.position = 99
        path = f"/guilds/{guild.id}/members/{ann.id}"
        assert (await raw("PATCH", path, {"roles": [low.id]}))[0] == 200
        assert (await raw("PATCH", path, {"roles": [low.id, high.id]}))[1]["code"] == 50013
        assert (await raw("PATCH", path, {"roles": ["1"]}))[1]["code"] == 10011
        changes.grant(world, ann, high)
        assert (await raw("PATCH", path, {"roles": [low.id]}))[1]["code"] == 50013, "nor is a higher one taken"


async def test_an_overwrite_for_one_member_lets_in_that_member_alone() -> None:
    """docs: topics/permissions#permission-overwrites, type 1."""
    async with stage() as (world, app, running, raw):
        view = permissions.VIEW_CHANNEL
        own = {"id": app.bot.id, "type": 1, "allow": str(view)}
        hidden = {"id": world.only_guild().id, "type": 0, "deny": str(view)}
        body = {"name": "private", "permission_overwrites": [hidden, own]}
        _, made, _ = await raw("POST", f"/guilds/{world.only_guild().id}/channels", body)
        ann, bob = world.named("ann").id, world.named("bob").id
        path = f"/channels/{made['id']}/permissions/{ann}"
        assert (await raw("PUT", path, {"type": 1, "allow": str(view)}))[0] == 204
        async with DiscordHands(running.url, "ann") as person, DiscordHands(running.url, "bob") as other:
            assert "private" in [each.name for each in await person.channels()]
            assert "private" not in [each.name for each in await other.channels()]
        assert (await raw("PUT", f"/channels/{made['id']}/permissions/{bob}", {"allow": "0"}))[0] == 400, (
            "type is needed"
        )
        assert (await raw("DELETE", path))[0] == 204
        async with DiscordHands(running.url, "ann") as person:
            assert "private" not in [each.name for each in await person.channels()]


async def test_nobody_who_closed_direct_messages_is_written_to_until_they_open() -> None:
    """docs: error 50007; opening the channel itself works (resources/user#create-dm)."""
    async with stage() as (world, _, running, raw), DiscordHands(running.url, "ann") as ann:
        _, direct, _ = await raw("POST", "/users/@me/channels", {"recipient_id": world.named("ann").id})
        path = f"/channels/{direct['id']}/messages"
        await ann.direct_messages(on=False)
        status, told, _ = await raw("POST", path, {"content": "hello"})
        assert (status, told["code"]) == (403, 50007)
        await ann.direct_messages(on=True)
        assert (await raw("POST", path, {"content": "hello"}))[0] == 200


async def test_commands_need_the_right_to_write_and_buttons_do_not() -> None:
    """discord/discord-api-docs issues 2696 and 6761: without Send Messages a command is "Missing Permissions"."""
    async with stage(patience=0.2) as (world, app, running, raw):
        await raw("POST", f"/applications/{app.id}/commands", {"name": "join", "description": "Join"})
        await raw("POST", f"/applications/{app.id}/commands", {"name": "Report", "type": 3})
        button = {"type": 2, "style": 1, "label": "Join", "custom_id": "join"}
        body = {"content": "Doors", "components": [{"type": 1, "components": [button]}]}
        _, post, _ = await raw("POST", f"/channels/{room(world).id}/messages", body)
        changes.overwrite(world, room(world), world.only_guild(), deny=["send_messages"])
        async with DiscordHands(running.url, "ann") as ann:
            with pytest.raises(PermissionError):
                await ann.command("keynote-stage", "/join")
            with pytest.raises(PermissionError):
                await ann.menu("keynote-stage", post["id"], "Report")
            pressed = asyncio.create_task(ann.press("keynote-stage", post["id"], "Join"))
            while not world.interactions:
                await asyncio.sleep(0.005)
            one = next(iter(world.interactions.values()))
            assert (await raw("POST", f"/interactions/{one.id}/{one.token}/callback", {"type": 6}))[0] == 204
            assert (await pressed).ok
