"""Why a verb was refused. Each carries one sentence for the person who tried."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from workflow import IllegalTransition


class NotInThisState(IllegalTransition):
    """The revision is not in a state the verb starts from; someone may have been quicker."""

    def __init__(self, state: str) -> None:
        super().__init__(_("This version is %(state)s, so that cannot be done now.") % {"state": state})


class AlreadyBeingWritten(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("A new version of this method is already being written."))


class NothingPublished(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("Only a published method can get a new version."))


class NotYetWritten(IllegalTransition):
    """Sections that must be complete are not. `missing` lists them as `methods.sections.Missing`."""

    def __init__(self, missing: Sequence[Any]) -> None:
        self.missing = list(missing)
        sections = ", ".join(dict.fromkeys(str(item.section.title) for item in missing))
        super().__init__(_("Something is missing before this can be sent in: %(sections)s.") % {"sections": sections})


class FourEyes(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("You have written in this version yourself. Another coordinator has to publish it."))


class NotACoordinator(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("Only coordinators can do this."))


class ReasonNeeded(IllegalTransition):
    """A verb that has to be explained was not. The message says what is asked for."""


class PublishedIsFixed(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("A published version never changes. Begin a new version instead."))


class NotThisLabs(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(_("A claim can only rest on measurements of the method’s own lab, all of the same goal."))


class TooManyPictures(IllegalTransition):
    def __init__(self) -> None:
        super().__init__(
            _("Someone else chose pictures at the same time, and there is not room for all. Open the section again.")
        )


class EditConflict(IllegalTransition):
    """Someone else saved the section after it was opened.

    `section` is its key; `yours` and `theirs` map field names to values; `version` is the one theirs was saved as.
    """

    def __init__(self, section: str, yours: Mapping[str, Any], theirs: Mapping[str, Any], version: int) -> None:
        self.section, self.yours, self.theirs, self.version = section, yours, theirs, version
        super().__init__(_("Someone else has changed this section since you opened it. Both texts are kept."))
