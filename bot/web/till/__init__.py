"""The web till: selling without Telegram, or inside it as a Mini App.

doors.py     who is at the till: a cookie, or Telegram's word; the page of a link that lets somebody in
requests.py  what the page sends
looks.py     payments as rows and cards
words.py     a sum in words
routes.py    what the page asks and does
"""

from .doors import Doors
from .routes import Till

__all__ = ["Doors", "Till"]
