"""The flow of the README as people paste it, from sign-up to the end of the entry token."""

import os
import subprocess

from helpers.pages import blocks, read

MARK = "<!-- story -->"
STEPS = [
    "Signed up as fan-",
    "Took a queue token",
    "Admitted until ",
    "Concerts:",
    "  small-hall: ",
    "Dates:",
    " seats left",
    " is held until ",
    "Balance: ",
    "Order is paid; ",
    " charged, balance 0",
    '"type":"/problems/entry-token-expired"',
    "HTTP 403",
]


def story(page: str = "README.md") -> str:
    """The script that a README tells people to paste."""
    _, _, after = read(page).partition(MARK)
    script = blocks(after)[0]
    assert script.language == "bash"
    assert script.text.startswith("URL=${YEMAE_URL:-http://127.0.0.1:${YEMAE_PORT:-8000}}\n")
    return script.text


def paste(script: str, url: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """How the script ends that bash reads line by line, as from a terminal."""
    return subprocess.run(
        ["bash", *options],
        input=script,
        env={
            "PATH": os.environ["PATH"],
            "YEMAE_URL": url,
            "NO_PROXY": "127.0.0.1,localhost",
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        start_new_session=True,  # an interactive shell would take the terminal from the tests
    )


def printed(script: str, url: str, **environ: str) -> str:
    """What the script prints; every command in it has to succeed."""
    done = paste(script, url, **environ)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def assert_every_step(said: str) -> None:
    """The flow went through every step, in order."""
    place = 0
    for step in STEPS:
        assert step in said[place:], said
        place = said.index(step, place)
