"""What a process holds: the last used, so many bytes of it."""

from variants.memory import Memory


def memory(limit: int = 3200, share: float = 1 / 32) -> Memory[bytes]:
    return Memory(len, lambda: limit, share)


def test_it_holds_what_was_used_last_up_to_a_number_of_bytes() -> None:
    held = memory()
    for number in range(33):
        held.put(str(number), b"x" * 100)
        held.get("0")
    assert held.get("1") is None
    assert held.get("0") and held.get("2") and held.get("32")


def test_what_would_push_out_too_much_is_not_held() -> None:
    held = memory()
    assert held.fits(100) and not held.fits(101)
    held.put("large", b"x" * 101)
    assert held.get("large") is None


def test_a_value_takes_the_place_of_the_one_before_and_its_bytes() -> None:
    held = memory(limit=10, share=1)
    for value in (b"1234", b"123456", b"12"):
        held.put("a", value)
    held.put("b", b"12345678")
    assert (held.get("a"), held.get("b")) == (b"12", b"12345678")


def test_it_can_be_emptied() -> None:
    held = memory()
    held.put("a", b"1")
    held.clear()
    assert held.get("a") is None
