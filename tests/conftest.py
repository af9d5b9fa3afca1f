"""What every test has: Hypothesis profiles and, where the machine has its programs, a private PostgreSQL."""

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.storage import prepared
from tests.storage.postgres import MISSING, PostgreSQL, programs
from tests.wire import shelf

# The same examples every time, so that a red run is red again; `faults` and `soak` look for new ones and keep
# what failed in .hypothesis. No deadline: on two shared cores it measures the neighbours.
settings.register_profile("quick", derandomize=True, database=None, max_examples=100, deadline=None)
settings.register_profile(
    "faults", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("faults"), max_examples=20_000)
settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """What was imported and collected stays out of the collector's way, as in the bot: a fourteenth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def kept_for_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All workers of a parallel run share what one of them has made; theirs are folders of one."""
    base = tmp_path_factory.getbasetemp()
    shelf.keep_in((base.parent if base.name.startswith("popen-") else base) / "kept")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """One PostgreSQL for the whole run (one for each worker of a parallel run); skips where there is none."""
    folder = programs()
    if folder is None:
        pytest.skip(MISSING)
    server = PostgreSQL(folder)
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: PostgreSQL) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    address = postgres.database()
    yield address
    postgres.drop(address)


@pytest.fixture(scope="session")
def postgres_newest(postgres: PostgreSQL) -> str:
    """The address of the database of the newest version that ``emptied_url`` lends."""
    address = postgres.database()
    prepared.make_newest(address)
    return address


@pytest.fixture
def emptied_url(postgres_newest: str) -> Iterator[str]:
    """The address of a database of the newest version that is emptied after each test."""
    yield postgres_newest
    prepared.empty(postgres_newest)


Check = Callable[[Sequence[Any]], None]
CHECKED = "outgoing requests checked"


@pytest.fixture
def outgoing(request: pytest.FixtureRequest) -> Check:
    """Takes what the stand-in servers recorded; fails if a request broke a documented rule. The summary counts all."""

    def check(records: Sequence[Any]) -> None:
        told = [it if isinstance(it, dict) else {name: getattr(it, name) for name in it.__slots__} for it in records]
        invalid = [(it.get("method"), it.get("route"), it["violations"]) for it in told if it["violations"]]
        request.node.user_properties.append((CHECKED, (len(told), len(invalid))))
        assert not invalid

    return check


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # Properties travel with the reports, from the workers of a parallel run too.
    reports = [it for group in terminalreporter.stats.values() for it in group if isinstance(it, pytest.TestReport)]
    noted: list[tuple[str, Any]] = [one for it in reports if it.when == "call" for one in it.user_properties]
    if counts := [value for name, value in noted if name == CHECKED]:
        checked, invalid = (sum(column) for column in zip(*counts, strict=True))
        terminalreporter.write_line(f"{checked} outgoing requests checked, {invalid} invalid")
