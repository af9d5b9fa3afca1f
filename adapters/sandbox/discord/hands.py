"""One person on the stand-in Discord, over its control address; the client half of ``adapters.sandbox.hands.Hands``."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import aiohttp

from adapters.sandbox.hands import Answered, Control, Entry, Image, Link, Post, Room, Sheet

_ERRORS: dict[int, type[Exception]] = {403: PermissionError, 404: LookupError}


class DiscordHands:
    """``base_url`` is the server's address (``Running.url``), ``user`` a username, display name or id."""

    def __init__(self, base_url: str, user: str, *, session: aiohttp.ClientSession | None = None) -> None:
        self.user = user
        self._base = base_url.rstrip("/")
        self._own = session is None
        self._session = session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        if self._own and self._session is not None:
            await self._session.close()
            self._session = None

    async def _send(self, verb: str, **body: Any) -> Any:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(f"{self._base}/sandbox/{verb}", json={"user": self.user, **body}) as response:
            shown = await response.json()
            if response.status != 200:
                raise _ERRORS.get(response.status, ValueError)(shown["error"])
            return shown

    async def look(self, channel: str) -> Sequence[Post]:
        shown = await self._send("look", name=channel)
        return [_post(each) for each in shown["result"]]

    async def settle(
        self, channel: str, predicate: Callable[[Sequence[Post]], Any], within: float = 5.0
    ) -> Sequence[Post]:
        """Look again and again until the predicate holds; an AssertionError tells what was seen last."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        wait = 0.01
        while True:
            seen = await self.look(channel)
            if predicate(seen):
                return seen
            if loop.time() > end:
                words = "\n".join(
                    f"- {each.author}: {each.text!r} {[one.label for one in each.controls]}" for each in seen
                )
                raise AssertionError(f"after {within} s {self.user} sees in {channel}:\n{words or '(nothing)'}")
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, 0.1)

    async def image(self, image: Image) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.get(image.url, raise_for_status=True) as answer:
            return await answer.read()

    async def write(self, channel: str, text: str, *, reply_to: str | None = None) -> str:
        shown = await self._send("write", name=channel, text=text, reply_to=reply_to)
        return str(shown["result"])

    async def edit(self, channel: str, post: str, text: str) -> None:
        await self._send("edit", name=channel, post=post, text=text)

    async def delete(self, channel: str, post: str) -> None:
        await self._send("delete", name=channel, post=post)

    async def react(self, channel: str, post: str, emoji: str, *, remove: bool = False) -> None:
        await self._send("react", name=channel, post=post, emoji=emoji, on=not remove)

    async def upload(self, channel: str, name: str, data: bytes, text: str = "", *, reply_to: str | None = None) -> str:
        body = {"file": name, "data": base64.b64encode(data).decode(), "text": text, "reply_to": reply_to}
        return str((await self._send("upload", name=channel, **body))["result"])

    async def channels(self) -> Sequence[Room]:
        """The channels in this person's list; one that may not be viewed is not in it."""
        return [Room(**each) for each in (await self._send("rooms"))["result"]]

    async def pins(self, channel: str) -> Sequence[Post]:
        return [_post(each) for each in (await self._send("pins", name=channel))["result"]]

    async def pin(self, channel: str, post: str, *, remove: bool = False) -> None:
        await self._send("pin", name=channel, post=post, remove=remove)

    async def topic(self, channel: str) -> str:
        return str((await self._send("topic", name=channel))["result"])

    async def set_topic(self, channel: str, text: str) -> None:
        await self._send("topic", name=channel, text=text)

    async def rename(self, channel: str, name: str) -> None:
        await self._send("rename", name=channel, text=name)

    async def convert(self, channel: str, *, private: bool) -> None:
        """Switch "Private Channel" on or off."""
        await self._send("convert", name=channel, private=private)

    async def create(self, name: str, *, kind: str = "text", private: bool = False) -> str:
        """Create Channel in the server's menu, for who may manage channels; returns its id."""
        return str((await self._send("make_channel", text=name, kind=kind, private=private))["result"])

    async def delete_channel(self, channel: str) -> None:
        await self._send("delete_channel", name=channel)

    async def voice(self, channel: str | None, *, deafened: bool = False, muted: bool = False) -> None:
        """Enter a voice or stage channel, change in it, or leave it (None)."""
        await self._send("voice", name=channel, deafened=deafened, muted=muted)

    async def reload(self) -> None:
        """Start the client again: private messages are gone."""
        await self._send("reload")

    async def command(self, channel: str, line: str) -> Answered:
        return _answered(await self._send("command", name=channel, line=line))

    async def suggest(self, channel: str, line: str, option: str, typed: str = "") -> Sequence[str]:
        """The names that the bot suggests while ``option`` of the command is typed."""
        shown = await self._send("complete", name=channel, line=line, option=option, values={option: typed})
        if not shown["ok"]:
            raise ValueError(shown["error"])
        return [str(each["name"]) for each in shown["choices"]]

    async def complete(self, channel: str, line: str, option: str) -> Sequence[str]:
        """What is suggested while this person types in that option of the line; RuntimeError when nothing came."""
        shown = await self._send("complete", name=channel, line=line, option=option)
        if not shown["ok"]:
            raise RuntimeError(shown["error"])
        return [each["name"] for each in shown["choices"]]

    async def start_thread(self, channel: str, title: str, *, post: str | None = None, private: bool = False) -> str:
        """From a message, or alone; returns the thread's id."""
        shown = await self._send("start_thread", name=channel, title=title, post=post, private=private)
        return str(shown["result"])

    async def bring(self, thread: str, whom: str) -> None:
        await self._send("bring", name=thread, whom=whom)

    async def archive(self, thread: str, *, archived: bool = True, locked: bool | None = None) -> None:
        await self._send("archive", name=thread, archived=archived, locked=locked)

    async def direct_messages(self, *, on: bool) -> None:
        """Privacy settings: whether members of the server, and their bots, may write to me."""
        await self._send("direct_messages", on=on)

    async def menu(self, channel: str, post: str, label: str) -> Answered:
        """Use a message command: Apps › label."""
        return _answered(await self._send("menu", name=channel, post=post, label=label))

    async def shortcut(self, channel: str, post: str, name: str) -> Answered:
        """The same by the name that it has on Slack."""
        return await self.menu(channel, post, name)

    async def press(self, channel: str, post: str, label: str) -> Answered:
        return _answered(await self._send("press", name=channel, post=post, label=label))

    async def choose(self, channel: str, post: str, label: str, options: Sequence[str]) -> Answered:
        return _answered(await self._send("choose", name=channel, post=post, label=label, options=list(options)))

    async def fill(self, values: Mapping[str, str | Sequence[str]]) -> Answered:
        plain = {key: value if isinstance(value, str) else list(value) for key, value in values.items()}
        return _answered(await self._send("fill", values=plain))

    async def close(self) -> None:
        await self._send("close")


