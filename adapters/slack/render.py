"""What is shown, as Slack messages: pure; every part rendered, every limit kept, nothing dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from adapters.slack import limits
from adapters.slack.jumps import placed
from adapters.slack.markup import inert, is_web, mrkdwn, shortened
from adapters.slack.objects import Block, context, cut, mrkdwn_object, plain_object, rich_text, small
from adapters.slack.objects import Rendered as Rendered
from adapters.slack.rich import parts
from adapters.slack.speech import bundle, speech
from core.domain.drawing import Drawing
from core.domain.text import Doc, Leaf, Styled, Text, as_doc, doc, plain, shorten
from core.domain.view import (
    AnyButton,
    Bundle,
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Content,
    Divider,
    Heading,
    JumpButton,
    LinkButton,
    Note,
    Part,
    Picture,
    Public,
    Scale,
    Select,
    Speech,
    Words,
    in_words,
)

BAR = 10
"""Signs of a bar; it repeats what the words before it say."""
LABEL, RESULT = 2_400, 500
"""A choice that is too long for a section is cut so that its result still stands."""
CARDS_KEPT = 256
"""A crowd reads few different answers: each is rendered once, and nobody changes what was rendered."""
LINK_ACTION = "link"
"""The action of a button that only opens an address; Slack tells the app of its press all the same."""


def render(
    content: Content, site: str = "", *, threaded: bool = False, files: Mapping[Drawing, str] | None = None
) -> Rendered:
    """``site``: the workspace's address, for what leads to a message or a channel (:class:`Install` has it).

    ``threaded``: it stands in the thread of what it answers, so nothing of that is quoted. ``files``: the ids of those
    pictures that were uploaded; of all others the words are shown.
    """
    match content:
        case Card():
            return _card(content.parts, site, tuple((files or {}).items()))
        case Speech():
            return speech(replace(content, quote=None) if threaded else content, site)
        case Bundle():
            return bundle(content, site)


# -- cards -------------------------------------------------------------------------------------------------------------


@lru_cache(CARDS_KEPT)
def _card(parts: tuple[Part, ...], site: str, files: tuple[tuple[Drawing, str], ...]) -> Rendered:
    card = Card(Public(), tuple(placed(parts, site)))
    return Rendered(card_blocks(card, files=dict(files)), card_text(card))


def card_text(card: Card) -> str:
    """The card in words; of a card of nothing but buttons, their labels."""
    labels = (button.label for part in card.parts if isinstance(part, Buttons | Scale) for button in part.items)
    return cut(in_words(card, mrkdwn)) or cut(mrkdwn(", ".join(labels))) or "…"


def card_blocks(
    card: Card,
    most: int = limits.BLOCKS_IN_MESSAGE,
    site: str = "",
    files: Mapping[Drawing, str] | None = None,
) -> list[Block]:
    """No ``block_id``: Slack asks for a new one whenever a message changes, and makes it where none is given."""
    blocks = [block for part in placed(card.parts, site) for block in part_blocks(part, files or {})]
    if len(blocks) > most:
        left = len(blocks) - most + 1
        blocks = [*blocks[: most - 1], context([plain_object(f"… and {left} more lines that do not fit here.", 2000)])]
    return blocks


def part_blocks(part: Part, files: Mapping[Drawing, str]) -> Iterable[Block]:
    """The blocks of one part."""
    match part:
        case Heading(text):
            yield _paragraph(text, bold=True)
        case Words(text):
            yield _paragraph(text)
        case Note(text):
            yield context(small(as_doc(text)))
        case Choices(items):
            yield from _choices(items)
        case Select():
            yield _select(part)
        case Buttons(items):
            if items:
                yield _actions([_button(item) for item in items])
        case Scale(items):
            yield _actions([_button(item) for item in items])
        case Picture(drawing, alt) if drawing in files:
            words = shorten(alt, limits.ALT_TEXT) or "…"
            yield {"type": "image", "slack_file": {"id": files[drawing]}, "alt_text": words}
        case Picture(_, alt):
            yield context([plain_object(alt, limits.SECTION_TEXT)])
        case Divider():
            yield {"type": "divider"}


def _paragraph(text: Text, *, bold: bool = False) -> Block:
    """A section; rich text where a sign that somebody typed would style words in it."""
    tree = as_doc(text)
    shown: Doc = (Styled("bold", tree),) if bold else tree
    if inert(shown) and len(words := mrkdwn(shown)) <= limits.SECTION_TEXT:
        return {"type": "section", "text": mrkdwn_object(words or " ")}
    if not bold and _only_leaves(tree):
        return {"type": "section", "text": plain_object(plain(tree), limits.SECTION_TEXT)}
    return rich_text(parts(shortened(shown, limits.SECTION_TEXT)))


def _choices(items: tuple[Choice, ...]) -> Iterable[Block]:
    """A section each, its button beside it, the result in words and then as a bar on a second line."""
    styled = all(inert(text) for item in items for text in (item.letter, item.label, item.result))
    for item in items:
        second = "  ".join(one for one in (shorten(item.result, RESULT), bar(item.share)) if one)
        tree = doc(Styled("bold", doc(item.letter)) if item.letter else "", "  " if item.letter else "", item.label)
        if second:
            tree = (*tree, Leaf(f"\n{second}"))
        text = mrkdwn_object(mrkdwn(tree))
        if not styled or len(text["text"]) > limits.SECTION_TEXT:
            label = shorten(plain(doc(item.letter, "  " if item.letter else "", item.label)), LABEL)
            text = plain_object("\n".join(one for one in (label, second) if one), limits.SECTION_TEXT)
        yield {"type": "section", "text": text, **({"accessory": _button(item.button)} if item.button else {})}


def bar(share: float | None) -> str:
    """A bar of ten signs; some of a share is never shown as none, not all of it never as all."""
    if share is None:
        return ""
    full = round(min(max(share, 0.0), 1.0) * BAR)
    if 0 < share < 1:
        full = min(max(full, 1), BAR - 1)
    return "■" * full + "□" * (BAR - full)


def _select(part: Select) -> Block:
    options = [
        {
            "text": plain_object(option.label, limits.OPTION_TEXT),
            "value": option.value[: limits.OPTION_VALUE],
        }
        for option in part.options[: limits.SELECT_OPTIONS]
    ]
    element: Block = {
        "type": "static_select",
        "action_id": part.action,
        "placeholder": plain_object(part.placeholder, limits.PLACEHOLDER),
        "options": options,
    }
    if part.most == 1:
        return _actions([element])
    # A menu for several may stand beside a section or in an input only, not in an actions block.
    element |= {"type": "multi_static_select", "max_selected_items": min(part.most, len(options))}
    return {"type": "section", "text": plain_object(part.placeholder, limits.SECTION_TEXT), "accessory": element}


def _button(item: AnyButton) -> Block:
    made: Block = {"type": "button", "text": plain_object(item.label, limits.BUTTON_TEXT)}
    match item:
        case LinkButton(_, url, action):
            made["action_id"] = action or LINK_ACTION
            if is_web(url):
                made["url"] = url
        case JumpButton():
            made["action_id"] = LINK_ACTION  # an address was put in its place, or its line was written
        case Button(_, action, style, spoken):
            made["action_id"] = action
            if style != "plain":
                made["style"] = style
            if spoken:
                made["accessibility_label"] = shorten(spoken, limits.SPOKEN_LABEL)
    return made


def _actions(elements: list[Block]) -> Block:
    """An actions block; Slack wants an ``action_id`` once in a block, so a second one carries a number."""
    used: set[str] = set()
    for element in elements:
        wanted, number = element["action_id"], 1
        while element["action_id"] in used:
            number += 1
            element["action_id"] = f"{wanted}#{number}"
        used.add(element["action_id"])
    return {"type": "actions", "elements": elements[: limits.ACTIONS_ELEMENTS]}


def action_of(action_id: str) -> str:
    """The action behind an ``action_id`` of ours."""
    return action_id.partition("#")[0]


def _only_leaves(tree: Doc) -> bool:
    return all(isinstance(node, Leaf) for node in tree)
