"""Edits, deletions, presses and their answers."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.telegram import TelegramSimulator

from .conftest import GROUP, MANAGER, SELLER, Call

BUTTONS = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
async def text_id(call: Call) -> int:
    sent = await call("sendMessage", chat_id=SELLER, text="Ждём", reply_markup=BUTTONS)
    return int(sent["result"]["message_id"])


@pytest.fixture
async def photo_id(http: httpx.AsyncClient, picture: bytes) -> int:
    fields = {"chat_id": SELLER, "caption": "Ждём"}
    sent = await http.post("/bot42:SANDBOX/sendPhoto", data=fields, files={"photo": ("qr.png", picture)})
    return int(sent.json()["result"]["message_id"])


async def test_an_edit_without_keyboard_removes_it(call: Call, text_id: int) -> None:
    """The keyboard stays only where it is sent again."""
    kept = await call("editMessageText", chat_id=SELLER, message_id=text_id, text="Открыл", reply_markup=BUTTONS)
    assert kept["result"]["reply_markup"] == BUTTONS
    assert kept["result"]["edit_date"]
    gone = await call("editMessageText", chat_id=SELLER, message_id=text_id, text="Оплачен")
    assert "reply_markup" not in gone["result"]


async def test_an_edit_must_change_something(call: Call, text_id: int) -> None:
    """The same text with the same buttons is refused; other buttons are a change."""
    same = {"chat_id": SELLER, "message_id": text_id, "text": "<b></b>Ждём ", "parse_mode": "HTML"}
    refused = await call("editMessageText", **same, reply_markup=BUTTONS)
    assert refused["error_code"] == 400
    assert refused["description"].startswith("Bad Request: message is not modified")
    assert (await call("editMessageText", **same))["ok"]
    assert "not modified" in (await call("editMessageReplyMarkup", chat_id=SELLER, message_id=text_id))["description"]


async def test_text_and_media_are_edited_each_in_its_way(call: Call, text_id: int, photo_id: int) -> None:
    """A photo has no text, a text no caption."""
    wrong = await call("editMessageText", chat_id=SELLER, message_id=photo_id, text="x")
    assert wrong["description"] == "Bad Request: there is no text in the message to edit"
    wrong = await call("editMessageCaption", chat_id=SELLER, message_id=text_id, caption="x")
    assert wrong["description"] == "Bad Request: there is no caption in the message to edit"
    assert (await call("editMessageCaption", chat_id=SELLER, message_id=photo_id, caption="Оплачен"))["ok"]


async def test_a_refused_edit_changes_nothing(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """A bad button leaves text and keyboard as they were."""
    bad = {"inline_keyboard": [[{"text": "Да", "callback_data": "a" * 65}]]}
    assert not (await call("editMessageText", chat_id=SELLER, message_id=text_id, text="x", reply_markup=bad))["ok"]
    message = telegram.world.chat(SELLER).messages[text_id]
    assert (message.text, message.markup, message.edited) == ("Ждём", BUTTONS, None)


async def test_only_own_messages_that_exist_are_edited(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """Not a deleted one, a person's one, or one with a reply keyboard; there is no time limit."""
    told = telegram.say(SELLER, "12500")
    keyboard = {"keyboard": [[{"text": "Касса"}]]}
    fixed = (await call("sendMessage", chat_id=SELLER, text="x", reply_markup=keyboard))["result"]["message_id"]
    for foreign in (told.id, fixed):
        answer = await call("editMessageText", chat_id=SELLER, message_id=foreign, text="y")
        assert answer["description"] == "Bad Request: message can't be edited"
    telegram.clock.advance(timedelta(days=30))
    assert (await call("editMessageText", chat_id=SELLER, message_id=text_id, text="y"))["ok"]
    telegram.delete_message(SELLER, text_id)
    answer = await call("editMessageText", chat_id=SELLER, message_id=text_id, text="z")
    assert answer["description"] == "Bad Request: message to edit not found"


