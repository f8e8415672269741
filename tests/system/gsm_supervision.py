#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The GSM bearer supervised: every job of its child has a deadline, what ails a modem has a name, a PIN is offered only after that is stored, a link that cannot send
rests. Each fault with its defence (see gateway/base/defence.h)."""
import json
import os
import re
import signal
import tempfile
import time

from libkabar import SLOW, Gateway, Network, until
from libmodem import Bearer, PoorModem, deliver, run_tests, without

OURS = '+6281100000001'
ANI, BUDI = '+6281255500001', '+6281255500002'


def tty(net):
    return f'{net.dir}/net/m1'


def fault(net, name, **more):
    net.tell(do='fault', modem='m1', name=name, **more)


# --- a link that cannot send -------------------------------------------


@without('link_hold')
def test_link_errors():
    """an error that is the link's blames no message; there is no credit until the link is well again"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        fault(net, 'cms_error', count=1, arg='38')
        b.submit(ANI, 'nanti', 1)
        assert b.wait('failed', submit=1)['failure'] == 'link'
        state = b.wait('state', state='up', condition='no_network')
        assert 'antenna' in state['reason'], state
        time.sleep(2 * SLOW)
        assert len(b.all('credit')) == 1, 'credit while the link rests'
        net.tell(do='set', modem='m1', registered=0)
        b.wait('state', 40, network=lambda n: n == 'no network')
        net.tell(do='set', modem='m1', registered=1)
        b.wait('credit', 15, n=2)
        b.wait('state', condition='ok', reason=None)
        b.submit(ANI, 'kini', 2)
        b.wait('sent', submit=2)


def test_error_classes():
    """+CMS ERROR: the message's, the moment's, the link's, and one after which nobody knows"""
    for code, ev, failure, condition in (('28', 'failed', 'permanent', 'ok'), ('42', 'failed', 'transient', 'ok'), ('330', 'failed', 'link', 'no_smsc'),
                                         ('310', 'failed', 'link', 'no_sim'), ('332', 'unknown', None, 'ok')):
        with Network() as net, Bearer(tty(net)) as b:
            b.wait('credit')
            fault(net, 'cms_error', count=1, arg=code)
            b.submit(ANI, 'x', 1)
            assert b.wait(ev, submit=1).get('failure') == failure, (code, b.events)
            if condition != 'ok':
                b.wait('state', state='up', condition=condition)
            else:
                b.wait('credit', n=2)
            assert not b.all('down'), b.events


# --- deadlines ---------------------------------------------------------


def silent_in(command, before=None):
    """The modem answers nothing to one command, for ever; the child, blocked in libgammu, is killed in its time and the next life serves."""
    with Network() as net, Bearer(tty(net), job_timeout='5s', sweep_s=5) as b:
        b.op('auto', on=True)
        b.wait('credit')
        time.sleep(1)
        fault(net, 'no_answer', count=-1, arg=command)
        if before:
            before(net, b)
        began = time.monotonic()
        down = b.wait('down', 60)
        assert 'was not done with' in down['reason'] and down['condition'] == 'silent', down
        assert time.monotonic() - began < 45 * SLOW
        fault(net, 'none')
        b.wait('credit', 40, epoch=2)


@without('job_deadline')
def test_silent_list():
    """a modem that is silent when it lists messages (libgammu would wait 500 s)"""
    silent_in('AT+CMGL')


@without('job_deadline')
def test_silent_memory():
    """a modem that is silent when it is asked for its memories (libgammu would wait 200 s)"""
    silent_in('AT+CPMS="')


@without('job_deadline')
def test_silent_read():
    """a modem that is silent when it reads a message (libgammu would wait 50 s)"""
    silent_in('AT+CMGR', lambda net, b: net.send(ANI, OURS, 'x'))


@without('job_deadline')
def test_silent_network():
    """a modem that is silent when it is asked for the network"""
    silent_in('AT+CREG')


@without('job_deadline')
def test_stopped_child():
    """a child that is stopped (SIGSTOP) while it waits is killed, and another serves"""
    with Network() as net, Bearer(tty(net), job_timeout='5s') as b:
        b.wait('credit')
        time.sleep(1)
        os.kill(b.child(), signal.SIGSTOP)
        down = b.wait('down', 45)
        assert 'was not done with waiting' in down['reason'], down
        b.wait('credit', 20, epoch=2)


