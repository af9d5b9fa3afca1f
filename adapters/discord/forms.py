"""Forms as modals, their submissions as values, and what was typed into a refused one, kept for another try."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from adapters.discord import limits
from adapters.discord.markup import escape
from adapters.discord.shapes import Json as Shape
from adapters.discord.shapes import inner, several, text
from core.app.intake import resumed
from core.domain.form import Field, Form, Values, whole
from core.domain.ids import MINUTE, Instant
from core.domain.text import Leaf, Styled, Text, doc, plain, shorten
from core.domain.view import Button, Buttons, Card, Note, OnlyPerson, Part, Words

Json = dict[str, Any]

TEXT_INPUT, SELECT, USER_SELECT, TEXT_DISPLAY, LABEL, FILE_UPLOAD = 4, 3, 5, 10, 18, 19
RADIO_GROUP, CHECKBOX_GROUP = 21, 22
Named = Callable[[str], tuple[str, ...]]
"""A picked user's account and name, nothing for a bot; or an uploaded file's address."""
SHORT, PARAGRAPH = 1, 2
MARK = "~"
"""Between what a modal means and what opened it: one that was not answered stays open and can be sent again."""


def modal(form: Form, opened: str = "") -> Json:
    """The data of a modal response: one page of the form. Its button cannot be named: it always says "Submit".

    ``opened``: the interaction that opened it.
    """
    mark = f"{MARK}{opened}" if opened and resumed(form.action) else ""
    shown, pages = form.pages[form.page], len(form.pages)
    opening = "\n\n".join(escape(part) for part in (form.problem, "" if form.page else _words(form.intro)) if part)
    room = limits.MODAL_PARTS - len(shown)
    parts = [{"type": TEXT_DISPLAY, "content": shorten(opening, limits.DISPLAYED)}] if opening and room else []
    fields = [_label(each, opening if not room and index == 0 else "") for index, each in enumerate(shown)]
    which = f" ({form.page + 1} of {pages})" if pages > 1 else ""
    return {
        "custom_id": form.sending + mark if len(form.sending + mark) <= limits.CUSTOM_ID else form.sending,
        "title": shorten(form.title, limits.MODAL_TITLE - len(which)) + which,
        "components": [*parts, *fields],
    }


def meaning(custom_id: str) -> str:
    """What the submission of a modal means."""
    return custom_id.partition(MARK)[0]


def repeated(custom_id: str, typed: Values) -> str:
    """What the same modal with the same typing has every time; empty where that cannot be told."""
    opened = custom_id.partition(MARK)[2]
    return f"{opened}:{hashlib.sha256(orjson.dumps(dict(typed))).hexdigest()[:24]}" if opened else ""


def _words(text: Text) -> str:
    return plain(text)


def _label(each: Field, opening: str) -> Json:
    """An input under its name; the sentence of a refusal stands where the hint was."""
    told = each.error or each.hint or opening
    made: Json = {
        "type": LABEL,
        "label": shorten(each.label, limits.INPUT_LABEL),
        "component": _input(each),
    }
    if told:
        made["description"] = shorten(told, limits.INPUT_DESCRIPTION)
    return made


def _input(each: Field) -> Json:
    match each.kind:
        case "line" | "paragraph":
            return _text_input(each)
        case "choice":
            kind = RADIO_GROUP if len(each.picks) in limits.RADIO_OPTIONS else SELECT
            return _group(each, kind, least=int(each.required), most=1)
        case "choices":
            kind = CHECKBOX_GROUP if len(each.picks) in limits.CHECKBOX_OPTIONS else SELECT
            return _group(each, kind, least=int(each.required), most=len(each.picks))
        case "agree":
            return _group(each, CHECKBOX_GROUP, least=1, most=1)
        case "person":
            return _person(each)
        case "file":
            least = int(each.required)
            return {
                "type": FILE_UPLOAD,
                "custom_id": each.name,
                "required": each.required,
                "min_values": least,
                "max_values": 1,
            }


def _text_input(each: Field) -> Json:
    value = each.value[0] if each.value else ""
    if each.kind == "line":
        value = " ".join(value.split())
    made: Json = {
        "type": TEXT_INPUT,
        "custom_id": each.name,
        "style": PARAGRAPH if each.kind == "paragraph" else SHORT,
        "required": each.required,
        # What was typed before must fit in again, or Discord refuses the whole modal.
        "max_length": min(max(each.longest, len(value)), limits.INPUT_TEXT),
    }
    if value:
        made["value"] = value[: limits.INPUT_TEXT]
    return made


def _person(each: Field) -> Json:
    """Discord's own menu of the server's people, with whoever was picked before."""
    made: Json = {
        "type": USER_SELECT,
        "custom_id": each.name,
        "placeholder": "Pick a person",
        "required": each.required,
        "min_values": int(each.required),
        "max_values": 1,
    }
    if user := each.value[0].rpartition(":")[2] if each.value else "":
        made["default_values"] = [{"id": user, "type": "user"}]
    return made


def _group(each: Field, kind: int, *, least: int, most: int) -> Json:
    options: list[Json] = []
    for pick in each.picks[: limits.SELECT_OPTIONS]:
        option: Json = {"label": shorten(pick.label, limits.OPTION), "value": pick.value}
        if pick.value in each.value[:most]:
            option["default"] = True
        options.append(option)
    made: Json = {"type": kind, "custom_id": each.name, "options": options, "required": least > 0}
    if kind != RADIO_GROUP:
        made |= {"min_values": least, "max_values": min(most, len(options))}
    return made


def values(components: Sequence[Shape], named: Named = lambda user: (user,), kept: Named = lambda ident: ()) -> Values:
    """What a submission holds, by the inputs' names; whatever has another shape is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for one in components:
        for part in (inner(one, "component"), *several(one, "components")):
            name = text(part, "custom_id")
            if name and part.get("type") == USER_SELECT:
                found[name] = tuple(word for user in picked(part)[:1] for word in named(user))
            elif name and part.get("type") == FILE_UPLOAD:
                found[name] = tuple(word for ident in picked(part)[:1] for word in kept(ident))
            elif name:
                found[name] = picked(part) or ((typed,) if (typed := text(part, "value")) else ())
    return found


