-- SPDX-License-Identifier: GPL-2.0-or-later
-- People: who agreed and how, whose a number still is, areas, what is told to those enrolled, files taken in, the law's clocks.

ALTER TABLE person ADD COLUMN waits_ms INTEGER;                          -- nobody has agreed yet ("menunggu setuju"): erased then; NULL: there is consent
ALTER TABLE person ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;     -- 1: only kept, used for nothing (UU 27/2022, art. 41)
CREATE INDEX person_waits ON person (waits_ms) WHERE waits_ms IS NOT NULL;
CREATE INDEX person_by_time ON person (created_ms, village);

-- 'own', 'former': the person moved to another number. since_ms is of the state; of an own number it moves on when the code is shown from it.
ALTER TABLE number ADD COLUMN state TEXT NOT NULL DEFAULT 'own';
ALTER TABLE consent ADD COLUMN officer TEXT NOT NULL DEFAULT '';         -- who saw it given, '' nobody was needed
ALTER TABLE consent ADD COLUMN paper TEXT NOT NULL DEFAULT '';           -- number of the paper form, '' none

CREATE TABLE stage (                       -- every stage a person was set to; the present one is in person
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	person INTEGER NOT NULL REFERENCES person (id),
	stage TEXT NOT NULL, at_ms INTEGER NOT NULL, note TEXT NOT NULL DEFAULT '', officer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX stage_by_person ON stage (person);

DROP TABLE attempt;                        -- counts of a month at most, and numbers in clear: not worth keeping
CREATE TABLE attempt (                     -- what was tried or said, to be counted; forgotten after a month
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	who BLOB NOT NULL,                     -- keyed hash of a number, or of a registration number, whether there is such a one or not
	what TEXT NOT NULL,                    -- 'status' (a wrong code), 'code' (a new one), 'shown', 'warned'
	at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_by_who ON attempt (who, what, at_ms);
CREATE INDEX attempt_by_time ON attempt (at_ms);

CREATE TABLE invited (                     -- AJAK: a number is invited once, ever
	peer_hash BLOB PRIMARY KEY, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE area (                        -- Kemendagri's table, as imported: 2 digits a province, 4 a kabupaten or kota, 6 a kecamatan, 10 a village
	code TEXT PRIMARY KEY,                 -- without dots
	name TEXT NOT NULL, name_folded TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX area_by_name ON area (name_folded);

ALTER TABLE schedule ADD COLUMN kabupaten TEXT NOT NULL DEFAULT '';      -- as village.kabupaten has it: all its villages; '' by `village`
ALTER TABLE schedule ADD COLUMN version INTEGER NOT NULL DEFAULT 1;      -- of date, hour and place
ALTER TABLE schedule ADD COLUMN was_ms INTEGER NOT NULL DEFAULT 0;       -- the earliest beginning that somebody may still know, 0 none but the present one
ALTER TABLE schedule ADD COLUMN news_after TEXT NOT NULL DEFAULT '';     -- those who are interested are told of it up to this number ..
ALTER TABLE schedule ADD COLUMN news_again_ms INTEGER NOT NULL DEFAULT 0; -- .. and those who were passed over from then on, 0 none
ALTER TABLE enrol ADD COLUMN told INTEGER NOT NULL DEFAULT 1;            -- the version of the schedule that the person knows
CREATE INDEX enrol_by_state ON enrol (schedule, state, at_ms);
CREATE INDEX enrol_by_told ON enrol (schedule, told);
CREATE INDEX enrol_unreminded ON enrol (schedule) WHERE reminded_ms IS NULL;
CREATE INDEX interest_by_topic ON interest (topic, peer);
CREATE INDEX village_by_kabupaten ON village (kabupaten);
CREATE TABLE news (                        -- who was told unasked of which event: once of each, once a day
	schedule INTEGER NOT NULL REFERENCES schedule (id), peer TEXT NOT NULL, at_ms INTEGER NOT NULL,
	PRIMARY KEY (schedule, peer)
) STRICT, WITHOUT ROWID;
CREATE INDEX news_by_peer ON news (peer);
ALTER TABLE outbox ADD COLUMN enrolled INTEGER NOT NULL DEFAULT 0;       -- 1: of something the person enrolled in: goes out in spite of STOP, not of DIAM

CREATE TABLE import (                      -- a file that is taken in by slices; its rows come from the command line
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	gateway TEXT NOT NULL,
	kind TEXT NOT NULL,                    -- 'people', 'stages', 'schedule', 'info', 'areas'
	digest BLOB NOT NULL,                  -- of the file: the same file goes on where it stopped
	rows_n INTEGER NOT NULL, done_n INTEGER NOT NULL DEFAULT 0,
	state TEXT NOT NULL DEFAULT 'running', -- running, done, failed
	by TEXT NOT NULL DEFAULT '', began_ms INTEGER NOT NULL, ended_ms INTEGER, why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX import_by_digest ON import (kind, digest);

CREATE TABLE asked (                       -- questions by topic, counted: '?' is what nobody understood
	month TEXT NOT NULL,                   -- '2026-11'
	village TEXT NOT NULL, topic TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY (month, village, topic)
) STRICT, WITHOUT ROWID;

-- What a person asked of his data, or an officer for him; the row outlives the person as proof, without him.
CREATE TABLE request_new (
	id INTEGER PRIMARY KEY AUTOINCREMENT,  -- shown as H<id>
	person INTEGER REFERENCES person (id), -- NULL: erased
	peer TEXT NOT NULL,                    -- '' erased, or by an officer
	kind TEXT NOT NULL,                    -- 'erase', 'copy', 'correct', 'withdraw', 'restrict', 'call' (S2 promised it)
	state TEXT NOT NULL,                   -- 'asked' (code sent), 'open', 'withdrawn', 'done'
	code_hash BLOB, at_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,
	done_ms INTEGER, officer TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO request_new (id, person, peer, kind, state, code_hash, at_ms, due_ms)
	SELECT id, person, peer, kind, state, code_hash, at_ms, due_ms FROM request;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'request') WHERE name = 'request_new';
DROP TABLE request;
ALTER TABLE request_new RENAME TO request;
CREATE INDEX request_by_person ON request (person);
CREATE INDEX request_by_peer ON request (peer, kind);
CREATE INDEX request_open ON request (due_ms) WHERE state = 'open';

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
CREATE INDEX person_by_end ON person (stage_ms) WHERE stage = 'purna';
INSERT INTO retention (purpose, days, basis) VALUES -- drafts: nothing is blanked before a person approved them
	('messages', 90, 'art. 16(2)g, 44: what people wrote, no longer than answers and doubts about them need'),
	('answers', 90, 'art. 16(2)g, 44: what they were told'),
	('sessions', 365, 'art. 31: record of processing'),
	('registration', 730, 'art. 16(2)g: until two years after purna'),
	('cases', 1825, 'art. 20(2)d, e: vital interest and public task');
