"""Slack: payloads become commands, cards become Block Kit."""
