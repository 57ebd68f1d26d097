"""Which servers the client believes: those of BANK_SBER_CA_FILE, or without it the ordinary ones."""

import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.errors import BankUnavailable
from tests.serving import serve

from .conftest import MD_ORDER, ORDER, PATH, FakeGateway, MakeBank, sample

DAY = datetime.timedelta(days=1)


class Authority:
    """A CA made for the test, and certificates of its own."""

    def __init__(self, name: str) -> None:
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=0))

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key)
        builder = (
            builder.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
        )
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(self.key, SHA256())

    def write(self, path: Path) -> Path:
        path.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return path

    def server_context(self, folder: Path, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        certificate = self._sign(x509.Name([]), key.public_key(), names)
        pem = folder / "server.pem"
        pem.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context


@pytest.fixture
def ministry() -> Authority:
    return Authority("Russian Trusted Root CA of this test")


@pytest.fixture
async def secure(gateway: FakeGateway, ministry: Authority, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a gateway whose certificate the ministry signed."""
    gateway.says(sample("registered"))
    runner, url = await serve(gateway.app, ministry.server_context(tmp_path, "127.0.0.1"))
    yield f"{url}{PATH}"
    await runner.cleanup()


async def test_an_untrusted_certificate_names_the_setting_that_mends_it(
    secure: str, make_bank: MakeBank, gateway: FakeGateway
) -> None:
    """Certainly not carried out: nothing was sent."""
    with pytest.raises(BankUnavailable, match="BANK_SBER_CA_FILE"):
        await make_bank(url=secure).register(ORDER)
    assert gateway.asked == []


async def test_the_authority_of_the_setting_is_trusted(
    secure: str, make_bank: MakeBank, ministry: Authority, tmp_path: Path
) -> None:
    """Also as the last of several in one file."""
    both = Authority("another").write(tmp_path / "ca.pem")
    both.write_bytes(both.read_bytes() + ministry.write(tmp_path / "ministry.pem").read_bytes())
    assert (await make_bank(url=secure, ca_file=both).register(ORDER)).md_order == MD_ORDER


async def test_another_authority_is_not_trusted(
    secure: str, make_bank: MakeBank, gateway: FakeGateway, tmp_path: Path
) -> None:
    """Only what stands in the file."""
    other = Authority("another").write(tmp_path / "other.pem")
    with pytest.raises(BankUnavailable, match="BANK_SBER_CA_FILE"):
        await make_bank(url=secure, ca_file=other).register(ORDER)
    assert gateway.asked == []


async def test_the_name_in_the_certificate_must_be_the_servers(
    make_bank: MakeBank, gateway: FakeGateway, ministry: Authority, tmp_path: Path
) -> None:
    """A certificate of a trusted authority for somebody else is refused."""
    runner, url = await serve(gateway.app, ministry.server_context(tmp_path, "127.0.0.9"))
    with pytest.raises(BankUnavailable, match="mismatch"):
        await make_bank(url=f"{url}{PATH}", ca_file=ministry.write(tmp_path / "ca.pem")).register(ORDER)
    await runner.cleanup()
    assert gateway.asked == []
