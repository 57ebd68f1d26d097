"""Which payment a message answers: people answer the card, and as often the short message that rang."""

import re

from aiogram.types import Message

from bot.payments.steps import Steps

NUMBER = re.compile(r"№\s?([0-9]{1,9})\b")


async def answered_payment(message: Message, steps: Steps) -> int | None:
    """By the card that is answered, else by the one number that a message of ours names."""
    replied = message.reply_to_message
    if replied is None:
        return None
    if number := await steps.of_card(message.chat.id, replied.message_id):
        return number
    is_ours = replied.from_user is not None and message.bot is not None and replied.from_user.id == message.bot.id
    named = set(NUMBER.findall(replied.text or replied.caption or "")) if is_ours else set()
    return int(named.pop()) if len(named) == 1 else None
