"""Questions on Slack over the wire: asked in every way, answered, talked on, read back after a gap (SPEC 4)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import BOT, QUEUE, STAGE, has, private, shared, until
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

HOST, OTHER, GUEST = "ana", "leo", "mira"
"""Two moderators, and who asks."""
WRITTEN = "And is there tea?"


def of(number: int) -> str:
    return f"Q{number} · "


async def rules(stage: Stage, mode: str, *ways: str) -> None:
    await stage.people[HOST].command(STAGE, "/mod session setup")
    await stage.form(HOST, await stage.press(HOST, "Q&A", private, STAGE))
    assert "Saved. Questions: " in await stage.send(HOST, {"Mode": mode, "Ways": list(ways)}, STAGE)


async def appoint(stage: Stage, who: str) -> None:
    await stage.people[HOST].command(STAGE, "/mod team")
    await stage.form(HOST, await stage.press(HOST, "Add", lambda post: private(post) and "Team of" in post.text, STAGE))
    assert "is a moderator now." in await stage.send(HOST, {"Person": who, "As": "Moderator"}, STAGE)


async def receipt(stage: Stage, number: int, state: str) -> Post:
    """What heads the asker's conversation, once it says so."""
    return await stage.see(GUEST, lambda post: post.thread is None and f"{of(number)}{state}" in post.text, channel=BOT)


async def card(stage: Stage, number: int, *words: str) -> Post:
    """The card of a question in the queue, once it says so."""
    return await stage.see(
        HOST,
        lambda post: post.text.startswith(f"Q{number} ") and all(it in post.text for it in words) and shared(post),
        channel=QUEUE,
    )


async def reply(stage: Stage, who: str, number: int, answer: str, *then: str) -> str:
    shown = await card(stage, number)
    sheet = await stage.form(who, await stage.people[who].press(QUEUE, shown.id, "Reply"))
    assert "Answering as Keynote. This is not a private chat." in sheet.text
    return await stage.send(who, {"Answer": answer, "Then": list(then)}, QUEUE)


async def read(stage: Stage, number: int) -> str:
    """The whole conversation, as the host reads it."""
    shown = await card(stage, number)
    if has(shown, "Read"):
        return await stage.told(HOST, "press", shown.id, "Read", channel=QUEUE)
    return await stage.told(HOST, "choose", shown.id, "More", ["Read"], channel=QUEUE)


async def reads(stage: Stage, number: int, words: str) -> str:
    """The same, once these words stand in it."""
    for _ in range(100):
        if words in (told := await read(stage, number)):
            return told
        await stage.moment(HOST)
    raise AssertionError(f"{words!r} is not in {told!r}")


async def opened(stage: Stage) -> None:
    await stage.live(HOST, OTHER, GUEST, made=True)
    await appoint(stage, OTHER)
    await rules(stage, "Each question by itself")


