#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kabar doctor: a healthy installation has no fault; each fault that is made here is found, by its subject, with something to type that exists."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

OURS = '+6281100000001'
OPERATORS = 'operators = ( { number = "+6281255509999"; } );'


def doctor(gateway, code=None):
    """Its findings by subject."""
    done = subprocess.run([KABAR, 'doctor', '--json', '-c', gateway.config], capture_output=True, text=True, timeout=60 * SLOW)
    rows = json.loads(done.stdout)
    failed = [r for r in rows if r['finding'] == 'FAIL']
    assert done.returncode == (1 if failed else 0), (done.returncode, failed)
    assert code is None or done.returncode == code, failed
    for row in rows:
        assert (row['finding'] == 'ok') == (row['fix'] == ''), row
        for name in re.findall(r'\bkabar ([a-z]+)', row['fix']):
            assert subprocess.run([KABAR, 'help', name], capture_output=True).returncode == 0, f'the fix names no subcommand: {row}'
    return rows


def found(gateway, finding, subject, words, fix=''):
    rows = doctor(gateway)
    assert [r for r in rows if r['finding'] == finding and r['subject'] == subject and words in r['words'] and fix in r['fix']], (subject, words, rows)


def healthy():
    with Network() as net, Gateway(net, config=OPERATORS) as gateway:
        rows = doctor(gateway, code=0)
        assert not [r for r in rows if 'is not sent' in r['words'] or 'are not sent' in r['words']], 'the demo sends drafts'
        seen = {r['subject'] for r in rows if r['finding'] == 'ok'}
        assert {'config', 'store', 'daemon', 'key', 'device', 'link m1', 'operators'} <= seen, rows
        text = gateway.cli('doctor')
        assert '0 faults' in text and 'fix:' in text


def before_first_start():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS)
        found(gateway, 'warn', 'store', 'is not there yet')
        found(gateway, 'warn', 'key', 'is not there yet')
        found(gateway, 'FAIL', 'daemon', 'not running', 'kabar run')
        assert not os.path.exists(f'{net.dir}/state'), 'it only looks'


def devices():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS).start()
        gateway.stop()
        with open(f'{net.dir}/net/m1', 'rb'):
            found(gateway, 'FAIL', 'device', f'is held by {open("/proc/self/comm").read().strip()}')
        os.chown(f'{net.dir}/state', 65534, 65534)  # whose gateway it is
        found(gateway, 'FAIL', 'device', 'may not open', 'usermod -aG')
        os.chown(os.path.realpath(f'{net.dir}/net/m1'), 0, 0)
        os.chmod(os.path.realpath(f'{net.dir}/net/m1'), 0o660)
        assert not [r for r in doctor(gateway) if 'usermod -aG root' in r['fix']], 'nobody joins the group root'
        found(gateway, 'FAIL', 'device', 'may not open', 'chgrp dialout')
        os.chown(f'{net.dir}/state', 0, 0)
        plain = open(gateway.config).read()
        for device, words in (('net/nothing', 'No such file'), ('gateway.conf', 'is no serial device')):
            with open(gateway.config, 'w') as f:
                f.write(plain.replace('net/m1', device))
            found(gateway, 'FAIL', 'device', words, '/dev/serial/by-id')


def rivals():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS)
        for name, fix in (('ModemManager', 'disable --now ModemManager'), ('brltty', 'mask')):
            shutil.copy('/bin/sleep', f'{net.dir}/{name}')
            other = subprocess.Popen([f'{net.dir}/{name}', '60'])
            try:
                until(lambda: open(f'/proc/{other.pid}/comm').read().strip() == name, 5, f'{name} runs')
                found(gateway, 'warn', 'rivals', f'{name} runs', fix)
            finally:
                other.kill()
                other.wait()


def keys():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS).start()
        net.ask('+6281255500001', OURS, 'INFO DOKUMEN')
        gateway.stop()
        key = f'{net.dir}/state/kabar.key'
        os.chmod(key, 0o444)
        found(gateway, 'FAIL', 'key', 'may be read by others', f'chmod 400 {key}')
        os.chmod(key, 0o400)
        os.chown(f'{net.dir}/state', 65534, 65534)
        found(gateway, 'FAIL', 'key', '(user nobody) may not read', f'chown nobody: {key}')
        os.chown(f'{net.dir}/state', 0, 0)
        os.rename(key, f'{key}.away')
        found(gateway, 'FAIL', 'key', 'No such file', 'put the copy')
        with open(key, 'wb') as f:
            f.write(os.urandom(32))
        os.chmod(key, 0o400)
        found(gateway, 'FAIL', 'store', 'not the one that this store was made with')


def own_backups():
    """backup.dir as it is: absent, not ours to write into, fine but empty so far."""
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS + ' backup: { dir = "usb"; };').start()
        gateway.stop()
        os.rmdir(f'{net.dir}/usb')
        found(gateway, 'FAIL', 'backup', f'{net.dir}/usb: No such file', f'mkdir {net.dir}/usb')
        os.mkdir(f'{net.dir}/usb', 0o755)
        os.chown(f'{net.dir}/state', 65534, 65534)
        found(gateway, 'FAIL', 'backup', '(user nobody) may not write into', f'chown nobody: {net.dir}/usb')
        os.chown(f'{net.dir}/usb', 65534, 65534)
        found(gateway, 'warn', 'backup', 'no backup was made yet', f'kabar backup {net.dir}/usb/')


