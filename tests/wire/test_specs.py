"""Every request of a whole session against the platforms' own published schemas, beside the stand-ins' own checks.

Where a schema is older than the documentation the difference is named with the page that documents it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from adapters.sandbox.slack.checks import METHODS
from tests.wire.audience import CHANNEL, has
from tests.wire.bot_stage import Stage, on_stage
from tests.wire.slack_since import SLACK_ARGUMENTS_EITHER, SLACK_ARGUMENTS_SINCE, SLACK_METHODS_SINCE

Check = Callable[[Sequence[Any]], None]
Json = dict[str, Any]
SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="the platforms' schemas are not beside the project")


@functools.cache
def spec(name: str) -> Json:
    return dict(json.loads((SPECS / name).read_text()))


# -- Slack ----------------------------------------------------------------------------------------------------------


def slack_problems(method: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    if method.startswith("answer:") or method == "response_url":
        payload = arguments.get("payload") if method.startswith("answer:") else arguments
        yield from slack_parts(payload if isinstance(payload, dict) else {})
        return
    described = spec("slack_web_openapi_v2.json")["paths"].get(f"/{method}")
    if described is None:
        if method not in SLACK_METHODS_SINCE:
            yield f"{method} is no method"
        return
    (verb,) = described
    known = {it["name"]: it for it in described[verb]["parameters"] if it["name"] != "token"}
    for name, value in arguments.items():
        if name not in known:
            if (method, name) not in SLACK_ARGUMENTS_SINCE:
                yield f"{method} takes no {name}"
        elif not _fits(known[name]["type"], value):
            yield f"{method}: {name} is no {known[name]['type']}: {value!r}"
    yield from (f"{method} needs {name}" for name, it in known.items() if it.get("required") and name not in arguments)
    yield from slack_parts(arguments)


def _fits(kind: str, value: Any) -> bool:
    """Forms carry text; JSON objects stand for their text in the record."""
    match kind:
        case "boolean":
            return str(value).lower() in ("true", "false", "1", "0")
        case "integer" | "number":
            return bool(re.fullmatch(r"-?\d+(\.\d+)?", str(value)))
        case _:
            return isinstance(value, str | dict | list | int | float)


def slack_parts(body: Mapping[str, Any]) -> Iterator[str]:
    """Blocks and views, by Slack's own types."""
    for block in body.get("blocks") or ():
        yield from _wrong(slack_type(str(block.get("type"))), block)
    view = body.get("view")
    if isinstance(view, dict):
        yield from _wrong(slack_type("home" if view.get("type") == "home" else "view"), view)
        yield from slack_parts(view)


@functools.cache
def slack_type(name: str) -> Validator:
    """Of one sort of block, so that what is told is not "none of twenty"."""
    definitions = spec("slack_types.schema.json")["definitions"]
    views = {"view": "ModalView", "home": "HomeView"}
    found = views.get(name) or f"{name.title().replace('_', '')}Block"
    return Draft7Validator({"$ref": f"#/definitions/{found}", "definitions": definitions})


def _wrong(validator: Validator, value: Any) -> Iterator[str]:
    for error in validator.iter_errors(value):
        yield f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"


# -- Discord --------------------------------------------------------------------------------------------------------


def discord_problems(method: str, route: str, arguments: Mapping[str, Any]) -> Iterator[str]:
    found = discord_routes().get((method, _nameless(route)))
    if found is None:
        yield f"{method} {route} is no route"
        return
    path, operation = found
    described = [_resolved(it) for it in (*path.get("parameters", ()), *operation.get("parameters", ()))]
    known = {it["name"] for it in described if it["in"] == "query"}
    yield from (f"{method} {route} takes no {name}" for name in arguments["query"] if name not in known)
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    body = arguments["body"]
    if body is None:
        return
    if schema is None:
        yield f"{method} {route} takes no body"
        return
    components = spec("discord_openapi.json")["components"]
    yield from _wrong(Draft202012Validator(schema | {"components": components}), _numbers(body))
    if isinstance(body, dict):
        keys = _keys(schema)
        yield from (f"{method} {route} has no {name}" for name in body if keys and name not in keys)


