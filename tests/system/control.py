#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket: who may write, what is refused, what is done once only; and what the command line hears while the store is sick."""
import json
import os
import resource
import socket
import stat
import time

from libkabar import SLOW, Gateway, Network, finish, test, until

OURS = '+6281100000001'


def gateway_over(net):
    return Gateway(net, bearers='{ name = "m1"; kind = "null"; number = "+6281100000001"; }')


def connect(gateway):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(20)
    s.connect(f'{gateway.dir}/state/control')
    return s


def everything(s):
    said = b''
    while True:
        try:
            piece = s.recv(4096)
        except ConnectionResetError:
            return said
        if not piece:
            return said
        said += piece


def ask(gateway, line):
    with connect(gateway) as s:
        s.sendall(line)
        return json.loads(everything(s))


def put(text, name='c1'):
    return json.dumps({'id': name, 'verb': 'info.put', 'topic': 'UJI', 'part': 1, 'text': text}).encode() + b'\n'


def refusals():
    with Network() as net, gateway_over(net) as gateway:
        mode = os.stat(f'{gateway.dir}/state/control').st_mode
        assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660, oct(mode)
        for line in (b'\n', b'hello\n', b'{}\n', b'{"id": 5, "verb": "status"}\n', b'{"verb": "status"}\n', b'[1]\n', b'\xff\xfe\n', b'{"id": "x"}\n', b'\0\n'):
            assert 'a request is one line of JSON' in ask(gateway, line)['error'], line
        assert 'no such command' in ask(gateway, b'{"id": "a1", "verb": "dance"}\n')['error']
        assert 'too long' in ask(gateway, b'x' * ((4 << 20) + 100))['error']
        for wrong in ({'topic': 5}, {'topic': 'UJI', 'part': 99}, {'topic': 'UJI', 'part': 1, 'text': 'x' * 161}, {'topic': 'UJI', 'part': 1, 'text': '\u4f60'},
                      {'topic': 'UJI', 'part': 1, 'text': ''}, {'topic': 'x' * 10000, 'part': 1, 'text': 'a'}):
            answer = ask(gateway, json.dumps(dict(wrong, id=repr(wrong)[:40], verb='info.put')).encode() + b'\n')
            assert 'error' in answer, (wrong, answer)
        assert gateway.sql("select count(*) from info where topic = 'UJI'") == [(0,)]
        assert gateway.sql('select count(*) from dead_letter') == [(0,)]


def taken_out():
    """A bearer that is in gateway.conf no more is not shown as it was on its last day."""
    with Network() as net:
        gateway = Gateway(net, bearers='{ name = "m1"; kind = "null"; }, { name = "m2"; kind = "null"; }').start()
        assert [link['name'] for link in json.loads(gateway.cli('status', '--json'))['links']] == ['m1', 'm2']
        assert gateway.stop() == 0
        with gateway_over(net) as gateway:
            answer = until(lambda: ask_or_nothing(gateway), 20, 'it serves')
            assert [link['name'] for link in answer['links']] == ['m1']


def once_only():
    with Network() as net, gateway_over(net) as gateway:
        first = ask(gateway, put('Satu.'))
        assert 'said' in first, first
        assert ask(gateway, put('Dua.')) == first, 'the same id is answered as before'
        assert gateway.sql("select text from info where topic = 'UJI'") == [('Satu.',)]
        assert 'said' in ask(gateway, put('Dua.', 'c2'))
        assert gateway.sql("select text from info where topic = 'UJI'") == [('Dua.',)]
        acts = gateway.sql("select actor from audit where act = 'info.put'")
        assert acts == [(f'uid:{os.getuid()}',)] * 2, acts


def silent_clients():
    with Network() as net, gateway_over(net) as gateway:
        silent = [connect(gateway) for _ in range(20)]
        for s in silent:
            s.sendall(b'{"id": "half')
        assert ask(gateway, b'{"id": "s", "verb": "status"}\n')['links'][0]['state'] == 'up'
        more = [connect(gateway) for _ in range(40)]  # above the bound: these are dropped, the others stay
        time.sleep(0.3)
        for s in more + silent[10:]:
            s.close()
        until(lambda: 'links' in ask_or_nothing(gateway), 5, 'it answers again')
        silent[0].sendall(b'", "verb": "status"}\n')
        assert 'links' in json.loads(everything(silent[0]))
        began = time.monotonic()
        assert gateway.stop() == 0, gateway.log()
        assert time.monotonic() - began < 5, 'silent clients do not hold up a stop'
        assert not os.path.exists(f'{gateway.dir}/state/control')


def ask_or_nothing(gateway):
    try:
        return ask(gateway, b'{"id": "s", "verb": "status"}\n')
    except (ValueError, OSError):
        return {}


def cpu_s(pid):
    with open(f'/proc/{pid}/stat') as f:
        fields = f.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def sick(*options):
    """No file may grow any more, as on a full disk: commands are told at once, an SMS waits on the SIM, nobody spins; with room again all goes on by itself."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start(*options)
        pid, limits = gateway.process.pid, resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE)
        try:
            net.ask('+6281255500001', OURS, 'BANTUAN')
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (65536, limits[1]))
            assert 'the store is SICK' in ask(gateway, put('Satu.'))['error']
            until(lambda: 'SICK' in gateway.log(), 10, f'it says so: {gateway.log()}')
            net.send('+6281255500002', OURS, 'BANTUAN')
            began, used = time.monotonic(), cpu_s(pid)
            assert 'the store is SICK' in ask(gateway, b'{"id": "s", "verb": "status"}\n')['error']
            assert time.monotonic() - began < 1 * SLOW, 'told at once'
            gateway.cli('status', code=1)
            time.sleep(3)
            assert cpu_s(pid) - used < 0.6 * (time.monotonic() - began), 'it rests between its tries'
            assert net.inbox('+6281255500002') == [] and net.modem('m1')['sim_used'] == 1, 'kept until it is stored'
            assert gateway.log().count('SICK') == 1, gateway.log()
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
            until(lambda: 'works again' in gateway.log(), 15, f'it gets well: {gateway.log()}')
            net.wait_for('+6281255500002')
            assert 'said' in ask(gateway, put('Dua.', 'c2'))
            until(lambda: net.modem('m1')['sim_used'] == 0, 10, 'an empty SIM')
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (65536, limits[1]))
            assert 'the store is SICK' in ask(gateway, put('Tiga.', 'c3'))['error']
            time.sleep(2)
            began = time.monotonic()
        finally:
            assert gateway.stop() == 0, gateway.log()
        assert time.monotonic() - began < 5 * SLOW, 'a sick store does not hold up a stop'
        gateway.check_store()
        assert gateway.sql("select text from info where topic = 'UJI'") == [('Dua.',)]


test('what is no request is refused, and nothing is changed', refusals)
test('status tells of the bearers that are configured', taken_out)
test('a command is done once, however often its id comes; it is audited', once_only)
test('silent and too many clients: others are served, a stop is not held up', silent_clients)
test('a full disk: told at once, nothing lost, it gets well by itself', sick)
test('a full disk in one thread', sick, '--one-thread')
finish()
