"""What moderators do over the wire: to lines and authors, at the desk, with what is open (SPEC 3.4 to 3.7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from adapters.sandbox.hands import Post
from core.app.handle import showing
from core.domain.ids import SECOND
from tests.wire.audience import BACKCHANNEL, CHANNEL, DOOR, QUEUE, STAGE, has, private, shared, until
from tests.wire.bot_sides import Check, Side, on_every_side
from tests.wire.bot_stage import Stage, on_stage

STAYS = "only its author or an admin can delete it there"


async def gone(stage: Stage, who: str, words: str) -> None:
    """Wait until no post holds these words, nor quotes them."""
    await stage.people[who].settle(
        STAGE,
        lambda posts: not any(words in " ".join([post.text, *post.quotes]) for post in posts if not post.private),
    )


async def pinned(stage: Stage, who: str, words: str, *, yes: bool = True) -> None:
    """Wait until the line is, or is not, among the pinned ones."""

    async def is_so() -> bool:
        return any(words in post.text for post in await stage.people[who].pins(STAGE)) is yes

    await until(is_so)


@pytest.mark.shows("moderate", "pin", "answer-as-session", "delete", "menu")
@on_every_side
async def test_lines_are_pinned_unpinned_answered_and_deleted_everywhere(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(host, guest, across, made=True)
        await stage.people[guest].write(STAGE, "The slides are online")
        await stage.people[across].write(STAGE, "Buy cheap watches")
        line = await stage.read(host, "The slides are online")
        assert "Pinned." in await stage.moderate(host, line, "Pin")
        for who in (guest, across):
            await pinned(stage, who, "The slides are online")
        await stage.press(guest, "Menu", shared)
        await stage.see(guest, lambda post: post.private and "Pinned · " in post.text)
        menu = await stage.see(guest, lambda post: post.private and has(post, "Open the stage"))
        address = next(it.url for it in menu.controls if it.label == "Open the stage") or ""
        ref = f"p{line.id.replace('.', '')}" if side.slack else line.id
        typed = f"/mod moderate {address}/{ref}"
        sheet = await stage.form(host, await stage.people[host].command(CHANNEL, typed))
        assert "The slides are online" in sheet.text
        assert "Unpinned." in await stage.send(host, {"What to do": "Unpin"}, CHANNEL)
        for who in (guest, across):
            await pinned(stage, who, "The slides are online", yes=False)
        answer = "They stay there for a year"
        assert "goes out" in await stage.moderate(host, line, "Only answer, with the text below", answer)
        for who in (guest, across):
            assert (await stage.read(who, answer)).author.startswith("Keynote")
        rude = await stage.read(host, "Buy cheap watches")
        told = await stage.moderate(host, rude, "Delete everywhere")
        assert "Deleted." in told
        await gone(stage, guest, "Buy cheap watches")
        if side.slack:
            await gone(stage, across, "Buy cheap watches")  # Discord lets the bot remove what others wrote
        else:
            assert STAYS in told
        told = await stage.moderate(host, line, "Delete everywhere")
        await gone(stage, across, "The slides are online")
        assert (STAYS in told) is side.slack
        again = await stage.moderate_refused(host, line) if side.slack else "has been deleted already"
        assert "has been deleted already" in again


@pytest.mark.shows("block", "delete", "moderate", "refused-form")
@on_every_side
async def test_a_blocked_author_is_out_until_unblocked(tmp_path: Path, outgoing: Check, side: Side) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest, across = side.host, side.guest, side.across
        await stage.live(host, guest, across, made=True)
        for text in ("Spam one", "Spam two", "A last word"):
            await stage.people[guest].write(STAGE, text)
        await stage.people[across].write(STAGE, "No spam from me")
        await stage.read(across, "A last word")
        told = await stage.moderate(host, await stage.read(host, "Spam one"), "Delete their last 10 minutes")
        assert "3 messages are deleted." in told
        await gone(stage, across, "Spam")
        await stage.read(across, "No spam from me")
        await stage.people[guest].write(STAGE, "What was that?")
        await stage.read(across, "What was that?")
        line = await stage.read(host, "What was that?")
        assert "is blocked" in await stage.moderate(host, line, "Block the author")
        if side.slack:
            await stage.lost(guest, STAGE)
        else:
            await no_more_words(stage, guest)
        told = await stage.told(guest, "press", await door(stage, guest), "Join session", channel=DOOR)
        assert "not available to you" in told
        assert "takes part again" in await stage.moderate(host, line, "Unblock the author")
        await stage.say(guest, "Sorry")
        await stage.read(across, "Sorry")
        await stage.taken_in(line.id)
        opened = await stage.people[host].shortcut(STAGE, line.id, "Moderate…")
        await stage.form(host, opened)
        back = await stage.again(host, {"What to do": "Only answer, with the text below"})
        shown = back.text + " ".join(entry.error or "" for entry in back.entries)
        assert "Write the answer here" in shown


@pytest.mark.shows("lines-together", "moderate", "delete")
@on_every_side
async def test_of_several_lines_in_one_post_one_is_chosen(tmp_path: Path, outgoing: Check, side: Side) -> None:
    """At the platforms' real pace lines that come fast go out together."""
    async with on_stage(tmp_path, outgoing, mode=side.mode, rates=True) as stage:
        host, across = side.host, side.across
        await stage.live(host, across, made=True)
        for number in range(8):
            await stage.people[across].write(STAGE, f"Quick line {number}.")
        await stage.read(host, "Quick line 7.", within=20)
        post = await stage.see(host, lambda post: len(quick(post)) > 1)
        stays, goes = quick(post)[0], quick(post)[-1]
        assert "Which line?" in await stage.moderate_refused(host, post)
        options = next(it.options for it in (await chooser(stage, host)).controls if it.label == "Choose a line")
        picked = await stage.choose(host, "Choose a line", next(it for it in options if goes in it))
        assert goes in (await stage.form(host, picked)).text
        await stage.send(host, {"What to do": "Delete everywhere"})
        await stage.people[host].settle(STAGE, lambda posts: not any(goes in quick(it) for it in posts), within=20)
        assert any(stays in quick(it) for it in await stage.posts(host))


