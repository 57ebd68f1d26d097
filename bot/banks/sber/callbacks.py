"""The bank's callbacks: is it one, and did the bank send it.

    1. every name once, the fields that we use in their shape        else 400
    2. all fields but `checksum` and `sign_alias`, sorted by name, joined as `name;value;` without any escaping
    3. the checksum over that text: HMAC-SHA256, or RSA PKCS#1 v1.5 over SHA-512, in hex of either case      else 403

Without a key the callback is taken as it is: it is a hint, and only makes us ask the bank. The text has no escaping,
so a `;` could move the border between two fields: names and the fields that we use must not hold one.
Which hash is fixed here, never read from `sign_alias` (a documented example names another than it used).
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from bot.errors import CallbackRejected
from bot.ports import Callback

Verify = Callable[[bytes, bytes], bool]  # (signed text, checksum) -> genuine

UNSIGNED = {"checksum", "sign_alias"}
DOCUMENTED = {
    "mdOrder", "mdorder", "orderNumber", "operation", "status", "callbackCreationDate", "amount", "paymentAmount",
    "approvedAmount", "depositedAmount", "refundedAmount", "operationRefundedAmount", "externalRefundId",
    "amountFormatted", "paymentAmountFormatted", "approvedAmountFormatted", "depositedAmountFormatted",
    "refundedAmountFormatted", "operationRefundedAmountFormatted", "currency", "actionCode",
    "actionCodeDescription", "paymentState", "paymentWay", "paymentDate", "depositedDate", "refundedDate",
    "reversedDate", "declineDate", "date", "refNum", "refnum", "approvalCode", "maskedPan", "cardholderName",
    "bankName", "ip", "clientId", "email", "phone", "orderDescription", "merchantLogin", "merchantFullName",
    "terminalId", "sessionExpiredDate", "transactionAttributes",
}  # fmt: skip


def read(parameters: list[tuple[str, str]], verify: Verify | None) -> Callback:
    """`parameters` decoded as form data. `verify` None: no key is set. Raises CallbackRejected."""
    fields = dict(parameters)
    if len(fields) != len(parameters):
        raise CallbackRejected(400, "a name is repeated")
    if any(";" in name for name in fields):
        raise CallbackRejected(400, "a name holds a semicolon")
    callback = _shaped(fields)
    if verify and not _genuine(fields, verify):
        raise CallbackRejected(403, "the checksum is missing or wrong")
    return callback


def _shaped(fields: Mapping[str, str]) -> Callback:
    md_order, number = fields.get("mdOrder") or fields.get("mdorder"), fields.get("orderNumber")
    operation, status = fields.get("operation", ""), fields.get("status", "")
    if not md_order and not number:
        raise CallbackRejected(400, "neither mdOrder nor orderNumber")
    if md_order and not _plain(md_order, 36):
        raise CallbackRejected(400, "mdOrder is malformed")
    if number and not _plain(number, 36):
        raise CallbackRejected(400, "orderNumber is malformed")
    if not operation or not _plain(operation, 32):
        raise CallbackRejected(400, "operation is malformed")
    if status not in {"0", "1"}:
        raise CallbackRejected(400, "status is neither 0 nor 1")
    return Callback(md_order or None, number or None, operation, succeeded=status == "1")


def _plain(text: str, longest: int) -> bool:
    return len(text) <= longest and text.isprintable() and ";" not in text


def _genuine(fields: Mapping[str, str], verify: Verify) -> bool:
    """Over all fields; else over the documented ones: what stands before us may have added its own to the address."""
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", fields.get("checksum", "")):
        return False
    checksum = bytes.fromhex(fields["checksum"])
    signed = fields.keys() - UNSIGNED
    return any(verify(_signed_text(fields, names), checksum) for names in (signed, signed & DOCUMENTED))


def _signed_text(fields: Mapping[str, str], names: set[str]) -> bytes:
    """Lone surrogates are let through: no text of a stranger may raise here."""
    return "".join(f"{name};{fields[name]};" for name in sorted(names)).encode("utf-8", "surrogatepass")


def hmac_verifier(key: str) -> Verify:
    """`key`: the text shown in the bank's cabinet; its UTF-8 bytes are the key, even where it looks like hex."""

    def verify(text: bytes, checksum: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(key.encode(), text, hashlib.sha256), checksum)

    return verify


def rsa_verifier(key: RSAPublicKey) -> Verify:
    def verify(text: bytes, checksum: bytes) -> bool:
        try:
            key.verify(checksum, text, PKCS1v15(), SHA512())
        except InvalidSignature:
            return False
        return True

    return verify


def load_public_key(pem: bytes) -> RSAPublicKey:
    """From a certificate or a bare public key. Raises ValueError where it is neither, or not of RSA."""
    certificate = b"-----BEGIN CERTIFICATE-----" in pem
    key = load_pem_x509_certificate(pem).public_key() if certificate else load_pem_public_key(pem)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")  # noqa: TRY004 - the content of a file is a value, not a type
    return key
