"""One person of the stand-in Slack, over HTTP; sees and does what that person could in the app."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiohttp
import orjson

from adapters.sandbox.hands import Answered, Control, Entry, Image, Link, Post, Room, Sheet

Json = dict[str, Any]
POLL = 0.02
"""Seconds between two looks while waiting for something to appear."""


class SlackHands:
    """Implements the ``Hands`` protocol; ``user`` is a handle, or ``Workspace/handle``."""

    def __init__(self, base_url: str, user: str, *, session: aiohttp.ClientSession | None = None) -> None:
        self.user = user
        self._base = base_url.rstrip("/")
        self._session, self._own = session, session is None

    async def aclose(self) -> None:
        if self._own and self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> SlackHands:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _do(self, verb: str, **body: Any) -> Json:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        data = orjson.dumps({"user": self.user, **body})
        async with self._session.post(f"{self._base}/sandbox/hands/{verb}", data=data) as response:
            answer = orjson.loads(await response.read())
        if response.status == 404:
            raise LookupError(answer["error"])
        if response.status != 200:
            raise RuntimeError(f"the stand-in answered {response.status}: {answer}")
        return dict(answer)

    async def look(self, channel: str, *, last: int | None = None) -> Sequence[Post]:
        """What this person sees, all or the last few; ``@bot`` is the DM with the app, ``@home`` its App Home."""
        return [post(one) for one in (await self._do("look", channel=channel, last=last))["posts"]]

    async def image(self, image: Image) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.get(image.url, raise_for_status=True) as answer:
            return await answer.read()

    async def write(self, channel: str, text: str, *, reply_to: str | None = None, broadcast: bool = False) -> str:
        """Send a line; a reply may be sent to the channel as well (``broadcast``)."""
        body = {"text": text, "reply_to": reply_to, "broadcast": broadcast}
        return str((await self._do("write", channel=channel, **body))["id"])

    async def edit(self, channel: str, post: str, text: str) -> None:
        await self._do("edit", channel=channel, post=post, text=text)

    async def delete(self, channel: str, post: str) -> None:
        await self._do("delete", channel=channel, post=post)

    async def command(self, channel: str, line: str, *, thread: str | None = None, wait: float = 0.0) -> Answered:
        return answered(await self._do("command", channel=channel, line=line, thread=thread, wait=wait))

    async def press(self, channel: str, post: str, label: str, *, wait: float = 0.0) -> Answered:
        """Press; with ``wait`` stay up to so many seconds for a private message or a form."""
        return answered(await self._do("press", channel=channel, post=post, label=label, wait=wait))

    async def choose(
        self, channel: str, post: str, label: str, options: Sequence[str], *, wait: float = 0.0
    ) -> Answered:
        body = {"channel": channel, "post": post, "label": label, "options": list(options)}
        return answered(await self._do("choose", **body, wait=wait))

    async def fill(self, values: Mapping[str, str | Sequence[str]], *, wait: float = 0.0) -> Answered:
        return answered(await self._do("fill", values=_plain(values), wait=wait))

    async def close(self) -> None:
        await self._do("close")

    # -- beyond the protocol ------------------------------------------------------------------------------------

    async def enter(self, channel: str, post: str, values: Mapping[str, str | Sequence[str]]) -> None:
        """Type into the input blocks of a message without sending anything; a press sends them along."""
        await self._do("enter", channel=channel, post=post, values=_plain(values))

    async def shortcut(self, channel: str, post: str, name: str, *, wait: float = 0.0) -> Answered:
        """Use an entry of the message's menu."""
        return answered(await self._do("shortcut", channel=channel, post=post, name=name, wait=wait))

    async def anywhere(self, name: str, *, wait: float = 0.0) -> Answered:
        """Use a global shortcut."""
        return answered(await self._do("anywhere", name=name, wait=wait))

    async def react(self, channel: str, post: str, emoji: str, *, remove: bool = False) -> None:
        await self._do("react", channel=channel, post=post, emoji=emoji, remove=remove)

    async def upload(self, channel: str, name: str, data: bytes, text: str = "", *, reply_to: str | None = None) -> str:
        body = {"name": name, "data": base64.b64encode(data).decode(), "text": text, "reply_to": reply_to}
        return str((await self._do("upload", channel=channel, **body))["id"])

    async def channels(self) -> Sequence[Room]:
        return [Room(**one) for one in (await self._do("channels"))["channels"]]

    async def members(self, channel: str) -> Sequence[str]:
        """The shown names of those who are in it."""
        return list((await self._do("members", channel=channel))["members"])

    async def topic(self, channel: str) -> str:
        return str((await self._do("topic", channel=channel))["topic"])

    async def set_topic(self, channel: str, text: str) -> None:
        await self._do("topic", channel=channel, text=text)

    async def pins(self, channel: str) -> Sequence[Post]:
        return [post(one) for one in (await self._do("pins", channel=channel))["posts"]]

    async def pin(self, channel: str, post: str, *, remove: bool = False) -> None:
        await self._do("pin", channel=channel, post=post, remove=remove)

    async def bookmarks(self, channel: str) -> Sequence[Link]:
        return [Link(one["label"], one["url"]) for one in (await self._do("bookmarks", channel=channel))["bookmarks"]]

    async def create(self, name: str, *, private: bool = False) -> str:
        return str((await self._do("create", name=name, private=private))["id"])

    async def join(self, channel: str) -> None:
        await self._do("join", channel=channel)

    async def leave(self, channel: str) -> None:
        await self._do("leave", channel=channel)

    async def invite(self, channel: str, who: str, *, integration: bool = False) -> None:
        """Bring in a person, ``@bot`` or ``Workspace/name``; ``integration`` adds an app by the channel's settings."""
        await self._do("invite", channel=channel, who=who, integration=integration)

    async def kick(self, channel: str, who: str) -> None:
        await self._do("kick", channel=channel, who=who)

    async def archive(self, channel: str, *, undo: bool = False) -> None:
        """Archive; bots fall out of the channel and stay out when it is brought back (``undo``)."""
        await self._do("archive", channel=channel, undo=undo)

    async def rename(self, channel: str, name: str) -> None:
        await self._do("rename", channel=channel, name=name)

    async def convert(self, channel: str, *, private: bool) -> None:
        """An admin makes the channel public or private."""
        await self._do("convert", channel=channel, private=private)

    async def share(self, channel: str, company: str | None = None, *, undo: bool = False) -> None:
        """Open the channel to another company: a workspace of this world by name, or one that nobody plays."""
        await self._do("share", channel=channel, company=company, undo=undo)

    async def delete_channel(self, channel: str) -> None:
        """An admin deletes the channel with everything in it."""
        await self._do("delete_channel", channel=channel)

    async def deactivate(self, who: str) -> None:
        """An admin ends somebody's account."""
        await self._do("deactivate", who=who)

    async def uninstall(self) -> None:
        """Remove the app from the workspace."""
        await self._do("uninstall")

    async def home(self, tab: str = "home") -> Sequence[Post]:
        """Open the App Home (``home`` or ``messages``); look at ``@home`` afterwards for what was then published."""
        return [post(one) for one in (await self._do("home", tab=tab))["posts"]]

    async def sheet(self) -> Sheet | None:
        """The form that is open now."""
        found = (await self._do("sheet"))["sheet"]
        return None if found is None else sheet(found)

    async def reload(self) -> None:
        """Restart the app: private messages and forms are gone."""
        await self._do("reload")

    async def settle(
        self, channel: str, predicate: Callable[[Sequence[Post]], object], within: float = 5.0
    ) -> Sequence[Post]:
        """Look until the predicate holds; otherwise AssertionError with what was seen."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            posts = await self.look(channel)
            if predicate(posts):
                return posts
            if asyncio.get_running_loop().time() > deadline:
                seen = "\n".join(f"{one.author}: {one.text!r} {[c.label for c in one.controls]}" for one in posts)
                raise AssertionError(f"not so within {within} s; {self.user} sees in {channel}:\n{seen or '(nothing)'}")
            await asyncio.sleep(POLL)


def _plain(values: Mapping[str, str | Sequence[str]]) -> Json:
    return {name: one if isinstance(one, str) else list(one) for name, one in values.items()}


def post(body: Json) -> Post:
    controls = tuple(
        Control(one["label"], one["kind"], tuple(one["options"]), one["url"], one["disabled"])
        for one in body["controls"]
    )
    links = tuple(
        Link(one["label"], one["url"], tuple(one["post"]) if one["post"] else None) for one in body.get("links", ())
    )
    reactions = {emoji: tuple(names) for emoji, names in body.get("reactions", {}).items()}
    more = {"links": links, "quotes": tuple(body.get("quotes", ())), "reactions": reactions}
    more["images"] = tuple(Image(one["alt"], one["url"]) for one in body.get("images", ()))
    return Post(**(body | {"controls": controls} | more))


def sheet(body: Json) -> Sheet:
    entries = tuple(
        Entry(
            one["label"],
            one["kind"],
            one["value"] if isinstance(one["value"], str) else tuple(one["value"]),
            tuple(one["options"]),
            one["required"],
            one["error"],
        )
        for one in body["entries"]
    )
    return Sheet(body["title"], entries, body["text"], body["submit"])


def answered(body: Json) -> Answered:
    form = body.get("sheet")
    return Answered(
        body["ok"],
        body["milliseconds"],
        body["error"],
        tuple(post(one) for one in body["private"]),
        None if form is None else sheet(form),
    )
