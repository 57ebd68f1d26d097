"""The simulated Telegram: a Bot API server with people in it.

`server` takes the calls and `methods` lists them (in `sending`, `editing`, `chats`, `reading`, `settings`, `intake`).
`people` acts on the other side, `world` remembers, `updates` and `webhook` carry to the bot what people do, `steering`
opens it all to tests over HTTP.
"""

from .server import TelegramSimulator
from .shapes import Chat, Message, User
from .world import World

__all__ = ["Chat", "Message", "TelegramSimulator", "User", "World"]
