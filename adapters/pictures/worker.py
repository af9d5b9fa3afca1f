"""``python -m adapters.pictures.worker``: drawings come in, pictures go out, until nobody asks any more.

In: four bytes of length, then the drawing as JSON. Out: ``+`` or ``-``, four bytes of length, then the picture or the
kind of what went wrong.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
from typing import Any, BinaryIO

from core.domain.drawing import Bar, Bars, Cloud, Drawing

LONGEST = 10
"""Seconds for one drawing: who asked has long given up, or is no more."""
MEMORY = 1_500_000_000
"""Bytes of address space, most of it fonts that are only mapped."""


def main() -> None:
    # Ctrl+C is the bot's business; it lets go of this process by itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    from adapters.pictures import paint

    while len(head := asked.read(4)) == 4:
        body = asked.read(int.from_bytes(head))
        signal.alarm(LONGEST)
        try:
            sign, data = b"+", paint.png(drawing_of(json.loads(body)))
        except Exception as failure:
            sign, data = b"-", type(failure).__name__.encode()
        signal.alarm(0)
        told.write(sign + len(data).to_bytes(4) + data)
        told.flush()


def drawing_of(told: dict[str, Any]) -> Drawing:
    if "bars" in told:
        return Bars(told["title"], tuple(Bar(**bar) for bar in told["bars"]), told["foot"])
    return Cloud(told["title"], tuple((word, count) for word, count in told["words"]), told["foot"])


if __name__ == "__main__":
    main()
