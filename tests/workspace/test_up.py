"""`manage.py up` starts everything, keeps it running, and leaves nothing behind."""

import os
import shutil
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.faults.installation import migrated_file
from tests.needs import POSTGRES_URL, REDIS_URL
from tests.workspace.processes import environment, eventually, free_port, is_running, manage, up

pytestmark = pytest.mark.xdist_group("up")  # one after the other: each starts half a dozen processes


@pytest.fixture(scope="module")
def house_env(tmp_path_factory) -> dict[str, str]:
    """An embedded installation with an empty, migrated database, whatever the suite runs on."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(migrated_file(), folder)
    return environment(folder)


def test_a_taken_port_is_said_before_anything_starts(house_env):
    with socket.create_server(("127.0.0.1", 0)) as other_program:
        port = other_program.getsockname()[1]
        refused = manage("up", "--port", str(port), env=house_env)

    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert f"PORT={port + 1}" in refused.stderr
    assert "runs as process" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_is_not_migrated_is_said_before_anything_starts(tmp_path):
    refused = manage("up", "--port", str(free_port()), env=environment(tmp_path))

    assert refused.returncode == 1
    assert "manage.py migrate" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_announces_survives_the_death_of_its_parts_and_stops_as_a_whole(house_env, tmp_path):
    sign_ins = tmp_path / "sign-ins.txt"
    sign_ins.write_text("anna@example.com  a member\n")

    with up(house_env, "--announce", str(sign_ins)) as house:
        assert house.said().rstrip().endswith("anna@example.com  a member")
        assert f"http://localhost:{house.port}" in house.said()
        assert house.get("/readyz")[0] == 200

        second = manage("up", "--port", str(free_port()), env=house_env)
        assert second.returncode == 1
        assert f"process {house.process.pid}" in second.stderr

        first = house.running()
        assert set(first) == {"web", "worker", "beat"}
        for pid in first.values():
            os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: all(house.running()[part] != pid for part, pid in first.items()), within=20, what="new processes"
        )
        eventually(lambda: house.get("/healthz")[0] == 200, within=20, what="a page from the new process")

        asked_at = time.monotonic()
        house.process.send_signal(signal.SIGINT)
        assert house.process.wait(timeout=10) == 0, house.said()
        assert time.monotonic() - asked_at < 5
        assert not any(is_running(pid) for pid in house.running().values())


def test_nothing_goes_on_when_the_supervisor_itself_is_killed(house_env):
    with up(house_env) as house:
        parts = house.running().values()
        house.process.kill()
        eventually(lambda: not any(is_running(pid) for pid in parts), within=5, what="the end of all parts")

    with up(house_env) as again:  # neither the lock nor the port is left behind
        assert again.get("/readyz")[0] == 200


@pytest.mark.postgres
@pytest.mark.redis
def test_it_runs_on_postgresql_and_redis(tmp_path: Path):
    name = f"throughline_up_{os.getpid()}"
    server = urlsplit(POSTGRES_URL)._replace(path="/postgres").geturl()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    try:
        env = environment(
            tmp_path,
            DATABASE_URL=urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl(),
            REDIS_URL=REDIS_URL,
            SECRET_KEY="for this test alone, and known to everyone who reads it",
            WEB_CONCURRENCY="2",
        )
        migrated = manage("migrate", "--verbosity", "0", env=env)
        assert migrated.returncode == 0, migrated.stderr
        with up(env) as house:
            status, body = house.get("/readyz")
            assert status == 200, body
            parts = house.running().values()
            house.process.send_signal(signal.SIGTERM)
            assert house.process.wait(timeout=10) == 0, house.said()
            assert not any(is_running(pid) for pid in parts)
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
