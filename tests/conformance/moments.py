#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Faults of the simulated network that have an exact moment, a place, or a process; scripts of them. Prints TAP."""
import os
import subprocess

from libsim import NUMBER, SIM, Line, Sim, check, done, run, submit_tpdu, wait_for

PHONE = '+6281234567890'
TPDU = submit_tpdu(PHONE, 'Hello')
REPORTED = f'{int(TPDU[:2], 16) | 0x20:02X}' + TPDU[2:]  # TP-SRR


def is_(name, got, want):
    check(name, got == want, f'got  {got!r}\nwant {want!r}')


def submit(line, tpdu=TPDU, limit_s=3.0):
    """The answer; None when there is none, '' when the port died under us."""
    try:
        line.at(f'AT+CMGS={len(tpdu) // 2}', limit_s)
        return line.data('00' + tpdu, limit_s)
    except OSError:
        return ''


def arm(sim, name, **more):
    is_(f'fault {name} {more or ""}', sim.ask('fault', modem='m1', name=name, **more), {'ok': True})


def opened(sim, notices='2,1,0,1,0'):
    wait_for(lambda: os.path.exists(sim.tty()))
    line = Line(sim.tty())
    line.at(f'AT+CMGD=1,4;+CNMI={notices}')
    return line


def moments(sim):
    """Each moment of a submit, by what the network has then."""
    for at, has in (('command', 0), ('cmgs_prompt', 0), ('cmgs_typing', 0), ('ctrl_z', 0), ('accepted', 1), ('sent', 1)):
        line, before = opened(sim), len(sim.ask('ledger')['submits'])
        arm(sim, 'unplug', arg=200, at=at, **({'on': 'at+cmgs'} if at == 'command' else {}))
        answer = submit(line, limit_s=0.3)
        if at != 'sent':  # what was written last may die with the port
            check(f'{at}: it left before the answer', not (answer or '').startswith('+CMGS'), answer)
        wait_for(lambda: sim.modem()['present'])
        is_(f'{at}: the network has {has}', len(sim.ask('ledger')['submits']) - before, has)
        is_(f'{at}: done once', sim.modem()['script_left'], 0)
        line.close()


def scripts(sim):
    line = opened(sim)
    steps = [{'at': 'command', 'on': 'AT+CSQ', 'after_n': 1, 'do': 'command_error', 'arg': 'AT+CSQ'},
             {'at': 'answered', 'on': 'AT+CSQ', 'do': 'urc', 'arg': '^RSSI:9'}]
    is_('a script is taken', sim.ask('script', modem='m1', steps=steps), {'ok': True})
    is_('its first step waits for the second command', line.at('AT+CSQ')[:5], '+CSQ:')
    is_('which fails; the next step waits for it', line.at('AT+CSQ'), 'ERROR')
    is_('and comes behind the answer', line.notice(), '^RSSI:9')
    is_('then it is over', (line.at('AT+CSQ')[:5], sim.modem()['script_left']), ('+CSQ:', 0))
    for wrong, word in (([], 'list'), ([{'at': 'noon', 'do': 'hang'}], 'moment'), ([{'at': 'sent', 'do': 'fire'}], 'fault')):
        answer = sim.ask('script', modem='m1', steps=wrong)
        check(f'{wrong} is refused in words', answer['ok'] is False and word in answer['error'], answer)
    is_('nothing is left of a refused script', sim.modem()['script_left'], 0)
    with subprocess.Popen(['sleep', '60']) as victim:
        arm(sim, 'kill', at='command', on='AT+CGMI', arg=victim.pid)
        line.at('AT')
        is_('nobody is killed before the moment', victim.poll(), None)
        line.at('AT+CGMI')
        is_('a process is killed at a moment', victim.wait(5), -9)
    check('no group of processes is', sim.ask('fault', modem='m1', name='kill', arg=-1)['ok'] is False)
    line.close()


