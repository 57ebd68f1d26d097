"""`run`: the service until it is told to stop; prints a one-use owner link while there is no owner."""

import sys
from collections.abc import Awaitable, Callable

import qrcode
import structlog
from aiogram import Bot

from storage.engine import Database
from storage.migrate import upgrade

from .adapters import load_adapters
from .app import Service
from .clock import utc_now
from .config import Settings
from .errors import ChatError, SettingsError
from .staff import Invitations, Shops
from .telegram.chat import make_bot
from .telegram.errors import translated
from .text import say

log = structlog.get_logger(__name__)


async def serve(settings: Settings, until: Callable[[], Awaitable[None]]) -> None:
    """Until `until` returns."""
    service = Service(settings, load_adapters(settings))
    try:
        await service.start()
        host, port = settings.address()
        log.info("prilavok runs", address=f"http://{host}:{port}", level=0 if settings.public_url is None else 1)
        if not await service.staff.has_owner():
            service.nursery.start(_offer_ownership(service), "owner link")
        await until()
    finally:
        await service.stop()


async def _offer_ownership(service: Service) -> None:
    """At level 0 the link needs the bot's name, so it waits for Telegram; the 15 minutes begin then."""
    name = None if service.settings.public_url else await service.bot_name()
    show("start.owner", service.invitations.address(await service.invitations.owner_token(), name))


async def print_owner_link(settings: Settings) -> None:
    """`owner-link`: beside a running service too."""
    await upgrade(settings.database_url)
    db = Database(settings.database_url)
    await db.open()
    bot = make_bot(settings)
    try:
        await Shops(db, settings, utc_now).open_first()
        invitations = Invitations(db, settings, utc_now)
        name = None if settings.public_url else await _name_of(bot)
        show("start.owner_link", invitations.address(await invitations.owner_token(), name))
    finally:
        await bot.session.close()
        await db.close()


async def _name_of(bot: Bot) -> str | None:
    try:
        with translated():
            return (await bot.get_me()).username
    except ChatError as error:
        raise SettingsError("TELEGRAM_API_URL", f"Telegram does not answer ({error})") from error


def show(key: str, link: str) -> None:
    """The link and its QR, for the terminal of whoever installs."""
    code = qrcode.QRCode(border=2)
    code.add_data(link)
    sys.stdout.write(say(key, "ru", link=link) + "\n")
    code.print_ascii(out=sys.stdout, invert=True)
    sys.stdout.flush()
