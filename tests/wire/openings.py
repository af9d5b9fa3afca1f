"""A session that is on, taken over from a story that opened it before: both stand-in worlds and the bot's files.

The bot comes up on a copy of the database as after any restart, and the worlds hold what people and bot had done.
What was sent meanwhile is counted once, in the story that played it.
"""

from __future__ import annotations

import asyncio
import io
import pickle
from typing import TYPE_CHECKING, Any

from adapters.sandbox.discord.model import Application
from adapters.sandbox.slack.installs import App, Grant, Install

if TYPE_CHECKING:
    from tests.wire.bot_stage import Stage

SLACK = ("random", "workspaces", "apps", "grants", "presses", "urls", "files", "revoked", "codes", "serial")
DISCORD = (
    *("guilds", "users", "names", "files", "channels", "webhooks", "applications", "tokens", "interactions"),
    *("interaction_tokens", "nonces", "old_edits", "_direct"),
)
"""What is kept of each world. Times, limits, faults, records and who listens are those of the story that takes it."""
FILES = ("bot.db", "sidestage.key")
APPS = (App, Install, Grant, Application)


def _told(is_set: bool) -> asyncio.Event:
    event = asyncio.Event()
    if is_set:
        event.set()
    return event


class _Keeping(pickle.Pickler):
    """The worlds themselves are named, not copied; ``apps``: so are applications, which a bot's start changes."""

    def __init__(self, file: io.BytesIO, stage: Stage, *, apps: bool) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._worlds: dict[int, str] = {id(stage.slack): "slack", id(stage.discord): "discord"}
        self._apps = apps

    def persistent_id(self, one: object) -> str | None:
        if not self._apps and isinstance(one, APPS):
            return "app"
        return self._worlds.get(id(one))

    def reducer_override(self, one: Any) -> Any:
        return (_told, (one.is_set(),)) if isinstance(one, asyncio.Event) else NotImplemented


class _Taking(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, stage: Stage) -> None:
        super().__init__(file)
        self._worlds: dict[str, object] = {"slack": stage.slack, "discord": stage.discord}

    def persistent_load(self, name: str) -> object:
        return self._worlds[name]


def _worlds(stage: Stage) -> dict[str, dict[str, Any]]:
    here, there = vars(stage.slack), vars(stage.discord)
    return {"slack": {name: here[name] for name in SLACK}, "discord": {name: there[name] for name in DISCORD}}


def _kept(stage: Stage, what: dict[str, Any], *, apps: bool = True) -> bytes:
    file = io.BytesIO()
    _Keeping(file, stage, apps=apps).dump(what)
    return file.getvalue()


def looks(stage: Stage) -> bytes:
    """Equal as long as nobody has done anything and no test has prepared anything."""
    faults = [len(stage.slack.faults.rules), *(len(it.faults.rules) for it in _discords(stage))]
    acts = [len(stage.slack.actions), len(stage.discord.actions)]
    more = {"faults": faults, "acts": acts, "people": list(stage.people), "settings": sorted(stage.more)}
    worlds = _worlds(stage)
    del worlds["slack"]["random"]  # Chooses the connection, too, that a hello goes to.
    return _kept(stage, worlds | more, apps=False)


def _discords(stage: Stage) -> list[Any]:
    return [it for name, it in stage.servers.items() if name == "discord"]


def taken_down(stage: Stage) -> bytes:
    """All that the next stage needs; the bot must have nothing to do, and be stopped."""
    files = {name: (stage.folder / name).read_bytes() for name in FILES}
    parts = {"install": stage._install, "token": stage._token, "last": stage.discord.ids._last, "files": files}
    return _kept(stage, _worlds(stage) | parts)


def put_up(stage: Stage, kept: bytes) -> None:
    """In place of what this stage has; its bot must be stopped."""
    parts = _Taking(io.BytesIO(kept), stage).load()
    for name, world in (("slack", stage.slack), ("discord", stage.discord)):
        vars(world).update(parts[name])
    stage.discord.ids._last = max(stage.discord.ids._last, parts["last"])
    stage._install, stage._token = parts["install"], parts["token"]
    for name, content in parts["files"].items():
        (stage.folder / name).write_bytes(content)
    stage.slack.touch()
    for server in _discords(stage):
        server.hub.sessions.clear()
        server.server.control.serial.bump()
