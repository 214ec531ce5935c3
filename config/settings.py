"""All settings, read from the environment; README.md lists the variables.

Nonsense stops the start with a sentence rather than running with a guess.
"""

import re
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from pythonjsonlogger.core import RESERVED_ATTRS

from config.environment import Environment
from development import addresses

# Lets views, forms and fields be written with the type they are about, like ListView[Lab].
django_stubs_ext.monkeypatch()

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of place this is ------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG")
SECRET_KEY = env.required(
    "SECRET_KEY",
    "Give it at least 50 random characters, or set DEBUG=1 to develop.",
    instead="development-only-" * 4 if DEBUG else None,
)
if not DEBUG and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        f"SECRET_KEY has {len(SECRET_KEY)} characters; it needs at least 50 outside development."
    )

SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000" if DEBUG else "").rstrip("/")
if urlsplit(SITE_URL).scheme not in {"http", "https"} or not urlsplit(SITE_URL).hostname:
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}; it needs the site's full address, like https://labb.example.org."
    )
# 127.0.0.1 is for health checks from inside the container.
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"] if DEBUG else [urlsplit(SITE_URL).hostname, "127.0.0.1"])
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

# Where a person without an inbox tool looks for help; shown in mails and on error pages.
CONTACT_EMAIL = env.required(
    "CONTACT_EMAIL",
    "Give it the address where people turn for help.",
    instead="innovationslabb@example.org" if DEBUG else None,
)

# --- Parts --------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "website",
    "overview",
    "newsletter",
    "procurement_portal",
    "methods",
    "labs",
    "accounts",
    "pictures",
    "history",
    "mailing",
    "richtext",
    "workflow",
    "looks",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "anymail",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prose_editor",
]
if DEBUG:
    INSTALLED_APPS[:0] = ["development", "demo"]

MIDDLEWARE = [
    "config.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "workflow.middleware.ConflictMiddleware",
    "website.middleware.CounterMiddleware",
    "pictures.middleware.RequestSizeMiddleware",
    "pictures.middleware.WholeBodyMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "looks.templatetags.looks"],
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "looks.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data ---------------------------------------------------------------------------------------------------------

DATABASE_URL = env.required(
    "DATABASE_URL",
    "Give it a postgresql:// address, or set DEBUG=1 for the embedded server.",
    instead=addresses.database_url(VAR_DIR) if DEBUG else None,
)
if urlsplit(DATABASE_URL).scheme not in {"postgresql", "postgres"}:
    raise ImproperlyConfigured("DATABASE_URL must be a postgresql:// address: the site leans on PostgreSQL throughout.")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=0 if DEBUG else 60)

REDIS_URL = env.required(
    "REDIS_URL",
    "Give it a redis:// address, or set DEBUG=1 for the embedded server.",
    instead=addresses.redis_url(VAR_DIR, env.int("EMBEDDED_REDIS_DB")) if DEBUG else None,
)
if urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must be a redis://, rediss:// or unix:// address.")
# Keeps sites apart that share one Redis server.
REDIS_PREFIX = env("REDIS_PREFIX", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"{REDIS_PREFIX}innovationslabb",
    }
}

MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
# Pictures are kept there, or in a private bucket that speaks S3.
S3_BUCKET = env("S3_BUCKET", default="")
S3 = {
    "bucket_name": S3_BUCKET,
    "endpoint_url": env("S3_ENDPOINT_URL", default="") or None,
    "region_name": env("S3_REGION", default="") or None,
    "access_key": env("S3_ACCESS_KEY_ID", default="") or None,
    "secret_key": env("S3_SECRET_ACCESS_KEY", default="") or None,
}
if S3["endpoint_url"] and urlsplit(S3["endpoint_url"]).scheme not in {"http", "https"}:
    raise ImproperlyConfigured(
        f"S3_ENDPOINT_URL is {S3['endpoint_url']!r}; it needs a full address, like https://s3.example.org."
    )
if bool(S3["access_key"]) != bool(S3["secret_key"]):
    raise ImproperlyConfigured(
        "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together; one is set and the other is not."
    )
if not S3_BUCKET and any(S3.values()):
    raise ImproperlyConfigured("S3_BUCKET is not set, but other S3 settings are. Give it the bucket's name.")
