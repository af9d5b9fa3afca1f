"""``sidestage import`` and ``schema`` as they are typed: alone, beside a running bot, and with a file that is wrong."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from typer.testing import CliRunner

from adapters.files.planning import planned
from config.bot import clock
from config.importing import submit
from config.importing_local import PATH_LIMIT, Absent, ask, listen, socket_of
from config.main import app
from config.settings import Settings
from config.stage_set import StageSet, plan
from core.app.handle.importing import planned_id
from core.app.unit_of_work import key
from core.domain.ids import VenueId
from core.domain.interactions.life import Interaction
from core.domain.plan import Plan
from core.domain.sessions import Venue
from storage.store import open_store
from tests.wire.bot_stage import on_stage

Ran = Callable[..., tuple[int, str]]
FILE = """\
id: keynote
name: Keynote
start: 2031-11-14 14:30
length: 1h
venues:
- platform: slack
  {which}
  moderators: [U0ANA Ana]
interactions:
- kind: poll
  question: Tea?
  options: [Yes, No]
"""
HERE = FILE.format(which="id: T0ACME")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "session.yaml").write_text(HERE)
    settings = {"SIDESTAGE_SLACK_BOT_TOKEN": "xoxb-1", "SIDESTAGE_SLACK_APP_TOKEN": "xapp-1"}

    def typed(*words: str, stdin: str | None = None) -> tuple[int, str]:
        ran = CliRunner().invoke(app, words, env=settings, input=stdin)
        assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
        return ran.exit_code, ran.output

    return typed


def rows(database: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_a_file_in_order_is_said_to_be_and_nothing_is_made(run: Ran, tmp_path: Path) -> None:
    assert run("import", "--check", "session.yaml") == (0, "session.yaml is in order.\n")
    status, said = run("import", "--check", "--json", "session.yaml")
    assert (status, json.loads(said)) == (0, {"ok": True, "mistakes": []})
    assert not (tmp_path / "sidestage.db").exists()


@pytest.mark.parametrize("words", [("--check",), ()])
def test_every_mistake_is_listed_with_its_place_and_status_2(run: Ran, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "bad.yaml").write_text(HERE.replace("length: 1h", "lenght: 1h").replace("[Yes, No]", "[Yes]"))
    status, said = run("import", *words, "bad.yaml")
    assert status == 2
    assert said.splitlines() == [
        "bad.yaml:1:1: “length” or “end” is missing: how long it is, like 1h30m.",
        "bad.yaml:4:1: “lenght” is not known here. Did you mean “length”?",
        "bad.yaml:12:12: “options” has 1; write 2 at least.",
    ]
    status, said = run("import", "--check", "--json", "bad.yaml")
    found = json.loads(said)
    assert (status, found["ok"]) == (2, False)
    assert [it["line"] for it in found["mistakes"]] == [1, 4, 12]
    assert not (tmp_path / "sidestage.db").exists()


def test_a_file_that_is_not_there_or_too_large_is_one_sentence(run: Ran, tmp_path: Path) -> None:
    status, said = run("import", "none.yaml")
    assert (status, "none.yaml: No such file or directory" in said) == (2, True)
    (tmp_path / "big.yaml").write_bytes(b"#" * 1_000_001)
    status, said = run("import", "--check", "big.yaml")
    assert (status, "1,000,000 fit" in said) == (2, True)
    (tmp_path / "latin.yaml").write_bytes(b"name: caf\xe9")
    status, said = run("import", "--check", "latin.yaml")
    assert (status, "latin.yaml:1:1: A character here is not UTF-8" in said) == (2, True)


def test_without_a_bot_the_session_is_made_in_the_database_itself(run: Ran, tmp_path: Path) -> None:
    status, said = run("import", "session.yaml")
    assert (status, "“Keynote” is made from the file.\n1 interaction is drafted." in said) == (0, True), said
    status, said = run("import", "-", stdin=HERE.replace("Tea?", "Coffee?"))
    assert (status, "“Keynote” is what the file says now." in said) == (0, True), said
    found = rows(tmp_path / "sidestage.db", "SELECT state, spec FROM interaction")
    assert [(state, json.loads(spec)["question"]) for state, spec in found] == [("draft", "Coffee?")]
    assert rows(tmp_path / "sidestage.db", "SELECT name, state FROM session") == [("Keynote", "draft")]
    assert rows(tmp_path / "sidestage.db", "SELECT id FROM venue") == [("slack:T0ACME",)]
    roles = "SELECT account.id, role FROM member JOIN account USING (person)"
    assert rows(tmp_path / "sidestage.db", roles) == [("slack:T0ACME:U0ANA", "moderator")]


async def test_on_postgresql_it_goes_to_the_database_itself_whoever_else_uses_it(postgres_url: str) -> None:
    given: dict[str, Any] = {
        "_env_file": None,
        "slack_bot_token": "xoxb-1",
        "slack_app_token": "xapp-1",
        "secret_key": Fernet.generate_key().decode(),
    }
    settings = Settings(database_url=postgres_url, **given)
    with closing(open_store(postgres_url, secret=given["secret_key"])) as store:
        for question in ("Tea?", "Coffee?"):
            told = await submit(settings, HERE.replace("Tea?", question), "")
            assert told.done, told
        work = store.read(lambda known: [key(Venue, platform="slack")])
        assert [it.id for it in work.all(Venue, platform="slack")] == ["slack:T0ACME"]
        session = planned_id(VenueId("slack:T0ACME"), plan_of(HERE))
        made = store.read(lambda known: [key(Interaction, session=session)]).all(Interaction, session=session)
        assert [it.spec.question for it in made] == ["Coffee?"]


def plan_of(text: str) -> Plan:
    plan = planned(text, clock())
    assert isinstance(plan, Plan)
    return plan


def test_where_it_is_made_is_asked_for_if_it_is_not_clear(run: Ran, tmp_path: Path) -> None:
    (tmp_path / "named.yaml").write_text(FILE.format(which="name: Acme"))
    status, said = run("import", "named.yaml")
    assert (status, "Add --venue slack:T… or discord:123…" in said) == (2, True), said
    bare = HERE.replace("venues:\n- platform: slack\n  id: T0ACME\n  moderators: [U0ANA Ana]\n", "")
    (tmp_path / "bare.yaml").write_text(bare)
    status, said = run("import", "bare.yaml")
    assert (status, "The file names no venue" in said) == (2, True), said
    status, said = run("import", "--venue", "slack:T0ACME", "bare.yaml")
    assert (status, "Name at least one moderator in the file" in said) == (2, True), said
    assert run("import", "--venue", "nowhere", "bare.yaml")[0] == 2
    assert rows(tmp_path / "sidestage.db", "SELECT count(*) FROM session") == [(0,)]


def test_wrong_settings_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "session.yaml").write_text(HERE)
    ran = CliRunner().invoke(app, ["import", "session.yaml"], env={"SIDESTAGE_SLACK_BOT_TOKEN": "no"})
    assert (ran.exit_code, "SIDESTAGE_SLACK_BOT_TOKEN" in ran.output) == (2, True)


def test_the_schema_is_printed(run: Ran) -> None:
    status, said = run("schema")
    assert status == 0
    assert json.loads(said)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_socket_whose_address_is_too_long_is_left_out(tmp_path: Path) -> None:
    assert socket_of("postgresql://host/name") is None
    assert socket_of("sqlite:///:memory:") is None
    assert socket_of(f"sqlite:///{tmp_path}/{'x' * PATH_LIMIT}.db") is None


async def test_what_a_killed_bot_left_does_not_stand_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    door = Path("bot.db.sock")
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(door))
    with pytest.raises(Absent):
        await ask(door, {})

    async def take(text: str, venue: str) -> dict[str, object]:
        return {"done": True, "words": f"{text} {venue}"}

    opened = await listen(door, take)
    try:
        assert await ask(door, {"text": "a", "venue": "b"}) == {"done": True, "words": "a b"}
        assert (await ask(door, {"nonsense": 1}))["done"] is False
    finally:
        await opened.close()
    assert not door.exists()
    with pytest.raises(Absent):
        await ask(door, {})


async def test_a_running_bot_takes_the_file_and_its_door_is_the_owner_s(
    tmp_path: Path, outgoing: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with on_stage(tmp_path, outgoing) as stage:
        door = socket_of(stage.settings().database_url)
        assert door is not None
        assert stat.S_IMODE(door.stat().st_mode) == 0o600
        told = await submit(stage.settings(), FILE.format(which="name: Acme"), "")
        assert "not known by these names" in told.words, "nobody made a session yet"
        await stage.prepare("23:57", "1h", name="Another")
        mira = stage.rows("SELECT id FROM account WHERE id LIKE 'slack:%'")[0][0].rpartition(":")[2]
        file = FILE.format(which="name: Acme").replace("U0ANA Ana", mira) + "  at: +0m\n"
        file += "- kind: poll\n  question: Lunch?\n  options: [Yes, No]\n"
        told = await submit(
            stage.settings(), file.replace("interactions", "- platform: discord\n  name: PyCom\ninteractions"), ""
        )
        assert told.done, told
        assert "2 interactions are drafted" in told.words
        assert stage.rows("SELECT count(*) FROM held") == [(4,)], "the operator organises everywhere"
    assert not door.exists()


@pytest.mark.long
async def test_beside_a_running_bot_as_processes_of_their_own(tmp_path: Path) -> None:
    stage = StageSet(tmp_path, plan([{"name": "Ana"}], [{"name": "Bo"}]))
    (tmp_path / "session.yaml").write_text(HERE)
    try:
        await stage.raise_servers()
        await stage.raise_bot()
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "config", "import", str(tmp_path / "session.yaml")),
            env=stage.environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, complained = await asyncio.wait_for(program.communicate(), 20)
        assert (program.returncode, complained) == (0, b""), (said, complained)
        assert "“Keynote” is made from the file." in said.decode()
        assert await stage.stop_bot() == 0
    finally:
        await stage.strike()
