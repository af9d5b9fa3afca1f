"""On its way to the core, the text of a session file becomes its plan, or its mistakes."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from adapters.files.outlines import outline
from core.app.commands import Command, ImportPlan
from core.app.commands.importing import PARTS
from core.app.outcome import Outcome, Saving
from core.app.ports import Submit
from core.domain.form import Values, first
from core.domain.ids import Instant
from core.domain.plan import Plan
from core.domain.plan_nodes import Mistake
from core.domain.plan_reading import read


def planned(text: str | bytes, now: Instant) -> Plan | tuple[Mistake, ...]:
    return read(outline(text), now)


def with_plan(command: ImportPlan) -> ImportPlan:
    text = typed(command.values) if command.uploaded is None else command.uploaded
    return replace(command, plan=planned(text, command.at), uploaded=None)


def typed(values: Values) -> str:
    """The inputs as one text; each further one begins a new line, whether that came along or not."""
    parts = [text for name in PARTS if (text := first(values, name))]
    return "\n".join(text.removesuffix("\n") for text in parts)


class Planning:
    """Hands every command on; one with a file is read first, beside the loop and away from the writer."""

    def __init__(self, submit: Submit) -> None:
        self._submit = submit

    async def __call__(self, command: Command) -> Outcome | Saving:
        if isinstance(command, ImportPlan) and command.plan is None:
            command = await asyncio.to_thread(with_plan, command)
        return await self._submit(command)
