"""The methods that set the bot up: menus of commands, the menu button, its profile. They change nobody's rights."""

import json
import re
from typing import Any

from .call import Call, bad_request
from .world import World

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
COMMANDS = 100
SCOPES = (
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
    "chat_member",
)  # fmt: skip


def set_my_commands(world: World, call: Call) -> bool:
    commands = call.structure("commands")
    if not isinstance(commands, list) or len(commands) > COMMANDS:
        raise bad_request(f"expected a list of at most {COMMANDS} commands")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command", "")).removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_list_key(world, call)] = commands
    return True


def get_my_commands(world: World, call: Call) -> list[dict[str, Any]]:
    return world.commands.get(_list_key(world, call), [])


def delete_my_commands(world: World, call: Call) -> bool:
    world.commands.pop(_list_key(world, call), None)
    return True


def set_chat_menu_button(world: World, call: Call) -> bool:
    world.menu_buttons[call.integer("chat_id")] = call.structure("menu_button") or {"type": "default"}
    return True


def get_chat_menu_button(world: World, call: Call) -> dict[str, Any]:
    default = world.menu_buttons.get(0, {"type": "commands"})
    return world.menu_buttons.get(call.integer("chat_id"), default)


def set_my_profile(world: World, call: Call) -> bool:
    """setMyName, setMyDescription, setMyShortDescription."""
    for field in ("name", "description", "short_description"):
        if field in call.values:
            world.profile[field] = call.text(field)
    return True


def commands_seen(world: World, chat_id: int, user_id: int, language: str = "") -> list[dict[str, Any]]:
    """The menu that a person sees in a chat: the first list that is not empty."""
    chat = world.chat(chat_id)
    if chat.private:
        scopes: list[dict[str, Any]] = [{"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}]
    else:
        admin = chat.members.get(user_id, "member") != "member"
        scopes = [{"type": "chat_member", "chat_id": chat_id, "user_id": user_id}]
        scopes += [{"type": "chat_administrators", "chat_id": chat_id}] if admin else []
        scopes += [{"type": "chat", "chat_id": chat_id}]
        scopes += [{"type": "all_chat_administrators"}] if admin else []
        scopes += [{"type": "all_group_chats"}]
    for scope in [*scopes, {"type": "default"}]:
        for spoken in (language, ""):
            if found := world.commands.get((json.dumps(scope, sort_keys=True), spoken)):
                return found
    return []


def _list_key(world: World, call: Call) -> tuple[str, str]:
    scope = call.structure("scope") or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if "chat_id" in scope:
        scope = scope | {"chat_id": world.writable_chat(str(scope["chat_id"])).id}
    return json.dumps(scope, sort_keys=True), call.text("language_code")
