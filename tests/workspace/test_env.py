"""What the environment says is read exactly, or refused by name, without telling a secret."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workspace import env


@pytest.mark.parametrize(
    ("read", "value", "told"),
    [
        (env.boolean, "maybe", "'maybe'"),
        (lambda name: env.whole_number(name, 2), "0", "'0'"),
        (lambda name: env.whole_number(name, 2), "many", "'many'"),
        (env.time_zone, "Mars/Olympus", "'Mars/Olympus'"),
        (env.time_zone, "../etc/passwd", "'../etc/passwd'"),
        (env.postgres, "mysql://ann:hush@db/x", "'mysql://ann:…@db/x'"),
        (env.postgres, "postgres://ann:hush@db", "'postgres://ann:…@db'"),
        (env.postgres, "postgres://ann:hush@db:port/x", "'postgres://ann:…@db:port/x'"),
        (env.postgres, "ann:hush@db/x", "@db/x'"),
        (env.redis, "http://cache:6379", "'http://cache:6379'"),
        (env.redis, "redis://cache/first?password=hush", "'redis://cache/first?…'"),
        (env.email, "imap://ann:hush@mail", "'imap://ann:…@mail'"),
        (lambda name: env.base_url(name, ""), "throughline.example.com", "'throughline.example.com'"),
        (lambda name: env.base_url(name, ""), "https://ann:hush@example.com", "'https://ann:…@example.com'"),
        (lambda name: env.base_url(name, ""), "https://example.com/app", "'https://example.com/app'"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_shown_and_explained(monkeypatch, read, value, told):
    monkeypatch.setenv("SETTING", value)

    with pytest.raises(env.WrongSetting) as refused:
        read("SETTING")

    what, _, next_step = str(refused.value).partition("\n")
    assert "SETTING" in what
    assert told in what
    assert next_step
    assert "hush" not in str(refused.value)


@example("://")
@example("?@")
@given(st.text(alphabet=st.characters(codec="ascii")))
def test_no_password_is_ever_shown(more):
    assert "hush" not in env._without_password(f"postgres://ann:hush{more}@db:5432/x")
    assert "hush" not in env._without_password(f"redis://cache:6379/0?password=hush{more}")


@pytest.mark.parametrize("empty", ["", "  "])
def test_a_variable_that_is_empty_counts_as_not_set(monkeypatch, empty):
    monkeypatch.setenv("SETTING", empty)

    assert env.boolean("SETTING", default=True) is True
    assert env.whole_number("SETTING", 7) == 7
    assert env.postgres("SETTING") is None
    assert env.redis("SETTING") is None
    assert env.email("SETTING") is None
    assert env.time_zone("SETTING") == "UTC"


def test_the_database_is_read_with_its_password_and_options(monkeypatch):
    monkeypatch.setenv("SETTING", "postgresql://ann:a%40b@db:6543/line?sslmode=require")

    config = env.postgres("SETTING")

    assert config is not None
    assert (config["USER"], config["PASSWORD"], config["HOST"], config["PORT"], config["NAME"]) == (
        "ann", "a@b", "db", 6543, "line",
    )  # fmt: skip
    assert config["OPTIONS"] == {"sslmode": "require"}


def test_mail_goes_out_by_the_server_that_is_named(monkeypatch):
    monkeypatch.setenv("SETTING", "smtp+tls://ann:secret@mail.example.com:587")

    config = env.email("SETTING")

    assert config is not None
    assert (config["EMAIL_HOST"], config["EMAIL_PORT"], config["EMAIL_USE_TLS"]) == ("mail.example.com", 587, True)
    assert config["EMAIL_HOST_PASSWORD"] == "secret"


@pytest.mark.parametrize(
    ("value", "origin", "host", "is_https"),
    [
        ("http://localhost:9000", "http://localhost:9000", "localhost", False),
        ("https://Throughline.Example.com/", "https://throughline.example.com", "throughline.example.com", True),
        ("http://[::1]:8000", "http://[::1]:8000", "[::1]", False),
    ],
)
def test_the_address_gives_origin_and_host(monkeypatch, value, origin, host, is_https):
    monkeypatch.setenv("SETTING", value)

    assert env.base_url("SETTING", "") == env.BaseUrl(origin, host, is_https)


def test_a_secret_is_made_once_even_by_many_at_the_same_time(monkeypatch, tmp_path):
    monkeypatch.delenv("SETTING", raising=False)
    file = tmp_path / "secret-key"

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: env.secret_key("SETTING", required=False, keep_in=file), range(32)))

    assert keys == {file.read_text()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_the_data_folder_is_its_owners_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("SETTING", str(tmp_path / "a" / "b"))

    folder = env.data_folder("SETTING", tmp_path / "var", within=("queue",))

    assert folder == tmp_path / "a" / "b"
    assert {stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / "queue")} == {0o700}
