"""The shopper's own Telegram, beside the SMS and never instead of it: he pressed Start for one payment.

    1. `start`     /start p_<code> of an open link: the chat is kept with that code, and gets the link to our page
    2. news        of what the bank says are queued with it (`shopper_news.py`)
    3. `perform`   a `once` job: what its page says now is sent in his language; what may have arrived is not sent again

The code is all that he has to know, as for the page. He is told what the page tells: no names, no phone.
"""

from datetime import timedelta
from functools import partial
from html import escape

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Now
from bot.config import Settings
from bot.errors import ChatAway, ChatBusy, ChatClosed, ChatRefused
from bot.jobs import AWAY, BACKOFF, BUSY, CLOSED, DONE, Outcome
from bot.money import format_rub
from bot.ports import Button, Message, PageState, Place, StaffChat
from bot.text import say
from storage import payments, shopper_chats, staff
from storage.engine import Database
from storage.jobs import Job
from storage.rows import Payment, ShopperChat

from .announce import queue_card
from .shopper import WITH_CODE, shown_state
from .shopper_news import LINK, queue_news
from .states import UNREGISTERED, Status

MOST_CHATS = 3  # that come by one link: a family, not a public
START_AGAIN = timedelta(minutes=1)  # a second press within it asks for nothing new
PAYABLE_PAGE = {PageState.WAIT, PageState.PAYING, PageState.RETRY}


class ShopperChats:
    """Takes shoppers in, and performs `shopper` jobs."""

    def __init__(self, db: Database, chat: StaffChat, settings: Settings, now: Now, *, is_test: bool) -> None:
        self._db = db
        self._chat = chat
        self._public_url = settings.public_url if settings.shopper_telegram else None
        self._now = now
        self._is_test = is_test

    async def start(self, code: str, chat_id: int, lang: str, message_id: int) -> bool:
        """False: there is no such link, or not for him. `message_id`: of the message that says so, which acts once."""
        if self._public_url is None:
            return False
        now = self._now()
        async with self._db.write() as tx:
            found = await payments.by_code(tx, code)
            payment = await payments.lock(tx, found.id) if found else None
            if payment is None or payment.status == Status.FAILED:
                return False
            known = await shopper_chats.of_open_link(tx, payment.id)
            again = next((chat for chat in known if chat.chat_id == chat_id), None)
            if again is None and len(known) >= MOST_CHATS:
                return False
            if again is None or now - again.started_at >= START_AGAIN:
                await shopper_chats.enter(tx, payment.id, chat_id, code=code, lang=lang, now=now)
                if payment.status not in UNREGISTERED:  # else the link comes when it is there
                    about = shown_state(payment, now)
                    about_link = LINK if about in PAYABLE_PAGE else about.value
                    await queue_news(tx, payment, chat_id, about_link, now, key=f"start:{message_id}")
            return True

    async def perform(self, job: Job) -> Outcome:
        async with self._db.read() as tx:
            payment = await payments.get(tx, job.payment_id or 0)
            chat = await self._chat_of(tx, job)
            shop = await staff.get_shop(tx, payment.shop_id) if payment else None
        message = self._message(payment, chat, job.payload["about"], shop.name) if payment and chat and shop else None
        if message is None or chat is None:
            return Outcome(note="no news any more", sent=False)
        try:
            await self._chat.post(Place(chat.chat_id), message)
        except ChatBusy as busy:
            return Outcome(again_at=self._now() + timedelta(seconds=busy.retry_after), note=BUSY)
        except ChatAway as away:
            if away.sent is False:
                pause = timedelta(seconds=BACKOFF[min(job.attempts, len(BACKOFF) - 1)])
                return Outcome(again_at=self._now() + pause, note=AWAY)
            return Outcome(note="unknown")  # it may have arrived, and the page says the same
        except (ChatClosed, ChatRefused):
            return Outcome(note=CLOSED)
        return Outcome(write=partial(self._note_link, chat)) if job.payload["about"] == LINK else DONE

    async def _chat_of(self, tx: AsyncConnection, job: Job) -> ShopperChat | None:
        """None: the link by which he came was closed, so it may be somebody else's payment."""
        chats = await shopper_chats.of_open_link(tx, job.payment_id or 0)
        return next((chat for chat in chats if chat.chat_id == job.payload["chat"]), None)

    async def _note_link(self, chat: ShopperChat, tx: AsyncConnection) -> None:
        now = self._now()
        await shopper_chats.note_sent(tx, chat.payment_id, chat.chat_id, now)
        if payment := await payments.get(tx, chat.payment_id):
            await queue_card(tx, payment, now)

    def _message(self, payment: Payment, chat: ShopperChat, about: str, shop: str) -> Message | None:
        """None: something else is true by now, and has its own message."""
        now = self._now()
        state = shown_state(payment, now)
        if about == LINK:
            return self._link(payment, chat, shop) if state in PAYABLE_PAGE else None
        if state != about and payment.status != Status.DISPUTED:
            return None
        return self._result(payment, PageState(about), chat.lang, shop)

    def _link(self, payment: Payment, chat: ShopperChat, shop: str) -> Message:
        """To our page: the bank's own link leaves us by it alone."""
        text = say(
            "T-SHOPPER-START", chat.lang, test=self._test(chat.lang), shop=escape(shop),
            sum=format_rub(payment.amount), what=escape(payment.what),
        )  # fmt: skip
        pay = Button(say("T-SHOPPER-START.button", chat.lang), url=f"{self._public_url}/p/{chat.code}")
        return Message(text, ((pay,),))

    def _result(self, payment: Payment, state: PageState, lang: str, shop: str) -> Message:
        """The page's own heading and advice; of a payment, and of a part that came back, the heading says it all."""
        text = say(
            "T-SHOPPER-RESULT", lang, test=self._test(lang), shop=escape(shop),
            state=say(f"P-{state.name}.heading", lang, ref=format_rub(payment.refunded)),
            sum="" if state is PageState.PART else format_rub(_amount(payment, state)),
            then="" if state is PageState.PAID else say(f"P-{state.name}.text", lang),
            code=payment.handover_code if state in WITH_CODE else "",
        )  # fmt: skip
        return Message(text)

    def _test(self, lang: str) -> str:
        return say("P-TEST.text", lang) if self._is_test else ""


def _amount(payment: Payment, state: PageState) -> int:
    """What the shopper has paid or got back; before that, what he was to pay."""
    moved = {
        PageState.PAID: payment.deposited, PageState.HELD: payment.approved, PageState.REFUNDED: payment.refunded,
    }  # fmt: skip
    return moved.get(state) or payment.amount
