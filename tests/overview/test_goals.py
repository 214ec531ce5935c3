"""The goals of every lab, from above."""

import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.labs.factories import make_goal, make_qualitative_goal, make_verified


def test_every_goal_stands_there_in_words_with_its_sign(coordinator_client, lab, other_lab, lab_member):
    make_verified(make_goal(lab, title="Nått"), 2018, numerator=15, denominator=22)
    make_verified(make_goal(lab, title="Sackar"), 2018, numerator=5, denominator=22)
    make_verified(make_goal(other_lab, title="För få"), 2018, numerator=4, denominator=4)
    make_qualitative_goal(lab).assess(by=lab_member, on=datetime.date(2019, 5, 2), step=2, rationale="Vi ses.")
    page = coordinator_client.get("/oversikt/mal/")
    assert [(str(standing), count) for standing, count in page.context["counts"]] == [
        ("reached", 1),
        ("on_track", 0),
        ("off_track", 1),
        ("unknown", 1),
    ]
    content = page.content.decode()
    for words in [
        "I mål",
        "Ligger efter",
        "För få för att dra slutsatser.",
        "Steg 2 av 3",
        "Möts ibland",
        "120\xa0% av vägen",
    ]:
        assert words in content


def test_coordinators_see_small_counts_in_full(coordinator_client, lab):
    make_verified(make_goal(lab), 2018, numerator=3, denominator=22)
    assert "3 av 22 kvinnor" in coordinator_client.get("/oversikt/mal/").content.decode()


def test_the_board_does_the_same_number_of_queries_for_one_goal_and_three(coordinator_client, lab, lab_member):
    def add() -> None:
        make_verified(make_goal(lab), 2018)
        make_qualitative_goal(lab).assess(by=lab_member, on=datetime.date(2019, 5, 2), step=2, rationale="Vi ses.")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get("/oversikt/mal/").status_code == 200
        return len(captured)

    add()
    queries()
    one = queries()
    add()
    add()
    assert queries() == one


def test_no_labs_yet(coordinator_client):
    assert "Det finns inga labb än" in coordinator_client.get("/oversikt/mal/").content.decode()
