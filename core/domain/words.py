"""Plain strings from people: ``clean`` runs at every border where text comes in, and cuts part no visible character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

COMBINING_LIMIT = 8
"""Marks that may stand on one letter; more only serve to spill over other lines."""
LOOK_BACK = 64
"""So far back a cut looks for a border; what people see as one character is shorter, other things are cut anyhow."""

_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
)
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
JOINERS = frozenset("\u200c\u200d")
_VIRAMA = 9
"""Canonical combining class of the signs that tie Indic consonants together."""


def clean(raw: str) -> str:
    """Text that is safe to keep and to show: NFC, no control, bidi or invisible characters, at most 8 marks a letter.

    Joiners stay where they join (emoji, Persian, Indic scripts). ``clean(clean(x)) == clean(x)``.
    """
    if raw.isascii() and raw.isprintable():
        return raw.strip()
    # A joiner that goes may let a letter and a mark melt into one, beside which another joiner joins nothing.
    text = _once(raw)
    while (again := _once(text)) != text:
        text = again
    return text


def storable(raw: str) -> str:
    """As it was typed, without NUL and lone surrogates: PostgreSQL holds no NUL, and UTF-8 no half of a pair."""
    if raw.isascii():
        return raw.replace("\x00", "")
    return "".join(char for char in raw if char != "\x00" and not "\ud800" <= char <= "\udfff")


def one_line(raw: str) -> str:
    """Cleaned, on one line: for names, titles and options."""
    return " ".join(clean(raw).split())


def _once(raw: str) -> str:
    text = unicodedata.normalize("NFC", "".join(_kept(raw.replace("\r\n", "\n").replace("\r", "\n"))))
    return unicodedata.normalize("NFC", _joined(_capped(text))).strip()


def _kept(raw: str) -> Iterable[str]:
    for char in raw:
        if char in _INVISIBLE or char in _BIDI or "\ufff9" <= char <= "\ufffb":
            continue
        category = unicodedata.category(char)
        if category in ("Cs", "Co", "Cn") or (category == "Cc" and char not in "\n\t"):
            continue
        if "\U000e0000" <= char <= "\U000e001f" or char in "\u2028\u2029":
            continue
        yield char


def _capped(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
        elif char not in JOINERS:
            marks = 0
        if marks <= COMBINING_LIMIT or char in JOINERS:
            kept.append(char)
    return "".join(kept)


def _joined(text: str) -> str:
    """Drop joiners that stand beside nothing they could join."""
    kept: list[str] = []
    for index, char in enumerate(text):
        if char in JOINERS:
            after = text[index + 1] if index + 1 < len(text) else " "
            before = kept[-1] if kept else " "
            if before < "\u0300" or after < "\u0300" or before in JOINERS or after in JOINERS:
                continue
        kept.append(char)
    return "".join(kept)


def isolate(name: str) -> str:
    """A name fenced with first-strong isolates, so that right-to-left names do not turn what follows."""
    return name if name.isascii() else f"\u2068{name}\u2069"


def weight(text: str) -> int:
    """Characters it may take on a platform: ASCII punctuation and line ends may need escaping and count twice."""
    return len(text) + sum(1 for char in text if char < "\x7f" and not (char.isalnum() or char == " "))


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, with an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: border(text, limit - 1)].rstrip() + "…"


def border(text: str, end: int) -> int:
    """The last place at or before ``end`` where a cut parts nothing that people see as one character."""
    for index in range(end, max(end - LOOK_BACK, 0), -1):
        if index >= len(text) or not _clings(text, index):
            return index
    return end if end > LOOK_BACK else 0


def _clings(text: str, index: int) -> bool:
    """Whether this character belongs to the one before (after Unicode's grapheme clusters, erring on the long side)."""
    char, before = text[index], text[index - 1]
    return (
        unicodedata.category(char) in ("Mn", "Mc", "Me")
        or char in JOINERS
        or before == "\u200d"
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # the letters of a flag's tag
        or "\u1160" <= char <= "\u11ff"  # vowels and finals of Hangul
        or char in "\u0e33\u0eb3"  # vowels that reach over the letter before
        or (unicodedata.combining(before) == _VIRAMA and char.isalpha())
        or (_regional(char) and _regionals_before(text, index) % 2 == 1)
    )


def _regional(char: str) -> bool:
    """Two of these are one flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _regionals_before(text: str, index: int) -> int:
    start = index
    while start > 0 and _regional(text[start - 1]):
        start -= 1
    return index - start
