"""``python -m adapters.sandbox PLAN``: both stand-in servers in one process, until it is told to stop.

PLAN is a JSON file: who is there, which channels, how the bot is installed. The first line printed is JSON too: the
addresses and tokens that a bot needs.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from adapters.sandbox import discord, slack
from adapters.sandbox.discord.permissions import BOT, MENTION_EVERYONE


def slack_world(plan: dict[str, Any]) -> tuple[slack.World, dict[str, str]]:
    """One workspace with the app installed; ``record`` and ``rates`` as in the plan."""
    world = slack.World(rates=plan.get("rates", True), record=plan.get("record", "full"))
    workspace = world.workspace(plan["workspace"])
    people = [
        workspace.user(it["name"], admin=it.get("admin", False), guest=it.get("guest", "")) for it in plan["people"]
    ]
    for name in plan["channels"]:
        workspace.channel(name, members=people)
    install = workspace.install(
        scopes=plan["scopes"],
        events=plan["events"],
        commands=plan["commands"],
        shortcuts=plan.get("shortcuts"),
        hints=plan.get("hints"),
        mode=plan.get("mode", "socket"),
        request_url=plan.get("request_url", ""),
    )
    tokens = {
        "bot_token": install.bot_token,
        "app_token": install.app.app_token,
        "signing_secret": install.app.signing_secret,
    }
    return world, tokens


def discord_world(plan: dict[str, Any]) -> tuple[discord.World, dict[str, str]]:
    """One server with the bot invited."""
    world = discord.World(rates=plan.get("rates", True), record=plan.get("record", "full"))
    owner = plan["people"][0]["name"]
    guild = world.guild(plan["server"], world.user(f"{owner.lower()}-owner"))
    for it in plan["people"]:
        world.join(world.user(it["name"].lower(), it["name"]), guild, manage=it.get("manages", False))
    for name in plan["channels"]:
        world.channel(name, guild)
    application = world.application("Sidestage", allow=BOT | MENTION_EVERYONE)
    return world, {"token": application.token}


async def serve(plan: dict[str, Any]) -> None:
    host = plan.get("host", "127.0.0.1")
    (slack_is, slack_tokens), (discord_is, discord_tokens) = slack_world(plan["slack"]), discord_world(plan["discord"])
    one = await slack.start(slack_is, host, plan["slack"].get("port", 0))
    other = await discord.start(discord_is, host, plan["discord"].get("port", 0))
    where = {
        "slack": {"base_url": one.base_url, "api_url": one.api_url} | slack_tokens,
        "discord": {"base_url": other.url, "api_url": other.api_url, "gateway_url": other.gateway_url} | discord_tokens,
    }
    print(json.dumps(where), flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await one.close()
    await other.close()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(Path(sys.argv[1]).read_text())))
