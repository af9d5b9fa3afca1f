"""The life of a channel: made, named, described, filled, emptied, put away; and who may do what."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.wire.test_sandbox_slack_office import SCOPES, Office

Json = dict[str, Any]


async def made(office: Office, name: str = "stage", *, private: bool = True) -> str:
    return str((await office.web.conversations_create(name=name, is_private=private))["channel"]["id"])


async def lines(office: Office, channel: str) -> list[Json]:
    """The channel's messages, oldest first."""
    return list(reversed((await office.web.conversations_history(channel=channel))["messages"]))


async def test_a_new_channel_says_who_made_it_and_when() -> None:
    """docs.slack.dev/reference/methods/conversations.create"""
    async with Office.open() as office:
        channel = (await office.web.conversations_create(name="stage", is_private=True))["channel"]
        assert (channel["creator"], channel["is_private"], channel["is_member"]) == (office.install.bot.id, True, True)
        assert abs(channel["created"] - office.world.clock.now()) < 2
        assert isinstance(channel["created"], int)
        assert [one["subtype"] for one in await lines(office, channel["id"])] == ["group_join"]


async def test_a_private_channel_needs_the_scope_for_private_channels() -> None:
    """docs.slack.dev/reference/methods/conversations.create: scopes channels:manage, groups:write"""
    async with Office.open(scopes=["channels:manage"]) as office:
        assert await office.refused("conversations.create", name="open") == "ok"
        assert await office.refused("conversations.create", name="closed", is_private=True) == "missing_scope"


@pytest.mark.parametrize("private", [True, False])
async def test_only_admins_may_make_channels_where_the_workspace_says_so(private: bool) -> None:
    """docs.slack.dev/reference/methods/conversations.create: restricted_action"""
    async with Office.open() as office:
        office.space.only_admins = {"create_private"} if private else {"create"}
        assert await office.refused("conversations.create", name="a", is_private=private) == "restricted_action"
        assert await office.refused("conversations.create", name="a", is_private=not private) == "ok"
        with pytest.raises(LookupError, match="admins"):
            await (await office.hands("alice")).create("b", private=private)
        await (await office.hands("carol")).create("b", private=private)


@pytest.mark.parametrize(
    ("action", "method", "arguments"),
    [
        ("archive", "conversations.archive", {}),
        ("rename", "conversations.rename", {"name": "other"}),
        ("kick", "conversations.kick", {"user": "alice"}),
        ("invite", "conversations.invite", {"users": "carol"}),
        ("pin", "pins.add", {"timestamp": "0.1"}),
    ],
)
async def test_what_the_workspace_leaves_to_admins_is_refused_to_the_bot(
    action: str, method: str, arguments: Json
) -> None:
    """docs.slack.dev/reference/methods/conversations.kick and others: restricted_action"""
    async with Office.open() as office:
        channel = await made(office)
        await office.web.conversations_invite(channel=channel, users=office.alice.id)
        ts = (await office.web.chat_postMessage(channel=channel, text="x"))["ts"]
        known = {"alice": office.alice.id, "carol": office.carol.id, "0.1": ts}
        arguments = {name: known.get(value, value) for name, value in arguments.items()}
        office.space.only_admins = {action}
        assert await office.refused(method, channel=channel, **arguments) == "restricted_action"
        office.space.only_admins = set()
        assert await office.refused(method, channel=channel, **arguments) == "ok"


@pytest.mark.parametrize(
    ("posting", "threaded", "word"),
    [
        ("", True, "ok"),
        ("read_only", False, "restricted_action_read_only_channel"),
        ("read_only", True, "restricted_action_read_only_channel"),
        ("thread_only", False, "restricted_action_thread_only_channel"),
        ("thread_only", True, "ok"),
        ("non_threadable", False, "ok"),
        ("non_threadable", True, "restricted_action_non_threadable_channel"),
    ],
)
async def test_a_channels_posting_permissions_leave_posting_to_admins(posting: str, threaded: bool, word: str) -> None:
    """docs.slack.dev/reference/methods/chat.postMessage, admin.conversations.setConversationPrefs: who_can_post"""
    async with Office.open() as office:
        channel = await made(office)
        await office.web.conversations_invite(channel=channel, users=f"{office.alice.id},{office.carol.id}")
        thread = (await office.web.chat_postMessage(channel=channel, text="x"))["ts"] if threaded else None
        room = office.space.channels[channel]
        room.posting = posting
        more = {"thread_ts": thread} if thread else {}
        assert await office.refused("chat.postMessage", channel=channel, text="y", **more) == word
        alice, carol = await office.hands("alice"), await office.hands("carol")
        await carol.write(room.name, "an admin may", reply_to=thread)
        if word == "ok":
            await alice.write(room.name, "z", reply_to=thread)
        else:
            with pytest.raises(LookupError, match=word):
                await alice.write(room.name, "z", reply_to=thread)


