"""The bank's notifications: read, and believed only with the right checksum."""

import datetime
import hashlib
import hmac
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.banks.sber import Settings, create
from bot.config import load
from bot.errors import CallbackRejected
from bot.ports import Bank, Callback, CallbackReader

KEY = "unit-test-callback-key-0001"
MD_ORDER = "11111111-2222-7333-8444-555555555555"
PAID = {"mdOrder": MD_ORDER, "operation": "deposited", "orderNumber": "S1-000042", "status": "1"}
VECTORS = {
    "A": (PAID, "0CD86F27F4A64CF604E0674534C078F61CD4108C99D0CE26B168B5F881562491"),
    "B": (
        PAID | {"amount": "1234500", "sign_alias": "ignored"},
        "7EB2C99B7A9C9F054B2BCDDD86166FD27C51FC800C27346220EEE20810899ECE",
    ),
    "C": (
        PAID
        | {
            "operation": "refunded",
            "orderDescription": "Диван «Осло» 2+1; беж",
            "phone": "+79001234567",
            "callbackCreationDate": "Mon Jan 31 21:46:52 MSK 2022",
        },
        "136487F7B23CAED0191D6E2D8D11E15A99C701D2C52A7D83B7FAD32AAFD8EA2B",
    ),
}
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def reader(**values: object) -> CallbackReader:
    return create(load(Settings, user="shop-api", password="secret", **values))


UNSIGNED = reader()
SIGNED = reader(callback_key=KEY)


def text_of(fields: dict[str, str]) -> bytes:
    return "".join(f"{name};{fields[name]};" for name in sorted(fields)).encode()


def sealed(fields: dict[str, str]) -> dict[str, str]:
    """`fields` with the checksum that the bank would give them."""
    return fields | {"checksum": hmac.new(KEY.encode(), text_of(fields), hashlib.sha256).hexdigest().upper()}


def status_of(reader: CallbackReader, fields: dict[str, str] | list[tuple[str, str]]) -> int:
    """200, or the status of the rejection."""
    try:
        reader.read_callback(list(fields.items()) if isinstance(fields, dict) else fields)
    except CallbackRejected as rejected:
        return rejected.status
    return 200


async def test_the_client_is_a_bank_and_reads_callbacks() -> None:
    """mypy proves it: both ports are satisfied by one object."""
    bank = create(load(Settings, user="shop-api", password="secret"))
    both: tuple[Bank, CallbackReader] = (bank, bank)
    assert both[0].is_test
    await bank.close()


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_the_known_checksums_are_right(vector: str, case: "type[str]") -> None:
    """Vectors of our own for the documented rule, in either case, in any order of the fields."""
    fields, checksum = VECTORS[vector]
    parameters = [("checksum", case(checksum)), *reversed(fields.items())]
    callback = SIGNED.read_callback(parameters)
    assert callback == Callback(MD_ORDER, "S1-000042", fields["operation"], succeeded=True)


@pytest.mark.parametrize("vector", VECTORS)
def test_another_key_signs_other_checksums(vector: str) -> None:
    """The same fields under another secret are forged."""
    fields, checksum = VECTORS[vector]
    assert status_of(reader(callback_key=KEY + "x"), fields | {"checksum": checksum}) == 403


@pytest.mark.parametrize(
    "checksum",
    [None, "", "0", "00", "да" * 32, "ﬀ" * 32, VECTORS["A"][1] + " ", " " + VECTORS["A"][1], VECTORS["A"][1][:-2]],
)
def test_a_missing_or_malformed_checksum_is_forbidden(checksum: str | None) -> None:
    """Whatever text it is, letters of other alphabets too."""
    assert status_of(SIGNED, PAID | ({} if checksum is None else {"checksum": checksum})) == 403


def test_empty_values_belong_to_the_signed_text() -> None:
    """Signed with it, a field must not be dropped, nor added."""
    empty = sealed(PAID | {"amount": ""})
    assert status_of(SIGNED, empty) == 200
    del empty["amount"]
    assert status_of(SIGNED, empty) == 403
    assert status_of(SIGNED, sealed(PAID) | {"amount": ""}) == 403


def test_fields_that_a_proxy_added_do_no_harm() -> None:
    """Then the documented names alone are signed; a change of one of them is still seen."""
    assert status_of(SIGNED, sealed(PAID) | {"utm_source": "x", "route": "/bank/callback"}) == 200
    assert status_of(SIGNED, sealed(PAID) | {"utm_source": "x", "status": "0"}) == 403


def test_the_name_of_the_key_is_never_signed() -> None:
    """Also beside a signed field that is not documented."""
    assert status_of(SIGNED, sealed(PAID | {"newField": "x"}) | {"sign_alias": "any"}) == 200


def test_half_characters_break_nothing() -> None:
    """They have no UTF-8, so nothing can be signed over them."""
    assert status_of(SIGNED, PAID | {"email": "\ud83d", "checksum": "00"}) == 403


