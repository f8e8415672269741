#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The GSM bearer alone when things go wrong: children killed, modems pulled out, wrong PINs, messages that cannot be decoded, answers that come late or never."""
import fcntl
import os
import pty
import signal
import tempfile
import time
import tty as terminal

from libkabar import SLOW, Network, until
from libmodem import Bearer, PoorModem, deliver, run_tests, without

OURS = '+6281100000001'
ANI, BUDI = '+6281255500001', '+6281255500002'
GOOD = '00040D91261852550000F10000621142100000820531D98C5603'  # "12345" by 23.038
TRUNCATED = '00040D91261852550000F1000062114210000082' + '20' + '31D98C'
RESERVED = '00FFFF'  # of a type that does not exist: libgammu can neither read nor delete it
CRASHING = '00040D91261852550000F1000062114210000082' + 'FF' + '41' * 224  # 255 septets: more than libgammu's buffer on the stack


def tty(net):
    return f'{net.dir}/net/m1'


def empty(net, limit_s=15):
    until(lambda: net.modem('m1')['sim_used'] == 0, limit_s, f'an empty SIM: {net.modem("m1")}')


def gone(pid):
    try:
        os.kill(pid, 0)
        with open(f'/proc/{pid}/stat') as f:
            return f.read().split(') ')[1][0] == 'Z'
    except (ProcessLookupError, FileNotFoundError):
        return True


