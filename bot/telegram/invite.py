"""/invite: a one-use link for somebody new, and what his coming sets off.

    /invite продавец до воскресенья 22:00     a link
    /invite                                    a button a role
    by an owner of several shops, in private   a button a shop

The buttons carry the whole offer (`invite:<kind>:<shop>:<until>`, 0 for none): whoever presses is checked anew.
"""

from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.clock import Now
from bot.config import Settings
from bot.payments.arrivals import tell_inviter
from bot.payments.pressing import NUMBER
from bot.ports import Button, Place
from bot.ports import Message as Answer
from bot.staff import (
    Act,
    Invitations,
    Joined,
    Offer,
    Reach,
    Role,
    Shops,
    UntilFault,
    may_invite,
    reach,
    read_offer,
)
from bot.staff.invitations import SHARED
from bot.text import say, until
from storage.rows import Person, Shop

from .answers import Answers, place_of, place_pressed

KINDS = (Role.ASSISTANT, SHARED, Role.MANAGER, Role.OWNER)


class Inviting:
    """What the handlers of this room share."""

    def __init__(self, invitations: Invitations, shops: Shops, answers: Answers, settings: Settings, now: Now) -> None:
        self._invitations = invitations
        self._shops = shops
        self._answers = answers
        self._zone = ZoneInfo(settings.timezone)
        self._now = now

    async def asked(self, message: Message, bot: Bot, person: Person, shop: Shop | None, typed: str) -> None:
        """/invite, with an offer or without one."""
        if reach(person, Act.INVITE) is Reach.NONE:
            await self._answers.say(message, "r.only_role", person.lang, role=say(f"role.{Role.MANAGER}", person.lang))
            return
        shop_id = await self._shop_of(person, shop)
        if not typed.strip():
            await self._answers.answer(message, self._which_role(person, shop_id))
            return
        offer = read_offer(typed, self._now(), self._zone)
        if isinstance(offer, UntilFault):
            key = "invite.past" if offer is UntilFault.PAST else "invite.how"
            await self._answers.say(message, key, person.lang)
            return
        await self._answers.answer(message, await self._offered(bot, person, offer, shop_id, place_of(message)))

    async def chosen(self, bot: Bot, press: CallbackQuery, person: Person, offer: Offer, shop_id: int) -> None:
        """A button of the questions above."""
        if offer.until and offer.until <= self._now():
            await self._answers.toast(bot, press, "invite.past", person.lang, alert=True)
            return
        answer = await self._offered(bot, person, offer, shop_id or None, place_pressed(press))
        await self._answers.open(press, answer)
        await self._answers.toast(bot, press, "toast.ready", person.lang)

    async def _shop_of(self, person: Person, shop: Shop | None) -> int | None:
        """Whom somebody is invited to; None: an owner of several shops must say."""
        several = shop is None and reach(person, Act.INVITE) is Reach.ALL and len(await self._shops.all()) > 1
        return None if several else person.shop_id

    async def _offered(self, bot: Bot, person: Person, offer: Offer, shop_id: int | None, place: Place) -> Answer:
        """The link, the question that comes before it, or why not."""
        if shop_id is None and offer.role == Role.OWNER:
            shop_id = person.shop_id  # an owner has all shops
        if shop_id is None:
            return await self._which_shop(person, offer)
        shop = await self._shops.get(shop_id)
        if shop is None or not may_invite(person, offer.role, shop_id):
            return Answer(say("r.only_role", person.lang, role=say(f"role.{Role.OWNER}", person.lang)))
        token = await self._invitations.token(offer, shop_id, person, place.chat_id)
        link = self._invitations.address(token, (await bot.me()).username)
        ends = until(offer.until, person.lang, self._zone, self._now()) if offer.until else ""
        role = say(f"role.{offer.kind}", person.lang)
        return Answer(say("T-INVITE", person.lang, role=role, shop=escape(shop.name), until=ends, link=link), qr=link)

    def _which_role(self, person: Person, shop_id: int | None) -> Answer:
        """As far as this person may invite."""
        offers = [Offer.of(kind) for kind in KINDS]
        rows = tuple(
            (Button(say(f"role.{offer.kind}", person.lang).capitalize(), data=data_of(offer, shop_id)),)
            for offer in offers
            if may_invite(person, offer.role, shop_id or person.shop_id)
        )
        return Answer(say("invite.role", person.lang), rows)

    async def _which_shop(self, person: Person, offer: Offer) -> Answer:
        rows = tuple((Button(shop.name, data=data_of(offer, shop.id)),) for shop in await self._shops.all())
        return Answer(say("invite.shop", person.lang), rows)

    async def tell_inviter(self, joined: Joined) -> None:
        """Once, with «Это не он»."""
        await tell_inviter(self._answers.post, joined)


def router(inviting: Inviting) -> Router:
    room = Router(name="invite")

    @room.message(Command("invite"))
    async def invite(message: Message, bot: Bot, command: CommandObject, person: Person, shop: Shop | None) -> None:
        await inviting.asked(message, bot, person, shop, command.args or "")

    @room.callback_query(F.data.regexp(rf"^invite:({'|'.join(KINDS)}):{NUMBER}:[0-9]{{1,11}}$"))
    async def chosen(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, kind, shop_id, ends = (press.data or "").split(":")
        offer = Offer.of(kind, datetime.fromtimestamp(int(ends), UTC) if int(ends) else None)
        await inviting.chosen(bot, press, person, offer, int(shop_id))

    return room


def data_of(offer: Offer, shop_id: int | None) -> str:
    return f"invite:{offer.kind}:{shop_id or 0}:{int(offer.until.timestamp()) if offer.until else 0}"
