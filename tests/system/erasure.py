#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""HAPUS to its end: nothing of the person is left in the store's files, a restored backup forgets her again, and a kill in the middle leaves no half."""
import os
import re
import sqlite3
import subprocess
import time

from libkabar import KABAR, SLOW, Gateway, Network, finish, pool, until

ANI, BUDI, OURS = '+6281255500001', '+6281255500002', '+6281100000001'
NAME, NIK, PLACE = 'RATNAJUWITA', '5203075708909901', 'UJUNGPANDARAN'


def kabar(gateway, *words):
    done = subprocess.run([KABAR, words[0], '-c', gateway.config, *words[1:]], capture_output=True, text=True, timeout=60 * SLOW)
    assert done.returncode == 0, f'kabar {words}: exit {done.returncode}: {done.stdout}{done.stderr}'
    return done.stdout + done.stderr


def registered(net):
    """Registers in one line; the registration number."""
    net.ask(ANI, OURS, f'DAFTAR#{NAME}#{NIK}#{PLACE}#HK')
    said = net.ask(ANI, OURS, '1')
    for _ in range(8):
        number = re.search(r'No Anda ([\d-]+)', said)
        if number:
            return number.group(1).replace('-', '')
        said = net.ask(ANI, OURS, 'lewati' if 'Desa asal' in said or 'DESA' in said else '1')
    raise AssertionError(said)


def wished(net):
    code = re.search(r'HAPUS (\d{4})', net.ask(ANI, OURS, 'HAPUS')).group(1)
    assert 'Permintaan hapus H1' in net.ask(ANI, OURS, f'HAPUS {code}')


def overnight(gateway, in_s=-3600):
    """The day to think it over has passed, or will have in so many seconds: the clock of the store alone moves, so that nothing is doubted."""
    assert gateway.stop() == 0
    db = sqlite3.connect(gateway.store)
    assert db.execute("update due set at_ms = ? where kind = 'erase'", (int((time.time() + in_s) * 1000),)).rowcount == 1
    db.commit()
    db.close()


