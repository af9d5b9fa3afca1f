"""Each right that Discord's bot lists, taken in the middle of a session and given back: one sentence, nothing lost.

A new permission needs a row in ``ROWS`` or a word in ``ELSEWHERE``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.check import PERMISSIONS
from adapters.sandbox.discord import permissions, shapes
from adapters.sandbox.discord.model import PRIVATE_THREAD, Overwrite
from adapters.sandbox.hands import Post
from tests.wire.audience import CHANNEL, DOOR, QUEUE, STAGE, shared, until
from tests.wire.bot_stage import Stage, on_stage

Check = Callable[[Sequence[Any]], None]
Deed = Callable[[Stage, str], Awaitable[None]]
WITHIN = 20.0
"""Seconds until what waited is tried again, however long the right was missing here."""
LOST, AGAIN = "cannot be used any more", "can be used again: what waited for it is shown there now."


@dataclass(frozen=True, slots=True)
class Right:
    """``where``: the bot's role, or the room in which it is denied; ``act`` needs it, ``came`` sees that it was done.

    ``goes_on``: lines cross both ways all the while.
    """

    name: str
    where: str
    words: tuple[str, ...]
    back: str
    act: Deed
    came: Deed
    goes_on: bool = True
    long: bool = False


class Hold:
    """An owner's hands in the server's settings."""

    def __init__(self, stage: Stage, right: Right) -> None:
        self.world, self.bit = stage.discord, permissions.bits([right.name])
        self.guild = stage.discord.only_guild()
        self.bot = next(one.user for one in self.guild.members.values() if one.user.bot)
        self.role = next(one for one in self.guild.roles.values() if one.bot_id)
        self.where = right.where
        self.before = (0, 0)

    def take(self) -> None:
        if self.where == "role":
            self._role(self.role.permissions & ~self.bit)
            return
        mine = self._mine()
        self.before = (mine.allow, mine.deny)
        self._set(mine.allow & ~self.bit, mine.deny | self.bit)

    def give(self) -> None:
        if self.where == "role":
            self._role(self.role.permissions | self.bit)
        else:
            self._set(*self.before)

    def _role(self, held: int) -> None:
        self.role.permissions = held
        told = {"guild_id": self.guild.id, "role": shapes.role(self.role)}
        self.world.emit("GUILD_ROLE_UPDATE", told, guild=self.guild)

    def _mine(self) -> Overwrite:
        channel = next(one for one in self.guild.channels.values() if one.name == self.where)
        return channel.overwrites.get(self.bot.id) or Overwrite(self.bot.id, 1, 0, 0)

    def _set(self, allow: int, deny: int) -> None:
        channel = next(one for one in self.guild.channels.values() if one.name == self.where)
        channel.overwrites[self.bot.id] = Overwrite(self.bot.id, 1, allow, deny)
        self.world.change_channel(channel)


# -- what needs a right ---------------------------------------------------------------------------------------------


async def nothing(stage: Stage, mark: str) -> None:
    pass


async def talk(stage: Stage, mark: str) -> None:
    """On both sides; on the other it is shown when it may be."""
    await stage.say("mira", f"first {mark}.")
    await stage.say("mira", f"second {mark}.")
    await stage.say("nova", f"back {mark}.")


async def talked(stage: Stage, mark: str) -> None:
    for who, lines in (("nova", [f"first {mark}.", f"second {mark}."]), ("mira", [f"back {mark}."])):
        posts = await stage.people[who].settle(STAGE, lambda posts, it=lines: said(posts, it) == it, within=WITHIN)
        assert said(posts, lines) == lines


def said(posts: Sequence[Post], lines: Sequence[str]) -> list[str]:
    return [line for post in posts if post.bot for line in lines if line in post.text]


async def by_name(stage: Stage, mark: str) -> None:
    """The bot knows of no webhook, as after a start: it says people's lines itself meanwhile."""
    webhooks_of(stage).clear()
    await stage.say("mira", f"unnamed {mark}.")
    post = await stage.read("nova", f"unnamed {mark}.")
    assert post.author == "Sidestage" and "Mira · Slack:" in post.text
    (line,) = [it for it in await stage.posts("mira") if f"unnamed {mark}." in it.text]
    await stage.people["mira"].edit(STAGE, line.id, f"unnamed and edited {mark}.")
    await stage.see("nova", lambda it: it.id == post.id and f"unnamed and edited {mark}." in it.text)


async def named(stage: Stage, mark: str) -> None:
    await stage.say("mira", f"named {mark}.")
    post = await stage.read("nova", f"named {mark}.")
    assert post.author == "Mira · Slack"


