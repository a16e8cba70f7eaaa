"""The browsable page of the API: everything it needs comes from the server itself."""

import re

from platform_server import Platform


def test_every_file_of_the_page_is_here(platform: Platform) -> None:
    server = platform.servers[0]
    page = server.get("/client/v4/")
    places = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
    assert len(places) >= 4
    for place in places:
        assert place.startswith("/")
        assert server.get(place.replace("&amp;", "&")).status == 200, place
    script = server.get("/client/v4/?script=").body.decode()
    assert "openapi.json" in script
    assert server.get("/client/v4/openapi.json").json()["openapi"].startswith("3.1")
