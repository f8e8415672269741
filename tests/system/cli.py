#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line from outside: faults of gateway.conf, refusals to start, every subcommand, exit codes, JSON; words and rows change answers."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import time

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

OURS, A, OTHER = '+6281100000001', '+6281255500001', '+6281255500002'


def kabar(*words, cwd='/'):
    done = subprocess.run([KABAR, *words], capture_output=True, text=True, timeout=60 * SLOW, cwd=cwd)
    return done.returncode, done.stdout, done.stderr


def with_config(text, *words):
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/gateway.conf', 'w') as f:
            f.write(text)
        return kabar(*(words or ('run',)), '-c', f'{folder}/gateway.conf')


def config_faults():
    modem = '{ name = "m1"; kind = "gsm"; device = "/dev/x"; }'
    cases = [
        (f'gateway: {{ nam = "x"; }};\nbearers = ( {modem} );', [(1, 'no such key')]),
        (f'gateway: {{ demo = 1; }};\nbearers = ( {modem} );', [(1, 'true or false')]),
        ('bearers = ( { name = "m1"; kind = "gsm";\n device = "/dev/x"; per_minute = 100000; } );', [(2, 'out of range')]),
        (f'bearers = ( {modem},\n {modem} );', [(2, 'another bearer')]),
        ('bearers = ( { name = "m1"; kind = "gsm"; } );', [(1, 'device is missing')]),
        ('bearers = ( { name = "m1"; kind = "gsm"; device = "/dev/x"; pin_file = "/nonexistent"; } );', [(1, 'cannot read the secret')]),
        (f'bearers = ( {modem} );\nroutes = ( {{ prefix = ""; bearer = "m9"; }} );', [(2, 'no bearer')]),
        (f'bearers = ( {modem} );\noperators = ( {{ number = "12"; }} );', [(2, 'number')]),
        (f'bearers = ( {modem} );\noperators = ( {{ number = "+6281200000011"; hours = "8-22x"; }} );', [(2, 'is no span of hours; write it as "00-24"')]),
        (f'bearers = ( {modem} );\noperators = ( {{ number = "+6281200000011"; hours = "all day"; }} );', [(2, 'is no span of hours')]),
        ('backup: { every = 7d; };', [(1, 'quotes')]),
        (f'gateway: {{ timezone = "Asia/Atlantis"; nam = 1; }};\nbearers = ( {modem},\n{modem} );\nroutes = ( {{ prefix = ""; bearer = "m9"; }} );',
         [(1, 'not known'), (1, 'no such key'), (3, 'another bearer'), (4, 'no bearer')]),
        ('gateway: { };', [(None, 'none is configured')]),
        ('bearers = (', [(1, 'syntax')]),
    ]
    for text, faults in cases:
        for words in (('run',), ('check',)):
            code, _, err = with_config(text, *words)
            assert code == 2, (text, code, err)
            for line, words_of_fault in faults:
                assert 'allowed are 5 to 5' not in err, err
                assert any(words_of_fault in said and (line is None or f'gateway.conf:{line}:' in said) for said in err.split('\n')), (text, line, words_of_fault, err)


def usage():
    assert kabar('version')[0] == 0
    assert kabar('frobnicate')[0] == 2
    assert kabar('run', '--nonsense')[0] == 2
    assert kabar('why')[0] == 2
    code, out, _ = kabar('help')
    assert code == 0 and all(word in out for word in ('run', 'check', 'status', 'phone', 'why', 'info', 'schedule', 'person', 'version'))
    for name in re.findall(r'^  (\w+) ', out, re.M):
        assert kabar('help', name)[0] == 0
        assert kabar(name, '--help') == kabar('help', name)


def sample():
    """The gateway.conf of the tree is what the table says."""
    with open(f'{TOP}/gateway.conf', encoding='utf-8') as f:
        assert f.read() == kabar('check', '--print-conf')[1], 'type: build/kabar check --print-conf > gateway.conf'


