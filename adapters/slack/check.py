"""What Slack tells of the app beside a running bot: tokens, scopes, settings, rooms. Only looks, posts nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.adapter import PATH, SlackSettings
from adapters.slack.calls import call, client_of, entries, part
from adapters.slack.identity import Install, install_of
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUTS, manifest
from core.app.findings import Finding
from core.app.platform import Closed, Down, PlatformTrouble, Rejected, TooFast
from core.domain.surfaces import Place

SECONDS = 3.0
"""For one call."""
ROOMS = 20
"""``conversations.info`` allows 50 calls a minute, and the running bot needs them too."""
BOT = "SIDESTAGE_SLACK_BOT_TOKEN"
APP = "SIDESTAGE_SLACK_APP_TOKEN"
CONFIG = "SIDESTAGE_SLACK_CONFIG_TOKEN"
TEAM_ONLY = ("queue", "backchannel")
AGAIN = "run the check again in a minute"
AGAIN_LATER = "end the sessions that are over, and run the check again"
FRESH = "under OAuth & Permissions, then install the app again"


async def check(
    settings: SlackSettings, rooms: Sequence[Place], config_token: str = ""
) -> AsyncGenerator[Finding, None]:
    """``rooms``: adopted ones; ``config_token`` lets Slack tell how the app is configured."""
    patience = aiohttp.ClientTimeout(total=SECONDS, connect=SECONDS)
    async with aiohttp.ClientSession(timeout=patience, cookie_jar=aiohttp.DummyCookieJar()) as session:
        client = client_of(settings.api_url, settings.bot_token, session)
        try:
            who, granted = await _who(client)
        except PlatformTrouble as trouble:
            yield _of_trouble(trouble, "the bot token", f"copy it again from OAuth & Permissions into {BOT}")
            return
        for finding in _scopes(granted):
            yield finding
        install = install_of(who)
        looks = (
            _sockets(settings, session),
            _configured(settings, client, install, config_token, session),
            _rooms(client, install, rooms),
        )
        for found in await asyncio.gather(*looks):
            for finding in found:
                yield finding


async def _who(client: AsyncWebClient) -> tuple[Mapping[str, Any], str | None]:
    """What ``auth.test`` says, and the scopes that stand in its answer's headers."""
    headers: dict[str, str] = {}

    async def remembered() -> Any:
        answer = await client.auth_test()
        headers.update({name.lower(): value for name, value in answer.headers.items()})
        return answer

    return await call(remembered, repeatable=True), headers.get("x-oauth-scopes")


def _of_trouble(trouble: PlatformTrouble, what: str, remedy: str) -> Finding:
    match trouble:
        case Down():
            return Finding(
                f"Slack cannot be reached ({trouble.reason})", "look at the network and SIDESTAGE_SLACK_API_URL"
            )
        case TooFast():
            return Finding(f"Slack asks to wait before it tells about {what}", AGAIN)
        case _:
            return Finding(f"Slack does not accept {what} ({trouble.reason})", remedy)


def _scopes(granted: str | None) -> Sequence[Finding]:
    if granted is None:
        return (Finding("The granted scopes could not be seen", "compare them with `sidestage manifest`", note=True),)
    have = {scope.strip() for scope in granted.split(",")}
    return [
        Finding(f"The scope {scope} is missing ({reason})", f"add it {FRESH}")
        for scope, reason in SCOPES.items()
        if scope not in have
    ]


