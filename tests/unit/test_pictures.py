"""Results as pictures: what is drawn is really there, whatever people wrote, and drawing never stops the bot."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import zlib

import pytest

from adapters.pictures import cloud, measure, paint
from adapters.pictures.drawer import KEPT, Drawer
from core.domain.drawing import Bar, Bars, Cloud, Drawing

TEA = Bars("Tea?", (Bar("Yes", 3, 0.75, "most votes"), Bar("No", 1, 0.25)), "4 of 5 people voted.")
WORDS = Cloud("One word?", (("great", 40), ("fun", 30), ("long", 9), ("hot", 1)))
LETTERS = {"cjk": "日", "arabic": "م", "emoji": "🎉"}


def rows_of(png: bytes) -> list[bytes]:
    """The picture's rows, eight bits a channel, four channels."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed, wide, high = 8, b"", 0, 0
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        if kind == b"IHDR":
            wide, high = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
            assert (body[8], body[9], body[12]) == (8, 6, 0)
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    raw, before, rows = zlib.decompress(packed), bytearray(4 * wide), []
    for number in range(high):
        start = number * (4 * wide + 1)
        row = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + 4 * wide]), before)
        rows.append(bytes(row))
        before = row
    return rows


def _unfiltered(kind: int, row: bytearray, above: bytearray) -> bytearray:
    for i in range(len(row)):
        left, up, corner = (row[i - 4] if i > 3 else 0), above[i], (above[i - 4] if i > 3 else 0)
        near = left + up - corner
        paeth = min((left, up, corner), key=lambda it: abs(near - it))
        row[i] = (row[i] + (0, left, up, (left + up) // 2, paeth)[kind]) % 256
    return row


def dark(png: bytes) -> int:
    """Pixels of ink."""
    return sum(row[i + 3] > 128 and row[i] < 100 for row in rows_of(png) for i in range(0, len(row), 4))


def size_of(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def said(drawing: Drawing) -> str:
    """The words of the SVG, as they are before they are drawn."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", paint.svg(drawing)))


def test_the_words_are_really_drawn_and_not_only_the_bars() -> None:
    """resvg drops all text in silence where it has no font for it."""
    with_words = dark(paint.png(Bars("W" * 12, (Bar("W" * 12, 0, 0.0),))))
    without = dark(paint.png(Bars(" ", (Bar(" ", 0, 0.0),))))
    assert with_words > without + 3_000


@pytest.mark.parametrize("script", ["Yes", "Да", "Ναι", "שלום", "مرحبا"])
def test_scripts_of_our_own_fonts_need_none_of_the_system(script: str) -> None:
    for bold in (False, True):
        assert {run.kind for run in measure.line(script, 30, bold=bold).runs} == {"own"}


def test_emoji_are_drawn_in_colour() -> None:
    with_emoji = paint.png(Bars("Tea 🎉", ()))
    coloured = sum(
        max(row[i : i + 3]) - min(row[i : i + 3]) > 90 for row in rows_of(with_emoji) for i in range(0, len(row), 4)
    )
    if not coloured:
        pytest.skip("no emoji font on this machine (Debian: fonts-noto-color-emoji)")
    assert coloured > 50


def test_a_number_stands_before_its_label_and_what_is_marked_says_so_in_words() -> None:
    words = said(TEA)
    assert words.index("3 · 75 %") < words.index("Yes")
    assert "most votes" in words
    assert "4 of 5 people voted." in words


HOSTILE = [
    "שלום עולם 😀 טוב (abc) 12",
    "مرحبا بالعالم",
    "👩‍💻🇩🇪🇫🇷❤️👍🏽1️⃣",
    "x" * 300,
    "ab " * 100,
    "a\x00b\x07\ud800c￾",
    "<script>alert('1')</script>&amp;\"]]>",
    "日本語 한국어 हिन्दी ไทย",
    "a" + "\u0301" * 400,
    "\u202eright to left\u2066",
    "\u200d\ufe0f",
    "line one\nline two\ttab",
    "",
    " ",
]


@pytest.mark.parametrize("label", HOSTILE, ids=ascii)
def test_whatever_people_wrote_is_drawn(label: str) -> None:
    bars = Bars(label, (Bar(label, 1, 1.0, label), Bar(label, 0, 0.0)), label)
    for drawing in (bars, Cloud(label, ((label, 3), (label + "2", 1)), label)):
        wide, high = size_of(paint.png(drawing))
        assert wide == 1000
        assert high < 3000


def test_no_markup_of_anybody_gets_into_the_picture() -> None:
    svg = paint.svg(Bars("<script>", (Bar('"><image href="file:///etc/passwd"/>', 1, 1.0),)))
    assert "<script" not in svg
    assert "<image" not in svg


@pytest.mark.parametrize("label", HOSTILE, ids=ascii)
def test_every_line_stays_within_its_room(label: str) -> None:
    for line in measure.wrapped(measure.drawable(label, 300), 30, 400, 2):
        assert line.width <= 400 or len(line.runs) == 1


def test_long_labels_are_cut_between_characters_as_people_see_them() -> None:
    family = "👩‍👩‍👧‍👦"
    *_, last = measure.wrapped(family * 40, 30, 400, 2)
    shown = "".join(run.text for run in last.runs)
    assert shown.endswith("…")
    assert set(shown.removesuffix("…").split(family)) == {""}


@pytest.mark.parametrize(
    "drawing",
    [
        Bars("Tea?", (Bar("Yes", 0, 0.0), Bar("No", 0, 0.0)), "Nobody has voted yet."),
        Bars("Tea?", (Bar("Yes", 1, 1.0),)),
        Bars("Tea?", (Bar("Yes", 1, float("nan")), Bar("No", -3, -5.0), Bar("Both", 10**12, 99.0))),
        Bars("", ()),
        Cloud("", ()),
        Cloud("One?", (("one", 1),)),
        Cloud("None?", (("none", 0),)),
        Bars("Many", tuple(Bar(f"Option {number}", number, 0.01) for number in range(300))),
        Cloud("Many", tuple((f"word{number}", 300 - number) for number in range(300))),
    ],
    ids=lambda it: f"{type(it).__name__} {it.title}",
)
def test_none_one_and_many_are_drawn_within_bounds(drawing: Drawing) -> None:
    made = paint.png(drawing)
    assert size_of(made)[0] == 1000
    assert size_of(made)[1] < 3000
    assert len(made) < 500_000


def test_what_is_left_out_is_said() -> None:
    assert "276 more" in said(Bars("Many", tuple(Bar("x", 1, 0.1) for _ in range(300))))
    assert re.search(r"and \d+ more", said(Cloud("Many", tuple((f"word{n}", 300 - n) for n in range(300)))))


def test_words_of_a_cloud_never_overlap_and_the_more_frequent_is_never_the_smaller() -> None:
    words = [(f"word{number}" * (1 + number % 4), 200 - number) for number in range(60)]
    placed, top, bottom = cloud.laid_out(words, 912, 620)
    boxes = [(it.x, it.y - it.size * 0.75, it.x + it.line.width, it.y + it.size * 0.2) for it in placed]
    assert len(placed) > 20
    assert bottom - top <= 620
    for number, one in enumerate(boxes):
        assert one[0] >= -456
        assert one[2] <= 456
        for other in boxes[number + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert [it.size for it in placed] == sorted((it.size for it in placed), reverse=True)


def test_the_most_frequent_words_have_their_number_beneath() -> None:
    assert all(number in said(WORDS) for number in ("40", "30", "9"))


def test_the_same_drawing_is_the_same_picture() -> None:
    assert paint.png(WORDS) == paint.png(WORDS)


def test_no_text_is_smaller_than_24_pixels() -> None:
    for drawing in (TEA, WORDS, Bars("Many", tuple(Bar("x", 1, 0.1) for _ in range(300)))):
        assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', paint.svg(drawing))) >= 24


def test_every_ink_has_enough_contrast_on_the_ground() -> None:
    inks = (paint.INK, paint.QUIET, paint.BAR, paint.MARKED, *paint.CLOUD_COLOURS)
    assert min(contrast(ink, paint.GROUND) for ink in inks) >= 4.5
    assert contrast(paint.BAR, paint.TRACK) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, 1.4.3."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


# -- the process that draws --------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def drawer(*command: str, seconds: float = 20.0, idle: float = 60.0):
    made = Drawer(command, seconds=seconds, idle=idle) if command else Drawer(seconds=seconds, idle=idle)
    try:
        yield made
    finally:
        await made.close()


async def gone(pid: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            await asyncio.sleep(0.01)


async def test_another_process_draws_the_same_picture() -> None:
    async with drawer() as it:
        assert it.pid is None
        assert await it.draw(TEA) == paint.png(TEA)
        assert await it.draw(WORDS) == paint.png(WORDS)
        first = it.pid
        assert first is not None
    await gone(first)


async def test_whatever_people_wrote_comes_through_to_the_other_process() -> None:
    async with drawer() as it:
        for label in HOSTILE:
            drawing = Bars(label, (Bar(label, 1, float("nan"), label),), label)
            assert await it.draw(drawing) == paint.png(drawing)


async def test_what_was_drawn_is_kept_and_asked_for_once() -> None:
    async with drawer() as it:
        made = await asyncio.gather(*(it.draw(TEA) for _ in range(50)))
        assert len(set(made)) == 1
        pid = it.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await gone_of(it)
        assert await it.draw(TEA) == made[0]
        assert it.pid == pid  # nobody was asked


async def gone_of(it: Drawer) -> None:
    async with asyncio.timeout(10):
        while it._process is not None and it._process.returncode is None:
            await asyncio.sleep(0.01)


async def test_only_a_few_dozen_pictures_are_kept() -> None:
    async with drawer() as it:
        for number in range(KEPT + 5):
            await it.draw(Bars("Tea?", (Bar("Yes", number, 0.5),)))
        assert len(it._kept) == KEPT


async def test_a_process_that_was_killed_in_the_middle_gives_no_picture_and_the_next_drawing_one() -> None:
    script = "import sys, time; sys.stdin.buffer.read(4); time.sleep(60)"
    async with drawer(sys.executable, "-c", script) as it:
        drawing = asyncio.create_task(it.draw(TEA))
        async with asyncio.timeout(10):
            while it.pid is None:
                await asyncio.sleep(0.01)
        os.kill(it.pid, signal.SIGKILL)
        assert await drawing is None
        it._command = Drawer()._command
        assert await it.draw(TEA) == paint.png(TEA)


async def test_a_drawing_that_takes_too_long_is_given_up_and_its_process_ended() -> None:
    async with drawer(sys.executable, "-c", "import time; time.sleep(60)", seconds=0.3) as it:
        drawing = asyncio.create_task(it.draw(TEA))
        async with asyncio.timeout(10):
            while it.pid is None:
                await asyncio.sleep(0.01)
        pid = it.pid
        assert await drawing is None
        await gone(pid)


async def test_where_no_process_starts_there_is_no_picture() -> None:
    async with drawer("/nowhere/at/all") as it:
        assert await it.draw(TEA) is None


async def test_the_process_is_let_go_when_nobody_asks() -> None:
    async with drawer(idle=0.05) as it:
        assert await it.draw(TEA)
        async with asyncio.timeout(10):
            while it.pid is not None:
                await asyncio.sleep(0.01)
        assert await it.draw(WORDS)


async def test_who_waits_no_longer_takes_nothing_from_the_others() -> None:
    async with drawer() as it:
        hasty = asyncio.create_task(it.draw(TEA))
        patient = asyncio.create_task(it.draw(TEA))
        next_one = asyncio.create_task(it.draw(WORDS))
        await asyncio.sleep(0)
        hasty.cancel()
        assert await patient == paint.png(TEA)
        assert await next_one == paint.png(WORDS)


async def test_what_cannot_be_drawn_gives_no_picture_and_stops_nobody() -> None:
    async with drawer() as it:
        assert await it.draw(Bars("Tea?", (Bar("Yes", 1, "half"),))) is None  # type: ignore[arg-type]
        assert await it.draw(Cloud("Long?", (("x" * 600_000, 1),))) is None
        assert await it.draw(TEA)


async def test_no_secret_of_the_bot_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDESTAGE_DISCORD_TOKEN", "a-secret")
    script = (
        "import sys, os; sys.stdin.buffer.read(4); d = str(dict(os.environ)).encode();"
        "sys.stdout.buffer.write(b'+' + len(d).to_bytes(4) + d); sys.stdout.flush(); sys.stdin.read()"
    )
    async with drawer(sys.executable, "-c", script) as it:
        told = await it.draw(TEA)
    assert told
    assert b"a-secret" not in told
