#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups: made while people write, verified, damaged, and restored into a gateway that answers and says nothing twice."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

from libkabar import KABAR, SLOW, Gateway, Network, finish, test, until

OURS = '+6281100000001'
PEOPLE = [f'+62812555002{i:02d}' for i in range(12)]


def environment(gateway):
    return dict(os.environ, **({'KABAR_WITHOUT': gateway.without} if gateway.without else {}))


def kabar(gateway, *words, code=0):
    done = subprocess.run([KABAR, words[0], '-c', gateway.config, *words[1:]], env=environment(gateway), capture_output=True, text=True, timeout=60 * SLOW)
    assert done.returncode == code, f'kabar {words}: exit {done.returncode}, not {code}: {done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def online():
    """A copy that is made while the gateway writes is whole, private, verified, and named only then."""
    with Network() as net, Gateway(net) as gateway:
        stop = threading.Event()

        def write():
            for i in range(1000):
                if stop.is_set():
                    return
                net.send(PEOPLE[i % 12], OURS, f'INFO DOKUMEN {i}')
                time.sleep(0.02)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            until(lambda: gateway.sql('select count(*) from inbox')[0][0] > 5, 20, 'messages come')
            for i in range(3):
                said = kabar(gateway, 'backup', f'{net.dir}/b{i}.db')
                assert f'{net.dir}/b{i}.db: good' in said and '.part' not in said and 'audit head' in said and 'key is not in it' in said, said
                assert int(re.search(r'longest transaction took (\d+) ms', said).group(1)) < 250, said
        finally:
            stop.set()
            writer.join()
        for i in range(3):
            path = f'{net.dir}/b{i}.db'
            assert os.stat(path).st_mode & 0o777 == 0o600
            db = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
            assert db.execute('pragma integrity_check').fetchone() == ('ok',)
            assert db.execute('select count(*) from inbox').fetchone()[0] > 5
            db.close()
            assert open(f'{net.dir}/state/kabar.key', 'rb').read(32) not in open(path, 'rb').read()
        assert not [f for f in os.listdir(net.dir) if 'part' in f or 'b0.db-' in f], os.listdir(net.dir)
        assert 'is there already' in kabar(gateway, 'backup', f'{net.dir}/b0.db', code=1)
        assert os.path.getsize(f'{gateway.store}-wal') < 8 << 20, 'the log did not grow'


