"""Money is an integer number of kopecks; this module writes it down. Reading what people type is `payments.grammar`."""

KOPECKS = 100
NBSP = "\u00a0"


def roubles(whole: int) -> int:
    """Kopecks in so many whole roubles (settings name their limits in roubles)."""
    return whole * KOPECKS


def format_rub(kopecks: int) -> str:
    """`12 500 ₽`, `12 500,50 ₽`: for chats and pages, with no-break spaces; kopecks only when not zero."""
    return f"{_grouped(kopecks, NBSP, ',')}{NBSP}₽"


def format_plain(kopecks: int) -> str:
    """`12500`, `12500.50`: digits alone, for the English SMS (`12500 RUB`, plain GSM letters) and for exports."""
    return _grouped(kopecks, "", ".")


def _grouped(kopecks: int, separator: str, point: str) -> str:
    sign = "-" if kopecks < 0 else ""
    whole, rest = divmod(abs(kopecks), KOPECKS)
    digits = f"{whole:,}".replace(",", separator)
    return f"{sign}{digits}{point}{rest:02d}" if rest else f"{sign}{digits}"
