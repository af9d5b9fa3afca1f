"""Logging: structured lines to standard error, tokens and keys struck out of every one."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRETS = re.compile(
    r"xox[a-z]-[A-Za-z0-9-]+|xapp-[A-Za-z0-9-]+|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|Bot [\w-]{20,}\.[\w-]+\.[\w-]+"
    r"|[MNO][\w-]{23,}\.[\w-]{6}\.[\w-]{27,}|hooks/[\w/-]+|/webhooks/\d+/[\w-]+|/interactions/\d+/[\w-]+"
)
STRUCK = "[secret]"


def strike(text: str) -> str:
    """The text without Slack or Discord tokens, database passwords and addresses that are secrets themselves."""
    return _SECRETS.sub(STRUCK, text)


def _strike_all(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = strike(value)
    return event


class _Struck(logging.Formatter):
    """For the libraries' own log lines."""

    def format(self, record: logging.LogRecord) -> str:
        return strike(super().format(record))


def setup(level: str, form: str) -> None:
    number = getattr(logging, level.upper())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False) if form == "console" else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _strike_all,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Struck("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger("discord.client").setLevel(logging.ERROR)  # it warns at each start that voice is not installed
    # The libraries' INFO lines cost time on every payload and can hold bodies.
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
