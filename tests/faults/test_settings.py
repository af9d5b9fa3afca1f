"""Wrong settings of every sort: one list with what to change, exit status 2, no traceback and no secret (row 34)."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from config import logs
from config.main import app

SECRETS = {
    "SLACK_BOT_TOKEN": "xoxb-1111111111-SECRETSECRETbot",
    "SLACK_APP_TOKEN": "xapp-1-A111-222-SECRETSECRETapp",
    "SLACK_SIGNING_SECRET": "SECRETSECRETsigning",
    "DISCORD_TOKEN": "SECRETSECRETdiscord.token.x",
    "SECRET_KEY": "U0VDUkVUU0VDUkVUU0VDUkVUU0VDUkVUU0VDUkVUU0U=",
}
GOOD = SECRETS | {
    "DATABASE_URL": "postgresql://bot:SECRETSECRETdatabase@127.0.0.1:1/none",
    "SLACK_MODE": "socket",
    "SLACK_API_URL": "http://127.0.0.1:1/api/",
    "DISCORD_API_URL": "http://127.0.0.1:1/api/v10",
    "DISCORD_GATEWAY_URL": "ws://127.0.0.1:1",
    "HTTP_HOST": "127.0.0.1",
    "HTTP_PORT": "0",
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "json",
}
"""Right in form; nothing listens there, so that even a bot that started would reach nobody."""
Environment = dict[str, str]
Mutation = Callable[[Environment, random.Random], set[str]]
"""Spoils the environment; returns the names of which one must be told."""


def without(name: str, *told: str) -> Mutation:
    def spoil(environment: Environment, dice: random.Random) -> set[str]:
        environment.pop(name, None)
        return {*told} or {name}

    return spoil


def wrong(name: str, *values: str) -> Mutation:
    def spoil(environment: Environment, dice: random.Random) -> set[str]:
        environment[name] = dice.choice(values)
        return {name}

    return spoil


def nothing_at_all(environment: Environment, dice: random.Random) -> set[str]:
    environment.clear()
    return {"SLACK_BOT_TOKEN", "DISCORD_TOKEN"}


def http_without_secret(environment: Environment, dice: random.Random) -> set[str]:
    environment["SLACK_MODE"] = "http"
    environment.pop("SLACK_SIGNING_SECRET", None)
    return {"SLACK_SIGNING_SECRET"}


JUNK = ("\u202exyz", "SECRETSECRET junk", "💥", "a" * 5_000, "{{7*7}}", "../../etc/passwd", "\\x00", "-1", "true")
MUTATIONS: tuple[Mutation, ...] = (
    without("SLACK_APP_TOKEN"),
    without("SLACK_BOT_TOKEN"),
    nothing_at_all,
    http_without_secret,
    wrong("SLACK_BOT_TOKEN", "xoxp-SECRETSECRET", "Bearer xoxb-SECRETSECRET", *JUNK),
    wrong("SLACK_APP_TOKEN", "xoxb-SECRETSECRET", *JUNK),
    wrong("SECRET_KEY", "short", "U0VDUkVU", f"{SECRETS['SECRET_KEY']},bad", *JUNK),
    wrong("DATABASE_URL", "mysql://bot:SECRETSECRET@host/x", "sqlite", "postgres", *JUNK),
    wrong("SLACK_MODE", "sockets", "HTTP!", *JUNK),
    wrong("SLACK_API_URL", "slack", "ftp://x/api/", "http:///api/", *JUNK),
    wrong("DISCORD_API_URL", "discord", "ws://x", *JUNK),
    wrong("DISCORD_GATEWAY_URL", "http://x", "wss://", *JUNK),
    wrong("HTTP_PORT", "80a", "65536", "-1", "1e4", *JUNK[:-2]),
    wrong("LOG_LEVEL", "loud", "trace", *JUNK),
    wrong("LOG_FORMAT", "xml", *JUNK),
)


def mutated(seed: int) -> tuple[Environment, set[str]]:
    """An environment with one to four things wrong, and the names that must be told."""
    dice = random.Random(seed)
    environment, told = dict(GOOD), set[str]()
    for mutation in dice.sample(MUTATIONS, dice.choice((1, 1, 2, 3, 4))):
        told |= mutation(environment, dice)
    mode = environment.get("SLACK_MODE", "socket")
    # What a later mutation made right again, or unneeded, is not told.
    told -= {"SLACK_MODE"} if mode in ("socket", "http") else set()
    told -= {"SLACK_APP_TOKEN"} if mode != "socket" and "SLACK_APP_TOKEN" not in environment else set()
    told -= {"SLACK_SIGNING_SECRET"} if mode != "http" else set()
    if environment.keys() & GOOD.keys() == set() or nothing_at_all(dict(environment), dice) <= told:
        told = {"SLACK_BOT_TOKEN"} if "SLACK_BOT_TOKEN" in told else told
    return environment, told


def check(status: int, said: str, environment: Mapping[str, str]) -> None:
    assert status == 2, said
    first, *problems = said.rstrip("\n").split("\n")
    assert first.endswith(":"), said
    assert problems
    assert all(re.match(r"  - (SIDESTAGE_[A-Z_]+( or SIDESTAGE_[A-Z_]+)*: |[A-Z])", line) for line in problems), said
    assert "Traceback" not in said
    for secret in (*SECRETS.values(), "SECRETSECRET"):
        assert secret not in said


def in_good_time(waited: float, worked: float) -> None:
    """Two seconds of its own work; on the clock it may take longer, as a machine that is busy with other tests does."""
    assert worked < 2
    assert waited < 15, "it waits for something that will not come"


def in_process(environment: Mapping[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    for name in [name for name in os.environ if name.upper().startswith("SIDESTAGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    # Of the process, and the tests that come after in this one go on in it.
    monkeypatch.setattr(logs, "setup", lambda *_: None)
    began, worked = time.monotonic(), time.process_time()
    result = CliRunner().invoke(app, ["run"], env={f"SIDESTAGE_{name}": value for name, value in environment.items()})
    in_good_time(time.monotonic() - began, time.process_time() - worked)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert not [secret for secret in (*SECRETS.values(), "SECRETSECRET") if secret in result.output]
    return result.exit_code, result.stderr


@pytest.mark.parametrize("seed", [*range(30), *(pytest.param(it, marks=pytest.mark.long) for it in range(30, 300))])
def test_every_wrong_setting_is_named_in_one_list(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment, told = mutated(seed)
    status, said = in_process(environment, tmp_path, monkeypatch)
    check(status, said, environment)
    assert [name for name in sorted(told) if f"SIDESTAGE_{name}" not in said] == []


DISCORD = {name: GOOD[name] for name in ("DISCORD_TOKEN", "DISCORD_API_URL", "DISCORD_GATEWAY_URL", "HTTP_PORT")}


def run(environment: Environment, folder: Path) -> tuple[int, str]:
    """As a process of its own, in this folder."""
    given = {f"SIDESTAGE_{name}": value for name, value in environment.items()}
    began, before = time.monotonic(), os.times()
    ended = subprocess.run(
        [sys.executable, "-m", "config", "run"],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **given},
        cwd=folder, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    after = os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    in_good_time(time.monotonic() - began, worked)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "give at least one"),
        (GOOD | {"SLACK_MODE": "carrier pigeon", "HTTP_PORT": "99999"}, "SLACK_MODE"),
        (DISCORD | {"DATABASE_URL": "sqlite:////nowhere/at/all/bot.db"}, "/nowhere/at/all"),
    ],
    ids=["nothing", "two wrong", "a folder that is not there"],
)
def test_the_program_ends_with_status_2_and_says_why(environment: Environment, told: str, tmp_path: Path) -> None:
    status, said = run(environment, tmp_path)
    check(status, said, environment)
    assert told in said


def test_a_database_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, said = in_process(DISCORD | {"DATABASE_URL": GOOD["DATABASE_URL"]}, tmp_path, monkeypatch)
    check(status, said, DISCORD)
    assert "does not answer" in said


@pytest.mark.parametrize(("name", "told"), [("bot.db", "does not answer"), ("sidestage.key", "sidestage.key")])
def test_a_damaged_file_is_named_and_left_as_it_is(
    name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text("neither a key nor a database " * 100)
    status, said = in_process(DISCORD | {"DATABASE_URL": "sqlite:///bot.db"}, tmp_path, monkeypatch)
    check(status, said, DISCORD)
    assert told in said
    assert (tmp_path / name).read_text() == "neither a key nor a database " * 100
