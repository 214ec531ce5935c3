"""What people prove themselves with: codes from letters and apps, links from invitations."""

import re

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from accounts.models import User

SECRET = generate_totp_secret()


def code_in(message) -> str:
    return re.search(r"\d{4}-\d{4}", message.body).group()


def link_in(message) -> str:
    return re.search(r"https?://\S+/inbjudan/(\S+)/|https?://\S+/invitation/(\S+)/", message.body).group()


def path_of(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def app_code(secret: str = SECRET, steps: int = 0) -> str:
    """The code that an app with `secret` shows now, or `steps` half minutes away."""
    now = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now + steps))


def give_app(user: User) -> None:
    TOTP.activate(user, SECRET)
