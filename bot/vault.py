"""Keeps what must not be readable in a stolen backup: shoppers' phones and texts that name people.

A sealed text is AES-256-GCM under a key derived from DATA_KEY. A digest is a keyed hash: equal phones have equal
digests, so that a phone can be found without being stored in clear.
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes, as AES-GCM wants


class Vault:
    """`key`: any text of 16 characters or more; generate_key() makes one."""

    def __init__(self, key: str) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"seal" + key.encode()).digest())
        self._digest_key = hashlib.sha256(b"digest" + key.encode()).digest()

    def seal(self, text: str) -> str:
        nonce = os.urandom(NONCE)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, text.encode(), None)).decode()

    def open(self, sealed: str) -> str:
        """Raises ValueError where the text was sealed with another key or was changed."""
        raw = base64.urlsafe_b64decode(sealed)
        try:
            return self._cipher.decrypt(raw[:NONCE], raw[NONCE:], None).decode()
        except InvalidTag as error:
            raise ValueError("sealed with another DATA_KEY") from error

    def digest(self, text: str) -> str:
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).hexdigest()


def generate_key() -> str:
    """256 random bits."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()
