"""Channels, overwrites, roles and pins on the stand-in Discord, tried bare; each rule with its documentation page."""

from __future__ import annotations

import json
from typing import Any

import discord
import pytest

from adapters.sandbox.discord import DiscordHands, World, permissions
from adapters.sandbox.discord.model import Application, Overwrite
from tests.wire.test_sandbox_discord_kit import Clock, Raw, all_intents, connected, leaves, serving, until

VIEW, SEND = str(permissions.VIEW_CHANNEL), str(permissions.SEND_MESSAGES)


def stage(**options: Any) -> tuple[World, Application]:
    allow = options.pop("allow", permissions.BOT)
    world = World(**{"rates": False} | options)
    world.guild("Conference")
    world.join(world.user("ann", "Ann Lee"))
    world.join(world.user("mia", "Mia"), manage=True)
    world.channel("keynote-stage")
    return world, world.application("Sidestage", allow=allow)


def everyone(world: World, deny: str) -> dict[str, Any]:
    return {"id": world.only_guild().id, "type": 0, "deny": deny}


async def test_a_channel_is_made_with_its_overwrites_and_seen_by_whom_they_let_in() -> None:
    """docs: resources/guild#create-guild-channel; topics/permissions#permission-overwrites."""
    world, app = stage()
    ann = world.named("ann")
    async with serving(world) as running:
        raw = Raw(running, app)
        path = f"/guilds/{world.only_guild().id}/channels"
        status, category, _ = await raw("POST", path, {"name": "Keynote", "type": 4})
        assert (status, category["name"]) == (201, "Keynote")
        mine = {"id": app.bot.id, "type": 1, "allow": VIEW}
        body = {
            "name": "The Queue!",
            "parent_id": category["id"],
            "permission_overwrites": [everyone(world, VIEW), mine],
        }
        status, made, _ = await raw("POST", path, body)
        assert (status, made["name"], made["parent_id"]) == (201, "the-queue", category["id"])
        async with DiscordHands(running.url, "ann") as hands:
            assert [one.name for one in await hands.channels()] == ["keynote-stage"]
            with pytest.raises(LookupError):
                await hands.look("the-queue")
            let_in = {"type": 1, "allow": VIEW}
            assert (await raw("PUT", f"/channels/{made['id']}/permissions/{ann.id}", let_in))[0] == 204
            assert [(one.name, one.private) for one in await hands.channels()][1:] == [("the-queue", True)]
            assert (await raw("DELETE", f"/channels/{made['id']}/permissions/{ann.id}"))[0] == 204
            with pytest.raises(LookupError):
                await hands.look("the-queue")


async def test_a_bot_allows_and_denies_only_what_it_has_itself() -> None:
    """docs: resources/guild#create-guild-channel, resources/channel#edit-channel-permissions; error 50013."""
    world, app = stage(allow=permissions.BOT & ~permissions.PIN_MESSAGES)
    guild = world.only_guild()
    async with serving(world) as running:
        raw = Raw(running, app)
        for bit in (permissions.PIN_MESSAGES, permissions.MANAGE_ROLES, permissions.BAN_MEMBERS):
            body = {"name": "x", "permission_overwrites": [everyone(world, str(bit))]}
            status, told, _ = await raw("POST", f"/guilds/{guild.id}/channels", body)
            assert (status, told["code"]) == (403, 50013), bit
            room = next(iter(guild.channels.values()))
            put = {"type": 0, "allow": str(bit)}
            status, told, _ = await raw("PUT", f"/channels/{room.id}/permissions/{guild.id}", put)
            assert (status, told["code"]) == (403, 50013), bit
            patch = {"permission_overwrites": [everyone(world, str(bit))]}
            assert (await raw("PATCH", f"/channels/{room.id}", patch))[0] == 403
        room.overwrites[app.bot.id] = of_member(app.bot.id, allow=permissions.MANAGE_ROLES)
        put = {"type": 0, "allow": str(permissions.PIN_MESSAGES)}
        assert (await raw("PUT", f"/channels/{room.id}/permissions/{guild.id}", put))[0] == 204, "its own overwrite"


def of_member(ident: str, *, allow: int) -> Overwrite:
    return Overwrite(ident, 1, allow)


