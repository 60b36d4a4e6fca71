"""A workspace: one folder with a lake, records, and the day that answers are for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from catalynx.lake import Snapshot
    from catalynx.records.store import Records
    from catalynx.settings import Settings

AS_OF_FILE = "as_of.txt"


class Workspace:
    """One folder with a lake and records; use it in a ``with`` block, or ``close()`` it.

    The snapshot of the lake is opened once and kept, so that all answers of a workspace rest on one version.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def lake(self) -> Snapshot:
        """The current version of the lake.

        Raises
        ------
        LakeEmpty, LakeDamaged
        """
        from catalynx.lake import open_lake

        return open_lake(self.settings.lake)

    @cached_property
    def records(self) -> Records:
        """Profiles, tracked opportunities, decisions and runs."""
        from catalynx.records.store import open_records

        self.settings.home.mkdir(parents=True, exist_ok=True)
        return open_records(self.settings.records_url)

    @property
    def as_of(self) -> date:
        """The day that everything is judged for when none is given: today, unless the workspace was set to another.

        A workspace whose data end on some day (as the demonstration's do) is set to that day.
        """
        file = self.settings.home / AS_OF_FILE
        return date.fromisoformat(file.read_text().strip()) if file.exists() else datetime.now(UTC).date()

    def set_as_of(self, day: date | None) -> None:
        """Set the day that everything is judged for when none is given; None is today, every day anew."""
        file = self.settings.home / AS_OF_FILE
        if day is None:
            file.unlink(missing_ok=True)
        else:
            file.write_text(day.isoformat() + "\n")

    def refresh(self) -> None:
        """Go on with the lake's current version."""
        snapshot = self.__dict__.pop("lake", None)
        if snapshot is not None:
            snapshot.close()

    def close(self) -> None:
        """Let lake and records go."""
        self.refresh()
        records = self.__dict__.pop("records", None)
        if records is not None:
            records.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(home: str | Path | None = None) -> Workspace:
    """Open the workspace in the folder `home`; without one, of ``CATALYNX_HOME`` or ``~/catalynx``.

    Raises
    ------
    SettingsError
    """
    from catalynx.settings import load_settings

    return Workspace(load_settings(home=home))
