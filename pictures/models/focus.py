from django.db import models
from django.utils.translation import pgettext_lazy


class Focus(models.TextChoices):
    """The part of a picture that is still seen where it is cropped: one of nine, as on a noughts-and-crosses board."""

    TOP_LEFT = "top-left", pgettext_lazy("part of a picture", "Top left")
    TOP = "top", pgettext_lazy("part of a picture", "Top")
    TOP_RIGHT = "top-right", pgettext_lazy("part of a picture", "Top right")
    LEFT = "left", pgettext_lazy("part of a picture", "Left")
    CENTER = "center", pgettext_lazy("part of a picture", "The middle")
    RIGHT = "right", pgettext_lazy("part of a picture", "Right")
    BOTTOM_LEFT = "bottom-left", pgettext_lazy("part of a picture", "Bottom left")
    BOTTOM = "bottom", pgettext_lazy("part of a picture", "Bottom")
    BOTTOM_RIGHT = "bottom-right", pgettext_lazy("part of a picture", "Bottom right")