def open_secrets():
    """A PIN that all may read is warned of; a folder that cannot be made is told with its key; paths are shown without dots."""
    with tempfile.TemporaryDirectory() as folder:
        path = f'{folder}/sub/gateway.conf'
        os.mkdir(f'{folder}/sub')
        with open(path, 'w') as f:
            f.write('gateway: { state_dir = "../none/state"; };\nbearers = ( { name = "m1"; kind = "gsm"; device = "/dev/null"; pin = "1234"; } );\n')
        os.chmod(path, 0o644)
        code, out, err = kabar('check', '-c', path)
        assert code == 0 and 'for all to read: chmod o-r' in err and 'pin_file' in err and '1234' not in out + err, (out, err)
        os.chmod(path, 0o640)
        assert 'for all to read' not in kabar('check', '-c', path)[2]
        code, out, err = kabar('run', '-c', path)
        assert code == 1 and f'{os.path.realpath(folder)}/none/state cannot be made: No such file' in err and 'state_dir = ' in err and '..' not in err.split('cannot be made')[0], err


def no_config():
    """Typed in a folder without gateway.conf, on a machine without an installed one."""
    if os.path.exists('/etc/kabar/gateway.conf'):
        return
    for words in (['status'], ['doctor'], ['check'], ['run'], ['queue'], ['village', 'show', '1203'], ['backup', '--verify', '/x']):
        code, out, err = kabar(*words)
        assert code == 2 and not out and err == 'kabar: neither ./gateway.conf nor /etc/kabar/gateway.conf is there; name one with -c\n', (words, code, out, err)


def no_daemon():
    text = 'bearers = ( { name = "m1"; kind = "null"; } );'
    assert with_config(text, 'status')[0] == 3
    assert with_config(text, 'info', 'approve', 'BIAYA', '--by', 'x', '--review-by', '2030-01-01')[0] == 3
    code, _, err = with_config(text, 'info', 'list')
    assert code == 1 and 'kabar.db' in err, (code, err)


def quiet_gateway(net, gateway='demo = true;'):
    return Gateway(net, gateway=gateway, bearers='{ name = "m1"; kind = "null"; number = "+6281100000001"; }')


def refuses(prepare, words):
    """After `prepare` the gateway must not start: one clear line."""
    with Network() as net:
        kabar_ = quiet_gateway(net).start(wait=False)
        until(lambda: 'serves as' in kabar_.log(), 20, 'it serves')
        other = prepare(kabar_)
        code = subprocess.run([KABAR, 'run', '-c', kabar_.config], capture_output=True, text=True, timeout=60 * SLOW)
        lines = [line for line in code.stderr.split('\n') if ' error ' in line]
        assert code.returncode == 1, (code.returncode, code.stderr)
        assert len(lines) == 1 and any(word in lines[0] for word in words), code.stderr
        if other is not None:
            other.stop()


def second_gateway(first):
    return first


def newer(first):
    first.stop()
    db = sqlite3.connect(first.store)
    db.execute('pragma user_version = 999')
    db.commit()
    db.close()


def corrupt(first):
    first.stop()
    for name in ('kabar.db-wal', 'kabar.db-shm'):
        if os.path.exists(f'{first.dir}/state/{name}'):
            os.remove(f'{first.dir}/state/{name}')
    with open(first.store, 'r+b') as f:
        f.write(b'this is no database' * 400)


def key_lost(first):
    first.cli('info', 'approve', 'BIAYA', '--by', 'Test', '--review-by', '2030-01-01')  # an audit row: keyed
    first.stop()
    os.remove(f'{first.dir}/state/kabar.key')


def key_of_another(first):
    key_lost(first)
    with open(f'{first.dir}/state/kabar.key', 'wb') as f:
        f.write(b'x' * 32)
    os.chmod(f'{first.dir}/state/kabar.key', 0o400)


