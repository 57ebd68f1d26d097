"""SMS providers for the sandbox: SMS.ru, SMSC and a generic JSON endpoint, with their manners, on one server.

    segments.py     how many parts a text takes
    message.py      a message that a provider has taken, and its states
    recipients.py   what a number means: the last four digits choose the behaviour
    network.py      the operator behind all three: takes messages, charges, moves states
    agenda.py       what will happen later, in the sandbox's time
    reports.py      delivery reports to the service
    smsru.py  smsc.py  generic.py   one wire format each
    simulator.py    the server and its controls

Facts are those of the providers' documents and of integrators' code; guesses are marked "remembered".
"""

from .message import State, StoredMessage
from .simulator import SmsSimulator

__all__ = ["SmsSimulator", "State", "StoredMessage"]
