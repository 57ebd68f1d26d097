"""The shopper's link behind each card, as a camera would read it off the QR.

A picture is not decoded: the card's own buttons carry the link. A final state has no buttons any more but still its QR,
so a link once seen is remembered; a card that came without any (a question, a request) has the link of its number.
"""

import re
from typing import Any

from bot.sandbox.bank import BankSimulator, Order
from bot.sandbox.telegram import TelegramSimulator

PAGE = re.compile(r"(https?://[^/\s]+/p/([1-9A-HJ-NP-Za-km-z]{8,11}))(?:[/?#]\S*)?$")
RETURN = re.compile(r"/return(?:[?#].*)?$")

NUMBER = re.compile(r"№\s(\d+)")

Card = tuple[int, int]  # chat, message


class Links:
    def __init__(self, bank: BankSimulator, telegram: TelegramSimulator) -> None:
        self._bank = bank
        self._telegram = telegram
        self._seen: dict[Card, str] = {}
        self._of_number: dict[str, str] = {}

    def forget(self) -> None:
        self._seen.clear()
        self._of_number.clear()

    def note(self, message: dict[str, Any]) -> None:
        """Remembers the link of a message, as `Message.shown` shows it. A newer link replaces the older one."""
        card = message["chat_id"], message["id"]
        number = NUMBER.search(message["caption"] or "")
        link = link_in(message)
        if link and number:
            self._of_number[number[1]] = link
        if number and card not in self._seen:
            link = link or self._of_number.get(number[1])
        if link:
            self._seen[card] = link

    def of(self, chat_id: int, message_id: int) -> str | None:
        return self._seen.get((chat_id, message_id))

    def newest(self, chat_id: int) -> str | None:
        """What a camera held over this chat would read: the newest QR's link, else that of the bank's newest order."""
        chat = self._telegram.world.chats.get(chat_id)
        for message in reversed(list(chat.messages.values()) if chat else []):
            link = self._seen.get((chat_id, message.id))
            if link and message.media:
                return link
        newest = max(self._bank.orders.values(), key=lambda order: order.created_at, default=None)
        return RETURN.sub("", newest.return_url) if newest else None

    def order_of(self, chat_id: int, message_id: int) -> Order | None:
        """The newest bank order that the card's link leads to."""
        link = self.of(chat_id, message_id)
        orders = [order for order in self._bank.orders.values() if link and belongs(order, link)]
        return max(orders, key=lambda order: order.created_at, default=None)

    def marks(self, chat_id: int, message_id: int) -> list[str]:
        """What the wire's rows of this card's payment have in them: its page's code, its bank order."""
        link = self.of(chat_id, message_id)
        if link is None:
            return []
        found = PAGE.match(link)
        order = self.order_of(chat_id, message_id)
        return ([found[2]] if found else []) + ([order.md_order, order.order_number] if order else [])


def link_in(message: dict[str, Any]) -> str | None:
    """From «Копировать», else from a button that opens the page."""
    buttons = [button for row in message["buttons"] for button in row]
    for button in buttons:
        if str(button.get("copy", "")).startswith("http"):
            return str(button["copy"])
    for button in buttons:
        found = PAGE.match(str(button.get("url", "")))
        if found:
            return found[1]
    return None


def belongs(order: Order, link: str) -> bool:
    """Without a page of its own the QR carries the bank's link."""
    found = PAGE.match(link)
    return f"/p/{found[2]}" in order.return_url if found else order.form_url == link
