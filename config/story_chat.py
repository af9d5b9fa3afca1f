"""The chat in bursts, what becomes of its lines, and the power cut in the middle of one.

Lines are typed one after the other at the burst's pace, so the order in which they must stand is known.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.sandbox.hands import Post
from config.demo_script import Act, Burst, Said
from config.story import STAGE, Line, Player, Story
from core.domain.words import clean

LIKE = "👍"


@dataclass(frozen=True)
class Shown:
    """A line as the bot shows it: in which post, and what stands before it there."""

    text: str
    post: Post
    before: str


async def burst(story: Story, name: str) -> None:
    """Everybody types in turn."""
    one = story.script.burst(name)
    await _type(story, one, one.lines)


async def _type(story: Story, one: Burst, lines: Sequence[Said]) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number, said in enumerate(lines):
        await asyncio.sleep(max(0.0, began + number / one.rate - loop.time()))
        await write(story, said)
    taken = max(loop.time() - began, 0.001)
    story.tell("chat", "both", f"“{one.name}”: {len(lines)} lines in {taken:.1f} s, the first of them "
                               f"{lines[0].who}: {lines[0].text.partition(chr(10))[0]}")  # fmt: skip
    rates = story.facts.setdefault("bursts", {})
    rates[one.name] = {"lines": len(lines), "a_second": round(len(lines) / taken, 1)}


async def write(story: Story, said: Said) -> Line:
    """As soon as this person may write there."""
    player = story.named(said.who)
    answered, among = await _post_of(story, player, said.to) if said.to else (None, False)
    waits = time.monotonic() + 60
    while True:
        try:
            ident = await player.hands.write(STAGE, said.text, reply_to=answered)
            break
        except (LookupError, PermissionError):
            if time.monotonic() > waits:
                raise
            await asyncio.sleep(0.05)
    line = Line(player, ident, said.text, said.reads, said.label, said.to, among)
    story.lines.append(line)
    return line


def labelled(story: Story, label: str) -> Line:
    return next(line for line in story.lines if line.label == label)


async def _post_of(story: Story, player: Player, label: str) -> tuple[str, bool]:
    """Where this person sees the line, itself or its copy, and whether it stands there among others."""
    line = labelled(story, label)
    if line.who.platform == player.platform:
        return line.id, False
    found: list[Shown] = []

    async def there() -> bool:
        found[:] = shown_by_bot(await player.hands.look(STAGE), [line.reads])
        return bool(found)

    await story.until(f"{player.name} sees “{line.reads}”", there)
    return found[0].post.id, line.who.part.shown not in found[0].post.author


# -- what is done to lines ------------------------------------------------------------------------------------------


async def acts(story: Story, name: str) -> None:
    """Likes, edits and deletions, once the lines stand on both platforms."""
    one = story.script.burst(name)
    found: dict[tuple[str, str], str] = {}
    for act in one.acts:
        player = story.named(act.who)
        await story.find(player, STAGE)
        where = (player.platform, act.label)
        if where not in found:
            found[where], _ = await _post_of(story, player, act.label)
        await _do(story, act, player, found[where])
    counted = {what: sum(act.what == what for act in one.acts) for what in ("likes", "edits", "deletes")}
    story.tell("people", "both", f"after “{name}”: " + ", ".join(f"{n} {what}" for what, n in counted.items() if n))


async def _do(story: Story, act: Act, player: Player, post: str) -> None:
    line = labelled(story, act.label)
    match act.what:
        case "likes":
            await player.hands.react(STAGE, post, LIKE)
            line.liked.add(act.who)
        case "edits":
            await player.hands.edit(STAGE, post, act.text)
            line.reads = act.text
        case "deletes":
            await player.hands.delete(STAGE, post)
            line.gone = True


# -- the power cut --------------------------------------------------------------------------------------------------


async def power_cut(story: Story, name: str, press: Callable[[], list[asyncio.Task[object]]]) -> None:
    """``kill -9`` between two lines of a burst, with presses on their way; people go on typing meanwhile."""
    one = story.script.burst(name)
    at = one.kill or 0
    await _type(story, one, one.lines[:at])
    presses = press()
    await asyncio.wait(presses, return_when=asyncio.FIRST_COMPLETED)
    under_way = sum(not task.done() for task in presses)
    began = time.monotonic()
    await story.stage.kill_bot()
    first_lost = len(story.lines)
    story.tell("bot", "both", f"is killed with signal 9 while {under_way} presses wait for their answer")
    rising = asyncio.create_task(_raised(story))
    await _type(story, one, one.lines[at:])
    ready = await rising
    story.down.append((began, ready))
    story.tell("bot", "both", f"is up again after {ready - began:.1f} s")
    missed = story.lines[first_lost:]
    for player in story.one_each():
        foreign = [line.reads for line in missed if line.who.platform != player.platform]
        await story.until(f"what was written meanwhile reaches {player.platform}",
                          partial(_all_there, player, foreign))  # fmt: skip
    whole = time.monotonic() - began
    story.facts["kill"] = {
        "presses_under_way": under_way,
        "lines_written_meanwhile": len(missed),
        "ready_seconds": round(ready - began, 2),
        "whole_seconds": round(whole, 2),
    }
    story.tell("bot", "both", f"has brought all {len(missed)} lines written meanwhile, {whole:.1f} s after the kill")


async def _raised(story: Story) -> float:
    """When it was."""
    await story.stage.raise_bot()
    return time.monotonic()


async def _all_there(player: Player, wanted: Sequence[str]) -> bool:
    return len(shown_by_bot(await player.hands.look(STAGE), wanted)) >= len(wanted)


# -- what must be true ----------------------------------------------------------------------------------------------


def shown_by_bot(posts: Iterable[Post], wanted: Sequence[str]) -> list[Shown]:
    """Those of the lines that the bot shows, in the order they stand in; a post may hold several.

    What a post quotes is no line of it.
    """
    found: list[Shown] = []
    for post in posts:
        if post.bot and not post.private and not post.controls:
            words = post.text
            for quote in post.quotes:
                words = words.replace(quote, "", 1)
            text = clean(words)  # without the sign that nobody sees behind an @
            places = [(at, line) for line in wanted for at in _places(text, line)]
            found += [Shown(line, post, text[:at]) for at, line in sorted(places)]
    return found


def _places(text: str, line: str) -> list[int]:
    places, at = [], text.find(line)
    while at >= 0:
        places.append(at)
        at = text.find(line, at + len(line))
    return places


async def every_line(story: Story) -> None:
    """Each line once on the other platform, in the order it was written in, under its author's name."""
    await asyncio.gather(*(_every_line(story, player) for player in story.one_each()))


