"""What a count in a sentence is of: applications that came in, awards that went out, or neither.

A count is told by the words before it and after it. ``SHAPES`` lists the ways in which listings say it, each with a sentence
that says it so; the first that fits decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Role = Literal["received", "reviewed", "applications", "awards", "awards_beside", "all", "both", "pool", "range", "other"]
"""``received`` and ``reviewed`` say what became of applications; ``applications`` only counts them. ``awards_beside`` are awards
only where applications stand beside them; ``pool`` is what awards were chosen from; ``all`` stands for as many awards as
applications, ``both`` for a count of the two; a ``range`` of awards is no count."""

_APPLICATION = (
    r"(?:(?:pre-?|sub)?applica(?:tions?|nts?)(?: packages?)?(?!-)|(?:pre-?)?proposals?|submissions?"
    r"|requests?(?! for (?:app|prop)))\b"
)
_AWARD = (
    r"(?:awards?|grants?|subgrants?|agreements?|contracts?|fellowships?|scholarships?|projects?|awardees|grantees|studies|centers"
    r"|loans?|offers of awards?)\b"
)
_ANY_NOUN = rf"(?:{_AWARD}|{_APPLICATION}|[a-z-]+s\b)"
_NO_NOUN = r"of|to|from|for|in|by|with|at|on|as|were|was|are|is|will|submitted|received|that|which|who|awards?|and"
_WORDS = rf"(?:(?!(?:{_NO_NOUN})\b)(?:[a-z/&'’()-]+|@\d+) )"
_NEW_AND_OLD = r"(?:new and (?:continuing|renewal|competing|continuation) )?"
_FEW = rf"(?:{_NEW_AND_OLD}{_WORDS}{{0,5}}(?:and {_WORDS}{{1,5}})?)"
_GIVE = (
    r"(?:issu(?:e|es|ed|ing)|ma(?:ke|kes|de|king)|award(?:s|ed|ing)?|fund(?:s|ed|ing)?|grant(?:s|ed|ing)?|select(?:s|ed|ing)?"
    r"|approv(?:e|es|ed|ing)|recommend(?:s|ed|ing)?|executed|support(?:s|ed|ing)?)"
)
_CHOSEN = r"(?:awarded|funded|granted|selected(?! (?:for|to) (?:review|interview|submit))|approved|recommend(?:ed)?|supported)"
_MADE = rf"(?:{_CHOSEN}|made|issued|issues|executed|finalized|anticipated|expected|planned|projected)"
_BE = (
    r"(?:(?:have|has|had|will|would|are|is|were|was|be|been|being|to|expected|anticipated|estimated|planned|projected|likely|also"
    r"|only|[a-z]+ly) )*"
)
_ABOUT = (
    r"(?:(?:approximately|about|around|roughly|over|only|just|nearly|almost|up to|at least|as many as|more than|an?|the|estimated"
    r"|additional|another|total of|maximum of|of|its|new|for|all) )*"
)
_CAME = r"(?:receiv(?:e|es|ed|ing)|submitted|anticipat(?:e|es|ed|ing)|expect(?:s|ed|ing)?)"
_LOOKED = r"(?:review(?:s|ed|ing)?|considered|evaluated|accepted)"
_SENDERS = r"(?:states|tribes|institutions|organizations|organisations|agencies|entities|universities|communities|jurisdictions)"


@dataclass(frozen=True, slots=True)
class Shape:
    """One way of saying a count: what stands before it (up to it) and after it, in the marks of `competition_words`."""

    role: Role
    before: re.Pattern[str]
    after: re.Pattern[str]
    example: str


def _shape(role: Role, before: str, after: str, example: str) -> Shape:
    return Shape(role, re.compile(rf"(?:{before})$"), re.compile(after), example)


_IN_A_LIST = rf"#\d+(?: (?!{_APPLICATION}|received|submitted|reviewed)[a-z-]+){{0,2}},? and "

SHAPES = (
    _shape(
        "both",
        "",
        rf" {_SENDERS} {_BE}submit(?:ted)? applications and (?:were|be) (?:awarded|funded)\b",
        "19 states submitted applications and were awarded assistance agreements.",
    ),
    _shape(
        "both",
        rf"\breceive[sd]? and (?:fund|award)(?:s|ed)? {_ABOUT}",
        rf" {_FEW}{_APPLICATION}",
        "The program receives and funds approximately 635 proposals annually.",
    ),
    _shape(
        "other",
        r"\b(?:doubled|tripled|compared (?:to|with)|up from|increase[ds]? from|versus|previous|prior) (?:the )?",
        "",
        "This doubled the 3,300 applications of 2023.",
    ),
    # One of several counts of awards is not the sum of them.
    _shape("other", _IN_A_LIST, rf" {_FEW}{_ANY_NOUN}", "Of these, 7 general, 4 AIS, and 4 PFAS proposals were funded."),
    _shape(
        "other",
        "",
        rf" {_WORDS}{{0,5}}{_AWARD},? (?:and|plus) #\d+ {_WORDS}{{0,5}}{_AWARD}",
        "It issued 5 grants and 6 cooperative agreements.",
    ),
    _shape(
        "other",
        "",
        rf" {_FEW}(?:non-?competi\w+|continuations?|continuing|supplement\w*|renewals?|amendments?)\b(?! and)",
        "In addition, 11 non-competing continuations were issued.",
    ),
    _shape(
        "other",
        r"",
        rf" {_FEW}(?:letters? of|lois?\b|project letters|concept papers|amendment requests)",
        "Received 25 letters of intent.",
    ),
    _shape(
        "other",
        "",
        rf" {_FEW}(?:technical assistance|reimbursement|amendment|information) requests",
        "539 technical assistance requests came in.",
    ),
    _shape(
        "other",
        r"(?:and|including|remaining|declined|invited) ",
        rf" {_FEW}(?:{_APPLICATION} )?(?:{_BE})?(?:declined|rejected|withdrawn|ineligible)",
        "The remaining 28 proposals were declined.",
    ),
    _shape(
        "other",
        "",
        rf" of (?:the|those|these) #\d+ {_FEW}(?:awards|grants)\b",
        "VA awarded 92 of those 407 grants a longer term.",
    ),
    _shape(
        "other",
        "",
        rf" {_FEW}{_APPLICATION} (?:that|which) (?:were|was) not\b",
        "Two proposals that were not funded in 2015 came again.",
    ),
    _shape(
        "other",
        "",
        r"[^.;#]{0,60} (?:to any (?:one|#1)|per (?:applicant|institution|state))\b",
        "It would award up to two awards to any one institution.",
    ),
    _shape("other", r"\b(?:limit|maximum) of ", "", "An applicant may have a maximum of two awards."),
    # Labels: "Number of awards made: 16".
    _shape(
        "awards",
        rf"(?:number of|new|total) {_AWARD}[^#.;]{{0,60}}[:;=-] ?(?:@\d+ ?[:-]? ?)?",
        "",
        "New awards for the STAR Program - FY 24: 14.",
    ),
    _shape("awards", r"\b(?:awards?|grants?) (?:made|issued|granted) ?[:;=-] ?(?:@\d+ ?[:-]? ?)?", "", "Awards made: 16."),
    _shape("awards", r"\b(?:awards?|grants?) (?:made|issued|granted|funded) ", r" ?(?:[.,;]|$)", "Awards made 1."),
    _shape("awards", rf"\b{_CHOSEN} ?[:=-] ?", "", "Applicants: 17, awarded: 13."),
    _shape("received", rf"{_APPLICATION} received ", r" ?(?:[.,;]|$)", "Applications received 1; awards made 1."),
    _shape(
        "awards",
        rf"number of {_AWARD}[^#.;]{{0,40}} (?:is|was|were|to be) (?:also )?{_ABOUT}",
        "",
        "The number of awards made in 2018 was also 20.",
    ),
    _shape(
        "received",
        rf"{_APPLICATION}(?:(?!funded|awarded|were|was)[^#.;:]){{0,60}}[:=-] ?(?:@\d+ ?[:-]? ?)?",
        r"(?! ?(?:awards|grants|to\b))",
        "Applications received for the STAR Program - FY 24: 249.",
    ),
    _shape("received", rf"number of {_APPLICATION} received ?; ?", "", "Number of applications received; 19."),
    _shape(
        "received",
        rf"{_APPLICATION} received (?:is|was|were) {_ABOUT}",
        "",
        "Actual applications received were 50 compared to 37 in FY 2015.",
    ),
    _shape(
        "received",
        rf"number of {_APPLICATION}[^#.;]{{0,40}} (?:is|was|were|to be) {_ABOUT}",
        "",
        "The number of applications received in FY 2018 was 20.",
    ),
    # What awards were chosen from.
    _shape(
        "pool",
        rf"(?:from|out of|among) {_ABOUT}(?:pool of )?{_ABOUT}",
        rf" {_FEW}{_APPLICATION}",
        "37 grant awards are anticipated out of 550 applications received.",
    ),
    _shape(
        "pool",
        r"#\d+(?: [a-z]+){0,3} (?:out )?of (?:the |these |those )?",
        rf" {_FEW}{_APPLICATION}",
        "Only six of the seven proposals were funded.",
    ),
    # Awards, said of them: "6 proposals were funded"; "17 were selected".
    _shape("awards", "", rf" {_FEW}{_AWARD} {_BE}{_MADE}\b", "Six awards were made."),
    _shape("awards", "", rf"(?: {_FEW}{_ANY_NOUN})? {_BE}{_CHOSEN}\b(?! for review)", "Six proposals were funded."),
    _shape(
        "awards",
        "",
        rf" of (?:the|these|those|them)(?: #\d+)?(?: {_FEW}{_ANY_NOUN})? {_BE}{_CHOSEN}\b",
        "Only six of the seven proposals were funded.",
    ),
    _shape(
        "awards",
        "",
        rf" {_FEW}{_ANY_NOUN} (?:across|from|in|by) [^.;,]{{0,90}}(?:were|was) {_CHOSEN}\b",
        "Eighteen proposals across the 16 states were supported.",
    ),
    # Awards, said of who gives: "issued 12 awards"; "funded 47".
    _shape(
        "awards",
        rf"\b{_GIVE} {_ABOUT}",
        rf" {_FEW}{_ANY_NOUN}(?! (?:were|was) (?:received|reviewed|submitted))",
        "The program issued 12 awards.",
    ),
    _shape(
        "awards",
        rf"\b{_GIVE} {_ABOUT}",
        r"(?: of (?:them|these|those|which|the)\b| out of\b| ?[.,;)]| ?$| for\b)",
        "It received 58 applications, and funded 47.",
    ),
    _shape("awards", rf"\b{_AWARD} to {_ABOUT}", rf" {_FEW}{_ANY_NOUN}", "Issued awards to 23 agencies."),
    _shape(
        "awards",
        rf"\b(?:award\w*|providing|provided|gave)\b[^#.;]{{0,80}} (?:awards|grants|funding|assistance) to {_ABOUT}",
        rf" {_FEW}{_ANY_NOUN}",
        "It provided $2.0 million in funding to 166 credit unions.",
    ),
    _shape(
        "awards",
        rf"\b(?:available|used) (?:to support|for) {_ABOUT}",
        rf" {_FEW}{_AWARD}",
        "About $1.7 million is available for eight awards.",
    ),
    # Applications.
    _shape("received", rf"\b{_CAME} {_ABOUT}", rf" {_FEW}{_APPLICATION}", "The program received 32 applications."),
    _shape(
        "received",
        "",
        rf" {_FEW}{_APPLICATION}[^#.;]{{0,90}}?\b(?:received|submitted|anticipated|expected)\b",
        "A total of 44 applications, requesting $20,832,046, were received.",
    ),
    _shape(
        "received", "", rf" {_SENDERS}(?: and [a-z]+)? (?:submitted|applied)\b", "Thirty-three states submitted applications."
    ),
    _shape("received", "", rf" projects {_BE}(?:received|submitted)\b", "A total of 62 projects were received."),
    _shape("reviewed", rf"\b{_LOOKED} {_ABOUT}", rf" {_FEW}{_APPLICATION}", "NIFA reviewed 77 proposals."),
    _shape("reviewed", "", rf" {_FEW}{_APPLICATION}[^#.;]{{0,40}}?\b{_LOOKED}\b", "Seventeen applications were reviewed."),
    _shape("applications", "", rf" {_FEW}{_APPLICATION}", "4 applications, 4 awards."),
    _shape("awards_beside", "", rf" {_FEW}(?:awards?|grants?|agreements?)\b", "4 applications, 4 awards."),
)


_FAR_BEFORE, _FAR_AFTER = 140, 200
_COUNT = re.compile(r"#(\d+)")
_ALL = re.compile(
    rf"\b{_GIVE} all (?:of (?:them|these|which)|(?:the )?{_ANY_NOUN})"
    rf"|\ball (?:of (?:them|these|which) |{_ANY_NOUN} |which )?{_BE}{_CHOSEN}\b"
    rf"|(?<=received and )(?:{_BE})(?:awarded|funded|approved)\b"
)
_TELLING = re.compile(r"applica|propos|submi|request|award|fund|grant|select|approv|issu|agreement|project|made|making|recommend")
_RANGE = re.compile(rf"~range {_FEW}{_AWARD}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A count of applications or awards, and where in its marked sentence it stands; no `count` where it is "all"."""

    role: Role
    count: int | None
    begin: int
    end: int


def mentions(marked: str) -> list[Mention]:
    """Return the counts of applications and awards of a marked sentence, in order."""
    if not _TELLING.search(marked):
        return []
    found = [
        Mention(role, int(count.group(1)), count.start(), count.end())
        for count in _COUNT.finditer(marked)
        if (role := role_of(marked[: count.start()], marked[count.end() :])) != "other"
    ]
    found += [Mention("all", None, every.start(), every.end()) for every in _ALL.finditer(marked)]
    found += [Mention("range", None, some.start(), some.end()) for some in _RANGE.finditer(marked)]
    return sorted(found, key=lambda mention: mention.begin)


def role_of(before: str, after: str) -> Role:
    """Return what a count is of, by the marked words `before` and `after` it."""
    shape = shape_of(before, after)
    return "other" if shape is None else shape.role


def shape_of(before: str, after: str) -> Shape | None:
    """Return the shape that decides what a count is of; None where none fits."""
    before, after = before[-_FAR_BEFORE:], after[:_FAR_AFTER]
    return next((shape for shape in SHAPES if shape.before.search(before) and shape.after.match(after)), None)
