"""Which events an app is told of, what they hold, and that no others come: by scope, subscription and membership."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.sandbox.slack import SlackHands
from tests.wire.test_sandbox_slack_office import SCOPES, Office, until

Json = dict[str, Any]
ROOMS = [
    *("channel_created", "channel_rename", "channel_archive", "channel_unarchive", "channel_deleted", "channel_left"),
    *("channel_shared", "channel_unshared", "group_rename", "group_archive", "group_unarchive", "group_deleted"),
    *("group_left", "member_joined_channel", "member_left_channel", "pin_added", "pin_removed"),
    *("reaction_added", "reaction_removed", "message.channels", "message.groups", "message.im", "app_home_opened"),
]


class Ear:
    """Everything that the app is told."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []

    @classmethod
    async def on(cls, office: Office) -> Ear:
        ear = cls()
        app = await office.bolt(own=True)

        @app.middleware
        async def listen(body: Json, next_: Any) -> None:
            ear.bodies.append(body)
            await next_()

        for name in {"message" if one.startswith("message.") else one for one in ROOMS}:
            app.event(name)(_nothing)
        return ear

    def of(self, *kinds: str) -> list[Json]:
        return [one["event"] for one in self.bodies if one["event"]["type"] in kinds]

    def lines(self, subtype: str | None) -> list[Json]:
        return [one for one in self.of("message") if one.get("subtype") == subtype]

    async def hear(self, *kinds: str, count: int = 1) -> list[Json]:
        await until(lambda: len(self.of(*kinds)) >= count)
        return self.of(*kinds)


async def _nothing() -> None: ...


async def settled(hands: SlackHands, ear: Ear) -> None:
    """Whatever was on its way has arrived: a line written last is heard last, or nearly so."""
    ts = await hands.write("general", "the end")
    await until(lambda: any(one.get("ts") == ts for one in ear.of("message")))
    await asyncio.sleep(0.05)


@pytest.mark.parametrize(("private", "twin"), [(False, "channel"), (True, "group")])
async def test_the_life_of_a_channel_is_told_by_its_kind(private: bool, twin: str) -> None:
    """docs.slack.dev/reference/events/channel_rename, …/group_rename and their like"""
    async with Office.open(events=ROOMS) as office:
        room = office.space.channel("stage", private=private, members=[office.carol, office.install.bot])
        ear = await Ear.on(office)
        carol = await office.hands("carol")
        await carol.rename("stage", "stage-2")
        assert (await ear.hear(f"{twin}_rename"))[0]["channel"]["name"] == "stage-2"
        await carol.archive("stage-2")
        told = (await ear.hear(f"{twin}_archive"))[0]
        assert (told["channel"], told["user"]) == (room.id, office.carol.id)
        assert [one["channel_type"] for one in ear.lines(f"{twin}_archive")] == [twin]
        await carol.archive("stage-2", undo=True)
        await settled(await office.hands("alice"), ear)
        # The bot fell out of the channel: of a private one it hears nothing any more.
        assert len(ear.of(f"{twin}_unarchive")) == (0 if private else 1)
        other = {"channel": "group", "group": "channel"}[twin]
        assert not ear.of(f"{other}_rename", f"{other}_archive", f"{other}_unarchive")


async def test_deleting_and_making_channels_is_told_of_public_ones_and_of_own_private_ones() -> None:
    """docs.slack.dev/reference/events/channel_created, …/channel_deleted and …/group_deleted"""
    async with Office.open(events=ROOMS) as office:
        office.space.channel("ours", private=True, members=[office.carol, office.install.bot])
        office.space.channel("theirs", private=True, members=[office.carol])
        ear = await Ear.on(office)
        carol = await office.hands("carol")
        made = await carol.create("open")
        await carol.create("closed", private=True)
        for name in ("ours", "theirs", "open"):
            await carol.delete_channel(name)
        await settled(await office.hands("alice"), ear)
        assert [(one["channel"]["id"], one["channel"]["creator"]) for one in ear.of("channel_created")] == [
            (made, office.carol.id)
        ]
        assert [one["channel"] for one in ear.of("channel_deleted")] == [made]
        assert len(ear.of("group_deleted")) == 1


