#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The store under stress: no room, a disk that fails, a file system that became read-only, a lock that another program holds. Each time the gateway says so, takes nothing
off the SIM, loses nothing, answers everybody once when the cause is gone, and that within seconds."""
import os
import signal
import sqlite3
import subprocess
import tempfile
import time

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

OURS = '+6281100000001'
PEOPLE = [f'+62812555003{i:02d}' for i in range(8)]
RETURNS_S = 5
BUILD = os.path.dirname(KABAR)
SICKDISK = f'{BUILD}/sickdisk.so'


def may_mount():
    """Why not, if not."""
    where = tempfile.mkdtemp(prefix='kabar-test-')
    done = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', where], capture_output=True, text=True)
    if done.returncode == 0:
        subprocess.run(['umount', where])
    os.rmdir(where)
    return done.stderr.strip()


def may_chattr():
    with tempfile.NamedTemporaryFile(prefix='kabar-test-') as f:
        done = chattr('+i', f.name)
        chattr('-i', f.name)
        return done.stderr.strip()


def where_allowed(why_not, name, function, without=None):
    """Where it is not allowed, the library that fails the calls shows the same in another test."""
    why = why_not()
    if why:
        print(f'ok {name} # SKIP not allowed here: {why}', flush=True)
    else:
        test(name, function, without=without)


def mount(*words):
    subprocess.run(['mount', *words], check=True, capture_output=True)


def sick(net, gateway, words, person=PEOPLE[0]):
    """Writes, and waits until the gateway says that its store is sick, in which words; nothing was acknowledged."""
    net.send(person, OURS, 'INFO DOKUMEN')
    until(lambda: 'SICK' in gateway.log(), 20, f'it says SICK: {gateway.log()}')
    assert words in gateway.log(), (words, gateway.log())
    done = subprocess.run([KABAR, 'status', '-c', gateway.config], capture_output=True, text=True, timeout=30 * SLOW)
    assert done.returncode == 1 and 'SICK' in done.stderr and words in done.stderr, done
    assert net.modem('m1')['sim_used'] >= 1 and not net.inbox(person), 'nothing is acknowledged, nothing is said'


def well_again(net, gateway, began, people=PEOPLE[:1]):
    until(lambda: all(len(net.inbox(p)) >= 1 for p in people), RETURNS_S, f'{people} are answered {RETURNS_S} s after the cause is gone: {gateway.log()}')
    print(f'# answered {time.monotonic() - began:.1f} s after the cause was gone', flush=True)
    until(lambda: net.modem('m1')['sim_used'] == 0, 30, 'the SIM is emptied')
    assert 'the store works again' in gateway.log()
    time.sleep(0.5)
    assert {p: len(net.inbox(p)) for p in people} == {p: 1 for p in people}, 'each is answered once'
    gateway.cli('status')


def lock_held():
    """Python holds the write lock for a while, with people writing all the time."""
    with Network() as net, Gateway(net) as gateway:
        lock = sqlite3.connect(gateway.store, isolation_level=None)
        lock.execute('begin immediate')
        sick(net, gateway, 'another program holds it')
        for person in PEOPLE[1:]:
            net.send(person, OURS, 'INFO DOKUMEN')
        time.sleep(3)
        before = gateway.sql('select count(*) from inbox')
        assert before == [(0,)], before
        lock.execute('rollback')
        lock.close()
        well_again(net, gateway, time.monotonic(), PEOPLE)


def reader_holds_log():
    """A reader that stays for long does no harm but to the size of the log, and that is given back afterwards."""
    with Network() as net, Gateway(net) as gateway:
        reader = sqlite3.connect(f'file:{gateway.store}?mode=ro', uri=True, isolation_level=None)
        reader.execute('begin')
        reader.execute('select count(*) from inbox').fetchone()
        for i, text in enumerate(('INFO DOKUMEN', 'INFO GAJI', 'INFO VISA')):
            for person in PEOPLE:
                net.send(person, OURS, text)
            net.wait_for(PEOPLE[-1], i + 1)
        grown = os.path.getsize(f'{gateway.store}-wal')
        reader.execute('commit')
        reader.close()
        for person in PEOPLE:
            net.send(person, OURS, 'BANTUAN')
        net.wait_for(PEOPLE[-1], 4)
        assert 'SICK' not in gateway.log() and grown < 64 << 20


def tmpfs_full():
    """A disk of 1 MB, which messages fill until it is full; then somebody gives it more."""
    with Network() as net:
        os.makedirs(f'{net.dir}/state')
        mount('-t', 'tmpfs', '-o', 'size=1280k', 'tmpfs', f'{net.dir}/state')
        try:
            gateway = Gateway(net).start()
            try:
                people = []
                while 'SICK' not in gateway.log() and len(people) < 300:
                    people.append(f'+6281255504{len(people):03d}')
                    net.send(people[-1], OURS, 'INFO DOKUMEN')
                    time.sleep(0.1)
                sick(net, gateway, 'the disk is full', PEOPLE[0])
                print(f'# full after {len(people)} messages', flush=True)
                mount('-o', 'remount,size=32m', f'{net.dir}/state')
                began = time.monotonic()
                until(lambda: 'the store works again' in gateway.log(), RETURNS_S, 'the store works again')
                until(lambda: all(len(net.inbox(p)) == 1 for p in people), 60, 'everybody is answered')
                well_again(net, gateway, began, [*people, PEOPLE[0]])
            finally:
                code = gateway.stop()
            assert code == 0
            gateway.check_store()
        finally:
            subprocess.run(['umount', '-l', f'{net.dir}/state'])


def chattr(change, path):
    return subprocess.run(['chattr', change, path], capture_output=True, text=True)


def forbidden():
    """Files that nobody may write any more, though the gateway has them open: what a kernel makes of a disk that fails."""
    with Network() as net, Gateway(net) as gateway:
        net.ask('+6281255500999', OURS, 'BANTUAN')
        until(lambda: gateway.sql("select 1 from outbox where state = 'DELIVERED'"), 20, 'all is quiet')
        files = [gateway.store, f'{gateway.store}-wal']
        try:
            for path in files:
                chattr('+i', path)
            sick(net, gateway, 'disk')
        finally:
            for path in files:
                chattr('-i', path)
        well_again(net, gateway, time.monotonic())


def failing_disk(error, words):
    """Writes and syncs of the store fail, as the file `switch` says, whatever disk it lies on."""
    with Network() as net:
        switch = f'{net.dir}/switch'
        gateway = Gateway(net, environment={'SICKDISK': switch, 'SICKDISK_PATH': f'{net.dir}/state/kabar.db'})
        preload = os.environ.get('LD_PRELOAD', '')
        sleepcap = os.environ.get('SLEEPCAP', f'{BUILD}/sleepcap.so')
        gateway.capped = False
        gateway.environment['LD_PRELOAD'] = f'{preload} {sleepcap} {SICKDISK}'.strip()
        gateway.start()
        try:
            net.ask('+6281255500999', OURS, 'BANTUAN')
            until(lambda: gateway.sql("select 1 from outbox where state = 'DELIVERED'"), 20, 'all is quiet')
            with open(f'{switch}.new', 'w') as f:
                f.write(error)
            os.rename(f'{switch}.new', switch)
            sick(net, gateway, words)
            for person in PEOPLE[1:4]:
                net.send(person, OURS, 'INFO DOKUMEN')
            time.sleep(2.5)
            os.unlink(switch)
            well_again(net, gateway, time.monotonic(), PEOPLE[:4])
        finally:
            code = gateway.stop()
        assert code == 0
        gateway.check_store()


def killed_while_sick():
    """kill -9 in the middle of it: what was not acknowledged lies on the SIM and is answered by the next life."""
    with Network() as net:
        gateway = Gateway(net).start()
        lock = sqlite3.connect(gateway.store, isolation_level=None)
        lock.execute('begin immediate')
        sick(net, gateway, 'another program holds it')
        gateway.stop(signal.SIGKILL)
        lock.execute('rollback')
        lock.close()
        gateway.start()
        net.wait_for(PEOPLE[0])
        time.sleep(0.5)
        assert len(net.inbox(PEOPLE[0])) == 1
        assert gateway.stop() == 0
        gateway.check_store()


def stops_while_sick():
    """A stop does not wait for a store that will not get well, and loses nothing."""
    with Network() as net:
        gateway = Gateway(net).start()
        lock = sqlite3.connect(gateway.store, isolation_level=None)
        lock.execute('begin immediate')
        sick(net, gateway, 'another program holds it')
        began = time.monotonic()
        assert gateway.stop() == 0
        assert time.monotonic() - began < 8 * SLOW
        lock.execute('rollback')
        lock.close()
        gateway.start()
        assert len(net.wait_for(PEOPLE[0])) == 1
        assert gateway.stop() == 0
        gateway.check_store()


test('a lock held by another program', lock_held, without='sick_retry')
test('a reader that stays', reader_holds_log)
test('no room left on the disk (a library that fails the writes)', failing_disk, 'ENOSPC', 'the disk is full', without='sick_retry')
test('a disk that fails (a library that fails the writes)', failing_disk, 'EIO', 'the disk failed to read or write', without='sick_retry')
test('a disk that may not be written (a library that fails the writes)', failing_disk, 'EROFS', 'disk', without='sick_retry')
where_allowed(may_mount, 'no room left on a small disk', tmpfs_full, without='sick_retry')
where_allowed(may_chattr, 'files that nobody may write any more', forbidden, without='sick_retry')
test('killed while the store is sick', killed_while_sick, without='accept_late')
test('stopped while the store is sick', stops_while_sick, without='accept_late')
finish()
