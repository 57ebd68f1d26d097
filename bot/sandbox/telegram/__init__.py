"""The simulated Telegram: a Bot API server with people in it.

`server` takes the calls, `methods` lists them (`sending`, `editing`, `reading`, `settings`, `intake`), `people` acts on
the other side, `world` remembers, `updates` and `webhook` carry what people do to the bot, `steering` opens it all to
tests over HTTP.
"""

from .server import TelegramSimulator
from .shapes import Chat, Message, User
from .world import World

__all__ = ["Chat", "Message", "TelegramSimulator", "User", "World"]
