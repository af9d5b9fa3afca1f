"""Every card of questions: asked in each mode, taken, answered, declined, merged, published, on the board, in pages."""

from __future__ import annotations

from functools import partial

from adapters.sandbox.hands import Post
from tests.wire.album import Album
from tests.wire.audience import BOT, CHANNEL, QUEUE, Test, has, private, shared
from tests.wire.bot_stage import Stage

FEED = "keynote-feed"
HOSTS, GUESTS = ("ana", "bo"), ("mira", "nova")
MODES = ("Each question by itself", "Everybody reads and upvotes them")
LONG = "It is in the hall. " * 25


def of(number: int, *words: str) -> Test:
    """Its card at a desk, with these words."""

    def test(post: Post) -> bool:
        return shared(post) and post.text.startswith(f"Q{number} ") and all(it in post.text for it in words)

    return test


async def questions(stage: Stage, album: Album) -> None:
    """One of each guest for moderators, then two that everybody reads and that ask the same.

    Forms are opened on Discord where it does not matter: Slack has so many a minute, and this crowd needs its own.
    """
    for who, mode in zip(GUESTS, MODES, strict=True):
        await stage.told(who, "command", "/stage ask Where is lunch?", channel=CHANNEL)
        album.take()
        await change_mode(stage, mode)
    for number, host in enumerate(HOSTS, 1):
        await stage.see(host, of(number, "pending"), channel=QUEUE)
    for who in GUESTS:
        await stage.say(who, f"Is anybody there for {who}?", BOT)
        await stage.read(who, "To whom?", channel=BOT)
        await stage.form(who, await stage.press(who, "Ask a question", shared))
        assert "was received" in await stage.send(who, {"Your question": "Will the slides be shared?"})
    for host in HOSTS:
        await stage.see(host, lambda post: of(4)(post) and has(post, "Let through"), channel=QUEUE)
    album.take()
    await _on_board(stage, album)
    await _answered(stage, album)
    await _pages(stage, album)


async def change_mode(stage: Stage, mode: str) -> None:
    host = stage.hosting[-1]
    await stage.people[host].command(CHANNEL, "/mod session setup")
    await stage.form(host, await stage.press(host, "Q&A", private, CHANNEL))
    assert "Saved. Questions:" in await stage.send(host, {"Mode": mode}, CHANNEL)


async def _on_board(stage: Stage, album: Album) -> None:
    for number, host in ((3, "ana"), (4, "bo")):
        await stage.press(host, "Let through", of(number), QUEUE)
        await stage.read(host, f"Q{number} is on the board", channel=QUEUE)
    await stage.form("bo", await stage.choose("bo", "More", "Label…", QUEUE, of(3)))
    await stage.send("bo", {"Label": "Slides"}, QUEUE)
    await stage.choose("ana", "More", "On stage now", QUEUE, of(3))
    for host in HOSTS:
        await stage.see(host, lambda post: of(3, "on stage now")(post) and has(post, "Reply"), channel=QUEUE)
        await stage.see(host, lambda post: of(4)(post) and has(post, "Merge with Q3"), channel=QUEUE)
    await stage.see("nova", lambda post: has(post, "Upvote Q4"), channel=FEED)
    for who in GUESTS:
        await stage.press(who, "All questions", shared)
        await stage.see(who, lambda post: private(post) and "Fair order" in post.text)
        album.take()
        await stage.press(who, f"Upvote Q{4 if who == 'mira' else 3}", private)
        await stage.see(who, lambda post: private(post) and "You upvoted Q" in post.text)
        album.take()


async def _answered(stage: Stage, album: Album) -> None:
    """One is answered and published, one declined, one merged, one still with somebody."""
    for number in (1, 2):
        await stage.form("bo", await stage.press("bo", "Reply", of(number), QUEUE))
        await stage.people["bo"].close()
        for host in HOSTS:
            await stage.see(host, of(number, "claimed by"), channel=QUEUE)
    album.take()
    await stage.form("bo", await stage.choose("bo", "More", "Decline…", QUEUE, of(2)))
    assert "is declined" in await stage.send("bo", {"Reason": "It is on the map."}, QUEUE)
    await stage.form("bo", await stage.press("bo", "Reply", of(1), QUEUE))
    published = "Publish to the feed (asker shown as Anonymous)"
    await stage.send("bo", {"Answer": LONG, "Then": ["Mark as answered", published]}, QUEUE)
    # Somebody is faster: Discord needs a button to open the form again that came back.
    await stage.form("bo", await stage.choose("bo", "More", "Decline…", QUEUE, of(4)))
    await stage.press("ana", "Merge with Q3", of(4), QUEUE)
    await stage.read("ana", "Q4 is merged into Q3", channel=QUEUE)
    await stage.people["bo"].fill({"Reason": "It is asked already."})
    await stage.see("bo", lambda post: private(post) and "was merged into" in post.text, channel=QUEUE)
    album.take()
    for host in HOSTS:
        for number, words in ((1, "answered by"), (2, "declined by"), (4, "merged into Q3")):
            await stage.see(host, of(number, words), channel=QUEUE)
    await stage.see("nova", lambda post: has(post, "Read all"), channel=FEED)
    await stage.form("ana", await stage.press("ana", "Take next", shared, QUEUE))
    await stage.people["ana"].close()
    await stage.see("bo", of(3, "claimed by"), channel=QUEUE)
    album.take()


async def _pages(stage: Stage, album: Album) -> None:
    for host in HOSTS:
        await stage.told(host, "command", "/mod questions", channel=CHANNEL)
        album.take()
        await stage.choose(host, "More", "Read", QUEUE, of(1))
        await stage.see(host, partial(has, label="Delete a line"), channel=QUEUE)
        album.take()
    await stage.choose("ana", "More", "Send back to pending", QUEUE, of(3))
    await stage.form("bo", await stage.press("bo", "Reply", of(3, "pending"), QUEUE))
    await stage.people["bo"].close()
    await stage.told("bo", "command", "/mod questions", channel=CHANNEL)
    album.take()
    for who in GUESTS:
        assert "Your questions in “Keynote”" in await stage.told(who, "command", "/stage questions")
        album.take()
        await stage.told(who, "command", "/stage feed", channel=CHANNEL)
        album.take()
