"""``make sandbox``: the stand-in servers, the bot, and a page (or a prompt) at which you act as anybody there."""

from __future__ import annotations

import asyncio
import shlex
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from adapters.sandbox.hands import Answered, Post
from adapters.sandbox.page.server import Page, platforms, start
from config.demo import DISCORD_PEOPLE, SLACK_PEOPLE, the_plan
from config.stage_set import StageSet
from config.story import CHANNEL

DRAWN_WITHIN = 0.5
"""Seconds that an App Home usually takes."""
HELP = """\
as ana                       act as that person (Ana, Mira, Leo, Kim in Slack; Bo, Nova, Sam, Ida in Discord)
rooms                        the channels this person finds
go keynote-door              into that channel, @bot or (on Slack) @home
look                         what this person sees there
/stage join, /mod poll …     a slash command
press Join session           press the newest button with these words
fill "Name to show=Ana K."   send the open form; other fields keep what they hold
anything else                is written as a line
quit"""


PORT = 8765
TRIED = 20
"""So many ports after the wished one are tried when it is taken."""


async def page(folder: Path, port: int = PORT) -> None:
    """Serve the page until Ctrl-C. Raises RuntimeError when the bot does not start, OSError when no port is free."""
    console = Console(highlight=False)
    await asyncio.to_thread(_clear, folder)
    stage = StageSet(folder, the_plan())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    running = None
    try:
        await stage.raise_servers()
        both = platforms(stage.where["slack"]["base_url"], stage.where["discord"]["base_url"])
        running = await start(Page(both), ports=tuple(range(port, port + TRIED)) if port else (0,))
        await stage.raise_bot()
        console.print(f"Play at {running.url}\nEverything is made up and stays on this machine; Ctrl-C ends it.")
        await stop.wait()
    finally:
        if running is not None:
            await running.close()
        await stage.strike()


async def prompt(folder: Path) -> None:
    """The same without a browser."""
    console = Console(highlight=False)
    await asyncio.to_thread(_clear, folder)
    stage = StageSet(folder, the_plan())
    await stage.raise_servers()
    await stage.raise_bot()
    people: dict[str, Any] = {it["name"].lower(): stage.slack(it["name"]) for it in SLACK_PEOPLE}
    people |= {it["name"].lower(): stage.discord(it["name"].lower()) for it in DISCORD_PEOPLE}
    console.print(f"Slack {stage.where['slack']['base_url']} · Discord {stage.where['discord']['base_url']}\n{HELP}")
    who, where = "ana", CHANNEL
    try:
        while True:
            line = (await asyncio.to_thread(input, f"{who} in {where}> ")).strip()
            if line == "quit":
                return
            if line.startswith("as ") and line[3:].lower() in people:
                who = line[3:].lower()
                continue
            if line.startswith("go "):
                where = line[3:].strip().removeprefix("#")
                continue
            try:
                await _act(console, people[who], where, line)
            except (AssertionError, LookupError, ValueError, RuntimeError, PermissionError) as trouble:
                console.print(str(trouble), markup=False)
    except (EOFError, KeyboardInterrupt):
        pass
    finally:
        await stage.strike()


def _clear(folder: Path) -> None:
    """What the bot kept is of servers that are gone: a new game starts from nothing."""
    for name in ("sidestage.db", "sidestage.db-wal", "sidestage.db-shm", "servers.log", "bot.log", "plan.json"):
        (folder / name).unlink(missing_ok=True)


async def _act(console: Console, hands: Any, where: str, line: str) -> None:
    if line in ("", "help"):
        console.print(HELP, markup=False)
    elif line == "rooms":
        for room in await hands.channels():
            notes = [word for word, true in (("private", room.private), ("archived", room.archived)) if true]
            console.print(f"#{room.name} {' '.join(notes)} {room.topic}".rstrip(), markup=False)
    elif line == "look":
        if where == "@home":
            await hands.home()
            await asyncio.sleep(DRAWN_WITHIN)
        _show(console, await hands.look(where))
    elif line.startswith("/"):
        _told(console, await hands.command(where, line))
    elif line.startswith("press "):
        label = line.removeprefix("press ")
        posts = [post for post in await hands.look(where) if any(it.label == label for it in post.controls)]
        if not posts:
            raise LookupError(f"there is no button “{label}”")
        _told(console, await hands.press(where, posts[-1].id, label))
    elif line.startswith("fill"):
        pairs = (part.partition("=") for part in shlex.split(line.removeprefix("fill")))
        _told(console, await hands.fill({label: value for label, _, value in pairs}))
    else:
        await hands.write(where, line)


def _told(console: Console, answer: Answered) -> None:
    if not answer.ok:
        console.print(f"the platform says: {answer.error}", markup=False)
    _show(console, answer.private)
    if answer.sheet is not None:
        console.print(f"[form] {answer.sheet.title}\n{answer.sheet.text}", markup=False)
        for entry in answer.sheet.entries:
            shown = f"  {entry.label}: {entry.value}" + (
                f" (one of {', '.join(entry.options)})" if entry.options else ""
            )
            console.print(shown + (f"  <- {entry.error}" if entry.error else ""), markup=False)


def _show(console: Console, posts: Sequence[Post]) -> None:
    for post in posts:
        private = " (only you)" if post.private else ""
        console.print(f"{post.author}{private}: {post.text}", markup=False)
        if post.controls:
            console.print("   " + " ".join(f"[{control.label}]" for control in post.controls), markup=False)
