"""Moderators of two bots press Reply on all questions at once: each one has exactly one owner (RELIABILITY 29)."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter

import pytest
from cryptography.fernet import Fernet

from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import LineId, PersonId, PlaceId, SessionId
from core.domain.people import Account, Member, Person, fingerprint
from core.domain.questions import Line, Question
from core.domain.sessions import Held, Session, Venue
from core.domain.surfaces import Place
from core.domain.text import doc
from storage.store import SqlStore
from tests.fakes.bot import START
from tests.storage.claimer import VENUE, account, question
from tests.storage.prepared import opened

SESSION = SessionId("session")
MODERATORS = 8


def furnish(store: SqlStore, questions: int) -> None:
    work = UnitOfWork()
    session = Session(SESSION, "Keynote", "live", START, START, "UTC")
    work.put(session)
    work.put(Venue(VENUE, "slack", "Acme"))
    work.put(Held(SESSION, VENUE))
    agreed = fingerprint(session.disclaimer)
    for number in range(MODERATORS):
        person = PersonId(f"mod{number}")
        work.put(Person(person, f"Mod {number}"))
        work.put(Account(account(number), person, "slack", f"Mod {number}"))
        work.put(Member(SESSION, person, "moderator", consented_at=START, consent_hash=agreed))
    work.put(Person(PersonId("asker"), "Asker"))
    work.put(Place(PlaceId("dm"), VENUE, "dm", person=PersonId("asker"), account=account(99)))
    for number in range(questions):
        ident = question(number)
        work.put(
            Question(ident, SESSION, number + 1, PersonId("asker"), account(99), VENUE, PlaceId("dm"), START, START)
        )
        words = doc(f"Why {number}?")
        work.put(
            Line(LineId(f"line{number}"), ident, SESSION, PersonId("asker"), account(99), "asker", words, START, START)
        )
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()


async def claimer(address: str, secret: str, questions: int, moderators: range) -> Process:
    arguments = ("-m", "tests.storage.claimer", address, secret, str(questions), *map(str, moderators))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    assert (await process.stdout.readline()).strip() == b"ready"
    return process


@pytest.mark.timeout(300)
@pytest.mark.parametrize("questions", [40, pytest.param(500, marks=pytest.mark.long)])
async def test_two_bots_and_eight_moderators_leave_each_question_one_owner(emptied_url: str, questions: int) -> None:
    secret = Fernet.generate_key().decode()
    with opened(emptied_url, secret) as store:
        furnish(store, questions)
        half = MODERATORS // 2
        processes = [
            await claimer(emptied_url, secret, questions, moderators)
            for moderators in (range(half), range(half, MODERATORS))
        ]
        told = await asyncio.gather(*(it.communicate(b"go\n") for it in processes))
        forms = [one for out, _ in told for one in json.loads(out.splitlines()[-1])]
        rows = store.read(lambda _: [key(Question, session=SESSION)]).all(Question, session=SESSION)
    won = [(f"mod{moderator}", str(question(number))) for moderator, number in forms]
    assert len(won) == questions
    assert Counter(one for _, one in won) == Counter(str(question(number)) for number in range(questions))
    assert {(str(it.owner), str(it.id)) for it in rows} == set(won)
    assert {it.state for it in rows} == {"claimed"}
