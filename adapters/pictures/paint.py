"""A drawing as SVG and as PNG: dark words on a light ground of its own, so that it reads in dark mode too.

No text is smaller than 24 pixels at a width of 1000; every bar repeats a number that stands before it, and nothing is
told by colour alone.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import resvg_py

from adapters.pictures import cloud, measure
from core.domain.drawing import Bar, Bars, Cloud, Drawing

WIDTH, MARGIN = 1000, 44
TITLE, TEXT, SMALL = 38, 31, 28
TITLE_LINES, LABEL_LINES, FOOT_LINES = 3, 2, 3
BARS = 24
WORDS = 60
CLOUD_HEIGHT = 620.0
TITLE_MOST, LABEL_MOST, WORD_MOST, MARK_MOST = 400, 300, 40, 40
MOST_BYTES = 2_000_000
"""Far more than a drawing within these bounds comes to."""

INK, QUIET, GROUND, EDGE = "#1a1c1f", "#4a4f57", "#ffffff", "#c4c9d1"
BAR, MARKED, TRACK = "#0b62a4", "#0a3d66", "#e8ebef"
"""A bar that has a mark is dark besides: the mark says it in words."""
CLOUD_COLOURS = ("#0b4f8a", "#8a3b00", "#00614c", "#7a2a68", "#3d4450")
"""Told apart by people who see red or green badly, each at 6 : 1 or more on white; what counts is size and number."""
EMOJI_FONTS = "Noto Color Emoji, Apple Color Emoji, Segoe UI Emoji, DejaVu Sans"
FAMILY = "DejaVu Sans"


def png(drawing: Drawing) -> bytes:
    """Raises ValueError for what cannot be drawn."""
    made = bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg(drawing),
            font_files=[str(file) for file in measure.FILES.values()],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
            serif_family=FAMILY,
        )
    )
    if len(made) > MOST_BYTES:
        raise ValueError(f"a picture of {len(made)} bytes")
    return made


def svg(drawing: Drawing) -> str:
    sketch = _Sketch(drawing.title)
    match drawing:
        case Bars(_, bars, _):
            for bar in bars[:BARS]:
                sketch.bar(bar)
            if len(bars) > BARS:
                sketch.say(f"… and {len(bars) - BARS} more, in the words beside this picture", SMALL, QUIET, 1)
        case Cloud(_, words, _):
            sketch.cloud(words)
    if drawing.foot:
        sketch.y += 8
        sketch.say(measure.drawable(drawing.foot, LABEL_MOST), SMALL, QUIET, FOOT_LINES)
    return _template().render(
        width=WIDTH,
        height=round(sketch.y + MARGIN),
        shapes=sketch.shapes,
        ground=GROUND,
        edge=EDGE,
        family=FAMILY,
        emoji=EMOJI_FONTS,
    )


class _Sketch:
    """What is drawn, from top to bottom; ``y`` is where the next thing may begin."""

    def __init__(self, title: str) -> None:
        self.shapes: list[dict[str, Any]] = []
        self.y = float(MARGIN)
        self.say(measure.drawable(title, TITLE_MOST), TITLE, INK, TITLE_LINES, bold=True)
        self.y += 22

    def say(self, text: str, size: float, ink: str, most: int, *, bold: bool = False, room: float = 0) -> None:
        for line in measure.wrapped(text, size, room or WIDTH - 2 * MARGIN, most, bold=bold):
            self._line(line, MARGIN, self.y + size * 0.95, size, ink, bold)
            self.y += size * 1.3

    def bar(self, bar: Bar) -> None:
        """Number, then the label, then what stands beside it; the bar beneath them repeats the number."""
        number = f"{bar.number} · {round(_share(bar) * 100)} %"
        wide = measure.width(number, TEXT, bold=True)
        mark = measure.drawable(bar.mark, MARK_MOST)
        room = float(WIDTH - 2 * MARGIN) - wide - 20
        marked = measure.line(f"✓ {mark}", SMALL, bold=True) if mark else None
        below = marked is not None and marked.width > room / 2
        if marked and not below:
            room -= marked.width + 24
        self._line(measure.line(number, TEXT, bold=True), MARGIN, self.y + TEXT * 0.95, TEXT, INK, True)
        if marked and not below:
            self._line(marked, WIDTH - MARGIN - marked.width, self.y + TEXT * 0.95, SMALL, MARKED, True)
        start, top = MARGIN + wide + 20, self.y
        for line in measure.wrapped(measure.drawable(bar.label, LABEL_MOST) or "–", TEXT, room, LABEL_LINES):
            self._line(line, start, top + TEXT * 0.95, TEXT, INK, False)
            top += TEXT * 1.25
        if marked and below:
            self._line(marked, start, top + SMALL * 0.95, SMALL, MARKED, True)
            top += SMALL * 1.3
        self.y = top + 6
        track = WIDTH - 2 * MARGIN
        filled = max(_share(bar) * track, 6.0) if bar.number else 0.0
        self.shapes.append({"kind": "bar", "x": MARGIN, "y": self.y, "width": track, "fill": TRACK, "edge": "#7b838f"})
        if filled:
            ink = MARKED if mark else BAR
            self.shapes.append({"kind": "bar", "x": MARGIN, "y": self.y, "width": filled, "fill": ink, "edge": ink})
        self.y += 26 + 26

    def cloud(self, words: tuple[tuple[str, int], ...]) -> None:
        known = [(measure.drawable(word, WORD_MOST), count) for word, count in words]
        shown = sorted(((word, count) for word, count in known if word), key=lambda it: -it[1])
        placed, top, bottom = cloud.laid_out(shown[:WORDS], WIDTH - 2 * MARGIN, CLOUD_HEIGHT)
        for number, one in enumerate(placed):
            ink, down = CLOUD_COLOURS[number % len(CLOUD_COLOURS)], self.y - top
            self._line(one.line, WIDTH / 2 + one.x, down + one.y, one.size, ink, True)
            if one.count:
                line = measure.line(one.count, cloud.COUNT_SIZE)
                x = WIDTH / 2 + one.middle - line.width / 2
                self._line(line, x, down + one.count_y, cloud.COUNT_SIZE, INK, False)
        self.y += bottom - top + 16
        if left := len(words) - len(placed):
            self.say(f"… and {left} more", SMALL, QUIET, 1)

    def _line(self, line: measure.Line, x: float, y: float, size: float, ink: str, bold: bool) -> None:
        for run in line.runs:
            self.shapes.append(
                {
                    "kind": "text",
                    "text": run.text,
                    "emoji": run.kind == "emoji",
                    # Our own font's widths are known; what another font draws is fitted into its place.
                    "forced": run.kind != "own" and run.width > 0,
                    "x": x + run.x,
                    "y": y,
                    "width": run.width,
                    "size": size,
                    "ink": ink,
                    "weight": 700 if bold else 400,
                }
            )


def _share(bar: Bar) -> float:
    return min(max(bar.share, 0.0), 1.0) if bar.share == bar.share else 0.0


@lru_cache(1)
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined).get_template(
        "picture.svg"
    )
