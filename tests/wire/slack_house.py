"""A Slack workspace with a stage, a backchannel and a door, the adapter in either mode, and a core that says what a
test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from adapters.sandbox.slack import start
from adapters.slack import SlackAdapter, SlackSettings
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUTS
from adapters.web import server
from core.app import commands as c
from core.domain.ids import PersonId, PlaceId, SessionId, VenueId
from core.domain.surfaces import Place
from core.domain.view import OnlyPerson
from tests.wire.test_slack_adapter_answers import POLL, Bar, clock, until

Mode = Literal["socket", "http"]
MODES: tuple[Mode, ...] = ("socket", "http")
ME = OnlyPerson(PersonId("p"))


class House(Bar):
    """``back`` is a private room that only the team may read; ``hall`` one that everybody may."""

    def __init__(self, mode: Mode = "socket") -> None:
        super().__init__()
        self.mode = mode
        self.space.installs.clear()
        shortcuts = {**SHORTCUTS, "Dance": "dance"}
        self.install = self.space.install(
            scopes=SCOPES, events=EVENTS, commands=["/stage", "/mod"], shortcuts=shortcuts, mode=mode
        )
        self.room.members.add(self.install.bot.id)
        self.back = self.space.channel("back", private=True, members=[self.boss, self.install.bot])
        self.guarded: list[Place] = []

    @classmethod
    @asynccontextmanager
    async def of(cls, mode: Mode, *, rates: bool = False, guarded: bool = False) -> AsyncIterator[House]:
        """``guarded``: the backchannel is watched, and its first look is over."""
        house = cls(mode)
        house.world.rates = rates
        house.guarded = [house.backchannel()] if guarded else []
        async with house.stack:
            house.running = await start(house.world)
            house.stack.push_async_callback(house.running.close)
            app = house.install.app
            settings = SlackSettings(
                house.install.bot_token, app.app_token, app.signing_secret, mode, house.running.api_url
            )
            house.adapter = SlackAdapter(
                settings, house.submit, house.rooms, clock, watched=house.watched, taken=house.taken
            )
            web = await server.serve("127.0.0.1", 0, house.adapter.routes(), _healthy)
            house.stack.push_async_callback(web.close)
            app.request_url = f"http://127.0.0.1:{web.port}/slack/events"
            await house.adapter.start()
            house.stack.push_async_callback(house.adapter.close)
            if guarded:
                await until(house.reports)
                house.commands.clear()
            house.card = await house.adapter.platform.post(house.place(), POLL, nonce="n")
            yield house
        assert not [(one.method, one.violations) for one in house.world.requests if one.violations]

    def backchannel(self) -> Place:
        venue = VenueId(f"slack:{self.space.id}")
        return Place(PlaceId("b"), venue, "backchannel", SessionId("s"), ref=self.back.id, private=True)

    async def watched(self) -> Sequence[Place]:
        return self.guarded

    async def taken(self, venue: VenueId) -> Collection[str]:
        assert venue == f"slack:{self.space.id}"
        return {self.room.id, self.back.id}

    def reports(self) -> list[c.ReportRoom]:
        return [one for one in self.commands if isinstance(one, c.ReportRoom)]

    def of_kind(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.commands if isinstance(one, kind)]


async def _healthy() -> dict[str, object]:
    return {"ok": True}
