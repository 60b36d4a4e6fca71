"""Small pages that the gate itself shows: why somebody may not come in, or that the hub cannot be reached."""

from __future__ import annotations

from html import escape
from typing import Final

STYLE: Final = (
    ":root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1.5rem}"
)


def notice(title: str, why: str, *, link: tuple[str, str] | None = None, go_on: bool = False) -> bytes:
    """Return a page with a title, a sentence or two, and perhaps a link.

    Parameters
    ----------
    title, why : text; what data or people wrote is inert in it
    link : address of our own and what it is called
    go_on : follow the link by itself (a form may not lead to another host, a page may)
    """
    more = f'<p><a href="{escape(link[0])}">{escape(link[1])}</a></p>' if link else ""
    refresh = f'<meta http-equiv="refresh" content="0; url={escape(link[0])}">' if link and go_on else ""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}'
        f"<title>{escape(title)} · Catalynx</title><style>{STYLE}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(why)}</p>{more}</main></body></html>\n"
    ).encode()