def _numbers(value: Any) -> Any:
    """Permission bits are text (discord.com/developers/docs/topics/permissions); the schema has numbers still."""
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: int(one) if name in ("allow", "deny", "permissions") and str(one).isdigit() else _numbers(one)
        for name, one in value.items()
    }


@functools.cache
def discord_routes() -> dict[tuple[str, str], tuple[Json, Json]]:
    return {
        (verb.upper(), _nameless(path)): (described, operation)
        for path, described in spec("discord_openapi.json")["paths"].items()
        for verb, operation in described.items()
        if verb != "parameters"
    }


def _nameless(route: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", route)


def _resolved(schema: Json) -> Json:
    while "$ref" in schema:
        found: Any = spec("discord_openapi.json")
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        schema = found
    return schema


def _keys(schema: Json) -> set[str]:
    """The names that some form of the schema knows."""
    schema = _resolved(schema)
    keys = set(schema.get("properties", ()))
    for union in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(union, ()):
            keys |= _keys(one)
    return keys


# -- the session ----------------------------------------------------------------------------------------------------


async def everything(stage: Stage) -> None:
    """Every sort of request that the bot makes, on both platforms."""
    await stage.live()
    for who in ("ana", "bo"):
        hands = stage.people[who]
        for line in ("/mod live", "/mod session setup", "/mod session extend soon", "/stage join"):
            assert (await hands.command(CHANNEL, line)).ok
        await stage.form(who, await hands.command(CHANNEL, "/mod poll Both?"))
        refused = await hands.fill({"Options, one a line": "One"})
        if refused.sheet is None:
            again = await stage.see(who, lambda post: post.private and "options" in post.text.lower())
            await stage.form(who, await hands.press(CHANNEL, again.id, again.controls[0].label))
        several = {"Options, one a line": "One\nTwo\n*Three*", "Answers": ["Allow more than one answer"]}
        assert (await hands.fill(several)).ok
        await stage.press(who, "Publish now", channel=CHANNEL)
        await stage.see("mira", lambda post: any(it.kind == "select" for it in post.controls) and "Both?" in post.text)
    for who in ("mira", "nova"):
        card = await stage.see(who, lambda post: any(it.kind == "select" for it in post.controls))
        picked = next(control for control in card.controls if control.kind == "select")
        assert (await stage.people[who].choose(CHANNEL, card.id, picked.label, picked.options[:2])).ok
    for writer, reader in (("mira", "nova"), ("nova", "mira")):
        hands = stage.people[writer]
        ident = await hands.write(CHANNEL, f"*A* line of {writer} <!here> @everyone `code` https://example.org/x")
        await stage.read(reader, f"line of {writer}")
        await hands.edit(CHANNEL, ident, f"Changed by {writer}")
        await stage.read(reader, f"Changed by {writer}")
        await hands.delete(CHANNEL, ident)
        await stage.people[reader].settle(CHANNEL, lambda posts: not any("Changed by" in it.text for it in posts))
    await stage.people["mira"].write(CHANNEL, "long " * 1_000)
    await stage.see("nova", lambda post: post.bot and "long long" in post.text)
    await stage.press("ana", "End", lambda post: post.private)
    await stage.press("ana", "End poll")
    await stage.see("nova", lambda post: "ended" in post.text and not has(post, "Vote A"))


async def test_every_request_fits_the_platforms_own_schemas(tmp_path: Path, outgoing: Check) -> None:
    async with on_stage(tmp_path, outgoing) as stage:
        await everything(stage)
        await stage.restart()
    wrong = [(it.method, problem) for it in stage.slack.requests for problem in slack_problems(it.method, it.arguments)]
    wrong += [
        (f"{it.method} {it.route}", problem)
        for it in stage.discord.requests
        if it.method != "GATEWAY"
        for problem in discord_problems(it.method, it.route, it.arguments)
    ]
    assert wrong == []
    assert {it.method for it in stage.slack.requests} >= {
        "chat.postMessage",
        "chat.update",
        "chat.delete",
        "views.open",
    }
    assert {it.method for it in stage.discord.requests} >= {"GET", "POST", "PATCH", "PUT", "DELETE"}


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("chat.postMessage", {"text": "no channel"}),
        ("chat.postMessage", {"channel": "C1", "colour": "red"}),
        ("chat.postMessage", {"channel": "C1", "blocks": [{"type": "section", "text": {"type": "mrkdwn"}}]}),
        ("views.open", {"trigger_id": "1", "view": {"type": "modal", "blocks": []}}),
        ("chat.shout", {}),
        ("conversations.invite", {"channel": "C1", "users": "U1", "message": "hello"}),
        ("conversations.create", {"name": "stage", "is_private": "perhaps"}),
        ("views.publish", {"user_id": "U1", "view": {"type": "home"}}),
        ("pins.add", {"timestamp": "1.2"}),
    ],
)
def test_the_schemas_find_what_slack_would_refuse(method: str, arguments: Json) -> None:
    assert list(slack_problems(method, arguments))


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("conversations.create", {"name": "stage", "is_private": "true"}),
        ("conversations.invite", {"channel": "C1", "users": "U1,U2", "force": "true"}),
        ("conversations.kick", {"channel": "C1", "user": "U1"}),
        ("conversations.setTopic", {"channel": "C1", "topic": "Now"}),
        ("conversations.archive", {"channel": "C1"}),
        ("conversations.members", {"channel": "C1", "limit": "200", "cursor": "x"}),
        ("conversations.replies", {"channel": "C1", "ts": "1.2", "oldest": "1.1"}),
        ("users.conversations", {"types": "private_channel", "exclude_archived": "true"}),
        ("pins.add", {"channel": "C1", "timestamp": "1.2"}),
        ("pins.remove", {"channel": "C1", "timestamp": "1.2"}),
        ("bots.info", {"bot": "B1"}),
        ("bookmarks.add", {"channel_id": "C1", "title": "Menu", "type": "link", "link": "https://a.example"}),
        ("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": [{"type": "divider"}]}}),
    ],
)
def test_the_schemas_take_what_slack_documents(method: str, arguments: Json) -> None:
    assert list(slack_problems(method, arguments)) == []