def test_kill_child():
    """kill -9 of the child: DOWN, a new life with a new epoch, what was not accepted comes again"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        net.send(ANI, OURS, 'sekali')
        first = b.wait('sms', text='sekali', epoch=1)
        os.kill(b.child(), signal.SIGKILL)
        assert 'signal 9' in b.wait('down', epoch=1)['reason']
        b.op('accept', ref=first['ref'])
        b.wait('up', epoch=2)
        again = b.wait('sms', text='sekali', epoch=2)
        assert again['ref'] != first['ref'] and net.modem('m1')['sim_used'] == 1
        b.op('accept', ref=again['ref'])
        empty(net)
        b.submit(ANI, 'hidup', 1)
        b.wait('sent', submit=1)


def test_kill_parent():
    """the child dies with its parent, and with its socket"""
    with Network() as net:
        b = Bearer(tty(net))
        b.wait('up')
        child = b.child()
        assert child and not gone(child)
        with open(f'/proc/{child}/limits') as f:
            limits = f.read()
        assert 'Max core file size        0                    0' in limits and 'Max open files            64                   64' in limits, limits
        with open(f'/proc/{child}/status') as f:
            assert 'NoNewPrivs:\t1' in f.read()
        for harmless in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(child, harmless)
        time.sleep(0.3)
        assert not gone(child), 'the child is ended by the gateway only'
        b.process.kill()
        b.process.wait()
        until(lambda: gone(child), 2, 'the child is gone')
        b.process.stdin.close()


@without('death_signal')
def test_kill_parent_blocked():
    """the child dies with its parent also while libgammu waits for a modem"""
    master, slave = pty.openpty()
    terminal.setraw(slave)
    b = Bearer(os.ttyname(slave))
    child = until(b.child, 5, 'a child')
    time.sleep(1)
    assert not gone(child)
    b.process.kill()
    b.process.wait()
    until(lambda: gone(child), 2, 'the child is gone')
    b.process.stdin.close()
    os.close(master)
    os.close(slave)


def test_close():
    """close is done within 3 s, also while the modem hangs or is being opened, and leaves no child"""
    with Network() as net:
        b = Bearer(tty(net))
        child = until(b.child, 5, 'a child')
        assert b.close() < 3 * SLOW and gone(child)
        b = Bearer(tty(net))
        b.wait('credit')
        net.tell(do='fault', modem='m1', name='hang')
        b.submit(ANI, 'x', 1)
        time.sleep(0.3)
        child = b.child()
        assert b.close() < 3 * SLOW and gone(child)


def test_unplug():
    """a modem that leaves the world: the link says so, and serves when it is back"""
    with Network() as net, Bearer(tty(net)) as b:
        b.op('auto', on=True)
        b.wait('credit')
        net.tell(do='set', modem='m1', present=False)
        down = b.wait('down', 3)
        assert 'went away' in down['reason'], down
        net.send(ANI, OURS, 'selama pergi')
        state = b.wait('state', 5, state='down', reason=lambda r: r and 'is not there: plug the modem in' in r)
        assert 'bearers[0].device' in state['reason'] and state['reason'].startswith('m1: '), state
        time.sleep(3)
        assert len(b.all('state', state='down')) == 1, 'said once'
        net.tell(do='set', modem='m1', present=True)
        b.wait('up', 12, epoch=2)
        b.wait('sms', text='selama pergi')
        empty(net)


def test_absent():
    """a device that is not there from the start, and then is"""
    with Network() as net:
        net.tell(do='set', modem='m1', present=False)
        with Bearer(tty(net)) as b:
            b.wait('state', state='down', reason=lambda r: r and 'is not there' in r)
            net.tell(do='set', modem='m1', present=True)
            b.wait('up', 12)


def test_locked():
    """a device that another program has: it says so and goes on trying"""
    with Network() as net:
        with open(os.open(tty(net), os.O_RDWR | os.O_NOCTTY), 'rb+', buffering=0) as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            with Bearer(tty(net)) as b:
                state = b.wait('state', state='down', reason=lambda r: r and 'in use by another program' in r)
                assert 'fuser' in state['reason']
                fcntl.flock(other, fcntl.LOCK_UN)
                b.wait('up', 15)


def test_mute():
    """a device that is no modem: it says so and goes on trying"""
    master, slave = pty.openpty()
    terminal.setraw(slave)
    with Bearer(os.ttyname(slave)) as b:
        state = b.wait('state', 60, state='down', reason=lambda r: r and 'does not answer like a modem' in r)
        assert '/dev/serial/by-id' in state['reason'] and 'bearers[0].connection' in state['reason'], state
        assert not b.all('up')
        until(b.child, 5, 'another try')
    os.close(master)
    os.close(slave)


def test_wrong_pin():
    """a wrong PIN is offered once, in all lives and after a restart"""
    with Network(options=['--pin', 'm1=1234']) as net:
        with Bearer(tty(net), pin='9999') as b:
            state = b.wait('state', 20, state='blocked', pin_rejected=True)
            assert 'not offered again' in state['reason'] and '9999' not in str(b.events) and '9999' not in b.said(), state
            assert net.modem('m1')['pin_left'] == 2
            first = until(b.child, 40, 'another life')
            until(lambda: b.child() != first, 30, 'that it ends')
            assert net.modem('m1')['pin_left'] == 2 and not b.all('up')
        with Bearer(tty(net), pin='9999', pin_rejected=1) as b:
            b.wait('state', 20, state='blocked', pin_rejected=True)
        assert net.modem('m1')['pin_left'] == 2


def test_pin_interrupted():
    """a PIN whose offer was cut short is not offered again by itself"""
    def answer(modem, command):
        if command == 'AT+CPIN?':
            return ['+CPIN: SIM PIN', 'OK']
        os.kill(b.child(), signal.SIGKILL)
        return []
    with PoorModem({'AT+CPIN': answer}) as modem:
        with Bearer(modem.tty, pin='1234') as b:
            b.wait('state', 20, state='blocked', pin_rejected=True)
            assert len([c for c in modem.commands if c.startswith('AT+CPIN=')]) == 1, modem.commands


def test_right_pin():
    """the right PIN opens the SIM; without one the words say what to do"""
    with Network(options=['--pin', 'm1=1234']) as net:
        with Bearer(tty(net)) as b:
            state = b.wait('state', 20, state='blocked', pin_rejected=False)
            assert 'bearers[0].pin' in state['reason'], state
        with Bearer(tty(net), pin='12a4') as b:
            assert '4 to 8 digits' in b.wait('state', 20, state='blocked')['reason']
        assert net.modem('m1')['pin_left'] == 3
        with Bearer(tty(net), pin='1234') as b:
            b.wait('credit', 25)
            net.send(ANI, OURS, 'terbuka')
            b.wait('sms', text='terbuka')
            assert not b.all('state', pin_rejected=True)


def test_no_sim():
    """no SIM, a PUK, a locked modem: blocked, with what to do"""
    with Network() as net:
        net.tell(do='fault', modem='m1', name='sim_missing')
        with Bearer(tty(net)) as b:
            assert 'no SIM' in b.wait('state', 30, state='blocked')['reason']
    for says, words in (('SIM PUK', 'PUK'), ('PH-NET PIN', 'locked to another')):
        with PoorModem({'AT+CPIN?': [f'+CPIN: {says}', 'OK']}) as modem, Bearer(modem.tty, pin='1234') as b:
            assert words in b.wait('state', 20, state='blocked')['reason']
            assert not [c for c in modem.commands if c.startswith('AT+CPIN=')]


def test_undecodable():
    """what libgammu cannot decode is an event with its PDU, and after accept the slot is free; others are not held up"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        for pdu in (TRUNCATED, RESERVED, GOOD):
            net.tell(do='inject', modem='m1', pdu=pdu)
        good = b.wait('sms', undecodable=False)
        assert good['peer'] == ANI and good['text'] == '12345', good
        bad = [b.wait('sms', undecodable=True, n=n + 1) for n in range(2)]
        assert any(TRUNCATED.encode().hex() in e['raw_hex'] for e in bad), bad
        time.sleep(1)
        assert net.modem('m1')['sim_used'] == 3, 'nothing is deleted before accept'
        for event in (good, *bad):
            b.op('accept', ref=event['ref'])
        empty(net, 25)
        b.wait('up', 20)
        net.send(ANI, OURS, 'sesudah')
        b.wait('sms', text='sesudah')


