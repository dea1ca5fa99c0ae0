"""What a browser does at the page: comes without a cookie, or logs in and opens the WebSocket; prints what it gets.

`python browsing.py URL [PASSWORD]`, with the CA of `$CA` where it is given.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys

import aiohttp
from yarl import URL


async def came(session: aiohttp.ClientSession, url: str) -> tuple[int, str | None] | None:
    """Status and place of who comes without a cookie; None while nobody is there."""
    try:
        async with session.get(url, allow_redirects=False) as response:
            return None if response.status == 502 else (response.status, response.headers.get("Location"))
    except aiohttp.ClientConnectorError:
        return None


async def main() -> None:
    url, *password = sys.argv[1:]
    origin = {"Origin": str(URL(url).origin())}
    tls = ssl.create_default_context(cafile=os.environ["CA"]) if "CA" in os.environ else True
    jar = aiohttp.CookieJar(unsafe=True)  # of addresses, too
    async with aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(ssl=tls)) as session:
        while (first := await came(session, url)) is None:  # the page, or the proxy before it, has only been started
            await asyncio.sleep(0.1)
        if not password:
            print(*first)
            return
        async with session.post(f"{url}/login", data={"password": password[0]}, headers=origin) as response:
            if response.status != 200:
                print(response.status)
                return
            cookie = response.cookies["jipsa"]
        async with session.ws_connect(f"{url}/ws", headers=origin) as socket:
            print(200, (await socket.receive_json())["event"], *(["secure"] if cookie["secure"] else []))


asyncio.run(main())