def texts(components: Sequence[Shape]) -> tuple[str, ...]:
    """What was typed into a submission, top to bottom."""
    inputs = [part for one in components for part in (inner(one, "component"), *several(one, "components"))]
    return tuple(text(part, "value") for part in inputs if part.get("type") == TEXT_INPUT and text(part, "value"))


def uploads(resolved: Shape) -> Named:
    """An uploaded file as a form's value: the address it is fetched from."""

    def address(ident: str) -> tuple[str, ...]:
        found = text(inner(inner(resolved, "attachments"), ident), "url")
        return (found,) if found else ()

    return address


def picked(component: Shape) -> tuple[str, ...]:
    """The values that were picked of several."""
    given = component.get("values")
    return tuple(one for one in given if isinstance(one, str)) if isinstance(given, list) else ()


# -- refused forms --------------------------------------------------------------------------------------------------


def refused(form: Form, reader: OnlyPerson) -> Card:
    """A form that came back, in words: a modal cannot answer a modal, so a button opens it again, filled.

    What was typed stands below, as the modal is gone; of several pages it is kept, and would be too much to show.
    """
    parts: list[Part] = [Words(form.problem)] if form.problem else []
    wrong = [each for each in form.fields if each.error]
    parts += [Words(doc(Styled("bold", (Leaf(each.label),)), f": {each.error}")) for each in wrong]
    typed = [each for each in form.pages[0] if each.kind in ("line", "paragraph") and any(each.value)]
    if typed and len(form.pages) == 1:
        parts.append(Note("What you typed:"))
        parts += [Words(doc(f"{each.label}: ", Styled("code", (Leaf(each.value[0]),)))) for each in typed]
    if not parts:
        parts.append(Words("This form is open again."))
    if form.again:
        parts.append(Buttons((Button("Try again", form.reopening, "primary"),)))
    return Card(reader, tuple(parts))


def offered(form: Form, reader: OnlyPerson) -> Card:
    """A form that came too late for a modal: a button opens it."""
    parts: list[Part] = [Words(f"“{form.title}” is ready.")]
    if form.again:
        parts.append(Buttons((Button("Open form", form.reopening, "primary"),)))
    return Card(reader, tuple(parts))


KEPT_FOR = 15 * MINUTE
KEPT_MOST = 2_000


@dataclass(frozen=True, slots=True)
class _Kept:
    at: Instant
    values: Values
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    late: bool = False


@dataclass(slots=True)
class Typed:
    """What people typed into refused forms, or with a command whose form came too late for a modal.

    In memory only: before consent nothing of a person is stored.
    """

    clock: Callable[[], Instant]
    _kept: OrderedDict[tuple[str, str], _Kept] = field(default_factory=OrderedDict)

    def keep(self, user: str, form: Form, *, late: bool = False) -> None:
        """``late``: nobody filled it yet; it fills what the next one leaves empty, and what that one knows is newer."""
        errors = {each.name: each.error for each in form.fields if each.error}
        values = {each.name: each.value for each in form.fields}
        self._put(user, form.action, _Kept(self.clock(), values, errors, form.problem, late))

    def keep_values(self, user: str, action: str, values: Values) -> None:
        """Of a form, or a page of it, that was refused as a whole: the modal is gone, and nothing of it is stored."""
        before = self._kept.get((user, whole(action)))
        known = before.values if before is not None and not before.late else {}
        self._put(user, whole(action), _Kept(self.clock(), {**known, **values}))

    def _put(self, user: str, action: str, kept: _Kept) -> None:
        self.forget(user, action)
        self._kept[(user, action)] = kept
        while len(self._kept) > KEPT_MOST:
            self._kept.popitem(last=False)

    def fill(self, user: str, form: Form) -> Form:
        """The form to open, holding what this person typed into it last and why that was refused."""
        kept = self._kept.get((user, form.action))
        if kept is None or self.clock() - kept.at > KEPT_FOR:
            return form
        known = {each.name for each in form.fields if kept.late and any(each.value)}
        values = {name: value for name, value in kept.values.items() if name not in known}
        return form.filled(values, kept.errors, kept.problem)

    def forget(self, user: str, action: str) -> None:
        """``action``: of the form, or of a page of it, whose values are newer and kept elsewhere by now."""
        self._kept.pop((user, whole(action)), None)
