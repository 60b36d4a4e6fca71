"""Keys that sign tokens: Ed25519, one file for their owner alone, made at the first use, changed without down time.

The newest key signs. One that was replaced goes on verifying until the last token that it signed has expired.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from catalynx.errors import SettingsError

FILE: Final = "signing_keys.json"
LIFE_AFTER_SECONDS: Final = 15 * 60
"""How long a replaced key verifies: longer than any access token lives, with room for clocks that differ."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its id, when it was made and replaced (seconds since 1970; None while it signs), and both its halves."""

    kid: str
    made_at: float
    replaced_at: float | None
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        """The half that verifies."""
        return self.private.public_key()


class Keys:
    """The signing keys in a folder; several processes share them, and each sees at once what another changed.

    Parameters
    ----------
    folder : where they are kept; made when it is not there, readable by its owner alone
    clock : seconds since 1970
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._file, self._clock = folder, folder / FILE, clock
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def signing(self) -> Key:
        """Return the key that signs, made now if there is none.

        Raises
        ------
        SettingsError
            The folder or the file cannot be used, or others may read it.
        """
        for key in self._current().values():
            if key.replaced_at is None:
                return key
        with self._locked():
            keys = self._read()
            if all(key.replaced_at is not None for key in keys.values()):
                self._write([*keys.values(), self._made()])
        return self.signing()

    def verifying(self, kid: str) -> Ed25519PublicKey | None:
        """Return the public half of the key of that id, or None when there is none that still counts."""
        key = self._current().get(kid)
        return None if key is None or self._is_over(key) else key.public

    def rotate(self) -> str:
        """Make a new key, which signs from now on, and return its id; keys that are over are removed."""
        with self._locked():
            now = self._clock()
            kept = [key for key in self._read().values() if not self._is_over(key)]
            replaced = [
                Key(key.kid, key.made_at, now if key.replaced_at is None else key.replaced_at, key.private) for key in kept
            ]
            made = self._made()
            self._write([*replaced, made])
        return made.kid

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Return the public halves as a JSON Web Key Set [RFC 7517, RFC 8037], for those who verify tokens elsewhere."""
        self.signing()
        return {"keys": [_jwk(key) for key in self._current().values() if not self._is_over(key)]}

    def _is_over(self, key: Key) -> bool:
        return key.replaced_at is not None and self._clock() > key.replaced_at + LIFE_AFTER_SECONDS

    def _made(self) -> Key:
        return Key(secrets.token_hex(8), self._clock(), None, Ed25519PrivateKey.generate())

    def _current(self) -> dict[str, Key]:
        """Return the keys as the file has them now; it is read again only when it is another."""
        try:
            found = self._file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        seen = (found.st_ino, found.st_mtime_ns, found.st_size)
        if seen != self._seen:
            if found.st_mode & 0o077:
                raise SettingsError(f"{self._file} can be read by others; it must be for its owner alone (chmod 600).")
            self._keys, self._seen = self._read(), seen
        return self._keys

    def _read(self) -> dict[str, Key]:
        try:
            listed: list[dict[str, Any]] = json.loads(self._file.read_bytes())
            keys = [
                Key(one["kid"], one["made_at"], one["replaced_at"], Ed25519PrivateKey.from_private_bytes(_bytes(one["private"])))
                for one in listed
            ]
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            raise SettingsError(
                f"{self._file} does not hold signing keys. Move it away: new ones are made, and everybody signs in again."
            ) from None
        return {key.kid: key for key in sorted(keys, key=lambda key: key.made_at, reverse=True)}

    def _write(self, keys: list[Key]) -> None:
        listed = [
            {
                "kid": key.kid,
                "made_at": key.made_at,
                "replaced_at": key.replaced_at,
                "private": _text(key.private.private_bytes_raw()),
            }
            for key in keys
        ]
        fresh = self._file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(listed, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            handle = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SettingsError(
                f"Signing keys cannot be kept in {self._folder}: {error.strerror}. Set CATALYNX_HOME to a folder of yours."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _jwk(key: Key) -> dict[str, str]:
    x = _text(key.public.public_bytes_raw())
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": x}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
