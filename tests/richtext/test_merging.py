from richtext.merging import merge_html


def test_what_is_alike_stands_once_and_what_differs_stands_in_full() -> None:
    theirs = "<p>Samma.</p><p>Deras.</p><p>Slut.</p>"
    yours = "<p>Samma.</p><p>Dina.</p><p>Slut.</p>"
    assert merge_html(theirs, yours) == "<p>Samma.</p><p>Deras.</p><p>Dina.</p><p>Slut.</p>"


def test_lists_are_never_cut_in_two() -> None:
    nested = "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"
    assert merge_html(nested, "<p>x</p>") == f"{nested}<p>x</p>"


def test_an_empty_side_adds_nothing() -> None:
    assert merge_html("", "<p>x</p>") == "<p>x</p>"
    assert merge_html("<p>x</p>", "") == "<p>x</p>"
