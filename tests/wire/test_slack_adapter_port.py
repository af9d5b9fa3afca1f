"""The one HTTP port: health by its word, metrics, and a port that is taken says so."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
import pytest

from adapters.web.server import serve


@pytest.mark.parametrize(("told", "status"), [({"ok": True, "storage": "ok"}, 200), ({"ok": False}, 503), ({}, 503)])
async def test_health_says_how_the_bot_is(told: Mapping[str, object], status: int) -> None:
    async def health() -> Mapping[str, object]:
        return told

    running = await serve("127.0.0.1", 0, (), health)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{running.port}/health") as answer:
        assert (answer.status, await answer.json()) == (status, told)
    await running.close()


async def test_health_that_fails_is_no_health() -> None:
    async def health() -> Mapping[str, object]:
        raise OSError("the disk is gone")

    running = await serve("127.0.0.1", 0, (), health)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{running.port}/health") as answer:
        assert (answer.status, await answer.json()) == (503, {"ok": False, "why": "OSError"})
    await running.close()


async def test_metrics_can_be_read_and_a_taken_port_is_told() -> None:
    async def health() -> Mapping[str, object]:
        return {"ok": True}

    running = await serve("127.0.0.1", 0, (), health)
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{running.port}/metrics") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/plain"
    with pytest.raises(OSError, match="in use"):
        await serve("127.0.0.1", running.port, (), health)
    await running.close()