def held_for_a_moment():
    """Another program recovers or closes the store just when the gateway starts, as a reader does after a kill -9: the gateway waits a little."""
    with Network() as net:
        gateway = quiet_gateway(net)
        gateway.capped = False  # SQLite waits by usleep()
        gateway.start(wait=False)
        until(lambda: 'serves as' in gateway.log(), 20, 'it serves')
        assert gateway.stop() == 0
        db = sqlite3.connect(gateway.store)
        db.execute('pragma locking_mode = exclusive')
        db.execute('begin immediate')
        gateway.start(wait=False)
        time.sleep(0.7)
        db.close()
        until(lambda: 'serves as' in gateway.log(), 10, f'it has started: {gateway.log()}')
        assert gateway.stop() == 0, gateway.log()


def rows_and_words():
    """An information row and a word are edited: the next answer changes. Outside demo mode a draft is not sent."""
    with Network() as net:
        shutil.copytree(f'{TOP}/menus', f'{net.dir}/menus')
        gateway = Gateway(net, gateway='menus_dir = "menus"; dinas = "Dinas Uji";').start()
        try:
            assert 'not one information row is approved' in gateway.log()
            assert 'sedang diperiksa' in net.ask(A, OURS, 'INFO BIAYA')
            gateway.cli('info', 'edit', 'BIAYA', '1', '--text', 'Teks baru tentang biaya.')
            assert 'sedang diperiksa' in net.ask(A, OURS, 'INFO BIAYA')
            gateway.cli('info', 'approve', 'BIAYA', '--by', 'Dinas Uji', '--review-by', '2030-01-01')
            assert net.ask('+6281255500002', OURS, 'INFO BIAYA') == 'Teks baru tentang biaya.'
            gateway.cli('info', 'edit', 'BIAYA', '1', '--text', 'Ketik FROBNIK untuk biaya.', code=1)
            gateway.cli('info', 'approve', 'NOTHING', '--by', 'x', '--review-by', '2030-01-01', code=1)
            with open(f'{net.dir}/menus/words/id.words', encoding='utf-8') as f:
                words = f.read()
            with open(f'{net.dir}/menus/words/id.words', 'w', encoding='utf-8') as f:
                f.write(re.sub(r'^HLP = .*$', 'HLP = Bantuan yang baru. Balas MENU.', words, flags=re.M))
            gateway.process.send_signal(1)
            until(lambda: 'were read again' in gateway.log(), 10, 'a reload')
            assert net.ask(A, OURS, 'BANTUAN') == 'Bantuan yang baru. Balas MENU.'
        finally:
            assert gateway.stop() == 0, gateway.log()
        gateway.check_store()


def check_finds_words():
    with Network() as net:
        shutil.copytree(f'{TOP}/menus', f'{net.dir}/menus')
        gateway = quiet_gateway(net, gateway='menus_dir = "menus";')
        assert 'are right' in gateway.cli('check')
        with open(f'{net.dir}/menus/words/id.words', 'a', encoding='utf-8') as f:
            f.write(f'D1x = {"panjang " * 25}\n')
        code, _, err = kabar('check', '-c', gateway.config)
        assert code in (1, 2) and re.search(r'id\.words:\d+: ', err), err


def check_finds_rows():
    """A row that tells people to type what no service answers, however it came into the store."""
    with Network() as net:
        gateway = quiet_gateway(net).start(wait=False)
        until(lambda: 'serves as' in gateway.log(), 20, 'it serves')
        gateway.cli('check')
        with sqlite3.connect(gateway.store, timeout=10) as db:
            db.execute("update info set text = 'Untuk biaya ketik FROBNIK.' where topic = 'BIAYA' and part = 1")
        db.close()
        code, _, err = kabar('check', '-c', gateway.config)
        assert code == 1 and 'BIAYA 1' in err and 'FROBNIK' in err, (code, err)
        assert gateway.stop() == 0


