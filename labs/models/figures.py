from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from labs import small_numbers

if TYPE_CHECKING:
    from labs.models.goal import Goal
    from labs.models.measurement import Measurement


def in_digits(number: Decimal | int) -> str:
    """A number in the reader's digits, without empty decimals: 1 234,5."""
    number = Decimal(number)
    places = 0 if number == number.to_integral_value() else 1 if (number * 10) % 1 == 0 else 2
    return number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)


def in_unit(goal: "Goal", amount: Decimal | None) -> str:
    """A baseline or target in the goal's unit: “60 %”, “1 200 kr”, “100 activities”. Empty for None."""
    if amount is None:
        return ""
    digits = in_digits(amount.quantize(Decimal("0.01")))
    if goal.value_type in {"percent", "n_of_n"}:
        return f"{digits} %"
    if goal.value_type == "sek":
        return f"{digits} kr"
    return f"{digits} {goal.unit}".strip()


@dataclass(frozen=True)
class Figure:
    """A measured number ready to be read: `value` large (“15 of 22”), `unit` beside it (“women”, may be empty).

    `is_number` is False when there is nothing to show as a number: no value, or a count kept from the public.
    """

    value: str
    unit: str
    is_number: bool = True
    is_suppressed: bool = False

    def __str__(self) -> str:
        return f"{self.value} {self.unit}".strip()

    @classmethod
    def of(cls, measurement: "Measurement", *, public: bool = False) -> "Figure":
        goal = measurement.goal
        if public and measurement.points_at_people:
            return cls.suppressed(measurement)
        if measurement.denominator is not None:
            value = _("%(n)s of %(N)s") % {
                "n": in_digits(measurement.numerator or 0),
                "N": in_digits(measurement.denominator),
            }
            return cls(value, goal.unit)
        if measurement.value is None:
            return cls(_("No value"), "", is_number=False)
        if goal.value_type in {"number", "rating"}:
            return cls(in_digits(measurement.value), goal.unit)
        return cls(in_unit(goal, measurement.value), "")

    @classmethod
    def suppressed(cls, measurement: "Measurement") -> "Figure":
        few = _("fewer than %(few)d") % {"few": small_numbers.PUBLISH_COUNTS_FROM}
        large_group = (measurement.denominator or 0) >= small_numbers.PUBLISH_COUNTS_FROM
        if large_group:
            few = _("%(few)s of %(N)s") % {"few": few, "N": in_digits(measurement.denominator or 0)}
        return cls(few, measurement.goal.unit, is_number=False, is_suppressed=True)
