"""What the shopper's page and the assistant's screen say, as a client without JavaScript sees them."""

import dataclasses
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.ports import PageState
from tests.web.shopper import CODE, HEADINGS, PAGE, PAYABLE, TELEGRAM, WAITING, Client, Desk, text

ENGLISH = {"Accept-Language": "de;q=0.9, en-GB;q=0.8, ru;q=0.3"}


# --- What is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(PageState))
async def test_every_state_says_what_it_is_in_both_languages(client: Client, desk: Desk, state: PageState) -> None:
    """Heading, sum, number and shop, in Russian and in English."""
    desk.becomes(state)
    for lang, heading in zip(("ru", "en"), HEADINGS[state], strict=True):
        page = await text(client, f"{PAGE}?lang={lang}")

        assert f"<h1>{heading}</h1>" in page
        assert f'<html lang="{lang}">' in page
        assert "12\u00a0500\u00a0₽" in page
        assert "№\u00a01042" in page
        assert "Прилавок" in page


@pytest.mark.parametrize("state", list(PageState))
async def test_the_way_to_the_bank_stands_only_where_one_may_pay(client: Client, desk: Desk, state: PageState) -> None:
    """Button, QR and the help around them go together."""
    desk.becomes(state)
    page = await text(client, PAGE)

    assert (f'href="{PAGE}/pay"' in page) == (state in PAYABLE)
    assert (f'src="{PAGE}/qr.svg"' in page) == (state in PAYABLE)
    assert (f'href="{PAGE}/pay?app=1"' in page) == (state is PageState.WAIT)


@pytest.mark.parametrize("state", list(PageState))
async def test_telegram_is_offered_beside_the_way_to_the_bank(client: Client, desk: Desk, state: PageState) -> None:
    """Only where one may pay, and only where the desk has an address for it."""
    desk.becomes(state)
    assert "Telegram" not in await text(client, PAGE)
    desk.link = dataclasses.replace(WAITING, state=state, telegram_url=TELEGRAM)
    page = await text(client, PAGE)

    assert (f'href="{TELEGRAM}" rel="noreferrer">Получить в Telegram</a>' in page) == (state in PAYABLE)
    assert "Get it in Telegram" in await text(client, f"{PAGE}?lang=en") or state not in PAYABLE
    assert "Telegram" not in await text(client, f"{PAGE}/show")


@pytest.mark.parametrize("state", list(PageState))
async def test_the_code_for_the_assistant_is_shown_once_the_money_is_there(
    client: Client, desk: Desk, state: PageState
) -> None:
    """Paid and held have it, in digits and in words; nobody else."""
    desk.becomes(state)
    page = await text(client, PAGE)

    assert ("<b>47</b>" in page) == (state in {PageState.PAID, PageState.HELD})
    assert ("Код для продавца: четыре семь" in page) == (state in {PageState.PAID, PageState.HELD})


async def test_the_title_has_the_sum_and_after_payment_the_word(client: Client, desk: Desk) -> None:
    """The sum goes from the title with the payment; a preview in a chat never learns it."""
    waiting = await text(client, PAGE)
    desk.becomes(PageState.PAID)
    paid = await text(client, PAGE)

    assert "<title>12\u00a0500\u00a0₽ · Прилавок</title>" in waiting
    assert "<title>Оплачено · Прилавок</title>" in paid
    assert "og:" not in waiting


@pytest.mark.parametrize(
    ("stripe", "words"), [("test", "ТЕСТ, денег нет"), ("training", "Учебная страница. Деньги не списываются.")]
)
async def test_a_stripe_says_that_no_money_moves(client: Client, desk: Desk, stripe: str, words: str) -> None:
    """On the shopper's page and on the assistant's screen."""
    assert words not in await text(client, PAGE)

    desk.becomes(PageState.WAIT, stripe=stripe)

    assert words in await text(client, PAGE)
    assert words in await text(client, f"{PAGE}/show")


async def test_what_staff_typed_is_text_and_never_markup(client: Client, desk: Desk) -> None:
    """A description with tags comes out as it was typed."""
    desk.becomes(PageState.WAIT, what="<script>alert(1)</script>")
    page = await text(client, PAGE)

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


