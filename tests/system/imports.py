#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of rows taken in: what is wrong with a file is told row by row, and then nothing of it stays; a good one is taken in once, whoever is killed meanwhile; a NIK is in
clear nowhere; what the file says is what the store has."""
import os
import random
import signal
import subprocess
import time

from libkabar import KABAR, SLOW, TOP, Gateway, Network, finish, test, until

MODEM = '{ name = "m1"; kind = "null"; number = "+6281100000001"; }'
HEAD = 'name,nik,birth,sex,village,country,number,stage,stage_date,note,paper,officer,consent_date,notice\n'


def gateway_over(net):
    return Gateway(net, bearers=MODEM)


def take(gateway, kind, text, *options, code=0, name=None):
    """Writes the file and imports it; what was said on both outputs."""
    path = f'{gateway.dir}/{name or kind}.csv'
    with open(path, 'wb') as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run([KABAR, 'import', kind, path, *options, '-c', gateway.config], capture_output=True, text=True, timeout=120 * SLOW)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def nik(i):
    """Nobody's: a serial from 9901 on."""
    return f'520307{1 + i % 28:02}{1 + i // 28 % 12:02}{70 + i // 336 % 30:02}{9901 + i // 10080:04}'


def person(i, consent=True):
    proof = f'F{i},Budi,2026-11-01,' if consent else ',,,'
    return f'DEMO {chr(65 + i % 26)}{chr(65 + i // 26 % 26)}{chr(65 + i // 676 % 26)},{nik(i)},,,1203,hk,0812{55500000 + i},seleksi,2026-10-05,catatan {i},{proof}\n'


def dump(gateway):
    """All of people but what is drawn by chance or by the clock."""
    return gateway.sql("select p.name, p.birth, p.sex, p.nik_hash, p.village, p.country, p.stage, p.stage_ms, p.stage_note, p.flags, n.peer, c.act, c.officer, c.paper, c.at_ms, c.version, "
                       "(select group_concat(stage) from stage as s where s.person = p.id) from person as p left join number as n on n.person = p.id "
                       "left join consent as c on c.person = p.id and c.act <> 'asked' order by p.id")


