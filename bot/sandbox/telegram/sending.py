"""The methods that make a message (sendMessage, sendPhoto, sendDocument), and pins, topics, leaving."""

from typing import Any

from .call import Call, bad_request
from .entities import formatted, units
from .keyboards import Markup, read_markup
from .membership import set_bot_status
from .shapes import Chat, Message, StoredFile
from .world import World

TEXT, CAPTION = 4096, 1024  # UTF-16 code units, after entity parsing
DEFAULT_ICON = 0x6FB9F0


def send_message(world: World, call: Call) -> dict[str, Any]:
    message = _draft(world, call)
    set_text(message, call)
    return _send(world, message)


def send_photo(world: World, call: Call) -> dict[str, Any]:
    return _send_media(world, call, "photo")


def send_document(world: World, call: Call) -> dict[str, Any]:
    return _send_media(world, call, "document")


def send_chat_action(world: World, call: Call) -> bool:
    world.writable_chat(call.text("chat_id"))
    if not call.has("action"):
        raise bad_request("wrong parameter action in request")
    return True


def pin_chat_message(world: World, call: Call) -> bool:
    chat, message = _own_or_any(world, call, "message to pin not found")
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        pinned = {"pinned_message": message.as_json(with_reply=False)}
        notice = world.post(Message(chat, chat.next_id(), world.clock.now(), world.bot, service=pinned))
        world.updates.put("message", notice.as_json(), ("message", chat.id))
    return True


def unpin_chat_message(world: World, call: Call) -> bool:
    chat = world.writable_chat(call.text("chat_id"))
    unwanted = call.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    chat.pinned = [pinned for pinned in chat.pinned if pinned != unwanted]
    return True


def leave_chat(world: World, call: Call) -> bool:
    set_bot_status(world, world.writable_chat(call.text("chat_id")), world.bot, "left")
    return True


def create_forum_topic(world: World, call: Call) -> dict[str, Any]:
    """Counts as sending a message."""
    chat = world.writable_chat(call.text("chat_id"))
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if chat.bot_status != "administrator":
        raise bad_request("not enough rights to create a topic")
    world.limits.spend(chat)
    thread, name = chat.next_id(), call.text("name")
    chat.topics[thread] = name
    icon = call.integer("icon_color", DEFAULT_ICON)
    created = {"forum_topic_created": {"name": name, "icon_color": icon}}
    world.post(Message(chat, thread, world.clock.now(), world.bot, thread=thread, service=created))
    return {"message_thread_id": thread, "name": name, "icon_color": icon}


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
    message.media = _media(world, call, kind)
    return _send(world, message)


def _media(world: World, call: Call, kind: str) -> StoredFile:
    return world.files.take(kind, call.file_of(kind))


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


def _own_or_any(world: World, call: Call, missing: str) -> tuple[Chat, Message]:
    chat = world.writable_chat(call.text("chat_id"))
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request(missing)
    return chat, message
