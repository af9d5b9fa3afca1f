"""What Discord tells of the bot beside a running one: token, intent, servers, rooms; and the link that invites it.

Only looks: no gateway session is opened, so the running bot's stays its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient

from adapters.discord import commands, rights
from adapters.discord.adapter import NOT_ACCEPTED, DiscordSettings
from adapters.discord.calls import Calls
from adapters.discord.client import point
from adapters.discord.shapes import several
from core.app.findings import Finding
from core.app.platform import Closed, Down, Missing, PlatformTrouble, Rejected, TooFast, Unauthorized
from core.domain.surfaces import Place

Json = Mapping[str, Any]

LOGIN_SECONDS = 3.0
ROOMS = 20
"""Each costs a call or two of the fifty a second that the running bot has."""
INTENTS = (1 << 18) | (1 << 19)
"""GATEWAY_MESSAGE_CONTENT, and the same for bots below the review size (…_LIMITED)."""
PERMISSIONS: Mapping[str, str] = {
    "view_channel": "it hears only what it sees",
    "send_messages": "cards",
    "attach_files": "results are shown as pictures too",
    "send_messages_in_threads": (
        "answers to questions; cards, where a room is a thread; notes to moderators who take no direct messages"
    ),
    "manage_channels": "it makes a session's rooms, sets their topics and puts them away",
    "manage_roles": "who joined may read the stage, by the session's role; others may not",
    "add_reactions": "people in the stage may like: a bot gives only what it has",
    "create_public_threads": "nobody opens threads in the stage: a bot takes only what it has",
    "create_private_threads": (
        "the same; each asker has a conversation with the moderators in one, and a moderator who takes no direct "
        "messages is told things in one"
    ),
    "mention_everyone": (
        "a poll may tell those who want to be told, by a role that nobody else can mention; @everyone and @here are "
        "never sent"
    ),
    "manage_webhooks": "people's lines appear under their names",
    "manage_messages": "a deleted line is taken away here too, even when its webhook is gone",
    "pin_messages": "moderators pin in every server at once",
    "read_message_history": "lines are read back after a gap, and a post is looked for before it is sent again",
}
"""Each permission that the bot uses and what it is for."""
EVERYWHERE = ("view_channel", "read_message_history", "send_messages")
LISTENED = ("view_channel",)
"""What a voice room needs: nothing is written there."""
OF_KIND: Mapping[str, Collection[str]] = {
    "stage": ("manage_webhooks", "manage_messages", "pin_messages"),
    "backchannel": ("manage_webhooks", "manage_messages"),
}
"""What a kind of room needs beyond that."""
TO_MAKE = ("manage_channels", "manage_roles")
"""What the bot needs in the whole server to make rooms and to let people in."""
TO_TELL: Mapping[str, str] = {
    "mention_everyone": "notify anybody",
    "create_private_threads": (
        "tell a moderator who takes no direct messages anything, nor hold questions in private threads (they go by "
        "direct message)"
    ),
}
"""What it cannot do where it lacks this; all else goes on."""
SPELLED = {"mention_everyone": "Mention @everyone, @here and All Roles"}
"""Permissions that Discord's own settings name otherwise than its API."""
INVITE = "invite the bot with the link that `sidestage invite` prints"
ASIDE = "take it from who shall not, or let Q&A on the session's Setup card answer by direct message"
LATER = "run the check again in a minute"


class Refused(Exception):
    """Why Discord tells nothing, as a finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


async def invite(settings: DiscordSettings) -> str:
    """The link for a server's owner, with no permission that is not used. Raises Refused."""
    async with _calls(settings) as (calls, _):
        try:
            application = await calls.get("/applications/@me")
        except PlatformTrouble as trouble:
            raise Refused(_of_trouble(trouble, "the application")) from None
    return discord.utils.oauth_url(
        str(_part(application).get("id", "")),
        permissions=discord.Permissions(**dict.fromkeys(PERMISSIONS, True)),
        scopes=("bot", "applications.commands"),
    )


