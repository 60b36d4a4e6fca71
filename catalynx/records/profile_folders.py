"""Folders that say whose they are: of reports and of exports, each with a description in it that names the profile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any


def describe_folder(folder: Path, description: str, content: dict[str, Any]) -> None:
    """Write what a folder holds, with ``profile_id`` in it.

    From its first moment on a folder says whose it is, so that a purge finds it however it ends.
    """
    (folder / description).write_text(json.dumps(content, indent=1))


def remove_folders(folder: Path, description: str, profile_id: str, *, named: Callable[[str], bool] = lambda name: False) -> int:
    """Remove every folder of a profile in `folder`, those that were never finished too; return how many there were.

    Parameters
    ----------
    description : name of the file that tells whose a folder is
    named : tells it of the name of a folder that has none: whoever made it was killed before it was described
    """
    found = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    found = [path for path in found if _is_of(path, description, profile_id, named)]
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
        if path.exists():  # something was written into it meanwhile
            shutil.rmtree(path)
    return len(found)


def profiles_of_folders(folder: Path, description: str) -> set[str]:
    """Return the profiles that folders in `folder` are of, finished ones and others that say it."""
    found: set[str] = set()
    for path in folder.glob(f"*/{description}"):
        try:
            said = json.loads(path.read_text())["profile_id"]
        except (OSError, ValueError, KeyError, TypeError):  # half a description is one of nothing
            continue
        found |= {said} if isinstance(said, str) else set()
    return found


def _is_of(folder: Path, description: str, profile_id: str, named: Callable[[str], bool]) -> bool:
    try:
        described = json.loads((folder / description).read_text())
    except (FileNotFoundError, ValueError):
        return named(folder.name)
    return bool(described["profile_id"] == profile_id)
