"""What moderators read of a room that Slack does not let the bot use, instead of Slack's own words."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from core.app.platform import Closed, Lacking, Rejected
from core.domain.surfaces import Place, PlaceKind

Got = TypeVar("Got")
Given = ParamSpec("Given")

NO_SCOPE = "the app lacks a scope; `sidestage check` names it. Add it to the app and install the app anew"
NOT_INVITED = "the bot is not in this private channel; invite it there"
WORDS = {
    "channel_is_archived": "it is archived",
    "is_archived": "it is archived",
    "is_inactive": "it is archived",
    "channel_not_found": "the bot cannot see it, or it was deleted. If it is there, invite the bot to it",
    "not_in_channel": "the bot is not in it. Invite it there",
}
"""Of refusals that end a room (docs.slack.dev/reference/methods/chat.postMessage, conversations.info)."""
KEPT_BY_ADMINS = {
    "restricted_action": "the workspace does not let the bot write in {room}. An admin can allow it in the channel's "
    "settings, under posting permissions",
    "restricted_action_read_only_channel": "only some people may write in {room}. An admin can add the bot to them in "
    "the channel's settings, under posting permissions",
    "restricted_action_thread_only_channel": "only replies may be written in {room}. An admin can allow messages in "
    "the channel's settings, under posting permissions",
}
"""What admins took and can give back (the same page): what is to be shown waits until they do."""
ROOMS: Mapping[PlaceKind, str] = {
    "stage": "the chat",
    "door": "the channel of the join card",
    "feed": "the feed",
    "queue": "the desk",
    "backchannel": "the backchannel",
}


def plainly(act: Callable[Given, Coroutine[Any, Any, Got]]) -> Callable[Given, Coroutine[Any, Any, Got]]:
    """The same call, with reasons that people can act on."""

    @wraps(act)
    async def told(*given: Given.args, **named: Given.kwargs) -> Got:
        try:
            return await act(*given, **named)
        except Closed as closed:
            room = next((ROOMS[it.kind] for it in given if isinstance(it, Place) and it.kind in ROOMS), "")
            if room and closed.reason in KEPT_BY_ADMINS:
                raise Lacking(KEPT_BY_ADMINS[closed.reason].format(room=room)) from None
            raise Closed(WORDS.get(closed.reason, closed.reason)) from None
        except Rejected as refused:
            if refused.reason == "missing_scope":
                raise Lacking(NO_SCOPE) from None
            raise

    return told
