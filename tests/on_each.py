"""One test over many samples: all are tried, and those that fail are named.

A test for each sample costs pytest itself far more than what most samples ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Signature
from typing import Any

import pytest

TOLD = 10
"""So many of the failing samples are named."""
LONG = 120


def on_each(names: str, samples: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """In place of ``parametrize``; ``names`` separated by ", " take a sample apart."""
    taken, tried = names.split(", "), list(samples)

    def over(test: Callable[..., None]) -> Callable[[], None]:
        @wraps(test)
        def run() -> None:
            failed: list[tuple[Any, BaseException]] = []
            for sample in tried:
                values = sample if len(taken) > 1 else (sample,)
                try:
                    test(**dict(zip(taken, values, strict=True)))
                except (Exception, pytest.fail.Exception) as trouble:
                    failed.append((sample, trouble))
            assert tried, "no sample to try"
            if failed:
                told = "".join(f"\n  {ascii(sample)[:LONG]}" for sample, _ in failed[:TOLD])
                raise AssertionError(f"{len(failed)} of {len(tried)} samples fail:{told}") from failed[0][1]

        run.__signature__ = Signature()  # type: ignore[attr-defined]
        return run

    return over
