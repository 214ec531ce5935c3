from typing import Any

from django.db import models

from workflow import locked

Entry = Any  # A DiaryEntry, which has the fields.


class Changeable(models.Model):
    """How a diary entry comes to say something else."""

    class Meta:
        abstract = True

    def change(self: Entry, *, by: Any, focus_areas: Any = None, picture_alt: str | None = None, **fields: Any) -> None:
        """Rewrite what the entry says. Leave `focus_areas` out to keep them.

        Its picture is as public as the entry is, and a former one is not; `picture_alt` says what it shows. Raises
        NotReady for a picture that could not be read, when the entry is published.
        """
        with locked(self):
            former = self.picture
            changed = [name for name, value in fields.items() if getattr(self, name) != value]
            for name in changed:
                setattr(self, name, fields[name])
            if changed:
                self.save(update_fields=[*changed, "changed_at"])
            if former and former != self.picture:
                former.withdraw()
            if focus_areas is not None and set(focus_areas) != set(self.focus_areas.all()):
                self.focus_areas.set(focus_areas)
                changed.append("focus_areas")
            if self.picture and picture_alt is not None and self.picture.alt != picture_alt:
                self.picture.describe(picture_alt)
                changed.append("picture_alt")
            if self.picture and self.is_published and not self.picture.public:
                self.picture.publish()
            if changed:
                self.record("changed", by=by, fields=changed)
