"""``sidestage import``: a session file checked here, then taken by the running bot, or by ourselves where none runs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from adapters.files.planning import planned
from config.bot import clock, new_id, opened
from config.importing_local import Absent, ask, socket_of
from config.importing_taken import Told, take
from config.settings import Settings
from core.domain.ids import Instant
from core.domain.plan import Plan
from core.domain.plan_nodes import FILE_BYTES, Mistake
from jobs.executor import Executor


def check(text: str | bytes, now: Instant | None = None) -> Sequence[Mistake]:
    """Every mistake of the file; none where it is in order."""
    plan = planned(text, clock() if now is None else now)
    return () if isinstance(plan, Plan) else plan


def listed(name: str, mistakes: Sequence[Mistake], *, as_json: bool) -> str:
    """As editors and compilers write them, so that terminals lead to the place."""
    if as_json:
        found = [{"line": it.line, "column": it.column, "sentence": it.sentence} for it in mistakes]
        return json.dumps({"ok": not found, "mistakes": found}, indent=2, ensure_ascii=False)
    if not mistakes:
        return f"{name} is in order."
    return "\n".join(f"{name}:{it.line}:{it.column}: {it.sentence}" for it in mistakes)


async def submit(settings: Settings, text: str, venue: str) -> Told:
    """By the bot that has the database, else directly. Raises Unstartable."""
    socket = socket_of(settings.database_url)
    if socket is not None:
        try:
            answer = await ask(socket, {"text": text, "venue": venue})
            return Told(answer.get("done") is True, str(answer.get("words") or ""))
        except Absent:
            pass  # no bot runs: the lock of the database tells, if one does after all
    return await _alone(settings, text, venue)


async def _alone(settings: Settings, text: str, venue: str) -> Told:
    store = await asyncio.to_thread(opened, settings)
    try:
        executor = Executor(store, clock, new_id)
        executor.start()
        try:
            return await take(store, executor, clock, new_id, text, venue)
        finally:
            await executor.stop()
    finally:
        await asyncio.to_thread(store.close)


def answered(told: Told, *, as_json: bool) -> str:
    return json.dumps({"ok": told.done, "words": told.words}, ensure_ascii=False) if as_json else told.words


def text_of(file: Path) -> bytes:
    """The file's bytes, of ``-`` what comes through the pipe; not much more than may be. Raises OSError."""
    if str(file) == "-":
        return sys.stdin.buffer.read(FILE_BYTES + 1)
    with file.open("rb") as source:
        return source.read(FILE_BYTES + 1)
