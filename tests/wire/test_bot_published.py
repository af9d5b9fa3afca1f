"""Answered questions in the feed of both platforms, and one's own questions in menu and App Home (SPEC 4.7 to 4.11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import QUEUE, STAGE, Audience, Test, has, private, shared
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import on_stage

FEED, HOME, THREAD = "keynote-feed", "@home", "Q1 · Keynote"
PUBLISH = "Publish to the feed (asker shown as Anonymous)"
NAMED = "My name may stand beside it"
ASKED, EDITED = "will the recordings be public pls", "Will the recordings be public?"
ANSWER = "Yes, on Friday. " + "Each talk has a page with its slides, its transcript and its recording. " * 6
LINE = f"Answered · {EDITED} – “Yes, on Friday."
SLIDES = "Answered · And the slides? – “Tomorrow.”"


async def asks(stage: Audience, who: str, text: str, *options: str) -> None:
    await stage.form(who, await stage.press(who, "Ask a question", shared, STAGE))
    told = await stage.send(who, {"Your question": text, "If it is published": list(options)}, STAGE)
    assert "was received" in told, told


def of(number: int) -> Test:
    """Its card at a desk, open or closed."""

    def test(post: Post) -> bool:
        return shared(post) and (f"Q{number} · " in post.text or f"Q{number} answered" in post.text)

    return test


def told_in(post: Post) -> str:
    return " ".join([post.text, *post.quotes])


async def answers(stage: Audience, who: str, number: int, text: str, *then: str) -> None:
    await stage.form(who, await stage.press(who, "Reply", of(number), QUEUE))
    told = await stage.send(who, {"Answer": text, "Then": ["Mark as answered", *then]}, QUEUE)
    assert f"Your answer to Q{number} is sent" in told, told


async def more(stage: Audience, who: str, number: int, deed: str) -> None:
    opened = await stage.choose(who, "More", deed, QUEUE, of(number))
    if deed.startswith("Publish"):
        await stage.form(who, opened)


@pytest.mark.shows("questions-published", "questions-sum", "questions-own", on="both")
async def test_an_answer_is_published_on_one_platform_read_on_both_and_taken_out_on_the_other(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", "sam", made=True)
        await asks(stage, "nova", ASKED, NAMED)
        await stage.read("nova", "Questions: 1 asked · 0 answered", channel=FEED)
        await asks(stage, "mira", "And the slides?")
        await answers(stage, "ana", 1, ANSWER)
        # Published on Slack, in other words and with the name that its asker agreed to.
        await more(stage, "ana", 1, "Publish…")
        told = await stage.send("ana", {"Question": EDITED, "Show the asker as": "Nova, who agreed to it"}, QUEUE)
        assert "Q1 is in the feed. The asker is shown as Nova." in told
        item = await stage.read("nova", LINE, channel=FEED)
        assert "asked by Nova" in item.text
        assert item.text.count("transcript") < ANSWER.count("transcript"), "the line does not hold all of it"
        await stage.read("nova", "Questions: 2 asked · 1 answered", channel=FEED)
        await stage.read("ana", "answered by Ana in under a minute · published", channel=QUEUE)
        # All of it: from the room on Discord, from the page on Slack.
        await stage.press("sam", "Read all", lambda post: LINE in post.text, FEED)
        whole = await stage.see("sam", lambda post: private(post) and ANSWER.strip() in post.text, channel=FEED)
        assert EDITED in whole.text and "asked by Nova" in whole.text
        page = await stage.told("mira", "command", "/stage feed")
        assert LINE in page and "Questions: 2 asked · 1 answered" in page and "Change an item" not in page
        await stage.choose("mira", "Read a whole answer", EDITED)
        await stage.see("mira", lambda post: private(post) and ANSWER.strip() in post.text)
        # One's own, and the way to ask, in menu and App Home.
        assert "My questions: Q1 answered and published" in await stage.told("nova", "command", "/stage menu")
        await stage.people["mira"].home()
        home = await stage.read("mira", "My questions: Q2 received, 1st in line", channel=HOME)
        assert has(home, "Ask a question") and LINE[:40] in home.text
        # By the tick of the reply form nobody is named; published on Discord it is on Slack.
        await answers(stage, "bo", 2, "Tomorrow.", PUBLISH)
        assert "asked by Anonymous" in (await stage.read("nova", SLIDES, channel=FEED)).text
        await stage.people["mira"].home()
        home = await stage.read("mira", "My questions: Q2 answered and published", channel=HOME)
        assert SLIDES in home.text and "Questions: 2 asked · 2 answered" in home.text
        assert "2 questions were asked and 2 answered." in await stage.told("sam", "command", "/stage catchup 20m")
        await stage.read("sam", SLIDES, channel=STAGE)
        # Changed where it stands, from the feed's own page.
        await stage.people["bo"].command(stage.chat, "/stage feed")
        await stage.choose("bo", "Change an item", SLIDES)
        await stage.form("bo", await stage.press("bo", "Change wording", private))
        assert "Q2 is in the feed." in await stage.send("bo", {"Answer": "Tonight.", "Show the asker as": "Anonymous"})
        changed = await stage.read("nova", "Answered · And the slides? – “Tonight.”", channel=FEED)
        assert "asked by Anonymous" in changed.text
        await stage.vanished("nova", "Tomorrow.", channel=FEED)
        for who, told in (("nova", "Q1 · answered and published"), ("mira", "Q2 · answered and published")):
            assert told in await stage.told(who, "command", "/stage questions")
        # Taken out on Discord, it is nowhere.
        await more(stage, "bo", 1, "Unpublish")
        await stage.vanished("nova", LINE, channel=FEED)
        page = await stage.told("mira", "command", "/stage feed")
        assert LINE not in page and "“Tonight.”" in page
        await stage.people["mira"].home()
        await stage.read("mira", "“Tonight.”", channel=HOME)
        await stage.vanished("mira", LINE[:40], channel=HOME)
        # A long conversation is read page by page, and a line of it deleted.
        for number in range(8):
            await stage.say("nova", f"And one more thing, number {number}", THREAD)
        await stage.see("ana", lambda post: of(1)(post) and "number 7" in told_in(post), channel=QUEUE)
        await stage.press("ana", "Read", of(1), QUEUE)
        await stage.press("ana", "Show newer", private, QUEUE)
        await stage.see("ana", lambda post: private(post) and "number 7" in post.text, channel=QUEUE)
        await stage.choose("ana", "Delete a line", "Nova: And one more thing, number 7", QUEUE, private)
        await stage.read("ana", "Deleted. Moderators read it no more.", channel=QUEUE)
