"""A stand-in for Slack, written from its documentation; it knows nothing of Sidestage, refuses what Slack refuses."""

from __future__ import annotations

from adapters.sandbox.slack.clock import Clock, ManualClock, SystemClock
from adapters.sandbox.slack.hands import SlackHands
from adapters.sandbox.slack.installs import App, Install
from adapters.sandbox.slack.server import Running, start
from adapters.sandbox.slack.world import Workspace, World

__all__ = [
    "App",
    "Clock",
    "Install",
    "ManualClock",
    "Running",
    "SlackHands",
    "SystemClock",
    "Workspace",
    "World",
    "start",
]
