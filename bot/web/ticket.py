"""What the shopper's page says in each of its states: icon, tone, words. Pure; the templates only lay it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.money import format_rub
from bot.ports import PageState, PageView
from bot.text import at, digits_in_words, say


@dataclass(frozen=True, slots=True)
class Look:
    """How a state looks. `button`: the way the main button is drawn, "primary" or "outline"."""

    tone: str
    icon: str
    button: str | None = None


LOOKS: Final[Mapping[PageState, Look]] = {
    PageState.WAIT: Look("info", "clock", "primary"),
    PageState.PAYING: Look("unknown", "hourglass", "outline"),
    PageState.RETRY: Look("wait", "back", "primary"),
    PageState.PAID: Look("ok", "tick"),
    PageState.HELD: Look("ok", "tick"),
    PageState.PART: Look("info", "back"),
    PageState.REFUNDED: Look("info", "back"),
    PageState.DECLINED: Look("bad", "cross"),
    PageState.EXPIRED: Look("wait", "clock"),
    PageState.CANCELLED: Look("info", "back"),
    PageState.UNKNOWN: Look("unknown", "hourglass"),
    PageState.SOON: Look("unknown", "hourglass", "outline"),
}
GONE: Final = Look("wait", "clock")

# After these the page stops asking. A hold still ends in a payment, and the bank's silence in an answer.
FINAL: Final = frozenset(
    {
        PageState.PAID,
        PageState.PART,
        PageState.REFUNDED,
        PageState.DECLINED,
        PageState.EXPIRED,
        PageState.CANCELLED,
    }
)
LONGEST_SUM: Final = len("149 999,99 ₽")  # at 320 px, in letters of the usual size
STRIPES: Final[Mapping[str, str]] = {"test": "P-TEST.text", "training": "P-TRAIN.text"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A page's facts in words, ready to be laid out. `state` is a PageState's value, or "gone", with `view` None."""

    state: str
    look: Look
    final: bool
    title: str
    heading: str
    text: str
    view: PageView | None = None
    sum: str = ""
    time: str = ""
    code_spoken: str = ""
    code_spoken_show: str = ""
    stripe: str = ""

    @property
    def payable(self) -> bool:
        return self.view is not None and self.view.payable

    @property
    def has_long_sum(self) -> bool:
        """Its letters must be smaller, or the narrowest phone would cut it off."""
        return len(self.sum) > LONGEST_SUM

    @property
    def secured(self) -> bool:
        """The money is there: the hand-over code may be shown."""
        return self.state in {PageState.PAID, PageState.HELD}


def ticket(view: PageView | None, lang: str, tz: ZoneInfo, now: datetime) -> Ticket:
    """`view` None: no such link, or a closed one; says neither shop nor sum."""
    if view is None:
        heading = say("P-GONE.heading", lang)
        return Ticket("gone", GONE, final=True, title=heading, heading=heading, text=say("P-GONE.text", lang))
    key = f"P-{view.state.name}"
    total = format_rub(view.amount)
    time = at(view.at, lang, tz, now)
    heading = say(f"{key}.heading", lang, sum=total, ref=format_rub(view.refunded))
    words = digits_in_words(view.handover_code or "", lang)
    done = view.state in {PageState.PAID, PageState.HELD}
    return Ticket(
        state=view.state.value,
        look=LOOKS[view.state],
        final=view.state in FINAL,
        title=say("page.title.done" if done else "page.title", lang, heading=heading, sum=total, shop=view.shop),
        heading=heading,
        text=say(f"{key}.text", lang, shop=view.shop, t=time, sum=total),
        view=view,
        sum=total,
        time=time,
        code_spoken=say("page.code.spoken", lang, words=words),
        code_spoken_show=say("show.code.spoken", lang, words=words),
        stripe=say(STRIPES[view.stripe], lang) if view.stripe else "",
    )
