"""Contact details in published text: found and blanked, never kept."""

from __future__ import annotations

import re

_E_MAIL = re.compile(r"[\w.+'-]+(?:@|\s?\[at\]\s?|\s?\(at\)\s?)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.$-])(?:\+?1[ .-]?)?(?:\(\d{3}\)|\d{3})[ .–-]{0,2}\d{3}[ .–-]\d{4}(?![\w-])")


def blank_contacts(text: str) -> str:
    """Return `text` with ``[contact]`` in place of e-mail addresses and phone numbers."""
    if "@" in text or "at]" in text or "(at)" in text.lower() or "[AT]" in text:
        text = _E_MAIL.sub("[contact]", text)
    return _PHONE.sub("[contact]", text)
