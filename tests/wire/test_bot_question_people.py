"""Who has a question, over the wire: assigned, warned, handed over, taken away with the part; and who is blocked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from core.app.handle.questions import claims, timers
from core.domain.ids import MINUTE, SECOND
from tests.wire.audience import BOT, CHANNEL, QUEUE, has, private, shared, until
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

NEUTRAL = "This is not available to you in this session."


def card(post: Post) -> bool:
    return shared(post) and "Q1 · " in post.text


def elsewhen() -> str:
    """Hours that it is not now, in UTC."""
    now = datetime.now(UTC)
    return f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=3):%H:%M}"


async def reply(stage: Stage, who: str) -> None:
    """It becomes theirs; the form is put away."""
    await stage.form(who, await stage.press(who, "Reply", card, QUEUE))
    await stage.people[who].close()


@pytest.mark.shows("questions-rules", "questions-hours", "questions-assign", "questions-timers", on="both")
@pytest.mark.shows("questions-team", "questions-blocked", "questions", on="both")
async def test_a_question_goes_from_one_moderator_to_another_and_back(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await stage.live("ana", "bo", "mira", "nova")
        # How questions are taken, by a form with a mistake in it first.
        await stage.people["ana"].command(CHANNEL, "/mod session setup")
        await stage.form("ana", await stage.press("ana", "Q&A", private))
        back = await stage.again("ana", {"Answered between": "late"})
        assert next(it for it in back.entries if it.label == "Answered between").value == "late"
        words = {"Automatic reply outside of these hours": "We answer later.", "Quick replies": "Yes\nNo"}
        assert "Saved." in await stage.send("ana", {"Answered between": elsewhen(), **words})
        told = await stage.told("nova", "command", "/stage ask Will it be recorded?")
        assert "We answer later. Moderators answer from " in told
        # One has it; the other reads who. It is assigned, with a comment.
        await reply(stage, "ana")
        assert "Ana has Q1 already." in await stage.told("bo", "press", await at(stage, "bo"), "Reply", channel=QUEUE)
        await stage.form("ana", await stage.choose("ana", "More", "Assign to…", QUEUE, card))
        told = await stage.send("ana", {"To": "Bo", "Comment": "You know the dates."}, QUEUE)
        assert "Q1 is with Bo now, who is told by direct message." in told
        post = await stage.read("bo", "Q1 is yours to answer", channel=BOT)
        assert "You know the dates." in post.text and has(post, "Read")
        # A claim without an answer warns its owner, who sends it back; the next one goes back by itself.
        monkeypatch.setattr(claims, "WARN_AFTER", SECOND)
        monkeypatch.setattr(timers, "WARN_AFTER", SECOND)
        await stage.choose("bo", "More", "Send back to pending", QUEUE, card)
        await stage.see("ana", lambda post: card(post) and "pending" in post.text, channel=QUEUE)
        await reply(stage, "bo")
        await stage.read("bo", "Q1 waits for you", channel=BOT)
        await stage.press("bo", "Send back", channel=BOT)
        await stage.see("ana", lambda post: card(post) and "pending" in post.text, channel=QUEUE)
        monkeypatch.setattr(claims, "RETURN_AFTER", 2 * SECOND)
        monkeypatch.setattr(timers, "RETURN_AFTER", 2 * SECOND)
        monkeypatch.setattr(timers, "WARNED", SECOND)
        await reply(stage, "bo")
        await stage.read("bo", "Q1 waits for any moderator again", channel=BOT)
        await stage.see("ana", lambda post: card(post) and "pending" in post.text, channel=QUEUE)
        for name, wait in (("WARN_AFTER", 10 * MINUTE), ("RETURN_AFTER", 15 * MINUTE)):
            monkeypatch.setattr(claims, name, wait)
            monkeypatch.setattr(timers, name, wait)
        # All that one has is handed back.
        await stage.form("ana", await stage.people["ana"].command(CHANNEL, "/mod take"))
        await stage.people["ana"].close()
        assert "claimed by Ana" in await stage.told("bo", "command", "/mod questions")
        await stage.press("ana", "List", channel=QUEUE)
        await stage.form("ana", await stage.press("ana", "Hand over mine", private, QUEUE))
        told = await stage.send("ana", {"To": "Nobody: they wait for any moderator"}, QUEUE)
        assert "Q1 waits for a moderator again." in told
        # Who is no moderator any more: the open form is refused, its words shown, the question anybody's.
        await stage.form("ana", await stage.press("ana", "Reply", card, QUEUE))
        await stage.people["bo"].command(CHANNEL, "/mod team")
        team = await stage.see("bo", lambda post: private(post) and "Team of" in post.text)
        assert "Ana" in team.text
        await stage.people["bo"].press(CHANNEL, team.id, "Remove")
        asked = await stage.see("bo", lambda post: "Remove Ana as moderator" in post.text and has(post, "Keep"))
        await stage.people["bo"].press(CHANNEL, asked.id, "Remove")
        await stage.read("bo", "Ana is not a moderator any more.")
        assert stage.rows("SELECT state, owner FROM question") == [("pending", None)]
        told = await stage.send("ana", {"Answer": "Yes, on Friday."})
        assert "Only moderators of this session can do that." in told
        assert "Yes, on Friday." in told, "nothing typed is lost"
        assert stage.rows("SELECT state, owner, answered_at FROM question") == [("pending", None, None)]
        # Who is blocked asks nothing, and gets nothing.
        either = ("Cancel", "Block")
        for button in either:
            before = {post.id for post in await stage.posts("bo", QUEUE)}
            await stage.choose("bo", "More", "Block the asker", QUEUE, card)
            shown = await stage.see("bo", lambda it, b=before: it.id not in b and has(it, "Cancel"), channel=QUEUE)  # type: ignore[misc]
            await stage.people["bo"].press(QUEUE, shown.id, button)
        await until(lambda: stage.rows("SELECT 1 FROM member WHERE blocked"))
        assert NEUTRAL in await stage.told("nova", "command", "/stage ask Hello?")
        await stage.see("bo", lambda post: card(post) and "its asker is blocked" in str(post), channel=QUEUE)


async def at(stage: Stage, who: str) -> str:
    return (await stage.see(who, lambda post: card(post) and has(post, "Reply"), channel=QUEUE)).id