def pipes():
    """Lines from a pipe: each is sent, the phone stays until the answers have come."""
    with Network() as net, Gateway(net) as gateway:
        out = gateway.cli('phone', A, stdin='BANTUAN\n\nINFO BIAYA\n')
        assert out.count('<- ') == 2 and '-> INFO BIAYA ' in out, out
        with open(f'{net.dir}/talk.txt', 'w') as f:
            f.write('A comment.\n> BANTUAN\n< TOLONG\n')
        assert '-> BANTUAN' in gateway.cli('phone', A, '--script', f'{net.dir}/talk.txt')
        with open(f'{net.dir}/talk.txt', 'a') as f:
            f.write('> INFO BIAYA\n< no such words\n')
        gateway.cli('phone', A, '--script', f'{net.dir}/talk.txt', code=1)
        gateway.cli('phone', '#', code=2)
        gateway.cli('phone', A, '--network', '/nonexistent', code=1)


def tables():
    with Network() as net, Gateway(net) as gateway:
        net.ask(A, OURS, 'DAFTAR#SITI DEMO#5203075708909901#1203#HK')
        net.ask(A, OURS, '1')
        net.ask(A, OURS, '1')
        status = json.loads(gateway.cli('status', '--json'))
        assert status['links'][0]['state'] == 'up' and status['people_n'] == 1, status
        assert 'up' in gateway.cli('status')
        people = json.loads(gateway.cli('person', 'list', '--json'))
        assert len(people) == 1 and people[0]['nik'] is True and '9901' not in json.dumps(people), people
        no = people[0]['no']
        gateway.cli('person', 'stage', no, 'visa kerja', '--note', 'Menunggu berkas', '--by', 'Petugas')
        text = net.ask(A, OURS, 'cek')
        assert 'isa kerja' in text and 'Menunggu berkas' in text, text
        gateway.cli('person', 'stage', no, 'paspor', '--date', '2026-01-31')
        assert '31/01/26' in net.ask(A, OURS, 'cek')
        for date in ('2026-02-30', '31/01/2026', '2099-01-01', '20260131'):
            gateway.cli('person', 'stage', no, 'paspor', '--date', date, code=1)
        gateway.cli('person', 'stage', no, os.fsdecode(b'\xff'), code=2)
        gateway.cli('person', 'stage', no, 'menari', code=1)
        gateway.cli('person', 'stage', '000000000', 'paspor', code=1)
        shown = json.loads(gateway.cli('person', 'show', A, '--json'))[0]
        assert shown['no'] == no and 'Visa kerja (Petugas)' in shown['stages'] and '2026-01-31 00:00 Paspor' in shown['stages'], shown
        gateway.cli('person', 'add', '--name', 'RINA DEMO', '--born', '1990-08-17', '--by', 'Petugas', code=1)
        gateway.cli('person', 'add', '--name', 'RINA DEMO', '--born', '2015-08-17', '--paper', '17', '--by', 'Petugas', code=1)
        gateway.cli('person', 'add', '--name', 'RINA DEMO', '--born', '1990-08-17', '--paper', '17', '--by', 'Petugas')
        gateway.cli('person', 'add', '--name', 'TINI DEMO', '--born', '1990-08-17', '--number', '0857 0000 0077', '--by', 'Petugas')
        assert gateway.sql("select act, officer, paper from consent where officer <> '' order by id") == [('store', 'Petugas', '17'), ('entered', 'Petugas', '')]
        assert [p['name'] for p in json.loads(gateway.cli('person', 'list', '--waiting', '--json'))] == ['TINI DEMO']
        assert 'TINI DEMO' not in gateway.cli('person', 'list')
        flagged = [p for p in json.loads(gateway.cli('person', 'list', '--flagged', '--json')) if p['name'] == 'RINA DEMO'][0]
        gateway.cli('person', 'settle', flagged['no'], 'nik-ganda', '--by', 'Petugas', code=1)
        for flag in flagged['flags'].split():
            gateway.cli('person', 'settle', flagged['no'], flag, '--by', 'Petugas')
        assert 'RINA DEMO' not in gateway.cli('person', 'list', '--flagged')
        gateway.cli('person', 'code', no, code=2)
        gateway.cli('person', 'code', '000000000', '--by', 'Petugas', code=1)
        assert 'new code' in gateway.cli('person', 'code', no, '--by', 'Petugas')
        until(lambda: any('Kode baru Anda' in sms['text'] for sms in net.inbox(A)), 20, lambda: f'a new code: {net.inbox(A)}')
        gateway.cli('person', 'link', no, OTHER, code=2)
        gateway.cli('person', 'link', no, 'rumah', '--by', 'Petugas', code=1)
        gateway.cli('person', 'link', '000000000', OTHER, '--by', 'Petugas', code=1)
        assert OTHER in gateway.cli('person', 'link', no, OTHER, '--by', 'Petugas')
        assert json.loads(gateway.cli('person', 'show', no, '--json'))[0]['number'] == OTHER
        gateway.cli('person', 'show', A, code=1)
        assert gateway.sql("select officer, why, state from request where kind = 'correct' order by id") == \
            [('Petugas', 'new code', 'done'), ('Petugas', 'number linked', 'done')]
        assert [row[0] for row in gateway.sql("select act from audit where act like 'person.%' order by id")][-2:] == ['person.code', 'person.link']
        soon = time.strftime('%Y-%m-%d %H:%M', time.gmtime(time.time() + (8 + 12) * 3600))  # so soon that people are told at any hour
        gateway.cli('schedule', 'add', 'J77', '--title', 'Kursus jahit', '--at', soon, '--timezone', 'WITA', '--place', 'Balai Desa', '--village', '1203')
        gateway.cli('schedule', 'approve', 'J77', '--by', 'Petugas')
        assert any(row['code'] == 'J77' for row in json.loads(gateway.cli('schedule', 'list', '--json')))
        where = ('--title', 'Kursus jahit', '--at', '2035-01-02 09:00', '--place', 'Balai Desa')
        gateway.cli('schedule', 'add', 'J78', *where, '--topic', 'menari', code=1)
        gateway.cli('schedule', 'add', 'J78', *where, '--kabupaten', 'Atlantis', code=1)
        gateway.cli('schedule', 'add', 'J78', *where, '--kabupaten', 'contoh', '--village', '1203', code=1)
        gateway.cli('schedule', 'add', 'J78', *where, '--kabupaten', 'contoh', '--topic', 'bumdes')
        listed = {row['code']: row for row in json.loads(gateway.cli('schedule', 'list', '--json'))}
        assert (listed['J78']['kabupaten'], listed['J78']['topic']) == ('Kab Contoh', 'KOPERASI'), listed['J78']
        assert 'Tercatat' in net.ask(OTHER, OURS, 'IKUT J77')
        who = json.loads(gateway.cli('schedule', 'show', 'J77', '--json'))
        assert [(row['name'], row['state']) for row in who] == [('SITI DEMO', 'comes')] and OTHER not in json.dumps(who), who
        assert '1 come or hold a seat' in gateway.cli('schedule', 'show', 'J77')
        gateway.cli('schedule', 'show', 'J999', code=1)
        gateway.cli('schedule', 'cancel', 'J77')
        gateway.cli('schedule', 'cancel', 'J77', code=1)
        until(lambda: any('DIBATALKAN' in m['text'] for m in net.inbox(OTHER)), 20, 'told that it is cancelled')
        gateway.cli('village', 'add', '1299', 'Maju Jaya', '--kecamatan', 'Contoh', '--timezone', 'WITA')
        assert json.loads(gateway.cli('village', 'show', 'maju jaya', '--json'))[0]['timezone'] == 'Asia/Makassar'
        gateway.cli('village', 'add', 'x', 'Maju Jaya', code=1)
        before = gateway.sql("select * from village where code = '1203'")
        gateway.cli('village', 'add', '1203', 'Sukamaju2', code=1)
        assert gateway.sql("select * from village where code = '1203'") == before, 'an add never changes what is there'
        gateway.cli('village', 'edit', '1203', '--name', 'Sukamaju Baru', '--timezone', 'WIT')
        now = gateway.sql("select name, timezone, kecamatan, kabupaten, province, area_code from village where code = '1203'")
        assert now == [('Sukamaju Baru', 'Asia/Jayapura', 'Contoh A', 'Kab Contoh', 'Nusa Contoh', '9999012001')], now
        gateway.cli('village', 'edit', '1203', '--name', 'Sukamaju', '--timezone', 'WITA')
        gateway.cli('village', 'edit', '1288', '--name', 'x', code=1)
        gateway.cli('village', 'edit', '1203', '--name', '', code=1)
        gateway.cli('village', 'edit', '1203', code=2)
        listed = json.loads(gateway.cli('village', 'list', '--json'))
        assert [row['code'] for row in listed] == ['1203', '1204', '1299', '1311', '1312', '1401'], listed
        gateway.cli('village', 'add', '1298', 'Maju Jaya', '--timezone', 'Atlantis', code=1)
        with open(f'{net.dir}/villages.tsv', 'w') as f:
            f.write('# code\n1297\tSuka Damai\tContoh\tContoh\tNTB\tWIT\n')
        gateway.cli('village', 'import', f'{net.dir}/villages.tsv')
        assert 'Suka Damai' in gateway.cli('village', 'show', '1297')
        gateway.cli('person', 'stage', no, 'paspor', '--note', 'NIK 5203071708900001', code=1)
        gateway.cli('info', 'approve', 'GAJI', '--by', 'x', '--review-by', '2020-01-01', code=1)
        for by, date, said in (('x', 'tomorrow', 'tomorrow is no date; write 2027-05-31'), ('x', '', '--review-by'), ('', '2030-01-01', '--by')):
            code, _, err = kabar('info', 'approve', 'GAJI', '--by', by, '--review-by', date, '-c', gateway.config)
            assert code == 1 and said in err, (code, err)
        with open(f'{net.dir}/events.tsv', 'w') as f:
            f.write('# a comment\nJ80\tHari sehat\t2035-02-03 08:00\tAsia/Makassar\t1203\tPuskesmas\t30\tSEHAT\nJ81\tRapat\t2035-02-04 08:00\t\t\tBalai Desa\n')
        gateway.cli('schedule', 'import', f'{net.dir}/events.tsv')
        rows = {row['code']: row for row in json.loads(gateway.cli('schedule', 'list', '--json'))}
        assert rows['J80']['seats'] == 30 and rows['J80']['state'] == 'draft' and rows['J81']['starts'] == '2035-02-04 08:00', rows
        with open(f'{net.dir}/events.tsv', 'w') as f:
            f.write('J82\tRapat\tkapan saja\t\t\tBalai Desa\n')
        gateway.cli('schedule', 'import', f'{net.dir}/events.tsv', code=1)
        gateway.cli('schedule', 'add', 'X1', '--title', 'a', '--at', '2035-01-02 09:00', '--place', 'b', code=1)
        gateway.cli('schedule', 'add', 'J78', '--title', 'a', '--at', 'besok', '--place', 'b', code=2)
        topics = json.loads(gateway.cli('info', 'list', '--json'))
        assert len(topics) >= 30
        assert gateway.cli('info', 'show', 'dokumen') == gateway.cli('info', 'show', 'DOKUMEN')
        gateway.cli('info', 'show', 'DOKUME', code=1)
        assert 'no refused PIN; nothing to do' in gateway.cli('link', 'pin-reset', 'm1')
        assert gateway.sql("select 1 from audit where act = 'link.pin_reset'") == []
        gateway.cli('link', 'pin-reset', 'm9', code=1)
        why = gateway.cli('why', '1')
        assert 'register' in why and 'SENT' in why or 'DELIVERED' in why, why
        assert '5203' not in why, why
        assert 'in:1' in gateway.cli('why', 'out:1')
        for words, said in (('99999', 'there is no incoming message 99999; outgoing ones are out:99999'), ('out:99999', 'there is no outgoing message 99999')):
            code, _, err = kabar('why', words, '-c', gateway.config)
            assert code == 1 and said in err, (code, err)
        assert json.loads(gateway.cli('case', 'list', '--json')) == []


