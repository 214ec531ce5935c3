"""Pictures in forms. A form that has a PictureField takes PicturesFormMixin first among its bases:

class ApplicationForm(PicturesFormMixin, forms.Form):
    logo = PictureField(label=_("Logo"), min_width=200)

form = ApplicationForm(request.POST, request.FILES, visitor=Visitor.of(request))
if form.is_valid():
    form.cleaned_data["logo"].claim("application 12, logo")
"""

from typing import Any, cast

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict
from django.utils.functional import lazystr
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pictures.holding import hold
from pictures.models import Picture
from pictures.refusals import NotStored, TooLarge
from pictures.slots import Held, Slot
from pictures.visitors import Visitor
from pictures.widgets import PictureInput


class PictureField(forms.Field):
    """One picture, at least `min_width` pixels across as it is seen. The cleaned value is a `Picture` or None.

    With `crops=True` it asks what matters most in the picture, for where it is shown in another shape than its own.
    """

    widget = PictureInput
    default_error_messages = {"required": gettext_lazy("A picture is needed here, and none is chosen.")}

    def __init__(self, *, min_width: int = 1, crops: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", self.promise(min_width))
        super().__init__(**kwargs)
        self.min_width = min_width
        self.crops = crops

    @staticmethod
    def promise(min_width: int) -> Any:
        """The hint that says what is taken, before anybody is refused."""
        if min_width <= 1:
            return gettext_lazy("JPEG, PNG or WebP, at most 200 MB.")
        return format_lazy(
            gettext_lazy("JPEG, PNG or WebP, at least {min_width} pixels wide, at most 200 MB."),
            min_width=lazystr(min_width),
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> "PictureBoundField":
        return PictureBoundField(form, self, field_name)

    def clean(self, value: Held) -> Picture | None:
        if value.error:
            raise ValidationError(value.error, code=value.code)
        if value.picture is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        return value.picture

    def has_changed(self, initial: Any, data: Any) -> bool:
        if data.picture is None:
            return bool(data.error) or initial is not None
        return bool(data.error) or data.fresh or data.focus != data.picture.focus


class PictureBoundField(BoundField):
    """A picture field in a form: its data and its value are what the slot holds."""

    field: PictureField

    @property
    def slot(self) -> Slot:
        visitor = getattr(self.form, "visitor", None)
        return Slot.of(
            self.html_name,
            self.auto_id,
            cast(str, self.label),
            self.field.min_width,
            crops=self.field.crops,
            visitor=visitor.key if visitor else "",
        )

    @property
    def current(self) -> Picture | None:
        """The picture the object had before this form, given as a Picture or its key in `initial`."""
        initial = self.initial
        if initial is None or isinstance(initial, Picture):
            return initial
        return Picture.objects.filter(pk=initial).first()

    @property
    def data(self) -> Held:
        form = self.form
        if not isinstance(form, PicturesFormMixin):
            raise ImproperlyConfigured(
                f"{type(form).__name__} has a PictureField; it needs PicturesFormMixin as a base."
            )
        return form.held(self.name)

    def value(self) -> Held:
        if self.form.is_bound:
            return self.data
        current = self.current
        return Held(self.slot, current, str(current.pk) if current else "")


class PicturesFormMixin(forms.BaseForm):
    """Stores valid pictures before anything else is validated, so that an error elsewhere never loses one.

    When one of the pictures' own buttons was pressed, nothing else is validated: the form is not valid, shows no
    other errors, and `response_status` is 200. Views answer a form that is not valid with that status.
    """

    def __init__(self, *args: Any, visitor: Visitor, **kwargs: Any) -> None:
        self.visitor = visitor
        self._held: dict[str, Held] = {}
        super().__init__(*args, **kwargs)

    @property
    def picture_fields(self) -> list[PictureBoundField]:
        return [self[name] for name, field in self.fields.items() if isinstance(field, PictureField)]  # type: ignore[misc]

    def held(self, name: str) -> Held:
        """What the field `name` holds after this request's uploads and removals."""
        if name not in self._held:
            bound = cast(PictureBoundField, self[name])
            self._held[name] = hold(bound.slot, self.data, self.files, self.visitor, current=bound.current)
        return self._held[name]

    @property
    def pressed(self) -> bool:
        """Whether this request is about the pictures only: an upload or remove button was pressed."""
        return self.is_bound and any(
            button in self.data
            for bound in self.picture_fields
            for button in (bound.slot.upload_name, bound.slot.remove_name)
        )

    def full_clean(self) -> None:
        if self.is_bound and not (self.empty_permitted and not self.has_changed()):
            for bound in self.picture_fields:
                self.held(bound.name)
        if not self.pressed:
            super().full_clean()
            return
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data: dict[str, Any] = {}
        for bound in self.picture_fields:
            held = self.held(bound.name)
            if held.error:
                self.add_error(bound.name, ValidationError(held.error, code=held.code))
            elif bound.slot.upload_name in self.data and not self._chosen():
                self.add_error(
                    bound.name, ValidationError(_("Choose a picture first, then press Upload."), code="none")
                )

    def _chosen(self) -> bool:
        return any(bound.html_name in self.files for bound in self.picture_fields)

    def is_valid(self) -> bool:
        return super().is_valid() and not self.pressed

    @property
    def response_status(self) -> int:
        """The status to redisplay the form with.

        200 after a picture was stored or removed, 413 for one over the limit, 503 when none can be stored, 400 with
        other errors.
        """
        if not self.is_bound or not self.errors:
            return 200
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        if NotStored.code in codes:
            return 503
        return 413 if TooLarge.code in codes else 400

    def claim_pictures(self, label: str) -> None:
        """Claim every newly uploaded picture of a valid form, and keep what was chosen as most important in each.

        `label` names the object, the field's label is added.
        """
        for bound in self.picture_fields:
            held = self.held(bound.name)
            if held.fresh and held.picture is not None:
                held.picture.claim(f"{label}: {bound.label}")
        self.focus_pictures()

    def focus_pictures(self) -> None:
        """Keep what was chosen as most important in each picture."""
        for bound in self.picture_fields:
            held = self.held(bound.name)
            if held.picture is not None and held.focus != held.picture.focus:
                held.picture.focus_on(held.focus)

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """The form behind a default button, so that Enter sends it and does not press a picture's upload button."""
        button = self.renderer.render("pictures/_default_button.html", {})
        return SafeString(button + super().render(*args, **kwargs))

    __str__ = render
    __html__ = render
