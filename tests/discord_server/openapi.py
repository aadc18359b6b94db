"""Discord's own description of its REST API, and a validator for the JSON Schema it uses.

`openapi.json.gz` is Discord's (MIT, see `openapi.LICENSE`).
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .errors import Problem

FILE = Path(__file__).with_name("openapi.json.gz")
_REFERENCE = "#/components/schemas/"
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "object": dict,
    "array": list,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
_BITS = {"int32": 31, "int64": 63}
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One route and method of the description."""

    method: str
    template: str
    pattern: re.Pattern[str]
    path_schemas: Mapping[str, Any]
    query_schemas: Mapping[str, Any]
    body_schema: Any
    """Of `application/json` or of `payload_json`; None where no body is taken."""
    responses: Mapping[str, Any]
    """Status -> schema of its JSON."""

    @property
    def name(self) -> str:
        """`POST /channels/{channel_id}/messages`."""
        return f"{self.method} {self.template}"


class Description:
    """Finds routes and says what is wrong with what is sent to them."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        found = [
            _operation(method, template, item)
            for template, item in document["paths"].items()
            for method in item
            if method != "parameters"
        ]
        # Words before parameters, so that `/users/@me` is not read as a user's id.
        self._operations = sorted(found, key=lambda operation: operation.template.count("{"))

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation that a request means, with its path's parameters; None: there is none."""
        for operation in self._operations:
            if operation.method == method and (match := operation.pattern.fullmatch(path)):
                return operation, match.groupdict()
        return None

    def path_problems(self, operation: Operation, values: Mapping[str, str]) -> list[Problem]:
        """What is wrong with the ids in the path."""
        problems: list[Problem] = []
        for name, value in values.items():
            problems += self.problems(operation.path_schemas[name], value, (name,))
        return problems

    def query_problems(self, operation: Operation, query: Mapping[str, str]) -> list[Problem]:
        """What is wrong with the query; parameters that are not described are ignored, as Discord does."""
        problems: list[Problem] = []
        for name, text in query.items():
            schema = operation.query_schemas.get(name)
            if schema is not None:
                problems += self.problems(schema, _from_text(text, schema), (name,))
        return problems

    def body_problems(self, operation: Operation, body: Any) -> list[Problem]:
        """What is wrong with a JSON body."""
        return self.problems(operation.body_schema, body, ()) if operation.body_schema else []

    def answer_problems(self, operation: Operation, status: int, body: Any) -> list[Problem]:
        """What is wrong with what this server answers: it must be what Discord could answer."""
        schema = operation.responses.get(str(status))
        return self.problems(schema, body, ()) if schema else []

    def problems(self, schema: Any, value: Any, path: Path_) -> list[Problem]:
        """All that is wrong with a value; empty when it fits."""
        if "$ref" in schema:
            name = schema["$ref"].removeprefix(_REFERENCE)
            if name == "SnowflakeType" and type(value) is int and value >= 0:
                return []  # discord.py sends some ids as numbers, and Discord takes them
            return self.problems(self._schemas[name], value, path)
        problems = _type_problems(schema, value, path)
        if problems:
            return problems
        for part in schema.get("allOf", ()):
            problems += self.problems(part, value, path)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                problems += self._union(schema[key], value, path)
        return problems + _value_problems(schema, value, path) + self._inside(schema, value, path)

    def _union(self, options: list[Any], value: Any, path: Path_) -> list[Problem]:
        if all("const" in option for option in options):
            known = [option["const"] for option in options]
            return [] if value in known else [_choice(path, known)]
        tried = [self.problems(option, value, path) for option in options]
        if not all(tried):
            return []
        # The option that is meant has the fewest problems, and none with its `type`.
        own_type = (*path, "type")
        return min(tried, key=lambda found: (any(p.path == own_type for p in found), len(found)))

    def _inside(self, schema: Any, value: Any, path: Path_) -> list[Problem]:
        problems: list[Problem] = []
        if isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                problems += self.problems(schema["items"], item, (*path, str(number)))
        if isinstance(value, dict):
            known = schema.get("properties", {})
            for name in schema.get("required", ()):
                if name not in value:
                    problems.append(Problem((*path, name), "BASE_TYPE_REQUIRED", "This field is required"))
            for name, item in value.items():
                inner = known.get(name, schema.get("additionalProperties"))
                if inner:
                    problems += self.problems(inner, item, (*path, name))
        return problems