def queue():
    """What waits is listed, may be cancelled, and is told by why; silences are counted."""
    with Network() as net, Gateway(net, 'operators = ( { number = "+6281255500077"; } );', gateway='demo = true; retry_after = "1h";') as gateway:
        net.tell(do='fault', modem='m1', name='cms_error', count=1, arg='500')
        net.send(A, OURS, 'INFO BIAYA')
        row = until(lambda: json.loads(gateway.cli('queue', '--json')), 10, 'a message waits')[0]
        assert row['state'] == 'QUEUED' and row['lane'] == 'reply' and row['why'] and A not in json.dumps(row), row
        assert row['why'] == 'the network refused it (500)', row
        db = sqlite3.connect(gateway.store, timeout=5)
        db.execute("update submit set state = 'UNKNOWN'")  # of an attempt nobody knows, and the message goes again
        db.commit()
        assert '0 unknown' in gateway.cli('status') and json.loads(gateway.cli('queue', 'unknown', '--json')) == []
        db.execute("update submit set state = 'FAILED'")
        db.commit()
        db.close()
        assert 'goes again' in gateway.cli('why', row['message']) or 'not before' in gateway.cli('why', row['message'])
        gateway.cli('queue', 'nonsense', code=2)
        for words, said in ((['cancel'], 'cancel which message?'), (['--limit', 'x'], 'number of rows'), (['--limit', '0'], 'number of rows'), (['--limit', '5x'], 'number of rows')):
            code, _, err = kabar('queue', *words, '-c', gateway.config)
            assert code == 2 and said in err and 'no state' not in err, (words, code, err)
        assert len(json.loads(gateway.cli('queue', '--limit', '1', '--json'))) == 1
        gateway.cli('queue', 'cancel', 'x', code=2)
        gateway.cli('queue', 'cancel', '99999', code=1)
        gateway.cli('queue', 'cancel', row['message'])
        gateway.cli('queue', 'cancel', row['message'], code=1)  # it waits no more
        assert json.loads(gateway.cli('queue', 'cancelled', '--json'))[0]['message'] == row['message']
        assert json.loads(gateway.cli('queue', '--json')) == []
        net.send('TELKOMSEL', OURS, 'Sisa pulsa Anda Rp 100')
        silences = until(lambda: json.loads(gateway.cli('status', '--json'))['silences'], 10, 'a silence is counted')
        assert silences[0]['n'] == 1 and 'sender' in silences[0]['why'], silences
        assert 'silent' in gateway.cli('status')
        assert net.inbox(A) == []


