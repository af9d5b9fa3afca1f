"""What Prometheus is told: counts and times, never an id, a name or a word that somebody wrote."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("sidestage_commands", "Commands carried out, by name and outcome", ["command", "came_to"])
BATCHES = Histogram("sidestage_batch_commands", "Commands in one transaction", buckets=(1, 2, 5, 10, 20, 50, 100, 200))
COMMIT = Histogram(
    "sidestage_commit_seconds",
    "From the first load of a batch to its commit",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
CALLS = Counter("sidestage_platform_calls", "Calls to platforms, by what came of them", ["platform", "verb", "came_to"])
LANES = Gauge("sidestage_lanes", "Rooms that are being brought up to date now")
LATE = Histogram("sidestage_due_late_seconds", "How late due things ran", buckets=(0.5, 1, 2, 5, 10, 60, 600))
