"""The role by which people are told, and private threads, over the wire: made once, found again, plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.discord.gateway import PARTY
from adapters.sandbox.discord import changes, permissions
from adapters.sandbox.discord.model import PRIVATE_THREAD, Channel, Role
from core.app.platform import Closed, Down, Lacking, Missing, Rejected, Unclear
from core.domain.ids import SECOND, AccountId, Instant, PersonId, PlaceId
from core.domain.surfaces import Place
from core.domain.text import Crowd, doc
from core.domain.view import Card, Note, Words, say
from tests.wire.discord_bench import ALL, SESSION, Bench, clock, on_bench

ROLES, THREADS = "/guilds/{guild_id}/roles", "/channels/{channel_id}/threads"
ALLOWED = permissions.BOT | permissions.MENTION_EVERYONE


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with on_bench(allow=ALLOWED) as made:
        made.world.join(made.world.user("nova", "Nova"), made.guild)
        yield made


def account(bench: Bench, name: str) -> AccountId:
    return AccountId(f"discord:{bench.world.named(name).id}")


# -- the role ---------------------------------------------------------------------------------------------------------


def telling(bench: Bench, **more: Any) -> Place:
    return Place(
        PlaceId("n"),
        bench.stage.venue,
        "notify",
        SESSION,
        name="key-note-notify",
        private=True,
        wanted_at=clock(),
        **more,
    )


async def role(bench: Bench) -> tuple[Place, Role]:
    place = telling(bench)
    opened = await bench.platform.open(place)
    assert opened.private
    return replace(place, ref=opened.ref, state="open", made=True), bench.guild.roles[opened.ref]


@pytest.mark.shows("notify")
async def test_the_role_has_no_power_and_only_the_bot_can_mention_it(bench: Bench) -> None:
    place, made = await role(bench)
    assert (made.name, made.permissions, made.mentionable, made.hoist) == ("Key note: notify", 0, False, False)
    mira, nova = account(bench, "mira"), account(bench, "nova")
    assert await bench.platform.admit(place, [mira, nova]) == {}
    assert {it.user.name for it in bench.guild.members.values() if made.id in it.roles} == {"mira", "nova"}
    await bench.platform.expel(place, nova)
    await bench.platform.expel(place, AccountId("discord:1"))
    assert {it.user.name for it in bench.guild.members.values() if made.id in it.roles} == {"mira"}
    await bench.platform.archive(place)
    assert made.id not in bench.guild.roles


async def test_a_role_whose_making_got_no_answer_is_found_again(bench: Bench) -> None:
    bench.faults(route=ROLES, method="POST", cut="after", count=1)
    place = telling(bench)
    with pytest.raises(Unclear):
        await bench.platform.open(place)
    opened = await bench.platform.open(place)
    assert bench.requests("POST", ROLES) == 1
    # It is taken now, and one of another time is another's.
    other = await bench.platform.open(place, {opened.ref})
    assert other.ref != opened.ref
    later = await bench.platform.open(replace(place, wanted_at=Instant(clock() + 3_600 * SECOND)), {opened.ref})
    assert later.ref not in (opened.ref, other.ref)


async def test_a_role_with_rights_or_that_all_may_mention_is_never_taken_for_ours(bench: Bench) -> None:
    place = telling(bench)
    strong = bench.world.role("Key note: notify", ["manage_guild"], bench.guild)
    opened = await bench.platform.open(place)
    assert opened.ref != strong.id


async def test_who_left_the_server_is_named_and_all_others_get_it(bench: Bench) -> None:
    place, made = await role(bench)
    failed = await bench.platform.admit(place, [AccountId("discord:1"), account(bench, "mira")])
    assert failed == {AccountId("discord:1"): "is no longer in this server"}
    assert made.id in bench.guild.members[bench.world.named("mira").id].roles


async def test_a_role_that_somebody_deleted_is_told(bench: Bench) -> None:
    place, made = await role(bench)
    del bench.guild.roles[made.id]
    for act in (bench.platform.admit(place, [account(bench, "mira")]), bench.platform.open(place)):
        with pytest.raises(Closed) as closed:
            await act
        assert closed.value.reason == "the role for that was deleted"
    await bench.platform.expel(place, account(bench, "mira"))
    with pytest.raises(Missing):
        await bench.platform.archive(place)


@pytest.mark.parametrize(
    ("lacking", "words"),
    [(permissions.MENTION_EVERYONE, "may not mention roles"), (permissions.MANAGE_ROLES, "may not give the role")],
)
async def test_a_missing_right_can_be_given_back(bench: Bench, lacking: int, words: str) -> None:
    (own,) = (it for it in bench.guild.roles.values() if it.managed)
    own.permissions &= ~lacking
    place = telling(bench)
    with pytest.raises(Lacking) as told:
        await bench.platform.open(place)
    assert words in told.value.reason
    own.permissions |= lacking
    place = replace(place, ref=(await bench.platform.open(place)).ref)
    bench.guild.roles[place.ref or ""].position = 99
    with pytest.raises(Lacking):
        await bench.platform.admit(place, [account(bench, "mira")])


async def test_a_server_full_of_roles_is_told(bench: Bench) -> None:
    bench.world.caps.roles = len(bench.guild.roles)
    with pytest.raises(Closed) as closed:
        await bench.platform.open(telling(bench))
    assert "no room for more channels or roles" in closed.value.reason


async def test_who_waits_at_the_door_goes_before_who_is_only_told(bench: Bench) -> None:
    place = telling(bench, ref="1")
    stage = replace(bench.stage, private=True)
    for verb in ("admit", "expel"):
        (mine,), (theirs,) = bench.platform.budgets(verb, place, 8), bench.platform.budgets(verb, stage, 2)
        assert mine.name == theirs.name
        assert mine.burst == -SECOND < theirs.burst
    assert bench.platform.budgets("admit", place, 8)[0].cost == PARTY * SECOND


# -- the mention ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("notify")
async def test_the_first_post_tells_the_role_and_an_edit_nobody(bench: Bench) -> None:
    _, made = await role(bench)
    other = bench.world.role("Other", (), bench.guild)
    hostile = f"<@&{other.id}> <@&{made.id}> @everyone @here <@{bench.world.named('mira').id}>"
    parts = (Words(hostile), Note(doc("For ", Crowd(made.id, "everybody"))))
    stage = bench.stage
    ref = await bench.platform.post(stage, Card(ALL, parts), nonce="n-1")
    posted = bench.channel(stage.ref).messages[ref]
    assert posted.pinged.roles == (made.id,)
    assert (posted.pinged.users, posted.pinged.everyone) == ((), False)
    body = bench.world.requests[-1].arguments["body"]
    assert body["allowed_mentions"] == {"parse": [], "roles": [made.id]}
    await bench.platform.edit(stage, ref, Card(ALL, parts))
    assert bench.world.requests[-1].arguments["body"]["allowed_mentions"] == {"parse": []}
    await bench.platform.post(stage, Card(ALL, parts[:1]), nonce="n-2")
    assert bench.world.requests[-1].arguments["body"]["allowed_mentions"] == {"parse": []}


async def test_a_crowd_without_an_id_is_words(bench: Bench) -> None:
    card = Card(ALL, (Note(doc("For ", Crowd("1> @everyone <@&2", "everybody"))),))
    ref = await bench.platform.post(bench.stage, card, nonce="n-1")
    posted = bench.channel(bench.stage.ref).messages[ref]
    assert not posted.pinged
    assert bench.world.requests[-1].arguments["body"]["allowed_mentions"] == {"parse": []}


# -- private threads --------------------------------------------------------------------------------------------------


def threaded(bench: Bench, who: str = "mira", ident: str = "t") -> Place:
    return Place(
        PlaceId(ident), bench.stage.venue, "thread", person=PersonId(ident), account=account(bench, who),
        name="For Mira", private=True, wanted_at=clock(),
    )  # fmt: skip


def threads(bench: Bench) -> list[Channel]:
    return [it for it in bench.guild.channels.values() if it.type == PRIVATE_THREAD]


@pytest.mark.shows("shut-messages")
async def test_a_private_thread_is_read_by_its_person_alone(bench: Bench) -> None:
    place = threaded(bench)
    opened = await bench.platform.open(place, under=bench.stage.ref or "")
    thread = bench.channel(opened.ref)
    assert opened.private
    assert (thread.name, thread.type, thread.invitable, thread.archive_minutes) == (
        "For Mira",
        PRIVATE_THREAD,
        False,
        60,
    )
    assert set(thread.people) == {bench.app.bot.id, bench.world.named("mira").id}
    place = replace(place, ref=opened.ref, state="open")
    await bench.platform.post(place, say(ALL, "For your eyes"), nonce="n-1")
    async with await bench.hands("mira") as mira:
        (post,) = await mira.look("For Mira")
        assert post.text == "For your eyes"
    async with await bench.hands("nova") as nova:
        assert "For Mira" not in {it.name for it in await nova.channels()}
    await bench.platform.edit(place, post.id, say(ALL, "For your eyes only"))
    assert await bench.platform.like(place, None, place.wanted_at) == [post.id]
    await bench.platform.delete(place, post.id)
    assert (await bench.platform.open(place)).ref == opened.ref


@pytest.mark.parametrize("when", ["made", "brought in"])
async def test_a_thread_whose_making_got_no_answer_is_found_again(bench: Bench, when: str) -> None:
    lost = ("POST", THREADS) if when == "made" else ("PUT", "/channels/{channel_id}/thread-members/{user_id}")
    bench.faults(method=lost[0], route=lost[1], cut="after", count=1)
    place, under = threaded(bench), bench.stage.ref or ""
    with pytest.raises((Unclear, Down)):
        await bench.platform.open(place, under=under)
    opened = await bench.platform.open(place, under=under)
    assert [it.id for it in threads(bench)] == [opened.ref]
    # Somebody else of that name gets another one, even where the first was not written down yet.
    other = await bench.platform.open(threaded(bench, "nova", "u"), under=under)
    assert other.ref != opened.ref
    assert bench.world.named("mira").id not in bench.channel(other.ref).people
    later = replace(place, wanted_at=Instant(clock() + 3_600 * SECOND))
    assert (await bench.platform.open(later, under=under)).ref not in (opened.ref, other.ref)


@pytest.mark.shows("shut-messages")
async def test_a_thread_that_went_to_sleep_is_woken_for_an_edit(bench: Bench) -> None:
    place = threaded(bench)
    place = replace(place, ref=(await bench.platform.open(place, under=bench.stage.ref or "")).ref)
    ref = await bench.platform.post(place, say(ALL, "Now"), nonce="n-1")
    bench.channel(place.ref).archived = True
    await bench.platform.edit(place, ref, say(ALL, "Later"))
    assert not bench.channel(place.ref).archived
    bench.channel(place.ref).archived = True
    await bench.platform.post(place, say(ALL, "More"), nonce="n-2")
    assert not bench.channel(place.ref).archived


async def test_as_many_threads_as_a_server_holds_are_told(bench: Bench) -> None:
    bench.world.caps.threads = 0
    with pytest.raises(Closed) as closed:
        await bench.platform.open(threaded(bench), under=bench.stage.ref or "")
    assert "as many open threads as Discord allows" in closed.value.reason


@pytest.mark.shows("shut-messages")
async def test_a_missing_right_or_room_is_told_in_words(bench: Bench) -> None:
    for under, words in (("", "no room to make a private thread under"), ("1", "was deleted")):
        with pytest.raises(Closed) as closed:
            await bench.platform.open(threaded(bench), under=under)
        assert words in closed.value.reason
    (own,) = (it for it in bench.guild.roles.values() if it.managed)
    own.permissions &= ~permissions.CREATE_PRIVATE_THREADS
    with pytest.raises(Lacking, match="Give it Create Private Threads"):
        await bench.platform.open(threaded(bench), under=bench.stage.ref or "")


async def test_who_cannot_see_the_room_above_yet_is_waited_for(bench: Bench) -> None:
    stage = bench.channel(bench.stage.ref)
    changes.overwrite(bench.world, stage, bench.guild, (), ["view_channel"])
    changes.overwrite(bench.world, stage, bench.app.bot, ["view_channel"])
    with pytest.raises(Down):
        await bench.platform.open(threaded(bench), under=stage.id)
    changes.overwrite(bench.world, stage, bench.world.named("mira"), ["view_channel"])
    opened = await bench.platform.open(threaded(bench), under=stage.id)
    assert [it.id for it in threads(bench)] == [opened.ref]


async def test_who_left_ends_it(bench: Bench) -> None:
    gone = replace(threaded(bench), account=AccountId("discord:1"))
    with pytest.raises((Missing, Closed)):
        await bench.platform.open(gone, under=bench.stage.ref or "")
    with pytest.raises(Rejected):
        await bench.platform.open(replace(gone, account=None), under=bench.stage.ref or "")


async def test_a_history_that_may_not_be_read_is_not_an_empty_one(bench: Bench) -> None:
    """Discord answers with no messages at all: a post whose outcome is unknown would be posted twice."""
    assert await bench.platform.like(bench.stage, None, Instant(0)) == []
    stage = bench.channel(bench.stage.ref)
    changes.overwrite(bench.world, stage, bench.app.bot, ["view_channel"], ["read_message_history"])
    with pytest.raises(Lacking, match="Give it Read Message History"):
        await bench.platform.like(bench.stage, None, Instant(0))
