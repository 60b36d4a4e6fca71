"""Every error that Catalynx raises on purpose.

::

    CatalynxError
    ├── InputError              what the caller handed in
    │   ├── MissingColumns      a frame lacks columns that a function needs
    │   ├── BadParameter        a value is out of range or of the wrong kind
    │   ├── InvalidProfile      fields of a profile that cannot be kept; lists every one of them
    │   └── NotFound            no such profile, table, version, report …
    ├── SourceError             what a publisher's file holds
    │   ├── FileRefused         the file is not what it claims; nothing was changed
    │   └── LoadUnbalanced      rows read differ from rows accounted for
    ├── LakeError               what the workspace's data say
    │   ├── LakeEmpty           nothing was ingested yet, or a table is not there
    │   ├── LakeBusy            another process is changing them
    │   └── LakeDamaged         a file of a version is missing or was changed
    ├── RecordsError            what people made cannot be kept or found
    │   └── Conflict            somebody else changed it first, or it exists already
    │       └── ImportConflict  profiles of a file stand otherwise in the records; lists every one of them
    ├── SettingsError           the environment holds a value that cannot be used
    ├── ReportError             a report could not be made
    └── JobError                work in the background could not be done
        └── QueueFull           too much waits already; nothing was added

Each message names what went wrong, the value, and the way out. ``exit_code`` is what
the command line returns: 2 the call was wrong, 3 the data are, 4 the workspace is, 5 access is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class CatalynxError(Exception):
    """Base of every error that Catalynx raises on purpose."""

    exit_code = 1

    def __reduce__(self) -> tuple[object, ...]:
        """Let an error come back whole from a worker process, whatever its own constructor takes."""
        return _rebuilt, (type(self), self.args, self.__dict__)


class InputError(CatalynxError):
    """What the caller handed in cannot be used."""

    exit_code = 2


class MissingColumns(InputError):
    """A frame lacks columns that a function needs."""

    def __init__(self, name: str, missing: Iterable[str], found: Iterable[str]) -> None:
        self.name, self.missing = name, sorted(missing)
        super().__init__(
            f"{name} lacks the columns {', '.join(self.missing)}; it has {', '.join(map(str, found)) or 'none'}. "
            f"`catalynx.columns` describes the columns of each table."
        )


class BadParameter(InputError):
    """A value is out of range or of the wrong kind."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        self.name, self.value, self.expected = name, value, expected
        super().__init__(f"{name} is {_shown(value)}, but must be {expected}.")


class Problem(NamedTuple):
    """What is wrong with one field: its name, the problem in words, and the value as it may be shown."""

    field: str
    problem: str
    value: str


class InvalidProfile(InputError):
    """Fields of a profile cannot be kept; ``problems`` lists every one of them."""

    def __init__(self, problems: Iterable[tuple[str, str, object]]) -> None:
        self.problems = tuple(Problem(field, problem, _shown(value)) for field, problem, value in problems)
        listed = "; ".join(f"{field}: {problem} ({value})" for field, problem, value in self.problems)
        super().__init__(f"The profile cannot be used: {listed}.")


class NotFound(InputError):
    """No such thing; the message lists what there is, or how to make one."""

    def __init__(self, kind: str, value: object, way_out: str) -> None:
        self.kind, self.value = kind, value
        super().__init__(f"No {kind} {_shown(value)}. {way_out}")


class SourceError(CatalynxError):
    """A publisher's file cannot be used."""

    exit_code = 3


class FileRefused(SourceError):
    """The file is not what it claims to be; nothing was changed."""

    def __init__(self, file: str | Path, reason: str) -> None:
        self.file, self.reason = str(file), reason
        super().__init__(f"{file} is refused: {reason}. Nothing was changed.")


class LoadUnbalanced(SourceError):
    """Rows read are not rows published + set aside + recognised duplicates."""

    def __init__(self, file: str, table: str, read: int, published: int, set_aside: int, duplicates: int) -> None:
        super().__init__(
            f"{file}: table {table}: {read} rows read, but {published} published + {set_aside} set aside + "
            f"{duplicates} duplicates = {published + set_aside + duplicates}. Nothing was changed; report this as a defect."
        )


class LakeError(CatalynxError):
    """The workspace's data cannot be used as they are."""

    exit_code = 4


class LakeEmpty(LakeError):
    """Nothing was ingested yet, or a table has no rows where some are needed."""


class LakeBusy(LakeError):
    """Another process is changing the lake; nothing was changed by this one."""


class LakeDamaged(LakeError):
    """A file of a lake version is missing or was changed after it was published."""

    def __init__(
        self, file: str | Path, reason: str, way_out: str = "`catalynx lake use VERSION` goes back to an earlier version."
    ) -> None:
        self.file = str(file)
        super().__init__(f"{file} is damaged: {reason}. {way_out}")


class RecordsError(CatalynxError):
    """What people made cannot be kept or found."""

    exit_code = 4


class Conflict(RecordsError):
    """Somebody else changed it first, or it exists already."""


class ImportConflict(Conflict):
    """Profiles of a file stand otherwise in the records, so that none of the file was kept.

    ``problems`` names every field; ``of_others`` holds the ids that belong to profiles which do not exist for who asked.
    """

    def __init__(self, problems: Iterable[tuple[str, str]], of_others: Iterable[str] = ()) -> None:
        self.problems, self.of_others = tuple(problems), tuple(of_others)
        listed = "; ".join(f"{field}: {problem}" for field, problem in self.problems)
        super().__init__(f"Nothing was imported: {listed}.")


class AccessError(CatalynxError):
    """Access is refused; ``status`` is the answer over HTTP. Messages never hold a token or secret."""

    exit_code = 5
    status = 403


class NotAuthenticated(AccessError):
    """Nobody knows who it is: nothing was offered, or what was offered is not good."""

    status = 401


class NotAllowed(AccessError):
    """It is known who it is, and that person may not do this."""


class TooMany(AccessError):
    """Too often in too short a time; ``retry_after_seconds`` says when to come back."""

    status = 429

    def __init__(self, what: str, retry_after_seconds: float) -> None:
        self.retry_after_seconds = max(1, math.ceil(retry_after_seconds))
        super().__init__(f"Too many {what}. Try again in {self.retry_after_seconds} s.")


class SettingsError(CatalynxError):
    """The environment holds a value that cannot be used; names the variable, never its value."""

    exit_code = 2


class ReportError(CatalynxError):
    """A report could not be made."""


class JobError(CatalynxError):
    """Work in the background could not be done."""


class QueueFull(JobError):
    """Too many jobs wait already; this one was not added."""

    exit_code = 4

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        super().__init__(
            f"{waiting:,} jobs wait already, and no more may. Try again when some have ended; `catalynx jobs list` shows them."
        )


def _rebuilt(kind: type[CatalynxError], args: tuple[object, ...], attributes: dict[str, object]) -> CatalynxError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


def _shown(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
