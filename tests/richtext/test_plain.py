import time

import pytest

from richtext.plain import to_html, to_plain

LINK = 'rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hej", "<p>Hej</p>"),
        ("Ett\n\nTvå", "<p>Ett</p><p>Två</p>"),
        ("Ett\r\n\r\n\r\nTvå", "<p>Ett</p><p>Två</p>"),
        ("Ett\nrad två", "<p>Ett<br>rad två</p>"),
        ("Vi har:\n- a\n- b", "<p>Vi har:</p><ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("1. a\n2. b", "<ol><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("- a\n  - b", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("## Rubrik\nText", "<h3>Rubrik</h3><p>Text</p>"),
        ("> sagt", "<blockquote><p>sagt</p></blockquote>"),
        ("**viktigt** och _så_", "<p><strong>viktigt</strong> och <em>så</em></p>"),
        ("2019. Vi började", "<p>2019. Vi började</p>"),
        ("snake_case_namn 5*3*2", "<p>snake_case_namn 5*3*2</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("Se https://example.org/a.", f'<p>Se <a href="https://example.org/a" {LINK}>https://example.org/a</a>.</p>'),
        ("[sidan](https://example.org)", f'<p><a href="https://example.org" {LINK}>sidan</a></p>'),
        ("[x](javascript:alert)", "<p>x</p>"),
        ("", ""),
        (" \n\n ", ""),
        ("a\x00b", "<p>ab</p>"),
    ],
)
def test_what_people_type_becomes(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hej <strong>du</strong> och <em>jag</em>.</p><p>Nytt<br>rad</p>",
        "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li></ul><p>efter</p>",
        "<ol><li><p>a</p><p>mer</p></li><li><p>b</p></li></ol><h3>Rubrik</h3><h4>Under</h4>",
        "<blockquote><p>sagt</p><p>mer</p></blockquote>",
        "<blockquote><ul><li><p>x</p></li></ul></blockquote>",
        "<p>5 * 3 **x** _y_ [inte länk](så) - streck</p><p>- inte lista</p><p>1. inte lista</p><p># x</p><p>&gt; y</p>",
        "<p>\\ \\* bakstreck</p>",
        f'<p><a href="https://example.org/a_(b)" {LINK}>sidan</a> <a href="mailto:a@b.se" {LINK}><em>vi</em></a></p>',
        f'<p><a href="https://example.org/x" {LINK}>https://example.org/x</a>.</p>',
        "<p>https://ingen.lank.example &lt;b&gt; &amp;amp;</p>",
        "<p><strong>a</strong><em>b</em> <em>c <strong>d</strong></em></p>",
    ],
)
def test_nothing_is_lost_on_the_way_there_and_back(html: str) -> None:
    assert to_html(to_plain(html)) == html


@pytest.mark.parametrize(
    "text", ["*" * 50_000, "[a" * 50_000, "> " * 20_000, "- " * 20_000, "**a " * 20_000, "_a" * 30_000, "\n" * 100_000]
)
def test_no_text_takes_long(text: str) -> None:
    started = time.thread_time()
    to_html(text)
    assert time.thread_time() - started < 5
