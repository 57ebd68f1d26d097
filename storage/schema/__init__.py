"""All tables. Amounts are kopecks, times UTC; phones and texts that name people are sealed before they come here.

shops, staff, invites      who sells where
logins                     the browsers of the web till
payments                   one sale each; `status` changes by compare-and-set on `version` only
bank_orders                1..n a payment: what the bank knows
operations                 each deposit, reverse, refund, decline: by us, by hand at the bank, or by its clock
links                      1..n a payment: the codes of /p/<code>, one of them open
sms, sms_reports           messages to shoppers, reports that came before their message was stored
shopper_chats              shoppers who have pressed Start for a payment
callbacks                  what the bank notified
cards                      the message that shows a payment in a chat
inbox                      Telegram's updates as they came
jobs, lanes                durable work, and whose turn it is in each chat
drafts                     questions that wait for a press or an answer
audit                      who did what; triggers forbid to change or delete
notes                      single values of the installation
"""

from .base import metadata
from .people import invites, logins, shops, staff
from .sales import OPEN_OPERATION, bank_orders, callbacks, links, operations, payments, shopper_chats, sms, sms_reports
from .work import audit, cards, drafts, inbox, jobs, lanes, notes

__all__ = [
    "OPEN_OPERATION",
    "audit",
    "bank_orders",
    "callbacks",
    "cards",
    "drafts",
    "inbox",
    "invites",
    "jobs",
    "lanes",
    "links",
    "logins",
    "metadata",
    "notes",
    "operations",
    "payments",
    "shopper_chats",
    "shops",
    "sms",
    "sms_reports",
    "staff",
]
