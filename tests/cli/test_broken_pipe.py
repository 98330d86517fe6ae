"""Readers that go away early, as `head` does."""

import subprocess
import sys


def test_a_reader_that_is_gone_is_no_news():
    code = "from kerascls.cli.app import main; main(['models'])"
    command = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    command.stdout.close()
    assert command.stderr.read() == b""
    assert command.wait() == 1
