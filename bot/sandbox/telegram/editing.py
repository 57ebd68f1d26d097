"""The methods that change what was sent, and the answer to a press.

An edit that omits `reply_markup` removes the inline keyboard. The bot's own messages may be edited for ever, but
deleted for 48 hours only.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from .call import Call, bad_request
from .entities import formatted, units
from .keyboards import read_markup
from .sending import CAPTION, set_caption, set_text
from .shapes import Message
from .world import World

ANSWER_WITHIN = timedelta(seconds=15)  # measured on the real server: answers pass at 14.6 s, fail at 15.7 s
DELETE_WITHIN = timedelta(hours=48)
TOAST = 200  # characters
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_message_text(world: World, call: Call) -> dict[str, Any]:
    def change(message: Message) -> None:
        if message.text is None:
            raise bad_request("there is no text in the message to edit")
        set_text(message, call)

    return _edit(world, call, change)


def edit_message_caption(world: World, call: Call) -> dict[str, Any]:
    def change(message: Message) -> None:
        if message.media is None:
            raise bad_request("there is no caption in the message to edit")
        set_caption(message, call)

    return _edit(world, call, change)


def edit_message_reply_markup(world: World, call: Call) -> dict[str, Any]:
    return _edit(world, call, lambda message: None)


def edit_message_media(world: World, call: Call) -> dict[str, Any]:
    """Replaces the picture with its caption; turns a text message into a media one as well."""

    def change(message: Message) -> None:
        media = call.structure("media")
        if not isinstance(media, dict) or media.get("type") not in ("photo", "document"):
            raise bad_request("can't parse InputMedia: the sandbox takes photos and documents")
        inner = Call(media, {})
        caption, entities = formatted(inner, "caption", "caption_entities")
        if units(caption) > CAPTION:
            raise bad_request("message caption is too long")
        message.media = world.files.take(media["type"], call.file(inner.text("media")))
        message.text, message.caption, message.entities = None, caption or None, entities

    return _edit(world, call, change)


def delete_message(world: World, call: Call) -> bool:
    """In groups only the bot's own, unless it is an admin."""
    chat = world.writable_chat(call.text("chat_id"))
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    foreign = message.sender is not world.bot and not chat.private and chat.bot_status != "administrator"
    if foreign or world.clock.now() - message.date > DELETE_WITHIN:
        raise bad_request("message can't be deleted")
    world.remove(message)
    return True


def answer_callback_query(world: World, call: Call) -> bool:
    """Once, within 15 s of the press."""
    press = world.presses.get(call.text("callback_query_id"))
    if press is None or press.answer is not None or world.clock.now() - press.at > ANSWER_WITHIN:
        raise bad_request(TOO_OLD)
    text = call.text("text")
    if len(text) > TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer(press, text, call.flag("show_alert"))
    return True


def _edit(world: World, call: Call, change: Callable[[Message], None]) -> dict[str, Any]:
    """Makes the change on a copy, so that a refused edit leaves the message as it was."""
    message = _editable(world, call)
    edited = replace(message)
    change(edited)
    edited.markup = read_markup(call, message.chat.private)
    if edited.markup is not None and "inline_keyboard" not in edited.markup:
        raise bad_request("inline keyboard expected")
    world.limits.spend(message.chat)
    if edited.content() == message.content():
        raise bad_request(NOT_MODIFIED)
    message.text, message.caption, message.entities = edited.text, edited.caption, edited.entities
    message.media, message.markup = edited.media, edited.markup
    return world.note_edit(message).as_json()


def _editable(world: World, call: Call) -> Message:
    if not call.has("chat_id") and call.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")  # the sandbox has no inline messages
    chat = world.writable_chat(call.text("chat_id"))
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender is not world.bot or message.keyboard is not None or message.service:
        raise bad_request("message can't be edited")
    return message
