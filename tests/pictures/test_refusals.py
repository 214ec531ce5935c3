import pytest
from django.core.files.base import ContentFile
from django.utils import translation

from pictures import refusals
from pictures.header import Header
from pictures.inspection import check_dimensions, inspect
from pictures.limits import MAX_BYTES
from pictures.names import display_name
from tests.pictures.factories import jpeg_bytes, png_bytes, png_header, webp_bytes

EXAMPLES = [
    refusals.Empty(),
    refusals.TooLarge(MAX_BYTES + 1),
    refusals.WrongExtension("gif"),
    refusals.WrongExtension(""),
    refusals.WrongType("png", "JPEG"),
    refusals.NotAPicture("PDF"),
    refusals.NotAPicture(),
    refusals.Heic(),
    refusals.Damaged("PNG"),
    refusals.Animated("PNG"),
    refusals.TooNarrow(199, 200),
    refusals.TooNarrow(199, 200, turned=True),
    refusals.TooManyPixels(12_001, 10_000),
    refusals.TooLong(20_001, 10),
    refusals.NotStored(),
    refusals.TooManyWaiting(60),
    refusals.TooManyUploads(),
]


def refused(content: bytes, name: str, min_width: int = 200) -> refusals.Refusal:
    with pytest.raises(refusals.Refusal) as refusal:
        inspect(ContentFile(content, name=name), name=name, min_width=min_width)
    return refusal.value


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", png_bytes(200, 10)),
        ("LOGO.PNG", png_bytes(200, 10)),
        ("a.jpg", jpeg_bytes(200, 10)),
        ("a.b.jpeg", jpeg_bytes(200, 10)),
        ("a.webp", webp_bytes(200, 10)),
        ("turned.jpg", jpeg_bytes(10, 200, orientation=6)),
    ],
)
def test_a_picture_of_just_the_width_is_taken(name, content):
    assert inspect(ContentFile(content, name=name), name=name, min_width=200).width == 200


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.png", "Filen är tom: den innehåller 0 byte. Välj bilden igen, eller spara om den först."),
        (png_bytes(199, 10), "a.png", "Bilden är 199 pixlar bred; den behöver vara minst 200."),
        (png_bytes(1, 10), "a.png", "Bilden är 1 pixel bred; den behöver vara minst 200."),
        (
            jpeg_bytes(400, 180, orientation=6),
            "a.jpg",
            "Bilden är 180 pixlar bred efter vridning; den behöver vara minst 200.",
        ),
        (
            jpeg_bytes(300, 300),
            "logo.png",
            "Namnet slutar på .png men filen är en JPEG-bild. Spara den som .png, eller byt namnets slut till .jpg.",
        ),
        (
            b"<!doctype html><h1>Hej</h1>",
            "logo.png",
            "Filen är en HTML-fil. Bilden behöver vara JPEG, PNG eller WebP.",
        ),
        (b"<svg/>", "logo.png", "Filen är en SVG-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"%PDF-1.4", "logo.png", "Filen är en PDF-fil. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"hej", "logo.png", "Filen är ingen bild som vi kan läsa. Bilden behöver vara JPEG, PNG eller WebP."),
        (b"%PDF-1.4", "cv.pdf", "Filen är en .pdf-fil. Bilden behöver vara en .jpg-, .jpeg-, .png- eller .webp-fil."),
        (png_bytes(), "logo", "Filnamnet saknar ändelse. Bilden behöver vara en .jpg-, .jpeg-, .png- eller .webp-fil."),
        (
            png_bytes()[:20],
            "a.png",
            (
                "Filen börjar som en PNG-bild men dess början är avhuggen eller skadad. "
                "Öppna den i ett bildprogram, spara om den och välj den nya filen."
            ),
        ),
        (
            png_header(20_001, 10),
            "a.png",
            (
                "Bilden är 20\xa0001 × 10 pixlar; ingen sida får vara längre än 20\xa0000. "
                "Gör den mindre och välj den igen."
            ),
        ),
        (
            png_header(12_001, 10_000),
            "a.png",
            (
                "Bilden är 12\xa0001 × 10\xa0000 pixlar, tillsammans 121 miljoner; "
                "vi kan ta emot högst 120 miljoner. Gör den mindre och välj den igen."
            ),
        ),
    ],
)
def test_each_refusal_says_what_was_found_and_what_is_needed(content, name, sentence):
    assert str(refused(content, name)) == sentence


def test_the_same_sentences_in_english():
    with translation.override("en"):
        assert (
            str(refused(png_bytes(199, 10), "a.png")) == "The picture is 199 pixels wide; it needs to be at least 200."
        )


@pytest.mark.parametrize("refusal", EXAMPLES, ids=repr)
def test_each_is_said_in_swedish(refusal):
    with translation.override("en"):
        in_english = str(refusal)
    assert str(refusal) != in_english


def test_there_is_an_example_of_each_and_no_two_share_a_code():
    kinds = refusals.Refusal.__subclasses__()
    assert {type(refusal) for refusal in EXAMPLES} == set(kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_exactly_120_million_pixels_and_20_000_on_a_side_are_taken():
    check_dimensions(Header("png", 12_000, 10_000), 200)
    check_dimensions(Header("png", 20_000, 6_000), 200)


def test_exactly_200_mib_is_taken_and_one_byte_more_is_refused():
    file = ContentFile(png_bytes(), name="a.png")
    file.size = MAX_BYTES
    assert inspect(file, name="a.png").width == 640
    file.size = MAX_BYTES + 1
    with pytest.raises(refusals.TooLarge) as refusal:
        inspect(file, name="a.png")
    assert str(refusal.value) == (
        "Filen är 209\xa0715\xa0201 byte; vi kan ta emot högst 209\xa0715\xa0200 byte (200\xa0MB)."
    )


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "a.heif"])
def test_heic_is_told_how_to_become_a_jpeg(name):
    assert isinstance(refused(b"anything", name), refusals.Heic)
    assert "JPEG" in str(refusals.Heic())
    assert isinstance(refused(b"\0\0\0\x18ftypheic" + bytes(20), "renamed.jpg"), refusals.Heic)


def test_an_animated_picture_is_refused():
    with pytest.raises(refusals.Animated) as refusal:
        check_dimensions(Header("webp", 300, 300, animated=True), 200)
    assert str(refusal.value) == "Filen är en rörlig WebP. Bilden behöver stå stilla: spara en enda ruta av den."


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Bilder\\hus.png", "hus.png"),
        ("a\x00b\r\n.png", "ab.png"),
        ("\u202egnp.exe.png", "gnp.exe.png"),
        ("a\u030a.png", "å.png"),
        ("", "bild"),
        ("/", "bild"),
        ("x" * 300 + ".png", "x" * 115 + "….png"),
        ("x" * 300, "x" * 119 + "…"),
    ],
)
def test_the_name_is_cleaned_for_display(sent, shown):
    assert display_name(sent) == shown
