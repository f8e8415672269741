#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Coming and going: a stop that finishes what is in flight, a second signal that does not wait, reloads without end, and what the service manager is told."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

OURS = '+6281100000001'
PERSON = '+6281255500001'


class Manager:
    """The service manager's end of the socket."""

    def __init__(self, net, watchdog_s=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f'{net.dir}/notify')
        self.socket.setblocking(False)
        self.environment = {'NOTIFY_SOCKET': f'{net.dir}/notify'}
        if watchdog_s:
            self.environment['WATCHDOG_USEC'] = str(int(watchdog_s * 1e6))
        self.said = []

    def hear(self):
        try:
            while True:
                self.said.append((time.monotonic(), self.socket.recv(4096).decode()))
        except BlockingIOError:
            return [words for _, words in self.said]

    def wait(self, what, n=1, limit_s=10):
        until(lambda: len([w for w in self.hear() if what in w]) >= n, limit_s, f'{what} {n} times; heard {self.hear()}')


def in_flight(gateway):
    return gateway.sql("select count(*) from submit where state = 'OUT'") == [(1,)]


def drains():
    """The one in flight ends as SENT, what waits stays QUEUED, and the next start sends it: nobody is told twice."""
    operators = ['+6281255509991', '+6281255509992']
    with Network() as net:
        gateway = Gateway(net, config='operators = ( %s );' % ', '.join(f'{{ number = "{n}"; }}' for n in operators)).start()
        net.tell(do='fault', modem='m1', name='late_prompt', count=1, arg='3000')
        net.send(PERSON, OURS, 'TOLONG')
        until(lambda: in_flight(gateway), 15, 'one in flight')
        messages = gateway.sql('select count(*) from outbox')[0][0]
        began = time.monotonic()
        assert messages >= 3, f'an answer and two alerts, not {messages}'
        assert gateway.stop(limit_s=35) == 0, gateway.log()
        assert time.monotonic() - began < 20 * SLOW, 'it waited for more than what was in flight'
        states = dict(gateway.sql('select state, count(*) from submit group by state'))
        assert states == {'SENT': 1}, states
        assert len(gateway.sql("select id from outbox where state = 'QUEUED'")) >= messages - 1
        gateway.start()
        until(lambda: len(gateway.sql("select id from outbox where state in ('SENT', 'DELIVERED')")) == messages, 30, 'all are sent')
        until(lambda: all(net.inbox(p) for p in (PERSON, *operators)), 10, 'all have it')
        got = {p: [m['text'] for m in net.inbox(p)] for p in (PERSON, *operators)}
        assert all(len(set(texts)) == len(texts) for texts in got.values()), got
        assert sum(map(len, got.values())) == messages, got
        assert gateway.stop() == 0
        gateway.check_store()


def second_signal():
    with Network() as net:
        gateway = Gateway(net).start()
        net.tell(do='fault', modem='m1', name='late_prompt', count=1, arg='20000')
        net.send(PERSON, OURS, 'BANTUAN')
        until(lambda: in_flight(gateway), 15, 'one in flight')
        began = time.monotonic()
        gateway.process.send_signal(signal.SIGTERM)
        until(lambda: 'SIGTERM' in gateway.log(), 5, 'the first signal is heard')
        time.sleep(0.3)
        assert gateway.process.poll() is None, 'it did not wait for what is in flight'
        assert gateway.stop(signal.SIGINT) == 0, gateway.log()
        assert time.monotonic() - began < 6 * SLOW, 'the second signal was waited out'
        gateway.check_store()


def tells_manager():
    with Network() as net:
        manager = Manager(net, watchdog_s=1.5)
        gateway = Gateway(net, environment=manager.environment).start()
        manager.wait('READY=1')
        manager.wait('STATUS=serves, 1 of 1 links up')
        manager.wait('WATCHDOG=1', 4)
        children = open(f'/proc/{gateway.process.pid}/task/{gateway.process.pid}/children').read().split()
        assert children and not any(b'NOTIFY_SOCKET' in open(f'/proc/{pid}/environ', 'rb').read() for pid in children), children
        gateway.process.send_signal(signal.SIGHUP)
        manager.wait('RELOADING=1\nMONOTONIC_USEC=')
        manager.wait('READY=1', 2)
        assert gateway.stop() == 0
        manager.wait('STOPPING=1')