async def test_a_workspace_that_leaves_posting_to_admins_refuses_the_bots() -> None:
    """docs.slack.dev/reference/methods/chat.postMessage: restricted_action"""
    async with Office.open() as office:
        channel = await made(office)
        office.space.only_admins = {"post"}
        assert await office.refused("chat.postMessage", channel=channel, text="y") == "restricted_action"


async def test_inviting_leaves_a_line_that_names_who_invited() -> None:
    """docs.slack.dev/reference/events/message/group_join and …/channel_join"""
    async with Office.open() as office:
        channel = await made(office)
        await office.web.conversations_invite(channel=channel, users=[office.alice.id, office.bob.id])
        last = (await lines(office, channel))[-1]
        assert (last["subtype"], last["inviter"]) == ("group_join", office.install.bot.id)
        members = (await office.web.conversations_members(channel=channel))["members"]
        assert set(members) == {office.install.bot.id, office.alice.id, office.bob.id}


async def test_each_refused_guest_is_named_with_a_reason_and_the_others_come() -> None:
    """docs.slack.dev/reference/methods/conversations.invite: errors, ura_max_channels, user_is_restricted"""
    async with Office.open() as office:
        one = office.space.user("gus", guest="single")
        several = office.space.user("gina", guest="multi")
        office.room.members |= {one.id, several.id}
        gone = office.space.user("gone")
        gone.deleted = True
        channel = await made(office)
        ids = [one.id, several.id, gone.id, "U0NOBODY", office.install.bot.id, office.alice.id]
        done = await office.web.conversations_invite(channel=channel, users=ids, force=True)
        assert {it["user"]: it["error"] for it in done["errors"]} == {
            one.id: "ura_max_channels",
            several.id: "user_is_restricted",
            gone.id: "cant_invite",
            "U0NOBODY": "user_not_found",
            office.install.bot.id: "cant_invite_self",
        }
        assert office.alice.id in office.space.channels[channel].members
        with pytest.raises(SlackApiError) as refused:
            await office.web.conversations_invite(channel=channel, users=[office.bob.id, several.id])
        assert refused.value.response["errors"] == [{"user": several.id, "ok": False, "error": "user_is_restricted"}]
        assert office.bob.id not in office.space.channels[channel].members
        shown = (await office.web.users_info(user=one.id))["user"]
        assert (shown["is_restricted"], shown["is_ultra_restricted"]) == (True, True)


async def test_a_guest_finds_only_their_own_channels() -> None:
    """slack.com help: guests see the channels that they were invited to"""
    async with Office.open() as office:
        guest = office.space.user("gus", guest="multi")
        office.space.channel("open", members=[office.alice])
        office.space.channel("theirs", members=[guest])
        hands = await office.hands("gus")
        assert [room.name for room in await hands.channels()] == ["theirs"]
        with pytest.raises(LookupError):
            await hands.join("open")


