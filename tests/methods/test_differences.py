from methods.differences import Piece, words_changed


def test_changes_are_told_word_by_word() -> None:
    assert words_changed("Vi ses varje vecka", "Vi ses varannan vecka") == [
        Piece("same", "Vi ses "),
        Piece("removed", "varje"),
        Piece("added", "varannan"),
        Piece("same", " vecka"),
    ]