def faults():
    with Network() as net, gateway_over(net) as gateway:
        before = len(dump(gateway))
        bad = [('BUDI DEMO,520307570890990,,,,,,,,,,,,\n', 'nik: it has 15 digits'), ('BUDI DEMO,5.20308E+15,,,,,,,,,,,,\n', 'nik: a spreadsheet made a number of it'),
               ('BUDI DEMO,5203077308909901,,,,,,,,,,,,\n', 'nik: digits 7 to 10'), ('BUDI DEMO,2003075708909901,,,,,,,,,,,,\n', 'nik: its first two digits'),
               ('BUDI DEMO,1111111111111111,,,,,,,,,,,,\n', 'nik: it is a filler'), ('BUDI DEMO,5203075708129901,,,,,,,,,,,,\n', 'nik: the person is under 18'),
               ('4444,,1990-08-17,,,,,,,,,,,\n', 'name: a name has'), ('BUDI DEMO,,31-02-1990,,,,,,,,,,,\n', 'birth: it is no birth date'),
               ('BUDI DEMO,,,,,,,,,,,,,\n', 'birth: there is neither'), ('BUDI DEMO,,1990-08-17,x,,,,,,,,,,\n', 'sex: write P'),
               ('BUDI DEMO,,1990-08-17,,ATLANTIS,,,,,,,,,\n', 'village: there is no village "ATLANTIS"'), ('BUDI DEMO,,1990-08-17,,,MORDOR,,,,,,,,\n', 'country: there is no country'),
               ('BUDI DEMO,,1990-08-17,,,,021555,,,,,,,\n', 'number: it is no mobile number'), ('BUDI DEMO,,1990-08-17,,,,,lulus,,,,,,\n', 'stage: there is no stage'),
               ('BUDI DEMO,,1990-08-17,,,,,,2999-01-01,,,,,\n', 'stage_date: it is no day that has come'), ('BUDI DEMO,,1990-08-17,,,,,,,5203075708909901,,,,\n', 'note: it holds a long number'),
               ('BUDI DEMO,,1990-08-17,,,,,,,,F1,,,\n', 'consent_date: the proof of consent'), ('BUDI "B" DEMO,,1990-08-17,,,,,,,,,,,\n', 'a quotation mark stands within'),
               ('B,,1990-08-17,,,,,,,,,,,,,\n', 'it has 16 fields, the first row has 14')]
        said = take(gateway, 'people', HEAD + person(1) + ''.join(row for row, _ in bad) + person(1), code=1)
        for i, (_, words) in enumerate(bad):
            assert f'row {i + 3}, {words}' in said or f'row {i + 3}: {words}' in said, (i + 3, words, said)
        assert f'row {len(bad) + 3}: it is the same as row 2' in said, said
        assert f'{len(bad) + 1} of {len(bad) + 2} rows are faulty; nothing was taken in' in said, said
        assert '5203075708909901' not in said, said  # a report may be shown to anybody
        # at most so many are told, all are counted
        said = take(gateway, 'people', HEAD + 'X1,,,,,,,,,,,,,\n' * 1000, '--shown', '3', code=1)
        assert said.count('name: ') == 2 and '1000 of 1000 rows are faulty' in said and 'faults more' in said, said
        said = take(gateway, 'people', HEAD + ''.join(f'DEMO,52030757089099{i:02}0,,,,,,,,,,,,\n'.replace(f'99{i:02}0', f'9{i:02}0') for i in range(1, 12)), code=1)
        assert 'every NIK ends in 0' in said, said
        for text, words in ((HEAD.encode('utf-16'), 'UTF-16'), (HEAD.encode() + b'JOS\xc9,,1990-08-17,,,,,,,,,,,\n', 'row 2: it is not UTF-8'),
                            (b'', 'it is empty'), (HEAD.encode(), 'no row behind the first'), (b'nama,umur\nA,3\n', 'there is no column "umur"'),
                            (b'nik\n1\n', 'the column name is missing'), (b'name,nama\nA,B\n', 'this column is there twice'),
                            (HEAD.encode() + b'A\0B,,1990-08-17,,,,,,,,,,,\n', 'NUL byte')):
            assert words in take(gateway, 'people', text, code=1), words
        take(gateway, 'dogs', HEAD, code=2)
        assert len(dump(gateway)) == before and not gateway.sql('select 1 from import')


def once():
    """A good file: what it says is what the store has, and the second time nothing happens. Excel's ways of writing it make no other file of it."""
    with Network() as net, gateway_over(net) as gateway:
        text = HEAD + ''.join(person(i, i != 3) for i in range(5))
        said = take(gateway, 'people', text, '--check')
        assert '5 rows are good' in said and not dump(gateway), said
        said = take(gateway, 'people', text, '--by', 'Dinas')
        assert '5 rows are taken in' in said and '1 of these people gave no proof' in said, said
        rows = dump(gateway)
        assert len(rows) == 5 and rows[0][0] == 'DEMO AAA' and rows[0][6] == 'Seleksi' and rows[0][10] == '+6281255500000', rows
        assert rows[0][11:14] == ('store', 'Budi', 'F0') and rows[0][1] == '1970-01-01' and rows[0][2] == 'L', rows
        waits = gateway.sql('select name, waits_ms is not null from person order by id')
        assert [w for _, w in waits] == [0, 0, 0, 1, 0], waits
        said = take(gateway, 'people', b'\xef\xbb\xbf' + text.replace('\n', '\r\n').encode())
        assert 'taken in already' in said and dump(gateway) == rows, said
        said = take(gateway, 'people', HEAD + person(7) + person(2), code=1)
        assert 'row 3, nik: this NIK is registered already' in said and dump(gateway) == rows, said
        # codes and numbers of registration are drawn, and every one is its own
        assert len(set(gateway.sql('select reg_no from person'))) == 5
        stages = 'no,nik,tahap,tanggal,catatan\n' + f"{gateway.sql('select reg_no from person order by id')[0][0]},,berangkat,2026-11-02,ok\n" + f',{nik(1)},batal,2026-09-01,\n'
        take(gateway, 'stages', stages, '--by', 'Budi')
        after = dump(gateway)
        assert after[0][6] == 'Berangkat' and after[1][6] == 'Seleksi' and 'Batal' in after[1][16], after[:2]
        assert 'nobody is registered' in take(gateway, 'stages', 'no,tahap,tanggal\n123456789,batal,2026-09-01\n', code=1)
        kinds = gateway.sql('select kind, state, rows_n, done_n, by from import order by id')
        assert kinds == [('people', 'done', 5, 5, 'Dinas'), ('stages', 'done', 2, 2, 'Budi')], kinds


