-- SPDX-License-Identifier: GPL-2.0-or-later
-- A store of version 5 as tests/upgrade/make wrote it: key of keys_for_test(1), gateway test-01.
PRAGMA application_id = 1264673377;
PRAGMA user_version = 5;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (                        -- one row a fact about this store
	key TEXT PRIMARY KEY,                  -- 'key_check' (keyed hash of a constant: is it our key file?), 'audit_head <gateway>'
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('audit_head test-01','2 9f661161a8721f18fadf7036bc552395');
INSERT INTO meta VALUES('key_check','7cf447ef47fd9dec97323aeab5e4d350');
CREATE TABLE link (                        -- one row a bearer of gateway.conf, by name
	name TEXT PRIMARY KEY,
	gateway TEXT NOT NULL,
	epoch INTEGER NOT NULL DEFAULT 0,      -- lives counted so far
	state TEXT NOT NULL DEFAULT 'down',    -- 'up', 'down', 'starting', 'blocked' (needs a person)
	reason TEXT NOT NULL DEFAULT '',       -- words of the last error or state, with what to do
	changed_ms INTEGER NOT NULL DEFAULT 0,
	signal INTEGER,                        -- percent, NULL unknown
	network TEXT NOT NULL DEFAULT '',      -- operator and registration in words
	imei TEXT NOT NULL DEFAULT '', iccid TEXT NOT NULL DEFAULT '', smsc TEXT NOT NULL DEFAULT '',
	pin_rejected INTEGER NOT NULL DEFAULT 0 -- the configured PIN was refused once: never offered again until 'kabar link pin-reset'
, condition TEXT NOT NULL DEFAULT '', pin_offered INTEGER NOT NULL DEFAULT 0, sim_used INTEGER, sim_size INTEGER, me_used INTEGER, me_size INTEGER, balance INTEGER, balance_ms INTEGER NOT NULL DEFAULT 0, balance_asked_ms INTEGER NOT NULL DEFAULT 0, balance_words TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE inbox (                       -- every message that came, one row each (name promised to the outside)
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	at_ms INTEGER NOT NULL,
	link TEXT NOT NULL,
	self TEXT NOT NULL,                    -- our number that was written to
	peer TEXT NOT NULL,                    -- sender: E.164, short code or name
	text TEXT NOT NULL,                    -- masked; '' when undecodable
	coding INTEGER NOT NULL,               -- enum coding
	smsc_s INTEGER NOT NULL,               -- the network's time stamp, 0 unknown
	part INTEGER NOT NULL DEFAULT 1,       -- of `parts`, as the UDH says
	parts INTEGER NOT NULL DEFAULT 1,
	raw_sealed BLOB,                       -- what could not be decoded, sealed
	handler TEXT NOT NULL DEFAULT '',      -- who took it; '' nobody
	outcome TEXT NOT NULL,                 -- 'answered', 'silent', 'dead', 'undecodable', 'part'
	why TEXT NOT NULL DEFAULT '',          -- plain words: the rule that decided
	session INTEGER                        -- the session it belongs to
) STRICT;
CREATE TABLE outbox (                      -- every message that leaves, one row each (name promised to the outside)
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	inbox INTEGER REFERENCES inbox (id),   -- the question, if it is an answer
	peer TEXT NOT NULL,
	route TEXT NOT NULL,                   -- name of the bearer that should carry it, '*' any; other links may pull it
	lane INTEGER NOT NULL,                 -- enum lane: 0 SOS, 1 reply, 2 notification, 3 broadcast
	text TEXT NOT NULL,                    -- masked where it holds a code
	text_sealed BLOB,                      -- the true text while it holds a secret and is not yet final
	parts INTEGER NOT NULL,
	concat_ref INTEGER NOT NULL DEFAULT 0, -- 8-bit reference of its parts
	todo INTEGER NOT NULL,                 -- bit k-1 set: part k waits to be leased; not 0 if and only if the state is QUEUED
	attempt INTEGER NOT NULL DEFAULT 0,    -- the highest attempt of a part that ended badly
	state TEXT NOT NULL,                   -- QUEUED SUBMITTING (a submit is OUT) SENT DELIVERED UNDELIVERED EXPIRED FAILED CANCELLED UNKNOWN; storage/check.c knows what each promises
	created_ms INTEGER NOT NULL,
	due_ms INTEGER NOT NULL,               -- not before
	expires_ms INTEGER NOT NULL,
	why TEXT NOT NULL DEFAULT ''           -- plain words of the last thing that happened
, enrolled INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE submit (                      -- one PDU, one attempt
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	outbox INTEGER NOT NULL REFERENCES outbox (id),
	part INTEGER NOT NULL,
	attempt INTEGER NOT NULL,
	link TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	state TEXT NOT NULL,                   -- OUT SENT FAILED UNKNOWN DELIVERED UNDELIVERED
	net_ref TEXT NOT NULL DEFAULT '',      -- TP-MR or SMPP message id
	code INTEGER NOT NULL DEFAULT 0,       -- CMS error or status of the report
	at_ms INTEGER NOT NULL,
	done_ms INTEGER
) STRICT;
CREATE TABLE report_early (                -- a delivery report that came before its response
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	link TEXT NOT NULL, net_ref TEXT NOT NULL, peer TEXT NOT NULL,
	state TEXT NOT NULL, code INTEGER NOT NULL, at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE seen (                        -- dedupe: the SMSC time stamp (seconds, 4 bytes, big endian) in front of a keyed hash: what is new stands at the end
	key BLOB PRIMARY KEY,
	inbox INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letter (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL, at_ms INTEGER NOT NULL,
	event TEXT NOT NULL,                   -- kind
	inbox INTEGER,                         -- the message, if it was one
	reason TEXT NOT NULL,
	event_sealed BLOB NOT NULL             -- the event as JSON, sealed
) STRICT;
CREATE TABLE due (                         -- what must happen later; the loop keeps one timer for the earliest
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at_ms INTEGER NOT NULL, kind TEXT NOT NULL, subject INTEGER NOT NULL
) STRICT;
CREATE TABLE job (                         -- long work in slices; goes on after a crash
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	kind TEXT NOT NULL, args TEXT NOT NULL DEFAULT '{}', cursor INTEGER NOT NULL DEFAULT 0,
	state TEXT NOT NULL DEFAULT 'running', -- running, paused, done, failed
	done_n INTEGER NOT NULL DEFAULT 0, began_ms INTEGER NOT NULL, ended_ms INTEGER, why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE conversation (                -- one row a number: the open question, language, and the guard's counters
	peer TEXT PRIMARY KEY,
	session INTEGER,                       -- open session or NULL
	question TEXT NOT NULL DEFAULT '',     -- screen that waits for an answer, '' none
	asker TEXT NOT NULL DEFAULT '',        -- handler that asked
	state_sealed BLOB,                     -- the dialogue's answers so far, JSON, sealed
	asked_ms INTEGER NOT NULL DEFAULT 0,
	language TEXT NOT NULL DEFAULT '',     -- '' the gateway's
	neutral INTEGER NOT NULL DEFAULT -1,   -- 1 yes, 0 no, -1 by number (outside +62: yes)
	stopped INTEGER NOT NULL DEFAULT 0,    -- STOP: no announcements, no reminders
	stop_said_ms INTEGER NOT NULL DEFAULT 0,
	muted INTEGER NOT NULL DEFAULT 0,      -- DIAM: no SMS at all until the person writes
	last_in_ms INTEGER NOT NULL DEFAULT 0,
	last_link TEXT NOT NULL DEFAULT '',    -- the link last written to: notifications leave by it
	guard TEXT NOT NULL DEFAULT ''         -- the guard's counters, compact (engine/guard.c)
, spell_ms INTEGER NOT NULL DEFAULT 0, tree TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE session (                     -- every conversation: who, which bearer, when, each step, how it ended
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	peer TEXT NOT NULL, link TEXT NOT NULL,
	bearer TEXT NOT NULL,                  -- 'sms', 'ussd'
	began_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, ended_ms INTEGER,
	handler TEXT NOT NULL DEFAULT '',
	steps TEXT NOT NULL DEFAULT '',        -- 'node@ms_after_begin' separated by blanks; never what was typed
	ended TEXT NOT NULL DEFAULT ''         -- 'done', 'cancelled', 'expired', 'replaced'; '' while open
) STRICT;
CREATE TABLE village (                     -- the short code of the poster
	code TEXT PRIMARY KEY,                 -- '1203'
	name TEXT NOT NULL, name_folded TEXT NOT NULL,
	kecamatan TEXT NOT NULL, kabupaten TEXT NOT NULL, province TEXT NOT NULL,
	area_code TEXT NOT NULL DEFAULT '',    -- 10 digits of Kemendagri
	timezone TEXT NOT NULL DEFAULT 'Asia/Jakarta'
) STRICT, WITHOUT ROWID;
INSERT INTO village VALUES('1203','Sukamaju','sukamaju','Contoh','Lombok Tengah','NTB','5202031203','Asia/Makassar');
CREATE TABLE person (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	reg_no TEXT NOT NULL UNIQUE,           -- 9 digits
	code_hash BLOB NOT NULL,               -- keyed hash of the 4-digit code
	name TEXT NOT NULL,
	nik_sealed BLOB, nik_hash BLOB,        -- NULL without a NIK
	birth TEXT NOT NULL,                   -- YYYY-MM-DD
	sex TEXT NOT NULL,                     -- 'L', 'P', ''
	village TEXT NOT NULL DEFAULT '',      -- code, '' unclear
	village_text TEXT NOT NULL DEFAULT '', -- as written, when unclear
	country TEXT NOT NULL DEFAULT '',      -- name as shown, '' none yet
	stage TEXT NOT NULL DEFAULT 'terdaftar',
	stage_ms INTEGER NOT NULL, stage_note TEXT NOT NULL DEFAULT '', stage_by TEXT NOT NULL DEFAULT '',
	flags TEXT NOT NULL DEFAULT '',        -- soft flags for the officer, words separated by blanks
	created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
, waits_ms INTEGER, restricted INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO person VALUES(1,'test-01','407122836',X'56ba29118d3a0e4d32e8ab958adca037','SITI',X'c6ac9a9ebd246b15ecf8af19428cb6422ad630f6ab7ecf9a1d16396e0209b95f80bf31e86a4bd623bfe31e235454252a88d29fbf507a5a14',X'7c5be35edf40441e930e4e8997fd93dc','1990-08-17','P','1203','','HONG KONG','terdaftar',1000,'','','',1000,1000,NULL,0);
CREATE TABLE number (                      -- a number is not a person: phones are shared
	peer TEXT NOT NULL, person INTEGER NOT NULL REFERENCES person (id),
	since_ms INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'own',
	PRIMARY KEY (peer, person)
) STRICT, WITHOUT ROWID;
INSERT INTO number VALUES('+6281255500001',1,1000,'own');
CREATE TABLE consent (                     -- a recorded act
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	person INTEGER REFERENCES person (id), -- NULL: STOP or MULAI of a number
	peer TEXT NOT NULL, act TEXT NOT NULL, -- 'store' 'stop' 'start' 'refuse' 'erase-asked' 'erase-withdrawn'
	version TEXT NOT NULL DEFAULT '',      -- of the notice
	how TEXT NOT NULL, at_ms INTEGER NOT NULL
, officer TEXT NOT NULL DEFAULT '', paper TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO consent VALUES(1,1,'+6281255500001','store','v1','sms',1000,'','');
CREATE TABLE info (                        -- facts that can go stale: dated, approved rows
	topic TEXT NOT NULL, part INTEGER NOT NULL, -- 'DOKUMEN', 1
	text TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
	valid_from TEXT NOT NULL DEFAULT '', review_by TEXT NOT NULL DEFAULT '', -- YYYY-MM-DD, '' open
	approved_by TEXT NOT NULL DEFAULT '', approved_ms INTEGER,               -- NULL: a draft
	changed_ms INTEGER NOT NULL,
	PRIMARY KEY (topic, part)
) STRICT, WITHOUT ROWID;
INSERT INTO info VALUES('DOKUMEN',1,'KTP, KK, paspor','here','','2027-01-01','Ani',1001,1000);
CREATE TABLE schedule (                    -- trainings and village events
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	code TEXT NOT NULL UNIQUE,             -- 'J12'
	title TEXT NOT NULL,
	village TEXT NOT NULL,                 -- code; '' all villages
	starts_ms INTEGER NOT NULL, timezone TEXT NOT NULL,
	place TEXT NOT NULL,
	seats INTEGER NOT NULL DEFAULT 0,      -- 0 unlimited
	topic TEXT NOT NULL DEFAULT '',        -- USAHA KOPERASI WISATA ANAK ..
	state TEXT NOT NULL DEFAULT 'open',    -- open, cancelled
	approved_by TEXT NOT NULL DEFAULT '', approved_ms INTEGER,
	changed_ms INTEGER NOT NULL
, kabupaten TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL DEFAULT 1, was_ms INTEGER NOT NULL DEFAULT 0, news_after TEXT NOT NULL DEFAULT '', news_again_ms INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO schedule VALUES(1,'J12','Pemandu wisata','1203',5000,'Asia/Makassar','Balai Desa',2,'','open','',NULL,1000,'',1,0,'',0);
CREATE TABLE enrol (
	schedule INTEGER NOT NULL REFERENCES schedule (id),
	peer TEXT NOT NULL, person INTEGER REFERENCES person (id),
	state TEXT NOT NULL,                   -- 'in', 'remind', 'waiting', 'offered', 'out'
	at_ms INTEGER NOT NULL, reminded_ms INTEGER, told INTEGER NOT NULL DEFAULT 1,
	PRIMARY KEY (schedule, peer)
) STRICT, WITHOUT ROWID;
INSERT INTO enrol VALUES(1,'+6281255500001',1,'in',1002,NULL,1);
CREATE TABLE interest (                    -- MINAT: tell me when there is something about a topic
	peer TEXT NOT NULL, topic TEXT NOT NULL, at_ms INTEGER NOT NULL,
	PRIMARY KEY (peer, topic)
) STRICT, WITHOUT ROWID;
CREATE TABLE cases (                       -- cries for help and reports; never closed by what a phone sends
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	kind TEXT NOT NULL,                    -- 'sos', 'report'
	peer TEXT NOT NULL, person INTEGER REFERENCES person (id), village TEXT NOT NULL DEFAULT '',
	certain INTEGER NOT NULL,              -- 1 certain, 0 unclear
	state TEXT NOT NULL,                   -- 'open', 'asked' (unclear: silence counts as yes), 'taken', 'closed', 'withdrawn' (unclear, and the person said no)
	topic TEXT NOT NULL DEFAULT '', may_call INTEGER NOT NULL DEFAULT -1, anonymous INTEGER NOT NULL DEFAULT 0,
	opened_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, closed_ms INTEGER,
	taken_by TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '', added_said INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO cases VALUES(1,'test-01','sos','+6281255500001',NULL,'',1,'open','',-1,0,1000,1000,NULL,'','',0);
CREATE TABLE case_line (                   -- what was said in a case; the text itself is in inbox
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	cases INTEGER NOT NULL REFERENCES cases (id), inbox INTEGER REFERENCES inbox (id), at_ms INTEGER NOT NULL, what TEXT NOT NULL
) STRICT;
CREATE TABLE alert (                       -- each alert of a case carries its own code
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	cases INTEGER NOT NULL REFERENCES cases (id), peer TEXT NOT NULL, code TEXT NOT NULL, at_ms INTEGER NOT NULL,
	outbox INTEGER REFERENCES outbox (id)
) STRICT;
CREATE TABLE unknown_text (                -- texts that nobody understood: the officer's queue and the source of new aliases
	inbox INTEGER PRIMARY KEY REFERENCES inbox (id), peer TEXT NOT NULL, at_ms INTEGER NOT NULL, forwarded INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE command (                     -- writes of the command line, by the caller's id: repeating one has no second effect
	id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, verb TEXT NOT NULL, reply TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (                       -- MAC-chained; ids and keyed hashes only
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, mac BLOB NOT NULL
) STRICT;
INSERT INTO audit VALUES(1,'test-01',1001,'uid:0','info.approve','info:DOKUMEN',X'908a88f675155172df2b9d2376f72667');
INSERT INTO audit VALUES(2,'test-01',1002,'uid:0','person.stage','person:1',X'9cd144d5c3f9ba95809a4890152c5d2f');
CREATE TABLE part_set (                    -- a long message of which parts have come: one row until it is handled and old
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	self TEXT NOT NULL,                    -- our number: parts may come by two modems of one number
	peer TEXT NOT NULL,
	ref INTEGER NOT NULL, wide INTEGER NOT NULL, total INTEGER NOT NULL, -- 3GPP TS 23.040, 9.2.3.24.1 and .8
	link TEXT NOT NULL,                    -- that brought its first part
	first_ms INTEGER NOT NULL,
	have INTEGER NOT NULL DEFAULT 0,       -- parts that came
	inbox INTEGER,                         -- a cry in one of its parts was handled at once, as this message
	done INTEGER NOT NULL DEFAULT 0        -- 1: handled; kept to recognise what comes late
) STRICT;
CREATE TABLE part (
	part_set INTEGER NOT NULL REFERENCES part_set (id),
	no INTEGER NOT NULL,                   -- from 1
	text_hash BLOB NOT NULL,               -- keyed: the same part again, or another one?
	text_sealed BLOB,                      -- NULL once the message is handled
	coding INTEGER NOT NULL, smsc_s INTEGER NOT NULL,
	PRIMARY KEY (part_set, no)
) STRICT, WITHOUT ROWID;
CREATE TABLE alarm (                       -- what operators should know; open while ended_ms is NULL
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL DEFAULT '',      -- a link, an id; '' the gateway itself
	words TEXT NOT NULL DEFAULT '',        -- what, for `kabar alarm`; nothing personal
	since_ms INTEGER NOT NULL,
	told_ms INTEGER,                       -- last SMS about it
	ended_ms INTEGER
) STRICT;
CREATE TABLE silence (                     -- messages that got no answer, counted by hour and reason, for `kabar status`
	hour_ms INTEGER NOT NULL, why TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY (hour_ms, why)
) STRICT, WITHOUT ROWID;
CREATE TABLE ussd (                        -- one row a session of a USSD gateway, until an hour after its end: a repeated request gets the same answer
	link TEXT NOT NULL,
	session TEXT NOT NULL,                 -- the gateway's id of it
	gateway TEXT NOT NULL,
	peer TEXT NOT NULL,
	began_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
	ends_ms INTEGER,                       -- when it is over unless something comes; NULL: it is over
	taken_n INTEGER NOT NULL DEFAULT 0,    -- bytes of all that was typed, where the gateway tells it anew each time; and their keyed hash
	taken_hash BLOB,
	steps INTEGER NOT NULL DEFAULT 0,      -- answers taken
	asked_ms INTEGER NOT NULL DEFAULT 0,   -- conversation.asked_ms when its screen was shown: later, another bearer went on
	answer_sealed BLOB,                    -- the whole text last answered, all pages
	page INTEGER NOT NULL DEFAULT 0,
	about TEXT NOT NULL DEFAULT '',        -- 'question', 'text' (over an open question), 'last' (nothing is open)
	owed INTEGER NOT NULL DEFAULT 0,       -- 1: a last text that nobody said was shown
	ended TEXT NOT NULL DEFAULT '',        -- 'done', 'aborted', 'timeout', 'replaced', 'late'; '' open
	PRIMARY KEY (link, session)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage (                       -- every stage a person was set to; the present one is in person
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	person INTEGER NOT NULL REFERENCES person (id),
	stage TEXT NOT NULL, at_ms INTEGER NOT NULL, note TEXT NOT NULL DEFAULT '', officer TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO stage VALUES(1,1,'terdaftar',1000,'','');
CREATE TABLE attempt (                     -- what was tried or said, to be counted; forgotten after a month
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	who BLOB NOT NULL,                     -- keyed hash of a number, or of a registration number, whether there is such a one or not
	what TEXT NOT NULL,                    -- 'status' (a wrong code), 'code' (a new one), 'shown', 'warned'
	at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE invited (                     -- AJAK: a number is invited once, ever
	peer_hash BLOB PRIMARY KEY, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE area (                        -- Kemendagri's table, as imported: 2 digits a province, 4 a kabupaten or kota, 6 a kecamatan, 10 a village
	code TEXT PRIMARY KEY,                 -- without dots
	name TEXT NOT NULL, name_folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE news (                        -- who was told unasked of which event: once of each, once a day
	schedule INTEGER NOT NULL REFERENCES schedule (id), peer TEXT NOT NULL, at_ms INTEGER NOT NULL,
	PRIMARY KEY (schedule, peer)
) STRICT, WITHOUT ROWID;
CREATE TABLE import (                      -- a file that is taken in by slices; its rows come from the command line
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	kind TEXT NOT NULL,                    -- 'people', 'stages', 'schedule', 'info', 'areas'
	digest BLOB NOT NULL,                  -- of the file: the same file goes on where it stopped
	rows_n INTEGER NOT NULL, done_n INTEGER NOT NULL DEFAULT 0,
	state TEXT NOT NULL DEFAULT 'running', -- running, done, failed
	by TEXT NOT NULL DEFAULT '', began_ms INTEGER NOT NULL, ended_ms INTEGER, why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE asked (                       -- questions by topic, counted: '?' is what nobody understood
	month TEXT NOT NULL,                   -- '2026-11'
	village TEXT NOT NULL, topic TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY (month, village, topic)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "request" (
	id INTEGER PRIMARY KEY AUTOINCREMENT,  -- shown as H<id>
	person INTEGER REFERENCES person (id), -- NULL: erased
	peer TEXT NOT NULL,                    -- '' erased, or by an officer
	kind TEXT NOT NULL,                    -- 'erase', 'copy', 'correct', 'withdraw', 'restrict', 'call' (S2 promised it)
	state TEXT NOT NULL,                   -- 'asked' (code sent), 'open', 'withdrawn', 'done'
	code_hash BLOB, at_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
	done_ms INTEGER, officer TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE erased (                      -- keyed hashes of who was erased: a restored backup forgets them again
	kind TEXT NOT NULL,                    -- 'person' (of the registration number), 'stop' (of a number that had said STOP)
	key BLOB NOT NULL, at_ms INTEGER NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE retention (                   -- how long what is kept, and why it may be
	purpose TEXT PRIMARY KEY,              -- 'messages', 'sessions', 'cases', 'registration', 'requests'
	days INTEGER NOT NULL,                 -- after the last use; 0 without end
	basis TEXT NOT NULL,                   -- article of UU 27/2022
	approved_by TEXT NOT NULL DEFAULT '', approved_ms INTEGER -- NULL: a draft
) STRICT, WITHOUT ROWID;
INSERT INTO retention VALUES('answers',90,'art. 16(2)g, 44: what they were told','',NULL);
INSERT INTO retention VALUES('cases',1825,'art. 20(2)d, e: vital interest and public task','',NULL);
INSERT INTO retention VALUES('messages',90,'art. 16(2)g, 44: what people wrote, no longer than answers and doubts about them need','',NULL);
INSERT INTO retention VALUES('registration',730,'art. 16(2)g: until two years after purna','',NULL);
INSERT INTO retention VALUES('sessions',365,'art. 31: record of processing','',NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('request',NULL);
INSERT INTO sqlite_sequence VALUES('person',1);
INSERT INTO sqlite_sequence VALUES('stage',1);
INSERT INTO sqlite_sequence VALUES('consent',1);
INSERT INTO sqlite_sequence VALUES('schedule',1);
INSERT INTO sqlite_sequence VALUES('cases',1);
INSERT INTO sqlite_sequence VALUES('audit',2);
CREATE INDEX outbox_next ON outbox (route, lane, due_ms, id) WHERE state = 'QUEUED';
CREATE INDEX outbox_by_inbox ON outbox (inbox) WHERE inbox IS NOT NULL;
CREATE INDEX submit_by_outbox ON submit (outbox);
CREATE INDEX submit_open ON submit (link, epoch, id) WHERE state = 'OUT';
CREATE INDEX submit_unknown ON submit (link, at_ms) WHERE state = 'UNKNOWN';
CREATE INDEX submit_by_ref ON submit (link, net_ref, id) WHERE state = 'SENT';
CREATE INDEX report_early_by_ref ON report_early (link, net_ref);
CREATE INDEX report_early_by_time ON report_early (at_ms);
CREATE INDEX dead_letter_by_inbox ON dead_letter (inbox) WHERE inbox IS NOT NULL;
CREATE INDEX due_by_time ON due (at_ms, id);
CREATE INDEX due_by_subject ON due (kind, subject);
CREATE INDEX job_running ON job (id) WHERE state = 'running';
CREATE INDEX conversation_idle ON conversation (asked_ms) WHERE question <> '' OR state_sealed IS NOT NULL;
CREATE INDEX session_open ON session (last_ms) WHERE ended_ms IS NULL;
CREATE INDEX village_by_name ON village (name_folded);
CREATE INDEX village_by_area ON village (area_code) WHERE area_code <> '';
CREATE INDEX person_by_nik ON person (nik_hash) WHERE nik_hash IS NOT NULL;
CREATE INDEX person_by_village ON person (village);
CREATE INDEX number_by_person ON number (person);
CREATE INDEX consent_by_person ON consent (person);
CREATE INDEX schedule_by_village ON schedule (village, starts_ms);
CREATE INDEX schedule_by_time ON schedule (starts_ms);
CREATE INDEX enrol_by_peer ON enrol (peer);
CREATE INDEX enrol_by_person ON enrol (person) WHERE person IS NOT NULL;
CREATE INDEX cases_by_peer ON cases (peer, id);
CREATE INDEX cases_by_person ON cases (person) WHERE person IS NOT NULL;
CREATE INDEX cases_open ON cases (kind, opened_ms) WHERE closed_ms IS NULL;
CREATE INDEX case_line_by_case ON case_line (cases);
CREATE INDEX case_line_by_inbox ON case_line (inbox) WHERE inbox IS NOT NULL;
CREATE INDEX alert_by_case ON alert (cases);
CREATE INDEX alert_by_peer ON alert (peer, code);
CREATE INDEX alert_by_outbox ON alert (outbox) WHERE outbox IS NOT NULL;
CREATE INDEX unknown_by_peer ON unknown_text (peer, inbox);
CREATE INDEX audit_by_gateway ON audit (gateway, id);
CREATE INDEX part_set_by_key ON part_set (peer, ref, total);
CREATE INDEX part_set_by_time ON part_set (done, first_ms);
CREATE INDEX alarm_open ON alarm (kind, subject) WHERE ended_ms IS NULL;
CREATE INDEX alarm_by_time ON alarm (since_ms);
CREATE INDEX alarm_told ON alarm (kind, told_ms) WHERE told_ms IS NOT NULL;
CREATE INDEX outbox_again ON outbox (peer, lane, id) WHERE state = 'QUEUED' AND attempt > 0;
CREATE INDEX ussd_open ON ussd (ends_ms) WHERE ends_ms IS NOT NULL;
CREATE INDEX ussd_of_peer ON ussd (peer) WHERE ends_ms IS NOT NULL;
CREATE INDEX ussd_over ON ussd (last_ms) WHERE ends_ms IS NULL;
CREATE INDEX person_waits ON person (waits_ms) WHERE waits_ms IS NOT NULL;
CREATE INDEX person_by_time ON person (created_ms, village);
CREATE INDEX stage_by_person ON stage (person);
CREATE INDEX attempt_by_who ON attempt (who, what, at_ms);
CREATE INDEX attempt_by_time ON attempt (at_ms);
CREATE INDEX area_by_name ON area (name_folded);
CREATE INDEX enrol_by_state ON enrol (schedule, state, at_ms);
CREATE INDEX enrol_by_told ON enrol (schedule, told);
CREATE INDEX enrol_unreminded ON enrol (schedule) WHERE reminded_ms IS NULL;
CREATE INDEX interest_by_topic ON interest (topic, peer);
CREATE INDEX village_by_kabupaten ON village (kabupaten);
CREATE INDEX news_by_peer ON news (peer);
CREATE UNIQUE INDEX import_by_digest ON import (kind, digest);
CREATE INDEX request_by_person ON request (person);
CREATE INDEX request_by_peer ON request (peer, kind);
CREATE INDEX request_open ON request (due_ms) WHERE state = 'open';
CREATE INDEX person_by_end ON person (stage_ms) WHERE stage = 'purna';
COMMIT;