@without('job_deadline')
def test_stopped_sending():
    """a child that is stopped while the network has its message: it is killed, and the late answer is not lost"""
    with Network(options=['--latency-ms', '1500']) as net, Bearer(tty(net), job_timeout='5s', submit_timeout='10s') as b:
        b.wait('credit')
        b.submit(ANI, 'x', 1)
        until(lambda: 'CMGS' in net.modem('m1')['last_command'], 5, 'it is sending')
        time.sleep(0.5)
        os.kill(b.child(), signal.SIGSTOP)
        b.wait('down', 40)
        assert len(b.all('unknown', submit=1)) + len(b.all('sent', submit=1)) == 1, b.events
        b.wait('credit', 20, epoch=2)


def test_back_off():
    """a modem that fails again and again is started again after 1, 2, 4 s"""
    with Network() as net, Bearer(tty(net)) as b:
        for life in range(1, 5):
            b.wait('up', 30, epoch=life)
            os.kill(b.child(), signal.SIGKILL)
            b.wait('down', epoch=life)
        b.wait('up', 40, epoch=5)
        downs, ups = b.all('down'), b.all('up')
        gaps = [ups[i + 1]['at'] - downs[i]['at'] for i in range(4)]
        assert gaps[0] < gaps[1] + 0.5 < gaps[2] + 0.5 < gaps[3] + 0.5 and gaps[3] > 8, gaps


def test_back_off_ends():
    """a life of a minute makes the back-off begin anew"""
    with Network() as net, Bearer(tty(net)) as b:
        for life in range(1, 4):
            b.wait('up', 30, epoch=life)
            os.kill(b.child(), signal.SIGKILL)
            b.wait('down', epoch=life)
        up = b.wait('up', 30, epoch=4)
        time.sleep(61 - (time.monotonic() - up['at']))
        os.kill(b.child(), signal.SIGKILL)
        down = b.wait('down', epoch=4)
        assert b.wait('up', 30, epoch=5)['at'] - down['at'] < 5 * SLOW, b.events


def silent_at_start(command):
    """The modem answers nothing to one command of its opening: that has one deadline, and the next life serves."""
    with Network() as net:
        fault(net, 'no_answer', count=-1, arg=command)
        with Bearer(tty(net), init_timeout='20s') as b:
            b.wait('state', 45, state='down', condition=lambda c: c in ('silent', 'no_modem'))
            fault(net, 'none')
            b.wait('credit', 45)


@without('new_lives')
def test_silent_pin():
    """a modem that is silent when it is asked whether it wants a PIN"""
    silent_at_start('AT+CPIN?')


@without('new_lives')
def test_silent_notices():
    """a modem that is silent when it is asked to announce messages"""
    silent_at_start('AT+CNMI')


@without('new_lives')
def test_silent_centre():
    """a modem that is silent when it is asked for the message centre"""
    silent_at_start('AT+CSCA')


# --- the PIN -----------------------------------------------------------


@without('pin_stored')
def test_pin_after_store():
    """the PIN is given to the modem only after it is stored that it is offered"""
    with Network(options=['--pin', 'm1=1234']) as net, Bearer(tty(net), pin='1234', keep=1) as b:
        offer = b.wait('state', 20, pin_offered=True, ref=lambda r: r)
        time.sleep(2 * SLOW)
        assert not b.all('up'), 'offered before it was stored'
        b.op('accept', ref=offer['ref'])
        b.wait('up', 20, pin_offered=False)


@without('pin_memory')
def test_pin_of_former_gateway():
    """a PIN that was being offered when the last gateway ended is not offered again"""
    with Network(options=['--pin', 'm1=1234']) as net:
        with Bearer(tty(net), pin='9999', pin_offered=1) as b:
            assert 'pin-reset' in b.wait('state', 20, state='blocked', condition='pin_wrong', pin_rejected=True)['reason']
            assert net.modem('m1')['pin_left'] == 3
    with Network() as net, Bearer(tty(net), pin='9999', pin_offered=1) as b:  # the SIM is open: it was right
        b.wait('up', 20, pin_offered=False, pin_rejected=False)


