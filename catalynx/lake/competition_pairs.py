"""How many applied and how many were funded, as a program's text says it: each competition with its year and its sentence.

Counts of applications and of awards are paired in the order in which they stand: an open count of applications is answered by
the next count of awards, in the same sentence or a few later. Where two counts of applications stand side by side, or the years
of the two counts differ, or awards are still to come, nothing is paired: no rate is better than a wrong one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from catalynx.lake.competition_counts import Mention, mentions
from catalynx.lake.competition_words import Sentence, sentences

Stage = Literal["actual", "estimate"]

FARTHEST = 6
"""Sentences between a count of applications and the awards that answer it, at most."""
YEAR_REACH = 3
"""Sentences for which a year holds that is no heading."""

_SPEAKS_OF_APPLICATIONS = re.compile("applica|propos|submission|request", re.IGNORECASE)
_ESTIMATE = re.compile(
    r"\b(?:anticipat\w*|expects?|expected|expecting|estimat\w*|projected|projects (?:that|to|making)|plans?|planned|will|would"
    r"|likely|potential (?:for|to)|annually|(?:each|every|per) year|pending|in the process of)\b"
)
_YEAR = re.compile(r"@(\d{4})")
_MORE_TO_COME = re.compile(
    r"\badditional (?:[#\w]+ ){0,3}(?:awards|grants|projects|selections)\b.{0,40}\b(?:will|expected|anticipated)\b"
)
_HEADING = re.compile(
    r"(?:~\) )?(?!special|note|accomplish|result|outcome|@|[^:]{0,80}(?:applica|proposal|award|grants?\b))[a-z][^#:.@]{1,80}: "
)
_YEAR_AHEAD = re.compile(r"(?:~\) )?(?:for |in |during |past |current )?(?:the )?@\d{4}\b")
_BESIDE = re.compile(r"(?:\b(?:and|for|to)|[,;:&/]) (?:(?:approximately|about|over|up to|an?|estimated|anticipate[sd]?) )*$")
_CLAUSE_END = re.compile(r"[,;.]|#\d")


@dataclass(frozen=True, slots=True)
class Competition:
    """What a text states of one competition; `year` is None where the text gives none."""

    applications: int
    awards: int
    year: int | None
    stage: Stage
    sentence: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A count with the sentence it stands in, and the end of the pair before it in that sentence."""

    mention: Mention
    index: int
    after: int


def read_competitions(text: str) -> list[Competition]:
    """Return the competitions of which `text` states both applications and awards, each once, in order.

    A sentence is given as published but for white space; two that are needed stand together, ``…`` where others lie between.
    """
    if not _SPEAKS_OF_APPLICATIONS.search(text):
        return []
    reading = _Reading(sentences(text))
    for index in range(len(reading.sentences)):
        reading.read(index)
    if not reading.found:
        reading.pair_turned()
    found: dict[tuple[object, ...], Competition] = {}
    for one in reading.found:
        found.setdefault((one.applications, one.awards, one.year, one.stage), one)
    return list(found.values())


