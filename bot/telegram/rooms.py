"""The rooms of the staff chat, in the order in which an update passes them, behind the two gates of `access`.

start, lookups, till, shops, invite, people, money, sell, decisions, presses: a command's own room before what reads any
text, what follows a sale before sales, and last of all the press that nobody knows. Edits have one room, `rewrites`.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aiogram import Dispatcher

from bot.clock import Now
from bot.config import Settings
from bot.payments.answering import Answering
from bot.payments.create import Creation
from bot.payments.leaving import Leaving
from bot.payments.moving import Moving
from bot.payments.pressing import Pressing
from bot.payments.questions import Questions
from bot.payments.readiness import Readiness
from bot.payments.rewrite import Rewriting
from bot.payments.shopper_chat import ShopperChats
from bot.payments.steps import Steps
from bot.staff import Invitations, Logins, Sellers, Shops, Staff

from . import (
    decisions,
    invite,
    lookups,
    membership,
    money,
    people,
    presses,
    rewrites,
    sell,
    shopper,
    shops,
    start,
    till,
)
from .access import ShopsOnly, StaffOnly
from .answers import Answers
from .person import Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """What the rooms work with."""

    settings: Settings
    now: Now
    bot_id: int
    sms_is_on: bool
    answers: Answers
    staff: Staff
    shops: Shops
    invitations: Invitations
    logins: Logins
    sellers: Sellers
    leaving: Leaving
    moving: Moving
    creation: Creation
    questions: Questions
    rewriting: Rewriting
    readiness: Readiness
    steps: Steps
    answering: Answering
    pressing: Pressing
    shoppers: ShopperChats


def make_dispatcher(parts: Parts) -> Dispatcher:
    """The gates and the rooms."""
    answers, zone = parts.answers, ZoneInfo(parts.settings.timezone)
    inviting = invite.Inviting(parts.invitations, parts.shops, answers, parts.settings, parts.now)
    members = people.People(
        parts.staff, parts.shops, parts.sellers, parts.invitations, parts.leaving, parts.questions, answers,
        Clock(zone, parts.now),
    )  # fmt: skip
    reception = start.Reception(
        parts.staff, parts.shops, parts.invitations, inviting, parts.readiness, answers, parts.settings, parts.now,
        sms_is_on=parts.sms_is_on,
    )  # fmt: skip
    opening = shops.Opening(parts.shops, answers, parts.settings, sms_is_on=parts.sms_is_on)
    looking = lookups.Lookups(parts.steps, answers, parts.settings, parts.now)
    after_sale = money.Money(parts.answering, parts.steps, parts.questions, answers, looking.status)
    deciding = decisions.Deciding(parts.pressing, parts.answering, parts.questions, answers)
    selling = sell.Selling(
        parts.creation, parts.questions, parts.sellers, parts.steps, answers, sms_is_on=parts.sms_is_on
    )
    pressed = presses.Presses(
        parts.steps, parts.creation, parts.questions, parts.sellers, answers, sms_is_on=parts.sms_is_on
    )
    rewriting = rewrites.Rewrites(parts.rewriting, selling, parts.questions, parts.steps, answers, parts.now)
    dispatcher = Dispatcher()
    for observer in (dispatcher.message, dispatcher.edited_message, dispatcher.callback_query):
        observer.outer_middleware(StaffOnly(parts.staff, answers, parts.moving, members.left, zone, parts.now))
        observer.middleware(ShopsOnly(parts.shops, answers))
    dispatcher.include_routers(
        membership.router(parts.moving),
        shopper.router(parts.shoppers, answers),
        start.router(reception, parts.bot_id),
        lookups.router(looking, parts.bot_id),
        till.router(till.TillDoor(parts.logins, answers, parts.settings.public_url)),
        shops.router(opening),
        invite.router(inviting),
        people.router(members, parts.bot_id),
        money.router(after_sale, parts.bot_id),
        sell.router(selling, parts.bot_id),
        rewrites.router(rewriting),
        decisions.router(deciding),
        presses.router(pressed),
    )
    return dispatcher
