"""What a person sees of messages and forms: visible words, controls, entries; the same eyes for tests and demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.slack.blocks import elements
from adapters.sandbox.slack.marks import unalias, visible
from adapters.sandbox.slack.model import Channel, Json, Message, User, View
from adapters.sandbox.slack.world import Workspace

SELECTS = ("static_select", "multi_static_select", "overflow", "radio_buttons", "checkboxes", "external_select")


@dataclass(frozen=True, slots=True)
class Handle:
    """A control with the block and element behind it."""

    label: str
    kind: str
    block: Json
    element: Json

    @property
    def options(self) -> list[Json]:
        groups = self.element.get("option_groups") or []
        return list(self.element.get("options") or [one for group in groups for one in group["options"]])

    @property
    def key(self) -> str:
        return f"{self.block.get('block_id')}/{self.element.get('action_id')}"


def words(space: Workspace, text: Any) -> str:
    """A text object as it is read."""
    if not isinstance(text, dict):
        return ""
    raw = str(text.get("text", ""))
    return mrkdwn(space, raw) if text.get("type") == "mrkdwn" else unalias(raw)


def mrkdwn(space: Workspace, raw: str) -> str:
    def person(id_: str) -> str:
        user = space.users.get(id_)
        return user.shown if user else id_

    def room(id_: str) -> str:
        channel = space.channels.get(id_)
        return channel.name if channel else id_

    return visible(raw, person, room)


def handles(space: Workspace, blocks: list[Json]) -> Iterator[Handle]:
    """Every control, top to bottom."""
    for _, block, element in elements(blocks):
        kind = element.get("type", "")
        if kind == "button":
            shown = "link" if element.get("url") else "button"
            yield Handle(words(space, element.get("text")), shown, block, element)
        elif kind == "overflow":
            yield Handle("More", "select", block, element)
        elif kind != "image":
            label = words(space, block.get("label")) or words(space, element.get("placeholder"))
            yield Handle(label or words(space, block.get("text")), entry_kind(element), block, element)


def entry_kind(element: Json) -> str:
    """The word of the Hands protocol for an input element."""
    kind = str(element.get("type", ""))
    if kind == "plain_text_input":
        return "paragraph" if element.get("multiline") else "text"
    if kind == "radio_buttons":
        return "radio"
    if kind == "checkboxes":
        return "checkboxes" if len(element.get("options", [])) > 1 else "checkbox"
    return "select" if kind.endswith("_select") or kind == "overflow" else "text"


def lines(space: Workspace, blocks: list[Json]) -> Iterator[str]:
    """The visible words, one line a block."""
    for block in blocks:
        match block.get("type"):
            case "section":
                fields = [words(space, one) for one in block.get("fields", [])]
                yield "\n".join(one for one in [words(space, block.get("text")), *fields] if one)
            case "header" | "alert":
                yield words(space, block.get("text"))
            case "context":
                parts = block.get("elements", [])
                yield " ".join(words(space, one) or str(one.get("alt_text", "")) for one in parts)
            case "image":
                yield words(space, block.get("title")) or str(block.get("alt_text", ""))
            case "rich_text":
                yield "\n".join(rich_line(space, one) for one in block.get("elements", []))
            case "markdown":
                yield unalias(str(block.get("text", "")))
            case "input":
                yield words(space, block.get("label"))
            case "card":
                yield "\n".join(words(space, block.get(name)) for name in ("title", "subtitle", "body"))
            case "container":
                yield "\n".join([words(space, block.get("title")), *lines(space, block.get("child_blocks", []))])
            case "table" | "data_table":
                for row in block.get("rows", []):
                    yield " | ".join(str(cell.get("text", "")) for cell in row)


def rich_line(space: Workspace, part: Json) -> str:
    """One rich text element in plain words."""
    out = []
    for one in part.get("elements", []):
        match one.get("type"):
            case "text":
                out.append(str(one.get("text", "")))
            case "user":
                user = space.users.get(str(one.get("user_id")))
                out.append("@" + (user.shown if user else "someone"))
            case "channel":
                room = space.channels.get(str(one.get("channel_id")))
                out.append("#" + (room.name if room else "private"))
            case "link":
                out.append(str(one.get("text") or one.get("url")))
            case "emoji":
                out.append(unalias(f":{one.get('name')}:"))
            case "broadcast":
                out.append(f"@{one.get('range')}")
            case _:
                out.append(rich_line(space, one))
    separator = "\n" if part.get("type") == "rich_text_list" else ""
    return separator.join(out)


def author(space: Workspace, message: Message) -> str:
    if message.username:
        return message.username
    user = space.users.get(message.user or "")
    return user.shown if user else "Slackbot"


def post_json(space: Workspace, channel: Channel, message: Message) -> Json:
    """One message in the words of the Hands protocol."""
    shown = "\n".join(one for one in lines(space, message.blocks) if one)
    return {
        "id": message.ts,
        "channel": channel.name or "@bot",
        "author": author(space, message),
        # The app shows the text only where there are no blocks; then it is the notification.
        "text": shown if message.blocks else _without_blocks(space, message),
        "private": message.only_for is not None,
        "controls": [control_json(space, one) for one in handles(space, message.blocks)],
        "edited": message.edited is not None,
        "thread": message.thread_ts if message.thread_ts != message.ts else None,
        "bot": message.bot_id is not None,
    }


def _without_blocks(space: Workspace, message: Message) -> str:
    names = [str(one.get("alt_txt") or one["title"]) for one in message.files]
    return "\n".join(one for one in [mrkdwn(space, message.text), *names] if one)


def control_json(space: Workspace, handle: Handle) -> Json:
    kind = handle.kind if handle.kind in ("button", "link") else "select"
    return {
        "label": handle.label,
        "kind": kind,
        "options": [words(space, one.get("text")) for one in handle.options],
        "url": handle.element.get("url"),
        "disabled": False,
    }


def visible_posts(space: Workspace, channel: Channel, user: User) -> list[Message]:
    """All messages of the channel that this person sees, oldest first."""
    mine = space.person(user.id).private.get(channel.id)
    if not mine:
        return list(channel.messages.values())
    return sorted([*channel.messages.values(), *mine.values()], key=lambda one: (len(one.ts), one.ts))


def sheet_json(space: Workspace, view: View, typed: dict[str, Any]) -> Json:
    """An open form."""
    entries = []
    for handle in handles(space, view.body.get("blocks", [])):
        if handle.block.get("type") != "input":
            continue
        entries.append(
            {
                "label": handle.label,
                "kind": handle.kind,
                "value": shown_value(space, value_of(handle.element, typed.get(handle.key))),
                "options": [words(space, one.get("text")) for one in handle.options],
                "required": not handle.block.get("optional", False),
                "error": view.errors.get(str(handle.block.get("block_id"))),
            }
        )
    others = [one for one in view.body.get("blocks", []) if one.get("type") != "input"]
    return {
        "id": view.id,
        "title": words(space, view.body.get("title")),
        "text": "\n".join(one for one in lines(space, others) if one),
        "submit": words(space, view.body.get("submit")) or "Submit",
        "entries": entries,
    }


def shown_value(space: Workspace, value: Json) -> str | list[str]:
    if "selected_options" in value:
        return [words(space, one["text"]) for one in value["selected_options"] or []]
    if value.get("selected_option"):
        return words(space, value["selected_option"]["text"])
    for name, one in value.items():
        if name != "type" and isinstance(one, str):
            return one
    return ""


def value_of(element: Json, typed: Any) -> Json:
    """An element's entry in ``state.values``: what the person put there, else its initial value."""
    if isinstance(typed, dict):
        return typed
    kind = str(element.get("type"))
    value: Json = {"type": kind}
    match kind:
        case "static_select" | "radio_buttons" | "external_select":
            value["selected_option"] = element.get("initial_option")
        case "checkboxes" | "multi_static_select" | "multi_external_select":
            value["selected_options"] = list(element.get("initial_options") or [])
        case "users_select" | "channels_select" | "conversations_select":
            name = kind.removesuffix("s_select")
            value[f"selected_{name}"] = element.get(f"initial_{name}")
        case "multi_users_select" | "multi_channels_select" | "multi_conversations_select":
            name = kind.removeprefix("multi_").removesuffix("_select")
            value[f"selected_{name}"] = list(element.get(f"initial_{name}") or [])
        case "datepicker":
            value["selected_date"] = element.get("initial_date")
        case "timepicker":
            value["selected_time"] = element.get("initial_time")
        case "datetimepicker":
            value["selected_date_time"] = element.get("initial_date_time")
        case "rich_text_input":
            value["rich_text_value"] = element.get("initial_value")
        case _:
            value["value"] = element.get("initial_value")
    return value


def state_values(blocks: list[Json], typed: dict[str, Any]) -> Json:
    """``state.values``: every element that holds a value, whether it was touched or not."""
    values: Json = {}
    for _, block, element in elements(blocks):
        if element.get("type") in ("button", "overflow", "image", "workflow_button"):
            continue
        key = f"{block.get('block_id')}/{element.get('action_id')}"
        values.setdefault(str(block.get("block_id")), {})[element.get("action_id")] = value_of(element, typed.get(key))
    return values
