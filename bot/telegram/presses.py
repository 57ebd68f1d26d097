"""Presses of questions about a new sale: which reading, is it another one, who holds the phone. Answered at once."""

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery

from bot.payments.create import Creation, Made, Refused, Sale
from bot.payments.pressing import NUMBER
from bot.payments.questions import Chosen, Questions
from bot.payments.steps import Steps
from bot.staff import Act, Sellers
from storage.rows import Payment, Person

from .access import ANYWHERE
from .answers import Answers
from .sellers import who_sells


class Presses:
    """What the handlers of this room share."""

    def __init__(
        self, steps: Steps, creation: Creation, questions: Questions, sellers: Sellers, answers: Answers, *,
        sms_is_on: bool,
    ) -> None:  # fmt: skip
        self._by_sms = sms_is_on
        self.steps = steps
        self.sellers = sellers
        self.answers = answers
        self._creation = creation
        self._questions = questions

    async def touched(self, bot: Bot, press: CallbackQuery, person: Person, number: str) -> Payment | None:
        """The payment of a button, if this person may do something with it."""
        if payment := await self.steps.allowed(person, Act.LOOK, int(number)):
            return payment
        await self.answers.toast(bot, press, "r.no_n", person.lang, alert=True, n=number)
        return None

    async def chose(
        self, bot: Bot, press: CallbackQuery, person: Person, draft: int, index: int, accepted: bool
    ) -> None:
        """A reading was chosen, or «Это новый»."""
        chosen = await self._questions.chosen(draft, index, person)
        if chosen is None:
            await self.answers.toast(bot, press, "toast.timed_out", person.lang)
            return
        await self._create(bot, press, person, chosen, accepted)

    async def holds(self, bot: Bot, press: CallbackQuery, phone: Person, draft: int, seller_id: int) -> None:
        """Who holds a shared phone now; the sale that asked for it is made."""
        taken = await self.sellers.choose(phone, seller_id)
        if taken is None:
            await self.answers.toast(bot, press, "toast.timed_out", phone.lang)
            return
        phone, seller = taken
        if draft:
            await self.chose(bot, press, phone, draft, 0, accepted=False)
        else:
            await self.answers.toast(bot, press, "T-SHARED.now", phone.lang, who=seller.name)

    async def _create(self, bot: Bot, press: CallbackQuery, person: Person, chosen: Chosen, accepted: bool) -> None:
        seller = await self.sellers.seller(person)
        if seller is None:
            draft = await self._questions.ask_reading(chosen.place, person, chosen.key, [chosen.order])
            await self.answers.open(press, who_sells(await self.sellers.of(person), person.lang, draft))
            await self.answers.toast(bot, press, "T-SHARED", person.lang)
            return
        sale = Sale.of(chosen.order, key=chosen.key, seller=seller, place=chosen.place, look_alike_accepted=accepted)
        match await self._creation.create(sale):
            case Made(again=again):
                toast = "toast.done_already" if again else "card.registering.hint"
                await self.answers.toast(bot, press, toast, person.lang)
            case Refused(key, values):
                await self.answers.toast(bot, press, key, person.lang, alert=True, **values)
            case twin:
                draft = await self._questions.ask_reading(chosen.place, person, chosen.key, [chosen.order])
                question = self._questions.about_twin(twin.payment, person.lang, draft, by_sms=self._by_sms)
                await self.answers.post(chosen.place, question, key=f"twin:{draft}")
                await self.answers.toast(bot, press, "toast.checking", person.lang)


def router(presses: Presses) -> Router:
    room = Router(name="presses")
    answers, steps = presses.answers, presses.steps
    _shared_phone(room, presses)

    @room.callback_query(F.data.regexp(rf"^pick:{NUMBER}:[0-9]$"))
    async def picked(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, draft, index = (press.data or "").split(":")
        await presses.chose(bot, press, person, int(draft), int(index), accepted=False)

    @room.callback_query(F.data.startswith("pick:"))
    async def other(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await answers.toast(bot, press, "T-AMOUNT", person.lang)

    @room.callback_query(F.data.regexp(rf"^twin:{NUMBER}:(new|show|same):{NUMBER}$"))
    async def twin(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, draft, verb, number = (press.data or "").split(":")
        if verb == "new":
            await presses.chose(bot, press, person, int(draft), 0, accepted=True)
            return
        if payment := await presses.touched(bot, press, person, number):
            await steps.show_again(payment.id)
            await answers.toast(bot, press, "toast.done_already", person.lang)

    @room.callback_query(flags=ANYWHERE)
    async def unknown(press: CallbackQuery, bot: Bot, person: Person) -> None:
        await answers.toast(bot, press, "toast.timed_out", person.lang)

    return room


def _shared_phone(room: Router, presses: Presses) -> None:
    """Who holds it."""

    @room.callback_query(F.data == "sellers")
    async def sellers(press: CallbackQuery, bot: Bot, person: Person) -> None:
        if named := await presses.sellers.of(person):
            await presses.answers.open(press, who_sells(named, person.lang))
        await presses.answers.toast(bot, press, "T-SHARED" if named else "T-SHARED.none", person.lang)

    @room.callback_query(F.data.regexp(rf"^seller:{NUMBER}:{NUMBER}$"))
    async def seller(press: CallbackQuery, bot: Bot, person: Person) -> None:
        _, draft, seller_id = (press.data or "").split(":")
        await presses.holds(bot, press, person, int(draft), int(seller_id))
