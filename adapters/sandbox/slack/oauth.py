"""Installing and removing an app: the Allow page, the exchange of its code, and what a removed app is told."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from adapters.sandbox.slack.installs import App, Install
from adapters.sandbox.slack.model import Json
from adapters.sandbox.slack.views import Refused
from adapters.sandbox.slack.world import Workspace, World


def _app(world: World, client_id: str) -> App | None:
    return next((one for one in world.apps.values() if one.client_id == client_id), None)


async def serve_authorize(world: World, request: web.Request) -> web.Response:
    """``/oauth/v2/authorize``: a person who presses Allow at once; ``team`` picks the workspace."""
    query = request.query
    app = _app(world, query.get("client_id", ""))
    if app is None:
        return web.Response(status=400, text="invalid_client_id")
    spaces = list(world.workspaces.values())
    wanted = query.get("team")
    fresh = [one for one in spaces if one.install_of(app.id) is None]
    named = [one for one in spaces if wanted in (one.id, one.name)]
    space = (named or fresh or spaces)[0]
    install = space.install_of(app.id) or space.install(app=app, scopes=query.get("scope", "").split(","))
    person = next((one for one in space.users.values() if not one.bot), install.bot)
    code = world.word(40)
    world.codes[code] = (install, person)
    answer = urlencode({"code": code, "state": query.get("state", "")})
    return web.Response(status=302, headers={"Location": f"{query.get('redirect_uri', '')}?{answer}"})


def exchange_code(world: World, args: Json) -> Json:
    """docs.slack.dev/reference/methods/oauth.v2.access: a code works once."""
    app = _app(world, str(args.get("client_id", "")))
    if app is None:
        raise Refused("invalid_client_id")
    if args.get("client_secret") != app.client_secret:
        raise Refused("bad_client_secret")
    found = world.codes.pop(str(args.get("code", "")), None)
    if found is None or found[0].app is not app:
        raise Refused("invalid_code")
    install, person = found
    space = world.workspaces[install.team]
    return {
        "app_id": app.id,
        "authed_user": {"id": person.id},
        "scope": ",".join(sorted(install.scopes)),
        "token_type": "bot",
        "access_token": install.bot_token,
        "bot_user_id": install.bot.id,
        "team": {"id": space.id, "name": space.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def uninstall(space: Workspace, install: Install) -> None:
    """Remove the app from a workspace: its token is dead, and it is told twice, in no certain order."""
    world = space.world
    tokens = [token for token, grant in world.grants.items() if grant.install is install]
    for token in tokens:
        del world.grants[token]
        world.revoked.add(token)
    space.installs.remove(install)
    install.bot.deleted = True
    for room in space.channels.values():
        room.members.discard(install.bot.id)
    if world.deliveries is None:
        return
    for event in (
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [install.bot.id]}},
        {"type": "app_uninstalled"},
    ):
        world.deliveries.tell(
            space,
            install,
            {
                "token": install.app.verification_token,
                "team_id": space.id,
                "api_app_id": install.app.id,
                "event": event,
                "type": "event_callback",
                "event_id": world.new_id("Ev"),
                "event_time": int(world.clock.now()),
            },
        )
