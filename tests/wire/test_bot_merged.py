"""The same question from both platforms: suggested at both desks, merged, answered once, taken apart (SPEC 4.9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from tests.wire.audience import BOT, QUEUE, has, shared, until
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

THREAD = "Q2 · Keynote"


def of(number: int, words: str = "") -> Callable[[Post], bool]:
    """Its card at a desk, open or closed."""

    def test(post: Post) -> bool:
        return shared(post) and post.text.startswith(f"Q{number} ") and words in post.text

    return test


async def answers(stage: Stage, who: str, number: int, text: str) -> None:
    await stage.form(who, await stage.press(who, "Reply", of(number), QUEUE))
    assert "is sent" in await stage.send(who, {"Answer": text, "Then": []}, QUEUE)


async def seen(stage: Stage, words: str) -> None:
    """In Nova's private thread."""

    async def found() -> bool:
        try:
            return any(words in post.text for post in await stage.posts("nova", THREAD))
        except LookupError:
            return False

    await until(found)


@pytest.mark.shows("questions-merged", on="both")
async def test_two_who_ask_the_same_get_one_answer_until_that_is_undone(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova", made=True)
        for who, text in (("mira", "Will the slides be shared?"), ("nova", "are the slides going to be shared")):
            assert "was received" in await stage.told(who, "command", f"/stage ask {text}")
        for who in ("ana", "bo"):
            card = await stage.see(who, of(2, "Close to Q1: Will the slides be shared?"), channel=QUEUE)
            assert has(card, "Merge with Q1")
        # What was answered before it was merged comes at once.
        await answers(stage, "ana", 1, "We look it up.")
        told = await stage.told("bo", "press", card.id, "Merge with Q1", channel=QUEUE)
        assert "Q2 is merged into Q1: its asker gets the answer given already, and what follows." in told
        await seen(stage, "We look it up.")
        await seen(stage, "Q2 · asked by others too (Q1), being answered; you get the same answer")
        for who in ("ana", "bo"):
            await stage.see(who, of(2, "merged into Q1 by Bo"), channel=QUEUE)
            await stage.see(who, of(1, "with Q2 merged into it"), channel=QUEUE)
        await answers(stage, "ana", 1, "Yes, on Friday.")
        await stage.read("mira", "Yes, on Friday.", channel=BOT)
        await seen(stage, "Yes, on Friday.")
        await stage.choose("ana", "More", "Undo the merge", QUEUE, of(2))
        for who in ("ana", "bo"):
            await stage.see(who, of(2, "pending"), channel=QUEUE)
        await answers(stage, "ana", 1, "They are online now.")
        await stage.read("mira", "They are online now.", channel=BOT)
        await answers(stage, "bo", 2, "Another answer.")
        await seen(stage, "Another answer.")
        assert not any("They are online now." in post.text for post in await stage.posts("nova", THREAD))
        # By the form, whatever is suggested; and declined it is for both.
        await stage.form("bo", await stage.choose("bo", "More", "Merge into…", QUEUE, of(2)))
        told = await stage.send("bo", {"Into": "Q1: Will the slides be shared?"}, QUEUE)
        assert "Q2 is merged into Q1: its asker gets the 3 answers given already, and what follows." in told
        await seen(stage, "They are online now.")
        await stage.form("ana", await stage.choose("ana", "More", "Decline…", QUEUE, of(1)))
        await stage.send("ana", {"Reason": "All is said."}, QUEUE)
        await seen(stage, "Q2 · declined (as Q1): All is said.")
        await stage.read("mira", "Q1 · declined: All is said.", channel=BOT)
