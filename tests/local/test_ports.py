import socket

from runtime.local.ports import HOST, USUAL, Claims, choose, is_free


def test_a_taken_port_is_left_to_its_owner() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        claims = Claims()
        chosen = choose({"api": taken}, claims, usual=False)
        claims.release()
    assert chosen["api"] != taken
    assert set(chosen) == set(USUAL)
    assert len(set(chosen.values())) == len(chosen)


def test_two_sets_never_choose_the_same_port_even_before_they_use_it() -> None:
    first, second = Claims(), Claims()
    here, there = choose({}, first, usual=True), choose({}, second, usual=True)
    assert not set(here.values()) & set(there.values())
    first.release()
    second.release()


def test_the_ports_of_last_time_are_kept() -> None:
    first = Claims()
    before = choose({}, first, usual=False)
    first.release()
    again = Claims()
    assert choose(before, again, usual=False) == before
    again.release()


def test_a_listener_on_all_interfaces_counts() -> None:
    with socket.socket() as other:
        other.bind(("", 0))
        other.listen()
        assert not is_free(other.getsockname()[1])
