"""Reading what the bot says: the words, buttons and actions of a card, a form or a line."""

from __future__ import annotations

from collections.abc import Sequence

from core.app.outcome import Outcome
from core.domain.form import Form
from core.domain.text import Doc, Leaf, plain
from core.domain.view import AnyButton, Button, Buttons, Card, Choices, Content, Scale, Select, in_words


def standing(form: Form) -> dict[str, tuple[str, ...]]:
    """What a form sends when nothing in it is touched but the box that must be ticked."""
    return {it.name: ("yes",) if it.kind == "agree" else it.value for it in form.fields}


def tree(body: str | Doc) -> Doc:
    return (Leaf(body),) if isinstance(body, str) else body


def buttons(content: Content | Form | None) -> dict[str, Button]:
    """The buttons of a card by their labels."""
    assert isinstance(content, Card), f"no card: {content}"
    return {it.label: it for it in all_buttons(content) if isinstance(it, Button)}


def all_buttons(card: Card) -> list[AnyButton]:
    found: list[AnyButton] = []
    for part in card.parts:
        match part:
            case Buttons(items) | Scale(items):
                found.extend(items)
            case Choices(choices):
                found.extend(choice.button for choice in choices if choice.button)
    return found


def actions(card: Card) -> list[str]:
    """Every action that this card can send."""
    made = [it.action for it in all_buttons(card) if isinstance(it, Button)]
    return made + [part.action for part in card.parts if isinstance(part, Select)]


def words(reply: Outcome | Content | Form | None) -> str:
    """Everything somebody reads there."""
    match reply:
        case Outcome():
            return words(reply.reply)
        case Card():
            return in_words(reply)
        case Form():
            fields = [f"{it.label} {' '.join(it.value)} {it.error}" for it in reply.fields]
            return "\n".join([reply.title, plain(reply.intro), reply.problem, *fields])
        case None:
            return ""
        case _:
            lines: Sequence[Doc] = [reply.body] if hasattr(reply, "body") else [line.body for line in reply.lines]
            return "\n".join(plain(line) for line in lines)
