"""The web till: selling without Telegram, or inside it as a Mini App.

doors.py      who is at the till: a cookie, or Telegram's word; the page of a link that lets somebody in
shown.py      the page, today's list, a payment's card            deeds.py      selling, presses, typed answers
looks.py      payments as rows and cards                          requests.py   what the page sends
sheets.py     rows, cards and doors as HTML                       answers.py    what it is answered
words.py      a sum in words                                      routes.py     the table of routes
"""

from .deeds import Deeds
from .doors import Doors
from .routes import Till
from .sheets import TillSheets
from .shown import Shown

__all__ = ["Deeds", "Doors", "Shown", "Till", "TillSheets"]
