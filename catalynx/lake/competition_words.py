"""A program's text, made ready for reading counts: sentences in which every number says what kind of number it is.

Dollars, shares, dates, ranges, ordinal numbers of phases and sections, and years look like counts and are none. In a marked
sentence a count is ``#56`` (written in digits, in words, or both), a year ``@2019``, and every other number ``~``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_VALUES = {word: value for value, word in enumerate(_UNITS)} | {word: 10 * tens for tens, word in enumerate(_TENS, 2)}
_ONES = "|".join(_UNITS[1:10])
_WORDED = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{_ONES}))?|{'|'.join(reversed(_UNITS))})"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d+"
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)\.?"
)
_FISCAL = r"(?:fiscal\s+years?(?:\s*\(fy\))?|fys?\b|fy(?=\d)|\(fy\))\s*[-:]?\s*['‘’]?"
_YEAR = r"(?:19|20)\d\d"
_LONGEST_COUNT = 9
"""Digits of a count: nobody has more applications, but other long numbers stand in texts."""
_FIRST_YEAR, _LAST_YEAR = 1990, 2040


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text: as published but for white space, and with its numbers marked, in small letters."""

    text: str
    marked: str


def sentences(text: str) -> list[Sentence]:
    """Return the sentences of `text`; a heading or an item of a list is one as well."""
    return [Sentence(part, _marked(part) if _NUMBER.search(part) else part.lower()) for part in _split(text)]


_NUMBER = re.compile(rf"\d|\b(?:{'|'.join([*_VALUES, 'single'])})\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9•$])|\s+(?=•)|;\s+(?=[A-Z][a-z]+\s)")
_ABBREVIATED = re.compile(
    r"\b(?:no|u\.s|d\.c|approx|st|dr|mr|ms|e\.g|i\.e|vs|inc|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)$", re.IGNORECASE
)
_PARAGRAPH = re.compile(r"(?:[ \t]*\r?\n[ \t]*){2,}")


def _split(text: str) -> Iterator[str]:
    for paragraph in _PARAGRAPH.split(text):
        plain = " ".join(paragraph.split())
        begin = 0
        for stop in _STOP.finditer(plain):
            if stop[0][0] == "." and _ABBREVIATED.search(plain, max(begin, stop.start() - 8), stop.start()):
                continue
            yield plain[begin : stop.end()].strip()
            begin = stop.end()
        if rest := plain[begin:].strip():
            yield rest


@dataclass(frozen=True, slots=True)
class _Marking:
    """What a piece of text is replaced by, where `pattern` finds it."""

    pattern: re.Pattern[str]
    mark: str


def _marking(pattern: str, mark: str) -> _Marking:
    return _Marking(re.compile(pattern), mark)


