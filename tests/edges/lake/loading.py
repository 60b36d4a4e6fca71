"""Started by tests: loads files into a lake, and says which version is current. Arguments: lake, then paths."""

import sys
from pathlib import Path

from catalynx.lake import ingest

if __name__ == "__main__":
    print("ready", flush=True)
    print(ingest(Path(sys.argv[1]), sys.argv[2:]).version.id, flush=True)
