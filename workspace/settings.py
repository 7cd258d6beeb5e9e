"""The one settings file, driven by the environment. `README.md` lists the variables.

Without DATABASE_URL and REDIS_URL the installation is embedded: SQLite, a folder as job queue, nothing else to run.
With either of them it is in production, and asks for a SECRET_KEY.
"""

import ssl
from datetime import timedelta
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
# How many proxies in front append to X-Forwarded-For: TLS ends at one, otherwise there is none.
TRUSTED_PROXIES = env.whole_number("TRUSTED_PROXIES", int(BASE_URL.is_https), at_least=0)
OIDC = env.oidc("OIDC")

# --- The project -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "workspace.read_only.apps.ReadOnlyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "axes",
    "chartkick.django",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
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
    "workspace.backup",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "workspace.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "workspace.pages.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workspace.organisation.middleware.PersonMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workspace.pages.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
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
CELERY_BROKER_TRANSPORT = "workspace.broker:Transport" if REDIS_URL is None else None
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

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "workspace.organisation.backends.WorksHereBackend"]
AUTH_USER_MODEL = "organisation.Person"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_RESET_TIMEOUT = 24 * 3600
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

# --- Signing in: docs/signing-in.md -----------------------------------------------------------------------------------

ACCOUNT_ADAPTER = "workspace.organisation.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; without it allauth asks no password at sign-in
ACCOUNT_EMAIL_VERIFICATION = "none" if EMAIL is None else "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = EMAIL is not None
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,5/15m/key"}
ACCOUNT_FORMS = {
    "login": "workspace.organisation.sign_in.forms.SignInForm",
    "reset_password": "workspace.organisation.sign_in.forms.ResetForm",
    "user_token": "workspace.organisation.sign_in.forms.LinkForm",
    "reset_password_from_key": "workspace.organisation.sign_in.forms.ResetByLinkForm",
    "change_password": "workspace.organisation.sign_in.forms.ChangePasswordForm",
    "set_password": "workspace.organisation.sign_in.forms.SetPasswordForm",
    "reauthenticate": "workspace.organisation.sign_in.forms.ReauthenticateForm",
}

MFA_ADAPTER = "workspace.organisation.sign_in.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BASE_URL.is_https  # browsers take it from this machine alone
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are entered by administrators, not by those who sign in
MFA_FORMS = {
    "authenticate": "workspace.organisation.sign_in.forms.CodeForm",
    "reauthenticate": "workspace.organisation.sign_in.forms.CodeAgainForm",
    "activate_totp": "workspace.organisation.sign_in.forms.AuthenticatorForm",
    "login_webauthn": "workspace.organisation.sign_in.forms.PasskeySignInForm",
    "authenticate_webauthn": "workspace.organisation.sign_in.forms.PasskeyCodeForm",
    "reauthenticate_webauthn": "workspace.organisation.sign_in.forms.PasskeyAgainForm",
    "add_webauthn": "workspace.organisation.sign_in.forms.PasskeyForm",
    "edit_webauthn": "workspace.organisation.sign_in.forms.PasskeyNameForm",
}

SOCIALACCOUNT_ADAPTER = "workspace.organisation.sign_in.elsewhere.SocialAccountAdapter"

# Failures are counted per address and origin, in the database: whoever guesses elsewhere locks nobody out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "workspace.organisation.sign_in.lock_out.who_is_meant"
AXES_CLIENT_IP_CALLABLE = "workspace.organisation.requests.client_address"
AXES_LOCKOUT_CALLABLE = "workspace.organisation.sign_in.lock_out.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "code", "credential", "csrfmiddlewaretoken"]

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
MAX_ATTACHMENT_MB = env.whole_number("MAX_ATTACHMENT_MB", 25)
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- API, logs -------------------------------------------------------------------------------------------------------

API_BODY_MB = env.whole_number("API_BODY_MB", 2)
API_REQUESTS_PER_MINUTE = env.whole_number("API_REQUESTS_PER_MINUTE", 1200)
# Webhooks go out to the internet alone, but for these networks and hosts: docs/webhooks.md.
WEBHOOKS_MAY_REACH = env.reach("WEBHOOKS_MAY_REACH")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.kernel.access.TokenAuthentication",
        "api.kernel.access.BrowserAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["api.kernel.wire.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.kernel.wire.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.auto.AutoSchema",
    "EXCEPTION_HANDLER": "api.kernel.problems.answer_problem",
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Throughline",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["api.schema.description.finish"],
    "PATH_CONVERTER_OVERRIDES": {"int": {"type": "integer", "minimum": 0}},
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATION_PARAMETERS": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{"}},
    "filters": {"without_secrets": {"()": "workspace.logs.WithoutSecrets"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Django's own handlers, which depend on DEBUG and write mail, give way to the one above.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # Pages that are not there, and forms that are refused, are no faults of the house.
        "django.request": {"level": "ERROR"},
        # Its notes of success name the address of the page, and that of an invitation is a secret.
        "axes": {"level": "WARNING"},
        # Every sweep would otherwise write three lines each five seconds.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
