"""The methods that make a message: sendMessage, sendPhoto, sendDocument."""

from typing import Any

from .call import Call, bad_request
from .entities import formatted, units
from .keyboards import Markup, read_markup
from .shapes import Chat, Message
from .world import World

TEXT, CAPTION = 4096, 1024  # UTF-16 code units, after entity parsing


def send_message(world: World, call: Call) -> dict[str, Any]:
    message = _draft(world, call)
    set_text(message, call)
    return _send(world, message)


def send_photo(world: World, call: Call) -> dict[str, Any]:
    return _send_media(world, call, "photo")


def send_document(world: World, call: Call) -> dict[str, Any]:
    return _send_media(world, call, "document")


def set_text(message: Message, call: Call) -> None:
    """Reads a call's `text` into a message. Raises where it is empty or too long."""
    text, entities = formatted(call, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if units(text) > TEXT:
        raise bad_request("message is too long")
    message.text, message.entities = text, entities


def set_caption(message: Message, call: Call) -> None:
    """Reads a call's `caption`, which may be empty, into a message."""
    caption, entities = formatted(call, "caption", "caption_entities")
    if units(caption) > CAPTION:
        raise bad_request("message caption is too long")
    message.caption, message.entities = caption or None, entities


def set_markup(message: Message, markup: Markup | None) -> None:
    inline = markup is not None and "inline_keyboard" in markup
    message.markup, message.keyboard = (markup, None) if inline else (None, markup)


def _send_media(world: World, call: Call, kind: str) -> dict[str, Any]:
    message = _draft(world, call)
    set_caption(message, call)
    message.media = world.files.take(kind, call.file_of(kind))
    return _send(world, message)


def _draft(world: World, call: Call) -> Message:
    """Where the message goes and what it answers; without an id yet."""
    chat = world.writable_chat(call.text("chat_id"))
    message = Message(chat, 0, world.clock.now(), world.bot, silent=call.flag("disable_notification"))
    message.reply_to = _replied(call, chat)
    message.thread = _thread(call, chat, message.reply_to)
    set_markup(message, read_markup(call, chat.private))
    return message


def _send(world: World, message: Message) -> dict[str, Any]:
    world.limits.spend(message.chat)
    message.id = message.chat.next_id()
    return world.post(message).as_json()


def _replied(call: Call, chat: Chat) -> Message | None:
    asked = call.structure("reply_parameters") or {}
    message_id = int(asked.get("message_id") or call.integer("reply_to_message_id"))
    if not message_id:
        return None
    found = chat.messages.get(message_id)
    elsewhere = str(asked.get("chat_id", chat.id)) != str(chat.id)
    if found is not None and not elsewhere:
        return found
    if asked.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _thread(call: Call, chat: Chat, replied: Message | None) -> int | None:
    asked = call.integer("message_thread_id")
    if asked and asked not in chat.topics:
        raise bad_request("message thread not found")
    return asked or (replied.thread if replied is not None else None)
