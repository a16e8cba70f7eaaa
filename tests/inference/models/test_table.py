"""The table of models: rows that can be pulled and checked, and that docs/models.md tells of."""

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from inference.model import Model, Task
from inference.models import ARCHITECTURES, MODELS, PREFERRED, SMALL

PAGE = Path(__file__).resolve().parents[3] / "docs" / "models.md"
ROWS = [pytest.param(model, id=model.name) for model in MODELS.values()]
NOT_TRIED = "not yet run with real weights"


def test_names_and_files_are_used_once() -> None:
    rows = [weights for _, several in ARCHITECTURES.values() for weights in several]
    for names in ([row.name for row in rows], [row.file for row in rows]):
        assert max(Counter(names).values()) == 1


def test_architectures_go_by_their_names() -> None:
    assert {name: architecture.name for name, (architecture, _) in ARCHITECTURES.items()} == {
        n: n for n in ARCHITECTURES
    }


@pytest.mark.parametrize("model", ROWS)
def test_a_row_can_be_checked_and_used(model: Model) -> None:
    row = model.weights
    assert re.fullmatch(r"[0-9a-f]{64}", row.sha256) or re.fullmatch(r"[0-9a-f]{32}", row.md5)
    assert row.licence
    assert re.fullmatch(r"(https://\S+)?", row.url)
    assert re.fullmatch(r"[\w.-]+\.onnx", row.file)
    assert 0 <= row.threshold <= 1
    assert 0 < row.overlap <= 1
    assert max(row.longest, *row.further, 0) <= 1024


@pytest.mark.parametrize("model", [model for model in MODELS.values() if not model.weights.url], ids=lambda m: m.name)
def test_a_row_without_an_address_says_where_it_is_from(model: Model) -> None:
    assert model.weights.note


def test_every_task_has_an_order_of_its_own_models() -> None:
    assert set(PREFERRED) == set(get_args(Task))
    for task, names in PREFERRED.items():
        assert [MODELS[name].task for name in names] == [task] * len(names)


def test_the_small_set_has_something_for_every_task() -> None:
    assert {MODELS[name].task for names in SMALL for name in names} == set(get_args(Task))
    assert {name for names in PREFERRED.values() for name in names} <= {name for names in SMALL for name in names}


def test_identities_tell_models_apart() -> None:
    assert len({model.identity for model in MODELS.values()}) == len(MODELS)


@pytest.mark.parametrize("model", ROWS)
def test_the_page_tells_of_the_model(model: Model) -> None:
    start = rf"\| `{re.escape(model.name)}` \| `{model.architecture.name}` \|"
    (line,) = re.findall(rf"^{start}.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert f"| {model.weights.licence} |" in line
    assert (NOT_TRIED in line) is not model.weights.tried


def test_the_page_tells_of_no_other_model() -> None:
    told = re.findall(r"^\| `([\w.-]+)` \| `[\w.-]+` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(told) == set(MODELS)