def test_crashing():
    """a message that kills the child is found, read raw, stored and deleted; the others come"""
    with PoorModem() as modem:
        modem.slots.update({1: GOOD, 2: CRASHING, 3: deliver(BUDI, 'tiga')})
        with Bearer(modem.tty) as b:
            b.op('auto', on=True)
            event = b.wait('sms', 40, undecodable=True)
            assert CRASHING.encode().hex() in event['raw_hex']
            b.wait('sms', 5, text='12345')
            b.wait('sms', 5, text='tiga')
            until(lambda: not modem.slots, 40, f'an empty SIM: {modem.slots}')
            assert 'signal 6' in str(b.all('down')), b.all('down')
            until(lambda: b.events[-1]['ev'] == 'credit', 20, 'it serves again')


def test_left_alone():
    """what can neither be decoded nor deleted is left alone, and told; the rest is served"""
    with PoorModem({'AT+CMGD=1': ['+CMS ERROR: 500']}) as modem:
        modem.slots[1] = TRUNCATED
        with Bearer(modem.tty, sweep_s=5) as b:
            b.op('auto', on=True)
            b.wait('sms', undecodable=True)
            state = b.wait('state', 80, state='up', reason=lambda r: r and 'neither be decoded nor deleted' in r)
            assert 'message 1 of memory SM' in state['reason'], state
            lives, before = len(b.all('up')), len(b.all('sms'))
            modem.slots[2] = deliver(ANI, 'lain')
            b.wait('sms', 20, text='lain')
            until(lambda: list(modem.slots) == [1], 5, 'only that one is left')
            time.sleep(6)
            assert len(b.all('up')) == lives and len(b.all('sms')) == before + 1, b.events


def test_raw_compare():
    """raw AT, too, deletes only what was read: a message that took the place is offered"""
    seen = []

    def swap(modem, command):
        seen.append(command)
        if len(seen) == 2:  # the first life asked once; this is raw AT before the second
            modem.slots[1] = deliver(BUDI, 'penerus')
        return ['OK']
    with PoorModem({'AT+CMGF=0': swap}) as modem:
        modem.slots[1] = RESERVED
        with Bearer(modem.tty) as b:
            b.op('accept', ref=b.wait('sms', undecodable=True)['ref'])
            event = b.wait('sms', text='penerus', epoch=2)
            assert 1 in modem.slots
            b.op('accept', ref=event['ref'])
            until(lambda: not modem.slots, 5, 'an empty SIM')


def test_false_success():
    """an OK without a reference is no success: UNKNOWN, and a new life"""
    with PoorModem() as modem:
        modem.take_pdu = lambda line: modem.say(line + '\r\nOK\r\n')
        with Bearer(modem.tty) as b:
            b.wait('credit')
            b.submit(ANI, 'x', 5)
            b.wait('unknown', submit=5)
            b.wait('up', 20, epoch=2)
            assert not b.all('sent')


def test_settled():
    """the child dies after ^Z: the late answer of the modem is heard raw, the submit is SENT in its old epoch"""
    with Network() as net, tempfile.TemporaryDirectory() as d:
        with Bearer(tty(net), env={'KABAR_FAULT': f'submit_after_ctrl_z:1:kill:{d}/once'}) as b:
            b.wait('credit')
            with net.held():
                b.submit(ANI, 'terkirim', 5, report=True)
            sent = b.wait('sent', submit=5)
            assert sent['epoch'] == 1 and sent['net_ref'] == '1' and not b.all('unknown'), b.events
            down = b.wait('down', epoch=1)
            assert down['at'] >= sent['at']
            b.wait('up', 10, epoch=2)
            b.submit(ANI, 'lagi', 6)
            b.wait('sent', submit=6)
            assert [m['text'] for m in net.wait_for(ANI, 2)] == ['terkirim', 'lagi']


def test_before_prompt():
    """the child dies before the prompt: nothing is heard, UNKNOWN, and the modem's line is clean for the next"""
    with Network() as net, tempfile.TemporaryDirectory() as d:
        with Bearer(tty(net), env={'KABAR_FAULT': f'submit_before_prompt:1:kill:{d}/once'}) as b:
            b.wait('credit')
            b.submit(ANI, 'hilang', 5)
            unknown = b.wait('unknown', submit=5, epoch=1)
            assert b.wait('down', epoch=1)['at'] >= unknown['at']
            b.wait('credit', 10, epoch=2)
            b.submit(ANI, 'ada', 6)
            b.wait('sent', submit=6)
            assert [m['text'] for m in net.wait_for(ANI)] == ['ada']