async def test_the_bot_hears_of_its_own_removal_by_another_event_and_from_slackbot() -> None:
    """docs.slack.dev/reference/events/channel_left and …/group_left; member_left_channel goes to those who stay"""
    async with Office.open(events=ROOMS) as office:
        office.space.channel("stage", private=True, members=[office.carol, office.install.bot])
        ear = await Ear.on(office)
        carol = await office.hands("carol")
        await carol.join("general")
        await carol.kick("general", "@bot")
        await carol.kick("stage", "@bot")
        left = await ear.hear("channel_left", "group_left", count=2)
        assert {one["type"]: one["actor_id"] for one in left} == {
            "channel_left": office.carol.id,
            "group_left": office.carol.id,
        }
        await until(lambda: len([one for one in ear.of("message") if one["channel_type"] == "im"]) == 2)
        said = [one for one in ear.of("message") if one["channel_type"] == "im"]
        assert {one["user"] for one in said} == {"USLACKBOT"}
        assert not ear.of("member_left_channel")
        assert await office.refused("conversations.info", channel=left[1]["channel"]) in ("ok", "channel_not_found")


async def test_members_come_and_go_and_the_channels_kind_asks_for_its_own_scope() -> None:
    """docs.slack.dev/reference/events/member_joined_channel: channels:read for public, groups:read for private ones"""
    scopes = [one for one in SCOPES if one != "groups:read"]
    async with Office.open(events=ROOMS, scopes=scopes) as office:
        office.space.channel("stage", private=True, members=[office.alice, office.install.bot])
        ear = await Ear.on(office)
        alice = await office.hands("alice")
        for name in ("stage", "general"):
            await alice.invite(name, "carol")
            await alice.kick(name, "carol")
        await settled(alice, ear)
        assert [(one["channel"], one["inviter"], one["team"]) for one in ear.of("member_joined_channel")] == [
            (office.room.id, office.alice.id, office.space.id)
        ]
        assert [one["user"] for one in ear.of("member_left_channel")] == [office.carol.id]


async def test_an_app_added_in_the_channels_settings_leaves_a_line_of_its_own() -> None:
    """docs.slack.dev/reference/events/message/bot_add"""
    async with Office.open(events=ROOMS) as office:
        office.space.channel("stage", members=[office.alice])
        alice = await office.hands("alice")
        await alice.invite("stage", "@bot", integration=True)
        history = await office.web.conversations_history(channel=office.space.find_channel("stage", office.alice).id)
        assert [one["subtype"] for one in history["messages"]] == ["channel_join", "bot_add"]


async def test_a_private_channel_made_public_is_told_by_a_line_and_made_private_by_joins_too() -> None:
    """docs.slack.dev/reference/events/message/channel_convert_to_public and …/channel_convert_to_private"""
    async with Office.open(events=ROOMS) as office:
        room = office.space.channel("back", private=True, members=[office.alice, office.carol, office.install.bot])
        ear = await Ear.on(office)
        carol = await office.hands("carol")
        with pytest.raises(LookupError, match="no admin"):
            await (await office.hands("alice")).convert("back", private=False)
        await carol.convert("back", private=False)
        await until(lambda: ear.lines("channel_convert_to_public"))
        line = ear.lines("channel_convert_to_public")[0]
        assert (line["channel"], line["channel_type"], line["user"]) == (room.id, "channel", office.carol.id)
        shown = (await office.web.conversations_info(channel=room.id))["channel"]
        assert (shown["is_private"], shown["is_channel"], shown["id"]) == (False, True, room.id)
        assert "back" in [one.name for one in await (await office.hands("bob")).channels()]
        assert not ear.of("member_joined_channel")
        await carol.convert("back", private=True)
        await until(lambda: ear.lines("channel_convert_to_private"))
        assert (await office.web.conversations_info(channel=room.id))["channel"]["is_private"]
        joined = await ear.hear("member_joined_channel", count=3)
        assert {one["user"] for one in joined} == room.members
        assert not any("inviter" in one for one in joined)
        assert {one["type"] for one in ear.of(*ROOMS)} <= {"message", "member_joined_channel"}


async def test_reactions_name_the_message_its_author_and_the_moment() -> None:
    """docs.slack.dev/reference/events/reaction_added and …/reaction_removed"""
    async with Office.open(events=ROOMS, scopes=[*SCOPES, "chat:write.customize"]) as office:
        ear = await Ear.on(office)
        alice, bob = await office.hands("alice"), await office.hands("bob")
        ts = await alice.write("general", "hello")
        await bob.react("general", ts, "👍")
        added = (await ear.hear("reaction_added"))[0]
        assert added["item"] == {"type": "message", "channel": office.room.id, "ts": ts}
        assert (added["user"], added["item_user"], added["reaction"]) == (office.bob.id, office.alice.id, "+1")
        assert float(added["event_ts"]) > float(ts)
        assert (await alice.look("general"))[0].reactions == {"👍": ("bob",)}
        await alice.react("general", ts, "👍🏽")
        assert (await ear.hear("reaction_added", count=2))[1]["reaction"] == "+1::skin-tone-4"
        await bob.react("general", ts, "👍", remove=True)
        assert (await ear.hear("reaction_removed"))[0]["event_ts"] != added["event_ts"]
        other = await office.web.chat_postMessage(channel=office.room.id, text="x", username="Mira")
        await bob.react("general", other["ts"], "+1")
        assert "item_user" not in (await ear.hear("reaction_added", count=3))[2]
        await office.web.reactions_add(channel=office.room.id, timestamp=ts, name="heart")
        assert (await ear.hear("reaction_added", count=4))[3]["user"] == office.install.bot.id


