"""What the demo leaves: ``demo.json`` for programs, ``demo.md`` for readers, and the figures on the terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from config.demo_kinds import Numbers
from config.story import Line, Story
from config.story_kinds import ANSWERS, CLOUD, FORMS, QUIZ, RIGHT, VOTE
from config.story_poll import OPTIONS, tally
from core.domain.interactions import KINDS

FILES = ("demo.json", "demo.md")
LIKED = 8
"""So many of the most liked lines are told."""
Result = dict[str, Any]


def result(story: Story, figures: dict[str, Any], seconds: float) -> Result:
    facts, claims = story.facts, story.claims
    script = story.script
    return {
        "attendees": len(script.attendees) + len(story.guests),
        "silent_guests": len(story.guests),
        "people": len(script.people) + len(story.guests),
        "accounts": {name: sum(it.platform == name for it in story.accounts.values()) for name in ("slack", "discord")},
        "lines": len(story.lines) + len(story.unshared),
        "lines_deleted": sum(line.gone for line in story.lines),
        "lines_not_shared": len(story.unshared),
        "answers": sum(bool(line.to) for line in story.lines),
        "likes": sum(len(line.liked) for line in story.lines),
        "bursts": facts.get("bursts", {}),
        "milliseconds": {f"from_{it}": _spread(some) for it, some in facts.get("seconds", {}).items()},
        "votes_a_second": facts.get("votes_a_second", {}),
        "polls": {it: _poll(story, it) for it in OPTIONS if it in story.wanted},
        "interactions": {about: _interaction(about, it) for about, it in facts.get("results", {}).items()},
        "reactions": dict(facts.get("reactions", {})),
        "acts": facts.get("acts", len(story.acts)),
        "acts_unanswered_while_dead": facts.get("acts_unanswered", 0),
        "forms_as_messages": facts.get("forms_as_messages", 0),
        "kill": facts.get("kill", {}),
        **figures,
        "most_liked": [_liked(line) for line in _most_liked(story)],
        "claims_held": len(claims.held),
        "claims_failed": len(claims.failed),
        "failed": claims.failed,
        "held": claims.held,
        "seconds": round(seconds, 1),
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    """Without the lines that were written while the bot was dead there is one figure more: see ``kill``."""
    some = sorted(seconds)
    return {name: round(1_000 * some[min(len(some) - 1, int(share * len(some)))]) for name, share in
            (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))} if some else {}  # fmt: skip


def _poll(story: Story, question: str) -> dict[str, Any]:
    counts = tally(story, question)
    return {
        "voters": len(story.wanted[question]),
        "options": dict(zip(OPTIONS[question], (counts[it] for it in "ABCD"), strict=False)),
    }


def _interaction(about: str, numbers: Numbers) -> dict[str, Any]:
    return {
        "kind": FORMS[about][0],
        "answered": numbers.voters,
        **{it: numbers.platforms.get(it, 0) for it in ("slack", "discord")},
        "result": dict(sorted(numbers.options.items())),
    }


def _most_liked(story: Story) -> list[Line]:
    liked = [line for line in story.lines if line.liked and not line.gone]
    return sorted(liked, key=lambda line: -len(line.liked))[:LIKED]


def _liked(line: Line) -> dict[str, Any]:
    return {"likes": len(line.liked), "who": line.who.part.shown, "on": line.who.platform, "line": line.reads}


def leave(folder: Path, made: Result, story: Story) -> None:
    (folder / "demo.json").write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "demo.md").write_text("\n".join(_page(made, story)) + "\n", encoding="utf-8")


def _page(made: Result, story: Story) -> list[str]:
    verdict = "Every claim held." if not made["failed"] else f"{made['claims_failed']} claims are broken."
    page = ["# Keynote: The road ahead", "", f"{verdict} {made['attendees']} attendees, {made['seconds']} s.", ""]
    for question, poll in made["polls"].items():
        page += [f"## {question}", "", f"{poll['voters']} people voted.", "", "| option | votes |", "|---|---|"]
        page += [f"| {option} | {number} |" for option, number in poll["options"].items()] + [""]
    for about, it in made["interactions"].items():
        split = f"{it['slack']} in Slack, {it['discord']} in Discord"
        did = "are for it" if about == VOTE else "answered"
        page += [f"## {about}", "", f"{KINDS[it['kind']].TITLE}: {it['answered']} people {did} ({split}).", ""]
        if it["result"]:
            page += ["| answer | people |", "|---|---|"]
            page += [f"| {_cell(answer)} | {number} |" for answer, number in _in_words(about, it["result"])] + [""]
    pressed = ", ".join(f"{word} {number}" for word, number in made["reactions"].items())
    page += ["## Reactions", "", pressed or "None.", "", "## Most liked", ""]
    page += [
        f"- {it['likes']} likes: {_cell(it['line'])} ({it['who']}, {it['on'].capitalize()})"
        for it in made["most_liked"]
    ]
    page += ["", "## Who took part", "", "| person | where | lines | likes given |", "|---|---|---|---|"]
    page += _people(story)
    page += ["", "## Figures", "", "| figure | value |", "|---|---|"]
    page += [f"| {name} | {value} |" for name, value in rows(made)]
    if made["failed"]:
        page += ["", "## Claims that are broken", "", *(f"- {_cell(it)}" for it in made["failed"])]
    page += [
        "",
        "## Claims that held",
        "",
        "What people saw, held against the database and the servers' own counts.",
    ]
    return [*page, "", *(f"- {_cell(it)}" for it in made["held"])]


def _in_words(about: str, counted: Mapping[str, int]) -> list[tuple[str, int]]:
    """A quiz's answers with their words, and which is right; a cloud's most frequent first."""
    if about == QUIZ:
        words = dict(zip("ABCDE", ANSWERS, strict=False))
        return [(f"{it}: {words[it]}{' (right)' if it == RIGHT else ''}", number) for it, number in counted.items()]
    if about == CLOUD:
        return sorted(counted.items(), key=lambda it: -it[1])
    return list(counted.items())


def _people(story: Story) -> list[str]:
    wrote = Counter(story.script.human(line.who.name) for line in story.lines)
    gave = Counter(story.script.human(who) for line in story.lines for who in line.liked)
    found = []
    for name in story.script.people:
        parts = [it for it in story.script.parts if story.script.human(it.name) == name]
        where = " and ".join(it.platform.capitalize() for it in parts)
        role = "" if parts[0].role == "attendee" else f", {parts[0].role}"
        found.append(f"| {parts[0].shown}{role} | {where} | {wrote[name]} | {gave[name]} |")
    return found


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())


def rows(made: Result) -> list[tuple[str, str]]:
    """The figures as they are read."""
    times, kill, votes = made["milliseconds"], made["kill"], made["votes_a_second"]
    found = [
        (
            "people",
            f"{made['people']} with {sum(made['accounts'].values())} accounts; {made['attendees']} attendees, "  # noqa: ISC004
            f"{made['silent_guests']} of them silent guests",
        ),
        (
            "lines",
            f"{made['lines']}; {made['lines_deleted']} deleted, {made['lines_not_shared']} not shared by the rules",
        ),
        ("answers and likes", f"{made['answers']} and {made['likes']}"),
    ]
    for source, other in (("slack", "Discord"), ("discord", "Slack")):
        if spread := times.get(f"from_{source}"):
            found.append((f"{source.capitalize()} to {other}", f"p50 {spread['p50']} ms, p99 {spread['p99']} ms"))
    found += [(f"votes a second on “{name}”", f"{rate:.0f}") for name, rate in votes.items()]
    if kill:
        lines = f"all {kill['lines_written_meanwhile']} lines written meanwhile there after {kill['whole_seconds']} s"
        found.append(("kill -9", f"ready again after {kill['ready_seconds']} s, {lines}"))
        again = f"{made['acts_unanswered_while_dead']} of {made['acts']}, while the bot was dead; pressed again"
        found.append(("presses without an answer", again))
    if "requests" in made:
        wrong = f"{made['requests_invalid']} invalid, {made['requests_refused_as_too_fast']} refused as too fast"
        found.append(("edits of messages", f"{made['edits_slack']} in Slack, {made['edits_discord']} in Discord"))
        found.append(("requests", f"{made['requests']}; {wrong}"))
    return [
        *found,
        ("claims", f"{made['claims_held']} held, {made['claims_failed']} broken"),
        ("took", f"{made['seconds']} s"),
    ]


def show(console: Console, made: Result, folder: Path) -> None:
    console.print()
    told = rows(made)
    wide = max(len(name) for name, _ in told)
    for name, value in told:
        console.print(f"  {name:<{wide}}", style="bold", end="   ", markup=False)
        console.print(value, markup=False, soft_wrap=True)
    console.print()
    for failed in made["failed"]:
        console.print("  broken: ", style="red", end="")
        console.print(failed, markup=False, soft_wrap=True)
    good = not made["failed"]
    console.print("Every claim held." if good else "Claims are broken.", style="green" if good else "red", end=" ")
    console.print(f"Results in {folder / 'demo.md'} and {folder / 'demo.json'}.", markup=False, soft_wrap=True)