def clock():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS).start()
        net.ask('+6281255500001', OURS, 'INFO DOKUMEN')
        gateway.stop()
        db = sqlite3.connect(gateway.store)
        db.execute('update inbox set at_ms = at_ms + 7200000')
        db.commit()
        db.close()
        found(gateway, 'FAIL', 'clock', 'behind the newest message', 'timedatectl')


def rows():
    with Network() as net:
        gateway = Gateway(net, gateway='').start()
        try:
            found(gateway, 'FAIL', 'operators', 'nobody is told')
            found(gateway, 'warn', 'config', 'gateway.conf: operators: none')  # a fault of no line names no line
            found(gateway, 'FAIL', 'info', 'DARURAT 1 is a draft', 'kabar info approve')
            found(gateway, 'warn', 'info', 'rows are drafts (the lines above among them), and are not sent')
            gateway.cli('info', 'approve', 'DARURAT', '--by', 'Dinas', '--review-by', '2090-01-01')
            rows = doctor(gateway)
            assert not [r for r in rows if 'DARURAT' in r['words']], rows
        finally:
            gateway.stop()
        db = sqlite3.connect(gateway.store)
        db.execute("update info set review_by = '2020-01-01' where topic = 'DARURAT'")
        db.commit()
        db.close()
        found(gateway, 'FAIL', 'info', 'DARURAT 1 is out of date')


def links():
    with Network() as net:
        net.tell(do='fault', modem='m1', name='pin_required')
        gateway = Gateway(net, config=OPERATORS).start(wait=False)
        try:
            until(lambda: gateway.sql("select 1 from link where state = 'blocked'"), 30, 'the PIN is wanted')
            found(gateway, 'FAIL', 'link m1', 'PIN')
        finally:
            gateway.stop()


def backups():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS).start()
        try:
            found(gateway, 'warn', 'backup', 'no backup was ever made', 'kabar backup')
            gateway.cli('backup', f'{net.dir}/b.db')
            found(gateway, 'warn', 'backup', 'both die together')
            stamp = f'{net.dir}/state/backup.last'
            with open(stamp, 'w') as f:
                f.write(f'{int(time.time() * 1000) - 9 * 86400000 - 3600000} {net.dir}/b.db\n')
            found(gateway, 'warn', 'backup', 'the last backup is 9 d old')
        finally:
            gateway.stop()


def sick():
    with Network() as net:
        gateway = Gateway(net, config=OPERATORS).start()
        lock = sqlite3.connect(gateway.store, isolation_level=None)
        lock.execute('begin immediate')
        net.send('+6281255500001', OURS, 'BANTUAN')
        try:
            until(lambda: 'SICK' in gateway.log(), 20, 'the store is sick')
            found(gateway, 'FAIL', 'daemon', 'SICK')
            lock.execute('rollback')
            until(lambda: net.inbox('+6281255500001'), 20, 'the answer')
            assert not [r for r in doctor(gateway) if r['subject'] == 'daemon' and r['finding'] != 'ok']
        finally:
            lock.close()
            gateway.stop(signal.SIGTERM)


def faulty_config():
    with Network() as net:
        gateway = Gateway(net, config='nonsense = 1;')
        found(gateway, 'FAIL', 'config', 'nonsense', 'kabar check')


def somebody_else():
    """Who may not look is told so, and not that all is missing."""
    with Network() as net:
        menus = f'{net.dir}/menus'
        shutil.copytree(os.path.join(TOP, 'menus'), menus)
        with Gateway(net, gateway=f'demo = true; menus_dir = "{menus}";') as gateway:
            kabar = shutil.copy(KABAR, net.dir)
            os.chmod(net.dir, 0o755)
            other = {'user': 65534, 'group': 65534, 'extra_groups': []} if os.geteuid() == 0 else {}
            if not other:
                os.chmod(f'{net.dir}/state', 0)
            for words, code in [(['doctor'], 1), (['queue'], 1), (['status'], 1), (['alarm', 'test'], 1)]:
                done = subprocess.run([kabar, words[0], '-c', gateway.config, *words[1:]], capture_output=True, text=True, timeout=60 * SLOW, **other)
                said = done.stdout + done.stderr
                assert done.returncode == code and 'may not look into' in said and 'Permission denied' in said and 'sudo kabar' in said and 'not running' not in said and 'not there' not in said, said
            os.chmod(f'{net.dir}/state', 0o750)


test('a healthy installation has no fault', healthy)
test('before the first start', before_first_start)
test('devices: held, forbidden, absent, no port at all', devices)
test('ModemManager and brltty are seen', rivals)
test('the key: open to others, missing, another one', keys)
test('the folder of backups is looked at', own_backups)
test('a clock behind the newest message', clock)
test('drafts, hotlines out of date, nobody to tell', rows)
test('a link that needs a person', links)
test('backups: none, old, on the same disk', backups)
test('a sick store is told in its own words', sick)
test('a faulty configuration is the first finding', faulty_config)
test('somebody who may not look', somebody_else)
finish()
