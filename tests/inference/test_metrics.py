"""Metrics as Prometheus reads them."""

from inference.metrics import Counter, Gauge, Histogram, page


def test_counters_by_labels() -> None:
    counter = Counter("seen_total", "Seen.", ("model", "status"))
    counter.add("a", "200")
    counter.add("a", "200", value=2)
    counter.add("b", "503")
    assert list(counter.lines()) == ['seen_total{model="a",status="200"} 3', 'seen_total{model="b",status="503"} 1']


def test_buckets_include_the_smaller_ones_and_their_own_bound() -> None:
    histogram = Histogram("size", "Sizes.", "model", (1, 2, 4))
    for value in (1, 2, 2, 3, 9):
        histogram.add("a", value)
    assert list(histogram.lines()) == [
        'size_bucket{model="a",le="1"} 1',
        'size_bucket{model="a",le="2"} 3',
        'size_bucket{model="a",le="4"} 4',
        'size_bucket{model="a",le="+Inf"} 5',
        'size_sum{model="a"} 17',
        'size_count{model="a"} 5',
    ]


def test_a_page_says_what_its_numbers_are() -> None:
    gauge = Gauge("queue", "Waiting.", [({}, 2.5), ({"model": 'a"\\\n'}, 3_000_000_000)])
    assert page([gauge]).splitlines() == [
        "# HELP queue Waiting.",
        "# TYPE queue gauge",
        "queue 2.5",
        'queue{model="a\\"\\\\\\n"} 3000000000',
    ]
