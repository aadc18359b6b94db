"""Articles written for the tests of stories: one report in several editions, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace

from index.types import Article


def _text(lines: str) -> str:
    """Paragraphs of one line each."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in lines.split("\n\n"))


WIRE = Article(
    "wire",
    _text("""HOLM (Sund Agency) – A ferry with 214 people aboard struck the breakwater of Holm at dawn on
    Thursday.

    Nine passengers were hurt, two of them badly, the harbor police said. The Halden had left Sorrel an hour
    late because of fog, and was coming in faster than the rules of the harbor allow.

    “We saw the light far too close and then there was only the noise,” said Ines Adler, who was on her way to
    work in the shipyard. Divers found no hole below the waterline, and the ship was towed to the north pier
    before noon.

    The sea board has opened an inquiry. Its chairman, Tobias Krantz, said that the recorder of the bridge had
    been saved, and that nobody could tell yet whether the captain had been warned. Ferries to Sorrel will run
    from the old quay until the breakwater has been looked at."""),
    title="Ferry strikes breakwater at Holm, nine hurt",
    url="https://example.org/agency/ferry",
    published="2024-03-07T07:40:00Z",
)
# The dateline is gone, two words are others, and there is a line of the paper's own.
REPRINT = replace(
    WIRE,
    id="reprint",
    text=WIRE.text.removeprefix("HOLM (Sund Agency) – ")
    .replace("far too close", "much too close")
    .replace("towed to the north pier before noon", "towed to the north pier by noon")
    + "\n\nRead more about ferries in our weekend edition.",
    title="Nine hurt as Sorrel ferry hits Holm breakwater | The Sund Courier",
    url="https://example.org/courier/ferry-hits-breakwater",
    published="2024-03-07T09:15:00Z",
)
CORRECTED = replace(
    WIRE,
    id="corrected",
    text=WIRE.text.replace("Nine passengers", "Eleven passengers"),
    url="https://example.org/agency/ferry-corrected",
    published="2024-03-08",
)
RENAMED = replace(
    WIRE, id="renamed", text=WIRE.text.replace("chairman, Tobias Krantz", "chairman, Jonas Vell")
)
# Another reporter was there too, and heard the same people.
ANOTHER_REPORT = Article(
    "another report",
    _text("""Commuters from Sorrel had a rough morning: their ferry, the Halden, ran into the wall of Holm
    harbor in thick fog shortly after six.

    “We saw the light far too close and then there was only the noise,” said Ines Adler, who was on her way to
    work in the shipyard. She counted nine people on stretchers on the quay.

    Why the ship was so fast nobody would say on Thursday. Tobias Krantz of the sea board told reporters that
    the recorder of the bridge had been saved. Until the wall is checked, the old quay is back in use."""),
    title="Ferry strikes breakwater at Holm in fog",
    published="2024-03-07",
)
SUMMARY = replace(WIRE, id="summary", text=WIRE.text[: WIRE.text.index("“We saw")])
TRANSLATED = replace(
    WIRE,
    id="translated",
    text=_text("""HOLM (Sund Agency) – Eine Fähre mit 214 Menschen an Bord ist am Donnerstag im Morgengrauen
    gegen den Wellenbrecher von Holm gefahren. Neun Fahrgäste wurden verletzt, zwei davon schwer. Die Halden
    hatte Sorrel wegen Nebels eine Stunde zu spät verlassen und fuhr schneller ein, als erlaubt ist."""),
    title="Fähre rammt Wellenbrecher in Holm, neun Verletzte",
)

BLOG = replace(
    WIRE,
    id="blog",
    title="Holm ferry: live updates",
    text="08.10 The ferry has been towed to the north pier.\n" + WIRE.text,
)
BLOG_LATER = replace(
    BLOG, id="blog later", text="09.25 Divers have left the water, says the harbor police.\n" + BLOG.text
)
BLOG_AT_NIGHT = replace(
    BLOG,
    id="blog at night",
    text="20.05 The sea board will speak tomorrow.\n"
    + BLOG.text.replace("Nine passengers", "Twelve passengers"),
)

WALL = _text("""We value your privacy. We and our partners store and read information on a device, such as
    cookies, and process personal data, such as unique identifiers and standard information sent by a device,
    for advertising and content that are made for you, to measure both, and to learn about those who see them.
    With your permission we may use precise data about where you are. You may agree to what is described
    above, or read more and change what you prefer before you agree or refuse. Please note that some of it
    may not need your consent, but you have a right to object. What you prefer applies to this site only.""")
WALLED = Article("walled", WALL, title="Mayor of Sollenby resigns over the bridge")
WALLED_TOO = Article("walled too", WALL, title="Otter filmed below the weir at Sele")
# A site that puts its own words around each short piece of news.
WRAPPED = replace(
    WALLED, id="wrapped", text="The mayor of Sollenby resigned over the cost of the bridge.\n" + WALL
)
WRAPPED_TOO = replace(
    WALLED_TOO, id="wrapped too", text="An otter was filmed below the weir at Sele in spring.\n" + WALL
)

ROAD = Article(
    "road",
    _text("""The council of Harrowmere will close Mill Lane on 4 May from 9am to 5pm, so that a water main
    under it can be mended. Buses stop at the corn market instead, and those who live there may walk
    through."""),
    title="Road closed on 4 May",
    published="2024-05-02",
)
ROAD_ANOTHER_DAY = replace(
    ROAD,
    id="road another day",
    text=ROAD.text.replace("4 May", "5 May"),
    title="Road closed on 5 May",
    published="2024-05-03",
)
ANOTHER_ROAD = replace(ROAD, id="another road", text=ROAD.text.replace("Mill Lane", "Church Street"))
WEATHER = Article(
    "weather",
    _text("""Dry and mostly sunny in the valley, with a light wind from the west. High of 21, low of 9. The
    river is at its usual height and the pass is open to all."""),
    title="The weather today",
    published="2024-05-02",
)
WEATHER_NEXT_DAY = replace(
    WEATHER, id="weather next day", text=WEATHER.text.replace("21", "19"), published="2024-05-03"
)
