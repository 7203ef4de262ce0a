"""PgBouncer before a server: session mode, TLS on both sides, everybody's own password."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass, field

import psycopg

from tests.soak.server import AS_NOBODY, HOST, INSIDE, Server, ServerFailure, free_port, give

_CONFIGURATION = """
[databases]
* = host={host} port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
pool_mode = {mode}
auth_type = scram-sha-256
auth_file = {folder}/users.txt
client_tls_sslmode = require
client_tls_ca_file = {inside}/ca.crt
client_tls_cert_file = {folder}/server.crt
client_tls_key_file = {folder}/server.key
server_tls_sslmode = verify-full
server_tls_ca_file = {inside}/ca.crt
max_client_conn = 500
default_pool_size = 20
server_reset_query = DISCARD ALL
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
"""
_PATIENCE = 20


@dataclass
class Bouncer:
    """A pool before ``server``; start it when all logins are there."""

    server: Server
    mode: str = "session"
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> Bouncer:
        """Copy the passwords' SCRAM secrets, start it, and wait until it answers; returns itself."""
        place = self.server.place
        folder = place.folder / f"pool-{self.mode}"
        place.authority.issue(folder, HOST)
        inside = f"{INSIDE}/{folder.name}"
        with self.server.connect() as connection:
            rows = connection.execute("SELECT rolname, rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
        (folder / "users.txt").write_text(
            "".join(f'"{name}" "{secret}"\n' for name, secret in rows if secret), encoding="utf-8"
        )
        text = _CONFIGURATION.format(
            host="127.0.0.1", server=self.server.port, port=self.port, mode=self.mode, folder=inside, inside=INSIDE
        )
        (folder / "pgbouncer.ini").write_text(text, encoding="utf-8")
        give(folder)
        log = place.folder / f"{folder.name}.log"
        command = [*AS_NOBODY, "/usr/sbin/pgbouncer", f"{inside}/pgbouncer.ini"]
        self._process = self.server.root.start(command, binds={INSIDE: place.folder}, log=log)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self.server.connect(port=self.port).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return self
        self.stop()
        raise ServerFailure(log.read_text(encoding="utf-8", errors="replace"))

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)  # at once
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
