"""/staff: who works here, one person a button; what may be changed is asked of whoever presses, each time.

    /staff                   the list -> `person:<id>` one person -> prolong, role, close, names of a shared phone
    close, T-LEFT            `close:<id>` asks (T-REMOVE), `bye:<id>:<until>` closes
    T-JOINED                 `not_him:<id>` closes at once
    left the shop's group    its managers are asked (T-LEFT)

Handlers send nothing but toasts, so that each view is a message of its own.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

from aiogram import Bot, F, Router
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from bot.payments.leaving import Closed, Kept, Leaving
from bot.payments.pressing import NUMBER
from bot.payments.questions import Questions
from bot.ports import Button, Place
from bot.ports import Message as Answer
from bot.staff import Act, Invitations, Reach, Role, Sellers, Shops, Staff, may_in_shop, may_manage, reach
from bot.staff.sellers import NAME_LENGTH
from bot.text import say
from storage.rows import Person, Shop

from .access import chat_of
from .answers import Answers, place_of, place_pressed
from .person import Clock, person_view, rows_of

PAGE = 20  # people in one message
ANSWER_WITHIN = timedelta(seconds=60)  # a «Да» that is found later does nothing
NO_NAME = re.compile(r"[0-9/]")  # an amount, a phone, a command: typed for something else


class People:
    """What the handlers of this room share."""

    def __init__(
        self,
        staff: Staff,
        shops: Shops,
        sellers: Sellers,
        invitations: Invitations,
        leaving: Leaving,
        questions: Questions,
        answers: Answers,
        clock: Clock,
    ) -> None:
        self.answers = answers
        self._staff = staff
        self._shops = shops
        self._sellers = sellers
        self._invitations = invitations
        self._leaving = leaving
        self._questions = questions
        self._clock = clock

    # The list and one person

    async def list_of(self, person: Person, shop: Shop | None, start: int = 0) -> Answer | None:
        """A manager sees his shop, an owner all; in a shop's group that shop. None: not for this person."""
        if reach(person, Act.MANAGE) is Reach.NONE:
            return None
        everywhere = shop is None and reach(person, Act.MANAGE) is Reach.ALL
        people = await self._staff.of_shop(None if everywhere else person.shop_id)
        page = people[start : start + PAGE]
        names = {shop.id: shop.name for shop in await self._shops.all()}
        parts = []
        for shop_id in dict.fromkeys(one.shop_id for one in page):
            here = [one for one in page if one.shop_id == shop_id]
            rows = "\n".join(await self._rows(here, person.lang))
            parts.append(say("staff", person.lang, shop=escape(names[shop_id]), list=rows))
        buttons = [(Button(one.name, data=f"person:{one.id}"),) for one in page]
        if start + PAGE < len(people):
            buttons.append((Button(say("staff.more", person.lang), data=f"staff:{start + PAGE}"),))
        return Answer("\n\n".join(parts) or say("staff.none", person.lang), tuple(buttons))

    async def _rows(self, people: Sequence[Person], lang: str) -> list[str]:
        """A line each; under a shared phone its names."""
        rows = []
        for one in people:
            named = await self._sellers.of(one) if one.is_shared else []
            rows += rows_of(one, named, lang, self._clock)
        return rows

    async def show(self, by: Person, staff_id: int) -> Answer | None:
        """One person, with what `by` may change; None: gone, or none of his business."""
        other = await self._staff.get(staff_id)
        if other is None or not may_in_shop(by, Act.MANAGE, other.shop_id):
            return None
        shop = await self._shops.get(other.shop_id)
        named = await self._sellers.of(other) if other.is_shared else []
        sales = await self._leaving.open_sales(other.id)
        return person_view(by, other, shop.name if shop else "", named, sales, self._clock)

    # Changes

    async def prolong(self, bot: Bot, press: CallbackQuery, by: Person, staff_id: int, until: datetime) -> None:
        now = self._clock.now()
        if now < until:
            changed = await self._staff.prolong(by, staff_id, until, chat_of(press))
            await self._changed(bot, press, by, changed)
        else:
            await self.answers.toast(bot, press, "toast.timed_out", by.lang)

    async def set_role(self, bot: Bot, press: CallbackQuery, by: Person, staff_id: int, role: Role) -> None:
        await self._changed(bot, press, by, await self._staff.set_role(by, staff_id, role, chat_of(press)))

    async def _changed(self, bot: Bot, press: CallbackQuery, by: Person, changed: Person | None) -> None:
        if changed and (view := await self.show(by, changed.id)):
            await self.answers.open(press, view)
            await self.answers.toast(bot, press, "toast.ready", by.lang)
        else:
            await self.refuse(bot, press, by)

    async def refuse(self, bot: Bot, press: CallbackQuery, by: Person) -> None:
        await self.answers.toast(bot, press, "toast.not_your_access", by.lang, alert=True)

    # Closing

    async def ask_to_close(self, bot: Bot, press: CallbackQuery, by: Person, staff_id: int) -> None:
        """T-REMOVE, with what he leaves behind."""
        other = await self._staff.get(staff_id)
        if other is None or not may_manage(by, other):
            await self.refuse(bot, press, by)
            return
        sales = 0 if other.account_id else await self._leaving.open_sales(other.id)
        question = say("T-REMOVE", by.lang, who=escape(other.name), k=sales or "")
        ends = int((self._clock.now() + ANSWER_WITHIN).timestamp())
        buttons = (
            Button(say("T-REMOVE.no", by.lang), data="keep"),
            Button(say("T-REMOVE.yes", by.lang), data=f"bye:{staff_id}:{ends}", style="danger"),
        )
        await self.answers.open(press, Answer(question, (buttons,)))
        await self.answers.toast(bot, press, "toast.ready", by.lang)

    def is_late(self, ends: int) -> bool:
        """Whether a «Да» was found after its time (in Unix seconds)."""
        return self._clock.now().timestamp() > ends

    async def close(self, bot: Bot, press: CallbackQuery, by: Person, staff_id: int) -> None:
        await self._closed(bot, press, by, await self._leaving.close(by, staff_id, chat_of(press)))

    async def not_him(self, bot: Bot, press: CallbackQuery, by: Person, staff_id: int) -> None:
        """At once, without a question: somebody else is in the till."""
        other = await self._staff.get(staff_id)
        his = other is not None and await self._invitations.made_him(by, other)
        await self._closed(bot, press, by, await self._leaving.close(by, staff_id, chat_of(press), let_him_in=his))

    async def _closed(self, bot: Bot, press: CallbackQuery, by: Person, outcome: Closed | Kept) -> None:
        match outcome:
            case Closed(person, handed):
                who = escape(person.name)
                await self.answers.open(press, Answer(say("staff.closed", by.lang, who=who, k=handed or "")))
                await self.answers.toast(bot, press, "toast.ready", by.lang)
            case Kept.GONE:
                await self.answers.toast(bot, press, "toast.done_already", by.lang)
            case Kept.LAST_OWNER:
                await self.answers.toast(bot, press, "toast.last_owner", by.lang, alert=True)
            case Kept.FORBIDDEN:
                await self.refuse(bot, press, by)

    async def left(self, chat_id: int, telegram_id: int, message_id: int) -> None:
        """Somebody is no longer in a group: where it is his shop's, its managers are asked, else the owners."""
        shop = await self._shops.of_chat(chat_id)
        other = await self._staff.by_telegram_id(telegram_id) if shop else None
        if shop is None or other is None or other.shop_id != shop.id:
            return
        here = await self._staff.of_shop(None)
        able = [one for one in here if one.telegram_id and may_manage(one, other) and self._staff.is_active(one)]
        for one in [one for one in able if one.role == Role.MANAGER] or able:
            question = say("T-LEFT", one.lang, who=escape(other.name), shop=escape(shop.name))
            keep = Button(say("T-LEFT.keep", one.lang), data="keep")
            close = Button(say("T-LEFT.close", one.lang), data=f"close:{other.id}", style="danger")
            key = f"left:{chat_id}:{message_id}:{one.id}"
            await self.answers.post(Place(one.telegram_id or 0), Answer(question, ((close, keep),)), key=key)

    # Names on a shared phone

    async def ask_name(self, bot: Bot, press: CallbackQuery, by: Person, staff_id: int) -> None:
        """Of a new seller on this phone, or another name of this seller."""
        other = await self._staff.get(staff_id)
        if other is None or not (other.is_shared or other.account_id) or not may_manage(by, other):
            await self.refuse(bot, press, by)
            return
        place = place_pressed(press)
        await self._questions.ask_name(place, by, staff_id, key=f"name:{press.id}")
        await self.answers.open(press, Answer(say("staff.name_how", by.lang, who=escape(other.name))))
        await self.answers.toast(bot, press, "toast.ready", by.lang)

    async def is_name(self, message: Message, person: Person | None) -> bool | dict[str, tuple[int, int]]:
        """Whether a message answers «Как зовут?»: only of somebody who may, and only what looks like a name."""
        if person is None or reach(person, Act.MANAGE) is Reach.NONE or NO_NAME.search(message.text or "/"):
            return False
        asked = await self._questions.whose_name(place_of(message), person)
        return {"asked": asked} if asked else False

    async def named(self, message: Message, by: Person, asked: tuple[int, int]) -> None:
        draft, staff_id = asked
        name = " ".join((message.text or "").split())
        if len(name) > NAME_LENGTH:
            await self.answers.say(message, "staff.name_long", by.lang, max=NAME_LENGTH)
            return
        named = await self._sellers.name(by, staff_id, name, message.chat.id)
        if named is None:
            await self.answers.say(message, "staff.name_taken", by.lang)
            return
        await self._questions.used(draft)
        await self.answers.say(message, "staff.named", by.lang, who=escape(name))


