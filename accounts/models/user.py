from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.standing import Standing
from collation import SwedishOrder


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def coordinators(self) -> "UserQuerySet":
        return self.filter(is_coordinator=True)

    def demo(self) -> "UserQuerySet":
        """The people of the demo content, whom the sign-in page lists in development."""
        return self.filter(is_demo=True, is_active=True)

    def alphabetical(self) -> "UserQuerySet":
        return self.order_by(SwedishOrder("name"), "email")


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, name: str, **fields: object) -> "User":
        """Create a person who signs in by e-mailed code; there are no passwords."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(Standing, AbstractBaseUser):
    """A person with work to do here: lab staff or a coordinator. Subscribers and suppliers need no account."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="sv")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_whatever_case"),
            # Demo people sign in with one click in development: no real address may ever be among them.
            models.CheckConstraint(
                condition=models.Q(is_demo=False) | models.Q(email__endswith="@example.org"),
                name="user_demo_has_an_example_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name
