"""What the page is shown: chats, SMS, wire, scene, clock and coach as JSON."""

from typing import Any

from bot.sandbox.clock import SandboxClock
from bot.sandbox.sms import SmsSimulator, State, StoredMessage
from bot.sandbox.telegram import Message, TelegramSimulator
from bot.sandbox.wire import Wire

from .cast import MANAGER, OWNER, SELLER, SHOP_CHAT, STRANGER
from .coach import Coach
from .links import Links
from .scene import Scene

Shown = dict[str, Any]
CHATS = {
    "seller": SELLER.id, "manager": MANAGER.id, "owner": OWNER.id, "shop": SHOP_CHAT, "stranger": STRANGER.id,
}  # fmt: skip


class View:
    def __init__(
        self,
        clock: SandboxClock,
        wire: Wire,
        telegram: TelegramSimulator,
        sms: SmsSimulator,
        links: Links,
        scene: Scene,
        coach: Coach,
    ) -> None:
        self._clock = clock
        self._wire = wire
        self._telegram = telegram
        self._sms = sms
        self._links = links
        self._scene = scene
        self._coach = coach

    def everything(self) -> Shown:
        return {
            "now": self.now(),
            "chats": [self._chat(name, chat_id) for name, chat_id in CHATS.items()],
            "sms": [sms(message) for message in self._sms.messages if on_phone(message)],
            "wire": [exchange.as_json() for exchange in self._wire.recent()],
            "scene": sorted(self._scene.on),
            "coach": self._coach.as_json(),
        }

    def now(self) -> str:
        return self._clock.now().isoformat()

    def message(self, message: Message) -> Shown:
        """As people see it, with the moment of its last edit and what marks its rows on the wire."""
        shown = message.shown()
        self._links.note(shown)
        edited = message.edited.isoformat() if message.edited else None
        return shown | {"edited": edited, "marks": self._links.marks(message.chat.id, message.id)}

    def found(self, chat_id: int, message_id: int) -> Shown | None:
        """None: it is gone already."""
        chat = self._telegram.world.chats.get(chat_id)
        message = chat.messages.get(message_id) if chat else None
        return self.message(message) if message else None

    def _chat(self, name: str, chat_id: int) -> Shown:
        chat = self._telegram.world.chats.get(chat_id)
        messages = [self.message(message) for message in chat.messages.values()] if chat else []
        return {"name": name, "id": chat_id, "pinned": chat.pinned if chat else [], "messages": messages}


def on_phone(message: StoredMessage) -> bool:
    """A phone shows what has been delivered, and nothing of what has not."""
    return message.state is State.DELIVERED


def sms(message: StoredMessage) -> Shown:
    """The shopper's own phone: his number and the text are whole here."""
    return {
        "id": f"{message.provider}-{message.id}",
        "to": message.to,
        "text": message.text,
        "sender": message.sender,
        "at": message.at.isoformat(),
    }