def cases():
    """Somebody takes a cry, somebody closes it; the next cry of that number opens a new one."""
    with Network() as net, Gateway(net, 'operators = ( { number = "+6281255500077"; } );') as gateway:
        def listed(*words):
            return {row['case']: row for row in json.loads(gateway.cli('case', 'list', '--json', *words))}
        assert 'No 1.' in net.ask(A, OURS, 'tolong')
        for words in (['take', '1'], ['take', 'x', '--by', 'Ani'], ['close', '1', '--by', 'Ani'], ['list', '1'], ['open', '1']):
            gateway.cli('case', *words, code=2)
        for words in (['take', '9', '--by', 'Ani'], ['take', '1', '--by', ''], ['take', '1', '--by', 'x' * 21], ['close', '1', '--by', 'Ani', '--result', 'x' * 31],
                      ['close', '1', '--by', 'Ani', '--result', 'NIK 520307170890001'], ['close', '1', '--by', 'Ani\nBudi', '--result', 'aman']):
            gateway.cli('case', *words, code=1)
        assert listed()[1]['state'] == 'open' and listed()[1]['taken by'] == '', listed()
        assert '1 open cry for help\n' in gateway.cli('status')
        doctor = kabar('doctor', '-c', gateway.config)[1]
        assert '1 cry for help is open' in doctor and '1 is told of cries for help' in doctor, doctor
        assert 'with 1 bearer\n' in gateway.log()
        net.send(A, OURS, '1')
        until(lambda: 'noted whether the caller may' in kabar('why', '2', '-c', gateway.config)[1], 10, 'his answer is noted')
        gateway.cli('case', 'take', '1', '--by', 'Budi')
        assert listed()[1]['state'] == 'taken' and listed()[1]['taken by'] == 'Budi', listed()
        assert 'before: Budi' in gateway.cli('case', 'take', '1', '--by', 'Ani')
        gateway.cli('case', 'close', '1', '--by', 'Ani', '--result', 'aman')
        assert listed() == {}, listed()
        row = listed('--all')[1]
        assert (row['state'], row['taken by'], row['result']) == ('closed', 'Ani', 'aman'), row
        for words in (['take', '1', '--by', 'Budi'], ['close', '1', '--by', 'Budi', '--result', 'aman']):
            gateway.cli('case', *words, code=1)
        assert [line for line, in gateway.sql('select what from case_line where inbox is null order by id')] == ['taken by Budi', 'taken by Ani', 'closed by Ani: aman']
        assert gateway.sql("select act, subject from audit where act like 'case.%'") == [('case.take', 'case:1')] * 2 + [('case.close', 'case:1')]
        assert 'No 2.' in net.ask(A, OURS, 'tolong')
        assert list(listed()) == [2], listed()
        gateway.check_store()


