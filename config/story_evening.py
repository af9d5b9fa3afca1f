"""What moderators do, what people do for themselves, the backchannel, and the end."""

from __future__ import annotations

from functools import partial

from adapters.sandbox.hands import Post
from config.demo_script import Said
from config.story import BACKCHANNEL, BOT, DOOR, QUEUE, STAGE, Player, Story, has
from config.story_chat import LIKE, labelled, write
from config.story_poll import BLOCKED, FIRST

PINNED, STAYS = "captions", "phone"
"""Labels of the line that is pinned and of the one that a moderator removes from another platform."""
KEPT_BACK = "crypto"


# -- the rules of the chat ------------------------------------------------------------------------------------------


async def rules(story: Story) -> None:
    """Slow mode, no links, a word that is kept back: lines that break one are shared nowhere. Then all is off again."""
    host = story.one_each(manages=True)[0]
    attendees = {player.platform: player for player in (story.named("Jonas"), story.named("Vik"))}
    await _set(story, host, "A line in 30 seconds", "Only the team may", KEPT_BACK, "links are the team's; 1 word kept")
    story.tell(host.name, host.platform, "sets slow mode, keeps links for the team and one word back")
    for player in attendees.values():
        other = next(it for it in story.one_each() if it.platform != player.platform)
        kind = f"One line of {player.name}, then slow mode begins"
        for text in (
            "a link: https://example.com/win",
            f"Buy {KEPT_BACK} now",
            kind,
            "A second line within the minute",
        ):
            text = text if text == kind else f"{text}, says {player.name}"
            if text != kind:
                story.unshared.append(text)
            await _say(story, player, text, shared=text == kind)
        await story.read(other, kind)
        await story.read(player, "was not shared", BOT)
    story.claims.check("who breaks a rule of the chat is told so by the bot, and the line is shared nowhere", True)
    await _set(story, host, "Off", "Everybody may share links", "", "slow mode is off; links are on; no word")
    for player in attendees.values():
        await _clear_own(story, player)
    story.tell(host.name, host.platform, "switches the rules off again; three in four lines were shared nowhere")


async def _set(story: Story, host: Player, slow: str, links: str, words: str, told: str) -> None:
    opened = await story.command(host, "/mod session chat", STAGE)
    await story.fill_for(host, opened, {"Slow mode": slow, "Links": links, "Words that are not shared": words}, told)


async def _say(story: Story, player: Player, text: str, *, shared: bool) -> None:
    line = await write(story, Said(player.name, text, text))
    if not shared:
        story.lines.remove(line)
        story.own.setdefault(player.name, []).append(line.id)


async def _clear_own(story: Story, player: Player) -> None:
    """On Slack the lines stand where they were written, and the bot asks their author to delete them."""
    for post in story.own.pop(player.name, []) if player.platform == "slack" else ():
        await player.hands.delete(STAGE, post)


# -- moderating -----------------------------------------------------------------------------------------------------


async def pin(story: Story) -> None:
    """By the entry in a message's menu, on the copy of a line from the other platform."""
    host = story.one_each(manages=True)[1]
    text = labelled(story, PINNED).reads
    await _moderate(story, host, text, "Pin", "Pinned.")
    for player in story.one_each():
        await story.until(f"the pin stands in {player.platform}", partial(_pinned, player, text))
        story.claims.check(f"the pinned line is pinned in {player.platform}", True)


async def block(story: Story) -> None:
    """Somebody advertises; their lines go, and they are out of the chat and of the polls."""
    host, who = story.one_each(manages=True)[1], story.named(BLOCKED)
    lines = [line for line in story.lines if line.who is who and "atches" in line.text]
    await _moderate(story, host, lines[0].reads, "Block the author", "is blocked")
    await _moderate(story, host, lines[0].reads, "Delete their last 10 minutes", "messages are deleted.")
    for line in story.lines:
        line.gone = line.gone or line.who is who
    await story.until(f"{who.name} cannot write any more", partial(_silenced, who))
    story.claims.check(f"{who.name}, who is blocked, cannot write in the stage any more", True)


async def blocked_vote(story: Story) -> None:
    """Who is blocked reads one neutral sentence, and no vote of theirs counts."""
    who = story.named(BLOCKED)
    card = story.facts["cards"][FIRST, who.platform]
    try:
        answer = await story.act(who, "press", STAGE, card, "Vote A")
    except LookupError:  # the room is gone from their list
        story.claims.check(f"{who.name}, who is blocked, does not find the poll", True)
        return
    told = " ".join(post.text for post in answer.private)
    story.claims.check(
        f"{who.name}, who is blocked, reads that voting is not open to them", "not available" in told, told
    )


async def _silenced(who: Player) -> bool:
    try:
        await who.hands.write(STAGE, "So what is wrong with watches?")
    except (LookupError, PermissionError):
        return True
    return False