@pytest.mark.parametrize("method", METHODS)
def test_the_stand_in_takes_what_the_schema_or_a_page_documents_and_nothing_else(method: str) -> None:
    described = spec("slack_web_openapi_v2.json")["paths"].get(f"/{method}")
    if described is None:
        assert method in SLACK_METHODS_SINCE
        return
    (verb,) = described
    published = {it["name"]: bool(it.get("required")) for it in described[verb]["parameters"] if it["name"] != "token"}
    ours = {name.rstrip("*"): name.endswith("*") for name in METHODS[method].arguments}
    assert {name for name in ours if name not in published and (method, name) not in SLACK_ARGUMENTS_SINCE} == set()
    needed = {name for name, required in published.items() if required}
    assert {name for name in needed if not ours.get(name) and (method, name) not in SLACK_ARGUMENTS_EITHER} == set()


def test_permission_bits_are_text_in_discords_documentation() -> None:
    seen = {"id": "1", "type": 0, "allow": "1024", "deny": "2048"}
    body = {"name": "stage", "type": 0, "permission_overwrites": [seen]}
    asked = {"query": {}, "body": body}
    assert list(discord_problems("POST", "/guilds/{guild_id}/channels", asked)) == []
    seen["allow"] = "all"
    assert list(discord_problems("POST", "/guilds/{guild_id}/channels", asked))


@pytest.mark.parametrize(
    ("method", "route", "body"),
    [
        ("POST", "/channels/{channel_id}/messages", {"content": "x" * 4_001}),
        ("POST", "/channels/{channel_id}/messages", {"content": "x", "colour": "red"}),
        ("POST", "/channels/{channel_id}/messages", {"components": [{"type": 2, "style": 1, "label": "x" * 81}]}),
        ("POST", "/channels/{channel_id}/shout", {"content": "x"}),
    ],
)
def test_the_schemas_find_what_discord_would_refuse(method: str, route: str, body: Json) -> None:
    assert list(discord_problems(method, route, {"query": {}, "body": body}))
