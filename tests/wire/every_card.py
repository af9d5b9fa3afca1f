"""A story that puts every card there is onto both platforms, each kept in an album as it comes."""

from __future__ import annotations

from functools import partial
from typing import Any

from adapters.sandbox.hands import Answered, Post
from core.app.intake_questions import DEEDS
from tests.wire.album import Album, Control
from tests.wire.audience import BACKCHANNEL, BOT, CHANNEL, QUEUE, STAGE, has, private, shared
from tests.wire.bot_stage import Stage
from tests.wire.cards_of_questions import questions
from tests.wire.kinds_told import KINDS_TOLD, answer

HOSTS, GUESTS = ("ana", "bo"), ("mira", "nova")
SPEAKERS = (("ana", "leo"), ("bo", "sam"))
LATER = "23:57"
SEVERAL: dict[str, Any] = {"Answers": ["Allow more than one answer"]}
LAST = ("clear", "remove", "leave", "end", "unpublish", "delete", "advance")
"""What takes away what others are for is pressed when they were."""


def late(one: Control) -> tuple[int, bool]:
    """The order in which all of them can be pressed."""
    if one.verb == "vote":
        return -2, False  # above 50 presses a second Slack's crowd is not told of every change
    return LAST.index(one.act) if one.act in LAST else -1, one.made.endswith(("ended", "archived"))


CHANGING = {
    "vote",
    "react",
    "room",
    "advance",
    "extend",
    "publish",
    "next",
    "hide",
    "unhide",
    "end",
    "unpublish",
    "delete",
    "more notify",
    "more longer",
    "more duplicate",
    "more up",
    "more down",
    "feedmove",
    "feedunpin",
    "rehearsenext",
    "endrehearsal",
    "remove",
    "leave",
    "join",
    "link",
}
ASIDE = {"ok", "no", "partup", "partdown", "droppart", "dismiss", "lead", "stopnews"}
"""They change one answer, one question or one's own choice, and take nothing away that others are for; so they are
pressed on the way."""

ON_QUESTIONS = {"qnext", "qreply", "qsend", "qup", "qdo", "qmergewith", "qdelete", "qblocked"}
IN_MENU = {f"qmore {deed}" for deed in (*DEEDS, "notsame")}
"""They change a question, its conversation or who has it."""

LEFT = CHANGING | ON_QUESTIONS | IN_MENU | {"clear", "unblock", "unlink"}
"""Not pressed on the way: they take away what others are for."""


async def every_card(stage: Stage) -> Album:
    """A session that ended, one that is live with polls, one that is being prepared; and whatever they showed."""
    album = Album(stage, (*HOSTS, *GUESTS))
    for host in HOSTS:
        await stage.told(host, "command", "/stage menu", channel=CHANNEL)
    album.take()
    await over(stage, album)
    await prepared(stage, album)
    await announced(stage, album)
    await joined(stage, album)
    await tried(stage, album)
    await live(stage, album)
    await questions(stage, album)
    await each_kind(stage, album)
    await menus(stage, album)
    await asked(stage, album)
    await refused(stage, album)
    await further(album)
    return album


async def over(stage: Stage, album: Album) -> None:
    """One that ended, with the question whether to archive it."""
    await stage.prepare("now", "45m", name="Old")
    for step, words in (("announce", "is announced"), ("start", "is live"), ("end", "End “Old” for everybody?")):
        assert words in await stage.told("ana", "command", f"/mod session {step}", channel=CHANNEL)
        album.take()
    await stage.press("ana", "End session", channel=CHANNEL)
    await stage.read("ana", "“Old” has ended.", channel=CHANNEL)
    album.take()
    for host in HOSTS:
        await stage.see(host, lambda post: shared(post) and "ended" in post.text, channel="old-queue")
        await stage.press(host, "Setup", shared, "old-queue")
        await stage.see(host, lambda post: has(post, "Archive"), channel="old-queue")
        album.take()
        await stage.press(host, "Archive", channel="old-queue")
        await stage.read(host, "Archive “Old”?", channel="old-queue")
        album.take()


async def another(stage: Stage, start: str, name: str) -> None:
    """One more session, made with no private answers of the former one on the screen."""
    for host in HOSTS:
        await stage.people[host].reload()
    await stage.prepare(start, "1h", name=name)


