"""``sidestage run`` with shorter waits: the same rules in less time, for the quick form of the fault tests."""

from adapters.discord import shards
from config.main import app
from core.app import session_cards
from core.domain.ids import SECOND
from jobs import lane, lanes, surfaces

surfaces.LOOK_UP_AFTER = 2 * SECOND
surfaces.PACE = SECOND // 2
session_cards.CALM = SECOND
for module in (lane, lanes, shards):
    vars(module)["LEASE"] = 3 * SECOND

if __name__ == "__main__":
    app(["run"])
