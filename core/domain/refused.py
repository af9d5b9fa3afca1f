"""The only exception meant for people: one plain sentence that says what to do next."""

from __future__ import annotations

from core.domain.view import Button


class Refused(Exception):
    """Nothing was changed; the person reads the sentence in private, with the buttons that help."""

    def __init__(self, sentence: str, *buttons: Button) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.buttons = buttons
        self.typed = ""
        """What stood behind a command and is nowhere else by then; shown back and not kept."""


class Ignored(Exception):
    """Nothing was changed and nobody is told: a line that does not concern the bot."""
