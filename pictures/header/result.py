from dataclasses import dataclass

NAMES = {"jpeg": "JPEG", "png": "PNG", "webp": "WebP"}

SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


@dataclass(frozen=True)
class Header:
    """What a picture says about itself. Width and height are in pixels as stored, before any turning."""

    format: str
    stored_width: int
    stored_height: int
    orientation: int = 1
    animated: bool = False

    @property
    def turned(self) -> bool:
        return self.orientation in SIDEWAYS

    @property
    def width(self) -> int:
        """Pixels across, as the picture is seen: after EXIF orientation."""
        return self.stored_height if self.turned else self.stored_width

    @property
    def height(self) -> int:
        """Pixels down, as the picture is seen: after EXIF orientation."""
        return self.stored_width if self.turned else self.stored_height

    @property
    def name(self) -> str:
        """The format as people write it: JPEG, PNG or WebP."""
        return NAMES[self.format]
