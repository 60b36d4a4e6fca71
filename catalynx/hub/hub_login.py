"""Log-in by the hub, for browsers: OAuth with PKCE, a state bound to the browser, and roles asked again within seconds.

The hub knows who somebody is and what they may; here it is only asked, and what it said is kept for
`KEPT_SECONDS`. The token that the hub gives stands in a cookie that scripts cannot read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlencode

from catalynx.errors import CatalynxError
from catalynx.hub.accounts import SERVICE
from catalynx.hub.groups import permissions_of, teams_of
from catalynx.hub.people import Person

if TYPE_CHECKING:
    from jupyterhub.services.auth import HubOAuth

KEPT_SECONDS: Final = 2
"""How long an answer of the hub counts; with the gate's own period (4 s) and the hub's (3 s at most) it stays below ten."""
ANSWER_SECONDS: Final = 4
LOG_IN_SECONDS: Final = 600
LONGEST_PLACE: Final = 1_500
CALLBACK: Final = "oauth_callback"


class HubUnreachable(CatalynxError):
    """The hub cannot be asked; nobody is let in until it answers again."""

    for_visitors = "The hub, which knows who may come in, cannot be reached. Nothing is lost; try again in a few seconds."


class LogInFailed(CatalynxError):
    """A log-in that came back from the hub cannot be used: it is stale, was begun in another browser, or was refused."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer that sends a browser elsewhere: where, and the cookies to set."""

    location: str
    cookies: tuple[str, ...]


class HubLogIn:
    """Asks the hub who somebody is.

    Parameters
    ----------
    auth : the hub's own client; it knows the hub's addresses and the service's secret
    prefix : path of the service, with a slash at both ends
    secure : whether browsers come by TLS; then no cookie travels without
    """

    def __init__(self, auth: HubOAuth, *, prefix: str, secure: bool) -> None:
        self._auth, self._prefix, self._secure = auth, prefix, secure
        self._auth.cache_max_age = KEPT_SECONDS
        self._cookie = ("__Secure-" if secure else "") + self._auth.oauth_client_id
        # Log-ins under way stand in the browser, signed: whoever begins many fills no memory here.
        self._key = secrets.token_bytes(32)

    @property
    def log_out_path(self) -> str:
        """Where the hub ends a session: at once for the hub's cookie and for every token of that session."""
        return f"{self._auth.hub_host}{self._auth.hub_prefix}logout"

    async def person(self, cookie_header: str) -> Person | None:
        """Return whom the hub knows by the token in these cookies; None when there is none, or it counts no more.

        Raises
        ------
        HubUnreachable
        """
        token = _cookies(cookie_header).get(self._cookie)
        return await self.person_of_token(token, via="hub") if token else None

    async def person_of_token(self, token: str, *, via: str = "token") -> Person | None:
        """Return whom the hub knows by one of its tokens, wherever it was presented.

        Raises
        ------
        HubUnreachable
        """
        if not token.isascii() or not token.isprintable() or len(token) > 500:
            return None
        known = await self._ask(self._auth.user_for_token(token, sync=False))
        if known is None or known["name"].startswith(SERVICE):
            # Such names are those of service accounts here, whatever a provider lets people call themselves.
            return None
        allowed = self._auth.check_scopes(self._auth.access_scopes, known)
        return Person(
            name=known["name"],
            permissions=permissions_of(known.get("scopes", ())) if allowed else frozenset(),
            teams=teams_of(known.get("groups", ())),
            session=hashlib.sha256(token.encode()).hexdigest()[:32],
            via="service" if known.get("kind") == "service" else via,
        )

    def begin(self, place: str) -> Sent:
        """Send a browser to the hub's log-in; it comes back to `place`, a path of ours with its query."""
        state, (verifier, challenge, method) = secrets.token_urlsafe(24), self._auth.generate_pkce_code_challenge()
        kept = {"s": state, "v": verifier, "n": self._own(place), "t": int(time.time())}
        query = urlencode({"state": state, "code_challenge": challenge, "code_challenge_method": method})
        cookie = self._set(self._begun_cookie(state), self._signed(kept), f"; Max-Age={LOG_IN_SECONDS}")
        return Sent(f"{self._auth.login_url}&{query}", (cookie,))

    async def finish(self, query: str, cookie_header: str) -> Sent:
        """Take a log-in that came back from the hub.

        Raises
        ------
        LogInFailed, HubUnreachable
        """
        try:
            told = {name: values[0] for name, values in parse_qs(query, max_num_fields=20).items()}
        except ValueError:
            raise LogInFailed("This log-in came back with more than the hub sends.") from None
        state = told.get("state", "")
        cookies = _cookies(cookie_header)
        begun = self._begun(cookies.get(self._begun_cookie(state), ""), state)
        if begun is None:
            raise LogInFailed("This log-in was begun in another browser, too long ago, or was used already.")
        if "code" not in told:
            raise LogInFailed("The hub did not let you in.")
        asked = self._auth.token_for_code(told["code"], code_verifier=begun["v"], sync=False)
        token = await self._ask(asked, refused="The hub did not accept this log-in.")
        done = self._set(self._begun_cookie(state), "", "; Max-Age=0")
        return Sent(self._own(begun["n"]), (self._set(self._cookie, token), done))

    def end(self) -> str:
        """Return the cookie that forgets the token in this browser."""
        return self._set(self._cookie, "", "; Max-Age=0")

    async def _ask(self, asked: Any, refused: str | None = None) -> Any:
        from tornado.web import HTTPError

        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await asked
        except TimeoutError:
            raise HubUnreachable("The hub does not answer in time.") from None
        except HTTPError as error:
            # The client says 500 for a hub that it cannot reach and for one that refuses; only the words differ.
            if refused and "Failed to check authorization:" in (error.log_message or ""):
                raise LogInFailed(refused) from None
            raise HubUnreachable("The hub does not answer.") from None

    def _own(self, place: str) -> str:
        """Return a place of ours: a path such as //evil.example would send the browser elsewhere."""
        path = "/" + place.lstrip("/\\")
        fits = path.startswith(self._prefix) and len(path) <= LONGEST_PLACE and path.isprintable() and path.isascii()
        return path if fits and not path.startswith(self._prefix + CALLBACK) else self._prefix

    def _set(self, name: str, value: str, more: str = "") -> str:
        secure = "; Secure" if self._secure else ""
        return f"{name}={value}; Path={self._prefix}; HttpOnly; SameSite=Lax{secure}{more}"

    def _begun_cookie(self, state: str) -> str:
        # One for each log-in under way, so that two tabs do not take each other's.
        return f"{self._cookie}-{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()[:12]}"

    def _signed(self, kept: Mapping[str, Any]) -> str:
        text = base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
        return f"{text}.{self._signature(text)}"

    def _signature(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _begun(self, cookie: str, state: str) -> dict[str, Any] | None:
        text, _, signature = cookie.rpartition(".")
        if not state or not hmac.compare_digest(self._signature(text).encode(), signature.encode("utf-8", "replace")):
            return None
        kept: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text))
        young = 0 <= time.time() - kept["t"] <= LOG_IN_SECONDS
        return kept if young and hmac.compare_digest(kept["s"].encode(), state.encode("utf-8", "replace")) else None


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}