async def prepared(stage: Stage, album: Album) -> None:
    await another(stage, LATER, "Keynote")
    album.take()
    for host in HOSTS:
        for line in ("setup", "rooms", "team"):
            told = await stage.told(host, "command", f"/mod session {line}" if line == "setup" else f"/mod {line}")
            assert "Keynote" in told, told
            album.take()
    for host, speaker in SPEAKERS:
        await stage.people[host].command(CHANNEL, "/mod team")
        await stage.form(host, await stage.press(host, "Add", lambda post: "Team of" in post.text))
        sent: Answered = await stage.people[host].fill({"Person": speaker, "As": "Speaker"})
        assert sent.ok
        await stage.read(host, "is a speaker now.")
        await stage.people[host].command(CHANNEL, "/mod team")
        await stage.press(host, "Remove", lambda post: "Team of" in post.text)
        await stage.see(host, lambda post: has(post, "Keep"))
        album.take()


async def announced(stage: Stage, album: Album) -> None:
    await stage.go("announce")
    await stage.see("mira", lambda post: has(post, "Join session"), channel="keynote-door")
    for host in HOSTS:
        await stage.see(host, lambda post: has(post, "Open doors"), channel=QUEUE)
    album.take()


async def joined(stage: Stage, album: Album) -> None:
    for who in (*HOSTS, *GUESTS):
        opened = await stage.press(who, "Join session", shared, "keynote-door")
        await stage.fill_join(who, opened)
        album.take()
    await stage.see("mira", lambda post: has(post, "Menu"), channel=BOT)
    stage.chat = STAGE
    await stage.go("open")
    for who in (*HOSTS, *GUESTS):
        await stage.see(who, lambda post: shared(post) and has(post, "Menu"))
    await stage.see("mira", lambda post: "The doors of" in post.text, channel=BOT)
    album.take()


async def tried(stage: Stage, album: Album) -> None:
    """A draft in a rehearsal; the start takes it away."""
    for host in HOSTS:
        await stage.draft(host, f"Tried by {host}?")
        await stage.told(host, "command", "/mod rehearse", channel=CHANNEL)
        album.take()
        await stage.press(host, "Rehearse next", channel=CHANNEL)
        await stage.see(host, lambda post: has(post, "End rehearsal"), channel=CHANNEL)
        await stage.read(host, "Made-up attendees answer.", channel=BACKCHANNEL)
        album.take()


async def live(stage: Stage, album: Album) -> None:
    await stage.go("start")
    for host in HOSTS:
        await stage.see(host, lambda post: shared(post) and has(post, "10 more minutes"), channel=QUEUE)
    album.take()
    await stage.poll("Which topic?")
    await stage.poll("Which of these?", **SEVERAL)
    for host in HOSTS:
        await stage.draft(host, "Later?")
        album.take()
    for who in GUESTS:
        await stage.press(who, "Vote A", shared)
        await stage.read(who, "Your vote: A")
        await stage.see(who, lambda post: shared(post) and has(post, "Choose one or more"))
    album.take()
    for host in HOSTS:
        await stage.see(host, lambda post: shared(post) and "Live: Poll" in post.text, channel=QUEUE)
        await stage.told(host, "command", "/mod live", channel=CHANNEL)
        album.take()
        await stage.press(host, "Open", private, CHANNEL)
        now, other = ("Hide results", "Show results") if host == HOSTS[0] else ("Show results", "Hide results")
        await stage.see(host, lambda post, now=now: private(post) and has(post, now), channel=CHANNEL)  # type: ignore[misc]
        album.take()
        await stage.press(host, now, private, CHANNEL)
        await stage.see(host, lambda post, other=other: private(post) and has(post, other), channel=CHANNEL)  # type: ignore[misc]
        album.take()
        await stage.press(host, "End", private, CHANNEL)
        await stage.see(host, lambda post: has(post, "End poll"), channel=CHANNEL)
        album.take()


