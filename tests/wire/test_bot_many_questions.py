"""Three hundred open questions: the desk stays usable within the platforms' rates (SPEC 4.3, UX: cadence of edits)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from core.app.commands import AskQuestion, Command
from core.app.outcome import Saving
from core.app.unit_of_work import UnitOfWork, key
from core.domain.ids import SECOND, AccountId, DeliveryKey, Instant, PersonId, SessionId
from core.domain.people import Account, Actor, Member, Person, Seat, fingerprint
from core.domain.sessions import Held, Session
from tests.wire.audience import QUEUE, has, private, shared
from tests.wire.bot_sides import Check
from tests.wire.bot_stage import Stage, on_stage

CROWD = 300


async def crowded(stage: Stage) -> None:
    """So many people who joined by themselves ask at once, one question each."""
    store, now = stage.bot.store, Instant(int(time.time() * SECOND))
    session = SessionId(stage.rows("select id from session")[0][0])
    found = store.read(lambda _: [key(Session, session), key(Held, session=session)])
    known, held = found.get(Session, session), found.all(Held, session=session)
    assert known is not None
    venues = sorted(it.venue for it in held)
    work, actors = UnitOfWork(), []
    for number in range(CROWD):
        venue, person = venues[number % len(venues)], PersonId(f"crowd{number}")
        platform = venue.partition(":")[0]
        user = at_home(stage, platform, f"guest{number}")
        home = venue.partition(":")[2] if platform == "slack" else ""
        account = AccountId(f"{platform}:{home}:{user}")
        work.put(Person(person, f"Guest {number}"))
        work.put(Account(account, person, platform, f"Guest {number}"))
        agreed = fingerprint(known.disclaimer)
        work.put(Member(session, person, consented_at=now, consent_hash=agreed))
        work.put(Seat(session, venue, account, person))
        actors.append(Actor(account, platform, venue, nick=f"Guest {number}"))
    with store.writing() as transaction:
        transaction.flush(work)
        transaction.commit()
    await asyncio.gather(*(asked(stage, actor, session, number, now) for number, actor in enumerate(actors)))


def at_home(stage: Stage, platform: str, name: str) -> str:
    """The platform knows them too: they are reached there."""
    if platform == "slack":
        return next(iter(stage.slack.workspaces.values())).user(name).id
    user = stage.discord.user(name, name.title())
    stage.discord.join(user, stage.discord.guilds[next(iter(stage.discord.guilds))])
    return str(user.id)


async def asked(stage: Stage, actor: Actor, session: SessionId, number: int, now: Instant) -> None:
    values = {"text": (f"What about topic number {number}, and why is it {number * 7}?",), "options": ()}
    command: Command = AskQuestion(
        actor=actor, delivery=DeliveryKey(f"crowd {number}"), at=now, session=session, values=values
    )
    outcome = await stage.bot.executor(command)
    outcome = await outcome.then if isinstance(outcome, Saving) else outcome
    assert outcome.done, outcome


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_three_hundred_open_questions_leave_the_desk_usable(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing, rates=True) as stage:
        await stage.live("ana", "bo", made=True)
        stage.patience = 60.0
        await crowded(stage)
        desks = {}
        for who in ("ana", "bo"):
            desks[who] = await stage.see(
                who, lambda post: has(post, "Take next") and "300 pending" in post.text, 60, QUEUE
            )
        for who, number in (("ana", 1), ("bo", 2), ("ana", 3)):
            began = time.monotonic()
            opened = await stage.press(who, "Take next", shared, QUEUE)
            sheet = await stage.form(who, opened)
            assert time.monotonic() - began < 3.0, "a form may take as long as Slack waits, and no longer"
            assert f"topic number {number - 1}," in sheet.text, sheet.text
            told = await stage.send(who, {"Answer": f"Because of {number}."}, QUEUE)
            assert f"Your answer to Q{number} is sent." in told
        await stage.press("bo", "List", shared, QUEUE)
        page = await stage.see("bo", lambda post: private(post) and "297 pending" in post.text, channel=QUEUE)
        assert page.text.count("topic number") == 10
        for who in ("ana", "bo"):
            await stage.see(who, lambda post: has(post, "Take next") and "297 pending" in post.text, 60, QUEUE)
        refused = [it for it in stage.requests() if getattr(it, "status", 0) == 429]
        assert not refused, f"{len(refused)} calls came too fast"
