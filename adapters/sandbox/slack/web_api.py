"""The Web API's front: arguments, token, rates, scope, faults and the record, the same for every method."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from adapters.sandbox.slack.checks import METHODS, check_call
from adapters.sandbox.slack.faults import Fault
from adapters.sandbox.slack.installs import Grant, Install
from adapters.sandbox.slack.model import Channel, Json, User
from adapters.sandbox.slack.oauth import exchange_code
from adapters.sandbox.slack.views import Refused
from adapters.sandbox.slack.world import Workspace, World

PAGE, PAGE_MOST = 100, 1000
OF_APPS = {"apps.connections.open": "connections:write", "apps.manifest.export": "app_configurations:read"}
"""Method → the scope of the app-level or app configuration token that it takes."""


class ApiError(Exception):
    """A Slack error code with what Slack says along with it."""

    def __init__(self, error: str, *, messages: list[str] | None = None, **extra: Any) -> None:
        super().__init__(error)
        self.error, self.messages, self.extra = error, messages or [], extra


@dataclass(slots=True)
class Call:
    """One call of one method by one token."""

    world: World
    method: str
    args: Json
    grant: Grant
    violations: list[str]

    @property
    def install(self) -> Install:
        if self.grant.install is None:
            raise ApiError("not_allowed_token_type")
        return self.grant.install

    @property
    def space(self) -> Workspace:
        return self.world.workspaces[self.install.team]

    @property
    def actor(self) -> User:
        return self.grant.user or self.install.bot

    def text(self, name: str) -> str:
        value = self.args.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        value = self.args.get(name)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")

    def items(self, name: str) -> list[str]:
        value = self.args.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in str(value or "").split(",") if one.strip()]

    def parsed(self, name: str) -> Any:
        """A JSON argument, which comes as an object or as text."""
        value = self.args.get(name)
        if isinstance(value, str):
            try:
                return orjson.loads(value)
            except orjson.JSONDecodeError:
                return None
        return value

    def need(self, *scopes: str) -> None:
        """Any one of the scopes is enough."""
        if not any(one in self.grant.scopes for one in scopes):
            provided = ",".join(sorted(self.grant.scopes))
            raise ApiError("missing_scope", needed=scopes[0], provided=provided)

    def channel(self, name: str = "channel") -> Channel:
        """The channel, when the token's owner may know of it."""
        wanted = self.text(name)
        found = self.space.channels.get(wanted)
        if found is None and wanted.startswith("#"):
            found = next((one for one in self.space.channels.values() if one.name == wanted[1:]), None)
        if found is None or (found.kind != "channel" and self.actor.id not in found.members):
            raise ApiError("channel_not_found")
        return found

    def page(self, items: list[Any]) -> tuple[list[Any], str]:
        """(one page, next_cursor)."""
        limit = self.args.get("limit")
        size = PAGE if limit in (None, "", 0, "0") else int(str(limit))
        if size > PAGE_MOST:
            raise ApiError("invalid_limit")
        start = 0
        if cursor := self.text("cursor"):
            try:
                start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
            except ValueError:
                raise ApiError("invalid_cursor") from None
        after = start + size
        more = base64.b64encode(f"next:{after}".encode()).decode() if after < len(items) else ""
        return items[start:after], more


Handler = Callable[[Call], Json]
HANDLERS: dict[str, Handler] = {}