def others():
    """Areas as idn-area-data writes them, events, information."""
    with Network() as net, gateway_over(net) as gateway:
        take(gateway, 'areas', 'code,regency_code,name\n52,,Nusa Tenggara Barat\n52.03,52,Kabupaten Lombok Timur\n52.03.07,52.03,Pringgabaya\n52.03.07.2001,52.03.07,Regapu\u2019u\n')
        assert gateway.sql('select code, name from area order by code')[3] == ('5203072001', "Regapu'u")
        assert 'a code has 2, 4, 6 or 10 digits' in take(gateway, 'areas', 'code,name\n52.0,X\n', code=1)
        with open(f'{TOP}/storage/areas/sample.csv', encoding='utf-8') as f:
            take(gateway, 'areas', f.read(), name='sample')
        assert gateway.sql("select count(*) from area where length(code) = 4") == [(514,)]
        gateway.cli('village', 'add', '1501', "Regapu'u", '--kecamatan', 'Pringgabaya', '--kabupaten', 'Lombok Timur', '--area', '52.03.07.2001')
        gateway.cli('village', 'edit', '1501', '--name', 'Regapuu')
        assert gateway.sql("select name, area_code from village where code = '1501'") == [('Regapuu', '5203072001')]
        gateway.cli('village', 'edit', '1203', '--area', '5203072001', code=1)  # it is that of 1501
        gateway.cli('village', 'edit', '1203', '--area', '520307', code=1)
        take(gateway, 'people', 'nama,lahir,desa\nSITI DEMO,1990-08-17,5203072001\n')
        assert gateway.sql("select village from person where name = 'SITI DEMO'") == [('1501',)]
        take(gateway, 'schedule', 'kode;judul;waktu;zona;tempat;kursi;topik\nJ201;Las dasar;2027-03-01 09:00;WITA;Balai desa;20;USAHA\n')
        assert gateway.sql("select title, seats, approved_ms from schedule where code = 'J201'") == [('Las dasar', 20, None)]
        said = take(gateway, 'schedule', 'code,title,at,place\nJ202,X,2027-03-01 09:00,Y\nK1,X,2027-13-01 09:00,Y\n', code=1)
        assert 'row 3, at: it is no time' in said, said
        # what only the daemon sees takes the whole file back
        said = take(gateway, 'schedule', 'code,title,at,place\nJ202,X,2027-03-01 09:00,Y\nK1,X,2027-03-01 09:00,Y\n', code=1)
        assert 'row 3: a code is J' in said and not gateway.sql("select 1 from schedule where code = 'J202'"), said
        take(gateway, 'info', 'topik,bagian,teks,sumber\nUJI,1,"Satu, dua; ""tiga"".",buku\n')
        assert gateway.sql("select text, source from info where topic = 'UJI'") == [('Satu, dua; "tiga".', 'buku')]
        said = take(gateway, 'info', 'topik,teks\nUJI,Untuk biaya ketik FROBNIK.\n', code=1)
        assert 'FROBNIK' in said, said


def in_clear_nowhere():
    """On the way and where it ends: no NIK in the socket's record, in the store, in the log."""
    with Network() as net:
        gateway = gateway_over(net).start('--record', f'{net.dir}/record')
        take(gateway, 'people', HEAD + ''.join(person(i) for i in range(50)))
        assert len(dump(gateway)) == 50
        held = [open(f'{root}/{name}', 'rb').read() for root, _, names in os.walk(f'{net.dir}') for name in names
                if not name.endswith('.csv') and os.path.isfile(f'{root}/{name}')]
        gateway.stop()
        assert any(b'DEMO' in bytes_of or b'44454d4f' in bytes_of for bytes_of in held)  # the search does find what is there
        for i in range(50):
            n = nik(i).encode()
            for form in (n, n.hex().encode(), n.decode().encode('utf-16-le'), n.decode().encode('utf-16-be')):
                assert not any(form in bytes_of for bytes_of in held), (i, form)


