#!/usr/bin/env python3
"""Takes docs/page.png and docs/page.gif: the page of a server that this script starts and ends.

Needs chromium and chromedriver (Debian: chromium chromium-driver) and Python's Pillow. Build first; then

    tools/page/pictures.py target/debug/vpcdns
"""

import base64
import contextlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

from PIL import Image

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
ENDPOINT = "vpce-093517d1686ace06d"
QUESTION = "#from=i-0cbd8cfa04c8cf3d2&name=cloudformation.ap-northeast-2.amazonaws.com&type=A&lang=en"
FRAMES_A_SECOND = 5


@contextlib.contextmanager
def running(command, ready, stream):
    """A process, and what `ready` finds in what it prints."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in process.stdout:
            found = re.search(ready, line)
            if found:
                yield found.group(1)
                return
        sys.exit(f"{stream} did not start")
    finally:
        process.terminate()
        process.wait()


class Browser:
    """A headless Chromium, by the WebDriver protocol."""

    def __init__(self, port, size):
        self.base = f"http://127.0.0.1:{port}/session"
        arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--force-device-scale-factor=1",
                     f"--window-size={size[0]},{size[1]}", "--hide-scrollbars"]
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": arguments}}}}
        self.base += "/" + self.send("POST", "", wanted)["sessionId"]

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)["value"]

    def run(self, script):
        return self.send("POST", "/execute/sync", {"script": script, "args": []})

    def until(self, script):
        for _ in range(150):
            if self.run(f"return {script}"):
                return
            time.sleep(0.1)
        sys.exit(f"the page never came to: {script}")

    def picture(self):
        return base64.b64decode(self.send("GET", "/screenshot"))


def frames(browser, folder, seconds, count):
    """Pictures at an even pace, numbered after those that there are."""
    for _ in range(int(seconds * FRAMES_A_SECOND)):
        begun = time.monotonic()
        (folder / f"{count:03}.png").write_bytes(browser.picture())
        count += 1
        time.sleep(max(0.0, 1 / FRAMES_A_SECOND - (time.monotonic() - begun)))
    return count


def main():
    server = [sys.argv[1], "serve", "lab09-1", "--dns", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    with (
        tempfile.TemporaryDirectory() as kept,
        running(server, r"ready .*http=(\S+)", "the server") as http,
        running(["chromedriver", "--port=0"], r"started successfully on port (\d+)", "chromedriver") as port,
    ):
        folder = pathlib.Path(kept)
        browser = Browser(port, (1440, 1000))
        try:
            browser.send("POST", "/url", {"url": f"http://{http}/{QUESTION}"})
            private = 'document.querySelector("[data-verdict=PRIVATE]")'
            browser.until(private)
            time.sleep(4)
            (DOCS / "page.png").write_bytes(browser.picture())
            browser.run("localStorage.setItem('predict', 'off')")
            count = frames(browser, folder, 1.5, 0)
            switch = f"""document.querySelector('[data-key="{ENDPOINT}/private-dns"]')"""
            for verdict in ("PUBLIC", "PRIVATE"):
                browser.run(f"{switch}.click()")
                browser.until(f'document.querySelector("[data-verdict={verdict}]")')
                count = frames(browser, folder, 5, count)
        finally:
            browser.send("DELETE", "")
        pictures = [Image.open(path).resize((960, 667)).quantize(96) for path in sorted(folder.glob("*.png"))]
        pictures[0].save(
            DOCS / "page.gif", save_all=True, append_images=pictures[1:], duration=1000 // FRAMES_A_SECOND, loop=0,
            optimize=True,
        )
    for name in ("page.png", "page.gif"):
        print(name, (DOCS / name).stat().st_size, "bytes")


if __name__ == "__main__":
    main()
