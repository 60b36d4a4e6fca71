"""Which colour means what, on every page and in every report.

The palette is Okabe and Ito's, made for colour-blind readers [Okabe and Ito 2008, Color Universal Design].
No meaning rests on colour alone: each figure also says it in words.
"""

from __future__ import annotations

from typing import Final

BLUISH_GREEN: Final = "#009E73"
BLUE: Final = "#0072B2"
SKY_BLUE: Final = "#56B4E9"
ORANGE: Final = "#E69F00"
VERMILLION: Final = "#D55E00"
REDDISH_PURPLE: Final = "#CC79A7"
GREY: Final = "#8C939D"

CLASSES: Final[dict[str, str]] = {
    "pursue now": BLUISH_GREEN,
    "prepare": BLUE,
    "consider later": SKY_BLUE,
    "monitor": REDDISH_PURPLE,
    "decline": GREY,
}
"""What to do about a candidate, best first, with its colour."""

ACCENT: Final = BLUE
"""The one thing to look at."""

WARNING: Final = VERMILLION
"""What speaks against, or is late."""

QUIET: Final = "#B8BEC7"
"""What is there for comparison."""

OUTLINE: Final = "#59626E"
"""A thin line around marks, so that pale ones stand out from paper and from a dark page alike."""

INK: Final = "#1C2430"
"""Text on paper; a dashboard overrides it by its style sheet."""
