"""What a session file may say: every name with what it is. The kinds of interaction say their own part themselves.

The reader, the JSON Schema and the texts about mistakes all come from here, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.domain.chat_rules import SLOW, WORD_LIMIT, WORDS_LIMIT, length
from core.domain.form import Field, Values
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Kind
from core.domain.interactions.lasting import LASTING
from core.domain.interactions.parts import Parts, parts_of
from core.domain.plan import ROOM_KEYS
from core.domain.plan_nodes import One
from core.domain.plan_questions import QUESTIONS
from core.domain.plan_shapes import (
    FlagShape,
    Found,
    Key,
    KindShape,
    ListShape,
    PickShape,
    Schema,
    Shape,
    TableShape,
    TextShape,
    schema,
)
from core.domain.sessions import DISCLAIMER_LIMIT, NAME_LIMIT
from core.domain.words import one_line

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PEOPLE_MOST, VENUES_MOST, INTERACTIONS_MOST = 50, 20, 200
TIME = TextShape(30, examples=("2026-11-14 14:30",))
OFFSET = TextShape(30, examples=("+10m", "+1h30m", "14:45", "2026-11-14 14:45"))
ACCESS = PickShape({"gated": "who joined can read the chat", "open": "everybody in the venue can read it"})
SLOW_WORDS = {"off" if it == 0 else f"{it}s" if it < 60 else f"{it // 60}m": it for it in SLOW}
RESULTS = PickShape({"live": "shared while it is open", "end": "shared when it ends", "never": "never shared"})
CLOSES = PickShape({name: label for name, (label, _) in LASTING.items()})
PLATFORMS = PickShape({"slack": "a Slack workspace", "discord": "a Discord server"})
USERS: Mapping[str, str] = {"slack": r"[UW][A-Z0-9]{2,20}", "discord": r"[0-9]{15,21}"}
"""What the platforms' ids of people look like."""
ROOM_IDS: Mapping[str, str] = {"slack": r"[CG][A-Z0-9]{2,20}", "discord": r"[0-9]{15,21}"}

_LINK = r"(?:<?https?://\S*/)?"
PERSON = TextShape(
    150,
    rf"^\s*(?:{USERS['slack']}|{USERS['discord']})(?:\s|$)",
    "Write the member's id (Slack: U…, under Copy member ID; Discord: the number under Copy User ID), then the name.",
    ("U012ABCDEF Ana Petrova", "123456789012345678 Bo"),
)
ROOM = TextShape(
    300,
    rf"^\s*{_LINK}(?:{ROOM_IDS['slack']}|{ROOM_IDS['discord']})/?>?\s*$",
    "Write the channel's id or its link (Copy link in the channel's menu).",
    ("C012ABCDEF", "https://acme.slack.com/archives/C012ABCDEF"),
)
VENUE_ID = TextShape(
    40, r"^\s*(?:[TE][A-Z0-9]{2,20}|[0-9]{15,21})\s*$", "Write the id: in Slack T…, in Discord a long number."
)
_PEOPLE = ListShape(PERSON, most=PEOPLE_MOST)

VENUE = TableShape(
    {
        "platform": Key(PLATFORMS, "slack or discord", required=True),
        "name": Key(TextShape(200), "the workspace's or server's name, as people see it"),
        "id": Key(VENUE_ID, "its id instead of the name"),
        "rooms": Key(
            TableShape({kind: Key(ROOM, f"an existing channel that becomes the {kind}") for kind in ROOM_KEYS}),
            "channels that you have already; others are made by the bot",
        ),
        "moderators": Key(_PEOPLE, "who moderates, each an id and a name"),
        "speakers": Key(_PEOPLE, "who speaks, each an id and a name"),
    },
    either=("name", "id"),
)


def _slowly(word: str) -> str:
    return f"one line in {length(SLOW_WORDS[word])}" if SLOW_WORDS[word] else "as fast as they type"


def _key(field: Field) -> Key:
    """A field of a kind's form, in the file. Raises TypeError for what only a form can ask."""
    about = field.label[:1].lower() + field.label[1:] + (f" ({field.hint})" if field.hint else "")
    required = field.required and not any(field.value) and not field.fills
    shape: Shape
    match field.kind:
        case "line" | "paragraph" if field.each:
            shape = ListShape(TextShape(field.each), field.lines[0], field.lines[1])
        case "line" | "paragraph":
            shape = TextShape(field.longest)
        case "choice":
            shape = PickShape({pick.value: pick.label for pick in field.picks})
        case "choices" if len(field.picks) == 1:
            shape, about = FlagShape(), field.picks[0].label
        case "choices":
            picks = PickShape({pick.value: pick.label for pick in field.picks})
            shape = ListShape(picks, int(field.required), len(field.picks))
        case _:
            raise TypeError(f"“{field.label}” cannot be asked in a file")
    return Key(shape, about, required)


