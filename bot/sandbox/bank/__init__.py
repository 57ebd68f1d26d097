"""The simulated Sber «Плати частями» bank: its REST interface, its checkout pages, its callbacks.

rest.py       the methods, over HTTP          registration.py, cart.py   what register checks
ledger.py     what is allowed, and time       order.py, rules.py         one order; how this bank behaves
answers.py    bodies of the answers           refusal.py                 errorCodes, actionCodes and their words
checkout.py   the payer's pages               page.html, page.css, words.py
callbacks.py  notifications and their knobs   signing.py                 their checksums
simulator.py  all of it as one application    controls.py                /_sandbox/*
"""

from .order import Order, OrderStatus
from .refusal import BankError
from .simulator import BankSimulator

__all__ = ["BankError", "BankSimulator", "Order", "OrderStatus"]
