"""Files → parts → a new version: reads what is new on every core, accounts for every record, then publishes at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol

from catalynx.errors import FileRefused
from catalynx.lake.building import build
from catalynx.lake.parts import Part, Unit, read_unit, units
from catalynx.lake.versions import Version, writing

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
        A single file that is not what it claims to be; the lake is as it was.
    """
    found = [unit for path in paths for unit in units(Path(path))]
    shown = progress or _Silent()
    with writing(lake):
        (lake / "parts").mkdir(exist_ok=True)
        (lake / "versions").mkdir(exist_ok=True)
        _clear_unfinished(lake)
        shown.start(sum(unit.size for unit in found), len(found))
        parts, refused = _read(lake, found, shown, processes or os.cpu_count() or 1)
        if refused and not parts:
            raise refused[0]
        return Ingested(build(lake, shown.say), tuple(parts), tuple(refused))


def _clear_unfinished(lake: Path) -> None:
    """Remove what a load that was killed left behind."""
    for folder in (*(lake / "parts").glob(".*"), *(lake / "versions").glob(".*")):
        shutil.rmtree(folder)


def _read(lake: Path, found: list[Unit], shown: Progress, processes: int) -> tuple[list[Part], list[FileRefused]]:
    by_size = sorted(found, key=lambda unit: unit.size, reverse=True)
    if processes == 1 or len(found) == 1 or sum(unit.size for unit in found) < POOL_FROM_BYTES:
        return _read_here(lake, by_size, shown)
    return _read_in_pool(lake, by_size, shown, min(processes, len(found)))


def _read_here(lake: Path, found: list[Unit], shown: Progress) -> tuple[list[Part], list[FileRefused]]:
    parts: list[Part] = []
    refused: list[FileRefused] = []
    for unit in found:
        told = _capped(unit, lambda count, name=unit.path.name: shown.advance(count, name))  # type: ignore[misc]
        try:
            parts += read_unit(lake, unit, told)
        except FileRefused as error:
            refused.append(error)
        told(unit.size)
    return parts, refused


def _read_in_pool(lake: Path, found: list[Unit], shown: Progress, processes: int) -> tuple[list[Part], list[FileRefused]]:
    context = get_context("forkserver")
    counters = context.Array("q", len(found))
    parts: list[Part] = []
    refused: list[FileRefused] = []
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_keep_counters, initargs=(counters,)) as pool:
        waiting = {pool.submit(_read_there, lake, unit, number): number for number, unit in enumerate(found)}
        told = [0] * len(found)
        while waiting:
            done, _ = wait(waiting, timeout=0.2, return_when=FIRST_COMPLETED)
            for future in done:
                number = waiting.pop(future)
                counters[number] = found[number].size
                try:
                    parts += future.result()
                except FileRefused as error:
                    refused.append(error)
            for number, unit in enumerate(found):
                if counters[number] > told[number]:
                    shown.advance(counters[number] - told[number], unit.path.name)
                    told[number] = counters[number]
    return parts, refused


_counters: Any = None


def _keep_counters(counters: Any) -> None:
    global _counters
    _counters = counters


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
