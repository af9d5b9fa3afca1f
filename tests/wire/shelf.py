"""Where one story of a test run leaves what the others begin with: files in the run's own folder, for all its workers.

Nothing is made for who asks first or alone, nobody waits for another, and nothing here is older than five minutes:
what a story counts from its session's start must still be so.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

FRESH = 300.0
"""Seconds: an opening is kept at most so long."""
_folder: list[Path] = []
_read: dict[str, bytes] = {}


def keep_in(folder: Path) -> None:
    """From now on, for this whole run."""
    _folder[:] = [folder]
    folder.mkdir(exist_ok=True)


def at(name: str) -> str:
    """The name of what is fresh now."""
    return f"{name}-{int(time.time() // FRESH)}"


def found(name: str) -> bytes | None:
    """What somebody has left under this name."""
    if name not in _read and _folder:
        try:
            _read[name] = (_folder[0] / f"{name}.kept").read_bytes()
        except FileNotFoundError:
            return None
    return _read.get(name)


def wanted(name: str) -> bool:
    """Whether the asker shall leave it: somebody asked before, and nobody else was told so."""
    return bool(_folder) and not _first(f"{name}.asked") and _first(f"{name}.making")


def leave(name: str, what: bytes) -> None:
    """Whole or not at all: others look while it is written."""
    _read[name] = what
    made = _folder[0] / f"{name}.made"
    made.write_bytes(what)
    made.rename(_folder[0] / f"{name}.kept")


def _first(mark: str) -> bool:
    try:
        os.close(os.open(_folder[0] / mark, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True
