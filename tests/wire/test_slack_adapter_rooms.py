"""Rooms at Slack: made once whatever happens to the answer, people let in and sent away, topic, pins, put away."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from slack_sdk.errors import SlackApiError

from adapters.sandbox.slack import World, start
from adapters.sandbox.slack.clock import ManualClock
from adapters.sandbox.slack.model import Channel, User
from adapters.slack import limits, naming
from adapters.slack.calls import WAITS, call, client_of, session_of
from adapters.slack.gateway import SlackGateway
from adapters.slack.identity import Install, install_of
from adapters.slack.manifest import SCOPES
from adapters.slack.markup import escape
from adapters.slack.rooms import fitting
from core.app.platform import Closed, Lacking, Missing, Opened, Rejected, TooFast, Unclear
from core.domain.ids import SECOND, AccountId, Instant, PersonId, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.view import Attendees, Card, Heading, Public, say

CARD = Card(Attendees(SessionId("s")), (Heading("Hello"),))


class Office:
    """A gateway with all scopes, and the stand-in behind it."""

    def __init__(self, clock: ManualClock, world: World, gateway: SlackGateway) -> None:
        self.clock, self.world, self.gateway = clock, world, gateway
        self.space = next(iter(world.workspaces.values()))
        self.mira = self.space.find_user("mira")
        self.bot = self.space.installs[0].bot

    def wanted(self, name: str = "keynote-stage", **more: Any) -> Place:
        now = Instant(int(self.world.clock.now() * SECOND))
        venue = VenueId(f"slack:{self.space.id}")
        made = Place(PlaceId("01jplace0000abcdef"), venue, "stage", SessionId("s"), name=name, wanted_at=now)
        return replace(made, **{"private": True, **more})

    async def made(self, **more: Any) -> Place:
        place = self.wanted(**more)
        opened = await self.gateway.open(place)
        return replace(place, ref=opened.ref)

    def room(self, place: Place | Opened) -> Channel:
        return self.space.channels[place.ref or ""]

    def account(self, user: User) -> AccountId:
        return AccountId(f"slack:{self.space.id}:{user.id}")

    def people(self, count: int) -> list[User]:
        return [self.space.user(f"person{number}") for number in range(count)]

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [dict(one.arguments) for one in self.world.requests if one.method == method]

    def rooms(self) -> list[str]:
        return sorted(one.name for one in self.space.channels.values() if not one.direct and one.creator == self.bot.id)


@pytest_asyncio.fixture
async def office() -> AsyncIterator[Office]:
    clock = ManualClock()
    world = World(clock=clock)
    space = world.workspace("Acme")
    space.user("mira")
    install = space.install(scopes=SCOPES)
    running = await start(world)
    async with session_of() as session:
        client = client_of(running.api_url, install.bot_token, session)
        gateway = SlackGateway(client)
        gateway.install = install_of(await call(client.auth_test))
        yield Office(clock, world, gateway)
    await running.close()
    assert not [(one.method, one.violations) for one in world.requests if one.violations]


# -- making ------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("rooms-made")
@pytest.mark.parametrize("private", [True, False])
async def test_a_channel_is_made_under_its_name(office: Office, private: bool) -> None:
    opened = await office.gateway.open(office.wanted(private=private))
    room = office.room(opened)
    assert opened == Opened(room.id, private=private, pace=12_000)
    assert (room.name, room.kind) == ("keynote-stage", "group" if private else "channel")


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_lost_answer_makes_no_second_channel(office: Office, cut: str) -> None:
    office.world.faults.add({"method": "conversations.create", "cut": cut, "count": 1})
    place = office.wanted()
    with pytest.raises(Unclear):
        await office.gateway.open(place)
    opened = await office.gateway.open(place)
    assert office.rooms() == ["keynote-stage"]
    assert office.room(opened).name == "keynote-stage"


async def test_a_lost_answer_of_a_numbered_name_is_found_too(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.space.channel("keynote-stage", members=[office.mira])
    place, create = office.wanted(), office.gateway._client.conversations_create

    async def losing(**arguments: Any) -> Any:
        if arguments["name"].endswith("-2"):
            office.world.faults.add({"method": "conversations.create", "cut": "after", "count": 1})
        return await create(**arguments)

    with monkeypatch.context() as patch, pytest.raises(Unclear):
        patch.setattr(office.gateway._client, "conversations_create", losing)
        await office.gateway.open(place)
    again = SlackGateway(office.gateway._client)
    again.install = office.gateway.install
    assert office.room(await again.open(place)).name == "keynote-stage-2"
    assert office.rooms() == ["keynote-stage-2"]


async def test_what_is_taken_or_older_or_anothers_is_not_ours(office: Office) -> None:
    first = await office.made()
    assert office.room(await office.gateway.open(office.wanted(), [first.ref or ""])).name == "keynote-stage-2"
    later = office.wanted(wanted_at=Instant(int((office.world.clock.now() + 3600) * SECOND)))
    assert office.room(await office.gateway.open(later)).name == "keynote-stage-3"
    assert office.room(await office.gateway.open(office.wanted(private=False), ["C0"])).name == "keynote-stage-4"
    office.space.channel("lobby", private=True, members=[office.mira, office.bot])
    assert office.room(await office.gateway.open(office.wanted("lobby"))).name == "lobby-2"


@pytest.mark.shows("rooms-made")
async def test_a_name_that_an_unseen_or_archived_channel_has_gets_a_number(office: Office) -> None:
    office.space.channel("keynote-stage", private=True, members=[office.mira])
    (old := office.space.channel("keynote-stage-2", members=[office.mira])).archived = True
    assert old.archived
    assert office.room(await office.gateway.open(office.wanted())).name == "keynote-stage-3"


async def opened_in_time(office: Office, place: Place) -> Opened:
    """As the reconciler does: where Slack says to wait, later once more."""
    for _ in range(30):
        try:
            return await office.gateway.open(place)
        except TooFast as slow:
            await office.clock.advance(slow.seconds)
            WAITS.clear()  # which are of the real time
    raise AssertionError("it never came to an end")


async def test_where_every_number_is_taken_the_room_has_a_name_of_its_own(office: Office) -> None:
    office.world.rates = True
    for name in ("q-and-a", *(f"q-and-a-{number}" for number in range(2, 21))):
        office.space.channel(name, members=[office.mira])
    opened = await opened_in_time(office, office.wanted("q-and-a", kind="queue"))
    assert office.room(opened).name == "session-abcdef-queue"
    # What Slack refused as too fast went on where it had stopped.
    assert len([one for one in office.world.requests if one.answered == "name_taken"]) == 20


async def test_where_nothing_is_free_that_is_said(office: Office) -> None:
    office.world.rates = True
    for head in ("q-and-a", "session-abcdef-queue"):
        for name in (head, *(f"{head}-{number}" for number in range(2, 21))):
            office.space.channel(name, members=[office.mira])
    with pytest.raises(Closed) as closed:
        await opened_in_time(office, office.wanted("q-and-a", kind="queue"))
    assert closed.value.reason == (
        "every name like #q-and-a is taken; make one, invite the bot and write `/mod room queue` there"
    )


@pytest.mark.parametrize("word", ["invalid_name_specials", "invalid_name", "invalid_name_maxlength"])
async def test_a_name_that_slack_does_not_take_is_spelled_in_ascii(office: Office, word: str) -> None:
    office.world.faults.add({"method": "conversations.create", "error": word, "count": 1})
    opened = await office.gateway.open(office.wanted("Übersicht & mehr"))
    assert office.room(opened).name == "ubersicht-mehr"


async def test_a_name_of_nothing_that_slack_takes_still_gives_a_channel(office: Office) -> None:
    assert office.room(await office.gateway.open(office.wanted("🎉 !!"))).name == "session-abcdef-stage"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Keynote: The Road", "keynote-the-road"),
        ("a - b", "a-b"),
        ("x" * 100, "x" * 80),
        ("_q_a_", "q_a"),
        ("日本", "日本"),
    ],
)
def test_names_are_slacks(name: str, first: str) -> None:
    place = Place(PlaceId("p"), VenueId("slack:T1"), "stage", name=name)
    groups = naming.names(place)
    names = [name for group in groups for name in group]
    assert names[0] == first
    assert all(1 <= len(one) <= 80 and one == one.lower() for one in names)
    assert len(names) == len(set(names)) == 20 * len(groups)
    assert all(one.isascii() for one in groups[-1])


@pytest.mark.shows("rooms-made")
@pytest.mark.parametrize("word", ["restricted_action", "user_is_restricted", "missing_scope", "something_new"])
async def test_where_the_bot_may_make_no_channels_it_is_said_what_to_do(office: Office, word: str) -> None:
    office.world.faults.add({"method": "conversations.create", "error": word, "count": 1})
    with pytest.raises(Closed) as closed:
        await office.gateway.open(office.wanted())
    assert "make one, invite the bot and write `/mod room stage` there" in closed.value.reason
    assert office.rooms() == []


async def test_making_spends_the_budget_of_making(office: Office) -> None:
    (budget,) = office.gateway.budgets("open", office.wanted(), 5)
    assert budget.name.endswith(":conversations.create")
    (entering,) = office.gateway.budgets("open", office.wanted(ref="C1"), 5)
    assert entering.name.endswith(":conversations.open")
    office.world.faults.add({"method": "conversations.create", "status": 429, "retry_after": 7})
    with pytest.raises(TooFast) as slow:
        await office.gateway.open(office.wanted())
    assert (slow.value.seconds, slow.value.budget) == (7, budget.name)


RATED = [("topic", 20), ("pin", 20), ("unpin", 20), ("archive", 20), ("admit", 56), ("expel", 56)]
"""Calls in a minute; Slack gives Tier 2 as 20 and more, Tier 3 as 50 and more."""


@pytest.mark.parametrize(("verb", "most"), RATED)
def test_no_minute_sees_more_calls_than_slack_allows(verb: str, most: int) -> None:
    gateway = SlackGateway(client_of("http://127.0.0.1:1/api/", "xoxb-1", None))
    (budget,) = gateway.budgets(verb, Place(PlaceId("p"), VenueId("slack:T1"), "stage", ref="C1"), 5)
    # A call may go while it runs ahead of the steady rate by no more than the burst.
    assert (60 * SECOND + budget.burst) // budget.cost + 1 <= most


# -- entering ----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("rooms-adopted")
async def test_an_adopted_channel_tells_whether_it_is_private(office: Office) -> None:
    lobby = office.space.channel("lobby", members=[office.mira])
    secret = office.space.channel("secret", private=True, members=[office.mira, office.bot])
    assert await office.gateway.open(office.wanted("", ref=lobby.id)) == Opened(lobby.id, pace=12_000)
    assert await office.gateway.open(office.wanted("", ref=secret.id)) == Opened(secret.id, private=True, pace=12_000)
    assert office.asked("conversations.create") == []


# -- the bookmark ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("rooms-bookmark")
async def test_a_stage_has_one_bookmark_that_leads_to_the_menu(office: Office) -> None:
    place = office.wanted()
    office.world.faults.add({"method": "conversations.create", "cut": "after", "count": 1})
    with pytest.raises(Unclear):
        await office.gateway.open(place)
    for _ in range(2):
        opened = await office.gateway.open(place)
    (bookmark,) = office.room(opened).bookmarks.values()
    app = next(iter(office.world.apps.values()))
    link = f"https://{office.space.domain}.slack.com/app_redirect?app={app.id}&team={office.space.id}"
    assert (bookmark["title"], bookmark["link"]) == ("Sidestage", link)
    assert office.room(await office.gateway.open(office.wanted("q", kind="queue"))).bookmarks == {}


@pytest.mark.parametrize("method", ["bookmarks.list", "bookmarks.add", "bots.info"])
@pytest.mark.parametrize("fault", [{"error": "not_allowed"}, {"status": 500}, {"status": 429}], ids=str)
async def test_a_stage_without_a_bookmark_is_as_good(office: Office, method: str, fault: dict[str, Any]) -> None:
    office.world.faults.add({"method": method, "count": 1, **fault})
    opened = await office.gateway.open(office.wanted())
    assert office.room(opened).bookmarks == {}


# -- who is in ---------------------------------------------------------------------------------------------------------


@pytest.mark.shows("admission")
async def test_a_hundred_are_let_in_with_one_call(office: Office) -> None:
    place, people = await office.made(), office.people(100)
    assert office.gateway.party == 100
    assert await office.gateway.admit(place, [office.account(one) for one in people]) == {}
    assert {one.id for one in people} <= office.room(place).members
    assert len(office.asked("conversations.invite")) == 1


async def test_who_is_in_already_was_admitted(office: Office) -> None:
    place, (one, two, three) = await office.made(), office.people(3)
    assert await office.gateway.admit(place, [office.account(one)]) == {}
    accounts = [office.account(it) for it in (one, two, three, office.bot)]
    for _ in range(2):
        assert await office.gateway.admit(place, accounts) == {}
    assert {one.id, two.id, three.id} <= office.room(place).members


async def test_who_cannot_be_let_in_keeps_nobody_out(office: Office) -> None:
    place, (one, two) = await office.made(), office.people(2)
    nobody = AccountId(f"slack:{office.space.id}:U0NOBODY01")
    assert await office.gateway.admit(place, [office.account(one), nobody, office.account(two)]) == {
        nobody: "user_not_found"
    }
    assert {one.id, two.id} <= office.room(place).members
    assert await office.gateway.admit(place, [nobody]) == {nobody: "user_not_found"}
    assert len(office.asked("conversations.invite")) == 2


async def test_a_refusal_that_names_nobody_is_tracked_down(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    place, people = await office.made(), office.people(40)
    bad = {people[7].id, people[23].id}
    asked: list[int] = []

    async def invite(users: str, **_: Any) -> Any:
        asked.append(len(users.split(",")))
        refused = bad & set(users.split(","))
        return Answer({"ok": not refused, **({"error": "cant_invite"} if refused else {})})

    monkeypatch.setattr(office.gateway._client, "conversations_invite", refusing(invite))
    failed = await office.gateway.admit(place, [office.account(one) for one in people])
    assert failed == {office.account(people[7]): "cant_invite", office.account(people[23]): "cant_invite"}
    assert asked[0] == 40
    assert len(asked) < 30


@pytest.mark.shows("admission-refused")
@pytest.mark.parametrize(
    ("word", "told"), [("restricted_action", "an admin can allow it"), ("missing_scope", "lacks a scope")]
)
async def test_where_nobody_may_be_let_in_it_is_said_what_to_change(office: Office, word: str, told: str) -> None:
    place, people = await office.made(), [office.account(one) for one in office.people(3)]
    office.world.faults.add({"method": "conversations.invite", "error": word, "count": 1})
    with pytest.raises(Lacking, match=told):
        await office.gateway.admit(place, people)
    assert await office.gateway.admit(place, people) == {}, "nobody was turned away"


async def test_guests_and_people_who_left_keep_nobody_out(office: Office) -> None:
    place, (one,) = await office.made(), office.people(1)
    single, multi = office.space.user("single", guest="single"), office.space.user("multi", guest="multi")
    (gone := office.space.user("gone")).deleted = True
    everybody = [office.account(it) for it in (single, one, multi, gone)]
    assert await office.gateway.admit(place, everybody) == {
        office.account(single): "user_is_restricted",
        office.account(multi): "user_is_restricted",
        office.account(gone): "cant_invite",
    }
    assert one.id in office.room(place).members


async def test_a_workspace_that_leaves_rooms_to_its_admins_is_told_as_it_is(office: Office) -> None:
    place, account = await office.made(), office.account(office.mira)
    await office.gateway.admit(place, [account])
    ref = await office.gateway.post(place, CARD, nonce="n")
    office.space.only_admins |= {"create", "create_private", "invite", "kick", "pin", "archive"}
    with pytest.raises(Closed, match="does not let the bot make channels"):
        await office.gateway.open(office.wanted("other"))
    with pytest.raises(Lacking, match="does not let the bot add people"):
        await office.gateway.admit(place, [account])
    for attempt in (
        office.gateway.expel(place, account),
        office.gateway.pin(place, ref),
        office.gateway.archive(place),
    ):
        with pytest.raises(Lacking, match="an admin can allow it"):
            await attempt
    assert await office.gateway.post(place, CARD, nonce="n")


@pytest.mark.parametrize("word", ["channel_not_found", "is_archived", "not_in_channel"])
async def test_a_room_that_is_gone_is_closed(office: Office, word: str) -> None:
    place, (one,) = await office.made(), office.people(1)
    office.world.faults.add({"method": "conversations.*", "error": word, "count": 2})
    with pytest.raises(Closed):
        await office.gateway.admit(place, [office.account(one)])
    with pytest.raises(Closed):
        await office.gateway.set_topic(place, "x")


@pytest.mark.shows("leave", "block")
async def test_who_is_sent_away_is_out_and_once_more_is_no_trouble(office: Office) -> None:
    place, (one, two) = await office.made(), office.people(2)
    await office.gateway.admit(place, [office.account(one)])
    for gone in (one, one, two, office.bot):
        await office.gateway.expel(place, office.account(gone))
    await office.gateway.expel(place, AccountId(f"slack:{office.space.id}:U0NOBODY01"))
    assert office.room(place).members == {office.bot.id}
    office.world.faults.add({"method": "conversations.kick", "error": "restricted_action", "count": 1})
    with pytest.raises(Lacking, match="does not let the bot remove people"):
        await office.gateway.expel(place, office.account(one))


# -- topic, pins, put away ---------------------------------------------------------------------------------------------


@pytest.mark.shows("rooms-topic")
async def test_a_topic_is_set_once_and_fits(office: Office) -> None:
    place = await office.made()
    for _ in range(2):
        await office.gateway.set_topic(place, "Moderators only: attendees & guests\ncannot see <this> room")
    assert office.room(place).topic in (
        "Moderators only: attendees & guests cannot see <this> room",
        "Moderators only: attendees &amp; guests cannot see &lt;this&gt; room",
    )
    assert len(office.asked("conversations.setTopic")) == 1
    await office.gateway.set_topic(place, "x" * 400)
    assert len(office.room(place).topic) == limits.TOPIC
    office.world.faults.add({"method": "conversations.setTopic", "error": "restricted_action", "count": 1})
    with pytest.raises(Lacking, match="does not let the bot set topics"):
        await office.gateway.set_topic(place, "y")


@pytest.mark.parametrize("topic", ["", "short", "&" * 300, "<b>" * 200, "é" * 251])
def test_a_topic_is_as_long_as_slack_counts_it(topic: str) -> None:
    assert len(escape(fitting(topic))) <= 250
    assert bool(fitting(topic)) == bool(topic)


@pytest.mark.shows("pin")
async def test_pins_are_slacks_own_and_may_be_repeated(office: Office) -> None:
    place = await office.made()
    ref = await office.gateway.post(place, CARD, nonce="n")
    for _ in range(2):
        await office.gateway.pin(place, ref)
    assert office.room(place).messages[ref].pinned
    for _ in range(2):
        await office.gateway.unpin(place, ref)
    assert not office.room(place).messages[ref].pinned
    for change in (office.gateway.pin, office.gateway.unpin):
        with pytest.raises(Missing):
            await change(place, "1790000000.000100")
    office.world.faults.add({"method": "pins.add", "error": "too_many_pins", "count": 1})
    with pytest.raises(Rejected):
        await office.gateway.pin(place, ref)


@pytest.mark.shows("session-archive")
async def test_a_room_is_put_away_once(office: Office) -> None:
    place = await office.made()
    await office.gateway.archive(place)
    assert office.room(place).archived
    office.world.faults.add({"method": "conversations.archive", "error": "already_archived", "count": 1})
    await office.gateway.archive(place)
    office.world.faults.add({"method": "conversations.archive", "error": "restricted_action", "count": 1})
    with pytest.raises(Lacking, match="does not let the bot archive"):
        await office.gateway.archive(place)


async def test_a_place_without_a_channel_is_closed_for_everything(office: Office) -> None:
    place, account = office.wanted(), office.account(office.mira)
    tries: Iterable[Any] = (
        office.gateway.admit(place, [account]),
        office.gateway.expel(place, account),
        office.gateway.set_topic(place, "x"),
        office.gateway.pin(place, "1.0"),
        office.gateway.archive(place),
    )
    for attempt in tries:
        with pytest.raises(Closed):
            await attempt
    assert Place(PlaceId("d"), place.venue, "dm", person=PersonId("p")).ref is None
    assert Install("T1").site == ""


class Answer:
    """What slack_sdk hands over."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data, self.status_code, self.headers = data, 200, dict[str, str]()


