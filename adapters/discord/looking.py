"""Looking for a post whose answer was lost: page by page back from the newest, and never from the beginning again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord import limits
from adapters.discord.calls import Calls

Json = dict[str, Any]

MESSAGES = "/channels/{channel_id}/messages"
AT_ONCE = 50
"""So many unfinished look-ups are remembered: one a room is under way at most, and what is given up is pushed out."""


@dataclass(slots=True)
class _Back:
    found: list[Json] = field(default_factory=list)
    """Newest first."""
    before: str = ""
    done: bool = False


class Looking:
    """A look-up that is refused between two pages goes on behind the pages it has when it is asked for again.

    Begun anew each time, one of many pages would never end while a channel's allowance is short. What was written since
    its first page is not missed: what is looked for was posted before.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._unfinished: dict[tuple[str, str], _Back] = {}

    async def back_to(self, channel: str, since: str, most: int) -> Sequence[Json]:
        """The newest messages of a channel, newest first, back to an id: what was just posted is found however many
        people talk meanwhile."""
        back = self._unfinished.setdefault((channel, since), _Back())
        while not back.done and len(back.found) < most:
            await self._page(back, channel, since, most)
        return back.found

    def over(self, channel: str, since: str) -> None:
        """What was found is known now."""
        self._unfinished.pop((channel, since), None)
        for old in list(self._unfinished)[:-AT_ONCE]:
            del self._unfinished[old]

    async def _page(self, back: _Back, channel: str, since: str, most: int) -> None:
        params: Json = {"limit": min(limits.HISTORY_PAGE, most - len(back.found))}
        if back.before:
            params = {**params, "before": back.before}
        page = await self._calls.get(MESSAGES, params=params, channel_id=channel)
        ordered = sorted(page, key=lambda message: int(message["id"]), reverse=True)
        newer = [message for message in ordered if int(message["id"]) > int(since)]
        back.found.extend(newer)
        back.done = len(newer) < limits.HISTORY_PAGE
        if newer:
            back.before = str(newer[-1]["id"])
