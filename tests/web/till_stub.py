"""A counter with five sales: it answers what the till's page asks as the real routes do, and the test moves it."""

import dataclasses
from typing import Any
from zlib import crc32

from aiohttp import web

from bot.card import EMPTY, Face
from bot.ports import Button
from bot.web.assets import Assets
from bot.web.security import till_headers
from bot.web.till.sheets import Card, Door, Row, Till, TillSheets

NBSP = "\u00a0"
TELEGRAM = "tma user=1&hash=ab"
SHOW = "/p/AbCdEf12Gh4/show?from=till"


def sum_of(text: str) -> str:
    return text.replace(" ", NBSP)


ROWS = (
    Row(1042, sum_of("12 500 ₽"), "67", "Куртка зимняя", "Ждём оплату", "info", "clock", "14:32"),
    Row(1041, sum_of("4 300 ₽"), "10", "Ботинки", "Оплачено", "ok", "tick", "14:05"),
    Row(1040, sum_of("38 000 ₽"), "02", "Диван, самовывоз", "Удержано", "ok", "lock", "13:20"),
    Row(1039, sum_of("2 490,50 ₽"), "31", "Шарф", "Возвращено", "info", "back", "12:41"),
    Row(1038, sum_of("9 900 ₽"), "", "", "Не оплачено", "bad", "cross", "11:58"),
)
TILL = Till("Прилавок", "Аня", sum_of("7 · 84 300 ₽"), ROWS)
WAITING = Face(
    head="",
    test=None,
    number="№\u00a01042 · Куртка зимняя",
    delivery="SMS доставлено 14:32 · +7\u00a0916\u00a0123-45-67",
    advice=("Покажите QR покупателю. Ссылка живёт до 26.11\u00a014:32\u00a0мск.",),
    foot="Прилавок · Аня · 14:32",
    question=None,
    receipt=None,
    buttons=(
        (Button("Показать QR", url=SHOW), Button("SMS ещё раз", data="sms_again:1042:3")),
        (
            Button("Поделиться", url="https://t.me/share/url?url=x"),
            Button("Копировать", copy="https://pay.shop.ru/p/x"),
        ),
        (Button("Не тот номер", data="wrong_number:1042:3"), Button("Отменить", data="cancel:1042:3", style="danger")),
    ),
)
PAID = dataclasses.replace(
    WAITING,
    advice=("Отдавайте товар. Код покупателя: 47. Нет кода — не страшно: верьте этому сообщению.",),
    receipt="🧾 Пробейте чек",
    buttons=((Button("Отменить оплату", data="cancel:1042:4", style="danger"),),),
)
SURE = dataclasses.replace(
    WAITING,
    advice=(),
    question=f"Отменить {sum_of('12 500 ₽')}? Ссылка перестанет работать.",
    buttons=((Button("Нет, оставить", data="no:7"), Button("Да, отменить", data="yes:7", style="danger")),),
)
HOW_MUCH = dataclasses.replace(
    PAID,
    advice=(),
    receipt=None,
    question=f"Сколько вернуть и почему? Ответьте: 3000 брак. Доступно {sum_of('12 500 ₽')}.",
    buttons=((Button("Нет", data="no:8"),),),
)
HIDDEN = dataclasses.replace(WAITING, buttons=((*WAITING.buttons[0],), (WAITING.buttons[2][0], EMPTY)))
CARD = Card(1042, "Ждём оплату", sum_of("12 500 ₽"), "info", "clock", WAITING, show_url=SHOW)
PAID_CARD = Card(1042, "Оплачено", sum_of("12 500 ₽"), "ok", "tick", PAID)


class TillDesk:
    """What the server knows, and what it was told. `answers`: to the next posts, by path; the last one stays."""

    def __init__(self) -> None:
        self.lang = "ru"
        self.logged_in = True
        self.knows_telegram = True
        self.till = TILL
        self.rows = ROWS
        self.card: Card | None = CARD
        self.paid: list[int] = []
        self.show: str | None = None
        self.reading: dict[str, Any] = {"amount": sum_of("12 500 ₽"), "words": "двенадцать тысяч пятьсот рублей"}
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[str] = []
        self._sheets = TillSheets(Assets())

    def of(self, path: str) -> list[dict[str, Any]]:
        """What was posted there."""
        return [body for told, body in self.told if told == path]

    def site(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/till", self._page),
                web.get("/till/state", self._state),
                web.get("/till/reading", self._reading),
                web.post("/till/{deed}", self._post),
                web.get("/p/{code}/show", self._big_qr),
                *Assets().routes(),
            ]
        )
        return application

    def _may(self, request: web.Request) -> bool:
        return self.logged_in or (self.knows_telegram and request.headers.get("Authorization", "") == TELEGRAM)

    async def _page(self, request: web.Request) -> web.Response:
        lang = self.lang
        if self._may(request):
            html = self._sheets.page(dataclasses.replace(self.till, rows=self.rows), lang, "n")
        else:
            html = self._sheets.door(Door("Касса", "Откройте кассу по ссылке или QR из приглашения."), lang, "n")
        return web.Response(text=html, content_type="text/html", headers=till_headers("n", framed=True))

    async def _state(self, request: web.Request) -> web.Response:
        if not self._may(request):
            return web.json_response({"login": True}, status=401)
        number = request.query.get("card")
        self.asked.append(number or "")
        shown: dict[str, Any] = {
            "today": self.till.today,
            "list": self._sheets.list(self.rows, self.lang),
            "card": self._sheets.card(self.card, self.lang) if number and self.card else None,
            "paid": self.paid,
            "show": self.show if number else None,
        }
        version = f"{crc32(repr(shown).encode()):x}"
        if request.query["version"] == version:
            shown = {}
        return web.json_response({"version": version} | shown)

    async def _reading(self, request: web.Request) -> web.Response:
        return web.json_response(self.reading)

    async def _post(self, request: web.Request) -> web.Response:
        assert request.headers["X-Till"] == "1"
        assert request.content_type == "application/json"
        if not self._may(request):
            return web.json_response({"login": True}, status=401)
        path = request.match_info["deed"]
        self.told.append((path, await request.json()))
        answers = self.answers.get(path) or [{"toast": "Проверяю", "alert": False}]
        answer = dict(answers.pop(0) if len(answers) > 1 else answers[0])
        return web.json_response(answer, status=answer.pop("status", 422 if "error" in answer else 200))

    async def _big_qr(self, _request: web.Request) -> web.Response:
        return web.Response(text="<title>QR</title>", content_type="text/html")
