#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What operators read when something is wrong: by which modem, how often, and that it is over; what a clock that jumped holds up."""
import json
import os
import re
import resource
import socket
import sqlite3
import subprocess
import time
import uuid

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

M1, M2 = '+6281100000001', '+6281100000002'
A, OPERATOR = '+6281255500001', '+6281255500099'
TWO = {'m1': M1, 'm2': M2}
DOWN_S = int(8 * SLOW)  # longer than the links need to come up
CONFIG = f'operators = ( {{ number = "{OPERATOR}"; }} );\nalarms: {{ look = "1s"; link_down = "{DOWN_S}s"; }};'


def texts(net, limit=None):
    return [m['text'] for m in net.inbox(OPERATOR)]


def unplug(net, name, present):
    net.tell(do='set', modem=name, present=present)


def link_down():
    with Network(modems=TWO) as net, Gateway(net, config=CONFIG) as kabar:
        unplug(net, 'm1', False)
        told = net.wait_for(OPERATOR, 1, 40)[0]
        assert 'modem m1' in told['text'] and 'kabar status' in told['text'], told
        assert told['from'] == M2, told
        assert any(a['alarm'] == 'link_down' and a['about'] == 'm1' for a in json.loads(kabar.cli('alarm', '--json'))), kabar.cli('alarm')
        assert 'ALARM      link_down m1' in kabar.cli('status'), kabar.cli('status')
        unplug(net, 'm1', True)
        kabar.wait_up(['m1'], limit_s=60)
        over = net.wait_for(OPERATOR, 2, 20)[1]
        assert over['text'].startswith('BERES') and 'm1' in over['text'], over
        assert 'link_down' not in kabar.cli('alarm'), 'it is over'
        assert 'link_down' in kabar.cli('alarm', '--all')


def once_an_hour():
    with Network(modems=TWO) as net, Gateway(net, config=CONFIG) as kabar:
        for times in range(2):
            unplug(net, 'm1', False)
            until(lambda: kabar.sql("select count(*) from alarm where kind = 'link_down' and ended_ms is null") == [(1,)], 40, 'the alarm is open')
            if times == 0:
                net.wait_for(OPERATOR, 1, 20)
            unplug(net, 'm1', True)
            until(lambda: kabar.sql("select count(*) from alarm where kind = 'link_down' and ended_ms is null") == [(0,)], 60, 'it is over')
        time.sleep(3)
        assert len(texts(net)) == 2, f'one, and that it is over: {texts(net)}'
        assert kabar.sql("select count(*) from alarm where kind = 'link_down'") == [(2,)]


def test_sms():
    with Network(modems=TWO) as net, Gateway(net, config=CONFIG) as kabar:
        assert '(1 of 1)' in kabar.cli('alarm', 'test')
        assert 'uji alarm' in net.wait_for(OPERATOR)[0]['text']
        assert kabar.sql("select count(*) from alarm where ended_ms is null") == [(0,)]
    with Network() as net, Gateway(net) as kabar:
        kabar.cli('alarm', 'test', code=1)


def dead_cry():
    """A cry that stumbles over a bug: the operator and the person are told all the same."""
    with Network() as net, Gateway(net, config=CONFIG, environment={'KABAR_FAULT': 'engine_event:1:error'}) as kabar:
        net.send(A, M1, 'TOLONG')
        assert 'MINTA TOLONG' in net.wait_for(OPERATOR, 1, 20)[0]['text'], texts(net)
        assert 'Pesan diterima' in net.wait_for(A, 1, 20)[0]['text']
        assert kabar.sql("select state from cases") == [('open',)]


