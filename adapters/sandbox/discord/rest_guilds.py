"""Routes of guilds, members and roles."""

from __future__ import annotations

from datetime import datetime

from adapters.sandbox.discord import checks, guild_shapes, permissions, shapes
from adapters.sandbox.discord.errors import refusal
from adapters.sandbox.discord.model import Guild, Json, Member, Role
from adapters.sandbox.discord.routes import Call, Reply, route


@route("GET", "/guilds/{guild_id}")
def get_guild(call: Call) -> Reply:
    return 200, guild_shapes.guild(call.guild())


@route("GET", "/guilds/{guild_id}/members")
def list_members(call: Call) -> Reply:
    guild = call.guild()
    if not call.bot.members:
        raise refusal(50001)  # The list needs the GUILD_MEMBERS intent.
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    people = sorted(guild.members.values(), key=lambda each: int(each.user.id))
    return 200, [shapes.member(each) for each in people if int(each.user.id) > after][: min(limit, 1000)]


@route("GET", "/guilds/{guild_id}/members/search")
def search_members(call: Call) -> Reply:
    wanted, limit = call.query.get("query", "").lower(), int(call.query.get("limit", 1))
    people = [each for each in call.guild().members.values() if _starts(each, wanted)]
    return 200, [shapes.member(each) for each in people[:limit]]


def _starts(one: Member, wanted: str) -> bool:
    return any(name.lower().startswith(wanted) for name in (one.user.name, one.user.shown, one.shown))


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def get_member(call: Call) -> Reply:
    return 200, shapes.member(call.world.find_member(call.guild(), call.id("user_id")))


def _top(guild: Guild, one: Member) -> int:
    return max((guild.roles[each].position for each in one.roles if each in guild.roles), default=0)


def _refuse_above(call: Call, guild: Guild, *, role: Role | None = None, member: Member | None = None) -> None:
    """A bot changes only roles, and members, below its own highest role."""
    mine = _top(guild, guild.members[call.bot.bot.id])
    if role is not None and (role.position >= mine or role.managed or role.id == guild.id):
        raise refusal(50013)
    other = member is not None and member.user.id != call.bot.bot.id
    if other and member is not None and (member.user.id == guild.owner_id or _top(guild, member) >= mine):
        raise refusal(50013)


@route("PATCH", "/guilds/{guild_id}/members/{user_id}", check=checks.member)
def edit_member(call: Call) -> Reply:
    guild, body = call.guild(), call.form
    member = call.world.find_member(guild, call.id("user_id"))
    granted = permissions.base(guild, guild.members[call.bot.bot.id])
    needed = {
        "nick": permissions.MANAGE_NICKNAMES,
        "roles": permissions.MANAGE_ROLES,
        "communication_disabled_until": permissions.MODERATE_MEMBERS,
    }
    for key, bit in needed.items():
        if key in body and not granted & bit:
            raise refusal(50013)
    _refuse_above(call, guild, member=member)
    if body.get("communication_disabled_until") and permissions.base(guild, member) & permissions.ADMINISTRATOR:
        raise refusal(50013)
    if "nick" in body:
        member.nick = body["nick"] or None
    if body.get("roles") is not None:
        _refuse_changes(call, guild, member, {str(each) for each in body["roles"]})
        member.roles = [str(each) for each in body["roles"]]
    if "communication_disabled_until" in body:
        until = body["communication_disabled_until"]
        member.timeout = datetime.fromisoformat(until).timestamp() if until else None
    call.world.change_member(guild, member)
    return 200, shapes.member(member)


def _refuse_changes(call: Call, guild: Guild, member: Member, wanted: set[str]) -> None:
    """Every role that is given or taken stands below the bot's own highest; it must exist."""
    for each in wanted ^ set(member.roles):
        if each not in guild.roles:
            raise refusal(10011)
        _refuse_above(call, guild, role=guild.roles[each])


def _role_of(call: Call, guild: Guild) -> Role:
    found = guild.roles.get(call.id("role_id"))
    if found is None:
        raise refusal(10011)
    return found


@route("PUT", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", bucket="member_roles")
def grant_role(call: Call) -> Reply:
    guild = call.guild(permissions.MANAGE_ROLES)
    member, role = call.world.find_member(guild, call.id("user_id")), _role_of(call, guild)
    _refuse_above(call, guild, role=role)
    if role.id not in member.roles:
        member.roles.append(role.id)
        call.world.change_member(guild, member)
    return 204, None


@route("DELETE", "/guilds/{guild_id}/members/{user_id}/roles/{role_id}", bucket="member_roles")
def take_role(call: Call) -> Reply:
    guild = call.guild(permissions.MANAGE_ROLES)
    member, role = call.world.find_member(guild, call.id("user_id")), _role_of(call, guild)
    _refuse_above(call, guild, role=role)
    if role.id in member.roles:
        member.roles.remove(role.id)
        call.world.change_member(guild, member)
    return 204, None


@route("GET", "/guilds/{guild_id}/roles")
def list_roles(call: Call) -> Reply:
    return 200, [shapes.role(each) for each in call.guild().roles.values()]


@route("GET", "/guilds/{guild_id}/roles/{role_id}")
def get_role(call: Call) -> Reply:
    return 200, shapes.role(_role_of(call, call.guild()))


def _fill(call: Call, guild: Guild, role: Role, body: Json) -> None:
    granted = permissions.base(guild, guild.members[call.bot.bot.id])
    if body.get("permissions") is not None:
        wanted = int(body["permissions"])
        if wanted & ~granted:
            raise refusal(50013)  # Nobody can give what they do not have.
        role.permissions = wanted
    role.name = body.get("name") or role.name
    role.color = body.get("color") or role.color
    role.hoist = bool(body.get("hoist", role.hoist))
    role.mentionable = bool(body.get("mentionable", role.mentionable))


@route("POST", "/guilds/{guild_id}/roles", check=checks.role)
def create_role(call: Call) -> Reply:
    guild = call.guild(permissions.MANAGE_ROLES)
    if len(guild.roles) >= call.world.caps.roles:
        raise refusal(30005)
    made = Role("0", "new role", guild.roles[guild.id].permissions)
    _fill(call, guild, made, call.form)
    role = call.world.role(made.name, made.permissions, guild, mentionable=made.mentionable)
    role.color, role.hoist = made.color, made.hoist
    return 200, shapes.role(role)


@route("PATCH", "/guilds/{guild_id}/roles/{role_id}", check=checks.role)
def edit_role(call: Call) -> Reply:
    guild = call.guild(permissions.MANAGE_ROLES)
    role = _role_of(call, guild)
    _refuse_above(call, guild, role=role)
    _fill(call, guild, role, call.form)
    call.world.emit("GUILD_ROLE_UPDATE", {"guild_id": guild.id, "role": shapes.role(role)}, guild=guild)
    return 200, shapes.role(role)


@route("DELETE", "/guilds/{guild_id}/roles/{role_id}")
def delete_role(call: Call) -> Reply:
    guild = call.guild(permissions.MANAGE_ROLES)
    role = _role_of(call, guild)
    _refuse_above(call, guild, role=role)
    del guild.roles[role.id]
    for each in guild.members.values():
        if role.id in each.roles:
            each.roles.remove(role.id)
    for channel in guild.channels.values():
        channel.overwrites.pop(role.id, None)
    call.world.emit("GUILD_ROLE_DELETE", {"guild_id": guild.id, "role_id": role.id}, guild=guild)
    return 204, None
