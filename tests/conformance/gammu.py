#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated modem served by gammu, whose AT driver and SMS codec are not ours. Prints TAP."""
from libsim import Sim, check, done, run, wait_for

PHONE = '+6281234567890'
LONG = 'Pelatihan di balai desa mulai pukul sembilan pagi. ' * 8  # 408 characters: three parts
BRACKETS = 'Harga [kotak] ~ 5 €'
ARABIC = 'السلام عليكم'


def main():
    sim = Sim()
    rc = sim.dir + '/gammurc'
    with open(rc, 'w', encoding='utf-8') as f:
        f.write(f'[gammu]\nport = {sim.tty()}\nconnection = at115200\n')

    def gammu(*arguments):
        return run(['gammu', '-c', rc] + list(arguments))

    code, told = gammu('--identify')
    check('identify', code == 0 and 'KABAR-SIM' in told and 'IMEI' in told, told)
    code, told = gammu('getsecuritystatus')
    check('getsecuritystatus', code == 0 and 'Nothing to enter' in told, told)
    for text in ('Halo dari desa', BRACKETS, ARABIC, LONG):
        sim.send(text, sender=PHONE)
    sim.send('promo', sender='TELKOMSEL')
    code, told = gammu('geteachsms')
    check('geteachsms joins the long text', code == 0 and LONG.strip() in told, told)
    for text in ('Halo dari desa', BRACKETS, ARABIC, 'TELKOMSEL'):
        check(f'geteachsms shows {text}', text in told, told)
    check('all are read now', sim.modem()['unread'] == 0, sim.modem())
    code, told = gammu('deleteallsms', '1')
    check('deleteallsms', code == 0 and sim.modem()['sim_used'] == 0, told)
    code, told = gammu('sendsms', 'TEXT', PHONE, '-text', BRACKETS, '-report')
    check('sendsms', code == 0 and 'OK, message reference=1' in told, told)
    code, told = gammu('sendsms', 'TEXT', PHONE, '-autolen', '500', '-text', LONG)
    check('sendsms of a long text', code == 0 and told.count('message reference=') == 3, told)
    code, told = gammu('sendsms', 'TEXT', PHONE, '-unicode', '-text', ARABIC)
    check('sendsms of UCS-2', code == 0, told)
    got = wait_for(lambda: len(sim.inbox(PHONE)) == 3 and sim.inbox(PHONE))
    check('the phone reads what was written', got and [m['text'] for m in got] == [BRACKETS, LONG, ARABIC], sim.inbox(PHONE))
    check('in the parts that were sent', got and [(m['parts'], m['coding']) for m in got] == [(1, 'gsm7'), (3, 'gsm7'), (1, 'ucs2')], got)
    submits = sim.ask('ledger')['submits']
    check('the ledger has the report asked for', [s['report'] for s in submits] == [True, False, False, False, False], submits)
    check('it ends with 0 and leaves nothing', sim.stop() == (0, []))


main()
done()
