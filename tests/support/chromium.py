"""Where the browser of the browser tests is, and how it is started."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


class ChromiumUnavailable(RuntimeError):
    """No browser here; the message says what to install."""


def find_chromium() -> str:
    """Return the path of an installed Chromium.

    :raises ChromiumUnavailable: there is none.
    """
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise ChromiumUnavailable("Chromium is not installed (on Debian: apt-get install chromium)")


def launch_arguments() -> list[str]:
    """Switches for unattended runs: a false webcam nobody has to allow, no sandbox for root."""
    switches = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--disable-dev-shm-usage",
    ]
    return [*switches, "--no-sandbox"] if os.geteuid() == 0 else switches
