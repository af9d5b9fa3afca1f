"""Programs beside the bench: started, waited for until they say that they are ready, measured, ended."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Program:
    """A running Python program of ours."""

    process: asyncio.subprocess.Process
    log: Path
    ready: dict[str, Any]
    """The JSON line that it said when it was ready."""
    seconds: float
    """From its start until that line."""

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return cpu_of(self.pid)

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    async def stop(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self.process.wait(), 20)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


async def started(
    arguments: Sequence[str], log: Path, mark: str = '"event": "ready"', env: dict[str, str] | None = None
) -> Program:
    """Start it from the repository's root and wait for a line with the mark. Raises RuntimeError with what it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDESTAGE_")}
    began = time.monotonic()
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=kept | {"PYTHONPATH": str(ROOT)} | (env or {}), cwd=ROOT, stdout=file,
            stderr=file,
        )  # fmt: skip
    while True:
        said = log.read_text(errors="replace")
        found = next((line for line in said.splitlines(keepends=True) if mark in line and line.endswith("\n")), None)
        if found is not None:
            return Program(process, log, json.loads(found), time.monotonic() - began)
        if process.returncode is not None or time.monotonic() > began + READY_SECONDS:
            if process.returncode is None:
                process.kill()
            raise RuntimeError(f"{' '.join(arguments)} did not start:\n{said[-2_000:]}")
        await asyncio.sleep(0.02)


async def result_of(arguments: Sequence[str], log: Path, env: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a program to its end; its last line is the JSON that it found out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDESTAGE_")}
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, env=kept | {"PYTHONPATH": str(ROOT)} | (env or {}), cwd=ROOT,
            stdout=asyncio.subprocess.PIPE, stderr=file,
        )  # fmt: skip
        said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{log.read_text(errors='replace')[-2_000:]}")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def cpu_of(pid: int) -> float:
    """Seconds of processor time of a process and all its threads so far; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_of_tree(pid: int) -> float:
    """The same with all that it started, ended children included."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0.0
    mine = sum(map(int, fields[11:15])) / TICKS
    return mine + sum(cpu_of_tree(int(child)) for child in children)