def engine_hangs():
    """The loop lives, answers its timers, and yet feeds nothing: its engine does not move."""
    with Network() as net:
        manager = Manager(net, watchdog_s=1.5)
        gateway = Gateway(net, environment=manager.environment).start(environment={'KABAR_FAULT': 'engine_turn:60:hang'})
        try:
            manager.wait('WATCHDOG=1')
            until(lambda: 'engine has not moved' in gateway.log() or gateway.without, 60, 'the loop tells it')
            manager.hear()
            fed = len(manager.said)
            time.sleep(3 * SLOW)
            assert not [w for w in manager.hear()[fed:] if 'WATCHDOG' in w], 'fed though the engine hangs'
            assert gateway.process.poll() is None
        finally:
            gateway.process.kill()
            gateway.process.wait()


def reloads():
    """More often than any table is long, and the last word counts."""
    with Network() as net:
        manager = Manager(net)
        gateway = Gateway(net, environment=manager.environment, config='operators = ( { number = "+6281255509999"; } );').start()
        plain = open(gateway.config).read()
        for i in range(100):
            with open(gateway.config, 'w') as f:
                f.write(plain.replace('+6281255509999', f'+62812555090{i:02d}'))
            gateway.process.send_signal(signal.SIGHUP)
            manager.wait('READY=1', 2 + i)
        net.ask(PERSON, OURS, 'TOLONG')
        net.wait_for('+6281255509099')
        assert not net.inbox('+6281255509098') and not net.inbox('+6281255509999')
        with open(gateway.config, 'w') as f:
            f.write(plain.replace('name = "test"', 'name = "other"').replace('per_minute = 6000', 'per_minute = 10')
                    .replace('bearers = ( ', 'bearers = ( { name = "m9"; kind = "null"; }, '))
        gateway.process.send_signal(signal.SIGHUP)
        until(lambda: 'need a restart' in gateway.log(), 10, 'what cannot be reloaded is named')
        named = re.search('need a restart: (.*)', gateway.log()).group(1)
        assert named == 'gateway.name, bearers.m1.per_minute, bearers.m9 (new)', named
        assert gateway.stop() == 0


def unit():
    """The unit is installed beside the program, names it, and systemd takes it."""
    with Network() as net:
        subprocess.run(['make', '-s', 'install', f'DESTDIR={net.dir}/root', 'PREFIX=/usr', f'BUILD={os.path.dirname(KABAR)}'], cwd=TOP, check=True)
        path = f'{net.dir}/root/usr/lib/systemd/system/kabar.service'
        text = open(path).read()
        assert 'ExecStart=/usr/bin/kabar run -c /etc/kabar/gateway.conf' in text, text
        for line in ('Type=notify', 'Restart=always', 'User=kabar', 'SupplementaryGroups=dialout', 'LimitNOFILE=1000', 'ProtectSystem=strict', 'StateDirectory=kabar'):
            assert line in text.split('\n'), line
        if shutil.which('systemd-analyze'):
            with open(f'{net.dir}/kabar.service', 'w') as f:  # as it stands, but with a program that is there
                f.write(text.replace('/usr/bin/kabar', f'{net.dir}/root/usr/bin/kabar'))
            done = subprocess.run(['systemd-analyze', 'verify', f'{net.dir}/kabar.service'], capture_output=True, text=True)
            faults = [line for line in done.stderr.split('\n') if 'kabar' in line]
            assert not faults, faults


test('SIGTERM finishes what is in flight and leaves the rest in the store', drains, without='drain')
test('a second signal does not wait', second_signal)
test('the service manager is told: ready, status, alive, reloading, stopping', tells_manager)
test('an engine that hangs feeds no watchdog', engine_hangs, without='watchdog')
test('a hundred reloads; the last one counts; what cannot be reloaded is named', reloads)
test('the unit of systemd is installed and right', unit)
finish()
