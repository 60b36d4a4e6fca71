"""What kind of organisation a name speaks of, by the words that name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

WORDS_OF_KIND = (
    ("college", "UNIVERSITY COLLEGE SEMINARY POLYTECHNIC UNIVERSITIES"),
    ("housing authority", "HOUSING+AUTHORITY"),
    ("school district", "SCHOOL+DISTRICT SCHOOLS ISD UNIFIED SCHOOL+CITY SCHOOL+COUNTY BOARD+EDUCATION CENTRAL+SCHOOL"),
    ("museum", "MUSEUM MUSEUMS GALLERY ZOO AQUARIUM BOTANICAL GARDEN"),
    ("library", "LIBRARY LIBRARIES ARCHIVES"),
    ("church", "CHURCH MINISTRIES MINISTRY CATHEDRAL DIOCESE CHAPEL SYNAGOGUE TEMPLE CHRISTIAN CATHOLIC LUTHERAN BAPTIST"),
    ("school", "SCHOOL ACADEMY PREP KINDERGARTEN MONTESSORI CHARTER"),
    ("arts", "ORCHESTRA SYMPHONY OPERA BALLET DANCE THEATER THEATRE MUSIC ARTS ART CHORUS FILM FESTIVAL"),
    ("health", "HOSPITAL MEDICAL HEALTH HEALTHCARE CLINIC HOSPICE CANCER NURSING"),
    ("tribe", "TRIBE TRIBES TRIBAL INDIANS NATION RANCHERIA PUEBLO"),
    ("utility", "WATER+DISTRICT SEWER UTILITY UTILITIES ELECTRIC SANITARY"),
    ("transport", "TRANSIT TRANSPORTATION AIRPORT PORT"),
    ("community action", "COMMUNITY+ACTION"),
    ("head start", "HEAD+START CHILD+CARE DAY+CARE"),
    ("housing", "HOUSING HOUSE HOMES APARTMENTS MANOR HABITAT SHELTER TOWERS VILLAS TERRACE"),
    ("youth", "BOYS GIRLS YOUTH YMCA YWCA SCOUTS CHILDREN CHILDRENS CAMP KIDS"),
    ("municipality", "CITY COUNTY TOWN TOWNSHIP VILLAGE BOROUGH MUNICIPALITY PARISH"),
    ("authority", "DISTRICT AUTHORITY COMMISSION STATE DEPARTMENT"),
    ("nature", "CONSERVANCY WILDLIFE RIVER LAND AUDUBON ENVIRONMENTAL ENVIRONMENT CONSERVATION WATER OCEAN FOREST CLIMATE"),
    ("think tank", "INSTITUTE POLICY RESEARCH STUDIES"),
    ("media", "TELEVISION RADIO PUBLIC BROADCASTING MEDIA PRODUCTIONS PRESS NEWS"),
    ("history", "HISTORICAL HISTORY HERITAGE PRESERVATION HISTORIC"),
    ("council", "COUNCIL HUMANITIES COMMITTEE"),
    ("society", "SOCIETY ASSOCIATION ALLIANCE COALITION LEAGUE FEDERATION NETWORK UNION"),
    ("foundation", "FOUNDATION FUND TRUST ENDOWMENT"),
    ("center", "CENTER CENTERS PROJECT SERVICES PROGRAM COMMUNITY ACTION"),
)  # fmt: skip
"""Kind → words of which one stands in the name, or several joined by + that all do; the first kind that fits counts."""


def kinds_of(names: pd.Series) -> pd.Series:
    """Return the first kind of ``WORDS_OF_KIND`` that fits each name (in normal form), NA where none does."""
    import pandas as pd

    wanted = [(kind, [frozenset(words.split("+")) for words in listed.split()]) for kind, listed in WORDS_OF_KIND]
    found = [
        next((kind for kind, listed in wanted if any(words <= spoken for words in listed)), None)
        for spoken in names.fillna("").astype(str).str.split().map(frozenset)
    ]
    # Housing projects and the like bear the number under which they were financed.
    return pd.Series(found, index=names.index, dtype="object").mask(names.str.contains(r"\d{3}", na=False), "numbered")