@pytest.mark.shows("ask", "ask-about", "to-whom", on="slack")
async def test_a_question_is_asked_by_command_button_form_message_and_plain_line(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await opened(stage)
        guest = stage.people[GUEST]
        told = await stage.told(GUEST, "command", "/stage ask When is lunch?")
        assert told.startswith("Q1 was received: number 1 in line. The answer comes in your direct messages.")
        assert "When is lunch?" in (await receipt(stage, 1, "received, number 1 in line")).text
        await card(stage, 1, "Mira (Slack)", "When is lunch?", "pending")
        await stage.read(HOST, "Questions: 1 pending", channel=QUEUE)

        # Too long: the sentence stands at the field and the text is kept, in the form and for the next one.
        long = "Why " + "o" * 297
        sheet = await stage.form(GUEST, await guest.command(STAGE, f"/stage ask {long}"))
        assert "This has 301 characters; 300 fit." in sheet.text
        assert sheet.entries[0].value == long
        again = await stage.again(GUEST, {"Your question": long})
        assert "This has 301 characters; 300 fit." in str(again.entries[0].error)
        assert again.entries[0].value == long
        await guest.close()
        sheet = await stage.form(GUEST, await stage.press(GUEST, "Ask a question", shared))
        assert sheet.entries[0].value == long
        assert "Only moderators read it" in sheet.text
        told = await stage.send(GUEST, {"Your question": "Is it recorded?"})
        assert told.startswith("Q2 was received: number 2 in line.")

        # No modal can be had: the same form as a message.
        stage.slack.faults.add({"method": "views.open", "error": "expired_trigger_id", "count": 1})
        await stage.press(GUEST, "Ask a question", shared)
        form = await stage.see(GUEST, lambda post: private(post) and "Ask a question" in post.text and has(post, "Ask"))
        await guest.enter(STAGE, form.id, {"Your question": "Where are the slides?"})
        assert (await stage.told(GUEST, "press", form.id, "Ask")).startswith("Q3 was received")

        line = (
            await stage.read(GUEST, "The slides", channel=STAGE) if await stage.say(HOST, "The slides are up") else None
        )
        assert line is not None
        await stage.taken_in(line.id)
        sheet = await stage.form(GUEST, await guest.shortcut(STAGE, line.id, "Ask about this"))
        assert "It is about the message that you chose." in sheet.text
        assert (await stage.send(GUEST, {"Your question": "Which ones?"})).startswith("Q4 was received")
        await card(stage, 4, "Which ones?", "About: ", "The slides are up")

        # A plain line is asked about, sent as it reads by then, and follows its edits afterwards.
        written = await stage.say(GUEST, "Is there cofee?", BOT)
        asked = await stage.read(GUEST, "To whom?", channel=BOT)
        assert "Nobody has read this yet." in asked.text
        await guest.edit(BOT, written, "Is there coffee?")
        await stage.choose(GUEST, "Choose", "Ask the moderators of “Keynote”", BOT)
        await card(stage, 5, "Is there coffee?")
        await guest.edit(BOT, written, "Is there good coffee?")
        await card(stage, 5, "Is there good coffee?")
        await guest.delete(BOT, written)
        await card(stage, 5, "This question was taken back.")

        mine = await stage.told(GUEST, "command", "/stage questions")
        assert "Your questions in “Keynote”" in mine
        assert "Q4 · received: Which ones?" in mine


@pytest.mark.shows("answer", "conversation", "note", "questions", on="slack")
async def test_a_question_is_answered_in_its_thread_and_talked_on_there(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await opened(stage)
        guest, host = stage.people[GUEST], stage.people[HOST]
        await guest.command(STAGE, "/stage ask When is lunch?")
        shown = await card(stage, 1)
        assert "Answering as Keynote" in (await stage.form(HOST, await host.press(QUEUE, shown.id, "Reply"))).text
        await receipt(stage, 1, "being answered")
        lost = await stage.told(OTHER, "press", shown.id, "Reply", channel=QUEUE)
        assert lost.startswith("Ana has Q1 already.")
        told = await stage.send(HOST, {"Answer": "At one.", "Then": ["Mark as answered"]}, QUEUE)
        assert told.startswith("Your answer to Q1 is sent. It is marked as answered.")
        head = await receipt(stage, 1, "answered")
        answer = await stage.read(GUEST, "At one.", channel=BOT)
        assert (answer.thread, answer.text.startswith("Answering as Keynote")) == (head.id, True)
        assert re.search(r"Q1 answered by Ana in under a minute", (await card(stage, 1)).text)

        # The asker writes on there: nothing is answered to that, and it waits again.
        said = await guest.write(BOT, WRITTEN, reply_to=head.id)
        await card(stage, 1, "pending", WRITTEN)
        await guest.react(BOT, answer.id, "👍")
        await guest.edit(BOT, said, "And is there green tea?")
        await card(stage, 1, "And is there green tea?")
        assert "At one. (1 like)" in await reads(stage, 1, "(1 like)")
        second = await guest.write(BOT, "Never mind", reply_to=head.id)
        await card(stage, 1, "Never mind")
        await guest.delete(BOT, second)
        assert "This message has been deleted." in await reads(stage, 1, "has been deleted")
        assert "Never mind" not in await read(stage, 1)
        assert [post.text for post in await stage.posts(GUEST, BOT) if "To whom?" in post.text] == []
        assert len([post for post in await stage.posts(GUEST, BOT) if post.bot and post.thread == head.id]) == 1

        # The desk: List, Take next, Send back, Answered.
        listed = await stage.told(OTHER, "command", "/mod questions")
        assert "1 pending, oldest first" in listed
        sheet = await stage.form(OTHER, await stage.press(OTHER, "Take next", shared, QUEUE))
        assert "And is there green tea?" in sheet.text
        await stage.people[OTHER].close()
        await card(stage, 1, "claimed by Leo")
        await stage.choose(OTHER, "More", "Send back to pending", QUEUE, lambda post: post.text.startswith("Q1 "))
        await card(stage, 1, "pending")
        stage.slack.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
        told = await reply(stage, OTHER, 1, "Green and black.")
        assert "It stays with you until you mark it as answered." in told
        await stage.press(OTHER, "Answered", lambda post: post.text.startswith("Q1 "), QUEUE)
        await receipt(stage, 1, "answered")
        assert (await stage.read(GUEST, "Green and black.", channel=BOT)).thread == head.id
        unknown = "SELECT 1 FROM surface WHERE ref IS NULL AND sent_at IS NOT NULL AND dead = ''"
        await until(lambda: not stage.rows(unknown))
        assert sum("Green and black." in post.text for post in await stage.posts(GUEST, BOT)) == 1

        # Talk beside the card stays there, which is said once; with the rule the owner's lines go out.
        shown = await card(stage, 1, "answered by")
        await host.write(QUEUE, "That was quick", reply_to=shown.id)
        aside = await stage.read(HOST, "Talk here stays among moderators. Reply sends to Mira.", channel=QUEUE)
        assert aside.thread == shown.id
        await rules(stage, "Each question by itself", "Lines under a card go to the asker")
        await guest.write(BOT, "And cake?", reply_to=head.id)
        await card(stage, 1, "And cake?", "pending")
        await stage.form(HOST, await host.press(QUEUE, shown.id, "Reply"))
        await host.close()
        await card(stage, 1, "claimed by Ana")
        await host.write(QUEUE, "-- is there any?", reply_to=shown.id)
        line = await host.write(QUEUE, "Cake at four", reply_to=shown.id)
        sent = await stage.read(HOST, "Sent to Mira. Delete your line to recall it.", channel=QUEUE)
        assert sent.thread == shown.id
        assert (await stage.read(GUEST, "Cake at four", channel=BOT)).thread == head.id
        await host.edit(QUEUE, line, "Cake at five")
        await stage.read(GUEST, "Cake at five", channel=BOT)
        await host.delete(QUEUE, line)
        await stage.vanished(GUEST, "Cake at", BOT)
        await stage.vanished(HOST, "Sent to Mira", QUEUE)
        assert not any(
            "is there any" in post.text or "was quick" in post.text for post in await stage.posts(GUEST, BOT)
        )
        assert sum("stays among moderators" in post.text for post in await stage.posts(HOST, QUEUE)) == 1


@pytest.mark.shows("questions-away", on="slack")
async def test_what_the_asker_wrote_while_nobody_listened_is_read_back(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("slack",)) as stage:
        await opened(stage)
        guest = stage.people[GUEST]
        await guest.command(STAGE, "/stage ask When is lunch?")
        head = await receipt(stage, 1, "received")
        # Nobody writes within the moment between Slack's showing it and the bot's knowing what it is called there.
        await until(lambda: stage.rows("SELECT 1 FROM surface WHERE subject LIKE 'receipt:%' AND ref IS NOT NULL"))
        for words in ("First thought", "Second thought", "Third thought"):
            await guest.write(BOT, words, reply_to=head.id)
            await card(stage, 1, words)
        first, second, third = (it.id for it in await stage.posts(GUEST, BOT) if "thought" in it.text)
        gap = stage.slack.faults.add({"method": "deliver:events_api", "cut": "before"})
        await stage.bot.stop()
        await guest.edit(BOT, first, "First idea")
        await guest.delete(BOT, second)
        missed = await guest.write(BOT, "Written meanwhile", reply_to=head.id)
        alone = await guest.write(BOT, "Is anybody there?")
        stage.slack.faults.remove(gap)
        stage.slack.faults.add({"method": "conversations.replies", "status": 429, "retry_after": 1, "count": 1})
        stage.slack.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
        await stage.start_bot()
        await card(stage, 1, "First idea", "Third thought", "Written meanwhile")
        await stage.see(
            HOST, lambda post: "First idea" in post.text and "Second thought" not in post.text, channel=QUEUE
        )
        asked = await stage.read(GUEST, "To whom?", channel=BOT)
        assert "Is anybody there?" in asked.text
        told = await read(stage, 1)
        assert told.count("Written meanwhile") == 1
        await stage.restart()
        await guest.write(BOT, "Written at last", reply_to=head.id)
        await card(stage, 1, "Written at last")
        assert (await read(stage, 1)).count("Written meanwhile") == 1
        posts = await stage.posts(GUEST, BOT)
        assert sum("To whom?" in post.text for post in posts) == 1
        assert (await reply(stage, HOST, 1, "At one.", "Mark as answered")).startswith("Your answer to Q1 is sent.")
        assert (await stage.read(GUEST, "At one.", channel=BOT)).thread == head.id
        assert {missed, alone, third} <= {post.id for post in posts}
