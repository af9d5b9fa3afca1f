"""Pictures on their way into messages: drawn, uploaded once, named by their file in image blocks.

A file takes a moment until blocks may name it; until then a message with it is refused (``invalid_blocks``) and nothing
of it was posted. Whatever goes wrong leaves the words in the picture's place.
https://docs.slack.dev/messaging/working-with-files, .../composition-objects/slack-file-object
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from adapters.slack import limits
from adapters.slack.allowance import SharedAllowance, Turns
from adapters.slack.calls import call, on_this_machine, word
from adapters.slack.objects import Rendered
from core.app.platform import Down, Draw, PlatformTrouble, Rejected, TooFast
from core.domain.drawing import Drawing
from core.domain.text import shorten
from core.domain.view import Card, Content, Picture

log = structlog.get_logger()

DELETE = "files.delete"
STEPS = GET_URL, COMPLETE = "files.getUploadURLExternal", "files.completeUploadExternal"
NAME, TITLE, TITLE_LENGTH = "results.png", "Results", 100
SECONDS = 6.0
"""For all pictures of a message together, drawn and uploaded; a lane's lease lasts 15 s."""
PAUSES = (0.0, 1.0, 2.0)
"""Before each try to name a file: a room takes one message a second."""
UNREADY = frozenset({"file_not_found", "invalid_blocks"})
MOST = 10
"""Pictures of one message."""
REMEMBERED = 200
AGAIN_AFTER = 300.0
"""Seconds without an upload after Slack said that the app may not."""

Files = Mapping[Drawing, str]
"""The ids of the files that show drawings."""
Send = Callable[[Rendered, Collection[str]], Awaitable[Mapping[str, Any]]]
"""Sends a message; refusals by these words are answers too."""


def pictured(content: Content) -> list[Picture]:
    """The pictures of a card, each once."""
    if not isinstance(content, Card):
        return []
    return list({it.drawing: it for it in content.parts if isinstance(it, Picture)}.values())[:MOST]


