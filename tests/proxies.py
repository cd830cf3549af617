"""nginx and Caddy of the test run's own, with the very configuration that deploy/ gives to everybody.

Only what each reader of those files must put in is put in: the name, the certificate, the ports and the nodes.
"""

import contextlib
import datetime
import grp
import ipaddress
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wasl.torture.servers import START_ATTEMPTS_MAX, ServerDied, Unavailable, free_port

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
NAME = "localhost"
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 10.0
Ports = tuple[int, int]
"""Where TLS is spoken, and where it is not."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that answers. `folder` holds its configuration and its logs."""

    port: int
    plain_port: int
    tls: ssl.SSLContext
    folder: Path

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def said(self) -> str:
        """Everything that it wrote of its own affairs."""
        return (self.folder / "proxy.log").read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def nginx(nodes: Sequence[int]) -> Iterator[Proxy]:
    """Run nginx before the nodes on these ports. Raises Unavailable when it is not installed."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise Unavailable("nginx is not installed")
    with _folder() as folder, _running(folder, lambda ports: nginx_command(program, folder, nodes, ports)) as proxy:
        yield proxy


@contextlib.contextmanager
def caddy(nodes: Sequence[int]) -> Iterator[Proxy]:
    """Run Caddy before the nodes on these ports. Raises Unavailable when it is not installed."""
    program = shutil.which("caddy")
    if program is None:
        raise Unavailable("caddy is not installed")
    with _folder() as folder, _running(folder, lambda ports: caddy_command(program, folder, nodes, ports)) as proxy:
        yield proxy


def nginx_command(program: str, folder: Path, nodes: Sequence[int], ports: Ports) -> list[str]:
    """Write the site of deploy/nginx.conf, and the rest of a configuration around it; how to run that."""
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    site = _with_nodes(site, r"(?:    server 127\.0\.0\.1:\d+ ([^\n]*);\n)+", nodes, "    server {} {};\n")
    certificate, key = _certificate(folder)
    site = _replaced(
        site,
        {
            "listen [::]:80;": "",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen 127.0.0.1:{ports[1]};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{ports[0]} ssl http2;",
            "/etc/letsencrypt/live/inbox.example/fullchain.pem": str(certificate),
            "/etc/letsencrypt/live/inbox.example/privkey.pem": str(key),
            "inbox.example": NAME,
        },
    )
    (folder / "site.conf").write_text(site, encoding="utf-8")
    whole = folder / "nginx.conf"
    whole.write_text(_NGINX.format(user=_nginx_user(), folder=folder), encoding="utf-8")
    return [program, "-p", str(folder), "-c", str(whole), "-e", str(folder / "proxy.log")]


_NGINX = """
daemon off;
{user}
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/proxy.log info;
events {{ worker_connections 4096; }}
http {{
    log_format told '$msec $status $upstream_status $request_time $request_method $uri $upstream_addr';
    access_log {folder}/access.log told;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def caddy_command(program: str, folder: Path, nodes: Sequence[int], ports: Ports) -> list[str]:
    """Write deploy/Caddyfile with what it needs to run here; how to run that."""
    site = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    addresses = " ".join(f"127.0.0.1:{node}" for node in nodes)
    certificate, key = _certificate(folder)
    site = _replaced(
        site,
        {
            "to 127.0.0.1:8001 127.0.0.1:8002 127.0.0.1:8003": f"to {addresses}",
            "inbox.example {\n": f"https://{NAME}:{ports[0]} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}\n",
        },
    )
    ours = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\thttp_port {ports[1]}\n\thttps_port {ports[0]}\n}}\n\n"
    whole = folder / "Caddyfile"
    whole.write_text(ours + site, encoding="utf-8")
    return [program, "run", "--adapter", "caddyfile", "--config", str(whole)]


def _with_nodes(site: str, pattern: str, nodes: Sequence[int], line: str) -> str:
    """Name these nodes wherever the file names its own, with the same options."""
    found = re.subn(pattern, lambda match: "".join(line.format(f"127.0.0.1:{node}", match[1]) for node in nodes), site)
    assert found[1], "the file names no nodes where it did"
    return found[0]


def _replaced(text: str, replacements: Mapping[str, str]) -> str:
    for old, new in replacements.items():
        assert old in text, f"the file does not hold {old!r} any more"
        text = text.replace(old, new)
    return text


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine's own name and its key, made once in a folder."""
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    if certificate_file.exists():
        return certificate_file, key_file
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted))
    return certificate_file, key_file


def _nginx_user() -> str:
    """Whom its workers run as when we are root; nothing otherwise, for then they can only be ourselves."""
    if os.geteuid() != 0:
        return ""
    nobody = pwd.getpwnam("nobody")
    return f"user {nobody.pw_name} {grp.getgrgid(nobody.pw_gid).gr_name};"


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    # Not pytest's tmp_path: only its owner may pass through it, and the workers are somebody else.
    folder = Path(tempfile.mkdtemp(prefix="wasl-proxy-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _running(folder: Path, command: Callable[[Ports], list[str]]) -> Iterator[Proxy]:
    for attempt in range(1, START_ATTEMPTS_MAX + 1):
        ports = (free_port(), free_port())
        process = _spawn(command(ports), folder)
        if _answers(process, ports[0]):
            break
        _stop(process)
        if attempt == START_ATTEMPTS_MAX:
            said = (folder / "proxy.log").read_text(errors="replace")[-3000:]
            raise ServerDied(f"{process.args!r} did not start; its log ends:\n{said}")
    try:
        trusting = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
        yield Proxy(*ports, trusting, folder)
    finally:
        _stop(process)


def _spawn(command: list[str], folder: Path) -> "subprocess.Popen[bytes]":
    # SIGTERM, not SIGKILL, when the test run is killed: nginx then takes its workers with it.
    tied = ["setpriv", "--pdeathsig=TERM"] if shutil.which("setpriv") else []
    with (folder / "proxy.log").open("ab") as log:
        return subprocess.Popen(
            [*tied, *command],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return True
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
