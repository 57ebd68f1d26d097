"""The methods that act on a chat: pins, topics, "typing…", leaving."""

from typing import Any

from .call import Call, bad_request
from .membership import set_bot_status
from .shapes import ICON_COLOR, Message
from .world import World


def send_chat_action(world: World, call: Call) -> bool:
    world.writable_chat(call.text("chat_id"))
    if not call.has("action"):
        raise bad_request("wrong parameter action in request")
    return True


def pin_chat_message(world: World, call: Call) -> bool:
    chat = world.writable_chat(call.text("chat_id"))
    if not chat.private and chat.bot_status != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
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
    icon = call.integer("icon_color", ICON_COLOR)
    created = {"forum_topic_created": {"name": name, "icon_color": icon}}
    world.post(Message(chat, thread, world.clock.now(), world.bot, thread=thread, service=created))
    return {"message_thread_id": thread, "name": name, "icon_color": icon}