def method(name: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[name] = handler
        return handler

    return register


async def arguments(request: web.Request) -> tuple[Json, str]:
    """(arguments of query, form and JSON together, token)."""
    args: Json = dict(request.query)
    content = request.content_type
    if request.can_read_body:
        if content == "application/json":
            try:
                body = orjson.loads(await request.read())
            except orjson.JSONDecodeError:
                raise ApiError("invalid_json") from None
            if not isinstance(body, dict):
                raise ApiError("json_not_object")
            args |= body
        elif content in ("application/x-www-form-urlencoded", "multipart/form-data"):
            args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        elif content not in ("text/plain", "application/octet-stream"):
            raise ApiError("invalid_post_type")
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""
    if header.startswith("Basic "):
        # docs.slack.dev/authentication/installing-with-oauth: the app's own id and secret.
        pair = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
        args |= {"client_id": pair[0], "client_secret": pair[2]}
    return args, token or str(args.pop("token", ""))


def answer(world: World, name: str, args: Json, token: str, violations: list[str]) -> tuple[int, Json, int]:
    """(HTTP status, body, Retry-After)."""
    try:
        if name == "oauth.v2.access":
            return 200, {"ok": True, **exchange_code(world, args)}, 0
        if not token:
            raise ApiError("not_authed")
        grant = world.grants.get(token)
        if grant is None:
            raise ApiError("account_inactive" if token in world.revoked else "invalid_auth")
        if name not in METHODS or name not in HANDLERS:
            violations.append("unknown method")
            raise ApiError("unknown_method", req_method=name)
        if name != "api.test" and not _right_kind(grant, name):
            raise ApiError("not_allowed_token_type")
        wait = _rate(world, name, args, grant)
        if wait:
            return 429, {"ok": False, "error": "ratelimited"}, wait
        call = Call(world, name, args, grant, violations)
        if METHODS[name].scopes:
            call.need(*METHODS[name].scopes)
        refused, ignored = check_call(name, args)
        violations.extend([*refused, *ignored])
        if refused:
            raise ApiError("invalid_arguments", messages=[f"[ERROR] {one}" for one in refused])
        return 200, {"ok": True, **HANDLERS[name](call)}, 0
    except Refused as refusal:
        violations.extend(refusal.messages)
        failure = ApiError(refusal.error, messages=[f"[ERROR] {one}" for one in refusal.messages])
    except ApiError as error:
        failure = error
    body: Json = {"ok": False, "error": failure.error, **failure.extra}
    if failure.messages:
        body["response_metadata"] = {"messages": failure.messages}
        body["errors"] = [one.removeprefix("[ERROR] ") for one in failure.messages]
    return 200, body, 0


def _right_kind(grant: Grant, name: str) -> bool:
    """Tokens of the app itself, and of its makers, open one method each; a workspace's tokens open the others."""
    if grant.install is None:
        return OF_APPS.get(name) in grant.scopes
    return name not in OF_APPS


def _rate(world: World, name: str, args: Json, grant: Grant) -> int:
    if not world.rates:
        return 0
    team = grant.install.team if grant.install else grant.app.id
    return world.limits.take(f"{grant.app.id}/{team}", name, str(args.get("channel", "")), world.clock.now())


async def serve_method(world: World, request: web.Request) -> web.StreamResponse:
    """``/api/<method>``."""
    name = request.match_info["method"]
    fault = world.faults.next(name)
    violations: list[str] = []
    args: Json = {}
    try:
        args, token = await arguments(request)
    except ApiError as error:
        world.note(name, {}, [error.error], error.error)
        return web.json_response({"ok": False, "error": error.error})
    if fault is not None and fault.delay:
        # It has arrived, and is carried out even when nobody waits for the answer any more.
        await world.clock.sleep(fault.delay)
    early = spoiled(request, fault)
    if early is not None:
        world.note(name, args, violations, f"fault {early.status}", early.status)
        return early
    status, body, wait = answer(world, name, args, token, violations)
    if not (status == 200 and body["ok"]) or violations or world.record == "full":
        world.note(name, args, violations, "ok" if body["ok"] else body["error"], status)
    else:
        world.counts[(name, "ok")] += 1
    if fault is not None and fault.cut == "after":
        return cut(request)
    headers = {"Retry-After": str(wait)} if wait else {}
    if token in world.grants:
        # docs.slack.dev/authentication/installing-with-oauth: every answer tells what the token may do.
        headers["x-oauth-scopes"] = ",".join(sorted(world.grants[token].scopes))
    return web.json_response(body=orjson.dumps(body), status=status, headers=headers)


def spoiled(request: web.Request, fault: Fault | None) -> web.Response | None:
    """The answer of a fault that keeps the call from being processed."""
    if fault is None:
        return None
    if fault.cut == "before":
        return cut(request)
    if fault.status is not None:
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        body = fault.body if fault.body is not None else {"ok": False, "error": fault.error or _code(fault.status)}
        text = body if isinstance(body, str) else orjson.dumps(body).decode()
        kind = "text/html" if isinstance(body, str) else "application/json"
        return web.Response(status=fault.status, headers=headers, text=text, content_type=kind)
    if fault.error is not None:
        return web.json_response({"ok": False, "error": fault.error})
    return None


def _code(status: int) -> str:
    return {429: "ratelimited", 503: "service_unavailable"}.get(status, "internal_error")


def cut(request: web.Request) -> web.Response:
    """Drop the connection instead of answering."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
