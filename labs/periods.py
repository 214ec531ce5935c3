import calendar
import datetime
from dataclasses import dataclass


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month, `months` on; the last of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Period:
    """A stretch of whole days, both ends included."""

    start: datetime.date
    end: datetime.date

    @classmethod
    def starting(cls, start: datetime.date, months: int) -> "Period":
        return cls(start, months_later(start, months) - datetime.timedelta(days=1))

    def next(self, months: int) -> "Period":
        return Period.starting(self.end + datetime.timedelta(days=1), months)

    def latest_ended(self, months: int, today: datetime.date) -> "Period":
        """This period, or the last one in its rhythm that has ended by `today`."""
        whole_months = (today.year - self.start.year) * 12 + today.month - self.start.month
        for rounds in range(whole_months // months + 1, 0, -1):
            candidate = Period.starting(months_later(self.start, rounds * months), months)
            if candidate.end <= today:
                return candidate
        return self
