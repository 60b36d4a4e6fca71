"""Settings of the hub and of its service: validated when read, by entry points only; a bad value stops the start.

A message names the variable and what it must be, never its value.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from catalynx.errors import SettingsError
from catalynx.settings import check_secret

GROUP = re.compile(r"[^\s,*?]{1,200}")
LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

type Port = Annotated[int, Field(ge=1, le=65_535)]
type Groups = Annotated[tuple[str, ...], NoDecode]


class HubSettings(BaseSettings):
    """What the hub needs to know, from variables ``CATALYNX_HUB_…``; docs/hub.md has them all with values for providers.

    Attributes
    ----------
    public_url : where people's browsers find the hub; ``https://`` unless it is on loopback
    bind : address and port on which the proxy listens
    tls_key, tls_cert : files with which the proxy speaks TLS
    behind_tls : something in front of the proxy speaks TLS; needed to listen in the open without a certificate
    authorize_url, token_url, userdata_url, logout_url : endpoints of the OpenID provider; the last may be empty
    client_id, client_secret : what the provider gave to the hub
    scopes : what the provider is asked for
    username_claim, groups_claim : where the provider says who it is, and in which groups
    executive_groups, analyst_groups, admin_groups : groups of the provider that have the role
    team_prefix : a group ``team:arts`` makes its members see the profiles of team ``arts``
    groups_file : YAML, group → names of people, for providers that know no groups; added to what the provider says
    cookie_secret, crypt_key, proxy_token : secrets of this hub, each 64 hexadecimal digits
    state : folder of the hub's database and logs
    database_url : the hub's database; empty means SQLite in `state`
    internal_port, proxy_api_port, service_port : ports on loopback by which hub, proxy and service speak with each other
    spawner : ``local`` gives each analyst a server under their account of the system, ``simple`` under the hub's own account
        (on loopback only, as it does not part them), else the class of another spawner
    subdomains : each analyst's server gets a host of its own below `public_url`, so that pages of one cannot read another's
    keep_servers : servers of analysts go on while the hub is restarted
    idle_minutes : how long a server of an analyst is kept without being used
    recheck_seconds : how old the groups of a person may be before the provider is asked again
    """

    model_config = SettingsConfigDict(env_prefix="CATALYNX_HUB_", extra="ignore", frozen=True)

    public_url: str
    bind: str = "127.0.0.1:8000"
    tls_key: Path | None = None
    tls_cert: Path | None = None
    behind_tls: bool = False
    authorize_url: str
    token_url: str
    userdata_url: str
    logout_url: str = ""
    client_id: str = Field(min_length=1)
    client_secret: SecretStr
    scopes: Groups = ("openid", "profile", "email", "groups")
    username_claim: str = Field(default="preferred_username", pattern=r"^[\w.:/-]{1,100}$")
    groups_claim: str = Field(default="groups", pattern=r"^[\w.:/-]{1,100}$")
    executive_groups: Groups = ("executive",)
    analyst_groups: Groups = ("analyst",)
    admin_groups: Groups = ("admin",)
    team_prefix: str = Field(default="team:", pattern=r"^[^\s,*?]{1,50}$")
    groups_file: Path | None = None
    cookie_secret: SecretStr
    crypt_key: SecretStr
    proxy_token: SecretStr
    state: Path
    database_url: SecretStr = SecretStr("")
    internal_port: Port = 8081
    proxy_api_port: Port = 8001
    service_port: Port = 9001
    spawner: str = Field(default="local", pattern=r"^(local|simple|[A-Za-z_]\w*(\.[A-Za-z_]\w*)+)$")
    subdomains: bool = False
    keep_servers: bool = True
    idle_minutes: int = Field(default=60, ge=1, le=10_080)
    recheck_seconds: int = Field(default=3, ge=1, le=3)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("scopes", "executive_groups", "analyst_groups", "admin_groups", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("executive_groups", "analyst_groups", "admin_groups")
    @classmethod
    def _groups(cls, groups: tuple[str, ...]) -> tuple[str, ...]:
        if not groups or not all(GROUP.fullmatch(group) for group in groups):
            raise ValueError("must be names of groups with commas between them; wildcards are not taken")
        return groups

    @field_validator("public_url", "authorize_url", "token_url", "userdata_url", "logout_url")
    @classmethod
    def _safe_address(cls, url: str) -> str:
        if url:
            check_address(url)
        return url

    @field_validator("public_url")
    @classmethod
    def _no_query(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.query or parts.fragment:
            raise ValueError("must end with a path")
        return url.rstrip("/") + "/"

    @field_validator("bind")
    @classmethod
    def _host_and_port(cls, bind: str) -> str:
        parts = _parts(f"//{bind}")
        if not parts[0] or parts[1] is None or "/" in bind:
            raise ValueError("must be an address and a port, such as 127.0.0.1:8000")
        return bind

    @field_validator("client_secret")
    @classmethod
    def _strong(cls, secret: SecretStr) -> SecretStr:
        check_secret(secret.get_secret_value())
        return secret

    @field_validator("cookie_secret", "crypt_key", "proxy_token")
    @classmethod
    def _random(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        check_secret(text)
        if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
            raise ValueError("must be 64 hexadecimal digits; `openssl rand -hex 32` makes them")
        return secret

    @field_validator("state")
    @classmethod
    def _absolute(cls, state: Path) -> Path:
        state = state.expanduser().resolve()
        if state.exists() and not state.is_dir():
            raise ValueError("must name a folder")
        return state

    @field_validator("tls_key", "tls_cert", "groups_file")
    @classmethod
    def _there(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError("must name a file that is there")
        return file

    @model_validator(mode="after")
    def _fits(self) -> Self:
        secrets = [one.get_secret_value() for one in (self.client_secret, self.cookie_secret, self.crypt_key, self.proxy_token)]
        if len(set(secrets)) < len(secrets):
            raise ValueError("CATALYNX_HUB_CRYPT_KEY and the other secrets must all be different")
        if (self.tls_key is None) != (self.tls_cert is None):
            raise ValueError("CATALYNX_HUB_TLS_KEY and CATALYNX_HUB_TLS_CERT must be given together")
        host, _ = _parts(f"//{self.bind}")
        if not is_loopback(host) and self.tls_cert is None and not self.behind_tls:
            raise ValueError(
                "CATALYNX_HUB_BIND must be on loopback, unless CATALYNX_HUB_TLS_CERT is given or CATALYNX_HUB_BEHIND_TLS is true"
            )
        if self.spawner == "simple" and not is_loopback(urlsplit(self.public_url).hostname or ""):
            raise ValueError("CATALYNX_HUB_SPAWNER must not be simple when CATALYNX_HUB_PUBLIC_URL is not on loopback")
        if self.subdomains and _is_address(urlsplit(self.public_url).hostname or ""):
            raise ValueError("CATALYNX_HUB_SUBDOMAINS needs a CATALYNX_HUB_PUBLIC_URL with a name instead of an address")
        return self

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.public_url.startswith("https:")

    @property
    def base_path(self) -> str:
        """Path of the hub below its host, with a slash at both ends."""
        return urlsplit(self.public_url).path


class ServiceSettings(BaseSettings):
    """What the hub tells its service when it starts it; the client of the hub reads its own part of the environment.

    Attributes
    ----------
    service_url : where the service listens, on loopback (``JUPYTERHUB_SERVICE_URL``)
    service_prefix : path under which browsers find it (``JUPYTERHUB_SERVICE_PREFIX``)
    public_url : what browsers know it by (``CATALYNX_SERVICE_PUBLIC_URL``)
    team_prefix : how groups begin that are teams (``CATALYNX_SERVICE_TEAM_PREFIX``)
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    service_url: str = Field(alias="JUPYTERHUB_SERVICE_URL")
    service_prefix: str = Field(alias="JUPYTERHUB_SERVICE_PREFIX", pattern=r"^/\S*/$")
    public_url: str = Field(alias="CATALYNX_SERVICE_PUBLIC_URL")
    team_prefix: str = Field(default="team:", alias="CATALYNX_SERVICE_TEAM_PREFIX")

    @field_validator("public_url")
    @classmethod
    def _safe_address(cls, url: str) -> str:
        check_address(url)
        return url

    @field_validator("service_url")
    @classmethod
    def _on_loopback(cls, url: str) -> str:
        host, port = _parts(url)
        if not url.startswith("http://") or port is None or not is_loopback(host):
            raise ValueError("must be an http address with a port on loopback")
        return url

    @property
    def port(self) -> int:
        """Port on loopback."""
        return _parts(self.service_url)[1] or 0