def webhooks_of(stage: Stage) -> dict[str, Any]:
    (adapter,) = (it for it in stage.bot.adapters if isinstance(it, DiscordAdapter))
    return adapter.platform.webhooks._known


async def pin(stage: Stage, mark: str) -> None:
    await stage.moderate("bo", await stage.read("bo", f"old {mark}."), "Pin")


async def pinned(stage: Stage, mark: str) -> None:
    async def there() -> bool:
        return [it.text for it in await stage.people["bo"].pins(STAGE)].count(f"old {mark}.") == 1

    await until(there)


async def delete(stage: Stage, mark: str) -> None:
    await stage.moderate("bo", await stage.read("bo", f"old {mark}."), "Delete everywhere")


async def deleted(stage: Stage, mark: str) -> None:
    async def gone() -> bool:
        return not [it for it in await stage.posts("nova") if f"old {mark}." in it.text]

    await until(gone)


async def join(stage: Stage, mark: str) -> None:
    await stage.fill_join("sam", await stage.press("sam", "Join session", shared, DOOR))


async def joined(stage: Stage, mark: str) -> None:
    await stage.find("sam", STAGE, within=WITHIN)


async def leave(stage: Stage, mark: str) -> None:
    await stage.people["sam"].command(STAGE, "/stage leave")
    await stage.press("sam", "Leave")


async def left(stage: Stage, mark: str) -> None:
    await stage.lost("sam", STAGE, within=WITHIN)


async def publish(stage: Stage, mark: str) -> None:
    """The card comes, and is read by whoever looks."""
    await stage.poll(f"Which {mark}?", notify=True)
    await stage.read("nova", f"Which {mark}?")
    assert not pinged(stage), "Discord lets nobody be told"


async def published(stage: Stage, mark: str) -> None:
    """Once in ten minutes is enough: that the right serves again the card's own words tell."""
    assert not pinged(stage)


def pinged(stage: Stage) -> bool:
    return any(it.pinged for channel in stage.discord.channels.values() for it in channel.messages.values())


SEE = ("the bot cannot see it", "Give it View Channel")
WRITE = ("the bot may not write there", "Give it Send Messages")
ROWS = (
    Right("view_channel", STAGE, SEE, AGAIN, talk, talked, goes_on=False),
    Right("view_channel", QUEUE, SEE, AGAIN, nothing, nothing),
    Right("send_messages", STAGE, WRITE, AGAIN, talk, talked, goes_on=False),
    Right("send_messages", QUEUE, WRITE, AGAIN, nothing, nothing, long=True),
    Right(
        "manage_webhooks",
        STAGE,
        ("people's lines stand under the bot's name", "Give the bot Manage Webhooks"),
        "people's lines stand under their own names again.",
        by_name,
        named,
    ),
    Right(
        "read_message_history",
        STAGE,
        ("what is written while the bot is away is not read back", "Give the bot Read Message History"),
        "is read back again.",
        nothing,
        nothing,
    ),
    Right(
        "pin_messages",
        "role",
        ("nothing can be pinned", "Give it Pin Messages"),
        "what was to be pinned is pinned now.",
        pin,
        pinned,
        long=True,
    ),
    Right(
        "manage_messages",
        "role",
        ("not everything can be deleted", "Give it Manage Messages"),
        "what was to be deleted is deleted now.",
        delete,
        deleted,
        long=True,
    ),
    Right(
        "manage_roles",
        "role",
        ("nobody is let in who joins", "Give it Manage Roles"),
        "people are let in again.",
        join,
        joined,
    ),
    Right(
        "manage_roles",
        "role",
        ("who is blocked or left cannot be sent out", "Give it Manage Roles"),
        "who was to be sent out is out now.",
        leave,
        left,
    ),
    Right(
        "mention_everyone",
        "role",
        ("In Discord nobody can be notified", "Give it Mention @everyone, @here and All Roles"),
        "In Discord people can be notified again.",
        publish,
        published,
    ),
    Right(
        "mention_everyone",
        STAGE,
        ("nobody can be notified", "Give the bot Mention @everyone, @here and All Roles there"),
        "people can be notified again.",
        nothing,
        nothing,
    ),
)
ELSEWHERE = {
    "attach_files": "test_pictures_shown: words stand meanwhile, and pictures when it may again",
    "manage_channels": "test_bot_lost_rights: rooms that may not be made",
    "add_reactions": "the same; in a room that stands the bot uses it for nothing",
    "create_public_threads": "the same; in a room that stands the bot uses it for nothing",
    "create_private_threads": "here: a moderator with closed messages",
    "send_messages_in_threads": "here: a moderator with closed messages",
}