def quick(post: Post) -> list[str]:
    return re.findall(r"Quick line \d\.", post.text) if post.bot and shared(post) else []


async def chooser(stage: Stage, who: str) -> Post:
    return await stage.see(who, lambda post: post.private and has(post, "Choose a line"))


async def door(stage: Stage, who: str) -> str:
    return (await stage.see(who, lambda post: has(post, "Join session") and shared(post), channel=DOOR)).id


async def no_more_words(stage: Stage, who: str) -> None:
    """Discord: the room is gone from the list, or writing there is refused."""

    async def refused() -> bool:
        try:
            await stage.people[who].write(STAGE, "Hello?")
        except (PermissionError, LookupError):
            return True
        return False

    await until(refused)


@pytest.mark.shows("poll-make", "poll-vote", "poll-result", "poll-end", "poll-list")
@on_every_side
async def test_drafts_are_published_hidden_shown_and_ended_at_the_desk(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest = side.host, side.guest
        await stage.live(host, guest, made=True)
        await stage.form(host, await stage.choose(host, "New", "Poll", QUEUE))
        typed = {"Question": "Tea?", "Options, one a line": "Yes\nNo", "Results": "Share when it ends"}
        assert "Saved as a draft." in await stage.send(host, typed, QUEUE)
        await stage.press(host, "Drafts 1", shared, QUEUE)
        await stage.press(host, "Open", private, QUEUE)
        await stage.press(host, "Publish now", private, QUEUE)
        await stage.press(guest, "Vote A", shared)
        await stage.read(guest, "Your vote: A")
        await stage.press(host, "End", lambda post: shared(post) and "Live: Poll “Tea?”" in post.text, QUEUE)
        await stage.press(host, "Keep it open", channel=QUEUE)
        await stage.read(host, "Nothing was changed.", channel=QUEUE)
        await stage.press(host, "Menu", shared)
        await stage.press(host, "Interactions")
        assert has(await interactions(stage, host), "New")
        await stage.form(host, await stage.choose(host, "New", "Poll"))
        sent = {"Question": "Coffee?", "Options, one a line": "Yes\nNo", "Results": "Share while it is open"}
        assert "Saved as a draft." in await stage.send(host, sent)
        await stage.press(host, "Publish now", private)
        await stage.read(host, "Published.")
        await stage.press(guest, "Vote B", lambda post: shared(post) and "Coffee?" in post.text)
        await stage.press(host, "Hide results", private)
        await stage.read(host, "Results are hidden.")
        await stage.press(host, "Show results", private)
        await stage.read(host, "Results are shown.")
        await stage.press(host, "End", lambda post: "Coffee?" in post.text)
        await stage.press(host, "End poll")
        await stage.read(host, "Ended.")
        await stage.see(guest, lambda post: "Coffee?" in post.text and "ended" in post.text and shared(post))
        await stage.form(host, await stage.people[host].command(CHANNEL, "/mod poll Which of them?"))
        several = {"Options, one a line": "Tea\nCake\nFruit", "Answers": ["Allow more than one answer"]}
        await stage.send(host, {**several, "Results": "Never share"}, CHANNEL)
        await stage.press(host, "Publish now", private, CHANNEL)
        card = await stage.see(guest, lambda post: has(post, "Choose one or more"))
        options = next(it.options for it in card.controls if it.label == "Choose one or more")
        await stage.people[guest].choose(STAGE, card.id, "Choose one or more", [options[0], options[2]])
        await stage.read(guest, "Your vote: A")


async def interactions(stage: Stage, who: str) -> Post:
    return await stage.see(who, lambda post: post.private and has(post, "Now: Interactions"))


@pytest.mark.shows("rooms-kept-last")
@on_every_side
async def test_bar_desk_and_alert_stay_near_the_end(
    tmp_path: Path, outgoing: Check, monkeypatch: pytest.MonkeyPatch, side: Side
) -> None:
    kept = {"stage": (3, SECOND), "backchannel": (3, SECOND), "queue": (2, SECOND)}
    monkeypatch.setattr(showing, "KEPT", kept)
    async with on_stage(tmp_path, outgoing, mode=side.mode) as stage:
        host, guest = side.host, side.guest
        await stage.live(host, guest, made=True)
        first = await stage.see(guest, lambda post: has(post, "Menu") and shared(post))
        for number in range(4):
            await stage.people[guest].write(STAGE, f"Line {number}")
        again = await stage.see(guest, lambda post: has(post, "Menu") and shared(post) and post.id != first.id)
        await stage.people[guest].settle(STAGE, lambda posts: bars(posts) == [again.id])
        desk = await stage.see(host, lambda post: has(post, "What is live"), channel=QUEUE)
        for number in range(3):
            await stage.say(host, f"Talk {number}", QUEUE)
        await stage.see(host, lambda post: has(post, "What is live") and post.id != desk.id, channel=QUEUE)
        alert = await stage.see(host, lambda post: post.text.startswith("Moderators only"), channel=BACKCHANNEL)
        for number in range(4):
            await stage.say(host, f"Whisper {number}", BACKCHANNEL)
        later = await stage.see(host, lambda post: post.text == alert.text and post.id != alert.id, channel=BACKCHANNEL)
        await stage.people[host].settle(
            BACKCHANNEL, lambda posts: [it.id for it in posts if it.text == alert.text] == [later.id]
        )


def bars(posts: Sequence[Post]) -> list[str]:
    return [post.id for post in posts if has(post, "Menu") and shared(post)]
