"""The session goes on: answers, likes and files, a poll, moderation, settings, the backchannel, and the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial

from adapters.sandbox.hands import Post
from config.story import BACKCHANNEL, CHANNEL, DOOR, QUEUE, STAGE, Player, Story, has

QUESTION = "Which slides are we on?"
ADVICE = "Will the recording be public?"


async def answers_and_likes(story: Story) -> None:
    """A reply in a thread, a like and a file, each as the other platform can show it."""
    mira, nova = story.one_each()
    asked = await story.read(mira, QUESTION)
    await mira.hands.write(STAGE, "Slide 5 by now", reply_to=asked.id)
    story.tell(mira.name, "slack", f"answers “{QUESTION}” in its thread")
    answer = await story.read(nova, "Slide 5 by now")
    quoted = QUESTION in " ".join([answer.text, *answer.quotes])
    story.claims.check("a reply in a Slack thread is a line with its quote on Discord", quoted, answer)
    greeting = await story.read(nova, "Good morning from Slack!")
    await nova.hands.write(STAGE, "Good morning, Slack", reply_to=greeting.id)
    story.tell(nova.name, "discord", "replies to “Good morning from Slack!”")
    original = await story.read(mira, "Good morning from Slack!")
    reply = await story.read(mira, "Good morning, Slack")
    story.claims.check("a reply on Discord stands in the thread on Slack", reply.thread == original.id, reply)
    await nova.hands.react(STAGE, greeting.id, "👍")
    sound = await story.read(mira, "Is the sound fine for everybody?")
    await mira.hands.react(STAGE, sound.id, "👍")
    story.tell(mira.name, "slack", "likes “Is the sound fine for everybody?”")
    await story.see(nova, lambda post: "Good morning from Slack!" in post.text and not post.private)
    await story.until("the like is kept", lambda: _liked(mira, sound.id))
    story.claims.check("a like is a reaction on the copy", True)
    await mira.hands.upload(STAGE, "slides.pdf", b"%PDF-1.7 slides", "Here are the slides")
    story.tell(mira.name, "slack", "uploads slides.pdf")
    await story.read(nova, "slides.pdf")
    story.claims.check("a file reaches Discord as a link with its name", True)


async def _liked(player: Player, post: str) -> bool:
    return any("👍" in it.reactions or "+1" in it.reactions for it in await player.hands.look(STAGE) if it.id == post)


# -- the poll -------------------------------------------------------------------------------------------------------


async def poll(story: Story) -> None:
    host = story.one_each(manages=True)[0]
    form = await host.hands.command(CHANNEL, "/mod poll Which topic first?")
    options = "Async in anger\nTyping at scale\nPackaging, again"
    await story.fill(host, form, {"Options, one a line": options})
    story.tell(host.name, "slack", "publishes the poll “Which topic first?”")
    await asyncio.gather(*(_vote(story, *pair) for pair in zip(story.players, "ABBCABBA", strict=True)))
    for player, letter in ((story.players[3], "B"), (story.players[-1], "C"), (story.players[-1], "C")):
        await _vote(story, player, letter)
    counts = Counter(story.wanted.values())
    expected = [f"{counts[letter]}" for letter in "ABC"]
    for player in story.one_each():
        card = await story.see(player, lambda post: has(post, "Vote A") and shows(post, expected))
        story.claims.check(f"the live result in {player.platform} is the count of the votes", True)
        story.tell("bot", player.platform, next(line for line in card.text.splitlines() if "votes" in line))


async def _vote(story: Story, player: Player, letter: str) -> None:
    answer = await story.press(player, f"Vote {letter}", shared=True)
    await story.see(player, lambda post: post.private and f"Your vote: {letter}" in post.text)
    story.wanted[player.name] = letter
    story.tell(player.name, player.platform, f"votes {letter}, and reads so ({answer.milliseconds:.0f} ms)")


async def end_poll(story: Story) -> None:
    host, counts = story.one_each(manages=True)[0], Counter(story.wanted.values())
    expected = [f"{counts[letter]}" for letter in "ABC"]
    await story.press_for(host, "What is live", "Which topic first?", QUEUE, shared=True)
    await story.press_for(host, "End", "cannot be reopened", QUEUE)
    await story.press_for(host, "End poll", "Ended.", QUEUE)
    story.tell(host.name, "slack", "ends the poll at the desk, asked once more before")
    for player in story.one_each():
        card = await story.see(player, lambda post: "ended" in post.text and "Which topic" in post.text)
        right = shows(card, expected) and "most votes" in card.text
        story.claims.check(f"the final card in {player.platform} shows the final tally", right, card.text)
        story.claims.check(f"the final card in {player.platform} has no buttons", not card.controls, card.controls)
        story.tell("bot", player.platform, card.text.splitlines()[1])


def shows(post: Post, numbers: Sequence[str]) -> bool:
    """Whether the card shows these counts of A, B and C, wherever each option stands."""
    lines = post.text.splitlines()
    for letter, number in zip("ABC", numbers, strict=True):
        start = next((i for i, line in enumerate(lines) if line.lstrip("* ").startswith(letter)), None)
        if start is None or f"· {number}" not in " ".join(lines[start : start + 2]):
            return False
    return True


# -- what moderators do ---------------------------------------------------------------------------------------------


async def moderate(story: Story) -> None:
    """Both by the entry in a message's menu: one line is pinned everywhere, another is removed everywhere."""
    host, guest = story.one_each(manages=True)
    mira, nova = story.one_each()
    await _moderated(story, host, await story.read(host, ADVICE), "Pin", "Pinned.")
    for player in (mira, nova):
        await story.until(f"the pin stands in {player.platform}", partial(_pinned, player, ADVICE))
        story.claims.check(f"the pinned line is pinned in {player.platform}", True)
    rude = "Buy cheap watches!"
    await nova.hands.write(STAGE, rude)
    story.tell(nova.name, "discord", rude)
    copy = await story.read(mira, rude)
    await _moderated(story, guest, await story.read(guest, rude), "Delete everywhere", "Deleted.")
    for player in (mira, nova):
        await story.until("it is gone", partial(_gone, player, rude))
    story.claims.check("what a moderator deletes is gone on both platforms", True, copy)


