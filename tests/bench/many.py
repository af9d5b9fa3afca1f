"""The bot with 60 more interaction kinds, commands, buttons and forms: ``python -m tests.bench.many run``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from core.app import verbs
from core.app.intake import BUTTONS, FORMS
from core.app.verbs import Verb
from core.domain.interactions import KINDS, poll

MORE = 60


def register() -> None:
    """Into the very tables that adapters and handlers read."""
    kinds: Any = KINDS
    buttons: Any = BUTTONS
    forms: Any = FORMS
    for number in range(MORE):
        name = f"kind{number}"
        kinds[name] = SimpleNamespace(**{key: value for key, value in vars(poll).items() if not key.startswith("__")})
        buttons[f"press{number}"] = BUTTONS["vote"]
        forms[f"form{number}"] = FORMS["made"]
    more = (
        Verb("mod", (f"kind{number}",), "Make one more", verbs._make_kind(f"kind{number}")) for number in range(MORE)
    )
    verbs.VERBS = (*verbs.VERBS, *more)


if __name__ == "__main__":
    register()
    from config.main import main

    main()