class Pictures:
    """Uploaded under the app's own name and in no channel: only the messages that name a file show it."""

    def __init__(
        self, client: AsyncWebClient, draw: Draw, allowances: Sequence[SharedAllowance], deletions: Turns
    ) -> None:
        """``allowances``: of the first and of the last step of an upload."""
        self._client, self._draw = client, draw
        self._allowances, self._deletions = allowances, deletions
        self._files: dict[Drawing, str] = {}
        """The newest last."""
        self._shown: dict[tuple[str, str], frozenset[str]] = {}
        """The files of messages, the newest last: those that no message names any more are deleted."""
        self._given: set[str] = set()
        """Files that may be shown where we do not know it, such as in private answers: never deleted."""
        self._going: Counter[str] = Counter()
        """Files of messages that are being sent."""
        self._deleting: set[asyncio.Task[None]] = set()
        self._under_way: dict[Drawing, asyncio.Task[str]] = {}
        self._not_before = 0.0

    async def close(self) -> None:
        for task in (tasks := [*self._under_way.values(), *self._deleting]):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def files(self, content: Content, *, crowd: bool = False) -> Files:
        """Those that can be had in time; who waits no longer leaves an upload to be used by the next."""
        wanted = pictured(content)
        if not wanted:
            return {}
        tasks = {it.drawing: self._begun(it, crowd) for it in wanted}
        await asyncio.wait(tasks.values(), timeout=SECONDS)
        return {
            it: task.result() for it, task in tasks.items() if task.done() and not task.cancelled() and task.result()
        }

    async def give(self, content: Content) -> Files:
        """For a private answer, of which a crowd may want one each."""
        files = await self.files(content, crowd=True)
        self._given.update(files.values())
        return files

    def shows(self, channel: str, ref: str, files: Iterable[str]) -> None:
        """A message names these files from now on; what it named before is deleted unless others name it."""
        before = self._shown.pop((channel, ref), frozenset())
        if now := frozenset(files):
            self._shown[channel, ref] = now
        while len(self._shown) > REMEMBERED:
            self._given |= self._shown.pop(next(iter(self._shown)))
        named = self._given.union(*self._shown.values())
        for file in before - named - {one for one, number in self._going.items() if number > 0}:
            self._files = {drawing: one for drawing, one in self._files.items() if one != file}
            task = asyncio.create_task(self._delete(file))
            self._deleting.add(task)
            task.add_done_callback(self._deleting.discard)

    async def _delete(self, file: str) -> None:
        """What cannot be deleted now stays: nothing shows it."""
        try:
            await self._deletions.turn()
            await call(self._client.files_delete, file=file, repeatable=True, budget=DELETE)
        except PlatformTrouble as trouble:
            log.info("slack: a picture that nothing shows could not be deleted", why=trouble.reason)

    async def send(
        self, channel: str, content: Content, shown: Callable[[Files], Rendered], send: Send
    ) -> Mapping[str, Any]:
        """With the pictures as soon as Slack takes them, else in words."""
        files = await self.files(content)
        self._going.update(files.values())
        try:
            answer, shows = await self._tried(files, shown, send)
        except PlatformTrouble:
            # Whether it was done may be unknown.
            self._given.update(files.values())
            raise
        finally:
            self._going.subtract(files.values())
        if ref := word(answer, "ts"):
            self.shows(channel, ref, shows.values())
        return answer

    async def _tried(
        self, files: Files, shown: Callable[[Files], Rendered], send: Send
    ) -> tuple[Mapping[str, Any], Files]:
        """Slack's answer, and the files that the message names."""
        for pause in PAUSES if files else ():
            await asyncio.sleep(pause)
            answer = await send(shown(files), UNREADY)
            if word(answer, "error") not in UNREADY:
                return answer, files
        if files:
            log.warning("slack: pictures were refused, their words are shown")
            self.forget(files)
        return await send(shown({}), ()), {}

    def forget(self, files: Files) -> None:
        """They may be deleted: next time they are uploaded anew."""
        for drawing in files:
            self._files.pop(drawing, None)

    def _begun(self, picture: Picture, crowd: bool) -> asyncio.Task[str]:
        drawing = picture.drawing
        if (task := self._under_way.get(drawing)) is None:
            task = self._under_way[drawing] = asyncio.create_task(self._file(picture, crowd))
            task.add_done_callback(lambda _: self._under_way.pop(drawing, None))
        return task

    async def _file(self, picture: Picture, crowd: bool) -> str:
        """Nothing where there is none."""
        if known := self._files.get(picture.drawing):
            return known
        if asyncio.get_running_loop().time() < self._not_before:
            return ""
        data = await self._draw(picture.drawing)
        if data is None:
            return ""
        try:
            made = await self._uploaded(picture, data, crowd)
        except PlatformTrouble as trouble:
            log.warning("slack: a picture was not uploaded, its words are shown", why=trouble.reason)
            if isinstance(trouble, Rejected):
                self._not_before = asyncio.get_running_loop().time() + AGAIN_AFTER
            return ""
        if made:
            self._files[picture.drawing] = made
            while len(self._files) > REMEMBERED:
                del self._files[next(iter(self._files))]
        return made

    async def _uploaded(self, picture: Picture, data: bytes, crowd: bool) -> str:
        first, last = self._allowances
        alt = shorten(picture.alt, limits.ALT_TEXT)
        given = await _within(
            first,
            crowd,
            lambda: call(
                self._client.files_getUploadURLExternal,
                filename=NAME,
                length=len(data),
                alt_txt=alt or None,
                repeatable=True,
                budget=GET_URL,
            ),
        )
        file, address = word(given, "file_id"), word(given, "upload_url")
        if not file or not address:
            return ""
        await self._put(address, data)
        title = shorten(picture.drawing.title, TITLE_LENGTH) or TITLE
        done = await _within(
            last,
            crowd,
            lambda: call(
                self._client.files_completeUploadExternal,
                files=[{"id": file, "title": title}],
                repeatable=True,
                budget=COMPLETE,
            ),
        )
        return file if done else ""

    async def _put(self, address: str, data: bytes) -> None:
        """The address itself is the right to write there: no token goes along."""
        session = self._client.session
        if session is None or (URL(address).scheme != "https" and not on_this_machine(address)):
            raise Down("an address that is none")
        proxy = None if on_this_machine(address) else self._client.proxy
        headers = {"Content-Type": "application/octet-stream"}
        try:
            async with session.post(address, data=data, headers=headers, proxy=proxy, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise Down(f"status {answer.status}")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            raise Down(type(failure).__name__) from None


async def _within(
    allowance: SharedAllowance, crowd: bool, attempt: Callable[[], Awaitable[Mapping[str, Any]]]
) -> Mapping[str, Any]:
    """Nothing where the allowance is spent: nobody waits for a picture."""
    if not await allowance.ask(crowd=crowd):
        return {}
    try:
        return await attempt()
    except TooFast as slow:
        allowance.hold(slow.seconds)
        raise
