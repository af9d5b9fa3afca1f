"""Channels that the bot makes: one for a place, whatever happened to the answer, under a name that Slack takes.

Making is the one call about rooms that may not be repeated blindly: after a lost answer the name is taken, and the
channel that has it is looked at before another one is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import limits, naming
from adapters.slack.calls import call, entries, part, word
from core.app.platform import Closed, Opened, Rejected
from core.domain.ids import SECOND, PlaceId
from core.domain.surfaces import Place

BAD_NAME = frozenset(
    {"invalid_name", "invalid_name_maxlength", "invalid_name_punctuation", "invalid_name_specials"}
    | {"invalid_name_required", "no_channel"}
)
TAKEN = "name_taken"
NOT_ALLOWED = frozenset(
    {"restricted_action", "user_is_restricted", "user_is_ultra_restricted", "cannot_create_channel"}
)
CLOCKS = 2 * SECOND
"""``created`` is in whole seconds of Slack's clock, ``wanted_at`` of ours."""
PAGES = 25


class Maker:
    """Makes the channels of one workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._passed: dict[PlaceId, int] = {}
        """How many names of a place somebody else has: a call refused as too fast does not begin anew."""

    async def make(self, place: Place, taken: Collection[str], bot_user: str) -> Opened:
        """A channel of the place's name, or the one whose making got no answer."""
        groups = naming.names(place)
        every = [name for group in groups for name in group]
        looked = False
        number = 0
        for group in groups:
            end = number + len(group)
            for name in group[max(self._passed.get(place.id, 0) - number, 0) :]:
                answer = await self._create(place, name)
                if not (refused := word(answer, "error")):
                    return self._done(place, _opened(part(answer, "channel"), place))
                if refused == TAKEN and not looked:
                    looked = True
                    if ours := await self._ours(place, every, taken, bot_user):
                        return self._done(place, ours)
                if refused in BAD_NAME:
                    break
                self._passed[place.id] = number + group.index(name) + 1
            number = end
            self._passed[place.id] = max(self._passed.get(place.id, 0), end)
        self._passed.pop(place.id, None)
        raise Closed(f"every name like #{every[0]} is taken; {_instead(place)}")

    def _done(self, place: Place, opened: Opened) -> Opened:
        self._passed.pop(place.id, None)
        return opened

    async def _create(self, place: Place, name: str) -> Mapping[str, Any]:
        try:
            return await call(
                self._client.conversations_create,
                budget=f"{place.venue}:conversations.create",
                fine=BAD_NAME | {TAKEN},
                name=name,
                is_private=place.private,
            )
        except (Closed, Rejected) as refused:
            if refused.reason in NOT_ALLOWED:
                raise Closed(f"the workspace does not let the bot make channels; {_instead(place)}") from None
            if refused.reason == "missing_scope":
                lacking = f"the app may not make {'private ' if place.private else ''}channels"
                raise Closed(f"{lacking}; `sidestage check` says how to allow it, or {_instead(place)}") from None
            raise Closed(f"Slack does not make the channel ({refused.reason}); {_instead(place)}") from None

    async def _ours(self, place: Place, names: Sequence[str], taken: Collection[str], bot_user: str) -> Opened | None:
        """The channel that we made for this place and were not told of, by the first of its names."""
        since = (place.wanted_at - CLOCKS) // SECOND
        found: dict[str, Mapping[str, Any]] = {}
        for channel in await self._mine():
            created = channel.get("created")
            if (
                word(channel, "creator") == bot_user
                and isinstance(created, int)
                and created >= since
                and (channel.get("is_private") is True) == place.private
                and word(channel, "id") not in taken
            ):
                found.setdefault(word(channel, "name"), channel)
        return next((_opened(found[name], place) for name in names if name in found), None)

    async def _mine(self) -> Sequence[Mapping[str, Any]]:
        """The channels that the bot is in and that are not archived."""
        found: list[Mapping[str, Any]] = []
        cursor: str | None = None
        for _ in range(PAGES):
            answer = await call(
                self._client.users_conversations,
                repeatable=True,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=limits.HISTORY_PAGE,
                cursor=cursor,
            )
            found += entries(answer, "channels")
            cursor = word(answer.get("response_metadata"), "next_cursor")
            if not cursor:
                break
        return found


def _opened(channel: Mapping[str, Any], place: Place) -> Opened:
    if not (ref := word(channel, "id")):
        raise Closed("Slack did not tell which channel it made")
    private = channel.get("is_private") is True if "is_private" in channel else place.private
    return Opened(ref, private=private, pace=limits.INVITE_PACE)


def _instead(place: Place) -> str:
    return f"make one, invite the bot and write `/mod room {place.kind}` there"
