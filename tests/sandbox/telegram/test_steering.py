"""`/_sandbox/*`: people act and chats are looked at over HTTP alone, as a black-box test does it."""

from typing import Any

import httpx

from bot.sandbox.telegram import TelegramSimulator

from .conftest import GROUP, MANAGER, SELLER, Call


async def act(http: httpx.AsyncClient, route: str, /, **asked: Any) -> Any:
    answer = await http.post(f"/_sandbox/{route}", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_sale_is_played_over_http(call: Call, http: httpx.AsyncClient, picture: bytes) -> None:
    """A new person writes, the bot answers with a card, he presses its button, and the chat shows it all."""
    await act(http, "user", id=11, first_name="Вера")
    asked = await act(http, "say", user=11, text="12500 9161234567")
    files = {"photo": ("qr.png", picture)}
    buttons = '{"inline_keyboard": [[{"text": "Отменить", "callback_data": "c:1"}]]}'
    reply = f'{{"message_id": {asked["id"]}}}'
    fields = {"chat_id": 11, "caption": "Ждём", "reply_markup": buttons, "reply_parameters": reply}
    await http.post("/bot42:SANDBOX/sendPhoto", data=fields, files=files)

    card = (await http.get("/_sandbox/chats/11")).json()["messages"][-1]
    assert (card["caption"], card["text"], card["reply_to"], card["edited"], card["silent"]) == (
        "Ждём", None, asked["id"], False, False,
    )  # fmt: skip
    assert card["buttons"] == [[{"label": "Отменить", "data": "c:1"}]]
    photo = await http.get(f"/_sandbox/photo/{card['photo']}")
    assert (photo.content, photo.headers["content-type"]) == (picture, "image/png")

    press = await act(http, "press", user=11, chat=11, message_id=card["id"], label="Отменить")
    await act(http, "edit", user=11, chat=11, message_id=asked["id"], text="12600")
    kinds = [set(update) - {"update_id"} for update in (await call("getUpdates"))["result"]]
    assert kinds == [{"message"}, {"callback_query"}, {"edited_message"}]
    where = f"/_sandbox/presses/{press['press']}"
    assert (await http.get(where)).json() == {"data": "c:1", "answer": None}
    assert (await call("answerCallbackQuery", callback_query_id=press["press"], text="Отменяю"))["ok"]
    assert (await http.get(where)).json()["answer"] == {"text": "Отменяю", "alert": False}


async def test_groups_limits_and_blocks_are_steered(call: Call, http: httpx.AsyncClient) -> None:
    """Each act has its route."""
    await act(http, "group", id=GROUP, title="Лавка", members=[MANAGER, SELLER])
    thread = (await act(http, "topic", chat=GROUP, name="Касса"))["thread"]
    said = await act(http, "say", user=MANAGER, text="/pay 1", chat=GROUP, thread=thread, anonymous=True)
    assert (said["from"]["id"], said["thread"], said["bot"]) == (1087968824, thread, False)
    await act(http, "block", user=SELLER)
    assert (await call("sendMessage", chat_id=SELLER, text="x"))["error_code"] == 403
    await act(http, "unblock", user=SELLER)
    await act(http, "limits", on=True)
    assert [(await call("sendMessage", chat_id=SELLER, text="x"))["ok"] for _ in range(6)].count(False) == 1
    await act(http, "kick", chat=GROUP)
    await act(http, "add_bot", chat=GROUP, status="administrator")
    new_id = (await act(http, "migrate", chat=GROUP))["chat"]
    chats = {chat["id"]: chat["type"] for chat in (await http.get("/_sandbox/chats")).json()}
    assert (chats[SELLER], chats[new_id]) == ("private", "supergroup")


async def test_wrong_requests_are_explained(http: httpx.AsyncClient) -> None:
    """A missing field, a missing message, somebody else's message, an unknown chat."""
    asked: list[tuple[str, dict[str, Any], int]] = [
        ("say", {"text": "x"}, 400),
        ("press", {"user": SELLER, "message_id": 99, "data": "x"}, 404),
        ("edit", {"user": MANAGER, "chat": SELLER, "message_id": 1, "text": "x"}, 400),
        ("say", {"user": SELLER, "text": "x", "chat": -5}, 404),
    ]
    for name, body, status in asked:
        answer = await http.post(f"/_sandbox/{name}", json=body)
        assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert (await http.get("/_sandbox/chats/12345")).status_code == 404
    assert (await http.get("/_sandbox/photo/none")).status_code == 404


async def test_a_reset_leaves_an_empty_world(call: Call, http: httpx.AsyncClient, telegram: TelegramSimulator) -> None:
    """People, chats, updates, webhook, limits and faults are gone."""
    await call("setWebhook", url="http://127.0.0.1:9/")
    telegram.world.limits.on = True
    telegram.faults.arm("*", "502")
    await act(http, "reset")
    assert (await call("getUpdates"))["result"] == []
    assert (await http.get("/_sandbox/chats")).json() == []
    assert (await call("sendMessage", chat_id=SELLER, text="x"))["description"] == "Bad Request: chat not found"
    assert telegram.world.limits.on is False
