"""What people read of what Discord refuses: which right is missing, and who can give it."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.discord.calls import code
from core.app.platform import Closed, Down, Lacking, PlatformTrouble, Rejected

NOT_ALLOWED = frozenset({50001, 50013})
NO_SECOND_FACTOR = 60003
UNKNOWN_MEMBER = frozenset({10007, 10013})
UNKNOWN_ROLE = 10011
CANNOT_SEE = "the bot cannot see it. Give it View Channel there"
MAY_NOT_WRITE = "the bot may not write there"


def may_not_write(lacking: str) -> str:
    """``lacking``: the rights, as Discord's settings name them."""
    return f"{MAY_NOT_WRITE}. Give it {lacking}"


CANNOT_WRITE = may_not_write("View Channel, Send Messages and Read Message History, or end its timeout")
NOT_IN_SERVER = "the bot is not in the server any more"
CLOSED_WORDS = {
    10003: "deleted",
    10004: NOT_IN_SERVER,
    50001: CANNOT_SEE,
    50013: CANNOT_WRITE,
    50083: "the thread is archived",
}
"""What moderators read of a room that cannot be used."""
MAY_NOT_MAKE = "the bot may not make channels here"


def cannot_make(lacking: str) -> str:
    """``lacking``: the rights, as Discord's settings name them."""
    return f"{MAY_NOT_MAKE}. Give it {lacking}, or make a channel and use /mod room in it"


CANNOT_MAKE = cannot_make("Manage Channels and Manage Roles")
FULL = "the server has no room for more channels or roles. Make a channel free and use /mod room in it"
TWO_FACTORS = (
    "this server lets only bots act whose owner signs in with two factors. Switch that on for the owner's account"
)
CANNOT_ADMIT = "the bot may not let people in. Give it Manage Roles and drag its role above the session's"
CANNOT_EXPEL = "the bot may not send people out. Give it Manage Roles and drag its role above the session's"
CANNOT_SET_TOPIC = "the bot may not change the topic. Give it Manage Channels there"
CANNOT_ARCHIVE = "the bot may not change who can write there. Give it Manage Channels and Manage Roles"
CANNOT_GIVE = "the bot may not give the role for that. Give it Manage Roles and drag its role above the session's"
CANNOT_MENTION = "the bot may not mention roles. Give it Mention @everyone, @here and All Roles"
NOBODY_NOTIFIED = f"In Discord nobody can be notified: {CANNOT_MENTION}."
NOTIFIED_AGAIN = "In Discord people can be notified again."
"""Word for word what :mod:`jobs.reports` tells where the role cannot be made for want of that right: told once."""
ROLE_GONE = "the role for that was deleted"
CANNOT_THREAD = (
    "the bot may not make private threads there. Give it Create Private Threads and Send Messages in Threads"
)
THREADS_FULL = "the server has as many open threads as Discord allows. Close some"
NO_PARENT = "there is no room to make a private thread under"
PARENT_GONE = "the room above the private thread was deleted"
NOT_YET_IN = "the person cannot see the room above the private thread yet"
GONE = "is no longer in this server"
CROWDED = "has too many people with a right of their own"
CANNOT_READ_BACK = "the bot may not read what was written there. Give it Read Message History"
CANNOT_HOOK = "the bot may not change people's lines there. Give it Manage Webhooks"
CANNOT_DELETE = "the bot may not delete what others wrote there. Give it Manage Messages"
CANNOT_PIN = "the bot may not pin messages there. Give it Pin Messages"
PINS_FULL = "that channel has as many pins as Discord allows. Unpin something first"


def in_words(trouble: PlatformTrouble) -> PlatformTrouble:
    """A room that is closed to the bot, in the words that moderators read of it."""
    words = CLOSED_WORDS.get(code(trouble)) if isinstance(trouble, Closed) else None
    return Closed(words) if words else trouble


def refused(trouble: PlatformTrouble, words: str, kind: type[PlatformTrouble] = Rejected) -> PlatformTrouble:
    """The trouble in plain words; the room itself is not closed by it."""
    if code(trouble) == NO_SECOND_FACTOR:
        return Rejected(TWO_FACTORS)
    if code(trouble) in NOT_ALLOWED:
        return kind(words)
    if code(trouble) == UNKNOWN_ROLE:
        return Down("the role has just been deleted")
    return trouble


def not_pinned(trouble: PlatformTrouble) -> PlatformTrouble:
    if code(trouble) in NOT_ALLOWED:
        return Lacking(CANNOT_PIN)
    return Rejected(PINS_FULL) if code(trouble) == 30003 else trouble


LESS: Mapping[str, tuple[str, str]] = {
    "manage_webhooks": (
        "people's lines stand under the bot's name",
        "people's lines stand under their own names again",
    ),
    "read_message_history": (
        "what is written while the bot is away is not read back",
        "what is written while the bot is away is read back again",
    ),
    "mention_everyone": ("nobody can be notified", "people can be notified again"),
}
"""Rights without which a chat goes on, only less well: what moderators read while one is missing, and at the end."""


def less(right: str, name: str, channel: str, *, over: bool) -> str:
    """``name``: the right as Discord's settings name it."""
    lost, back = LESS[right]
    return f"In Discord, in #{channel}, " + (f"{back}." if over else f"{lost}. Give the bot {name} there.")


def size(many: int) -> str:
    """Bytes in words."""
    if many < 1024:
        return f"{many} B"
    return f"{many / 1024:.0f} KB" if many < 1024 * 1024 else f"{many / 1024 / 1024:.1f} MB"
