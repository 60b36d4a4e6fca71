"""Files → parts → a new version: reads what is new on every core, accounts for every record, then publishes at once."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from catalynx.errors import FileRefused, LakeError
from catalynx.lake.building import build
from catalynx.lake.parts import Part, Unit, read_unit, units
from catalynx.lake.versions import CURRENT, Version, writing
from catalynx.sources import reader_modules

POOL_FROM_BYTES = 2**20
"""Below this much to read, starting processes takes longer than reading."""


class Progress(Protocol):
    """Shows how far a load is."""

    def start(self, total: int, files: int) -> None:
        """Begin: bytes and files to read."""

    def advance(self, count: int, file: str) -> None:
        """So many more bytes were read, of this file."""

    def say(self, what: str) -> None:
        """Another step has begun."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a load did: its parts with their accounts, files that were refused, and the version that is current now."""

    version: Version
    parts: tuple[Part, ...]
    refused: tuple[FileRefused, ...]


def ingest(
    lake: Path,
    paths: Iterable[str | Path],
    *,
    progress: Progress | None = None,
    processes: int | None = None,
) -> Ingested:
    """Read published files into the lake and make the new version current.

    Parameters
    ----------
    lake : folder of the lake; made where it is missing
    paths : files, folders, archives
    progress : told how far it is
    processes : how many to read with; the machine's cores when not given

    Returns
    -------
    what was read; a refused file of several is in ``refused`` while the others are loaded

    Raises
    ------
    FileRefused
        A path that is not there, a single file that is not what it claims to be, or nothing that any reader recognises;
        the lake is as it was.
    LakeError
        Another process is changing the lake, or its disk is full; the version that was current still is.
    """
    given = [Path(path) for path in paths]
    found = [unit for path in given for unit in units(path)]
    shown = progress or _Silent()
    with writing(lake), _room(lake):
        (lake / "parts").mkdir(exist_ok=True)
        (lake / "versions").mkdir(exist_ok=True)
        _clear_unfinished(lake)
        shown.start(sum(unit.size for unit in found), len(found))
        parts, refused = _read(lake, found, shown, processes or os.cpu_count() or 1)
        if not parts:
            named = ", ".join(map(str, given)) or "an empty list of paths"
            raise refused[0] if refused else FileRefused(named, "no reader recognises anything in it")
        return Ingested(build(lake, [part.name for part in parts], shown.say), tuple(parts), tuple(refused))


@contextmanager
def _room(lake: Path) -> Iterator[None]:
    """Say in words that a disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT} and "No space left" not in str(error):
            raise
        raise LakeError(
            f"the disk of {lake} or of the temporary folder is full. Nothing was published; make room and try again."
        ) from error


def _clear_unfinished(lake: Path) -> None:
    """Remove what a load that was killed left behind."""
    for folder in (*(lake / "parts").glob(".*"), *(lake / "versions").glob(".*")):
        shutil.rmtree(folder)
    for link in lake.glob(f".{CURRENT}-*"):
        link.unlink()


def _read(lake: Path, found: list[Unit], shown: Progress, processes: int) -> tuple[list[Part], list[FileRefused]]:
    """Read the units; parts and refusals come in the order of what was handed in."""
    if processes == 1 or len(found) == 1 or sum(unit.size for unit in found) < POOL_FROM_BYTES:
        outcomes = _read_here(lake, found, shown)
    else:
        outcomes = _read_in_pool(lake, found, shown, min(processes, len(found)))
    parts = [part for outcome in outcomes if not isinstance(outcome, FileRefused) for part in outcome]
    return parts, [outcome for outcome in outcomes if isinstance(outcome, FileRefused)]


def _read_here(lake: Path, found: list[Unit], shown: Progress) -> list[list[Part] | FileRefused]:
    outcomes: list[list[Part] | FileRefused] = []
    for unit in found:
        told = _capped(unit, lambda count, name=unit.path.name: shown.advance(count, name))  # type: ignore[misc]
        try:
            outcomes.append(read_unit(lake, unit, told))
        except FileRefused as error:
            outcomes.append(error)
        told(unit.size)
    return outcomes


def _read_in_pool(lake: Path, found: list[Unit], shown: Progress, processes: int) -> list[list[Part] | FileRefused]:
    """Read the largest units first, so that the processes end at about the same time."""
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from multiprocessing import get_context

    context = get_context("forkserver")
    # Readers are imported once, in the process that the workers are forked from.
    context.set_forkserver_preload(["catalynx.lake.ingestion", *(f"catalynx.sources.{name}" for name in reader_modules())])
    counters = context.Array("q", len(found))
    outcomes: list[list[Part] | FileRefused] = [[] for _ in found]
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin_work, initargs=(counters,)) as pool:
        by_size = sorted(range(len(found)), key=lambda number: found[number].size, reverse=True)
        waiting: dict[Future[list[Part]], int] = {
            pool.submit(_read_there, lake, found[number], number): number for number in by_size
        }
        told = [0] * len(found)
        try:
            while waiting:
                done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in done:
                    number = waiting.pop(future)
                    counters[number] = found[number].size
                    try:
                        outcomes[number] = future.result()
                    except FileRefused as error:
                        outcomes[number] = error
                for number, unit in enumerate(found):
                    if counters[number] > told[number]:
                        shown.advance(counters[number] - told[number], unit.path.name)
                        told[number] = counters[number]
        except Exception:
            # What other processes still write is in the lake, which is this load's own only until it ends.
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return outcomes


_counters: Any = None


def _begin_work(counters: Any) -> None:
    """Keep the counters, and end with the process that asked for the work, however that ends."""
    global _counters
    _counters = counters
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _read_there(lake: Path, unit: Unit, number: int) -> list[Part]:
    def count_up(count: int) -> None:
        _counters[number] = min(unit.size, _counters[number] + count)

    return read_unit(lake, unit, count_up)


def _capped(unit: Unit, advance: Callable[[int], None]) -> Callable[[int], None]:
    """Tell of at most the unit's size: how much of a packed file has been read is a guess until it has."""
    told = 0

    def capped(count: int) -> None:
        nonlocal told
        step = min(count, unit.size - told)
        told += step
        if step > 0:
            advance(step)

    return capped


class _Silent:
    def start(self, total: int, files: int) -> None: ...
    def advance(self, count: int, file: str) -> None: ...
    def say(self, what: str) -> None: ...
