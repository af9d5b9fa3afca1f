"""``python -m adapters.sandbox.page.picture CARD.json OUT.png``: one card as its reader's screen would show it.

CARD.json is a message in the platform's own JSON, a list of blocks or components, or a Slack view.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from adapters.sandbox.page.browser import Browser, Missing
from adapters.sandbox.page.server import Page, start


async def draw(
    cards: list[tuple[Any, Path]],
    platform: str,
    *,
    width: int = 360,
    scale: float = 2,
    dark: bool = False,
    zone: str = "UTC",
) -> list[dict[str, float]]:
    """Draw each card into its file; returns their sizes in CSS pixels. Raises what the drawing broke at."""
    page = Page({})
    running = await start(page)
    sizes = []
    try:
        async with Browser() as browser:
            for card, out in cards:
                page.card = card
                url = f"{running.url}card?platform={platform}"
                tab = await browser.open(url, width=width, height=800, scale=scale, dark=dark, zone=zone)
                await tab.until("document.body.dataset.drawn")
                if tab.complaints:
                    raise AssertionError("\n".join(tab.complaints))
                box = await tab.js(
                    "(({width, height}) => ({width, height}))(document.querySelector('#card').getBoundingClientRect())"
                )
                await tab.picture(out, {"x": 0, "y": 0, **box})
                sizes.append(box)
    finally:
        await running.close()
    return sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("card", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=360)
    parser.add_argument("--platform", choices=("slack", "discord"), default="slack")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--scale", type=float, default=2)
    parser.add_argument("--zone", default="UTC", help="the reader's timezone")
    told = parser.parse_args()
    try:
        sizes = asyncio.run(
            draw(
                [(json.loads(told.card.read_text()), told.out)],
                told.platform,
                width=told.width,
                scale=told.scale,
                dark=told.dark,
                zone=told.zone,
            )
        )
    except (Missing, AssertionError) as trouble:
        sys.exit(str(trouble))
    print(f"{told.out}: {sizes[0]['width']:.0f} × {sizes[0]['height']:.0f}")


if __name__ == "__main__":
    main()
