"""What a page, a route or a command asks beside deciding: search, one organisation, the figures of a profile, charts, a takeout.

Each function does one whole job over a workspace, as those of ``catalynx.workflows`` do, and gives plain values or frames.
"""