async def remove(story: Story) -> None:
    """A moderator on Discord deletes what somebody wrote on Slack: the copy goes, the original is its author's."""
    host, line = story.one_each(manages=True)[1], labelled(story, STAYS)
    told = await _moderate(story, host, line.reads, "Delete everywhere", "Deleted.")
    asks = "only its author or an admin can delete it there" in told
    story.claims.check("the moderator reads that Slack lets only the author delete the original", asks, told)
    await line.who.hands.delete(STAGE, line.id)
    line.gone = True
    story.tell(line.who.name, line.who.platform, "deletes the original in Slack")


async def _moderate(story: Story, host: Player, words: str, what: str, told: str) -> str:
    """A post may hold several lines; then a menu asks which one is meant."""
    post = await story.read(host, words)
    opened = await story.act(host, "shortcut", STAGE, post.id, "Moderate…")
    if opened.sheet is None:
        asked = any("Which line?" in it.text for it in opened.private) or await _asked(story, host)
        if asked:
            card = await story.see(host, lambda it: it.private and has(it, "Choose a line"))
            options = next(it.options for it in card.controls if it.label == "Choose a line")
            choice = next(it for it in options if words[:40] in it)
            opened = await story.act(host, "choose", STAGE, card.id, "Choose a line", [choice])
    done = await story.fill_for(host, opened, {"What to do": what}, told)
    story.tell(host.name, host.platform, f"moderates “{words[:60]}”: {what}")
    return done


async def _asked(story: Story, host: Player) -> bool:
    """Whether a menu or a form opens for them."""
    menu: list[Post] = []

    async def either() -> bool:
        menu[:] = [it for it in await host.hands.look(STAGE) if it.private and has(it, "Choose a line")]
        return bool(menu) or (host.platform == "slack" and await host.hands.sheet() is not None)

    await story.until("a menu or a form opens", either)
    return bool(menu)


async def _pinned(player: Player, words: str) -> bool:
    return any(words in post.text for post in await player.hands.pins(STAGE))


# -- what people do for themselves ----------------------------------------------------------------------------------


async def menu_and_settings(story: Story) -> None:
    """Each by the menu of the stage bar; the last name is hidden from the next line on. Slack has the App Home too."""
    mira, nova = story.one_each()
    for player in (mira, nova):
        await _hides_the_last_name(story, player)
    await mira.hands.home()
    home = await story.see(mira, lambda post: has(post, "Settings"), "@home")
    story.claims.check("the App Home shows the menu", "Keynote: The road ahead" in home.text, home.text)
    story.tell(mira.name, "slack", "finds the same menu in the App Home")


async def _hides_the_last_name(story: Story, player: Player) -> None:
    menu = await story.press_for(player, "Menu", "Keynote: The road ahead", shared=True)
    pinned = labelled(story, PINNED).reads
    story.claims.check(f"the menu in {player.platform} has the pinned line", pinned in menu.text, menu.text)
    await story.press_for(player, "Settings", "Your name here is")
    opened = await story.press(player, "Change settings")
    await story.fill(player, opened, {"Settings": ["Allow toast notifications", "Enable private chat"]})
    story.tell(player.name, player.platform, "hides the last name in the menu's settings")


async def last_names(story: Story) -> None:
    """What they wrote afterwards stands under the first name."""
    for player, other in zip(story.one_each(), reversed(story.one_each()), strict=True):
        line = [it for it in story.lines if it.who is player][-1]
        post = await story.read(other, line.reads)
        last = player.part.shown.partition(" ")[2]
        story.claims.check(f"{player.name}'s last name is hidden on {other.platform}",
                           last not in post.author + post.text, post)  # fmt: skip


async def backchannel(story: Story) -> None:
    host, guest = story.one_each(manages=True)
    who = next(it for it in story.players if it.part.role == "speaker")
    for player, other, line in (
        (host, guest, "Five more minutes of questions?"),
        (guest, host, "Six at most, the hall must be empty by ten"),
        (who, host, "Six is fine with me, then I run for my train"),
    ):
        await story.find(player, BACKCHANNEL)
        await player.hands.write(BACKCHANNEL, line)
        story.behind.append(line)
        story.tell(player.name, player.platform, f"in the backchannel: {line}")
        copy = await story.read(other, line, BACKCHANNEL)
        await other.hands.react(BACKCHANNEL, copy.id, LIKE)
    story.claims.check("the lines of the backchannel reach the other platform's backchannel", True)


# -- the end --------------------------------------------------------------------------------------------------------


async def end(story: Story) -> None:
    host = story.one_each(manages=True)[0]
    await story.press_for(host, "End session", "for everybody?", QUEUE, shared=True)
    await story.press_for(host, "End session", "has ended", QUEUE)
    story.tell(host.name, host.platform, "ends the session, asked once more before")


async def archive(story: Story) -> None:
    host = story.one_each(manages=True)[0]
    await story.press_for(host, "Archive", "are put away", QUEUE)
    await story.press(host, "Archive", QUEUE)
    story.tell(host.name, host.platform, "archives it, asked once more before")
    for player in story.one_each():
        await story.until(f"the stage is put away in {player.platform}", partial(_put_away, story, player))
        story.claims.check(f"the rooms made in {player.platform} are put away", True)


async def _put_away(story: Story, player: Player) -> bool:
    return not {STAGE, DOOR} & await story.rooms(player)