async def test_removing_needs_a_member_and_never_works_in_general() -> None:
    """docs.slack.dev/reference/methods/conversations.kick: errors"""
    async with Office.open() as office:
        channel = await made(office)
        kick = {"channel": channel, "user": office.alice.id}
        assert await office.refused("conversations.kick", **kick) == "not_in_channel"
        assert await office.refused("conversations.kick", channel=channel, user="U0NOBODY") == "user_not_found"
        assert await office.refused("conversations.kick", channel=channel, user=office.install.bot.id) == (
            "cant_kick_self"
        )
        await office.web.conversations_invite(channel=channel, users=office.alice.id)
        assert await office.refused("conversations.kick", **kick) == "ok"
        assert (await lines(office, channel))[-1]["subtype"] == "group_leave"
        office.room.general = True
        assert await office.refused("conversations.kick", channel=office.room.id, user=office.alice.id) == (
            "cant_kick_from_general"
        )
        alice = await office.hands("alice")
        assert [room.name for room in await alice.channels()] == ["general"]
        words = "You have been removed from #stage by @Sidestage"
        assert [(post.author, post.text) for post in await alice.look("@slackbot")] == [("Slackbot", words)]
        slackbot = (await office.web.users_info(user="USLACKBOT"))["user"]
        assert (slackbot["name"], slackbot["is_bot"]) == ("slackbot", False)


async def test_settings_and_guests_are_added_while_it_runs() -> None:
    """The stand-in's own: a script sets the scene over HTTP."""
    async with Office.open() as office, aiohttp.ClientSession() as session:
        body = {"users": [{"name": "gus", "guest": "single"}], "only_admins": ["create"]}
        await session.post(f"{office.running.base_url}/sandbox/world", json=body)
        assert office.space.find_user("gus").guest == "single"
        assert await office.refused("conversations.create", name="open") == "restricted_action"


async def test_topics_are_250_characters_and_leave_a_line_each() -> None:
    """docs.slack.dev/reference/methods/conversations.setTopic: too_long"""
    async with Office.open() as office:
        channel = await made(office, private=False)
        assert await office.refused("conversations.setTopic", channel=channel, topic="x" * 251) == "too_long"
        assert await office.refused("conversations.setPurpose", channel=channel, purpose="x" * 251) == "too_long"
        await office.web.conversations_setTopic(channel=channel, topic="x" * 250)
        await office.web.conversations_setTopic(channel=channel, topic="Talk 2 of 5")
        last = (await lines(office, channel))[-1]
        assert (last["subtype"], last["topic"]) == ("channel_topic", "Talk 2 of 5")
        topic = (await office.web.conversations_info(channel=channel))["channel"]["topic"]
        assert (topic["value"], topic["creator"]) == ("Talk 2 of 5", office.install.bot.id)
        assert await (await office.hands("alice")).topic("stage") == "Talk 2 of 5"
        assert await office.refused("conversations.setTopic", channel=channel, topic="") == "ok"


async def test_narrow_scopes_open_inviting_and_topics_and_nothing_more() -> None:
    """docs.slack.dev/reference/scopes/groups.write.invites and …/groups.write.topic"""
    narrow = ["groups:write.invites", "groups:write.topic", "groups:read"]
    async with Office.open(scopes=narrow) as office:
        room = office.space.channel("theirs", private=True, members=[office.alice, office.install.bot])
        assert await office.refused("conversations.invite", channel=room.id, users=office.bob.id) == "ok"
        assert await office.refused("conversations.setTopic", channel=room.id, topic="x") == "ok"
        for method, more in (("kick", {"user": office.bob.id}), ("rename", {"name": "x"}), ("archive", {})):
            assert await office.refused(f"conversations.{method}", channel=room.id, **more) == "missing_scope"


async def test_archiving_throws_the_bot_out_and_only_a_person_brings_the_channel_back() -> None:
    """docs.slack.dev/reference/methods/conversations.archive and …/conversations.unarchive (bot tokens)"""
    async with Office.open() as office:
        channel = await made(office, private=False)
        await office.web.conversations_invite(channel=channel, users=office.carol.id)
        await office.web.conversations_archive(channel=channel)
        shown = (await office.web.conversations_info(channel=channel))["channel"]
        assert (shown["is_archived"], shown["is_member"]) == (True, False)
        assert await office.refused("conversations.archive", channel=channel) == "already_archived"
        assert await office.refused("chat.postMessage", channel=channel, text="x") == "is_archived"
        assert await office.refused("conversations.history", channel=channel) == "not_in_channel"
        assert await office.refused("conversations.unarchive", channel=channel) == "not_in_channel"
        carol = await office.hands("carol")
        assert (await carol.look("stage"))[-1].text == "@Sidestage archived the channel"
        await carol.archive("stage", undo=True)
        assert await office.refused("conversations.setTopic", channel=channel, topic="x") == "not_in_channel"
        assert await office.refused("conversations.join", channel=channel) == "ok"