async def test_pins_are_told_with_the_message_and_whether_others_are_left() -> None:
    """docs.slack.dev/reference/events/pin_added and …/pin_removed: has_pins"""
    async with Office.open(events=ROOMS) as office:
        ear = await Ear.on(office)
        alice = await office.hands("alice")
        ts = await alice.write("general", "hello")
        await alice.pin("general", ts)
        told = (await ear.hear("pin_added"))[0]
        assert (told["channel_id"], told["user"], told["item"]["message"]["ts"]) == (
            office.room.id,
            office.alice.id,
            ts,
        )
        await alice.pin("general", ts, remove=True)
        assert (await ear.hear("pin_removed"))[0]["has_pins"] is False


async def test_an_app_without_subscription_or_scope_hears_nothing() -> None:
    """docs.slack.dev/apis/events-api: subscriptions; each event's page: required scopes"""
    few = [one for one in SCOPES if one not in ("reactions:read", "pins:read", "im:history")]
    wanted = [one for one in ROOMS if one != "member_joined_channel"]
    async with Office.open(events=wanted, scopes=few) as office:
        ear = await Ear.on(office)
        alice = await office.hands("alice")
        ts = await alice.write("general", "hello")
        await alice.react("general", ts, "+1")
        await alice.pin("general", ts)
        await alice.invite("general", "carol")
        await alice.write("@bot", "psst")
        await settled(alice, ear)
        assert not ear.of("reaction_added", "pin_added", "member_joined_channel")
        assert {one["channel_type"] for one in ear.of("message")} == {"channel"}


async def test_a_line_to_the_bot_comes_as_a_direct_message() -> None:
    """docs.slack.dev/reference/events/message.im"""
    async with Office.open(events=ROOMS) as office:
        ear = await Ear.on(office)
        alice = await office.hands("alice")
        ts = await alice.write("@bot", "hello bot")
        told = (await ear.hear("message"))[0]
        assert (told["channel_type"], told["user"], told["ts"]) == ("im", office.alice.id, ts)
        assert told["channel"].startswith("D")
        office.install.app.messages_read_only = True
        with pytest.raises(LookupError, match="takes no messages"):
            await alice.write("@bot", "again")


async def test_opening_the_home_says_which_tab_and_shows_what_was_published() -> None:
    """docs.slack.dev/reference/events/app_home_opened: tab, view"""
    async with Office.open(events=ROOMS) as office:
        ear = await Ear.on(office)
        alice = await office.hands("alice")
        await alice.home("messages")
        await alice.home()
        first, second = await ear.hear("app_home_opened", count=2)
        assert (first["tab"], second["tab"], second["user"]) == ("messages", "home", office.alice.id)
        assert "view" not in second
        view: Json = {"type": "home", "private_metadata": "tab=2", "blocks": [{"type": "divider"}]}
        published = (await office.web.views_publish(user_id=office.alice.id, view=view))["view"]
        await alice.home()
        shown = (await ear.hear("app_home_opened", count=3))[2]["view"]
        assert (shown["hash"], shown["private_metadata"]) == (published["hash"], "tab=2")
        await alice.home("messages")
        assert "view" not in (await ear.hear("app_home_opened", count=4))[3]


async def test_a_deactivated_person_is_gone_from_channels_and_stays_known_by_id() -> None:
    """docs.slack.dev/reference/objects/user-object: deleted"""
    async with Office.open(events=ROOMS) as office:
        alice, carol = await office.hands("alice"), await office.hands("carol")
        await carol.deactivate("alice")
        assert (await office.web.users_info(user=office.alice.id))["user"]["deleted"]
        members = (await office.web.conversations_members(channel=office.room.id))["members"]
        assert office.alice.id not in members
        with pytest.raises(LookupError, match="no account"):
            await alice.look("general")
        assert await office.refused("conversations.open", users=office.alice.id) == "user_disabled"
