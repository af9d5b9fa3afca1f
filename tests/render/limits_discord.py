"""Discord's limits, written down once more and apart from the adapter: what a body breaks, in words.

Where Discord's OpenAPI description lies on the machine, bodies are held to it too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

OPENAPI = Path(__file__).resolve().parents[3] / "shared" / "specs" / "discord_openapi.json"
Json = dict[str, Any]


@cache
def _schemas() -> Json:
    if not OPENAPI.exists():
        pytest.skip(f"Discord's OpenAPI description is not at {OPENAPI}")
    found: Json = json.loads(OPENAPI.read_text())
    return found


@cache
def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", **_schemas()})


def described(name: str, body: Any) -> list[str]:
    """What the OpenAPI description objects to; keys that it does not know are objected to at the top."""
    known = _schemas()["components"]["schemas"][name].get("properties", {})
    extra = [f"{name} has no {key}" for key in body if known and key not in known]
    return extra + [f"{'/'.join(map(str, it.path))}: {it.message[:200]}" for it in _validator(name).iter_errors(body)]


def walk(components: list[Json]) -> Iterator[Json]:
    for one in components:
        yield one
        yield from walk(one.get("components", []))
        yield from walk([one[key] for key in ("accessory", "component") if key in one])


def broken(body: Json) -> list[str]:
    """What a message's body breaks."""
    wrong: list[str] = []
    everything = list(walk(body.get("components", [])))
    if len(everything) > 40:
        wrong.append(f"{len(everything)} components")
    if sum(len(one["content"]) for one in everything if one["type"] == 10) > 4000:
        wrong.append("more than 4000 characters displayed")
    ids = [one["custom_id"] for one in everything if "custom_id" in one]
    if len(set(ids)) < len(ids):
        wrong.append(f"an id twice: {ids}")
    if body.get("allowed_mentions") != {"parse": []}:
        wrong.append("mentions are allowed")
    if body.get("flags", 0) & (1 << 15) and body.get("content"):
        wrong.append("content beside Components V2")
    if not body.get("flags", 0) & (1 << 15) and not 1 <= len(body.get("content", "")) <= 2000:
        wrong.append(f"content of {len(body.get('content', ''))} characters")
    if "username" in body:
        wrong += name_problems(body["username"])
    if not body.get("avatar_url", "https://").startswith("https://"):
        wrong.append("an avatar that is not https")
    for one in everything:
        wrong += _component_problems(one)
    return wrong


def name_problems(name: str) -> list[str]:
    wrong = [word for word in ("discord", "clyde") if word in name.lower()]
    if not 1 <= len(name.strip()) <= 80:
        wrong.append(f"a name of {len(name)} characters")
    return wrong


def _component_problems(one: Json) -> list[str]:
    match one["type"]:
        case 1:
            kinds = [inner["type"] for inner in one["components"]]
            return [] if kinds == [3] or (set(kinds) == {2} and len(kinds) <= 5) else [f"a row of {kinds}"]
        case 2:
            sizes = (len(one["label"]) in range(1, 81), len(one.get("custom_id", "x")) in range(1, 101))
            linked = (one["style"] == 5) == ("url" in one) and ("url" in one) != ("custom_id" in one)
            short = len(one.get("url", "")) <= 512
            return [] if all(sizes) and linked and short else [f"button {one}"]
        case 3:
            fits = 1 <= len(one["options"]) <= 25 and len(one.get("placeholder", "")) <= 150
            labels = all(1 <= len(option[key]) <= 100 for option in one["options"] for key in ("label", "value"))
            bounds = 0 <= one["min_values"] <= one["max_values"] <= len(one["options"])
            return [] if fits and labels and bounds else [f"select {one}"]
        case 9:
            return [] if 1 <= len(one["components"]) <= 3 and "accessory" in one else [f"section {one}"]
        case 12:
            told = all(1 <= len(item.get("description", "x")) <= 1024 for item in one["items"])
            return [] if told and 1 <= len(one["items"]) <= 10 else [f"gallery {one}"]
        case 10:
            return [] if 1 <= len(one["content"]) <= 4000 else ["an empty or overlong text"]
        case 17:
            return [] if one["components"] else ["an empty container"]
    return []


def broken_modal(data: Json) -> list[str]:
    """What a modal's data breaks."""
    wrong: list[str] = []
    if not 1 <= len(data["title"]) <= 45 or not 1 <= len(data["custom_id"]) <= 100:
        wrong.append("title or id")
    if not 1 <= len(data["components"]) <= 5:
        wrong.append(f"{len(data['components'])} parts")
    ids = [one["custom_id"] for one in walk(data["components"]) if "custom_id" in one]
    if len(set(ids)) < len(ids):
        wrong.append("an id twice")
    for one in data["components"]:
        if one["type"] == 18:
            wrong += _label_problems(one)
        elif one["type"] != 10 or not 1 <= len(one["content"]) <= 4000:
            wrong.append(f"part {one}")
    return wrong


def _label_problems(one: Json) -> list[str]:
    wrong: list[str] = []
    if not 1 <= len(one["label"]) <= 45 or not 1 <= len(one.get("description", "x")) <= 100:
        wrong.append(f"label {one['label']!r}")
    inner = one["component"]
    options = inner.get("options", [])
    sizes = {3: range(1, 26), 21: range(2, 11), 22: range(1, 11)}
    if inner["type"] in sizes and len(options) not in sizes[inner["type"]]:
        wrong.append(f"{len(options)} options")
    if any(not 1 <= len(option[key]) <= 100 for option in options for key in ("label", "value")):
        wrong.append("an option's label or value")
    if inner["type"] == 21 and sum(option.get("default", False) for option in options) > 1:
        wrong.append("two defaults")
    if inner["type"] == 22 and inner["min_values"] == 0 and inner["required"]:
        wrong.append("required, but nothing needs to be chosen")
    if inner["type"] == 4 and (
        not 1 <= inner["max_length"] <= 4000 or len(inner.get("value", "")) > inner["max_length"]
    ):
        wrong.append("a text longer than its input")
    return wrong
