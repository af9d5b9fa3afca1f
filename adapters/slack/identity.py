"""Who the bot is in a workspace, as one ``auth.test`` tells; fixed for the life of the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.markup import is_web
from core.domain.ids import AccountId, VenueId


@dataclass(frozen=True, slots=True)
class Install:
    """The app in one workspace."""

    team: str
    team_name: str = ""
    enterprise: str = ""
    bot_user: str = ""
    bot: str = ""
    site: str = ""
    """The workspace's own address, ending in a slash; its channels and messages have theirs below it."""

    @property
    def venue(self) -> VenueId:
        return VenueId(f"slack:{self.team}")

    @property
    def home(self) -> str:
        """Where our own people's ids live: an organisation's are the same in all its workspaces."""
        return self.enterprise or self.team

    def account(self, user: str, told: object = None) -> AccountId:
        """The account of a user; ``told`` is the workspace or organisation that the payload names for them.

        A person of a connected workspace keeps that one as home; everything of ours is one home.
        """
        foreign = isinstance(told, str) and told and told not in (self.team, self.enterprise)
        return AccountId(f"slack:{told if foreign else self.home}:{user}")

    def posted(self, message: Mapping[str, Any], app: object = None) -> bool:
        """Whether a message is the bot's own: by bot, by user, or by app."""
        return (
            (bool(self.bot) and message.get("bot_id") == self.bot)
            or (bool(self.bot_user) and message.get("user") == self.bot_user)
            or (isinstance(app, str) and bool(app) and message.get("app_id") == app)
        )


def install_of(told: Mapping[str, Any]) -> Install:
    """From the answer of ``auth.test``."""

    def word(name: str) -> str:
        value = told.get(name)
        return value if isinstance(value, str) else ""

    url = word("url")
    site = f"{url.rstrip('/')}/" if is_web(url) else ""
    return Install(word("team_id"), word("team"), word("enterprise_id"), word("user_id"), word("bot_id"), site)


def user_of(account: AccountId) -> str:
    """Slack's id of the user behind an account."""
    return account.rpartition(":")[2]
