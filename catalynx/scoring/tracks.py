"""Which kind of giver is it? Foundation, federal, other government or corporate, told from the master file and the name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


_COMPANY = re.compile(
    r"\b(?:corporation|corp|company|companies|bank|bancorp|bancshares|insurance|mutual|airlines?|airways|electric|energy|motors?|"
    r"industries|pharmaceuticals?|stores|telephone|utilities|technologies|holdings|brands|llc|llp|johnson & johnson)\b"
    r".*\b(?:foundation|fund|trust|giving|philanthrop)",
    re.IGNORECASE,
)
# Initials, two given names before one family name, or what says that it is somebody's.
_PERSONAL = re.compile(
    r"\b(?:family|fam|memorial|testamentary)\b|\bchar(?:itable)? (?:tr|trust)\b|\b[a-z] [a-z]\w+"
    r"|\b[a-z]+ (?:and|&) [a-z]+ (?!found|fund)[a-z]+",
    re.IGNORECASE,
)
_GOVERNMENT = re.compile(
    r"^(?:the )?(?:state|commonwealth|city|town|county|village|government) of\b|\b(?:county|city) (?:government|council)\b"
    r"|^[a-z .]+ (?:state|county|city) (?:department|division|office|agency|commission)\b",
    re.IGNORECASE,
)
CORPORATE_NTEE, GOVERNMENTAL_UNIT = "T21", "14"


def tell_tracks(candidates: pd.DataFrame) -> pd.DataFrame:
    """Say on which track each candidate is, and how that is told.

    Programs of the Assistance Listings and opportunities are federal unless their agency is a state's or a place's. A
    foundation is
    ``government`` where the master file calls it a governmental unit (foundation code 14) or its name is that of one,
    ``corporate`` where its name names a company or its NTEE code is T21 (corporate foundations) and its name is not a
    person's or a family's, since T21 is often filed by family foundations; else ``foundation``.

    Returns
    -------
    frame on the candidates' index: ``track``, ``track_reason``
    """
    import pandas as pd

    def texts(name: str) -> pd.Series:
        return candidates[name].astype("str") if name in candidates else pd.Series(pd.NA, candidates.index, dtype="str")

    federal = candidates["kind"] != "foundation"
    names = texts("funder_name").fillna("")
    corporate_code = texts("funder_ntee_code").str.startswith(CORPORATE_NTEE).fillna(False).astype(bool)
    company = names.str.contains(_COMPANY).astype(bool)
    personal = names.str.contains(_PERSONAL).astype(bool)
    unit = texts("funder_code").eq(GOVERNMENTAL_UNIT).fillna(False).astype(bool)
    governs = names.str.contains(_GOVERNMENT).astype(bool)
    track = pd.Series("foundation", candidates.index, dtype="str")
    why = pd.Series("a foundation on record, and nothing says that it is a company's", candidates.index, dtype="str")
    rules = [
        (federal, "federal", "listed by the federal government"),
        (~federal & corporate_code & ~personal, "corporate", "its NTEE code in the master file is T21, corporate foundations"),
        (~federal & company, "corporate", "its name is that of a company's foundation"),
        (~federal & unit, "government", "the master file calls it a governmental unit"),
        (governs, "government", "its name is that of a state, county or city"),
    ]
    for holds, name, reason in rules:
        track, why = track.mask(holds, name), why.mask(holds, reason)
    return pd.DataFrame({"track": track, "track_reason": why})
