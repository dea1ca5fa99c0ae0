"""Whose a device is: a bridge cannot take the devices of another one."""

import logging

import pytest

from hub.butler.owners import Owners
from hub.messages import About


def lamp(bridge: str, name: str = "스탠드", device: str = "lamp") -> About:
    return About(id=device, bridge=bridge, type="light", name=name)


def owned() -> Owners:
    """A home in which the lamp is the bridge `real`'s."""
    owners = Owners()
    owners.announce("lamp", lamp("real"))
    owners.list("real", ["lamp"])
    return owners


def test_an_announcement_counts_without_any_list() -> None:
    owners = Owners()
    owners.announce("lamp", lamp("real"))
    assert owners.about("lamp") == lamp("real")
    owners.announce("lamp", None)
    assert owners.about("lamp") is None


def test_a_device_cannot_be_taken() -> None:
    owners = owned()
    owners.announce("lamp", lamp("false"))
    assert owners.about("lamp") == lamp("real")
    owners.announce("lamp", None)
    owners.announce("lamp", lamp("false"))
    assert owners.about("lamp") == lamp("real")


def test_a_device_is_not_gone_because_somebody_says_so() -> None:
    owners = owned()
    owners.announce("lamp", None)
    assert owners.about("lamp") == lamp("real")


def test_its_bridge_changes_it_and_takes_it_back() -> None:
    owners = owned()
    owners.announce("lamp", lamp("real", "등"))
    assert owners.about("lamp") == lamp("real", "등")
    owners.announce("lamp", None)
    assert owners.list("real", []) == {"lamp"}
    assert owners.about("lamp") is None


def test_what_is_retained_of_another_is_not_believed_in_whatever_order_it_comes() -> None:
    owners = Owners()
    owners.announce("lamp", lamp("false"))
    assert owners.about("lamp") == lamp("false")
    assert owners.list("real", ["lamp"]) == {"lamp"}
    assert owners.about("lamp") is None
    owners.announce("lamp", lamp("real"))
    assert owners.about("lamp") == lamp("real")


def test_of_two_that_list_a_device_neither_gets_it_and_it_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    owners = owned()
    assert owners.list("false", ["lamp", "other"]) == {"lamp", "other"}
    with caplog.at_level(logging.WARNING):
        assert owners.about("lamp") is None
        owners.announce("lamp", lamp("false"))
        assert owners.about("lamp") is None
    assert [record.message for record in caplog.records] == [
        "lamp: real, false all list this device, so that none of them gets it"
    ]
    owners.list("false", ["other"])
    assert owners.about("lamp") == lamp("real")


def test_a_bridge_that_is_gone_holds_nothing_back() -> None:
    owners = owned()
    owners.list("new", ["lamp"])
    assert owners.there("real", online=False) == {"lamp"}
    owners.announce("lamp", lamp("new"))
    assert owners.about("lamp") == lamp("new")
    assert owners.there("real", online=True) == {"lamp"}
    assert owners.there("real", online=True) == frozenset()
    assert owners.about("lamp") is None


def test_an_announcement_on_the_topic_of_another_device_is_none() -> None:
    owners = Owners()
    owners.announce("lamp", lamp("real", device="stove"))
    assert owners.about("lamp") is None


def test_names_that_nobody_lists_do_not_gather() -> None:
    owners = owned()
    for number in range(1_000):
        owners.announce("lamp", lamp(f"false-{number}"))
    assert len(owners._said["lamp"]) == 2
