"""Who runs an organisation: the officers, directors and trustees of its latest return, by name and role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from catalynx.columns import empty_frame

if TYPE_CHECKING:
    import pandas as pd

    from catalynx.workflows import Workspace

MOST_PEOPLE: Final = 100
NO_NUMBER = "its EIN is not on record, so no return can be found for it"
_LATEST: Final = """
    SELECT * FROM people WHERE ein = ? AND tax_year = (SELECT max(tax_year) FROM people WHERE ein = ?)
    ORDER BY place, person_name LIMIT ?"""


@dataclass(frozen=True)
class Officers:
    """The people of an organisation.

    Attributes
    ----------
    people : rows of the table ``people`` of its latest return, in the order of the return
    unknown : why none is known; None where some are
    """

    people: pd.DataFrame
    unknown: str | None


def officers(workspace: Workspace, ein: Any) -> Officers:
    """Return the people of the latest return of an organisation.

    Parameters
    ----------
    ein : nine digits; missing where the number is not known

    Raises
    ------
    LakeEmpty
    """
    if not isinstance(ein, str):
        return Officers(empty_frame("people"), NO_NUMBER)
    found = workspace.lake.sql(_LATEST, [ein, ein, MOST_PEOPLE])
    why = f"no return of EIN {ein[:2]}-{ein[2:]} that lists officers is in the lake; `catalynx ingest PATH` reads e-filed returns"
    return Officers(found, why if found.empty else None)
