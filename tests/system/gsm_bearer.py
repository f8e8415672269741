#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The GSM bearer alone, over the simulated network and over a very poor modem: receiving, sending, credit, and the clauses of bearer.h."""
import time

from libkabar import SLOW, Network, until
from libmodem import Bearer, PoorModem, deliver, run_tests, without

OURS = '+6281100000001'
ANI, BUDI = '+6281255500001', '+6281255500002'
ALPHABET = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
            '^{}\\[~]|€')


def tty(net):
    return f'{net.dir}/net/m1'


def empty(net):
    until(lambda: net.modem('m1')['sim_used'] == 0, 10, f'an empty SIM: {net.modem("m1")}')


def test_before_start():
    """what lay on the SIM before the start is offered, and deleted only after accept"""
    with Network() as net:
        net.send(ANI, OURS, 'sebelum')
        net.send(BUDI, OURS, 'kedua')
        until(lambda: net.modem('m1')['sim_used'] == 2, 5, 'two on the SIM')
        with Bearer(tty(net)) as b:
            first = b.wait('sms', peer=ANI, text='sebelum', epoch=1)
            second = b.wait('sms', peer=BUDI, text='kedua')
            assert first['self'] == OURS and first['ref'] and second['ref'] != first['ref'], (first, second)
            assert abs(first['time'] - time.time()) < 60, first
            time.sleep(0.5)
            assert net.modem('m1')['sim_used'] == 2, 'deleted before accept'
            b.op('accept', ref=first['ref'])
            until(lambda: net.modem('m1')['sim_used'] == 1, 5, 'one deleted')
            assert b.events[1]['ev'] == 'up' and b.events[1]['smsc'] and b.events[1]['imei'], b.events[:3]
        with Bearer(tty(net), epoch=1) as b:
            again = b.wait('sms', text='kedua', epoch=2)
            b.op('accept', ref=first['ref'])  # of the life before, with the number of the present one: ignored
            assert first['ref'] & 0xffffffff == again['ref'] & 0xffffffff
            time.sleep(0.3)
            assert net.modem('m1')['sim_used'] == 1
            b.op('accept', ref=again['ref'])
            empty(net)
            assert len(b.all('sms')) == 1, b.all('sms')


def test_texts():
    """texts of every kind come as they were sent"""
    texts = [ALPHABET[:120], ALPHABET[120:], 'Assalamu’alaikum 😀 ~ ~~', '~', 'x', 'السلام عليكم', 'a\nb\rc', '@', 'nol\tnol']
    with Network() as net, Bearer(tty(net)) as b:
        b.op('auto', on=True)
        b.wait('up')
        for text in texts:
            net.send(ANI, OURS, text)
        for text in texts:
            assert b.wait('sms', text=text)['concat'] == [0, False, 1, 1]
        for sender in ('TELKOMSEL', '4444', '+85291234567', '081255500003'):
            net.send(sender, OURS, f'dari {sender}')
            assert b.wait('sms', text=f'dari {sender}')['peer'] == sender
        net.send(ANI, OURS, 'kelas nol', **{'class': 0})
        b.wait('sms', text='kelas nol')
        empty(net)


def test_bytes():
    """8-bit, lone surrogates, U+0000 and a time stamp of FF octets: valid UTF-8, no crash"""
    with Network() as net, Bearer(tty(net)) as b:
        b.op('auto', on=True)
        b.wait('up')
        net.send(ANI, OURS, '', coding='8bit', hex='00ff80f0')
        event = b.wait('sms', coding=1)
        assert event['raw_hex'] == '00ff80f0' and 'text' not in event, event
        net.send(ANI, OURS, '', coding='8bit', hex=b'INFO 1'.hex())
        b.wait('sms', coding=1, text='INFO 1')

        def inject(data, stamp='62114210000082'):
            net.tell(do='inject', modem='m1', pdu=f'00040D91261852550010F10008{stamp}{len(data) // 2:02X}{data}')
        inject('0041D83D0042')
        b.wait('sms', text='A\ufffdB')
        inject('004100000042')
        b.wait('sms', text='A\ufffdB', n=2)
        inject('0043', 'FFFFFFFFFFFFFF')
        assert b.wait('sms', text='C')['time'] == 0
        inject('')
        b.wait('sms', text=None, coding=2)
        empty(net)


