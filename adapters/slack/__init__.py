"""Slack: payloads to commands, cards to blocks; everything is decided in the core."""

from adapters.slack.adapter import SlackAdapter, SlackSettings

__all__ = ["SlackAdapter", "SlackSettings"]
