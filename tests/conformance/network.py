#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated network from outside: phones, coding of texts, reports, ledger, faults, leaving the world, options. Prints TAP."""
import os

from libsim import NUMBER, SIM, Control, Line, Sim, check, done, run, submit_tpdu, wait_for

PHONE = '+6281234567890'
TPDU = submit_tpdu(PHONE, 'Hello')
CUT = '00040D91261832547698F000006211'  # a DELIVER that ends in its time stamp


def is_(name, got, want):
    check(name, got == want, f'got  {got!r}\nwant {want!r}')


def submit(line, tpdu=TPDU, limit_s=3.0):
    line.at(f'AT+CMGS={len(tpdu) // 2}')
    return line.data('00' + tpdu, limit_s)


def delivered(sim, n=1):
    """The last n deliveries, when so many are there."""
    return wait_for(lambda: (rows := sim.ask('ledger')['deliveries']) and len(rows) >= n and rows)[-n:]


def coding(sim):
    """What a phone's text becomes on its way."""
    before = 0
    euro = '€' * 77 + 'x'  # the 77th escape pair would be cut at septet 153
    smile = '😀' * 34 + 'x'  # the 34th pair would be cut at unit 67
    for name, text, more, want in (
            ('160 septets are one part', 'x' * 160, {}, [('gsm7', 1, 160)]),
            ('161 are two', 'x' * 161, {}, [('gsm7', 2, 153), ('gsm7', 2, 8)]),
            ('an extension character counts two', '€' * 80, {}, [('gsm7', 1, 80)]),
            ('an escape pair stays together', euro + 'y' * 10, {}, [('gsm7', 2, 76), ('gsm7', 2, 12)]),
            ('70 units are one part', 'س' * 70, {}, [('ucs2', 1, 70)]),
            ('a surrogate pair stays together', smile + 'y' * 5, {}, [('ucs2', 2, 33), ('ucs2', 2, 7)]),
            ('16 bit references leave less room', 'x' * 161, {'ref_bits': 16}, [('gsm7', 2, 152), ('gsm7', 2, 9)]),
            ('UCS-2 when asked for', 'abc', {'coding': 'ucs2'}, [('ucs2', 1, 3)]),
            ('an empty text', '', {}, [('gsm7', 1, 0)]),
            ('every character of the alphabet', '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà\f^{}\\[~]|€', {}, [('gsm7', 1, 81)])):
        answer = sim.send(text, **more)
        before += len(want)
        rows = delivered(sim, before)[-len(want):]
        is_(name, [(r['coding'], r['total'], len(r['text'])) for r in rows], want)
        check(name + ': the text is whole', ''.join(r['text'] for r in rows) == text, (answer, rows))
    return before


def senders(sim, before):
    for sender, toa, back in ((PHONE, '91', PHONE), ('081234567890', 'A1', '081234567890'), ('TELKOMSEL', 'D0', 'TELKOMSEL'),
                              ('3636', '81', '3636'), ('Info Desa Anda', 'D0', 'Info Desa A')):
        sim.send('x', sender=sender)
        before += 1
        pdu = delivered(sim, before)[-1]['pdu']
        is_(f'a sender like {sender} has type of address {toa}', pdu[4:6], toa)
        line = Line(sim.tty())
        line.at('ATE0;+CMGF=1')
        is_(f'and is shown as {back}', line.at('AT+CMGL="ALL"').rsplit('+CMGL', 1)[1].split('"')[3], back)
        line.at('AT+CMGF=0')
        line.close()
    sim.send('x', at_s=1764000000)
    is_('the time stamp is the one asked for, +07:00', delivered(sim, before + 1)[-1]['pdu'][24:38], '52114232000082')
    sim.send('x', **{'class': 0})
    is_('class 0', delivered(sim, before + 2)[-1]['dcs'], 0x10)
    sim.ask('send', **{'from': PHONE}, to=NUMBER, hex='00ff42', coding='8bit')
    row = delivered(sim, before + 3)[-1]
    is_('8 bit data', (row['coding'], row['pdu'][-8:]), ('8bit', '0300FF42'))
    check('what cannot be coded is refused', not sim.send('س', coding='gsm7')['ok'])


