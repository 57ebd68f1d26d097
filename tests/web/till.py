"""Browsers at the web till of the shop of tests/telegram_edge, and what Telegram hands to a Mini App."""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.telegram_edge.shop import ANYA, Shop

TOKEN = "42:SANDBOX"
OURS = {"X-Till": "1", "Sec-Fetch-Site": "same-origin"}


class TillBrowser:
    """One browser; `http` keeps its cookie."""

    def __init__(self, shop: Shop, http: httpx.AsyncClient) -> None:
        self.shop = shop
        self.http = http

    async def enter(self, user: int = ANYA) -> "TillBrowser":
        """By the door of somebody who has Telegram."""
        person = await self.shop.service.staff.by_telegram_id(user)
        assert person
        return await self.open(await self.shop.service.logins.door(person))

    async def open(self, token: str, name: str = "") -> "TillBrowser":
        answer = await self.http.post(f"/i/{token}", data={"name": name}, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.status_code == 303, answer.text
        self.http.cookies.set("till", answer.cookies["till"])  # without TLS a browser would not send it
        return self

    async def get(self, path: str, **more: Any) -> Any:
        return (await self.http.get(path, **more)).json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        answer = await self.http.post(path, json=body, headers=OURS)
        return answer.status_code, answer.json()

    async def sell(self, amount: str, **more: Any) -> Any:
        """The answer to the form, under an id of its own."""
        return (await self.post("/till/payments", **{"id": str(uuid.uuid4()), "amount": amount} | more))[1]

    async def list(self) -> str:
        """As it is read, with plain spaces."""
        return plain((await self.get("/till/state"))["list"])

    async def card(self, number: int) -> str:
        return plain((await self.get(f"/till/state?card={number}"))["card"] or "")

    async def press(self, number: int, label: str) -> Any:
        """The button that begins so; its cell may be empty for a moment."""
        html = (await self.get(f"/till/state?card={number}"))["card"]
        found = {plain(words): data for data, words in re.findall(r'data-press="([^"]+)"[^>]*>([^<]+)<', html)}
        data = next(found[words] for words in found if words.startswith(label))
        return (await self.post("/till/press", data=data))[1]


def plain(html: str) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(words.split())


@asynccontextmanager
async def browser(shop: Shop, **headers: str) -> AsyncIterator[TillBrowser]:
    headers = {"Accept": "text/html,*/*"} | headers
    async with httpx.AsyncClient(base_url=shop.address, headers=headers, timeout=10) as http:
        yield TillBrowser(shop, http)


def init_data(user: int, at: datetime, token: str = TOKEN, **more: str) -> str:
    """What Telegram signs for its user."""
    fields = {"auth_date": str(int(at.timestamp())), "user": json.dumps({"id": user, "first_name": "Аня"}), **more}
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    fields.setdefault("hash", hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest())
    return urlencode(fields)
