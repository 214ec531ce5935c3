"""A place for one picture in a form, and what it holds at the moment."""

from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing
from django.utils.translation import get_language

from pictures.models import Focus, Picture

SALT = "pictures.slot"


class NotASlot(Exception):
    """The signed slot was forged or mangled."""


@dataclass(frozen=True)
class Slot:
    """The field's HTML name and id, its label, the width it asks for in pixels, the language of its page, and whether
    the picture will be cropped somewhere, so that it asks for what matters most in it, and the visitor's key.

    It travels to the browser and back signed, so that the upload endpoint answers with the very widget the page had.
    """

    name: str
    id: str
    label: str
    min_width: int = 1
    language: str = "sv"
    crops: bool = False
    visitor: str = ""

    @classmethod
    def of(
        cls, name: str, html_id: str, label: str, min_width: int, *, crops: bool = False, visitor: str = ""
    ) -> "Slot":
        return cls(name, html_id, str(label), min_width, get_language() or "sv", crops, visitor)

    @classmethod
    def unsign(cls, signed: str) -> "Slot":
        try:
            return cls(**signing.loads(signed, salt=SALT))
        except (signing.BadSignature, TypeError, ValueError):
            raise NotASlot from None

    def sign(self) -> str:
        return signing.dumps(asdict(self), salt=SALT)

    @property
    def saved_name(self) -> str:
        """The hidden field that carries what is stored already."""
        return f"{self.name}-saved"

    @property
    def focus_name(self) -> str:
        """The field that says what matters most in the picture."""
        return f"{self.name}-focus"

    @property
    def upload_name(self) -> str:
        return f"upload_{self.name}"

    @property
    def remove_name(self) -> str:
        return f"remove_{self.name}"


@dataclass(frozen=True)
class Held:
    """What a slot holds: a picture with the token that carries it, or nothing; and what was wrong with the last try.

    `fresh` tells a draft of this visitor from the picture the object already had.
    """

    slot: Slot
    picture: Picture | None = None
    token: str = ""
    error: str = ""
    code: str = ""
    fresh: bool = False
    chosen_focus: str = ""

    @property
    def focus(self) -> str:
        """What matters most in the picture: as chosen in this form, else as it was."""
        return self.chosen_focus or (self.picture.focus if self.picture else "")

    @property
    def focuses(self) -> list[tuple[str, Any]]:
        return list(Focus.choices) if self.slot.crops and self.picture else []
