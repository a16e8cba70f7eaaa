"""An option that is declared in one place is everywhere: URL, JSON, schema, manual, form, pixels."""

import os
import subprocess
import sys
from pathlib import Path

from rendering import checks, saved

ROOT = Path(__file__).resolve().parents[2]
# The one declaration, as a file of operations/ and its row in PIPELINE would make it; then everything that reads it.
PROGRAM = """
import sys
import variants.operations as operations
from variants.operations.operation import Operation
from variants.options.kinds import Number
from variants.options.option import Option

fade = Operation(
    "fade",
    lambda image, options, plan: (image * (1 - options.fade)).cast("uchar"),
    lambda options: bool(options.fade),
    (Option("fade", Number(0, 1), "Darkens.", example=0.5, aliases=("fd",), default=0, protects=True),),
)
operations.PIPELINE = (*operations.PIPELINE, fade)

import django
django.setup()
from dashboard.variant_form import VariantForm
from variants.encoders import ENCODERS
from variants.errors import BadOption
from variants.limits import Limits
from variants.negotiate import PROTECTING
from variants.notation import body, manual, schema, url
from variants.render import render
from variants.table import versions

(chain,) = {url.parse("fd=0.25").chain, (body.check({"fade": 0.25}),)}
assert url.write(chain) == "fade=0.25"
assert url.parse(url.write(chain)).chain == chain
assert "`fade`, `fd`" in manual.page() and "Darkens." in manual.page()
described = schema.schema()["properties"]
assert described["fade"]["maximum"] == 1 and described["fade"]["default"] == 0 and "fd" in described
form = VariantForm({"name": "v", "fade": "0.25"})
assert form.is_valid() and form.options() == {"fade": 0.25}
assert not VariantForm({"name": "v", "fade": "2"}).is_valid()
assert "fade/1" in versions(chain, "png") and "fade" in PROTECTING
try:
    url.parse("w=5,fade=x")
except BadOption as fault:
    assert fault.option == "fade"
else:
    raise AssertionError("a malformed value of an option that hides something was ignored")
plain = render(sys.argv[1], url.parse("fit=scale-down").chain, "png", False, Limits())
faded = render(sys.argv[1], chain, "png", False, Limits())
assert faded.body != plain.body
print("everywhere")
"""


def test_one_declaration_is_enough(tmp_path: Path) -> None:
    path = saved(checks(20, 10), tmp_path / "a.png")
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stdout == "everywhere\n", run.stderr
