"""`setup` as whoever installs meets it: answers go in at stdin, `.env` comes out."""

import asyncio
import io
import os
import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.banks import sber
from bot.config import Settings, load
from bot.sandbox.telegram import TelegramSimulator
from bot.setup import write
from bot.sms import smsc
from tests.serving import serve

TOKEN = "42:SANDBOX"
ANSWERS = [TOKEN, "shop-api", "p@ss", "", "", ""]
Type = Callable[..., int]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one; Telegram is out of reach."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:1")
    return tmp_path


@pytest.fixture
def type_(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Runs the command with these lines at its stdin."""

    def run(*lines: str, lang: str = "ru") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return main(["setup", "--lang", lang])

    return run


def env() -> str:
    return Path(".env").read_text(encoding="utf-8")


def test_five_answers_make_settings_that_the_service_takes(type_: Type) -> None:
    """The shortest way: a token, the bank's login, the test bank, no address, no SMS."""
    assert type_(*ANSWERS) == 0

    assert env() == f"BOT_TOKEN={TOKEN}\nBANK_SBER_USER=shop-api\nBANK_SBER_PASSWORD=p@ss\n"
    assert load(sber.Settings).is_test
    assert load(Settings).public_url is None


def test_only_its_owner_can_read_the_file(type_: Type) -> None:
    """It holds passwords. An older file that all could read is no exception."""
    Path(".env").write_text("SHOP_NAME=Лавка\n", encoding="utf-8")
    os.chmod(".env", 0o644)

    assert type_("да", *ANSWERS) == 0

    assert stat.S_IMODE(os.stat(".env").st_mode) == 0o600
    assert os.listdir() == [".env"]


def test_production_bank_token_address_and_provider_are_written(type_: Type) -> None:
    """With the keys that this provider needs, and no others; an address without https:// gets it."""
    assert type_(TOKEN, "", "bank-token", "2", "pay.shop.ru/", "SMSC", "shop", "psw") == 0

    settings = load(Settings)
    assert (settings.public_url, settings.sms) == ("https://pay.shop.ru", ("smsc",))
    assert not load(sber.Settings).is_test
    assert load(sber.Settings).login == {"token": "bank-token"}
    assert load(smsc.Settings).login == "shop"


@pytest.mark.parametrize(
    "password", ["a b#c", "it's", '"quoted"', "back\\slash", "$HOME", "'", "\\'", "=", "пароль", "tail\\"]
)
def test_odd_passwords_come_back_as_typed(password: str) -> None:
    """Blanks, quotes and signs that mean something in a .env."""
    write(Path(".env"), {"BANK_SBER_USER": "shop-api", "BANK_SBER_PASSWORD": password})

    assert load(sber.Settings).login["password"] == password


def test_a_wrong_answer_is_asked_again_with_the_reason(type_: Type, capsys: pytest.CaptureFixture[str]) -> None:
    """Each question by itself; what was answered before stays."""
    answers = ["none", TOKEN, "shop-api", "", "pa${ss", "pass", "3", "1", "https://a.ru/till", "ftp://a.ru", "",
               "smsgo", "smsru", "", "key"]  # fmt: skip
    assert type_(*answers) == 0

    assert "BANK_SBER_PASSWORD=pass\nSMS=smsru\nSMS_SMSRU_API_ID=key\n" in env()
    said = capsys.readouterr().out
    for reason in (
        "Это не токен", "Без этого нельзя", "BANK_SBER_PASSWORD_FILE", "Ответьте 1 или 2", "Нужен адрес без пути",
        "Есть только: console, http, smsc, smsru",
    ):  # fmt: skip
        assert reason in said, reason


def test_other_lines_of_the_file_stay(type_: Type) -> None:
    """Replaced lines keep their places; what would contradict the answers goes."""
    Path(".env").write_text(
        "# моё\nSHOP_NAME='Лавка'\nexport BOT_TOKEN=1:old\n#SMS=smsru\nBANK_SBER_TOKEN=old\n"
        "BANK_SBER_PASSWORD_FILE=/x\nBANK_SBER_CA_FILE=/ca.pem\nSMS=smsc\nSMS_SMSC_SENDER=Lavka\nPUBLIC_URL=https://old.ru",
        encoding="utf-8",
    )

    assert type_("да", *ANSWERS) == 0

    assert env() == (
        f"# моё\nSHOP_NAME='Лавка'\nBOT_TOKEN={TOKEN}\n#SMS=smsru\nBANK_SBER_CA_FILE=/ca.pem\nSMS_SMSC_SENDER=Lavka\n"
        "BANK_SBER_USER=shop-api\nBANK_SBER_PASSWORD=p@ss\n"
    )


@pytest.mark.parametrize("answer", ["", "нет"])
def test_a_file_is_replaced_only_after_a_yes(type_: Type, answer: str) -> None:
    """A plain Enter is no yes."""
    Path(".env").write_text("BOT_TOKEN=1:old\n", encoding="utf-8")

    assert type_(answer, *ANSWERS) == 1

    assert env() == "BOT_TOKEN=1:old\n"


@pytest.mark.parametrize("answered", range(len(ANSWERS)))
def test_stopped_half_way_it_writes_nothing(type_: Type, answered: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The end of the input is as good as Ctrl+C."""
    assert type_(*ANSWERS[:answered]) == 1

    assert not Path(".env").exists()
    assert capsys.readouterr().out.endswith("Прервано, ничего не записано.\n")


def test_it_ends_with_what_to_do_next(type_: Type, capsys: pytest.CaptureFixture[str]) -> None:
    """In English where that was asked for; the first level is explained; no secret is repeated."""
    assert type_(*ANSWERS, lang="en") == 0

    said = capsys.readouterr().out
    assert "Level 0: PUBLIC_URL is not set." in said
    assert said.splitlines()[-1] == "To start: make run"
    assert "p@ss" not in said
    assert TOKEN not in said


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramSimulator]:
    simulator = TelegramSimulator()
    runner, address = await serve(simulator.app)
    monkeypatch.setenv("TELEGRAM_API_URL", address)
    yield simulator
    await runner.cleanup()


async def test_telegram_is_asked_whether_it_knows_the_bot(
    telegram: TelegramSimulator, type_: Type, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token of the right shape may still be nobody's."""
    assert await asyncio.to_thread(type_, "7:STRANGER", *ANSWERS) == 0

    said = capsys.readouterr().out
    assert said.index("Telegram такого бота не знает") < said.index("Бот @")
    assert f"BOT_TOKEN={TOKEN}\n" in env()
