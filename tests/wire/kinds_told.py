"""What people do with each kind of interaction, by visible words; README's table of kinds is made from this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.sandbox.hands import Post
from tests.wire.audience import CHANNEL, QUEUE, Audience, shared

ACTS = ("create", "draft", "edit", "publish", "answer", "change", "hide", "end", "unpublish", "schedule")
"""In the order in which the story does them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One kind: what is typed and pressed, and what is read then."""

    form: Mapping[str, Any]
    """What is filled into its form, by the fields' labels."""
    subject: str
    """Words that its card shows from then on."""
    edited: Mapping[str, Any]
    now: str
    """Words that its card shows once it was edited."""
    answers: Sequence[tuple[str, Any]] = ()
    """Two of them, one after the other: a button's label, or the values of the form behind ``opens``."""
    reads: Sequence[str] = ()
    """What the person reads privately after each."""
    opens: str = ""
    """The button that opens its answer form."""
    then: str = ""
    """The button behind that, seen by this person alone."""
    hidden: str = ""
    """A number or word of its results that is gone while they are hidden."""
    send: str = "Publish now"
    desk: str = QUEUE
    """Where its twin stands; else where the moderator made it."""
    none: Mapping[str, str] = field(default_factory=dict)
    """Acts that it does not have, each with the reason."""
    prepare: Sequence[tuple[str, str, Mapping[str, Any]]] = ()
    """What must be added to the draft first: a button, a pick in the select behind it, and the form then."""


KINDS_TOLD: Mapping[str, Told] = {
    "poll": Told(
        {"Question": "Which topic?", "Options, one a line": "Tea\nCoffee"},
        "Which topic?",
        {"Question": "Which topic first?"},
        "Which topic first?",
        answers=(("Vote A", None), ("Vote B", None)),
        reads=("Your vote: A, Tea.", "Your vote: B, Coffee."),
        hidden="1 vote",
    ),
    "quiz": Told(
        {"Question": "How many?", "Answers, one a line": "Two\n* Three"},
        "How many?",
        {"Question": "How many kinds of tea?"},
        "How many kinds of tea?",
        answers=(("Answer A", None), ("Answer B", None)),
        reads=("Your answer: A, Two.", "Your answer: B, Three."),
        hidden="1 answer",
    ),
    "rating": Told(
        {"What is rated": "The talk"},
        "The talk",
        {"What is rated": "The whole talk"},
        "The whole talk",
        answers=(("3", None), ("4", None)),
        reads=("Your rating: 3 of 5.", "Your rating: 4 of 5."),
        hidden="4.0 of 5",
    ),
    "vote": Told(
        {"Statement": "I have used this"},
        "I have used this",
        {"Statement": "I have used this at work"},
        "I have used this at work",
        answers=(("Count me in 0", None), ("Count me in 1", None)),
        reads=("You are in.", "You are out again."),
        hidden="0 people",
    ),
    "question": Told(
        {"Question": "What is missing?", "Answers": []},
        "What is missing?",
        {"Question": "What is missing here?"},
        "What is missing here?",
        answers=(("Answer", {"Your answer": "More tea"}), ("Answer", {"Your answer": "More coffee"})),
        reads=("More tea", "More coffee"),
        opens="Answer",
        hidden="More coffee",
    ),
    "cloud": Told(
        {"Question": "In one word?"},
        "In one word?",
        {"Question": "In one or two words?"},
        "In one or two words?",
        answers=(
            ("Add words", {"One to three words": "bright"}),
            ("Add words", {"One to three words": "bright, calm"}),
        ),
        reads=("bright", "calm"),
        opens="Add words",
        hidden="calm",
    ),
    "announcement": Told(
        {"Title": "Lunch", "Text": "Lunch is served."},
        "Lunch is served.",
        {"Text": "Lunch is served in the hall."},
        "Lunch is served in the hall.",
        none={
            "answer": "there is nothing to answer; a press of its button is counted where the platform tells of it",
            "change": "there is nothing to answer",
            "hide": "it has no results to share",
            "end": "it stays until it is unpublished",
        },
    ),
    "survey": Told(
        {"Name of the survey": "Evening"},
        "Evening",
        {"Name of the survey": "How was the evening"},
        "How was the evening",
        answers=(("Take survey", {"What did you like?": "The tea"}),),
        reads=("Thank you. 1 of 1 answered.",),
        opens="Take survey",
        then="Start survey",
        none={
            "change": "a survey is taken once",
            "hide": "its results are for moderators only",
        },
        prepare=(("Questions", "Open question", {"Question": "What did you like?"}),),
    ),
    "reaction": Told(
        {"Everybody sees": "Celebrate 🎉"},
        "Celebrate",
        {"Everybody sees": "Applause 👏"},
        "Applause",
        send="Send to everyone",
        desk=CHANNEL,
        none={
            "answer": "there is nothing to answer",
            "change": "there is nothing to answer",
            "hide": "it has no results",
            "end": "it is over as soon as it is sent",
        },
    ),
}


async def answer(stage: Audience, who: str, kind: Told, index: int, *, counted: bool = False) -> None:
    """Answer on the newest card that shows it, and read what is told; ``counted``: whatever number a button tells."""
    label, values = kind.answers[index]
    if not kind.opens:

        def meant(post: Post) -> list[str]:
            stem = label.rstrip("0123456789") if counted else ""
            return [it.label for it in post.controls if it.label == label or (stem and it.label[:-1] == stem)]

        card = await stage.see(who, lambda post: shared(post) and kind.now in post.text and bool(meant(post)))
        told = await stage.told(who, "press", card.id, meant(card)[0])
    else:
        opened = await stage.press(who, kind.opens, lambda post: shared(post) and kind.now in post.text)
        if kind.then:
            opened = await stage.press(who, kind.then, lambda post: post.private)
        await stage.form(who, opened)
        told = await stage.send(who, values)
    if kind.reads[index]:
        assert kind.reads[index] in told, told