def big_while_written():
    """A store of many steps, and a writer that commits all the time: the copy ends all the same."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        gateway.stop()
        db = sqlite3.connect(gateway.store)
        db.execute('create table ballast (x blob)')
        db.executemany('insert into ballast values (zeroblob(?))', [(1 << 20,)] * 40)
        db.commit()
        stop, commits = threading.Event(), []

        def write():
            mine = sqlite3.connect(gateway.store, timeout=10)
            while not stop.is_set():
                mine.execute("insert into ballast values (x'00')")
                mine.commit()
                commits.append(1)
            mine.close()

        writer = threading.Thread(target=write)
        writer.start()
        try:
            said = kabar(gateway, 'backup', f'{net.dir}/big.db')
        finally:
            stop.set()
            writer.join()
        assert len(commits) > 3 and os.path.getsize(f'{net.dir}/big.db') > 40 << 20, (commits, said)
        kabar(gateway, 'backup', '--verify', f'{net.dir}/big.db')


def damaged():
    """What is wrong with a backup is found before it is needed."""
    with Network() as net, Gateway(net) as gateway:
        net.ask(PEOPLE[0], OURS, 'INFO DOKUMEN')
        gateway.cli('info', 'approve', 'DARURAT', '--by', 'Dinas', '--review-by', '2090-01-01')
        good = f'{net.dir}/good.db'
        kabar(gateway, 'backup', good)
        kabar(gateway, 'backup', '--verify', good)

        def wrong(change, words):
            bad = f'{net.dir}/bad.db'
            shutil.copy(good, bad)
            change(bad)
            said = kabar(gateway, 'backup', '--verify', bad, code=1)
            assert words in said, (words, said)

        def torn(path):
            with open(path, 'r+b') as f:
                f.truncate(os.path.getsize(path) // 2)

        def scratched(path):
            with open(path, 'r+b') as f:
                f.seek(4096 * 3)
                f.write(b'\xaa' * 8192)

        def sql(statement):
            def change(path):
                db = sqlite3.connect(path)
                db.execute(statement)
                db.commit()
                db.close()
            return change

        wrong(torn, 'damaged')
        wrong(scratched, '')
        wrong(sql("update audit set actor = 'nobody'"), 'audit')
        wrong(sql('delete from audit'), 'audit')
        wrong(sql("update outbox set state = 'LOST'"), 'state')
        wrong(sql('pragma user_version = 99'), 'version 99')
        wrong(sql("update meta set value = '00' where key = 'key_check'"), 'key')
        wrong(lambda path: open(path, 'w').write('hello'), 'is no backup of Kabar')
        wrong(lambda path: os.unlink(path), 'there is no such backup')
        assert 'Start the gateway' not in kabar(gateway, 'backup', '--verify', f'{net.dir}/nope.db', code=1)
        assert 'name a file in it' in kabar(gateway, 'backup', net.dir, code=1)


def older():
    """A backup of an older program is brought up to date, to be checked and to be restored."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        net.ask(PEOPLE[0], OURS, 'INFO DOKUMEN')
        gateway.stop()
        old = f'{net.dir}/old.db'
        db = sqlite3.connect(old)
        db.executescript(open(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'upgrade/v1.sql')).read())
        keyed = sqlite3.connect(gateway.store).execute("select value from meta where key = 'key_check'").fetchone()[0]
        db.execute("update meta set value = ? where key = 'key_check'", (keyed,))
        version = db.execute('pragma user_version').fetchone()[0]
        db.commit()
        db.close()
        assert version == 1
        said = subprocess.run([KABAR, 'backup', '--verify', old, '-c', gateway.config], capture_output=True, text=True)
        assert 'older program' in said.stdout, said
        assert said.returncode == 0 or all(line.startswith(('kabar:', 'audit:', 'damaged')) for line in said.stderr.strip().split('\n')), said
        assert os.listdir(net.dir).count('old.db') == 1 and not [f for f in os.listdir(net.dir) if 'verify-' in f]


def restored():
    """The disk died after the backup. What it held as waiting or on its way has been sent since: it is not sent again. The gateway answers, old and new people."""
    with Network() as net:
        gateway = Gateway(net, gateway='demo = true; unknown_retry = "1s";', config='operators = ( { number = "+6281255509999"; } );')
        gateway.start()
        net.ask(PEOPLE[0], OURS, 'INFO DOKUMEN')
        net.tell(do='fault', modem='m1', name='late_prompt', count=1, arg='2500')
        for person in PEOPLE[1:3]:
            net.send(person, OURS, 'BANTUAN')
        until(lambda: gateway.sql("select 1 from submit where state = 'OUT'"), 15, 'one is on its way')
        kabar(gateway, 'backup', f'{net.dir}/b.db')
        until(lambda: all(len(net.inbox(p)) == 1 for p in PEOPLE[1:3]), 20, 'both are answered after the backup')
        net.ask(PEOPLE[3], OURS, 'INFO DOKUMEN')
        assert 'another gateway' in kabar(gateway, 'restore', f'{net.dir}/b.db', '--replace', code=1), 'while it runs'
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
        before = gateway.sql('select max(id) from inbox')[0][0]
        assert '--replace' in kabar(gateway, 'restore', f'{net.dir}/b.db', code=1), 'it is not overwritten'
        said = kabar(gateway, 'restore', f'{net.dir}/b.db', '--replace')
        kept = re.search(r'kept as (\S+)', said).group(1)
        assert sqlite3.connect(f'file:{kept}?mode=ro', uri=True).execute('select max(id) from inbox').fetchone() == (before,), 'the former store is whole'
        gateway.start()
        got = {p: len(net.inbox(p)) for p in PEOPLE}
        assert 'JADWAL' in net.ask(PEOPLE[4], OURS, 'BANTUAN') and net.ask(PEOPLE[0], OURS, 'INFO DOKUMEN')
        net.ask(PEOPLE[5], OURS, 'TOLONG')
        time.sleep(2 * SLOW)  # what might be sent again would be due after a second
        after = {p: len(net.inbox(p)) for p in PEOPLE}
        assert {p for p in PEOPLE if after[p] != got[p]} == {PEOPLE[0], PEOPLE[4], PEOPLE[5]}, (got, after)
        unknown = gateway.sql("select count(*) from outbox where state = 'UNKNOWN'")[0][0]
        assert unknown >= 1, 'the one on its way is UNKNOWN'
        counts, ids = gateway.sql('select (select count(*) from inbox), (select count(*) from outbox)')[0], gateway.sql('select max(id) from inbox')[0][0]
        assert f'{counts[0]} in, {counts[1]} out, {unknown} unknown' in gateway.cli('status'), (counts, unknown, gateway.cli('status'))
        assert len(json.loads(gateway.cli('queue', 'unknown', '--json'))) == unknown
        assert gateway.sql('select max(id) from inbox')[0][0] > before + 1000, 'ids that were told do not return'
        assert gateway.sql("select count(*) from audit where act = 'restore'") == [(1,)]
        assert gateway.stop() == 0
        gateway.check_store()
        first = set()
        for _ in range(3):  # two boxes from one backup do not tell the same ids to people
            kabar(gateway, 'restore', f'{net.dir}/b.db', '--replace')
            first.add(gateway.sql("select seq from sqlite_sequence where name = 'inbox'")[0][0])
        assert len(first) > 1 and ids not in first, first


