"""The hub refuses to start on a bad setting, names the variable, and never says its value."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from catalynx.errors import SettingsError
from catalynx.hub.settings import load_hub_settings, load_service_settings

ROOT = Path(__file__).parents[3]


def good(tmp_path: Path) -> dict[str, str]:
    return {
        "PUBLIC_URL": "https://hub.charity.test/", "AUTHORIZE_URL": "https://login.charity.test/auth",
        "TOKEN_URL": "https://login.charity.test/token", "USERDATA_URL": "https://login.charity.test/me", "CLIENT_ID": "hub",
        "CLIENT_SECRET": secrets.token_hex(32), "COOKIE_SECRET": secrets.token_hex(32), "CRYPT_KEY": secrets.token_hex(32),
        "PROXY_TOKEN": secrets.token_hex(32), "STATE": str(tmp_path / "hub"),
    }  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Set all variables to good values but those that are given; None unsets."""

    def having(**others: str | None):
        for name, value in {**good(tmp_path), **others}.items():
            if value is None:
                monkeypatch.delenv(f"CATALYNX_HUB_{name}", raising=False)
            else:
                monkeypatch.setenv(f"CATALYNX_HUB_{name}", value)
        return load_hub_settings()

    return having


def test_good_settings_are_read(settings) -> None:
    found = settings(EXECUTIVE_GROUPS="board, directors", RECHECK_SECONDS="3")
    assert found.executive_groups == ("board", "directors")
    assert found.secure
    assert found.base_path == "/"
    assert found.recheck_seconds == 3


SECRETS = ("CLIENT_SECRET", "COOKIE_SECRET", "CRYPT_KEY", "PROXY_TOKEN")
POOR = (
    "", "short", "a" * 64, "ab" * 32, "changeme" * 8, "change-me-change-me-change-me-change-me", "example-secret-of-the-documentation-1",
    "0123456789abcdef" * 4, "password" * 8, "your-secret-goes-here-your-secret-goes-here",
)  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", POOR)
def test_a_poor_secret_stops_the_start_and_is_not_said(settings, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(**{name: value})
    assert f"CATALYNX_HUB_{name}" in str(raised.value)
    assert not value or value not in str(raised.value)


@pytest.mark.parametrize("name", [*SECRETS, "PUBLIC_URL", "AUTHORIZE_URL", "TOKEN_URL", "USERDATA_URL", "CLIENT_ID", "STATE"])
def test_what_is_missing_is_named(settings, name: str) -> None:
    with pytest.raises(SettingsError, match=f"^CATALYNX_HUB_{name} is missing"):
        settings(**{name: None})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://hub.charity.test/"), ("PUBLIC_URL", "https://*.charity.test/"), ("PUBLIC_URL", "hub.charity.test"),
        ("PUBLIC_URL", "https://hub.charity.test/?a=b"), ("PUBLIC_URL", "https://me:constructed-pass@hub.charity.test/"),
        ("PUBLIC_URL", "ftp://hub.charity.test/"), ("PUBLIC_URL", "https://hub.charity.test:99999/"), ("PUBLIC_URL", "http://127.0.0.1.evil.example/"),
        ("TOKEN_URL", "http://login.charity.test/token"), ("USERDATA_URL", "//login.charity.test/me"), ("LOGOUT_URL", "javascript:alert(1)"),
        ("BIND", "0.0.0.0:8000"), ("BIND", "127.0.0.1"), ("BIND", "127.0.0.1:8000/x"), ("EXECUTIVE_GROUPS", "*"), ("ANALYST_GROUPS", "analyst,*"),
        ("ADMIN_GROUPS", ""), ("ADMIN_GROUPS", " , "), ("TEAM_PREFIX", "*"), ("TEAM_PREFIX", ""), ("SPAWNER", "simple"), ("SPAWNER", "rm -rf"),
        ("RECHECK_SECONDS", "600"), ("RECHECK_SECONDS", "0"), ("SERVICE_PORT", "0"), ("IDLE_MINUTES", "-1"), ("GROUPS_FILE", "/nowhere.yaml"),
        ("TLS_CERT", "/nowhere.pem"), ("LOG_LEVEL", "TRACE"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_named_and_not_said(settings, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(**{name: value})
    assert f"CATALYNX_HUB_{name}" in str(raised.value)
    assert "constructed-pass" not in str(raised.value)


def test_http_is_for_loopback_alone(settings) -> None:
    for url in ("http://127.0.0.1:8000/", "http://localhost:8000/", "http://[::1]:8000/"):
        assert not settings(PUBLIC_URL=url, SPAWNER="simple").secure


def test_one_secret_does_not_serve_twice(settings) -> None:
    twice = secrets.token_hex(32)
    with pytest.raises(SettingsError, match="different"):
        settings(COOKIE_SECRET=twice, CRYPT_KEY=twice)


def test_the_configuration_itself_refuses_and_says_no_value(tmp_path: Path) -> None:
    environment = {f"CATALYNX_HUB_{name}": value for name, value in good(tmp_path).items()}
    environment["CATALYNX_HUB_CRYPT_KEY"] = "constructed-and-short"
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub", "-f", str(ROOT / "jupyterhub_config.py"), "--show-config"], cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "CATALYNX_HUB_CRYPT_KEY" in said
    assert not [value for name, value in environment.items() if name.endswith(("SECRET", "KEY", "TOKEN")) and value in said]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JUPYTERHUB_SERVICE_URL", "http://0.0.0.0:9001"), ("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1"),
        ("JUPYTERHUB_SERVICE_PREFIX", "services"), ("CATALYNX_SERVICE_PUBLIC_URL", "http://hub.charity.test/"),
        ("CATALYNX_SERVICE_PUBLIC_URL", None),
    ],
)  # fmt: skip
def test_the_service_refuses_too(monkeypatch: pytest.MonkeyPatch, name: str, value: str | None) -> None:
    usual = {
        "JUPYTERHUB_SERVICE_URL": "http://127.0.0.1:9001", "JUPYTERHUB_SERVICE_PREFIX": "/services/catalynx/",
        "CATALYNX_SERVICE_PUBLIC_URL": "https://hub.charity.test/",
    }  # fmt: skip
    for variable, good_value in usual.items():
        monkeypatch.setenv(variable, good_value)
    assert load_service_settings().port == 9001
    monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    with pytest.raises(SettingsError, match=name):
        load_service_settings()