async def each_kind(stage: Stage, album: Album) -> None:
    """Of every kind a draft on each side; the first host's is published, answered, and its answers are read."""
    for name, kind in KINDS_TOLD.items():
        for host in reversed(HOSTS):
            await stage.form(host, await stage.people[host].command(CHANNEL, f"/mod {name}"))
            told = await stage.send(host, {**kind.form, **kind.edited}, CHANNEL)
            assert "Saved as a draft." in told and kind.now in told, told
            album.take()
            for button, pick, values in kind.prepare:
                await stage.press(host, button, private, CHANNEL)
                await stage.form(host, await stage.choose(host, "Add a question", pick, CHANNEL))
                await stage.send(host, dict(values), CHANNEL)
                album.take()
                await stage.press(host, "Show the draft", channel=CHANNEL)
            await stage.see(host, lambda post, it=kind: has(post, it.send) and it.now in post.text, channel=CHANNEL)  # type: ignore[misc]
            album.take()
        await stage.press(HOSTS[0], kind.send, lambda post, it=kind: it.now in post.text, CHANNEL)  # type: ignore[misc]
        for who in GUESTS:
            await stage.see(who, lambda post, it=kind: shared(post) and it.now in post.text)  # type: ignore[misc]
        album.take()
        for who in GUESTS if kind.answers else ():
            if kind.then:
                await stage.press(who, kind.opens, lambda post, it=kind: shared(post) and it.now in post.text)  # type: ignore[misc]
                await stage.see(who, lambda post, it=kind: has(post, it.then))  # type: ignore[misc]
                album.take()
            # Whoever comes second finds the first one's vote on the button, or not yet.
            await answer(stage, who, kind, 0, counted=True)
            album.take()
    for host in HOSTS:
        for twin in [post for post in await stage.posts(host, QUEUE) if shared(post) and has(post, "Answers")]:
            await stage.people[host].press(QUEUE, twin.id, "Answers")
            album.take()


def first_of(post: Post, label: str) -> str:
    """The first thing to pick in this select."""
    return next(one.options[0] for one in post.controls if one.label == label)


async def menus(stage: Stage, album: Album) -> None:
    for host in HOSTS:
        await stage.told(host, "command", "/stage feed", channel=CHANNEL)
        album.take()
        page = await stage.see(host, lambda post: has(post, "Change an item"), channel=CHANNEL)
        await stage.choose(host, "Change an item", first_of(page, "Change an item"), CHANNEL)
        await stage.see(host, lambda post: has(post, "Move to top"), channel=CHANNEL)
        album.take()
    for who in (*HOSTS, *GUESTS):
        tabs = ("Settings", *(("Interactions", "Setup") if who in HOSTS else ()))
        await stage.told(who, "command", "/stage menu", channel=CHANNEL)
        album.take()
        for tab in tabs:
            await stage.press(who, tab, lambda post: post.private, CHANNEL)
            await stage.see(who, partial(has, label=f"Now: {tab}"), channel=CHANNEL)
            album.take()
    for who in ("ana", "mira"):
        await stage.people[who].home()
        await stage.see(who, lambda post: has(post, "Now: Live stage"), channel="@home")
        album.take()
        await stage.press(who, "Settings", channel="@home")
        await stage.see(who, lambda post: has(post, "Now: Settings"), channel="@home")
        album.take()


async def asked(stage: Stage, album: Album) -> None:
    """What asks once more, and what asks which session is meant."""
    for host in HOSTS:
        assert "End “Keynote”" in await stage.told(host, "command", "/mod session end", channel=CHANNEL)
        album.take()
    for who in GUESTS:
        assert "Leave “Keynote”" in await stage.told(who, "command", "/stage leave", channel=CHANNEL)
        album.take()
    await another(stage, "23:58", "Workshop")
    for host in HOSTS:
        assert "Which session?" in await stage.told(host, "command", "/mod poll Tea?", channel=CHANNEL)
        album.take()
        assert "Which session?" in await stage.told(host, "command", "/stage menu", channel=CHANNEL)
        album.take()


async def refused(stage: Stage, album: Album) -> None:
    """Forms that came back: Discord needs a button to open them again."""
    await stage.form("bo", await stage.people["bo"].command(CHANNEL, "/mod session create"))
    await stage.people["bo"].fill({"Name": "Typed", "Start": "25:99", "Length": "45m"})
    await stage.say("nova", "Something to moderate")
    line = await stage.read("bo", "Something to moderate")
    await stage.taken_in(line.id)
    await stage.people["bo"].shortcut(STAGE, line.id, "Moderate…")
    await stage.people["bo"].fill({"What to do": "Only answer, with the text below"})
    album.take()


async def further(album: Album) -> None:
    """What stands on the cards that only a press brings: one of each kind, until nothing new comes."""
    done: set[tuple[bool, str]] = set()
    while wanted := {(one.slack, one.act): one for one in album.controls if one.act not in LEFT}.keys() - done:
        for one in reversed(list(album.controls)):
            if (one.slack, one.act) in wanted - done:
                done.add((one.slack, one.act))
                assert (await album.press(one)).answered, str(one)
                album.take()
