"""How much one server of the stand-in holds; a test lowers a number to meet the error that stands at its end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Caps:
    threads: int = 1000
    """Active threads (160006); the real number is not documented."""
    channels: int = 500
    """Channels of a server, threads not counted (30013)."""
    webhooks: int = 15
    """Webhooks of a channel (30007)."""
    roles: int = 250
    """Roles of a server (30005)."""
