"""``width=auto`` and ``slow-connection-quality``: what comes out of which headers."""

from typing import Any

import pytest

from variants import hints
from variants.notation import url

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148"


def settled(options: str, **headers: Any) -> tuple[str, tuple[str, ...]]:
    """The options after all, and the headers that were looked at."""
    chain = url.parse(options).chain
    seen = hints.seen(chain, {name.replace("_", "-"): value for name, value in headers.items()})
    kept = tuple(
        step.other({n: v for n, v in step.items() if n in ("width", "quality")}) for step in hints.applied(chain, seen)
    )
    return url.write(kept), seen.vary


@pytest.mark.parametrize(
    ("headers", "width"),
    [
        ({"sec_ch_viewport_width": "400"}, 768),
        ({"sec_ch_viewport_width": "320"}, 320),
        ({"sec_ch_viewport_width": "400", "sec_ch_dpr": "2"}, 960),
        ({"sec_ch_viewport_width": "4000", "sec_ch_dpr": "2"}, 1200),
        ({"viewport_width": "300", "dpr": "1.0"}, 320),
        ({"sec_ch_viewport_width": "x"}, 1200),
        ({"sec_ch_viewport_width": "0"}, 1200),
        ({"sec_ch_viewport_width": "9" * 50}, 1200),
        ({"user_agent": IPHONE}, 768),
        ({"user_agent": IPHONE, "sec_ch_ua_mobile": "?0"}, 1200),
        ({"sec_ch_ua_mobile": "?1"}, 768),
        ({}, 1200),
    ],
)
def test_a_width_for_the_browser(headers: dict[str, str], width: int) -> None:
    assert settled("w=auto", **headers)[0] == f"width={width}"


def test_own_widths() -> None:
    assert settled("w=auto,wbreakpoints=500;100", sec_ch_viewport_width="90")[0] == "width=100"
    assert settled("w=auto,wmobile=50", sec_ch_ua_mobile="?1")[0] == "width=50"
    assert settled("w=auto,wdesktop=60")[0] == "width=60"
    assert settled("w=auto~w=20~w=auto,wdesktop=60")[0] == "width=1200~width=20~width=60"


def test_what_was_looked_at_varies() -> None:
    assert settled("w=auto", sec_ch_viewport_width="400", sec_ch_dpr="2")[1] == ("sec-ch-viewport-width", "sec-ch-dpr")
    assert settled("w=auto", viewport_width="4")[1][:2] == ("sec-ch-viewport-width", "viewport-width")
    assert "user-agent" in settled("w=auto")[1]
    assert settled("w=20,wmobile=5", user_agent=IPHONE) == ("width=20", ())


@pytest.mark.parametrize(
    ("headers", "slow"),
    [
        ({}, False),
        ({"rtt": "151"}, True),
        ({"rtt": "150"}, False),
        ({"save_data": "on"}, True),
        ({"save_data": "off"}, False),
        ({"ect": "3g"}, True),
        ({"ect": "4g"}, False),
        ({"downlink": "4.9"}, True),
        ({"downlink": "5"}, False),
        ({"rtt": "-1", "downlink": "x"}, False),
        ({"rtt": "20", "downlink": "0.5"}, True),
    ],
)
def test_a_slow_connection(headers: dict[str, str], slow: bool) -> None:
    text, vary = settled("q=80,quality.webp=90,scq=30", **headers)
    assert text == f"quality={30 if slow else 80}"
    assert vary and set(vary) <= {"rtt", "save-data", "ect", "downlink"}


def test_the_order_of_widths_does_not_matter() -> None:
    assert hints.Breakpoints().parse("800;400;800") == (400, 800)
    for wrong in ("", "a", "0", ";".join(str(width) for width in range(1, 30))):
        with pytest.raises(ValueError):
            hints.Breakpoints().parse(wrong)
