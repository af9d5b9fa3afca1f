"""What crosses beside the words: pins that edit nothing, answers to posts of several lines, links to messages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import STAGE, shared, until
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage


def edited(stage: Stage) -> set[str]:
    """The messages that the bot changed."""
    here = {str(it.arguments["ts"]) for it in stage.slack.requests if it.method == "chat.update"}
    changes = [it for it in stage.discord.requests if it.method == "PATCH" and "{message_id}" in it.route]
    return here | {str(it.arguments["path"]["message_id"]) for it in changes}


async def pinned(stage: Stage, who: str, words: str, *, yes: bool = True) -> None:
    async def is_so() -> bool:
        return any(words in post.text for post in await stage.people[who].pins(STAGE)) is yes

    await until(is_so)


@pytest.mark.shows("pin")
@on_every_side
async def test_pinning_and_unpinning_edit_no_copy(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(host, guest, across, made=True)
        for who, words in ((guest, "The slides are online"), (across, "The recording too")):
            await stage.people[who].write(STAGE, words)
            line = await stage.read(host, words)
            stands = {line.id, (await stage.read(across, words)).id}
            for deed, yes in (("Pin", True), ("Unpin", False), ("Pin", True)):
                await stage.moderate(host, line, deed)
                for reader in (guest, across):
                    await pinned(stage, reader, words, yes=yes)
            # What a later line brings comes behind all that the pins could have brought.
            await stage.people[guest].write(STAGE, f"After: {words}")
            await stage.people[across].write(STAGE, f"Before: {words}")
            await stage.read(across, f"After: {words}")
            await stage.read(guest, f"Before: {words}")
            assert not edited(stage) & stands


def several(post: Post) -> list[str]:
    return re.findall(r"Quick line \d\.", post.text) if post.bot and shared(post) else []


@pytest.mark.shows("lines-together", "replies")
@on_every_side
async def test_an_answer_to_several_lines_in_one_post_quotes_them(tmp_path: Path, outgoing: Check, side: Side) -> None:
    """At the platforms' real pace lines that come fast go out together; which was meant the platform does not tell."""
    async with on_stage(tmp_path, outgoing, mode=side.mode, rates=True) as stage:
        guest, across = side.guest, side.across
        await stage.live(guest, across, made=True)
        for number in range(8):
            await stage.people[across].write(STAGE, f"Quick line {number}.")
        await stage.read(guest, "Quick line 7.", within=20)
        post = await stage.see(guest, lambda post: len(several(post)) > 1)
        first, *others = several(post)
        # Nobody reads as fast as a test: by then the bot has written down where it posted.
        await until(lambda: stage.rows(f"SELECT 1 FROM surface WHERE ref = '{post.id}'"))
        await stage.people[guest].write(STAGE, "You are fast", reply_to=post.id)
        answer = await stage.read(across, "You are fast", within=20)
        told = " ".join([answer.text, *answer.quotes])
        assert f"{first} (and {len(others)} more line" in told
        original = next(it.id for it in await stage.posts(across) if it.text == first)
        assert original in [it.post[1] for it in answer.links if it.post], "the quote leads to the first of them"


def address(stage: Stage, slack: bool, post: Post) -> str:
    """What the app copies as a message's link."""
    like = "slack:%" if slack else "discord:%"
    ((room,),) = stage.rows(f"SELECT ref FROM place WHERE kind = 'stage' AND venue LIKE '{like}'")
    if not slack:
        return f"https://discord.com/channels/{stage.discord.only_guild().id}/{room}/{post.id}"
    (space,) = stage.slack.workspaces.values()
    site = f"https://{space.domain}.slack.com/archives/{room}"
    thread = f"?thread_ts={post.thread}&cid={room}" if post.thread else ""
    return f"{site}/p{post.id.replace('.', '')}{thread}"


@pytest.mark.shows("lines-as-typed")
@on_every_side
async def test_a_link_to_a_message_leads_to_it_in_the_readers_own_room(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        guest, across = side.guest, side.across
        await stage.live(guest, across, made=True)
        await stage.people[guest].write(STAGE, "Which slide is this?")
        copy = await stage.read(across, "Which slide is this?")
        question = await stage.read(guest, "Which slide is this?")
        await stage.people[across].write(STAGE, "Number five", reply_to=copy.id)
        answer = await stage.read(guest, "Number five")
        original = next(post for post in await stage.posts(across) if "Number five" in post.text)
        assert (answer.thread == question.id) is side.slack
        for said, meant, there in (("Asked", question, copy), ("Answered", answer, original)):
            await stage.people[guest].write(STAGE, f"{said}: {address(stage, side.slack, meant)}")
            shown = await stage.read(across, f"{said}: ")
            assert [it.post[1] for it in shown.links if it.post] == [there.id]
            assert "this message" in shown.text and "http" not in shown.text
        elsewhere = (
            address(stage, side.slack, question).replace("/channels/", "/channels/9").replace("//acme", "//other")
        )
        line = await stage.people[guest].write(STAGE, f"Else: {elsewhere}")
        assert elsewhere in [it.url for it in (await stage.read(across, "Else: ")).links]
        await stage.people[guest].edit(STAGE, line, f"Here: {address(stage, side.slack, question)}")
        shown = await stage.read(across, "Here: ")
        assert [it.post[1] for it in shown.links if it.post] == [copy.id]
        await stage.people[guest].delete(STAGE, question.id)
        await stage.vanished(across, "Which slide is this?")
        await stage.people[guest].write(STAGE, f"Gone: {address(stage, side.slack, question)}")
        assert address(stage, side.slack, question) in [it.url for it in (await stage.read(across, "Gone: ")).links]
