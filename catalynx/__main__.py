"""``python -m catalynx`` is ``catalynx``."""

from catalynx.cli import main

main()
