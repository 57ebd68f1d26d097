"""The demo's page: staff chat, shopper's phone, what may happen, and the wire, over three simulators in one process.

cast.py      who there is in the sandbox        words.py   every label, RU and EN
desk.py      all of it as one application       page.py    `/` and its static files
view.py      what the page is shown             stream.py  what it is told as it happens (server-sent events)
acts.py      what its visitor does              scene.py   what may happen: switches, clock, the shopper
links.py     the link behind each card          jumps.py   the moments that the clock jumps to
coach.py     the four steps of the first sale
proxy.py     the shopper's pages of the running product, under the desk's own origin
bank_door.py the simulated bank's checkout under /bank/
static/      desk.js starts; chat.js, phone.js, scene.js and wire.js are the panes; no library
"""

from .cast import MANAGER, OWNER, PEOPLE, SELLER, SHOP_CHAT, SHOP_CHAT_TITLE, STRANGER, Person
from .desk import Desk

__all__ = ["MANAGER", "OWNER", "PEOPLE", "SELLER", "SHOP_CHAT", "SHOP_CHAT_TITLE", "STRANGER", "Desk", "Person"]
