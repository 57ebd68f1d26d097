"""`check` as the operator reads it, against the simulated bank, Telegram and SMS providers over HTTP."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from sqlalchemy import create_engine, text

from bot.__main__ import main
from bot.check import finding
from bot.sandbox.bank import BankSimulator
from bot.sandbox.sms import SmsSimulator
from bot.sandbox.telegram import TelegramSimulator
from storage import staff
from storage.engine import Database
from tests.banks.test_certificates import Authority

REST = "/payment/rest/"
NOWHERE = "http://127.0.0.1:1"
Report = tuple[int, list[str]]
Check = Callable[..., Awaitable[Report]]


class World:
    """The three simulators. `env`: what the operator has set; all is right at first."""

    def __init__(self) -> None:
        self.bank, self.telegram, self.sms = BankSimulator(), TelegramSimulator(), SmsSimulator()
        self.env: dict[str, str] = {}
        self._runners: list[web.AppRunner] = []

    async def start(self) -> None:
        sms = await self.serve(self.sms.app)
        self.bank_url = await self.serve(self.bank.app)
        self.env = {
            "BOT_TOKEN": "42:SANDBOX",
            "TELEGRAM_API_URL": await self.serve(self.telegram.app),
            "BANK_SBER_URL": self.bank_url + REST,
            "BANK_SBER_USER": "sandbox-api",
            "BANK_SBER_PASSWORD": "sandbox",
            "PUBLIC_URL": "http://127.0.0.1:8080",
            "SMS": "smsru,smsc,http",
            "SMS_SMSRU_API_ID": "sandbox-api-id",
            "SMS_SMSRU_URL": sms,
            "SMS_SMSC_LOGIN": "sandbox",
            "SMS_SMSC_PASSWORD": "sandbox",
            "SMS_SMSC_URL": sms,
            "SMS_HTTP_URL": f"{sms}/http/send",
        }

    async def serve(self, app: web.Application | web.AppRunner, context: ssl.SSLContext | None = None) -> str:
        runner = web.AppRunner(app, shutdown_timeout=0.05) if isinstance(app, web.Application) else app
        self._runners.append(runner)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        return f"{'https' if context else 'http'}://127.0.0.1:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.chdir(tmp_path)
    world = World()
    await world.start()
    yield world
    await world.stop()


@pytest.fixture
def check(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Runs the command with the world's settings changed by `changes`: its exit code and its lines."""

    async def run(*options: str, **changes: str) -> Report:
        for name, value in (world.env | changes).items():
            monkeypatch.setenv(name, value)
        code = await asyncio.to_thread(main, ["check", *options])
        said = capsys.readouterr()
        assert not said.err
        return code, said.out.splitlines()

    return run


def written(name: str, content: str) -> None:
    Path(name).write_text(content, encoding="utf-8")


def only_fault(report: Report) -> str:
    """The line of the one fault that there is."""
    code, lines = report
    faults = [line for line in lines if line.startswith("✗ ")]
    assert (code, len(faults), lines[-1]) == (1, 1, "Нашлась 1 ошибка."), lines
    return faults[0].removeprefix("✗ ")


async def test_where_all_is_well_it_says_what_is_fine(check: Check) -> None:
    """One line each, the length of an SMS among them; exit code 0."""
    code, lines = await check()

    assert (code, lines) == (0, [
        "✓ Настройки: читаются",
        "✓ База prilavok.db: появится при первом запуске",
        "✓ Банк 127.0.0.1: логин подходит, это тестовый банк, денег нет",
        "✓ Telegram: бот @PrilavokSandboxBot",
        "✓ SMS smsru: вход работает, на счёте 1\u00a0000\u00a0₽",
        "✓ SMS smsc: вход работает, на счёте 1\u00a0000\u00a0₽",
        "✓ SMS http: без отправки не проверить",
        "✓ Длина SMS: 66 из 70 · «Прилавок: 149\u00a0999,99\u00a0₽ частями http://127.0.0.1:8080/p/xxxxxxxxxxx»",
        "✓ Уровень 1: страницы покупателей на http://127.0.0.1:8080. Чтобы банк сам сообщал об оплате, впишите в его "
        "кабинете http://127.0.0.1:8080/bank/callback",
        "Можно работать.",
    ])  # fmt: skip