async def test_the_language_is_the_address_then_the_cookie_then_the_browsers(client: Client) -> None:
    """Each wins over the next; without any of them it is Russian."""
    assert "<h1>К оплате</h1>" in await text(client, PAGE)
    assert "<h1>К оплате</h1>" in await text(client, PAGE, **{"Accept-Language": "de, fr;q=0.5"})
    assert "<h1>To pay</h1>" in await text(client, PAGE, **ENGLISH)
    assert "<h1>К оплате</h1>" in await text(client, f"{PAGE}?lang=ru", **ENGLISH)
    assert "<h1>К оплате</h1>" in await text(client, PAGE, **ENGLISH)  # the cookie of the request before


async def test_without_a_script_the_page_says_that_it_stands_still(client: Client, desk: Desk) -> None:
    """A line and a link to refresh; while the link is being made it asks by itself."""
    waiting = await text(client, PAGE)
    desk.becomes(PageState.SOON)
    soon = await text(client, PAGE)

    assert f'Страница не обновляется сама. <a href="{PAGE}">Обновить</a></p></noscript>' in waiting
    assert 'http-equiv="refresh"' not in waiting
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in soon


# --- The assistant's screen -----------------------------------------------------------------------------------------


async def test_the_big_qr_shows_the_sum_and_then_the_code(client: Client, desk: Desk) -> None:
    """QR while one may pay; after payment the shopper's code in its place."""
    waiting = await text(client, f"{PAGE}/show")
    desk.becomes(PageState.PAID)
    paid = await text(client, f"{PAGE}/show")

    assert f'src="{PAGE}/qr.svg"' in waiting
    assert "47" not in waiting.partition("<body")[2]
    assert f'src="{PAGE}/qr.svg"' not in paid
    assert "Код покупателя: четыре семь" in paid


async def test_the_big_qr_needs_no_script(client: Client, desk: Desk) -> None:
    """It asks by itself, and after the green it goes to a screen that tells nothing of the sale."""
    waiting = await text(client, f"{PAGE}/show")
    desk.becomes(PageState.PAID)
    paid = await text(client, f"{PAGE}/show")
    done = await text(client, f"{PAGE}/show?done=1&lang=ru")

    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
    assert f'content="20;url={PAGE}/show?done=1&amp;lang=ru"' in paid
    assert "<h1>Готово</h1>" in done
    assert "₽" not in done
    assert "47" not in done.partition("<body")[2]
    assert "refresh" not in done


async def test_the_big_qr_leads_back_to_the_till_and_nowhere_else(client: Client, desk: Desk) -> None:
    """Its own addresses keep where it was opened from, without a script too; of others it knows nothing."""
    desk.becomes(PageState.PAID)
    till = await text(client, f"{PAGE}/show?from=till")
    done = await text(client, f"{PAGE}/show?done=1&from=till")
    elsewhere = await text(client, f"{PAGE}/show?from=//evil.example")

    assert f'content="20;url={PAGE}/show?done=1&amp;lang=ru&amp;from=till"' in till
    assert 'class="close" href="/till"' in till
    assert 'href="/till">Новый платёж</a>' in done
    assert f'class="close" href="{PAGE}/show?done=1&amp;lang=ru"' in elsewhere
    assert "evil" not in elsewhere
    assert "till" not in elsewhere


@pytest.mark.parametrize("state", list(PageState))
async def test_the_big_qr_answers_in_any_state(client: Client, desk: Desk, state: PageState) -> None:
    """A dead link shows its word instead of a code that leads nowhere."""
    desk.becomes(state)
    page = await text(client, f"{PAGE}/show")

    assert (f'src="{PAGE}/qr.svg"' in page) == (state in PAYABLE)
    said = {
        PageState.WAIT: "Наведите камеру",
        PageState.RETRY: "Банк отказал, можно ещё раз",
        PageState.HELD: "Удержано",
    }
    assert said.get(state, HEADINGS[state][0]) in page


@pytest.mark.parametrize("form", ["qr.png", "qr.svg"])
async def test_the_qr_leads_to_the_page(client: Client, form: str) -> None:
    """A picture of our own for the public address, and never the bank's link."""
    async with client.get(f"{PAGE}/{form}") as answer:
        body = await answer.read()

        assert answer.content_type == ("image/png" if form == "qr.png" else "image/svg+xml")
    if form == "qr.png":
        assert zxingcpp.read_barcodes(Image.open(BytesIO(body)))[0].text == f"https://pay.shop.ru/p/{CODE}"
