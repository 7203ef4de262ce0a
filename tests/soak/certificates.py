"""Certificates for a server of our own: one that is right, and each kind that is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """An office's own certificate authority."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def write(self, file: Path) -> Path:
        """Its certificate, which clients are given."""
        file.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return file

    def issue(self, folder: Path, host: str, *, days: int = 30) -> None:
        """Write ``server.crt`` and ``server.key`` for a host; with ``days`` below zero they have expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        until = now + days * DAY
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(IPv4Address("127.0.0.1")))
        built = (
            _builder(_name(host), self.name, key, min(now, until) - 40 * DAY, until)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self.key, SHA256())
        )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "server.crt").write_bytes(built.public_bytes(Encoding.PEM))
        secret = folder / "server.key"
        secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        secret.chmod(0o600)


def make_authority(title: str) -> Authority:
    """A certificate authority with a certificate that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = _name(title), dt.datetime.now(dt.UTC)
    built = (
        _builder(name, name, key, now - 40 * DAY, now + 40 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    return Authority(name, key, built)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, since: dt.datetime, until: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _name(title: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
