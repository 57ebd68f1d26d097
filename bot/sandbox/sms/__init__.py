"""SMS providers for the sandbox: SMS.ru, SMSC and a generic JSON endpoint, with their manners, on one server.

    segments.py     how many parts a text takes
    message.py      a message that a provider has taken, and its states
    recipients.py   what a number means: the last four digits choose the behaviour
    network.py      the operator behind all three: takes messages, charges, moves states
    agenda.py       what will happen later, in the sandbox's time
    reports.py      delivery reports to the service
    manners.py      how reports are sent, and how that is spoilt
    smsru.py  smsc.py  generic.py   one wire format each
    form.py         fields of a form with their bytes
    simulator.py    the server
    controls.py     its own `/_sandbox/*`

Facts are those of the providers' documents and of integrators' code; guesses are marked "remembered".
"""

from .message import State, StoredMessage
from .simulator import SmsSimulator

__all__ = ["SmsSimulator", "State", "StoredMessage"]
