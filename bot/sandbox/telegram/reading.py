"""The methods that ask: who am I, which chat is this, who is in it, where is the file."""

from typing import Any

from .call import Call, bad_request
from .membership import member_json
from .world import World

GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_me(world: World, call: Call) -> dict[str, Any]:
    return world.bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
        "has_main_web_app": False,
    }


def get_chat(world: World, call: Call) -> dict[str, Any]:
    """ChatFullInfo, with the fields that a client requires."""
    chat = world.known_chat(call.text("chat_id"))
    shape = chat.as_json() | {"accent_color_id": 0, "max_reaction_count": 11}
    shape["accepted_gift_types"] = dict.fromkeys(GIFTS, False)
    last = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
    return shape | ({"pinned_message": last.as_json(with_reply=False)} if last else {})


def get_chat_member(world: World, call: Call) -> dict[str, Any]:
    chat = world.writable_chat(call.text("chat_id"))
    user_id = call.integer("user_id")
    if user_id == world.bot.id:
        return member_json(world.bot, chat.bot_status)
    if user_id not in world.users:
        raise bad_request("PARTICIPANT_ID_INVALID")
    own = "member" if chat.private and user_id == chat.id else "left"
    return member_json(world.users[user_id], chat.members.get(user_id, own))


def get_chat_administrators(world: World, call: Call) -> list[dict[str, Any]]:
    chat = world.writable_chat(call.text("chat_id"))
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    admins = [(world.user(user_id), status) for user_id, status in chat.members.items() if status != "member"]
    if chat.bot_status == "administrator":
        admins.append((world.bot, "administrator"))
    return [member_json(user, status) for user, status in admins]


def get_chat_member_count(world: World, call: Call) -> int:
    chat = world.writable_chat(call.text("chat_id"))
    return 2 if chat.private else len(chat.members) + 1


def get_file(world: World, call: Call) -> dict[str, Any]:
    """The path is good at `/file/bot{token}/{path}`."""
    try:
        stored = world.files.get(call.text("file_id"))
    except LookupError:
        raise bad_request("invalid file_id") from None
    ending = stored.name.rpartition(".")[2] or "bin"
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
        "file_path": f"{stored.kind}s/{stored.id}.{ending}",
    }
