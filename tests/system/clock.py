#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A wall clock that jumps by an hour, forward and back: answers and cries go on, what nobody asked for waits, until the clock is back or a person confirms it."""
import sqlite3
import time

from libkabar import Gateway, Network, finish, test, until

OURS = '+6281100000001'
A, B, OPERATOR = '+6281255500001', '+6281255500002', '+6281255500099'
CONFIG = f'operators = ( {{ number = "{OPERATOR}"; }} );\nalarms: {{ look = "1s"; link_down = "10m"; }};'
HOUR = 3600


def doubted(kabar):
    return kabar.sql("select 1 from alarm where kind = 'clock' and ended_ms is null")


def announce(kabar):
    """A message that nobody asked for waits in the store. While no gateway runs: it is the only writer else."""
    now = int(time.time() * 1000)
    db = sqlite3.connect(kabar.store)
    with db:
        db.execute("insert into outbox (gateway, peer, route, lane, text, parts, todo, state, created_ms, due_ms, expires_ms) "
                   "values ('test', ?, 'm1', 3, 'Pengumuman', 1, 1, 'QUEUED', ?, ?, ?)", (B, now, now, now + 24 * HOUR * 1000))
    db.close()


def begin(net):
    """A gateway that has run once, and trusts its clock."""
    kabar = Gateway(net, config=CONFIG)
    kabar.set_clock(0)
    kabar.start()
    until(lambda: kabar.sql("select 1 from meta where key = 'clock'"), 10, 'it knows its clock')
    assert kabar.stop() == 0, kabar.log()
    announce(kabar)
    return kabar


def jumps(seconds, comes_back):
    with Network() as net:
        kabar = begin(net)
        try:
            kabar.set_clock(seconds)
            kabar.start()
            until(lambda: doubted(kabar), 10, 'the clock is doubted')
            assert 'kabar clock confirm' in net.wait_for(OPERATOR)[0]['text']
            assert 'ALARM      clock for ' in kabar.cli('status') and 'ALARM clock: ' in kabar.log(), kabar.cli('status')
            net.ask(A, OURS, 'BANTUAN')
            assert 'Pesan diterima' in net.ask(A, OURS, 'TOLONG saya dipukul')
            assert 'SOS' in net.wait_for(OPERATOR, 2)[1]['text']
            time.sleep(2)
            assert net.inbox(B) == [], 'an announcement waits'
            if comes_back:
                kabar.set_clock(0)
            else:
                kabar.cli('clock', 'confirm')
            until(lambda: not doubted(kabar), 10, 'it is trusted again')
            if seconds < 0 and not comes_back:
                return  # its time is an hour away by this clock: late at worst
            net.wait_for(B, 1, 20)
        finally:
            assert kabar.stop() == 0, kabar.log()
        kabar.check_store()
        assert len(net.inbox(A)) == 2 and len(net.inbox(B)) == 1, 'nothing twice'


def while_it_runs(seconds):
    """Questions go on through jumps there and back; each is answered once."""
    with Network() as net:
        kabar = Gateway(net, config=CONFIG)
        kabar.set_clock(0)
        kabar.start()
        try:
            for n, shift in enumerate([seconds, 0, seconds, 0], 1):
                kabar.set_clock(shift)
                net.send(A, OURS, f'INFO {["DOKUMEN", "BIAYA", "KONTRAK", "GAJI"][n - 1]}')
                net.wait_for(A, n, 20)
                until(lambda: bool(doubted(kabar)) == bool(shift), 10, f'doubted: {shift}')
            until(lambda: net.modem('m1')['sim_used'] == 0, 20, 'an empty SIM')
            assert len(net.inbox(A)) == 4
        finally:
            assert kabar.stop() == 0, kabar.log()
        kabar.check_store()


test('an hour ahead: what nobody asked for waits until the clock is back', jumps, HOUR, True, without='clock_doubt')
test('an hour ahead: or until a person confirms it', jumps, HOUR, False, without='clock_doubt')
test('an hour back: the same', jumps, -HOUR, True, without='clock_doubt')
test('an hour back, confirmed', jumps, -HOUR, False, without='clock_doubt')
test('there and back while people write', while_it_runs, HOUR)
test('back and forth while people write', while_it_runs, -HOUR)
finish()
