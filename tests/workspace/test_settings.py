"""The settings follow from the environment, and one that is wrong stops every command with one plain message."""

import json
import stat
import subprocess
import sys

import pytest

from tests.workspace.processes import ROOT, environment, manage

LONG_ENOUGH = "for this test alone, and known to everyone who reads it"


def settings_of(env: dict[str, str], *names: str) -> dict[str, object]:
    """Return settings as a new process with this environment has them."""
    show = (
        "import json, sys; from django.conf import settings; "
        "print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", show, *names],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "workspace.settings"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    values: dict[str, object] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://ann:hush-hush@db/x"),
        ("DATABASE_URL", "postgres://ann:hush-hush@db/x"),  # right in itself, but asks for a SECRET_KEY
        ("SECRET_KEY", "hush-hush"),
        ("BASE_URL", "example.com"),
        ("DATA_DIR", "/dev/null/x"),
    ],
)
def test_a_wrong_setting_stops_manage_py_with_one_message(tmp_path, name, value):
    refused = manage("check", env=environment(tmp_path, **{name: value}))

    named = "SECRET_KEY" if value.startswith("postgres:") else name
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Throughline cannot start: {named} ")
    assert len(refused.stderr.strip().splitlines()) == 2
    assert "hush" not in refused.stderr + refused.stdout


def test_embedded_needs_nothing_and_keeps_its_own_secret(tmp_path):
    env = environment(tmp_path)

    first, second = (settings_of(env, "SECRET_KEY", "IS_EMBEDDED", "DEBUG", "CELERY_BROKER_URL") for _ in range(2))

    assert first == second
    assert first["IS_EMBEDDED"] is True
    assert first["DEBUG"] is False
    assert str(first["CELERY_BROKER_URL"]).startswith("filesystem:")
    assert len(str(first["SECRET_KEY"])) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_production_follows_from_the_addresses(tmp_path):
    env = environment(
        tmp_path, DATABASE_URL="postgres://ann@db/line", REDIS_URL="rediss://cache:6379/2", SECRET_KEY=LONG_ENOUGH
    )

    found = settings_of(env, "IS_EMBEDDED", "CELERY_BROKER_URL", "CACHES", "DATABASES", "CELERY_BROKER_USE_SSL")

    assert found["IS_EMBEDDED"] is False
    assert found["CELERY_BROKER_URL"] == "rediss://cache:6379/2"
    assert "RedisCache" in json.dumps(found["CACHES"])
    assert '"pool"' in json.dumps(found["DATABASES"])


@pytest.mark.parametrize(("scheme", "is_https"), [("http", False), ("https", True)])
def test_security_follows_from_the_address(tmp_path, scheme, is_https):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")

    found = settings_of(
        environment(tmp_path, BASE_URL=f"{scheme}://line.example.com:8443"),
        *names, "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_HSTS_SECONDS",
    )  # fmt: skip

    assert {found[name] for name in names} == {is_https}
    assert bool(found["SECURE_HSTS_SECONDS"]) is is_https
    assert found["ALLOWED_HOSTS"] == ["line.example.com", "localhost", "127.0.0.1", "[::1]"]
    assert found["CSRF_TRUSTED_ORIGINS"] == [f"{scheme}://line.example.com:8443"]


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(client):
    policy = client.get("/healthz").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
