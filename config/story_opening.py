"""The session begins: its rooms are made, people join, are let in and are tied to their other account."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from config.story import BACKCHANNEL, BOT, CHANNEL, DOOR, QUEUE, STAGE, Player, Story, has

NAME = "Keynote: The road ahead"
LATE = "Kim"
TALK = "main-hall"
"""A voice channel of the server."""


async def set_up(story: Story) -> None:
    """Made in any channel, held on both platforms, announced."""
    host, guest = story.one_each(manages=True)
    form = await story.command(host, "/mod session create")
    story.claims.check("/mod session create opens a form", form.sheet is not None, form)
    start = datetime.now(UTC) + timedelta(minutes=30)
    values = {"Name": NAME, "Start": f"{start:%Y-%m-%d %H:%M}", "Length": "45m"}
    await story.fill(host, form, {**values, "Timezone of the start": "UTC"})
    story.tell(host.name, "slack", f"makes the session “{NAME}”, half an hour from now")
    card = await story.press_for(host, "Add a venue", "Code: ", CHANNEL)
    code = card.text.partition("Code: ")[2][:8]
    story.tell(host.name, "slack", f"asks for a code and reads {code}")
    await story.command(guest, f"/mod session enter {code}")
    await story.read(guest, "is held here too now", CHANNEL)
    story.tell(guest.name, "discord", "enters the code: the session is held in Discord too")
    await story.press_for(guest, "Announce", "is announced", CHANNEL)
    story.tell(guest.name, "discord", "announces it")


async def rooms_stand(story: Story) -> None:
    """The announcement made them, and each is found by those only whose it is."""
    teams = zip(story.one_each(manages=True), story.one_each(), strict=True)
    await asyncio.gather(*(_rooms_stand(story, *pair) for pair in teams))


async def _rooms_stand(story: Story, host: Player, attendee: Player) -> None:
    where = host.platform
    door = await story.see(attendee, lambda post: has(post, "Join session"), DOOR)
    story.claims.check(f"the Join card stands in the door in {where}", "Keynote" in door.text, door)
    desk = await story.read(host, "Desk: Keynote", QUEUE)
    story.claims.check(f"the desk stands in the queue in {where}", has(desk, "Open doors"), desk)
    alert = await story.read(host, "attendees cannot see this room", BACKCHANNEL)
    story.claims.check(f"the backchannel in {where} says whose it is", not alert.private)
    hidden = {QUEUE, BACKCHANNEL} & await story.rooms(attendee)
    story.claims.check(f"attendees in {where} find none of the team's rooms", not hidden, hidden)
    story.tell("bot", where, "has made #…-door, #…-queue and #…-backchannel; only moderators find the last two")


async def join(story: Story, player: Player) -> None:
    opened = await story.press(player, "Join session", DOOR, shared=True)
    values: dict[str, str | Sequence[str]] = {"Name to show": player.part.shown}
    if opened.sheet is not None and any(entry.label == "Your agreement" for entry in opened.sheet.entries):
        values["Your agreement"] = ["I accept that this is recorded"]
    await story.fill_for(player, opened, values, "You're in.", DOOR)


async def everybody_joins(story: Story) -> None:
    """All but one, who comes when the doors are open, and the second accounts of those who have two."""
    early = [player for player in story.players if player.name != LATE and not _second(story, player)]
    await asyncio.gather(*(join(story, player) for player in early))
    counts = {name: sum(it.platform == name for it in early) for name in ("slack", "discord")}
    story.tell("people", "both", f"join: {counts['slack']} in Slack, {counts['discord']} in Discord, each after a form")


def _second(story: Story, player: Player) -> bool:
    return story.script.human(player.name) != player.name


async def open_doors(story: Story) -> None:
    """From the desk. Who joined is let in, and who did not does not even find the stage."""
    host, late = story.one_each(manages=True)[0], story.named(LATE)
    await story.press_for(host, "Open doors", "are open", QUEUE, shared=True)
    story.tell(host.name, host.platform, "opens the doors at the desk")
    for player in story.one_each():
        await story.see(player, lambda post: has(post, "Menu"))
        story.claims.check(f"the stage bar stands in the stage in {player.platform}", True)
    found = STAGE in await story.rooms(late)
    story.claims.check(f"{late.name}, who has not joined, does not find the stage", not found)
    await join(story, late)
    await story.find(late, STAGE)
    story.claims.check(f"{late.name} is let in after joining", True)
    story.tell(late.name, late.platform, "comes late, joins and is let in")
    await story.press_for(host, "Start now", "is live.", QUEUE, shared=True)
    story.tell(host.name, host.platform, "starts the session")


async def everybody_is_in(story: Story) -> None:
    """Discord grants a server ten roles in ten seconds, so the last of its people wait at the door for a while."""
    await asyncio.gather(*(story.find(player, STAGE) for player in story.players if not _second(story, player)))
    story.claims.check("everybody who joined is let into the stage", True)
    story.tell("bot", "both", "has let in everybody who joined")


async def link(story: Story) -> None:
    """People with an account on each platform become one person; the second one need not join."""
    await asyncio.gather(*(_link(story, story.named(here), story.named(there)) for here, there in story.script.same))


async def _link(story: Story, here: Player, there: Player) -> None:
    await story.find(here, STAGE)
    await story.command(here, "/stage link", STAGE)
    await story.press(here, "Get a code")
    shown = (await story.see(here, lambda post: post.private and bool(_CODE.search(post.text)))).text
    found = _CODE.search(shown)
    assert found is not None, shown
    await story.command(there, f"/stage link {found[1]}")
    told = await story.see(there, lambda post: post.private and "Linked. You are" in post.text, CHANNEL)
    story.claims.check(f"{there.name} reads how to get in", "press Join session at its door" in told.text, told.text)
    opened = await story.press(there, "Join session", DOOR, shared=True)
    claim = f"{there.name} is let in on Discord without being asked again"
    story.claims.check(claim, opened.sheet is None, opened)
    await story.find(there, STAGE)
    story.claims.check(f"{here.name} on Slack and {there.name} on Discord are one person", True)
    story.tell(there.name, "discord", f"enters the code of {here.name} in Slack: they are one person from now on")


_CODE = re.compile(r"Code: (\w{8})")


async def speaker(story: Story) -> None:
    """Somebody who takes no direct messages becomes a speaker, and is told so in a thread of their own."""
    host = story.one_each(manages=True)[1]
    who = next(it for it in story.players if it.part.role == "speaker")
    await who.hands.direct_messages(on=False)
    await story.command(host, "/mod team")
    opened = await story.press(host, "Add", CHANNEL)
    await story.fill(host, opened, {"Person": who.name, "As": "Speaker"})
    await story.read(host, f"{who.part.shown} is a speaker now", CHANNEL)
    story.tell(host.name, host.platform, f"makes {who.part.shown} a speaker")
    thread = f"For {who.name}"
    await story.until(f"{who.name} reads the thread “{thread}”", lambda: _reads(who, thread, "speaker"))
    others = [it for it in story.on("discord") if it.part.role == "attendee"][:3]
    unseen = [not await _reads(it, thread, "") for it in others]
    story.claims.check(f"{who.name}, who takes no direct messages, reads it in a thread that attendees do not find",
                       all(unseen), others)  # fmt: skip
    story.tell(
        "bot", "discord", f"tells {who.name}, whose direct messages are closed, in the private thread “{thread}”"
    )


async def _reads(player: Player, thread: str, words: str) -> bool:
    try:
        return any(words in post.text for post in await player.hands.look(thread))
    except (LookupError, PermissionError):
        return False


async def listeners(story: Story) -> None:
    """A voice channel of the server belongs to the session, and the desk tells how many of its people listen."""
    host = story.one_each(manages=True)[1]
    await host.hands.create(TALK, kind="voice")
    await story.command(host, "/mod rooms", TALK)
    await story.press(host, "Voice: this channel", TALK)
    await story.read(host, "This channel is the voice now.", TALK)
    there = [it for it in story.on("discord") if it.part.role == "attendee" and not _second(story, it)][:9]
    for number, player in enumerate(there):
        await player.hands.voice(TALK, deafened=number == 0)
    words = f"In the voice channel: {len(there)} of "
    desk = await story.see(host, lambda post: words in post.text and "1 with the sound off" in post.text, QUEUE)
    said = next(line for line in desk.text.splitlines() if words in line)
    story.claims.check("the desk counts who listens in the voice channel", True)
    story.tell("bot", "discord", f"shows at the desk: {said}")


async def told_of_doors(story: Story) -> None:
    """Who joined on Slack before the doors opened hears of it, once; Discord forbids such a round of messages."""
    player = story.one_each()[0]
    await story.read(player, "are open. The chat is", BOT)
    told = [post for post in await player.hands.look(BOT) if "The doors of" in post.text]
    story.claims.check(f"{player.name} hears once that the doors are open", len(told) == 1, told)
