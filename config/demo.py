"""``make demo``: the whole session over real sockets, told as it happens, and every claim checked."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console

from config import story_evening as evening
from config import story_opening as opening
from config.stage_set import StageSet, plan
from config.story import CHANNEL, Claims, Player, Story
from core.app.derived import Counts, Joined
from core.app.unit_of_work import key
from core.domain.ids import InteractionId
from storage.sealed import key_file
from storage.store import open_store

SLACK_PEOPLE: list[dict[str, Any]] = [
    {"name": "Ana", "admin": True},
    {"name": "Mira"},
    {"name": "Leo"},
    {"name": "Kim"},
]
DISCORD_PEOPLE: list[dict[str, Any]] = [
    {"name": "Bo", "manages": True},
    {"name": "Nova"},
    {"name": "Sam"},
    {"name": "Ida"},
]
COLORS = {"slack": "magenta", "discord": "blue", "both": "cyan"}
CHAPTERS = (
    (opening.set_up,),
    (opening.rooms_stand, opening.everybody_joins),
    (opening.open_doors,),
    (opening.chat,),
    (evening.answers_and_likes, evening.poll),
    (evening.end_poll, evening.moderate),
    (evening.menu_and_settings, evening.backchannel, opening.told_of_doors),
    (evening.end,),
)
"""One after the other; those in a row together, for none of them waits for another."""


def the_plan() -> dict[str, Any]:
    """Everybody is in one channel of each platform; all others are made."""
    everywhere = {"channels": [CHANNEL]}
    return plan(SLACK_PEOPLE, DISCORD_PEOPLE, slack=everywhere, discord=everywhere)


async def play(folder: Path) -> int:
    """0 when every claim held. Leaves ``demo.json`` and the logs in the folder."""
    console, began = Console(highlight=False), time.monotonic()
    await asyncio.to_thread(_clear, folder)
    stage = StageSet(folder / "demo", the_plan())
    claims, story = Claims(), None
    try:
        console.print("Starting a stand-in Slack, a stand-in Discord and the bot …")
        await stage.raise_servers()
        await stage.raise_bot()
        story = Story(_players(stage), _teller(console, began), claims)
        for chapters in CHAPTERS:
            await asyncio.gather(*(chapter(story) for chapter in chapters))
        await _check_presses(stage, story)
        checked, invalid = await _check_requests(stage, claims)
        claims.check("the bot stops when asked, and says goodbye", await stage.stop_bot() == 0)
        await asyncio.to_thread(_check_database, stage, story)
    except Exception as trouble:  # whatever it is, it is told and the exit status says so
        claims.failed.append(f"the demo stopped: {type(trouble).__name__}: {trouble}")
        checked = invalid = 0
    finally:
        await stage.strike()
    result = {
        "people": len(story.players) if story else 0,
        "lines": len(story.lines) if story else 0,
        "ballots": len(story.wanted) if story else 0,
        "requests_checked": checked,
        "requests_invalid": invalid,
        "claims_held": len(claims.held),
        "claims_failed": len(claims.failed),
        "failed": claims.failed,
        "seconds": round(time.monotonic() - began, 1),
    }
    await asyncio.to_thread((folder / "demo.json").write_text, json.dumps(result, indent=2) + "\n")
    _report(console, result, claims)
    return 1 if claims.failed else 0


def _clear(folder: Path) -> None:
    """A new demo starts from nothing; only files that a demo made are taken away."""
    for old in (folder / "demo").glob("*"):
        old.unlink()
    (folder / "demo.json").unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def _players(stage: StageSet) -> list[Player]:
    """Alternating, so that every row of acts crosses between the platforms."""
    pairs = zip(SLACK_PEOPLE, DISCORD_PEOPLE, strict=True)
    return [
        player
        for here, there in pairs
        for player in (
            Player(str(here["name"]), "slack", stage.slack(str(here["name"])), bool(here.get("admin"))),
            Player(
                str(there["name"]), "discord", stage.discord(str(there["name"]).lower()), bool(there.get("manages"))
            ),
        )
    ]


def _teller(console: Console, began: float) -> Any:
    def tell(who: str, platform: str, what: str) -> None:
        console.print(f"{time.monotonic() - began:6.1f} s  ", end="")
        console.print(f"{platform:>8}", style=COLORS[platform], end="  ")
        console.print(who, style="bold", end=" ")
        console.print(what, markup=False)

    return tell


async def _check_presses(stage: StageSet, story: Story) -> None:
    """The servers counted the presses themselves; each person's last one must be the vote they wanted."""
    last: dict[str, str] = {}
    for post in (await stage.ask("slack", "presses"))["presses"]:
        for user, press in post["last"].items():
            if press["action_id"].startswith("vote:"):
                last[user] = press["action_id"].split(":")[2]
    for buttons in (await stage.ask("discord", "presses")).values():
        for custom_id, button in buttons.items():
            if custom_id.startswith("vote:"):
                last |= {name: custom_id.split(":")[2] for name in button["people"]}
    counted = Counter("ABC"[int(option)] for option in last.values())
    wanted = Counter(story.wanted.values())
    story.claims.check("the servers' own count of presses is the tally", counted == wanted, (counted, wanted))


async def _check_requests(stage: StageSet, claims: Claims) -> tuple[int, int]:
    """Every request the bot sent was held against the platforms' documented arguments and limits."""
    slack = (await stage.ask("slack", "requests"))["requests"]
    discord = await stage.ask("discord", "requests")
    invalid = [it for it in (*slack, *discord) if it["violations"]]
    claims.check("no request of the bot breaks a documented rule", not invalid, invalid[:3])
    return len(slack) + len(discord), len(invalid)


def _check_database(stage: StageSet, story: Story) -> None:
    store = open_store(stage.database_url, secret=key_file(stage.folder / "sidestage.key"))
    try:
        (session,) = store.outbox.sessions()
        shown = store.outbox.published(session)
        work = store.read(lambda _: [key(Joined, session), *(key(Counts, one) for one in shown)])
        joined = work.get(Joined, session)
        story.claims.check(
            "everybody who joined is in the database",
            joined is not None and joined.number == len(story.players),
            joined,
        )
        counts = work.get(Counts, InteractionId(shown[0])) if shown else None
        kept = Counter({"ABC"[int(it.choice.strip("[]"))]: 0 for it in counts.counts} if counts else {})
        for it in counts.counts if counts else ():
            kept["ABC"[int(it.choice.strip("[]"))]] += it.number
        story.claims.check("the database's tally is the same", kept == Counter(story.wanted.values()), kept)
    finally:
        store.close()


def _report(console: Console, result: dict[str, Any], claims: Claims) -> None:
    console.print()
    for failed in claims.failed:
        console.print("  failed: ", style="red", end="")
        console.print(failed, markup=False)
    facts = (
        f"{len(claims.held)} claims held, {len(claims.failed)} failed",
        f"{result['people']} people, {result['lines']} lines, {result['ballots']} ballots",
        f"{result['requests_checked']} requests checked, {result['requests_invalid']} invalid",
        f"{result['seconds']} s",
    )
    console.print("; ".join(facts), style="red" if claims.failed else "green")
