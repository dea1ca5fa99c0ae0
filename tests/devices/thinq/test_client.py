import pytest
from aiohttp import web
from brokers import free_port
from thinqconnect import ThinQAPIErrorCodes

from devices.thinq import client
from devices.thinq.client import FAULTS, REFUSED, ListedDevice, ThinqError, serves
from devices.thinq.simulator.cloud import Simulator
from hub.messages import ErrorCode
from hub.texts import text

WASHER = ListedDevice.model_validate(
    {"deviceId": "washer", "deviceInfo": {"deviceType": "DEVICE_WASHER", "alias": "세탁기"}}
)


@pytest.mark.parametrize("code", [member.value for member in ThinQAPIErrorCodes])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_code_of_the_sdk_has_a_sentence(code: str, language: str) -> None:
    _, key = FAULTS.get(code, REFUSED)
    sentence = text(key, language, device="세탁기", code=code)
    assert sentence
    assert not set(sentence) & set("{}")


def test_no_code_is_made_up() -> None:
    assert FAULTS.keys() <= {member.value for member in ThinQAPIErrorCodes}


@pytest.mark.parametrize(
    ("vendor_code", "code", "part"),
    [
        ("1222", ErrorCode.DEVICE_OFFLINE, "세탁기가 연결되어 있지"),
        ("2301", ErrorCode.REMOTE_CONTROL_OFF, "세탁기에서 원격 제어를 켜 주세요"),
        ("2302", ErrorCode.NOT_NOW, "세탁기는 지금 상태에서는"),
        ("2303", ErrorCode.DEVICE_ERROR, "세탁기에 오류가"),
        ("2304", ErrorCode.POWERED_OFF, "세탁기가 꺼져 있어요"),
        ("2305", ErrorCode.NOT_NOW, "세탁기는 지금 모드에서는"),
        ("1306", ErrorCode.VENDOR_UNREACHABLE, "한도"),
        ("1218", ErrorCode.VENDOR_UNREACHABLE, "토큰"),
        ("1304", ErrorCode.VENDOR_UNREACHABLE, "약관"),
        ("2208", ErrorCode.DEVICE_ERROR, "2208"),
    ],
)
async def test_an_error_of_the_cloud_is_told_in_words(
    vendor_code: str, code: ErrorCode, part: str, simulator: Simulator, base_url: str, cloud_at
) -> None:
    simulator.fail_next(vendor_code)
    with pytest.raises(ThinqError, match=part) as failure:
        await cloud_at(base_url).control(WASHER, {})
    assert (failure.value.code, failure.value.vendor_code) == (code, vendor_code)


async def test_the_cloud_lists_its_appliances(base_url: str, cloud_at) -> None:
    listed = await cloud_at(base_url).devices()
    assert {device.id: device.name for device in listed} == {
        "living_ac": "거실 에어컨",
        "washer": "세탁기",
        "robot": "로봇청소기",
        "air_purifier": "공기청정기",
    }


async def test_an_entry_that_cannot_be_read_does_not_hide_the_others(
    simulator: Simulator, base_url: str, cloud_at
) -> None:
    simulator.appliances["robot"].listed = {"deviceId": "robot"}
    assert "washer" in {device.id for device in await cloud_at(base_url).devices()}


async def test_a_wrong_token_is_told(base_url: str, cloud_at) -> None:
    with pytest.raises(ThinqError, match="토큰"):
        await cloud_at(base_url, access_token="another").devices()


async def test_a_cloud_that_is_not_there_is_told(cloud_at) -> None:
    with pytest.raises(ThinqError, match="서버에 연결할 수 없어요") as failure:
        await cloud_at(f"http://127.0.0.1:{free_port()}").devices()
    assert failure.value.code == ErrorCode.VENDOR_UNREACHABLE


async def test_a_cloud_that_does_not_answer_in_time_is_told(
    simulator: Simulator, base_url: str, cloud_at, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TIMEOUT", 0.02)
    simulator.latency = 0.2
    with pytest.raises(ThinqError) as failure:
        await cloud_at(base_url).devices()
    assert failure.value.code == ErrorCode.VENDOR_UNREACHABLE


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("<html>Bad Gateway</html>", "text/html", 502),
        ("{", "application/json", 200),
        ("[]", "application/json", 500),
        ('{"message": "x"}', "application/json", 500),
        ('{"error": "x"}', "application/json", 500),
    ],
)
async def test_a_reply_that_is_not_lgs_is_an_unreachable_cloud(
    body: str, content_type: str, status: int, cloud_at
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=body, content_type=content_type, status=status)

    application = web.Application()
    application.router.add_get("/devices", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        with pytest.raises(ThinqError) as failure:
            await cloud_at(f"http://127.0.0.1:{runner.addresses[0][1]}").devices()
        assert failure.value.code == ErrorCode.VENDOR_UNREACHABLE
    finally:
        await runner.cleanup()


def test_without_another_address_it_is_lgs_own_cloud() -> None:
    api = client._Api(None, None, "token", "KR", "client")
    assert api._get_url_from_endpoint("devices") == "https://api-kic.lgthinq.com/devices"


@pytest.mark.parametrize(("country", "known"), [("KR", True), ("US", True), ("QQ", False), ("", False)])
def test_countries(country: str, known: bool) -> None:
    assert serves(country) is known