async def test_an_archived_private_channel_is_out_of_the_bots_sight() -> None:
    """docs.slack.dev/reference/methods/conversations.info: channel_not_found"""
    async with Office.open() as office:
        channel = await made(office)
        await office.web.conversations_archive(channel=channel)
        for method in ("conversations.info", "conversations.archive", "conversations.members"):
            assert await office.refused(method, channel=channel) == "channel_not_found"


async def test_a_channel_is_renamed_by_its_maker_and_keeps_its_former_names() -> None:
    """docs.slack.dev/reference/methods/conversations.rename: not_authorized, name_taken"""
    async with Office.open() as office:
        channel = await made(office)
        assert await office.refused("conversations.rename", channel=office.room.id, name="x") == "not_authorized"
        assert await office.refused("conversations.rename", channel=channel, name="general") == "name_taken"
        assert await office.refused("conversations.rename", channel=channel, name="Not so") == "invalid_name_specials"
        await office.web.conversations_rename(channel=channel, name="stage-2")
        shown = (await office.web.conversations_info(channel=channel))["channel"]
        assert (shown["name"], shown["previous_names"]) == ("stage-2", ["stage"])
        last = (await lines(office, channel))[-1]
        assert (last["subtype"], last["old_name"], last["name"]) == ("group_name", "stage", "stage-2")


async def test_lists_tell_kinds_makers_and_the_archived() -> None:
    """docs.slack.dev/reference/methods/conversations.list and …/users.conversations: types, exclude_archived"""
    async with Office.open() as office:
        office.space.channel("secret", private=True, members=[office.alice])
        office.space.channel("elsewhere", members=[office.alice])
        mine, old = await made(office), await made(office, "old", private=False)
        await office.web.conversations_archive(channel=old)

        async def names(method: str, **more: Any) -> list[str]:
            return [one["name"] for one in (await office.web.api_call(method, json=more))["channels"]]

        both = "public_channel,private_channel"
        assert await names("conversations.list", types=both) == ["general", "elsewhere", "stage", "old"]
        assert await names("conversations.list", exclude_archived=True) == ["general", "elsewhere"]
        assert await names("users.conversations", types=both) == ["general", "stage"]
        assert await names("users.conversations", types="private_channel", user=office.alice.id) == []
        listed = (await office.web.conversations_list(types="private_channel"))["channels"][0]
        assert (listed["id"], listed["creator"], listed["num_members"]) == (mine, office.install.bot.id, 1)
        assert await office.refused("conversations.list", types="secret") == "invalid_types"


async def test_members_come_in_pages() -> None:
    """docs.slack.dev/reference/methods/conversations.members: cursor, limit"""
    async with Office.open() as office:
        for number in range(250):
            office.room.members.add(office.space.user(f"p{number}").id)
        found: list[str] = []
        cursor = ""
        while True:
            page = await office.web.conversations_members(channel=office.room.id, limit=100, cursor=cursor)
            found += page["members"]
            cursor = page["response_metadata"]["next_cursor"]
            if not cursor:
                break
        assert sorted(found) == sorted(office.room.members)
        told = (await office.web.conversations_info(channel=office.room.id, include_num_members=True))["channel"]
        assert told["num_members"] == len(found) == 253
        bad = {"channel": office.room.id, "cursor": "!"}
        assert await office.refused("conversations.members", **bad) == "invalid_cursor"


async def test_the_team_has_an_address_and_the_bot_an_app() -> None:
    """docs.slack.dev/reference/methods/auth.test and …/bots.info"""
    async with Office.open() as office:
        told = await office.web.auth_test()
        assert told["url"] == "https://acme.slack.com/"
        bot = (await office.web.bots_info(bot=told["bot_id"]))["bot"]
        assert (bot["app_id"], bot["user_id"]) == (office.install.app.id, told["user_id"])
        assert await office.refused("bots.info", bot="B0NOBODY") == "bot_not_found"
    async with Office.open(scopes=[one for one in SCOPES if one != "users:read"]) as office:
        assert await office.refused("bots.info", bot=office.install.bot_id) == "missing_scope"