async def _moderated(story: Story, host: Player, post: Post, what: str, told: str) -> None:
    opened = await host.hands.shortcut(STAGE, post.id, "Moderate…")
    done = await story.fill(host, opened, {"What to do": what})
    if not any(told in it.text for it in done.private) and not (done.sheet and told in done.sheet.text):
        await story.see(host, lambda it: it.private and told in it.text)
    if done.sheet is not None:
        await host.hands.close()
    story.tell(host.name, host.platform, f"moderates “{post.text.splitlines()[-1]}”: {what}")


async def _pinned(player: Player, words: str) -> bool:
    return any(words in post.text for post in await player.hands.pins(STAGE))


async def _gone(player: Player, words: str) -> bool:
    return not any(words in post.text for post in await player.hands.look(STAGE))


# -- what people do for themselves ----------------------------------------------------------------------------------


async def menu_and_settings(story: Story) -> None:
    """Each by the menu of the stage bar; the last name is hidden from the next line on. Slack has the App Home too."""
    mira, nova = story.one_each()
    await asyncio.gather(_hides_the_last_name(story, mira, nova), _hides_the_last_name(story, nova, mira))
    await mira.hands.home()
    home = await story.see(mira, lambda post: has(post, "Settings"), "@home")
    story.claims.check("the App Home shows the menu", "Keynote: The road ahead" in home.text, home.text)
    story.tell(mira.name, "slack", "finds the same menu in the App Home")


async def _hides_the_last_name(story: Story, player: Player, other: Player) -> None:
    menu = await story.press_for(player, "Menu", "Keynote: The road ahead", shared=True)
    story.claims.check(f"the menu in {player.platform} has the pinned line", ADVICE in menu.text, menu.text)
    await story.press_for(player, "Settings", "Your name here is")
    opened = await story.press(player, "Change settings")
    kept = ["Allow toast notifications", "Enable private chat"]
    await story.fill(player, opened, {"Settings": kept})
    line = f"{player.name} without a last name"
    await player.hands.write(STAGE, line)
    copy = await story.read(other, line)
    hidden = player.name in copy.author and "Kowalski" not in copy.author and "Jensen" not in copy.author
    story.claims.check(f"{player.name}'s last name is hidden on {other.platform}", hidden, copy.author)
    story.tell(player.name, player.platform, "hides the last name in the menu's settings")


async def backchannel(story: Story) -> None:
    host, guest = story.one_each(manages=True)
    line = "Five more minutes of questions?"
    await host.hands.write(BACKCHANNEL, line)
    story.tell(host.name, "slack", f"in the backchannel: {line}")
    await story.read(guest, line, BACKCHANNEL)
    story.claims.check("a line of the backchannel reaches the other platform's backchannel", True)
    for player in story.one_each():
        elsewhere = [await player.hands.look(room) for room in (STAGE, DOOR)]
        leaked = any(line in post.text for posts in elsewhere for post in posts)
        story.claims.check(f"no word of it reaches attendees in {player.platform}", not leaked)


# -- the end --------------------------------------------------------------------------------------------------------


async def end(story: Story) -> None:
    host = story.one_each(manages=True)[0]
    await story.press_for(host, "End session", "for everybody?", QUEUE, shared=True)
    await story.press_for(host, "End session", "has ended", QUEUE)
    story.tell(host.name, host.platform, "ends the session, asked once more before")
    await story.press_for(host, "Archive", "are put away", QUEUE)
    await story.press(host, "Archive", QUEUE)
    story.tell(host.name, host.platform, "archives it, asked once more before")
    for player in story.one_each():
        await story.until(f"the stage is put away in {player.platform}", partial(_put_away, story, player))
        story.claims.check(f"the rooms made in {player.platform} are put away", True)


async def _put_away(story: Story, player: Player) -> bool:
    return not {STAGE, DOOR} & await story.rooms(player)
