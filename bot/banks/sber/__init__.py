"""The gateway of «Плати частями»: Sber's RBS platform, form posts to `/payment/rest/*.do`.

    settings    BANK_SBER_*, checked at the start
    client      the bank as the use cases see it: what each method sends
    gateway     one call over HTTPS, and what its end means: done, refused, not carried out, unknown
    answers     bodies of the bank -> what they say
    callbacks   its notifications: shape and checksum

Nothing here marks an order as «Плати частями»: the shop's login decides, and what a merchant may have to add
comes from BANK_SBER_EXTRA_PARAMS.
"""

from .client import SberBank, create
from .settings import Settings, tls

__all__ = ["SberBank", "Settings", "create", "tls"]
