"""The words that make a message something else than a sale, or a hold.

    begin    «возврат 3000 брак»   something after a sale
    look_up  «найти 4567»          a page of the bot
    held     «удержать 12500»      /hold in words

A number may stand before the verb (`1042 возврат`), and a word of politeness or of fullness (`прошу`, `полный`).
Only whole words count: «Вернисаж» and «возвратный клапан» are goods.
"""

import re
from dataclasses import dataclass
from typing import Literal

from bot.payments.grammar.tokens import clean

Verb = Literal["refund", "cancel", "complete", "status", "replace"]  # replace: in answer to a card only
Lookup = Literal["help", "last", "find", "day"]

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


_LOOKUPS: dict[Lookup, str] = {
    "help": "помощь|помоги|помогите|справка|help",
    "last": r"(?:мои )?последн(?:ие|ее|яя)(?: (?:продажи|продажа|платежи|платёж|платеж|[0-9]{1,2}))*|last",
    "find": r"(?:най(?:ти|ди|дите)|ищи|поиск|find|search)\b.*",
    "day": "(?:(?:итоги?|выручка) )?(?:за )?(?:день|дня|сегодня|вчера)|итоги?|выручка|day|today",
}
_LOOKING_UP = re.compile(
    r"\W*(?:" + "|".join(f"(?P<{page}>{words})" for page, words in _LOOKUPS.items()).replace(" ", r"\s+") + r")\W*",
    re.IGNORECASE | re.DOTALL,
)
_HELD = re.compile(
    r"^\W*(?:(?:удержать|удержи|удержите|удержание|захолдить|холд)(?![\w-])|hold(?=[\s:]*[+(0-9₽]))[\s:,.]*"
    r"|(?<![\s,.])[\s,.]+(?:удержать|захолдить|холд)[\s.!]*$",  # «strong hold» is what a hair spray has
    re.IGNORECASE,
)


def look_up(text: str) -> Lookup | None:
    """Which page a message asks for: whole messages, but anything may follow «найти»."""
    match = _LOOKING_UP.fullmatch(clean(text))
    return next(page for page in _LOOKUPS if match[page]) if match else None


def held(text: str) -> str | None:
    """What is to be held: the message without its first or last word, `удержать`; None where there is no such word."""
    visible = clean(text)
    return _HELD.sub("", visible, count=1) if _HELD.search(visible) else None


def is_wish(text: str) -> bool:
    """Whether a message asks for something after a sale, readable or not. Such a message must not be sold."""
    return begin(text) is not None
