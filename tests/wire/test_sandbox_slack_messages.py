"""What a bot may do with messages, and what it finds in a channel's history."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.sandbox.slack import ManualClock, World
from adapters.sandbox.slack.mentions import rung
from tests.wire.test_sandbox_slack_office import BUTTONS, Office, until


async def test_a_bot_edits_and_deletes_its_own_messages_only() -> None:
    """docs.slack.dev/reference/methods/chat.update and …/chat.delete"""
    async with Office.open() as office:
        theirs = await (await office.hands("alice")).write("general", "mine")
        room = office.room.id
        assert await office.refused("chat.update", channel=room, ts=theirs, text="x") == "cant_update_message"
        assert await office.refused("chat.delete", channel=room, ts=theirs) == "cant_delete_message"
        own = (await office.web.chat_postMessage(channel=room, text="ours"))["ts"]
        assert await office.refused("chat.update", channel=room, ts=own, text="changed") == "ok"
        assert await office.refused("chat.delete", channel=room, ts=own) == "ok"
        assert await office.refused("chat.delete", channel=room, ts=own) == "message_not_found"


async def test_an_administrators_token_deletes_what_others_wrote() -> None:
    """docs.slack.dev/reference/methods/chat.delete: a user token deletes what that user may delete."""
    async with Office.open() as office:
        theirs = await (await office.hands("alice")).write("general", "mine")
        office.room.members.add(office.carol.id)
        office.web.token = office.space.user_token(office.install, office.carol, ["chat:write"])
        assert await office.refused("chat.delete", channel=office.room.id, ts=theirs) == "ok"


async def test_an_ephemeral_message_is_seen_by_one_person_until_they_reload() -> None:
    """docs.slack.dev/reference/methods/chat.postEphemeral: not kept across reloads, not seen by others."""
    async with Office.open() as office:
        room = office.room.id
        sent = await office.web.chat_postEphemeral(channel=room, user=office.alice.id, text="psst")
        alice, bob = await office.hands("alice"), await office.hands("bob")
        assert [(one.text, one.private) for one in await alice.look("general")] == [("psst", True)]
        assert not await bob.look("general")
        assert await office.refused("chat.update", channel=room, ts=sent["message_ts"], text="x") == "message_not_found"
        await alice.reload()
        assert not await alice.look("general")


async def test_history_holds_no_ephemeral_message() -> None:
    """docs.slack.dev/reference/methods/conversations.history"""
    async with Office.open() as office:
        room = office.room.id
        await office.web.chat_postEphemeral(channel=room, user=office.alice.id, text="psst")
        await office.web.chat_postMessage(channel=room, text="aloud")
        history = await office.web.conversations_history(channel=room)
        assert [one["text"] for one in history["messages"]] == ["aloud"]


async def test_an_ephemeral_message_needs_its_reader_in_the_channel() -> None:
    """docs.slack.dev/reference/methods/chat.postEphemeral: user_not_in_channel"""
    async with Office.open() as office:
        arguments = {"channel": office.room.id, "user": office.carol.id, "text": "psst"}
        assert await office.refused("chat.postEphemeral", **arguments) == "user_not_in_channel"


async def test_posts_are_refused_where_the_bot_is_not_and_where_nothing_is_said() -> None:
    """docs.slack.dev/reference/methods/chat.postMessage: the table of errors"""
    async with Office.open() as office:
        public = office.space.channel("public", members=[office.alice])
        secret = office.space.channel("secret", private=True, members=[office.alice])
        gone = office.space.channel("gone", members=[office.install.bot])
        gone.archived = True
        assert await office.refused("chat.postMessage", channel=public.id, text="x") == "not_in_channel"
        assert await office.refused("chat.postMessage", channel=secret.id, text="x") == "channel_not_found"
        assert await office.refused("chat.postMessage", channel=gone.id, text="x") == "is_archived"
        assert await office.refused("chat.postMessage", channel=office.room.id) == "no_text"
        assert await office.refused("chat.postMessage", text="x") == "invalid_arguments"
        long = "x" * 4001
        own = (await office.web.chat_postMessage(channel=office.room.id, text="short"))["ts"]
        assert await office.refused("chat.update", channel=office.room.id, ts=own, text=long) == "msg_too_long"


async def test_another_name_needs_its_own_scope_and_is_ignored_without_it() -> None:
    """docs.slack.dev/reference/scopes/chat.write.customize"""
    async with Office.open() as office:
        plain = await office.web.chat_postMessage(channel=office.room.id, text="x", username="Ann (Discord)")
        assert "username" not in plain["message"]
        assert plain["message"]["user"] == office.install.bot.id
        assert any("chat:write.customize" in one for one in office.world.violations)
    async with Office.open(scopes=["chat:write", "chat:write.customize"]) as office:
        dressed = await office.web.chat_postMessage(channel=office.room.id, text="x", username="Ann (Discord)")
        message = dressed["message"]
        assert (message["username"], message["subtype"]) == ("Ann (Discord)", "bot_message")
        assert "user" not in message
        assert (message["bot_id"], message["app_id"]) == (office.install.bot_id, office.install.app.id)


async def test_metadata_is_shown_only_when_it_is_asked_for() -> None:
    """docs.slack.dev/reference/methods/conversations.history: include_all_metadata"""
    async with Office.open() as office:
        metadata = {"event_type": "surface", "event_payload": {"id": "7"}}
        await office.web.chat_postMessage(channel=office.room.id, text="x", metadata=metadata)
        plain = await office.web.conversations_history(channel=office.room.id)
        full = await office.web.conversations_history(channel=office.room.id, include_all_metadata=True)
        assert "metadata" not in plain["messages"][0]
        assert full["messages"][0]["metadata"] == metadata
        refused = await office.refused("chat.postMessage", channel=office.room.id, text="x", metadata={"a": 1})
        assert refused == "invalid_metadata_format"


async def test_a_ts_is_unique_and_grows_even_when_time_stands_still() -> None:
    """docs.slack.dev/messaging/retrieving-messages: ts is unique within its channel."""
    async with Office.open(World(clock=ManualClock(1_700_000_000.0001))) as office:
        stamps = [(await office.web.chat_postMessage(channel=office.room.id, text=str(n)))["ts"] for n in range(5)]
        assert stamps[0] == "1700000000.000100"
        assert stamps == sorted(set(stamps))


async def test_history_pages_newest_first_with_a_cursor() -> None:
    """docs.slack.dev/apis/web-api/pagination"""
    async with Office.open() as office:
        for number in range(5):
            await office.web.chat_postMessage(channel=office.room.id, text=str(number))
        first = await office.web.conversations_history(channel=office.room.id, limit=2)
        assert [one["text"] for one in first["messages"]] == ["4", "3"]
        assert first["has_more"]
        cursor = first["response_metadata"]["next_cursor"]
        second = await office.web.conversations_history(channel=office.room.id, limit=2, cursor=cursor)
        assert [one["text"] for one in second["messages"]] == ["2", "1"]
        oldest = first["messages"][1]["ts"]
        later = await office.web.conversations_history(channel=office.room.id, oldest=oldest)
        assert [one["text"] for one in later["messages"]] == ["4"]
        assert await office.refused("conversations.history", channel=office.room.id, cursor="?") == "invalid_cursor"


async def test_replies_stay_in_their_thread_unless_broadcast() -> None:
    """docs.slack.dev/reference/methods/conversations.replies"""
    async with Office.open() as office:
        room = office.room.id
        root = (await office.web.chat_postMessage(channel=room, text="root"))["ts"]
        await office.web.chat_postMessage(channel=room, text="inside", thread_ts=root)
        await office.web.chat_postMessage(channel=room, text="both", thread_ts=root, reply_broadcast=True)
        top = (await office.web.conversations_history(channel=room))["messages"]
        assert [one["text"] for one in top] == ["both", "root"]
        assert top[1]["reply_count"] == 2
        thread = (await office.web.conversations_replies(channel=room, ts=root))["messages"]
        assert [one["text"] for one in thread] == ["root", "inside", "both"]
        assert await office.refused("conversations.replies", channel=room, ts="1.000001") == "thread_not_found"


async def test_a_deleted_parent_of_a_thread_leaves_a_tombstone() -> None:
    """docs.slack.dev/reference/events/message: a parent with replies is hidden, not gone."""
    async with Office.open() as office:
        alice = await office.hands("alice")
        root = await alice.write("general", "root")
        await alice.write("general", "reply", reply_to=root)
        await alice.delete("general", root)
        assert [one.text for one in await alice.look("general")] == ["This message was deleted.", "reply"]


async def test_blocks_come_back_with_ids_and_defaults_filled_in() -> None:
    """docs.slack.dev/reference/block-kit/blocks: a block_id is made when none is given."""
    async with Office.open() as office:
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}]
        sent = await office.web.chat_postMessage(channel=office.room.id, text="hello", blocks=blocks)
        kept = sent["message"]["blocks"][0]
        assert kept["block_id"]
        assert kept["text"]["verbatim"] is False


async def test_an_update_without_blocks_keeps_them() -> None:
    """docs.slack.dev/reference/methods/chat.update: an empty list removes the blocks, leaving them out does not."""
    async with Office.open() as office:
        room = office.room.id
        own = (await office.web.chat_postMessage(channel=room, text="Well?", blocks=BUTTONS))["ts"]
        kept = await office.web.chat_update(channel=room, ts=own, text="Over")
        assert kept["message"]["blocks"]
        gone = await office.web.chat_update(channel=room, ts=own, text="Over", blocks=[])
        assert "blocks" not in gone["message"]


async def test_a_preview_changes_a_message_that_nobody_edited() -> None:
    """docs.slack.dev/messaging/unfurling-links-in-messages"""
    clock = ManualClock()
    async with Office.open(World(clock=clock, unfurls=True)) as office:
        await (await office.hands("alice")).write("general", "see https://a.example/x")
        message = next(iter(office.room.messages.values()))
        await clock.advance(1.0)
        await until(lambda: message.attachments)
        assert message.edited is None


async def test_a_person_edits_and_deletes_only_their_own_lines() -> None:
    """docs.slack.dev/reference/methods/chat.update: the same rule for persons."""
    async with Office.open() as office:
        alice, bob = await office.hands("alice"), await office.hands("bob")
        ts = await alice.write("general", "mine")
        with pytest.raises(LookupError, match="somebody else's"):
            await bob.edit("general", ts, "not mine")


async def test_private_channels_are_invisible_to_others() -> None:
    """docs.slack.dev/apis/web-api/using-the-conversations-api"""
    async with Office.open() as office:
        office.space.channel("secret", private=True, members=[office.alice])
        await (await office.hands("alice")).write("secret", "between us")
        with pytest.raises(LookupError, match="sees no channel"):
            await (await office.hands("bob")).look("secret")


def section(kind: str, words: str) -> dict[str, Any]:
    return {"text": "x", "blocks": [{"type": "section", "text": {"type": kind, "text": words}}]}


@pytest.mark.parametrize(
    ("arguments", "mentions"),
    [
        ({"text": "hello <!here>"}, ["!here"]),
        ({"text": "hello &lt;!here&gt; @here @everyone"}, []),
        ({"text": "hello @here", "parse": "full"}, ["!here"]),
        ({"text": "<@U0ABC> <!subteam^S0ABC|team>"}, ["@U0ABC", "!subteam^S0ABC"]),
        (
            section("mrkdwn", "<!channel>"),
            ["!channel"],
        ),
        (section("plain_text", "<!channel>"), []),
    ],
)
async def test_whom_a_message_rings_is_read_as_slack_reads_it(arguments: dict[str, Any], mentions: list[str]) -> None:
    """docs.slack.dev/messaging/formatting-message-text: mentions and special mentions"""
    async with Office.open() as office:
        await office.web.chat_postMessage(channel=office.room.id, **arguments)
        assert [one["mention"] for one in rung(office.world)] == mentions


async def test_an_apps_text_is_kept_escaped_and_its_links_marked() -> None:
    """docs.slack.dev/messaging/formatting-message-text: escaping; links are found in text"""
    async with Office.open() as office:
        sent = await office.web.chat_postMessage(channel=office.room.id, text="R&D <b> https://a.example/x 🎉")
        assert sent["message"]["text"] == "R&amp;D &lt;b&gt; <https://a.example/x> :tada:"
        assert (await (await office.hands("alice")).look("general"))[0].text == "R&D <b> https://a.example/x 🎉"
