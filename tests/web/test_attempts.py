"""Wrong passwords are counted per key, over a sliding window, in bounded memory."""

import pytest

from wasl import limits
from wasl.web import attempts
from wasl.web.attempts import Attempts, network_of


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_key_waits_until_its_oldest_failure_is_forgotten() -> None:
    clock = Clock()
    counted = Attempts(2, 60, clock)
    counted.add("rana")
    clock.seconds = 10
    assert counted.wait_seconds("rana") == 0
    counted.add("rana")
    assert counted.wait_seconds("rana") == 50
    assert counted.wait_seconds("omar") == 0
    clock.seconds = 60
    assert counted.wait_seconds("rana") == 0


def test_taking_back_and_forgetting() -> None:
    counted = Attempts(1, 60, Clock())
    counted.add("rana")
    counted.take_back("rana")
    counted.take_back("rana")
    assert counted.wait_seconds("rana") == 0
    counted.add("rana")
    counted.forget("rana")
    assert counted.wait_seconds("rana") == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "LOGIN_KEYS_REMEMBERED_MAX", 10)
    counted = Attempts(1, 60, Clock())
    for number in range(1000):
        counted.add(f"{number}\ud800" * limits.LOGIN_FAILURES_MAX)
    assert len(counted._times) == 10
    assert counted.wait_seconds("999\ud800" * limits.LOGIN_FAILURES_MAX) > 0


def test_a_client_cannot_change_its_network() -> None:
    assert network_of("2001:db8:1:2:3::1") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("testclient") == "testclient"
