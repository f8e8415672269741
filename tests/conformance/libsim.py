# SPDX-License-Identifier: GPL-2.0-or-later
"""What the conformance tests share: a simulator in a directory of its own, its control socket, TAP."""
import atexit
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SIM = os.path.abspath(os.environ.get('SIM', os.path.join(TOP, 'build/kabar-sim')))
NUMBER = '+6281100000001'
failures = 0


def check(name, good, told=''):
    """One line of TAP; `told` explains a failure."""
    global failures
    print(('ok ' if good else 'not ok ') + name, flush=True)
    if not good:
        failures += 1
        for line in str(told).splitlines()[:20]:
            print('#   ' + line, flush=True)
    return good


def done():
    sys.exit(1 if failures else 0)


def wait_for(what, limit_s=10.0):
    """The first true value of what(), or its last one when the time is over."""
    end = time.monotonic() + limit_s
    while True:
        value = what()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.01)


def submit_tpdu(to, text, first=0x11, validity='AA', udh=''):
    """A SUBMIT in hex, its text packed by seven bits behind the header `udh` (hex, with its length)."""
    digits = to.lstrip('+') + 'F' * (len(to.lstrip('+')) % 2)
    swapped = ''.join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))
    skip = (len(udh) * 4 + 6) // 7
    bits = sum(ord(c) << 7 * (skip + i) for i, c in enumerate(text))
    octets = ((skip + len(text)) * 7 + 7) // 8
    data = bits.to_bytes(octets, 'little') if octets else b''
    data = udh + data.hex().upper()[len(udh):]
    return f'{first:02X}00{len(to.lstrip("+")):02X}{"91" if to[0] == "+" else "81"}{swapped}0000{validity}{skip + len(text):02X}{data}'


class Control:
    """One connection to the control socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.got = b''
        self.events = []

    def line(self, limit_s=10.0):
        """The next line as JSON, or None when the time is over."""
        end = time.monotonic() + limit_s
        while b'\n' not in self.got:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return None
            more = self.socket.recv(65536)
            if not more:
                raise EOFError('the simulator closed the control socket')
            self.got += more
        line, self.got = self.got.split(b'\n', 1)
        return json.loads(line)

    def ask(self, do, **more):
        return self.ask_raw(json.dumps(dict(do=do, **more)).encode())

    def ask_raw(self, request):
        self.socket.sendall(request + b'\n')
        while True:
            answer = self.line()
            if answer is None or 'ev' not in answer:
                return answer
            self.events.append(answer)

    def event(self, limit_s=10.0):
        """The next event, or None."""
        return self.events.pop(0) if self.events else self.line(limit_s)

    def close(self):
        self.socket.close()


class Sim:
    """A running simulator with one modem, m1, of NUMBER, unless told otherwise."""

    def __init__(self, *options, modems=(('m1', NUMBER),)):
        self.dir = tempfile.mkdtemp(prefix='kabar-sim.')
        arguments = [SIM, '--dir', self.dir] + [f'--modem={name}={number}' for name, number in modems] + list(options)
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        atexit.register(self.abandon)
        ready = self.process.stdout.readline()
        if ready != 'kabar-sim: ready\n':
            raise RuntimeError(f'the simulator said {ready!r} and ended with {self.process.wait()}')
        self.control = Control(self.dir + '/control')

    def ask(self, do, **more):
        return self.control.ask(do, **more)

    def tty(self, name='m1'):
        return f'{self.dir}/{name}'

    def modem(self, name='m1'):
        return next(m for m in self.ask('state')['modems'] if m['name'] == name)

    def inbox(self, number):
        return self.ask('inbox', number=number)['messages']

    def send(self, text, sender='+6281234567890', to=NUMBER, **more):
        return self.ask('send', **{'from': sender}, to=to, text=text, **more)

    def abandon(self):
        """A test that fails half-way leaves nothing behind."""
        self.process.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def stop(self):
        """Ends it; returns its exit code and what it left in its directory besides what the test put there."""
        self.control.close()
        self.process.terminate()
        code = self.process.wait(10)
        self.process.stdout.close()
        left = [name for name in os.listdir(self.dir) if os.path.islink(f'{self.dir}/{name}') or name == 'control']
        shutil.rmtree(self.dir)
        atexit.unregister(self.abandon)
        return code, left


def run(command, text='', limit_s=40, env=None):
    """Runs a client with `text` as its input. Returns (exit code, output with errors)."""
    try:
        p = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit_s,
                           env=dict(os.environ, LC_ALL='C.UTF-8', **(env or {})))
        return p.returncode, p.stdout.decode('utf-8', 'replace')
    except subprocess.TimeoutExpired as late:
        return 'time-out', (late.stdout or b'').decode('utf-8', 'replace')


class Line:
    """A terminal on a modem's serial line: sends bytes, collects what comes."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self.got = b''

    def write(self, text):
        os.write(self.fd, text if isinstance(text, bytes) else text.encode('latin-1'))

    def read(self, limit_s=3.0, until=None):
        """Collects until the regular expression matches; returns all that came since the last call, or None when the time is over."""
        end = time.monotonic() + limit_s
        while True:
            if until and (found := re.search(until, self.got)):
                taken, self.got = self.got[:found.end()], self.got[found.end():]
                return taken.decode('latin-1')
            left = end - time.monotonic()
            if left <= 0:
                return None if until else self.take()
            if select.select([self.fd], [], [], left)[0]:
                try:
                    more = os.read(self.fd, 65536)
                except BlockingIOError:
                    continue
                except OSError:
                    more = b''
                if not more:
                    return None if until else self.take()
                self.got += more

    def take(self):
        taken, self.got = self.got, b''
        return taken.decode('latin-1')

    FINAL = rb'\r\n(OK|ERROR|\+CM[ES] ERROR: [^\r\n]*)\r\n|\r\n> $'

    def at(self, command, limit_s=3.0):
        """One command with its echo. Returns the response without the echo, its lines joined by |, or None."""
        self.write(command + '\r')
        answer = self.read(limit_s, self.FINAL)
        return None if answer is None else '|'.join(answer.replace(command + '\r', '', 1).split('\r\n')).strip('|')

    def data(self, text, limit_s=3.0):
        """What follows the prompt, with ^Z."""
        self.write(text + '\x1a')
        answer = self.read(limit_s, self.FINAL)
        return None if answer is None else '|'.join(answer.replace(text + '\x1a', '', 1).split('\r\n')).strip('|')

    def notice(self, limit_s=3.0):
        """The next unsolicited line (of a direct message: both)."""
        got = self.read(limit_s, rb'\r\n(\+CMT:[^\r\n]*\r\n|\+CDS:[^\r\n"]*\r\n)?[^\r\n]+\r\n')
        return None if got is None else '|'.join(got.split('\r\n')).strip('|')

    def close(self):
        os.close(self.fd)
