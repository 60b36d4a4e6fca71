"""How a command comes to its workspace and its profile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from catalynx.errors import BadParameter, NotFound

if TYPE_CHECKING:
    from catalynx.cli.noting import NotedWorkspace
    from catalynx.records.profile import Profile
    from catalynx.settings import Settings
    from catalynx.workflows import Workspace


@dataclass(frozen=True, slots=True)
class Opening:
    """What the options before the command say of the workspace."""

    home: Path | None

    def settings(self) -> Settings:
        """Read the settings; the option wins over the environment."""
        from catalynx.settings import load_settings

        return load_settings(home=self.home)

    def workspace(self) -> NotedWorkspace:
        """Open the workspace; what a command changes in it stands in the audit."""
        from catalynx.cli.noting import NotedWorkspace

        return NotedWorkspace(self.settings())


def opening(context: typer.Context) -> Opening:
    """Return the options that stood before the command."""
    found: Opening = context.obj
    return found


def find_profile(workspace: Workspace, name: str) -> Profile:
    """Return the profile that `name` means: its id, EIN, or a part of its name.

    Raises
    ------
    NotFound
        Says how to make the first profile where there is none.
    """
    try:
        return workspace.records.find_profile(name)
    except NotFound:
        if workspace.records.list_profiles(page_size=1).total:
            raise
        raise NotFound(
            "profile", name, "There is none yet: `catalynx demo` makes one to start with, `catalynx profile create` yours."
        ) from None


def read_day(text: str | None) -> date | None:
    """Read ``2027-03-14`` or ``today``; None leaves it to the workspace.

    Raises
    ------
    BadParameter
    """
    if text is None:
        return None
    if text == "today":
        return datetime.now(UTC).date()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise BadParameter("--as-of", text, "a day such as 2027-03-14, or today") from None


ProfileOption = Annotated[str, typer.Option("--profile", help="Id, EIN, or a part of the name.")]
AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", help="The day to judge for, such as 2027-03-14 or today; else the workspace's, else today."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
