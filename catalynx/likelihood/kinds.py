"""What kind of organisation a name speaks of, by the words that name one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

WORDS_OF_KIND = (
    ("college", "UNIVERSITY COLLEGE SEMINARY POLYTECHNIC UNIVERSITIES"),
    ("district", "DISTRICT ISD SCHOOLS CITY COUNTY TOWN TOWNSHIP VILLAGE BOROUGH MUNICIPALITY STATE AUTHORITY PARISH COMMISSION"),
    ("school", "SCHOOL ACADEMY PREP KINDERGARTEN MONTESSORI CHARTER"),
    ("church", "CHURCH MINISTRIES MINISTRY CATHEDRAL DIOCESE CHAPEL SYNAGOGUE TEMPLE CHRISTIAN CATHOLIC LUTHERAN BAPTIST"),
    ("museum", "MUSEUM MUSEUMS GALLERY ZOO AQUARIUM BOTANICAL GARDEN"),
    ("library", "LIBRARY LIBRARIES ARCHIVES"),
    ("health", "HOSPITAL MEDICAL HEALTH CLINIC HOSPICE CANCER NURSING"),
    ("arts", "ORCHESTRA SYMPHONY OPERA BALLET DANCE THEATER THEATRE MUSIC ARTS ART CHORUS FILM FESTIVAL"),
    ("housing", "HOUSING HOUSE HOMES APARTMENTS MANOR HABITAT SHELTER TOWERS VILLAS"),
    ("youth", "BOYS GIRLS YOUTH YMCA YWCA SCOUTS CHILDREN CHILDRENS CAMP KIDS"),
    ("nature", "CONSERVANCY WILDLIFE RIVER LAND AUDUBON ENVIRONMENTAL ENVIRONMENT CONSERVATION WATER OCEAN FOREST CLIMATE"),
    ("think tank", "INSTITUTE POLICY RESEARCH STUDIES"),
    ("media", "TELEVISION RADIO PUBLIC BROADCASTING MEDIA PRODUCTIONS PRESS NEWS"),
    ("history", "HISTORICAL HISTORY HERITAGE PRESERVATION HISTORIC"),
    ("council", "COUNCIL HUMANITIES COMMITTEE"),
    ("society", "SOCIETY ASSOCIATION ALLIANCE COALITION LEAGUE FEDERATION NETWORK UNION"),
    ("foundation", "FOUNDATION FUND TRUST ENDOWMENT"),
    ("center", "CENTER CENTERS PROJECT SERVICES PROGRAM COMMUNITY ACTION"),
)  # fmt: skip


def kinds_of(names: pd.Series) -> pd.Series:
    """Return the first kind of ``WORDS_OF_KIND`` of which a word stands in each name (in normal form), NA where none does."""
    import pandas as pd

    words = [(kind, frozenset(listed.split())) for kind, listed in WORDS_OF_KIND]
    spoken = names.fillna("").astype(str).str.split().map(frozenset)
    found = [next((kind for kind, listed in words if listed & said), None) for said in spoken]
    # Housing projects and the like bear the number under which they were financed.
    return pd.Series(found, index=names.index, dtype="object").mask(names.str.contains(r"\d{3}", na=False), "numbered")
