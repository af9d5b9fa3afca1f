"""Block Kit's interactive elements and composition objects with their limits (docs.slack.dev/reference/block-kit)."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.slack.shape import (
    Check,
    Shape,
    anything,
    array,
    breach,
    choice,
    either,
    flag,
    number,
    string,
    typed,
)

ID = string(255, 1)
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30


def plain(most: int) -> Check:
    return typed({"plain_text": Shape({"type": anything, "text": string(most, 1), "emoji": flag}, ("text",))})


def text(most: int) -> Check:
    return typed(
        {
            "plain_text": Shape({"type": anything, "text": string(most, 1), "emoji": flag}, ("text",)),
            "mrkdwn": Shape({"type": anything, "text": string(most, 1), "verbatim": flag}, ("text",)),
        }
    )


def link(value: Any, path: str, found: list[str]) -> None:
    """A button's link; Slack opens web pages, mail and its own places."""
    string(3000)(value, path, found)
    if isinstance(value, str) and not value.startswith(("http://", "https://", "mailto:", "tel:", "slack://")):
        breach("invalid url", path, found)


STYLE = choice("primary", "danger")
CONFIRM = Shape(
    {
        "title": plain(CONFIRM_TITLE),
        "text": text(CONFIRM_TEXT),
        "confirm": plain(CONFIRM_BUTTON),
        "deny": plain(CONFIRM_BUTTON),
        "style": STYLE,
    },
    ("title", "text", "confirm", "deny"),
)
# An option's value was 75 characters once; the page now says 150.
OPTION = Shape(
    {"text": text(75), "value": string(150, 1), "description": text(75), "url": string(3000)}, ("text", "value")
)
PLAIN_OPTION = Shape(
    {"text": plain(75), "value": string(150, 1), "description": plain(75), "url": string(3000)}, ("text", "value")
)
GROUP = Shape({"label": plain(75), "options": array(PLAIN_OPTION, 100)}, ("label", "options"))
DISPATCH = Shape(
    {"trigger_actions_on": array(choice("on_enter_pressed", "on_character_entered"))}, ("trigger_actions_on",)
)


def _options(value: dict[str, Any], path: str, found: list[str]) -> None:
    if ("options" in value) == ("option_groups" in value):
        breach("must define either `options` or `option_groups`", path, found)
    if not isinstance(value.get("options"), list):
        return
    values = [one.get("value") for one in value["options"] if isinstance(one, dict)]
    if len(values) != len(set(map(str, values))):
        breach("option values must be unique", f"{path}/options", found)
    chosen = value.get("initial_options") or ([value["initial_option"]] if value.get("initial_option") else [])
    for one in chosen:
        if one not in value["options"]:
            breach("initial option must match one of the options", path, found)


def _select(**extra: Check) -> dict[str, Check]:
    return {
        "type": anything,
        "action_id": ID,
        "placeholder": plain(150),
        "confirm": CONFIRM,
        "focus_on_load": flag,
        **extra,
    }


_MANY: dict[str, Check] = {"max_selected_items": number}
_URLS: dict[str, Check] = {"response_url_enabled": flag}
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": flag, "filter": anything}
_STATIC: dict[str, Check] = {"options": array(PLAIN_OPTION, 100), "option_groups": array(GROUP, 100)}
_WRITING: dict[str, Check] = {
    "type": anything,
    "action_id": ID,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
}

BUTTON = Shape(
    {
        "type": anything,
        "action_id": ID,
        "text": plain(75),
        "value": string(2000),
        "url": link,
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
    ("text",),
)
IMAGE = Shape(
    {"type": anything, "image_url": string(3000), "slack_file": anything, "alt_text": string(2000)}, ("alt_text",)
)
SELECTS = {
    "static_select": Shape(_select(**_STATIC, initial_option=PLAIN_OPTION), (), _options),
    "external_select": Shape(_select(initial_option=PLAIN_OPTION, min_query_length=number)),
    "users_select": Shape(_select(initial_user=string())),
    "conversations_select": Shape(_select(**_CONVERSATIONS, **_URLS, initial_conversation=string())),
    "channels_select": Shape(_select(**_URLS, initial_channel=string())),
    "multi_static_select": Shape(_select(**_STATIC, **_MANY, initial_options=array(PLAIN_OPTION)), (), _options),
    "multi_external_select": Shape(_select(**_MANY, initial_options=array(PLAIN_OPTION), min_query_length=number)),
    "multi_users_select": Shape(_select(**_MANY, initial_users=array(string()))),
    "multi_conversations_select": Shape(_select(**_MANY, **_CONVERSATIONS, initial_conversations=array(string()))),
    "multi_channels_select": Shape(_select(**_MANY, initial_channels=array(string()))),
}
_BOXES: dict[str, Check] = {
    "type": anything,
    "action_id": ID,
    "options": array(OPTION, 10),
    "confirm": CONFIRM,
    "focus_on_load": flag,
}
CHOICES = {
    "checkboxes": Shape({**_BOXES, "initial_options": array(OPTION, 10)}, ("options",), _options),
    "radio_buttons": Shape({**_BOXES, "initial_option": OPTION}, ("options",), _options),
}
PICKERS = {
    "datepicker": Shape(_select(initial_date=string())),
    "timepicker": Shape(_select(initial_time=string(), timezone=string())),
    "datetimepicker": Shape(
        {
            "type": anything,
            "action_id": ID,
            "confirm": CONFIRM,
            "focus_on_load": flag,
            "initial_date_time": number,
        }
    ),
}
OVERFLOW = Shape(
    {"type": anything, "action_id": ID, "options": array(PLAIN_OPTION, 5), "confirm": CONFIRM}, ("options",)
)
WORKFLOW_BUTTON = Shape(
    {
        "type": anything,
        "text": plain(75),
        "action_id": ID,
        "workflow": anything,
        "style": STYLE,
        "accessibility_label": string(75),
    },
    ("text", "workflow"),
)
WRITING = {
    "plain_text_input": Shape(
        {
            **_WRITING,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": number,
            "max_length": number,
        }
    ),
    "number_input": Shape(
        {
            **_WRITING,
            "is_decimal_allowed": flag,
            "initial_value": string(),
            "min_value": string(),
            "max_value": string(),
        },
        ("is_decimal_allowed",),
    ),
    "email_text_input": Shape({**_WRITING, "initial_value": string()}),
    "url_text_input": Shape({**_WRITING, "initial_value": string()}),
    "rich_text_input": Shape({**_WRITING, "initial_value": anything, "min_lines": number, "max_lines": number}),
    "file_input": Shape({"type": anything, "action_id": ID, "filetypes": array(string()), "max_files": number}),
}

ACTIONS = typed(
    {"button": BUTTON, "overflow": OVERFLOW, "workflow_button": WORKFLOW_BUTTON, **SELECTS, **CHOICES, **PICKERS}
    | {"rich_text_input": WRITING["rich_text_input"]}
)
ACCESSORY = typed(
    {
        "button": BUTTON,
        "overflow": OVERFLOW,
        "workflow_button": WORKFLOW_BUTTON,
        "image": IMAGE,
        **SELECTS,
        **CHOICES,
        **PICKERS,
    }
)
INPUTS = typed({**WRITING, **SELECTS, **CHOICES, **PICKERS})
CONTEXT = either(typed({"image": IMAGE}), text(2000))
BUTTONS = typed({"button": BUTTON})
