"""The web till inside Telegram: a Mini App, whose proof of who opened it is signed with the bot's token."""

from datetime import datetime, timedelta

from aiogram.utils.web_app import safe_parse_webapp_init_data

LIVES = timedelta(hours=24)  # Telegram Desktop keeps an app's data for up to a day
AHEAD = timedelta(minutes=5)  # clocks differ


def verified(token: str, init_data: str, now: datetime) -> int | None:
    """The Telegram id of whoever opened the app; None: forged, too old, or of nobody.

    `init_data` is the query string that Telegram gives to the page. It proves who, not that he works here.
    """
    try:
        data = safe_parse_webapp_init_data(token, init_data)
    except (ValueError, TypeError, AttributeError):  # TypeError: a hash that is not ASCII; what else is no data at all
        return None
    if data.user is None or not now - LIVES <= data.auth_date <= now + AHEAD:
        return None
    return data.user.id