def test_not_handed_over():
    """the step before libgammu fails: not handed over, and the life goes on"""
    with Network() as net:
        with Bearer(tty(net), env={'KABAR_FAULT': 'submit_before_prompt:1:error'}) as b:
            b.wait('credit')
            b.submit(ANI, 'nanti', 5)
            b.wait('failed', submit=5, failure='not_handed_over')
            b.wait('credit', n=2)
            b.submit(ANI, 'kini', 6)
            b.wait('sent', submit=6)
            assert not b.all('down')


def test_no_answer():
    """a submit whose answer never comes is UNKNOWN after its time, never SENT, and a new life begins"""
    with Network() as net:
        net.tell(do='fault', modem='m1', name='lost_cmgs_accepted', count=1)
        with Bearer(tty(net), submit_timeout='10s') as b:
            b.op('auto', on=True)
            b.wait('credit')
            b.submit(ANI, 'tanpa jawaban', 5)
            unknown = b.wait('unknown', 25, submit=5)
            assert 'in time' in unknown['why'] and not b.all('sent'), b.events
            b.wait('credit', 10, epoch=2)
            b.submit(ANI, 'dengan jawaban', 6)
            b.wait('sent', submit=6)
            net.wait_for(ANI, 2)


def test_prompt_never():
    """no prompt: the submit was not handed over; the life ends, another begins"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        net.tell(do='fault', modem='m1', name='no_answer', count=1, arg='AT+CMGS')
        b.submit(ANI, 'x', 5)
        b.wait('failed', 45, submit=5, failure='not_handed_over')
        b.wait('credit', 10, epoch=2)


def test_unplug_sending():
    """pulled out while it sends: UNKNOWN at once, since nobody can be asked"""
    with Network(options=['--latency-ms', '3000']) as net, Bearer(tty(net)) as b:
        b.wait('credit')
        b.submit(ANI, 'x', 5)
        until(lambda: 'CMGS' in net.modem('m1')['last_command'], 5, 'it is sending')
        time.sleep(0.3)
        net.tell(do='set', modem='m1', present=False)
        b.wait('unknown', 3, submit=5)
        b.wait('down', 3)


def test_unplug_blocked():
    """pulled out while libgammu waits for an answer: it is told at once, not when libgammu gives up"""
    def pull(modem, command):
        modem.unplug()
        return []
    with PoorModem({'AT+CMGR=7': pull}) as modem, Bearer(modem.tty) as b:
        modem.slots[7] = TRUNCATED  # listed, then asked for alone
        down = b.wait('down', 12)
        assert 'went away' in down['reason'], down
        asked = next(e['at'] for e in b.events if e['ev'] == 'up')
        assert down['at'] - asked < 10 * SLOW, 'libgammu alone would have waited 50 s'


def test_notice_in_answer():
    """a notice in one piece with the answer does not turn a message that cannot be decoded into half a one"""
    def with_notice(modem, command):
        answer = [f'+CMGR: 1,,23\r\n{TRUNCATED}', 'OK']
        return answer + ['+CMTI: "SM",9'] if modem.commands.count(command) <= 2 else answer
    with PoorModem({'AT+CMGR=1': with_notice}) as modem:
        modem.slots[1] = TRUNCATED
        with Bearer(modem.tty) as b:
            event = b.wait('sms')
            assert event['undecodable'] and TRUNCATED.encode().hex() in event['raw_hex'], event
            assert len(b.all('sms')) == 1


def test_child_faults():
    """each fault point around a delete is survived: nothing is lost, the SIM ends empty"""
    for point in ('delete_before', 'delete_after'):
        for action in ('kill', 'error'):
            with Network() as net, tempfile.TemporaryDirectory() as d:
                with Bearer(tty(net), sweep_s=5, env={'KABAR_FAULT': f'{point}:1:{action}:{d}/once'}) as b:
                    b.op('auto', on=True)
                    b.wait('up')
                    net.send(ANI, OURS, 'satu')
                    net.send(ANI, OURS, 'dua')
                    b.wait('sms', text='satu')
                    b.wait('sms', text='dua')
                    empty(net)
                    assert os.path.exists(f'{d}/once'), f'{point} was passed'


def test_hang():
    """a modem that falls silent: the life is given up, and serves again when the modem wakes"""
    with Network() as net, Bearer(tty(net)) as b:
        b.wait('credit')
        time.sleep(1)
        net.tell(do='fault', modem='m1', name='hang')
        down = b.wait('down', 80)
        assert 'the modem stopped' in down['reason'], down
        net.tell(do='fault', modem='m1', name='none')
        b.wait('up', 60, epoch=2)


run_tests([f for name, f in list(globals().items()) if name.startswith('test_')])
