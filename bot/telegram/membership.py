"""The bot comes to a chat, or may write there again: it hears so from Telegram itself (my_chat_member)."""

from aiogram import Router
from aiogram.types import ChatMemberRestricted, ChatMemberUpdated
from aiogram.types.chat_member_union import ChatMemberUnion

from bot.payments.moving import Moving


def router(moving: Moving) -> Router:
    room = Router(name="membership")

    @room.my_chat_member()
    async def changed(event: ChatMemberUpdated) -> None:
        if may_write(event.new_chat_member) and not may_write(event.old_chat_member):
            await moving.came_back(event.chat.id)

    return room


def may_write(member: ChatMemberUnion) -> bool:
    """In a private chat "kicked" is what somebody does who blocks the bot."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member and member.can_send_messages
    return member.status in {"member", "administrator", "creator"}
