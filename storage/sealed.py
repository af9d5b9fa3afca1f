"""Text that the database alone cannot tell: encrypted with a key that lives outside it (key id and ciphertext)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import LargeBinary

Sealed = LargeBinary
"""The one column type of sealed text: ``<key id>:<Fernet token>``."""
ID_LENGTH = 8


class KeyLost(Exception):
    """Sealed text was written with a key that is not here; the message says which."""


class Ring:
    """The keys, newest first; the first one seals, all of them open."""

    def __init__(self, *keys: str) -> None:
        """Each key is a Fernet key (32 bytes, URL-safe base64). Raises ValueError when one is not, or none is given."""
        if not keys:
            raise ValueError("at least one key is needed")
        self._keys = {_key_id(key): Fernet(key) for key in keys}
        self._first = _key_id(keys[0])

    def seal(self, text: str) -> bytes:
        return f"{self._first}:".encode() + self._keys[self._first].encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Raises KeyLost when the key is missing or the text was tampered with."""
        name, _, token = bytes(sealed).partition(b":")
        try:
            return self._keys[name.decode()].decrypt(token).decode()
        except (KeyError, InvalidToken):
            raise KeyLost(f"text was sealed with key {name.decode(errors='replace')}, which does not open it") from None


def _key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:ID_LENGTH]


def key_file(path: Path) -> str:
    """The key kept in this file, made at the first run with mode 0600."""
    try:
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(made, "wb") as file:
            file.write(Fernet.generate_key())
    return path.read_text().strip()
