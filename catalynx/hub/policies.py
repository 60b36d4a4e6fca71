"""Content-Security-Policies: of pages, of pages without scripts, and of what is no page."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

BARE: Final = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
"""Of what is no page: nothing in it is run, shown or fetched, should a browser take it for one."""
POLICY: Final = (
    BARE + "; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; script-src 'self' 'nonce-{nonce}'; "
    "style-src 'self' 'unsafe-inline'"
)
"""Of a page. Figures and tables set styles on their elements as they go, which no nonce can allow."""
_STILL: Final = re.compile(re.escape(BARE) + r"; img-src 'self' data:; style-src 'sha256-[A-Za-z0-9+/]{43}='")


def still(style: str) -> str:
    """Return the policy of a page without scripts whose one style is `style`."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"{BARE}; img-src 'self' data:; style-src 'sha256-{digest}'"


def is_less(policy: str) -> bool:
    """Say whether a route may have the policy that it asks for: a sandbox with an origin of its own, or one of a `still` page."""
    return (policy.startswith("sandbox") and "allow-same-origin" not in policy) or _STILL.fullmatch(policy) is not None
