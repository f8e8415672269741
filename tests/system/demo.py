#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`make run`: the agreed conversation is played and everything has ended; a wrong answer fails; a person at a terminal is answered and dials, and a signal ends it all; a port that is taken hinders
nothing."""
import os
import pty
import re
import select
import signal
import socket
import subprocess
import time

from libkabar import KABAR, SLOW, TOP, finish, test, until

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
    assert 'dial: *123#\n┌─ *123# ' in said and said.count('└─ ') == 4 and '(hung up)' in said, said
    for line in lines:
        if line.startswith('> ') and line != '> /end':
            assert f'-> {line[2:]} ' in said or f'dial: {line[2:]}\n' in said or f'answer: {line[2:]}\n' in said, (line, said)
        if line.startswith('< '):
            assert line[2:] in said, (line, said)
    assert outside() == before, set(outside().items()) ^ set(before.items())


def curls():
    """What the README shows is typed while the demo runs; the port that the demo would have is taken, unless it is by another program already."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(('127.0.0.1', 8123))
        taken.listen()
    except OSError:
        pass
    with open(f'{TOP}/README.md', encoding='utf-8') as f:
        commands = [line.strip() for line in f if line.startswith('    curl ') or '--dial' in line]
    assert len(commands) == 3, commands
    master, slave = pty.openpty()
    demo = subprocess.Popen([DEMO], stdin=slave, stdout=slave, stderr=slave, cwd='/', env=ENVIRONMENT)
    os.close(slave)
    try:
        port = re.search(r'at 127.0.0.1:(\d+)', read_until(master, b'Dial: *123#', 60).decode()).group(1)
        assert port != '8123'
        for command, words in zip(commands, ('CON Kabar Desmigratif', 'CON Info kerja aman', '(DRAF) Syarat')):
            command = command.replace('8123', port).replace('build/kabar', KABAR).replace('sim/demo/gateway.conf', 'var/demo/gateway.conf')
            done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60 * SLOW, cwd=TOP)
            assert done.returncode == 0 and words in done.stdout, (command, done)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(30 * SLOW)
        os.close(master)
        taken.close()


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
        read_until(master, b'Dial: *123#', 60)
        assert len(processes()) >= 5, processes()  # network, gateway, two modems, phone
        os.write(master, b'BANTUAN\n')
        read_until(master, b'<- ', 30)
        os.write(master, b'*123#\n')
        read_until(master, b'answer: ', 30)
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
test('what the README types to an operator\'s gateway works, also when the port is taken', curls)
test('the demo fails when an answer is not as agreed', disagreed)
test('a person at a terminal is answered; Ctrl-D ends the demo', at_a_terminal, None, 0)
test('SIGTERM ends the demo, the gateway and the network', at_a_terminal, signal.SIGTERM, 143)
finish()
