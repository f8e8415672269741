# SPDX-License-Identifier: GPL-2.0-or-later
"""A network and a gateway that outlive many kills: the folder stays, the phones are heard all the time, the store is looked at from outside."""
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'system'))
from libkabar import KABAR, SIM, SLEEPCAP, TOP, Gateway, Network  # noqa: E402,F401  (for all of this folder)

OPERATORS = ['+6281100009001', '+6281100009002']
LOGS_KEPT = 20


def now_ms():
    return int(time.time() * 1000)


def modems(n):
    return {f'm{i}': f'+628110000000{i}' for i in range(1, n + 1)}


class LastingNetwork(Network):
    """A simulated network in a folder of the caller's, which is kept."""

    def __init__(self, folder, n, seed):
        super().__init__(modems(n), ['--seed', str(seed)])
        os.rmdir(self.dir)
        self.dir = folder
        shutil.rmtree(f'{folder}/net', ignore_errors=True)
        os.makedirs(folder, exist_ok=True)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        self.process.stdout.close()
        self.log.close()


class Line:
    """One connection to the simulator's control socket that stays open: thousands of requests a minute."""

    def __init__(self, net):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f'{net.dir}/net/control')
        self.file = self.socket.makefile()

    def tell(self, **request):
        self.socket.sendall(json.dumps(request).encode() + b'\n')
        answer = json.loads(self.file.readline())
        assert answer.get('ok'), answer
        return answer


class Ears:
    """Hears every message that any phone gets."""

    def __init__(self, net):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(f'{net.dir}/net/control')
        self.socket.sendall(b'{"do":"phone","number":"*"}\n')
        self.socket.setblocking(False)
        self.rest = b''

    def heard(self):
        """The messages since the last call."""
        while True:
            try:
                got = self.socket.recv(1 << 16)
            except BlockingIOError:
                break
            assert got, 'the simulator has closed its socket'
            self.rest += got
        lines = self.rest.split(b'\n')
        self.rest = lines.pop()
        return [m for m in map(json.loads, lines) if m.get('ev') == 'sms']


class Ledger:
    """What the network saw, read bit by bit: rows of SUBMIT by recipient, and where questions lie."""

    def __init__(self, line):
        self.line, self.next_submit, self.next_delivery = line, 1, 1
        self.submits = {}   # number -> rows
        self.accepted_n = 0

    def read(self):
        got = self.line.tell(do='ledger', from_n=self.next_submit, from_delivery=self.next_delivery)
        for row in got['submits']:
            self.next_submit = row['n'] + 1
            self.accepted_n += row['accepted']
            self.submits.setdefault(row['to'], []).append(row)
        for row in got['deliveries']:
            self.next_delivery = row['n'] + 1

    def to(self, number):
        return self.submits.get(number, [])

    def forget(self):
        self.submits.clear()


class Life(Gateway):
    """The daemon, started again and again over one store. A modem that never answers holds up its link for ten seconds only."""

    def __init__(self, net, gateway, config):
        super().__init__(net, gateway=gateway, config=config, bearers=', '.join(
            f'{{ name = "{m}"; kind = "gsm"; device = "net/{m}"; number = "{n}"; per_minute = 6000; submit_timeout = "10s"; settle = "500ms"; }}' for m, n in net.modems.items()))

    def begin(self, **environment):
        if self.logs >= LOGS_KEPT:
            self._forget_log(self.logs - LOGS_KEPT)
        self.start(wait=False, environment=environment)

    def _forget_log(self, n):
        try:
            os.remove(f'{self.dir}/kabar.{n}.log')
        except FileNotFoundError:
            pass

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def links_up(self):
        """How many links this life's log has seen come up."""
        with open(self.log_path, errors='replace') as f:
            return sum(': up (' in line for line in f)

    def child_of(self, modem):
        """Process id of a modem's process, or None."""
        for pid in self.children():
            try:
                with open(f'/proc/{pid}/cmdline', 'rb') as f:
                    if f.read().split(b'\0')[2:3] == [modem.encode()]:
                        return pid
            except (FileNotFoundError, ProcessLookupError):
                pass
        return None

    def children(self):
        """Process ids of the modems' processes."""
        found = []
        try:
            for task in os.listdir(f'/proc/{self.process.pid}/task'):
                with open(f'/proc/{self.process.pid}/task/{task}/children') as f:
                    found += map(int, f.read().split())
        except (FileNotFoundError, ProcessLookupError):
            pass
        return found

    def snapshot(self, folder):
        """A copy of a dead daemon's store, as it lies there, and a connection to the copy."""
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for end in ('', '-wal'):
            if os.path.exists(self.store + end):
                shutil.copyfile(self.store + end, f'{folder}/kabar.db{end}')
        return sqlite3.connect(f'{folder}/kabar.db')

    def look(self):
        """A connection to the store of a living daemon, to read only."""
        return sqlite3.connect(f'file:{self.store}?mode=ro', uri=True, timeout=5)


def kill(pid):
    """kill -9; False if it is gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False


def bury(folder):
    """Ends what a driver that was itself killed has left running in its folder."""
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                words = f.read().decode(errors='replace').split('\0')
        except (FileNotFoundError, ProcessLookupError):
            continue
        if words[0] in (KABAR, SIM) and (f'{folder}/gateway.conf' in words or f'{folder}/net' in words):
            kill(int(pid))
            while not is_dead(int(pid)):
                time.sleep(0.01)


def is_dead(pid):
    """Gone, or waiting to be buried."""
    try:
        with open(f'/proc/{pid}/stat') as f:
            return f.read().rsplit(') ', 1)[1][0] == 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return True


def fault_points():
    """Every FAULT point of the gateway's."""
    with open(f'{TOP}/gateway/base/fault.h', encoding='utf-8') as f:
        return re.findall(r'^\tX\((\w+),', f.read(), re.M)
