"""Conversations with the moderators as the Discord adapter has them: threads, direct messages, threads at cards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TypeVar

import pytest

from adapters.discord.words import CANNOT_THREAD, NOT_YET_IN
from adapters.sandbox.discord import changes
from adapters.sandbox.discord.model import PRIVATE_THREAD, Channel
from core.app import commands as c
from core.app.commands import Command
from core.app.platform import Closed, Down, NotYet, Unclear
from core.domain.ids import SECOND, AccountId, PersonId, PlaceId, VenueId
from core.domain.surfaces import Place
from core.domain.text import Called, doc, plain
from core.domain.view import Card, Note, Words, say
from tests.wire.discord_bench import ALL, SESSION, Bench, clock, on_bench

THREADS = "/channels/{channel_id}/threads"
MESSAGES = "/channels/{channel_id}/messages"
Kind = TypeVar("Kind", bound=Command)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench() as made:
        made.world.join(made.world.user("nova", "Nova"), made.guild)
        yield made


def asking(bench: Bench, who: str = "mira") -> Place:
    account = AccountId(f"discord:{bench.world.named(who).id}")
    return Place(
        PlaceId(f"q-{who}"), bench.stage.venue, "question", person=PersonId(who), account=account,
        name="Q1 · Keynote", private=True, wanted_at=clock(), seen_at=clock(),
    )  # fmt: skip


async def opened(bench: Bench, who: str = "mira") -> Place:
    place = asking(bench, who)
    return replace(place, ref=(await bench.platform.open(place, under=bench.stage.ref or "")).ref, state="open")


def threads(bench: Bench) -> list[Channel]:
    return [it for it in bench.guild.channels.values() if it.type == PRIVATE_THREAD]


def all_of(bench: Bench, kind: type[Kind]) -> list[Kind]:
    return [one for one in bench.heard if isinstance(one, kind)]


async def heard(bench: Bench, kind: type[Kind], number: int = 1) -> Kind:
    await bench.until(lambda: len(all_of(bench, kind)) >= number)
    return all_of(bench, kind)[-1]


# -- the thread -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [THREADS, "/channels/{channel_id}/thread-members/{user_id}"])
async def test_a_conversations_thread_whose_making_got_no_answer_is_found_again(bench: Bench, lost: str) -> None:
    method = "POST" if lost == THREADS else "PUT"
    bench.faults(method=method, route=lost, cut="after", count=1)
    place, under = asking(bench), bench.stage.ref or ""
    with pytest.raises((Unclear, Down)):
        await bench.platform.open(place, under=under)
    found = await bench.platform.open(place, under=under)
    assert [it.id for it in threads(bench)] == [found.ref]


@pytest.mark.shows("questions-moved")
async def test_a_thread_that_the_bot_may_not_make_or_write_in_is_closed_in_words(bench: Bench) -> None:
    place = await opened(bench)
    stage, bot = bench.channel(bench.stage.ref), bench.app.bot
    changes.overwrite(bench.world, stage, bot, ["view_channel"], ["send_messages_in_threads"])
    for act in (
        bench.platform.open(asking(bench, "nova"), under=stage.id),
        bench.platform.post(place, LATE, nonce="n"),
    ):
        with pytest.raises(Closed) as closed:
            await act
        assert closed.value.reason == CANNOT_THREAD
    changes.overwrite(bench.world, stage, bot, ["view_channel", "send_messages_in_threads"], ["create_private_threads"])
    with pytest.raises(Closed) as closed:
        await bench.platform.open(replace(asking(bench, "nova"), name="Q2"), under=stage.id)
    assert closed.value.reason == CANNOT_THREAD


LATE = say(ALL, "Later")


async def test_who_is_being_let_in_is_waited_for(bench: Bench) -> None:
    stage = bench.channel(bench.stage.ref)
    changes.overwrite(bench.world, stage, bench.guild, (), ["view_channel"])
    changes.overwrite(bench.world, stage, bench.app.bot, ["view_channel"])
    with pytest.raises(NotYet, match=NOT_YET_IN):
        await bench.platform.open(asking(bench), under=stage.id)


async def test_in_a_sleeping_thread_posts_are_edited_and_deleted_too(bench: Bench) -> None:
    place = await opened(bench)
    ref = await bench.platform.post(place, say(ALL, "Now"), nonce="n-1")
    thread = bench.channel(place.ref)
    thread.archived = True
    await bench.platform.edit(place, ref, LATE)
    assert not thread.archived
    thread.archived = True
    await bench.platform.delete(place, ref)
    assert ref not in thread.messages


async def test_threads_are_made_one_a_second_and_do_not_wait_for_rooms(bench: Bench) -> None:
    (mine,) = bench.platform.budgets("open", asking(bench), 2)
    (room,) = bench.platform.budgets("open", replace(bench.stage, ref=None), 2)
    assert mine.name != room.name and mine.cost == SECOND


async def test_only_the_person_who_is_called_is_told(bench: Bench) -> None:
    place = await opened(bench)
    mira, nova = bench.world.named("mira"), bench.world.named("nova")
    hostile = Words(f"<@{nova.id}> @everyone")
    card = Card(ALL, (hostile, Note(doc("For ", Called(AccountId(f"discord:{mira.id}"), "Mira")))))
    ref = await bench.platform.post(place, card, nonce="n-1")
    assert bench.channel(place.ref).messages[ref].pinged.users == (mira.id,)
    assert bench.world.requests[-1].arguments["body"]["allowed_mentions"] == {"parse": [], "users": [mira.id]}
    await bench.platform.edit(place, ref, card)
    assert bench.world.requests[-1].arguments["body"]["allowed_mentions"] == {"parse": []}
    for account in ("slack:T1:U1", f"slack:{nova.id}", "discord:1> @everyone <@2", "discord:"):
        strange = Card(ALL, (Note(doc("For ", Called(AccountId(account), "Nova"))),))
        ref = await bench.platform.post(place, strange, nonce=f"n-{account}")
        assert bench.channel(place.ref).messages[ref].pinged.users == ()


# -- threads at cards -------------------------------------------------------------------------------------------------


@pytest.mark.shows("note")
async def test_lines_in_a_thread_answer_its_card_at_the_desk_and_nowhere_else(bench: Bench) -> None:
    desk = bench.world.channel("keynote-queue", bench.guild)
    bench.watched.append(Place(PlaceId("d"), bench.stage.venue, "queue", SESSION, ref=desk.id, state="open"))
    await bench.adapter._watch.learn()
    card = await bench.platform.post(bench.watched[0], say(ALL, "Q1"), nonce="n-1")
    async with await bench.hands("mira") as mira:
        thread = await mira.start_thread("keynote-queue", "Aside", post=card)
        first = await mira.write("Aside", "who nows?")
        line = await heard(bench, c.PostLine)
        assert (line.room, line.reply_to, line.ref) == (desk.id, card, first)
        await mira.write("Aside", "I do", reply_to=first)
        assert (await heard(bench, c.PostLine, 2)).reply_to == card
        await mira.edit("Aside", first, "who knows?")
        edit = await heard(bench, c.EditLine)
        assert (edit.room, edit.ref, plain(edit.body)) == (desk.id, first, "who knows?")
        await mira.delete("Aside", first)
        gone = await heard(bench, c.DeleteLine)
        assert (gone.room, gone.ref) == (desk.id, first)
        said = await mira.write("keynote", "hello")
        other = await mira.start_thread("keynote", "Beside the chat", post=said)
        await mira.write("Beside the chat", "not for everybody")
        assert thread == card
        line = await heard(bench, c.PostLine, 4)
        assert (line.room, line.reply_to) == (other, ""), "a thread of the chat is no part of it"
        alone = replace(asking(bench), kind="thread", name="For Mira")
        alone = replace(alone, ref=(await bench.platform.open(alone, under=desk.id)).ref)
        await mira.write("For Mira", "for me")
        assert (await heard(bench, c.PostLine, 5)).room == alone.ref


# -- read back --------------------------------------------------------------------------------------------------------


@pytest.mark.shows("questions-away")
async def test_lines_of_a_thread_are_read_back_and_deletions_of_known_ones(bench: Bench) -> None:
    place = await opened(bench)
    await bench.platform.post(place, say(ALL, "Q1"), nonce="n-1")
    async with await bench.hands("mira") as mira:
        first, second = await mira.write("Q1 · Keynote", "one"), await mira.write("Q1 · Keynote", "two")
        await heard(bench, c.PostLine, 2)
        bench.known[:] = [second, first]
        bench.talks.append((replace(place, seen=second, seen_at=clock()), ""))
        await bench.adapter.close()
        await mira.delete("Q1 · Keynote", first)
        third = await mira.write("Q1 · Keynote", "three")
        await bench.another((None, None)).start()
    await bench.until(lambda: any(it.ref == third for it in all_of(bench, c.PostLine)), 15)
    gone = await heard(bench, c.DeleteLine)
    assert (gone.room, gone.ref) == (place.ref, first)


@pytest.mark.shows("questions-away")
async def test_direct_messages_are_read_once_behind_the_receipt_however_many_servers_share_them(bench: Bench) -> None:
    account = AccountId(f"discord:{bench.world.named('mira').id}")
    places = [
        Place(PlaceId(f"d-{guild}"), VenueId(f"discord:{guild}"), "dm", person=PersonId("m"), account=account)
        for guild in (bench.guild.id, str(int(bench.guild.id) + 1))
    ]
    ref = (await bench.platform.open(places[0])).ref
    places = [replace(it, ref=ref, state="open") for it in places]
    async with await bench.hands("mira") as mira:
        before = await mira.write("@bot", "long ago")
        await heard(bench, c.WriteToBot)
        receipt = await bench.platform.post(places[0], say(ALL, "Q1"), nonce="n-1")
        bench.talks[:] = [(it, receipt) for it in places]
        await bench.adapter.close()
        missed = await mira.write("@bot", "and the slides?", reply_to=receipt)
        again = bench.another((None, None))
        await again.start()
        await bench.until(lambda: len(all_of(bench, c.WriteToBot)) >= 2, 15)
        await asyncio.gather(*again._reading)
    assert [(it.ref, it.reply_to) for it in all_of(bench, c.WriteToBot)] == [(before, ""), (missed, receipt)]
    assert bench.requests("GET", MESSAGES) == 1


async def test_likes_edits_and_deletions_in_direct_messages_are_of_no_server(bench: Bench) -> None:
    async with await bench.hands("mira") as mira:
        line = await mira.write("@bot", "slydes?")
        place = Place(PlaceId("d"), bench.stage.venue, "dm", ref=(await heard(bench, c.WriteToBot)).room, state="open")
        post = await bench.platform.post(place, say(ALL, "An answer"), nonce="n-1")
        await mira.edit("@bot", line, "slides?")
        edit = await heard(bench, c.EditLine)
        await mira.react("@bot", post, "👍")
        await mira.delete("@bot", line)
        gone, like = await heard(bench, c.DeleteLine), await heard(bench, c.GiveLike)
    assert {it.actor.venue for it in (edit, gone, like)} == {"discord:"}
    assert {it.room for it in (edit, gone, like)} == {place.ref}
    assert (edit.ref, plain(edit.body), gone.ref, like.ref) == (line, "slides?", line, post)
