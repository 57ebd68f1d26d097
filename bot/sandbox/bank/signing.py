"""The checksum of a callback.

1. all fields but `checksum` and `sign_alias`, sorted by name
2. joined as `name;value;`, without any escaping
3. HMAC-SHA256, or RSA PKCS#1 v1.5 over SHA-512; hex in capitals
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import cached_property

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KEY = "sandbox-callback-key"
SIGNS = ("hmac", "rsa", "none", "wrong")


def signed_text(fields: dict[str, str]) -> str:
    return "".join(f"{name};{fields[name]};" for name in sorted(fields) if name not in ("checksum", "sign_alias"))


class Signer:
    """Signs in all the ways that a merchant may have ordered, and in wrong ones."""

    def __init__(self, key: str = KEY) -> None:
        self.key = key

    def sign(self, fields: dict[str, str], how: str) -> dict[str, str]:
        """`fields` with their checksum, or as they are (`none`). Raises KeyError for an unknown `how`."""
        if how == "none":
            return fields
        return fields | {"checksum": self._ways[how](signed_text(fields).encode()).upper()}

    @property
    def _ways(self) -> dict[str, Callable[[bytes], str]]:
        return {
            "hmac": lambda text: hmac.new(self.key.encode(), text, hashlib.sha256).hexdigest(),
            "rsa": lambda text: self._private_key.sign(text, padding.PKCS1v15(), hashes.SHA512()).hex(),
            "wrong": lambda _: secrets.token_hex(32),
        }

    @property
    def public_key_pem(self) -> str:
        """What a merchant puts into BANK_SBER_CALLBACK_PUBLIC_KEY_FILE."""
        return (
            self._private_key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    @cached_property
    def _private_key(self) -> rsa.RSAPrivateKey:
        """Made at first use: it takes a tenth of a second."""
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