async def check(settings: DiscordSettings, rooms: Sequence[Place]) -> AsyncGenerator[Finding, None]:
    """``rooms``: adopted ones."""
    try:
        async with _calls(settings) as (calls, me):
            try:
                for look in (_application(calls), _servers(calls, me, rooms)):
                    for finding in await look:
                        yield finding
            except PlatformTrouble as trouble:
                yield _of_trouble(trouble, "what was asked")
    except Refused as refused:
        yield refused.finding


@asynccontextmanager
async def _calls(settings: DiscordSettings) -> AsyncIterator[tuple[Calls, str]]:
    """(how to ask, the bot's own id). Raises Refused."""
    point(settings.api_url)
    http = HTTPClient(asyncio.get_running_loop(), max_ratelimit_timeout=30.0)
    try:
        try:
            async with asyncio.timeout(LOGIN_SECONDS):
                me: Any = await http.static_login(settings.token.strip())
        except discord.LoginFailure:
            problem, _, remedy = NOT_ACCEPTED.partition(". ")
            raise Refused(Finding(problem, f"{remedy[0].lower()}{remedy[1:].rstrip('.')}")) from None
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError, ValueError) as cause:
            raise Refused(_unreachable(type(cause).__name__)) from None
        yield Calls(http), str(_part(me).get("id", ""))
    finally:
        await http.close()


def _unreachable(why: str) -> Finding:
    return Finding(f"Discord cannot be reached ({why})", "look at the network and SIDESTAGE_DISCORD_API_URL")


def _of_trouble(trouble: PlatformTrouble, what: str) -> Finding:
    match trouble:
        case Down():
            return _unreachable(trouble.reason)
        case TooFast():
            return Finding(f"Discord asks to wait before it tells of {what}", LATER)
        case Unauthorized():
            problem, _, remedy = NOT_ACCEPTED.partition(". ")
            return Finding(problem, f"{remedy[0].lower()}{remedy[1:].rstrip('.')}")
        case _:
            return Finding(f"Discord does not tell of {what} ({trouble.reason})", LATER)


def _part(told: Any) -> Json:
    return told if isinstance(told, dict) else {}


async def _application(calls: Calls) -> Sequence[Finding]:
    told, found = _part(await calls.get("/applications/@me")), []
    if not int(told.get("flags") or 0) & INTENTS:
        remedy = "switch it on on the application's “Bot” page and save"
        found.append(Finding("Message Content Intent is off, so the bot reads no lines", remedy))
    if told.get("interactions_endpoint_url"):
        elsewhere = "Commands and presses go to an Interactions Endpoint URL instead of the bot"
        found.append(Finding(elsewhere, "clear that field on the application's “General Information” page"))
    if told.get("bot_require_code_grant"):
        remedy = "switch it off on the application's “Bot” page"
        found.append(Finding("“Requires OAuth2 Code Grant” is on, so invitations do not work", remedy))
    registered = await calls.get("/applications/{application_id}/commands", application_id=str(told.get("id", "")))
    if not commands.same(registered if isinstance(registered, list) else (), commands.wanted()):
        missing = "The slash commands are not registered, or not as this Sidestage has them"
        found.append(Finding(missing, "start the bot: it registers them itself", note=True))
    return found


async def _servers(calls: Calls, me: str, rooms: Sequence[Place]) -> Sequence[Finding]:
    listed = await calls.get("/users/@me/guilds")
    servers = {str(one["id"]): str(one.get("name", "")) for one in listed if isinstance(one, dict) and "id" in one}
    if not servers:
        return (Finding("The bot is in no server", INVITE),)
    found: list[Finding] = []
    reading: dict[str, list[str]] = {}
    held: dict[str, list[Place]] = {}
    for room in rooms:
        held.setdefault(room.venue.partition(":")[2], []).append(room)
    looked = 0
    for server, name in servers.items():
        here = held.pop(server, [])
        if looked >= ROOMS:
            continue
        looked += max(1, len(here))
        try:
            guild = _part(await calls.get("/guilds/{guild_id}", guild_id=server))
            found += await _server(calls, me, guild, name, here[:ROOMS])
            if roles := _reading_threads(guild):
                reading[name] = roles
        except (Closed, Missing, Rejected) as trouble:
            found.append(_of_trouble(trouble, f"the server {name}"))
    for server, lost in held.items():
        found.append(
            Finding(f"The bot is no longer in the server {server}, which has {len(lost)} of the rooms", INVITE)
        )
    if reading:
        named = "; ".join(f"in {name}: {', '.join(roles)}" for name, roles in reading.items())
        along = f"Members with Manage Threads can read the private threads of questions ({named})"
        found.append(Finding(along, ASIDE, note=True))
    if looked >= ROOMS:
        found.append(Finding(f"Only the first {ROOMS} rooms and servers were looked at", "that is enough", note=True))
    return found


