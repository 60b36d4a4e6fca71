"""Is a recipient's published name that of an organisation, of a private person, or can it not be told?

Lists of grants name organisations and private persons in one column. A private person is never a prospect, and the
name is not kept. The rule is conservative on both sides: a name is an organisation's only with evidence in its words,
a person's only when it is built like one; the rest is unknown.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources


def _words(name: str) -> frozenset[str]:
    lines = resources.files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


_ORGANIZATION_STEMS = tuple(sorted(_words("organization_stems")))
_ORGANIZATION_WORDS = _words("organization_words")
_ALSO_SURNAMES = _words("also_surnames")
_NO_SURNAMES = _words("no_surnames")
_GIVEN_NAMES = _words("given_names")
_TITLE = re.compile(r"^(?:Dr|Mr|Mrs|Ms|Prof|Professor|Rev|Hon)\.? (?=[A-Z])")
_SUFFIX = re.compile(r",? (?:jr|sr|ii|iii|iv|ph\.?d|m\.?d|esq)\.?$", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)")
_INITIAL = re.compile(r"[A-Z]\.(?:[A-Z]\.)?|[B-HJ-NP-Z]")
_NAME_WORD = re.compile(
    r"(?:[A-Z]\.?(?:[A-Z]\.)*|(?:[a-z]{2,3}[ -])?[^\W\d_a-z][\w'’.-]*|von|van|der|den|di|da|del|bin|ibn|al|ter)"
)
_ACRONYM = re.compile(r"\b(?![IVX]+\b)[A-Z]{2,}\b")
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*")


@lru_cache(maxsize=65_536)
def recipient_kind(name: str | None) -> str:
    """Say whether `name` is an ``organization``, an ``individual`` or ``unknown``.

    An organisation has a word that names organisations or what they do (`university`, `fund`, `of` …), a number, an
    acronym, or more words than a person's name has. A person has two to four capitalised words and none of
    these, and a known given name in front, an initial, or a title. A word that people also bear (`Church`, `Park`) is no
    evidence behind a given name. Several persons (`A and B`, `A / B`) are told apart before they are judged.
    """
    if not name or not name.strip():
        return "unknown"
    parts = [part.strip() for part in re.split(r" and | & | / |/|;|\|| with ", _ASIDE.sub(" ", name)) if part.strip()]
    kinds = [_kind_of_one(" ".join(part.split())) for part in parts]
    if "organization" in kinds:
        # "Jane Doe and John Roe Project" names two persons first; "Jane Doe / Some University" names one: neither may pass.
        return "unknown" if kinds[0] == "individual" and not _ends_as_organization(parts[-1]) else "organization"
    return "individual" if "individual" in kinds else "unknown"


def _kind_of_one(name: str) -> str:
    bare = _TITLE.sub("", name, count=1)
    titled = bare != name
    bare = _SUFFIX.sub("", bare)
    words = bare.replace(",", " ").split()
    given_first = len(words) > 1 and (_is_given(words[0]) or any(map(_INITIAL.fullmatch, words[:2])))
    strong, weak = _evidence(bare, given_first or titled, len(words))
    if strong:
        return "organization"
    if weak:
        return "unknown"
    built_like_a_person = 2 <= len(words) <= 4 and all(_NAME_WORD.fullmatch(word) for word in words)
    return "individual" if built_like_a_person and (titled or given_first) else "unknown"


def _evidence(name: str, given_first: bool, count: int) -> tuple[bool, bool]:
    """Whether words of `name` are an organisation's, and whether some may be but are surnames too."""
    words = [word.lower().rstrip(".,") for word in _WORD.findall(name)]
    evidence = {word for word in words if word in _ORGANIZATION_WORDS or word.startswith(_ORGANIZATION_STEMS)}
    undecided: set[str] = set()
    if given_first and count <= 4:
        undecided = evidence & _ALSO_SURNAMES
    elif count == 2:
        undecided = evidence & (_ALSO_SURNAMES - _NO_SURNAMES)
    marked = bool(re.search(r"\d", name)) or (bool(_ACRONYM.search(name)) and not name.isupper())
    strong = bool(evidence - undecided) or (count > 5 and not given_first) or (marked and not given_first)
    return strong, bool(undecided) or marked


def _ends_as_organization(part: str) -> bool:
    last = part.split()[-1].lower().rstrip(".,")
    return last in _ORGANIZATION_WORDS or last.startswith(_ORGANIZATION_STEMS)


def _is_given(word: str) -> bool:
    return word.lower().split("-")[0] in _GIVEN_NAMES