def phones(sim):
    other = Control(sim.dir + '/control')
    other.ask('phone', number=PHONE)
    everything = Control(sim.dir + '/control')
    everything.ask('phone', number='*')
    line = Line(sim.tty())
    submit(line)
    event = other.event()
    is_('a subscriber hears of a message', event, {'ev': 'sms', 'to': PHONE, 'from': NUMBER, 'text': 'Hello', 'parts': 1, 'coding': 'gsm7'})
    is_('one of all numbers too', everything.event(), event)
    part = [submit_tpdu(PHONE, text, 0x51, udh=f'0500037F020{i}') for i, text in ((1, 'satu '), (2, 'dua'))]
    submit(line, part[1])
    is_('a part alone is no message', other.event(0.2), None)
    is_('it is counted as incomplete', other.ask('inbox', number=PHONE)['incomplete'], 1)
    submit(line, submit_tpdu('+6281999999999', 'lain', 0x51, udh='0500037F0201'))
    is_('a part for another phone does not complete it', other.event(0.2), None)
    submit(line, part[0])
    event = other.event()
    is_('parts are joined in their order', (event['parts'], event['text']), (2, 'satu dua'))
    everything.events.clear()
    submit(line, submit_tpdu('081234567890', 'nasional'))
    is_('a national number is the same phone', other.event()['text'], 'nasional')
    submit(line, submit_tpdu('3636', 'pendek'))
    is_('a short code is a phone of its own', wait_for(lambda: sim.inbox('3636'))[0]['text'], 'pendek')
    before = len(sim.ask('ledger')['deliveries'])
    submit(line, submit_tpdu(NUMBER, 'sendiri'))
    row = delivered(sim, before + 1)[-1]
    is_('a message to a modem goes to its SIM', (row['to'], row['modem'], row['where'][:2], row['text']), (NUMBER, 'm1', 'SM', 'sendiri'))
    sim.ask('clear', number=PHONE)
    is_('an inbox is cleared', sim.inbox(PHONE), [])
    line.close()
    other.close()
    everything.close()


def reports(sim):
    line = Line(sim.tty())
    line.at('AT+CNMI=2,1,0,1,0')
    wanted = '31' + TPDU[2:]

    def status(notice):
        return notice and int(notice[-2:], 16)

    submit(line, wanted)
    is_('a report says delivered', status(line.notice()), 0)
    is_('it stands in the ledger', [(r['report'], r['status'], r['where']) for r in delivered(sim)], [(True, 0, 'direct')])
    submit(line, TPDU)
    is_('none when none was asked for', line.notice(0.2), None)
    for mode, want in (('never', [None]), ('twice', [0, 0]), ('failed', [0x43])):
        sim.ask('set', modem='m1', report=mode)
        submit(line, wanted)
        is_(f'report={mode}', [status(line.notice(0.3)) for _ in want], want)
    sim.ask('set', modem='m1', report='early', latency_ms=50)
    line.at('AT+CMGS=20')
    line.write('00' + wanted + '\x1a')
    got = line.read(until=rb'OK\r\n')
    check('report=early comes before the result', got and '+CDS' in got and got.index('+CDS') < got.index('+CMGS:'), got)
    sim.ask('set', modem='m1', report='ok', latency_ms=0, report_delay_ms=300)
    submit(line, wanted)
    is_('report_delay_ms', (line.notice(0.2), status(line.notice())), (None, 0))
    sim.ask('set', modem='m1', report_delay_ms=0)
    line.at('AT+CNMI=2,1,0,2,0')
    for _ in range(21):
        submit(line, wanted)
    is_('a full report memory holds up reports', wait_for(lambda: (sim.modem()['sr_used'], sim.modem()['waiting']) == (20, 1)), True)
    sim.send('lewat')
    check('and no messages', '+CMTI' in (line.read(until=rb'\+CMTI: "SM",\d+\r\n') or ''))
    line.at('AT+CPMS="SR";+CMGD=1,4;+CPMS="SM"')
    is_('a freed one takes the report that waited', wait_for(lambda: sim.modem()['waiting'] == 0 and sim.modem()['sr_used']), 1)
    line.at('AT+CPMS="SR";+CMGD=1,4;+CPMS="SM"')
    line.close()