async def test_messages_are_deleted_within_48_hours(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """Once only, and not when they are older; in a group other people's need an admin."""
    assert (await call("deleteMessage", chat_id=SELLER, message_id=text_id))["ok"]
    gone = await call("deleteMessage", chat_id=SELLER, message_id=text_id)
    assert gone["description"] == "Bad Request: message to delete not found"
    old = (await call("sendMessage", chat_id=SELLER, text="x"))["result"]["message_id"]
    telegram.clock.advance(timedelta(hours=49))
    assert not (await call("deleteMessage", chat_id=SELLER, message_id=old))["ok"]
    telegram.add_group(GROUP, "Лавка", [MANAGER])
    told = telegram.say(MANAGER, "/pay 1", chat_id=GROUP)
    assert not (await call("deleteMessage", chat_id=GROUP, message_id=told.id))["ok"]
    telegram.add_bot(GROUP, "administrator")
    assert (await call("deleteMessage", chat_id=GROUP, message_id=told.id))["ok"]


async def test_a_press_is_answered_once(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """The presser sees the toast; a second answer comes too late."""
    press = telegram.press_label(SELLER, SELLER, text_id, "Да")
    assert (await call("answerCallbackQuery", callback_query_id=press, text="Хорошо", show_alert=True))["ok"]
    assert (await call("answerCallbackQuery", callback_query_id=press))["description"] == TOO_OLD
    assert (await call("answerCallbackQuery", callback_query_id="12"))["description"] == TOO_OLD


async def test_a_press_is_answered_within_15_seconds(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """At 14 s the answer passes, at 16 s it does not."""
    for seconds, ok in ((14, True), (16, False)):
        press = telegram.press(SELLER, SELLER, text_id, "yes")
        telegram.clock.advance(timedelta(seconds=seconds))
        assert (await call("answerCallbackQuery", callback_query_id=press))["ok"] is ok


async def test_a_toast_has_at_most_200_characters(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """A longer one is refused and may be tried again."""
    press = telegram.press(SELLER, SELLER, text_id, "yes")
    assert not (await call("answerCallbackQuery", callback_query_id=press, text="я" * 201))["ok"]
    assert (await call("answerCallbackQuery", callback_query_id=press, text="я" * 200))["ok"]


async def test_an_undelivered_press_is_dropped_after_150_seconds(
    call: Call, telegram: TelegramSimulator, text_id: int
) -> None:
    """A message waits for a day meanwhile."""
    telegram.press(SELLER, SELLER, text_id, "yes")
    telegram.say(SELLER, "12500")
    telegram.clock.advance(timedelta(seconds=149))
    kinds = [set(update) - {"update_id"} for update in (await call("getUpdates"))["result"]]
    assert kinds == [{"callback_query"}, {"message"}]
    telegram.clock.advance(timedelta(seconds=2))
    assert ["message" in update for update in (await call("getUpdates"))["result"]] == [True]
    telegram.clock.advance(timedelta(hours=24))
    assert (await call("getUpdates"))["result"] == []


async def test_a_press_may_arrive_twice(call: Call, telegram: TelegramSimulator, text_id: int) -> None:
    """A client that reconnects sends it again: two updates, one press, one answer."""
    press = telegram.press(SELLER, SELLER, text_id, "yes")
    telegram.press_again(press)
    first, second = (await call("getUpdates"))["result"]
    assert first["update_id"] != second["update_id"]
    assert first["callback_query"]["id"] == second["callback_query"]["id"] == press


async def test_only_a_button_that_is_there_has_a_label(telegram: TelegramSimulator, text_id: int) -> None:
    """Pressing what is not written there fails in the test, not in the product."""
    with pytest.raises(LookupError):
        telegram.press_label(SELLER, SELLER, text_id, "Нет")


async def test_people_see_what_happens(call: Call, telegram: TelegramSimulator, events: list[dict[str, Any]]) -> None:
    """A new message rings, a silent one and an edit do not; toasts and deletions are seen."""
    loud = (await call("sendMessage", chat_id=SELLER, text="Ждём", reply_markup=BUTTONS))["result"]["message_id"]
    await call("sendMessage", chat_id=SELLER, text="Тихо", disable_notification=True)
    press = telegram.press(SELLER, SELLER, loud, "yes")
    await call("answerCallbackQuery", callback_query_id=press, text="Готово")
    await call("editMessageText", chat_id=SELLER, message_id=loud, text="Оплачен")
    await call("deleteMessage", chat_id=SELLER, message_id=loud)
    assert [event["type"] for event in events] == ["message", "ring", "message", "toast", "edit", "delete"]
    assert events[0]["message"]["buttons"] == [[{"label": "Да", "data": "yes"}]]
    assert events[2]["message"]["silent"] is True
    toast = events[3]
    assert (toast["user_id"], toast["text"], toast["alert"]) == (SELLER, "Готово", False)
    assert events[4]["message"]["text"] == "Оплачен"
