"""Forms as Slack modals or as private messages, and what came back of them.

Every ``block_id`` of an input begins with the name of its field; in messages a mark follows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from adapters.slack import limits
from adapters.slack.render import card_blocks, card_text
from core.app.intake import resumed
from core.domain.form import Field, Form, Values
from core.domain.text import Doc, Leaf, Text, as_doc, plain, shorten
from core.domain.view import Card, Heading, Part, Public, Words

View = dict[str, Any]
CALLBACK = "form"
"""The ``callback_id`` of every form: what a submission means is in its metadata."""
URL_KEPT = 1000
"""A longer address is left out of the metadata."""
INTRO_SECTIONS = 10
"""A view holds 250 kB; a text to agree to is a page or two."""
INTRO_IN_MESSAGE = 2
"""A message's blocks hold about 12,000 characters together, what was typed included."""
SEND = "send"
"""The ``action_id`` of the button that sends a form in a message; its value is what the form's submission means."""
MARK = "#"
"""Between a field's name and what makes its ``block_id`` new: Slack asks for that whenever a message changes, and
shows the value that was typed before where the id stays the same."""
PICKED = ("radio_buttons", "checkboxes", "users_select")
"""What is told as soon as it is picked, with all that was typed until then (``dispatch_action``).

Closing tells nothing of it for certain: its payload's ``state`` is documented nowhere, and empty in recorded ones.
"""
VALUE = "value"
"""The ``action_id`` of every input. Typing survives an update of the view because both ids stay the same."""


def form_view(form: Form, room: str, response_url: str = "", home: str = "") -> View:
    """The modal of a form that was opened in ``room``; the address for answers there goes along with it."""
    blocks = [block for field in form.fields if shown(field) for block in (*_words(field.error, 1), _input(field))]
    view: View = {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": pack(form.action, room, response_url, home),
        "title": _plain(form.title, limits.VIEW_TITLE),
        "submit": _plain(form.submit, limits.VIEW_BUTTON),
        "close": _plain("Cancel", limits.VIEW_BUTTON),
        "blocks": [*_opening(form), *blocks],
    }
    if resumed(form.action):
        view["notify_on_close"] = True
        for block in blocks:
            if block.get("element", {}).get("type") in PICKED:
                block["dispatch_action"] = True
    return view


def card_view(card: Card, title: str, room: str = "", response_url: str = "", home: str = "") -> View:
    """A card as a page of a modal: its buttons can be pressed there, and it can be closed."""
    return {
        "type": "modal",
        "private_metadata": pack("", room, response_url, home),
        "title": _plain(title, limits.VIEW_TITLE),
        "close": _plain("Close", limits.VIEW_BUTTON),
        "blocks": card_blocks(card, limits.BLOCKS_IN_VIEW),
    }


def loading_view() -> View:
    """What stands there until the form is known."""
    words = Card(Public(), (Words("Just a moment, this is being prepared…"),))
    return card_view(words, "One moment")


def form_message(form: Form, mark: str) -> View:
    """The same form as a message that one person sees, with its problems in words and a button to send it.

    A form that does not fit into one message is shown in pages.
    """
    whole = _message(form, form.fields, form.action, mark)
    if len(form.pages) == 1 or _fits(whole):
        return whole
    page = form.at(form.begins)
    title = f"{form.title} ({page.page + 1} of {len(form.pages)})"
    return _message(replace(page, title=title), page.pages[page.page], page.sending, mark)


def _message(form: Form, asked: Iterable[Field], sending: str, mark: str) -> View:
    fields = [field for field in asked if shown(field)]
    problems = [problem for problem in (form.problem, *(field.error for field in form.fields)) if problem]
    parts: list[Part] = [Heading(form.title), *map(Words, problems)]
    if plain(as_doc(form.intro)):
        parts.append(Words(form.intro))
    parts += [Words(field.label) for field in fields]
    blocks = [*card_blocks(Card(Public(), (Heading(form.title),))), *_opening(form, INTRO_IN_MESSAGE)]
    for field in fields:
        blocks += _words(field.error, 1)
        blocks.append({**_input(field), "block_id": f"{field.name}{MARK}{mark}"})
    send = {"type": "button", "action_id": SEND, "value": sending, "style": "primary"}
    blocks.append({"type": "actions", "elements": [{**send, "text": _plain(form.submit, limits.BUTTON_TEXT)}]})
    return {"text": card_text(Card(Public(), tuple(parts))), "blocks": blocks}


def _fits(message: View) -> bool:
    """Its blocks' names are counted with their words, so that there is room to spare."""
    blocks = message["blocks"]
    return len(blocks) <= limits.BLOCKS_IN_MESSAGE and len(orjson.dumps(blocks)) <= limits.BLOCKS_TEXT


def shown(field: Field) -> bool:
    """Sending a Slack form is the act of accepting: its button says so. A box for it would be a second one.

    Files in forms would take the scope ``files:read``, and with it every file of the channels that the bot is in.
    """
    return field.kind not in ("agree", "file")


def errors(form: Form) -> dict[str, str]:
    """The sentences for ``response_action: errors``, by ``block_id``; none for what this modal does not show."""
    found = {field.name: field.error for field in form.fields if field.error and shown(field)}
    if form.problem and found:
        first = next(iter(found))
        found[first] = f"{form.problem} {found[first]}"
    return found


