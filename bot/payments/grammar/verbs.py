"""How a message begins that asks for something after a sale; whatever begins so is never a sale.

A number may stand before the verb (`1042 возврат`), and a word of politeness or of fullness (`прошу`, `полный`).
Only whole words count: «Вернисаж» and «возвратный клапан» are goods.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.payments.grammar.tokens import clean

Verb = Literal["refund", "cancel", "complete", "status"]

_VERBS: dict[Verb, str] = {
    "refund": "возврат(?:а|у|ы|ом)?|возвращаю|возвращаем|верн(?:и|ите|у|уть|ем|ём|ул|ула|ули)"
    "|деньги назад|money back|refunds?",
    "cancel": "отмен(?:а|у|ы|и|ите|ить|ил|ила|или|яю|яем|яй|яйте)|cancel"
    "|(?:снять|сними|снимите|снимаю) (?:удержание|холд)",
    "complete": r"выда(?:л|ла|ли|н|на|но|ны|ть)|товар выдан|спи(?:ши|шите|сать)|handed over"
    r"|completed?(?=\W*(?:[0-9№#]|$))",  # not `complete set 5000`
    "status": "статус|status",
}
_BEFORE = "сделай|сделайте|сделать|оформи|оформите|оформить|прошу|нужен|нужна|нужно|надо|пожалуйста|please"
_FULL = "полный|полная|полную|full"
_OBJECTS = (
    "деньги|денег|money|товара?|товары|плат[её]ж[аи]?|заказа?|оплат[ыу]|покупк[иу]|payment|order|пожалуйста|please"
)
_LEADING_NUMBERS = r"[№#+]?[ \u00a0]*[0-9][0-9 \u00a0.,()-]*+(?:руб|тыс|[рpкkт₽])?\.?[ \u00a0\n]*+"
_END = r"(?![^\W\d_])"  # a digit may stick to the word: `возврат3000`
_BEGINNING = re.compile(
    rf"(?:[^\w№#+—–-]|_|[-—–](?![0-9]))*+(?P<numbers>{_LEADING_NUMBERS})?"
    rf"(?:(?:{_BEFORE}){_END}\W+)*(?:(?P<full>{_FULL})\s+)?(?:"
    + "|".join(f"(?P<{verb}>{words})" for verb, words in _VERBS.items()).replace(" ", r"\s+")
    + rf"){_END}(?:[^\w№#]*(?:{_OBJECTS}){_END})*"
    r"(?:[\s:;,.!?…]|[-—–](?![0-9]))*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Beginning:
    """The verb of a wish, and the message without it: what `/refund`, `/cancel` … would have as arguments."""

    verb: Verb
    args: str


def begin(text: str) -> Beginning | None:
    """The beginning of a wish; None where the message does not begin as one."""
    visible = clean(text)
    match = _BEGINNING.match(visible)
    if match is None:
        return None
    verb = next(verb for verb in _VERBS if match[verb])
    return Beginning(verb, " ".join(filter(None, (match["numbers"], match["full"], visible[match.end() :]))))


def is_wish(text: str) -> bool:
    """Whether a message asks for something after a sale, readable or not. Such a message must not be sold."""
    return begin(text) is not None