def packed(text):
    """Septets of 3GPP TS 23.038, 6.1.2.1, as they lie in a PDU, from each of the eight places where they can begin."""
    found = []
    for skip in range(8):
        bits, n = 0, 0
        for c in text:
            bits |= ord(c) << (7 * n + skip)
            n += 1
        whole = bits.to_bytes((7 * n + skip + 7) // 8, 'little')
        found.append(whole[1:-1])  # what does not depend on the neighbours
    return found


def forms(text):
    hexed = text.encode().hex()
    yield from (text.encode(), text.lower().encode(), text.encode('utf-16-le'), text.encode('utf-16-be'), hexed.encode(), hexed.upper().encode())
    yield from packed(text)


def left_of(folder, words):
    """Where a word still stands in the files of the store."""
    found = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not os.path.isfile(path) or name.endswith('.key'):
            continue
        data = open(path, 'rb').read()
        found += [(name, word) for word in words for form in forms(word) if len(form) > 5 and form in data]
    return found


def erased():
    with Network() as net, Gateway(net) as gateway:
        number = registered(net)
        state = os.path.dirname(gateway.store)
        words = [NAME, number, ANI[3:]]
        assert {w for _, w in left_of(state, words)} >= {NAME, number, ANI[3:]}, 'the search finds what is there'
        net.ask(BUDI, OURS, 'INFO GAJI')
        kabar(gateway, 'backup', f'{net.dir}/before.db')
        wished(net)
        assert re.search(r'H1 +erase +' + number + r' .*(71|72) h', kabar(gateway, 'due')), kabar(gateway, 'due')
        overnight(gateway)
        gateway.start()
        until(lambda: any('sudah dihapus' in m['text'] for m in net.inbox(ANI)), 30, lambda: f'the proof: {net.inbox(ANI)} {gateway.log()}')
        until(lambda: gateway.sql("select state, peer, person from request") == [('done', '', None)], 10, 'the request is done')
        assert gateway.sql('select count(*) from person') == [(0,)]
        assert [m['text'] for m in net.inbox(ANI)].count(net.inbox(ANI)[-1]['text']) == 1
        until(lambda: not {w for _, w in left_of(state, [NAME, number, PLACE])}, 90, lambda: f'nothing is left: {left_of(state, [NAME, number, PLACE])}')
        log = gateway.log()
        assert not [w for w in (NAME, NIK, number) if w in log], log
        restored(net, gateway)


def restored(net, gateway):
    """An older backup knows her still: she is forgotten again before the first message."""
    kabar(gateway, 'backup', f'{net.dir}/after.db')
    assert 'person ' in open(f'{net.dir}/erased').read()
    assert gateway.stop() == 0
    said = kabar(gateway, 'restore', f'{net.dir}/before.db', '--replace')
    assert '1 persons who were erased since are erased again' in said, said
    db = sqlite3.connect(gateway.store)
    assert db.execute('select count(*) from person').fetchone() == (0,)
    assert db.execute('select count(*) from inbox where peer = ?', (ANI,)).fetchone() == (0,)
    assert db.execute('select count(*) from inbox where peer = ?', (BUDI,)).fetchone()[0] >= 1
    db.close()
    assert not left_of(os.path.dirname(gateway.store), []) and NAME.encode() not in open(gateway.store, 'rb').read()
    gateway.start()
    assert 'Belum ada data' in net.ask(ANI, OURS, 'STATUS')


def listed():
    """The daemon writes the list beside its own backups as soon as somebody was erased."""
    with Network() as net:
        gateway = Gateway(net, config=f'backup: {{ dir = "{net.dir}/copies"; every = "24h"; }};')
        gateway.start()
        registered(net)
        wished(net)
        overnight(gateway)
        gateway.start()
        listed_in = f'{net.dir}/copies/erased'
        until(lambda: os.path.exists(listed_in) and re.search(r'^person [0-9a-f]{32} \d+$', open(listed_in).read(), re.M), 30, lambda: f'the list: {gateway.log()}')
        assert gateway.stop() == 0


def killed(at):
    """Killed at one of the commits of the erasure: the next life goes on, she is told once."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        registered(net)
        wished(net)
        overnight(gateway)
        db = sqlite3.connect(gateway.store)
        db.executemany("insert into inbox (gateway, at_ms, link, self, peer, text, coding, smsc_s, outcome) "
                       "select gateway, at_ms, link, self, peer, 'salinan ' || ?, coding, smsc_s, 'silent' from inbox where id = 1", [(i,) for i in range(9000)])
        db.commit()
        db.close()
        gateway.start(environment={'KABAR_FAULT': f'engine_after_commit:{at}:kill:{net.dir}/once'}, wait=False)
        until(lambda: gateway.process.poll() is not None, 30, 'it was killed')
        gateway.start()
        until(lambda: any('sudah dihapus' in m['text'] for m in net.inbox(ANI)), 30, lambda: f'the proof: {gateway.log()}')
        until(lambda: gateway.sql("select count(*) from inbox where peer = ? or text like 'salinan%'", ANI) == [(0,)], 20, 'all is gone')
        assert gateway.sql('select count(*) from person') == [(0,)] and gateway.sql('select state from request') == [('done',)]
        assert sum('sudah dihapus' in m['text'] for m in net.inbox(ANI)) == 1
        assert gateway.stop() == 0, gateway.log()
        gateway.check_store()


def erased_now(gateway):
    """Wished for, and carried out."""
    wished(gateway.net)
    overnight(gateway)
    gateway.start()
    until(lambda: gateway.sql("select state from request where kind = 'erase'") == [('done',)], 30, lambda: f"erased: {gateway.sql('select * from job')}")


def with_open_case():
    """A backup of the time when her cry was open: the restore takes the person, and leaves the case to those who are on it."""
    with Network() as net, Gateway(net) as gateway:
        registered(net)
        net.ask(ANI, OURS, 'TOLONG saya disekap')
        kabar(gateway, 'backup', f'{net.dir}/before.db')
        kabar(gateway, 'case', 'close', '1', '--by', 'BUDI', '--result', 'aman')
        erased_now(gateway)
        kabar(gateway, 'backup', f'{net.dir}/after.db')
        assert gateway.stop() == 0
        assert '1 persons who were erased since' in kabar(gateway, 'restore', f'{net.dir}/before.db', '--replace')
        db = sqlite3.connect(gateway.store)
        assert db.execute('select count(*) from person').fetchone() == (0,)
        assert db.execute('select peer, person from cases where closed_ms is null').fetchall() == [(ANI, None)]
        assert db.execute("select count(*) from inbox where text like '%disekap%'").fetchone() == (1,)
        db.close()


def from_a_stick():
    """A backup in a folder without the list: the store that is put aside knows who was erased."""
    with Network() as net, Gateway(net) as gateway:
        registered(net)
        os.mkdir(f'{net.dir}/stick')
        kabar(gateway, 'backup', f'{net.dir}/stick/before.db')
        erased_now(gateway)
        assert gateway.stop() == 0
        assert '1 persons who were erased since' in kabar(gateway, 'restore', f'{net.dir}/stick/before.db', '--replace')


def many_rows(gateway, n, peer=None):
    db = sqlite3.connect(gateway.store)
    db.execute('insert into inbox (gateway, at_ms, link, self, peer, text, coding, smsc_s, outcome) with recursive n (i) as (select 1 union all select i + 1 from n where i < ?) '
               "select gateway, at_ms, link, self, coalesce(?, peer), 'salinan', coding, smsc_s, 'silent' from inbox, n where inbox.id = 1", (n, peer))
    db.commit()
    db.close()


def in_the_middle():
    """A backup made while the job runs: after a restore it runs to its end, and she is told."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        registered(net)
        wished(net)
        overnight(gateway)
        many_rows(gateway, 9000)
        gateway.start(environment={'KABAR_FAULT': f'engine_after_commit:4:kill:{net.dir}/once'}, wait=False)
        until(lambda: gateway.process.poll() is not None, 30, 'it was killed')
        assert sqlite3.connect(gateway.store).execute("select count(*) from job where kind = 'erase' and state = 'running'").fetchone() == (1,)
        kabar(gateway, 'backup', f'{net.dir}/middle.db')
        kabar(gateway, 'restore', f'{net.dir}/middle.db', '--replace')
        gateway.start()
        until(lambda: any('sudah dihapus' in m['text'] for m in net.inbox(ANI)), 30, lambda: f"the proof: {gateway.sql('select * from job')}")
        assert gateway.sql('select count(*) from inbox where peer = ? or text = ?', ANI, 'salinan') == [(0,)]
        assert gateway.stop() == 0


def cry_meanwhile():
    """TOLONG while the job runs: it came after her wish, and is heard like any other."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        registered(net)
        wished(net)
        overnight(gateway, 15 * SLOW)
        many_rows(gateway, 200000, '+6281255599999')
        gateway.start()
        until(lambda: gateway.sql("select count(*) from job where kind = 'erase' and state = 'running'") == [(1,)], 30, 'the job runs')
        net.send(ANI, OURS, 'TOLONG saya disekap di gudang')
        until(lambda: gateway.sql("select state from request") == [('done',)], 120, lambda: f"{gateway.sql('select * from job')}")
        assert gateway.sql('select peer, closed_ms from cases') == [(ANI, None)]
        assert gateway.sql('select i.peer, i.text from case_line as l join inbox as i on i.id = l.inbox') == [(ANI, 'TOLONG saya disekap di gudang')]
        assert gateway.sql("select question from conversation where peer = ?", ANI) == [('T1',)]
        assert any('Petugas dihubungi' in m['text'] for m in net.inbox(ANI)) and any('sudah dihapus' in m['text'] for m in net.inbox(ANI)), net.inbox(ANI)
        assert gateway.stop() == 0


def cries_kept():
    """Retention: an open cry keeps its words and its person; a case goes by the time since it was closed."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        registered(net)
        net.ask(ANI, OURS, 'TOLONG saya disekap satu')
        net.ask(BUDI, OURS, 'TOLONG saya disekap dua')
        kabar(gateway, 'case', 'close', '2', '--by', 'BUDI', '--result', 'aman')
        for purpose in ('cases', 'messages', 'registration'):
            kabar(gateway, 'retention', 'approve', purpose, '--by', 'KADIS')
        assert gateway.stop() == 0

        def six_years():
            db = sqlite3.connect(gateway.store)
            for table, column in (('cases', 'opened_ms'), ('cases', 'last_ms'), ('cases', 'closed_ms'), ('inbox', 'at_ms'), ('person', 'stage_ms')):
                db.execute(f'update {table} set {column} = {column} - 2200 * 86400000')
            db.execute("update person set stage = 'purna'")
            db.execute("update due set at_ms = 0 where kind = 'purge'")
            db.commit()
            db.close()
            gateway.start()
            until(lambda: gateway.sql("select count(*) from due where kind = 'purge' and at_ms > 0") and not gateway.sql("select 1 from job where state = 'running'"), 30, 'the jobs are done')
        six_years()
        until(lambda: gateway.sql('select id, peer from cases order by id') == [(1, ANI), (2, '')], 40, lambda: f"{gateway.sql('select id, peer, closed_ms from cases')}")
        assert gateway.sql("select count(*) from inbox where text like '%disekap satu%'") == [(1,)] and gateway.sql('select count(*) from person') == [(1,)]
        assert gateway.sql("select count(*) from inbox where text like '%disekap dua%'") == [(0,)]
        kabar(gateway, 'case', 'close', '1', '--by', 'BUDI', '--result', 'aman')
        assert gateway.stop() == 0
        six_years()
        until(lambda: gateway.sql('select id, peer from cases order by id') == [(1, ''), (2, '')], 10, lambda: f"{gateway.sql('select id, peer, closed_ms from cases')}")
        until(lambda: gateway.sql("select count(*) from inbox where text like '%disekap%'") == [(0,)] and gateway.sql('select count(*) from person') == [(0,)], 10, 'all is gone')
        assert gateway.stop() == 0
        gateway.check_store()


def kept_long_enough():
    """What is older than its approved days is blanked by the daily job, and nothing by a draft; a case keeps its texts; who is purna for two years goes whole."""
    with Network() as net:
        gateway = Gateway(net)
        gateway.start()
        registered(net)
        net.ask(BUDI, OURS, 'INFO GAJI')
        net.ask(BUDI, OURS, 'TOLONG saya disekap')
        kabar(gateway, 'retention', 'set', 'messages', '30')
        kabar(gateway, 'retention', 'approve', 'messages', '--by', 'KADIS')
        kabar(gateway, 'retention', 'approve', 'registration', '--by', 'KADIS')
        assert '(draft)' in kabar(gateway, 'retention') and 'KADIS' in kabar(gateway, 'retention')
        assert gateway.stop() == 0
        db = sqlite3.connect(gateway.store)
        old = 40 * 86400000
        db.execute('update inbox set at_ms = at_ms - ?', (old,))
        db.execute('update outbox set created_ms = created_ms - ?', (old,))
        db.execute("update person set stage = 'purna', stage_ms = stage_ms - 731 * 86400000")
        db.execute("update due set at_ms = 0 where kind = 'purge'")
        db.commit()
        db.close()
        gateway.start()
        until(lambda: gateway.sql("select count(*) from inbox where text like '%gaji%'") == [(0,)], 20, lambda: f"the old text is gone {gateway.sql('select * from job')}")
        until(lambda: gateway.sql('select count(*) from person') == [(0,)], 20, 'her time is over')
        until(lambda: gateway.sql("select count(*) from inbox where peer = ?", ANI) == [(0,)], 20, 'and her texts')
        assert gateway.sql("select count(*) from inbox where text like '%disekap%'") == [(1,)], 'a case is no message'
        assert gateway.sql("select count(*) from outbox where peer = ?", BUDI)[0][0] >= 2, 'answers are a draft still'
        assert gateway.stop() == 0
        gateway.check_store()


pool([('retention: what is approved and old goes, and nothing else', kept_long_enough),
      ('erased: nothing is left in the files, and a restored backup forgets her again', erased),
      ('erased: the list beside the backups is written at once', listed),
      ('restored: an open case of then stays with who is on it', with_open_case),
      ('restored: from a stick, without the list', from_a_stick),
      ('restored: a backup of the middle of an erasure goes on', in_the_middle),
      ('erased: a cry while the job runs is heard', cry_meanwhile),
      ('retention: open cries stay, closed ones go by their end', cries_kept),
      *[(f'erased: killed at commit {at}', killed, at) for at in (1, 2, 3, 4, 5, 6, 7)]], workers=4)
finish()
