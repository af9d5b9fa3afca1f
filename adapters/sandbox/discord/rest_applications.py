"""Routes of the gateway's address, the bot itself, direct messages, and registered commands."""

from __future__ import annotations

from adapters.sandbox.discord import checks, commands, permissions, shapes
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import Json
from adapters.sandbox.discord.routes import Call, Reply, route

_GLOBAL = "/applications/{application_id}/commands"
_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


@route("GET", "/gateway", signed=False)
def gateway(call: Call) -> Reply:
    return 200, {"url": call.gateway_url}


@route("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Reply:
    left, reset = call.bot.identifies_left, call.bot.identifies_reset
    budget = {"total": 1000, "remaining": left, "reset_after": reset, "max_concurrency": 1}
    return 200, {"url": call.gateway_url, "shards": call.shards, "session_start_limit": budget}


@route("GET", "/users/@me")
def me(call: Call) -> Reply:
    return 200, shapes.user(call.bot.bot) | {
        "verified": True,
        "mfa_enabled": False,
        "locale": "en-US",
        "flags": 0,
        "email": None,
    }


@route("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> Reply:
    mine = [each for each in call.world.guilds.values() if call.bot.bot.id in each.members]
    return 200, [
        {
            "id": each.id,
            "name": each.name,
            "icon": None,
            "owner": each.owner_id == call.bot.bot.id,
            "permissions": str(permissions.base(each, each.members[call.bot.bot.id])),
            "features": [],
        }
        for each in mine
    ]


@route("POST", "/users/@me/channels", check=checks.direct, bucket="direct")
def open_direct(call: Call) -> Reply:
    other = call.world.users.get(str(call.form["recipient_id"]))
    if other is None:
        raise refusal(10013)
    if other.bot:
        raise refusal(50007)
    return 200, shapes.channel(call.world.direct(call.bot.bot, other), call.bot.bot.id)


@route("GET", "/users/{user_id}")
def get_user(call: Call) -> Reply:
    found = call.world.users.get(call.id("user_id"))
    if found is None:
        raise refusal(10013)
    return 200, shapes.user(found)


@route("GET", "/applications/@me")
@route("GET", "/oauth2/applications/@me")
def application(call: Call) -> Reply:
    return 200, shapes.application(call.bot)


def _registered(call: Call) -> dict[str, Json]:
    """The commands of the application, global or of the path's guild."""
    if call.id("application_id") != call.bot.id:
        raise refusal(20012)
    guild_id = call.params.get("guild_id")
    if guild_id is not None and (
        guild_id not in call.world.guilds or call.bot.bot.id not in call.world.guilds[guild_id].members
    ):
        raise refusal(50001)
    return call.bot.commands.setdefault(guild_id, {})


def _made(call: Call, body: Json, old: Json | None = None) -> Json:
    base = {
        "type": 1,
        "description": "",
        "options": [],
        "default_member_permissions": None,
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
        "name_localizations": None,
        "description_localizations": None,
    }
    made = base | (old or {}) | {key: value for key, value in body.items() if value is not None or old is not None}
    made["id"] = (old or {}).get("id") or call.world.ids.next()
    if made["default_member_permissions"] is not None:  # Taken as a number, told as a string.
        made["default_member_permissions"] = str(made["default_member_permissions"])
    made["application_id"], made["version"] = call.bot.id, call.world.ids.next()
    if "guild_id" in call.params:
        made["guild_id"] = call.params["guild_id"]
    return made


def _named(registered: dict[str, Json], body: Json) -> Json | None:
    wanted = (body.get("type") or 1, body["name"])
    return next((each for each in registered.values() if (each["type"], each["name"]) == wanted), None)


@route("GET", _GUILD)
@route("GET", _GLOBAL)
def list_commands(call: Call) -> Reply:
    return 200, list(_registered(call).values())


@route("PUT", _GUILD, check=commands.check_bulk)
@route("PUT", _GLOBAL, check=commands.check_bulk)
def overwrite_commands(call: Call) -> Reply:
    registered = _registered(call)
    made = [_made(call, each, _named(registered, each)) for each in call.body]
    registered.clear()
    registered.update({each["id"]: each for each in made})
    return 200, made


@route("POST", _GUILD, check=commands.check_command)
@route("POST", _GLOBAL, check=commands.check_command)
def create_command(call: Call) -> Reply:
    registered = _registered(call)
    old = _named(registered, call.form)
    if old is None and len(registered) >= 130:
        raise refusal(30032)
    made = _made(call, call.form, old)
    registered[made["id"]] = made
    return (200 if old else 201), made


@route("GET", _GUILD + "/{command_id}")
@route("GET", _GLOBAL + "/{command_id}")
def get_command(call: Call) -> Reply:
    found = _registered(call).get(call.id("command_id"))
    if found is None:
        raise refusal(10063)
    return 200, found


@route("PATCH", _GUILD + "/{command_id}", check=commands.check_edit)
@route("PATCH", _GLOBAL + "/{command_id}", check=commands.check_edit)
def edit_command(call: Call) -> Reply:
    registered = _registered(call)
    found = registered.get(call.id("command_id"))
    if found is None:
        raise refusal(10063)
    registered[found["id"]] = _made(call, call.form, found)
    return 200, registered[found["id"]]


@route("DELETE", _GUILD + "/{command_id}")
@route("DELETE", _GLOBAL + "/{command_id}")
def delete_command(call: Call) -> Reply:
    if _registered(call).pop(call.id("command_id"), None) is None:
        raise refusal(10063)
    return 204, None
