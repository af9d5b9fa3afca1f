"""Whole durable votes by Slack's socket and Discord's gateway beside the plain libraries' buttons that do nothing."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sandbox.discord import interactions, messages
from adapters.sandbox.discord.model import Interaction
from tests.bench import load
from tests.bench.crowd import Crowd, fill
from tests.bench.processes import started
from tests.bench.rows import Row
from tests.bench.servers import Discord, bot, discord_server, slack_server
from tests.bench.votes import PRESSES, ROUNDS, Side, versus


async def slack_socket_vote(folder: Path, rounds: int = ROUNDS, presses: int = PRESSES) -> Row:
    (folder / "socket").mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'socket' / 'socket.db'}"
    async with slack_server(presses) as server, slack_server(1) as other:
        await asyncio.to_thread(fill, url, Crowd([server.room()], voted=("poll",)))
        stock = await started(
            ["-m", "tests.bench.stock", "slack-socket", other.running.api_url, other.install.bot_token,
             other.install.app.app_token], folder / "stock-socket.log",
        )  # fmt: skip
        try:
            async with bot(folder, url, server.settings("socket"), name="socket") as program:
                card = (await server.cards())[0]
                ours, theirs = Side(program), Side(stock)
                for number in range(rounds + 1):
                    for side, where in ((ours, server), (theirs, other)):
                        assert where.world.deliveries is not None
                        connection = where.world.deliveries.connections[where.install.app.id][0]
                        bodies = server.presses(server.people, card, number % 3)
                        await side.round(partial(load.by_socket, connection, bodies), presses)
        finally:
            await stock.stop()
    return versus(
        "slack_socket_vote", _warm(ours), _warm(theirs), 0.6,
        f"{rounds} rounds of {presses} presses over the stand-in's socket, {load.IN_FLIGHT} unacknowledged at a time: "
        "a whole durable vote beside a do-nothing AsyncSocketModeHandler",
    )  # fmt: skip


async def discord_vote(folder: Path, rounds: int = ROUNDS, presses: int = PRESSES) -> Row:
    (folder / "discord").mkdir(exist_ok=True)
    url = f"sqlite:///{folder / 'discord' / 'discord.db'}"
    async with discord_server(presses) as server, discord_server(1) as other:
        await asyncio.to_thread(fill, url, Crowd([server.room()], voted=("poll",)))
        async with bot(folder, url, server.settings(), name="discord") as program:
            card = (await server.cards())[0]
            stock = await started(
                ["-m", "tests.bench.stock", "discord", f"{other.url}/api/v10", other.server.hub.url,
                 other.application.token, "vote:poll:0"], folder / "stock-discord.log",
            )  # fmt: skip
            try:
                ours, theirs = Side(program), Side(stock)
                for number in range(rounds + 1):
                    for side, where in ((ours, server), (theirs, other)):
                        payloads = presses_in_discord(server, card, number % 3 if side is ours else 0)
                        await side.round(partial(load.by_gateway, where, payloads), presses)
            finally:
                await stock.stop()
    return versus(
        "discord_vote", _warm(ours), _warm(theirs), 0.7,
        f"{rounds} rounds of {presses} presses through the stand-in's gateway, {load.IN_FLIGHT} unanswered at a time: "
        "a whole durable vote beside discord.py's do-nothing persistent button, both answering with a private message "
        "by an interaction callback",
    )  # fmt: skip


def presses_in_discord(server: Discord, card: Any, option: int) -> list[dict[str, object]]:
    """INTERACTION_CREATE of everybody, made from one payload."""
    buttons = [part for part in messages.walk(card.components) if part["type"] == 2]
    data = {"id": buttons[option].get("id"), "custom_id": buttons[option]["custom_id"], "component_type": 2}
    world, channel = server.world, server.channels[0]
    one = Interaction(
        world.ids.next(),
        "token",
        server.application,
        3,
        server.people[0],
        channel,
        world.clock(),
        data,
        card,
        None,
    )
    whole = interactions.payload(world, one)
    made = []
    for number, person in enumerate(server.people):
        user = whole["member"]["user"] | {"id": person.id, "username": person.name, "global_name": person.name}
        ident = world.ids.next()
        made.append(
            whole
            | {"id": ident, "token": f"aW50ZXJhY3Rpb246{number}{ident}", "member": whole["member"] | {"user": user}}
        )
    return made


def _warm(side: Side) -> Side:
    """Without the first round, which warmed it up."""
    return Side(side.program, side.rates[1:], side.cpu[1:], side.p99[1:], side.errors)