STORAGES = {
    "default": {"BACKEND": "pictures.storages.BucketStorage", "OPTIONS": S3}
    if S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "looks.static_files.HashedStaticFiles"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# In development files are found where they are written; in production `collectstatic` has gathered them.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG

# --- Uploads ------------------------------------------------------------------------------------------------------

# What a form may hold beside its files, in bytes and in fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
# Every file goes to disk in VAR_DIR/uploads as it comes; see docs/pictures.md.
FILE_UPLOAD_HANDLERS = ["pictures.uploads.SpoolingUploadHandler"]
# How much one visitor may upload: pictures waiting for a form to be sent, and uploads an hour from one network.
PICTURES_OPEN_DRAFTS = env.int("PICTURES_OPEN_DRAFTS", default=30)
PICTURES_UPLOADS_PER_HOUR = env.int("PICTURES_UPLOADS_PER_HOUR", default=5_000 if DEBUG else 120)

# --- Background work ----------------------------------------------------------------------------------------------

# The same address, as Celery spells it.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": REDIS_PREFIX,
    # A request that finds the broker down goes on at once: the sweeps do later what nobody could be asked for.
    "max_retries": 1,
    "interval_start": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/Stockholm"
CELERY_TASK_DEFAULT_QUEUE = "default"
# Only the sending itself has processes of its own, so that a code to sign in with never waits behind a newsletter.
CELERY_TASK_ROUTES = {"pictures.*": {"queue": "pictures"}, "newsletter.drain": {"queue": "newsletter"}}
CELERY_BEAT_SCHEDULE = {
    "mailing-sweep": {"task": "mailing.sweep", "schedule": 60},
    "pictures-sweep": {"task": "pictures.sweep", "schedule": crontab(minute="*/10")},
    "procurement-portal-sweep": {
        "task": "procurement_portal.sweep_unconfirmed",
        "schedule": crontab(hour=3, minute=30),
    },
    "procurement-portal-forget-referrals": {
        "task": "procurement_portal.forget_referrals",
        "schedule": crontab(hour=3, minute=35),
    },
    "procurement-portal-forget-changes": {
        "task": "procurement_portal.forget_changes",
        "schedule": crontab(hour=3, minute=40),
    },
    "procurement-portal-listings": {"task": "procurement_portal.watch_listings", "schedule": crontab(minute=25)},
    "newsletter-kick": {"task": "newsletter.kick_unfinished", "schedule": 60},
    "newsletter-inbox": {"task": "newsletter.fetch_mail", "schedule": 60, "options": {"expires": 60}},
    "newsletter-forget-bounces": {"task": "newsletter.forget_bounces", "schedule": crontab(hour=3, minute=50)},
    "newsletter-entries": {"task": "newsletter.publish_due_entries", "schedule": 60},
    "newsletter-imports": {"task": "newsletter.kick_imports", "schedule": 60},
    "newsletter-sweep": {
        "task": "newsletter.sweep_subscribers",
        "schedule": crontab(hour=3, minute=45),
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# --- Newsletter ----------------------------------------------------------------------------------------------------

# After a long stop the clock asks before it sends: a digest composed so many hours after its time stays a draft, and an
# issue whose set time has passed by so many becomes one again.
NEWSLETTER_LATE_HOURS = env.positive("NEWSLETTER_LATE_HOURS", default=6)
NEWSLETTER_OVERDUE_HOURS = env.positive("NEWSLETTER_OVERDUE_HOURS", default=2)
# How the newsletter goes out: connections one worker keeps, connections of all workers together, mails a second of all
# workers together, and of those to one recipient domain.
NEWSLETTER_CONNECTIONS = env.positive("NEWSLETTER_CONNECTIONS", default=8)
NEWSLETTER_CONNECTIONS_TOTAL = env.positive("NEWSLETTER_CONNECTIONS_TOTAL", default=20)
NEWSLETTER_RATE = env.positive("NEWSLETTER_RATE", default=100)
NEWSLETTER_DOMAIN_RATE = env.positive("NEWSLETTER_DOMAIN_RATE", default=20)
# A worker that has shown no sign of life for so long is taken for dead, and what it held is sorted out by others.
NEWSLETTER_LEASE_SECONDS = env.positive("NEWSLETTER_LEASE_SECONDS", default=120)

# --- Procurement portal ---------------------------------------------------------------------------------------------

# How many applications may be begun an hour from one network; each is kept for 30 days while it is filled in.
STARTED_APPLICATIONS_PER_HOUR = env.positive("STARTED_APPLICATIONS_PER_HOUR", default=5_000 if DEBUG else 60)

# --- Tips to colleagues ---------------------------------------------------------------------------------------------

# How many mails the site sends a day for people who tip a colleague, the ones that ask them to confirm included.
# 0 turns it off; the link to copy and the reader's own mail program stay.
REFERRALS_PER_DAY = env.int("REFERRALS_PER_DAY", default=200)

# --- People -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:start"
LOGOUT_REDIRECT_URL = "website:home"

# No passwords: a code by e-mail, or a passkey, and for coordinators always a second step. Accounts come by invitation.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "confirm_login_code": "accounts.forms.SignInCodeForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # we write to unknown addresses ourselves: accounts.forms.SignInForm
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
# "key" is the address typed, "ip" the network asking: an office behind one address shares the second.
ACCOUNT_RATE_LIMITS = {
    "login": "60/10m/ip",
    "request_login_code": "40/10m/ip,5/15m/key",
    "login_failed": "30/10m/ip,5/5m/key",
    "reauthenticate": "10/5m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("TRUST_PROXY") else 0

MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.AppActivationForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
    "edit_webauthn": "accounts.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Innovationslabbet"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are off by up to half a minute
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG  # http://localhost

# One identity provider of a municipality or housing company, over OpenID Connect. It signs in people who have an
# account here with the same, verified address; it never makes accounts.
OIDC_SERVER_URL = env("OIDC_SERVER_URL", default="")
OIDC_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_SERVER_URL)) if OIDC_SERVER_URL else ""
OIDC_NAME = env("OIDC_NAME", default="OpenID Connect")
if OIDC_SERVER_URL and not (env("OIDC_CLIENT_ID", default="") and env("OIDC_CLIENT_SECRET", default="")):
    raise ImproperlyConfigured("OIDC_SERVER_URL is set; OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed with it.")
SOCIALACCOUNT_ADAPTER = "accounts.adapters.IdentityProviderAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": OIDC_NAME,
                    "client_id": env("OIDC_CLIENT_ID"),
                    "secret": env("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_SERVER_URL},
                }
            ],
        }
    }
    if OIDC_SERVER_URL
    else {}
)

