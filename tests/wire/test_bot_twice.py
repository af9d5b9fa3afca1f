"""Every button that changes something, pressed twice at once and once more: its effect comes once (RELIABILITY 27).

The later presses get a sentence too, and it is true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core.app.intake import BUTTONS
from core.domain.ids import MINUTE
from tests.wire.album import Album, Came, Control, forged
from tests.wire.audience import BOT, CHANNEL, DOOR, QUEUE, has
from tests.wire.bot_sides import DISCORD, SOCKET, Side
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.every_card import CHANGING

Check = Callable[[Sequence[Any]], None]


async def thrice(album: Album, one: Control) -> list[str]:
    """Twice at once, and a third time: what each press told, the last one's at the end."""
    came: list[Came] = [*await asyncio.gather(album.press(one), album.press(one)), await album.press(one)]
    assert all(it.answered for it in came), (str(one), came)
    return [it.text or it.form for it in came]


@dataclass
class Presses:
    """Somebody presses whatever is behind a verb, as if a card with it stood there."""

    stage: Stage
    album: Album
    card: Control
    tried: set[str] = field(default_factory=set)

    async def __call__(self, verb: str, *behind: str, first: str, then: str) -> None:
        """The first press reads ``first``, a later one ``then``; on Slack both may replace the same words by then."""
        self.tried.add(verb)
        told = await thrice(self.album, forged(self.card, ":".join((verb, *behind))))
        assert then in told[-1], told
        assert all(first in it or then in it for it in told), told

    async def picks(self, act: str, ident: str, *, first: str, then: str) -> None:
        """The same in the menu More of an interaction."""
        self.tried.add(act)
        verb, value = act.split()
        (one, *_) = [it for it in self.album.of(verb) if it.who == self.card.who]
        told = await thrice(self.album, forged(one, f"{verb}:{ident}", value))
        assert then in told[-1], told
        assert all(first in it or then in it for it in told), told

    async def act(self, line: str, words: str) -> None:
        """Type a command and keep what it shows."""
        assert words in await self.stage.told(self.card.who, "command", line, channel=CHANNEL)
        self.album.take()


@pytest.mark.shows("twice", on="both")
@pytest.mark.parametrize("side", [SOCKET, DISCORD], ids=lambda side: side.name)
async def test_a_double_press_has_its_effect_once_and_each_press_its_sentence(
    tmp_path: Path, outgoing: Check, side: Side
) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        stage.hosting = [side.host]
        await stage.prepare("23:57", "1h")
        ((ident, before),) = stage.rows("SELECT id, ends_at FROM session")
        album = Album(stage, (side.host, side.guest))
        album.take()
        host = Presses(stage, album, next(it for it in album.of("rooms") if it.who == side.host))
        await host("room", ident, "stage", first="is the stage now", then="is the stage now")
        await host("advance", ident, "announced", first="is announced.", then="is announced already.")
        await host("link", ident, first="Code: ", then="Code: ")
        for who in (side.host, side.guest):
            await stage.see(who, lambda post: has(post, "Join session"), channel=DOOR)
        await stage.find(side.host, QUEUE)
        await host("advance", ident, "open", first="are open.", then="has its doors open already.")
        await without_a_form(stage, host)
        album.take()
        guest = Presses(stage, album, next(it for it in album.of("join") if it.who == side.guest))
        await guest("join", ident, first="You're in.", then="You are in already.")
        await host("join", ident, first="You're in.", then="You are in already.")
        for who in (side.host, side.guest) if side.slack else ():
            await stage.read(who, "You're in.", channel=BOT)
        await rehearsal(stage, host, ident)
        await host("advance", ident, "live", first="is live.", then="is live already.")
        await host("extend", ident, "10m", str(before), first="now.", then="already.")
        assert stage.rows("SELECT ends_at FROM session") == [(before + 10 * MINUTE,)]
        await pins(stage, host, side.guest, ident)
        await polls(stage, host, guest)
        await guest("react", ident, "0", first="", then="")
        assert stage.rows("SELECT count(*) FROM reaction") == [(1,)]
        ((person, seats),) = stage.rows(
            f"SELECT person, count(*) FROM seat WHERE account LIKE '{'slack' if side.slack else 'discord'}%'"
            f" AND person IN (SELECT id FROM person WHERE name = '{side.guest}' OR name = '{side.guest.title()}')"
        )
        assert seats == 1
        await guest("leave", ident, first="You have left", then="You have left")
        assert stage.rows(f"SELECT consented_at FROM member WHERE person = '{person}'") == [(None,)]
        await add_speaker(stage, host, side)
        ((speaker,),) = stage.rows("SELECT person FROM member WHERE role = 'speaker'")
        await host(
            "remove", ident, "speaker", speaker, first="is not a speaker any more.", then="is not a speaker any more."
        )
        removals = stage.rows("SELECT deed FROM audit WHERE deed LIKE 'remove%'")
        assert removals == [("remove speaker",)], "written down once"
        await host("advance", ident, "ended", first="has ended.", then="has ended already.")
        await host("advance", ident, "archived", first="is archived:", then="is archived already.")
        assert host.tried | guest.tried == CHANGING, "a new button that changes something belongs here"
        assert set(BUTTONS) >= {act.partition(" ")[0] for act in CHANGING}


