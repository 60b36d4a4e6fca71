"""Versions of the lake: which there are, which is current, going back, clearing away, and checking for damage."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from catalynx.errors import BadParameter, LakeBusy, LakeDamaged, LakeEmpty, NotFound
from catalynx.lake.parquet import digest, make_durable, read_checked

MANIFEST = "manifest.json"
CURRENT = "current"
IN_USE = ".in-use"


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table of a version: its rows, bytes and checksum, and how many rows older ones of the same key were left out."""

    name: str
    rows: int
    superseded: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the lake.

    Attributes
    ----------
    id : time it was made and digest of what it was made from; recorded with every decision
    parts : names of the parts it was made from
    code : version of the package that made it
    """

    id: str
    made_at: str
    code: str
    parts: tuple[str, ...]
    tables: tuple[TableFile, ...]

    def rows(self, name: str) -> int:
        """Return the number of rows of the table `name`, 0 where the version has none."""
        return next((file.rows for file in self.tables if file.name == name), 0)


def save(version: Version, folder: Path) -> None:
    """Write the manifest of a version that stands complete in `folder`."""
    (folder / IN_USE).touch()
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(version), indent=1))
    make_durable(path)
    make_durable(folder)


def load(folder: Path) -> Version:
    """Read the manifest of the version in `folder`.

    Raises
    ------
    LakeDamaged
    """
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text())
        tables = tuple(TableFile(**file) for file in content.pop("tables"))
        return Version(tables=tables, parts=tuple(content.pop("parts")), **content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LakeDamaged(path, f"its manifest cannot be read ({error})") from error


def versions(lake: Path) -> list[Version]:
    """Return every version of the lake, oldest first."""
    folder = lake / "versions"
    if not folder.exists():
        return []
    found = [load(path) for path in folder.iterdir() if path.name[0] != "." and (path / MANIFEST).exists()]
    return sorted(found, key=lambda version: (version.made_at, version.id))


def named_folder(lake: Path, version_id: str) -> Path:
    """Return the folder of the version called `version_id`.

    Raises
    ------
    NotFound
    """
    folder = lake / "versions" / version_id
    if Path(version_id).name != version_id or version_id.startswith(".") or not (folder / MANIFEST).exists():
        raise NotFound("lake version", version_id, f"There are {', '.join(v.id for v in versions(lake)) or 'none yet'}.")
    return folder


def current_folder(lake: Path) -> Path:
    """Return the folder of the current version.

    Raises
    ------
    LakeEmpty
    """
    link = lake / CURRENT
    if not link.is_symlink():
        raise LakeEmpty(f"{lake} holds no data yet. `catalynx demo` builds a sample, `catalynx ingest PATH` reads your files.")
    folder = link.resolve()
    if not folder.exists():
        raise LakeDamaged(link, f"it points to {folder.name}, which is not there")
    return folder


def use(lake: Path, version_id: str) -> Version:
    """Make a version current, in one atomic rename.

    Raises
    ------
    NotFound, LakeDamaged
    """
    folder = named_folder(lake, version_id)
    version = load(folder)
    for file in version.tables:
        right_size(folder, file)
    link, fresh = lake / CURRENT, lake / f".{CURRENT}-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("versions") / version_id)
    os.replace(fresh, link)
    make_durable(lake)
    return version


def prune(lake: Path, *, keep: int = 3) -> list[str]:
    """Remove all but the newest `keep` versions, and parts that no version needs; return the ids that were removed.

    The current version, and versions that a reader holds open, stay.
    """
    if keep < 1:
        raise BadParameter("keep", keep, "at least 1")
    with writing(lake):
        current = current_folder(lake).name
        removed = []
        for version in versions(lake)[:-keep]:
            if version.id != current and _remove_unless_in_use(lake / "versions" / version.id):
                removed.append(version.id)
        needed = {part for version in versions(lake) for part in version.parts}
        for part in (lake / "parts").iterdir():
            if part.name not in needed:
                shutil.rmtree(part)
    return removed


def verify(lake: Path, version_id: str | None = None) -> Version:
    """Read every byte of a version, and of the parts it was made from, against their checksums.

    Raises
    ------
    LakeDamaged
        Names the first file that is missing or was changed.
    NotFound
    """
    from catalynx.lake.parts import check_whole, load_part

    version = verify_folder(current_folder(lake) if version_id is None else named_folder(lake, version_id))
    for name in version.parts:
        folder = lake / "parts" / name
        part = load_part(folder)
        for table in part.sha256:
            check_whole(folder, part, table)
    return version


def verify_folder(folder: Path) -> Version:
    """Read every byte of the version in `folder` against its checksums.

    Raises
    ------
    LakeDamaged
        Names the first file that is missing or was changed.
    """
    version = load(folder)
    for file in version.tables:
        path = right_size(folder, file)
        if digest(path) != file.sha256:
            read_checked(path)  # says which page, where it can
            raise LakeDamaged(path, "its checksum is not the one of the day it was published")
        if read_checked(path) != file.rows:
            raise LakeDamaged(path, f"it should hold {file.rows:,} rows")
    return version


@contextmanager
def writing(lake: Path) -> Iterator[None]:
    """Hold the lake's writing lock; only one process changes a lake at a time.

    Raises
    ------
    LakeBusy
        Another process is writing.
    """
    lake.mkdir(parents=True, exist_ok=True)
    with (lake / ".writing").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusy(f"another process is changing {lake}. Wait until it has finished, then try again.") from None
        yield


def right_size(folder: Path, file: TableFile) -> Path:
    """Return the path of a table that is there with all its bytes.

    Raises
    ------
    LakeDamaged
    """
    path = folder / f"{file.name}.parquet"
    if not path.exists():
        raise LakeDamaged(path, "it is missing")
    if path.stat().st_size != file.size:
        raise LakeDamaged(path, f"it has {path.stat().st_size:,} bytes and should have {file.size:,}")
    return path


def _remove_unless_in_use(folder: Path) -> bool:
    with (folder / IN_USE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        shutil.rmtree(folder)
        return True
