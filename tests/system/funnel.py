#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`kabar funnel`: what it counts of sessions that were made, against sums of its own; real sessions while the gateway runs; what it refuses."""
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

OURS = '+6281100000001'
NOW_MS = int(time.time() * 1000)
DAY_MS = 86400000
NETWORKS = {'+6281255500001': 'Telkomsel', '+6281555500001': 'Indosat', '+6289755500001': 'Tri', '+6287855500001': 'XL', '+6283155500001': 'Axis',
            '+6288255500001': 'Smartfren', '+85251234567': 'foreign', '+6220555000': 'other', 'erased': 'other'}


class Store:
    """A store that a gateway has made and left; sessions are put into it behind its back."""

    def __enter__(self):
        self.net = Network().__enter__()
        self.gateway = Gateway(self.net).start()
        assert self.gateway.stop() == 0
        return self

    def __exit__(self, *_):
        self.net.__exit__()

    def put(self, peer, steps, ended, began_ms=NOW_MS - DAY_MS):
        with sqlite3.connect(self.gateway.store) as db:
            db.execute("INSERT INTO session (gateway, peer, link, bearer, began_ms, last_ms, ended_ms, steps, ended) VALUES ('test', ?, 'm1', 'sms', ?, ?, ?, ?, ?)",
                       (peer, began_ms, began_ms, began_ms if ended else None, steps, ended))

    def funnel(self, *words):
        return json.loads(self.gateway.cli('funnel', '--json', *words))


def counted(rows, screen, bearer='all', network='all'):
    found = [r for r in rows if (r['screen'], r['bearer'], r['operator']) == (screen, bearer, network)]
    assert len(found) <= 1, found
    return tuple(found[0][k] for k in ('reached', 'went on', 'ended', 'left', 'open', 'refused', 'median s')) if found else None


def made():
    with Store() as store:
        assert store.funnel() == []
        assert '(none)' in store.gateway.cli('funnel')
        t, h, i = '+6281255500001', '+85251234567', '+6281555500001'
        store.put(t, 'D1@0 D2@10000 D3@14000 D3@40000! D4@50000 D7@60000', 'done')
        store.put(t, 'D1@0u D2@3000u D3@9000u', 'expired')
        store.put(h, 'D1@0u D2@5000u D2@9000u! D3@100000', '')
        store.put(i, 'D1@0', 'replaced')
        store.put(i, 'D3@0 U18@1000', 'under-18', NOW_MS - 50 * DAY_MS)
        store.put(i, 'D1@0', 'cancelled')
        store.put(i, 'D1@0 D2@1000', 'done', NOW_MS - 40 * DAY_MS)
        rows = store.funnel()
        assert counted(rows, 'D1') == (5, 3, 0, 2, 0, 0, 5), rows
        assert counted(rows, 'D1', 'ussd') == (2, 2, 0, 0, 0, 0, 3), rows
        assert counted(rows, 'D1', 'sms') == (3, 1, 0, 2, 0, 0, 10), rows
        assert counted(rows, 'D2') == (3, 3, 0, 0, 0, 1, 4), rows
        assert counted(rows, 'D2', 'all', 'foreign')[:6] == (1, 1, 0, 0, 0, 1), rows
        assert counted(rows, 'D3')[:6] == (3, 1, 0, 1, 1, 1), rows
        assert counted(rows, 'D3', 'ussd') == (1, 0, 0, 1, 0, 0, None), rows
        assert counted(rows, 'D3', 'sms')[:6] == (2, 1, 0, 0, 1, 1), rows
        assert counted(rows, 'D3', 'all', 'Telkomsel')[:6] == (2, 1, 0, 1, 0, 1), rows
        assert counted(rows, 'D7') == (1, 0, 1, 0, 0, 0, None), rows
        assert counted(rows, 'total')[:6] == (5, None, 1, 3, 1, 2), rows
        assert [r['screen'] for r in rows if r['bearer'] == r['operator'] == 'all'] == ['D1', 'D2', 'D3', 'D4', 'D7', 'total'], rows
        assert counted(store.funnel('--days', '41'), 'D1')[0] == 6
        assert counted(store.funnel('--days', '60'), 'U18') == (1, 0, 1, 0, 0, 0, None)
        lines = store.gateway.cli('funnel').splitlines()
        assert lines[0].split() == ['screen', 'bearer', 'operator', 'reached', 'went', 'on', 'ended', 'left', 'open', 'refused', 'median', 's'], lines[0]
        assert lines[-1].split()[:4] == ['total', 'all', 'all', '5'], lines[-1]