@pytest.mark.parametrize(
    ("lacks", "method", "path"),
    [
        (permissions.MANAGE_CHANNELS, "POST", "/guilds/{guild}/channels"),
        (permissions.MANAGE_CHANNELS, "PATCH", "/channels/{room}"),
        (permissions.MANAGE_ROLES, "PUT", "/channels/{room}/permissions/{guild}"),
        (permissions.MANAGE_ROLES, "DELETE", "/channels/{room}/permissions/{guild}"),
        (permissions.MANAGE_ROLES, "POST", "/guilds/{guild}/roles"),
        (permissions.MANAGE_ROLES, "PUT", "/guilds/{guild}/members/{ann}/roles/{role}"),
        (permissions.PIN_MESSAGES, "PUT", "/channels/{room}/messages/pins/{post}"),
        (permissions.PIN_MESSAGES, "DELETE", "/channels/{room}/messages/pins/{post}"),
    ],
)
async def test_each_act_needs_its_permission(lacks: int, method: str, path: str) -> None:
    """docs: resources/channel, resources/guild, resources/message#pin-message; error 50013."""
    world, app = stage(allow=permissions.BOT & ~lacks)
    role = world.role("attendees")
    room = next(iter(world.only_guild().channels.values()))
    bodies: dict[str, Any] = {"POST": {"name": "x"}, "PATCH": {"topic": "x"}, "PUT": {"type": 0, "allow": "0"}}
    async with serving(world) as running, DiscordHands(running.url, "ann") as ann:
        post = await ann.write("keynote-stage", "hello")
        filled = path.format(
            guild=world.only_guild().id, room=room.id, ann=world.named("ann").id, role=role.id, post=post
        )
        status, told, _ = await Raw(running, app)(method, filled, bodies.get(method) if "pins" not in path else None)
        assert (status, told["code"]) == (403, 50013)


async def test_a_channel_that_the_bot_may_not_view_is_out_of_its_reach() -> None:
    """docs: topics/permissions; error 50001; the list leaves it out since 16 November 2026 (change log)."""
    world, app = stage()
    hidden = world.channel("hidden", private=True, bots=False)
    async with serving(world) as running:
        raw = Raw(running, app)
        for method, path in (("GET", ""), ("PATCH", ""), ("GET", "/messages")):
            status, told, _ = await raw(method, f"/channels/{hidden.id}{path}", {} if method == "PATCH" else None)
            assert (status, told["code"]) == (403, 50001)
        _, listed, _ = await raw("GET", f"/guilds/{world.only_guild().id}/channels")
        assert [one["name"] for one in listed] == ["keynote-stage"]


async def test_only_categories_hold_channels() -> None:
    """docs: resources/channel#channel-object-channel-types (a category contains up to 50 channels)."""
    world, app = stage()
    guild = world.only_guild()
    room = next(iter(guild.channels.values()))
    async with serving(world) as running:
        raw = Raw(running, app)
        path = f"/guilds/{guild.id}/channels"
        status, told, _ = await raw("POST", path, {"name": "x", "parent_id": room.id})
        assert (status, leaves(told["errors"])) == (400, {"parent_id": "CHANNEL_PARENT_INVALID"})
        above = world.channel("Many", kind="category")
        for number in range(50):
            world.channel(f"room-{number}", category=above)
        status, told, _ = await raw("POST", path, {"name": "x", "parent_id": above.id})
        assert (status, leaves(told["errors"])) == (400, {"parent_id": "CHANNEL_PARENT_MAX_CHANNELS"})


async def test_roles_are_granted_in_buckets_of_ten_and_strangers_are_unknown() -> None:
    """docs: resources/guild#add-guild-member-role; topics/rate-limits; errors 10007, 10011, 10013."""
    clock = Clock()
    world, app = stage(rates=True, clock=clock)
    guild, role = world.only_guild(), world.role("attendees")
    stranger = world.user("stranger")
    async with serving(world) as running:
        raw = Raw(running, app)
        path = f"/guilds/{guild.id}/members/{{}}/roles/{{}}"
        for number in range(10):
            world.join(guest := world.user(f"guest-{number}"))
            status, _, headers = await raw("PUT", path.format(guest.id, role.id))
            assert (status, headers["X-RateLimit-Remaining"]) == (204, str(9 - number))
        status, told, _ = await raw("PUT", path.format(guest.id, role.id))
        assert status == 429
        assert 9 < told["retry_after"] <= 10.1
        clock.now += 11
        for who, which, code in ((stranger.id, role.id, 10007), ("5", role.id, 10013), (guest.id, "5", 10011)):
            status, told, _ = await raw("PUT", path.format(who, which))
            assert (status, told["code"]) == (404, code)


