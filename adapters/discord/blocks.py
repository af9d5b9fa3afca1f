"""What stands in lines of its own in a message: quotes, lists, headings and code, told apart by Discord's own rules.

Total and in one pass: whatever is none of these is words. What is inside a line is :mod:`adapters.discord.reading`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["words", "heading", "small", "quote", "item", "fence"]

_FENCE = re.compile(r"(?<!\\)```(?:([a-z0-9_+\-.#]+)\n)?\n*([^\n](?:(?!```)[\s\S])*?)\n*```", re.IGNORECASE)
_SPOILER = re.compile(r"\\[\s\S]|(\|\|)")
_REST = re.compile(r" *>>> ")
_QUOTE = re.compile(r" *> ([^\n]*)")
_EMPTY_QUOTE = re.compile(r" *>(?: ([^\n]*))?(?=\n|\Z)")
_HEADING = re.compile(r" *(#{1,3}|-#) +(\S[^\n]*)")
_ITEM = re.compile(r"( *)([*-]|\d{1,10}\.)( +)(?=\S)")
_CONTINUED = re.compile(r"( +)(?=\S)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of one kind. Of an item ``depth`` and ``number``, of code its ``language``."""

    kind: Kind
    text: str
    depth: int = 0
    number: int | None = None
    language: str = ""


@dataclass(slots=True)
class _Scan:
    text: str
    quoted: bool
    at: int = 0
    """How far it was looked through."""
    told: int = 0
    """How far it was told."""
    margins: list[int] = field(default_factory=list)
    """The margins of the lists that are open here, outermost first."""
    code: re.Match[str] | None = None
    """The next code, looked for once."""
    fences: bool = True

    def words(self, end: int) -> Iterator[Piece]:
        if end > self.told:
            yield Piece("words", self.text[self.told : end])
        self.told = end

    def line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def fence(self) -> re.Match[str] | None:
        """The code that begins in this line; in a spoiler it is words, for all of it is hidden."""
        if self.fences and (self.code is None or self.code.start() < self.at):
            self.code = _FENCE.search(self.text, self.at)
            self.fences = self.code is not None
        found = self.code
        if found is None or found.start() > self.line_end():
            return None
        before, after = self.text[self.told : found.start()].rstrip(), self.text[found.end() :].lstrip()
        hidden = before.endswith("||") and after.startswith("||") and sum(map(bool, _SPOILER.findall(before))) % 2 == 1
        return None if hidden else found


def pieces(text: str, *, quoted: bool = False) -> Iterator[Piece]:
    """The pieces of a message, or of what is ``quoted`` in one; line ends between them are words."""
    scan = _Scan(text, quoted)
    while scan.at < len(text):
        yield from _line(scan)
    yield from scan.words(len(text))


def _line(scan: _Scan) -> Iterator[Piece]:
    text, at = scan.text, scan.at
    if not scan.quoted and (rest := _REST.match(text, at)):
        yield from scan.words(at)
        yield Piece("quote", text[rest.end() :])
        scan.told = scan.at = len(text)
    elif not scan.quoted and _QUOTE.match(text, at):
        yield from scan.words(at)
        yield Piece("quote", _quote(scan))
    elif item := _ITEM.match(text, at):
        yield from scan.words(at)
        yield _item(scan, item)
    elif heading := _HEADING.match(text, at):
        yield from scan.words(at)
        yield Piece("small" if heading[1] == "-#" else "heading", heading[2])
        _done(scan, heading.end())
    elif fence := scan.fence():
        yield from scan.words(fence.start())
        yield Piece("fence", fence[2], language=fence[1] or "")
        scan.told = scan.at = fence.end()
        scan.at += scan.text.startswith("\n", scan.at)
        scan.margins.clear()
    else:
        scan.at = scan.line_end() + 1
        scan.margins.clear()


def _done(scan: _Scan, end: int) -> None:
    """A block ends here; the line end behind it is words, and the next line is looked at anew."""
    scan.told, scan.at = end, end + 1
    scan.margins.clear()


def _quote(scan: _Scan) -> str:
    lines: list[str] = []
    while found := (_EMPTY_QUOTE if lines else _QUOTE).match(scan.text, scan.at):
        lines.append(found[1] or "")
        _done(scan, found.end())
        if found.end() >= len(scan.text):
            break
    return "\n".join(lines)


def _item(scan: _Scan, found: re.Match[str]) -> Piece:
    margin = len(found[1])
    while scan.margins and scan.margins[-1] > margin:
        scan.margins.pop()
    if not scan.margins or scan.margins[-1] < margin:
        scan.margins.append(margin)
    depth, number = len(scan.margins) - 1, None if found[2] in "*-" else int(found[2][:-1])
    scan.at = found.end()
    if (fence := scan.fence()) and fence.end() > scan.line_end():
        # Code in lines of its own cannot stand in an item everywhere: it follows the item.
        scan.told = scan.at = fence.start()
        return Piece("item", scan.text[found.end() : fence.start()], depth, number)
    lines = []
    while True:
        lines.append(scan.text[scan.at : scan.line_end()])
        scan.told = scan.line_end()
        scan.at = scan.told + 1
        following = _CONTINUED.match(scan.text, scan.at)
        if following is None or _ITEM.match(scan.text, scan.at) or scan.fence():
            return Piece("item", "\n".join(lines), depth, number)
        scan.at += min(len(following[1]), margin + len(found[2]) + len(found[3]))
