import pytest

from procurement_portal.organisation_number import OrganisationNumber, OrganisationNumberError
from tests.procurement_portal.factories import SOLE_TRADER


@pytest.mark.parametrize(
    "written",
    ["556016-0680", "5560160680", " 556016 0680 ", "16556016-0680", "16 5560160680", "556016–0680", "556016.0680"],
)
def test_a_number_is_read_the_ways_people_write_it(written):
    assert OrganisationNumber.read(written).digits == "5560160680"


def test_a_number_is_shown_with_its_dash():
    assert str(OrganisationNumber("5560160680")) == "556016-0680"


def test_a_company_is_no_sole_trader_and_its_number_is_not_masked():
    number = OrganisationNumber.read("556016-0680")
    assert (number.is_sole_trader, number.masked) == (False, "556016-0680")


@pytest.mark.parametrize("century", ["", "19"])
def test_a_sole_trader_is_told_by_the_date_of_birth_and_masked(century):
    number = OrganisationNumber.read(century + SOLE_TRADER)
    assert (number.digits, number.is_sole_trader, number.masked) == (SOLE_TRADER, True, "850709-••••")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("55601606", " 8 "),
        ("556016068055601", " 15 "),
        ("556016-068O", "556016-068O"),
        ("556016-0681", "556016-0681"),
        ("٥٥٦٠١٦٠٦٨٠", "٥٥٦٠١٦٠٦٨٠"),
        ("<script>", "<script>"),
        ("991345-0004", "991345-0004"),
    ],
)
def test_a_wrong_number_is_refused_with_what_was_found(written, said):
    with pytest.raises(OrganisationNumberError) as refusal:
        OrganisationNumber.read(written)
    assert said in str(refusal.value)