async def test_nothing_is_made_sent_or_sold(check: Check, world: World) -> None:
    """It only looks: no file, no order, no message."""
    await check()

    assert os.listdir() == []
    assert world.sms.messages == []
    async with httpx.AsyncClient(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as client:
        log = (await client.get(f"{world.bank_url}/_sandbox/log")).text
    assert "getOrderStatusExtended" in log
    assert "register" not in log


async def test_without_an_address_it_explains_level_0(check: Check) -> None:
    """Which is no fault."""
    code, lines = await check(PUBLIC_URL="", SMS="")

    assert code == 0
    assert (
        "! Уровень 0: PUBLIC_URL не задан. QR ведёт прямо в банк, SMS и уведомления выключены. Продавать можно."
        in lines
    )
    assert "! SMS: провайдер не задан, продавцы показывают QR" in lines


async def test_it_speaks_english_too(check: Check) -> None:
    """Where that is asked for."""
    code, lines = await check("--lang", "en")

    assert (code, lines[0], lines[-1]) == (0, "✓ Settings: can be read", "Ready to work.")


async def test_all_wrong_settings_are_named_at_once(check: Check) -> None:
    """Each of another class, each with its name first."""
    code, lines = await check(BOT_TOKEN="", BANK_SBER_USER="", SMS_SMSRU_APIID="x")

    assert code == 1
    assert [line.split(":")[0] for line in lines] == [
        "✗ BOT_TOKEN", "✗ BANK_SBER_USER", "✗ SMS_SMSRU_APIID", "Нашлось 3 ошибки.",
    ]  # fmt: skip


async def test_a_misspelt_name_in_the_file_is_noted(check: Check) -> None:
    """Nobody would ever read it; other programs' names in the environment are none of our business."""
    written(".env", "SHOP_NAEM=Лавка\n")

    code, lines = await check()

    assert code == 0
    assert "! SHOP_NAEM: такой настройки нет. Исправьте имя в .env или удалите строку." in lines


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"BANK_SBER_PASSWORD": "wrong-secret"},
            ["Банк 127.0.0.1: не принимает логин", "BANK_SBER_USER, BANK_SBER_PASSWORD"],
        ),
        (
            {"BANK_SBER_USER": "", "BANK_SBER_PASSWORD": "", "BANK_SBER_TOKEN": "wrong-secret"},
            ["не принимает логин", "BANK_SBER_TOKEN"],
        ),
        ({"BANK_SBER_URL": NOWHERE + REST}, ["Банк 127.0.0.1: не отвечает", "BANK_SBER_URL"]),
        ({"BOT_TOKEN": "7:wrong-secret"}, ["BOT_TOKEN: Telegram такого бота не знает"]),
        ({"TELEGRAM_API_URL": NOWHERE}, ["Telegram: 127.0.0.1 не отвечает", "TELEGRAM_PROXY"]),
        (
            {"TELEGRAM_PROXY": "http://user:wrong-secret@127.0.0.1:1"},
            ["Telegram: 127.0.0.1 не отвечает", "TELEGRAM_PROXY"],
        ),
        ({"SMS_SMSRU_API_ID": "wrong-secret"}, ["SMS smsru: логин или ключ не подходит", "SMS_SMSRU_API_ID"]),
        ({"SMS_SMSC_PASSWORD": "wrong-secret"}, ["SMS smsc: логин", "SMS_SMSC_LOGIN, SMS_SMSC_PASSWORD"]),
        ({"SMS_SMSC_URL": NOWHERE}, ["SMS smsc: не отвечает", "SMS_SMSC_URL"]),
        ({"DATABASE_URL": "sqlite:///nowhere/shop.db"}, ["База nowhere/shop.db: не открывается", "DATABASE_URL"]),
        (
            {"DATABASE_URL": "postgresql://shop:wrong-secret@127.0.0.1:1/shop", "DATA_KEY": "k" * 32},
            ["База 127.0.0.1/shop: не открывается", "DATABASE_URL"],
        ),
        (
            {"SMS_TEXT": "Здравствуйте! Вот ваша ссылка на оплату частями: {amount} {link}"},
            ["SMS_TEXT: шаблон длинный"],
        ),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
async def test_a_fault_is_one_line_that_says_how_to_mend_it(
    check: Check, changes: dict[str, str], words: list[str]
) -> None:
    """And holds no secret."""
    fault = only_fault(await check(**changes))

    assert all(word in fault for word in words), fault
    assert "secret" not in fault


async def test_an_empty_account_is_a_fault(check: Check, world: World) -> None:
    """The first sale would find it out."""
    world.sms = SmsSimulator(balance_kopecks=0)
    url = await world.serve(world.sms.app)

    assert only_fault(await check(SMS_SMSRU_URL=url)) == "SMS smsru: деньги на счёте кончились. Пополните его."


async def test_a_long_address_says_how_long_a_domain_may_be(check: Check, world: World) -> None:
    """A domain of that length fits, one letter more does not."""
    domain = "a" * 38 + ".ru"

    fault = only_fault(await check(PUBLIC_URL=f"http://{domain}"))

    assert fault.startswith("Адрес длинный: SMS «Прилавок» займёт 2 части.")
    fitting = int(fault.split("домена до ")[1].split()[0])
    code, _ = await check(PUBLIC_URL="http://" + "a" * (fitting - 3) + ".ru")
    assert code == 0
    assert (await check(PUBLIC_URL="http://" + "a" * (fitting - 2) + ".ru"))[0] == 1


