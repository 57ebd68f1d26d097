"""Questions that wait for a press or an answer: rows, so that a restart loses none; sealed, since they hold phones."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.clock import Now
from bot.config import Settings
from bot.money import format_rub
from bot.ports import Button, Message, Place
from bot.text import at, say
from bot.vault import Vault
from storage import cards, payments
from storage.engine import Database
from storage.rows import Payment, Person

from .grammar import Order, Wish
from .states import PAID_FOR, PAYABLE

READING_LIVES = timedelta(minutes=10)
NAME_LIVES = timedelta(minutes=5)
MENDED_WITHIN = timedelta(minutes=10)  # a message that sold nothing may be edited into a sale this long
SHOPPER_LIVES = timedelta(minutes=2)  # a phone or a contact without its amount: used once, within this time


@dataclass(frozen=True, slots=True)
class Shopper:
    """To whom the next amount goes."""

    phone: str
    what: str
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reading that a person chose, with the key of the message that it answers."""

    order: Order
    key: str
    place: Place


class Questions:
    """Asks, and finds what an answer belongs to."""

    def __init__(self, db: Database, settings: Settings, vault: Vault, now: Now) -> None:
        self._db = db
        self._vault = vault
        self._now = now
        self._zone = ZoneInfo(settings.timezone)

    async def ask_reading(self, place: Place, person: Person, key: str, readings: Sequence[Order]) -> int:
        """The draft's id, for the buttons."""
        content: dict[str, object] = {"readings": [asdict(order) for order in readings], "thread": place.thread_id}
        return await self._ask("reading", place, person, key, content, READING_LIVES)

    async def ask_amount(
        self, place: Place, person: Person, key: str, phone: str, what: str, *, hold: bool = False
    ) -> None:
        content: dict[str, object] = {"phone": phone, "what": what, "hold": hold}
        await self._ask("shopper", place, person, key, content, SHOPPER_LIVES)

    async def ask_wish(self, place: Place, person: Person, key: str, wishes: Sequence[Wish]) -> int:
        """The draft's id, for the buttons."""
        content: dict[str, object] = {"wishes": [asdict(wish) for wish in wishes], "thread": place.thread_id}
        return await self._ask("wish", place, person, key, content, READING_LIVES)

    async def ask_name(self, place: Place, person: Person, staff_id: int, key: str) -> None:
        """Of a seller: of a new one on the shared phone `staff_id`, or a new one of the seller `staff_id`."""
        await self._ask("name", place, person, key, {"staff": staff_id}, NAME_LIVES)

    async def whose_name(self, place: Place, person: Person) -> tuple[int, int] | None:
        """(the draft, whose name) while a name is asked for."""
        async with self._db.read() as tx:
            draft = await cards.open_draft(tx, place.chat_id, person.id, "name", self._now())
        return (draft.id, int(json.loads(self._vault.open(draft.sealed))["staff"])) if draft else None

    async def used(self, draft_id: int) -> bool:
        """True for the first answer."""
        async with self._db.write() as tx:
            return await cards.use_draft(tx, draft_id, self._now())

    async def _ask(
        self, kind: str, place: Place, person: Person, key: str, content: Mapping[str, object], lives: timedelta
    ) -> int:
        async with self._db.write() as tx:
            return await cards.add_draft(
                tx,
                kind=kind,
                chat_id=place.chat_id,
                author_id=person.id,
                key=key,
                sealed=self._vault.seal(json.dumps(content, ensure_ascii=False)),
                expires_at=self._now() + lives,
            )

    async def chosen(self, draft_id: int, index: int, person: Person) -> Chosen | None:
        """The reading behind a button: for its author only, while the question lives.

        It may be pressed again: the key lets one message make one payment.
        """
        async with self._db.read() as tx:
            draft = await cards.get_draft(tx, draft_id)
        if draft is None or draft.kind != "reading" or draft.author_id != person.id or draft.expires_at <= self._now():
            return None
        content = json.loads(self._vault.open(draft.sealed))
        if not 0 <= index < len(content["readings"]):
            return None
        return Chosen(Order(**content["readings"][index]), draft.key, Place(draft.chat_id, content["thread"]))

    async def wish(self, draft_id: int, index: int, person: Person) -> tuple[Wish, Place] | None:
        """What is wanted, and where it was typed: for its author only, while the question lives."""
        async with self._db.read() as tx:
            draft = await cards.get_draft(tx, draft_id)
        if draft is None or draft.kind != "wish" or draft.author_id != person.id or draft.expires_at <= self._now():
            return None
        content = json.loads(self._vault.open(draft.sealed))
        if not 0 <= index < len(content["wishes"]):
            return None
        return Wish(**content["wishes"][index]), Place(draft.chat_id, content["thread"])

    async def amount_asked(self, place: Place, person: Person) -> int:
        """The draft of «Какая сумма?» that waits for an answer here; 0: none."""
        async with self._db.read() as tx:
            draft = await cards.open_draft(tx, place.chat_id, person.id, "shopper", self._now())
        return draft.id if draft else 0

    async def shopper_of(self, place: Place, person: Person, replied: int | None) -> Shopper | None:
        """The shopper of the sale that was answered, by its number, else of the phone that waits for its amount.

        Either way that phone waits no more.
        """
        now = self._now()
        async with self._db.write() as tx:
            draft = await cards.open_draft(tx, place.chat_id, person.id, "shopper", now)
            mine = draft is not None and await cards.use_draft(tx, draft.id, now)
            if replied:
                return self._of_sale(await payments.get(tx, replied))
        return Shopper(**json.loads(self._vault.open(draft.sealed))) if draft and mine else None

    async def shopper_then(self, place: Place, person: Person, replied: int | None, sale: Payment) -> Shopper | None:
        """The same of a message that has become `sale`; None where its phone was typed, or where it has none."""
        sold_to = self._of_sale(sale)
        async with self._db.read() as tx:
            answered = self._of_sale(await payments.get(tx, replied) if replied else None)
            draft = await cards.last_used(
                tx, place.chat_id, person.id, "shopper", sale.created_at - READING_LIVES, sale.created_at
            )
        waited = Shopper(**json.loads(self._vault.open(draft.sealed))) if draft else None
        return next((one for one in (answered, waited) if one and sold_to and one.phone == sold_to.phone), None)

    def _of_sale(self, payment: Payment | None) -> Shopper | None:
        sealed = payment.phone_sealed if payment else None
        return Shopper(self._vault.open(sealed), "") if sealed else None

    async def note_unsold(self, place: Place, person: Person, key: str) -> None:
        """A message asked for a sale and made none: edited, it may still make one."""
        await self._ask("unsold", place, person, key, {}, MENDED_WITHIN)

    async def is_unsold(self, place: Place, person: Person, key: str) -> bool:
        async with self._db.read() as tx:
            return await cards.has_draft(tx, place.chat_id, person.id, "unsold", key, self._now())

    def about_twin(self, twin: Payment, lang: str, draft_id: int, *, by_sms: bool = False) -> Message:
        """«№ 1042 на 12 500 ₽ … ещё ждёт оплату. Что сделать?» `by_sms`: one more message is offered, not the QR."""
        paid = twin.status in PAID_FOR
        when = at(twin.changed_at if paid else twin.created_at, lang, self._zone, self._now())
        values = {"n": twin.id, "sum": format_rub(twin.amount), "tail": (twin.phone_tail or "")[-2:], "t": when}
        if paid:
            kind, choice, data = "T-DUP-PAID", "same", f"twin:{draft_id}:same:{twin.id}"
        elif by_sms and twin.phone_tail and twin.status in PAYABLE:
            kind, choice, data = "T-DUP", "sms", f"sms:{twin.id}:0"  # as under its card
        else:
            kind, choice, data = "T-DUP-QR", "qr", f"twin:{draft_id}:show:{twin.id}"
        first = Button(say(f"{kind}.{choice}", lang), data=data)
        new = Button(say(f"{kind}.new", lang), data=f"twin:{draft_id}:new:{twin.id}")
        return Message(say(kind, lang, **values), ((first,), (new,)))
