"""How long an interaction can stay open before it ends by itself (SPEC 5.2)."""

from __future__ import annotations

from core.domain.ids import MINUTE, SECOND

OPEN_ENDED = "open"
LASTING = {
    OPEN_ENDED: ("When I end it", None),
    "30s": ("After 30 seconds", 30 * SECOND),
    "1m": ("After 1 minute", MINUTE),
    "2m": ("After 2 minutes", 2 * MINUTE),
    "5m": ("After 5 minutes", 5 * MINUTE),
    "10m": ("After 10 minutes", 10 * MINUTE),
    "30m": ("After 30 minutes", 30 * MINUTE),
}
"""How long it can stay open; under 30 seconds nobody reads it and answers on a phone (UX 2)."""
