"""What all tests share: settings of their own for each worker, and markers for what must come from outside."""

import gc
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw")
DATA_DIR = Path(tempfile.mkdtemp(prefix=f"throughline-{WORKER}-"))

# Before the settings are read: nothing of the developer's own installation shows in a test, and none of it is touched.
for name in (
    *("BASE_URL", "DEBUG", "EMAIL_URL", "TIME_ZONE", "TRUSTED_PROXIES", "WEBHOOKS_MAY_REACH"),
    *("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"),
):
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["SECRET_KEY"] = "for tests alone, and known to everyone who can read them"
os.environ["DJANGO_SETTINGS_MODULE"] = "workspace.settings"

from django.conf import settings  # noqa: E402
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as settings_of_hypothesis  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of sign-ins, no secrets
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
settings.WHITENOISE_USE_FINDERS = True
settings.STATIC_ROOT = None
if settings.DATABASE_URL is not None:  # no test waits for a disk: none pulls the plug
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()
if settings.REDIS_URL is not None:  # one Redis, several workers
    settings.CACHES["default"]["KEY_PREFIX"] = f"test-{WORKER}"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"test-{WORKER}:"

# A machine that is busy for a moment makes no property untrue: how long an example takes decides nothing.
settings_of_hypothesis.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings_of_hypothesis.load_profile("house")

from tests.needs import NEEDS, REDIS_URL, has_to_fail, unmet_needs  # noqa: E402

if TYPE_CHECKING:  # this file is read before Django is set up
    from tests.cast import Cast
    from tests.sprints.squad import Squad

LONGEST = (
    *("tests/faults/", "tests/workspace/test_up.py", "tests/workspace/test_backup.py", "tests/demo/test_larkmoor.py"),
    *("tests/journeys/test_import_killed.py", "tests/sprints/test_import_stories_killed.py", "tests/browser/"),
)

_not_run: Counter[str] = Counter()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    for name, need in NEEDS.items():
        config.addinivalue_line("markers", f"{name}: needs {need.what}; not run where it cannot be reached")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Hand no settings on to the workers: they would read these, before they make their own above."""
    for name in ("DATA_DIR", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests whose need cannot be met; in CI they stay, and fail. The longest begin first."""
    left_out = [item for item in items if any(not has_to_fail(name) for name in unmet_needs(item))]
    _not_run.update(name for item in left_out for name in unmet_needs(item))
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))  # no worker is left with one while all others rest


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail the tests whose need cannot be met: only CI comes this far with one."""
    for name in unmet_needs(item):
        pytest.fail(f"{NEEDS[name].what} cannot be reached: {NEEDS[name].how_to_get_it}", pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the controlling process what this worker left out, and clean up."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["not_run"] = dict(_not_run)
    if settings.REDIS_URL is not None:
        import redis

        with redis.Redis.from_url(REDIS_URL) as client:
            for key in client.scan_iter(f"test-{WORKER}*"):
                client.delete(key)
    if "tests.faults.installation" in sys.modules:
        sys.modules["tests.faults.installation"].drop_migrated_database()
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name what failed when it fails: a run that is stopped half-way tells that much."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stdout.write(f"\nfailed in {report.when}: {report.nodeid}\n")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """Hear what a worker left out; each collects all tests, so one answer is enough."""
    _not_run.update(getattr(node, "workeroutput", {}).get("not_run", {}) if not _not_run else {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not run, and how to get it."""
    for name, count in sorted(_not_run.items()):
        need = NEEDS[name]
        tests = "1 test needs" if count == 1 else f"{count} tests need"
        terminalreporter.write_line(f"not run: {tests} {need.what} ({need.how_to_get_it})", yellow=True)


def pytest_collection_finish() -> None:
    """Nobody looks for garbage among what stays until the end, and half a million objects are looked through seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once() -> Iterator[None]:
    """Every client of every test has a middleware of its own, which would look for all static files again."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    found: dict[str, Any] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def look_once(self: Any) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", look_once)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """The test database, and how it is emptied."""
    from tests.emptying import empty_sparingly

    empty_sparingly()


@pytest.fixture
def cast(db: None) -> "Cast":
    """The company of the tests: see `tests/cast.py`."""
    from tests.snapshot import standing_cast

    return standing_cast()


@pytest.fixture
def squad(cast: "Cast") -> "Squad":
    """The team of the tests: see `tests/sprints/squad.py`."""
    from tests.snapshot import standing
    from tests.sprints.squad import build_squad

    return standing(build_squad, cast)


@pytest.fixture
def fresh_cache(settings: Any) -> None:
    """A cache of the test's own: the company of the tests comes back with the same events, and with the same mark."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": os.urandom(8).hex()}}