def summed(sessions):
    """The same sums another way: whole lists, sorted."""
    cells, waits = {}, {}
    for peer, steps, ended in sessions:
        parsed = []
        for word in steps.split():
            node, rest = word.split('@')
            parsed.append((node, int(rest.strip('u!')), 'ussd' if 'u' in rest else 'sms', '!' in rest))
        last = {}
        for n, (node, ms, bearer, _) in enumerate(parsed):
            for key in ((node, 'all', 'all'), (node, bearer, 'all'), (node, 'all', NETWORKS[peer])):
                last[key] = n
                cell = cells.setdefault(key, dict.fromkeys(('reached', 'went on', 'ended', 'left', 'open', 'refused'), 0))
                if n + 1 < len(parsed):
                    waits.setdefault(key, []).append(parsed[n + 1][1] - ms)
                    cell['refused'] += parsed[n + 1][3]
        for key, n in last.items():
            cells[key]['reached'] += 1
            cells[key]['went on' if n + 1 < len(parsed) else 'ended' if ended == 'done' else 'left' if ended else 'open'] += 1
    return cells, {key: sorted(w)[(len(w) - 1) // 2] / 1000 for key, w in waits.items()}


def at_random():
    seed = int(os.environ.get('SEED', '20261124'))
    chance = random.Random(seed)
    sessions = []
    for _ in range(2500):
        steps, ms = [], 0
        for _ in range(chance.randint(1, 12)):
            steps.append(f"{chance.choice(['M0', 'M7', 'D1', 'D2', 'D3', 'J1', '-'])}@{ms}{chance.choice(['', 'u'])}{chance.choice(['', '', '!'])}")
            ms += int(10 ** chance.uniform(1, 7))
        sessions.append((chance.choice(list(NETWORKS)), ' '.join(steps), chance.choice(['', 'done', 'done', 'expired', 'replaced', 'cancelled'])))
    cells, medians = summed(sessions)
    with Store() as store:
        with sqlite3.connect(store.gateway.store) as db:
            for n, (peer, steps, ended) in enumerate(sessions):
                db.execute("INSERT INTO session (gateway, peer, link, bearer, began_ms, last_ms, ended_ms, steps, ended) VALUES ('test', ?, 'm1', 'sms', ?, ?, ?, ?, ?)",
                           (peer, NOW_MS - DAY_MS + n, NOW_MS, NOW_MS if ended else None, steps, ended))
        rows = {(r['screen'], r['bearer'], r['operator']): r for r in store.funnel()}
    total = rows.pop(('total', 'all', 'all'))
    assert total['reached'] == total['ended'] + total['left'] + total['open'] == len(sessions), total
    assert set(rows) == set(cells), (seed, set(rows) ^ set(cells))
    for key, cell in cells.items():
        assert {k: rows[key][k] for k in cell} == cell, (seed, key, rows[key], cell)
        assert cell['reached'] == cell['went on'] + cell['ended'] + cell['left'] + cell['open'], (key, cell)
        assert abs(rows[key]['median s'] - medians[key]) <= 0.5 + 0.04 * medians[key], (seed, key, rows[key], medians[key])


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def dial(port, session, peer, typed):
    form = urllib.parse.urlencode({'sessionId': session, 'phoneNumber': peer, 'serviceCode': '*123#', 'text': typed}).encode()
    return urllib.request.urlopen(f'http://127.0.0.1:{port}/ussd', form, timeout=20 * SLOW).read().decode()


def running():
    """While the gateway runs: sessions that it holds, by either bearer."""
    port = free_port()
    bearers = f'{{ name = "m1"; kind = "gsm"; device = "net/m1"; number = "{OURS}"; per_minute = 6000; }}, {{ name = "umb"; kind = "ussd-http"; listen = "127.0.0.1:{port}"; code = "*123#"; }}'
    with Network() as net, Gateway(net, bearers=bearers) as gateway:
        net.ask('+6281255500001', OURS, 'MENU')
        net.ask('+6281255500001', OURS, '9')
        net.ask('+85251234567', OURS, 'MENU')
        until(lambda: gateway.sql("select 1 from link where name = 'umb' and state = 'up'"), 20, 'USSD is served')
        for typed in ('', '1', '1*1', '1*1*5'):
            screen = dial(port, 's1', '+6281555500001', typed)
            assert screen.startswith('CON '), screen
        rows = json.loads(gateway.cli('funnel', '--json'))
        assert counted(rows, 'M0')[:6] == (3, 1, 0, 0, 2, 1), rows
        assert counted(rows, 'M0', 'sms')[:3] == (2, 0, 0) and counted(rows, 'M0', 'ussd')[:3] == (1, 1, 0), rows
        assert counted(rows, 'M0', 'all', 'Telkomsel')[0] == 1 and counted(rows, 'M0', 'all', 'foreign')[0] == 1, rows
        assert counted(rows, 'D1', 'ussd')[:3] == (1, 1, 0) and counted(rows, 'D1', 'all', 'Indosat')[0] == 1 and counted(rows, 'D1', 'sms') is None, rows
        assert counted(rows, 'D2', 'ussd')[4:6] == (1, 1), rows
        net.ask('+6281255500001', OURS, 'BATAL')
        assert counted(json.loads(gateway.cli('funnel', '--json')), 'total')[3:5] == (1, 2)


def refused():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(f'{TOP}/menus', f'{folder}/menus')
        with open(f'{folder}/gateway.conf', 'w') as f:
            f.write('gateway: { state_dir = "state"; menus_dir = "menus"; };\nbearers = ( { name = "m1"; kind = "gsm"; device = "/dev/x"; } );\n')

        def kabar(*words):
            done = subprocess.run([KABAR, *words, '-c', f'{folder}/gateway.conf'], capture_output=True, text=True, timeout=60 * SLOW)
            return done.returncode, done.stderr

        for days in ('0', 'x', '-3', '3651', '7d', ''):
            code, err = kabar('funnel', '--days', days)
            assert code == 2 and ('1 to 3650' in err or 'usage' in err), (days, code, err)
        code, err = kabar('funnel')
        assert code == 1 and 'kabar.db' in err, (code, err)
        with open(f'{folder}/menus/operators', 'w') as f:
            f.write('Telkomsel = [ "+62811", "+62811" ];\nXL = [ "0817" ];\nTri = 3;\n')
        for command in ('funnel', 'check'):
            code, err = kabar(command)
            assert code in (1, 2), (command, code, err)
            for line, words in ((1, 'stands already at Telkomsel'), (2, 'XL: not of the form'), (3, 'Tri: not of the form')):
                assert any(f'operators:{line}:' in said and words in said for said in err.split('\n')), (command, line, err)


test('funnel counts sessions that were made', made)
test('funnel sums random sessions as another way of counting does', at_random)
test('funnel reads while the gateway runs', running)
test('funnel says what it cannot do', refused)
finish()
