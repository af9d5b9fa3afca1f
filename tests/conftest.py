"""What every test has: Hypothesis profiles and, where the machine has its programs, a private PostgreSQL."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.storage.postgres import MISSING, PostgreSQL, programs

# The same examples every time, so that a red run is red again; `faults` and `soak` look for new ones and keep
# what failed in .hypothesis. No deadline: on two shared cores it measures the neighbours.
settings.register_profile("quick", derandomize=True, database=None, max_examples=100, deadline=None)
settings.register_profile(
    "faults", max_examples=2_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("faults"), max_examples=20_000)
settings.load_profile("quick")


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


@pytest.fixture(scope="module")
def postgres_module_url(postgres: PostgreSQL) -> Iterator[str]:
    """The address of a database that all tests of a module share."""
    address = postgres.database()
    yield address
    postgres.drop(address)
