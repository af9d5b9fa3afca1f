"""After its end nothing ties an anonymous answer to its person: tables, files, journal, backup, log (SPEC 5.4)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from core.app import commands as c
from core.app.handle import interactions
from core.app.unit_of_work import key
from core.domain.ids import AccountId, DeliveryKey, InteractionId, VenueId
from core.domain.interactions.life import Ballot
from core.domain.interactions.secret import BallotKey
from core.domain.people import Account, Actor
from core.domain.schedule import Due, forgetting
from core.domain.view import Button, Buttons, Card
from storage.engines import parse_url
from tests.fakes.rig import Rig, clock, rigged

NAMES = ("Ana", "Bo", "Cem", "Dua", "Eli", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea")
VOTERS = [(name, venue) for name in NAMES for venue in ("1", "2")]
CLOCK = Actor(AccountId("clock::"), "clock", VenueId("clock:"), nick="Clock")


async def published(rig: Rig) -> InteractionId:
    ana = rig.actor("Ana", "1", manages=True)
    values = {"question": ("Which?",), "options": ("a\nb\nc",), "several": ("secret",), "sharing": ("end",)}
    made = await rig.do(c.SubmitInteraction(**rig.fields(ana), kind="poll", session=rig.session, values=values))
    assert isinstance(made.reply, Card)
    buttons = [it for part in made.reply.parts if isinstance(part, Buttons) for it in part.items]
    publish = next(it.action for it in buttons if isinstance(it, Button) and it.action.startswith("publish:"))
    one = InteractionId(publish.partition(":")[2])
    await rig.do(c.PublishInteraction(**rig.fields(ana), interaction=one))
    rig.interaction = one
    return one


async def voted(rig: Rig) -> None:
    for index, (name, venue) in enumerate(VOTERS):
        if (name, venue) not in (("Ana", "1"), ("Bo", "2")):
            await rig.join(name, venue)
        for picked in (index, index + 1):
            press = rig.fields(rig.actor(name, venue), f"room{venue}")
            press["delivery"] = DeliveryKey(f"press-of-{name}-{venue}-{picked}")
            cast = c.CastBallot(**press, interaction=rig.interaction, picked=(str(picked % 3),))
            assert (await rig.do(cast)).done


async def over(rig: Rig, one: InteractionId) -> None:
    await rig.do(c.EndInteraction(**rig.fields(rig.actor("Ana", "1", manages=True)), interaction=one))
    what = forgetting(one)
    due = rig.store.read(lambda _: [key(Due, what)]).get(Due, what)
    assert due is not None
    fire = rig.fields(CLOCK) | {"at": clock()}
    await rig.do(c.Fire(**fire, what=what, due=due.due))


def secrets_of(rig: Rig, one: InteractionId) -> list[str]:
    """Everything by which a ballot could be told to be somebody's, as it stands while it is live."""
    kept = rig.store.read(lambda _: [key(BallotKey, one)]).get(BallotKey, one)
    assert kept is not None
    accounts = rig.store.read(lambda _: [key(Account, rig.actor(name, venue).account) for name, venue in VOTERS])
    persons = [accounts.get(Account, rig.actor(name, venue).account) for name, venue in VOTERS]
    found = [str(kept.voter(it.person)) for it in persons if it] + [str(kept.account(it.id)) for it in persons if it]
    ballots = rig.store.read(lambda _: [key(Ballot, interaction=one)]).all(Ballot, interaction=one)
    assert len(ballots) == len(VOTERS) and {str(it.person) for it in ballots} <= set(found)
    assert not any(it.moderator for it in ballots), "one moderator who votes would be known by it"
    return [*found, *(str(it.delivery) for it in ballots), kept.key]


def rows_with(address: str, one: InteractionId, words: list[str]) -> list[str]:
    engine = create_engine(parse_url(address))
    found = []
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                if any(word in str(cell) for cell in row for word in words):
                    found.append(f"{table}: {row}")
    engine.dispose()
    return found


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The five seconds for late deliveries are tried elsewhere."""
    monkeypatch.setattr(interactions, "GRACE", 0)


@pytest.mark.usefixtures("at_once")
async def test_nothing_ties_an_answer_to_its_person_in_any_byte_of_sqlite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sidestage.db"
    async with rigged(f"sqlite:///{path}") as rig:
        one = await published(rig)
        await voted(rig)
        told = secrets_of(rig, one)
        assert any(word.encode() in path.with_name(path.name + "-wal").read_bytes() for word in told), "it was there"
        tally = rig.tally()
        await over(rig, one)
        assert rig.tally() == tally and sum(tally.values()) == len(VOTERS)
        ballots = rig.store.read(lambda _: [key(Ballot, interaction=one)]).all(Ballot, interaction=one)
        assert {(it.account, it.at, it.delivery) for it in ballots} == {("", 0, "")}
        assert rows_with(f"sqlite:///{path}", one, told) == []
        with sqlite3.connect(path) as live, sqlite3.connect(tmp_path / "backup.db") as copy:
            live.backup(copy)
        files = [it for it in tmp_path.iterdir() if it.name.startswith(("sidestage.db", "backup"))]
        left = {it.name: [word for word in told if word.encode() in it.read_bytes()] for it in files}
        assert not any(left.values()), left
    printed = capsys.readouterr()
    assert not [word for word in told if word in printed.out + printed.err]


@pytest.mark.usefixtures("at_once")
async def test_nothing_ties_an_answer_to_its_person_in_any_row_of_postgresql(postgres_url: str) -> None:
    async with rigged(postgres_url) as rig:
        one = await published(rig)
        await voted(rig)
        told = secrets_of(rig, one)
        await over(rig, one)
        assert sum(rig.tally().values()) == len(VOTERS)
        assert rows_with(postgres_url, one, told) == []


@pytest.mark.usefixtures("at_once")
async def test_of_few_answers_nobody_keeps_from_which_platform_they_came(tmp_path: Path) -> None:
    async with rigged(f"sqlite:///{tmp_path / 'sidestage.db'}") as rig:
        one = await published(rig)
        for name, venue in (("Ana", "1"), ("Bo", "2")):
            await rig.vote(name, venue, 1)
        await over(rig, one)
        ballots = rig.store.read(lambda _: [key(Ballot, interaction=one)]).all(Ballot, interaction=one)
        assert {it.platform for it in ballots} == {""}
        assert sum(rig.tally().values()) == 2


async def test_no_choice_stands_in_the_inbox_while_it_is_live(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'sidestage.db'}"
    async with rigged(address) as rig:
        await published(rig)
        await rig.vote("Ana", "1", 1)
        assert rows_with(address, rig.interaction, ["Your vote"]) == []
