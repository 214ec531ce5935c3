"""Our own icons: 24 × 24, drawn with a 1.75 line in the colour of the text they stand beside."""

ICONS: dict[str, str] = {
    "arrow-left": '<path d="M20 12H4m7-7-7 7 7 7"/>',
    "arrow-right": '<path d="M4 12h16m-7-7 7 7-7 7"/>',
    "book": '<path d="M12 6c-2-1.6-5-2-8-2v14c3 0 6 .4 8 2 2-1.6 5-2 8-2V4c-3 0-6 .4-8 2Zm0 0v14"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.5h16M8.5 3v5m7-5v5"/>',
    "chart": '<path d="M4 4v16h16M8 15l4-5 3 3 5-7"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "chevron-down": '<path d="m6 9.5 6 6 6-6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.5l3.5 2"/>',
    "cross": '<path d="m6 6 12 12M18 6 6 18"/>',
    "download": '<path d="M12 4v11m-5-5 5 5 5-5M4.5 20h15"/>',
    "eye": (
        '<path d="M2.5 12c2.5-4.5 6-6.5 9.5-6.5s7 2 9.5 6.5c-2.5 4.5-6 6.5-9.5 6.5S5 16.5 2.5 12Z"/>'
        '<circle cx="12" cy="12" r="2.75"/>'
    ),
    "filter": '<path d="M4 6h16M7 12h10m-7 6h4"/>',
    "flag": '<path d="M6 21V4m0 1h12l-3 4.25 3 4.25H6"/>',
    "flask": '<path d="M9 3h6m-5 0v6L4.75 18.5A1.7 1.7 0 0 0 6.2 21h11.6a1.7 1.7 0 0 0 1.45-2.5L14 9V3M7.4 15h9.2"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5.5 5 5.5 12 0 17-5.5-5-5.5-12 0-17Z"/>',
    "house": '<path d="M4 11.5 12 4l8 7.5M6 10v10h12V10m-8 10v-5.5h4V20"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11.25V16.5m0-9v.5"/>',
    "link": (
        '<path d="M10 14a4 4 0 0 0 5.66 0l3.17-3.17a4 4 0 0 0-5.66-5.66L12 6.34M14 10a4 4 0 0 0-5.66 0l-3.17 '
        '3.17a4 4 0 0 0 5.66 5.66L12 17.66"/>'
    ),
    "mail": '<path d="M3.5 5.5h17v13h-17zM4 6.5l8 6.5 8-6.5"/>',
    "minus": '<path d="M5 12h14"/>',
    "pencil": '<path d="m4 20 1-4.5L16 4.5 19.5 8l-11 11L4 20Zm9.5-13L17 10.5"/>',
    "people": (
        '<circle cx="9" cy="8" r="3.5"/>'
        '<path d="M2.5 20c.4-4 2.8-6.25 6.5-6.25S15.1 16 15.5 20M15 4.9a3.5 3.5 0 0 1 0 6.2m3 3.4c2 .9 3.2 2.8 '
        '3.5 5.5"/>'
    ),
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.5-4.25 3.3-6.5 7.5-6.5s7 2.25 7.5 6.5"/>',
    "place": (
        '<path d="M12 21c4.7-4.6 7-8.2 7-11.2A6.9 6.9 0 0 0 12 3a6.9 6.9 0 0 0-7 6.8c0 3 2.3 6.6 7 11.2Z"/>'
        '<circle cx="12" cy="10" r="2.5"/>'
    ),
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 8.5V4h10v4.5M7 16H4V8.5h16V16h-3M7 13h10v7H7z"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "sign-in": '<path d="M13 4h6.5v16H13M4 12h11m-4.5-4.5L15 12l-4.5 4.5"/>',
    "sign-out": '<path d="M11 4H4.5v16H11m-1-8h10.5M16 7.5l4.5 4.5-4.5 4.5"/>',
    "upload": '<path d="M12 16V5M7 10l5-5 5 5M4.5 20h15"/>',
    "warning": '<path d="M12 4 2.75 20h18.5L12 4Zm0 6v5m0 2v.5"/>',
}
