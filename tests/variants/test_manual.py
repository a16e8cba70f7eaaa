"""docs/options.md is written from the table."""

from variants.notation.manual import PAGE, page
from variants.table import TABLE


def test_it_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_every_option_has_a_row() -> None:
    for option in TABLE.values():
        assert f"| `{option.name}`" in page()
