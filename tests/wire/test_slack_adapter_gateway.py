"""What a call to Slack came to: every failure by its meaning, nothing repeated, a lost post found again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from adapters.sandbox.slack import Running, SlackHands, World, start
from adapters.slack.calls import call, client_of, on_this_machine, retry_after, session_of
from adapters.slack.gateway import SlackGateway, same, words
from adapters.slack.identity import install_of
from adapters.slack.manifest import SCOPES
from core.app.platform import (
    Closed,
    Down,
    Lacking,
    Missing,
    Opened,
    PlatformTrouble,
    Rejected,
    TooFast,
    Unauthorized,
    Unclear,
)
from core.domain.ids import SECOND, AccountId, Instant, PersonId, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.text import Jump, Link, doc
from core.domain.view import (
    Attendees,
    Bundle,
    Buttons,
    Card,
    Choice,
    Choices,
    Heading,
    JumpButton,
    Note,
    Quote,
    Speech,
    Words,
)

HERE = Attendees(SessionId("s"))
CARD = Card(HERE, (Heading("Which topic first?"), Note("Poll · open")))


def line(*words: Any, author: str = "Mira K.") -> Speech:
    return Speech(author, "Discord", "https://cdn.example/a.png", doc(*words), HERE)


class Desk:
    """A gateway, a channel that it is in, and the stand-in behind it."""

    def __init__(self, world: World, running: Running, gateway: SlackGateway) -> None:
        self.world, self.running, self.gateway = world, running, gateway
        self.space = next(iter(world.workspaces.values()))
        self.room = self.space.find_channel("keynote", self.space.find_user("mira"))
        self.place = Place(PlaceId("p"), VenueId(f"slack:{self.space.id}"), "stage", SessionId("s"), ref=self.room.id)

    async def post(self, content: Any = CARD) -> str:
        return await self.gateway.post(self.place, content, nonce="n")

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [dict(one.arguments) for one in self.world.requests if one.method == method]


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    world = World()
    space = world.workspace("Acme")
    mira = space.user("mira")
    install = space.install(scopes=SCOPES)
    space.channel("keynote", members=[mira, install.bot])
    running = await start(world)
    async with session_of() as session:
        client = client_of(running.api_url, install.bot_token, session)
        gateway = SlackGateway(client)
        gateway.install = install_of(await call(client.auth_test))
        yield Desk(world, running, gateway)
    await running.close()
    assert not [(one.method, one.violations) for one in world.requests if one.violations]


@pytest.mark.shows("lines", "lines-as-typed")
async def test_a_line_is_posted_under_its_authors_name_and_calls_nobody(desk: Desk) -> None:
    ref = await desk.post(line("hello <!here> @channel *you*"))
    (sent,) = desk.asked("chat.postMessage")
    assert sent["username"] == "Mira K. · Discord"
    assert sent["icon_url"] == "https://cdn.example/a.png"
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert sent["text"] == "hello &lt;!here&gt; @channel *you*"
    assert not {"parse", "link_names"} & set(sent)
    kept = desk.room.messages[ref]
    assert kept.blocks[0]["elements"][0]["elements"] == [{"type": "text", "text": "hello <!here> @channel *you*"}]


@pytest.mark.shows("lines")
async def test_an_edit_and_a_deletion_reach_the_message(desk: Desk) -> None:
    ref = await desk.post()
    await desk.gateway.edit(desk.place, ref, Card(HERE, (Heading("Which topic first?"), Note("Poll · ended"))))
    assert "Poll · ended" in desk.room.messages[ref].text
    await desk.gateway.delete(desk.place, ref)
    assert ref not in desk.room.messages
    with pytest.raises(Missing):
        await desk.gateway.delete(desk.place, ref)
    with pytest.raises(Missing):
        await desk.gateway.edit(desk.place, ref, CARD)


@pytest.mark.shows("lost-answers")
@pytest.mark.parametrize(
    ("fault", "posting", "editing"),
    [
        ({"status": 429, "retry_after": 7}, TooFast, TooFast),
        ({"status": 500}, Unclear, Down),
        ({"status": 502, "body": "<html>bad gateway</html>"}, Unclear, Down),
        ({"status": 503}, Unclear, Down),
        ({"status": 200, "body": "<html>hello</html>"}, Unclear, Down),
        ({"status": 200, "body": ""}, Unclear, Down),
        ({"cut": "before"}, Unclear, Down),
        ({"cut": "after"}, Unclear, Down),
        ({"error": "fatal_error"}, Unclear, Down),
        ({"error": "internal_error"}, Unclear, Down),
        ({"error": "service_unavailable"}, Down, Down),
        ({"error": "ratelimited"}, TooFast, TooFast),
        ({"error": "channel_not_found"}, Closed, Closed),
        ({"error": "not_in_channel"}, Closed, Closed),
        ({"error": "is_archived"}, Closed, Closed),
        ({"error": "message_not_found"}, Missing, Missing),
        ({"error": "invalid_blocks"}, Rejected, Rejected),
        ({"error": "msg_too_long"}, Rejected, Rejected),
        ({"error": "missing_scope"}, Lacking, Lacking),
        ({"error": "something_new"}, Rejected, Rejected),
        ({"error": "invalid_auth"}, Unauthorized, Unauthorized),
        ({"error": "token_revoked"}, Unauthorized, Unauthorized),
        ({"error": "account_inactive"}, Unauthorized, Unauthorized),
        ({"status": 401}, Unauthorized, Unauthorized),
    ],
    ids=str,
)
async def test_every_failure_says_what_it_means(
    desk: Desk, fault: dict[str, Any], posting: type[PlatformTrouble], editing: type[PlatformTrouble]
) -> None:
    desk.world.faults.add({"method": "chat.*", "count": 2, **fault})
    with pytest.raises(PlatformTrouble) as post:
        await desk.post()
    with pytest.raises(PlatformTrouble) as edit:
        await desk.gateway.edit(desk.place, "1790000000.000100", CARD)
    assert (type(post.value), type(edit.value)) == (posting, editing)
    assert "html" not in post.value.reason
    # Nothing was repeated: both failures are used up, and nothing else was sent.
    assert [rule.count for rule in desk.world.faults.rules] == [0]
    assert len(desk.room.messages) == (1 if fault.get("cut") == "after" else 0)


async def test_too_fast_says_for_how_long_and_for_what(desk: Desk) -> None:
    desk.world.faults.add({"method": "chat.postMessage", "status": 429, "retry_after": 7})
    with pytest.raises(TooFast) as trouble:
        await desk.post()
    assert trouble.value.seconds == 7
    assert trouble.value.budget in {budget.name for budget in desk.gateway.budgets("post", desk.place, 5)}


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("7", 7), ("0.3", 0.3), (" 2 ", 2), ("0", 0), ("99999", 3600)]
    + [(odd, 30) for odd in (None, "", "abc", "-1", "nan", "inf", "Mon, 23 Nov 2026 15:16:00 GMT")],
)
def test_how_long_to_wait_is_read_whatever_it_says(told: str | None, seconds: float) -> None:
    assert retry_after(told) == seconds


async def test_nobody_there_means_certainly_not_done(desk: Desk) -> None:
    async with session_of() as session:
        gateway = SlackGateway(client_of("http://127.0.0.1:1/api/", "xoxb-1", session))
        with pytest.raises(Down):
            await gateway.post(desk.place, CARD, nonce="n")


async def test_an_answer_that_ends_early_is_unclear(desk: Desk) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"ok": tr')
        assert request.transport is not None
        request.transport.abort()
        return response

    app = web.Application()
    app.router.add_post("/api/{method}", half)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with session_of() as session:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
            with pytest.raises(Unclear):
                await SlackGateway(client_of(url, "xoxb-1", session)).post(desk.place, CARD, nonce="n")
    finally:
        await runner.cleanup()


@pytest.mark.shows("lost-answers")
async def test_a_lost_post_is_found_by_its_words_and_name(desk: Desk) -> None:
    since = Instant(int((desk.world.clock.now() - 5) * SECOND))
    wanted = line("see ", Link("https://example.org/a"), " 🎉 now & then")
    await desk.post(line("something else"))
    await desk.post(line("see https://example.org/a 🎉 now & then", author="Jon B."))
    desk.world.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
    with pytest.raises(Unclear):
        await desk.post(wanted)
    first, second = await desk.post(wanted), await desk.post()
    found = await desk.gateway.like(desk.place, wanted, since)
    assert len(found) == 2
    assert found[1] == first
    assert found == sorted(found)
    assert await desk.gateway.like(desk.place, CARD, since) == [second]
    assert len(await desk.gateway.like(desk.place, None, since)) == 5
    assert await desk.gateway.like(desk.place, wanted, Instant(since + 60 * SECOND)) == []


@pytest.mark.shows("lost-answers", "replies")
async def test_a_lost_reply_in_a_thread_is_found_there(desk: Desk) -> None:
    since = Instant(int((desk.world.clock.now() - 5) * SECOND))
    head = await desk.post()
    answer = replace(line("yes"), quote=Quote("Jon B.", "Is it on?", desk.room.id, head), likes=2)
    await desk.gateway.post(desk.place, line("no"), nonce="n", parent=head)
    desk.world.faults.add({"method": "chat.postMessage", "cut": "after", "count": 1})
    with pytest.raises(Unclear):
        await desk.gateway.post(desk.place, answer, nonce="n", parent=head)
    (found,) = await desk.gateway.like(desk.place, replace(answer, likes=3), since)
    assert desk.room.messages[found].thread_ts == head
    assert desk.room.messages[found].text == "yes\n2 likes from elsewhere"
    assert await desk.gateway.like(desk.place, answer, since, parent=head) == [found]
    assert len(await desk.gateway.like(desk.place, None, since)) == 3
    assert len(await desk.gateway.like(desk.place, None, since, parent=head)) == 3


async def test_a_line_quotes_what_it_answers_only_where_it_stands_in_no_thread(desk: Desk) -> None:
    head = await desk.post()
    answer = replace(line("yes"), quote=Quote("Jon B.", "Is it on?", desk.room.id, head))
    alone, threaded = await desk.post(answer), await desk.gateway.post(desk.place, answer, nonce="n", parent=head)
    link = f"https://{desk.space.domain}.slack.com/archives/{desk.room.id}/p{head.replace('.', '')}"
    assert desk.room.messages[alone].text == f"In reply to <{link}|Jon B.>: Is it on?\nyes"
    assert desk.room.messages[threaded].text == "yes"
    await desk.gateway.edit(desk.place, threaded, replace(answer, body=doc("yes!")), parent=head)
    await desk.gateway.edit(desk.place, alone, replace(answer, body=doc("yes!")))
    assert desk.room.messages[threaded].text == "yes!"
    assert desk.room.messages[alone].text.endswith("Is it on?\nyes!")


@pytest.mark.shows("replies")
async def test_a_reply_to_a_reply_stands_under_the_head_of_the_thread(desk: Desk) -> None:
    async with SlackHands(desk.running.base_url, "mira") as mira:
        head = await mira.write("keynote", "Is it on?")
        reply = await mira.write("keynote", "Hello?", reply_to=head)
        for parent in (reply, reply, head):
            ref = await desk.gateway.post(desk.place, line("yes"), nonce="n", parent=parent)
            assert desk.room.messages[ref].thread_ts == head
        again = await desk.gateway.post(desk.place, line("and yes"), nonce="n", parent=ref)
        assert desk.room.messages[again].thread_ts == head
    assert len(desk.asked("conversations.replies")) == 2


async def test_a_reply_to_what_is_gone_stands_in_the_room_with_its_quote(desk: Desk) -> None:
    answer = replace(line("yes"), quote=Quote("Jon B.", "Is it on?"))
    ref = await desk.gateway.post(desk.place, answer, nonce="n", parent="1790000000.000100")
    assert desk.room.messages[ref].thread_ts is None
    assert desk.room.messages[ref].text == "In reply to Jon B.: Is it on?\nyes"


@pytest.mark.parametrize("word", ["cannot_reply_to_message", "restricted_action_non_threadable_channel"])
async def test_where_no_thread_may_be_a_reply_stands_in_the_room_once(desk: Desk, word: str) -> None:
    head = await desk.post()
    desk.world.faults.add({"method": "chat.postMessage", "error": word, "count": 1})
    ref = await desk.gateway.post(desk.place, line("yes"), nonce="n", parent=head)
    assert desk.room.messages[ref].thread_ts is None
    assert len([one for one in desk.room.messages.values() if one.text == "yes"]) == 1


async def test_a_thread_that_cannot_be_looked_at_now_delays_the_reply_alone(desk: Desk) -> None:
    async with SlackHands(desk.running.base_url, "mira") as mira:
        head = await mira.write("keynote", "Is it on?")
    desk.world.faults.add({"method": "conversations.replies", "status": 429, "retry_after": 7, "count": 1})
    with pytest.raises(TooFast) as slow:
        await desk.gateway.post(desk.place, line("yes"), nonce="n", parent=head)
    assert slow.value.budget.endswith(":conversations.replies")
    assert desk.asked("chat.postMessage") == []


async def test_what_leads_to_a_message_leads_to_this_workspaces(desk: Desk) -> None:
    ref = await desk.post()
    buttons = Buttons((JumpButton("Go to message", desk.room.id, ref), JumpButton("Open the stage", desk.room.id)))
    card = await desk.post(
        Card(HERE, (Heading("Pinned"), Words(doc("See ", Jump(desk.room.id, ref, "this line"))), buttons))
    )
    site = f"https://{desk.space.domain}.slack.com/archives/{desk.room.id}"
    blocks = desk.room.messages[card].blocks
    assert f"<{site}/p{ref.replace('.', '')}|this line>" in blocks[1]["text"]["text"]
    assert [it["url"] for it in blocks[2]["elements"]] == [f"{site}/p{ref.replace('.', '')}", site]


async def test_only_our_own_messages_are_like_ours(desk: Desk) -> None:
    async with SlackHands(desk.running.base_url, "mira") as mira:
        await mira.write("keynote", "Which topic first?")
    assert await desk.gateway.like(desk.place, CARD, Instant(0)) == []


async def test_many_pages_of_history_are_read_oldest_first(desk: Desk) -> None:
    refs = [await desk.post(line(f"line {number}")) for number in range(205)]
    assert await desk.gateway.like(desk.place, None, Instant(0)) == refs
    assert len(desk.asked("conversations.history")) == 2


async def test_a_look_up_takes_one_call_so_that_a_spent_allowance_cannot_starve_it(desk: Desk) -> None:
    ref = await desk.post(line("line"))
    assert await desk.gateway.like(desk.place, line("line"), Instant(0)) == [ref]
    assert len(desk.asked("conversations.history")) == 1


def test_a_card_is_known_by_its_first_line_and_a_line_by_every_word() -> None:
    moved = Card(HERE, (Heading("Which topic first?"), Choices((Choice("A", "x", None, "3"),))))
    message = {"text": "Which topic first?\nPoll · open"}
    assert same(message, moved)
    assert not same({"text": "Which topic last?"}, moved)
    assert not same({"text": "hello"}, line("hello"))
    assert same({"text": "hello", "username": "Mira K. · Discord"}, line("hello"))
    assert not same({"text": "hello", "username": "Mira K. · Discord"}, line("hello there"))
    assert not same({"username": "Mira K. · Discord"}, line("hello"))
    assert words("<https://a.example|label> :tada: x &amp; y") == ("label", "x", "y")
    bundle = Bundle((line("one"), line("two")), HERE)
    assert same({"text": "Chat from Discord, 2 lines\nMira K.: one\nMira K.: two"}, bundle)


async def test_a_public_channel_is_joined_and_a_private_one_is_not(desk: Desk) -> None:
    mira = desk.space.find_user("mira")
    lobby, secret = (
        desk.space.channel("lobby", members=[mira]),
        desk.space.channel("secret", private=True, members=[mira]),
    )
    assert await desk.gateway.open(replace(desk.place, ref=lobby.id)) == Opened(lobby.id, pace=12_000)
    assert desk.space.installs[0].bot.id in lobby.members
    assert await desk.gateway.open(desk.place) == Opened(desk.room.id, pace=12_000)
    for ref in (secret.id, "C0NOWHERE1", None):
        with pytest.raises(Closed):
            await desk.gateway.open(replace(desk.place, ref=ref))
    lobby.archived = True
    with pytest.raises(Closed):
        await desk.gateway.open(replace(desk.place, ref=lobby.id))


async def test_a_direct_message_reaches_the_account(desk: Desk) -> None:
    mira = desk.space.find_user("mira")
    account = AccountId(f"slack:{desk.space.id}:{mira.id}")
    place = Place(PlaceId("d"), desk.place.venue, "dm", person=PersonId("p"), account=account)
    ref = (await desk.gateway.open(place)).ref
    await desk.gateway.post(replace(place, ref=ref), CARD, nonce="n")
    assert desk.space.channels[ref].members == {mira.id, desk.space.installs[0].bot.id}
    with pytest.raises(Closed):
        await desk.gateway.open(replace(place, account=AccountId(f"slack:{desk.space.id}:U0NOBODY01")))
    with pytest.raises(Closed):
        await desk.gateway.post(place, CARD, nonce="n")


def test_budgets_are_slacks_own() -> None:
    gateway = SlackGateway(client_of("http://127.0.0.1:1/api/", "xoxb-1", None))
    here = Place(PlaceId("p"), VenueId("slack:T1"), "stage", ref="C1")
    there = replace(here, id=PlaceId("q"), ref="C2")
    posts = [gateway.budgets("post", place, 5) for place in (here, there)]
    assert [[budget.cost for budget in budgets] for budgets in posts] == [[1_000_000, 200_000]] * 2
    assert posts[0][0].name != posts[1][0].name
    assert posts[0][1].name == posts[1][1].name
    urgent, quiet = gateway.budgets("edit", here, 3)[0], gateway.budgets("edit", there, 9)[0]
    assert (urgent.name, urgent.cost, urgent.burst) == (quiet.name, 1_200_000, 6_000_000)
    assert quiet.burst == 0
    assert gateway.together(here) == 1_000_000
    names = {gateway.budgets(verb, here, 5)[0].name for verb in ("edit", "delete", "read")}
    assert len(names) == 3


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert client_of("http://127.0.0.1:1/api/", None, None).proxy is None
    assert client_of("https://slack.example/api/", None, None).proxy == "http://proxy.example:3128"
    assert [on_this_machine(url) for url in ("http://localhost/", "http://[::1]/", "http://10.0.0.1/")] == [
        True,
        True,
        False,
    ]
