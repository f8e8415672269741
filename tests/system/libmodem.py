# SPDX-License-Identifier: GPL-2.0-or-later
"""For tests of the GSM bearer: the bearer alone (build/.../gsm_bearer) as an object, and a very poor modem that knows little more than its SIM.

    with Network() as net, Bearer(net.tty('m1')) as b:
        b.op('auto', on=True)
        b.wait('sms', text='halo')
"""
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tty

from libkabar import SLEEPCAP, SLOW, TOP, defence_taken_away, finish, pool

HARNESS = os.path.join(TOP, os.environ.get('BUILD', 'build/test'), 'gsm_bearer')


class Bearer:
    """One bearer on a loop; `events` are all that it said."""

    def __init__(self, device, capped=True, env=None, **keys):
        keys = {'number': '+6281100000001', 'per_minute': 6000, **keys}
        self.events, self.news = [], threading.Condition()
        self.log = tempfile.TemporaryFile()
        environment = dict(os.environ, **(env or {}))
        if defence_taken_away():
            environment['KABAR_WITHOUT'] = defence_taken_away()
        if capped:
            environment['LD_PRELOAD'] = SLEEPCAP
        self.process = subprocess.Popen([HARNESS, 'gsm', f'device={device}', *(f'{k}={v}' for k, v in keys.items())],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=environment)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.events.append(dict(json.loads(line), at=time.monotonic()))
                self.news.notify_all()
        with self.news:
            self.events.append({'ev': 'eof'})
            self.news.notify_all()

    def op(self, op, **more):
        self.process.stdin.write(json.dumps({'op': op, **more}).encode() + b'\n')
        self.process.stdin.flush()

    def submit(self, number, text, job=1, **more):
        self.op('submit', submit=job, to=number, text=text, **more)

    def all(self, ev, **like):
        """The events of a kind whose members are so; a value that is a function is asked."""
        return [e for e in list(self.events) if e['ev'] == ev
                and all(v(e.get(k)) if callable(v) else e.get(k) == v for k, v in like.items())]

    def wait(self, ev, limit_s=15, n=1, **like):
        """The n-th such event, once it is there."""
        end = time.monotonic() + limit_s * SLOW
        with self.news:
            while len(self.all(ev, **like)) < n:
                left = end - time.monotonic()
                if left <= 0 or (self.events and self.events[-1]['ev'] == 'eof'):
                    raise AssertionError(f'no {n} of {ev} {like} within {limit_s} s in {self.events[-12:]}\n{self.said()}')
                self.news.wait(min(left, 1))
        return self.all(ev, **like)[n - 1]

    def said(self):
        self.log.seek(0)
        return self.log.read().decode('utf-8', 'replace')[-3000:]

    def child(self):
        """The pid of the child; 0 while there is none."""
        try:
            with open(f'/proc/{self.process.pid}/task/{self.process.pid}/children') as f:
                return int((f.read().split() or ['0'])[0])
        except FileNotFoundError:
            return 0

    def close(self):
        """Closes it as the gateway does; seconds until it had."""
        began = time.monotonic()
        self.op('close')
        self.wait('closed', 5)
        assert self.process.wait(5 * SLOW) == 0, self.said()
        return time.monotonic() - began

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            try:
                if kind is None:
                    self.close()
            finally:
                if self.process.poll() is None:
                    self.process.send_signal(signal.SIGKILL)
                    self.process.wait()
        self.process.stdin.close()
        self.log.close()


def semi_octets(digits):
    digits += 'F' * (len(digits) % 2)
    return ''.join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2))


def deliver(sender, text, stamp='62114210000082'):
    """An SMS-DELIVER in UCS-2 with an empty SMSC: what a modem keeps."""
    digits, data = sender.lstrip('+'), text.encode('utf-16-be')
    return f'0004{len(digits):02X}91{semi_octets(digits)}0008{stamp}{len(data):02X}{data.hex().upper()}'


