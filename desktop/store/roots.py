"""The certificate authorities that this machine trusts, as a file that libpq can read."""

from __future__ import annotations

import atexit
import ssl
import tempfile
from functools import cache
from pathlib import Path

_BUNDLES = (
    *("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem"),
    *("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"),
)
SYSTEM = "system"


def root_file(named: str) -> str:
    """The file to check certificates by: the one that is named, or for ``system`` this machine's own authorities.

    libpq's own word ``system`` asks the OpenSSL that was packaged with it, which knows neither Windows' store nor
    where every Linux keeps its authorities.
    """
    return _system_file() if named == SYSTEM else named


@cache
def _system_file() -> str:
    paths = ssl.get_default_verify_paths()
    for name in (paths.cafile, *_BUNDLES):
        if name and Path(name).is_file():
            return name
    found = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not found:
        return SYSTEM
    with tempfile.NamedTemporaryFile("w", suffix=".pem", prefix="epm-roots-", encoding="ascii", delete=False) as file:
        file.writelines(ssl.DER_cert_to_PEM_cert(one) for one in found)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    return file.name
