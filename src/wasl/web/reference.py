"""The API's reference as a page of its own: the usual ones load scripts from other people's servers."""

from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse


def add_reference(api: FastAPI) -> None:
    """`/docs`: what `/openapi.json` says, to be read by people. No script, no style, nothing from elsewhere."""

    async def show(_: Request) -> HTMLResponse:
        return HTMLResponse(_page(api.openapi()))

    api.add_route("/docs", show, include_in_schema=False)


def _page(document: dict[str, Any]) -> str:
    title = escape(f"{document['info']['title']} {document['info']['version']}")
    calls = [
        _call(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [_schema(name, schema) for name, schema in document.get("components", {}).get("schemas", {}).items()]
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body>',
            f'<h1>{title}</h1><p>For programs: <a href="/openapi.json">/openapi.json</a></p>',
            *calls,
            "<h1>Shapes</h1>",
            *schemas,
            "</body></html>",
        )
    )


def _call(method: str, path: str, operation: dict[str, Any]) -> str:
    rows = [
        _row(f"{each['name']} ({each['in']})", _kind(each["schema"]), each.get("description", ""))
        for each in operation.get("parameters", [])
    ]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        rows.append(_row("body", _kind(content.get("schema", {})), kind))
    for status, answer in operation.get("responses", {}).items():
        kinds = ", ".join(_kind(content.get("schema", {})) for content in answer.get("content", {}).values())
        rows.append(_row(f"answer {status}", kinds, answer.get("description", "")))
    told = escape(operation.get("description") or operation.get("summary", ""))
    return f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2><p>{told}</p><table>{''.join(rows)}</table>"


def _schema(name: str, schema: dict[str, Any]) -> str:
    fields = schema.get("properties", {}).items()
    rows = [_row(field, _kind(about), about.get("description", "")) for field, about in fields]
    told = escape(schema.get("description", ""))
    return f'<h2 id="{escape(name)}"><code>{escape(name)}</code></h2><p>{told}</p><table>{"".join(rows)}</table>'


def _row(name: str, kind: str, told: str) -> str:
    return f"<tr><td><code>{escape(name)}</code></td><td>{kind}</td><td>{escape(told)}</td></tr>"


def _kind(schema: dict[str, Any]) -> str:
    """What a value is, as HTML; shapes with names are links."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(map(_kind, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if "enum" in schema:
        return " or ".join(escape(repr(value)) for value in schema["enum"])
    return escape(str(schema.get("type", "anything")))
