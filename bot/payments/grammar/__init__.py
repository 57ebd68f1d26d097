"""From a typed message to what it asks for, its possible readings, or the reason why not. Pure; never raises.

It refuses rather than guesses: two readings left, and a person chooses.

    `parts`: the words of a message and the numbers that may be sums
    `orders`: a sale, `12500 9161234567 куртка`
"""

from bot.payments.grammar.orders import read, read_amount
from bot.payments.grammar.reading import Choice, NeedAmount, Order, Question, Reading, Refusal

__all__ = ["Choice", "NeedAmount", "Order", "Question", "Reading", "Refusal", "read", "read_amount"]