def faults(sim):
    line = Line(sim.tty())
    line.at('AT+CMGD=1,4;+CNMI=2,1,0,0,0')

    def arm(name, **more):
        is_(f'fault {name} is taken', sim.ask('fault', modem='m1', name=name, **more), {'ok': True})

    arm('cms_error', arg=38, count=2)
    is_('cms_error twice, then no more', [submit(line)[:14] for _ in range(2)] + [submit(line)[:6]], ['+CMS ERROR: 38'] * 2 + ['+CMGS:'])
    arm('lost_cmgs_accepted')
    n = len(sim.ask('ledger')['submits'])
    is_('lost_cmgs_accepted: no answer', submit(line, limit_s=0.3), None)
    is_('but the network has it', len(sim.ask('ledger')['submits']), n + 1)
    line.take()
    arm('held_cmgs')
    is_('held_cmgs: no answer, but the network has it', (submit(line, limit_s=0.3), len(sim.ask('ledger')['submits'])), (None, n + 2))
    is_('cleared', sim.ask('fault', modem='m1', name='none'), {'ok': True})
    check('the answer comes then', '+CMGS:' in (line.read(1, rb'OK\r\n') or ''))
    n += 1
    arm('lost_cmgs_refused')
    is_('lost_cmgs_refused: no answer', submit(line, limit_s=0.3), None)
    is_('and the network has nothing', len(sim.ask('ledger')['submits']), n + 1)
    line.take()
    is_('the next one is answered', submit(line)[:6], '+CMGS:')
    arm('late_prompt', arg=300)
    line.write('AT+CMGS=20\r')
    is_('late_prompt', (line.read(0.2, rb'> '), line.read(1, rb'> ') is not None), (None, True))
    line.write('\x1b')
    line.read(until=rb'OK\r\n')
    arm('urc_before_prompt', arg='+CMTI: "SM",9')
    line.write('AT+CMGS=20\r')
    check('urc_before_prompt', '+CMTI: "SM",9\r\n\r\n> ' in (line.read(until=rb'> ') or ''))
    line.write('\x1b')
    line.read(until=rb'OK\r\n')
    arm('no_answer', arg='AT+CSQ')
    is_('no_answer spares other commands', line.at('AT'), 'OK')
    is_('no_answer', line.at('AT+CSQ', 0.2), None)
    line.take()
    arm('no_cmti')
    sim.send('a')
    is_('no_cmti', (line.notice(0.2), sim.modem()['sim_used']), (None, 1))
    arm('double_cmti')
    sim.send('b')
    is_('double_cmti', [line.notice(), line.notice()], ['+CMTI: "SM",2'] * 2)
    arm('delete_refused')
    is_('delete_refused', (line.at('AT+CMGD=1'), sim.modem()['sim_used']), ('+CMS ERROR: 500', 2))
    arm('delete_ignored')
    is_('delete_ignored', (line.at('AT+CMGD=1'), sim.modem()['sim_used']), ('OK', 2))
    is_('then it deletes', (line.at('AT+CMGD=1'), sim.modem()['sim_used']), ('OK', 1))
    arm('urc_noise', count=2)
    line.write('AT\r')
    check('urc_noise', line.read(until=rb'OK\r\n\r\n[\^+][A-Z]+:[^\r]*\r\n') is not None)
    arm('no_echo')
    sim.ask('fault', modem='m1', name='urc_noise', count=0, arg='^BOOT:1')
    line.take()
    line.write('AT\r')
    is_('no_echo', line.read(until=rb'BOOT:1\r\n')[:6], '\r\nOK\r\n')
    arm('hang')
    is_('hang', line.at('AT', 0.3), None)
    arm('none')
    is_('none ends it', line.at('AT'), 'OK')
    arm('sim_missing')
    is_('sim_missing', line.at('AT+CMEE=1;+CPIN?'), '+CME ERROR: 10')
    arm('none')
    is_('the SIM is back', line.at('AT+CPIN?'), '+CPIN: READY||OK')
    arm('pin_required')
    is_('pin_required', line.at('AT+CPIN?'), '+CPIN: SIM PIN||OK')
    is_('its PIN is 1234', line.at('AT+CPIN="1234"'), 'OK')
    arm('none')
    check('a fault of another name is told', 'no fault is named' in sim.ask('fault', modem='m1', name='fire')['error'])
    line.close()


