"""The controls that only the SMS server has, beside those that all simulators have.

GET  /_sandbox/messages    every message taken, oldest first
POST /_sandbox/sms         any of {"no_delivery", "no_money": ["smsru"], "away", "tick", "report_urls": {provider: url},
                           "smsc_report_secret"}; answers with what holds now
POST /_sandbox/callbacks   any field of manners.Manners; answers with what holds now
"""

from dataclasses import asdict
from typing import TYPE_CHECKING

from aiohttp import web

from bot.sandbox.control import parse_duration

from .manners import changed

if TYPE_CHECKING:
    from .simulator import SmsSimulator


class Controls:
    """`/_sandbox/*` of the SMS server."""

    def __init__(self, sms: "SmsSimulator") -> None:
        self._sms = sms

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sandbox/messages", self._messages),
            web.post("/_sandbox/sms", self._switch),
            web.post("/_sandbox/callbacks", self._set_manners),
        ]

    async def _messages(self, request: web.Request) -> web.Response:
        return web.json_response([message.as_json() for message in self._sms.messages])

    async def _switch(self, request: web.Request) -> web.Response:
        sms, asked = self._sms, await request.json()
        sms.no_delivery = bool(asked.get("no_delivery", sms.no_delivery))
        sms.no_money = set(asked.get("no_money", sms.no_money))
        sms.away = bool(asked.get("away", sms.away))
        if "tick" in asked:
            sms.tick = parse_duration(asked["tick"])
        sms.report_urls.update(asked.get("report_urls", {}))
        sms.smsc_report_secret = asked.get("smsc_report_secret", sms.smsc_report_secret)
        holds = {
            "no_delivery": sms.no_delivery,
            "no_money": sorted(sms.no_money),
            "away": sms.away,
            "tick": sms.tick.total_seconds(),
            "report_urls": sms.report_urls,
        }
        return web.json_response(holds)

    async def _set_manners(self, request: web.Request) -> web.Response:
        try:
            self._sms.manners = changed(self._sms.manners, await request.json(), parse_duration)
        except (ValueError, TypeError) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        holds = asdict(self._sms.manners)
        return web.json_response(holds | {"delay": self._sms.manners.delay.total_seconds()})
