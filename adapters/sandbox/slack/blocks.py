"""What Slack says about a list of blocks, a message or a view; an empty list means that Slack would take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.sandbox.slack.elements import (
    ACCESSORY,
    ACTIONS,
    BUTTONS,
    CONTEXT,
    IMAGE,
    INPUTS,
    plain,
    text,
)
from adapters.sandbox.slack.shape import Check, Shape, anything, array, breach, choice, flag, number, string, typed

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100


def _block(required: tuple[str, ...], also: Check = anything, **fields: Check) -> Shape:
    return Shape({"type": anything, "block_id": string(255), **fields}, required, also)


def _section(value: dict[str, Any], path: str, found: list[str]) -> None:
    if not value.get("text") and not value.get("fields"):
        breach("must define either `text` or `fields`", path, found)


def _image(value: dict[str, Any], path: str, found: list[str]) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        breach("must define either `image_url` or `slack_file`", path, found)


MARKDOWN = 12_000
_RICH = typed(
    {
        name: Shape({"type": anything, "elements": array(anything, least=0), "border": number, **more}, ("elements",))
        for name, more in {
            "rich_text_section": {},
            "rich_text_quote": {},
            "rich_text_preformatted": {"language": string()},
            "rich_text_list": {"style": choice("bullet", "ordered"), "indent": number, "offset": number},
        }.items()
    }
)
RICH_TEXT = _block(("elements",), elements=array(_RICH, least=0))
BLOCKS: dict[str, Shape] = {
    "section": _block((), _section, text=text(3000), fields=array(text(2000), 10), accessory=ACCESSORY, expand=flag),
    "header": _block(("text",), text=plain(150)),
    "divider": _block(()),
    "image": _block(
        ("alt_text",),
        _image,
        image_url=string(3000),
        slack_file=anything,
        alt_text=string(2000),
        title=plain(2000),
    ),
    "actions": _block(("elements",), elements=array(ACTIONS, 25)),
    "context": _block(("elements",), elements=array(CONTEXT, 10)),
    "input": _block(
        ("label", "element"),
        label=plain(2000),
        element=INPUTS,
        hint=plain(2000),
        optional=flag,
        dispatch_action=flag,
    ),
    "rich_text": RICH_TEXT,
    "markdown": _block(("text",), text=string(MARKDOWN, 1)),
    "table": _block(("rows",), rows=array(array(anything, 20), 100), column_settings=array(anything, 20)),
    "video": _block(
        ("alt_text", "thumbnail_url", "title", "video_url"),
        alt_text=string(),
        author_name=string(50),
        description=plain(200),
        provider_icon_url=string(),
        provider_name=string(),
        thumbnail_url=string(),
        title=plain(200),
        title_url=string(),
        video_url=string(),
    ),
    "file": _block(("external_id", "source"), external_id=string(), source=choice("remote")),
    "alert": _block(("text",), text=text(3000), level=choice("default", "info", "warning", "error", "success")),
    "card": _block(
        (),
        title=text(150),
        subtitle=text(150),
        body=text(3000),
        icon=IMAGE,
        hero_image=IMAGE,
        actions=array(BUTTONS, 5),
    ),
    "context_actions": _block(("elements",), elements=array(anything, 5)),
    "carousel": _block(("elements",), elements=array(anything, 10)),
    "container": _block(
        ("child_blocks",),
        child_blocks=array(anything, 10),
        default_collapsed=flag,
        has_header_divider=flag,
        icon=IMAGE,
        is_collapsible=flag,
        rich_text_title=RICH_TEXT,
        subtitle=text(150),
        title=plain(150),
        width=choice("narrow", "standard", "wide", "full"),
    ),
    "data_table": _block(
        ("caption", "rows"),
        caption=string(),
        page_size=number,
        row_header_column_index=number,
        rows=array(array(anything)),
    ),
}
# A file, a table and a markdown block live in messages only.
IN_VIEWS = {name: shape for name, shape in BLOCKS.items() if name not in ("file", "table", "markdown")}
_MESSAGE = array(typed(BLOCKS), MESSAGE_BLOCKS, least=0)
_VIEW_BLOCKS = array(typed(IN_VIEWS), VIEW_BLOCKS, least=0)


def elements(blocks: list[Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each (path, block, element) that can be acted on, in the order in which it is seen."""
    for place, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        path = f"/blocks/{place}"
        if isinstance(block.get("accessory"), dict):
            yield f"{path}/accessory", block, block["accessory"]
        if isinstance(block.get("element"), dict):
            yield f"{path}/element", block, block["element"]
        for name in ("elements", "actions"):
            inner = block.get(name)
            if block.get("type") in ("actions", "card", "context_actions") and isinstance(inner, list):
                for spot, one in enumerate(inner):
                    if isinstance(one, dict):
                        yield f"{path}/{name}/{spot}", block, one
        if isinstance(block.get("child_blocks"), list):
            for inside, parent, one in elements(block["child_blocks"]):
                yield f"{path}/child_blocks{inside.removeprefix('/blocks')}", parent, one


def _unique(blocks: list[Any], found: list[str]) -> None:
    seen: set[str] = set()
    for place, block in enumerate(blocks):
        name = block.get("block_id") if isinstance(block, dict) else None
        if isinstance(name, str) and name in seen:
            breach(f"block_id `{name}` already exists", f"/blocks/{place}/block_id", found)
        elif isinstance(name, str) and name:
            seen.add(name)
    used: set[tuple[int, str]] = set()
    for path, block, element in elements(blocks):
        name = element.get("action_id")
        if isinstance(name, str) and (id(block), name) in used:
            breach(f"action_id `{name}` already exists", f"{path}/action_id", found)
        elif isinstance(name, str):
            used.add((id(block), name))


def check_blocks(blocks: Any) -> list[str]:
    """The breaches of a message's blocks, in Slack's words."""
    found: list[str] = []
    _MESSAGE(blocks, "/blocks", found)
    if isinstance(blocks, list):
        _unique(blocks, found)
        # All markdown blocks of one payload share the limit.
        length = sum(len(str(one.get("text", ""))) for one in blocks if _is(one, "markdown"))
        if length > MARKDOWN and not any("12001" in one for one in found):
            breach(f"must be less than {MARKDOWN + 1} characters", "/blocks", found)
    return found


def _is(block: Any, kind: str) -> bool:
    return isinstance(block, dict) and block.get("type") == kind


def _modal(value: dict[str, Any], path: str, found: list[str]) -> None:
    blocks = value.get("blocks")
    if isinstance(blocks, list) and any(_is(one, "input") for one in blocks) and not value.get("submit"):
        breach("submit is required when an input block is within the blocks array", path, found)


_COMMON: dict[str, Check] = {
    "type": anything,
    "blocks": _VIEW_BLOCKS,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_VIEWS = typed(
    {
        "modal": Shape(
            {
                **_COMMON,
                "title": plain(24),
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": flag,
                "notify_on_close": flag,
                "submit_disabled": flag,
            },
            ("title", "blocks"),
            _modal,
        ),
        "home": Shape(_COMMON, ("blocks",)),
    }
)


def check_view(view: Any) -> list[str]:
    """The breaches of a modal or App Home, in Slack's words."""
    found: list[str] = []
    _VIEWS(view, "/view", found)
    if isinstance(view, dict) and isinstance(view.get("blocks"), list):
        inner: list[str] = []
        _unique(view["blocks"], inner)
        found.extend(one.replace("[json-pointer:/", "[json-pointer:/view/") for one in inner)
    return found
