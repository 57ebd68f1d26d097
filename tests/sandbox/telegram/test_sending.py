"""What a message may be: lengths, HTML, keyboards, replies, files."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from bot.sandbox.telegram import TelegramSimulator

from .conftest import GROUP, MANAGER, SELLER, Call


def inline(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Кнопка", **button}]]}


async def test_json_forms_and_query_mean_the_same(http: httpx.AsyncClient) -> None:
    """One method may be called in four ways."""
    where, fields = "/bot42:SANDBOX/sendMessage", {"chat_id": str(SELLER), "text": "Привет"}
    answers = [
        await http.post(where, json=fields),
        await http.post(where, data=fields),
        await http.post(where, data=fields, files={"unused": b"x"}),
        await http.get(where, params=fields),
    ]
    assert [answer.json()["result"]["text"] for answer in answers] == ["Привет"] * 4


async def test_message_ids_count_up_in_each_chat(call: Call, telegram: TelegramSimulator) -> None:
    """Ids of one chat say nothing about another."""
    telegram.start(MANAGER)
    ids = [(await call("sendMessage", chat_id=chat, text="x"))["result"]["message_id"] for chat in (7, 7, 8)]
    assert ids == [2, 3, 2]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "message text is empty"),
        (" \n ", "message text is empty"),
        ("<b></b>", "message text is empty"),
        ("я" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("<b>я</b>" * 4096, None),
        ("&lt;" * 4096, None),
    ],
)
async def test_a_text_has_1_to_4096_units_after_parsing(call: Call, text: str, refusal: str | None) -> None:
    """Tags and references do not count; an emoji counts twice."""
    answer = await call("sendMessage", chat_id=SELLER, text=text, parse_mode="HTML")
    assert answer.get("description") == (refusal and f"Bad Request: {refusal}")


async def test_a_caption_has_at_most_1024_units(http: httpx.AsyncClient, picture: bytes) -> None:
    """One more is refused; none at all is fine."""
    for caption, ok in (("я" * 1024, True), ("я" * 1025, False), ("", True)):
        answer = await http.post(
            "/bot42:SANDBOX/sendPhoto",
            data={"chat_id": SELLER, "caption": caption},
            files={"photo": ("qr.png", picture)},
        )
        assert answer.json()["ok"] is ok


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>12 500 ₽</b> ждём", "12 500 ₽ ждём", [("bold", 0, 8)]),
        ("😀<i>a</i>", "😀a", [("italic", 2, 1)]),
        ("<b>a<code>b</code></b>", "ab", [("bold", 0, 2), ("code", 1, 1)]),
        ('<a href="http://x.ru/?a=1&amp;b=2">ссылка</a>', "ссылка", [("text_link", 0, 6)]),
        ("&lt;b&gt; &amp; &quot;&#33;&nbsp;", '<b> & "!&nbsp;', []),
        ("  <b> a </b> ", "a", [("bold", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
    ],
)
async def test_html_becomes_entities(call: Call, html: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    """Offsets are in UTF-16 units of the text that is left."""
    message = (await call("sendMessage", chat_id=SELLER, text=html, parse_mode="HTML"))["result"]
    found = [(e["type"], e["offset"], e["length"]) for e in message.get("entities", [])]
    assert (message["text"], found) == (text, entities)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("я < 5", 'Unsupported start tag "" at byte offset 3'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_bad_html_is_refused(call: Call, html: str, reason: str) -> None:
    """Nothing is sent, and the reason is named as Telegram names it."""
    answer = await call("sendMessage", chat_id=SELLER, text=html, parse_mode="HTML")
    assert answer["description"] == f"Bad Request: can't parse entities: {reason}"


async def test_without_a_parse_mode_tags_are_text(call: Call) -> None:
    """A name with `<` in it does no harm in plain text."""
    assert (await call("sendMessage", chat_id=SELLER, text="<b"))["result"]["text"] == "<b"


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        ({"callback_data": "я" * 32}, None),
        ({"callback_data": "я" * 32 + "a"}, "BUTTON_DATA_INVALID"),
        ({"callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"copy_text": {"text": "a" * 256}}, None),
        ({"copy_text": {"text": "a" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"url": "http://127.0.0.1:8080/p/abc"}, None),
        ({"url": "127.0.0.1"}, "inline keyboard button URL '127.0.0.1' is invalid: Wrong HTTP URL"),
        ({"web_app": {"url": "https://x.ru/till"}}, None),
        ({"disabled": {}}, None),
        ({}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (
            {"callback_data": "a", "url": "https://x.ru"},
            "can't parse inline keyboard button: exactly one action is allowed",
        ),
        ({"callback_data": "a", "style": "red"}, "invalid button style specified"),
    ],
)
async def test_a_button_is_checked(call: Call, button: dict[str, Any], refusal: str | None) -> None:
    """Data of 1 to 64 bytes, copied text up to 256 characters, one action; addresses on this machine pass here."""
    answer = await call("sendMessage", chat_id=SELLER, text="x", reply_markup=inline(**button))
    assert answer.get("description") == (refusal and f"Bad Request: {refusal}")


async def test_mini_apps_and_contacts_are_for_private_chats(call: Call, telegram: TelegramSimulator) -> None:
    """In a group both kinds of button are refused."""
    telegram.add_group(GROUP, "Лавка", [MANAGER])
    contact = {"keyboard": [[{"text": "Номер", "request_contact": True}]]}
    for markup in (inline(web_app={"url": "https://x.ru"}), contact):
        assert (await call("sendMessage", chat_id=SELLER, text="x", reply_markup=markup))["ok"]
        assert not (await call("sendMessage", chat_id=GROUP, text="x", reply_markup=markup))["ok"]


async def test_a_reply_needs_its_message(call: Call, telegram: TelegramSimulator) -> None:
    """A deleted one is not found, unless the call allows for that."""
    asked = telegram.say(SELLER, "12500")
    reply = {"message_id": asked.id}
    first = await call("sendMessage", chat_id=SELLER, text="x", reply_parameters=reply)
    assert first["result"]["reply_to_message"]["text"] == "12500"
    telegram.delete_message(SELLER, asked.id)
    second = await call("sendMessage", chat_id=SELLER, text="x", reply_parameters=reply)
    assert second["description"] == "Bad Request: message to be replied not found"
    lenient = reply | {"allow_sending_without_reply": True}
    third = await call("sendMessage", chat_id=SELLER, text="x", reply_parameters=lenient)
    assert "reply_to_message" not in third["result"]


async def test_a_topic_must_exist(call: Call, telegram: TelegramSimulator) -> None:
    """Messages go into a known topic, come from it with its id, and nowhere into an unknown one."""
    telegram.add_group(GROUP, "Лавка", [MANAGER], forum=True)
    thread = telegram.add_topic(GROUP, "Касса")
    sent = await call("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread)
    assert (sent["result"]["message_thread_id"], sent["result"]["is_topic_message"]) == (thread, True)
    assert telegram.say(MANAGER, "/pay 1", chat_id=GROUP, thread=thread).as_json()["message_thread_id"] == thread
    under = {"message_id": sent["result"]["message_id"]}
    reply = await call("sendMessage", chat_id=GROUP, text="x", reply_parameters=under)
    assert reply["result"]["message_thread_id"] == thread
    assert telegram.say(MANAGER, "/pay 1", chat_id=GROUP, reply_to=under["message_id"]).thread == thread
    lost = await call("sendMessage", chat_id=GROUP, text="x", message_thread_id=thread + 100)
    assert lost["description"] == "Bad Request: message thread not found"
    assert not (await call("createForumTopic", chat_id=GROUP, name="Новая"))["ok"]
    telegram.add_bot(GROUP, "administrator")
    new = await call("createForumTopic", chat_id=GROUP, name="Новая")
    assert (await call("sendMessage", chat_id=GROUP, text="x", message_thread_id=new["result"]["message_thread_id"]))[
        "ok"
    ]


async def test_files_are_checked_and_kept(call: Call, http: httpx.AsyncClient, picture: bytes) -> None:
    """A picture must be one; a document may be anything; a file_id is good for its own kind only."""

    async def send(method: str, field: str, content: bytes) -> dict[str, Any]:
        files = {field: ("a.png", content)}
        answer = await http.post(f"/bot42:SANDBOX/{method}", data={"chat_id": SELLER}, files=files)
        return dict(answer.json())

    assert (await send("sendPhoto", "photo", b"no picture"))["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    ribbon = io.BytesIO()
    Image.new("1", (2100, 100)).save(ribbon, "PNG")
    ribbon_answer = await send("sendPhoto", "photo", ribbon.getvalue())
    assert ribbon_answer["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    photo = (await send("sendPhoto", "photo", picture))["result"]["photo"][-1]
    document = (await send("sendDocument", "document", b"a;b"))["result"]["document"]
    assert photo["file_unique_id"] != document["file_unique_id"]
    assert not (await call("sendPhoto", chat_id=SELLER, photo=document["file_id"]))["ok"]
    assert not (await call("sendPhoto", chat_id=SELLER, photo="AgAC-unknown"))["ok"]
    assert (await http.get(f"/_sandbox/photo/{photo['file_id']}")).content == picture
    path = (await call("getFile", file_id=document["file_id"]))["result"]["file_path"]
    assert (await http.get(f"/file/bot42:SANDBOX/{path}")).content == b"a;b"
    assert (await http.get(f"/file/bot42:WRONG/{path}")).status_code == 401


async def test_wrong_tokens_and_methods_are_turned_away(call: Call, http: httpx.AsyncClient) -> None:
    """401 and 404 in Telegram's words; names of methods have no case."""
    wrong = await http.post("/bot42:WRONG/getMe")
    assert (wrong.status_code, wrong.json()) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
    assert await call("sendFax") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert (await call("GETME"))["ok"]
