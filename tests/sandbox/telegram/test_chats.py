"""Who may be written to, and what the bot gets to see in a group."""

from typing import Any

import pytest

from bot.sandbox.telegram import TelegramSimulator

from .conftest import GROUP, MANAGER, SELLER, Call


async def send(call: Call, chat_id: int) -> tuple[int, str]:
    answer = await call("sendMessage", chat_id=chat_id, text="x")
    return answer.get("error_code", 200), answer.get("description", "")


async def updates(call: Call) -> list[dict[str, Any]]:
    """Those since the last time."""
    found: list[dict[str, Any]] = (await call("getUpdates"))["result"]
    if found:
        await call("getUpdates", offset=found[-1]["update_id"] + 1)
    return found


async def test_a_bot_opens_no_conversation(call: Call, telegram: TelegramSimulator) -> None:
    """A stranger's id is unknown, a known person must write first."""
    assert await send(call, 999) == (400, "Bad Request: chat not found")
    assert await send(call, MANAGER) == (403, "Forbidden: bot can't initiate conversation with a user")
    telegram.start(MANAGER)
    assert await send(call, MANAGER) == (200, "")


async def test_a_blocked_bot_is_told_so(call: Call, telegram: TelegramSimulator) -> None:
    """403 while blocked, an update at both moments, and writing again unblocks."""
    telegram.block(SELLER)
    assert await send(call, SELLER) == (403, "Forbidden: bot was blocked by the user")
    telegram.say(SELLER, "12500")
    assert await send(call, SELLER) == (200, "")
    blocked, back, message = await updates(call)
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert back["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert message["message"]["text"] == "12500"


async def test_a_kicked_bot_is_told_so(call: Call, telegram: TelegramSimulator) -> None:
    """Until it is added again."""
    telegram.add_group(GROUP, "Лавка", [MANAGER])
    telegram.kick_bot(GROUP)
    assert await send(call, GROUP) == (403, "Forbidden: bot was kicked from the supergroup chat")
    telegram.say(MANAGER, "/pay 1", chat_id=GROUP)
    assert "message" not in (await updates(call))[-1]
    telegram.add_bot(GROUP)
    assert await send(call, GROUP) == (200, "")


async def test_a_group_moves_with_a_new_id(call: Call, telegram: TelegramSimulator) -> None:
    """The old id answers with the new one, and old messages are not there."""
    telegram.add_group(-500, "Лавка", [MANAGER])
    old = (await call("sendMessage", chat_id=-500, text="x"))["result"]["message_id"]
    new_id = telegram.migrate(-500)
    answer = await call("sendMessage", chat_id=-500, text="x")
    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": new_id})
    reply = await call("sendMessage", chat_id=new_id, text="x", reply_parameters={"message_id": old + 50})
    assert reply["description"] == "Bad Request: message to be replied not found"
    assert await send(call, new_id) == (200, "")
    assert (await call("getChat", chat_id=new_id))["result"]["type"] == "supergroup"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("12500", False),
        ("@PrilavokSandboxBot 12500", False),
        ("/pay 12500", True),
        ("/pay@prilavoksandboxbot 12500", True),
        ("/pay@OtherBot 12500", False),
    ],
)
async def test_in_groups_a_bot_sees_commands(call: Call, telegram: TelegramSimulator, text: str, seen: bool) -> None:
    """Its own ones, and nothing else that people say."""
    telegram.add_group(GROUP, "Лавка", [MANAGER])
    await updates(call)
    telegram.say(MANAGER, text, chat_id=GROUP)
    assert [update["message"]["text"] for update in await updates(call)] == [text] * seen


async def test_in_groups_a_bot_sees_replies_to_itself(call: Call, telegram: TelegramSimulator) -> None:
    """A reply to a person stays unseen, unless the bot is an admin or privacy mode is off."""
    telegram.add_group(GROUP, "Лавка", [MANAGER, SELLER])
    card = (await call("sendMessage", chat_id=GROUP, text="Касса"))["result"]["message_id"]
    talk = telegram.say(SELLER, "привет", chat_id=GROUP)
    await updates(call)
    telegram.say(MANAGER, "12500", chat_id=GROUP, reply_to=card)
    telegram.say(MANAGER, "и тебе", chat_id=GROUP, reply_to=talk.id)
    (seen,) = await updates(call)
    assert seen["message"]["reply_to_message"]["message_id"] == card
    telegram.world.privacy = False
    telegram.say(MANAGER, "всё видно", chat_id=GROUP)
    assert len(await updates(call)) == 1
    telegram.world.privacy = True
    telegram.add_bot(GROUP, "administrator")
    telegram.say(MANAGER, "и так", chat_id=GROUP)
    assert len(await updates(call)) == 2


async def test_the_first_list_of_commands_wins(call: Call, telegram: TelegramSimulator) -> None:
    """A chat's own list hides the default one; a scope of an unknown chat is refused."""
    from bot.sandbox.telegram.settings import commands_seen

    await call("setMyCommands", commands=[{"command": "help", "description": "Помощь"}])
    own = {"type": "chat", "chat_id": SELLER}
    await call("setMyCommands", commands=[{"command": "pay", "description": "Платёж"}], scope=own)
    assert [command["command"] for command in commands_seen(telegram.world, SELLER, SELLER)] == ["pay"]
    await call("deleteMyCommands", scope=own)
    assert [command["command"] for command in commands_seen(telegram.world, SELLER, SELLER)] == ["help"]
    unknown = await call("setMyCommands", commands=[], scope={"type": "chat", "chat_id": -5})
    assert unknown["description"] == "Bad Request: chat not found"
    assert not (await call("setMyCommands", commands=[{"command": "Платёж", "description": "x"}]))["ok"]
