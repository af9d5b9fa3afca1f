"""What people do with threads: start, join, leave, bring others in, archive, lock; each only with its permission.

https://docs.discord.com/developers/topics/threads
"""

from __future__ import annotations

from adapters.sandbox.discord import messages, permissions, threads
from adapters.sandbox.discord.commanding import Commanding
from adapters.sandbox.discord.errors import Refusal
from adapters.sandbox.discord.model import PRIVATE_THREAD, PUBLIC_THREAD, Channel, User


class InThreads(Commanding):
    def start_thread(self, user: User, name: str, title: str, post: str | None = None, *, private: bool = False) -> str:
        """From a message, or alone; returns the thread's id."""
        channel = self.channel(user, name)
        self._may(user, channel, permissions.CREATE_PRIVATE_THREADS if private else permissions.CREATE_PUBLIC_THREADS)
        if not title.strip() or len(title) > 100:
            raise ValueError("a thread's name has 1 to 100 characters")
        found = self.message(user, channel, post) if post else None
        if found is not None and found.thread_id is not None:
            raise ValueError("this message has a thread")
        if channel.type != 0:
            raise ValueError("threads are made in text channels")
        kind = PRIVATE_THREAD if private else PUBLIC_THREAD
        try:
            key = found.id if found is not None else self.world.ids.next()
            made = threads.start(self.world, channel, key, kind, title.strip(), user, {})
        except Refusal as told:
            raise ValueError(told.message) from told
        if found is not None:
            found.thread_id = made.id
        elif not private:
            messages.tell_thread(self.world, channel, user, made)
        self._note(user, "start_thread", channel, post=post, label=title, ok=True)
        return made.id

    def join_thread(self, user: User, name: str) -> None:
        thread = self._active(user, name)
        threads.add(self.world, thread, user.id)

    def leave_thread(self, user: User, name: str) -> None:
        threads.drop(self.world, self._active(user, name), user.id)

    def bring(self, user: User, name: str, whom: str) -> None:
        """Add somebody, who must see the channel above."""
        thread, other = self._active(user, name), self.world.named(whom)
        granted = self.world.granted(user, thread)
        if not granted & permissions.SEND_MESSAGES_IN_THREADS or not threads.may_add(thread, user, granted):
            raise PermissionError(f"{user.shown} may not add people to {thread.name}")
        if not threads.sees_parent(thread, other.id):
            raise ValueError(f"{other.shown} does not see the channel of this thread")
        threads.add(self.world, thread, other.id)

    def archive(self, user: User, name: str, *, archived: bool = True, locked: bool | None = None) -> None:
        """Close a thread or open it again; its maker and moderators may, locking is for moderators."""
        thread = self._thread(user, name)
        granted = self.world.granted(user, thread)
        moderates = bool(granted & permissions.MANAGE_THREADS)
        opens = not archived and not thread.locked and bool(granted & permissions.SEND_MESSAGES_IN_THREADS)
        mine = thread.owner_id == user.id and not thread.locked
        if not (moderates or (locked is None and (opens or mine))):
            raise PermissionError(f"{user.shown} may not do this with {thread.name}")
        try:
            threads.archive(self.world, thread, archived=archived)
        except Refusal as told:
            raise ValueError(told.message) from told
        thread.locked = thread.locked if locked is None else locked
        self.world.change_channel(thread)

    def _thread(self, user: User, name: str) -> Channel:
        found = self.channel(user, name)
        if not found.is_thread:
            raise LookupError(f"{name} is no thread")
        return found

    def _active(self, user: User, name: str) -> Channel:
        found = self._thread(user, name)
        if found.archived:
            raise ValueError("this thread is archived")
        return found
