"""People and channels by name, asked of Slack at most once in ten minutes each; a failure is an empty name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.allowance import Allowance
from adapters.slack.calls import call
from adapters.slack.identity import Install
from adapters.slack.reading import Names
from core.app.platform import Closed, PlatformTrouble, TooFast
from core.domain.ids import MINUTE, AccountId, Instant

LIFE = 10 * MINUTE
FAILED_LIFE = MINUTE // 6
PATIENCE = 1.0
"""Seconds that a person's answer may wait for a name; Slack wants it within three."""
HIDDEN = ("user_not_found", "user_not_visible")
MOST = 50_000
"""Entries kept; the oldest go first."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack tells of a user."""

    nick: str = ""
    avatar: str | None = None
    manages: bool = False
    team: str = ""
    """The workspace that the user is of, and the organisation of that one."""
    enterprise: str = ""
    bot: bool = False
    left: bool = False
    """The account is deactivated: nobody reads with it."""
    hidden: bool = False
    """Slack does not tell about this user: somebody of another company."""


class Cache(Generic[Found]):
    """Values by id, each asked for once at a time and kept for ten minutes."""

    def __init__(self, ask: Callable[[str], Awaitable[Found]], nothing: Found, clock: Callable[[], Instant]) -> None:
        self._ask, self._nothing, self._clock = ask, nothing, clock
        self._kept: dict[str, tuple[Instant, Found]] = {}
        self._asking: dict[str, asyncio.Task[Found]] = {}

    def known(self, ident: str) -> Found | None:
        until, value = self._kept.get(ident, (0, None))
        return value if until > self._clock() else None

    async def get(self, ident: str) -> Found:
        """The value, or nothing when Slack does not tell in time; what comes later is kept for the next one."""
        if (value := self.known(ident)) is not None:
            return value
        task = self._asking.get(ident)
        if task is None:
            task = self._asking[ident] = asyncio.create_task(self._fetch(ident))
        try:
            return await asyncio.wait_for(asyncio.shield(task), PATIENCE)
        except TimeoutError:
            return self._nothing

    async def _fetch(self, ident: str) -> Found:
        life = LIFE
        try:
            value = await self._ask(ident)
        except PlatformTrouble:
            value, life = self._nothing, FAILED_LIFE
        finally:
            self._asking.pop(ident, None)
        if len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)))
        self._kept[ident] = (Instant(self._clock() + life), value)
        return value

    async def close(self) -> None:
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)


class Directory:
    """Who is who in the workspace."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], Instant]) -> None:
        self._client, self._asking = client, Allowance(clock)
        self.people: Cache[Profile] = Cache(self._person, Profile(), clock)
        self.rooms: Cache[str] = Cache(self._room, "", clock)

    async def person(self, user: str, *, crowd: bool = False) -> Profile:
        """``crowd``: many come at once who can do without; they leave Slack's answers to the others."""
        if (known := self.people.known(user)) is not None:
            return known
        allowed = self._asking.take(crowd=True) if crowd else self._asking.count()
        return await self.people.get(user) if allowed else Profile()

    async def names(self, install: Install, people: Iterable[str], rooms: Iterable[str]) -> Names:
        """The names that one message takes, all asked for at the same time."""
        users, channels = list(people), list(rooms)
        profiles = await asyncio.gather(*(self.person(user) for user in users))
        labels = await asyncio.gather(*(self.rooms.get(ref) for ref in channels))
        return Names(
            install.home,
            {user: profile.nick for user, profile in zip(users, profiles, strict=True)},
            dict(zip(channels, labels, strict=True)),
            install.site,
        )

    async def close(self) -> None:
        await self.people.close()
        await self.rooms.close()

    async def _person(self, user: str) -> Profile:
        try:
            answer = await call(self._client.users_info, user=user, repeatable=True)
        except TooFast as slow:
            self._asking.hold(slow.seconds)
            raise
        except Closed as closed:
            if closed.reason not in HIDDEN:
                raise
            return Profile(hidden=True)
        return profile_of(answer.get("user"))

    async def _room(self, ref: str) -> str:
        answer = await call(self._client.conversations_info, channel=ref, repeatable=True)
        channel = answer.get("channel")
        return str(channel.get("name") or "") if isinstance(channel, dict) else ""


def profile_of(user: object) -> Profile:
    """From a user object (docs.slack.dev/reference/objects/user-object)."""
    told: Mapping[str, Any] = user if isinstance(user, dict) else {}
    shown: Mapping[str, Any] = told["profile"] if isinstance(told.get("profile"), dict) else {}
    grid: Mapping[str, Any] = told["enterprise_user"] if isinstance(told.get("enterprise_user"), dict) else {}
    names = (shown.get("display_name"), shown.get("real_name"), told.get("real_name"), told.get("name"))
    pictures = (shown.get("image_192"), shown.get("image_72"))
    return Profile(
        next((name for name in names if isinstance(name, str) and name.strip()), ""),
        next((url for url in pictures if isinstance(url, str) and url.startswith("https://")), None),
        any(told.get(name) is True for name in ("is_admin", "is_owner", "is_primary_owner")),
        str(told.get("team_id") or ""),
        str(grid.get("enterprise_id") or ""),
        # Slackbot is not told to be one.
        told.get("is_bot") is True or told.get("id") == "USLACKBOT",
        told.get("deleted") is True,
    )


def account_of(install: Install, user: str, profile: Profile) -> AccountId:
    """People of our organisation are at home there, whichever of its workspaces is theirs."""
    ours = profile.enterprise and profile.enterprise == install.enterprise
    return install.account(user, None if ours else profile.team)
