"""What the environment says: reading, checking and explaining it.

A wrong value ends the process with exit status 1 and one message that names the variable, the value (never a
secret) and what to do. `WrongSetting` is a `SystemExit`, so this holds for manage.py, uvicorn and Celery alike.
"""

import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import environ

MINIMUM_SECRET_LENGTH = 50

_POSTGRES_SCHEMES = ("postgres", "postgresql")
_REDIS_SCHEMES = ("redis", "rediss")
_EMAIL_SCHEMES = ("smtp", "smtp+tls", "smtp+ssl")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_YES = ("1", "true", "yes", "on")
_NO = ("0", "false", "no", "off")


class WrongSetting(SystemExit):
    """An environment variable that cannot be used: printed without a traceback, exit status 1."""

    def __init__(self, name: str, what_is_wrong: str, next_step: str) -> None:
        """Say in `what_is_wrong` what the value is, unless it is a secret, and in `next_step` what to set."""
        super().__init__(f"Throughline cannot start: {name} {what_is_wrong}\n{next_step}")
        self.name = name


@dataclass(frozen=True)
class BaseUrl:
    """Where people reach the installation."""

    origin: str
    """Scheme, host and port, without a slash at the end."""
    host: str
    """The host alone, as it stands in ALLOWED_HOSTS."""
    is_https: bool


@dataclass(frozen=True)
class OidcProvider:
    """Who else may say who somebody is: an OpenID Connect provider, such as the company's own."""

    name: str
    """What people call it, on the button."""
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True)
class Reach:
    """What requests of this installation may reach although it is internal: networks, and hosts by name."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    hosts: frozenset[str] = frozenset()


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding space; one that is set but empty counts as not set."""
    return os.environ.get(name, "").strip() or default


def boolean(name: str, *, default: bool = False) -> bool:
    """Return a switch. Raises WrongSetting for anything but 1/0, true/false, yes/no, on/off."""
    value = text(name).lower()
    if not value:
        return default
    if value not in _YES + _NO:
        raise WrongSetting(name, f"is {value!r}, which is neither yes nor no.", f"Set {name}=1 or {name}=0.")
    return value in _YES


def whole_number(name: str, default: int, *, at_least: int = 1) -> int:
    """Return a whole number. Raises WrongSetting for what is not one, or is too small."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or int(value) < at_least:
        raise WrongSetting(
            name,
            f"is {value!r}, which is not a whole number of at least {at_least}.",
            f"Set, for example, {name}={default}.",
        )
    return int(value)


def time_zone(name: str, default: str = "UTC") -> str:
    """Return the name of a time zone. Raises WrongSetting for one that the tz database does not hold."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder of the database
        raise WrongSetting(
            name, f"is {value!r}, which is no known time zone.", f"Set, for example, {name}=Europe/Berlin."
        ) from None
    return value