def cry_waits():
    """A cry for help that waited when the backup was made is the exception: its alert goes, perhaps for the second time."""
    with Network() as net:
        gateway = Gateway(net, config='operators = ( { number = "+6281255509999"; } );')
        gateway.start()
        net.tell(do='fault', modem='m1', name='cms_error', count=-1, arg='42')
        net.send(PEOPLE[0], OURS, 'TOLONG')
        until(lambda: len(gateway.sql("select id from outbox where lane = 0")) >= 2, 15, 'answer and alert wait')
        kabar(gateway, 'backup', f'{net.dir}/b.db')
        gateway.stop(signal.SIGKILL)
        for name in ('kabar.db', 'kabar.db-wal', 'kabar.db-shm'):
            if os.path.exists(f'{net.dir}/state/{name}'):
                os.unlink(f'{net.dir}/state/{name}')
        net.tell(do='fault', modem='m1', name='none')
        assert re.search(r'[1-9]\d* cries', kabar(gateway, 'restore', f'{net.dir}/b.db'))
        gateway.start()
        net.wait_for('+6281255509999', limit_s=60)
        net.wait_for(PEOPLE[0], limit_s=60)
        assert gateway.stop() == 0
        gateway.check_store()


def belongs_to_the_user():
    """Root restores into the folder of the gateway's user: all that is made there is that user's, or the service would never start. What is refused leaves no trace."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        net.ask(PEOPLE[0], OURS, 'INFO DOKUMEN')
        kabar(gateway, 'backup', f'{net.dir}/b.db')
        gateway.stop()
        state, key = f'{net.dir}/state', open(f'{net.dir}/state/kabar.key', 'rb').read()
        shutil.rmtree(state)
        kabar(gateway, 'restore', f'{net.dir}/b.db', code=1)
        assert not os.path.exists(state), 'a refused restore makes no folder'
        os.mkdir(state, 0o750)
        os.chown(state, 65534, 65534)
        kabar(gateway, 'restore', f'{net.dir}/b.db', code=1)
        assert os.listdir(state) == [], 'nor a lock file'
        with open(f'{state}/kabar.key', 'wb') as f:
            f.write(key)
        os.chmod(f'{state}/kabar.key', 0o400)
        kabar(gateway, 'restore', f'{net.dir}/b.db')
        kabar(gateway, 'backup', f'{net.dir}/c.db')
        owners = {name: os.stat(f'{state}/{name}').st_uid for name in os.listdir(state)}
        assert {'kabar.db', 'kabar.db.lock', 'kabar.key', 'backup.last'} <= set(owners) and set(owners.values()) == {65534}, owners


def full_disk():
    """No room for the copy: it says so, and leaves nothing behind."""
    with Network() as net, Gateway(net) as gateway:
        done = subprocess.run(['bash', '-c', f'ulimit -f 64; exec {KABAR} backup {net.dir}/b.db -c {gateway.config}'], capture_output=True, text=True)
        assert done.returncode == 1, done
        assert 'disk' in done.stderr, done.stderr
        assert not [f for f in os.listdir(net.dir) if f.startswith('b.db')], os.listdir(net.dir)
        kabar(gateway, 'backup', f'{net.dir}/b.db')
        gateway.stop()
        before = sorted(os.listdir(f'{net.dir}/state'))
        done = subprocess.run(['bash', '-c', f'ulimit -f 64; exec {KABAR} restore {net.dir}/b.db --replace -c {gateway.config}'], capture_output=True, text=True)
        assert done.returncode == 1, done
        assert sorted(os.listdir(f'{net.dir}/state')) == before, 'the store is as it was'


def by_itself():
    """The daemon backs itself up, again and again, keeps the newest, and tells when it cannot."""
    with Network() as net:
        folder = f'{net.dir}/backups'
        os.mkdir(folder)
        for day in '123':  # by a clock that was ahead: they must not push out those that are made now
            open(f'{folder}/kabar-2099010{day}T000000.db', 'w').close()
        gateway = Gateway(net, config='operators = ( { number = "+6281255509999"; } ); backup: { dir = "backups"; every = "1s"; keep = 2; };').start()
        try:
            seen = set()

            def three():
                seen.update(f for f in (os.listdir(folder) if os.path.exists(folder) else []) if f.endswith('.db') and f < 'kabar-2099')
                return len(seen) >= 3
            until(three, 30, 'three backups')
            until(lambda: len([f for f in os.listdir(folder) if f.endswith('.db')]) <= 2, 10, 'two are kept')
            assert not [f for f in os.listdir(folder) if f > 'kabar-2099'], os.listdir(folder)
            assert gateway.sql("select 1 from audit where act like 'backup%'")
            kabar(gateway, 'backup', '--verify', f'{folder}/{max(seen)}')
            shutil.rmtree(folder)
            until(lambda: 'failed' in gateway.log(), 10, 'it says that the folder is gone')
            assert 'Tried again in 1 s' in gateway.log()
            assert 'cadangan data otomatis gagal' in net.wait_for('+6281255509999')[0]['text'], 'the second one that fails is told'
            assert 'backup_failed' in gateway.cli('alarm') and 'backup_failed' in gateway.cli('status')
            os.mkdir(folder)
            assert net.wait_for('+6281255509999', 2)[1]['text'].startswith('BERES'), 'and that they are made again'
            assert net.ask(PEOPLE[0], OURS, 'INFO DOKUMEN')
        finally:
            code = gateway.stop()
        assert code == 0, gateway.log()
        gateway.check_store()


def copies_by_hand():
    """A store that was copied without its log is no backup, however whole it looks; and no store that was put aside is overwritten by the next."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        net.ask('+6281255500001', '+6281100000001', 'BANTUAN')
        kabar(gateway, 'backup', f'{net.dir}/good')
        gateway.stop(signal.SIGKILL)
        shutil.copy(gateway.store, f'{net.dir}/by-hand')
        for words in [('backup', '--verify', f'{net.dir}/by-hand'), ('restore', f'{net.dir}/by-hand', '--replace')]:
            assert 'by hand' in kabar(gateway, *words, code=1)
        for _ in range(3):
            kabar(gateway, 'restore', f'{net.dir}/good', '--replace')
        aside = [f for f in os.listdir(f'{net.dir}/state') if '.before-' in f and not f.endswith(('-wal', '-shm', '.lock'))]
        assert len(aside) == 3, aside


test('a backup is made while people write', online)
test('a store of 40 MB is copied while somebody commits all the time', big_while_written)
test('a damaged, torn, foreign or newer backup is found out', damaged)
test('a backup of an older program is checked as brought up to date', older)
test('a restored gateway answers, and sends nothing again', restored, without='restore_forgets')
test('a cry for help that waited in a backup still goes', cry_waits)
test('the gateway backs itself up and keeps the newest', by_itself)
test('what root restores belongs to the user of the gateway', belongs_to_the_user)
test('a full disk leaves no half backup', full_disk)
test('copies by hand, and stores put aside', copies_by_hand)
finish()
