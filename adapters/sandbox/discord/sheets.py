"""An open form: what the person sees of a modal, what the client itself refuses, and what it submits.

https://discord.com/developers/docs/components/reference and its examples of modal submissions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.sandbox.discord.messages import saved_files
from adapters.sandbox.discord.model import Channel, Interaction, Json
from adapters.sandbox.discord.typed import pick
from adapters.sandbox.discord.world import World

_KINDS = {
    3: "select",
    5: "select",
    6: "select",
    7: "select",
    8: "select",
    21: "radio",
    22: "checkboxes",
    23: "checkbox",
}
Value = str | tuple[str, ...]


@dataclass(slots=True)
class Line:
    """One input with its label."""

    label: str
    part: Json
    value: Value = ""
    error: str | None = None

    @property
    def kind(self) -> str:
        if self.part["type"] == 4:
            return "paragraph" if self.part.get("style") == 2 else "text"
        return _KINDS.get(self.part["type"], "file")

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(each["label"] for each in self.part.get("options") or [])

    @property
    def required(self) -> bool:
        return self.part["type"] != 23 and self.part.get("required", True) is not False

    def show(self) -> Json:
        return {
            "label": self.label,
            "kind": self.kind,
            "value": self.value if isinstance(self.value, str) else list(self.value),
            "options": list(self.options),
            "required": self.required,
            "error": self.error,
        }


@dataclass(slots=True)
class OpenForm:
    source: Interaction
    form: Json
    lines: list[Line] = field(default_factory=list)
    text: str = ""

    def show(self) -> Json:
        entries = [each.show() for each in self.lines]
        return {"title": self.form["title"], "entries": entries, "text": self.text, "submit": "Submit"}

    def raw(self) -> Json:
        """The form as the bot sent it, with what is typed so far and what was wrong with it."""
        told = {each.part["custom_id"]: each.error for each in self.lines if each.error}
        return {"form": self.form, "id": self.source.id, "app": self.source.application.name, "errors": told}


def opened(source: Interaction, form: Json) -> OpenForm:
    made = OpenForm(source, form)
    told: list[str] = []
    for each in form["components"]:
        if each["type"] == 10:
            told.append(each["content"])
        elif each["type"] == 1:
            part = each["components"][0]
            made.lines.append(Line(part.get("label") or "", part, part.get("value") or ""))
        else:
            made.lines.append(Line(each["label"], each["component"], _default(each["component"])))
            if each.get("description"):
                told.append(each["description"])
    made.text = "\n".join(told)
    return made


def _default(part: Json) -> Value:
    if part["type"] == 4:
        return str(part.get("value") or "")
    if part["type"] == 23:
        return "yes" if part.get("default") else ""
    chosen = tuple(each["label"] for each in part.get("options") or [] if each.get("default"))
    return (chosen[0] if chosen else "") if part["type"] == 21 else chosen


def write(form: OpenForm, values: Mapping[str, str | Sequence[str]]) -> None:
    """Put values in by label; what is not named keeps what it holds."""
    for label, value in values.items():
        line = next((each for each in form.lines if label in (each.label, each.part["custom_id"])), None)
        if line is None:
            raise LookupError(f"the form has no {label!r}, only {[each.label for each in form.lines]}")
        if line.kind in ("text", "paragraph", "radio", "checkbox"):
            given = value if isinstance(value, str) else " ".join(value)
            most = line.part.get("max_length") or 4000
            # The client takes no more characters than max_length.
            line.value = given[:most] if line.part["type"] == 4 else given
        else:
            line.value = (value,) if isinstance(value, str) else tuple(value)
        words = {each["value"]: each["label"] for each in line.part.get("options") or []}
        known = line.options
        if not isinstance(line.value, str):
            line.value = tuple(each if each in known else words.get(each, each) for each in line.value)
        elif line.value not in known:
            line.value = words.get(line.value, line.value)
        for each in (line.value,) if isinstance(line.value, str) else line.value:
            if known and each and each not in known:
                raise LookupError(f"{line.label!r} has no option {each!r}, only {list(known)}")


def refuse(form: OpenForm) -> bool:
    """Mark what the client would not let through; True when there is something."""
    for line in form.lines:
        line.error = _problem(line)
    return any(line.error for line in form.lines)


def _problem(line: Line) -> str | None:
    part, value = line.part, line.value
    if not value:
        return "This field is required." if line.required else None
    if part["type"] == 4 and isinstance(value, str):
        least = part.get("min_length") or 0
        if len(value) < least:
            return f"Must be at least {least} characters."
        if line.required and not value.strip():
            return "This field is required."
    elif not isinstance(value, str) and part["type"] != 19:
        least = part.get("min_values", 1)
        most = part.get("max_values") or (len(part.get("options") or []) if part["type"] == 22 else 1)
        if len(value) > most:
            return f"Choose {most} at most."
        if least and len(value) < least:
            return f"Choose {least} at least."
    return None


def submission(form: OpenForm, world: World, channel: Channel) -> Json:
    """The data of the MODAL_SUBMIT interaction; labels and texts bring ids but no words."""
    resolved: Json = {}
    count = 0
    parts = {id(each.part): each for each in form.lines}

    def number(each: Json) -> int:
        nonlocal count
        count += 1
        return int(each.get("id") or count)

    components: list[Json] = []
    for each in form.form["components"]:
        shown: Json = {"type": each["type"], "id": number(each)}
        if each["type"] == 1:
            part = each["components"][0]
            shown["components"] = [_sent(part, number(part), parts[id(part)], world, channel, resolved)]
        elif each["type"] == 18:
            part = each["component"]
            shown["component"] = _sent(part, number(part), parts[id(part)], world, channel, resolved)
        components.append(shown)
    data: Json = {"custom_id": form.form["custom_id"], "components": components}
    return data | ({"resolved": resolved} if resolved else {})


def _sent(part: Json, number: int, line: Line, world: World, channel: Channel, resolved: Json) -> Json:
    base: Json = {"type": part["type"], "id": number, "custom_id": part["custom_id"]}
    by_label = {each["label"]: each["value"] for each in part.get("options") or []}
    if part["type"] == 4:
        return base | {"value": line.value}
    if part["type"] == 21:
        return base | {"value": by_label.get(str(line.value)) if line.value else None}
    if part["type"] == 23:
        return base | {"value": str(line.value).lower() in ("yes", "true", "on", "1", "x")}
    if part["type"] == 19:
        # The person gave a name and a text.
        name, content = tuple(line.value)[:2] if len(line.value) == 2 else ("", "")
        saved = saved_files(world, [("files[0]", name, content.encode())], []) if name else []
        resolved.setdefault("attachments", {}).update({each["id"]: each for each in saved})
        return base | {"values": [each["id"] for each in saved]}
    chosen = [line.value] if isinstance(line.value, str) and line.value else list(line.value)
    if part["type"] in (5, 6, 7, 8):
        kinds = {5: 6, 6: 8, 7: 9, 8: 7}
        return base | {"values": [pick(kinds[part["type"]], each, world, channel, resolved) for each in chosen]}
    return base | {"values": [by_label[each] for each in chosen]}
