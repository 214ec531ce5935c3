"""Pictures have one address whatever the language of the page that shows them, so these stand outside i18n_patterns."""

from django.urls import path, register_converter

from pictures.views.removal import RemovalView
from pictures.views.renditions import OriginalView, RenditionView
from pictures.views.transfers import TransfersView, TransferView


class ExtensionConverter:
    regex = "webp|jpg|png"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class WidthConverter(ExtensionConverter):
    """Pixels across, at most five digits: nothing longer ever reaches the database."""

    regex = "[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        return int(value)

    def to_url(self, value: str | int) -> str:
        return str(value)


register_converter(ExtensionConverter, "picture_extension")
register_converter(WidthConverter, "picture_width")

app_name = "pictures"
urlpatterns = [
    path("bilder/overforingar/", TransfersView.as_view(), name="transfers"),
    path("bilder/overforingar/<uuid:pk>/", TransferView.as_view(), name="transfer"),
    path("bilder/borttagning/", RemovalView.as_view(), name="removal"),
    path(
        "bilder/<uuid:pk>/<picture_width:width>.<picture_extension:extension>",
        RenditionView.as_view(),
        name="rendition",
    ),
    path("bilder/<uuid:pk>/original/", OriginalView.as_view(), name="original"),
]
