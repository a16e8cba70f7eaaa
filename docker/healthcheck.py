"""Exit status 0 when the web server of this container answers /healthz with 200. Asks under the host of PUBLIC_URL."""

import os
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

request = urllib.request.Request(
    "http://127.0.0.1:8000/healthz",
    headers={"Host": urlsplit(os.environ["PUBLIC_URL"]).netloc, "X-Forwarded-Proto": "https"},
)
try:
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - the address is written above
        pass
except urllib.error.HTTPError as error:
    sys.exit(f"{error.code} {error.read(2000).decode(errors='replace')}")
except OSError as error:
    sys.exit(str(error))
