"""The product's own client library, aiogram, against the simulator: every method it calls, every update it reads."""

from typing import Any

import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MenuButtonCommands,
    ReplyParameters,
    Update,
)

from bot.sandbox.telegram import TelegramSimulator

SELLER, MANAGER, GROUP = 7, 8, -1001
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Отменить", callback_data="c:1042:3", style="danger")],
        [
            InlineKeyboardButton(text="Показать QR", url="http://127.0.0.1:8080/p/abc/show"),
            InlineKeyboardButton(text="Копировать", copy_text=CopyTextButton(text="http://127.0.0.1:8080/p/abc")),
        ],
    ]
)


async def test_a_card_is_sent_edited_and_answered(bot: Bot, telegram: TelegramSimulator, picture: bytes) -> None:
    """A photo with HTML caption and buttons, its caption edited, a reply to it."""
    card = await bot.send_photo(
        SELLER,
        BufferedInputFile(picture, "qr.png"),
        caption="<b>Ждём</b> 12 500 ₽",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
    )
    assert card.caption == "Ждём 12 500 ₽"
    assert card.photo is not None
    assert (card.photo[-1].width, card.photo[-1].height) == (600, 600)
    downloaded = await bot.download(card.photo[-1].file_id)
    assert downloaded is not None
    assert downloaded.read() == picture

    edited = await bot.edit_message_caption(chat_id=SELLER, message_id=card.message_id, caption="Оплачен")
    assert not isinstance(edited, bool)
    assert edited.reply_markup is None

    ping = await bot.send_message(SELLER, "Оплачен", reply_parameters=ReplyParameters(message_id=card.message_id))
    assert ping.reply_to_message is not None
    assert ping.reply_to_message.message_id == card.message_id
    again = await bot.send_photo(SELLER, card.photo[-1].file_id)
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == card.photo[-1].file_unique_id


async def test_the_picture_is_replaced(bot: Bot, telegram: TelegramSimulator, picture: bytes) -> None:
    """editMessageMedia takes an upload, drops the old caption and can turn a text into a photo."""
    message = await bot.send_message(SELLER, "Создаём")
    media = InputMediaPhoto(media=BufferedInputFile(picture, "qr.png"), caption="<i>QR</i>", parse_mode="HTML")
    edited = await bot.edit_message_media(media, chat_id=SELLER, message_id=message.message_id)
    assert not isinstance(edited, bool)
    assert edited.photo is not None
    assert (edited.text, edited.caption) == (None, "QR")


async def test_setting_up_works(bot: Bot, telegram: TelegramSimulator) -> None:
    """The calls a bot makes once: commands by scope, menu button, who am I, who is in the chat."""
    telegram.add_group(GROUP, "Лавка", [MANAGER, SELLER])
    me = await bot.get_me()
    assert (me.id, me.is_bot) == (42, True)
    scope = BotCommandScopeChat(chat_id=GROUP)
    await bot.set_my_commands([BotCommand(command="pay", description="Создать платёж")], scope)
    assert [command.command for command in await bot.get_my_commands(scope)] == ["pay"]
    assert await bot.get_my_commands() == []
    await bot.delete_my_commands(scope)
    assert await bot.get_my_commands(scope) == []
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat(GROUP)).title == "Лавка"
    assert (await bot.get_chat_member(GROUP, SELLER)).status == "member"
    assert [admin.user.id for admin in await bot.get_chat_administrators(GROUP)] == [MANAGER]
    pinned = await bot.send_message(GROUP, "Касса")
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await bot.pin_chat_message(GROUP, pinned.message_id)
    telegram.add_bot(GROUP, "administrator")
    assert await bot.pin_chat_message(GROUP, pinned.message_id)
    assert await bot.send_chat_action(GROUP, "typing")
    assert await bot.delete_message(GROUP, pinned.message_id)
    assert await bot.leave_chat(GROUP)
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(GROUP, "ещё")


async def test_every_kind_of_update_is_read(bot: Bot, telegram: TelegramSimulator) -> None:
    """Messages, edits, presses, memberships, contacts, forwards, anonymous admins and service messages parse."""
    telegram.start(SELLER, "invite_1")
    telegram.say(SELLER, contact={"phone_number": "+79161234567", "first_name": "Иван"})
    telegram.say(SELLER, "12500", forwarded=True)
    own = telegram.say(SELLER, "12500")
    telegram.edit(SELLER, SELLER, own.id, "12600")
    card = await bot.send_message(SELLER, "Ждём", reply_markup=KEYBOARD)
    telegram.press_label(SELLER, SELLER, card.message_id, "Отменить")
    telegram.block(SELLER)
    telegram.add_group(-500, "Лавка", [MANAGER])
    telegram.say(MANAGER, "/pay 12500", chat_id=-500, anonymous=True)
    telegram.add_bot(-500, "administrator")
    telegram.migrate(-500)

    updates = await bot.get_updates()
    assert [update.event_type for update in updates] == [
        "message", "message", "message", "message", "edited_message", "callback_query", "my_chat_member",
        "my_chat_member", "message", "message", "my_chat_member", "message", "message",
    ]  # fmt: skip
    start, contact, forward, _, edit, press, blocked, _, added, anonymous, _, left, entered = [u.event for u in updates]
    assert start.text == "/start invite_1"  # type: ignore[attr-defined]  # aiogram's Update.event is a bare object
    read: Any = contact
    assert read.contact.phone_number == "+79161234567"
    read = forward
    assert read.forward_origin.sender_user_name
    read = edit
    assert (read.text, read.edit_date is not None) == ("12600", True)
    read = press
    assert (read.data, read.from_user.id, read.message.message_id) == ("c:1042:3", SELLER, card.message_id)
    read = blocked
    assert read.new_chat_member.status == "kicked"
    read = added
    assert read.new_chat_members[0].id == 42
    read = anonymous
    assert (read.from_user.id, read.sender_chat.id) == (1087968824, -500)
    gone, came = left, entered
    read = gone
    new_id = read.migrate_to_chat_id
    read = came
    assert (read.chat.id, read.migrate_from_chat_id) == (new_id, -500)


async def test_a_dispatcher_answers_a_deep_link(bot: Bot, telegram: TelegramSimulator) -> None:
    """An update of the simulator passes through aiogram's dispatcher into a handler that answers."""
    router = Router()

    @router.message(F.text.startswith("/start"))
    async def greet(message: Any) -> None:
        await message.answer(f"Здравствуйте, {message.from_user.first_name}")

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    telegram.start(SELLER, "x")
    for update in await bot.get_updates():
        await dispatcher.feed_update(bot, Update.model_validate(update.model_dump()))
    assert list(telegram.world.chat(SELLER).messages.values())[-1].text == "Здравствуйте, Аня"


async def test_refusals_become_aiograms_exceptions(bot: Bot, telegram: TelegramSimulator) -> None:
    """Each kind of refusal arrives as the class that the product catches."""
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(999, "?")
    telegram.add_group(-500, "Лавка", [MANAGER])
    new_id = telegram.migrate(-500)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(-500, "?")
    assert moved.value.migrate_to_chat_id == new_id
    telegram.faults.arm("sendMessage", "429")
    with pytest.raises(TelegramRetryAfter) as later:
        await bot.send_message(SELLER, "?")
    assert later.value.retry_after == 3