async def _sockets(settings: SlackSettings, session: aiohttp.ClientSession) -> Sequence[Finding]:
    """Whether an address to connect to is given; nothing connects, so the running bot's payloads stay its own."""
    if settings.mode == "http":
        missing = "The signing secret is missing"
        remedy = "copy it from Basic Information into SIDESTAGE_SLACK_SIGNING_SECRET"
        return () if settings.signing_secret else (Finding(missing, remedy),)
    if not settings.app_token:
        return (Finding("The app token is missing", f"make one under Basic Information and put it into {APP}"),)
    client = client_of(settings.api_url, None, session)
    try:
        await call(client.apps_connections_open, app_token=settings.app_token, repeatable=True)
    except Rejected as refused:
        if "socket_mode" in refused.reason:
            return (Finding("Socket Mode is off", "switch it on under Socket Mode, or use SIDESTAGE_SLACK_MODE=http"),)
        if refused.reason == "missing_scope":
            return (
                Finding("The app token lacks connections:write", f"make one with that scope and put it into {APP}"),
            )
        return (_app_token(refused),)
    except PlatformTrouble as trouble:
        return (_app_token(trouble),)
    return ()


def _app_token(trouble: PlatformTrouble) -> Finding:
    remedy = f"make one with connections:write under Basic Information and put it into {APP}"
    return _of_trouble(trouble, "the app token", remedy)


async def _configured(
    settings: SlackSettings, client: AsyncWebClient, install: Install, token: str, session: aiohttp.ClientSession
) -> Sequence[Finding]:
    """Events, presses, commands and tabs: Slack shows them only to an app configuration token."""
    if not token:
        unseen = "Slack shows events, entries, interactivity and tabs only to an app configuration token"
        return (Finding(unseen, f"set {CONFIG} to have them checked", note=True),)
    try:
        bot = (await call(client.bots_info, bot=install.bot, repeatable=True)).get("bot")
        app = bot.get("app_id", "") if isinstance(bot, dict) else ""
        owner = client_of(settings.api_url, token, session)
        told = (await call(owner.apps_manifest_export, app_id=app, repeatable=True)).get("manifest")
    except PlatformTrouble as trouble:
        remedy = f"make a new one at “Your App Configuration Tokens”, it lasts 12 hours, and put it into {CONFIG}"
        return (_of_trouble(trouble, "the app configuration token", remedy),)
    return _unlike(told if isinstance(told, dict) else {}, settings.mode)


def _unlike(told: Mapping[str, Any], mode: str) -> Sequence[Finding]:
    """What differs from our manifest, where it matters."""
    wanted, settings = manifest("socket")["features"], part(told, "settings")
    features, events = part(told, "features"), part(part(told, "settings"), "event_subscriptions")
    found = [
        Finding(
            f"The event {event} is not subscribed to ({reason})",
            "add it under Event Subscriptions, Subscribe to bot events",
        )
        for event, reason in EVENTS.items()
        if event not in (events.get("bot_events") or ())
    ]
    if part(settings, "interactivity").get("is_enabled") is not True:
        found.append(Finding("Buttons and forms do not reach the bot", "switch on Interactivity & Shortcuts"))
    found += _tabs(part(features, "app_home"))
    offered = {one.get("callback_id") for one in entries(features, "shortcuts") if one.get("type") == "message"}
    found += [
        Finding(
            f"The entry “{name}” is missing in the menu of messages",
            f"add it under Interactivity & Shortcuts, on messages, with the Callback ID {ident}",
        )
        for name, ident in SHORTCUTS.items()
        if ident not in offered
    ]
    there = {one.get("command") for one in entries(features, "slash_commands")}
    found += [
        Finding(
            f"The command {one['command']} is missing", "add it under Slash Commands, as `sidestage manifest` has it"
        )
        for one in wanted["slash_commands"]
        if one["command"] not in there
    ]
    if (settings.get("socket_mode_enabled") is True) != (mode == "socket"):
        word = "off, but SIDESTAGE_SLACK_MODE is socket" if mode == "socket" else "on, but SIDESTAGE_SLACK_MODE is http"
        found.append(Finding(f"Socket Mode is {word}", "change one of them"))
    if mode == "http" and not str(events.get("request_url") or "").endswith(PATH):
        found.append(
            Finding("The events' Request URL is not the bot's", f"let it end with {PATH} under Event Subscriptions")
        )
    return found


