"""`/sms/<provider>/report/<secret>`: delivery reports. An unknown provider and a wrong secret look the same: 404."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web

from bot.errors import CallbackRejected
from bot.ports import SmsReport, SmsSender
from storage.errors import StorageError

from .callbacks import LIMIT, fields, raw_form

log = structlog.get_logger(__name__)

NoteReports = Callable[[str, Sequence[SmsReport]], Awaitable[None]]


class DeliveryDoor:
    """`senders` by name; those without a report secret take no reports."""

    def __init__(self, senders: Sequence[SmsSender], note: NoteReports) -> None:
        self._senders = {sender.name: sender for sender in senders}
        self._note = note

    def routes(self) -> list[web.RouteDef]:
        path = "/sms/{provider}/report/{secret}"
        return [web.get(path, self.receive, allow_head=False), web.post(path, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        sender = self._senders.get(request.match_info["provider"])
        secret = sender.report_secret if sender else None
        if sender is None or not secret or not _equal(secret, request.match_info["secret"]):
            return web.Response(status=404)
        raw = await raw_form(request, LIMIT)
        if raw is None:
            return web.Response(status=413)
        try:
            reports, answer = sender.read_reports(*_parsed(raw, request.content_type))
            await self._note(sender.name, reports)
        except CallbackRejected as rejected:
            log.warning("delivery report rejected", provider=sender.name, status=rejected.status)
            return web.Response(status=rejected.status)
        except StorageError as error:
            log.error("delivery report not recorded", provider=sender.name, why=str(error))  # noqa: TRY400 - no bug of ours
            return web.Response(status=503)
        return web.Response(text=answer)


def _parsed(raw: bytes, content_type: str) -> tuple[Mapping[str, list[str]], Any]:
    if content_type == "application/json":
        try:
            return {}, json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise CallbackRejected(400, "not JSON") from error
    form: dict[str, list[str]] = {}
    for name, value in fields(raw):
        form.setdefault(name, []).append(value)
    return form, None


def _equal(secret: str, given: str) -> bool:
    return hmac.compare_digest(secret.encode(), given.encode())
