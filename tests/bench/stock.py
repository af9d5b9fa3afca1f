"""The plain libraries with a button that does nothing: ``python -m tests.bench.stock discord …``, and so on.

Written as each library's own guide shows it, with the one setting that the comparison names.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from typing import Any

from aiohttp import web


def ready(port: int = 0) -> None:
    print(json.dumps({"event": "ready", "http_port": port}), flush=True)


async def told_to_stop() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


async def slack_http(api_url: str, token: str, secret: str) -> None:
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    app = AsyncApp(
        token=token,
        signing_secret=secret,
        process_before_response=True,
        client=AsyncWebClient(token=token, base_url=api_url),
    )

    @app.action(re.compile("vote"))
    async def vote(ack: AsyncAck) -> None:
        await ack()

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready(runner.addresses[0][1])
    await told_to_stop()
    await runner.cleanup()


async def slack_socket(api_url: str, token: str, app_token: str) -> None:
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    app = AsyncApp(token=token, process_before_response=True, client=AsyncWebClient(token=token, base_url=api_url))

    @app.action(re.compile("vote"))
    async def vote(ack: AsyncAck) -> None:
        await ack()

    handler = AsyncSocketModeHandler(app, app_token, web_client=AsyncWebClient(base_url=api_url))
    await handler.connect_async()
    ready()
    await told_to_stop()
    await handler.close_async()


async def plain_discord(api_url: str, gateway_url: str, token: str, custom_id: str) -> None:
    import discord
    import yarl
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)

    class Vote(discord.ui.View):
        def __init__(self) -> None:
            super().__init__(timeout=None)

        @discord.ui.button(label="Vote", custom_id=custom_id)
        async def vote(self, interaction: discord.Interaction, button: discord.ui.Button[Vote]) -> None:
            await interaction.response.send_message("Your vote: C.", ephemeral=True)

    class Client(discord.Client):
        async def setup_hook(self) -> None:
            self.add_view(Vote())

        async def on_ready(self) -> None:
            ready()

    client = Client(intents=discord.Intents(guilds=True))
    running = asyncio.create_task(client.start(token))
    await told_to_stop()
    await client.close()
    await asyncio.gather(running, return_exceptions=True)


if __name__ == "__main__":
    kinds: dict[str, Any] = {"slack-http": slack_http, "slack-socket": slack_socket, "discord": plain_discord}
    asyncio.run(kinds[sys.argv[1]](*sys.argv[2:]))