def base_url(name: str, default: str) -> BaseUrl:
    """Return where people reach the installation. Raises WrongSetting for anything but http(s)://host[:port]."""
    value = text(name, default)
    parts = _split(value)
    if (
        parts is None
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username is not None
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise WrongSetting(
            name,
            f"is {_without_password(value)!r}, which is not an address of the form https://host or http://host:port.",
            f"Set it to what people type to get here, for example {name}=https://throughline.example.com",
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return BaseUrl(origin=f"{parts.scheme}://{parts.netloc.lower()}", host=host, is_https=parts.scheme == "https")


def postgres(name: str) -> dict[str, Any] | None:
    """Return Django's settings for the PostgreSQL database, None if the variable is not set."""
    value = _url(
        name,
        schemes=_POSTGRES_SCHEMES,
        next_step=f"Set {name}=postgres://user:password@host:5432/database, or leave it unset to use SQLite.",
    )
    if value is None:
        return None
    parts = urlsplit(value)
    if not parts.path.strip("/"):
        raise WrongSetting(
            name, f"is {_without_password(value)!r}, which names no database.", "Add it at the end: …/throughline"
        )
    config: dict[str, Any] = dict(environ.Env.db_url_config(value))
    return config


def redis(name: str) -> str | None:
    """Return the address of Redis, None if the variable is not set."""
    next_step = f"Set {name}=redis://host:6379/0 (rediss:// with TLS), or leave it unset to do without Redis."
    value = _url(name, schemes=_REDIS_SCHEMES, next_step=next_step)
    if value is not None and not re.fullmatch(r"/?|/[0-9]+", urlsplit(value).path):
        raise WrongSetting(name, f"is {_without_password(value)!r}, which names no database by its number.", next_step)
    return value


def email(name: str) -> dict[str, Any] | None:
    """Return Django's EMAIL_… settings, None if the variable is not set."""
    value = _url(
        name,
        schemes=_EMAIL_SCHEMES,
        next_step=f"Set, for example, {name}=smtp+tls://user:password@mail.example.com:587",
    )
    if value is None:
        return None
    config = environ.Env.email_url_config(value)
    return {key: setting for key, setting in config.items() if key.startswith("EMAIL_") and setting is not None}


def reach(name: str) -> Reach:
    """Return the networks and hosts that a list with commas names. Raises WrongSetting for what is neither."""
    networks, hosts = [], set()
    for part in filter(None, (each.strip().lower().strip("[]") for each in text(name).split(","))):
        try:
            networks.append(ip_network(part))
        except ValueError:
            if not re.fullmatch(r"(?!-)[\w-]+(\.[\w-]+)*", part) or re.fullmatch(r"[\d.]+", part):
                raise WrongSetting(
                    name,
                    f"holds {part!r}, which is neither a network nor the name of a host.",
                    f"Set, for example, {name}=10.1.0.0/16,hooks.internal",
                ) from None
            hosts.add(part)
    return Reach(tuple(networks), frozenset(hosts))


def oidc(prefix: str) -> OidcProvider | None:
    """Return the OpenID Connect provider that `…_ISSUER`, `…_CLIENT_ID`, `…_CLIENT_SECRET` and `…_NAME` describe.

    None if none of them is set. Raises WrongSetting for an issuer that is no https address (http will do on this
    machine alone), and for one of the first three without the others.
    """
    names = [f"{prefix}_{part}" for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")]
    values = {name: text(name) for name in names}
    missing = next((name for name in names if not values[name]), None)
    if missing and (any(values.values()) or text(f"{prefix}_NAME")):
        raise WrongSetting(
            missing, "is not set, but others of its kind are.", f"Set {', '.join(names)}, or none of them."
        )
    if missing:
        return None
    issuer = values[names[0]]
    parts = _split(issuer)
    if (
        parts is None
        or not parts.hostname
        or parts.scheme not in ("http", "https")
        or (parts.scheme == "http" and parts.hostname not in LOOPBACK)
        or parts.username is not None
        or parts.query
        or parts.fragment
    ):
        raise WrongSetting(
            names[0],
            f"is {_without_password(issuer)!r}, which is not an address of the form https://host/path.",
            f"Set it to what the provider calls its issuer, for example {names[0]}=https://login.example.com/realms/house",
        )
    return OidcProvider(text(f"{prefix}_NAME", parts.hostname), issuer, values[names[1]], values[names[2]])


def data_folder(name: str, default: Path, *, within: tuple[str, ...]) -> Path:
    """Return the folder for all that the installation keeps, made for its owner alone, with the folders `within`.

    A relative path counts from the project's folder. Raises WrongSetting if it cannot be made or written to.
    """
    folder = (default.parent / text(name, str(default))).expanduser().resolve()
    try:
        for each in (folder, *(folder / part for part in within)):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as failure:
        raise WrongSetting(
            name,
            f"is '{folder}', which cannot be made: {failure.strerror}.",
            "Name a folder that this user may write to.",
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise WrongSetting(
            name, f"is '{folder}', which cannot be written to.", "Name a folder that this user may write to."
        )
    return folder


def secret_key(name: str, *, required: bool, keep_in: Path) -> str:
    """Return the key that signs sessions and links.

    An installation that does not require one in the environment makes it once and keeps it, readable by its owner
    alone, in the file `keep_in`. Raises WrongSetting if one is required and missing, or if it is too short.
    """
    value = text(name)
    how = (
        f"Set {name} to a long random text, for example the output of: "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    )
    if not value and required:
        raise WrongSetting(name, "is not set, and an installation with DATABASE_URL or REDIS_URL needs it.", how)
    if not value:
        value = _kept_secret(keep_in)
    if len(value) < MINIMUM_SECRET_LENGTH:
        raise WrongSetting(name, f"has {len(value)} characters; it needs at least {MINIMUM_SECRET_LENGTH}.", how)
    return value


def _kept_secret(file: Path) -> str:
    """Return the secret in the file; make it if there is none. Of several processes that make it at once, one wins."""
    if not file.exists():
        handle, draft = tempfile.mkstemp(dir=file.parent)  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "w") as writing:
                writing.write(secrets.token_urlsafe(48))
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return file.read_text().strip()


def _url(name: str, *, schemes: tuple[str, ...], next_step: str) -> str | None:
    """Return the address if it is one of these kinds, None if the variable is not set."""
    value = text(name)
    if not value:
        return None
    parts = _split(value)
    if parts is None or parts.scheme not in schemes:
        kinds = ", ".join(f"{scheme}://" for scheme in schemes)
        raise WrongSetting(
            name, f"is {_without_password(value)!r}, which is no usable address that begins with {kinds}.", next_step
        )
    return value


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port  # Python checks the port only when it is asked for
    except ValueError:
        return None
    return parts


def _without_password(value: str) -> str:
    """Return an address as it may be shown: neither the password nor the query, which can hold one too."""
    before, at, rest = value.rpartition("@")
    if at:
        scheme, separator, credentials = before.partition("://") if "://" in before else ("", "", before)
        user, colon, _password = credentials.partition(":")
        before = scheme + separator + re.sub(r"(?s)[/?#].*", "…", user) + (":…" if colon else "")
    address, question, _query = rest.partition("?")
    return before + at + address + (question and "?…")