def places(sim):
    line = opened(sim)
    sim.send('a')
    line.notice()
    sim.send('b')
    line.notice()
    arm(sim, 'delete_refused', arg=1, count=-1)
    is_('one slot refuses to be deleted, another does not', (line.at('AT+CMGD=1'), line.at('AT+CMGD=2')), ('+CMS ERROR: 500', 'OK'))
    arm(sim, 'none')
    is_('deleted', line.at('AT+CMGD=1'), 'OK')
    sim.ask('set', modem='m1', slots=1)
    sim.send('satu')
    line.notice()
    arm(sim, 'full_notice')
    sim.send('dua')
    is_('a full SIM may tell', line.notice(), '^SMMEMFULL: "SM"')
    arm(sim, 'none')
    sim.ask('set', modem='m1', slots=50)
    arm(sim, 'urc_before_answer', arg='^HCSQ:1')
    line.write('AT+CGMM\r')
    check('a notice before the answer', '\r\n^HCSQ:1\r\n\r\n' in (line.read(until=rb'OK\r\n') or ''))
    line.at('AT+CUSD=1')
    arm(sim, 'raw_ussd')
    sim.ask('ussd', modem='m1', status=1, text='satu\r\ndua')
    is_('raw line ends in USSD', line.read(until=rb'15\r\n'), '\r\n+CUSD: 1,"satu\r\ndua",15\r\n')
    sim.send('x' * 200, ref=7, part=2)
    sim.send('y' * 200, sender='+6281299990000', ref=7, part=1)
    rows = wait_for(lambda: [r for r in sim.ask('ledger')['deliveries'] if r.get('total') == 2])
    is_('parts of two senders with one reference', [(r['ref'], r['part']) for r in rows], [(7, 2), (7, 1)])
    line.close()


def reports(sim):
    line = opened(sim)
    arm(sim, 'foreign_report')
    submit(line, REPORTED)
    first, second = line.notice(), line.notice()
    check('a report of another number with this reference comes first', '261899999999F9' in first, first)
    is_('both have the reference', first.split('|')[1][2 * 8 + 2:2 * 8 + 4] if first[:4] == '+CDS' else first, second.split('|')[1][2 * 8 + 2:2 * 8 + 4])
    arm(sim, 'report', arg='never')
    submit(line, REPORTED)
    is_('a report that never comes', line.notice(0.3), None)
    check('a report in another way is refused', sim.ask('fault', modem='m1', name='report', arg='often')['ok'] is False)
    arm(sim, 'none')
    submit(line, REPORTED)
    is_('none ends it', line.notice()[:4], '+CDS')
    line.close()


def world(sim):
    line = opened(sim)
    line.at('AT+CREG=1')
    arm(sim, 'no_network')
    is_('no_network', (line.notice(), line.at('AT+COPS?')), ('+CREG: 2', '+COPS: 0||OK'))
    arm(sim, 'none')
    is_('it comes back', line.notice(), '+CREG: 1')
    arm(sim, 'puk_required')
    line.notice()
    is_('puk_required', line.at('AT+CPIN?'), '+CPIN: SIM PUK||OK')
    is_('the PUK opens it', line.at('AT+CPIN="12345678","1234"'), 'OK')
    arm(sim, 'none')
    arm(sim, 'reboot_on_cfun', arg=200)
    is_('a modem that leaves on CFUN', line.at('AT+CFUN=1', 0.2), None)
    line.close()
    wait_for(lambda: sim.modem()['present'])
    by_id = sim.modem()['by_id']
    arm(sim, 'replug', arg='ttyUSB3')
    is_('pulled out', os.path.lexists(sim.tty()), False)
    wait_for(lambda: sim.modem()['present'])
    is_('back under another name', (sim.modem()['tty'], os.path.exists(sim.tty())), (f'{sim.dir}/ttyUSB3', False))
    is_('and the same by its id', os.path.realpath(by_id), os.path.realpath(f'{sim.dir}/ttyUSB3'))
    check('a name with a slash is refused', sim.ask('fault', modem='m1', name='replug', arg='../m1')['ok'] is False)


def listing():
    code, told = run([SIM, '--list-faults'])
    check('--list-faults', code == 0 and all(word in told for word in ('unplug', 'cmgs_prompt', 'foreign_report')), told)


SIM1 = Sim(modems=(('m1', NUMBER),))
moments(SIM1)
scripts(SIM1)
places(SIM1)
reports(SIM1)
world(SIM1)
is_('it ends with 0 and leaves nothing', SIM1.stop(), (0, []))
listing()
done()