async def without_a_form(stage: Stage, host: Presses) -> None:
    """Joining is one press, so that the press itself changes something."""
    who = host.card.who
    await stage.form(who, await stage.people[who].command(CHANNEL, "/mod session rules"))
    assert "Saved." in await stage.send(who, {"Joining": "Is one press: you tell people"}, CHANNEL)


async def rehearsal(stage: Stage, host: Presses, session: str) -> None:
    """Of two drafts the first is tried, once, and nothing of that is kept."""
    await stage.draft(host.card.who, "Tea?")
    ((draft,),) = stage.rows("SELECT id FROM interaction")
    await stage.draft(host.card.who, "Not now?")
    ((other,),) = stage.rows(f"SELECT id FROM interaction WHERE id != '{draft}'")
    await host("rehearsenext", session, draft, first="is in the backchannel now", then="That one was tried already.")
    assert stage.rows("SELECT count(*) FROM interaction WHERE rehearsal") == [(1,)]
    ended = "The rehearsal is over; nothing of it is kept."
    await host("endrehearsal", session, first=ended, then="No rehearsal is on.")
    assert stage.rows("SELECT count(*) FROM interaction") == [(2,)]
    await host("delete", other, first="The draft is deleted.", then="This is not there any more.")


async def pins(stage: Stage, host: Presses, author: str, session: str) -> None:
    """Two are in the feed; the lower one is moved up and unpinned."""
    who = host.card.who
    for line in ("One thing", "Another thing"):
        await stage.say(author, line)
        told = await stage.moderate(who, await stage.read(who, line), "Pin")
        assert "inned" in told, told
    ((lower,), (upper,)) = stage.rows("SELECT id FROM message WHERE pinned ORDER BY feed_at")
    host.album.take()
    moved = "It is number 1 of 2 in the feed now."
    await host("feedmove", session, "pin", lower, "up", first=moved, then="It is the first one already.")
    await host("feedunpin", session, lower, first="Unpinned. It is not in the feed", then="This is not in the feed")
    assert stage.rows("SELECT id FROM message WHERE pinned") == [(upper,)]


async def polls(stage: Stage, host: Presses, guest: Presses) -> None:
    """One is published from a draft; a vote, its results hidden and shown, its end."""
    who = host.card.who
    ((poll,),) = stage.rows("SELECT id FROM interaction")
    host.album.take()
    await host("publish", poll, first="Published.", then="It is published already.")
    await guest("vote", poll, "0", first="Your vote: A, Yes.", then="Your vote: A, Yes.")
    assert len(stage.rows("SELECT person FROM ballot")) == 1
    await host("hide", poll, first="Results are hidden.", then="Results are hidden.")
    await host("unhide", poll, first="Results are shown.", then="Results are shown.")
    ((shown,),) = stage.rows(f"SELECT hidden FROM interaction WHERE id = '{poll}'")
    assert not shown
    await host.picks("more longer", poll, first="needs no more time.", then="needs no more time.")
    await host("end", poll, first="Ended.", then="Ended.")
    cards = stage.rows(f"SELECT count(*) FROM surface WHERE subject = 'interaction:{poll}' AND NOT gone")
    assert cards == [(1,)]
    await stage.draft(who, "Cake?")
    await drafts(stage, host, *stage.rows("SELECT id FROM interaction WHERE state = 'draft'")[0])


async def drafts(stage: Stage, host: Presses, poll: str) -> None:
    """Copies, their order, one that is deleted, one that is published as the next."""
    await host.picks("more notify", "nobody", first="not there any more", then="not there any more")
    again = "It was copied just now. This is the new draft:"
    await host.picks("more duplicate", poll, first="A new draft with the same words:", then=again)
    for words in ("Bread?", "Butter?"):
        await stage.draft(host.card.who, words)
    shown = "SELECT id FROM interaction WHERE state = 'draft' ORDER BY rank, created_at, id"
    every = [ident for (ident,) in stage.rows(shown)]
    assert (len(every), every[0]) == (4, poll), "one copy, and two that were made since"
    await host.picks("more down", every[2], first="It is number 4 of 4", then="It is the last one already.")
    await host.picks("more up", every[1], first="It is number 1 of 4", then="It is the first one already.")
    ranked = [ident for (ident,) in stage.rows(shown)]
    assert ranked == [every[1], every[0], every[3], every[2]]
    await host("delete", every[2], first="The draft is deleted.", then="This is not there any more.")
    assert len(stage.rows(shown)) == 3
    ((session,),) = stage.rows("SELECT id FROM session")
    await host("next", session, every[1], first="Published.", then="That one was published already. Next is this:")
    assert stage.rows("SELECT id FROM interaction WHERE state = 'live'") == [(every[1],)], "the next one was not taken"
    await host("unpublish", every[1], first="It is out of sight now", then="It is not published.")
    await host("publish", every[1], first="It is shown again", then="It has ended and is shown already.")
    await host("delete", every[3], first="The draft is deleted.", then="This is not there any more.")


async def add_speaker(stage: Stage, host: Presses, side: Side) -> None:
    who = host.card.who
    await stage.people[who].command(CHANNEL, "/mod team")
    await stage.form(who, await stage.press(who, "Add", channel=CHANNEL))
    await stage.people[who].fill({"Person": side.other, "As": "Speaker"})
    await stage.read(who, "is a speaker now.", channel=CHANNEL)
