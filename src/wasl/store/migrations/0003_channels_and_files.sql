-- What a number is set up by beside its secrets, as its provider's form asks for it: JSON of field -> text. The API's
-- version is one of them from now on.
ALTER TABLE channels ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
-- Messages a second that the provider takes from this number; NULL: what is usual there.
ALTER TABLE channels ADD COLUMN per_second BIGINT;
-- What an administrator has tried and switched on, words separated by commas.
ALTER TABLE channels ADD COLUMN switched_on TEXT NOT NULL DEFAULT '';

-- Files by what they contain, once for each account. Where the bytes lie is the file store's; the hash is their name.
CREATE TABLE files (
  account_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL, -- hex
  mime_type TEXT NOT NULL, -- as found out from the bytes
  bytes BIGINT NOT NULL,
  width BIGINT,
  height BIGINT,
  duration_ms BIGINT,
  peaks TEXT, -- JSON: how loud it is, 64 numbers from 0 to 100
  thumbnail TEXT, -- sha256 of a small JPEG
  animated BIGINT NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL, -- when it was brought last, by the database's clock
  PRIMARY KEY (account_id, sha256)
);
CREATE INDEX files_thumbnail ON files (account_id, thumbnail) WHERE thumbnail IS NOT NULL;
CREATE INDEX files_created ON files (created_ms, account_id, sha256);

-- Which messages show a file: one that no message and no upload names is deleted.
CREATE TABLE file_uses (
  account_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  sequence BIGINT NOT NULL, -- of the message
  PRIMARY KEY (account_id, sha256, sequence)
);

-- Files that operators brought and have not sent yet.
CREATE TABLE uploads (
  account_id BIGINT NOT NULL,
  upload_id TEXT NOT NULL,
  operator_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  kind TEXT NOT NULL, -- the type of message that it becomes
  name TEXT NOT NULL,
  created_ms BIGINT NOT NULL, -- by the database's clock
  PRIMARY KEY (account_id, upload_id)
);
CREATE INDEX uploads_sha256 ON uploads (account_id, sha256);
CREATE INDEX uploads_created ON uploads (created_ms);

-- Files of customers that must still be fetched from the provider; one that is there has no row.
CREATE TABLE media_jobs (
  account_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL, -- of the message
  channel_id BIGINT NOT NULL,
  media TEXT NOT NULL, -- JSON: how the provider named it
  state TEXT NOT NULL, -- waiting, fetching or failed
  attempt BIGINT NOT NULL DEFAULT 0,
  due_ms BIGINT NOT NULL, -- these three by the database's clock, as in outbox
  lease_ms BIGINT,
  since_ms BIGINT NOT NULL,
  node TEXT,
  last_error TEXT,
  PRIMARY KEY (account_id, sequence)
);
CREATE INDEX media_jobs_due ON media_jobs (state, due_ms);
-- Until now a message only told how the provider named its file. They are fetched now, as far as they can still be had.
INSERT INTO media_jobs (account_id, sequence, channel_id, media, state, due_ms, since_ms)
  SELECT account_id, sequence, channel_id, media, 'waiting', 0, 0 FROM messages WHERE media IS NOT NULL;
UPDATE messages SET media = '{"state":"pending","sha256":null,"url":null,"thumbnail_url":null,"mime_type":null,'
  || '"bytes":null,"name":null,"duration_seconds":null,"width":null,"height":null,"peaks":[],"voice":'
  || CASE WHEN type = 'voice' THEN 'true' ELSE 'false' END || ',"animated":false,"error":null,"can_retry":false}'
  WHERE media IS NOT NULL;

-- The file that a message takes along; its provider must have it before the message leaves.
ALTER TABLE outbox ADD COLUMN sha256 TEXT;
-- Attempts that failed and count; and whether it may leave only while the customer's window is open.
ALTER TABLE outbox ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN windowed BIGINT NOT NULL DEFAULT 0;
-- What the provider calls a file that we left there; nothing while somebody is bringing it.
CREATE TABLE provider_files (
  channel_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  expires_ms BIGINT NOT NULL, -- by the database's clock
  PRIMARY KEY (channel_id, sha256, mime_type)
);

-- Reactions and read receipts that must still be told; the newest word about a message is the only one. A row of `read`
-- stays as the mark up to where it was told, and one of `typing` tells when customers were shown that last.
CREATE TABLE signals (
  account_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  kind TEXT NOT NULL, -- reaction, read or typing
  target TEXT NOT NULL, -- our id of the message; but of a whole conversation ''
  channel_id BIGINT NOT NULL,
  message_id TEXT NOT NULL, -- what the provider calls it
  emoji TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL, -- another one for every newer word
  attempt BIGINT NOT NULL DEFAULT 0, -- of this word
  claims BIGINT NOT NULL DEFAULT 0, -- of all words
  due_ms BIGINT, -- these three by the database's clock; NULL: nothing is to be told
  since_ms BIGINT NOT NULL,
  lease_ms BIGINT,
  node TEXT,
  PRIMARY KEY (account_id, conversation_key, kind, target)
);
CREATE INDEX signals_due ON signals (due_ms) WHERE due_ms IS NOT NULL;
-- The business has one reaction to a message, on its phone or by an operator.
UPDATE messages SET reactions = REPLACE(reactions, '"from":"phone"', '"from":"business"')
  WHERE reactions LIKE '%"from":"phone"%';
UPDATE parked_updates SET body = REPLACE(body, '"actor":"phone"', '"actor":"business"')
  WHERE body LIKE '%"actor":"phone"%';

-- Message templates, as the provider listed them last or an administrator entered them.
CREATE TABLE templates (
  account_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  language TEXT NOT NULL,
  category TEXT NOT NULL,
  status TEXT NOT NULL,
  quality TEXT,
  components TEXT NOT NULL, -- JSON
  changed_ms BIGINT NOT NULL,
  PRIMARY KEY (channel_id, name, language)
);

-- When a channel's templates were listed last, and when that was last tried; both by the database's clock.
CREATE TABLE template_syncs (
  channel_id BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL,
  synced_ms BIGINT,
  tried_ms BIGINT NOT NULL
);