def untaken_cry():
    """The alerts arrived, and nobody said that it is hers: told after a while, until the case is taken."""
    config = CONFIG.replace('look = "1s";', 'look = "1s"; sos_untaken = "2s";')
    with Network() as net, Gateway(net, config=config) as kabar:
        net.send(A, M1, 'TOLONG')
        told = until(lambda: [t for t in texts(net) if 'belum ada yang mengurus' in t], 30, lambda: f'it is told: {texts(net)}')[0]
        command = re.search(r'kabar (case take 1 --by) NAMA$', told).group(1)
        assert 'ALARM      sos_untaken 1' in kabar.cli('status'), kabar.cli('status')
        kabar.cli(*command.split(), 'WATI')
        until(lambda: any(t.startswith('BERES') and 'kasus 1' in t for t in texts(net)), 30, lambda: f'it is over: {texts(net)}')
        time.sleep(3)
        assert sum('belum ada yang mengurus' in t for t in texts(net)) == 1, texts(net)
        assert 'sos_untaken' not in kabar.cli('alarm')


def sick_store():
    """While the store is sick nothing can be written, no alarm either: operators read afterwards for how long."""
    with Network() as net, Gateway(net, config=CONFIG) as kabar:
        pid, limits = kabar.process.pid, resource.prlimit(kabar.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (65536, limits[1]))
        net.send(A, M1, 'BANTUAN')
        until(lambda: 'SICK' in kabar.log(), 20, 'the store is sick')
        time.sleep(2)
        assert texts(net) == []
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        told = net.wait_for(OPERATOR, 1, 30)[0]['text']
        seconds = int(re.search(r'gagal (\d+) detik', told).group(1))
        assert 2 <= seconds <= 30 * SLOW, told
        net.wait_for(A)


def held_log():
    """A program that reads the store for long: the log grows and is told with its name; when it is gone the log shrinks by itself."""
    with Network() as net, Gateway(net, config=CONFIG.replace('look = "1s"', 'look = "1s"; wal_mb = 16')) as kabar:
        kabar.cli('alarm')
        reader = sqlite3.connect(f'file:{kabar.store}?mode=ro', uri=True, isolation_level=None)
        reader.execute('begin')
        reader.execute('select count(*) from outbox').fetchall()

        def size():
            return os.path.getsize(kabar.store + '-wal')
        n = 0
        while size() < 17 << 20:
            n += 1
            write(kabar, n)
        net.wait_for(OPERATOR)
        assert 'catatan basis data' in texts(net)[0], texts(net)
        shown = kabar.cli('alarm')
        assert f'(process {os.getpid()})' in shown, shown
        reader.execute('rollback')
        reader.close()

        def shrinks():
            write(kabar, 0)
            return size() < 9 << 20
        until(shrinks, 20, 'the log is given back')
        assert net.wait_for(OPERATOR, 2)[1]['text'].startswith('BERES'), texts(net)


def write(kabar, n):
    """A command that writes a few pages."""
    s = socket.socket(socket.AF_UNIX)
    s.connect(f'{kabar.dir}/state/control')
    text = f'{n} ' + 'kabar ' * 20
    s.sendall(json.dumps({'id': uuid.uuid4().hex, 'verb': 'info.put', 'topic': f'UJI {n % 50}', 'part': 1, 'text': text}).encode() + b'\n')
    answer = s.makefile().readline()
    s.close()
    assert 'said' in answer, answer


def commands_exist():
    """What an alarm tells to type is a subcommand that exists."""
    with open(f'{TOP}/gateway/engine/alarm.h', encoding='utf-8') as f:
        commands = set(re.findall(r'"kabar (\w+)[^"]*"\)', f.read()))
    assert len(commands) > 4, commands
    for name in commands:
        done = subprocess.run([KABAR, 'help', name], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


test('what an alarm tells to type exists', commands_exist)
test('a modem that is down is told over the other one, and that it is back', link_down, without='alarm_told')
test('it is told over the one that is up', link_down, without='alarm_beside')
test('a modem that comes and goes is told once an hour', once_an_hour, without='alarm_hourly')
test('a test SMS reaches the operators', test_sms)
test('a cry that could not be handled is told at once', dead_cry, without='cry_told')
test('a cry that nobody takes is told, until it is taken', untaken_cry, without='alarm_told')
test('how long the store was sick is told when it is well', sick_store)
test('a reader that holds up the log is named, and the log shrinks when it is gone', held_log)
finish()