def test_parts():
    """the parts of a long text come with reference, number and count"""
    with Network() as net, Bearer(tty(net)) as b:
        b.op('auto', on=True)
        b.wait('up')
        net.send(ANI, OURS, 'pesan ' * 60)
        got = [b.wait('sms', peer=ANI, n=i + 1) for i in range(3)]
        assert sorted(e['concat'][2] for e in got) == [1, 2, 3] and {e['concat'][3] for e in got} == {3} and len({e['concat'][0] for e in got}) == 1, got
        assert ''.join(e['text'] for e in sorted(got, key=lambda e: e['concat'][2])) == 'pesan ' * 60
        # 16-bit reference 0x1234, part 2 of 2, behind another element
        net.tell(do='inject', modem='m1', pdu='00440D91261852550010F10008621142100000820E' + '09' + '240101' + '080412340202' + '00410042')
        assert b.wait('sms', text='AB')['concat'] == [0x1234, True, 2, 2]
        empty(net)


def test_send():
    """GSM-7, UCS-2 and two parts with our own header arrive; reports follow; the ledger agrees"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit', parts=1)
        b.submit(ANI, ALPHABET[:100], 11, report=True)
        ref = b.wait('sent', submit=11)['net_ref']
        report = b.wait('report', net_ref=ref, peer=ANI, state='delivered')
        assert abs(report['done'] - time.time()) < 60
        b.wait('credit', n=2)
        for job, text in ((12, 'é😀 ~ dan ~~'), (13, '~' * 70)):
            b.submit(ANI, text, job, coding=2)
            b.wait('sent', submit=job)
        for part, text in ((1, 'a[' * 51), (2, '€' * 20 + 'akhir')):
            b.submit(BUDI, text, 20 + part, udh=f'0500037b020{part}', expires_ms=int((time.time() + 6 * 3600) * 1000))
            b.wait('sent', submit=20 + part)
        got = net.wait_for(ANI, 3)
        assert [m['text'] for m in got] == [ALPHABET[:100], 'é😀 ~ dan ~~', '\u223c' * 70], got
        long = net.wait_for(BUDI)[0]
        assert long['text'] == 'a[' * 51 + '€' * 20 + 'akhir' and long['parts'] == 2, long
        submits = net.tell(do='ledger')['submits']
        assert [s['report'] for s in submits] == [True, False, False, False, False], submits
        assert len(b.all('report')) == 1


def test_refused():
    """a refused submit tells transient from permanent, and the next one goes"""
    with Network() as net, Bearer(tty(net)) as b:
        for n, (code, failure) in enumerate(((42, 'transient'), (28, 'permanent'), (8, 'permanent'), (500, 'transient'), (777, 'transient'))):
            b.wait('credit', n=n + 1)
            net.tell(do='fault', modem='m1', name='cms_error', count=1, arg=str(code))
            b.submit(ANI, 'x', 100 + n)
            event = b.wait('failed', submit=100 + n)
            assert (event['code'], event['failure']) == (code, failure) and event['why'], event
        b.wait('credit', n=6)
        b.submit(ANI, 'jadi', 200)
        b.wait('sent', submit=200)
        assert not b.all('down')


def test_too_long():
    """what does not fit into one SMS is refused before libgammu sees it; what just fits goes"""
    with Network() as net, Bearer(tty(net)) as b:
        for n, (text, coding, udh, fits) in enumerate((('x' * 160, 0, '', 1), ('x' * 161, 0, '', 0), ('[' * 80, 0, '', 1), ('[' * 81, 0, '', 0),
                                                        ('x' * 153, 0, '050003010201', 1), ('x' * 154, 0, '050003010201', 0), ('é' * 70, 2, '', 1),
                                                        ('é' * 71, 2, '', 0), ('😀' * 35, 2, '', 1), ('世', 0, '', 0), ('', 0, '', 1), ('y' * 600, 0, '', 0))):
            b.wait('credit', n=n + 1)
            b.submit(ANI, text, n, coding=coding, udh=udh)
            if fits:
                b.wait('sent', submit=n)
            else:
                b.wait('failed', submit=n, failure='permanent')
        assert not b.all('down'), b.said()
        want = {'x' * 160, '[' * 80, 'é' * 70, '😀' * 35, ''}
        until(lambda: want <= {m['text'] for m in net.inbox(ANI)}, 5, f'all that was sent: {net.inbox(ANI)}')


def test_window():
    """no more than 32 messages wait for accept; the rest follows"""
    with Network(options=['--slots', '60']) as net:
        for i in range(60):
            net.send(ANI, OURS, f'pesan {i}')
        until(lambda: net.modem('m1')['sim_used'] == 60, 10, 'a full SIM')
        with Bearer(tty(net)) as b:
            b.wait('sms', n=32)
            time.sleep(0.5)
            assert len(b.all('sms')) == 32, len(b.all('sms'))
            b.op('pause', on=True)
            time.sleep(0.2)
            for event in b.all('sms'):
                b.op('accept', ref=event['ref'])
            until(lambda: net.modem('m1')['sim_used'] == 28, 10, 'what was accepted is deleted while paused')
            time.sleep(0.3)
            assert len(b.all('sms')) == 32, 'offered while paused'
            b.op('auto', on=True)
            b.op('pause', on=False)
            b.wait('sms', n=60)
            empty(net)
            assert len({e['text'] for e in b.all('sms')}) == 60 == len(b.all('sms'))


def test_full_sim():
    """texts that found the SIM full come when it is freed, each once"""
    with Network(options=['--slots', '5']) as net:
        for i in range(17):
            net.send(ANI, OURS, f'antri {i}')
        with Bearer(tty(net)) as b:
            b.op('auto', on=True)
            b.wait('sms', n=17, limit_s=25)
            empty(net)
            assert sorted(e['text'] for e in b.all('sms')) == sorted(f'antri {i}' for i in range(17))


def test_pace():
    """per_minute spaces the credit"""
    with Network() as net, Bearer(tty(net), per_minute=60) as b:
        b.wait('credit')
        for job in (1, 2, 3):
            b.submit(ANI, 'pelan', job)
            b.wait('sent', submit=job)
            b.wait('credit', n=job + 1)
        at = [e['at'] for e in b.all('credit')]
        gaps = [later - sooner for sooner, later in zip(at, at[1:])]
        assert all(0.9 < gap < 2.5 * SLOW for gap in gaps), gaps


@without('stale_submit_told')
def test_clauses():
    """a submit of another epoch, and one without credit, come back at once as not handed over"""
    with Network(options=['--latency-ms', '400']) as net, Bearer(tty(net)) as b:
        b.wait('credit')
        b.submit(ANI, 'lama', 1, epoch=77)
        b.submit(ANI, 'satu', 2)
        b.submit(ANI, 'dua', 3)
        assert b.wait('failed', submit=1, epoch=77)['failure'] == 'not_handed_over'
        assert b.wait('failed', submit=3, epoch=1)['failure'] == 'not_handed_over'
        b.wait('sent', submit=2)
        assert [m['text'] for m in net.wait_for(ANI)] == ['satu']


def test_registration():
    """without network, or message centre, it is up and receives, but takes nothing until both are there"""
    with Network() as net:
        net.tell(do='set', modem='m1', registered=0, csca='')
        with Bearer(tty(net)) as b:
            b.op('auto', on=True)
            b.wait('up', condition='no_network')
            b.wait('state', condition='no_network', reason=lambda r: r and 'not registered' in r and 'antenna' in r)
            for registered, condition, words in ((2, 'searching', 'looks for a network'), (3, 'denied', 'ask the operator')):
                net.tell(do='set', modem='m1', registered=registered)
                b.wait('state', 12, condition=condition, reason=lambda r: r and words in r)
            net.tell(do='inject', modem='m1', pdu=deliver(ANI, 'tetap'))
            b.wait('sms', text='tetap')
            net.tell(do='set', modem='m1', registered=5)
            b.wait('state', 12, condition='no_smsc', reason=lambda r: r and 'message centre' in r and 'bearers[0].smsc' in r)
            assert not b.all('credit')
            net.tell(do='set', modem='m1', csca='+6281100000')
            b.wait('credit', 12)
            b.wait('state', condition='roaming', network=lambda n: 'roaming' in n, reason=lambda r: 'cost more' in r)
        net.tell(do='set', modem='m1', csca='', registered=1)
        with Bearer(tty(net), smsc='+6281100000') as b:
            b.wait('credit')


def test_reports():
    """reports of every kind; one that comes from the memory of reports as well"""
    with Network() as net, Bearer(tty(net)) as b:
        for n, (how, state) in enumerate((('failed', 'undelivered'), ('twice', 'delivered'))):
            net.tell(do='set', modem='m1', report=how)
            b.wait('credit', n=n + 1)
            b.submit(ANI, how, n, report=True)
            ref = b.wait('sent', submit=n)['net_ref']
            b.wait('report', net_ref=ref, state=state)
        b.wait('report', n=3)
        until(lambda: net.modem('m1')['sr_used'] == 0, 5, 'no report is left in the modem')
        b.wait('credit', n=3)
        b.submit(ANI, 'tanpa', 9, report=True)
        b.wait('sent', submit=9)


def test_report_off():
    """report = false asks for none"""
    with Network() as net, Bearer(tty(net), report='false') as b:
        b.wait('credit')
        b.submit(ANI, 'x', 1, report=True)
        b.wait('sent')
        assert net.tell(do='ledger')['submits'][0]['report'] is False


def test_delete_trouble():
    """a delete that is refused, or only said to be done, is repeated by the next sweep"""
    with Network() as net, Bearer(tty(net), sweep_s=5) as b:
        b.op('auto', on=True)
        b.wait('up')
        net.tell(do='fault', modem='m1', name='delete_refused', count=1)
        net.send(ANI, OURS, 'ditolak')
        b.wait('sms', text='ditolak')
        empty(net)
        assert len(b.all('sms', text='ditolak')) == 1
        net.tell(do='fault', modem='m1', name='delete_ignored', count=1)
        net.send(ANI, OURS, 'bohong')
        b.wait('sms', text='bohong')
        b.wait('sms', text='bohong', n=2)  # offered again: the gateway knows it by its hash
        empty(net)
        assert not b.all('down')


def test_notices():
    """no notice: the sweep finds it; two notices: it comes once; other notices disturb nothing"""
    with Network() as net, Bearer(tty(net), sweep_s=5) as b:
        b.op('auto', on=True)
        b.wait('up')
        net.tell(do='fault', modem='m1', name='no_cmti', count=1)
        net.send(ANI, OURS, 'diam')
        net.tell(do='fault', modem='m1', name='double_cmti', count=1)
        b.wait('sms', text='diam')
        net.send(ANI, OURS, 'dobel')
        b.wait('sms', text='dobel')
        net.tell(do='fault', modem='m1', name='urc_noise', count=3, arg='^RSSI: 12')
        net.send(ANI, OURS, 'ribut')
        b.wait('sms', text='ribut')
        empty(net)
        assert len(b.all('sms')) == 3 and not b.all('down'), b.events


def test_poor():
    """a modem that knows only its SIM, announces nothing and says ERROR to the rest serves as well"""
    with PoorModem() as modem:
        waiting = [deliver(ANI, f'nomor {i}') for i in range(25)]

        def refill():
            for slot in range(1, 6):
                if slot not in modem.slots and waiting:
                    modem.slots[slot] = waiting.pop(0)
        refill()
        modem.on_delete = refill
        with Bearer(modem.tty) as b:
            b.op('auto', on=True)
            b.wait('credit')
            b.wait('sms', n=25, limit_s=20)
            assert sorted(e['text'] for e in b.all('sms')) == sorted(f'nomor {i}' for i in range(25))
            until(lambda: not modem.slots, 5, 'an empty SIM')
            b.submit(ANI, 'balasan', 5, report=True)
            assert b.wait('sent', submit=5)['net_ref'] == '1'
            assert modem.sent[0].startswith('0791261801000000' + '31'), modem.sent  # message centre; SUBMIT with a report, relative validity
            modem.slots[3] = deliver(BUDI, 'terlambat')
            b.wait('sms', text='terlambat', limit_s=12)  # asked every 5 s
            assert not b.all('down'), b.events


def test_yes():
    """a modem that says OK to whatever it does not know serves as well"""
    with PoorModem({'AT+CSQ': ['+CSQ: 20,0', 'OK'], 'AT+CREG?': ['+CREG: 0,1', 'OK']}, otherwise='OK') as modem:
        modem.slots.update({i: deliver(ANI, f'nomor {i}') for i in range(1, 8)})
        with Bearer(modem.tty) as b:
            b.op('auto', on=True)
            b.wait('sms', n=7)
            until(lambda: not modem.slots, 5, 'an empty SIM')
            for job in (1, 2):
                b.wait('credit', n=job)
                b.submit(ANI, 'balasan', job)
                b.wait('sent', submit=job)
            assert not b.all('down'), b.events


def test_compare():
    """another message that came to lie in the same slot is not deleted unread"""
    with PoorModem() as modem:
        modem.slots[1] = deliver(ANI, 'lama')
        with Bearer(modem.tty) as b:
            first = b.wait('sms', text='lama')
            modem.slots[1] = deliver(BUDI, 'baru')
            b.op('accept', ref=first['ref'])
            second = b.wait('sms', text='baru')
            assert modem.slots, 'deleted without accept'
            b.op('accept', ref=second['ref'])
            until(lambda: not modem.slots, 5, 'an empty SIM')


def test_drafts():
    """what somebody wrote and kept on the SIM stays there"""
    with PoorModem() as modem:
        modem.slots[2] = '0011000C912618525500100000A703414243'
        modem.slots[4] = deliver(ANI, 'ada')
        with Bearer(modem.tty) as b:
            b.op('auto', on=True)
            b.wait('sms', text='ada')
            until(lambda: list(modem.slots) == [2], 5, 'only the draft is left')
            time.sleep(0.5)
            assert len(b.all('sms')) == 1 and list(modem.slots) == [2]


run_tests([f for name, f in list(globals().items()) if name.startswith('test_')])
