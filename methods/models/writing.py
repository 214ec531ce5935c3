from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from methods import sections
from methods.exceptions import EditConflict, NotInThisState, NotThisLabs
from workflow import locked

if TYPE_CHECKING:
    from methods.models.claim import Claim
    from methods.models.revision import Revision

Draft = Any  # A Revision; the traits are mixed into it and cannot name it without a circle.


class Writable(models.Model):
    """How a revision is written: section by section, by several people, without anyone's words being lost."""

    MOST_PICTURES = 3

    class Meta:
        abstract = True

    @property
    def is_writable(self: Draft) -> bool:
        return self.state in self.WRITABLE

    @cached_property
    def missing(self: Draft) -> list[sections.Missing]:
        """What review needs and is not there yet."""
        return list(sections.missing(self))

    def section_values(self: Draft, key: str) -> dict[str, Any]:
        """The stored values of a section, as `save_section` takes them. Raises KeyError for an unknown section."""
        values: dict[str, Any] = {name: getattr(self, name) for name in sections.BY_KEY[key].fields}
        if key == "basics":
            values["focus_areas"] = sorted(area.pk for area in self.focus_areas.all())
        elif key == "components":
            values["components"] = [
                {"kind": part.kind, "title": part.title, "description": part.description}
                for part in self.components.all()
            ]
        elif key == "pictures":
            values["pictures"] = [{"picture": each.picture_id, "alt": each.alt} for each in self.illustrations.all()]
        return values

    def section_version(self: Draft, key: str) -> int:
        """The version a section was last saved as; 0 when nobody has. A form carries it to `save_section`."""
        return int(self.saves.get(key, {}).get("version", 0))

    def section_saved_at(self: Draft, key: str) -> Any:
        """When a section was last saved, or None."""
        at = self.saves.get(key, {}).get("at")
        return parse_datetime(at) if at else None

    def saved_by(self: Draft, key: str) -> Any:
        """Who last saved a section, or None."""
        return get_user_model().objects.filter(pk=self.saves.get(key, {}).get("by")).first()

    def save_section(self: Draft, section: str, values: Mapping[str, Any], version: int, by: Any) -> int:
        """Store a section's values and return the version they were saved as.

        `version` is the section's version when the writer opened it. Saving what is already stored changes nothing, so
        that a save repeated after a lost reply is harmless. Raises EditConflict with both texts when someone else saved
        the section meanwhile, NotInThisState when the revision is not being written.
        """
        # The method first, as publishing does, so that the two never wait for each other.
        with locked(self.method), locked(self):
            if not self.is_writable:
                raise NotInThisState(self.get_state_display())
            stored = self.section_values(section)
            new = {name: _stored_form(values[name]) for name in stored if name in values}
            if all(stored[name] == value for name, value in new.items()):
                return self.section_version(section)
            if version < self.section_version(section):
                raise EditConflict(section, new, stored, self.section_version(section))
            for name in sections.BY_KEY[section].fields:
                if name in new:
                    setattr(self, name, new[name])
            self._note_save(section, by)
            self.save()
            self._save_lists(new)
            self.method.follow_draft(self)
        self.__dict__.pop("missing", None)
        return self.section_version(section)

    def add_pictures(self: Draft, values: Mapping[str, Any], version: int, by: Any) -> int:
        """As `save_section` for the pictures. When two people chose at the same time, both get theirs if there is room.

        Raises EditConflict when there is not.
        """
        try:
            return self.save_section("pictures", values, version, by)
        except EditConflict as conflict:
            theirs = conflict.theirs["pictures"]
            known = {each["picture"] for each in theirs}
            both = [*theirs, *(each for each in conflict.yours["pictures"] if each["picture"] not in known)]
            if len(both) > self.MOST_PICTURES:
                raise
            return self.save_section("pictures", {"pictures": both}, conflict.version, by)

    def _note_save(self: Draft, section: str, by: Any) -> None:
        self.version += 1
        self.saves[section] = {
            "version": self.version,
            "by": by.pk,
            "at": timezone.now().isoformat(),
            # Whoever saves last must not wipe out who wrote before: none of them may publish.
            "writers": sorted({*self.saves.get(section, {}).get("writers", []), by.pk}),
        }

    def _save_lists(self: Draft, new: Mapping[str, Any]) -> None:
        from methods.models.component import Component
        from methods.models.illustration import Illustration

        if "focus_areas" in new:
            self.focus_areas.set(new["focus_areas"])
        if "components" in new:
            self.components.all().delete()
            Component.objects.bulk_create(
                Component(revision=self, position=position, **part) for position, part in enumerate(new["components"])
            )
        if "pictures" in new:
            self.illustrations.all().delete()
            Illustration.objects.bulk_create(
                Illustration(revision=self, position=position, picture_id=each["picture"], alt=each["alt"])
                for position, each in enumerate(new["pictures"][: self.MOST_PICTURES], start=1)
            )
        self.__dict__.pop("_prefetched_objects_cache", None)

    def claim(
        self: Draft, statement: str, measurements: Iterable[Any], *, by: Any, instead_of: "Claim | None" = None
    ) -> "Claim":
        """State a result that rests on these measurements, as a new claim or in place of an earlier one.

        Raises NotThisLabs unless there are measurements, all of one goal of the method's lab.
        """
        from methods.models.claim import Claim

        measurements = list(measurements)
        with locked(self):
            if not self.is_writable:
                raise NotInThisState(self.get_state_display())
            if len({each.goal_id for each in measurements}) != 1 or measurements[0].goal.lab_id != self.method.lab_id:
                raise NotThisLabs()
            claim = instead_of or Claim(revision=self, position=self.claims.count())
            claim.statement, claim.goal = statement, measurements[0].goal
            claim.save()
            claim.measurements.set(measurements)
            self._note_save("claims", by)
            self.save()
        return claim

    def unclaim(self: Draft, claim: "Claim", *, by: Any) -> None:
        """Take a claim out of the report."""
        with locked(self):
            if not self.is_writable:
                raise NotInThisState(self.get_state_display())
            claim.delete()
            self._note_save("claims", by)
            self.save()

    def written_by(self: Draft, user: Any) -> bool:
        """Whether any of the words are the user's: as author, or by having saved a section or sent it in."""
        writers = {pk for save in self.saves.values() for pk in save.get("writers", [])}
        return user.pk in {self.author_id, self.submitted_by_id, *writers}

    def copy_content_to(self: Draft, other: "Revision") -> None:
        """Copy the words, parts, claims and pictures of this revision to a newly saved one."""
        other.focus_areas.set(self.focus_areas.all())
        for rows in (self.components.all(), self.illustrations.all()):
            for row in rows:
                row.pk, row.revision, row._state.adding = None, other, True
                row.save()
        for claim in self.claims.prefetch_related("measurements"):
            measurements = list(claim.measurements.all())
            claim.pk, claim.revision, claim._state.adding = None, other, True
            claim.save()
            # Otherwise set() takes the measurements read for the original as the copy's own, and adds none.
            claim._prefetched_objects_cache = {}
            claim.measurements.set(measurements)


def _stored_form(value: Any) -> Any:
    """A form's value as `section_values` gives it back, so that the two compare."""
    if isinstance(value, models.QuerySet):
        return sorted(each.pk for each in value)
    if isinstance(value, list | tuple):
        return [getattr(each, "pk", each) for each in value]
    return value
