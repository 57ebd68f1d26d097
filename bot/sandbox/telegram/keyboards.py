"""Keyboards under messages: what Telegram accepts, and what it says when it does not.

One rule is softer here: addresses on localhost and on bare IPs are accepted, since the sandbox's pages live there.
Telegram itself answers `inline keyboard button URL '...' is invalid: Wrong HTTP URL`.
"""

import re
from typing import Any

from .call import Call, bad_request

Markup = dict[str, Any]

ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled",
)  # fmt: skip
OTHERS = ("keyboard", "remove_keyboard", "force_reply")
URL = re.compile(r"(?i)(https?://[^\s/?#]+|tg://\w|tonsite://\w)\S*$")
BUTTONS = 100


def read_markup(call: Call, private: bool) -> Markup | None:
    """The checked reply_markup; None where absent, or an inline keyboard without buttons."""
    markup = call.structure("reply_markup")
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = [[_inline_button(button, private) for button in row] for row in markup["inline_keyboard"] if row]
        if sum(map(len, rows)) > BUTTONS:
            raise bad_request("REPLY_MARKUP_TOO_LONG")
        return {"inline_keyboard": rows} if rows else None
    if not any(kind in markup for kind in OTHERS):
        raise bad_request("can't parse reply keyboard markup JSON object")
    for button in (button for row in markup.get("keyboard", ()) for button in row):
        _check_reply_button(button, private)
    return markup


def _inline_button(button: Any, private: bool) -> dict[str, Any]:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    actions = [action for action in ACTIONS if button.get(action) is not None]
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one action is allowed")
    if button.get("style") not in (None, "danger", "success", "primary"):
        raise bad_request("invalid button style specified")
    _check_action(actions[0], button[actions[0]], private)
    return {name: value for name, value in button.items() if value is not None}


def _check_action(action: str, value: Any, private: bool) -> None:
    match action:
        case "callback_data" if not 1 <= len(str(value).encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
        case "url" if not URL.match(str(value)):
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
        case "copy_text" if not 1 <= len(str(value.get("text", ""))) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case "web_app" if not private:
            raise bad_request("BUTTON_TYPE_INVALID")
        case "web_app" if not URL.match(str(value.get("url", ""))):
            raise bad_request(f"inline keyboard button Web App URL '{value.get('url')}' is invalid: Wrong HTTP URL")


def _check_reply_button(button: Any, private: bool) -> None:
    if isinstance(button, str):
        return
    if not button.get("text"):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    if not private and (button.get("request_contact") or button.get("request_location")):
        raise bad_request("phone number and location can be requested in private chats only")
    if not private and (button.get("web_app") or button.get("request_users") or button.get("request_chat")):
        raise bad_request("BUTTON_TYPE_INVALID")


def shown_buttons(markup: Markup | None) -> list[list[dict[str, Any]]]:
    """For people and tests: rows of {"label", "data" | "url" | "copy" | "web_app" | "disabled", "style"?}."""
    rows = (markup or {}).get("inline_keyboard", [])
    return [[_shown(button) for button in row] for row in rows]


def _shown(button: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"label": button["text"]}
    if "callback_data" in button:
        shown["data"] = button["callback_data"]
    if "url" in button:
        shown["url"] = button["url"]
    if "copy_text" in button:
        shown["copy"] = button["copy_text"]["text"]
    if "web_app" in button:
        shown["web_app"] = button["web_app"]["url"]
    if "disabled" in button:
        shown["disabled"] = True
    return shown | ({"style": button["style"]} if "style" in button else {})
