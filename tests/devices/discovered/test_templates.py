"""Templates of discovery messages: what they make, as Home Assistant does, and what they are kept from."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.discovered.templates import LONGEST, BadTemplate, said, told

JUDGE = Path(__file__).parents[1] / "homeassistant/judge.py"

STATE = json.dumps(
    {"POWER": "ON", "t": 21.54, "n": "7", "on": True, "list": [1, 2], "ENERGY": {"Power": 37}, "x": None}
)

TOLD = [
    # template, payload, what it makes
    ("{{ value }}", "plain", "plain"),
    ("{{value_json.POWER}}", STATE, "ON"),
    ("{{ value_json['ENERGY']['Power'] }}", STATE, "37"),
    ("{{ value_json.ENERGY.Power | float / 10 }}", STATE, "3.7"),
    ("{{ value_json.t | round(1) }}", STATE, "21.5"),
    ("{{ (value | float * 1.8 + 32) | round }}", "20.5", "69"),
    ("{{ value | int(0) }}", "none of it", "0"),
    ("{{ value_json.missing | default('?') }}", STATE, "?"),
    ("{{ value_json.missing }}", STATE, ""),
    ("{{ value_json.x }}", STATE, "None"),
    ("{{ value_json.on }}", STATE, "True"),
    ("{{ iif(value_json.on, 'yes', 'no') }}", STATE, "yes"),
    ("{{ 'on' if value_json.list[0] == 1 and value_json.POWER in ['ON', 'on'] else 'off' }}", STATE, "on"),
    ("{% if value_json.t is defined %}{{ value_json.t }}{% else %}0{% endif %}", STATE, "21.54"),
    ("{% set v = {'ON': 'open', 'OFF': 'closed'} %}{{ v[value_json.POWER] }}", STATE, "open"),
    ("{% set v = value_json.POWER %}{{ v ~ '-' ~ v | lower }}", STATE, "ON-on"),
    ("{{ value.split(',')[0:2] | join(',') }}", "240,100,60", "240,100"),
    ("{{ value_json.n | int + 1 }}", STATE, "8"),
    ("{{ 'list ' ~ value_json.list | tojson }}", STATE, "list [1, 2]"),
    ("{{ 'list ' ~ value_json.list | to_json }}", STATE, "list [1,2]"),
    ("{{ value_json.list | length }}", STATE, "2"),
    ("{{ value | replace('a', 'b') | upper | trim }}", " aa ", "BB"),
    ("{{ value_json.get('t', 0) | int }}", STATE, "21"),
    ("{{ [value_json.t, 30] | max }}", STATE, "30"),
    ("{{ value | is_number }}", "3e2", "True"),
    ("{{ value | bitwise_and(1) if false else value | int | bitwise_and(6) }}", "7", "6"),
    ('{"event_type": "{{ value }}"}', "single", '{"event_type": "single"}'),
]  # fmt: skip

HARM = [
    "{% for i in range(9) %}{{ i }}{% endfor %}", "{% macro m() %}{% endmacro %}", "{% include 'x' %}",
    "{% import 'x' as x %}", "{% set a %}{{ value }}{% endset %}", "{{ ''.__class__.__mro__ }}",
    "{{ value_json.__init__.__globals__ }}", "{{ value.format(1) }}", "{{ '%99999999d' % 1 }}", "{{ 'a' * 99999999 }}",
    "{{ 10 ** 10 ** 10 }}", "{{ 2 ** 999999 }}", "{{ [value] * 9 }}", "{{ range(9) }}", "{{ value | center(999999) }}",
    "{{ value | regex_replace('(a+)+$', '') }}", "{{ states('sensor.x') }}", "{{ lipsum() }}",
        "{{ cycler }}{{ 1 / 0 }}",
    "{% set a = [value, value] %}{% set b = [a, a] %}{{ b }}",
    "{% set a = {'x': value} %}{% set b = a %}{% set c = (b, b) %}{{ c }}",
    "{% set a, b = value %}{{ a }}", "{{", "{% if %}", "{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "x" * 5000,
    "{{ value | replace('x', 'x' * 2) }}", "{{ value_json.pop() }}", "{{ value | float }}", "{{ none + 1 }}",
    "{% set a = value %}" + "{% set a = a ~ a %}" * 30 + "{{ a }}",
    "{% set a = value %}" + "{% set a = a + a %}" * 30 + "{{ a }}",
    "{% set a = value %}" + "{% set a = a | replace('x', a) %}" * 9 + "{{ a }}",
    "{% set a = 3 %}" + "{% set a = a * a %}" * 60 + "{{ a }}",
]  # fmt: skip


@pytest.mark.parametrize(("source", "payload", "made"), TOLD)
def test_what_is_told(source: str, payload: str, made: str) -> None:
    assert told(source, payload) == made


@pytest.fixture(scope="module")
def judged(hass_command: Path) -> list[Any]:
    """What the real Home Assistant makes of the templates."""
    asked = json.dumps({"render": [[source, payload] for source, payload, _ in TOLD]})
    python = hass_command.with_name("python")
    done = subprocess.run([python, JUDGE], input=asked + "\n", capture_output=True, text=True, check=True, timeout=120)
    return list(json.loads(done.stdout.splitlines()[0])["results"])


def test_home_assistant_makes_the_same(judged: list[Any]) -> None:
    assert [str(one).strip() for one in judged] == [made for _, _, made in TOLD]


@pytest.mark.parametrize("source", HARM)
def test_what_may_take_long_or_grow_is_refused(source: str) -> None:
    with pytest.raises(BadTemplate):
        told(source, "x" * 2_000)


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_template_does_anything_else(source: str, payload: str) -> None:
    for whole in (source, "{{" + source + "}}", "{%" + source + "%}"):
        try:
            made = told(whole, payload)
        except BadTemplate:
            continue
        assert len(made) <= max(LONGEST, len(payload))


def test_what_is_said() -> None:
    assert said(None, 26.0) == "26.0"
    assert said("{{ value | int }}", 26.0) == "26"
    assert said('{"state": "{{ value }}", "b": {{ brightness }}}', "on", brightness=3) == '{"state": "on", "b": 3}'
