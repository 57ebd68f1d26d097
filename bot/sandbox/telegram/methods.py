"""The Bot API's methods that the sandbox knows: a name and the function that does it."""

from collections.abc import Callable

from . import chats, editing, intake, reading, sending, settings
from .call import Call
from .world import World

Method = Callable[[World, Call], object]  # the result as JSON, or an awaitable of it; refusals are raised as ApiError

METHODS: dict[str, Method] = {
    "getMe": reading.get_me,
    "getChat": reading.get_chat,
    "getChatMember": reading.get_chat_member,
    "getChatMemberCount": reading.get_chat_member_count,
    "getChatAdministrators": reading.get_chat_administrators,
    "getFile": reading.get_file,
    "getUpdates": intake.get_updates,
    "setWebhook": intake.set_webhook,
    "deleteWebhook": intake.delete_webhook,
    "getWebhookInfo": intake.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendChatAction": chats.send_chat_action,
    "pinChatMessage": chats.pin_chat_message,
    "unpinChatMessage": chats.unpin_chat_message,
    "createForumTopic": chats.create_forum_topic,
    "leaveChat": chats.leave_chat,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "answerCallbackQuery": editing.answer_callback_query,
    "setMyCommands": settings.set_my_commands,
    "getMyCommands": settings.get_my_commands,
    "deleteMyCommands": settings.delete_my_commands,
    "setChatMenuButton": settings.set_chat_menu_button,
    "getChatMenuButton": settings.get_chat_menu_button,
    "setMyName": settings.set_my_profile,
    "setMyDescription": settings.set_my_profile,
    "setMyShortDescription": settings.set_my_profile,
}

# Telegram matches names whatever their case.
SPELLING = {name.lower(): name for name in METHODS}