async def _every_line(story: Story, player: Player) -> None:
    where, claims = player.platform, story.claims
    foreign = [line for line in story.lines if line.who.platform != where]
    wanted = [line.reads for line in foreign if not line.gone]
    banned = [line.reads for line in story.lines if line.gone] + story.unshared
    seen: list[Shown] = []
    posts: list[Post] = []

    async def settled() -> bool:
        posts[:] = sorted(await player.hands.look(STAGE), key=lambda post: (len(post.id), post.id))
        seen[:] = shown_by_bot(posts, wanted)
        return [it.text for it in seen] == wanted and not _left(posts, banned) and not _wrong_likes(story, seen)[1]

    with contextlib.suppress(AssertionError):  # what is missing is told by the claims
        await story.until("all lines", settled)
    texts = [it.text for it in seen]
    claims.check(f"every one of {len(wanted)} lines from the other platform stands once and in order in {where}",
                 texts == wanted, _difference(wanted, texts))  # fmt: skip
    left = _left(posts, banned)
    claims.check(f"nothing that was deleted or not shared is left in {where}", not left, left)
    names = {line.reads: line.who.part.shown for line in foreign}
    wrong = [(it.text, it.post.author) for it in seen if not _signed(story, it, names[it.text])]
    claims.check(f"every copy in {where} stands under its author's name", not wrong, wrong[:3])
    _check_answers(story, where, seen)
    total, untold = _wrong_likes(story, seen)
    claims.check(f"the copies in {where} tell of all {total} likes given elsewhere", not untold, untold[:3])


def _left(posts: Sequence[Post], banned: Sequence[str]) -> list[str]:
    return [
        text
        for text in banned
        if any(text in " ".join([post.text, *post.quotes]) for post in posts if not post.private)
    ]


def _difference(wanted: Sequence[str], seen: Sequence[str]) -> str:
    twice = [text for text in seen if seen.count(text) > 1]
    lost = [text for text in wanted if text not in seen]
    first = next((pair for pair in zip(wanted, seen, strict=False) if pair[0] != pair[1]), None)
    return f"lost {lost[:5]}; doubled {twice[:5]}; first out of order {first}"


def _signed(story: Story, shown: Shown, name: str) -> bool:
    """Alone a line has its author over it, among others before it; who hides the last name is known by the first."""
    first = name.split()[0]
    human = {first, story.script.human(first)}
    near = shown.before[-160:].rpartition("\n")[2] if shown.before else ""
    return any(it in shown.post.author or it in near or it in shown.before[-90:] for it in human)


def _check_answers(story: Story, where: str, seen: Sequence[Shown]) -> None:
    """In its thread on Slack, or with the name of who is answered; what answers several lines together has neither."""
    by_text = {it.text: it for it in seen}
    answers = [it for it in story.lines if it.to and it.who.platform != where and not (it.gone or it.among)]
    wrong: list[str] = []
    for line in answers:
        shown, head = by_text.get(line.reads), labelled(story, line.to)
        name = head.who.part.shown.split()[0]
        copy = by_text.get(head.reads)
        heads = {head.id, copy.post.id if copy else ""}
        if shown is None or not (
            shown.post.thread in heads or name in " ".join([*shown.post.quotes, shown.before[-90:]])
        ):
            wrong.append(line.reads)
    claim = f"each of {len(answers)} answers stands in {where} with what it answers"
    story.claims.check(claim, not wrong, wrong[:3])


def _wrong_likes(story: Story, seen: Sequence[Shown]) -> tuple[int, list[tuple[str, int]]]:
    """A copy tells how many liked the line, or the lines together, on the other platform: all, and what tells else."""
    likes: dict[str, tuple[Post, int]] = {}
    by_text = {line.reads: line for line in story.lines}
    for it in seen:
        line = by_text[it.text]
        there = sum(story.named(who).platform == line.who.platform for who in line.liked)
        post, before = likes.get(it.post.id, (it.post, 0))
        likes[it.post.id] = (post, before + there)
    wrong = [(post.text[-80:], number) for post, number in likes.values() if _told(post) != number]
    return sum(number for _, number in likes.values()), wrong


def _told(post: Post) -> int:
    last = post.text.strip().rpartition("\n")[2].split()
    return int(last[0]) if last[1:] in (["like", "from", "elsewhere"], ["likes", "from", "elsewhere"]) else 0
