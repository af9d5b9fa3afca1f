"""What the app may say when it answers a delivery; everything else is written down as a violation."""

from __future__ import annotations

from typing import Any

from adapters.sandbox.slack.blocks import check_view
from adapters.sandbox.slack.checks import RESPONSE_ACTIONS, check_message_body


def check_answer(kind: str, answer: Any, may: bool) -> tuple[str, ...]:
    """The breaches of an acknowledgement's payload; ``may`` says whether the envelope takes one."""
    if answer is None or answer == {}:
        return ()
    if not isinstance(answer, dict):
        return ("the payload is not an object",)
    if not may:
        return ("the envelope takes no payload; it is ignored",)
    if kind == "slash_commands":
        return tuple(check_message_body(answer))
    if kind == "view_submission":
        return tuple(_response_action(answer))
    return ()


def _response_action(answer: dict[str, Any]) -> list[str]:
    """docs.slack.dev/surfaces/modals: response_action errors, update, push or clear."""
    action = answer.get("response_action")
    allowed = RESPONSE_ACTIONS.get(action) if isinstance(action, str) else None
    if allowed is None:
        return [f"unknown response_action: {action}"]
    found = [f"unknown argument: {name}" for name in answer if name not in allowed]
    if action == "errors":
        errors = answer.get("errors")
        if not isinstance(errors, dict) or not errors:
            found.append("errors must name at least one block")
        elif not all(isinstance(one, str) for one in errors.values()):
            found.append("each error must be a string")
    elif action in ("update", "push"):
        found.extend(check_view(answer.get("view")))
        if isinstance(answer.get("view"), dict) and answer["view"].get("type") != "modal":
            found.append("only a modal can be shown here")
    return found
