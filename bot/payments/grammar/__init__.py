"""From a typed message to what it asks for, its possible readings, or the reason why not. Pure; never raises.

It refuses rather than guesses: two readings left, and a person chooses.

    `parts`: the words of a message and the numbers that may be sums
    `orders`: a sale, `12500 9161234567 куртка`
    `verbs`, `wishes`: what follows a sale, `возврат 3000 брак`, `/complete 1042 8000`
"""

from bot.payments.grammar.orders import read, read_amount
from bot.payments.grammar.reading import Choice, NeedAmount, Order, Question, Reading, Refusal
from bot.payments.grammar.verbs import Lookup, Verb, is_wish, look_up
from bot.payments.grammar.wishes import Wish, WishChoice, WishReading, read_answer, read_command, read_wish, wishes_of

__all__ = [
    "Choice",
    "Lookup",
    "NeedAmount",
    "Order",
    "Question",
    "Reading",
    "Refusal",
    "Verb",
    "Wish",
    "WishChoice",
    "WishReading",
    "is_wish",
    "look_up",
    "read",
    "read_amount",
    "read_answer",
    "read_command",
    "read_wish",
    "wishes_of",
]