def test_every_right_of_the_list_is_taken_and_given_back_somewhere() -> None:
    assert {row.name for row in ROWS} | set(ELSEWHERE) == set(PERMISSIONS)


async def lose_and_get_back(stage: Stage, right: Right, mark: str) -> None:
    hold = Hold(stage, right)
    await stage.say("nova", f"old {mark}.")
    await stage.read("mira", f"old {mark}.")
    before = [post.id for post in await stage.posts("ana", QUEUE)]

    def told(post: Post) -> bool:
        return post.id not in before and all(word in post.text for word in right.words)

    hold.take()
    await right.act(stage, mark)
    await stage.see("ana", told, channel=QUEUE)
    if right.goes_on:
        await talk(stage, f"during {mark}")
        await talked(stage, f"during {mark}")
    assert len([post for post in await stage.posts("ana", QUEUE) if told(post)]) == 1, "one sentence"
    hold.give()
    await stage.see("ana", lambda post: right.back in post.text and post.id not in before, WITHIN, QUEUE)
    await right.came(stage, mark)
    await talk(stage, f"after {mark}")
    await talked(stage, f"after {mark}")


@pytest.mark.parametrize(
    "rows",
    [
        tuple(row for row in ROWS if not row.long),
        pytest.param(ROWS[::-1], marks=pytest.mark.long),
    ],
    ids=["quick", "all"],
)
async def test_each_right_that_is_taken_is_told_of_once_and_what_waited_comes_when_it_is_back(
    tmp_path: Path, outgoing: Check, rows: Sequence[Right]
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        if rows[0] is not ROWS[0]:
            await join(stage, "")
            await joined(stage, "")
        for number, right in enumerate(row for row in rows if row.act is not join or rows[0] is ROWS[0]):
            await lose_and_get_back(stage, right, f"number {number}")


THREAD = "For Nova"
NO_THREADS = "somebody who takes no direct messages cannot be told things: the bot may not make private threads there."


@pytest.mark.parametrize("name", ["create_private_threads", "send_messages_in_threads"])
async def test_a_moderator_with_closed_messages_is_told_in_a_thread_when_the_bot_may(
    tmp_path: Path, outgoing: Check, name: str
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", made=True)
        stage.discord.named("nova").open_to_messages = False
        hold = Hold(stage, Right(name, QUEUE, (), "", nothing, nothing))
        hold.take()
        await stage.people["bo"].command(CHANNEL, "/mod team")
        await stage.form("bo", await stage.press("bo", "Add", lambda post: "Team of" in post.text, CHANNEL))
        await stage.people["bo"].fill({"Person": "nova", "As": "Moderator"})
        await stage.read("bo", NO_THREADS, channel=QUEUE)
        refused = len([it for it in stage.discord.requests if it.status == 403])
        await stage.say("nova", "all else goes on")
        await stage.poll()
        await stage.press("nova", "Vote A")
        await stage.read("nova", "Your vote: A")
        hold.give()
        await until(lambda: in_thread(stage, "moderator"))
        await stage.read("bo", "what they were to be told was told now.", WITHIN, QUEUE)
        assert len([it for it in stage.discord.channels.values() if it.type == PRIVATE_THREAD]) == 1
        assert refused <= 4, "it is not tried again and again"


async def in_thread(stage: Stage, words: str) -> bool:
    try:
        return len([post for post in await stage.people["nova"].look(THREAD) if words in post.text]) == 1
    except LookupError:
        return False


# -- Slack ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [STAGE, QUEUE])
@pytest.mark.parametrize("how", ["kicked", "archived"])
async def test_a_room_in_slack_that_the_bot_loses_is_told_of_once_and_used_again(
    tmp_path: Path, outgoing: Check, room: str, how: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        ana = stage.people["ana"]
        await (ana.kick(room, "Sidestage") if how == "kicked" else ana.archive(room))
        await stage.say("nova", "said meanwhile")
        # Archiving takes the bot out as well: a look may find that before Slack tells of the archiving.
        gone = ["the bot is not in it", "the bot cannot see it, or it was deleted"]
        gone += ["it is archived"] if how == "archived" else []
        await stage.see("bo", lambda post: LOST in post.text and any(it in post.text for it in gone), channel=QUEUE)
        await stage.poll()
        await stage.press("nova", "Vote A")
        if how == "archived":
            await ana.archive(room, undo=True)
        await ana.invite(room, "Sidestage")
        await stage.read("bo", AGAIN, channel=QUEUE)
        for words in ("said meanwhile", "Which topic?"):
            await stage.read("mira", words, WITHIN)
        await stage.read("ana", "Open now: Poll", WITHIN, QUEUE)
        told = [post.text for post in await stage.posts("bo", QUEUE) if LOST in post.text or AGAIN in post.text]
        assert len(told) == 2, told
        assert said(await stage.posts("mira"), ["said meanwhile"]) == ["said meanwhile"]


KEPT_BY_ADMINS = "the workspace does not let the bot"


async def test_what_slack_leaves_to_its_admins_waits_until_it_does_not(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        await stage.say("nova", "keep this.")
        keep = await stage.read("ana", "keep this.")
        for method in ("pins.add", "conversations.kick", "conversations.invite"):
            stage.slack.faults.add({"method": method, "error": "restricted_action"})
        await stage.moderate("ana", keep, "Pin")
        await stage.people["mira"].command(STAGE, "/stage leave")
        await stage.press("mira", "Leave")
        await stage.fill_join("leo", await stage.press("leo", "Join session", shared, DOOR))
        waits = ("nothing can be pinned", "who is blocked or left cannot be sent out", "nobody is let in who joins")
        for words in waits:
            await stage.read("bo", f"In Slack {words}: {KEPT_BY_ADMINS}", channel=QUEUE)
        await stage.say("nova", "all else goes on.")
        await stage.read("ana", "all else goes on.")
        stage.slack.faults.clear()
        await stage.lost("mira", STAGE, WITHIN)
        await stage.find("leo", STAGE, WITHIN)
        for words in ("is pinned now.", "is out now.", "people are let in again."):
            await stage.read("bo", words, WITHIN, QUEUE)
        assert [post.text for post in await stage.people["ana"].pins(STAGE)] == ["keep this."]
        assert not [post for post in await stage.posts("bo", QUEUE) if KEPT_BY_ADMINS in post.text]


@pytest.mark.parametrize(
    ("method", "words", "back"),
    [
        ("chat.update", "what is shown cannot be brought up to date", "what is shown is up to date again."),
        pytest.param(
            "chat.postMessage",
            "something waits that cannot be shown",
            "what waited is shown now.",
            marks=pytest.mark.long,
        ),
    ],
)
async def test_a_scope_that_slacks_app_lacks_is_told_of_once(
    tmp_path: Path, outgoing: Check, method: str, words: str, back: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        await stage.poll()
        await stage.read("mira", "Which topic?")
        stage.slack.faults.add({"method": method, "error": "missing_scope"})
        await stage.say("nova", "over to you.")
        await stage.press("nova", "Vote A")
        told = await stage.read(
            "bo", f"In Slack {words}: the app lacks a scope; `sidestage check` names it", channel=QUEUE
        )
        await stage.press("nova", "Vote B")
        await stage.say("mira", "and back.")
        await stage.read("nova", "and back.")
        stage.slack.faults.clear()
        await stage.read("mira", "over to you.", WITHIN)
        await stage.see("mira", lambda post: "Which topic?" in post.text and "1 vote" in post.text, WITHIN)
        await stage.see("bo", lambda post: post.id == told.id and back in post.text, WITHIN, QUEUE)
        assert not [post for post in await stage.posts("bo", QUEUE) if words in post.text]


@pytest.mark.parametrize(
    ("posting", "words"),
    [
        ("read_only", "only some people may write in the chat. An admin can add the bot"),
        ("thread_only", "only replies may be written in the chat. An admin can allow messages"),
        ("workspace", "the workspace does not let the bot write in the"),
    ],
)
async def test_what_slacks_admins_let_only_others_post_is_told_and_all_of_it_comes_when_they_let_the_bot(
    tmp_path: Path, outgoing: Check, posting: str, words: str
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        (space,) = stage.slack.workspaces.values()
        (chat,) = (it for it in space.channels.values() if it.name == STAGE)
        if posting == "workspace":
            space.only_admins = {"post"}
        else:
            chat.posting = posting
        lines = ["first one.", "second one."]
        for line in lines:
            await stage.say("nova", line)
        told = f"In Slack something waits that cannot be shown: {words}"
        await stage.read("bo", told, channel=QUEUE)
        await stage.poll()
        await stage.press("nova", "Vote A")
        await stage.say("ana", "and back.")
        await stage.read("nova", "and back.")
        assert not said(await stage.posts("mira"), lines)
        chat.posting, space.only_admins = "", set()
        await stage.people["mira"].settle(STAGE, lambda posts: said(posts, lines) == lines, within=WITHIN)
        await stage.read("mira", "Which topic?", WITHIN)
        await stage.read("bo", "In Slack what waited is shown now.", WITHIN, QUEUE)
        posts = [post.text for post in await stage.posts("bo", QUEUE)]
        assert not [it for it in posts if told in it or LOST in it]