def _post(shown: dict[str, Any]) -> Post:
    controls = tuple(
        Control(
            each["label"], each["kind"], tuple(each.get("options", ())), each.get("url"), each.get("disabled", False)
        )
        for each in shown["controls"]
    )
    links = tuple(
        Link(each["label"], each["url"], (each["post"][0], each["post"][1]) if each["post"] else None)
        for each in shown["links"]
    )
    reactions = {emoji: tuple(people) for emoji, people in shown["reactions"].items()}
    more = {"controls": controls, "links": links, "quotes": tuple(shown["quotes"]), "reactions": reactions}
    more["images"] = tuple(Image(each["alt"], each["url"]) for each in shown["images"])
    return Post(**{**shown, **more})


def _sheet(shown: dict[str, Any] | None) -> Sheet | None:
    if shown is None:
        return None
    entries = tuple(
        Entry(
            each["label"],
            each["kind"],
            tuple(each["value"]) if isinstance(each["value"], list) else each["value"],
            tuple(each["options"]),
            each["required"],
            each["error"],
        )
        for each in shown["entries"]
    )
    return Sheet(shown["title"], entries, shown["text"], shown["submit"])


def _answered(shown: dict[str, Any]) -> Answered:
    private = tuple(_post(each) for each in shown["private"])
    return Answered(shown["ok"], shown["milliseconds"], shown.get("error"), private, _sheet(shown.get("sheet")))
