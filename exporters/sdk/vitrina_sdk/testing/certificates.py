"""A company's own certificate authority, made on the spot."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """Files of a server's certificate and its key."""

    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    """`file` is what those who trust it are given; everything lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("The company's own authority")
        authority = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._builder(self._name, self._key, days=30).add_extension(authority, critical=True)
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        signed = certificate.add_extension(usage, critical=True).sign(self._key, SHA256())
        self.file = folder / "ca.pem"
        self.file.write_bytes(signed.public_bytes(Encoding.PEM))

    @property
    def pem(self) -> str:
        return self.file.read_text(encoding="ascii")

    def issue(self, *hosts: str, days: int = 7) -> Issued:
        """For names and addresses; valid for so many days from now, and since a day before."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        certificate = self._builder(_name(hosts[0]), key, days).add_extension(names, critical=False)
        issued = Issued(self._folder / f"{hosts[0]}.pem", self._folder / f"{hosts[0]}.key")
        issued.certificate.write_bytes(certificate.sign(self._key, SHA256()).public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        issued.key.write_bytes(private)
        issued.key.chmod(0o600)
        return issued

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        start = x509.CertificateBuilder(issuer_name=self._name, subject_name=subject, public_key=key.public_key())
        lasting = start.serial_number(x509.random_serial_number()).not_valid_before(
            now + min(0, days - 1) * _DAY - _DAY
        )
        ours = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            lasting.not_valid_after(now + days * _DAY)
            .add_extension(ours, critical=False)
            .add_extension(theirs, critical=False)
        )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
