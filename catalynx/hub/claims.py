"""Access tokens as text: written in one way, and read only in that way [RFC 7519, RFC 8725, RFC 9068].

A token that differs in anything from what we write is not ours: another algorithm, another header, a claim more or less, a
key that a token brings along. So nothing of it is looked at before that, and its signature is checked by our keys alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, Final

import jwt

from catalynx.errors import NotAuthenticated
from catalynx.hub.keys import Keys

ALGORITHM: Final = "EdDSA"
KIND: Final = "at+jwt"
LONGEST: Final = 16_384
CLOCKS_DIFFER_SECONDS: Final = 5
_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,400}\.[A-Za-z0-9_-]{1,16000}\.[A-Za-z0-9_-]{86}")
_KID = re.compile(r"[0-9a-f]{16}")
_ID = re.compile(r"[0-9a-f]{32}")
_SEGMENTS: Final = 3


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says; moments in whole seconds since 1970, ``teams`` None is every team."""

    iss: str
    aud: str
    sub: str
    iat: int
    nbf: int
    exp: int
    jti: str
    sid: str
    scope: str
    teams: list[str] | None


_NAMES: Final = frozenset(Claims.__slots__)
_TEXTS: Final = ("iss", "aud", "sub", "jti", "sid", "scope")
_MOMENTS: Final = ("iat", "nbf", "exp")


def written(claims: Claims, keys: Keys) -> str:
    """Return the token of these claims, signed."""
    key = keys.signing()
    content = {name: getattr(claims, name) for name in Claims.__slots__}
    return jwt.encode(content, key.private, ALGORITHM, {"kid": key.kid, "typ": KIND})


def read(token: str, keys: Keys) -> tuple[str, Claims]:
    """Return the key's id and the claims of a token that we signed; whether they still hold is for the caller to see.

    Raises
    ------
    NotAuthenticated
    """
    if len(token) > LONGEST or not _SHAPE.fullmatch(token):
        raise refused()
    header, payload, _ = (_decoded(part) for part in token.split("."))
    kid = _kid(_object(header))
    public = keys.verifying(kid)
    if public is None:
        raise refused()
    try:
        jwt.api_jws.decode_complete(token, public, algorithms=[ALGORITHM])
    except jwt.PyJWTError:
        raise refused() from None
    return kid, _claims(_object(payload))


def refused() -> NotAuthenticated:
    """Return the error for a token that is not ours; it tells nothing of why, and holds nothing of the token."""
    return NotAuthenticated("The access token is not valid here. Get a new one.")


def _kid(header: dict[str, Any]) -> str:
    kid = header.get("kid")
    known = header == {"alg": ALGORITHM, "typ": KIND, "kid": kid}
    if not known or not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise refused()
    return kid


def _claims(content: dict[str, Any]) -> Claims:
    teams = content.get("teams", ())
    good = (
        content.keys() == _NAMES
        and all(isinstance(content[name], str) for name in _TEXTS)
        and all(type(content[name]) is int and 0 <= content[name] < 2**40 for name in _MOMENTS)
        and (teams is None or (isinstance(teams, list) and all(isinstance(team, str) for team in teams)))
        and _ID.fullmatch(content["sid"])
    )
    if not good:
        raise refused()
    return Claims(**content)


def _decoded(part: str) -> bytes:
    """Return the bytes of a part; one that could be written in another way as well is refused."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise refused() from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != part:
        raise refused()
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_single, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise refused() from None
    if not isinstance(value, dict):
        raise refused()
    return value


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
