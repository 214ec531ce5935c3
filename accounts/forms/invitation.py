from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, User


class InvitationForm(forms.ModelForm[Invitation]):
    """Invites to what `by` may invite to: coordinators to every lab and as coordinator, leads to their own labs."""

    class Meta:
        model = Invitation
        fields = ["email", "name", "role", "lab", "language"]
        labels = {
            "email": _("E-mail address"),
            "name": _("Name, if you know it"),
            "role": _("Invite as"),
            "lab": _("Lab"),
            "language": _("Language of the e-mail"),
        }
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "role": forms.RadioSelect,
            "language": forms.RadioSelect,
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        lab = cast("forms.ModelChoiceField[Any]", self.fields["lab"])
        role = cast(forms.ChoiceField, self.fields["role"])
        every_lab: Any = lab.queryset
        labs = every_lab.alphabetical()
        role.choices = Invitation.Role.choices if by.is_coordinator else Invitation.Role.choices[:2]
        role.initial = Invitation.Role.MEMBER
        if by.is_coordinator:
            lab.queryset, lab.empty_label = labs, _("No lab (for coordinators)")
        else:
            lab.queryset = labs.filter(memberships__user=by, memberships__role=Invitation.Role.LEAD)
            lab.required, lab.empty_label = True, None

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        role, lab, email = data.get("role"), data.get("lab"), data.get("email")
        if role == Invitation.Role.COORDINATOR:
            data["lab"] = lab = None
        elif role and not lab and "lab" not in self.errors:
            self.add_error("lab", _("Choose the lab that the person is to work in."))
        if role and email and not self.errors:
            self._refuse_the_superfluous(email, role, lab)
        return data

    def _refuse_the_superfluous(self, email: str, role: str, lab: Any) -> None:
        if Invitation.objects.open().filter(email=email, lab=lab).exists():
            raise ValidationError(_("%(email)s is invited already. You can send it again below.") % {"email": email})
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            return
        if not user.is_active:
            raise ValidationError(_("The account of %(email)s is deactivated.") % {"email": email})
        if (lab and lab.memberships.filter(user=user, role=role).exists()) or (not lab and user.is_coordinator):
            raise ValidationError(_("%(email)s has this place already.") % {"email": email})

    def _post_clean(self) -> None:
        """The invitation is made by its verb, which sets what model validation would miss here."""

    def invite(self) -> Invitation:
        return Invitation.objects.invite(by=self.by, **self.cleaned_data)


class AcceptanceForm(forms.Form):
    """What a person new here tells us as they come in."""

    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
