"""How deposit, reverse, refund and decline end: only a spoken 0 is a yes, and a lost answer is never a no."""

import asyncio
from typing import Any

import pytest
from aiohttp import web

from bot.banks.sber import SberBank
from bot.banks.sber.gateway import Timeouts
from bot.errors import BankError, BankLoginRefused, BankOrderUnknown, BankRefused, BankUnavailable, BankUnknown

from .conftest import OPERATIONS, FakeGateway, MakeBank, sample


@pytest.fixture
def bank(make_bank: MakeBank) -> SberBank:
    """A merchant with every permission."""
    return make_bank(decline="true", send_cart="true")


@pytest.mark.parametrize("body", [sample("done"), {"errorCode": 0}, {"ErrorCode": "0"}, {"errorCode": "0", "x": [1]}])
async def test_a_spoken_zero_is_a_yes(bank: SberBank, gateway: FakeGateway, body: dict[str, Any]) -> None:
    """A number or a text, alone or with more around it; and each is asked for once."""
    gateway.says(body, content_type="text/plain", charset="utf-8")
    for operation in OPERATIONS.values():
        await operation(bank)
    assert [path for path, *_ in gateway.asked] == [f"/payment/rest/{method}" for method in OPERATIONS]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {}, BankUnknown),
        (200, {"errorMessage": "Успешно"}, BankUnknown),
        (200, {"errorCode": ""}, BankUnknown),
        (200, {"errorCode": "ноль"}, BankUnknown),
        (200, {"success": True}, BankUnknown),
        (200, sample("registered"), BankUnknown),
        (200, [0], BankUnknown),
        (200, b"<html>OK</html>", BankUnknown),
        (200, b"", BankUnknown),
        (500, sample("done"), BankUnknown),
        (502, b"<html>Bad Gateway</html>", BankUnknown),
        (504, b"", BankUnknown),
        (429, b"<html>Too Many Requests</html>", BankUnavailable),
    ],
)
async def test_what_says_neither_yes_nor_no_proves_nothing(
    bank: SberBank, gateway: FakeGateway, status: int, body: object, kind: type[BankError]
) -> None:
    """Perhaps carried out, unless nothing was let through; never sent a second time."""
    gateway.says(body, status)
    for method, operation in OPERATIONS.items():
        with pytest.raises(BankError) as failure:
            await operation(bank)
        assert (method, type(failure.value)) == (method, kind)
    assert len(gateway.asked) == len(OPERATIONS)


async def test_a_silent_bank_leaves_it_unknown(make_bank: MakeBank, gateway: FakeGateway) -> None:
    """Each request arrived; one only."""
    release = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    gateway.reply = hang
    bank = make_bank(timeouts=Timeouts(connect=5, read=0.3, whole=5), decline="true")
    ends = await asyncio.gather(*(operation(bank) for operation in OPERATIONS.values()), return_exceptions=True)
    release.set()
    assert [type(end) for end in ends] == [BankUnknown] * len(OPERATIONS)
    assert len(gateway.asked) == len(OPERATIONS)


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (1, "Заказ с таким номером уже обработан", BankRefused),
        (5, "Неверная сумма", BankRefused),
        (5, "Неверный статус заказа", BankRefused),
        (5, "Операция заблокирована другим действием", BankRefused),
        (5, "", BankRefused),
        (5, "Пользователь должен сменить свой пароль", BankLoginRefused),
        (5, "[userName] or [password] or [token] is empty", BankLoginRefused),
        (6, "Неверный номер заказа", BankOrderUnknown),
        (7, "Платёж должен быть в корректном состоянии", BankRefused),
        (7, "Системная ошибка", BankRefused),
        (8, "Неверный формат корзины", BankRefused),
    ],
)
async def test_a_spoken_no_is_a_refusal_with_the_banks_words(
    bank: SberBank, gateway: FakeGateway, code: int, text: str, kind: type[BankRefused]
) -> None:
    """Exactly the kind that fits; a taken number is none of an operation's troubles."""
    gateway.says({"errorCode": str(code), "errorMessage": text})
    for method, operation in OPERATIONS.items():
        with pytest.raises(BankRefused) as refusal:
            await operation(bank)
        said = refusal.value
        assert (method, type(said), said.code, said.text) == (method, kind, code, text)


@pytest.mark.parametrize("beside", [{"error": "Операция отклонена"}, {"success": False}])
async def test_a_zero_beside_an_error_is_a_no(bank: SberBank, gateway: FakeGateway, beside: dict[str, Any]) -> None:
    """0 means "processed"; what came of it stands beside it."""
    gateway.says(sample("done") | beside)
    for operation in OPERATIONS.values():
        with pytest.raises(BankRefused):
            await operation(bank)


async def test_a_missing_permission_is_no_trouble_with_the_login(bank: SberBank, gateway: FakeGateway) -> None:
    """The same words; but cancelling and closing are permissions of their own, and only they may be missing."""
    gateway.says(sample("access_denied"))
    said = {}
    for method, operation in OPERATIONS.items():
        with pytest.raises(BankRefused) as refusal:
            await operation(bank)
        said[method] = type(refusal.value)
    by_login, by_permission = BankLoginRefused, BankRefused
    assert said == {
        "deposit.do": by_login,
        "reverse.do": by_permission,
        "refund.do": by_login,
        "decline.do": by_permission,
    }