def load_hub_settings(**overrides: object) -> HubSettings:
    """Read the environment.

    Raises
    ------
    SettingsError
        Names the variable and what it must be, never its value.
    """
    return _load(HubSettings, "CATALYNX_HUB_", overrides)


def load_service_settings(**overrides: object) -> ServiceSettings:
    """Read what the hub handed to its service.

    Raises
    ------
    SettingsError
    """
    return _load(ServiceSettings, "", overrides)


def _load[S: BaseSettings](kind: type[S], prefix: str, overrides: dict[str, object]) -> S:
    try:
        return kind(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        words = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:
            raise SettingsError(f"{words}.") from None
        name = prefix + str(first["loc"][0]).upper()
        raise SettingsError(f"{name} {'is missing' if first['type'] == 'missing' else f'cannot be used: {words}'}.") from None


def check_address(url: str) -> None:
    """Refuse an address by which secrets would travel in the open.

    Raises
    ------
    ValueError
    """
    host, _ = _parts(url)
    if not host or "*" in url or "@" in url or re.search(r"[\s\\]", url):
        raise ValueError("must be the full address of one host, such as https://hub.our-charity.org/")
    if not (url.startswith("https://") or (url.startswith("http://") and is_loopback(host))):
        raise ValueError("must start with https://; http:// is for addresses on loopback only")


def is_loopback(host: str) -> bool:
    """Say whether `host` is this machine and no other."""
    if host.lower() in LOOPBACK_NAMES:
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _parts(url: str) -> tuple[str, int | None]:
    """Return host and port; no host where there is none that can be understood."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None
