"""Who is tied to whom: people on several boards, funders that share grantees, and the shortest ways through both.

Pure: arrays and frames in, arrays and frames out. ``catalynx.lake.ties`` reads what goes in, ``catalynx.lookups.network`` asks.
"""

from catalynx.relations.cofunding import Funding, funding_of
from catalynx.relations.graph import Graph, Hop, make_graph
from catalynx.relations.people import CERTAIN, LIKELY, POSSIBLE, how_sure, link_seats, sure_class

__all__ = [
    "CERTAIN", "LIKELY", "POSSIBLE", "Funding", "Graph", "Hop", "funding_of", "how_sure", "link_seats", "make_graph",
    "sure_class",
]  # fmt: skip