def router(people: People, bot_id: int) -> Router:
    room = Router(name="people")
    answers = people.answers
    _views(room, people)
    _changes(room, people)
    to_us = or_f(F.chat.type == "private", F.reply_to_message.from_user.id == bot_id)

    @room.message(Command("staff"))
    async def staff(message: Message, person: Person, shop: Shop | None) -> None:
        answer = await people.list_of(person, shop)
        if answer is None:
            role = say(f"role.{Role.MANAGER}", person.lang)
            await answers.say(message, "r.only_role", person.lang, role=role)
        else:
            await answers.answer(message, answer)

    @room.message(F.text, to_us, people.is_name)
    async def named(message: Message, person: Person, asked: tuple[int, int]) -> None:
        await people.named(message, person, asked)

    @room.callback_query(F.data == "keep")
    async def keep(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await answers.toast(bot, press, "toast.as_before", person.lang)

    return room


def _views(room: Router, people: People) -> None:
    """The list's next page, and one person."""
    answers = people.answers

    async def open_(press: CallbackQuery, bot: Bot, person: Person, answer: Answer | None) -> None:
        if answer is None:
            await people.refuse(bot, press, person)
            return
        await answers.open(press, answer)
        await answers.toast(bot, press, "toast.ready", person.lang)

    @room.callback_query(F.data.regexp(rf"^staff:{NUMBER}$"))
    async def more(press: CallbackQuery, bot: Bot, person: Person, shop: Shop | None) -> None:
        answer = await people.list_of(person, shop, int((press.data or "").split(":")[1]))
        await open_(press, bot, person, answer)

    @room.callback_query(F.data.regexp(rf"^person:{NUMBER}$"))
    async def one(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await open_(press, bot, person, await people.show(person, int((press.data or "").split(":")[1])))


def _changes(room: Router, people: People) -> None:
    """Each is refused to whoever may not, whatever button he found."""

    @room.callback_query(F.data.regexp(rf"^prolong:{NUMBER}:[0-9]{{1,11}}$"))
    async def prolong(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, staff_id, until = (press.data or "").split(":")
        await people.prolong(bot, press, person, int(staff_id), datetime.fromtimestamp(int(until), UTC))

    @room.callback_query(F.data.regexp(rf"^role:{NUMBER}:(assistant|manager)$"))
    async def role(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, staff_id, role = (press.data or "").split(":")
        await people.set_role(bot, press, person, int(staff_id), Role(role))

    @room.callback_query(F.data.regexp(rf"^(close|not_him|name):{NUMBER}$"))
    async def verb(press: CallbackQuery, bot: Bot, person: Person) -> None:
        verb, staff_id = (press.data or "").split(":")
        does = {"close": people.ask_to_close, "not_him": people.not_him, "name": people.ask_name}[verb]
        await does(bot, press, person, int(staff_id))

    @room.callback_query(F.data.regexp(rf"^bye:{NUMBER}:[0-9]{{1,11}}$"))
    async def bye(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, staff_id, ends = (press.data or "").split(":")
        if people.is_late(int(ends)):
            await people.answers.toast(bot, press, "toast.timed_out", person.lang)
        else:
            await people.close(bot, press, person, int(staff_id))