def kept_open(state: object, sentence: str) -> dict[str, str]:
    """A sentence at the first input of a modal that was sent, so that it stays open with all that was typed."""
    return {str(block): sentence for block in [*_dict(state)][:1]}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a form means and where it was opened; its ``private_metadata``, which people do not see."""

    action: str = ""
    room: str = ""
    response_url: str = ""
    """Slack gives a submission none of its own; the opener's works in rooms that the bot is not in."""
    home: str = ""
    """What the App Home behind it shows: the action of its menu."""


def pack(action: str, room: str, response_url: str = "", home: str = "") -> str:
    made = {"action": action, "room": room, "url": response_url, "home": home}
    return orjson.dumps(made if len(response_url) < URL_KEPT else {**made, "url": ""}).decode()


def unpack(metadata: object) -> Origin:
    """What :func:`pack` made; empty for anything else."""
    try:
        found = orjson.loads(metadata if isinstance(metadata, str) else "")
    except orjson.JSONDecodeError:
        return Origin()
    words = (_dict(found).get(name) for name in ("action", "room", "url", "home"))
    return Origin(*(word if isinstance(word, str) else "" for word in words))


def values(state: object) -> Values:
    """What was typed and picked: the ``values`` of a view's or message's state by field; nothing is an empty tuple."""
    found: dict[str, tuple[str, ...]] = {}
    for block, inputs in _dict(state).items():
        for element in _dict(inputs).values():
            found[block.partition(MARK)[0]] = picked(_dict(element))
    return found


def people(state: object) -> Mapping[str, str]:
    """Slack's ids of the persons picked, by field: they come without their names."""
    found: dict[str, str] = {}
    for block, inputs in _dict(state).items():
        for element in _dict(inputs).values():
            if isinstance(user := _dict(element).get("selected_user"), str) and user:
                found[block.partition(MARK)[0]] = user
    return found


def texts(state: object) -> tuple[str, ...]:
    """What was typed into a form, top to bottom."""
    inputs = [_dict(element) for block in _dict(state).values() for element in _dict(block).values()]
    typed = (it.get("value") for it in inputs if it.get("type") == "plain_text_input")
    return tuple(it for it in typed if isinstance(it, str) and it)


def picked(element: Mapping[str, Any]) -> tuple[str, ...]:
    """The text or the chosen values of one element's state (also of a pressed select)."""
    if isinstance(chosen := element.get("selected_options"), list):
        return tuple(value for one in chosen if isinstance(value := _dict(one).get("value"), str))
    value = _dict(element.get("selected_option")).get("value", element.get("value"))
    return (value,) if isinstance(value, str) and value else ()


# -- inside ------------------------------------------------------------------------------------------------------------


def _opening(form: Form, most: int = INTRO_SECTIONS) -> Iterable[View]:
    problems = [form.problem, *(field.error for field in form.fields if field.error and not shown(field))]
    for problem in filter(None, problems):
        yield from _words(problem, 1)
    yield from _words(form.intro, most)


def _words(text: Text, most: int) -> Iterable[View]:
    """So many sections of at most 3,000 characters, cut at line ends or spaces."""
    tree = as_doc(text)
    rest = plain(tree)
    if len(rest) <= limits.SECTION_TEXT:
        if rest or any(not isinstance(node, Leaf) for node in tree):
            yield from card_blocks(Card(Public(), (Words(tree),)))
        return
    rest = shorten(rest, most * limits.SECTION_TEXT)
    while rest:
        end = limits.SECTION_TEXT if len(rest) > limits.SECTION_TEXT else len(rest)
        if end < len(rest):
            end = max(rest.rfind("\n", 1, end), rest.rfind(" ", 1, end)) + 1 or end
        piece: Doc = (Leaf(rest[:end].strip()),)
        if plain(piece):
            yield from card_blocks(Card(Public(), (Words(piece),)))
        rest = rest[end:]


def _input(field: Field) -> View:
    block: View = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, limits.INPUT_LABEL),
        "element": {"action_id": VALUE, **_element(field)},
        "optional": not field.required,
    }
    if field.hint:
        block["hint"] = _plain(field.hint, limits.INPUT_HINT)
    return block


def _element(field: Field) -> View:
    if field.kind in ("line", "paragraph"):
        return _typed(field)
    if field.kind == "person":
        user = field.value[0].rpartition(":")[2] if field.value else ""
        menu: View = {"type": "users_select", "placeholder": _plain("Pick a person", limits.PLACEHOLDER)}
        return {**menu, "initial_user": user} if user else menu
    options = [
        {"text": _plain(pick.label, limits.OPTION_TEXT), "value": pick.value} for pick in field.picks[: limits.BOXES]
    ]
    # Slack compares an initial option with the options as a whole, so it must be one of them.
    chosen = [option for option in options if option["value"] in field.value]
    if field.kind == "choice":
        return {
            "type": "radio_buttons",
            "options": options,
            **({"initial_option": chosen[0]} if chosen else {}),
        }
    return {"type": "checkboxes", "options": options, **({"initial_options": chosen} if chosen else {})}


def _typed(field: Field) -> View:
    """An input for text. Typing that is too long stays whole, so that it can be shortened by its author."""
    held = "\n".join(field.value)[: limits.INPUT_TEXT]
    return {
        "type": "plain_text_input",
        "multiline": field.kind == "paragraph",
        "max_length": min(max(field.longest, len(held), 1), limits.INPUT_TEXT),
        **({"initial_value": held} if held else {}),
    }


def _plain(text: str, limit: int) -> View:
    return {"type": "plain_text", "text": shorten(text, limit) or " ", "emoji": True}


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
