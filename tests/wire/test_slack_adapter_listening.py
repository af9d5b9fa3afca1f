"""Lines in, gaps read back, connections that come and go: the listening half of the adapter against the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest

from adapters.slack import SlackSettings
from core.app import commands as c
from core.app.outcome import NOT_SAVED, Outcome
from core.app.platform import Unauthorized
from core.app.ports import StorageDown
from core.domain.ids import SECOND, SessionId
from core.domain.text import plain
from core.domain.view import Attendees, say
from tests.wire.test_slack_adapter_answers import ME, POLL, Answer, Bar, clock, until


@pytest.mark.shows("lines")
async def test_lines_edits_and_deletions_arrive_with_names() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        ref = await hands.write("keynote", "hello *all* @boss & <you> #random")
        await until(lambda: len(bar.commands) == 1)
        await hands.edit("keynote", ref, "hello you")
        await until(lambda: len(bar.commands) == 2)
        await hands.delete("keynote", ref)
        await until(lambda: len(bar.commands) == 3)
        posted, edited, deleted = bar.commands
        assert isinstance(posted, c.PostLine)
        assert plain(posted.body) == "hello all @boss & <you> #random"
        assert isinstance(edited, c.EditLine)
        assert plain(edited.body) == "hello you"
        assert isinstance(deleted, c.DeleteLine)
        assert {posted.ref, edited.ref, deleted.ref} == {ref}
        assert {one.actor.account for one in bar.commands} == {f"slack:{bar.space.id}:{bar.mira.id}"}
        assert posted.at <= edited.at <= deleted.at


async def test_nothing_of_our_own_comes_back() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        place = bar.place()
        ref = await bar.adapter.platform.post(place, POLL, nonce="n")
        await bar.adapter.platform.edit(place, ref, say(Attendees(SessionId("s")), "moved on"))
        await bar.adapter.platform.delete(place, ref)
        last = await hands.write("keynote", "a line")
        await until(lambda: bar.commands)
        assert [getattr(command, "ref", "") for command in bar.commands] == [last]


@pytest.mark.shows("connection-lost")
async def test_a_line_that_was_not_saved_is_brought_again() -> None:
    async with Bar.open() as bar:
        answers: Iterator[Answer] = iter([Outcome(say(ME, NOT_SAVED), done=False), StorageDown("gone")])
        bar.answers = lambda command: next(answers, Outcome())
        await (await bar.hands()).write("keynote", "a line")
        await until(lambda: len(bar.commands) >= 2, within=10)
        assert len({command.delivery for command in bar.commands}) == 1


@pytest.mark.shows("lines-away")
async def test_a_gap_is_read_back_in_order_with_edits_and_without_what_was_seen() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        first = await hands.write("keynote", "one")
        seen = await hands.write("keynote", "two")
        await until(lambda: len(bar.commands) == 2)
        await bar.adapter.close()
        bar.commands.clear()
        refs = [await hands.write("keynote", text) for text in ("three", "four", "five")]
        await hands.edit("keynote", refs[1], "four!")
        await hands.edit("keynote", first, "one!")
        await hands.delete("keynote", refs[2])
        bar.places = [bar.place(seen=seen)]
        adapter = bar.make()
        await adapter.start()
        bar.stack.push_async_callback(adapter.close)
        await until(lambda: len(bar.commands) == 4)
        shown = [(type(command).__name__, command.ref, plain(command.body)) for command in bar.commands]  # type: ignore[attr-defined]
        assert shown == [
            ("EditLine", first, "one!"),
            ("PostLine", refs[0], "three"),
            ("PostLine", refs[1], "four!"),
            ("EditLine", refs[1], "four!"),
        ]
        late = bar.commands[2]
        assert isinstance(late, c.PostLine)
        assert late.written < late.at
        assert await adapter.catch_up() == 4


async def test_a_room_that_was_taken_but_never_heard_is_read_from_then_on() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        await hands.write("keynote", "before")
        taken = clock()
        await until(lambda: clock() > taken + SECOND // 100)
        after = await hands.write("keynote", "after")
        await until(lambda: len(bar.commands) == 2)
        bar.commands.clear()
        bar.places = [bar.place(seen_at=taken)]
        assert await bar.adapter.catch_up() == 1
        assert [getattr(command, "ref", "") for command in bar.commands] == [after]
        bar.places = [bar.place()]
        assert await bar.adapter.catch_up() == 0


@pytest.mark.shows("lines-away")
async def test_a_new_connection_reads_back_what_the_old_one_missed() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        ref = await hands.write("keynote", "one")
        await until(lambda: bar.commands)
        bar.places = [bar.place(seen_at=1)]
        bar.commands.clear()
        assert bar.world.deliveries is not None
        for connections in bar.world.deliveries.connections.values():
            for connection in list(connections):
                await connection.close()
        await until(lambda: bar.commands)
        assert {getattr(command, "ref", "") for command in bar.commands} == {ref}
        assert (await hands.press("keynote", bar.card, "Vote A")).ok


async def test_dropped_deliveries_are_read_back_and_unknown_ones_acknowledged(caplog: pytest.LogCaptureFixture) -> None:
    async with Bar.open() as bar:
        ref = await (await bar.hands()).write("keynote", "one")
        await until(lambda: bar.commands)
        bar.commands.clear()
        bar.places = [bar.place(seen_at=1)]
        dispatch = bar.adapter._ingress.dispatch
        assert dispatch is not None
        canary = {"team_id": bar.space.id, "text": "c4n4ry"}
        for kind in ("app_rate_limited", "something_new"):
            answer = await dispatch(AsyncBoltRequest(mode="socket_mode", body={"type": kind, **canary}))
            assert (answer.status, answer.body) == (200, "")
        await until(lambda: len(bar.commands) == 3)
        reading, line, filled = bar.commands
        assert [getattr(one, "state", "") for one in (reading, line, filled)] == ["reading", "", "filled"]
        assert getattr(line, "ref", "") == ref
        assert "c4n4ry" not in caplog.text


async def test_a_bad_token_stops_the_start() -> None:
    async with Bar.open() as bar:
        for adapter in (bar.make(bot_token="xoxb-wrong"), bar.make(app_token="xapp-wrong")):
            with pytest.raises(Unauthorized):
                await adapter.start()
            await adapter.close()


async def test_one_auth_test_serves_a_whole_evening() -> None:
    async with Bar.open() as bar:
        hands = await bar.hands()
        for _ in range(5):
            await hands.press("keynote", bar.card, "Vote A")
            await hands.command("keynote", "/mod live")
        assert len(bar.asked("auth.test")) == 1
        assert len(bar.asked("users.info")) == 1


async def test_an_address_that_was_used_up_in_vain_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection breaks right after the handshake that uses the address up; a second try needs another."""
    monkeypatch.setattr("adapters.slack.sockets.PING_SECONDS", 0.1)
    connect = aiohttp.ClientSession.ws_connect
    broken: list[str] = []

    async def breaking(session: aiohttp.ClientSession, url: str, **options: Any) -> Any:
        socket = await connect(session, url, **options)
        if not broken:
            broken.append(url)
            await socket.close()
            raise ConnectionResetError("broken on purpose")
        return socket

    async with Bar.open() as bar:
        hands = await bar.hands()
        monkeypatch.setattr(aiohttp.ClientSession, "ws_connect", breaking)
        assert bar.world.deliveries is not None
        for connections in bar.world.deliveries.connections.values():
            for connection in list(connections):
                await connection.disconnect("refresh_requested")
        await until(lambda: broken)

        async def listening() -> bool:
            return (await hands.press("keynote", bar.card, "Vote A")).ok

        await until(listening, within=10)


def test_tokens_are_not_shown() -> None:
    assert "xoxb" not in repr(SlackSettings("xoxb-1", "xapp-1", "secret-1"))
    assert "xapp" not in repr(SlackSettings("xoxb-1", "xapp-1", "secret-1"))
    assert "secret-1" not in repr(SlackSettings("xoxb-1", "xapp-1", "secret-1"))