@pytest.mark.parametrize("as_certificate", [True, False])
def test_rsa_checksums_are_verified_with_a_key_or_a_certificate(tmp_path: Path, as_certificate: bool) -> None:
    """PKCS#1 v1.5 over SHA-512, in hex of either case; no other hash, no other text."""
    pem = tmp_path / "bank.pem"
    pem.write_bytes(_certificate() if as_certificate else _public_key())
    bank = reader(callback_public_key_file=str(pem))
    assert status_of(bank, PAID | {"checksum": _rsa(PAID, SHA512()).upper(), "sign_alias": "SHA-256 with RSA"}) == 200
    assert status_of(bank, PAID | {"checksum": _rsa(PAID, SHA512())}) == 200
    assert status_of(bank, PAID | {"checksum": _rsa(PAID, SHA256())}) == 403
    assert status_of(bank, PAID | {"checksum": _rsa(PAID, SHA512()), "status": "0"}) == 403
    assert status_of(bank, sealed(PAID)) == 403
    assert status_of(bank, PAID) == 403


def _rsa(fields: dict[str, str], algorithm: HashAlgorithm) -> str:
    return RSA_KEY.sign(text_of(fields), PKCS1v15(), algorithm).hex()


def _public_key() -> bytes:
    return RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "callbacks of this test")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(RSA_KEY.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return builder.sign(RSA_KEY, SHA256()).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    ("change", "callback"),
    [
        ({}, Callback(MD_ORDER, "S1-000042", "deposited", succeeded=True)),
        ({"status": "0"}, Callback(MD_ORDER, "S1-000042", "deposited", succeeded=False)),
        ({"orderNumber": ""}, Callback(MD_ORDER, None, "deposited", succeeded=True)),
        ({"mdOrder": ""}, Callback(None, "S1-000042", "deposited", succeeded=True)),
        ({"mdOrder": "", "mdorder": MD_ORDER}, Callback(MD_ORDER, "S1-000042", "deposited", succeeded=True)),
        ({"mdOrder": "no-UUID"}, Callback("no-UUID", "S1-000042", "deposited", succeeded=True)),
        ({"operation": "declinedByTimeout"}, Callback(MD_ORDER, "S1-000042", "declinedByTimeout", succeeded=True)),
        ({"operation": "somethingNew"}, Callback(MD_ORDER, "S1-000042", "somethingNew", succeeded=True)),
        ({"orderNumber": "заказ №5"}, Callback(MD_ORDER, "заказ №5", "deposited", succeeded=True)),
        ({"checksum": "never mind"}, Callback(MD_ORDER, "S1-000042", "deposited", succeeded=True)),
    ],
)
def test_without_a_key_it_is_read_as_a_hint(change: dict[str, str], callback: Callback) -> None:
    """Operations that nobody knows are let through: they make us ask the bank."""
    assert UNSIGNED.read_callback(list((PAID | change).items())) == callback


@pytest.mark.parametrize(
    "change",
    [
        {"mdOrder": "", "orderNumber": ""},
        {"mdOrder": "4;2"},
        {"mdOrder": MD_ORDER[1:] + "\n"},
        {"mdOrder": MD_ORDER + "0"},
        {"orderNumber": "S1;000042"},
        {"orderNumber": "S" * 37},
        {"orderNumber": "S1\n"},
        {"orderNumber": "S1\ud83d"},
        {"operation": ""},
        {"operation": "d" * 33},
        {"operation": "deposited;status"},
        {"status": ""},
        {"status": "2"},
        {"status": "true"},
        {"status": "٠"},
        {"amount;100": "1"},
    ],
)
@pytest.mark.parametrize("keyed", [True, False])
def test_what_has_not_the_shape_of_a_callback_is_a_bad_request(change: dict[str, str], keyed: bool) -> None:
    """400 comes before 403, with a key and without."""
    assert status_of(SIGNED if keyed else UNSIGNED, PAID | change) == 400


@pytest.mark.parametrize("missing", ["operation", "status"])
def test_a_field_that_is_missing_is_a_bad_request(missing: str) -> None:
    """Operation and status are never optional."""
    assert status_of(UNSIGNED, {name: value for name, value in PAID.items() if name != missing}) == 400


def test_a_repeated_name_is_a_bad_request() -> None:
    """Even with the same value: which one was signed?"""
    assert status_of(SIGNED, [*sealed(PAID).items(), ("status", "1")]) == 400


patient = settings(deadline=None)  # the machine may be busy
NAMES = st.text(st.characters(exclude_characters=";", exclude_categories=["Cs"]), min_size=1, max_size=12)
TEXTS = st.text(max_size=20)
EXTRA = st.dictionaries(NAMES, TEXTS, max_size=4)


@patient
@given(extra=EXTRA, data=st.data())
def test_a_signed_set_verifies_and_any_single_change_fails(extra: dict[str, str], data: st.DataObject) -> None:
    """Whatever the extra fields are: one value changed or one field removed is noticed."""
    assume(not extra.keys() & {*PAID, "checksum", "sign_alias", "mdorder"})
    fields = sealed(extra | PAID)
    assert status_of(SIGNED, fields) == 200
    name = data.draw(st.sampled_from(sorted(fields)))
    changed = data.draw(TEXTS.filter(lambda text: text.upper() != fields[name].upper()))
    assert status_of(SIGNED, fields | {name: changed}) in {400, 403}
    del fields[name]
    assert status_of(SIGNED, fields) in {400, 403}


@patient
@given(st.lists(st.tuples(st.text() | st.sampled_from(sorted(PAID)), st.text()), max_size=8))
def test_no_text_of_a_stranger_breaks_the_reader(parameters: list[tuple[str, str]]) -> None:
    """Always a clean answer."""
    assert status_of(SIGNED, [*parameters, ("checksum", "00")]) in {400, 403}
