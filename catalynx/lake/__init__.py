"""Frames → versioned Parquet → queries.

A lake is a folder::

    lake/
      parts/<source>-<digest>/   what one reader got out of one file; written once, never changed
      versions/<id>/             tables made from a set of parts, with a manifest of sizes and checksums
      current -> versions/<id>   a link that is replaced in one atomic rename

`ingest` adds files, `open_lake` gives a snapshot to query; a snapshot keeps its version however often the lake changes.
"""

import os

# Arrow's own pool keeps what was freed: a load took a third more memory and time with it. Arrow looks when it is first imported.
os.putenv("ARROW_DEFAULT_MEMORY_POOL", "system")

from catalynx.lake.ingestion import Ingested, ingest
from catalynx.lake.snapshot import Snapshot, open_lake
from catalynx.lake.versions import Version, prune, use, verify, versions

__all__ = ["Ingested", "Snapshot", "Version", "ingest", "open_lake", "prune", "use", "verify", "versions"]