def record_and_replay():
    with Network() as net:
        gateway = Gateway(net)
        gateway.start('--record', f'{net.dir}/day.jsonl')
        try:
            for text in ('INFO BIAYA', 'DAFTAR#SITI DEMO#5203075708909901#1203#HK', '1', '1', 'tolong', 'cek'):
                net.ask(A, OURS, text)
        finally:
            assert gateway.stop() == 0, gateway.log()
        out = gateway.cli('replay', f'{net.dir}/day.jsonl')
        assert ' 0 differences' in out, out
        with open(f'{net.dir}/day.jsonl') as f:
            lines = f.read()
        with open(f'{net.dir}/other.jsonl', 'w') as f:
            f.write(re.sub(r'("effect":\{"kind":2,[^\n]*"text":")..', r'\1ff', lines, count=1))
        code = kabar('replay', '-c', gateway.config, f'{net.dir}/other.jsonl')
        assert code[0] == 1, code


def broken_words():
    """Somebody has broken the words of a running gateway: who looks into it, or saves its store, is not kept from that."""
    with Network() as net:
        menus = f'{net.dir}/menus'
        shutil.copytree(os.path.join(TOP, 'menus'), menus)
        with Gateway(net, gateway=f'demo = true; menus_dir = "{menus}";') as kabar:
            with open(f'{menus}/words/id.words', 'a') as f:
                f.write('\nthis is no screen\n')
            kabar.cli('check', code=2)
            for words in [('status',), ('queue',), ('alarm',), ('backup', f'{net.dir}/b.db')]:
                kabar.cli(*words)


