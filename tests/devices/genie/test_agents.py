"""What the hub does not know: Home Assistant is asked, over HTTP, and its answer can be spoken."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from agents import TOKEN, HomeAssistant, asking, serving
from genies import ManualClock, ask, reply_to

from devices.genie.agents import agent_of, skill
from devices.genie.agents.homeassistant import LARGEST_ANSWER, HomeAssistantAgent
from devices.genie.agents.kt_simulator import CLIENT_ID, KEY, SECRET, KtSimulator
from devices.genie.agents.spoken import LONGEST, LOOKED_AT, spoken
from devices.genie.bridge import GenieBridge
from hub.address import BrokerAddress
from hub.bridges import MAKERS
from hub.config import load_settings
from hub.faults import OutsideError
from hub.home import Home
from hub.messages import Topic
from hub.settings.genie import AgentSettings, HomeAssistantAgentSettings, KtAgentSettings

NONE = "not_found: 홈 어시스턴트는 답을 몰라요. 다르게 물어봐 주세요."
FAILED = "device_error: 홈 어시스턴트가 제대로 답하지 못했어요. 한 번 더 물어봐 주세요."
AWAY = "vendor_unreachable: 홈 어시스턴트와 연결이 안 돼요. 인터넷이나 공유기를 확인해 주세요."
KT = "저는 기가지니예요."


def agent_at(url: str, token: str = TOKEN, **settings: str) -> HomeAssistantAgent:
    return HomeAssistantAgent(HomeAssistantAgentSettings(kind="homeassistant", url=url, **settings), token)


@pytest.fixture
def peer() -> HomeAssistant:
    return HomeAssistant()


@pytest.fixture
async def url(peer: HomeAssistant) -> AsyncIterator[str]:
    async with peer.serving() as url:
        yield url


@pytest.fixture
async def genie(url: str, broker: BrokerAddress, tmp_path: Path, clock: ManualClock) -> AsyncIterator[GenieBridge]:
    async with asking(agent_at(url), broker, tmp_path, clock) as bridge:
        yield bridge


async def test_the_agent_is_a_device_and_answers(genie: GenieBridge, peer: HomeAssistant, listener: Any) -> None:
    about = await listener.object(Topic.device("agent", "about"))
    assert (about["type"], about["name"], about["bridge"]) == ("conversation", "홈 어시스턴트", "genie")
    reply = await reply_to(listener, "JipsaAsk", slots={"query": " 거실 몇 도야? "}, targets=["agent"])
    assert reply.say == "거실은 23도예요."
    assert peer.asked == [{"text": "거실 몇 도야?", "language": "ko"}]


async def test_each_satellite_has_a_conversation_that_ends_with_silence(
    genie: GenieBridge, peer: HomeAssistant, listener: Any, clock: ManualClock
) -> None:
    for satellite in ("living", "kitchen", "living", "kitchen", None):
        await ask(listener, "JipsaAsk", satellite, query="그럼 내일은?")
    clock.advance(299)
    await ask(listener, "JipsaAsk", "living", query="그럼 모레는?")
    clock.advance(299)
    await ask(listener, "JipsaAsk", "living", query="그럼 글피는?")
    clock.advance(301)
    await ask(listener, "JipsaAsk", "living", query="다른 얘기야")
    of = [asked.get("conversation_id") for asked in peer.asked]
    living, kitchen = "conversation-1", "conversation-2"
    assert of == [None, None, living, kitchen, None, living, living, None]


async def test_what_the_settings_say_of_home_assistant_is_sent(
    url: str, peer: HomeAssistant, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    agent = agent_at(f"{url}/", language="ko-KR", agent_id="conversation.llm")
    async with asking(agent, broker, tmp_path, language="en"):
        assert await ask(listener, "JipsaAsk", query="hello") == "거실은 23도예요."
    assert peer.asked == [{"text": "hello", "language": "ko-KR", "agent_id": "conversation.llm"}]


async def test_a_token_that_is_refused_is_said_and_shown_nowhere(
    url: str, broker: BrokerAddress, tmp_path: Path, listener: Any, caplog: pytest.LogCaptureFixture
) -> None:
    agent = agent_at(url, "wrong-token")
    async with asking(agent, broker, tmp_path):
        told = "not_allowed: 홈 어시스턴트가 키를 받아 주지 않아요. 설정에서 키를 다시 확인해 주세요."
        assert await ask(listener, "JipsaAsk", query="안녕") == told
        line = await listener.object(Topic.bridge("genie", "log"))
    assert line["message"] == f"{url}/api/conversation/process: HTTP 401"
    assert "wrong-token" not in caplog.text + repr(agent) + str([body for _, body in listener.heard])


async def test_a_server_that_is_down_is_said(
    broker: BrokerAddress, tmp_path: Path, listener: Any, unused_tcp_port: int
) -> None:
    async with asking(agent_at(f"http://127.0.0.1:{unused_tcp_port}"), broker, tmp_path):
        assert await ask(listener, "JipsaAsk", query="안녕") == AWAY


async def test_who_takes_too_long_is_not_waited_for(
    genie: GenieBridge, peer: HomeAssistant, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert skill.PATIENCE == 6
    monkeypatch.setattr(skill, "PATIENCE", 0.3)
    peer.silent = True
    told = "no_answer: 홈 어시스턴트가 바로 답하지 못하네요. 잠시 뒤에 다시 물어봐 주세요."
    assert await ask(listener, "JipsaAsk", query="안녕") == told
    assert len(peer.asked) == 1
    peer.silent = False
    monkeypatch.undo()
    assert await ask(listener, "JipsaAsk", query="안녕") == peer.answer


GARBAGE = [
    b"", b"<html>Bad gateway</html>", b"\xff\xfe", b"[]", b"null", b'{"response": {}}', b"[" * 100_000,
    b'{"response": {"response_type": "action_done", "speech": []}}',
    b'{"response": {"response_type": "action_done", "speech": {"plain": {"speech": 5}}}}',
    b'{"response": {"response_type": "query_answer", "speech": {"plain": {"speech": "\\ud83d"}}}}',
    b'{"response": {"response_type": "query_answer", "speech": {"plain": {"speech": "%s"}}}}' % (b"x" * LARGEST_ANSWER),
]  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
async def test_garbage_is_no_answer(body: bytes, genie: GenieBridge, peer: HomeAssistant, listener: Any) -> None:
    peer.body = body
    assert await ask(listener, "JipsaAsk", query="안녕") == FAILED


@pytest.mark.parametrize("status", [307, 400, 404, 500, 502])
async def test_another_status_is_no_answer_and_nobody_is_followed(
    status: int, genie: GenieBridge, peer: HomeAssistant, listener: Any
) -> None:
    peer.body, peer.status = b"", status
    assert await ask(listener, "JipsaAsk", query="안녕") == FAILED
    assert len(peer.asked) == 1


async def test_who_does_not_understand_has_no_answer_and_other_errors_are_told(
    genie: GenieBridge, peer: HomeAssistant, listener: Any
) -> None:
    peer.answer, peer.error = "Sorry, I couldn't understand that", "no_intent_match"
    assert await ask(listener, "JipsaAsk", query="안녕") == NONE
    peer.answer, peer.error = "안방이라는 곳을 모르겠어요", "no_valid_targets"
    assert await ask(listener, "JipsaAsk", query="안방 불") == "안방이라는 곳을 모르겠어요"
    peer.answer, peer.error = "<speak> </speak>", None
    assert await ask(listener, "JipsaAsk", query="안녕") == NONE
    peer.body = json.dumps({"response": {"response_type": "action_done", "speech": {}}}).encode()
    assert await ask(listener, "JipsaAsk", query="안녕") == NONE


@pytest.mark.parametrize("slots", [{}, {"query": 3}, {"query": ["안녕"]}, {"query": "  "}, {"query": "가" * 501}])
async def test_what_is_no_question_is_not_asked(
    slots: dict[str, Any], genie: GenieBridge, peer: HomeAssistant, listener: Any
) -> None:
    told = "bad_payload: 무엇을 물어볼지 한두 문장으로 말씀해 주세요."
    assert await ask(listener, "JipsaAsk", **slots) == told
    assert peer.asked == []


async def test_in_english(broker: BrokerAddress, tmp_path: Path, listener: Any, unused_tcp_port: int) -> None:
    async with asking(agent_at(f"http://127.0.0.1:{unused_tcp_port}"), broker, tmp_path, language="en"):
        told = "vendor_unreachable: Home Assistant cannot be reached; please check the network."
        assert await ask(listener, "JipsaAsk", query="hello") == told


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<![CDATA[안녕하세요 <b>저는</b> 지니예요.]]>", "안녕하세요 저는 지니예요."),
        ("<speak>안녕<break time='1s'/> 반가워요</speak>", "안녕 반가워요"),
        ("&lt;b&gt;굵게&lt;/b&gt; 3 &lt; 5 그리고 7 &gt; 2", "굵게 3 < 5 그리고 7 > 2"),
        ("**맑아요** 😀👍🏽! 26℃, 40㎍/㎥ 1️⃣", "맑아요! 26℃, 40㎍/㎥ 1"),
        ("3 * 5 = 15, a_b, 3~5도, ~~취소~~ `코드`", "3 * 5 = 15, a_b, 3~5도, 취소 코드"),
        ("## 살 것\n\n- 우유\n- 빵\n* 사과.\n다 됐어요", "살 것, 우유, 빵, 사과. 다 됐어요"),
        ("자세한 건 https://example.com/a?b=c 에 [있어요](http://x.y).", "자세한 건 에 있어요."),
        ("안\u200b녕\x00하\x1b[0m세요\ufeff", "안 녕 하 [0m세요"),
        ("<![CDATA[]]>", ""),
        ("😀 ... !", ""),
        ("첫 문장은 3.5도예요. " * 40, "첫 문장은 3.5도예요. " * 20 + "첫 문장은 3.5도예요."),
        ("가나 " * 200, "가나 " * 99 + "가나"),
        ("가" * 400, "가" * 300),
    ],
)
def test_an_answer_is_cleaned_for_speech(answer: str, said: str) -> None:
    assert spoken(answer) == said
    assert len(said) <= LONGEST


EVIL = ["<", "<a", "[", "[](", "\n", " \n", "가\n", " ", "*a", "www.", "&", ".", "\x00"]


@pytest.mark.parametrize("evil", EVIL, ids=ascii)
@pytest.mark.timeout(5)
def test_a_huge_answer_holds_nothing_up(evil: str) -> None:
    assert len(spoken(evil * 500_000)) <= LONGEST
    assert "끝" not in spoken(evil * LOOKED_AT + " 끝")


def homeassistant(token_file: Path | None) -> AgentSettings:
    return HomeAssistantAgentSettings(kind="homeassistant", url="http://hass:8123", token_file=token_file)


def kt(key_file: Path | None) -> AgentSettings:
    return KtAgentSettings(kind="kt", client_id="me", key_file=key_file, secret_file=key_file)


@pytest.mark.parametrize(
    ("settings", "setting", "name"),
    [(homeassistant, "token_file", "homeassistant-token"), (kt, "key_file", "kt-key")],
)
def test_keys_are_in_files(
    settings: Any, setting: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(OutsideError, match=f"genie.agent.{setting}: give a file, or the systemd credential {name}"):
        agent_of(settings(None), "ko")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(OutsideError, match=rf"{name}: No such file"):
        agent_of(settings(None), "ko")
    for wrong in (b"", b" \n", "비밀".encode(), b"\xff", b"two\nlines"):
        (tmp_path / name).write_bytes(wrong)
        with pytest.raises(OutsideError, match=f"{name}: (one line of ASCII expected|not text)"):
            agent_of(settings(None), "ko")
    (tmp_path / name).write_text("a-secret\n")
    (tmp_path / "kt-secret").write_text("b-secret\n")
    for given in (None, tmp_path / name):
        agent = agent_of(settings(given), "ko")
        assert "secret" not in repr(agent) + str(agent)


async def test_the_bridge_asks_whom_the_settings_say(
    url: str, broker: BrokerAddress, tmp_path: Path, listener: Any
) -> None:
    for name, value in (("token", TOKEN), ("key", KEY), ("secret", SECRET)):
        (tmp_path / name).write_text(value)
    path = tmp_path / "jipsa.yaml"
    async with KtSimulator().serving() as port:
        files = "key_file: key, secret_file: secret"
        for agent, said in (
            (f"{{kind: homeassistant, url: '{url}', token_file: token}}", "거실은 23도예요."),
            (f"{{kind: kt, client_id: {CLIENT_ID}, {files}, host: 127.0.0.1, port: {port}, tls: false}}", KT),
            ("null", "unknown_intent: genie는 JipsaAsk 명령을 몰라요."),
        ):
            settings = f"state_dir: state\nbroker: {{url: 'mqtt://127.0.0.1:{broker.port}'}}\ngenie: {{agent: {agent}}}"
            path.write_text(settings)
            async with MAKERS["genie"](load_settings(path), Home()) as bridge, serving(bridge):
                assert await ask(listener, "JipsaAsk", query="너는 누구야?") == said


@pytest.mark.parametrize(
    ("agent", "fault"),
    [
        ("{kind: hass}", "genie.agent: 'hass' is none of kt, homeassistant"),
        ("{}", "genie.agent: 'kind' is missing"),
        ("{kind: kt}", "genie.agent: 'client_id' is missing"),
        (
            "{kind: kt, client_id: me, naam: 1}",
            "genie.agent.naam: unknown key; known are client_id, key_file, secret_file, host, port, tls, kind",
        ),
        (
            "{kind: homeassistant, url: 'http://hass', tokn: x}",
            "genie.agent.tokn: unknown key; known are kind, url, token_file, language, agent_id",
        ),
        ("{kind: homeassistant, url: hass}", "genie.agent.url: 'hass' is no web address; it looks like http://host:8123"),
    ],
)  # fmt: skip
def test_faults_in_the_settings_name_the_place(agent: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "jipsa.yaml"
    path.write_text(f"genie: {{agent: {agent}}}")
    with pytest.raises(OutsideError) as caught:
        load_settings(path)
    assert str(caught.value).endswith(f"jipsa.yaml:1: {fault}")