# --- Mail ---------------------------------------------------------------------------------------------------------

EMAIL_URL = env.required(
    "EMAIL_URL",
    "Give it the mail server, like smtp+tls://user:password@mail.example.org:587.",
    instead="smtp://127.0.0.1:1025" if DEBUG else None,
)
vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.required(
    "DEFAULT_FROM_EMAIL",
    "Give it the sender of the site's mail, like Innovationslabbet <labb@example.org>.",
    instead="Allmännyttans innovationslabb <innovationslabb@example.org>" if DEBUG else None,
)
# The sender's line under every e-mail.
POSTAL_ADDRESS = env("POSTAL_ADDRESS", default="Sveriges Allmännytta, Stockholm")

# --- Mail that comes back -----------------------------------------------------------------------------------------

# Where bounces go; each mail has its own address behind a plus: newsletter/verp.py, docs/newsletter-inbound.md.
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", default="").strip().lower()
if BOUNCE_ADDRESS and not re.fullmatch(r"[a-z0-9][a-z0-9.+-]{0,38}@[a-z0-9-]+(\.[a-z0-9-]+)+", BOUNCE_ADDRESS):
    raise ImproperlyConfigured(
        f"BOUNCE_ADDRESS is {BOUNCE_ADDRESS!r}; it needs an address like studs@labb.example.org, "
        "with at most 39 letters a–z, digits, dots, hyphens and plus signs before the @."
    )
# Who wants to leave by mail writes here.
UNSUBSCRIBE_ADDRESS = env("UNSUBSCRIBE_ADDRESS", default="").strip() or BOUNCE_ADDRESS or parseaddr(CONTACT_EMAIL)[1]
if not re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9.-]+", UNSUBSCRIBE_ADDRESS, re.ASCII):
    raise ImproperlyConfigured(
        f"UNSUBSCRIBE_ADDRESS is {UNSUBSCRIBE_ADDRESS!r}; it needs an address like avsluta@labb.example.org."
    )
# The mailbox with both, asked every minute.
INBOX_URL = env("INBOX_URL", default="").strip()
if INBOX_URL and not (
    re.match(r"maildir:///.|imaps://[^/@]+:[^/@]+@[^/@]+/.", INBOX_URL)
    # Without encryption only on the machine itself.
    or re.match(r"imap://[^/@]+:[^/@]+@(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/.", INBOX_URL)
):
    raise ImproperlyConfigured(
        "INBOX_URL needs maildir:///var/mail/studs/ or imaps://user:password@imap.example.org/INBOX "
        "with user and password percent-encoded."
    )
# The keys with which mail services sign what they tell us. Without its key a service is not listened to at all.
ANYMAIL = {
    name: value
    for name, value in {
        "MAILGUN_WEBHOOK_SIGNING_KEY": env("MAILGUN_WEBHOOK_SIGNING_KEY", default="").strip(),
        "MAILERSEND_SIGNING_SECRET": env("MAILERSEND_SIGNING_SECRET", default="").strip(),
    }.items()
    if value
}
for _name, _value in ANYMAIL.items():
    if not re.fullmatch(r"[!-~]{16,}", _value):
        raise ImproperlyConfigured(f"{_name} is not a key: it needs at least 16 letters, digits and signs.")

# --- Language -----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Stockholm"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "config.formats"

# --- Security -----------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        # Signing in at an identity provider is a form that ends on the provider's side.
        "form-action": [SELF, *filter(None, [OIDC_ORIGIN])],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:", "blob:"],
        "manifest-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
    }
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("TRUST_PROXY") else None
SECURE_SSL_REDIRECT = not DEBUG and SITE_URL.startswith("https:")
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "website.views.errors.csrf_failure"

# --- Log ----------------------------------------------------------------------------------------------------------

LOG_LEVEL = env("LOG_LEVEL", default="INFO")
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}; it needs DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.requests.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{request_id}{message}",
            "style": "{",
            # A request would be written with its query string, which may hold a signed link's token.
            "reserved_attrs": [*RESERVED_ATTRS, "request"],
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
        },
        "line": {"format": "{levelname:<7} {name}: {message}", "style": "{"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line" if DEBUG else "json",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Django's own handlers would write each line a second time, and to e-mail.
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # What a visitor got wrong has its line from config.requests; this one says what we got wrong.
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        # It would tell of each of its seventeen ways of reading a bounce.
        "flufl.bounce": {"handlers": [], "level": "CRITICAL", "propagate": True},
    },
}
