"""Words in runs of one font each, measured and wrapped: what is measured here is as wide once it is drawn.

resvg falls back to another font for a whole text or not at all, so that one flag among letters leaves boxes for all
that the first font lacks; each run is drawn as a text of its own, at a width that is forced on it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import uharfbuzz

from core.domain.words import border

FONTS = Path(__file__).parent / "fonts"
FILES = {False: FONTS / "DejaVuSans.ttf", True: FONTS / "DejaVuSans-Bold.ttf"}
"""By whether it is bold."""
EMOJI_EM, WIDE_EM, OTHER_EM = 1.2, 1.0, 0.62
"""How wide a character is that our own fonts lack, in ems."""
CLUSTER = 32
"""More code points than what people see as one character has."""

Kind = Literal["own", "emoji", "other"]


@dataclass(frozen=True, slots=True)
class Run:
    """``x`` from the start of its line."""

    text: str
    kind: Kind
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    runs: tuple[Run, ...]
    width: float


def drawable(text: str, most: int) -> str:
    """On one line, without what XML cannot hold; at most so many characters."""
    kept = "".join(" " if char.isspace() else char for char in text if _shown(char))
    kept = " ".join(kept.split())
    return kept if len(kept) <= most else kept[: border(kept, most - 1)].rstrip() + "…"


def _shown(char: str) -> bool:
    return char.isspace() or (unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co") and char not in "\ufffe\uffff")


def width(text: str, size: float, *, bold: bool = False) -> float:
    return sum(_ems(run, kind, bold) for kind, run in _runs(text, bold)) * size


def line(text: str, size: float, *, bold: bool = False) -> Line:
    """In the order of sight: a text that begins right to left has its runs from right to left."""
    found = list(_runs(text, bold))
    turned = right_to_left(text)
    if turned:
        found.reverse()
    placed, x = list[Run](), 0.0
    for kind, run in found:
        wide = _ems(run, kind, bold) * size
        if turned and kind == "own":
            # A space at a run's end would go to the other side of it. Isolated, the run turns as its line does.
            after = _ems(run[len(run.rstrip()) :], kind, bold) * size
            before = _ems(run[: len(run) - len(run.lstrip())], kind, bold) * size
            if run.strip():
                placed.append(Run(f"\u2067{run.strip()}\u2069", kind, x + after, wide - after - before))
        else:
            placed.append(Run(run, kind, x, wide))
        x += wide
    return Line(tuple(placed), x)


def right_to_left(text: str) -> bool:
    """By its first letter, as readers expect it."""
    return next((side != "L" for char in text if (side := unicodedata.bidirectional(char)) in ("L", "R", "AL")), False)


def wrapped(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[Line]:
    """At most so many lines, broken at spaces where these are; what is left out ends in an ellipsis."""
    lines, rest = list[str](), text
    while rest and len(lines) < most:
        end = _fitting(rest, size, room, bold)
        if end < len(rest) and len(lines) < most - 1:
            space = rest.rfind(" ", 0, end + 1)
            end = space if space > end // 3 else end
            lines.append(rest[:end].rstrip())
            rest = rest[end:].lstrip()
            continue
        if end < len(rest):
            end = _fitting(rest, size, room - width("…", size, bold=bold), bold)
            lines.append(rest[:end].rstrip() + "…")
        else:
            lines.append(rest)
        break
    return [line(one, size, bold=bold) for one in lines]


def _fitting(text: str, size: float, room: float, bold: bool) -> int:
    """How many characters from the start fit; one at least, and none is cut apart."""
    if width(text, size, bold=bold) <= room:
        return len(text)
    low, high = 1, len(text)
    while high - low > 1:
        middle = (low + high) // 2
        if width(text[:middle], size, bold=bold) <= room:
            low = middle
        else:
            high = middle
    return border(text, low) or next(iter(_borders(text)))


def _borders(text: str) -> Iterator[int]:
    """The end of each character as people see it."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and end - start < CLUSTER and border(text, end) != end:
            end += 1
        yield end
        start = end


def _runs(text: str, bold: bool) -> Iterator[tuple[Kind, str]]:
    if text.isascii():
        if text:
            yield "own", text
        return
    start, clusters = 0, list[tuple[Kind, str]]()
    for end in _borders(text):
        cluster = text[start:end]
        # A space or a stop between two of one kind goes with them.
        joins = bool(clusters) and clusters[-1][0] == "other" and cluster.isascii() and not cluster.isalnum()
        clusters.append(("other" if joins else _kind(cluster, bold), cluster))
        start = end
    for kind, members in groupby(clusters, key=lambda one: one[0]):
        yield kind, "".join(cluster for _, cluster in members)


def _kind(cluster: str, bold: bool) -> Kind:
    if any("\U0001f000" <= char <= "\U0001fbff" or char in "\ufe0f\u20e3" for char in cluster):
        return "emoji"
    font = _font(bold)
    ignored = "\u200c\u200d\ufe0e"
    return "own" if all(char in ignored or font.get_nominal_glyph(ord(char)) for char in cluster) else "other"


def _ems(text: str, kind: Kind, bold: bool) -> float:
    if kind == "own":
        return _shaped(text, bold)
    if kind == "emoji":
        return EMOJI_EM * sum(1 for _ in _borders(text))
    return sum(_em(char) for char in text)


def _em(char: str) -> float:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    return WIDE_EM if unicodedata.east_asian_width(char) in "WF" else OTHER_EM


@lru_cache(4096)
def _shaped(text: str, bold: bool) -> float:
    font, buffer = _font(bold), uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return float(sum(one.x_advance for one in buffer.glyph_positions or ())) / float(font.face.upem)


@lru_cache(2)
def _font(bold: bool) -> uharfbuzz.Font:
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FILES[bold]))))