_BEFORE_COUNTS = (
    _marking(r"[–—−]", "-"),
    _marking(r"\$ ?\$? ?\d[\d,]*(?:\.\d+)*(?:,\d+)?(?: ?(?:million|billion|thousand|mil|m|k)\b)?", "~usd"),
    _marking(r"\d[\d,]*(?:\.\d+)?(?:\(\d+%\))? ?(?:%|percent\b|per cent\b)(?: ?\(~?\d+%\))?", "~share"),
    _marking(rf"\b{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?(?: ?- ?\d{{1,2}})?(?:,? {_YEAR})?\b", "~day"),
    _marking(rf"\b{_MONTHS},? {_YEAR}\b", "~day"),
    _marking(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b", "~day"),
)
_AFTER_YEARS = (
    _marking(r"\d[\d,]* ?(?:million|billion|thousand|hundred)\b", "~"),
    _marking(rf"\b(?:{_WORDED}) (?:million|billion|thousand|hundred)\b", "~"),
    _marking(r"\b\d[\d,]* ?(?:-|to) ?\d[\d,]*\b(?!\w)", "~range"),
    _marking(rf"\b(?:{_WORDED}) to (?:{_WORDED})\b", "~range"),
    _marking(r"\b\d+(?:\.\d+)+\w*", "~"),
    _marking(
        r"\b(phase|round|section|title|part|area|regions?|tier|level|year|class|cohort|goal|public law|listing|cfda|no\.?|#) #?"
        r"(?:\d[\d.,-]*|one\b|two\b|three\b)",
        r"\1 ~",
    ),
    _marking(r"\b\d+(?:st|nd|rd|th)\b", "~"),
    _marking(r"\b\d+[-(](?=[a-z])", "~-"),
    _marking(r"\b[a-z]+-?\d+\w*", "~"),
)


def _marked(sentence: str) -> str:
    text = sentence.lower()
    for marking in _BEFORE_COUNTS:
        text = marking.pattern.sub(marking.mark, text)
    text = _mark_years(text)
    for marking in _AFTER_YEARS:
        text = marking.pattern.sub(marking.mark, text)
    return _mark_counts(text)


_LATER_YEAR = rf"(?:\s*[-/]\s*(?:{_FISCAL}(?:{_YEAR}|\d\d)|{_YEAR})|[-/]\d\d|\s*(?:and|&)\s*{_YEAR})\b"
_FISCAL_YEAR = re.compile(rf"{_FISCAL}({_YEAR}|\d\d)\b(?:{_LATER_YEAR})?")
_BARE_YEAR = re.compile(
    rf"(?P<before>\b(?:received|reviewed|submitted|total of|from) )?(?<![@\w])(?P<year>{_YEAR})(?:\s?[-/]\s?(?:{_YEAR}|\d\d))?\b"
    r"(?P<noun>(?= (?:[a-z]+ ){0,2}(?:applica|proposal)))?"
)


def _mark_years(text: str) -> str:
    # Of "FY 2018 – FY 2019" the first counts: the cycle is named after the year in which it begins.
    text = _FISCAL_YEAR.sub(lambda found: f"@{_year(found.group(1))} ", text)
    return _BARE_YEAR.sub(_bare_year, text)


def _bare_year(found: re.Match[str]) -> str:
    """Mark a year; "received 2015 applications" speaks of a count."""
    if found["before"] and found["noun"] is not None:
        return found[0]
    return f"{found['before'] or ''}@{_year(found['year'])}"


def _year(digits: str) -> str:
    value = int(digits) if len(digits) == 4 else 2000 + int(digits)
    return str(value) if _FIRST_YEAR <= value <= _LAST_YEAR else "~"


_COUNT = re.compile(rf"(?<![\w@~#$.,/-])(?:(?P<worded>{_WORDED})\b|(?P<digits>{_DIGITS})\b(?![\w/.-]*\w)\+?)(?!-[a-z])")
_LIST_MARK = re.compile(r"\((?:\d{1,2}|[a-z])\)|(?<=\s)\d{1,2}\)")


def _mark_counts(text: str) -> str:
    # "seven (7)" is one count; what is left of "(7)" is the mark of an item.
    text = _COUNT.sub(_marked_count, _keep_worded(text))
    text = text.replace("a single ", "#1 ").replace("~ ~", "~")
    return " ".join(text.split())


def _keep_worded(text: str) -> str:
    """Take away the marks of items, and from "seven (7)" the digits."""
    text = re.sub(rf"\b({_WORDED}) ?\(\d[\d,]*\)", r"\1", text)
    text = re.sub(rf"\b({_DIGITS}) ?\((?:{_WORDED})\)", r"\1", text)
    return _LIST_MARK.sub(" ~) ", text)


def _marked_count(found: re.Match[str]) -> str:
    if found["digits"] is None:
        return f"#{_worded(found['worded'])}"
    digits = found["digits"].replace(",", "")
    return f"#{int(digits)}" if len(digits) <= _LONGEST_COUNT else "~"


def _worded(words: str) -> int:
    return sum(_VALUES[word] for word in re.split(r"[- ]", words))
