"""The one settings file, driven by the environment. `README.md` lists the variables.

Without DATABASE_URL and REDIS_URL the installation is embedded: SQLite, a folder as job queue, nothing else to run.
With either of them it is in production, and asks for a SECRET_KEY.
"""

import ssl
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from workspace import env

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What the environment says ---------------------------------------------------------------------------------------

DEBUG = env.boolean("DEBUG")
DATABASE_URL = env.postgres("DATABASE_URL")
REDIS_URL = env.redis("REDIS_URL")
IS_EMBEDDED = DATABASE_URL is None and REDIS_URL is None
BASE_URL = env.base_url("BASE_URL", default="http://localhost:8000")
DATA_FOLDERS = ("uploads", "mail", "queue", "queue/messages", "queue/control")
DATA_DIR = env.data_folder("DATA_DIR", BASE_DIR / "var", within=DATA_FOLDERS)
SECRET_KEY = env.secret_key("SECRET_KEY", required=not IS_EMBEDDED, keep_in=DATA_DIR / "secret-key")
EMAIL = env.email("EMAIL_URL")
TIME_ZONE = env.time_zone("TIME_ZONE")
WEB_CONCURRENCY = env.whole_number("WEB_CONCURRENCY", 1)
WORKER_CONCURRENCY = env.whole_number("WORKER_CONCURRENCY", 2)

# --- The project -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "workspace.read_only.apps.ReadOnlyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "lucide",
    "rest_framework",
    "template_partials",
    "workspace.activity",
    "workspace.organisation",
    "journeys",
    "sprints",
    "api",
    "workspace.pages",
    "workspace.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "workspace.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workspace.organisation.middleware.PersonMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspace.pages.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "workspace.urls"
ASGI_APPLICATION = "workspace.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

FORM_RENDERER = "workspace.pages.ui.forms.FormRenderer"

# --- Database, cache, jobs -------------------------------------------------------------------------------------------

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "throughline.sqlite3",
    "OPTIONS": {
        # A transaction that only later turns into a writer cannot wait for another one: it fails. IMMEDIATE ones queue.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
        ),
    },
    # A file, because threads cannot write to one database in memory at once.
    "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
}


def _pooled(database: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a PostgreSQL database with a pool of connections per process."""
    pool = {"min_size": 1, "max_size": 16, "timeout": 10}
    return database | {"CONN_MAX_AGE": 0, "OPTIONS": database.get("OPTIONS", {}) | {"pool": pool}}


DATABASES = {"default": SQLITE if DATABASE_URL is None else _pooled(DATABASE_URL)}

CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        if REDIS_URL is None
        else {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "throughline",
            "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 5},
        }
    ),
}

# The file broker loses a message whose reader is killed, Redis hands it out again after the visibility timeout. Both
# are right: the message is the doorbell, and `activity.sweep` rings again for whatever still stands in the database.
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        "data_folder_in": str(DATA_DIR / "queue/messages"),
        "data_folder_out": str(DATA_DIR / "queue/messages"),
        "control_folder": str(DATA_DIR / "queue/control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
    if REDIS_URL is None
    else {
        "global_keyprefix": "throughline:",
        "visibility_timeout": 900,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 3,
        "max_retries": 0,  # whoever rings does not wait for a broker that is away: six seconds, otherwise
    }
)
if REDIS_URL is not None and REDIS_URL.startswith("rediss://"):
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "throughline"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_WORKER_CONCURRENCY = WORKER_CONCURRENCY
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TIMEZONE = "UTC"

# --- People ----------------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["workspace.organisation.backends.WorksHereBackend"]
AUTH_USER_MODEL = "organisation.Person"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 10
if EMAIL is not None:
    globals().update(EMAIL)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"Throughline <throughline@{BASE_URL.host}>"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True

# --- What follows from the address -----------------------------------------------------------------------------------

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [BASE_URL.host, *(host for host in LOOPBACK_HOSTS if host != BASE_URL.host)]
CSRF_TRUSTED_ORIGINS = [BASE_URL.origin]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.is_https
SECURE_SSL_REDIRECT = BASE_URL.is_https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BASE_URL.is_https else 0
# Whether the hosts below this one, and browsers' built-in lists, should follow is not for one application to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if BASE_URL.is_https:
    # TLS ends at the proxy in front; it must set this header and drop one that a visitor sent.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

# --- Static files and uploads ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "workspace" / "static"]
STATIC_ROOT = BASE_DIR / ".static"
MEDIA_ROOT = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "workspace.static_files.StaticFiles"
        ),
        # Who collects them need not be who serves them.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- API, logs -------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own handlers, which depend on DEBUG and write mail, give way to the one above.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Pages that are not there, and forms that are refused, are no faults of the house.
        "django.request": {"level": "ERROR"},
        # Every sweep would otherwise write three lines each five seconds.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
