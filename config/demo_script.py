"""The demo's evening as it is written down in ``demo_chat.txt``: who is there, what is said, and what becomes of it.

Everybody who speaks or acts is in the cast, and every act names a line that stands in the file: a mistake has its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FILE = Path(__file__).with_name("demo_chat.txt")
Platform = Literal["slack", "discord"]
Role = Literal["moderator", "speaker", "attendee"]
_CAST = re.compile(r"(slack|discord) (moderator|speaker|attendee)s: (.+)")
_ONE = re.compile(r"one person: (\S+), (\S+)")
_BURST = re.compile(r"== (.+), (\d+) a second ==")
_ACT = re.compile(r"\+ (\S+) (likes|deletes|edits) (\w+)(?:: (.+))?")
_LINE = re.compile(r"([\w.]+)(?: \[(\w+)\])?(?: > (\w+))?: (.+?)(?: => (.+))?")
KILL = "! kill"


@dataclass(frozen=True, slots=True)
class Part:
    """An account: who somebody is on one platform."""

    name: str
    platform: Platform
    role: Role
    shown: str
    """The name to show, which the person gives at the door."""


@dataclass(frozen=True, slots=True)
class Said:
    """A line: ``reads`` is how it stands on the other platform, ``to`` the label of what it answers."""

    who: str
    text: str
    reads: str
    label: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does to a line."""

    who: str
    what: Literal["likes", "deletes", "edits"]
    label: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Burst:
    """Lines typed one after the other; at ``kill``, the number of a line, the bot dies before it."""

    name: str
    rate: int
    lines: tuple[Said, ...]
    acts: tuple[Act, ...]
    kill: int | None = None


@dataclass(frozen=True, slots=True)
class Script:
    parts: tuple[Part, ...]
    same: tuple[tuple[str, str], ...]
    """The accounts of one person, on Slack and on Discord."""
    bursts: tuple[Burst, ...]

    def on(self, platform: Platform) -> list[Part]:
        return [part for part in self.parts if part.platform == platform]

    def human(self, name: str) -> str:
        """The person behind an account."""
        return next((here for here, there in self.same if there == name), name)

    @property
    def attendees(self) -> list[str]:
        return list(dict.fromkeys(self.human(part.name) for part in self.parts if part.role == "attendee"))

    @property
    def people(self) -> list[str]:
        return list(dict.fromkeys(self.human(part.name) for part in self.parts))

    @property
    def lines(self) -> list[Said]:
        return [line for burst in self.bursts for line in burst.lines]

    @property
    def acts(self) -> list[Act]:
        return [act for burst in self.bursts for act in burst.acts]

    def burst(self, name: str) -> Burst:
        return next(it for it in self.bursts if it.name == name)


def read(file: Path = FILE) -> Script:
    """Raises ValueError that names the line."""
    parts: list[Part] = []
    same: list[tuple[str, str]] = []
    bursts: list[Burst] = []
    for number, text in _written(file):
        if cast := _CAST.fullmatch(text):
            platform, role, names = cast.groups()
            parts += [Part(it.split()[0], platform, role, it.strip()) for it in names.split(",")]  # type: ignore[arg-type]
        elif one := _ONE.fullmatch(text):
            same.append((one[1], one[2]))
        elif head := _BURST.fullmatch(text):
            bursts.append(Burst(head[1], int(head[2]), (), ()))
        elif bursts and (more := _more(bursts[-1], text)):
            bursts[-1] = more
        else:
            raise ValueError(f"{file.name}, line {number}: {text}")
    script = Script(tuple(parts), tuple(same), tuple(bursts))
    if problems := tuple(_problems(script)):
        raise ValueError(f"{file.name}: " + "; ".join(problems))
    return script


def _written(file: Path) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if text.strip() and not text.startswith("#"):
            yield number, text


def _more(burst: Burst, text: str) -> Burst | None:
    """The burst with one more line or act; None when the text is neither."""
    if text == KILL:
        return Burst(burst.name, burst.rate, burst.lines, burst.acts, len(burst.lines))
    if act := _ACT.fullmatch(text):
        made = Act(act[1], act[2], act[3], act[4] or "")  # type: ignore[arg-type]
        return Burst(burst.name, burst.rate, burst.lines, (*burst.acts, made), burst.kill)
    if line := _LINE.fullmatch(text):
        typed = line[4].replace(r"\n", "\n")
        said = Said(line[1], typed, line[5] or typed, line[2] or "", line[3] or "")
        return Burst(burst.name, burst.rate, (*burst.lines, said), burst.acts, burst.kill)
    return None


def _problems(script: Script) -> Iterator[str]:
    names = [part.name for part in script.parts]
    known: dict[str, Said] = {}
    for twice in {name for name in names if names.count(name) > 1}:
        yield f"{twice} is in the cast twice"
    for pair in script.same:
        yield from (f"{name} is not in the cast" for name in pair if name not in names)
    for burst in script.bursts:
        for line in burst.lines:
            if line.who not in names:
                yield f"{line.who} is not in the cast"
            if line.label in known:
                yield f"two lines are called {line.label}"
            if line.to and line.to not in known:
                yield f"{line.who} answers {line.to}, which is not said before"
            if line.label:
                known[line.label] = line
        yield from _wrong_acts(burst.acts, names, known)


def _wrong_acts(acts: Sequence[Act], names: Sequence[str], known: dict[str, Said]) -> Iterator[str]:
    for act in acts:
        if act.who not in names:
            yield f"{act.who} is not in the cast"
        if act.label not in known:
            yield f"{act.who} {act.what} {act.label}, which is not said before"
        elif act.what != "likes" and known[act.label].who != act.who:
            yield f"{act.who} {act.what} what {known[act.label].who} said"
        elif (act.what == "edits") != bool(act.text):
            yield f"{act.who} {act.what} {act.label}: the new words come after a colon, and only there"
