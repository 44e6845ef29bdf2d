"""Settings, all of them from the environment; docs/settings.md lists the variables."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf.locale import LANG_INFO
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
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
# Who may ask /healthz, /readyz and /metrics, whatever ALLOWED_HOSTS says: names, addresses, networks; `*`.
HEALTH_HOSTS = [name.lower() for name in env.hosts("HEALTH_HOSTS", "*")]
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
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
    "unfold",  # before the admin, whose templates it replaces
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django_filters",
    "etl",  # before django_q: its `qcluster` also tells the workers that it stops
    "django_q",
    "drf_spectacular",
    "rest_framework",
    "rest_framework.authtoken",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "projects",
    "realtime",
]
MIDDLEWARE = [
    "buka.policy.content_policy",
    "buka.transfer.short_transfers",  # outside of whatever changes an answer's text
    "buka.languages.by_address",  # around whatever says something
    "buka.text.visible_text",
    "buka.refusals.Refusals",  # around whatever can find the database away
    "buka.text.readable_text",
    "buka.probes.for_whoever_may_ask",
    "buka.probes.known_host",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "buka.second_factor.required",
]
if DEBUG:
    MIDDLEWARE.append("buka.missing.own_page")
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
# A standby that public reads may go to, where it has all that anybody was told of.
if _standby := env.text("DATABASE_REPLICA_URL"):
    _POOLED = env.flag("DB_POOL", default=False)
    DATABASES["standby"] = env.database(_standby, pool=_POOLED, name="DATABASE_REPLICA_URL")
    DATABASE_ROUTERS = ["buka.standby.Router"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("buka.probes.for_whoever_may_ask") + 1, "buka.standby.reads_from_standby"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Where the bytes of pages are kept: a folder, or a bucket of S3 (then ARCHIVE_DIR is used by nobody).
ARCHIVE_DIR, _ARCHIVE = env.archive(env.text("ARCHIVE_URL"), VAR_DIR / "archive")
# What kept pages said when they were read: it saves reading them again, and may be removed at any time.
READINGS_DIR = VAR_DIR / "readings"
# The log's head of each day, one text file a year: to be published elsewhere.
HEADS_DIR = VAR_DIR / "heads"
# The whole record and the whole log as files, made once a day; how many makings are kept.
DOWNLOADS_DIR = Path(env.text("DOWNLOADS_DIR", str(VAR_DIR / "downloads"))).expanduser()
DOWNLOADS_KEPT = env.whole("DOWNLOADS_KEPT", 7, least=1)
REDIS_URL = env.redis("REDIS_URL")
CHANNEL_LAYERS: dict[str, dict] = {}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 5, "socket_connect_timeout": 2}]},
    }
    CACHES = {
        "default": {
            "BACKEND": "buka.cache.HelpfulRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
    }

# `make demo`: the sources are the replica's, and the pages say so before the first of them was read.
DEMO = env.flag("DEMO", default=False)
# Sockets that one web process keeps: from one address (a mobile network has many readers behind one), in all.
SOCKETS_PER_ADDRESS = env.whole("SOCKETS_PER_ADDRESS", 500)
SOCKETS_TOTAL = env.whole("SOCKETS_TOTAL", 5000)
# Reports of mistakes that one address may send in an hour (a mobile network has many readers behind one), and
# how long after its end a report's contact is kept.
REPORTS_PER_HOUR = env.whole("REPORTS_PER_HOUR", 20, least=1)
REPORT_CONTACT_DAYS = env.whole("REPORT_CONTACT_DAYS", 30, most=env.MOST_DAYS)
# Whose X-Forwarded-For is believed: addresses and networks of our own proxies.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", "127.0.0.0/8,::1")

# --- Sources and polling --------------------------------------------------------------------------
DWS_URL = env.web_address("DWS_URL", "https://ws.dws.gov.za/pmd/level.aspx")
TREASURY_URL = env.web_address("TREASURY_URL", "https://municipaldata.treasury.gov.za/api")
# Names of the sources that are watched; all that are declared, where none is named.
SOURCES = env.words("SOURCES")
# Variable → address, of each `…_URL` of the environment: where a source begins that has no setting above.
ADDRESSES = env.addresses()
# Source → minutes from poll to poll, where the environment has <NAME>_INTERVAL_MINUTES; else as it declares.
INTERVAL_MINUTES = env.intervals()
# Sources whose data may be downloaded here in bulk, none where it is empty; None: those that declare it.
OPEN_DATA_SOURCES = env.words_if_set("OPEN_DATA_SOURCES")
# Who publishes the data that are downloaded here, as packages of them say it.
PUBLISHER_NAME = env.text("PUBLISHER_NAME", "Buka Amanzi")
# What ids of projects begin with in OC4IDS: one is had from data@open-contracting.org; until then: a draft.
OC4IDS_DRAFT = "oc4ids-draft0"
OC4IDS_PREFIX = env.oc4ids_prefix("OC4IDS_PREFIX", OC4IDS_DRAFT)
FETCH_DELAY_SECONDS = env.number("FETCH_DELAY_SECONDS", 1.0)
FETCH_TIMEOUT_SECONDS = env.number("FETCH_TIMEOUT_SECONDS", 30, least=0.01)
FETCH_MAX_ATTEMPTS = env.whole("FETCH_MAX_ATTEMPTS", 5, least=1)
FETCH_BACKOFF_SECONDS = env.number("FETCH_BACKOFF_SECONDS", 2.0)
FETCH_MAX_BYTES = env.whole("FETCH_MAX_BYTES", 50_000_000, least=1000, most=10**12)
# What reading one page may cost: seconds of processor time, and memory of the process that reads it.
READ_SECONDS = env.number("READ_SECONDS", 60, least=0.1)
READ_MEGABYTES = env.whole("READ_MEGABYTES", 2048, least=256)
# A crawl that takes longer leaves off, and says so: some sites have no end.
CRAWL_MINUTES = env.number("CRAWL_MINUTES", 120, least=0.01)
# Named in the User-Agent, so that whoever runs the source can reach whoever runs this monitor.
CONTACT_URL = env.web_address("CONTACT_URL", "https://github.com/buka-amanzi/buka-amanzi")
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
TREASURY_REREAD_DAYS = env.number("TREASURY_REREAD_DAYS", 7, most=env.MOST_DAYS)
# A run renews its lease while it works; one that died is taken over after this long.
# Archived pages and looks that nothing needs any more are removed when they are so old; 0: never.
PRUNE_AFTER_DAYS = env.whole("PRUNE_AFTER_DAYS", 90, most=env.MOST_DAYS)
LEASE_SECONDS = env.whole("LEASE_SECONDS", 300, least=2)

# The longest runs are first ones: each project page once, one a second (5,000 pages: 83 minutes), and
# Municipal Money at two minutes a request (its robots.txt asks for that: some three hours).
_LONGEST_RUN_SECONDS = 8 * 3600
Q_CLUSTER = {
    "name": "buka",
    "orm": "default",
    "workers": 5,  # `qcluster` has one for each source, one for the downloads, one for what is short
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
OUTBOX_LATE_SECONDS = env.whole("OUTBOX_LATE_SECONDS", 3600, least=1)
DISK_LEAST_FREE_MB = env.number("DISK_LEAST_FREE_MB", 1000, most=10**9)
DISK_LEAST_FREE_PERCENT = env.number("DISK_LEAST_FREE_PERCENT", 5, most=100)
# Asked after each look of the health loop at which all is well: whoever is there notices when that stops.
HEARTBEAT_URL = env.web_address("HEARTBEAT_URL")
# Whom alerts are mailed to, through Django's own mail settings; nobody: the log alone has them.
ALERT_EMAILS = env.mailboxes("ALERT_EMAILS")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.whole("EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
if EMAIL_USE_TLS and EMAIL_USE_SSL:
    raise ImproperlyConfigured("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other: set one of them.")
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10, least=0.1)
DEFAULT_FROM_EMAIL = env.mailbox("DEFAULT_FROM_EMAIL", "buka@localhost")
# Where mails to readers come back to: `bounces@example.org`, of whom `bounces+…@` reaches the same mailbox.
BOUNCE_ADDRESS = env.mailbox("BOUNCE_ADDRESS")

# --- What readers are told without an account -------------------------------------------------------
# Where this site is found from outside: links in messages begin with it.
SITE_URL = env.site(CSRF_TRUSTED_ORIGINS)
# In place of a mail server a folder that mails are written to, as the demo has it.
EMAIL_FILE_PATH = env.text("EMAIL_FOLDER")
if EMAIL_FILE_PATH:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Whether there is a mail server that takes mails to anybody; alerts by e-mail are offered where there is one.
MAIL_IS_SENT = bool(env.text("EMAIL_HOST")) and not EMAIL_FILE_PATH
# E-mails "at once" keep this pause; what comes meanwhile is put into one.
ALERT_PAUSE_MINUTES = env.number("ALERT_PAUSE_MINUTES", 10)
# Webhooks on this machine itself: for tests and the demo alone.
WEBHOOK_LOOPBACK = env.flag("WEBHOOK_LOOPBACK", default=False)
SUBSCRIBE_PER_HOUR = env.whole("SUBSCRIBE_PER_HOUR", 20, least=1)

# --- Web ------------------------------------------------------------------------------------------
# By address, `/af/…` and `/zu/…` (`projects/languages.py`); what has none is said in the first.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("af", "Afrikaans"), ("zu", "isiZulu")]
# One that Django knows nothing of, and the admin asks it about all.
LANG_INFO.setdefault("zu", {"bidi": False, "code": "zu", "name": "Zulu", "name_local": "isiZulu"})
LOCALE_PATHS = [BASE_DIR / "projects" / "locale"]
TIME_ZONE = "Africa/Johannesburg"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["buka.formats"]  # days as they are written in South Africa
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_WEIGHTS = ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950")
_BLUES = "#eff6fc #dcebf7 #bcd9f0 #8fc1e6 #5ba5d8 #2f86c2 #0f5c99 #0d5289 #0b4676 #0a3a61 #07263f"
# What the admin looks like; its sidebar has what somebody may see.
UNFOLD = {
    "SITE_TITLE": "Buka Amanzi",
    "SITE_HEADER": "Buka Amanzi",
    "SITE_SUBHEADER": "Stewards’ desk",
    "SITE_SYMBOL": "water_drop",
    "STYLES": ["projects.stewards.desk.style"],
    "DASHBOARD_CALLBACK": "projects.stewards.todo.on_index",
    "SIDEBAR": {"navigation": "projects.stewards.desk.navigation"},
    "COLORS": {"primary": dict(zip(_WEIGHTS, _BLUES.split(), strict=True))},
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "archive": _ARCHIVE,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # of a login whose `next` is another site's
AUTHENTICATION_BACKENDS = ["buka.logins.Backend"]
SESSION_ENGINE = "buka.logins"
# Wrong passwords: of an address for one name until it is locked out for that name, and for how long; of an
# address in a minute, whatever the names.
LOGIN_FAILURES = env.whole("LOGIN_FAILURES", 5, least=1)
LOGIN_LOCK_MINUTES = env.whole("LOGIN_LOCK_MINUTES", 15, least=1)
LOGIN_GUESSES_PER_MINUTE = env.whole("LOGIN_GUESSES_PER_MINUTE", 10, least=1)
# Whoever may write shows a code of his phone too; off for a demo, or where nobody else can reach the admin.
TWO_FACTOR = env.flag("TWO_FACTOR", default=True)
OTP_TOTP_ISSUER = "Buka Amanzi"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_LOCKOUT_PARAMETERS = [["ip_address", "username"]]
AXES_FAILURE_LIMIT = LOGIN_FAILURES
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_LOCK_MINUTES)
AXES_RESET_ON_SUCCESS = True
# What tells the address that a request is counted by.
ADDRESS_OF = AXES_CLIENT_IP_CALLABLE = "buka.logins.address"
AXES_LOCKOUT_CALLABLE = "buka.logins.locked_out"
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
# That a cache of one's own is not shared is no news to a command, which counts nothing.
SILENCED_SYSTEM_CHECKS = [] if REDIS_URL else ["axes.W001"]
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
    "DEFAULT_SCHEMA_CLASS": "projects.api.document.Document",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "projects.api.refusals.Json",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "projects.api.refusals.Negotiation",
    "DEFAULT_THROTTLE_RATES": {"sync": env.rate("SYNC_RATE", "30/minute")},
    "EXCEPTION_HANDLER": "projects.api.refusals.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Buka Amanzi",
    "DESCRIPTION": "South Africa’s water projects as published, and every change since we began to look.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "projects.api.document.completed",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RunStateEnum": "projects.models.RunState",
        "DiscrepancyStateEnum": "projects.models.DiscrepancyState",
        "FlagEnum": "projects.wording.flags.FLAGS.items",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_heartbeat": {"()": "buka.environment.WithoutHeartbeat"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", env.LEVELS)},
    # Django's own handler would say everything twice.
    "loggers": {
        "django": {"handlers": []},
        "django.channels.server": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        "django-q": {"filters": ["without_heartbeat"]},
        # Three lines for each guess, with neither name nor address; `django.request` has one.
        "axes": {"level": "ERROR"},
    },
}
