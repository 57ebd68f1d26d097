"""The outside world as the use cases see it, and what crosses the border.

Implementations: `banks/`, `sms/`, `telegram/`; fakes for tests implement the same Protocols.
"""

from .bank import Bank, Callback, CallbackReader, NewOrder, OrderRef, OrderState, OrderStatus, Registered
from .chat import Button, Message, Place, Posted, StaffChat
from .page import PageState, PageView, ShopperDesk
from .sms import Accepted, Rejected, SmsFault, SmsOutcome, SmsReport, SmsSender, SmsState, Unknown

__all__ = [
    "Accepted",
    "Bank",
    "Button",
    "Callback",
    "CallbackReader",
    "Message",
    "NewOrder",
    "OrderRef",
    "OrderState",
    "OrderStatus",
    "PageState",
    "PageView",
    "Place",
    "Posted",
    "Registered",
    "Rejected",
    "ShopperDesk",
    "SmsFault",
    "SmsOutcome",
    "SmsReport",
    "SmsSender",
    "SmsState",
    "StaffChat",
    "Unknown",
]
