"""A private PostgreSQL for tests: an ordinary user runs it from a temporary folder, and it goes with the test run."""

import contextlib
import functools
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

MISSING = "no PostgreSQL programs here: Debian's package postgresql brings them"
USER = "sidestage"
# Durability costs most of a test's time and a test's database outlives nothing; a bench asks for `durable=True`.
HASTY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# Reads one word from its test run: "keep" leaves the folder. A run that was killed says nothing, and all of it goes.
# QUIT, because only then does the server end backends that are stopped; CONT, because it may be stopped itself.
KEEPER = """
folder=$1; shift
"$@" </dev/null &
server=$!
read -r word
kill -QUIT "$server" && kill -CONT "$server"
wait "$server"
[ "$word" = keep ] || rm -rf "$folder"
"""


@functools.cache
def programs() -> Path | None:
    """The folder that holds initdb and postgres, the newest version first; None when there is none."""
    found = shutil.which("initdb")
    on_path = [Path(found).resolve().parent] if found else []
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: -int(folder.parent.name))
    return next((folder for folder in on_path + installed if (folder / "postgres").exists()), None)


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom to run as instead of root, whom PostgreSQL refuses to serve; None when we are somebody else already."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


@dataclass(slots=True)
class PostgreSQL:
    """One cluster on a unix socket; `database()` gives a fresh database each time."""

    programs: Path
    durable: bool = False
    settings: Sequence[str] = ()
    folder: Path = field(init=False)
    _keeper: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count, init=False)
    _templates: dict[str, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        # A unix socket's path may have 107 bytes, and another user must be able to reach it: no nested TMPDIR.
        self.folder = Path(tempfile.mkdtemp(prefix="sidestage-pg-", dir="/tmp"))
        user = ordinary_user()
        if user:
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        subprocess.run(
            [
                self.programs / "initdb",
                "--pgdata", self.folder / "data",
                "--username", USER,
                "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **_as(user),
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start the server and wait until it takes connections; also after `kill` and `stop`."""
        options = [*(() if self.durable else HASTY), "listen_addresses=", "max_connections=200", *self.settings]
        command: list[str | Path] = [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder]
        for option in options:
            command += ["-c", option]
        with (self.folder / "log").open("ab") as log:
            self._keeper = subprocess.Popen(
                ["sh", "-c", KEEPER, "keeper", self.folder, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **_as(ordinary_user()),
            )
        self._wait()

    def url(self, database: str = "postgres") -> str:
        """The address that SQLAlchemy takes."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def database(self, template: str = "template1") -> str:
        """Make a database, a copy of `template`, and return its address."""
        name = f"test_{next(self._numbers)}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def copy_of(self, key: str, prepare: Callable[[str], object]) -> str:
        """The address of a fresh copy of what `prepare(address)` made once; it must leave no connection behind."""
        if key not in self._templates:
            address = self.database()
            prepare(address)
            self._templates[key] = _name_in(address)
        return self.database(self._templates[key])

    def drop(self, address: str) -> None:
        """Remove a database that `database` or `copy_of` made, and whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(_name_in(address))))

    def kill(self) -> None:
        """End the server at once, as a power cut would; `start()` brings it back with what was committed."""
        self._signal(signal.SIGKILL)
        self._dismiss(b"keep\n")

    def freeze(self) -> None:
        """Let nothing answer and no connection end: the server and all its backends stop where they are."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Undo `freeze`."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the server, cutting its connections, and remove all its files."""
        self._dismiss(b"")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The server's process; its backends are its children."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])

    def _signal(self, number: signal.Signals) -> None:
        # A stopped server starts no backend and forgets none while they are gone through.
        os.kill(self.pid, signal.SIGSTOP)
        backends = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        for process in [*map(int, backends), self.pid]:
            # One that ended by itself at this moment is as good as stopped.
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def _dismiss(self, word: bytes) -> None:
        if self._keeper is not None:
            self._keeper.communicate(word, timeout=30)
            self._keeper = None

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(user=USER, host=str(self.folder), dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _wait(self, within: float = 30.0) -> None:
        deadline = time.monotonic() + within
        while True:
            try:
                return self._run(sql.SQL("SELECT {}").format(1))
            except psycopg.OperationalError as refused:
                if time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from refused
            time.sleep(0.02)


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """How `subprocess` starts a program as that user."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _name_in(address: str) -> str:
    return address.split("@/", 1)[1].split("?", 1)[0]
