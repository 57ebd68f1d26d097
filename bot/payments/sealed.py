"""Messages that wait in the jobs table are sealed: they may hold a phone or a name."""

import json
from dataclasses import asdict

from bot.ports import Button, Message
from bot.vault import Vault


def seal_message(vault: Vault, message: Message) -> str:
    return vault.seal(json.dumps(asdict(message), ensure_ascii=False))


def open_message(vault: Vault, sealed: str) -> Message:
    """Raises ValueError where DATA_KEY is another one now."""
    stored = json.loads(vault.open(sealed))
    rows = tuple(tuple(Button(**button) for button in row) for row in stored["buttons"])
    return Message(stored["html"], rows, stored.get("qr"))