async def test_a_bank_that_hangs_is_a_fault_after_a_while(
    check: Check, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So are others at the same time: they are waited for together."""
    for module in ("bank", "telegram", "sms", "database", "address"):
        monkeypatch.setattr(f"bot.check.{module}.PATIENCE", 0.3)

    waiting = most = 0

    async def hang(request: web.Request) -> web.Response:
        nonlocal waiting, most
        waiting += 1
        most = max(most, waiting)
        try:
            await asyncio.sleep(30)
        finally:
            waiting -= 1
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hang)
    runner = web.AppRunner(app, shutdown_timeout=0.05, handler_cancellation=True)
    url = await world.serve(runner)

    code, lines = await check(BANK_SBER_URL=url + REST, SMS_SMSRU_URL=url, SMS_SMSC_URL=url)

    faults = [line for line in lines if line.startswith("✗")]
    assert code == 1
    assert [line.split(":")[0] for line in faults] == ["✗ Банк 127.0.0.1", "✗ SMS smsru", "✗ SMS smsc"]
    assert all(f"нет ответа за {finding.PATIENCE:g} с" in line for line in faults)
    assert most == 3


# The database


NOON = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def migrated(sqlite_template: Path) -> str:
    Path("shop.db").write_bytes(sqlite_template.read_bytes())
    return "sqlite:///shop.db"


async def test_a_database_of_this_version_is_fine(world: World, migrated: str, check: Check) -> None:
    """It opens and takes writes."""
    code, lines = await check(DATABASE_URL=migrated)

    assert code == 0
    assert "✓ База shop.db: открывается и пишется" in lines


async def test_the_length_of_an_sms_is_that_of_the_shops_that_sell(world: World, migrated: str, check: Check) -> None:
    """By their own names, whatever SHOP_NAME says: one Cyrillic name leaves room for 70 characters, not 160."""
    db = Database(migrated)
    async with db.write() as tx:
        await staff.add_shop(tx, "Jackets", NOON)
    setting = {"DATABASE_URL": migrated, "SMS_TEXT": "{shop}: {amount} {link}", "SHOP_NAME": "Куртки и шапки"}
    _, before = await check(**setting)
    async with db.write() as tx:
        await staff.add_shop(tx, "Магазин зимней одежды", NOON)
    await db.close()
    _, after = await check(**setting)

    length = [next(line for line in lines if "Длина SMS" in line) for lines in (before, after)]
    assert "из 70 · «Jackets: 149" in length[0]
    assert "из 70 · «Магазин" in length[1]


async def test_two_person_control_needs_two_people(world: World, migrated: str, check: Check) -> None:
    """Who asks for a refund, and who agrees: else every refund would end with a refusal."""
    code, lines = await check(DATABASE_URL=migrated, REFUND_TWO_PERSON="true")
    assert code == 0  # no shop yet, so nobody sells
    db = Database(migrated)
    async with db.write() as tx:
        shop = await staff.add_shop(tx, "Куртки", NOON)
        facts = {"role": "owner", "lang": "ru", "shop_id": shop, "created_at": NOON}
        await staff.add(tx, telegram_id=1, name="Ольга", **facts)
    code, lines = await check(DATABASE_URL=migrated, REFUND_TWO_PERSON="true")
    assert code == 1
    assert [line for line in lines if line.startswith("✗ REFUND_TWO_PERSON: в магазине «Куртки»")]
    async with db.write() as tx:
        await staff.add(tx, telegram_id=2, name="Олег", **facts | {"role": "manager"})
    await db.close()
    assert (await check(DATABASE_URL=migrated, REFUND_TWO_PERSON="true"))[0] == 0


async def test_an_older_database_will_be_migrated_and_is_left_alone(world: World, check: Check) -> None:
    """The next start does that."""
    written("shop.db", "")

    code, lines = await check(DATABASE_URL="sqlite:///shop.db")

    assert code == 0
    assert "✓ База shop.db: обновится при запуске" in lines


async def test_a_database_of_a_newer_version_is_a_fault(world: World, migrated: str, check: Check) -> None:
    """After a step back to an older release."""
    engine = create_engine(migrated)
    with engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    engine.dispose()

    assert "её вела более новая версия" in only_fault(await check(DATABASE_URL=migrated))


async def test_a_file_that_is_no_database_is_a_fault(world: World, check: Check) -> None:
    """Not a traceback."""
    written("shop.db", "no database at all " * 100)

    assert "База shop.db: не открывается" in only_fault(await check(DATABASE_URL="sqlite:///shop.db"))


async def test_postgresql_is_looked_at_too(world: World, database_url: str, check: Check) -> None:
    """Both databases are asked the same."""
    code, lines = await check(DATABASE_URL=database_url, DATA_KEY="k" * 32)

    assert code == 0
    assert any(line.startswith("✓ База") and line.endswith("открывается и пишется") for line in lines)


# Certificates


@pytest.fixture
def ministry() -> Authority:
    return Authority("Russian Trusted Root CA of this test")


async def test_a_bank_of_the_ministry_needs_its_certificates(world: World, ministry: Authority, check: Check) -> None:
    """The line names the setting and where the file is."""
    url = await world.serve(BankSimulator().app, ministry.server_context(Path(), "127.0.0.1"))

    fault = only_fault(await check(BANK_SBER_URL=url + REST))

    assert "сертификату нет доверия" in fault
    assert "BANK_SBER_CA_FILE" in fault
    assert "gosuslugi.ru/crt" in fault


async def test_with_them_it_is_known_that_browsers_lack_them(world: World, ministry: Authority, check: Check) -> None:
    """Which the shop cannot mend: a note. A certificate that ends soon is another."""
    url = await world.serve(BankSimulator().app, ministry.server_context(Path(), "127.0.0.1"))

    code, lines = await check(BANK_SBER_URL=url + REST, BANK_SBER_CA_FILE=str(ministry.write(Path("ca.pem"))))

    assert code == 0, lines
    assert "✓ Банк 127.0.0.1: логин подходит, это тестовый банк, денег нет" in lines
    [note] = [line for line in lines if "обычные браузеры" in line]
    assert note.startswith("! 127.0.0.1: обычные браузеры не доверяют этому сертификату. Часть покупателей увидит")
    assert "Яндекс Браузер" in note
    assert "спросите" in note
    assert any(line.startswith("! Сертификат 127.0.0.1 кончится ") for line in lines)


async def test_an_ordinary_certificate_needs_no_such_note(
    world: World, ministry: Authority, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers go by their own list, whatever the bank's client trusts beside it."""
    url = await world.serve(BankSimulator().app, ministry.server_context(Path(), "127.0.0.1"))
    trusted = str(ministry.write(Path("ordinary.pem")))
    monkeypatch.setattr("certifi.where", lambda: trusted)

    for file in ("", trusted):
        code, lines = await check(BANK_SBER_URL=url + REST, BANK_SBER_CA_FILE=file)
        assert code == 0, lines
        assert [line for line in lines if "обычные браузеры" in line] == []


async def test_what_this_machine_trusts_beside_is_not_what_browsers_trust(
    world: World, ministry: Authority, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator who added the ministry to his own list still learns what shoppers will see."""
    url = await world.serve(BankSimulator().app, ministry.server_context(Path(), "127.0.0.1"))
    trusted = str(ministry.write(Path("ca.pem")))
    monkeypatch.setenv("SSL_CERT_FILE", trusted)

    code, lines = await check(BANK_SBER_URL=url + REST, BANK_SBER_CA_FILE=trusted)

    assert code == 0, lines
    assert any("обычные браузеры не доверяют" in line for line in lines)


async def test_a_certificate_of_another_host_is_a_fault(world: World, ministry: Authority, check: Check) -> None:
    """Of a known authority, but for another name: our client does not go there, and no browser should."""
    url = await world.serve(BankSimulator().app, ministry.server_context(Path(), "127.0.0.2"))

    fault = only_fault(await check(BANK_SBER_URL=url + REST, BANK_SBER_CA_FILE=str(ministry.write(Path("ca.pem")))))

    assert "сертификату нет доверия" in fault


async def test_our_own_address_must_be_trusted_by_browsers(world: World, ministry: Authority, check: Check) -> None:
    """A shopper who sees a warning does not pay."""
    url = await world.serve(web.Application(), ministry.server_context(Path(), "127.0.0.1"))

    assert "браузеры не доверяют сертификату вашего PUBLIC_URL" in only_fault(await check(PUBLIC_URL=url))


async def test_an_address_that_does_not_answer_yet_is_a_note(check: Check) -> None:
    """`check` comes before the first start."""
    code, lines = await check(PUBLIC_URL="https://127.0.0.1:1")

    assert code == 0
    assert any(line.startswith("! 127.0.0.1: PUBLIC_URL не отвечает") for line in lines)


async def test_an_address_without_https_is_a_note(check: Check) -> None:
    """Fit for a trial in one's own network."""
    code, lines = await check(PUBLIC_URL="http://shop.ru")

    assert code == 0
    assert any(line.startswith("! PUBLIC_URL без https") for line in lines)
