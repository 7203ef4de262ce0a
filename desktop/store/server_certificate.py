"""A server's certificate: looked at before any password is sent, and why it is not trusted in plain words."""

from __future__ import annotations

import hashlib
import socket
import ssl
import struct
from dataclasses import dataclass

from desktop.domain.server_place import ServerPlace, Trust
from desktop.store import server_words
from desktop.store.roots import SYSTEM, root_file
from desktop.store.server_connection import CONNECT_SECONDS
from desktop.store.server_words import Fault

ASK_TLS = struct.pack("!ii", 8, 80_877_103)
"""How a client asks a PostgreSQL server whether it encrypts; it answers S or N."""
_EXPIRED = frozenset({9, 10})
_OTHER_NAME = frozenset({62, 64})


@dataclass(frozen=True)
class Certificate:
    """What the server showed; ``fingerprint`` is the SHA-256 of the certificate, in pairs of hexadecimal digits."""

    fingerprint: str
    checked: bool


class CertificateTrouble(Exception):
    """The certificate is not trusted, or there is no encrypted connection."""

    def __init__(self, fault: Fault, details: str) -> None:
        super().__init__(fault.what)
        self.fault, self.details = fault, details


def look_at_certificate(stream: socket.socket, place: ServerPlace) -> Certificate:
    """Greet a server that has agreed to encrypt, and check its certificate as the place demands.

    Raises:
        CertificateTrouble: it is not trusted.
    """
    checked = not place.trust.only_here
    try:
        context = _context(place, checked=checked)
    except (OSError, ssl.SSLError) as error:
        raise CertificateTrouble(server_words.NO_AUTHORITY_FILE, str(error)) from error
    try:
        with context.wrap_socket(stream, server_hostname=place.host) as secure:
            shown = secure.getpeercert(binary_form=True) or b""
    except ssl.SSLCertVerificationError as error:
        raise CertificateTrouble(_verdict(error), f"{error.verify_code}: {error.verify_message}") from error
    except OSError as error:
        raise CertificateTrouble(server_words.NOT_POSTGRES, str(error)) from error
    return Certificate(fingerprint_of(shown), checked)


def fingerprint_at(place: ServerPlace) -> str:
    """The fingerprint of the certificate that a server shows now; empty where it shows none."""
    if place.trust is Trust.PLAIN:
        return ""
    try:
        with socket.create_connection((place.host, place.port), timeout=CONNECT_SECONDS) as stream:
            stream.sendall(ASK_TLS)
            return look_at_certificate(stream, place).fingerprint if stream.recv(1) == b"S" else ""
    except (OSError, CertificateTrouble):
        return ""


def fingerprint_of(certificate: bytes) -> str:
    """The SHA-256 of a certificate in DER, as browsers and openssl show it."""
    digits = hashlib.sha256(certificate).hexdigest().upper()
    return "SHA-256 " + ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def _context(place: ServerPlace, *, checked: bool) -> ssl.SSLContext:
    if not checked:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    file = place.ca_file if place.trust is Trust.FILE else root_file(SYSTEM)
    return ssl.create_default_context(cafile=None if file == SYSTEM else file)


def _verdict(error: ssl.SSLCertVerificationError) -> Fault:
    if error.verify_code in _EXPIRED:
        return server_words.EXPIRED
    return server_words.OTHER_NAME if error.verify_code in _OTHER_NAME else server_words.UNKNOWN_AUTHORITY
