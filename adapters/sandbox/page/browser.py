"""A Chromium without a window, led over its own debugging socket: opens the page, clicks, types, takes pictures.

Clicks and keys go in as a mouse's and a keyboard's would, so what is covered or switched off cannot be pressed.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

Json = dict[str, Any]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 30.0
WITHIN = 10.0
LOOK_AGAIN = 0.03


def found() -> str | None:
    """The Chromium of this machine, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Missing(RuntimeError):
    """There is no Chromium here."""


class Browser:
    """One process with a profile of its own; use it with ``async with``."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._listeners: list[Callable[[Json], None]] = []

    async def __aenter__(self) -> Browser:
        program = found()
        if program is None:
            raise Missing(f"install one of {', '.join(NAMES)}")
        self._folder = tempfile.TemporaryDirectory(prefix="sidestage-browser-", ignore_cleanup_errors=True)
        arguments = [
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={self._folder.name}",
            "--no-first-run",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            "--lang=en-US",
        ]
        if os.geteuid() == 0:
            # Chromium's own cage cannot be built by root.
            arguments.append("--no-sandbox")
        self._process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"LANG": "en_US.UTF-8", "LANGUAGE": "en_US"},
        )
        try:
            address = await asyncio.wait_for(self._address(), START_SECONDS)
            self._session = aiohttp.ClientSession()
            self._socket = await self._session.ws_connect(address, max_msg_size=0)
        except BaseException:
            await self._end()
            raise
        self._drain = asyncio.ensure_future(self._errors())
        self._reader = asyncio.ensure_future(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await self._session.close()
        await self._end()
        for task in (self._reader, self._drain):
            task.cancel()
        await asyncio.gather(self._reader, self._drain, return_exceptions=True)
        self._folder.cleanup()

    async def _end(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _address(self) -> str:
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            if hit := re.search(rb"DevTools listening on (ws://\S+)", line):
                return hit[1].decode()
        raise Missing("Chromium ended before it listened")

    async def _errors(self) -> None:
        """Its complaints are read and forgotten, so that the pipe is never full."""
        assert self._process.stderr is not None
        while await self._process.stderr.read(1 << 16):
            pass

    async def _read(self) -> None:
        async for message in self._socket:
            told: Json = json.loads(message.data)
            waiting = self._answers.pop(told.get("id", 0), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(told)
            for listener in self._listeners:
                listener(told)

    async def call(self, method: str, session: str | None = None, **params: Any) -> Json:
        number = next(self._ids)
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        body: Json = {"id": number, "method": method, "params": params}
        await self._socket.send_str(json.dumps(body if session is None else body | {"sessionId": session}))
        told = await asyncio.wait_for(future, START_SECONDS)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']['message']}")
        result: Json = told["result"]
        return result

    async def open(
        self, url: str, *, width: int = 1280, height: int = 800, scale: float = 1, dark: bool = False, zone: str = ""
    ) -> Tab:
        """A new tab of that size with the page loaded in it."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        tab = Tab(self, session)
        self._listeners.append(tab.hear)
        for domain in ("Page", "Runtime", "Log"):
            await tab.call(f"{domain}.enable")
        await tab.size(width, height, scale)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await tab.call("Emulation.setEmulatedMedia", features=[scheme])
        if zone:
            await tab.call("Emulation.setTimezoneOverride", timezoneId=zone)
        await tab.go(url)
        return tab


class Tab:
    """One page; every wait ends with ``AssertionError`` and what was seen instead."""

    def __init__(self, browser: Browser, session: str) -> None:
        self.browser, self.session = browser, session
        self.complaints: list[str] = []
        """What the page's own scripts broke at, and what its policy kept out."""

    def hear(self, told: Json) -> None:
        if told.get("sessionId") != self.session:
            return
        params = told.get("params", {})
        if told.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(str(details.get("exception", {}).get("description") or details["text"]))
        elif told.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    async def call(self, method: str, **params: Any) -> Json:
        return await self.browser.call(method, self.session, **params)

    async def size(self, width: int, height: int, scale: float = 1) -> None:
        phone = width < 640
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=phone
        )

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def js(self, expression: str) -> Any:
        """The value of an expression; a promise is waited for."""
        told = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in told:
            details = told["exceptionDetails"]
            raise AssertionError(str(details.get("exception", {}).get("description") or details["text"]))
        return told["result"].get("value")

    async def until(self, expression: str, within: float = WITHIN) -> Any:
        """Wait until the expression is true, and return it."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            value = await self.js(expression)
            # A node has no value of its own: it comes as an empty object, and is there.
            if value not in (None, False, 0, ""):
                return value
            if asyncio.get_running_loop().time() > deadline:
                seen = await self.js("document.body.innerText.slice(0, 4000)")
                raise AssertionError(f"not so within {within} s: {expression}\n{self.complaints}\n{seen}")
            await asyncio.sleep(LOOK_AGAIN)

    async def click(self, find: str, within: float = WITHIN) -> None:
        """Click the middle of what the JavaScript expression finds, once it can be reached there."""
        reach = f"""(() => {{
            const node = {find};
            if (!node) return null;
            node.scrollIntoView({{block: "nearest", inline: "nearest"}});
            const box = node.getBoundingClientRect();
            const x = box.x + box.width / 2, y = box.y + box.height / 2;
            const top = document.elementFromPoint(x, y);
            return top && (node.contains(top) || top.contains(node)) && !node.disabled ? {{x, y}} : null;
        }})()"""
        at = await self.until(reach, within)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = "none" if kind == "mouseMoved" else "left"
            await self.call("Input.dispatchMouseEvent", type=kind, x=at["x"], y=at["y"], button=button, clickCount=1)

    async def type(self, text: str) -> None:
        """Type into what has the focus."""
        await self.call("Input.insertText", text=text)

    async def key(self, name: str, code: int, modifiers: int = 0) -> None:
        """One key by its name, for example ("Enter", 13)."""
        more: Json = {"text": "\r"} if name == "Enter" else {}
        common = {"key": name, "code": name, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **common, **more)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    async def picture(self, path: Path, clip: Json | None = None) -> None:
        """A PNG of the window, or of the part that ``clip`` (x, y, width, height) names, seen or not."""
        params: Json = {"format": "png"}
        if clip is not None:
            params |= {"clip": clip | {"scale": 1}, "captureBeyondViewport": True}
        shot = await self.call("Page.captureScreenshot", **params)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))
