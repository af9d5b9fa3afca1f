"""The questions of an interaction that is made of several: listed, added, changed, moved, removed (SPEC 5.5, 5.7)."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.app.commands import MovePart, OfInteraction, OpenPartForm, RemovePart, ShowPart, ShowParts, SubmitPart
from core.app.derived import Counts
from core.app.handle.drafts import draft_key, forget_draft, keep_draft, with_draft
from core.app.handle.interactions import at_desk, desk_needs, touch_lists
from core.app.handle.twins import twin_subject
from core.app.outcome import Outcome
from core.app.ports import Moment
from core.app.unit_of_work import Key, UnitOfWork, key
from core.domain.form import Form, Invalid, Values
from core.domain.ids import PersonId, subject
from core.domain.interactions import KINDS
from core.domain.interactions.kind import Kind
from core.domain.interactions.life import Interaction
from core.domain.interactions.parts import NEW, Parts, parts_of
from core.domain.refused import Refused
from core.domain.text import Leaf, doc, shorten
from core.domain.view import Button, Buttons, Card, Heading, Note, OnlyPerson, Option, Part, Select, Words, action, say

FIRST_KEY = 100
"""Files number their questions from one; what is changed later never gets such a key again."""
OVERTAKEN = "It was changed while you wrote. Below is what you typed; saving puts it in place of what stands there now."
REMOVED = "This question was removed while you wrote. Below is what you typed; saving makes a new question of it."


@dataclass(frozen=True, slots=True)
class _Made:
    """What is worked on, by whom."""

    interaction: Interaction
    kind: Kind
    parts: Parts
    person: PersonId
    frozen: str
    """Why its questions stay as they are; empty where they can be changed."""

    @property
    def questions(self) -> tuple[Any, ...]:
        return self.parts.of(self.interaction.spec)

    @property
    def word(self) -> str:
        return self.kind.TITLE.lower()

    def place(self, part: str) -> int:
        """Where this question stands; -1 where it is not there any more."""
        return next((index for index, it in enumerate(self.questions) if it.key == part), -1)


def parts_needs(command: OfInteraction, work: UnitOfWork) -> Iterable[Key]:
    yield from desk_needs(command, work)
    yield key(Counts, command.interaction)
    if isinstance(command, OpenPartForm | SubmitPart):
        yield draft_key(command, _action(command, NEW, NEW))
        interaction = work.peek(Interaction, command.interaction)
        if interaction is not None and "parts" in KINDS[interaction.kind].TRAITS:
            parts = parts_of(KINDS[interaction.kind])
            for one in parts.of(interaction.spec):
                if one.key == command.part:
                    yield draft_key(command, _action(command, one.key, _mark(parts, one)))


def _made(command: OfInteraction, work: UnitOfWork, moment: Moment) -> _Made:
    interaction, _, person = at_desk(command, work, moment)
    kind = KINDS[interaction.kind]
    if "parts" not in kind.TRAITS:
        raise Refused(f"A {kind.TITLE.lower()} has one question. Edit it instead.")
    counts = work.get(Counts, interaction.id)
    frozen = ""
    if interaction.state not in ("draft", "live"):
        frozen = "It has ended, so it stays as it is. Duplicate it to ask once more."
    elif "questions" in kind.FROZEN and counts is not None and counts.given:
        frozen = "Somebody has answered, so the questions stay as they are. Duplicate it to ask others."
    return _Made(interaction, kind, parts_of(kind), person, frozen)


def _changeable(command: OfInteraction, work: UnitOfWork, moment: Moment) -> _Made:
    made = _made(command, work, moment)
    if made.frozen:
        raise Refused(made.frozen)
    return made


# -- seen --------------------------------------------------------------------------------------------------------------


def show_parts(command: ShowParts, work: UnitOfWork, moment: Moment) -> Outcome:
    return Outcome(_page(_made(command, work, moment), ""))


def _page(made: _Made, told: str) -> Card:
    ident, questions = made.interaction.id, made.questions
    parts: list[Part] = [Words(told)] if told else []
    parts.append(Heading(f"Questions of “{made.kind.title(made.interaction.spec)}”"))
    parts.append(Note(made.frozen or _state(made)))
    for number, one in enumerate(questions, 1):
        parts.append(Words(doc(f"{number}. {one.text}\n{made.parts.told(one)}")))
    if not questions:
        parts.append(Words("There are no questions yet. Pick what to add first."))
    if not made.frozen:
        if questions:
            options = (Option(shorten(f"{number}. {it.text}", 70), it.key) for number, it in enumerate(questions, 1))
            parts.append(Select("Change a question", action("part", ident), tuple(options)))
        if len(questions) < made.parts.MOST:
            sorts = tuple(Option(label, sort) for sort, label in made.parts.SORTS.items())
            parts.append(Select("Add a question", action("addpart", ident), sorts))
        else:
            parts.append(Note(f"A {made.word} holds {made.parts.MOST} questions; this one is full."))
    back = f"Show the {'draft' if made.interaction.state == 'draft' else made.word}"
    parts.append(Buttons((Button(shorten(back, 20), action("twin", ident)),)))
    return Card(OnlyPerson(made.person), tuple(parts))


def _state(made: _Made) -> str:
    facts, _ = made.parts.invitation(made.interaction.spec)
    state = "draft" if made.interaction.state == "draft" else "live, nobody has answered yet"
    return f"{made.kind.TITLE} · {state}" + (f" · {facts}" if made.questions else "")


def show_part(command: ShowPart, work: UnitOfWork, moment: Moment) -> Outcome:
    made = _changeable(command, work, moment)
    place = made.place(command.part)
    if place < 0:
        return Outcome(_page(made, GONE), done=False)
    one, ident, number = made.questions[place], made.interaction.id, len(made.questions)
    buttons = [Button("Edit question", action("partform", ident, one.sort, one.key))]
    if place:
        buttons.append(Button("Move up", action("partup", ident, one.key)))
    if place < number - 1:
        buttons.append(Button("Move down", action("partdown", ident, one.key)))
    buttons += [Button("Remove", action("askpart", ident, one.key), "danger")]
    parts: list[Part] = [
        Heading(one.text),
        Note(f"Question {place + 1} of {number} · {made.parts.told(one)}"),
        *([Words((Leaf("\n".join(one.options)),))] if one.options else []),
        Buttons(tuple(buttons)),
        Buttons((Button("All questions", action("parts", ident)),)),
    ]
    return Outcome(Card(OnlyPerson(made.person), tuple(parts)))


GONE = "That question is not there any more. These are:"


# -- its form ----------------------------------------------------------------------------------------------------------


def open_part_form(command: OpenPartForm, work: UnitOfWork, moment: Moment) -> Outcome:
    made = _changeable(command, work, moment)
    _check_sort(made, command.sort)
    one = next((it for it in made.questions if it.key == command.part), None)
    if one is None and command.part != NEW:
        return Outcome(_page(made, GONE), done=False)
    if one is None:
        _check_room(made)
    return Outcome(with_draft(_form(command, made, one), command, work))


def _check_sort(made: _Made, sort: str) -> None:
    if sort not in made.parts.SORTS:
        raise Refused("There is no such question. Pick one of the sorts under “Add a question”.")


def _check_room(made: _Made) -> None:
    if len(made.questions) >= made.parts.MOST:
        raise Refused(f"A {made.word} holds {made.parts.MOST} questions. Remove one first.")


def _action(command: OpenPartForm | SubmitPart, part: str, mark: str) -> str:
    return action("parted", command.interaction, command.sort, part, mark)


def _mark(parts: Parts, question: Any) -> str:
    """Tells whether the question is still what somebody began to change."""
    return hashlib.sha256(parts.dump(question).encode()).hexdigest()[:10]


def _form(command: OpenPartForm | SubmitPart, made: _Made, one: Any | None) -> Form:
    sort = command.sort if one is None else one.sort
    form = Form(
        title="New question" if one is None else "Edit question",
        action=_action(command, NEW, NEW) if one is None else _action(command, one.key, _mark(made.parts, one)),
        submit="Save",
        again=action("partform", command.interaction, command.sort, NEW if one is None else one.key),
        fields=made.parts.fields(sort),
        intro=made.parts.SORTS[sort],
    )
    return form if one is None else form.filled(made.parts.write(one))


def submit_part(command: SubmitPart, work: UnitOfWork, moment: Moment) -> Outcome:
    made = _changeable(command, work, moment)
    _check_sort(made, command.sort)
    one = next((it for it in made.questions if it.key == command.part), None)
    form = _form(command, made, one)
    if one is None and command.part != NEW:
        return _back(command, replace(form, problem=REMOVED), work, moment)
    if one is not None and command.before != _mark(made.parts, one):
        now = doc("It stands there now:\n", Leaf(f"{one.text}\n{made.parts.told(one)}\n" + "\n".join(one.options)))
        return _back(command, replace(form, intro=now, problem=OVERTAKEN), work, moment)
    if one is None and len(made.questions) >= made.parts.MOST:
        full = f"A {made.word} holds {made.parts.MOST} questions. Remove one, then send this again: it is kept."
        return _back(command, replace(form, problem=full), work, moment)
    try:
        question = made.parts.read(command.sort, command.part, command.values)
    except Invalid as problem:
        return _back(command, form, work, moment, problem)
    if one is None or (question != one and made.interaction.state == "live"):
        # Whoever fills the form meanwhile answered something else.
        question = replace(question, key=_next_key(made))
    place = len(made.questions) if one is None else made.place(one.key)
    forget_draft(command, form.action, work, moment)
    after = _put(made, [*made.questions[:place], question, *made.questions[place + 1 :]], work)
    return Outcome(_page(after, f"Question {place + 1} is saved."))


def _back(command: SubmitPart, form: Form, work: UnitOfWork, moment: Moment, problem: Invalid | None = None) -> Outcome:
    """The form again, holding what was typed."""
    values: Values = command.values
    keep_draft(command, form, values, work, moment)
    return Outcome(form.filled(values, problem.errors if problem else {}, form.problem), done=False)


def _next_key(made: _Made) -> str:
    taken = {it.key for it in made.questions}
    start = FIRST_KEY + made.interaction.revision + 1
    return next(str(number) for number in itertools.count(start) if str(number) not in taken)


def _put(made: _Made, questions: Sequence[Any], work: UnitOfWork) -> _Made:
    before = made.interaction
    after = replace(
        before, spec=made.parts.having(before.spec, questions), revision=before.revision + 1, edited_by=made.person
    )
    work.put(after)
    work.touch(subject("interaction", after.id))
    work.touch(twin_subject(after.id))
    touch_lists(after.session, work)
    return replace(made, interaction=after)


# -- moved and removed -------------------------------------------------------------------------------------------------


def move_part(command: MovePart, work: UnitOfWork, moment: Moment) -> Outcome:
    made = _changeable(command, work, moment)
    here = made.place(command.part)
    if here < 0:
        return Outcome(_page(made, GONE), done=False)
    there = here + (1 if command.down else -1)
    if not 0 <= there < len(made.questions):
        raise Refused("It is the last one already." if command.down else "It is the first one already.")
    order = list(made.questions)
    order[here], order[there] = order[there], order[here]
    return Outcome(_page(_put(made, order, work), f"It is question {there + 1} now."))


def remove_part(command: RemovePart, work: UnitOfWork, moment: Moment) -> Outcome:
    made = _changeable(command, work, moment)
    here = made.place(command.part)
    if here < 0:
        return Outcome(_page(made, GONE), done=False)
    left = [it for it in made.questions if it.key != command.part]
    if made.interaction.state == "live" and not left:
        raise Refused(f"It is the only question of a {made.word} that is live. Add another one first, or end it.")
    one = made.questions[here]
    if not command.sure:
        asks = f"Remove question {here + 1}, “{one.text}”? It cannot be brought back."
        does = Button("Remove question", action("droppart", made.interaction.id, one.key), "danger")
        keep = Button("Keep it", action("parts", made.interaction.id))
        return Outcome(say(OnlyPerson(made.person), asks, buttons=(does, keep)))
    return Outcome(_page(_put(made, left, work), f"“{one.text}” is removed."))
