"""The peer that fans out: nginx with the module nchan, as Debian packs them, one worker on the server's core."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.installation import NotMeasured, Running, free_port, started

MODULE = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
EVENTS, PUBLISH = "/events", "/publish"

_CONFIGURATION = """
load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log error;
events {{ use epoll; worker_connections 19000; }}
http {{
  access_log off;
  tcp_nodelay on;
  keepalive_timeout 600;
  keepalive_requests 100000000;
  client_body_buffer_size 64k;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  nchan_max_reserved_memory 256m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = {publish} {{
      nchan_publisher;
      nchan_channel_id crowd;
      nchan_message_buffer_length {kept};
      nchan_message_timeout 1m;
    }}
    location = {events} {{
      nchan_subscriber eventsource;
      nchan_channel_id crowd;
      nchan_subscriber_first_message newest;
      nchan_eventsource_ping_interval 0;
    }}
  }}
}}
"""
"""In memory, without a log and without pings: nothing but the fan-out is left to do."""


@contextlib.contextmanager
def nchan_server(core: int, folder: Path, kept: int = 100) -> Iterator[Running]:
    """Run it until the block ends; it keeps so many messages for readers who return. Raises NotMeasured without it."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists() or not MODULE.exists():
        raise NotMeasured("nginx with nchan is not installed (packages nginx and libnginx-mod-nchan)")
    port, configuration = free_port(), folder / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(module=MODULE, folder=folder, port=port, publish=PUBLISH, events=EVENTS, kept=kept)
    )
    with started([program, "-c", str(configuration)], {}, port, core, folder, folder) as running:
        yield running


def subscribing() -> bytes:
    """The request of a reader."""
    return f"GET {EVENTS} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()


def publishing(data: bytes) -> bytes:
    """The request that sends an event to every reader."""
    head = (
        f"POST {PUBLISH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-EventSource-Event: new_message\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data