async def test_a_new_role_gives_nothing_that_the_bot_has_not_and_stands_below_it() -> None:
    """docs: resources/guild#create-guild-role; topics/permissions#permission-hierarchy; error 30005."""
    world, app = stage()
    guild = world.only_guild()
    async with serving(world) as running:
        raw = Raw(running, app)
        path = f"/guilds/{guild.id}/roles"
        body = {"name": "attendees", "permissions": "0", "hoist": False, "mentionable": False}
        status, made, _ = await raw("POST", path, body)
        assert (status, made["permissions"], made["position"]) == (200, "0", 1)
        assert "tags" not in made
        _, roles, _ = await raw("GET", path)
        bots = next(one for one in roles if one["managed"])
        assert bots["tags"] == {"bot_id": app.bot.id}
        assert bots["position"] > made["position"]
        status, told, _ = await raw("POST", path, body | {"permissions": str(permissions.ADMINISTRATOR)})
        assert (status, told["code"]) == (403, 50013)
        while len(guild.roles) < 250:
            world.role("more")
        status, told, _ = await raw("POST", path, body)
        assert (status, told["code"]) == (400, 30005)


async def test_a_deleted_role_leaves_no_overwrite_and_nobody_with_it() -> None:
    """docs: resources/guild#delete-guild-role; events/gateway-events#guild-role-delete."""
    world, app = stage()
    role = world.role("attendees")
    room = world.channel("backstage", private=True, members=[role])
    world.guilds[world.only_guild().id].members[world.named("ann").id].roles.append(role.id)
    async with serving(world) as running:
        raw = Raw(running, app)
        assert (await raw("DELETE", f"/guilds/{world.only_guild().id}/roles/{role.id}"))[0] == 204
    assert role.id not in room.overwrites
    assert world.only_guild().members[world.named("ann").id].roles == []


async def test_a_channel_holds_a_thousand_overwrites() -> None:
    """docs: topics/opcodes-and-status-codes#json: 30060."""
    world, app = stage()
    room = next(iter(world.only_guild().channels.values()))
    for number in range(1_000):
        room.overwrites[str(number + 1)] = of_member(str(number + 1), allow=0)
    async with serving(world) as running:
        path = f"/channels/{room.id}/permissions/{world.named('ann').id}"
        status, told, _ = await Raw(running, app)("PUT", path, {"type": 1, "allow": VIEW})
        assert (status, told["code"]) == (400, 30060)


async def test_a_topic_has_two_changes_in_ten_minutes_and_1024_characters() -> None:
    """docs: resources/channel#modify-channel; the rate is a maintainer's word, headers do not tell it."""
    clock = Clock()
    world, app = stage(rates=True, clock=clock)
    room = next(iter(world.only_guild().channels.values()))
    async with serving(world) as running, DiscordHands(running.url, "ann") as ann:
        raw = Raw(running, app)
        for topic in ("one", "two"):
            assert (await raw("PATCH", f"/channels/{room.id}", {"topic": topic}))[0] == 200
        clock.now += 60
        status, told, _ = await raw("PATCH", f"/channels/{room.id}", {"topic": "three"})
        assert status == 429
        assert told["retry_after"] > 500
        assert await ann.topic("keynote-stage") == "two"
        clock.now += 600
        status, told, _ = await raw("PATCH", f"/channels/{room.id}", {"topic": "x" * 1_025})
        assert leaves(told["errors"]) == {"topic": "BASE_TYPE_MAX_LENGTH"}


async def test_a_pin_is_told_by_a_notice_that_points_to_it_and_a_notice_cannot_be_pinned() -> None:
    """docs: resources/message#message-reference-content-attribution-pin-messages; errors 30003, 50021, 10008."""
    world, app = stage()
    room = next(iter(world.only_guild().channels.values()))
    async with serving(world) as running, DiscordHands(running.url, "mia") as mia:
        raw = Raw(running, app)
        post = await mia.write("keynote-stage", "slides")
        path = f"/channels/{room.id}/messages/pins"
        for _ in range(2):
            assert (await raw("PUT", f"{path}/{post}"))[0] == 204
        notice = next(one for one in room.messages.values() if one.type == 6)
        assert (notice.reference or {})["message_id"] == post
        seen = await mia.look("keynote-stage")
        assert [(one.pinned, one.system) for one in seen] == [(True, False), (False, True)]
        assert [one.id for one in await mia.pins("keynote-stage")] == [post]
        _, told, _ = await raw("GET", path)
        assert [one["message"]["id"] for one in told["items"]] == [post]
        assert (await raw("PUT", f"{path}/{notice.id}"))[1]["code"] == 50021
        assert (await raw("PUT", f"{path}/5"))[1]["code"] == 10008
        for number in range(249):
            room.messages[await mia.write("keynote-stage", f"line {number}")].pinned = 1.0
        last = await mia.write("keynote-stage", "one too many")
        assert (await raw("PUT", f"{path}/{last}"))[1]["code"] == 30003
        assert (await raw("DELETE", f"{path}/{post}"))[0] == 204
        assert (await raw("PUT", f"{path}/{last}"))[0] == 204