class PoorModem(threading.Thread):
    """A modem that announces nothing, has a SIM and no memory of its own, and says ERROR to most. `slots`: index -> PDU; `answers` overrides commands;
    `on_delete` is called after a slot was freed; `otherwise` is said to what it does not know."""

    def __init__(self, answers=None, otherwise='ERROR'):
        super().__init__(daemon=True)
        self.dir = tempfile.mkdtemp(prefix='kabar-poor-')
        self.master, self.slave = pty.openpty()
        tty.setraw(self.master)
        tty.setraw(self.slave)
        self.tty = f'{self.dir}/modem'
        os.symlink(os.ttyname(self.slave), self.tty)
        self.slots, self.answers, self.sent, self.commands = {}, answers or {}, [], []
        self.on_delete, self.otherwise = None, otherwise
        self.over = False

    def __enter__(self):
        self.start()
        return self

    def unplug(self):
        """Out of the world, from any thread; once."""
        self.over = True
        os.close(self.master)
        os.close(self.slave)
        os.unlink(self.tty)

    def __exit__(self, *_):
        if not self.over:
            self.over = True
            self.join(5)
            os.close(self.master)
            os.close(self.slave)
        shutil.rmtree(self.dir, ignore_errors=True)

    def say(self, text):
        os.write(self.master, text.encode())

    def run(self):
        held = b''
        while not self.over:
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            held += os.read(self.master, 4096)
            while True:
                cut = re.search(rb'[\r\x1a]', held)
                if not cut:
                    break
                line, held = held[:cut.end()].decode('latin-1'), held[cut.end():]
                self.take(line)
                if self.over:
                    return

    def take(self, line):
        if line.endswith('\x1a'):
            self.sent.append(line.strip('\x1a\n'))
            self.take_pdu(line)
            return
        command = line.strip('\r\n\x1b')
        if not command:
            return
        self.commands.append(command)
        self.say(command + '\r')
        if command.startswith('AT+CMGS='):
            self.say('\r\n> ')
            return
        answer = self.answer(command)
        if self.over:
            return
        self.say(''.join(f'\r\n{part}\r\n' for part in answer))

    def take_pdu(self, line):
        self.say(line + f'\r\n+CMGS: {len(self.sent) & 255}\r\n\r\nOK\r\n')

    def answer(self, command):
        for prefix, answer in self.answers.items():
            if command.startswith(prefix):
                return answer(self, command) if callable(answer) else answer
        number = re.fullmatch(r'AT\+CMG([RD])=(\d+)', command)
        if number and number.group(1) == 'R':
            pdu = self.slots.get(int(number.group(2)))
            return [f'+CMGR: 1,,{len(pdu) // 2 - 1}\r\n{pdu}', 'OK'] if pdu else ['+CMS ERROR: 321']
        if number:
            self.slots.pop(int(number.group(2)), None)
            if self.on_delete:
                self.on_delete()
            return ['OK']
        if command == 'AT+CMGL=4':
            return [f'+CMGL: {i},1,,{len(p) // 2 - 1}\r\n{p}' for i, p in sorted(self.slots.items())] + ['OK']
        if command == 'AT+CPMS=?':
            return ['+CPMS: ("SM"),("SM"),("SM")', 'OK']
        if command.startswith('AT+CPMS='):
            return [f'+CPMS: {len(self.slots)},10,{len(self.slots)},10,{len(self.slots)},10', 'OK']
        known = {'AT': [], 'ATE1': [], 'AT+CMEE=1': [], 'AT+CMGF=0': [], 'AT+CFUN=1': [], 'AT+CPIN?': ['+CPIN: READY'], 'AT+CGMM': ['POOR'],
                 'AT+CGMI': ['NOBODY'], 'AT+CGMR': ['1'], 'AT+CSCS=?': ['+CSCS: ("GSM","HEX","UCS2")'], 'AT+CSCS?': ['+CSCS: "GSM"'],
                 'AT+CSCS="HEX"': [], 'AT+CSCS="GSM"': [], 'AT+CSCS="UCS2"': [], 'AT+CSCA?': ['+CSCA: "+628110000000",145']}
        return known[command] + ['OK'] if command in known else [self.otherwise]


def without(defence):
    """Marks a test of a fault with the defence that it leans on (see test() of libkabar)."""
    def mark(function):
        function.without = defence
        return function
    return mark


def run_tests(tests, workers=10):
    """Runs functions of this program side by side (most of them wait) and prints TAP with what each function's first line says. Words of the command
    line choose by name."""
    def row(function):
        name = (function.__doc__ or function.__name__).strip().split('\n')[0]
        return f'gsm: {name}', function, {'without': getattr(function, 'without', None)}
    chosen = [f for f in tests if not sys.argv[1:] or any(word in f.__name__ for word in sys.argv[1:])]
    del sys.argv[1:]
    pool([row(f) for f in chosen], workers)
    finish()
