"""Start of an analyst's JupyterLab, under the analyst's own account: guides copied in, the data linked, then the server.

``python -m catalynx.hub.lab`` takes the options of ``jupyterhub-singleuser``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class LabSettings(BaseSettings):
    """What the hub tells about the house, from variables ``CATALYNX_LAB_…``.

    Attributes
    ----------
    lake : the lake that everybody reads; never written from here
    guides : folder of the notebooks that analysts begin with
    """

    model_config = SettingsConfigDict(env_prefix="CATALYNX_LAB_", extra="ignore", frozen=True)

    lake: Path | None = None
    guides: Path | None = None


def prepare_home(home: Path, *, lake: Path | None, guides: Path | None) -> None:
    """Put the guides and a workspace on the shared lake into a home; what an analyst has there already is left as it is.

    Parameters
    ----------
    home : the analyst's own folder
    lake : a folder to link as the workspace's lake; the records in the workspace are the analyst's own
    guides : notebooks to copy into ``guides``
    """
    if guides is not None and guides.is_dir():
        target = home / "guides"
        target.mkdir(exist_ok=True)
        for notebook in sorted(guides.glob("*.ipynb")):
            if not (target / notebook.name).exists():
                shutil.copyfile(notebook, target / notebook.name)
    workspace = home / "catalynx"
    workspace.mkdir(exist_ok=True)
    linked = workspace / "lake"
    if lake is not None and not linked.exists() and not linked.is_symlink():
        linked.symlink_to(lake, target_is_directory=True)


def main() -> None:
    """Prepare the home, then become the server."""
    settings = LabSettings()
    prepare_home(Path.home(), lake=settings.lake, guides=settings.guides)
    from jupyterhub.singleuser import main as serve

    sys.exit(serve())


if __name__ == "__main__":
    main()