def _reading_threads(guild: Json) -> list[str]:
    """The roles of people that let them read threads in which they are not; who manages the server may do so anyway."""
    found = []
    for role in several(guild, "roles"):
        held = discord.Permissions(rights.bits(role, "permissions"))
        anyway = held.administrator or held.manage_guild or role.get("managed")
        if held.manage_threads and not anyway:
            found.append(str(role.get("name", "")))
    return found


async def _server(calls: Calls, me: str, guild: Json, name: str, rooms: Sequence[Place]) -> Sequence[Finding]:
    server = str(guild.get("id", ""))
    member = _part(await calls.get("/guilds/{guild_id}/members/{user_id}", guild_id=server, user_id=me))
    mine = [str(role) for role in member.get("roles") or ()]
    granted = discord.Permissions(rights.granted(several(guild, "roles"), server, mine))
    if not rooms:
        # A room's own permissions count more, so a server with rooms is judged by them.
        missing = [flag for flag in PERMISSIONS if not getattr(granted, flag)]
        return [Finding(f"In {name} the bot lacks {_spelled(missing)}", f"give them to its role, or {INVITE}")] * bool(
            missing
        )
    found: list[Finding] = []
    if cannot := [flag for flag in TO_MAKE if not getattr(granted, flag)]:
        remedy = f"give it to its role, or {INVITE}; rooms that you make and choose yourself need none of it"
        found.append(Finding(f"In {name} the bot cannot make rooms: it lacks {_spelled(cannot)}", remedy, note=True))
    for flag, deed in TO_TELL.items():
        if not getattr(granted, flag):
            lacks = f"In {name} the bot cannot {deed}: it lacks {_spelled([flag])}"
            found.append(Finding(lacks, f"give it to its role, or {INVITE}", note=True))
    for room in rooms:
        found += await _room(calls, room, granted, server, [*mine, me])
    return found


async def _room(
    calls: Calls, room: Place, granted: discord.Permissions, server: str, mine: Collection[str]
) -> Sequence[Finding]:
    other = "choose another channel with `/mod session setup`"
    try:
        channel = _part(await calls.get("/channels/{channel_id}", channel_id=room.ref or ""))
        thread = channel.get("type") in rights.THREADS
        above = str(channel.get("parent_id") or "")
        ruling = _part(await calls.get("/channels/{channel_id}", channel_id=above)) if thread else channel
    except Missing:
        return (Finding(f"The {room.kind} {room.ref} is gone", other),)
    except Closed as closed:
        if "code 10003" in closed.reason:
            return (Finding(f"The {room.kind} {room.ref} is gone", other),)
        return (Finding(f"The bot cannot see the {room.kind} {room.ref}", "give it View Channel there"),)
    here = discord.Permissions(rights.within(granted.value, ruling, server, mine))
    needed = [*(LISTENED if room.kind == "voice" else EVERYWHERE), *OF_KIND.get(room.kind, ())]
    if thread and "send_messages" in needed:
        needed[needed.index("send_messages")] = "send_messages_in_threads"
    missing = [flag for flag in needed if not getattr(here, flag)]
    name = f"#{channel.get('name') or room.ref}"
    if missing:
        remedy = "allow it in the channel's settings under Permissions"
        return (Finding(f"In the {room.kind} {name} the bot lacks {_spelled(missing)}", remedy),)
    if room.state == "dead":
        again = f"write `/mod room {room.kind}` there to use it again"
        return (Finding(f"Nothing more is shown in the {room.kind} {name}, for it could not be reached", again),)
    return ()


def _spelled(flags: Sequence[str]) -> str:
    """As Discord's own settings name them."""
    return ", ".join(SPELLED.get(flag) or flag.replace("_", " ").title().replace(" In ", " in ") for flag in flags)
