#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of receiving: notices that do not come or come twice, memories that are full, deletes that are refused or lies, PDUs that nobody can decode. Nothing
is lost, nothing is answered twice, and the SIM is empty in the end."""
import signal
import time

from libfault import ANI, BUDI, CITRA, DEWI, OURS, named
from libkabar import finish, pool, until

SHORT = 'BANTUAN'
RESERVED = '00FFFF'  # of a type that does not exist: libgammu can neither read nor delete it
TRUNCATED = '00040D91261852550000F1000062114210000082' + '20' + '31D98C'
CRASHING = '00040D91261852550000F1000062114210000082' + 'FF' + '41' * 224  # 255 septets: more than libgammu's buffer on the stack
PEOPLE = (ANI, BUDI, CITRA, DEWI)
CROWD = [f'+628125556{i:04}' for i in range(12)]


def set_up(*requests):
    """Faults that are there before the gateway is."""
    return {'start': False, 'before': lambda f: [f.net.tell(modem='m1', **r) for r in requests]}


def notice_missing(name):
    with named(name)() as f:
        f.now('no_cmti')
        f.ask(text=SHORT)
        f.answered_once(limit_s=15)


def notice_twice(name):
    with named(name)() as f:
        f.now('double_cmti', count=4)
        for person in PEOPLE:
            f.ask(person, SHORT)
        f.answered_once(*PEOPLE)


def full(name):
    """A SIM of three places and twelve people: what waits at the network takes each place as it gets free, without a notice."""
    with named(name)(**set_up({'do': 'set', 'slots': 3}, {'do': 'fault', 'name': 'no_cmti', 'count': -1})) as f:
        for person in CROWD:
            f.ask(person, SHORT)
        until(lambda: f.modem()['sim_used'] == 3 and f.modem()['waiting'] == 9, 10, lambda: f'a full SIM: {f.modem()}')
        f.began = time.monotonic()
        f.kabar.start()
        f.answered_once(*CROWD, limit_s=60)


def full_told(name):
    """The modem complains by a notice of its vendor, which libgammu takes for a part of the next answer, and announces nothing after that."""
    with named(name)() as f:
        f.net.tell(do='set', modem='m1', slots=1)
        f.net.tell(do='fault', modem='m1', name='no_cmti', count=-1)
        f.now('full_notice')
        for person in CROWD:
            f.ask(person, SHORT)
        f.answered_once(*CROWD, limit_s=60)


def delete_fails(name, fault):
    """It stays on the SIM through a second life of the gateway, which reads it again and knows it."""
    with named(name)() as f:
        f.now(fault, count=-1)
        f.ask(text=SHORT)
        f.net.wait_for(ANI)
        until(lambda: f.outbox()[0][0] in ('SENT', 'DELIVERED'), 10, lambda: f'the answer is known to be sent: {f.outbox()}')
        f.kabar.stop(signal.SIGKILL)
        f.kabar.start()
        time.sleep(6)
        assert f.modem()['sim_used'] == 1, f.modem()
        f.well()
        f.began = time.monotonic()
        f.answered_once()


def two_senders(name):
    """The second half of one message and the first half of another, with one reference."""
    with named(name)() as f:
        a, b = 'INFO DOKUMEN ' + 'a' * 180, 'INFO DOKUMEN ' + 'b' * 180
        f.began = time.monotonic()
        f.ask(ANI, a, ref=7, part=1)
        f.ask(BUDI, b, ref=7, part=2)
        f.ask(BUDI, b, ref=7, part=1)
        f.ask(ANI, a, ref=7, part=2)
        until(lambda: f.kabar.sql("select count(*) from inbox where text in (?, ?)", a, b) == [(2,)], 15, lambda: f.kabar.sql('select peer, text from inbox'))
        f.answered_once(ANI, BUDI)


def undecodable(name):
    """What libgammu cannot decode is kept, told, deleted by raw AT; others are served meanwhile."""
    with named(name)() as f:
        f.began = time.monotonic()
        for pdu in (TRUNCATED, RESERVED):
            f.net.tell(do='inject', modem='m1', pdu=pdu)
        f.ask(text=SHORT)
        f.answered_once()
        assert f.kabar.sql("select count(*) from inbox where outcome = 'undecodable'") == [(2,)], f.kabar.sql('select * from inbox')


def undeletable(name):
    """What cannot be deleted either is left alone and named in the status."""
    with named(name)() as f:
        index = f.net.tell(do='inject', modem='m1', pdu=RESERVED)['index']
        f.now('delete_refused', arg=index, count=-1)
        f.state('neither be decoded nor deleted')
        f.ask(text=SHORT)
        f.net.wait_for(ANI)
        f.well()
        f.now('unplug', arg=300)  # a new life tries again
        f.answered_once(limit_s=60)


def crashing(name):
    """A PDU that kills the child is found, kept and deleted; others are served."""
    with named(name)() as f:
        f.now('no_cmti')
        f.net.tell(do='inject', modem='m1', pdu=CRASHING)
        f.ask(text=SHORT)
        f.answered_once(limit_s=40)


def longest(name):
    """160 septets from the longest number, with a message centre of the longest number in front."""
    with named(name)() as f:
        smsc, sender, text = '0BA1' + '21' * 10, '14A1' + '21436587092143658709', 'INFO DOKUMEN' + ' ' * 148
        packed = sum(ord(c) << 7 * i for i, c in enumerate(text)).to_bytes(140, 'little').hex().upper()
        f.began = time.monotonic()
        f.net.tell(do='inject', modem='m1', pdu=f'{smsc}04{sender}000062114210000082A0{packed}')
        f.ask(text=SHORT)
        f.answered_once()
        assert f.kabar.sql('select length(text) from inbox order by id')[0][0] >= 12, f.kabar.sql('select peer, text from inbox')


pool([
    ('receiving: a notice that does not come', notice_missing, 'no_cmti', {'without': 'sweep'}),
    ('receiving: a notice that comes twice', notice_twice, 'double_cmti', {'without': 'known_slot,seen'}),
    ('receiving: a full SIM, without a notice', full, 'sim_full', {'without': 'sweep'}),
    ('receiving: a full SIM, with a notice', full_told, 'sim_full_told', {'without': 'sweep'}),
    ('receiving: a delete that is refused', delete_fails, 'delete_refused', 'delete_refused', {'without': 'seen'}),
    ('receiving: a delete that is acknowledged and not done', delete_fails, 'delete_ignored', 'delete_ignored', {'without': 'seen'}),
    ('receiving: two senders with one reference', two_senders, 'two_senders', {'without': 'joiner_sender'}),
    ('receiving: PDUs that cannot be decoded', undecodable, 'undecodable', {'without': 'raw_delete'}),
    ('receiving: a PDU that can be neither decoded nor deleted', undeletable, 'undeletable', {'without': 'raw_delete'}),
    ('receiving: a PDU larger than any, which kills the child', crashing, 'crashing_pdu', {'long': True, 'without': 'quarantine'}),
    ('receiving: a PDU of the longest kind', longest, 'longest_pdu'),
], workers=12)
finish()
