"""The made-up Slack: workspaces, persons, channels, one app or several, and everything that was asked of them."""

from __future__ import annotations

import asyncio
import random
import string
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adapters.sandbox.slack.clock import Clock, SystemClock
from adapters.sandbox.slack.faults import Faults
from adapters.sandbox.slack.installs import App, Grant, Install, Person
from adapters.sandbox.slack.limits import Limits
from adapters.sandbox.slack.model import Action, Channel, File, Recorded, ResponseUrl, Trigger, User, View

if TYPE_CHECKING:
    from adapters.sandbox.slack.delivery import Deliveries

SLACKBOT = "USLACKBOT"
RECORDS_KEPT = 200_000
TRIGGER_SECONDS = 3.0
URL_SECONDS = 30 * 60.0
KEPT_SECONDS = 60.0


class Workspace:
    """One workspace; the public methods build it and may be called at any time."""

    def __init__(self, world: World, id_: str, name: str) -> None:
        self.world, self.id, self.name = world, id_, name
        self.domain = name.lower().replace(" ", "-")
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.installs: list[Install] = []
        self.views: dict[str, View] = {}
        self.persons: dict[str, Person] = {}
        self.names: dict[str, User] = {}
        self._directs: dict[frozenset[str], Channel] = {}
        self.only_admins: set[str] = set()
        """What the workspace's settings leave to admins: see ``policy.ACTIONS``."""

    def user(
        self, name: str, *, admin: bool = False, display_name: str = "", real_name: str = "", guest: str = ""
    ) -> User:
        """A member; ``name`` is the handle and, unless others are given, the name that is shown."""
        handle = name.lower().replace(" ", ".")
        avatar = f"https://avatars.example/{self.domain}/{handle}.png"
        user = User(self.world.new_id("U"), handle, real_name or name, display_name or name, avatar, admin=admin)
        user.guest = guest
        for one in self.channels.values():
            if one.general and not guest:
                one.members.add(user.id)
        return self._add(user)

    def _add(self, user: User) -> User:
        user.team = self.id
        self.users[user.id] = user
        self.persons[user.id] = Person()
        for known in (user.id, user.name, user.real_name, user.display_name):
            self.names.setdefault(known, user)
        return user

    def channel(
        self, name: str, *, private: bool = False, members: Iterable[User] = (), general: bool = False
    ) -> Channel:
        """A channel that has been there for long; nobody is told of it."""
        everybody = list(members)
        creator = everybody[0].id if everybody else SLACKBOT
        kind = "group" if private else "channel"
        return self.add_channel(name, kind, creator, (one.id for one in everybody), general=general)

    def add_channel(
        self, name: str, kind: str, creator: str, members: Iterable[str], *, general: bool = False
    ) -> Channel:
        prefix = {"im": "D", "channel": "C"}.get(kind, "C")
        id_ = self.world.new_id(prefix)
        made = Channel(id_, name, kind, creator, int(self.world.clock.now()), set(members), general=general)
        self.channels[id_] = made
        return made

    def install(
        self,
        *,
        scopes: Iterable[str] = (),
        events: Iterable[str] = (),
        commands: Iterable[str] = (),
        shortcuts: Mapping[str, str] | None = None,
        global_shortcuts: Mapping[str, str] | None = None,
        mode: str = "socket",
        request_url: str = "",
        name: str = "Sidestage",
        bot_token: str = "",
        app_token: str = "",
        signing_secret: str = "",
        app: App | None = None,
        hints: Mapping[str, Mapping[str, str]] | None = None,
    ) -> Install:
        """Install an app here; ``app`` installs one that another workspace has already."""
        world = self.world
        if app is None:
            app = App(
                world.new_id("A"),
                name,
                mode,
                request_url,
                frozenset(events),
                frozenset(commands),
                dict(shortcuts or {}),
                app_token or f"xapp-1-{world.word(11).upper()}-{world.word(12)}",
                signing_secret or world.word(32),
                world.word(24),
                f"{world.random.randrange(10**12)}.{world.random.randrange(10**13)}",
                world.word(32),
                dict(global_shortcuts or {}),
                dict(hints or {}),
            )
            world.apps[app.id] = app
            world.grants[app.app_token] = Grant(app, None, None, frozenset({"connections:write"}))
        token = bot_token or f"xoxb-{world.word(11)}-{world.word(24)}"
        bot = User(world.new_id("U"), app.name.lower(), app.name, app.name, "https://avatars.example/bot.png", bot=True)
        bot.bot_id, bot.app_id = world.new_id("B"), app.id
        made = Install(app, self.id, token, self._add(bot), frozenset(scopes))
        self.installs.append(made)
        world.grants[token] = Grant(app, made, bot, made.scopes)
        return made

    def config_token(self, app: App) -> str:
        """An app configuration token of the app's maker."""
        token = f"xoxe.xoxp-1-{self.world.word(40)}"
        self.world.grants[token] = Grant(app, None, None, frozenset({"app_configurations:read"}))
        return token

    def user_token(self, install: Install, user: User, scopes: Iterable[str]) -> str:
        """A token that acts as the person, as an administrator's does."""
        token = f"xoxp-{self.world.word(11)}-{self.world.word(24)}"
        self.world.grants[token] = Grant(install.app, install, user, frozenset(scopes))
        return token

    def direct(self, user: str, other: str) -> Channel:
        """The direct message of the two, made when it is not there yet."""
        both = frozenset((user, other))
        found = self._directs.get(both)
        if found is None:
            found = self._directs[both] = self.add_channel("", "im", other, both)
        return found

    def find_user(self, name: str) -> User:
        user = self.names.get(name.removeprefix("@"))
        if user is None:
            raise LookupError(f"nobody here is called {name!r}")
        return user

    def find_channel(self, name: str, user: User) -> Channel:
        """A channel by id, by its name, or ``@bot``, ``@slackbot``, ``@name`` for a direct message, as they see it."""
        if name.startswith("@"):
            if name == "@slackbot":
                return self.direct(SLACKBOT, user.id)
            other = self.installs[0].bot if name == "@bot" else self.find_user(name)
            return self.direct(user.id, other.id)
        plain = name.removeprefix("#")
        found = self.channels.get(plain)
        if found is None:
            named = (one for one in self.channels.values() if one.name == plain and not one.direct)
            found = next(named, None)
        hidden = found is not None and (found.kind != "channel" or user.guest) and user.id not in found.members
        if found is None or hidden:
            raise LookupError(f"{user.name} sees no channel {name!r}")
        return found

    def install_of(self, app_id: str | None) -> Install | None:
        return next((one for one in self.installs if one.app.id == app_id), None)

    def person(self, user: str) -> Person:
        return self.persons.setdefault(user, Person())


