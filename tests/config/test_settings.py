"""Settings come from the environment; nonsense stops the start with a sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

PRODUCTION = {
    "PATH": os.environ["PATH"],
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "j8#kq2v!x9z@r4t7w$e1y5u3i6o0p&a*s(d)f-g=h+jklzxcvb",
    "SITE_URL": "https://labb.example.org",
    "DATABASE_URL": "postgresql://site:secret@db.example.org/site",
    "REDIS_URL": "redis://redis.example.org/0",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
    "CONTACT_EMAIL": "hjalp@example.org",
    "DEFAULT_FROM_EMAIL": "Innovationslabbet <labb@example.org>",
}


def run(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def value(expression: str, **changes: str) -> str:
    result = run(f"from config import settings; print({expression})", PRODUCTION | changes)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has 5 characters; it needs at least 50"),
        ({"SITE_URL": ""}, "SITE_URL is ''; it needs the site's full address"),
        ({"SITE_URL": "labb.example.org"}, "SITE_URL is 'labb.example.org'"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"DATABASE_URL": "sqlite:///site.db"}, "DATABASE_URL must be a postgresql:// address"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"REDIS_URL": "memcached://cache.example.org"}, "REDIS_URL must be a redis://"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"CONTACT_EMAIL": ""}, "CONTACT_EMAIL is not set"),
        ({"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL is not set"),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps'"),
        ({"DATABASE_CONN_MAX_AGE": "long"}, "DATABASE_CONN_MAX_AGE is 'long'"),
        ({"NEWSLETTER_LATE_HOURS": "0"}, "NEWSLETTER_LATE_HOURS is 0; it needs a whole number of at least 1"),
        ({"NEWSLETTER_OVERDUE_HOURS": "0"}, "NEWSLETTER_OVERDUE_HOURS is 0; it needs a whole number of at least 1"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'"),
        (
            {"S3_ENDPOINT_URL": "s3.example.org", "S3_BUCKET": "b"},
            "S3_ENDPOINT_URL is 's3.example.org'; it needs a full",
        ),
        ({"S3_ACCESS_KEY_ID": "x", "S3_BUCKET": "b"}, "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together"),
        ({"S3_REGION": "eu-north-1"}, "S3_BUCKET is not set, but other S3 settings are"),
        ({"BOUNCE_ADDRESS": "studs"}, "BOUNCE_ADDRESS is 'studs'; it needs an address like"),
        ({"BOUNCE_ADDRESS": f"{'s' * 40}@labb.example.org"}, "at most 39 letters"),
        ({"BOUNCE_ADDRESS": "Studs <studs@labb.example.org>"}, "BOUNCE_ADDRESS is 'studs <studs@labb.example.org>'"),
        ({"UNSUBSCRIBE_ADDRESS": "avsluta här@labb.example.org"}, "UNSUBSCRIBE_ADDRESS is 'avsluta här@"),
        ({"INBOX_URL": "pop3://a:b@mail.example.org"}, "INBOX_URL needs maildir:///"),
        ({"INBOX_URL": "imap://a:b@mail.example.org/INBOX"}, "INBOX_URL needs maildir:///"),
        ({"INBOX_URL": "imaps://mail.example.org/INBOX"}, "INBOX_URL needs maildir:///"),
        ({"MAILGUN_WEBHOOK_SIGNING_KEY": "short"}, "MAILGUN_WEBHOOK_SIGNING_KEY is not a key"),
        ({"MAILERSEND_SIGNING_SECRET": "å" * 20}, "MAILERSEND_SIGNING_SECRET is not a key"),
    ],
)
def test_nonsense_stops_the_start_with_a_sentence(changes, sentence):
    result = run("from config import settings", PRODUCTION | changes)
    assert result.returncode == 1
    assert sentence in result.stderr.strip().splitlines()[-1]


def test_production_has_nothing_of_development():
    assert value("[app for app in settings.INSTALLED_APPS if app in ('development', 'demo')]") == "[]"
    assert value("settings.DEBUG") == "False"


def test_production_sends_cookies_over_https_only():
    for setting in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert value(f"settings.{setting}") == "True", setting


def test_hosts_follow_from_the_address_of_the_site():
    assert value("settings.ALLOWED_HOSTS") == "['labb.example.org', '127.0.0.1']"


def test_who_leaves_by_mail_writes_to_the_mailbox_that_is_read():
    assert value("settings.UNSUBSCRIBE_ADDRESS") == "hjalp@example.org"
    assert value("settings.UNSUBSCRIBE_ADDRESS", BOUNCE_ADDRESS="Studs@labb.example.org") == "studs@labb.example.org"
    own = {"BOUNCE_ADDRESS": "studs@labb.example.org", "UNSUBSCRIBE_ADDRESS": "avsluta@labb.example.org"}
    assert value("settings.UNSUBSCRIBE_ADDRESS", **own) == "avsluta@labb.example.org"


@pytest.mark.parametrize(
    "url",
    ["imaps://a%40b:c%2Fd@imap.example.org:993/INBOX", "imap://a:b@127.0.0.1:1143/INBOX", "maildir:///var/mail/studs"],
)
def test_a_mailbox_has_an_address(url):
    assert value("settings.INBOX_URL", INBOX_URL=url) == url


def test_a_mail_service_is_listened_to_only_with_its_key():
    assert value("settings.ANYMAIL") == "{}"
    assert value("list(settings.ANYMAIL)", MAILGUN_WEBHOOK_SIGNING_KEY="k" * 32) == "['MAILGUN_WEBHOOK_SIGNING_KEY']"


def test_the_proxy_is_believed_only_when_told_so():
    assert value("settings.SECURE_PROXY_SSL_HEADER") == "None"
    assert value("settings.SECURE_PROXY_SSL_HEADER", TRUST_PROXY="1") == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_development_needs_no_variable_but_debug():
    result = run(
        "from config import settings; print(settings.DATABASE_URL, settings.CELERY_BROKER_URL)",
        {"PATH": os.environ["PATH"], "DEBUG": "1"},
    )
    var_dir = Path(settings.BASE_DIR) / "var"
    assert result.stdout.split() == [
        f"postgresql://postgres@/innovationslabb?host={var_dir}/postgres",
        f"redis+socket://{var_dir}/valkey/valkey.sock?virtual_host=0",
    ]


def test_the_readme_lists_every_variable():
    source = (Path(settings.BASE_DIR) / "config" / "settings.py").read_text()
    readme = (Path(settings.BASE_DIR) / "README.md").read_text()
    variables = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source)) - {"EMBEDDED_REDIS_DB"}
    assert {name for name in variables if f"`{name}`" not in readme} == set()


def test_pictures_are_kept_on_disk_unless_a_bucket_is_named():
    backend = "settings.STORAGES['default']['BACKEND']"
    assert value(backend) == "django.core.files.storage.FileSystemStorage"
    assert value(backend, S3_BUCKET="bilder") == "pictures.storages.BucketStorage"