@without('pin_stored')
def test_pin_killed():
    """the daemon killed in the second in which the PIN is offered: not again, until an officer says so; then once"""
    def answer(modem, command):
        if command == 'AT+CPIN?':
            return ['+CPIN: SIM PIN', 'OK'] if not modem.open else ['+CPIN: READY', 'OK']
        if modem.kabar:
            modem.kabar.process.kill()
            modem.kabar = None
            return []
        modem.open = True
        return ['OK']

    def offers(modem):
        return len([c for c in modem.commands if c.startswith('AT+CPIN=')])
    with PoorModem({'AT+CPIN': answer}) as modem, Network() as net:
        modem.open = False
        kabar = Gateway(net, bearers=f'{{ name = "m1"; kind = "gsm"; device = "{modem.tty}"; number = "{OURS}"; pin = "1234"; }}')
        modem.kabar = kabar
        kabar.start(wait=False)
        until(lambda: kabar.process.poll() is not None, 30, 'the gateway is killed')
        assert offers(modem) == 1 and kabar.sql('select pin_offered from link') == [(1,)], kabar.sql('select * from link')
        kabar.start(wait=False)
        until(lambda: kabar.sql("select 1 from link where condition = 'pin_wrong'"), 30, 'it says so')
        assert offers(modem) == 1, modem.commands
        status = kabar.cli('status')
        assert '[pin_wrong]' in status and 'kabar link pin-reset' in status, status
        assert kabar.stop() == 0
        kabar.start(wait=False)
        until(lambda: 'serves as' in kabar.log() and 'pin-reset' in kabar.log(), 30, 'it still says so')
        assert 'offered once more' in kabar.cli('link', 'pin-reset', 'm1')
        assert kabar.stop() == 0
        kabar.start()
        assert offers(modem) == 2
        assert kabar.sql('select pin_offered, pin_rejected, condition from link') == [(0, 0, 'ok')], kabar.sql('select * from link')
        assert kabar.stop() == 0


# --- what ails a modem -------------------------------------------------


def test_sim_pulled():
    """the SIM pulled out while it serves, and put back"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        fault(net, 'sim_missing')
        b.wait('down', 60, condition='no_sim')
        fault(net, 'none')
        b.wait('credit', 60, epoch=2)


def test_network_lost():
    """the network lost and found: named, no credit meanwhile, no life lost"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        fault(net, 'no_network', arg='2')
        b.wait('state', 40, condition='searching', state='up')
        b.submit(ANI, 'x', 1)  # with the credit of before
        assert b.wait('failed', submit=1)['failure'] == 'link'
        fault(net, 'none')
        b.wait('state', 20, condition='ok')
        b.wait('credit', 10, n=2)
        assert not b.all('down')


def test_nearly_full():
    """a SIM of which 80 % are taken: what is accepted is deleted again; what stays so has a name; freed, all is well"""
    with Network(options=['--slots', '10']) as net, Bearer(tty(net), sweep_s=3600) as b:
        b.op('auto', on=True)
        b.wait('credit')
        fault(net, 'delete_refused', count=-1)
        for i in range(8):
            net.send(ANI, OURS, f'penuh {i}')
        b.wait('sms', n=8)
        state = b.wait('state', 60, condition='storage_nearly_full', state='up')
        assert state['sim'] == [8, 10] and 'nearly full' in state['reason'], state
        fault(net, 'none')
        b.wait('state', 60, condition='ok', reason=None, sim=[0, 10])
        assert net.modem('m1')['sim_used'] == 0 and not b.all('down') and len({e['text'] for e in b.all('sms')}) == 8, b.all('sms')


def test_no_echo():
    """a modem that echoes nothing and refuses ATE1 cannot be used, and is told so"""
    with Network() as net:
        fault(net, 'no_echo')
        with Bearer(tty(net)) as b:
            state = b.wait('state', 80, state='down', condition='no_echo')
            assert 'AT&F' in state['reason'], state
            fault(net, 'none')
            b.wait('up', 40)


@without('polling')
def test_no_notices():
    """a modem that refuses +CNMI is asked every 5 s"""
    with Network() as net:
        fault(net, 'command_error', count=-1, arg='AT+CNMI=')
        with Bearer(tty(net)) as b:
            b.op('auto', on=True)
            b.wait('credit')
            time.sleep(1)
            for text in ('satu', 'dua'):
                net.tell(do='inject', modem='m1', pdu=deliver(ANI, text), quiet=True)
                b.wait('sms', 10, text=text)


