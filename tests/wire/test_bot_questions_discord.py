"""Questions on Discord over the wire: private threads, direct messages, notes at the desk (SPEC 4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.discord import threads
from adapters.sandbox.discord.model import PRIVATE_THREAD, Channel
from adapters.sandbox.hands import Post
from core.app.handle import showing
from tests.wire.audience import BOT, CHANNEL, QUEUE, STAGE, has, private, shared, until
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

Q1, Q2 = "Q1 · Keynote", "Q2 · Keynote"
RECEIVED = "was received"


def thread(stage: Stage, name: str = Q1) -> Channel:
    return next(it for it in stage.discord.channels.values() if (it.type, it.name) == (PRIVATE_THREAD, name))


async def ask(stage: Stage, who: str, text: str, channel: str = STAGE) -> str:
    told = await stage.told(who, "command", f"/stage ask {text}", channel=channel)
    assert RECEIVED in told, told
    return told


async def answer(stage: Stage, text: str, number: int = 1, *, done: bool = True) -> None:
    """Bo presses Reply at the desk, fills the form and sends it."""
    opened = await stage.press("bo", "Reply", lambda post: shared(post) and f"Q{number} · " in post.text, QUEUE)
    sheet = await stage.form("bo", opened)
    assert "Answering as Keynote. This is not a private chat." in sheet.text
    told = await stage.send("bo", {"Answer": text, "Then": ["Mark as answered"] if done else []}, QUEUE)
    assert f"Your answer to Q{number} is sent." in told, told


async def at_desk(stage: Stage, words: str, *, yes: bool = True) -> None:
    """A question's card shows these words, or none does any more."""

    def test(posts: object) -> bool:
        shown = [post for post in posts if shared(post)]  # type: ignore[attr-defined]
        return any(words in " ".join([post.text, *post.quotes]) for post in shown) is yes

    await stage.people["bo"].settle(QUEUE, test, within=stage.patience)


def of_question(post: Post) -> bool:
    return shared(post) and "Q1 · " in post.text


async def seen(stage: Stage, who: str, words: str, name: str = Q1) -> Post:
    """A post of a thread, as soon as it is there; a list of rooms holds no threads."""

    async def found() -> Post | None:
        try:
            posts = await stage.posts(who, name)
        except LookupError:
            return None
        return next((post for post in reversed(posts) if words in post.text), None)

    post = await until(found)
    assert isinstance(post, Post)
    return post


async def unseen(stage: Stage, who: str, name: str = Q1) -> None:
    with pytest.raises(LookupError):
        await stage.posts(who, name)


