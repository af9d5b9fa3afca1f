"""The queue of questions at the desk, over the wire: listed, taken, read, sent back, answered, reopened (SPEC 4.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import CHANNEL, QUEUE, STAGE, private, shared
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import on_stage


def of_question(post: Post) -> bool:
    return shared(post) and post.text.startswith("Q1 ")


@pytest.mark.shows("questions")
@on_every_side
async def test_a_question_is_listed_taken_sent_back_answered_and_reopened(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode, platforms=side.alone) as stage:
        host, guest = side.host, side.guest
        await stage.live(host, guest, made=True)
        assert "No questions wait." in await stage.told(host, "command", "/mod take", channel=CHANNEL)
        told = await stage.told(guest, "command", "/stage ask When is lunch?", channel=STAGE)
        assert told.startswith("Q1 was received: number 1 in line.")
        listed = await stage.told(host, "command", "/mod questions", channel=CHANNEL)
        assert "1 pending, oldest first; then 0 claimed." in listed
        assert "When is lunch?" in listed
        opened = await stage.people[host].command(CHANNEL, "/mod take")
        assert "Answering as Keynote. This is not a private chat." in (await stage.form(host, opened)).text
        await stage.people[host].close()

        async def card(words: str) -> Post:
            return await stage.see(host, lambda post: of_question(post) and words in post.text, channel=QUEUE)

        await card("claimed by")
        await stage.choose(host, "More", "Send back to pending", QUEUE, of_question)
        shown = await card("pending")
        read = await stage.told(host, "press", shown.id, "Read", channel=QUEUE)
        assert "When is lunch?" in read
        await card("pending")  # reading does not claim
        await stage.form(host, await stage.press(host, "Take next", shared, QUEUE))
        assert "is sent. It stays with you" in await stage.send(host, {"Answer": "At one.", "Then": []}, QUEUE)
        await card("1 answer so far")
        await stage.press(host, "Answered", of_question, QUEUE)
        await card("answered by")
        await stage.read(host, "Questions: 0 pending", channel=QUEUE)
        await stage.choose(host, "More", "Reopen", QUEUE, of_question)
        await card("pending")
        await stage.read(host, "Questions: 1 pending", channel=QUEUE)
        await stage.people[host].command(CHANNEL, "/mod questions")
        await stage.press(host, "Read", private, CHANNEL)
        await stage.see(host, lambda post: private(post) and "At one." in post.text, channel=CHANNEL)