def test_reboot_on_cfun():
    """a modem that reboots when it is told AT+CFUN serves all the same"""
    with Network() as net:
        fault(net, 'reboot_on_cfun', count=1, arg='1500')
        with Bearer(tty(net)) as b:
            b.wait('credit', 40)
            b.submit(ANI, 'x', 1)
            b.wait('sent', submit=1)


def test_raw_ussd():
    """a dialogue that the network begins, its text with raw line ends, ends no life"""
    with Network() as net:
        with open(os.open(tty(net), os.O_RDWR | os.O_NOCTTY), 'rb+', buffering=0) as line:
            line.write(b'AT+CUSD=1\r')
            time.sleep(0.3)
        with Bearer(tty(net)) as b:
            b.wait('credit')
            time.sleep(1)
            fault(net, 'raw_ussd', count=3)
            for i in range(3):
                net.tell(do='ussd', modem='m1', text='Pulsa\r\nAnda 5.000\r\ns/d besok', status=0)
                time.sleep(0.5)
            b.submit(ANI, 'x', 1)
            b.wait('sent', 10, submit=1)
            net.send(ANI, OURS, 'masuk')
            b.wait('sms', 10, text='masuk')
            assert not b.all('down'), b.events


def test_status():
    """kabar status names the condition, what to do and how full the memories are"""
    with Network() as net, Gateway(net) as kabar:
        until(lambda: json.loads(kabar.cli('status', '--json'))['links'][0]['sim'] == {'used': 0, 'size': 50}, 10, 'the size of the SIM')
        link = json.loads(kabar.cli('status', '--json'))['links'][0]
        assert link['condition'] == 'ok' and link['me']['size'] == 100 and link['pin_offered'] is False, link
        net.tell(do='set', modem='m1', registered=3)
        told = until(lambda: (lambda t: t if '[denied]' in t else None)(kabar.cli('status')), 40, 'the condition')
        assert 'SIM 0 of 50' in told and 'ask the operator' in told, told
        assert re.search(r'^m1 +waits ', told, re.M), told


# --- a modem that moved ------------------------------------------------


def imei_of(net, name):
    return net.modem(name)['imei']


@without('device_search')
def test_moved():
    """a modem that comes back under another name is found by its IMEI, among others"""
    with Network(modems={'m1': OURS, 'm2': '+6281100000002'}) as net, Bearer(f'{net.dir}/net/[mt]*', imei=imei_of(net, 'm2')) as b:
        assert b.wait('up', 20)['imei'] == imei_of(net, 'm2'), b.events
        net.tell(do='fault', modem='m2', name='replug', arg='ttyUSB3')
        b.wait('down', 10)
        b.wait('credit', 20, epoch=2)
        b.submit(ANI, 'pindah', 1)
        b.wait('sent', submit=1)
        assert os.path.exists(f'{net.dir}/net/ttyUSB3') and net.wait_for(ANI)[0]['from'] == '+6281100000002', net.inbox(ANI)


def test_not_found():
    """no modem with that IMEI: it is said with what to do, others are left in peace, and it is found when it comes"""
    with Network(modems={'m1': OURS, 'm2': '+6281100000002'}) as net:
        imei = imei_of(net, 'm2')
        net.tell(do='set', modem='m2', present=False)
        with Bearer(f'{net.dir}/net/m*', imei=imei) as b, Bearer(tty(net)) as other:
            other.wait('credit', 20)
            state = b.wait('state', 20, state='down', condition='absent')
            assert 'bearers[0].imei' in state['reason'] and '*#06#' in state['reason'], state
            net.tell(do='set', modem='m2', present=True)
            assert b.wait('up', 30)['imei'] == imei
            assert not other.all('down')