test('every fault of gateway.conf is found, with its line', config_faults)
test('subcommands say how they are used', usage)
test('gateway.conf of the tree is the documented sample', sample)
test('secrets for all to read, a state_dir that cannot be made', open_secrets)
test('without a gateway.conf it is said where it was looked for', no_config)
test('without a daemon: writes and status exit 3, reads say what is missing', no_daemon)
test('a second gateway on the same store is refused', refuses, second_gateway, ['another', 'in use'])
test('a database of a newer version is refused', refuses, newer, ['newer'])
test('a corrupt file is refused', refuses, corrupt, ['damaged', 'not a database', 'corrupt'])
test('a missing key file beside sealed rows is refused', refuses, key_lost, ['key'])
test('the key of another store is refused', refuses, key_of_another, ['key'])
test('a store that is held for a moment is waited for', held_for_a_moment)
test('rows and words change the next answer; a draft is not sent', rows_and_words)
test('kabar check finds a word that is too long', check_finds_words)
test('kabar check finds a row that says what nobody answers', check_finds_rows)
test('a phone at the end of a pipe, and one that plays a file', pipes)
test('status, person, schedule, info, why, case', tables)
test('what waits, what was cancelled, who was not answered', queue)
test('a case is taken, closed, and the next cry opens a new one', cases)
test('a recorded day repeats with equal effects', record_and_replay)
test('broken words keep nobody from looking', broken_words)
finish()
