"""Twelve diary entries. `days_ago` counts back from the day the demo content is loaded; a date stands for a historical entry."""

from datetime import date
from typing import Any

ENTRIES: list[dict[str, Any]] = [
    {
        "slug": "fyra-labb-har-startat",
        "lab": None,
        "on": date(2018, 2, 6),
        "focus": ["sysselsattning", "trygghet", "skolresultat", "samhallsservice"],
        "title": "Fyra labb har startat",
        "picture": ("neighbourhood", 41, "Tecknad bild av ett bostadsområde i morgonljus."),
        "body": "<p>Av ett åttiotal ansökningar blev det fyra. Boden, Norrköping, Göteborg och Södertälje får två år på sig att testa, utveckla och "
        "utvärdera sätt att arbeta mot segregation. De är självständiga och väljer själva sina frågor. Vi på Sabo hjälper dem att mäta.</p>",
    },
    {
        "slug": "forsta-kvallen-i-boden",
        "lab": "bis-boden",
        "on": date(2018, 5, 17),
        "focus": ["samhallsservice"],
        "title": "Första kvällen i Boden",
        "picture": ("gathering", 42, "Tecknad bild av sex personer kring ett bord."),
        "body": "<p>Tolv stolar hade vi ställt fram. Trettioen personer kom. Hälften hade bott här i hela sitt liv, hälften i mindre än ett år, och "
        "ingen bad om en föreläsning.</p><p>Nästa gång lagar vi mat.</p>",
    },
    {
        "slug": "intervju-pa-riktigt",
        "lab": "portalen",
        "on": date(2018, 10, 3),
        "focus": ["sysselsattning"],
        "method": "workshop-med-arbetsgivare",
        "title": "Intervju på riktigt",
        "picture": ("gathering", 43, "Tecknad bild av personer som samtalar vid ett bord."),
        "body": "<p>Tre arbetsgivare, två från Arbetsförmedlingen och elva kvinnor i samma rum. Vi övade tjugo minuter i taget och bytte bord. "
        "En av arbetsgivarna sade efteråt att det var hon som hade varit nervös.</p>",
    },
    {
        "slug": "nyckeln-till-lokalen",
        "lab": "vart-rannebergen",
        "on": date(2019, 3, 22),
        "focus": ["trygghet"],
        "method": "ungas-egna-aktiviteter",
        "title": "Nyckeln till lokalen",
        "picture": ("neighbourhood", 44, "Tecknad bild av höga hus i kvällsljus."),
        "body": "<p>I går fick fyra ungdomar kvittera ut en nyckel. Det tog oss sju möten att våga. Det tog dem en kväll att fylla lokalen.</p>",
    },
    {
        "slug": "han-som-alltid-kommer",
        "lab": "lina-hage",
        "on": date(2019, 5, 9),
        "focus": ["skolresultat"],
        "method": "andra-forebilder",
        "title": "Han som alltid kommer",
        "picture": ("neighbourhood", 45, "Tecknad bild av en gångväg mellan tegelhus."),
        "body": "<p>Vi frågade barnen vem de skulle ringa om något hände. De flesta sade en förälder. Nästan lika många sade tränaren. "
        "”Han kommer ju alltid”, sade en.</p>",
    },
    {
        "slug": "nio-av-tio-i-boden",
        "lab": "bis-boden",
        "on": date(2019, 12, 4),
        "focus": ["sysselsattning"],
        "method": "moten-mellan-etablerade-och-nya",
        "title": "Nio av tio – och varför vi inte skryter",
        "picture": ("gathering", 46, "Tecknad bild av fem personer i en ljus lokal."),
        "body": "<p>Nio av de tio nyanlända som vi har följt arbetar eller studerar. Det är fantastiskt för dem. För oss är det tio personer, och på tio "
        "personer ska ingen dra för stora växlar. Därför vill vi att fler prövar och mäter likadant.</p>",
    },
    {
        "slug": "femton-av-tjugotva",
        "lab": "portalen",
        "on": date(2019, 12, 18),
        "focus": ["sysselsattning"],
        "method": "mentorer-fran-arbetslivet",
        "title": "Femton av tjugotvå",
        "picture": ("gathering", 47, "Tecknad bild av sju personer vid ett långbord."),
        "body": "<p>Arbete, praktik, studier eller eget företag: femton av de tjugotvå kvinnorna är på väg. Sex till sitter i skrivande stund med "
        "stadgarna till ett kooperativ. De bad oss gå hem, så det gjorde vi.</p>",
    },
    {
        "slug": "aktiviteterna-som-blev-kvar",
        "lab": "vart-rannebergen",
        "days_ago": 24,
        "focus": ["trygghet"],
        "method": "ungas-egna-aktiviteter",
        "title": "Det som blev kvar",
        "picture": ("neighbourhood", 48, "Tecknad bild av ett bostadsområde med träd och människor."),
        "body": "<p>Pengarna tar slut, det vet alla som drivit projekt. Frågan är vad som händer veckan efter. I Rannebergen fortsatte flera av "
        "aktiviteterna, för de hade aldrig varit våra.</p>",
    },
    {
        "slug": "sa-mater-vi-en-intervju",
        "lab": "portalen",
        "days_ago": 12,
        "focus": ["sysselsattning"],
        "title": "Så mäter vi en intervju",
        "picture": ("gathering", 49, "Tecknad bild av personer med anteckningsböcker vid ett bord."),
        "body": "<p>En anställningsintervju är lätt att räkna och svår att värdera. Vi räknar den ändå, för den första är alltid svårast. Varje månad "
        "stämmer vi av antalet i gruppen, och samordnaren ställer den besvärliga frågan: hur vet ni det?</p>",
    },
    {
        "slug": "tipsa-inkopsportalen",
        "lab": None,
        "days_ago": 6,
        "focus": ["samhallsservice"],
        "partner_article": "Demoföretaget Hållbara Gårdar",
        "title": "Gården som mötesplats",
        "picture": ("neighbourhood", 50, "Tecknad bild av en gård med träd och bänkar."),
        "body": "<p>En gård som ingen använder kostar lika mycket som en gård alla använder. Vi har ritat om elva gårdar tillsammans med dem som bor där, "
        "och det börjar alltid med samma fråga: var sitter ni redan?</p>",
    },
    {
        "slug": "sok-bland-metoderna",
        "lab": None,
        "days_ago": 3,
        "focus": ["sysselsattning", "trygghet", "skolresultat", "samhallsservice"],
        "title": "Nu kan du söka bland metoderna",
        "picture": ("neighbourhood", 51, "Tecknad bild av ett bostadsområde sett på avstånd."),
        "body": "<p>Metoderna ligger nu samlade på ett ställe. Du kan välja fokusområde, fas och evidensnivå, och varje siffra leder till mätningen "
        "den kommer från. En av metoderna är avslutad. Läs den först: den lär mest.</p>",
    },
    {
        "slug": "vandring-i-november",
        "lab": "vart-rannebergen",
        "days_ago": 1,
        "focus": ["trygghet"],
        "title": "Vandring i november",
        "picture": ("neighbourhood", 52, "Tecknad bild av hus med tända fönster."),
        "body": "<p>Klockan är åtta, det är fyra plusgrader och sju ungdomar visar förvaltaren var det är mörkast. Listan blev tre sidor. En lampa är "
        "redan lagad.</p>",
    },
]
