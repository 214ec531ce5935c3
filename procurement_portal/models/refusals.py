"""Why a verb on an application was refused. Each message is a sentence for the person who tried."""

from workflow import IllegalTransition


class AlreadyConfirmed(IllegalTransition):
    pass


class NotConfirmed(IllegalTransition):
    pass


class NotWaitingForReview(IllegalTransition):
    pass


class AlreadyAssigned(IllegalTransition):
    pass


class NotUnderReview(IllegalTransition):
    pass


class AlreadyDecided(IllegalTransition):
    pass


class NotMendable(IllegalTransition):
    pass


class PicturesNotReady(IllegalTransition):
    pass


class NotListed(IllegalTransition):
    pass


class NotRenewable(IllegalTransition):
    pass


class AlreadyListed(IllegalTransition):
    pass


class AlreadyRecommended(IllegalTransition):
    pass


class NoRecommendation(IllegalTransition):
    pass


class OwnRecommendation(IllegalTransition):
    pass


class NewerVersion(IllegalTransition):
    pass


class NothingToChange(IllegalTransition):
    pass


class ChangeDecided(IllegalTransition):
    pass


class AlreadySent(IllegalTransition):
    pass


class TooManyStarted(IllegalTransition):
    pass


class TooMuchToKeep(IllegalTransition):
    pass


class StillListed(IllegalTransition):
    pass


class SharedListing(IllegalTransition):
    pass


class AlreadyAskedFor(IllegalTransition):
    pass
