"""Who belongs to a chat, in the Bot API's words, and the updates that tell the bot of its own coming and going."""

from typing import Any

from .shapes import Chat, User
from .world import World

RIGHTS = (
    "can_be_edited", "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_pin_messages", "can_manage_topics", "can_send_welcome_messages",
)  # fmt: skip


def member_json(user: User, status: str) -> dict[str, Any]:
    """ChatMember of any status."""
    shape: dict[str, Any] = {"user": user.as_json(), "status": status}
    if status == "kicked":
        return shape | {"until_date": 0}
    if status == "creator":
        return shape | {"is_anonymous": False}
    if status == "administrator":
        return shape | {"is_anonymous": False} | dict.fromkeys(RIGHTS, True)
    return shape


def set_bot_status(world: World, chat: Chat, by: User, status: str) -> None:
    """Moves the bot to `status` in a chat and tells it by `my_chat_member`."""
    old, chat.bot_status = chat.bot_status, status
    body = {
        "chat": chat.as_json(),
        "from": by.as_json(),
        "date": int(world.clock.now().timestamp()),
        "old_chat_member": member_json(world.bot, old),
        "new_chat_member": member_json(world.bot, status),
    }
    world.updates.put("my_chat_member", body, ("my_chat_member", chat.id))
