"""Guessing passwords is slow from wherever it comes, and locks out nobody but whoever guesses."""

import pytest

from cast import PASSWORD, Cast
from wasl.errors import TooMany, WrongLogin
from wasl.limits import (
    LOGIN_FAILURES_MAX,
    LOGIN_FAILURES_PER_ADDRESS_MAX,
    LOGIN_FAILURES_PER_PERSON_MAX,
    LOGIN_WINDOW_SECONDS,
)
from wasl.observe import Metrics
from wasl.store.secrets import SecretBox
from wasl.store.team import Team
from wasl.web.logins import Logins
from wasl.web.session_schemas import Login

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("settings", ["sqlite"], indirect=True)]

OMAR = Login(email="omar@olive.example", password=PASSWORD)
GUESS = Login(email="omar@olive.example", password="a guess of mine")


class Desk:
    """A server's door, and a clock that stands until it is moved."""

    def __init__(self, team: Team, box: SecretBox) -> None:
        self.seconds = 1_000.0
        self.logins = Logins(team, box, Metrics(), lambda: self.seconds)

    async def tries(self, login: Login, address: str, mark: str | None = None) -> str:
        """What becomes of a login: in, wrong, or wait."""
        try:
            await self.logins.check(login, address, mark)
        except WrongLogin:
            return "wrong"
        except TooMany:
            return "wait"
        return "in"

    async def guessed(self, login: Login, addresses: list[str]) -> int:
        """Guess from each address until it has to wait; how many guesses were looked at."""
        looked_at = 0
        for address in addresses:
            while await self.tries(login, address) == "wrong":
                looked_at += 1
        return looked_at


@pytest.fixture
async def desk(team: Team, cast: Cast, box: SecretBox) -> Desk:
    return Desk(team, box)


async def test_whoever_guesses_locks_out_only_their_own_network(desk: Desk) -> None:
    assert await desk.guessed(GUESS, ["192.0.2.1"]) == LOGIN_FAILURES_MAX
    assert await desk.tries(OMAR, "192.0.2.1") == "wait"
    assert await desk.tries(OMAR, "192.0.2.2") == "in"
    desk.seconds += LOGIN_WINDOW_SECONDS
    assert await desk.tries(OMAR, "192.0.2.1") == "in"


async def test_many_networks_guess_no_faster_than_a_few(desk: Desk) -> None:
    networks = [f"192.0.2.{last}" for last in range(1, 30)]
    assert await desk.guessed(GUESS, networks) == LOGIN_FAILURES_PER_PERSON_MAX
    assert await desk.tries(OMAR, "198.51.100.1") == "wait"


async def test_nobody_is_locked_out_of_a_browser_that_they_have_used(desk: Desk, cast: Cast, team: Team) -> None:
    mark = desk.logins.mark_for(cast.omar, None)
    networks = [f"192.0.2.{last}" for last in range(1, 30)]
    for _ in range(12):  # For an hour, without a pause.
        await desk.guessed(GUESS, networks)
        assert await desk.tries(OMAR, "198.51.100.1") == "wait"
        assert await desk.tries(OMAR, "192.0.2.1", mark) == "in"
        desk.seconds += LOGIN_WINDOW_SECONDS


async def test_a_right_password_in_a_known_browser_gives_strangers_no_new_guesses(desk: Desk, cast: Cast) -> None:
    mark = desk.logins.mark_for(cast.omar, None)
    networks = [f"192.0.2.{last}" for last in range(1, 30)]
    await desk.guessed(GUESS, networks)
    assert await desk.tries(OMAR, "192.0.2.1", mark) == "in"
    assert await desk.guessed(GUESS, [*networks, "198.51.100.7"]) == 0


async def test_a_stolen_mark_is_worth_five_guesses_at_one_person(desk: Desk, cast: Cast) -> None:
    mark = desk.logins.mark_for(cast.omar, None)
    answers = [await desk.tries(GUESS, f"192.0.2.{last}", mark) for last in range(LOGIN_FAILURES_MAX + 3)]
    assert answers == ["wrong"] * LOGIN_FAILURES_MAX + ["wait"] * 3
    rana = Login(email="rana@olive.example", password="a guess of mine")
    for last in range(LOGIN_FAILURES_MAX):
        assert await desk.tries(rana, "192.0.2.9", mark) == "wrong", last
    assert await desk.tries(rana, "192.0.2.9", mark) == "wait"  # Counted as a stranger's.


@pytest.mark.parametrize("bend", ["", "x" * 86, "é" * 86, "short", "swapped", "longer", "upper"])
async def test_a_mark_that_we_did_not_make_is_none(desk: Desk, cast: Cast, bend: str) -> None:
    mark = desk.logins.mark_for(cast.omar, None)
    bent = {"short": mark[:-1], "swapped": mark[1] + mark[0] + mark[2:], "longer": mark + "0", "upper": mark.upper()}
    false = bent.get(bend, bend)
    await desk.guessed(GUESS, ["192.0.2.1"])
    assert await desk.tries(OMAR, "192.0.2.1", false) == "wait"
    assert await desk.tries(OMAR, "192.0.2.1", mark) == "in"


async def test_a_mark_stays_the_same_for_its_person(desk: Desk, cast: Cast) -> None:
    mark = desk.logins.mark_for(cast.omar, None)
    assert desk.logins.mark_for(cast.omar, mark) == mark
    assert desk.logins.mark_for(cast.rana, mark)[:22] != mark[:22]


async def test_people_whom_nobody_knows_are_counted_as_well(desk: Desk) -> None:
    nobody = Login(email="nobody@olive.example", password="a guess of mine")
    assert await desk.guessed(nobody, ["192.0.2.1"]) == LOGIN_FAILURES_MAX
    spray = [Login(email=f"p{place}@olive.example", password="a guess of mine") for place in range(60)]
    answers = [await desk.tries(login, "192.0.2.3") for login in spray]
    assert answers.count("wrong") == LOGIN_FAILURES_PER_ADDRESS_MAX


async def test_a_login_of_ones_own_buys_no_guesses_at_others(desk: Desk) -> None:
    spray = [Login(email=f"p{place}@olive.example", password="a guess of mine") for place in range(60)]
    answers = [await desk.tries(login, "192.0.2.3") for login in spray[: LOGIN_FAILURES_PER_ADDRESS_MAX - 1]]
    assert await desk.tries(OMAR, "192.0.2.3") == "in"
    answers += [await desk.tries(login, "192.0.2.3") for login in spray[LOGIN_FAILURES_PER_ADDRESS_MAX - 1 :]]
    assert answers.count("wrong") == LOGIN_FAILURES_PER_ADDRESS_MAX
