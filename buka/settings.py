"""Settings, all of them from the environment; docs/settings.md lists the variables."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from buka import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var" / "run")

# --- Security -------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", default=True)
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY is not set. With DEBUG=0 it must be: 50 random characters.")
    SECRET_KEY = "local-only-key-that-protects-nothing-and-is-never-used-with-debug-off"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
# Behind TLS (any trusted https origin says so) cookies and redirects insist on it.
_TLS = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31536000 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _TLS
X_FRAME_OPTIONS = "DENY"

# --- Applications ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_filters",
    "etl",  # before django_q: its `qcluster` also tells the workers that it stops
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
    "projects",
    "realtime",
]
MIDDLEWARE = [
    "buka.text.readable_text",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "buka.urls"
ASGI_APPLICATION = "buka.asgi.application"
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
                "projects.pages.context.site",
            ],
        },
    },
]

# --- Data -----------------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'buka.sqlite3'}")
DATABASES = {"default": env.database(DATABASE_URL, pool=env.flag("DB_POOL", default=False))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ARCHIVE_DIR = VAR_DIR / "archive"
# The log's head of each day, one text file a year: to be published elsewhere.
HEADS_DIR = VAR_DIR / "heads"
REDIS_URL = env.text("REDIS_URL")
CHANNEL_LAYERS: dict[str, dict] = {}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 5, "socket_connect_timeout": 2}]},
    }
    CACHES = {"default": {"BACKEND": "buka.cache.HelpfulRedisCache", "LOCATION": REDIS_URL}}

# --- Sources and polling --------------------------------------------------------------------------
DWS_URL = env.text("DWS_URL", "https://ws.dws.gov.za/pmd/level.aspx")
TREASURY_URL = env.text("TREASURY_URL", "https://municipaldata.treasury.gov.za/api")
# Names of the sources that are watched; all that are declared, where none is named.
SOURCES = env.words("SOURCES")
# Variable → address, of each `…_URL` of the environment: where a source begins that has no setting above.
ADDRESSES = env.addresses()
# Source → minutes from poll to poll, where the environment has <NAME>_INTERVAL_MINUTES; else as it declares.
INTERVAL_MINUTES = env.intervals()
FETCH_DELAY_SECONDS = env.number("FETCH_DELAY_SECONDS", 1.0)
FETCH_TIMEOUT_SECONDS = env.number("FETCH_TIMEOUT_SECONDS", 30, least=0.01)
FETCH_MAX_ATTEMPTS = env.whole("FETCH_MAX_ATTEMPTS", 5, least=1)
FETCH_BACKOFF_SECONDS = env.number("FETCH_BACKOFF_SECONDS", 2.0)
FETCH_MAX_BYTES = env.whole("FETCH_MAX_BYTES", 50_000_000, least=1000)
# What reading one page may cost: seconds of processor time, and memory of the process that reads it.
READ_SECONDS = env.number("READ_SECONDS", 60, least=0.1)
READ_MEGABYTES = env.whole("READ_MEGABYTES", 2048, least=256)
# A crawl that takes longer leaves off, and says so: some sites have no end.
CRAWL_MINUTES = env.number("CRAWL_MINUTES", 120, least=0.01)
# Named in the User-Agent, so that whoever runs the source can reach whoever runs this monitor.
CONTACT_URL = env.text("CONTACT_URL", "https://github.com/buka-amanzi/buka-amanzi")
# A project's own page is read again once in so many runs even when its line did not change.
ROTATION_RUNS = env.whole("ROTATION_RUNS", 48, least=1)
# Absence: a project that this many complete runs did not list, over at least so many hours, is withdrawn.
WITHDRAWN_AFTER_RUNS = env.whole("WITHDRAWN_AFTER_RUNS", 3, least=2)
WITHDRAWN_AFTER_HOURS = env.number("WITHDRAWN_AFTER_HOURS", 24)
# A reading that is out of line with the source's past is held for a steward: shares in percent.
HOLD_COUNT_DROP = env.number("HOLD_COUNT_DROP", 20)
HOLD_BLANKED = env.number("HOLD_BLANKED", 10)
HOLD_CHANGED = env.number("HOLD_CHANGED", 30)
HOLD_NEVER_SEEN = env.number("HOLD_NEVER_SEEN", 10)
HOLD_LEAST_RECORDS = env.whole("HOLD_LEAST_RECORDS", 20, least=1)
# A Municipal Money cube that says it did not move is read again all the same after so many days.
TREASURY_REREAD_DAYS = env.number("TREASURY_REREAD_DAYS", 7)
# A run renews its lease while it works; one that died is taken over after this long.
LEASE_SECONDS = env.whole("LEASE_SECONDS", 300, least=2)

# The longest runs are first ones: each project page once, one a second (5,000 pages: 83 minutes), and
# Municipal Money at two minutes a request (its robots.txt asks for that: some three hours).
_LONGEST_RUN_SECONDS = 8 * 3600
Q_CLUSTER = {
    "name": "buka",
    "orm": "default",
    "workers": 4,  # `qcluster` has one for each source, and one for what is short
    "queue_limit": 1,  # what waits does so in the table, where any cluster can take it and health sees it
    "bulk": 1,
    "poll": 0.5,
    "timeout": _LONGEST_RUN_SECONDS,
    "retry": _LONGEST_RUN_SECONDS + 600,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "recycle": 100,
    "save_limit": 250,
    "label": "Queue",
}

# --- Health and alerts ----------------------------------------------------------------------------
HEALTH_INTERVAL_MINUTES = env.whole("HEALTH_INTERVAL_MINUTES", 5, least=1)
# The clock has a worker write a heartbeat every minute; without one for so long the workers count as dead.
WORKER_SILENT_SECONDS = env.whole("WORKER_SILENT_SECONDS", 180, least=1)
QUEUE_LATE_SECONDS = env.whole("QUEUE_LATE_SECONDS", 600, least=1)
HUB_LATE_SECONDS = env.whole("HUB_LATE_SECONDS", 60, least=1)
DISK_LEAST_FREE_MB = env.number("DISK_LEAST_FREE_MB", 1000)
DISK_LEAST_FREE_PERCENT = env.number("DISK_LEAST_FREE_PERCENT", 5)
# Whom alerts are mailed to, through Django's own mail settings; nobody: the log alone has them.
ALERT_EMAILS = env.words("ALERT_EMAILS")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other: set one of them.")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10, least=0.1)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "buka@localhost")

# --- Web ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-za"
TIME_ZONE = "Africa/Johannesburg"
USE_I18N = True
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "projects.api.marks.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "projects.api.refusals.Json",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "projects.api.refusals.Negotiation",
    "DEFAULT_THROTTLE_RATES": {"sync": env.text("SYNC_RATE", "30/minute")},
    "EXCEPTION_HANDLER": "projects.api.refusals.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Buka Amanzi",
    "DESCRIPTION": "South Africa's water projects as published, and every change since we began to look.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVERS": [],
    "ENUM_NAME_OVERRIDES": {
        "RunStateEnum": "projects.models.RunState",
        "DiscrepancyStateEnum": "projects.models.DiscrepancyState",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_heartbeat": {"()": "buka.environment.WithoutHeartbeat"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    # Django's own handler would say everything twice.
    "loggers": {
        "django": {"handlers": []},
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "django-q": {"filters": ["without_heartbeat"]},
    },
}