class World:
    """Everything; one world is one server."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        rates: bool = False,
        record: str = "full",
        unfurls: bool = False,
        seed: int = 1,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.rates, self.record, self.unfurls = rates, record, unfurls
        self.tells_state_on_close = False
        """Whether ``view_closed`` holds what was typed: that is documented nowhere, and empty in recorded payloads."""
        self.random = random.Random(seed)
        self.workspaces: dict[str, Workspace] = {}
        self.apps: dict[str, App] = {}
        self.grants: dict[str, Grant] = {}
        self.requests: deque[Recorded] = deque(maxlen=RECORDS_KEPT)
        self.counts: Counter[tuple[str, str]] = Counter()
        self.actions: deque[Action] = deque(maxlen=RECORDS_KEPT)
        self.presses: dict[tuple[str, str], dict[str, list[Any]]] = {}
        """(channel, ts) → user → [action_id, value, times pressed]."""
        self.violations: Counter[str] = Counter()
        self.faults = Faults()
        self.limits = Limits()
        self.triggers: dict[str, Trigger] = {}
        self.urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, File] = {}
        self.files_take = 0.0
        """Seconds from the end of an upload until blocks may name the file."""
        self.revoked: set[str] = set()
        self.codes: dict[str, tuple[Install, User]] = {}
        """OAuth code → the install that it stands for and who allowed it."""
        self.deliveries: Deliveries | None = None
        self.base_url = ""
        self.serial = 0
        self._waiting: list[asyncio.Future[None]] = []

    def workspace(self, name: str) -> Workspace:
        made = Workspace(self, self.new_id("T"), name)
        self.workspaces[made.id] = made
        return made

    def word(self, length: int) -> str:
        return "".join(self.random.choices(string.ascii_lowercase + string.digits, k=length))

    def new_id(self, prefix: str) -> str:
        return f"{prefix}0{self.word(9).upper()}"

    def touch(self) -> int:
        """Something that can be seen has changed."""
        self.serial += 1
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)
        return self.serial

    async def change(self) -> None:
        """Wait for the next change."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future

    def note(
        self,
        method: str,
        arguments: Mapping[str, Any],
        violations: Sequence[str],
        answered: str,
        status: int = 200,
    ) -> None:
        """Remember what the app sent and what it was told; in ``counts`` mode only numbers and violations are kept."""
        self.counts[(method, answered)] += 1
        for one in violations:
            self.violations[f"{method}: {one}"] += 1
        if self.record == "full" or violations:
            self.requests.append(
                Recorded(self.clock.now(), method, dict(arguments), tuple(violations), answered, status)
            )

    def trigger(self, user: str, view: str | None = None) -> str:
        now = self.clock.now()
        # Old ones go from the front, oldest first; kept for a while so that "expired" and "unknown" differ.
        while self.triggers and (old := next(iter(self.triggers.values()))).expires < now - KEPT_SECONDS:
            del self.triggers[old.id]
        id_ = f"{self.random.randrange(10**12)}.{self.random.randrange(10**12)}.{self.random.getrandbits(128):032x}"
        self.triggers[id_] = Trigger(id_, user, now + TRIGGER_SECONDS, view)
        return id_

    def url(self, kind: str, team: str, **details: Any) -> ResponseUrl:
        now = self.clock.now()
        while self.urls and (old := next(iter(self.urls.values()))).expires < now - KEPT_SECONDS:
            del self.urls[old.path]
        path = f"/{kind}/{team}/{self.random.randrange(10**13)}/{self.random.getrandbits(96):024x}"
        made = ResponseUrl(path, expires=now + URL_SECONDS, command=kind == "commands", **details)
        self.urls[path] = made
        return made