def refusing(method: Any) -> Any:
    """The method, raising as slack_sdk does where ``ok`` is False."""

    async def asked(**arguments: Any) -> Any:
        answer = await method(**arguments)
        if not answer.data["ok"]:
            raise SlackApiError("refused", answer)
        return answer

    return asked


@pytest.mark.shows("rooms-lost")
@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("not_in_channel", "the bot is not in it. Invite it there"),
        ("is_archived", "it is archived"),
    ],
)
async def test_what_ends_a_room_is_told_in_words_that_say_what_to_do(office: Office, word: str, told: str) -> None:
    place = office.wanted()
    opened = await office.gateway.open(place)
    office.world.faults.add({"method": "chat.postMessage", "error": word, "count": 1})
    with pytest.raises(Closed) as closed:
        await office.gateway.post(replace(place, ref=opened.ref), say(Public(), "hello"), nonce="1")
    assert closed.value.reason == told


@pytest.mark.shows("rooms-lost")
@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("restricted_action", "the workspace does not let the bot write in the chat. An admin can allow it"),
        ("restricted_action_read_only_channel", "only some people may write in the chat. An admin can add the bot"),
        ("restricted_action_thread_only_channel", "only replies may be written in the chat. An admin can allow"),
    ],
)
async def test_what_admins_let_only_others_write_waits_and_ends_no_room(office: Office, word: str, told: str) -> None:
    place = office.wanted()
    there = replace(place, ref=(await office.gateway.open(place)).ref)
    office.world.faults.add({"method": "chat.postMessage", "error": word, "count": 2})
    with pytest.raises(Lacking) as lacking:
        await office.gateway.post(there, say(Public(), "hello"), nonce="1")
    assert lacking.value.reason.startswith(told)
    with pytest.raises(Closed):  # nobody's desk hears of a person's messages: they are told elsewhere
        await office.gateway.post(replace(there, kind="dm"), say(Public(), "hello"), nonce="2")


@pytest.mark.shows("rooms-lost")
async def test_a_card_in_an_archived_room_is_not_given_up(office: Office) -> None:
    """docs.slack.dev/reference/methods/chat.update: is_inactive"""
    place = office.wanted()
    there = replace(place, ref=(await office.gateway.open(place)).ref)
    card = await office.gateway.post(there, say(Public(), "hello"), nonce="1")
    office.space.channels[there.ref or ""].archived = True
    with pytest.raises(Closed) as closed:
        await office.gateway.edit(there, card, say(Public(), "hello again"))
    assert closed.value.reason == "it is archived"