@pytest.mark.shows("ask", "answer", "conversation", on="discord")
async def test_a_question_is_talked_about_in_a_private_thread(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", "sam", made=True)
        nova = stage.people["nova"]
        await ask(stage, "nova", "Will it be recorded?")
        receipt = await seen(stage, "nova", "Q1 · received, number 1 in line", Q1)
        assert "Write on here if you have more to say." in receipt.text
        assert {stage.discord.users[it].name for it in thread(stage).people} == {"sidestage", "nova"}
        assert thread(stage).archive_minutes == 60 and not thread(stage).invitable
        await unseen(stage, "sam")
        await answer(stage, "Yes, on Friday.", done=False)
        got = await seen(stage, "nova", "Answering as Keynote", Q1)
        assert "Yes, on Friday." in got.text and "For @Nova" in got.text
        assert thread(stage).messages[got.id].pinged.users == (stage.discord.named("nova").id,)
        # The asker writes on, changes it, likes, takes it back.
        line = await nova.write(Q1, "And where are the slydes?")
        await at_desk(stage, "And where are the slydes?")
        await nova.edit(Q1, line, "And where are the slides?")
        await at_desk(stage, "And where are the slides?")
        await nova.react(Q1, got.id, "👍")
        await until(lambda: bool(stage.rows("SELECT 1 FROM liking WHERE subject LIKE 'qline:%'")))
        other = await nova.write(Q1, "Never mind the coffee")
        await at_desk(stage, "Never mind the coffee")
        await nova.delete(Q1, other)
        await at_desk(stage, "Never mind the coffee", yes=False)
        # Somebody else's line there is nobody's business.
        threads.add(stage.discord, thread(stage), stage.discord.named("sam").id)
        await stage.people["sam"].write(Q1, "I want to know it too")
        # Where nobody wrote for an hour the thread sleeps; an answer wakes it, and so does a change of the receipt.
        threads.archive(stage.discord, thread(stage), archived=True)
        await answer(stage, "In the feed.")
        await seen(stage, "nova", "In the feed.", Q1)
        threads.archive(stage.discord, thread(stage), archived=True)
        await stage.choose("bo", "More", "Reopen", QUEUE, of_closed)
        await seen(stage, "nova", "Q1 · received again", Q1)
        assert not thread(stage).archived
        await at_desk(stage, "I want to know it too", yes=False)
        assert stage.rows("SELECT count(*) FROM question") == [(1,)]


def of_closed(post: Post) -> bool:
    return shared(post) and "Q1 answered by" in post.text


@pytest.mark.shows("ask", "ask-about", "note", "questions-away", on="discord")
async def test_questions_by_form_and_by_menu_notes_at_the_card_and_lines_while_the_bot_was_away(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", "sam", made=True)
        bo, nova = stage.people["bo"], stage.people["nova"]
        # Too long, or no words: the form comes back with every character.
        long = "Why " + "o" * 297
        back = await stage.form("nova", await nova.command(STAGE, f"/stage ask {long}"))
        assert next(it for it in back.entries if it.label == "Your question").value == long
        assert "This has 301 characters; 300 fit." in f"{back.text} {back.entries}"
        await nova.close()
        await stage.form("nova", await stage.press("nova", "Ask a question", shared, STAGE))
        back = await stage.again("nova", {"Your question": "?!"}, STAGE)
        assert next(it for it in back.entries if it.label == "Your question").value == "?!"
        told = await stage.send("nova", {"Your question": "Why is it so cold?"}, STAGE)
        assert RECEIVED in told
        await seen(stage, "nova", "Why is it so cold?", Q1)
        # By the menu of somebody's line.
        await nova.write(STAGE, "The heating is off")
        line = await stage.read("sam", "The heating is off", channel=STAGE)
        await stage.taken_in(line.id)
        sheet = await stage.form("sam", await stage.people["sam"].shortcut(STAGE, line.id, "Ask about this"))
        assert "It is about the message that you chose." in sheet.text
        assert RECEIVED in await stage.send("sam", {"Your question": "Until when?"}, STAGE)
        await stage.read("bo", "About: Nova: The heating is off", channel=QUEUE)
        await seen(stage, "sam", "Until when?", Q2)
        # What moderators say beside the card: as a reply, and in a thread at it.
        card = await stage.see("bo", of_question, channel=QUEUE)
        await bo.write(QUEUE, "Does anybody know?", reply_to=card.id)
        await stage.read("bo", "Talk here stays among moderators.", channel=QUEUE)
        await bo.start_thread(QUEUE, "The cold", post=card.id)
        note = await bo.write("The cold", "The caretaker dose")
        await until(lambda: len(stage.rows("SELECT 1 FROM question_line WHERE \"by\" = 'note'")) == 2)
        await bo.edit("The cold", note, "The caretaker does")
        await until(lambda: bool(stage.rows("SELECT 1 FROM question_line WHERE \"by\" = 'note' AND changed_at > at")))
        await stage.press("bo", "Read", of_question, QUEUE)
        await stage.see("bo", lambda post: private(post) and "The caretaker does" in post.text, channel=QUEUE)
        await bo.delete("The cold", note)
        await until(lambda: len(stage.rows("SELECT 1 FROM question_line WHERE deleted")) == 1)
        # Lines of the asker while nobody listened.
        kept = await nova.write(Q1, "It is colder now")
        await at_desk(stage, "It is colder now")
        await stage.bot.stop()
        await nova.delete(Q1, kept)
        await nova.write(Q1, "My tea is frozen")
        await stage.start_bot()
        await at_desk(stage, "My tea is frozen")
        await at_desk(stage, "It is colder now", yes=False)
        assert not [post for post in await stage.posts("nova", Q1) if "dose" in post.text or "does" in post.text]


@pytest.mark.shows("conversation", "to-whom", "questions-moved", "questions-own", on="discord")
async def test_where_there_are_no_threads_it_is_direct_messages_and_else_ones_own_list(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", "sam", made=True)
        nova = stage.people["nova"]
        await ask(stage, "nova", "Will it be recorded?")
        await seen(stage, "nova", "Q1 · received", Q1)
        await answer(stage, "Yes, on Friday.", done=False)
        await seen(stage, "nova", "Yes, on Friday.", Q1)
        await stage.people["bo"].delete_channel(Q1)
        receipt = await stage.read("nova", "Q1 · being answered", channel=BOT)
        assert "Answer this message if you have more to say." in receipt.text
        got = await stage.read("nova", "Yes, on Friday.", channel=BOT)
        assert got.thread == receipt.id and "For @Nova" not in got.text
        line = await nova.write(BOT, "And the slydes?", reply_to=receipt.id)
        await at_desk(stage, "And the slydes?")
        await nova.edit(BOT, line, "And the slides?")
        await at_desk(stage, "And the slides?")
        await nova.react(BOT, got.id, "👍")
        await until(lambda: bool(stage.rows("SELECT 1 FROM liking WHERE subject LIKE 'qline:%'")))
        await nova.delete(BOT, line)
        await at_desk(stage, "And the slides?", yes=False)
        # A line to nobody is asked about, and one that was written while nobody listened is, too.
        await nova.write(BOT, "Is there coffee?")
        await stage.read("nova", "To whom?", channel=BOT)
        await stage.press("nova", "Send to Q1", channel=BOT)
        await at_desk(stage, "Is there coffee?")
        await stage.bot.stop()
        await nova.write(BOT, "And tea?", reply_to=receipt.id)
        await nova.write(BOT, "And cake?")
        await stage.start_bot()
        await at_desk(stage, "And tea?")
        await stage.see("nova", lambda post: "To whom?" in post.text and "And cake?" in post.text, channel=BOT)
        assert sum("To whom?" in post.text for post in await stage.posts("nova", BOT)) == 2
        # No more threads fit into the server, and Sam takes no messages.
        stage.discord.caps.threads = 0
        stage.discord.named("sam").open_to_messages = False
        await ask(stage, "sam", "Where are the slides?")
        await answer(stage, "In the feed.", 2)
        told = await stage.told("sam", "command", "/stage questions", channel=CHANNEL)
        assert "In the feed." in told
        await unseen(stage, "sam", Q2)
        # An hour later it is tried again.
        monkeypatch.setattr(showing, "SHUT_FOR", 0)
        stage.discord.named("sam").open_to_messages = True
        await stage.choose("bo", "More", "Reopen", QUEUE, lambda post: shared(post) and "Q2 answered" in post.text)
        await answer(stage, "Page one of it.", 2)
        await stage.read("sam", "Page one of it.", channel=BOT)
        assert has(await stage.read("nova", "To whom?", channel=BOT), "Send to Q1")


@pytest.mark.shows("questions", "questions-rules", "questions-own", "to-whom", on="discord")
async def test_where_the_rules_say_so_each_question_is_answered_in_direct_messages(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing, platforms=("discord",)) as stage:
        await stage.live("bo", "nova", "sam", made=True)
        bo, nova = stage.people["bo"], stage.people["nova"]
        await bo.command(QUEUE, "/mod session setup")
        await stage.form("bo", await stage.press("bo", "Q&A", private, QUEUE))
        rules = {
            "Mode": "Each question by itself",
            "Ways": ["Conversations are direct messages"],
            "Quick replies": "It is in the feed.",
        }
        back = await stage.again("bo", {**rules, "Answered between": "nine to five"}, QUEUE)
        assert next(it.value for it in back.entries if it.label == "Quick replies") == "It is in the feed."
        more = {"Answered between": "", "Automatic reply outside of these hours": ""}
        told = await stage.send("bo", {**rules, **more}, QUEUE)
        assert "Saved. Questions: each question by itself." in told
        for text in ("Will it be recorded?", "Where are the slides?", "When is lunch?"):
            assert "The answer comes in your direct messages." in await ask(stage, "nova", text)
        receipts = [await stage.read("nova", f"Q{number} · received", channel=BOT) for number in (1, 2, 3)]
        # Take next, by button and by command, is always the oldest; a quick reply is enough.
        await stage.press("bo", "List", shared, QUEUE)
        await stage.see("bo", lambda post: private(post) and "3 pending, oldest first" in post.text, channel=QUEUE)
        await stage.form("bo", await stage.press("bo", "Take next", private, QUEUE))
        assert "Your answer to Q1 is sent." in await stage.send("bo", {"Quick reply": "It is in the feed."}, QUEUE)
        got = await stage.read("nova", "It is in the feed.", channel=BOT)
        assert got.thread == receipts[0].id
        await stage.form("bo", await bo.command(QUEUE, "/mod take"))
        assert "Your answer to Q2 is sent." in await stage.send("bo", {"Answer": "Beside the door."}, QUEUE)
        got = await stage.read("nova", "Beside the door.", channel=BOT)
        assert got.thread == receipts[1].id
        # An answer to an answer goes on with its question; what answers nothing is asked about.
        await nova.write(BOT, "Which door?", reply_to=got.id)
        await at_desk(stage, "Which door?")
        await nova.write(BOT, "I am hungry")
        asked = await stage.read("nova", "To whom?", channel=BOT)
        assert asked.controls[0].kind == "select"
        option = next(it for it in asked.controls[0].options if it.startswith("Q3"))
        await stage.choose("nova", asked.controls[0].label, option, BOT)
        await stage.read("nova", "Sent to the moderators, with Q3.", channel=BOT)
        told = await stage.told("nova", "command", "/stage ask And dinner?")
        await stage.press("nova", "My questions", private)
        mine = await stage.see("nova", lambda post: private(post) and "Q2 · waiting again" in post.text)
        assert "Q4 · received: And dinner?" in mine.text
        ways = {it.label: it.url or "" for it in mine.controls}
        assert "/channels/@me/" in ways["Open Q2"] and ways["Open Q2"].endswith(f"/{receipts[1].id}"), ways
        await unseen(stage, "nova")
