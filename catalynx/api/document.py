"""The OpenAPI document of the API, and a page made of it."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final

from catalynx.api.models.basics import ProblemAnswer

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX: Final = "/api"
STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1c2430; background: #fff; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #b8bec7; } h3 { margin: 2rem 0 .25rem; font-size: 1rem; }
h3 code { font-size: 1rem; } .needs { color: #59626e; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e3e6ea; }
pre { background: #f4f5f7; padding: .75rem; overflow-x: auto; font-size: .85rem; } a { color: #005a8e; }
@media (prefers-color-scheme: dark) { body { background: #14181d; color: #e6e9ed; } pre { background: #1e242b; }
a { color: #7cc4f2; } th, td { border-color: #39424d; } .needs { color: #a7b0bb; } }
"""


def openapi_of(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document; made once."""
    if api.openapi_schema is None:
        document = api.openapi()
        document["servers"] = [{"url": PREFIX}]
        schemas = document["components"]["schemas"]
        problem = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas[ProblemAnswer.__name__] = problem
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        for found in operations(document):
            _tell_refusals(found[2])
        api.openapi_schema = document
    return api.openapi_schema


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return each operation of a document: path, method in capitals, and what is said of it."""
    return [
        (path, method.upper(), told)
        for path, item in document["paths"].items()
        for method, told in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def _tell_refusals(operation: dict[str, Any]) -> None:
    """Write our own words where FastAPI writes its own shape of a refusal."""
    told = operation["responses"].get("422", {})
    content = told.get("content", {})
    if "application/json" in content:
        schema = {"schema": {"$ref": f"#/components/schemas/{ProblemAnswer.__name__}"}}
        operation["responses"]["422"] = {"description": "A field cannot be used", "content": {"application/problem+json": schema}}


def page_of(document: dict[str, Any]) -> str:
    """Return the document as HTML, without a script."""
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, method, told in operations(document):
        groups.setdefault(told.get("tags", ["others"])[0], []).append((path, method, told))
    listed = "".join(f'<li><a href="#{_anchor(name)}">{escape(name)}</a></li>' for name in groups)
    body = "".join(
        f'<h2 id="{_anchor(name)}">{escape(name.capitalize())}</h2>{"".join(_operation(document, *one) for one in members)}'
        for name, members in groups.items()
    )
    title = f"{document['info']['title']} API {document['info']['version']}"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body><main>'
        f"<h1>{escape(title)}</h1><p>{escape(document['info'].get('description', ''))}</p>"
        f'<p>For programs: <a href="openapi.json">openapi.json</a></p><nav aria-label="Groups"><ul>{listed}</ul></nav>{body}'
        "</main></body></html>"
    )


def _anchor(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name.lower())


def _operation(document: dict[str, Any], path: str, method: str, told: dict[str, Any]) -> str:
    parameters = "".join(_parameter(one) for one in told.get("parameters", []))
    table = (
        f"<table><thead><tr><th>parameter</th><th>in</th><th>what</th></tr></thead><tbody>{parameters}</tbody></table>"
        if parameters else ""
    )  # fmt: skip
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    example = _example(document, body) if body else None
    shown = f"<p>Body, for example:</p><pre>{escape(json.dumps(example, indent=1, ensure_ascii=False))}</pre>" if example else ""
    answers = ", ".join(escape(status) for status in sorted(told["responses"]))
    return (
        f"<section><h3><code>{method} {PREFIX}{escape(path)}</code></h3><p><strong>{escape(told.get('summary', ''))}.</strong> "
        f'{escape(told.get("description", ""))} <span class="needs">Needs: {escape(told.get("x-permission", ""))}. '
        f"Answers: {answers}.</span></p>{table}{shown}</section>"
    )


def _parameter(one: dict[str, Any]) -> str:
    words = one.get("description") or one.get("schema", {}).get("description", "")
    needed = " (required)" if one.get("required") else ""
    return f"<tr><td><code>{escape(one['name'])}</code>{needed}</td><td>{escape(one['in'])}</td><td>{escape(words)}</td></tr>"


def _example(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    for one in (schema, *schema.get("anyOf", ())):
        if "$ref" in one:
            one = document["components"]["schemas"][one["$ref"].rpartition("/")[2]]
        if "example" in one:
            return one["example"]
    return None
