"""What stands in front of the server, or starts it, knows how long the server takes and how much it lets in."""

import re

from proxies import DEPLOY
from wasl.files.limits import FILE_BYTES_MAX
from wasl.limits import DRAIN_SECONDS, POLL_WAIT_SECONDS_MAX, SEND_STOP_SECONDS, WEBHOOK_BODY_BYTES_MAX
from wasl.server import KEEP_ALIVE_SECONDS, STOP_LINGER_SECONDS_MAX, STOP_NOTICE_SECONDS, STOP_SECONDS
from wasl.settings import Settings

NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
CADDY = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
HEARTBEAT_SECONDS_MAX = next(m.le for m in Settings.model_fields["heartbeat_seconds"].metadata if hasattr(m, "le"))


def numbers(text: str, pattern: str) -> list[float]:
    found = [float(number) for number in re.findall(pattern, text)]
    assert found, f"{pattern} is not there any more"
    return found


def inside(path: str) -> str:
    """What nginx does with an address."""
    return NGINX.partition(f"location {path} {{")[2].partition("}")[0]


def test_it_is_the_proxy_who_hangs_up_on_an_idle_connection() -> None:
    assert max(numbers(NGINX, r"keepalive_timeout (\d+)s")) < KEEP_ALIVE_SECONDS
    assert max(numbers(CADDY, r"keepalive (\d+)s")) < KEEP_ALIVE_SECONDS


def test_a_quiet_stream_is_no_dead_one() -> None:
    for path in ("= /api/live-chat/events", "/socket.io/"):
        assert min(numbers(inside(path), r"proxy_read_timeout (\d+)s")) > HEARTBEAT_SECONDS_MAX
    assert numbers(NGINX.partition("location")[0], r"proxy_read_timeout (\d+)s")[0] > POLL_WAIT_SECONDS_MAX


def test_the_largest_webhook_is_let_through() -> None:
    megabytes, of_files = numbers(NGINX, r"client_max_body_size (\d+)m")
    assert of_files * 1024 * 1024 > FILE_BYTES_MAX
    assert megabytes * 1024 * 1024 > WEBHOOK_BODY_BYTES_MAX


def test_both_proxies_keep_one_list_of_nodes() -> None:
    nodes = re.findall(r"server (127\.0\.0\.1:\d+) ", NGINX)
    assert nodes[: len(nodes) // 2] == nodes[len(nodes) // 2 :]
    assert nodes[: len(nodes) // 2] == re.findall(r"127\.0\.0\.1:\d+", CADDY.partition("\n\tto ")[2].partition("\n")[0])


def test_a_stop_is_given_its_time() -> None:
    longest = STOP_NOTICE_SECONDS + DRAIN_SECONDS + STOP_LINGER_SECONDS_MAX + STOP_SECONDS + SEND_STOP_SECONDS
    for name in ("wasl.service", "wasl@.service"):
        unit = (DEPLOY / name).read_text(encoding="utf-8")
        assert numbers(unit, r"TimeoutStopSec=(\d+)")[0] > 1.5 * longest
