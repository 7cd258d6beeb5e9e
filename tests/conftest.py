"""What all tests share: settings of their own for each worker, and markers for what must come from outside."""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw")
DATA_DIR = Path(tempfile.mkdtemp(prefix=f"throughline-{WORKER}-"))

# Before the settings are read: nothing of the developer's own installation shows in a test, and none of it is touched.
for name in ("BASE_URL", "DEBUG", "EMAIL_URL", "TIME_ZONE"):
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = str(DATA_DIR)
os.environ["SECRET_KEY"] = "for tests alone, and known to everyone who can read them"
os.environ["DJANGO_SETTINGS_MODULE"] = "workspace.settings"

from django.conf import settings  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of sign-ins, no secrets
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
settings.WHITENOISE_USE_FINDERS = True
settings.STATIC_ROOT = None
if settings.REDIS_URL is not None:  # one Redis, several workers
    settings.CACHES["default"]["KEY_PREFIX"] = f"test-{WORKER}"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"test-{WORKER}:"

from tests.needs import NEEDS, REDIS_URL, has_to_fail, unmet_needs  # noqa: E402

if TYPE_CHECKING:  # this file is read before Django is set up
    from tests.cast import Cast

_not_run: Counter[str] = Counter()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    for name, need in NEEDS.items():
        config.addinivalue_line("markers", f"{name}: needs {need.what}; not run where it cannot be reached")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests whose need cannot be met; in CI they stay, and fail."""
    left_out = [item for item in items if any(not has_to_fail(name) for name in unmet_needs(item))]
    _not_run.update(name for item in left_out for name in unmet_needs(item))
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


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
    shutil.rmtree(DATA_DIR, ignore_errors=True)


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


@pytest.fixture
def cast(db: None) -> "Cast":
    """The company of the tests: see `tests/cast.py`."""
    from tests.snapshot import standing_cast

    return standing_cast()
