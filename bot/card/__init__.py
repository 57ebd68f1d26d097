"""How a payment is shown to the staff, in the chat and in the web till: its words and its buttons."""

from .buttons import EMPTY
from .face import Face, face
from .words import ChatWords

__all__ = ["EMPTY", "ChatWords", "Face", "face"]