def test_imei_in_configuration():
    """gateway.conf with imei and a pattern: the gateway serves, and each bearer has its own modem"""
    with Network(modems={'m1': OURS, 'm2': '+6281100000002'}) as net:
        bearers = ', '.join(f'{{ name = "{m}"; kind = "gsm"; imei = "{imei_of(net, m)}"; device = "net/m*"; number = "{n}"; per_minute = 6000; }}'
                            for m, n in net.modems.items())
        with Gateway(net, bearers=bearers) as kabar:
            for modem, number in net.modems.items():
                assert net.ask(ANI, number, 'INFO DOKUMEN')
                assert kabar.sql('select imei from link where name = ?', modem) == [(imei_of(net, modem),)]
                assert net.inbox(ANI)[-1]['from'] == number


@without('settling')
def test_settled_by_imei():
    """the late answer is listened for where the modem was, before anybody is asked for an IMEI"""
    with Network() as net, tempfile.TemporaryDirectory() as d:
        with Bearer(f'{net.dir}/net/m*', imei=imei_of(net, 'm1'), env={'KABAR_FAULT': f'submit_after_ctrl_z:1:kill:{d}/once'}) as b:
            b.wait('credit', 20)
            with net.held():
                b.submit(ANI, 'terkirim', 5)
            assert b.wait('sent', submit=5)['epoch'] == 1 and not b.all('unknown'), b.events


def test_by_id():
    """a modem named by its by-id path comes back under another name"""
    with Network() as net, Bearer(net.modem('m1')['by_id']) as b:
        b.wait('credit', 20)
        fault(net, 'replug', arg='ttyUSB7')
        b.wait('down', 10)
        b.wait('credit', 20, epoch=2)


# --- late evidence -----------------------------------------------------


@without('settling')
def test_late_answer():
    """an answer that comes after the deadline of its submit is heard: SENT, in its own epoch"""
    with Network() as net, Bearer(tty(net), submit_timeout='10s') as b:
        b.wait('credit')
        with net.held():
            b.submit(ANI, 'lambat', 1)
        assert b.wait('sent', 30, submit=1)['epoch'] == 1, b.events
        assert not b.all('unknown')
        b.wait('credit', 20, epoch=2)


STATUS = '0006{mr:02X}0D91261852550000F1621142100000826211421000008200'


def late_evidence(said, slots=None, answers=False):
    """The child dies after ^Z; what the modem says then settles the submit."""
    with PoorModem() as modem, tempfile.TemporaryDirectory() as d:
        modem.take_pdu = lambda line: modem.say(line)
        with Bearer(modem.tty, env={'KABAR_FAULT': f'submit_after_ctrl_z:1:kill:{d}/once'}) as b:
            b.wait('credit')
            b.submit(ANI, 'x', 5, report=True)
            until(lambda: os.path.exists(f'{d}/once'), 10, 'the child died')
            time.sleep(1)
            modem.slots.update(slots or {})
            modem.say(said)
            if answers:
                sent = b.wait('sent', 20, submit=5)
                assert sent['epoch'] == 1 and sent['net_ref'] == '77' and not b.all('unknown'), b.events
            else:  # of which message it is, the engine knows
                assert b.wait('report', 20)['net_ref'] == '77', b.events
                assert b.wait('unknown', 20, submit=5)['epoch'] == 1 and not b.all('sent'), b.events
            b.wait('up', 30, epoch=2)


@without('settling')
def test_settled_answer():
    """+CMGS between other notices, without blanks, with bare line feeds"""
    late_evidence('\r\n^RSSI: 12\r\n\n+CMGS:77\n\r\n+CMTI: "SM",4\r\n\r\nOK\r\n', answers=True)


@without('settling')
def test_settled_report():
    """+CDS with the report of the submit in flight"""
    late_evidence(f'\r\n^RSSI: 12\r\n+CDS: 26\r\n{STATUS.format(mr=77)}\r\n')


@without('settling')
def test_settled_stored_report():
    """+CDSI: the report lies in a memory, it is read there"""
    late_evidence('\r\n+CDSI: "SM",3\r\n', {3: STATUS.format(mr=77)})


@without('settling')
def test_settled_answer_behind_reports():
    """reports of others in front of +CMGS, all in one breath: the answer is heard"""
    late_evidence(f'\r\n+CDSI: "SM",3\r\n+CDS: 26\r\n{STATUS.format(mr=12)}\r\n+CMGS: 77\r\n\r\nOK\r\n', answers=True)


run_tests([f for name, f in list(globals().items()) if name.startswith('test_')], workers=16)
