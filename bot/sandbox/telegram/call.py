"""One Bot API call as it came: JSON, urlencoded or multipart, read into one shape; and the refusals it may meet."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

FORM = web.RequestKey("form", dict)  # where a request keeps its parsed form


class ApiError(Exception):
    """A refusal in Telegram's words. `parameters` carries retry_after or migrate_to_chat_id."""

    def __init__(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(reason: str, **parameters: int) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}", parameters or None)


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes


class Call:
    """The parameters of a call, read by type. Forms carry numbers, flags and structures as text."""

    def __init__(self, values: dict[str, Any], uploads: dict[str, Upload]) -> None:
        self.values = values
        self._uploads = uploads

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Empty where absent."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.values.get(name) or default)
        except (TypeError, ValueError):
            raise bad_request(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        """A JSON object or list; None where absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def file(self, value: str) -> Upload | str:
        """What a file field's value means: the upload it names (`attach://part`), or else a file_id."""
        part = value.removeprefix("attach://")
        if part in self._uploads:
            return self._uploads[part]
        if value.startswith("attach://"):
            raise bad_request(f"file part {part} not found")
        return value

    def file_of(self, name: str) -> Upload | str:
        return self._uploads.get(name) or self.file(self.text(name))


async def read_call(request: web.Request) -> Call:
    """Query parameters count too, as with Telegram."""
    values: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        try:
            values |= await request.json() if await request.read() else {}
        except (ValueError, TypeError):
            raise bad_request("can't parse JSON body") from None
    else:
        for name, value in (await form_of(request)).items():
            if isinstance(value, Upload):
                uploads[name] = value
            else:
                values[name] = value
    return Call(values, uploads)


async def form_of(request: web.Request) -> dict[str, str | Upload]:
    """The form, parsed once, with its files in memory and closed."""
    if FORM not in request:
        request[FORM] = {}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                with value.file as file:
                    request[FORM][name] = Upload(value.filename, file.read())
            else:
                request[FORM][name] = value
    form: dict[str, str | Upload] = request[FORM]
    return form


async def body_shown(request: web.Request) -> str:
    """The same parameters as readable JSON for the log, files by name only."""
    if request.content_type == "application/json":
        return await request.text()
    form = await form_of(request)
    fields = {name: f"({value.name})" if isinstance(value, Upload) else value for name, value in form.items()}
    return json.dumps(fields, ensure_ascii=False, default=str) if fields else ""
