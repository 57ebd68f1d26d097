"""Selling in the web till: three fields, read as in the chat, sold once; and today's list."""

import uuid

from bot.sms.console import Console
from storage import staff as stored
from tests.telegram_edge.shop import ANYA, GROUP, OLEG, Shop, words
from tests.web.till import TillBrowser, browser, plain


async def test_a_form_that_is_sent_again_makes_one_sale(shop: Shop, anybody: TillBrowser) -> None:
    """The card comes to the seller's chat too; with other fields the form is told what it has made before."""
    await anybody.enter()
    form = {"id": str(uuid.uuid4()), "amount": "12 500,50", "phone": "+7 916 123-45-67", "what": " куртка\nзимняя "}
    first, second = await anybody.post("/till/payments", **form), await anybody.post("/till/payments", **form)
    number = first[1]["number"]
    assert (first[1], second[1]) == ({"number": number, "again": False}, {"number": number, "again": True})
    assert await shop.sales() == [(1250050, "4567", "куртка зимняя", False)]
    for change in ({"amount": "12500"}, {"phone": "+7 926 123-45-67"}, {"hold": True}):
        status, told = await anybody.post("/till/payments", **form | change)
        assert (status, told["number"], told["again"]) == (409, number, True)
        assert f"№ {number} на 12 500,50 ₽" in plain(told["error"])
    assert len(await shop.sales()) == 1
    assert "куртка зимняя" in words(await shop.hears("Ждём оплату"))
    state = await anybody.get(f"/till/state?card={number}")
    assert state["show"].endswith("/show?from=till")
    assert (await anybody.http.get(state["show"])).status_code == 200
    assert await anybody.get(f"/till/state?card={number}&version={state['version']}") == {"version": state["version"]}


async def test_what_cannot_be_meant_is_told_at_its_field(shop: Shop, anybody: TillBrowser) -> None:
    """Nothing is guessed and nothing is made; what can be read in two ways is chosen."""
    await anybody.enter()
    wrong = {
        "amount": [("", "12500"), ("девять", "12500"), ("9161234567", "12500"), ("12500 куртка", "12500"),
                   ("500", "от 1 000 ₽"), ("200000", "до 150 000 ₽"), ("0", "больше нуля")],
        "phone": [("8916123456", "не хватает цифр"), ("+7 495 123-45-67", "городской"), ("+380501234567", "+7 9…")],
        "what": [("ы" * 201, "200 знаков")],
    }  # fmt: skip
    for field, typed in wrong.items():
        for text, told in typed:
            status, answer = await anybody.post(
                "/till/payments", **{"id": str(uuid.uuid4()), "amount": "12500", field: text}
            )
            assert (status, answer["field"]) == (422, field), text
            assert told in plain(answer["error"])
    chosen = await anybody.get("/till/reading?amount=12.500")
    assert chosen == {"readings": ["12\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}₽"]}
    assert await anybody.sell("12.500") == chosen
    assert await shop.sales() == []
    assert "number" in await anybody.sell("12.500", reading=0)
    assert "number" in await anybody.sell("13,5к", hold=True, what="сумка")
    assert await shop.sales() == [(1250000, None, "", False), (1350000, None, "сумка", True)]
    said = await anybody.get("/till/reading?amount=12500,50")
    assert said["words"] == "двенадцать тысяч пятьсот рублей 50 копеек"
    for broken in ("{}", "[]", '{"id": "x", "amount": "1"}', f'{{"id": "{uuid.uuid4()}", "amount": 12500}}', "{"):
        answer = await anybody.http.post(
            "/till/payments", content=broken, headers={"X-Till": "1", "Content-Type": "application/json"}
        )
        assert answer.status_code == 400


async def test_a_look_alike_is_asked_about(shop: Shop, anybody: TillBrowser) -> None:
    """With the words of the chat; the last answer makes it."""
    await anybody.enter()
    made = await anybody.sell("12500")
    twin = (await anybody.sell("12500"))["twin"]
    assert twin["number"] == made["number"]
    assert plain(twin["text"]).startswith(f"№ {made['number']} на 12 500 ₽ ещё ждёт оплату")
    assert (twin["labels"], twin["show"]) == (["Показать QR", "Это новый"], True)
    assert len(await shop.sales()) == 1
    assert (await anybody.sell("12500", accepted=True))["number"] != made["number"]


async def test_each_sees_his_own_day(shop: Shop, anybody: TillBrowser) -> None:
    """An assistant his sales, a manager the shop's; the sum is what was paid; yesterday's is gone."""
    await anybody.enter()
    number = (await anybody.sell("12500", what="куртка"))["number"]
    await shop.reaches("SELECT status FROM payments", ("waiting",))
    async with browser(shop) as his:
        await his.enter(OLEG)
        other = (await his.sell("4300", what="ботинки"))["number"]
        assert f"№ {other}" in await his.list()
        assert f"№ {number} · куртка Ждём оплату" in await his.list()
        assert f"№ {other}" not in await anybody.list()
        assert await anybody.card(other) == ""
        shop.bank.ledger.pay(next(iter(shop.bank.orders.values())))
        await shop.reaches("SELECT status FROM payments ORDER BY id LIMIT 1", ("paid",))
        state = await his.get("/till/state")
        assert (plain(state["today"]), state["paid"]) == ("1 · 12 500 ₽", [number])
        assert "куртка Оплачено" in plain(state["list"])
        shop.later(61)
        assert (await his.get("/till/state"))["paid"] == []
        shop.later(24 * 3600)
        assert (await his.get("/till/state"))["today"] == ""


async def test_selling_goes_on_while_telegram_is_away(world: Shop) -> None:
    """By somebody who has no Telegram: the link and its SMS, the payment, the list."""
    world.senders = [Console()]
    await world.start(sms_delay="0s")
    async with browser(world) as katya:
        token = await world.service.invitations.owner_token()
        world.telegram.away = True
        assert (await katya.http.get(f"/i/{token}")).status_code == 200
        await katya.open(token, "Катя")
        number = (await katya.sell("12500", phone="89161234567"))["number"]
        await world.reaches("SELECT state FROM sms", ("sent",))
        world.pay()
        await world.reaches("SELECT status FROM payments", ("paid",))
        assert "12 500 ₽ …67 Оплачено" in await katya.list()
        assert "Отдавайте товар" in await katya.card(number)
        assert world.told(ANYA) == world.told(GROUP) == []
    await world.stop()


async def test_a_shared_phone_asks_who_sells(shop: Shop, anybody: TillBrowser) -> None:
    """Once a shift; the sale is the seller's, whose name is on the till."""
    oleg = await shop.service.staff.by_telegram_id(OLEG)
    anya = await shop.service.staff.by_telegram_id(ANYA)
    assert oleg
    assert anya
    async with shop.service.db.write() as tx:
        await stored.change(tx, anya.id, is_shared=True)
    for name in ("Лена", "Миша"):
        assert await shop.service._sellers.name(oleg, anya.id, name, OLEG)
    await anybody.enter()
    asked = await anybody.sell("12500")
    assert [seller["name"] for seller in asked["sellers"]] == ["Лена", "Миша"]
    assert (await anybody.post("/till/seller", id=asked["sellers"][1]["id"]))[1] == {"name": "Миша"}
    assert "number" in await anybody.sell("12500")
    assert await shop.rows("SELECT s.name FROM payments p JOIN staff s ON s.id = p.seller_id") == [("Миша",)]
    assert (await anybody.post("/till/seller", id=oleg.id))[0] == 422
