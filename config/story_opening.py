"""The session begins: its rooms are made, people join and are let in, and they talk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from adapters.sandbox.hands import Post
from config.story import BACKCHANNEL, BOT, CHANNEL, DOOR, QUEUE, STAGE, Player, Story, has, shown_by_bot

LATE = "Kim"


async def set_up(story: Story) -> None:
    """Made in any channel, held on both platforms, announced."""
    host, guest = story.one_each(manages=True)
    form = await host.hands.command(CHANNEL, "/mod session create")
    story.claims.check("/mod session create opens a form", form.sheet is not None, form)
    start = datetime.now(UTC) + timedelta(minutes=30)
    values = {"Name": "Keynote: The road ahead", "Start": f"{start:%Y-%m-%d %H:%M}", "Length": "45m"}
    await story.fill(host, form, {**values, "Timezone of the start": "UTC"})
    story.tell(host.name, "slack", "makes the session “Keynote: The road ahead”, half an hour from now")
    card = await story.press_for(host, "Add a venue", "Code: ", CHANNEL)
    code = card.text.partition("Code: ")[2][:8]
    story.tell(host.name, "slack", f"asks for a code and reads {code}")
    await guest.hands.command(CHANNEL, f"/mod session enter {code}")
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
    name = full_name(player)
    values: dict[str, str | Sequence[str]] = {"Name to show": name}
    if opened.sheet is not None and any(entry.label == "Your agreement" for entry in opened.sheet.entries):
        values["Your agreement"] = ["I accept that this is recorded"]
    done = await story.fill(player, opened, values)
    words = " ".join([*(post.text for post in done.private), done.sheet.text if done.sheet else ""])
    if "You're in." not in words:
        await story.read(player, "You're in.", DOOR)
    if done.sheet is not None:
        await player.hands.close()
    story.claims.check(f"{player.name} reads that they are in", True)
    story.tell(player.name, player.platform, f"joins as {name}")


def full_name(player: Player) -> str:
    return f"{player.name} {'Kowalski' if player.platform == 'slack' else 'Jensen'}"


async def everybody_joins(story: Story) -> None:
    """All but one, who comes when the doors are open."""
    await asyncio.gather(*(join(story, player) for player in story.players if player is not story.named(LATE)))


async def open_doors(story: Story) -> None:
    """From the desk. Who joined is let in, and who did not does not even find the stage."""
    host, late = story.one_each(manages=True)[0], story.named(LATE)
    early = [player for player in story.players if player is not late]
    await story.press_for(host, "Open doors", "are open", QUEUE, shared=True)
    story.tell(host.name, host.platform, "opens the doors at the desk")
    await asyncio.gather(*(story.see(player, lambda post: has(post, "Menu")) for player in early))
    story.claims.check("who joined is let into the stage, and the stage bar stands there", True)
    found = STAGE in await story.rooms(late)
    story.claims.check(f"{late.name}, who has not joined, does not find the stage", not found)
    story.tell("bot", "both", "makes #…-stage and lets in the seven who joined")
    await join(story, late)
    await story.find(late, STAGE)
    story.claims.check(f"{late.name} is let in after joining", True)
    await story.press_for(host, "Start now", "is live.", QUEUE, shared=True)
    story.tell(host.name, host.platform, "starts the session")


async def told_of_doors(story: Story) -> None:
    """Who joined on Slack before the doors opened hears of it, once; Discord forbids such a round of messages."""
    player = story.one_each()[0]
    await story.read(player, "are open. The chat is", BOT)
    told = [post for post in await player.hands.look(BOT) if "The doors of" in post.text]
    story.claims.check(f"{player.name} hears once that the doors are open", len(told) == 1, told)


async def chat(story: Story) -> None:
    for player, (typed, read) in zip([*story.players, *story.players], CHATTER, strict=False):
        await player.hands.write(STAGE, typed)
        story.lines.append((player.platform, read or typed))
        story.tell(player.name, player.platform, typed)
        await asyncio.sleep(0.1)
    for player in story.one_each():
        foreign = [text for platform, text in story.lines if platform != player.platform]
        seen = await _all_copies(player, foreign)
        story.claims.check(f"every line reached {player.platform} once, in order", seen == foreign, seen)


async def _all_copies(player: Player, foreign: list[str]) -> list[str]:
    seen: list[str] = []

    def all_there(posts: Sequence[Post]) -> bool:
        seen[:] = shown_by_bot(posts, foreign)
        return len(seen) >= len(foreign)

    try:
        await player.hands.settle(STAGE, all_there, within=20.0)
    except AssertionError:
        return seen
    return seen


CHATTER = (
    ("Good morning from Slack!", ""),
    ("Is the sound fine for everybody?", ""),
    ("Loud and clear here", ""),
    ("Greetings from the other side 👋", ""),
    ("Which slides are we on?", ""),
    ("Slide 4, *the road ahead*", "Slide 4, the road ahead"),
    ("Will the recording be public?", ""),
    ("2 < 3 & 5 > 4, <b>not a tag</b>", ""),
    ("@everyone please keep questions for the end", ""),
    ("Ünïcödé: שלום, 你好, 👩‍👩‍👧", ""),
    ("[not a link](https://example.com/evil)", ""),
    ("_me_ too", "me too"),
)
"""What is typed, and how it reads on the other side where the typed signs mean something (italics)."""
