"""Start of an analyst's JupyterLab, under the analyst's own account: guides copied in, the data linked, then the server,
which shows notebooks as apps too.

``python -m catalynx.hub.lab`` takes the options of ``jupyterhub-singleuser``.
"""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from catalynx.hub.notebook_apps import become


class LabSettings(BaseSettings):
    """What the hub tells about the house, from variables ``CATALYNX_LAB_…``.

    Attributes
    ----------
    lake : the lake that everybody reads; never written from here
    guides : folder of the notebooks that analysts begin with
    as_of : the day that the shared workspace is set to, if it is set to one
    """

    model_config = SettingsConfigDict(env_prefix="CATALYNX_LAB_", extra="ignore", frozen=True)

    lake: Path | None = None
    guides: Path | None = None
    as_of: date | None = None


def prepare_home(home: Path, *, lake: Path | None, guides: Path | None, as_of: date | None = None) -> None:
    """Put the guides and a workspace on the shared lake into a home; what an analyst has there already is left as it is.

    Parameters
    ----------
    home : the analyst's own folder
    lake : a folder to link as the workspace's lake; the records in the workspace are the analyst's own
    guides : notebooks to copy into ``guides``
    as_of : the day for which a new workspace judges, so that it answers as the dashboards do; None is today
    """
    if guides is not None and guides.is_dir():
        target = home / "guides"
        target.mkdir(exist_ok=True)
        for notebook in sorted(guides.glob("*.ipynb")):
            if not (target / notebook.name).exists():
                shutil.copyfile(notebook, target / notebook.name)
    workspace = home / "catalynx"
    new = not workspace.exists()
    workspace.mkdir(exist_ok=True)
    linked = workspace / "lake"
    if lake is not None and not linked.exists() and not linked.is_symlink():
        linked.symlink_to(lake, target_is_directory=True)
    if new:
        _begin(workspace, as_of)


def _begin(folder: Path, as_of: date | None) -> None:
    """Put the profile that the guides speak of into an analyst's own records."""
    from catalynx.settings import load_settings
    from catalynx.workflows import Workspace, keep_demo_profile

    with Workspace(load_settings(home=folder)) as workspace:
        keep_demo_profile(workspace)
        if as_of is not None:
            workspace.set_as_of(as_of)


def main() -> None:
    """Prepare the home, then become the server."""
    settings = LabSettings()
    prepare_home(Path.home(), lake=settings.lake, guides=settings.guides, as_of=settings.as_of)
    become("jupyterhub.singleuser", sys.argv[1:])


if __name__ == "__main__":
    main()
