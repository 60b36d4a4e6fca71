"""Names of organisations in one normal form, so that the same organisation is the same text.

What is done to a name, in this order:

1. accents are taken off (``Café`` → ``CAFE``), letters made capitals, apostrophes dropped (``Children's`` → ``CHILDRENS``),
   ``&`` and ``+`` read as AND, every other sign as a space;
2. runs of single letters are joined (``U. S.``, ``D C`` → ``US``, ``DC``), and a lone S goes to the word before (``CHILDREN S``);
3. abbreviations and variants become the word (``UNIV``, ``ASSN``, ``CTR``, ``ST``, ``NATL``; ``CENTRE``, ``THEATRE``), and so do
   phrases (``DISTRICT OF COLUMBIA`` → ``DC``, ``UNITED STATES OF AMERICA`` → ``US``);
4. legal forms go (``INC``, ``LLC`` anywhere; ``CORP``, ``CO``, ``LTD``, ``NONPROFIT`` … at the end), and so do governing bodies
   at the head (``PRESIDENT AND FELLOWS OF``, ``TRUSTEES OF``, ``REGENTS OF``, ``CORPORATION OF``);
5. small words go: THE, AND, OF, FOR, IN, ON, AT, and A, AN but at the head.

Order of words is kept: ``University of Washington`` is not ``Washington University``. Step by step tables are in `name_words`.
`parse` takes a published name apart first: places and other names in parentheses, ``dba``, ``formerly``, ``c/o``, a sponsor.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from catalynx.lake.name_words import (
    ABBREVIATIONS,
    ARTICLES,
    GIVEN_NAMES,
    GOVERNING_BODIES,
    LEGAL_FORMS_ANYWHERE,
    LEGAL_FORMS_AT_END,
    LINKING_WORDS,
    NOT_A_NAME,
    PHRASES,
    SMALL_WORDS,
    STATE_CODES,
    STATES,
)

if TYPE_CHECKING:
    import pandas as pd

_SIGNS: dict[int, str | None] = {code: " " for code in range(128) if not chr(code).isalnum()}
_SIGNS |= {ord(sign): None for sign in "'`´‘’ʼ′\u02bb"} | {ord("&"): " AND ", ord("+"): " AND "}
_PHRASES_BY_HEAD: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {}
for _phrase, _kept in PHRASES:
    _PHRASES_BY_HEAD.setdefault(_phrase[0], []).append((_phrase, _kept.split()))
_ABBREVIATED_PHRASES = frozenset(full for full in ABBREVIATIONS.values() if " " in full)
_GOVERNING_HEADS = frozenset(words[0] for words in GOVERNING_BODIES) | {"THE"}

_PARENTHESES = re.compile(r"\(([^()]*)\)")
_OTHER_NAME = re.compile(
    r"[\s,;:(]+(?:d\s?/?\s?b\s?/?\s?a|a\s?/?\s?k\s?/?\s?a|f\s?/?\s?k\s?/?\s?a|doing business as|also known as"
    r"|formerly known as|formerly|now known as)\b[\s.:]*",
    re.IGNORECASE,
)
_CARE_OF = re.compile(r"[\s,;(]+(?:c\s?/\s?o\b|%|in care of\b|attn\b).*$", re.IGNORECASE)
_SPONSOR = re.compile(
    r"[\s,;:(-]+an?\s+(?:sponsored\s+|fiscally[ -]sponsored\s+)?(?:project|program) of\s+(?:the\s+)?(.+)$", re.IGNORECASE
)
_JOINT = re.compile(r"\w\s*/\s*\w")
_ENDS_IN_PLACE = re.compile(
    r"^(?P<name>.+?)\s*(?:,|;|\s-|\s–)\s*(?:(?P<city>[A-Z][\w.' -]+?)[,;]?\s+)?(?P<state>[A-Z]{2}|D\.C\.)\.?$"
)
_PLACE = re.compile(r"^(?:(?P<city>[\w.' -]+?)\s*[,;]?\s+)?(?P<state>[A-Z]{2}|D\.\s?C\.?|[A-Z][a-z]+(?: [A-Z][a-z]+)?)$")
_CITY_ALONE = re.compile(r"^(?:[A-Z][a-z.]+ ?){1,3}$")
_TITLE = re.compile(r"^(?:dr|prof|professor|mr|mrs|ms|rev|sir|judge)\.? [A-Z]|,? (?:ph\.?d|m\.d|j\.?d|esq)\.?$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[.'’-][^\W\d_]*)*")
_INITIAL = re.compile(r"^[A-Z]\.?$")
_GIVEN_EIN = re.compile(r"(?!0{9})\d{9}")


@dataclass(frozen=True, slots=True)
class ParsedName:
    """What a published name says.

    Attributes
    ----------
    key : normal form of the name itself; of the sponsor where the name says `a project of …`
    also : normal forms of other names that it gives (dba, formerly, aka)
    city, state : place that it gives in parentheses or at its end; the city in normal form. A few capitalised words alone in
        parentheses are taken for a city: ``(Bronx)``
    sponsored : the name is a project's, the key its sponsor's
    joint : a slash joins two names, so the whole may be two organisations
    """

    key: str
    also: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    sponsored: bool = False
    joint: bool = False


@lru_cache(maxsize=100_000)
def normal_name(name: str) -> str:
    """Return the normal form of one name; empty when nothing is left of it."""
    tokens = _words(name)
    for words in GOVERNING_BODIES if tokens and tokens[0] in _GOVERNING_HEADS else ():
        start = 1 if tokens[0] == "THE" else 0
        if tuple(tokens[start : start + len(words)]) == words and len(tokens) > start + len(words) + 1:
            tokens = tokens[start + len(words) :]
            break
    kept = [token for token in tokens if token not in LEGAL_FORMS_ANYWHERE]
    while len(kept) > 1 and (kept[-1] in LEGAL_FORMS_AT_END or kept[-1] == "THE"):
        kept.pop()
    head = kept[:1]
    return " ".join(
        [token for token in kept if token not in SMALL_WORDS and (token not in ARTICLES or [token] == head)] or tokens
    )


def normalise(names: pd.Series) -> pd.Series:
    """Return the normal form of each name, missing where the name is missing.

    Parameters
    ----------
    names : names as published

    Returns
    -------
    text on the input's index
    """
    import pandas as pd

    forms = {name: normal_name(name) for name in names.dropna().unique()}
    return pd.Series([forms.get(name) for name in names], index=names.index, dtype="str", name=names.name)


def recipient_key(name: pd.Series, state: pd.Series, ein: pd.Series) -> pd.Series:
    """Return what identifies a recipient: ``ein:`` and the EIN that its source gives, else its normal name, ``|`` and its state.

    Parameters
    ----------
    name, state, ein : as published; on one index. An EIN counts where it has nine digits and is not all zeros

    Returns
    -------
    text on the index; missing where neither a name nor an EIN is there
    """
    import pandas as pd

    given = ein.astype("str").str.fullmatch(_GIVEN_EIN.pattern).fillna(False).astype(bool)
    forms = normalise(name)
    keys = forms + "|" + state.astype("str").fillna("")
    keys = keys.where(forms.notna() & (forms != ""))
    return pd.Series(keys.where(~given, "ein:" + ein.astype("str")), index=name.index, dtype="str", name="recipient_key")


def parse(name: str) -> ParsedName:
    """Take a published name apart."""
    sponsor = _SPONSOR.search(name)
    if sponsor:
        inner = parse(sponsor[1].rstrip(") "))
        return ParsedName(inner.key, inner.also, inner.city, inner.state, sponsored=True, joint=inner.joint)
    name = _CARE_OF.sub("", name) or name
    also: list[str] = []
    city = state = None
    for inside in _PARENTHESES.findall(name):
        found = _place(inside)
        if found is not None:
            city, state = found
            continue
        others = _OTHER_NAME.split(f" {inside}")[1:]
        also += [normal_name(other) for other in others]
        if not others and _CITY_ALONE.match(inside.strip()):
            city = normal_city(inside)
    name = _PARENTHESES.sub(" ", name)
    main, *others = _OTHER_NAME.split(name)
    also += [normal_name(other) for other in others]
    if (
        state is None
        and (end := _ENDS_IN_PLACE.match(main.strip()))
        and (found := _place(f"{end['city'] or ''} {end['state']}".strip()))
    ):
        also.append(normal_name(main))
        main, (city, state) = end["name"], found
    key = normal_name(main)
    if state is None and len(shorter := key.removesuffix(" DC").removesuffix(" WASHINGTON").split()) > 1 and key.endswith(" DC"):
        also.append(key)
        key, city, state = " ".join(shorter), city or ("WASHINGTON" if key.endswith(" WASHINGTON DC") else None), "DC"
    return ParsedName(key, tuple(form for form in also if form and form != key), city, state, joint=bool(_JOINT.search(main)))


def normal_city(city: str) -> str:
    """Return a city in normal form: ``N BENNINGTON`` → ``NORTH BENNINGTON``, ``WASHINGTON DC`` → ``WASHINGTON``."""
    tokens = [_COMPASS.get(token, token) for token in _words(city)]
    if len(tokens) > 1 and tokens[-1] in STATE_CODES:
        tokens.pop()
    return " ".join(tokens)


_COMPASS = {"N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST", "NO": "NORTH", "SO": "SOUTH"}


def linking_words(name: str) -> tuple[str, ...]:
    """Return the words OF, FOR, IN, ON, AT of a name in their order, which its normal form leaves out."""
    return tuple(word for word in _words(_PARENTHESES.sub(" ", name)) if word in LINKING_WORDS)


def without_initials(key: str) -> str:
    """Return a normal form less a last word that repeats the initials: ``… CONSERVATION COUNCIL SEACC``."""
    *words, last = key.split() or [""]
    repeats = len(words) > 1 and len(last) > 2 and last == "".join(word[0] for word in words[-len(last) :])
    return " ".join(words) if repeats else key


def is_not_a_name(key: str) -> bool:
    """Say whether a normal form stands for no name at all: ``UNKNOWN``, ``SEE ATTACHED`` …"""
    return key in NOT_A_NAME or key.startswith(("INDIVIDUAL ", "ANONYMOUS ")) or not any(letter.isalpha() for letter in key)


def is_person(name: str) -> bool:
    """Say whether a name reads as a private person's: a title or degree, or a given name, initials and one or two more words.

    A word that organisations use (`FOUNDATION`, `OF` …) speaks against it.
    """
    parts = name.replace(",", " ").split()
    if any(word in _ORGANISATION_WORDS for part in parts[1:] for word in _words(part)):
        return False
    if _TITLE.search(name.strip()):
        return True
    if not 2 <= len(parts) <= 4 or not all(part[0].isupper() and _LETTERS.fullmatch(part) for part in parts):
        return False
    return normal_name(parts[0]) in GIVEN_NAMES or any(_INITIAL.match(part) for part in parts[1:-1])


_ORGANISATION = """
ACADEMY ACTION AID ALLIANCE AND ARCHIVE ARCHIVES ART ARTS ASSOCIATION BALLET BAND BANK BIOSCIENCES CAMPAIGN CARE
CATHEDRAL CENTER CENTURY CHAPEL CHARTER CHILDREN CHILDRENS CHOIR CHURCH CITY CLUB COALITION COLLEGE COMMISSION
COMMUNITY COMPANY CONFERENCE CONNECTIONS CONSERVANCY CORP COUNCIL COUNTY DANCE DISTRICT EDUCATION ENERGY ENSEMBLE FARM
FARMS FELLOWSHIP FILM FILMS FOR FORUM FOUNDATION FREEDOM FUND GARDEN GARDENS GATHERING GROUP HALL HARBOR HEALTH
HERITAGE HIGH HISTORICAL HOME HOMES HOSPITAL HOUSE IN INC INITIATIVE INSTITUTE INTERNATIONAL LAB LABORATORY LABS LAW
LEADERSHIP LEAGUE LEGAL LIBRARY LLC MEDIA MEMORIAL MINISTRIES MISSION MISSIONS MONTESSORI MUSEUM MUSIC NATIONAL
NETWORK OF OPUS ORCHESTRA OUTREACH PARISH PARK PARTNERS PARTNERSHIP PLAYHOUSE POLICY PRESS PRIZE PRODUCTIONS PROGRAM
PROGRAMS PROJECT PUBLIC RADIO RESEARCH RIVER SCHOLARSHIP SCHOOL SCHOOLS SCIENCE SEMINARY SERVICE SERVICES SETTLEMENT
SITE SOCIETY STATE STREET STUDIO STUDIOS SYSTEM SYSTEMS TEAM THE THEATER THERAPEUTICS TOMORROW TRUST UNIVERSITY
VILLAGE WATCH WOMEN WORKS WORKSHOP YOUTH
"""
_ORGANISATION_WORDS = frozenset(_ORGANISATION.split())


def states_named(key: str) -> list[str]:
    """Return the two letters of every state that stands as a word in a normal form."""
    padded = f" {key} "
    found = [(word, code) for word, code in STATES.items() if f" {word} " in padded]
    return [code for word, code in found if not any(word != other and word in other for other, _ in found)]


def _words(name: str) -> list[str]:
    if not name.isascii():
        name = name.translate(_SIGNS)
        name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    tokens = name.translate(_SIGNS).upper().split()
    if min(map(len, tokens), default=0) == 1:
        tokens = _letters_joined(tokens)
    tokens = [ABBREVIATIONS.get(token, token) for token in tokens]
    if not _ABBREVIATED_PHRASES.isdisjoint(tokens):
        tokens = " ".join(tokens).split()
    return tokens if _PHRASES_BY_HEAD.keys().isdisjoint(tokens) else _phrases_joined(tokens)


def _letters_joined(tokens: list[str]) -> list[str]:
    joined: list[str] = []
    run = ""
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha():
            run += token
            continue
        if run == "S" and joined and len(joined[-1]) > 2 and joined[-1].isalpha():
            joined[-1] += "S"
        elif run:
            joined.append(run)
        run = ""
        if token:
            joined.append(token)
    return joined


def _phrases_joined(tokens: list[str]) -> list[str]:
    joined: list[str] = []
    place = 0
    while place < len(tokens):
        for words, kept in _PHRASES_BY_HEAD.get(tokens[place], ()):
            if tuple(tokens[place : place + len(words)]) == words:
                joined += kept
                place += len(words)
                break
        else:
            joined.append(tokens[place])
            place += 1
    return joined


def _place(text: str) -> tuple[str | None, str] | None:
    """Return city and state when `text` is a place in a state: ``Durham NC``, ``Washington D.C.``, ``Westport; CT``."""
    found = _PLACE.match(text.strip())
    if found is None:
        return None
    word = " ".join(_words(found["state"]))
    state = word if word in STATE_CODES else STATES.get(word)
    if state is None or (state == "DC" and word != "DC"):
        return None
    return (normal_city(found["city"]) if found["city"] else None), state
