"""The notation of messages.txt: what a message is read as, in the words that a shop owner reads there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.payments.grammar import (
    Choice,
    NeedAmount,
    Order,
    Reading,
    Refusal,
    Wish,
    WishChoice,
    WishReading,
    look_up,
    read,
    read_command,
    read_wish,
)

MESSAGES = Path(__file__).with_name("messages.txt")


@dataclass(frozen=True)
class Entry:
    """A line of the file."""

    message: str
    meaning: str

    def read_as(self) -> str:
        """What the bot understands, in the same notation."""
        text = re.sub(r"\\u([0-9A-F]{4})", lambda code: chr(int(code[1], 16)), self.message).replace("⏎", "\n")
        return written(understood(text.removeprefix("↩ "), in_reply=text.startswith("↩ ")))


def entries() -> Iterator[Entry]:
    for line in MESSAGES.read_text("utf-8").splitlines():
        if "\t" in line:
            yield Entry(*line.split("\t"))


def understood(text: str, *, in_reply: bool) -> Reading | WishReading | str:
    """As the rooms of the staff chat read it: a command by its name, else a page, a wish, a sale."""
    command = re.fullmatch(r"/(\w+)(?:@\w+)?(?:\s+(.*))?", text, re.DOTALL)
    name, args = (command[1].lower(), command[2] or "") if command else ("", "")
    match name:
        case "":
            return look_up(text) or read_wish(text, in_reply=in_reply) or read(text)
        case "pay" | "p" | "hold":
            return read(args, hold=name == "hold")
        case "refund" | "cancel" | "complete" | "status":
            return read_command(name, args, in_reply=in_reply)
        case "help" | "last":
            return name
    return Refusal("r.unread")


def written(reading: Reading | WishReading | str) -> str:
    match reading:
        case Order(amount, phone, what, hold):
            return words("hold" if hold else "", roubles(amount), phone, what)
        case NeedAmount(phone, what, hold):
            return words("needs amount", "hold" if hold else "", phone, what)
        case Wish(verb, number, amount, everything, reason):
            return words(verb, number and f"№{number}", "all" if everything else amount and roubles(amount), reason)
        case Choice(readings=orders):
            return "? " + " | ".join(written(replace(order, what="")) for order in orders)
        case WishChoice(readings=wishes):
            return "? " + " | ".join(written(replace(wish, reason="")) for wish in wishes)
        case Refusal(key):
            return key
        case str():
            return reading


def words(*parts: str | int | None) -> str:
    return " ".join(str(part) for part in parts if part)


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100}" + (f",{kopecks % 100:02d}" if kopecks % 100 else "")


def amount_of(notation: str) -> str | None:
    """The sum that is acted on; None where nothing is, or where a person is asked first."""
    found = re.match(r"(?:hold |(?:refund|complete) (?:№[0-9]+ )?)?([0-9]+(?:,[0-9]{2})?)(?![^ ])", notation)
    return found[1] if found else None


def phone_of(notation: str) -> str | None:
    """The phone that a message goes to, as above."""
    found = re.match(r"(?:needs amount )?(?:hold )?(?:[0-9]+(?:,[0-9]{2})? )?(\+7[0-9]{10})(?![^ ])", notation)
    return found[1] if found else None
