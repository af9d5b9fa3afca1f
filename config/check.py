"""``sidestage check``: everything that is missing or wrong, in one list, each with what to do about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from pydantic import SecretStr

from adapters.discord.check import Refused, invite
from adapters.discord.check import check as check_discord
from adapters.discord.rooms import GRANT_PACE
from adapters.slack.check import check as check_slack
from adapters.slack.limits import INVITE_PACE
from config.bot import discord_settings, folder, slack_settings
from config.logs import STRUCK, strike
from config.settings import BadSettings, Settings, load
from core.app.findings import Finding, of_line
from core.domain.surfaces import Place
from storage.look import Crowd, Looked, look

SECONDS = 5.0
"""For all that one platform is asked."""


@dataclass(frozen=True, slots=True)
class Report:
    """Findings by where they belong, in the order in which they are told."""

    groups: Sequence[tuple[str, Sequence[Finding]]]

    @property
    def ok(self) -> bool:
        return all(finding.note for _, findings in self.groups for finding in findings)

    def text(self) -> str:
        lines: list[str] = []
        for name, findings in self.groups:
            if findings:
                lines.append(f"{name}:")
            lines += [f"  - {'(not counted) ' if it.note else ''}{it.sentence}" for it in findings]
        if self.ok:
            lines.append("Everything else is in place." if lines else "Everything is in place.")
        return "\n".join(lines)

    def json(self) -> str:
        told = [
            {"where": name.lower(), "problem": it.problem, "remedy": it.remedy, "note": it.note}
            for name, findings in self.groups
            for it in findings
        ]
        return json.dumps({"ok": self.ok, "findings": told}, indent=2, ensure_ascii=False)


async def report(expect: int = 0) -> Report:
    """Look at everything that the settings name; ``expect``: so many people are expected."""
    try:
        settings = load()
    except BadSettings as wrong:
        return Report((("Settings", [_of_setting(problem) for problem in wrong.problems]),))
    return await look_over(settings, expect)


async def look_over(settings: Settings, expect: int = 0) -> Report:
    looked = await asyncio.to_thread(_database, settings)
    slack, discord = await asyncio.gather(_slack(settings, looked.rooms), _discord(settings, looked.rooms))
    lines = {name: _lines(name, looked.crowds, expect) for name in _set_up(settings)}
    groups = (
        ("Database", looked.findings),
        ("Slack", [*slack, *lines.get("Slack", ())]),
        ("Discord", [*discord, *lines.get("Discord", ())]),
    )
    return Report([(name, [_struck(it, settings) for it in findings]) for name, findings in groups])


async def invitation() -> str:
    """The link by which a server's owner invites the bot. Raises BadSettings, Refused."""
    discord = discord_settings(load())
    if discord is None:
        raise Refused(Finding("No Discord bot is set up", "put its token into SIDESTAGE_DISCORD_TOKEN"))
    return await invite(discord)


def _of_setting(problem: str) -> Finding:
    name, _, remedy = problem.partition(": ")
    return Finding(f"{name} is missing or wrong", remedy.rstrip("."))


def _database(settings: Settings) -> Looked:
    """What the storage sees, with the key where there is one; none is made."""
    file = folder(settings) / "sidestage.key"
    try:
        secret = settings.secret(folder(settings)) if settings.secret_key or file.exists() else None
    except (OSError, ValueError) as why:
        told = why.strerror if isinstance(why, OSError) else "it holds no text"
        return Looked((Finding(f"The key file {file} cannot be read ({told})", "allow it, or put the right one back"),))
    return look(settings.database_url, secret)


async def _slack(settings: Settings, rooms: Sequence[Place]) -> Sequence[Finding]:
    slack = slack_settings(settings)
    if slack is None:
        return ()
    config = settings.slack_config_token.get_secret_value() if settings.slack_config_token else ""
    return await _in_time("Slack", check_slack(slack, _of("slack", rooms), config))


async def _discord(settings: Settings, rooms: Sequence[Place]) -> Sequence[Finding]:
    discord = discord_settings(settings)
    return await _in_time("Discord", check_discord(discord, _of("discord", rooms))) if discord is not None else ()


PACES = {"Slack": INVITE_PACE, "Discord": GRANT_PACE}
"""Microseconds that letting one person in takes where a crowd waits."""


def _set_up(settings: Settings) -> Sequence[str]:
    there = {"Slack": slack_settings(settings), "Discord": discord_settings(settings)}
    return [name for name, known in there.items() if known is not None]


def _lines(platform: str, crowds: Sequence[Crowd], expect: int) -> Sequence[Finding]:
    """Doors behind which a line would stand for long. Who is expected may all come to this platform."""
    here = [it for it in crowds if it.venue.startswith(f"{platform.lower()}:")]
    named = [(f"“{it.session}”", max(it.number, expect)) for it in here] or [("a session", expect)]
    found = (of_line(platform, session, number, PACES[platform]) for session, number in named)
    return [finding for finding in found if finding is not None]


def _of(platform: str, rooms: Sequence[Place]) -> Sequence[Place]:
    return [room for room in rooms if room.venue.startswith(f"{platform}:")]


async def _in_time(name: str, findings: AsyncGenerator[Finding, None]) -> Sequence[Finding]:
    """What was found until the time was up, and that it was."""
    found: list[Finding] = []
    try:
        async with asyncio.timeout(SECONDS), aclosing(findings) as looking:
            async for finding in looking:
                found.append(finding)  # noqa: PERF401 - what came before the time was up is kept
    except TimeoutError:
        found.append(Finding(f"{name} did not answer everything within {SECONDS:.0f} seconds", "run the check again"))
    except Exception as broken:
        # An answer in a shape that the platform does not document; its words may hold anything.
        why = f"{name} gave an answer that cannot be read ({type(broken).__name__})"
        found.append(Finding(why, "look whether the address in the settings is right"))
    return found


def _struck(finding: Finding, settings: Settings) -> Finding:
    """Channel names and refusals are the platforms' words: whatever they say, no secret is repeated."""
    secrets = [it.get_secret_value() for _, it in settings if isinstance(it, SecretStr)]

    def clean(text: str) -> str:
        for secret in filter(None, secrets):
            text = text.replace(secret, STRUCK)
        return " ".join(strike(text).split())

    return replace(finding, problem=clean(finding.problem), remedy=clean(finding.remedy))
