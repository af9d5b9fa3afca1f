"""The commands ``check`` and ``invite`` as they are typed: status, one list, no secret; and the database's part."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from config import check
from config.main import app
from config.stage_set import StageSet, plan
from core.app.unit_of_work import UnitOfWork
from core.domain.ids import AccountId, Instant, PersonId, PlaceId, SessionId, VenueId
from core.domain.people import Member, Seat
from core.domain.sessions import Held, Session
from core.domain.surfaces import Place
from storage.look import Crowd, look
from storage.store import open_store

Ran = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    monkeypatch.chdir(tmp_path)

    def typed(*words: str, **settings: str) -> tuple[int, str]:
        ran = CliRunner().invoke(app, words, env={f"SIDESTAGE_{name}": value for name, value in settings.items()})
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran.exit_code, ran.output

    return typed


def test_wrong_settings_are_one_list_and_status_2(run: Ran) -> None:
    status, said = run("check", SLACK_BOT_TOKEN="xoxp-SECRETSECRET", HTTP_PORT="x")
    assert status == 2
    assert said.startswith("Settings:\n  - SIDESTAGE_SLACK_BOT_TOKEN is missing or wrong; it should begin with xoxb-.")
    assert "SECRETSECRET" not in said
    status, said = run("check", "--json")
    assert status == 2
    assert json.loads(said)["findings"][0]["where"] == "settings"


@pytest.mark.shows("install", on="discord")
def test_without_a_discord_bot_there_is_no_link(run: Ran) -> None:
    status, said = run("invite", SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    assert (status, "SIDESTAGE_DISCORD_TOKEN" in said) == (2, True)


@pytest.mark.long
@pytest.mark.shows("check", on="both")
@pytest.mark.shows("install", on="discord")
async def test_beside_a_running_bot_as_processes_of_their_own(tmp_path: Path) -> None:
    stage = StageSet(tmp_path, plan([{"name": "Ana"}], [{"name": "Bo"}]))
    try:
        await stage.raise_servers()
        await stage.raise_bot()
        for words, told in (
            (("check",), "Everything else is in place."),
            (("check", "--json"), '"ok": true'),
            (("invite",), "applications.commands"),
        ):
            program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "config", *words),
                env=stage.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            said, complained = await asyncio.wait_for(program.communicate(), 20)
            assert (program.returncode, complained) == (0, b""), (said, complained)
            assert told in said.decode()
        assert await stage.stop_bot() == 0
    finally:
        await stage.strike()


KEY = Fernet.generate_key().decode()


def found(address: str, secret: str | None = KEY) -> list[str]:
    return [it.sentence for it in look(address, secret).findings]


def test_a_database_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    assert found(f"sqlite:///{tmp_path / 'new.db'}") == []
    assert list(tmp_path.iterdir()) == []
    assert "is not there; make it" in found(f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}")[0]


def test_a_damaged_database_and_a_newer_one_are_named(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database at all, only some text" * 50)
    assert "is damaged or no database" in found(f"sqlite:///{tmp_path / 'text.db'}")[0]
    address = f"sqlite:///{tmp_path / 'new.db'}"
    open_store(address, secret=KEY).close()
    assert found(address) == []
    with sqlite3.connect(tmp_path / "new.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    assert "version 9999, which this Sidestage does not know; update Sidestage." in found(address)[0]


def test_postgresql_is_only_read(postgres_url: str) -> None:
    assert found(postgres_url) == []
    open_store(postgres_url, secret=KEY).close()
    assert found(postgres_url) == []


def test_postgresql_that_does_not_answer_is_named_without_its_password() -> None:
    (told,) = found("postgresql://bot:SECRETSECRET@127.0.0.1:1/none")
    assert "does not answer" in told
    assert "SECRETSECRET" not in told


# -- a line at the door ---------------------------------------------------------------------------------------------


def announced(store: Any, name: str, joined: int, **more: Any) -> None:
    """A session in both places, its doors still shut, joined by so many in each."""
    ident = SessionId(name)
    work = UnitOfWork()
    session = Session(ident, name, "announced", Instant(0), Instant(1), "UTC")
    work.put(replace(session, **more))
    for venue in ("slack:T1", "discord:7"):
        work.put(Held(ident, VenueId(venue)))
        for number in range(joined):
            person = PersonId(f"{venue} {number}")
            work.put(Seat(ident, VenueId(venue), AccountId(f"{venue}:{number}"), person))
            work.put(Member(ident, person, consented_at=Instant(1) if number else None))
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_joined_before_the_doors_is_counted_by_venue(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    address = f"sqlite:///{tmp_path / 'x.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with closing(open_store(address, secret=KEY)) as store:
        announced(store, "Keynote", 601)
        announced(store, "Open", 5, access="open")
        announced(store, "Running", 5, state="live")
        assert look(address, KEY).crowds == [Crowd("Keynote", "discord:7", 600), Crowd("Keynote", "slack:T1", 600)]
        stage = Place(PlaceId("p"), VenueId("discord:7"), "stage", SessionId("Keynote"), ref="1", state="open")
        work = UnitOfWork()
        work.put(stage)
        with store.writing() as transaction:
            transaction.flush(work)
            transaction.commit()
        assert look(address, KEY).crowds == [Crowd("Keynote", "slack:T1", 600)], "where all may read nobody waits"


@pytest.mark.shows("admission-place", "check", on="discord")
def test_a_line_that_takes_too_long_is_advised_against_with_its_minutes() -> None:
    crowds = [Crowd("Keynote", "discord:7", 600), Crowd("Small", "discord:7", 20), Crowd("Keynote", "slack:T1", 600)]
    (advice,) = check._lines("Discord", crowds, 0)
    assert advice.sentence == (
        "Letting 600 people into the chat of “Keynote” in Discord takes about 12 minutes; choose “Everybody here” "
        "under Rules before the doors open: all can read it then, and writing asks for consent."
    )
    assert advice.note, "a session works without it"
    assert len(check._lines("Discord", crowds, 2_000)) == 2
    assert "2,000 people into the chat of a session in Discord" in check._lines("Discord", [], 2_000)[0].problem
    assert check._lines("Discord", [], 540) == check._lines("Slack", crowds, 20_000) == []


def test_how_many_are_expected_is_an_option(run: Ran) -> None:
    status, said = run("check", "--expect", "-1", SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    assert status == 2
    assert "--expect" in said
