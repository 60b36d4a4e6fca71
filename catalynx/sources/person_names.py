"""The names of officers and directors, taken apart: given name, middle name, surname, and what tells namesakes apart.

Only names of people who sign for an organisation in its return are read here, never those of private persons. Titles, degrees,
religious orders and roles that stand behind a name are left out. Short forms are brought to the name that they stand for
where they hardly stand for another (Bob, Bill; not Ed, Pat or Chris).
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

UNLISTED_SURNAME = 3e-5
"""Share of people who bear a surname that is not among the thousand most frequent: about that of the 3,500th."""
UNLISTED_GIVEN_NAME = 1e-3
INITIAL = 0.1
"""Share of people whose name begins with a letter that is not said to be a rare one."""


def _lines(name: str) -> list[str]:
    text = resources.files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _around(group: str) -> frozenset[str]:
    """Return the words of a group that stand around names."""
    groups = (line.upper().split() for line in _lines("around_names"))
    return frozenset(word for first, *words in groups for word in words if first == group.upper())


_TITLES, _DEGREES, _ROLES = _around("titles"), _around("degrees"), _around("roles")
_PARTICLES, _INSTITUTIONS = _around("particles"), _around("institutions")
_GENERATIONS = {"JR": "JR", "JUNIOR": "JR", "SR": "SR", "SENIOR": "SR", "II": "II", "2ND": "II", "III": "III", "3RD": "III",
                "IV": "IV", "4TH": "IV"}  # fmt: skip
_ASIDE = re.compile(r"\([^)]*\)?|\[[^\]]*\]?|\".*?\"|\*+")
_NOT_OF_A_NAME = re.compile(r"[^A-Z0-9,' -]+")
_NO_VOWEL = re.compile(r"[B-DF-HJ-NP-TV-XZ]{2,3}")
_UNUSUAL = re.compile(r"[^A-Za-z .]")
_SPECIAL = _TITLES | _DEGREES | _GENERATIONS.keys() | _ROLES | _PARTICLES | _INSTITUTIONS


class PersonName(NamedTuple):
    """A person's name in capitals; ``""`` where a part is not known.

    Attributes
    ----------
    given, first : the given name, short forms written out; the same as it is written
    middle : the first middle name or its initial
    surname : with its particles, in one word
    marker : JR, II …, or MRS, which often stands before the name of somebody's husband
    """

    given: str
    middle: str
    surname: str
    marker: str
    first: str


def parse_person(name: str) -> PersonName | None:
    """Take the name of a person apart; None for what is no full name of one person.

    >>> parse_person("Henkel, Bob J., FACHE")
    PersonName(given='ROBERT', middle='J', surname='HENKEL', marker='', first='BOB')
    """
    words, marker = _plain_words(name), ""
    if not words:
        words, marker = _words(name)
    if not words or any(word in _INSTITUTIONS or any(letter.isdigit() for letter in word) for word in words):
        return None
    surname_from = len(words) - 1
    while surname_from > 1 and words[surname_from - 1] in _PARTICLES:
        surname_from -= 1
    given, *middles = words[:surname_from] or [""]
    surname = "".join(words[surname_from:]).replace("-", "").replace("'", "")
    if not given or len(surname) < 2 or len(words) > 7:
        return None
    given = given.replace("'", "").strip("-")
    middle = middles[0].replace("'", "").strip("-") if middles else ""
    middle = middle[:1] if _NO_VOWEL.fullmatch(middle) else middle
    return PersonName(_short_names().get(given, given), middle, surname, marker, given) if given else None


def _plain_words(name: str) -> list[str]:
    """Return the words of a name in which nothing has to be taken off, as most are; none for others."""
    if _UNUSUAL.search(name):
        return []
    words = name.upper().replace(".", " ").split()
    usual = 2 <= len(words) <= 4 and _SPECIAL.isdisjoint(words) and len(words[-1]) > 1 and not _NO_VOWEL.fullmatch(words[0])
    return words if usual else []


def _words(name: str) -> tuple[list[str], str]:
    """Return the words of a name from the given name to the surname, and the marker."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    plain = _NOT_OF_A_NAME.sub(" ", _ASIDE.sub(" ", plain.replace(".", " ")).replace("`", "'"))
    parts = [part.split() for part in plain.split(",")]
    behind = [word for part in parts[1:] for word in part]
    marker = next((_GENERATIONS[word] for word in behind if word in _GENERATIONS), "")
    words = parts[0]
    last_first = [word for word in behind if word not in _DEGREES and word not in _GENERATIONS and word not in _ROLES]
    if last_first and len(_bare(words)[0]) in (1, 2):
        words = [*last_first, *words]
    bare, found = _bare(words)
    if "MRS" in words[:1]:
        found = "MRS"
    split = [letter for word in bare[:1] for letter in ([*word] if _NO_VOWEL.fullmatch(word) and len(bare) > 1 else [word])]
    return [*split, *bare[1:]], found or marker


def _bare(words: list[str]) -> tuple[list[str], str]:
    """Take titles off the front; degrees, generations and roles off the end."""
    marker, start, end = "", 0, len(words)
    while start < end - 1 and words[start] in _TITLES:
        start += 1
    role = next((place for place in range(start + 2, end) if words[place] in _ROLES), end)
    end = min(end, role)
    while end - start > 2:
        spelled = next((size for size in (1, 2, 3) if _is_degree(words[max(start + 2, end - size) : end])), 0)
        if not spelled and words[end - 1] not in _GENERATIONS:
            break
        if len(words[end - (spelled or 1) - 1]) == 1:  # an initial is no surname: Enrica Q Ma
            break
        end -= spelled or 1
        marker = marker or _GENERATIONS.get(words[end], "")
    return words[start:end], marker


def _is_degree(words: list[str]) -> bool:
    """Whether `words` are a degree, be it written with points: M.D., Ph. D."""
    return bool(words) and "".join(words) in _DEGREES and all(len(word) <= 2 for word in words[1:])


def parse_people(names: Iterable[str]) -> pd.DataFrame:
    """Take names apart.

    Returns
    -------
    one row a name, in order: ``given``, ``middle``, ``surname``, ``marker``, ``first`` (categories; missing where it is no
    person's name), and ``given_share``, ``surname_share``, ``middle_share``: which share of people bear that part at most
    """
    import numpy as np
    import pandas as pd

    # A number a part and a text a number: a million names share few given names, and the texts of each would fill the memory.
    known: list[dict[str, int]] = [{} for _ in PersonName._fields]
    codes = [array("i") for _ in known]
    nobody = ("",) * len(known)
    for name in names:
        parsed = parse_person(name) or nobody
        for texts, column, text in zip(known, codes, parsed, strict=True):
            column.append(texts.setdefault(text, len(texts)) if parsed is not nobody else -1)
    columns = {
        part: pd.Categorical.from_codes(np.asarray(column, dtype=np.int32), pd.Index(list(texts), dtype="str"))
        for part, column, texts in zip(PersonName._fields, codes, known, strict=True)
    }
    shares = {
        f"{part}_share": _taken(columns[part], _shares(listed), unlisted)
        for part, listed, unlisted in (
            ("given", "given_name_shares", UNLISTED_GIVEN_NAME), ("surname", "surnames", UNLISTED_SURNAME),
            ("middle", "given_name_shares", UNLISTED_GIVEN_NAME),
        )
    }  # fmt: skip
    return pd.DataFrame(columns | shares)


def _taken(column: pd.Categorical, listed: dict[str, float], unlisted: float) -> np.ndarray[Any, Any]:
    """Return the share of people who bear each name of a column; 1 where there is none."""
    import numpy as np

    by_text = [1.0 if not text else INITIAL if len(text) == 1 else listed.get(text, unlisted) for text in column.categories]
    shares: np.ndarray[Any, Any] = np.asarray([*by_text, 1.0])[column.codes]
    return shares


@cache
def _shares(name: str) -> dict[str, float]:
    """Read a file of bands: a share on a line of its own, then the names of the band."""
    shares: dict[str, float] = {}
    share = 0.0
    for line in _lines(name):
        if line[0].isdigit():
            share = float(line)
        else:
            shares.update(dict.fromkeys(line.upper().split(), share))
    return shares


@cache
def _short_names() -> dict[str, str]:
    return {short: full for full, *rest in (line.upper().split() for line in _lines("short_names")) for short in rest}
