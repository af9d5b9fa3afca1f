"""Rooms with the real storage and the real jobs: who is let in again, and blocked before that was done, is out."""

from __future__ import annotations

from pathlib import Path

from core.app import commands as c
from core.app.platform import Down, PlatformTrouble
from core.app.unit_of_work import key
from core.domain.chat import Message
from core.domain.surfaces import Place
from core.domain.view import Card, in_words
from storage.store import SqlStore
from tests.fakes.rig import Rig, rigged


def line(store: SqlStore, rig: Rig) -> Message:
    found = store.read(lambda _: [key(Message, session=rig.session)]).all(Message, session=rig.session)
    assert len(found) == 1
    return found[0]


async def test_who_asks_again_and_is_blocked_before_that_was_done_is_out(tmp_path: Path):
    async with rigged(f"sqlite:///{tmp_path}/bot.db") as rig:
        ann = rig.actor("Ann", "1")
        await rig.join("Ann", "1")
        await rig.calm()
        inside = rig.platform.inside["room1"]
        assert ann.account in inside
        await rig.write("Ann", "1", "Noise", ref="9.9")

        def refuses(verb: str, place: Place) -> PlatformTrouble | None:
            return Down("away") if verb == "admit" else None

        rig.platform.trouble = refuses
        await rig.do(c.OpenJoinForm(**rig.fields(ann, "room1"), session=rig.session))
        await rig.until(lambda: any(verb == "admit" for verb, _, _ in rig.platform.calls[-5:]))
        ana = rig.actor("Ana", "1", manages=True)
        values = {"do": ("block",), "reply": ("",)}
        told = await rig.do(c.Moderate(**rig.fields(ana, "room1"), message=line(rig.store, rig).id, values=values))
        assert isinstance(told.reply, Card) and "Ann is blocked" in in_words(told.reply)
        await rig.until(lambda: ann.account not in inside)
        rig.platform.trouble = lambda verb, place: None
        await rig.calm()
        assert ann.account not in inside