def _tabs(home: Mapping[str, Any]) -> Sequence[Finding]:
    """The App Home: the menu in its Home tab, private answers and lines to the bot in its Messages tab."""
    found: list[Finding] = []
    if home.get("home_tab_enabled") is not True:
        found.append(Finding("The menu is not shown in the App Home", "switch on the Home Tab under App Home"))
    if home.get("messages_tab_enabled") is not True:
        found.append(Finding("Private answers cannot be sent", "switch on the Messages Tab under App Home"))
    elif home.get("messages_tab_read_only_enabled") is True:
        remedy = "tick “Allow users to send Slash commands and messages from the messages tab” under App Home"
        found.append(Finding("Nobody can write to the bot", remedy))
    return found


async def _rooms(client: AsyncWebClient, install: Install, rooms: Sequence[Place]) -> Sequence[Finding]:
    mine = [room for room in rooms if room.venue == install.venue and room.ref]
    found: list[Finding] = []
    if foreign := len({room.id for room in rooms if room.venue != install.venue}):
        elsewhere = f"{foreign} of the rooms are not in {install.team_name or install.team}, to which the token belongs"
        found.append(Finding(elsewhere, f"put the bot token of their workspace into {BOT}"))
    for looked in await asyncio.gather(*(_room(client, room) for room in mine[:ROOMS])):
        found += looked
    if len(mine) > ROOMS:
        found.append(Finding(f"Only the first {ROOMS} of {len(mine)} rooms were looked at", AGAIN_LATER, note=True))
    return found


async def _room(client: AsyncWebClient, room: Place) -> Sequence[Finding]:
    """Whether the bot is in the channel and may post there."""
    name, other = room.ref or "", "or choose another channel with `/mod session setup`"
    try:
        answer = await call(client.conversations_info, channel=name, repeatable=True)
    except Closed:
        return (Finding(f"The bot cannot see the {room.kind} {name}", f"invite it there, {other}"),)
    except PlatformTrouble as trouble:
        if trouble.reason == "missing_scope":
            lacking = f"The bot may not look at the {room.kind} {name}"
            return (Finding(lacking, f"add the scopes channels:read and groups:read {FRESH}"),)
        if isinstance(trouble, Down | TooFast):
            return (_of_trouble(trouble, f"the {room.kind} {name}", AGAIN),)
        untold = f"Slack does not tell of the {room.kind} {name} ({trouble.reason})"
        return (Finding(untold, f"look whether it is there, {other}"),)
    told = part(answer, "channel")
    name = f"#{told['name']}" if isinstance(told.get("name"), str) else name
    for state in ("archived", "frozen"):
        if told.get(f"is_{state}") is True:
            return (Finding(f"The {room.kind} {name} is {state}", f"make it usable again, {other}"),)
    if told.get("is_member") is not True and (room.state == "open" or told.get("is_private") is True):
        return (Finding(f"The bot is not in the {room.kind} {name}", "write `/invite @Sidestage` there"),)
    if room.state == "dead":
        again = f"write `/mod room {room.kind}` there to use it again"
        return (Finding(f"Nothing more is shown in the {room.kind} {name}, for it could not be reached", again),)
    if room.kind in TEAM_ONLY and (others := _others(told)):
        remedy = f"make it private and unshared, or write `/mod room {room.kind}` in another channel"
        return (Finding(f"{others} can read the {room.kind} {name}, which is for the team", remedy),)
    if told.get("is_read_only") is True or told.get("is_thread_only") is True:
        few = f"Not everybody may post in the {room.kind} {name}"
        return (Finding(few, "see that the bot may, in the channel's settings under Posting permissions", note=True),)
    return ()


def _others(told: Mapping[str, Any]) -> str:
    """Who can read a channel besides those who were let in."""
    if told.get("is_ext_shared") is True or told.get("is_pending_ext_shared") is True:
        return "People of another organisation"
    return "Everybody in the workspace" if told.get("is_private") is False else ""
