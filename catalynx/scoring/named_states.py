"""States that a title names: "Missouri Conservation Partnership" is hardly meant for Vermont."""

from __future__ import annotations

import re

_NAMES = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,FL Florida,GA Georgia,"
    "HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,"
    "MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,"
    "NJ New Jersey,NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,"
    "PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,"
    "WA Washington State,WV West Virginia,WI Wisconsin,WY Wyoming,PR Puerto Rico,GU Guam,VI Virgin Islands,"
    "AS American Samoa"
)
STATE_NAMES = {name: code for code, _, name in (entry.partition(" ") for entry in _NAMES.split(","))}
"""Name → two letters. "Washington" alone is left out: it is the capital as often as the state."""

# A river, a university or a country of the same name is no limit on who may apply.
_NAMED = re.compile(
    r"(?<!Republic of )(?<!Gulf of )(?<!University of )\b("
    + "|".join(sorted(STATE_NAMES, key=len, reverse=True))
    + r")\b(?! (River|Valley|Basin|Delta|Sound|Bay|Avenue|University|State University|Trail|Plateau))"
)
_FOREIGN = re.compile(r"\b(Tbilisi|embassy|caucasus|mexico(?! city)|armenia|azerbaijan)\b", re.IGNORECASE)


def states_named(title: str) -> tuple[str, ...]:
    """Return the two letters of the states that a title names, in alphabetical order; none where it speaks of other countries.

    Examples
    --------
    >>> states_named("Missouri Conservation Partnership, Outreach, and Education")
    ('MO',)
    """
    if _FOREIGN.search(title.replace("New Mexico", "")):
        return ()
    return tuple(sorted({STATE_NAMES[found[1]] for found in _NAMED.finditer(title)}))


def spelled_states(codes: tuple[str, ...]) -> str:
    """Name the states behind two-letter codes."""
    names = {code: name for name, code in STATE_NAMES.items()}
    return ", ".join(names[code] for code in codes)
