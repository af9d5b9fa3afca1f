"""The rules of message and modal components: which may hold which, how many, how long.

https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from typing import Any

from emoji import is_emoji

from adapters.sandbox.discord.fields import (
    Check,
    Found,
    Path,
    Violation,
    anything,
    boolean,
    each,
    number,
    one_of,
    record,
    snowflake,
    text,
    url,
)
from adapters.sandbox.discord.model import Json

ACTION_ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
AUTO_SELECTS = (5, 6, 7, 8)
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23
MOST_COMPONENTS, MOST_CHARACTERS = 40, 4000

_ID = number(0, 2**31 - 1)
_CUSTOM_ID = text(100, 1)
_BASE: dict[str, Check] = {"type": anything, "id": _ID}


def _emoji(value: Any, path: Path, found: Found) -> None:
    record({"id": snowflake, "name": text(32), "animated": boolean})(value, path, found)
    if isinstance(value, dict) and not value.get("id"):
        name = str(value.get("name") or "")
        if not is_emoji(name):  # ✓ and • are no emoji for Discord, only ✅ and its like are.
            found.append(Violation((*path, "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji"))


def _button_rules(value: Json, path: Path, found: Found) -> None:
    style = value.get("style")
    if style == 5:
        if not value.get("url"):
            found.append(Violation((*path, "url"), "BASE_TYPE_REQUIRED", "A url is required"))
        if value.get("custom_id"):
            message = "A custom id and url cannot both be specified"
            found.append(Violation((*path, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message))
    elif style in (1, 2, 3, 4):
        if value.get("custom_id") is None:
            found.append(Violation((*path, "custom_id"), "BASE_TYPE_REQUIRED", "A custom id is required"))
        if value.get("url"):
            message = "A custom id and url cannot both be specified"
            found.append(Violation((*path, "url"), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message))
    if style != 6 and not value.get("label") and not value.get("emoji"):
        found.append(Violation((*path, "label"), "BASE_TYPE_REQUIRED", "A button needs a label or an emoji"))


_button = record(
    _BASE
    | {
        "style": one_of(1, 2, 3, 4, 5, 6),
        "label": text(80),
        "emoji": _emoji,
        "custom_id": _CUSTOM_ID,
        "url": url(512, "http", "https", "discord"),
        "disabled": boolean,
        "sku_id": snowflake,
    },
    ("style",),
    then=_button_rules,
)
_OPTION = {"label": text(100, 1), "value": text(100, 1), "description": text(100), "default": boolean}
_select_option = record({**_OPTION, "emoji": _emoji}, ("label", "value"))
_group_option = record(_OPTION, ("label", "value"))


def _choice_rules(value: Json, path: Path, found: Found) -> None:
    options = [one for one in value.get("options") or [] if isinstance(one, dict)]
    seen: set[str] = set()
    for index, one in enumerate(options):
        if one.get("value") in seen:
            message = "The specified option value is already used"
            found.append(
                Violation((*path, "options", str(index), "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
            )
        seen.add(str(one.get("value")))
    most = 1 if value.get("type") == RADIO_GROUP else value.get("max_values")
    if most is None:
        most = len(options) if value.get("type") == CHECKBOX_GROUP else 1
    least = value.get("min_values")
    least = 1 if least is None else least
    if isinstance(least, int) and isinstance(most, int) and least > most:
        found.append(
            Violation((*path, "min_values"), "SELECT_COMPONENT_MIN_MAX", "min_values must not be above max_values")
        )
    if isinstance(most, int) and most > len(options) and value.get("max_values") is not None:
        message = "max_values must not be above the number of options"
        found.append(Violation((*path, "max_values"), "SELECT_COMPONENT_MAX_VALUES", message))
    if isinstance(most, int) and sum(bool(one.get("default")) for one in options) > most:
        found.append(
            Violation((*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "More defaults than may be chosen")
        )
    if value.get("type") == CHECKBOX_GROUP and least == 0 and value.get("required", True) is not False:
        found.append(
            Violation((*path, "required"), "CHECKBOX_GROUP_REQUIRED", "required must be false when min_values is 0")
        )


_SELECT: dict[str, Check] = _BASE | {
    "custom_id": _CUSTOM_ID,
    "placeholder": text(150),
    "min_values": number(0, 25),
    "max_values": number(1, 25),
    "disabled": boolean,
    "required": boolean,
}
_select = record(_SELECT | {"options": each(_select_option, 25, 1)}, ("custom_id", "options"), then=_choice_rules)
_auto_select = record(
    _SELECT | {"default_values": each(anything, 25), "channel_types": each(anything, 20)}, ("custom_id",)
)
_CHOICE: dict[str, Check] = _BASE | {"custom_id": _CUSTOM_ID, "required": boolean}
_radio = record(_CHOICE | {"options": each(_group_option, 10, 2)}, ("custom_id", "options"), then=_choice_rules)
_checkboxes = record(
    _CHOICE | {"options": each(_group_option, 10, 1), "min_values": number(0, 10), "max_values": number(1, 10)},
    ("custom_id", "options"),
    then=_choice_rules,
)
_checkbox = record(_BASE | {"custom_id": _CUSTOM_ID, "default": boolean}, ("custom_id",))
_upload = record(_CHOICE | {"min_values": number(0, 10), "max_values": number(1, 10)}, ("custom_id",))


def _input_rules(value: Json, path: Path, found: Found) -> None:
    least, most, filled = value.get("min_length") or 0, value.get("max_length") or 4000, value.get("value")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        found.append(Violation((*path, "min_length"), "TEXT_INPUT_MIN_MAX", "min_length must not be above max_length"))
    if isinstance(filled, str) and isinstance(most, int) and len(filled) > most:
        found.append(Violation((*path, "value"), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length."))


_text_input = record(
    _CHOICE
    | {
        "style": one_of(1, 2),
        "label": text(45, 1),
        "value": text(4000),
        "placeholder": text(100),
        "min_length": number(0, 4000),
        "max_length": number(1, 4000),
    },
    ("custom_id", "style"),
    then=_input_rules,
)
_media = record({"url": url(2048, "http", "https", "attachment")}, ("url",))
_text_display = record(_BASE | {"content": text(4000, 1)}, ("content",))
_thumbnail = record(_BASE | {"media": _media, "description": text(1024, 1), "spoiler": boolean}, ("media",))
_gallery_item = record({"media": _media, "description": text(1024, 1), "spoiler": boolean}, ("media",))
_gallery = record(_BASE | {"items": each(_gallery_item, 10, 1)}, ("items",))
_file = record(_BASE | {"file": _media, "spoiler": boolean, "name": anything, "size": anything}, ("file",))
_separator = record(_BASE | {"divider": boolean, "spacing": one_of(1, 2)})


def _row_rules(value: Json, path: Path, found: Found) -> None:
    inner = [one.get("type") for one in value.get("components") or [] if isinstance(one, dict)]
    if len(inner) > 1 and any(one != BUTTON for one in inner):
        found.append(
            Violation(
                (*path, "components"),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            )
        )


def _kind(**allowed: Check) -> Check:
    """A component of one of these types; the keys are ``t`` and the number."""
    rules = {int(name[1:]): rule for name, rule in allowed.items()}

    def check(value: Any, path: Path, found: Found) -> None:
        if not isinstance(value, dict):
            found.append(Violation(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType."))
        elif value.get("type") not in rules:
            shown = "(" + ", ".join(map(str, rules)) + ")"
            found.append(
                Violation((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {shown}.')
            )
        else:
            rules[value["type"]](value, path, found)

    return check


_row = record(
    _BASE
    | {
        "components": each(
            _kind(t2=_button, t3=_select, t5=_auto_select, t6=_auto_select, t7=_auto_select, t8=_auto_select), 5, 1
        )
    },
    ("components",),
    then=_row_rules,
)
_section = record(
    _BASE | {"components": each(_kind(t10=_text_display), 3, 1), "accessory": _kind(t2=_button, t11=_thumbnail)},
    ("components", "accessory"),
)
_INNER = {"t1": _row, "t9": _section, "t10": _text_display, "t12": _gallery, "t13": _file, "t14": _separator}
_container = record(
    _BASE | {"components": each(_kind(**_INNER), 40, 1), "accent_color": number(0, 0xFFFFFF), "spoiler": boolean},
    ("components",),
)


def _label_rules(value: Json, path: Path, found: Found) -> None:
    part = value.get("component")
    if isinstance(part, dict) and part.get("disabled"):
        message = "Components in a modal cannot be disabled"
        found.append(Violation((*path, "component", "disabled"), "COMPONENT_DISABLED_IN_MODAL", message))


_label = record(
    _BASE
    | {
        "label": text(45, 1),
        "description": text(100),
        "component": _kind(
            t3=_select, t4=_text_input, t5=_auto_select, t6=_auto_select, t7=_auto_select, t8=_auto_select,
            t19=_upload, t21=_radio, t22=_checkboxes, t23=_checkbox,
        ),
    },
    ("label", "component"),
    then=_label_rules,
)  # fmt: skip
_input_row = record(_BASE | {"components": each(_kind(t4=_text_input), 1, 1)}, ("components",))
_legacy = each(_kind(t1=_row), 5)
_layout = each(_kind(**_INNER, t17=_container), MOST_COMPONENTS)
_modal = each(_kind(t1=_input_row, t10=_text_display, t18=_label), 5, 1)


def _flat(value: Any, path: Path) -> list[tuple[Path, Json]]:
    found: list[tuple[Path, Json]] = []
    for index, one in enumerate(value if isinstance(value, list) else []):
        if isinstance(one, dict):
            here = (*path, str(index))
            found.append((here, one))
            found += _flat(one.get("components"), (*here, "components"))
            for key in ("accessory", "component"):
                if isinstance(one.get(key), dict):
                    found.append(((*here, key), one[key]))
    return found


def _unique(flat: list[tuple[Path, Json]], found: Found) -> None:
    for key, code, message in (
        ("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"),
        ("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated"),
    ):
        seen: set[object] = set()
        for path, one in flat:
            if one.get(key) and one[key] in seen:
                found.append(Violation((*path, key), code, message))
            seen.add(one.get(key))


def check_message_components(value: Any, path: Path, found: Found, *, v2: bool) -> None:
    (_layout if v2 else _legacy)(value, path, found)
    flat = _flat(value, path)
    _unique(flat, found)
    if not v2:
        return
    if len(flat) > MOST_COMPONENTS:
        message = f"Must be {MOST_COMPONENTS} or fewer components in total."
        found.append(Violation(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message))
    characters = sum(len(str(one.get("content", ""))) for _, one in flat if one.get("type") == TEXT_DISPLAY)
    if characters > MOST_CHARACTERS:
        message = f"Total displayable text must be {MOST_CHARACTERS} or fewer characters."
        found.append(Violation(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message))


def check_modal_components(value: Any, path: Path, found: Found) -> None:
    _modal(value, path, found)
    _unique(_flat(value, path), found)
