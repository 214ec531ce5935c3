"""The words that stand beside marks and steps, the same on every page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

EVIDENCE: dict[int, Promise] = {
    0: _("Evidence not assessed yet"),
    1: _("Described with a logic"),
    2: _("Change measured before and after"),
    3: _("Compared with a comparison group"),
    4: _("Repeated elsewhere with the same effect"),
    5: _("In regular operation at several places, with follow-up"),
}

PHASES: dict[str, Promise] = {
    "test": pgettext_lazy("method phase", "test"),
    "develop": pgettext_lazy("method phase", "develop"),
    "evaluate": pgettext_lazy("method phase", "evaluate"),
    "spread": pgettext_lazy("method phase", "spread"),
}
STOPPED = pgettext_lazy("method phase", "stopped")
