#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`make run`: the agreed conversation is played and everything has ended; a wrong answer fails; a person at a terminal is answered, and a signal ends it all."""
import os
import pty
import select
import signal
import subprocess
import time

from libkabar import SLOW, TOP, finish, test, until

DEMO = f'{TOP}/sim/demo/run'


# Inherited by all that the demo starts: other tests run gateways of this tree at the same time.
MARK = f'KABAR_DEMO_OF={os.getpid()}'
ENVIRONMENT = dict(os.environ, **dict([MARK.split('=')]))


def processes():
    """Everything that the demo has left running."""
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/environ', 'rb') as f:
                marked = MARK.encode() in f.read().split(b'\0')
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                if marked:
                    found.append((pid, f.read()))
        except OSError:
            pass  # it has just ended
    return found


def outside():
    """What lies in the tree beside var/ and build/, with its time: the demo changes none of it."""
    found = {}
    for folder, folders, names in os.walk(TOP):
        folders[:] = [d for d in folders if not (folder == TOP and d in ('var', 'build', '.git')) and d != '__pycache__']
        for name in names:
            found[f'{folder}/{name}'] = os.lstat(f'{folder}/{name}').st_mtime_ns
    return found


def plays(*words):
    done = subprocess.run([DEMO, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120 * SLOW, cwd='/', env=ENVIRONMENT)
    assert processes() == [], processes()
    return done.returncode, done.stdout + done.stderr


def agreed():
    before = outside()
    code, said = plays()
    assert code == 0, said
    with open(f'{TOP}/sim/demo/conversation.txt', encoding='utf-8') as f:
        lines = f.read().split('\n')
    for line in lines:
        if line.startswith('> '):
            assert f'-> {line[2:]} ' in said, (line, said)
        if line.startswith('< '):
            assert line[2:] in said, (line, said)
    assert outside() == before, set(outside().items()) ^ set(before.items())


def disagreed():
    path = f'{TOP}/var/conversation.txt'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write('> BANTUAN\n< what nobody answers\n')
    code, said = plays(path)
    os.remove(path)
    assert code == 1 and 'conversation.txt:2' in said, (code, said)


def read_until(fd, words, limit_s):
    said, until_s = b'', time.monotonic() + limit_s * SLOW
    while words not in said:
        assert time.monotonic() < until_s, (words, said)
        if select.select([fd], [], [], 0.2)[0]:
            said += os.read(fd, 4096)
    return said


def at_a_terminal(how, code):
    master, slave = pty.openpty()
    demo = subprocess.Popen([DEMO], stdin=slave, stdout=slave, stderr=slave, cwd='/', env=ENVIRONMENT)
    os.close(slave)
    try:
        read_until(master, b'Ctrl-D ends it', 60)
        assert len(processes()) >= 5, processes()  # network, gateway, two modems, phone
        os.write(master, b'BANTUAN\n')
        read_until(master, b'<- ', 30)
        if how is None:
            os.write(master, b'\x04')
        else:
            demo.send_signal(how)
        assert demo.wait(30 * SLOW) == code, demo.returncode
        until(lambda: processes() == [], 5, f'nothing is left: {processes()}')
    finally:
        demo.kill()
        os.close(master)


test('the demo plays its conversation, ends, and writes nothing outside var', agreed)
test('the demo fails when an answer is not as agreed', disagreed)
test('a person at a terminal is answered; Ctrl-D ends the demo', at_a_terminal, None, 0)
test('SIGTERM ends the demo, the gateway and the network', at_a_terminal, signal.SIGTERM, 143)
finish()