def all_or_nothing():
    """A small file is one transaction: kill the daemon at each commit around it."""
    text, killed_n = HEAD + ''.join(person(i) for i in range(300)), {0: 0, 300: 0}
    for nth in range(2, 120):  # how many commits come before it is the machine's affair
        if killed_n[0] >= 3 and killed_n[300] >= 2:
            break
        moment = f'engine_{"after" if nth % 2 else "before"}_commit:{nth // 2 + 1}:kill'
        with Network() as net:
            gateway = gateway_over(net).start(environment={'KABAR_FAULT': moment}, wait=False)
            with open(f'{gateway.dir}/people.csv', 'w') as f:
                f.write(text)
            for _ in range(100):
                done = subprocess.run([KABAR, 'import', 'people', f'{gateway.dir}/people.csv', '-c', gateway.config], capture_output=True, text=True, timeout=60 * SLOW)
                if gateway.process.poll() is not None:
                    killed_n[len(dump(gateway))] += 1
                    gateway.start(wait=False)
                if done.returncode == 0:
                    break
                time.sleep(0.05)
            assert done.returncode == 0 and len(dump(gateway)) == 300, (moment, done)
            gateway.stop()
    assert killed_n[0] and killed_n[300], killed_n  # before it and behind it


def killed(seed=1):
    """A large file, with the daemon and the command line killed at random: in the end the store is that of the undisturbed import."""
    rows_n = 6000
    text = HEAD + ''.join(person(i) for i in range(rows_n))
    chance = random.Random(seed)
    with Network() as net, gateway_over(net) as gateway:
        take(gateway, 'people', text)
        expected = dump(gateway)
        with open(f'{gateway.dir}/state/kabar.key', 'rb') as f:
            key = f.read()
    with Network() as net:
        gateway = gateway_over(net)
        os.makedirs(f'{gateway.dir}/state', exist_ok=True)
        with open(os.open(f'{gateway.dir}/state/kabar.key', os.O_WRONLY | os.O_CREAT, 0o400), 'wb') as f:  # keyed hashes are compared
            f.write(key)
        gateway.start()
        with open(f'{gateway.dir}/people.csv', 'w') as f:
            f.write(text)
        kills = {'daemon': 0, 'command line': 0}
        for _ in range(200):
            line = subprocess.Popen([KABAR, 'import', 'people', f'{gateway.dir}/people.csv', '-c', gateway.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            before = gateway.sql('select coalesce(max(done_n), 0) from import')[0][0]
            if before < rows_n * 0.8:  # not before it sends, or nothing is proved
                until(lambda: line.poll() is not None or gateway.sql('select coalesce(max(done_n), 0) from import')[0][0] > before, 60, 'rows go')
                time.sleep(chance.random() * 0.15)
                if line.poll() is None:
                    victim = chance.choice(list(kills))
                    kills[victim] += 1
                    (line if victim == 'command line' else gateway.process).send_signal(signal.SIGKILL)
            code = line.wait(60 * SLOW)
            if gateway.process.poll() is not None:
                gateway.start(wait=False)
                until(lambda: 'serves as' in gateway.log(), 30, 'it serves again')
            if code == 0:
                break
        rows = dump(gateway)
        print(f'# {kills}', flush=True)
        assert sum(kills.values()) >= 3 and len(rows) == rows_n, (kills, len(rows))
        # stage_ms, c.at_ms and flags are of the file; only what is drawn differs
        assert rows == expected
        assert len(set(gateway.sql('select reg_no from person'))) == rows_n
        assert gateway.sql('select state, done_n from import') == [('done', rows_n)]
        gateway.stop()


if __name__ == '__main__':
    test('every fault of a file is told with its row, and nothing of it is taken in', faults)
    test('a good file is what the store has, and is taken in once', once)
    test('areas, events and information', others)
    test('a NIK is in clear nowhere', in_clear_nowhere)
    test('a small file is taken in whole or not at all', all_or_nothing)
    test('an import goes on where it stopped, whoever was killed', killed)
    finish()
