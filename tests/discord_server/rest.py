"""The REST side: finds the route, holds the request against Discord's description, answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from . import api_commands, api_interactions, api_messages, api_places  # noqa: F401 (they register)
from .core import HANDLERS, Call, Core, Created, Request, authorised
from .errors import Refusal, invalid_form
from .openapi import Operation, description
from .world import Upload

PREFIX = "/api/v10"
MAX_BYTES = 26 * 2**20
_FILE = re.compile(r"files\[(\d+)\]")
_OPEN = re.compile(r"/(interactions|webhooks)/\d+/[^/]+(/.*)?")
"""Routes whose token is in their path."""


class Rest:
    """Answers requests below `/api/v10` and files below `/cdn`."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def application(self) -> web.Application:
        """What aiohttp serves."""
        application = web.Application(client_max_size=MAX_BYTES)
        application.router.add_get("/gateway", self.core.gateway.handle)
        application.router.add_get("/gateway/resume", self.core.gateway.handle)
        application.router.add_get("/cdn/{path:.+}", self._file)
        application.router.add_route("*", "/{path:.*}", self._handle)
        return application

    async def _file(self, request: web.Request) -> web.Response:
        attachment = self.core.world.files.get(request.match_info["path"])
        if attachment is None:
            return web.Response(status=404, text="This content is no longer available.")
        upload = attachment.upload
        return web.Response(body=upload.data, headers={"Content-Type": upload.content_type})

    async def _handle(self, request: web.Request) -> web.Response:
        name, body, ids = f"{request.method} {request.path}", None, {}
        try:
            operation, ids = self._find(request)
            name = operation.name
            body, uploads = await _read(request)
            status, payload, headers = self._answer(request, operation, ids, body, uploads)
        except Refusal as refusal:
            if refusal.violation:
                self.core.blame(refusal.violation, f"{request.method} {request.path}: {refusal}")
            exchange = self.core.exchanges.get(ids.get("interaction_token") or ids.get("webhook_token") or "")
            if exchange is not None:
                exchange.refuse(refusal.code)
            status, payload, headers = refusal.status, refusal.payload(), {}
        self.core.requests.append(Request(name, request.path.removeprefix(PREFIX), body, status))
        if payload is None:
            return web.Response(status=status)
        # As bytes: discord.py reads only an `application/json` that names no charset.
        text = json.dumps(payload).encode()
        return web.Response(status=status, body=text, content_type="application/json", headers=headers)

    def _find(self, request: web.Request) -> tuple[Operation, dict[str, str]]:
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        found = description().find(request.method, path)
        if not request.path.startswith(PREFIX) or found is None:
            raise Refusal(404, 0, "404: Not Found", violation="unknown route")
        if found[0].name not in HANDLERS:
            raise Refusal(501, 0, "this test server does not speak it", violation="route not supported")
        return found

    def _answer(
        self,
        request: web.Request,
        operation: Operation,
        ids: dict[str, str],
        body: Any,
        uploads: list[Upload],
    ) -> tuple[int, Any, Mapping[str, str]]:
        core, query = self.core, dict(request.query)
        is_open = _OPEN.fullmatch(request.path.removeprefix(PREFIX)) is not None
        authorised(core, request.headers.get("Authorization"), needed=not is_open)
        for fault in core.faults:
            if fault.meets(operation):
                fault.times -= 1
                return fault.status, fault.payload, fault.headers
        problems = description().path_problems(operation, ids)
        problems += description().query_problems(operation, query)
        problems += description().body_problems(operation, body)
        if problems:
            raise invalid_form(*problems)
        answer = HANDLERS[operation.name](Call(core, operation, ids, query, body, uploads))
        if answer is None:
            return 204, None, {}
        status, payload = (201, answer.payload) if isinstance(answer, Created) else (200, answer)
        if core.checks_itself:
            core.own_fault(operation, description().answer_problems(operation, status, payload))
        return status, payload, {}


async def _read(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of a request and the files beside it."""
    if request.content_type == "multipart/form-data":
        return await _read_parts(request)
    text = await request.text()
    if not text:
        return None, []
    if request.content_type != "application/json":
        raise Refusal(400, 50109, f"not JSON: {request.content_type}", violation="wrong content type")
    try:
        return json.loads(text), []
    except json.JSONDecodeError as error:
        raise Refusal(
            400, 50109, "The request body contains invalid JSON.", violation="invalid JSON"
        ) from error


async def _read_parts(request: web.Request) -> tuple[Any, list[Upload]]:
    body, uploads = None, {}
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        data = bytes(await part.read())
        numbered = _FILE.fullmatch(part.name or "")
        if part.name == "payload_json":
            body = json.loads(data)
        elif numbered and part.filename:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads[int(numbered[1])] = Upload(part.filename, data, kind)
        else:
            raise Refusal(400, 50035, f"unknown part {part.name!r}", violation="invalid form")
    return body, [uploads[number] for number in sorted(uploads)]