@cache
def description() -> Description:
    """Discord's description, read once."""
    with gzip.open(FILE) as file:
        return Description(json.load(file))


def units(text: str) -> int:
    """The length of a text in UTF-16 units, the strictest of the readings."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _operation(method: str, template: str, item: Mapping[str, Any]) -> Operation:
    entry = item[method]
    parameters = [*item.get("parameters", ()), *entry.get("parameters", ())]
    content = entry.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        template=template,
        pattern=re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))),
        path_schemas={p["name"]: p["schema"] for p in parameters if p["in"] == "path"},
        query_schemas={p["name"]: p["schema"] for p in parameters if p["in"] == "query"},
        body_schema=content.get("application/json", {}).get("schema"),
        responses={
            status: answer["content"]["application/json"]["schema"]
            for status, answer in entry["responses"].items()
            if "application/json" in answer.get("content", {})
        },
    )


def _from_text(text: str, schema: Any) -> Any:
    """A query's text as the type that its schema wants."""
    if schema.get("type") == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    if schema.get("type") == "integer" and text.lstrip("-").isdigit():
        return int(text)
    return text


def _choice(path: Path_, known: list[Any]) -> Problem:
    return Problem(path, "BASE_TYPE_CHOICES", f"Value must be one of {known}.")


def _type_problems(schema: Any, value: Any, path: Path_) -> list[Problem]:
    wanted = schema.get("type")
    if wanted is None:
        return []
    names = wanted if isinstance(wanted, list) else [wanted]
    is_bool = isinstance(value, bool)
    for name in names:
        # To Python a bool is a number, to JSON it is not.
        if isinstance(value, _TYPES[name]) and (not is_bool or name == "boolean"):
            return []
    return [Problem(path, "BASE_TYPE_BAD_TYPE", f"Must be {' or '.join(names)}, not {value!r:.60}")]


def _value_problems(schema: Any, value: Any, path: Path_) -> list[Problem]:
    problems = []
    if "enum" in schema and value not in schema["enum"]:
        problems.append(_choice(path, schema["enum"]))
    if "const" in schema and value != schema["const"]:
        problems.append(_choice(path, [schema["const"]]))
    if isinstance(value, str):
        problems += _length(schema, units(value), path, "Length")
        problems += _text_problems(schema, value, path)
    elif isinstance(value, list):
        problems += _length(schema, len(value), path, "Items")
        if schema.get("uniqueItems") and len({json.dumps(item) for item in value}) < len(value):
            problems.append(Problem(path, "SET_TYPE_ALREADY_CONTAINS_VALUE", "The values must differ."))
    elif isinstance(value, dict):
        problems += _length(schema, len(value), path, "Properties")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        problems += _number_problems(schema, value, path)
    return problems


def _length(schema: Any, length: int, path: Path_, noun: str) -> list[Problem]:
    most, least = schema.get(f"max{noun}"), schema.get(f"min{noun}")
    if most is not None and length > most:
        return [Problem(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")]
    if least is not None and length < least:
        return [Problem(path, "BASE_TYPE_MIN_LENGTH", f"Must be {least} or more in length.")]
    return []


def _text_problems(schema: Any, value: str, path: Path_) -> list[Problem]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [Problem(path, "STRING_TYPE_REGEX", f"{value!r:.60} does not match {schema['pattern']}")]
    if schema.get("format") == "uri" and value and not _is_link(value):
        return [Problem(path, "URL_TYPE_INVALID_SCHEME", f"Not a well formed URL: {value!r:.60}")]
    if schema.get("format") == "date-time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return [Problem(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {value!r:.60}")]
    return []


def _is_link(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    known = parts.scheme in {"http", "https", "ws", "wss", "attachment", "discord"}
    return known and bool(parts.netloc) and not re.search(r"\s", value)


def _number_problems(schema: Any, value: float, path: Path_) -> list[Problem]:
    bits = _BITS.get(schema.get("format", ""), 63)
    most, least = schema.get("maximum", 2**bits - 1), schema.get("minimum", -(2**bits))
    if value > most:
        return [Problem(path, "NUMBER_TYPE_MAX", f"Must be less than or equal to {most}.")]
    if value < least:
        return [Problem(path, "NUMBER_TYPE_MIN", f"Must be greater than or equal to {least}.")]
    return []
