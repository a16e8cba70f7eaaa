"""The uploader as customers' pages load it."""

from django.test import Client


def test_any_page_may_load_it_and_ask_again_cheaply(client: Client) -> None:
    answer = client.get("/widget/upload.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age" in answer["Cache-Control"]
    assert b"customElements.define" in answer.content
    again = client.get("/widget/upload.js", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == answer["ETag"]
    assert client.get("/widget/upload.js", headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.post("/widget/upload.js").status_code == 405


def test_the_demo_shows_how(client: Client) -> None:
    page = client.get("/widget/demo", {"upload-url": 'x"><script>'}).content.decode()
    assert "&lt;tintype-upload" in page
    assert '"><script>' not in page
