"""The numbers of each interaction, four times: on its cards, at its twins, in the database, and from the servers' acts.

The servers write down every press and every form that people sent; what is counted here from these knows nothing of
the bot. Two accounts of one person are one person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Post
from config.story import Story
from config.story_kinds import CLOUD, QUESTION, QUIZ, RATING, SURVEY, TALKS, VOTE
from config.story_survey import AGAIN, BEST, CHAT, ROOM, SOUND, WHOLE
from core.domain.interactions.kind import Tally

Act = Mapping[str, Any]
FIELDS = {QUESTION: "Your answer", CLOUD: "One to three words", SURVEY: WHOLE}
"""What is asked in the form; of several pages, what the last one asks."""
PICKED: Mapping[str, Sequence[str] | int] = {BEST: TALKS, ROOM: CHAT, SOUND: 5, AGAIN: ("Yes", "No"), WHOLE: 5}


@dataclass(frozen=True)
class Numbers:
    voters: int
    platforms: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, int] = field(default_factory=dict)


# -- from the servers' records --------------------------------------------------------------------------------------


def from_acts(story: Story, acts: Iterable[Act], about: str) -> Numbers:
    ordered = sorted(acts, key=lambda it: float(it["at"]))
    given = dict(_forms(story, ordered, about) if about in FIELDS else _presses(story, ordered, about))
    platforms = Counter(platform for platform, _ in given.values())
    return Numbers(len(given), dict(platforms), dict(Counter(it for _, some in given.values() for it in some)))


def _who(story: Story, act: Act) -> tuple[str, str]:
    """The person and the platform behind an account."""
    player = story.accounts[act["user"].lower()]
    return story.script.human(player.name), player.platform


def _presses(story: Story, acts: Iterable[Act], about: str) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    cards = {story.facts["cards"][about, platform] for platform in ("slack", "discord")}
    last: dict[str, tuple[str, tuple[str, ...]]] = {}
    for act in acts:
        if act["post"] not in cards or act["verb"] != "press" or not act["ok"]:
            continue
        human, platform = _who(story, act)
        if about == VOTE:  # each tap turns it
            if last.pop(human, None) is None:
                last[human] = platform, ()
        else:
            label = act["label"]
            last[human] = platform, (label[-1] if about == QUIZ else label[0],)
    yield from last.items()


def _forms(story: Story, acts: Iterable[Act], about: str) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Sent as a form, in pages, or as a message that was typed into and then pressed."""
    typing: dict[tuple[str, str], Mapping[str, Any]] = {}
    pages: dict[str, dict[str, Any]] = {}
    last: dict[str, tuple[str, tuple[str, ...]]] = {}
    for act in acts:
        who = (act["user"], str(act["post"]))
        typed: Mapping[str, Any] = {}
        if act["verb"] == "enter":
            typing[who] = act["value"]
        elif act["verb"] == "press" and act["ok"] and who in typing:
            typed = typing.pop(who)
        elif act["verb"] == "fill" and act["ok"]:
            typed = act.get("typed") or act.get("value") or {}
        if (
            not typed
            or (about != SURVEY and FIELDS[about] not in typed)
            or (about == SURVEY and not typed.keys() & PICKED)
        ):
            continue
        human, platform = _who(story, act)
        pages.setdefault(human, {}).update(typed)
        if FIELDS[about] in pages[human]:
            last[human] = platform, tuple(_given(about, pages[human]))
    yield from last.items()


def _given(about: str, typed: Mapping[str, Any]) -> Iterator[str]:
    if about == CLOUD:
        yield from {it.casefold() for it in re.split(r"[\s,]+", str(typed[FIELDS[CLOUD]])) if it}
    elif about == SURVEY:
        for label in PICKED:
            yield f"{label} {typed[label]}"


# -- from the database ----------------------------------------------------------------------------------------------


