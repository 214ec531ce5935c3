"""Why a picture is refused: one class per reason, whose text says what was found and what is needed."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pictures.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from pictures.numbers import grouped, megabytes


class Refusal(Exception):
    """A picture we cannot take. `str()` is a sentence for the person who chose it, in their language."""

    code = "refused"

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self) -> str:
        raise NotImplementedError


class Empty(Refusal):
    code = "empty"

    def sentence(self) -> str:
        return _("The file is empty: it holds 0 bytes. Choose the picture again, or save it again first.")


class TooLarge(Refusal):
    code = "too_large"

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size

    def sentence(self) -> str:
        return _("The file is %(found)s bytes; the most we can take is %(needed)s bytes (%(megabytes)s MB).") % {
            "found": grouped(self.size),
            "needed": grouped(MAX_BYTES),
            "megabytes": megabytes(MAX_BYTES),
        }


class WrongExtension(Refusal):
    """The name ends in something other than the four endings we take."""

    code = "wrong_extension"

    def __init__(self, extension: str) -> None:
        super().__init__(extension)
        self.extension = extension

    def sentence(self) -> str:
        if not self.extension:
            return _("The file name has no ending. The picture needs to be a .jpg, .jpeg, .png or .webp file.")
        return _("The file is a .%(found)s file. The picture needs to be a .jpg, .jpeg, .png or .webp file.") % {
            "found": self.extension
        }


class WrongType(Refusal):
    """A picture of one type behind the ending of another."""

    code = "wrong_type"

    def __init__(self, extension: str, found: str) -> None:
        super().__init__(extension, found)
        self.extension, self.found = extension, found

    def sentence(self) -> str:
        return _(
            "The name ends in .%(extension)s but the file is a %(found)s picture. "
            "Save it as .%(extension)s, or rename it to .%(right)s."
        ) % {
            "extension": self.extension,
            "found": self.found,
            "right": {"JPEG": "jpg", "PNG": "png", "WebP": "webp"}[self.found],
        }


class NotAPicture(Refusal):
    """Something that is no JPEG, PNG or WebP. `found` names it when we know it, such as “PDF”."""

    code = "not_a_picture"

    def __init__(self, found: str = "") -> None:
        super().__init__(found)
        self.found = found

    def sentence(self) -> str:
        if self.found:
            return _("The file is a %(found)s file. The picture needs to be a JPEG, PNG or WebP.") % {
                "found": _("ZIP or Office") if self.found == "ZIP or Office" else self.found
            }
        return _("The file is not a picture we can read. The picture needs to be a JPEG, PNG or WebP.")


class Heic(Refusal):
    code = "heic"

    def sentence(self) -> str:
        return _(
            "The picture is in the HEIC format, which web pages cannot show. On an iPhone: open it in Photos, share it "
            "to Files or Mail and it becomes a JPEG, or choose Settings – Camera – Formats – Most Compatible and take "
            "it again. On a Mac: open it in Preview and choose File – Export – JPEG."
        )


class Damaged(Refusal):
    """The header breaks off, or says things that cannot be. `found` is the type it began as."""

    code = "damaged"

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def sentence(self) -> str:
        return _(
            "The file begins as a %(found)s picture but its header is cut short or damaged. "
            "Open it in a picture program, save it again and choose the new file."
        ) % {"found": self.found}


class Animated(Refusal):
    code = "animated"

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found

    def sentence(self) -> str:
        return _("The file is an animated %(found)s. The picture needs to stand still: save one frame of it.") % {
            "found": self.found
        }


class TooNarrow(Refusal):
    """Widths are in pixels, as the picture is seen: after the orientation the camera noted."""

    code = "too_narrow"

    def __init__(self, width: int, needed: int, *, turned: bool = False) -> None:
        super().__init__(width, needed)
        self.width, self.needed, self.turned = width, needed, turned

    def sentence(self) -> str:
        if self.turned:
            text = ngettext(
                "The picture is %(found)s pixel wide when turned upright; it needs to be at least %(needed)s.",
                "The picture is %(found)s pixels wide when turned upright; it needs to be at least %(needed)s.",
                self.width,
            )
        else:
            text = ngettext(
                "The picture is %(found)s pixel wide; it needs to be at least %(needed)s.",
                "The picture is %(found)s pixels wide; it needs to be at least %(needed)s.",
                self.width,
            )
        return text % {"found": grouped(self.width), "needed": grouped(self.needed)}


class TooManyPixels(Refusal):
    code = "too_many_pixels"

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.width, self.height = width, height

    def sentence(self) -> str:
        return _(
            "The picture is %(width)s × %(height)s pixels, %(found)s million in all; "
            "the most we can take is %(needed)s million. Make it smaller and choose it again."
        ) % {
            "width": grouped(self.width),
            "height": grouped(self.height),
            "found": grouped(-(-self.width * self.height // 1_000_000)),
            "needed": grouped(MAX_PIXELS // 1_000_000),
        }


class TooLong(Refusal):
    """A side longer than any screen or print needs, in pixels."""

    code = "side_too_long"

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.width, self.height = width, height

    def sentence(self) -> str:
        return _(
            "The picture is %(width)s × %(height)s pixels; no side may be longer than %(needed)s. "
            "Make it smaller and choose it again."
        ) % {"width": grouped(self.width), "height": grouped(self.height), "needed": grouped(MAX_SIDE)}


class NotStored(Refusal):
    """Our own disk or store could not take the picture; nothing is wrong with it."""

    code = "not_stored"

    def sentence(self) -> str:
        return _(
            "We cannot store pictures at the moment. There is nothing wrong with yours, and what you have written is "
            "still here. Wait a few minutes and choose the picture again."
        )


class TooManyWaiting(Refusal):
    """The visitor has as many pictures here as one may have that no form has been sent in with. Time does not help."""

    code = "too_many_waiting"

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def sentence(self) -> str:
        return ngettext(
            "You already have %(most)s picture waiting, and we cannot keep more for you. Send in what it belongs to "
            "or remove it, and choose the picture again; what you have saved is still here.",
            "You already have %(most)s pictures waiting, and we cannot keep more for you. Send in what they belong to "
            "or remove one of them, and choose the picture again; what you have saved is still here.",
            self.most,
        ) % {"most": grouped(self.most)}


class TooManyUploads(Refusal):
    """More uploads an hour than one network needs."""

    code = "too_many"

    def sentence(self) -> str:
        return _(
            "You have uploaded many pictures in a short time. Wait an hour and choose the picture again; "
            "what you have saved is still here."
        )
