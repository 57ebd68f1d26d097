"""The checkout's words, dates and sums, in RU and EN."""

from calendar import month_name
from datetime import date, timedelta

NBSP = "\N{NO-BREAK SPACE}"

WORDS = {
    "ru": {
        "title": "Учебный банк",
        "stripe": "Учебный банк. Деньги не списываются.",
        "login": "Вход",
        "phone": "Телефон",
        "get_code": "Получить код",
        "sms": "Код из SMS",
        "code": "Код",
        "hint": "Учебный код: 1111",
        "next": "Продолжить",
        "plan": "График и карта",
        "card": "Номер карты",
        "fake": "Учебная карта, настоящую не вводите.",
        "term": "Срок",
        "cvc": "CVC",
        "pay": "Оплатить",
        "refuse": "Отказать",
        "leave": "Уйти",
        "paid": "Оплата принята",
        "refused": "Оплата отклонена",
        "back": "Вернуться в магазин",
        "today": "Сегодня",
        "unknown": "Заказ не найден",
    },
    "en": {
        "title": "Training bank",
        "stripe": "Training bank. No money moves.",
        "login": "Log in",
        "phone": "Phone",
        "get_code": "Get a code",
        "sms": "Code from the SMS",
        "code": "Code",
        "hint": "Training code: 1111",
        "next": "Continue",
        "plan": "Schedule and card",
        "card": "Card number",
        "fake": "A training card, do not enter a real one.",
        "term": "Expires",
        "cvc": "CVC",
        "pay": "Pay",
        "refuse": "Refuse",
        "leave": "Leave",
        "paid": "Payment accepted",
        "refused": "Payment refused",
        "back": "Back to the shop",
        "today": "Today",
        "unknown": "Order not found",
    },
}
MONTHS = {
    "ru": (
        *("января", "февраля", "марта", "апреля", "мая", "июня"),
        *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
    ),
    "en": month_name[1:],
}
PARTS = 4
BETWEEN_PARTS = timedelta(days=14)


def sum_text(kopecks: int) -> str:
    """`12 500 ₽`, `12 500,50 ₽`; never breaks."""
    roubles, rest = divmod(kopecks, 100)
    cents = f",{rest:02}" if rest else ""
    return f"{roubles:,}".replace(",", NBSP) + f"{cents}{NBSP}₽"


def plan(kopecks: int, today: date, language: str) -> list[tuple[str, str]]:
    """The four parts as (day, sum): whole roubles, and what is left over with the first."""
    part = kopecks // PARTS // 100 * 100
    days = [WORDS[language]["today"]]
    for number in range(1, PARTS):
        day = today + number * BETWEEN_PARTS
        days.append(f"{day.day}{NBSP}{MONTHS[language][day.month - 1]}")
    sums = [kopecks - part * (PARTS - 1), *[part] * (PARTS - 1)]
    return [(day, sum_text(each)) for day, each in zip(days, sums, strict=True)]