def from_tally(about: str, counted: Tally) -> Numbers:
    options: dict[str, int] = {}
    if about == QUIZ:
        options = dict(zip("ABCDE", counted.options, strict=False))
    elif about == RATING:
        options = {str(step): number for step, number in enumerate(counted.options, 1)}
    elif about == CLOUD:
        options = {word.casefold(): number for word, number in counted.words}
    elif about == SURVEY:
        options = dict(_survey(counted))
    return Numbers(counted.voters, dict(counted.platforms), {name: it for name, it in options.items() if it})


def _survey(counted: Tally) -> Iterator[tuple[str, int]]:
    places = (0, 1, 2, 4, 5)  # what was written freely is not counted together
    for (label, picks), place in zip(PICKED.items(), places, strict=True):
        words = [f"{it} of {picks} ⭐" for it in range(1, picks + 1)] if isinstance(picks, int) else picks
        yield from ((f"{label} {word}", it) for word, it in zip(words, counted.parts[place].options, strict=True))


# -- from what people see -------------------------------------------------------------------------------------------


VOTERS = re.compile(r"([\d,]+) (?:votes?|answers?|ratings?|person|people|answered) \(([^()]+)\)")


def from_card(about: str, card: Post) -> Numbers | None:
    """None where it tells no numbers."""
    found = VOTERS.search(card.text)
    if found is None:
        return None
    parted = (it.rsplit(" ", 1) for it in found[2].split(", "))
    platforms = {name.lower(): int(number) for name, number in parted}
    return Numbers(int(found[1].replace(",", "")), platforms, {name: it for name, it in _lines(about, card) if it})


def _lines(about: str, card: Post) -> Iterator[tuple[str, int]]:
    lines = card.text.splitlines()
    if about == CLOUD:
        listed = max(lines[2:], key=lambda line: len(re.findall(r"\w+ \d+", line)))
        yield from ((word.casefold(), int(number)) for word, number in re.findall(r"(\w+) (\d+)", listed))
    for name in {QUIZ: "ABC", RATING: "12345"}.get(about, ""):
        start = next(i for i, line in enumerate(lines) if re.match(rf"\**{name}\** ", line))
        number = re.search(r"% · ([\d,]+)", " ".join(lines[start : start + 2]))
        yield name, int(number[1].replace(",", "")) if number else -1


TWIN = re.compile(r"([\d,]+) of ([\d,]+) answered")


def check(story: Story, acts: Iterable[Act], tallies: Mapping[str, Tally]) -> None:
    """The results go into ``facts``."""
    every = list(acts)
    for about in (QUIZ, RATING, VOTE, QUESTION, CLOUD, SURVEY):
        if about not in tallies or about not in story.facts.get("told", {}):
            story.claims.check(f"“{about}” is in the database and has ended", False)
            continue
        counted, kept = from_acts(story, every, about), from_tally(about, tallies[about])
        claims = story.claims
        claims.check(f"the database's result of “{about}” is the servers' own count of what people sent",
                     counted == kept, (counted, kept))  # fmt: skip
        for where, post in story.facts["told"][about].items():
            if where in ("slack", "discord"):
                shown = from_card(about, post)
                wanted = counted if about != SURVEY else Numbers(counted.voters, counted.platforms)
                claims.check(f"the card of “{about}” in {where} shows this result", shown == wanted,
                             (shown, wanted, post.text))  # fmt: skip
            else:
                found = TWIN.search(post.text)
                claims.check(f"{where} tells of {counted.voters} answers to “{about}”",
                             bool(found and int(found[1].replace(",", "")) == counted.voters), post.text)  # fmt: skip
        story.facts.setdefault("results", {})[about] = counted


def reactions(story: Story, acts: Iterable[Act], words: Iterable[str]) -> Counter[str]:
    """How many people pressed each of the five."""
    pressed = {(word, _who(story, it)[0]) for it in acts if it["verb"] == "press" and it["ok"]
               for word in words if re.fullmatch(rf"{word}( [\d,]+)? \S+", str(it["label"]))}  # fmt: skip
    return Counter(word for word, _ in pressed)


def on_the_bar(bar: Post, words: Iterable[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word in words:
        for control in bar.controls:
            if number := re.fullmatch(rf"{word} ([\d,]+) \S+", control.label):
                found[word] = int(number[1].replace(",", ""))
    return found