def world(sim):
    line = Line(sim.tty())
    line.at('AT+CMGD=1,4;+CNMI=2,1,0,0,0')
    line.close()
    wait_for(lambda: not sim.modem()['open'])
    sim.send('saat tertutup')
    wait_for(lambda: sim.modem()['sim_used'])
    line = Line(sim.tty())
    is_('a closed port loses its notices, the SIM does not', (line.notice(0.2), line.at('AT+CNMI?;+CMGL=4').count('+CMGL')), (None, 1))
    is_('it is seen open', sim.modem()['open'], True)
    is_('a modem leaves the world', (sim.ask('set', modem='m1', present=False), os.path.lexists(sim.tty())), ({'ok': True}, False))
    is_('whoever has it open sees the end', line.read(0.5, rb'x'), None)
    line.close()
    sim.send('saat pergi')
    is_('it comes back', (sim.ask('set', modem='m1', present=True), os.path.exists(sim.tty())), ({'ok': True}, True))
    wait_for(lambda: sim.modem()['sim_used'] == 2)
    line = Line(sim.tty())
    is_('with its SIM and what waited, without its settings', (line.at('AT+CNMI?'), line.at('AT+CMGL=4').count('+CMGL')),
        ('+CNMI: 0,0,0,0,0||OK', 2))
    line.at('AT+CMGD=1,4;+CNMI=2,1,0,0,0')
    is_('any bytes can lie on the SIM', (sim.ask('inject', modem='m1', pdu=CUT)['index'], line.notice()), (1, '+CMTI: "SM",1'))
    is_('they are shown as they are', line.at('AT+CMGR=1').split('|')[1], CUT)
    is_('also without a notice', (sim.ask('inject', modem='m1', pdu=CUT, quiet=True)['index'], line.notice(0.2)), (2, None))
    sim.ask('set', modem='m1', slots=2)
    check('a full SIM refuses more', not sim.ask('inject', modem='m1', pdu=CUT)['ok'])
    sim.send('menunggu tempat')
    is_('a message waits for room', wait_for(lambda: sim.modem()['waiting']), 1)
    sim.ask('set', modem='m1', slots=50)
    is_('and comes when there is some', (line.notice(), sim.modem()['waiting']), ('+CMTI: "SM",3', 0))
    line.close()


def expiry():
    sim = Sim('--slots', '1', modems=(('m1', NUMBER), ('m2', '+6281100000002')))
    line = Line(sim.tty('m2'))
    line.at('AT+CNMI=2,1,0,1,0')
    sim.send('penuh')
    wait_for(lambda: sim.modem()['sim_used'])
    submit(line, submit_tpdu(NUMBER, 'basi', 0x29, validity='02010000000000'))  # valid for one second, report asked for
    is_('a message that nobody takes expires', line.notice(4)[-2:], '46')
    is_('and is not delivered', [r['where'] for r in sim.ask('ledger')['deliveries'] if r['to'] == NUMBER], ['SM 1', 'expired'])
    line.close()
    sim.stop()


def options():
    for arguments, word in (([], '--dir'), (['--dir', '/tmp/x'], '--modem'), (['--dir', '/tmp/x', '--modem', 'm1'], 'NAME=VALUE'),
                            (['--dir', '/tmp/x', '--modem', 'm1=abc'], 'number'), (['--slots', '0'], '--slots'),
                            (['--dir', '/tmp/x', '--modem', 'm1=+62811', '--pin', 'm2=1234'], 'm2'), (['--what'], 'what')):
        code, told = run([SIM] + arguments)
        check(f'options {arguments} are refused', code == 2 and word in told and len(told.splitlines()) == 1, (code, told))
    code, told = run([SIM, '--help'])
    check('--help', code == 0 and '--modem' in told, told)
    first, second = Sim('--seed', '7'), Sim('--seed', '7')
    for sim in (first, second):
        sim.send('x' * 200)
        delivered(sim, 2)
    is_('one seed, one result', *[[r['ref'] for r in s.ask('ledger')['deliveries']] for s in (first, second)])
    code, told = run([SIM, '--dir', first.dir, '--modem', 'm1=+62811'])
    check('a second one in the same place is refused', code == 1 and 'another simulator' in told, told)
    is_('and harms nobody', first.modem()['name'], 'm1')
    second.ask('quit')
    is_('quit ends it', second.process.wait(5), 0)
    for sim in (first, second):
        sim.stop()


def control(sim):
    for request, word in ((b'{"do":"fly"}', 'fly'), (b'[1]', 'object'), (b'{', ''), (b'{"do":"send","from":"x"}', 'needs'),
                          (b'{"do":"set","modem":"m9"}', 'm9'), (b'{"do":"set","modem":"m1","csq":"x"}', 'csq'),
                          (b'{"do":"set","modem":"m1","colour":1}', 'colour'), (b'{"do":"inject","modem":"m1","pdu":"0"}', 'hex')):
        answer = sim.control.ask_raw(request)
        check(f'{request.decode()} is refused in words', answer['ok'] is False and word in answer['error'], answer)
    many = [Control(sim.dir + '/control') for _ in range(20)]
    check('many clients at once', all(c.ask('state')['ok'] for c in many))
    for c in many:
        c.close()


SIM1 = Sim()
senders(SIM1, coding(SIM1))
phones(SIM1)
reports(SIM1)
faults(SIM1)
world(SIM1)
control(SIM1)
check('it ends with 0 and leaves nothing', SIM1.stop() == (0, []))
expiry()
options()
done()