COMMON: Mapping[str, Key] = {
    "results": Key(RESULTS, "when people see the results"),
    "closes": Key(CLOSES, "when it ends by itself"),
    "anonymous": Key(FlagShape(), "whether nobody can tie an answer to a person after the end"),
    "at": Key(OFFSET, "when it is published: +10m after the start, or a time; without it, by hand"),
}
"""What kinds have besides their own, by what they can; no kind may have a field of such a name."""


def common(kind: Kind) -> Mapping[str, Key]:
    """The same as its form asks."""
    asked = {"results": "shared" in kind.TRAITS, "anonymous": "secret" in kind.TRAITS}
    asked["closes"] = "answered" in kind.TRAITS and "outlasts" not in kind.TRAITS
    return {name: key for name, key in COMMON.items() if asked.get(name, True)}


def _kind_shape(name: str) -> TableShape:
    kind = KINDS[name]
    own = {field.name: _key(field) for field in kind.fields()}
    if "parts" in kind.TRAITS:
        parts = parts_of(kind)
        own["questions"] = Key(ListShape(_questions(parts), most=parts.MOST), "what it asks, in order", required=True)
    what = {"kind": Key(PickShape({name: kind.TITLE}), "what it is", required=True)}
    return TableShape({**what, **own, **common(kind)})


def _questions(parts: Parts) -> KindShape:
    """Of interactions that are made of several: each is of a sort, and has what the form of that sort asks."""
    return KindShape(
        {
            sort: TableShape(
                {
                    "kind": Key(PickShape({sort: label}), "what sort of question it is", required=True),
                    **{field.name: _key(field) for field in parts.fields(sort)},
                }
            )
            for sort, label in parts.SORTS.items()
        }
    )


def interactions() -> KindShape:
    return KindShape({name: _kind_shape(name) for name in KINDS})


def session() -> TableShape:
    """The whole file."""
    return TableShape(
        {
            "id": Key(
                TextShape(80, r"^[A-Za-z0-9._-]+\s*$", "“id” is one word of letters, digits, dots, hyphens."),
                "a word of your own; the same word means the same session when the file is imported again",
            ),
            "name": Key(TextShape(NAME_LIMIT), "the session's name", required=True),
            "start": Key(TIME, "day and time, like 2026-11-14 14:30", required=True),
            "length": Key(TextShape(20, examples=("1h", "45m", "1h30m")), "how long it is, like 1h30m"),
            "end": Key(TIME, "day and time of the end, instead of the length"),
            "timezone": Key(TextShape(60, examples=("Europe/Berlin", "UTC")), "of all times here; UTC without it"),
            "access": Key(ACCESS, "who can read the chat"),
            "consent": Key(FlagShape(), "whether joining asks to accept the disclaimer"),
            "disclaimer": Key(TextShape(DISCLAIMER_LIMIT), "the text to accept when joining"),
            "like": Key(
                TextShape(
                    80, r"^\s*(?::[a-z0-9_+'-]{1,70}:|[^\w\s\x21-\x7e]{1,12})\s*$", "“like” is one emoji, or :name:."
                ),
                "the emoji that counts as a like",
            ),
            "reactions": Key(
                ListShape(TextShape(60, examples=("👏 Clap",)), least=5, most=5),
                "the five reactions of the stage bar, each an emoji and a word of up to 12 characters",
            ),
            "slow": Key(PickShape({word: _slowly(word) for word in SLOW_WORDS}), "how often one may write"),
            "links": Key(FlagShape(), "whether everybody may share links, or only the team"),
            "words": Key(ListShape(TextShape(WORD_LIMIT), most=WORDS_LIMIT), "words and phrases that are not shared"),
            "questions": Key(QUESTIONS, "how people ask moderators, and when these answer"),
            "venues": Key(ListShape(VENUE, most=VENUES_MOST), "where it is held; without it, where it is imported"),
            "interactions": Key(ListShape(interactions(), most=INTERACTIONS_MOST), "what is drafted, in this order"),
        },
        either=("length", "end"),
    )


def values_of(kind: str, found: Found, called: str = "") -> Values:
    """What the kind's form would hold in a session that is called so."""
    return written(KINDS[kind].fields(), found, called)


def written(fields: Iterable[Field], found: Found, called: str = "") -> dict[str, tuple[str, ...]]:
    return {field.name: _value(field, found, called) for field in fields}


def _value(field: Field, found: Found, called: str) -> tuple[str, ...]:
    if field.name not in found.values:
        return (called,) if field.fills else field.value
    if field.kind in ("line", "paragraph") and field.each:
        return ("\n".join(one_line(item.text) for item in found.many(field.name)),)
    if field.kind == "choices" and len(field.picks) == 1:
        return (field.picks[0].value,) if found.flag(field.name, default=False) else ()
    if field.kind == "choices":
        return tuple(item.text for item in found.many(field.name) if isinstance(item, One))
    return (found.text(field.name),)


def json_schema() -> Schema:
    """For editors: the same rules as JSON Schema 2020-12."""
    about: dict[str, Any] = {"$schema": DIALECT, "title": "A Sidestage session"}
    return about | schema(session())
