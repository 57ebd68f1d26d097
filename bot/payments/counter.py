"""The counter of the web till: three fields become a sale.

    amount   read as the amount of a message: «12 500», «12,5к»; what can be read in two ways comes back as a choice
    phone    a Russian mobile, or empty
    what     plain words

Limits and look-alikes are the creation's, as in the chat. The form's id is the sale's key: sent again, it answers with
the sale that it made.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.phone import PhoneFault, parse_phone
from bot.ports import Place
from bot.staff import Sellers
from bot.vault import Vault
from storage.rows import Payment, Person

from .create import Creation, LookAlike, Made, Refused, Sale
from .grammar import Choice, Order, Refusal, read
from .grammar.parts import too_long
from .grammar.reading import UNREAD
from .grammar.tokens import clean


@dataclass(frozen=True, slots=True)
class Form:
    """As it was sent. `id`: a UUID made by the browser. `reading`: which of the offered sums is meant.

    `accepted`: it is another sale than the one that looks like it.
    """

    id: uuid.UUID
    amount: str
    phone: str = ""
    what: str = ""
    hold: bool = False
    reading: int | None = None
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """The amount can be read so or so, in kopecks: a person chooses."""

    readings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wrong:
    """Nothing was made. `where`: the field; `key` of the texts with its values."""

    where: str
    key: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WhoSells:
    """A shared phone: who holds it now?"""

    sellers: Sequence[Person]


@dataclass(frozen=True, slots=True)
class MadeOther:
    """This form has made another sale before: its answer was lost, and then the fields were changed."""

    payment: Payment


Outcome = Made | MadeOther | LookAlike | Sums | WhoSells | Wrong


class Counter:
    """Sells."""

    def __init__(self, creation: Creation, sellers: Sellers, vault: Vault) -> None:
        self._creation = creation
        self._vault = vault
        self._sellers = sellers

    async def sell(self, person: Person, form: Form) -> Outcome:
        """`person`: who is logged in; a shared phone sells for whoever holds it."""
        amount, phone, what = read_sum(form.amount, form.reading), read_phone(form.phone), read_words(form.what)
        if not isinstance(amount, int):
            return amount
        if isinstance(phone, Wrong):
            return phone
        if isinstance(what, Wrong):
            return what
        seller = await self._sellers.seller(person)
        if seller is None:
            return WhoSells(await self._sellers.of(person))
        place = Place(person.telegram_id) if person.telegram_id else None  # his chat rings too
        sale = Sale(
            key=f"form:{form.id}", seller=seller, place=place, amount=amount, phone=phone, what=what,
            two_stage=form.hold, look_alike_accepted=form.accepted,
        )  # fmt: skip
        made = await self._creation.create(sale)
        match made:
            case Refused(key, values):
                return Wrong("amount", key, values)
            case Made(payment, again=True) if not self._is_of(payment, sale):
                return MadeOther(payment)
        return made

    def _is_of(self, payment: Payment, sale: Sale) -> bool:
        """Whether what was made is what is asked for now."""
        phone = self._vault.open(payment.phone_sealed) if payment.phone_sealed else None
        return (payment.amount, phone, payment.two_stage) == (sale.amount, sale.phone, sale.two_stage)


def read_sum(text: str, reading: int | None = None) -> int | Sums | Wrong:
    """Kopecks. `reading`: the index of the sum that a person chose. A phone or words beside it are no amount."""
    found = read(text)
    orders = found.readings if isinstance(found, Choice) else (found,)
    sums = tuple(order.amount for order in orders if isinstance(order, Order) and _is_sum_alone(order))
    if isinstance(found, Refusal) and found != UNREAD:
        return Wrong("amount", found.key, dict(found.params))
    if len(sums) < len(orders):
        return Wrong("amount", "r.amount")
    if not isinstance(found, Choice):
        return sums[0]
    return sums[reading] if reading is not None and 0 <= reading < len(sums) else Sums(sums)


def read_phone(text: str) -> str | Wrong | None:
    """E.164; None: there is none."""
    written = clean(text).strip()
    if not written or written in {"+7", "+", "8", "7"}:  # what the field offers to begin with
        return None
    phone = parse_phone(written)
    return Wrong("phone", f"r.phone_{phone.value}", {"raw": written}) if isinstance(phone, PhoneFault) else phone


def read_words(text: str) -> str | Wrong:
    """One line."""
    words = " ".join(clean(text).split())
    refused = too_long(words)
    return Wrong("what", refused.key, dict(refused.params)) if refused else words


def _is_sum_alone(order: Order) -> bool:
    return not (order.phone or order.what or order.hold)
