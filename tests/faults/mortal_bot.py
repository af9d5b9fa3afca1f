"""``sidestage run`` for stories of many presses: the same rules in less time, and as many posts as it likes."""

from adapters.discord import shards
from adapters.discord.gateway import DiscordGateway
from adapters.slack.gateway import SlackGateway
from config.main import app
from core.app import session_cards
from core.app.handle import furnishing
from core.app.platform import Budget
from core.domain.ids import SECOND
from jobs import lane, lanes, surfaces

surfaces.LOOK_UP_AFTER = furnishing.DOORS_AFTER = SECOND
surfaces.PACE = session_cards.CALM = SECOND // 4
for module in (lane, lanes, shards):
    vars(module)["LEASE"] = 3 * SECOND
for gateway in (SlackGateway, DiscordGateway):
    limits = gateway.budgets
    vars_of = {"budgets": lambda *asked, limits=limits: [Budget(it.name, 0, it.burst) for it in limits(*asked)]}
    for name, it in {**vars_of, "together": lambda *_: 0}.items():
        setattr(gateway, name, it)

if __name__ == "__main__":
    app(["run"])
