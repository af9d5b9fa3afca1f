"""Public questions over both platforms: let through, upvoted once a person, on stage, answered live (SPEC 12.1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import CHANNEL, QUEUE, STAGE, Audience, Test, has, private, shared
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import on_stage

FEED, HOME = "keynote-feed", "@home"


async def asks(stage: Audience, who: str, text: str, *options: str) -> None:
    await stage.form(who, await stage.press(who, "Ask a question", shared, STAGE))
    told = await stage.send(who, {"Your question": text, "If it is published": list(options)}, STAGE)
    assert "was received" in told and "once a moderator has let it through" in told, told


def of(number: int) -> Test:
    return lambda post: shared(post) and f"Q{number} · " in post.text


def page(*rows: str) -> Test:
    """The private page with these questions in this order."""
    return lambda post: private(post) and re.findall(r"\bQ\d+(?=[: ])", _rows(post)) == list(rows)


def _rows(post: Post) -> str:
    return post.text.partition("Questions in “Keynote”")[2]


async def mode(stage: Audience, who: str) -> None:
    await stage.people[who].command(CHANNEL, "/mod session setup")
    await stage.form(who, await stage.press(who, "Q&A", private, CHANNEL))
    told = await stage.send(who, {"Mode": "Everybody reads and upvotes them"}, CHANNEL)
    assert "Everybody reads and upvotes them" in told or "everybody reads" in told, told


@pytest.mark.shows("board", "board-lane", on="both")
async def test_questions_are_let_through_upvoted_from_both_sides_taken_on_stage_and_answered_there(
    tmp_path: Path, outgoing: Check
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "leo", "nova", "sam", made=True)
        await mode(stage, "ana")
        await asks(stage, "nova", "Will there be recordings?", "My name may stand beside it")
        await asks(stage, "mira", "Is lunch included?")
        await asks(stage, "nova", "And the slides?")
        # Nobody reads them before a moderator did, who reads how many wait.
        await stage.press("sam", "All questions", shared)
        await stage.see("sam", lambda post: private(post) and "Nobody has asked in public yet." in post.text)
        await stage.see("ana", lambda post: "3 wait to be let through." in post.text, channel=QUEUE)
        for host, number in (("ana", 1), ("bo", 2)):
            await stage.press(host, "Let through", of(number), QUEUE)
            await stage.read(host, f"Q{number} is on the board", channel=QUEUE)
        await stage.choose("ana", "More", "Put on the board", QUEUE, of(3))
        await stage.read("ana", "Q3 is on the board", channel=QUEUE)
        # The card in Discord's feed, and one's own page on either side; the first question of each comes first.
        card = await stage.see("sam", lambda post: has(post, "Upvote Q3"), channel=FEED)
        assert "Fair order: who asks for the first time comes first" in card.text and "Nova" in card.text
        assert "Mira" not in card.text and "Anonymous" in card.text
        await stage.press("sam", "Upvote Q2", shared, FEED)
        await stage.read("sam", "You upvoted Q2.", channel=FEED)
        await stage.press("leo", "All questions", shared)
        await stage.press("leo", "Upvote Q2", page("Q2", "Q1", "Q3"))
        voted = await stage.see("leo", lambda post: private(post) and has(post, "Take back Q2"))
        assert "You upvoted Q2." in voted.text and "2 upvotes · Anonymous" in voted.text
        await stage.see("sam", lambda post: shared(post) and "2 upvotes" in post.text, channel=FEED)
        await stage.press("leo", "Take back Q2", private)
        await stage.see("leo", lambda post: private(post) and "is taken back" in post.text and has(post, "Upvote Q2"))
        await stage.see("sam", lambda post: shared(post) and "1 upvote ·" in post.text, channel=FEED)
        await stage.press("leo", "Newest", private)
        await stage.see("leo", lambda post: page("Q3", "Q2", "Q1")(post) and has(post, "Now: Newest"))
        # On Discord it comes from one's own questions, on Slack from the App Home, too.
        await stage.people["sam"].command(STAGE, "/stage questions")
        await stage.press("sam", "All questions", lambda post: private(post) and "Your questions" in post.text)
        await stage.press("sam", "Upvote Q1", page("Q2", "Q1", "Q3"))
        await stage.see(
            "sam", lambda post: private(post) and "You upvoted Q1." in post.text and has(post, "Take back Q1")
        )
        await stage.press("sam", "Take back Q1", private)
        await stage.people["leo"].home()
        opened = await stage.form("leo", await stage.press("leo", "All questions", channel=HOME))
        assert "Is lunch included?" in opened.text and "Fair order" in opened.text
        await stage.people["leo"].close()
        # One's own has no button.
        await stage.press("mira", "All questions", shared)
        own = await stage.see("mira", page("Q2", "Q1", "Q3"))
        assert not has(own, "Upvote Q2") and has(own, "Upvote Q1") and "yours" in own.text
        # A label, the stage, and the answer that was said there.
        await stage.form("ana", await stage.choose("ana", "More", "Label…", QUEUE, of(1)))
        assert "Q1 is labelled “Logistics”." in await stage.send("ana", {"Label": "Logistics"}, QUEUE)
        await stage.choose("ana", "More", "On stage now", QUEUE, of(1))
        for who in ("leo", "sam"):
            await stage.read(who, "On stage: Q1 · Will there be recordings?")
        await stage.see("sam", lambda post: shared(post) and "on stage now" in post.text, channel=FEED)
        await stage.press("leo", "Fair order", private)
        await stage.choose("leo", "Only one label", "Logistics", test=private)
        await stage.see("leo", page("Q1"))
        await stage.choose("ana", "More", "Answered live", QUEUE, of(1))
        told = "Q1 · answered live, in the session"
        await stage.people["nova"].settle("Q1 · Keynote", lambda posts: any(told in it.text for it in posts))
        await stage.see("sam", lambda post: shared(post) and "answered live" in post.text, channel=FEED)
        await stage.choose("ana", "More", "Take off the board", QUEUE, of(3))
        await stage.see("sam", lambda post: has(post, "Upvote Q2") and not has(post, "Upvote Q3"), channel=FEED)
