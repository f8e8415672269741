# SPDX-License-Identifier: GPL-2.0-or-later
"""The USSD part of tests/bench/run: Kabar under 10,000 sessions, and beside ussd-menu-builder (npm), which serves a small tree of the same menus without a store: every step of Kabar
is a transaction on the disk, the peer's is an object in memory."""
import os
import shutil
import subprocess
import time

from libkabar import TOP
from libpeer import Client, Load, Network, free_port, recorded, ussd_gateway

SESSIONS, RATE, SECONDS = 10000, 1000, 30
PEER = 'build/peer'


def rss_kb(pid):
    with open(f'/proc/{pid}/status', encoding='utf-8') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('VmRSS'))


def disk_ms(folder):
    """What one page costs until it is on the disk: milliseconds, p50 and p99. No step can be faster, and what else writes there is seen in it."""
    took = []
    with open(f'{folder}/page', 'wb', buffering=0) as f:
        for _ in range(500):
            began = time.monotonic()
            f.write(bytes(4096))
            os.fdatasync(f.fileno())
            took.append((time.monotonic() - began) * 1000)
    os.unlink(f.name)
    took.sort()
    return round(took[250], 2), round(took[495], 2)


def stored(kabar):
    """Steps of sessions in the store: all that were dialled, all that was answered."""
    return kabar.sql('select count(*) + sum(steps) from ussd')[0][0]


def must(figures):
    assert figures['wrong'] == figures['broken'] == 0, figures
    return figures


def loaded():
    """10,000 sessions dial, then make 1,000 steps a second, then as many as they can."""
    with Network(options=['--latency-ms', '0']) as net:
        port = free_port()
        with ussd_gateway(net, port) as kabar, Load(port) as load:
            pid = kabar.process.pid
            asked = must(load.order('open', 200))['steps']
            before_kb = rss_kb(pid)
            opened = must(load.order('open', SESSIONS - 200))
            after_kb = rss_kb(pid)
            paced = must(load.order('pace', RATE, SECONDS))
            rushed = must(load.order('rush', 5))
            asked += opened['steps'] + paced['steps'] + rushed['steps']
            assert stored(kabar) == asked, f'{asked} steps were answered, {stored(kabar)} are in the store'
            return opened, paced, rushed, {'bytes': (after_kb - before_kb) * 1024 / (SESSIONS - 200), 'rss_kb': rss_kb(pid)}, disk_ms(net.dir)


class Peer:
    """node with tests/bench/peer/server.js; npm installs what its lock file names into the build directory, once."""

    def __init__(self):
        os.makedirs(PEER, exist_ok=True)
        for name in ('package.json', 'package-lock.json', 'server.js'):
            shutil.copy(f'tests/bench/peer/{name}', PEER)
        if not os.path.isdir(f'{PEER}/node_modules/ussd-menu-builder'):
            subprocess.run(['npm', 'ci', '--silent', '--no-audit', '--no-fund'], cwd=PEER, check=True)
        self.process = subprocess.Popen(['node', 'server.js', '0', f'{TOP}/menus/words/id.words', f'{TOP}/storage/demo/info.tsv'], cwd=PEER,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def same(port):
    """The recorded requests, one after the other: how many got the recorded kind and screen; fails at the first that did not."""
    for was, came in zip(recorded(), Client(port).replay()):
        assert came == was, f'{came} is not as recorded: {was}'
    return len(recorded())


def replayed(port, sessions):
    with Load(port) as load:
        load.order('walks', 'tests/data/ussd_requests.tsv')
        load.order('open', sessions)
        return must(load.order('rush', 5))


def compared(sessions=200):
    """What is recorded, over and over, as fast as 64 connections carry it: figures of Kabar and of the peer."""
    with Network(options=['--latency-ms', '0']) as net:
        port = free_port()
        with ussd_gateway(net, port):
            transitions = same(port)
            ours = replayed(port, sessions)
    with Peer() as peer:
        assert same(peer.port) == transitions
        return transitions, ours, replayed(peer.port, sessions)


def bench(runs, say):
    figures = [loaded() for _ in range(runs)]
    opened, paced, rushed, memory, disk = zip(*figures)
    say('ussd_open', 'sessions/s', [f['per_s'] for f in opened], sessions=SESSIONS)
    for part in ('p50', 'p99', 'max'):
        say(f'ussd_{part}', 'ms', [f[f'{part}_ms'] for f in paced], sessions=SESSIONS, steps_per_s=RATE, seconds=SECONDS)
    say('ussd_disk', 'ms', [p50 for p50, _ in disk], p99_ms=max(p99 for _, p99 in disk))
    say('ussd_steps', 'steps/s', [f['per_s'] for f in rushed], sessions=SESSIONS, p99_ms=rushed[0]['p99_ms'])
    say('ussd_memory', 'bytes/session', [m['bytes'] for m in memory], rss_kb=memory[0]['rss_kb'])
    if not shutil.which('npm') or not shutil.which('node'):
        print('# no comparison with ussd-menu-builder: install nodejs and npm', flush=True)
        return
    transitions, ours, theirs = zip(*[compared() for _ in range(runs)])
    for name, figures in (('kabar', ours), ('ussd-menu-builder', theirs)):
        say('ussd_recorded', 'steps/s', [f['per_s'] for f in figures], by=name, same_transitions=transitions[0])
        say('ussd_recorded_p99', 'ms', [f['p99_ms'] for f in figures], by=name)