class _Reading:
    """Goes through the sentences of one text, holding the count of applications that awaits its awards."""

    def __init__(self, parts: list[Sentence]) -> None:
        self.sentences = parts
        self.found: list[Competition] = []
        self._open: _Place | None = None
        self._year: int | None = None
        self._year_index = 0
        self._heading_year: int | None = None

    def read(self, index: int) -> None:
        marked = self.sentences[index].marked
        beside: _Place | None = None
        waiting: _Place | None = None
        after = 0
        if _HEADING.match(marked):
            self._open = None
        for mention in mentions(marked):
            here = _Place(mention, index, after)
            if mention.role == "range":
                # "12 to 18 awards" is no count, and what follows in the sentence is not the count of these applications.
                if self._open is not None and self._open.index == index:
                    self._open = None
                break
            if mention.role in ("awards", "awards_beside", "all"):
                asked = beside or self._near(here)
                if asked is None:
                    waiting = here if mention.role != "all" else waiting
                elif self._pair(asked, here):
                    self._open = beside = None
                    after = mention.end
            elif mention.role == "both":
                self._pair(here, here)
                after = mention.end
            elif mention.role == "pool" and waiting is not None:
                self._pair(here, waiting)
                waiting, after = None, mention.end
            elif mention.role == "applications":
                beside = beside or here if self._open is None else beside
            elif mention.role != "pool" or (after == 0 and self._open is None):
                self._hold(here)
        self._note_year(index, marked)

    def pair_turned(self) -> None:
        """Pair the only count of awards with the only count of applications, which stands in the next sentence."""
        marked = [(index, one) for index, part in enumerate(self.sentences) for one in mentions(part.marked)]
        if [one.role for _, one in marked] not in (["awards", "received"], ["awards", "reviewed"]):
            return
        given, asked = (_Place(one, index, 0) for index, one in marked)
        if asked.index - given.index == 1:
            self._pair(asked, given)

    def _note_year(self, index: int, marked: str) -> None:
        years = [int(year) for year in _YEAR.findall(marked)]
        if years and _YEAR_AHEAD.match(marked):
            self._heading_year = years[0]
        if years:
            self._year, self._year_index = years[-1], index

    def _year_before(self, index: int) -> int | None:
        """Return the year that a sentence shortly before names, else that of the heading."""
        near = self._year is not None and index - self._year_index <= YEAR_REACH
        return self._year if near else self._heading_year

    def _near(self, given: _Place) -> _Place | None:
        """Return the applications that a count of awards can answer."""
        held = self._open
        if held is None or given.index - held.index > FARTHEST:
            return None
        if given.mention.role != "awards_beside":
            return held
        marked = self.sentences[given.index].marked
        beside = held.index == given.index and _BESIDE.search(marked[held.mention.end : given.mention.begin])
        return held if beside else None

    def _hold(self, here: _Place) -> None:
        """Let applications await their awards; those reviewed are fewer than those that came in, and the same."""
        held = self._open
        if held is None:
            self._open = here
            return
        fewer = (here.mention.count or 0) <= (held.mention.count or 0) and here.index - held.index <= FARTHEST
        if fewer and (held.mention.role, here.mention.role) == ("received", "reviewed"):
            return
        side_by_side = held.index == here.index and held.mention.role == here.mention.role
        self._open = None if side_by_side else here

    def _pair(self, asked: _Place, given: _Place) -> bool:
        """Note a pair; return False where the awards cannot be those of the applications, which then still await theirs."""
        applications = asked.mention.count or 0
        awards = applications if given.mention.count is None else given.mention.count
        asked_years, given_years = self._years(asked), self._years(given)
        together = asked.index == given.index
        if not together and asked_years and given_years and not set(asked_years) & set(given_years):
            return False
        following = self.sentences[given.index + 1].marked if given.index + 1 < len(self.sentences) else ""
        if _MORE_TO_COME.search(following):
            return True
        year = next(iter([*given_years, *asked_years]), self._year_before(asked.index))
        guess = any(_ESTIMATE.search(self._clause(place)) for place in (asked, given))
        self.found.append(Competition(applications, awards, year, "estimate" if guess else "actual", self._told(asked, given)))
        return True

    def _years(self, place: _Place) -> list[int]:
        marked = self.sentences[place.index].marked
        begin = min(place.after, place.mention.begin)
        following = next(
            (one.begin for one in mentions(marked) if one.begin > place.mention.end and one.role == "received"), len(marked)
        )
        return [int(year) for year in _YEAR.findall(marked[begin:following])]

    def _clause(self, place: _Place) -> str:
        marked = self.sentences[place.index].marked
        end = _CLAUSE_END.search(marked, place.mention.end)
        return marked[min(place.after, place.mention.begin) : end.start() if end else len(marked)]

    def _told(self, asked: _Place, given: _Place) -> str:
        first, last = sorted((asked.index, given.index))
        between = " … " if last - first > 1 else " "
        return self.sentences[first].text if first == last else self.sentences[first].text + between + self.sentences[last].text
