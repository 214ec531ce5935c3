"""A form that is kept while it is filled in, and opened again where it was left."""

from copy import copy
from dataclasses import replace
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from antispam import tickets
from merging import Merge, Seen, Values, mark
from pictures.fields import PictureBoundField, PictureField, PicturesFormMixin
from pictures.visitors import Visitor
from procurement_portal.models.started_application import StartedApplication

# What is given when the form is sent in, each time anew, or only says how it is sent.
NOT_KEPT = {"consent", "ticket", "nickname", "seen"}


class Resumable(PicturesFormMixin, forms.Form):
    """The form's words go to a `StartedApplication` and come back, right or wrong. With `unchecked` nothing is said
    about them; only a picture that could not be stored is an error.
    """

    seen = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, unchecked: bool = False, **kwargs: Any) -> None:
        self.unchecked = unchecked
        # Whether other windows have written what this one has not shown yet.
        self.is_outdated = False
        super().__init__(*args, **kwargs)
        self._agree_on_the_visitor()

    @classmethod
    def resumed(cls, started: StartedApplication, *, visitor: Visitor) -> Self:
        """The form as it was left."""
        data = QueryDict(mutable=True)
        form = cls(data, visitor=visitor, unchecked=True)
        form._write(data, started.values)
        data["ticket"] = tickets.new_ticket(started.form_key)
        data["seen"] = str(Seen.of(started.values))
        form._agree_on_the_visitor()
        return form

    def _agree_on_the_visitor(self) -> None:
        """The first words and the first picture may be sent at once, each without a session: the key that theirs are
        going to have follows from the form, so that both belong to one visitor."""
        key = tickets.key_of((self.data if self.is_bound else self.initial).get("ticket", ""))
        if key:
            proposed = salted_hmac("procurement_portal.visitor", key.hex, algorithm="sha256").hexdigest()[:32]
            self.visitor = replace(self.visitor, proposed=proposed)

    @property
    def pressed(self) -> bool:
        return self.unchecked or super().pressed

    @property
    def seen_before(self) -> Seen | None:
        """What this window had seen; None for a request that does not say."""
        return Seen.read(self.data["seen"]) if "seen" in self.data else None

    def written(self) -> Values:
        """What stands in the fields, as it was typed. Pictures as the tokens that this visitor may carry."""
        data: Any = self.data
        whole = "seen" in data
        values: Values = {}
        for name, field in self.fields.items():
            if name in NOT_KEPT:
                continue
            if isinstance(field, PictureField):
                if whole or {self._carrier(name), name} & {*data, *(self.files or {})}:
                    values[name] = self._token(name)
            elif whole or name in data:
                words = [each.replace("\x00", "").replace("\r\n", "\n") for each in data.getlist(name)]
                values[name] = [each for each in words if each]
        return values

    def take_in(self, merge: Merge, started: StartedApplication | None) -> None:
        """Show what other windows have written, and what both have; the form stands where `merge` left it."""
        data: Any = copy(self.data)
        self._write(data, {name: merge.values.get(name, []) for name in merge.news})
        data["seen"] = str(Seen.of(merge.values))
        if started is not None and tickets.key_of(data.get("ticket", "")) != started.form_key:
            data["ticket"] = tickets.new_ticket(started.form_key)
        self.data = data
        for name in merge.news:
            self._held.pop(name, None)
        self.is_outdated = bool(merge.disputed or (merge.news and not self.pressed))
        if merge.news and not self.pressed:
            self._announce(merge.news)
        for name in merge.disputed:
            self.add_error(name, self._dispute(name, merge.values.get(name, [])))

    def _announce(self, news: list[str]) -> None:
        """Nobody sends in what they have not read."""
        self.unchecked = True
        self.full_clean()
        names = ", ".join(str(self.fields[name].label) for name in news)
        self.add_error(
            None,
            _(
                "You have filled in more in another window: %(names)s. It stands here now. "
                "Look it through and send again."
            )
            % {"names": names},
        )

    def _dispute(self, name: str, other: list[str]) -> str:
        if isinstance(self.fields[name], forms.CharField) and other:
            return _(
                "In another window it says “%(other)s”. What you wrote here is still in the field: "
                "save or send again if that is what holds."
            ) % {"other": Truncator(other[0]).chars(300)}
        return _(
            "%(label)s was changed in another window too. What you chose here still stands here: "
            "save or send again if that is what holds."
        ) % {"label": capfirst(str(self.fields[name].label))}

    def _carrier(self, name: str) -> str:
        bound = self[name]
        assert isinstance(bound, PictureBoundField)  # noqa: S101 – asked for picture fields only
        return bound.slot.saved_name

    def _token(self, name: str) -> list[str]:
        held = self.held(name)
        if held.picture is not None:
            return [held.token]
        # What another window has replaced is no change of this one's; what was never this visitor's is nothing.
        brought = self.data.get(self._carrier(name), "")
        untouched = not held.error and held.slot.remove_name not in self.data
        seen = self.seen_before
        return [brought] if brought and untouched and seen and seen.marks.get(name) == mark([brought]) else []

    def _write(self, data: Any, values: Values) -> None:
        for name, written in values.items():
            field = self.fields.get(name)
            if isinstance(field, PictureField):
                data[self._carrier(name)] = written[0] if written else ""
            elif field is not None:
                data.setlist(name, written)