async def test_reactions_replies_and_files_are_told_as_events() -> None:
    """docs: events/gateway-events#message-reaction-add, resources/message#message-object (referenced_message)."""
    world, app = stage()
    told: list[tuple[str, dict[str, Any]]] = []

    class Listener(discord.Client):
        async def on_socket_raw_receive(self, message: str) -> None:
            event = json.loads(message)
            if event.get("t") in ("MESSAGE_CREATE", "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"):
                told.append((event["t"], event["d"]))

    bot = Listener(intents=all_intents(), guild_ready_timeout=0.05, enable_debug_events=True)
    async with serving(world) as running, connected(bot, app), DiscordHands(running.url, "ann") as ann:
        first = await ann.write("keynote-stage", "is there a recording?")
        await ann.upload("keynote-stage", "slides.pdf", b"x" * 10, "yes", reply_to=first)
        await ann.react("keynote-stage", first, "👍")
        await ann.react("keynote-stage", first, "👍", remove=True)
        await until(lambda: len(told) == 4)
        seen = await ann.look("keynote-stage")
    reply = told[1][1]
    assert (reply["type"], reply["message_reference"]["message_id"]) == (19, first)
    assert reply["referenced_message"]["content"] == "is there a recording?"
    assert (reply["attachments"][0]["filename"], reply["attachments"][0]["size"]) == ("slides.pdf", 10)
    (added, on), (removed, off) = told[2:]
    assert (added, removed) == ("MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE")
    assert on["member"]["user"]["id"] == off["user_id"] == world.named("ann").id
    assert "member" not in off
    assert (seen[1].thread, [it.label for it in seen[1].links]) == (first, ["slides.pdf"])


async def test_without_the_reactions_intent_nothing_is_heard_of_them() -> None:
    """docs: events/gateway#list-of-intents: GUILD_MESSAGE_REACTIONS."""
    world, app = stage()
    heard: list[str] = []

    class Deaf(discord.Client):
        async def on_raw_reaction_add(self, payload: Any) -> None:
            heard.append("reaction")

        async def on_message(self, message: discord.Message) -> None:
            heard.append(message.content)

    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    bot = Deaf(intents=intents, guild_ready_timeout=0.05)
    async with serving(world) as running, connected(bot, app), DiscordHands(running.url, "ann") as ann:
        first = await ann.write("keynote-stage", "one")
        await ann.react("keynote-stage", first, "👍")
        await ann.write("keynote-stage", "two")
        await until(lambda: "two" in heard)
    assert heard == ["one", "two"]


async def test_people_see_links_quotes_and_who_reacted() -> None:
    """docs: reference#message-formatting; a message's address: support article 206346498."""
    world, _ = stage()
    async with serving(world) as running, DiscordHands(running.url, "ann") as ann:
        room = next(iter(world.only_guild().channels.values()))
        first = await ann.write("keynote-stage", "is there a recording?")
        link = f"https://discord.com/channels/{world.only_guild().id}/{room.id}/{first}"
        await ann.write("keynote-stage", f"> [Ann]({link}): is there\nyes, at https://example.org/a, see <{link}>")
        await ann.react("keynote-stage", first, "👍")
        seen = await ann.look("keynote-stage")
    assert seen[0].reactions == {"👍": ("Ann Lee",)}
    assert [(it.label, it.post) for it in seen[1].links] == [
        ("Ann", (room.id, first)), ("https://example.org/a", None), (link, (room.id, first)),
    ]  # fmt: skip
    assert seen[1].quotes == ("Ann: is there",)


async def test_an_owner_renames_opens_and_deletes_channels_and_others_may_not() -> None:
    """docs: topics/permissions: MANAGE_CHANNELS, MANAGE_ROLES, PIN_MESSAGES."""
    world, _ = stage()
    room = next(iter(world.only_guild().channels.values()))
    async with (
        serving(world) as running,
        DiscordHands(running.url, "ann") as ann,
        DiscordHands(running.url, "mia") as mia,
    ):
        post = await ann.write("keynote-stage", "hello")
        for act in (
            ann.set_topic("keynote-stage", "x"),
            ann.rename("keynote-stage", "x"),
            ann.convert("keynote-stage", private=True),
            ann.delete_channel("keynote-stage"),
            ann.pin("keynote-stage", post),
        ):
            with pytest.raises(PermissionError):
                await act
        await mia.set_topic("keynote-stage", "Be kind")
        await mia.rename("keynote-stage", "Main Stage")
        assert [(one.name, one.topic) for one in await ann.channels()] == [("main-stage", "Be kind")]
        world.only_guild().owner_id = world.named("mia").id
        await mia.pin("main-stage", post)
        assert [one.id for one in await ann.pins("main-stage")] == [post]
        await mia.convert("main-stage", private=True)
        with pytest.raises(LookupError):
            await ann.look("main-stage")
        await mia.delete_channel("main-stage")
        assert room.id not in world.channels
