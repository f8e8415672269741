#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated modem served by smstools' smsd, whose AT driver and SMS codec are not ours. Prints TAP."""
import glob
import os
import subprocess

from libsim import Sim, check, done, wait_for

PHONE = '6281234567890'
LONG = ('Bantuan untuk keluarga pekerja dibuka lagi. ' * 6).strip()  # 263 characters: two parts
CONFIG = '''devices = GSM1
logfile = {d}/smsd.log
loglevel = 5
outgoing = {d}/outgoing
checked = {d}/checked
incoming = {d}/incoming
report = {d}/report
failed = {d}/failed
sent = {d}/sent
infofile = {d}/working
pidfile = {d}/pid
delaytime = 1
delaytime_mainprocess = 1
errorsleeptime = 1
receive_before_send = no
autosplit = 3
incoming_utf8 = yes
[GSM1]
device = {tty}
incoming = yes
report = yes
baudrate = 115200
'''
REPORTS = {'stored': 'primary_memory = SM\nsecondary_memory = SR\nsecondary_memory_max = 20\ninit = AT+CNMI=2,1,0,2,0\n',
           'routed': 'using_routed_status_report = yes\nrouted_status_report_cnma = no\ninit = AT+CNMI=2,1,0,1,0\n'}


def files(folder):
    """Header and text of each file."""
    found = []
    for path in sorted(glob.glob(folder + '/*')):
        try:
            with open(path, encoding='utf-8', errors='replace') as f:
                found.append(f.read())
        except FileNotFoundError:  # smsd writes under another name first
            pass
    return found


def serve(way):
    sim = Sim()
    d = sim.dir + '/smsd'
    for folder in ('incoming', 'outgoing', 'checked', 'failed', 'sent', 'report'):
        os.makedirs(f'{d}/{folder}')
    with open(d + '/conf', 'w', encoding='utf-8') as f:
        f.write(CONFIG.format(d=d, tty=sim.tty()) + REPORTS[way])
    for name, text in (('a', 'Halo pak'), ('b', LONG), ('c', 'Harga [kotak] 5 €')):
        with open(d + '/new', 'w', encoding='utf-8') as f:
            f.write(f'To: {PHONE}\nReport: yes\nAlphabet: UTF-8\n\n{text}')
        os.rename(d + '/new', f'{d}/outgoing/{name}')
    for text in ('Halo dari desa', LONG):
        sim.send(text, sender='+' + PHONE)
    process = subprocess.Popen(['smsd', '-t', '-c', d + '/conf'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env=dict(os.environ, LC_ALL='C.UTF-8'))
    try:
        wait_for(lambda: len(files(d + '/report')) >= 4 and len(files(d + '/incoming')) >= 2 and sim.modem()['sim_used'] == 0, 20)
    finally:
        process.terminate()
        process.wait(10)
    with open(d + '/smsd.log', encoding='utf-8', errors='replace') as f:
        log = f.read()[-2000:]
    got = sorted((m['text'], m['parts']) for m in sim.inbox('+' + PHONE))
    check(f'{way}: three texts are sent and joined', got == sorted([('Halo pak', 1), (LONG, 2), ('Harga [kotak] 5 €', 1)]), f'{got}\n{log}')
    check(f'{way}: smsd knows them as sent', len(files(d + '/sent')) == 3 and not files(d + '/failed'), log)
    incoming = files(d + '/incoming')
    check(f'{way}: two texts are received', len(incoming) == 2 and {i.split('\n\n', 1)[1].strip() for i in incoming} == {'Halo dari desa', LONG}, incoming)
    check(f'{way}: from the phone that sent them', all(f'From: {PHONE}\n' in i and 'From_SMSC: 6281100000\n' in i for i in incoming), incoming)
    check(f'{way}: and deleted', sim.modem()['stored'] == {'SM': [], 'ME': [], 'SR': []}, sim.modem())
    reports = files(d + '/report')
    check(f'{way}: four parts are reported', sorted(r.split('Message_id: ')[1].split()[0] for r in reports) == ['1', '2', '3', '4'], reports)
    check(f'{way}: as received', all('Status: 0,Ok' in r for r in reports), reports)
    check(f'{way}: it ends with 0 and leaves nothing', sim.stop() == (0, []))


for WAY in REPORTS:
    serve(WAY)
done()
