#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated modem served by gnokii, whose AT driver and SMS codec are not ours. Prints TAP."""
import os

from libsim import Sim, check, done, run, wait_for

PHONE = '+6281234567890'
LONG = 'Jadwal pelatihan bulan depan sudah ada. ' * 6  # 240 characters: two parts
BRACKETS = 'Harga [kotak] ~ 5 €'


def main():
    sim = Sim()
    rc, home = sim.dir + '/gnokiirc', sim.dir + '/home'
    os.makedirs(home + '/.cache')
    with open(rc, 'w', encoding='utf-8') as f:
        f.write(f'[global]\nport = {sim.tty()}\nmodel = AT\nconnection = serial\nserial_baudrate = 115200\nuse_locking = no\n')

    def gnokii(*arguments, text=''):
        return run(['gnokii', '--config', rc] + list(arguments), text=text, env={'HOME': home})

    code, told = gnokii('--identify')
    check('identify', code == 0 and 'KABAR-SIM' in told and sim.modem()['commands'] > 3, told)
    sim.send('Halo dari desa', sender=PHONE)
    sim.send(BRACKETS, sender=PHONE)
    sim.send('كيف', sender=PHONE)
    sim.send('x' * 161, sender='TELKOMSEL')
    code, told = gnokii('--getsms', 'SM', '1', 'end')
    for text in ('Halo dari desa', BRACKETS, 'كيف', 'Sender: TELKOMSEL', 'Linked (2/2)', f'Sender: {PHONE} Msg Center: +6281100000'):
        check(f'getsms shows {text}', text in told, told)
    code, told = gnokii('--deletesms', 'SM', '1', '5')
    check('deletesms', code == 0 and sim.modem()['sim_used'] == 0, told)
    code, told = gnokii('--sendsms', PHONE, '-r', text=BRACKETS)
    check('sendsms', code == 0 and 'reference 1' in told, told)
    code, told = gnokii('--sendsms', PHONE, text=LONG)
    check('sendsms of a long text', code == 0 and '2 parts' in told, told)
    got = wait_for(lambda: len(sim.inbox(PHONE)) == 2 and sim.inbox(PHONE))
    check('the phone reads what was written', got and [(m['text'], m['parts']) for m in got] == [(BRACKETS, 1), (LONG, 2)], sim.inbox(PHONE))
    check('the ledger has the report asked for', [s['report'] for s in sim.ask('ledger')['submits']] == [True, False, False])
    code, told = gnokii('--showsmsfolderstatus')
    check('folders', code == 0 and 'SIM card' in told, told)
    check('it ends with 0 and leaves nothing', sim.stop() == (0, []))


main()
done()
