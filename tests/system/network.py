#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The real gateway over the simulated network: what lay on the SIM, what leaves the world, what is no modem, what nobody should have written."""
import fcntl
import os
import pty
import time
import tty

from libkabar import Gateway, Network, finish, test, until

M1, M2 = '+6281100000001', '+6281100000002'
A, B = '+6281255500001', '+6281255500002'
TWO = {'m1': M1, 'm2': M2}


def before_the_start():
    with Network() as net:
        net.send(A, M1, 'INFO BIAYA')
        net.send(B, M1, 'BANTUAN')
        until(lambda: net.modem('m1')['sim_used'] == 2, 5, 'two on the SIM')
        with Gateway(net):
            assert 'BIAYA' in net.wait_for(A)[0]['text'].upper() or 'dibebani' in net.wait_for(A)[0]['text']
            net.wait_for(B)
            until(lambda: net.modem('m1')['sim_used'] == 0, 10, 'an empty SIM')


def gone_for_a_while():
    with Network(modems=TWO) as net, Gateway(net) as kabar:
        net.ask(A, M1, 'BANTUAN')
        net.tell(do='set', modem='m1', present=False)
        until(lambda: kabar.sql("select 1 from link where name = 'm1' and state <> 'up'"), 20, 'm1 is missed')
        reason = kabar.sql("select reason from link where name = 'm1'")[0][0]
        assert reason, 'status says why'
        net.ask(B, M2, 'BANTUAN')
        net.send(A, M1, 'INFO KONTRAK')
        time.sleep(18)
        net.tell(do='set', modem='m1', present=True)
        kabar.wait_up(['m1'], limit_s=40)
        text = net.wait_for(A, 2, 40)[1]['text']
        assert 'ontrak' in text, text
        until(lambda: net.modem('m1')['sim_used'] == 0, 10, 'an empty SIM')


def stops_at_once():
    with Network() as net:
        kabar = Gateway(net).start()
        net.ask(A, M1, 'BANTUAN')
        began = time.monotonic()
        assert kabar.stop() == 0, kabar.log()
        assert time.monotonic() - began < 5, 'SIGTERM took 5 s'
        kabar.check_store()


def bearers_beside(device):
    return (f'{{ name = "bad"; kind = "gsm"; device = "{device}"; number = "{M1}"; }}, '
            f'{{ name = "m2"; kind = "gsm"; device = "net/m2"; number = "{M2}"; per_minute = 6000; }}')


def serves_beside(device, words, limit_s=40):
    """One bearer is useless, the other serves; status names the trouble and what to do."""
    with Network(modems={'m2': M2}) as net:
        kabar = Gateway(net, bearers=bearers_beside(device)).start(wait=False)
        try:
            kabar.wait_up(['m2'])
            assert net.ask(A, M2, 'BANTUAN')

            def told():
                row = kabar.sql("select reason from link where name = 'bad'")
                return row and any(w in row[0][0] for w in words)
            until(told, limit_s, f'status says one of {words}: {kabar.sql("select * from link")}')
            assert any(w in kabar.cli('status') for w in words), kabar.cli('status')
        finally:
            assert kabar.stop() == 0, kabar.log()


def locked():
    with Network(modems={'m1': M1}) as other:
        fd = os.open(f'{other.dir}/net/m1', os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(fd, fcntl.LOCK_EX)
        try:
            serves_beside(f'{other.dir}/net/m1', ['in use', 'locked'])
        finally:
            os.close(fd)


def no_modem():
    master, slave = pty.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    try:
        serves_beside(os.ttyname(slave), ['answer', 'modem'], limit_s=180)
    finally:
        os.close(master)
        os.close(slave)


def strange_texts():
    with Network() as net, Gateway(net) as kabar:
        people = [f'+6281255502{i:03d}' for i in range(8)]
        texts = ['', '####', '\U0001f600\U0001f600', 'a' * 150, '\u0000x', '. . .', '\u0628' * 60, 'INFO \u201cDOKUMEN\u201d']
        for person, text in zip(people, texts):
            net.send(person, M1, text)
        net.send('4444', M1, 'Kuota Anda habis')
        net.send('TELKOMSEL', M1, 'INFO DOKUMEN')
        net.send(A, M1, 'x' * 10000)
        until(lambda: len({r[0] for r in kabar.sql('select distinct peer from inbox')}) >= 11, 60, 'all are stored')
        until(lambda: net.modem('m1')['sim_used'] == 0, 60, 'an empty SIM')
        until(lambda: 'okumen' in ''.join(m['text'] for m in net.inbox(people[7])), 20, 'curly quotes do not matter')
        assert net.inbox('4444') == [] and net.inbox('TELKOMSEL') == []
        assert kabar.sql("select count(*) from outbox where peer in ('4444', 'TELKOMSEL')") == [(0,)]


def undecodable():
    with Network() as net, Gateway(net) as kabar:
        net.tell(do='inject', modem='m1', pdu='0791261801000000040D91')
        until(lambda: kabar.sql("select 1 from inbox where outcome = 'undecodable'"), 60, 'it is stored')
        until(lambda: net.modem('m1')['sim_used'] == 0, 60, 'the slot is freed')
        kabar.wait_up()
        assert net.ask(A, M1, 'BANTUAN')


def nik_never_in_clear():
    nik = '5203075708909901'
    with Network() as net:
        kabar = Gateway(net).start()
        try:
            net.ask(A, M1, f'DAFTAR#SITI DEMO#{nik}#1203#HK')
            net.ask(A, M1, '1')
            net.ask(A, M1, '1')
            net.ask(B, M1, f'halo ini nik saya {nik[:4]} {nik[4:]}')
        finally:
            kabar.stop()
        assert kabar.sql('select count(*) from person') == [(1,)], kabar.sql('select outcome, why, text from inbox')
        for where, _, names in os.walk(net.dir):
            for name in names:
                if name.endswith(('.log', '.db', '-wal', '.json')) and 'sim' not in name:
                    data = open(os.path.join(where, name), 'rb').read()
                    for form in (nik.encode(), nik.encode('utf-16-be'), nik.encode('utf-16-le'), nik.encode().hex().encode()):
                        assert form not in data, f'{name} holds the NIK'


test('what lay on the SIM before the start is answered', before_the_start)
test('a modem leaves the world for 20 s and comes back', gone_for_a_while)
test('SIGTERM ends it at once when nothing is in flight', stops_at_once)
test('a device that is absent: the other modem serves', serves_beside, 'net/nothing', ['is not there', 'absent', 'No such'])
test('a device that another program holds: the other modem serves', locked)
test('a device that is no modem: the other modem serves', no_modem)
test('strange texts and senders: stored, no crash, the SIM is freed', strange_texts)
test('a PDU that cannot be decoded is stored and its slot freed', undecodable)
test('a NIK is never written in clear', nik_never_in_clear)
finish()
