"""Money is an integer number of kopecks; this module writes it down. Reading what people type is `payments.grammar`."""

KOPECKS = 100
NBSP = "\u00a0"


def roubles(whole: int) -> int:
    """Kopecks in so many whole roubles."""
    return whole * KOPECKS


def format_rub(kopecks: int) -> str:
    """`12 500 ₽`, `12 500,50 ₽`: for people, with no-break spaces; kopecks only when not zero."""
    sign = "-" if kopecks < 0 else ""
    whole, rest = divmod(abs(kopecks), KOPECKS)
    digits = f"{whole:,}".replace(",", NBSP)
    return f"{sign}{digits},{rest:02d}{NBSP}₽" if rest else f"{sign}{digits}{NBSP}₽"
