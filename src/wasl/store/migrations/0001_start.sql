-- One dialect subset for SQLite and PostgreSQL. Placeholders: {{bytes}}, {{id}} (a generated key), {{hot_row}} (a row that
-- changes all the time), {{changing_rows}} (many that change now and then), {{clustered}} (rows that lie in the order of
-- their key), {{whole_rows}} (rows that are read once, and not worth squeezing), {{bytewise}} (text in the order of its code
-- points, whatever the language of the database).
-- An index names first what few rows have in common: before its first statistics PostgreSQL takes an account for one of
-- hundreds, and would go through all of it rather than to a row.
-- Times are milliseconds since 1970, UTC, unless a name says otherwise. Within an account, whatever is made together
-- with an event takes that event's sequence as its key: unique, small, ascending, and known before the insert.

CREATE TABLE accounts (
  id {{id}},
  name TEXT NOT NULL UNIQUE,
  created_ms BIGINT NOT NULL
);

CREATE TABLE account_stream (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
  head_sequence BIGINT NOT NULL DEFAULT 0,
  head_tag BIGINT NOT NULL DEFAULT 0,
  trim_sequence BIGINT NOT NULL DEFAULT 0, -- everything up to here has been deleted from events
  trim_tag BIGINT NOT NULL DEFAULT 0       -- the tag of that event, so that a cursor exactly at the edge still resumes
) {{hot_row}};

CREATE TABLE operators (
  id {{id}},
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  status TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  token_version BIGINT NOT NULL DEFAULT 1,
  scope_sequence BIGINT NOT NULL DEFAULT 0,
  disabled BIGINT NOT NULL DEFAULT 0,
  created_ms BIGINT NOT NULL
);

CREATE TABLE ended_sessions (
  session_id TEXT PRIMARY KEY,
  expires_ms BIGINT NOT NULL
);

CREATE TABLE channels (
  id {{id}},
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  provider TEXT NOT NULL,
  phone_number_id TEXT NOT NULL,
  display_phone_number TEXT,
  name TEXT,
  region TEXT,
  channel_key TEXT NOT NULL UNIQUE, -- the unguessable part of its own webhook URL
  api_base_url TEXT NOT NULL,
  api_version TEXT NOT NULL,
  secrets {{bytes}} NOT NULL, -- app secret, verify token and access token, encrypted
  created_ms BIGINT NOT NULL,
  UNIQUE (provider, phone_number_id)
);

CREATE TABLE contacts (
  account_id BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  name TEXT,
  language TEXT,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, contact_id)
);

CREATE TABLE contact_identities (
  account_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  contact_id BIGINT NOT NULL,
  PRIMARY KEY (account_id, value, kind)
);

-- Every message changes its conversation's row. What changes each time stands in no index of this table, so that
-- PostgreSQL may write the new version beside the old one and leave all indexes alone: see conversation_places.
CREATE TABLE conversations (
  account_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  conversation_id TEXT NOT NULL,
  channel_id BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL, -- of the last activity: the order of the list
  status TEXT NOT NULL,
  operator_id BIGINT,
  operator_name TEXT,
  handover_epoch BIGINT NOT NULL DEFAULT 0,
  waiting_since_ms BIGINT,
  priority BIGINT NOT NULL DEFAULT 0,
  sentiment TEXT,
  clock BIGINT NOT NULL DEFAULT 0, -- the four clocks of domain/position.py, in seconds of the provider
  reply_floor BIGINT NOT NULL DEFAULT 0,
  history_clock BIGINT NOT NULL DEFAULT 0,
  first_live_clock BIGINT,
  message_count BIGINT NOT NULL DEFAULT 0,
  inbound_count BIGINT NOT NULL DEFAULT 0, -- live messages of the customer: unread counts come from it
  last_message TEXT,                       -- JSON, what a row of the list shows of it
  last_activity_ms BIGINT NOT NULL,
  window_from_ms BIGINT,                   -- the customer's last live message, by WhatsApp's clock
  created_ms BIGINT NOT NULL,
  customer TEXT NOT NULL, -- JSON: name, phone, username, bsuid, identities, so that a list needs no join
  search_text TEXT NOT NULL,
  PRIMARY KEY (conversation_key, account_id),
  UNIQUE (conversation_id, account_id)
) {{changing_rows}};
CREATE UNIQUE INDEX conversations_of_contact ON conversations (contact_id, account_id, channel_id);
-- The queue, the open conversations of each operator, and moods: only the rows that are in question stand in them.
CREATE INDEX conversations_waiting ON conversations (account_id, priority DESC, waiting_since_ms, conversation_key)
  WHERE status = 'waiting_human';
CREATE INDEX conversations_of_operator ON conversations (account_id, operator_id) WHERE status = 'human';
CREATE INDEX conversations_by_sentiment ON conversations (account_id, sentiment) WHERE sentiment IS NOT NULL;

-- Where each conversation stands in the list: last_sequence and status once more, in rows that are cheap to move.
CREATE TABLE conversation_places (
  account_id BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL,
  status TEXT NOT NULL,
  conversation_key BIGINT NOT NULL,
  PRIMARY KEY (account_id, last_sequence)
) {{clustered}};
CREATE INDEX conversation_places_by_status ON conversation_places (account_id, status, last_sequence);

-- What conversations are found by: see store/search.py.
CREATE TABLE conversation_words (
  account_id BIGINT NOT NULL,
  word TEXT {{bytewise}} NOT NULL,
  conversation_key BIGINT NOT NULL,
  PRIMARY KEY (account_id, word, conversation_key)
) {{clustered}};

CREATE TABLE conversation_totals (
  account_id BIGINT NOT NULL,
  status TEXT NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (account_id, status)
);

CREATE TABLE messages (
  account_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  message_id TEXT NOT NULL,
  provider_message_id TEXT, -- of our own messages, once the provider has named them
  client_message_id TEXT,
  version BIGINT NOT NULL,
  clock BIGINT NOT NULL, -- with sequence: the immutable position
  role TEXT NOT NULL,
  origin TEXT NOT NULL,
  type TEXT NOT NULL,
  content TEXT NOT NULL,
  status TEXT,
  error TEXT,
  operator_id BIGINT,
  author_name TEXT,
  reply_to TEXT,
  reply_preview TEXT,
  reactions TEXT,
  media TEXT,
  metadata TEXT NOT NULL,
  timestamp_ms BIGINT NOT NULL,
  received_ms BIGINT NOT NULL,
  saved_ms BIGINT NOT NULL,
  edited_ms BIGINT,
  deleted_ms BIGINT,
  hops TEXT, -- JSON list of [hop, ms, detail] for what happened after it was saved
  PRIMARY KEY (account_id, sequence)
);
CREATE UNIQUE INDEX messages_id ON messages (channel_id, message_id);
CREATE UNIQUE INDEX messages_provider_id ON messages (channel_id, provider_message_id) WHERE provider_message_id IS NOT NULL;
CREATE UNIQUE INDEX messages_client_id ON messages (account_id, client_message_id) WHERE client_message_id IS NOT NULL;
CREATE UNIQUE INDEX messages_page ON messages (conversation_key, account_id, clock, sequence);

CREATE TABLE read_markers (
  account_id BIGINT NOT NULL,
  operator_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  read_sequence BIGINT NOT NULL,
  read_inbound BIGINT NOT NULL, -- how many live inbound messages stand up to read_sequence
  PRIMARY KEY (operator_id, conversation_key)
) {{clustered}};

CREATE TABLE events (
  account_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  tag BIGINT NOT NULL,
  kind TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  payload TEXT NOT NULL, -- JSON, as it leaves in a frame
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, sequence)
) {{whole_rows}};

CREATE TABLE outbox (
  account_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL, -- of the message
  channel_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  state TEXT NOT NULL, -- queued, sending or unknown; a settled message has no row
  attempt BIGINT NOT NULL DEFAULT 0,
  due_ms BIGINT NOT NULL, -- this and the lease by the database's clock, which all nodes share
  lease_ms BIGINT,
  node TEXT, -- whose attempt it is, or was; see nodes
  last_error TEXT,
  PRIMARY KEY (account_id, sequence)
);
CREATE INDEX outbox_due ON outbox (state, due_ms);
CREATE INDEX outbox_line ON outbox (account_id, conversation_key, sequence);

-- The nodes that live: each renews its row all the time, and a row that is not renewed is deleted by another node.
CREATE TABLE nodes (
  node TEXT PRIMARY KEY, -- the name and, after it, the life: a node that restarts is another one
  name TEXT NOT NULL,
  seen_ms BIGINT NOT NULL,
  ahead_ms BIGINT NOT NULL -- how far its clock is ahead of the database's
) {{hot_row}};

-- Work by the clock, each of which one node does at a time.
CREATE TABLE duties (
  name TEXT PRIMARY KEY,
  node TEXT NOT NULL,
  until_ms BIGINT NOT NULL
);

CREATE TABLE seen_updates (
  channel_id BIGINT NOT NULL,
  update_id TEXT NOT NULL,
  PRIMARY KEY (channel_id, update_id)
);

CREATE TABLE parked_updates (
  account_id BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  target_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL, -- of the update, so that a second delivery parks nothing
  body TEXT NOT NULL, -- JSON of store/parked.py
  received_ms BIGINT NOT NULL,
  PRIMARY KEY (channel_id, target_id, fingerprint)
);

CREATE TABLE webhook_raw (
  id {{id}},
  account_id BIGINT NOT NULL, -- 0 while nobody's
  provider TEXT NOT NULL,
  phone_number_id TEXT,
  proof TEXT NOT NULL, -- fingerprint of the secret that signed it
  outcome TEXT NOT NULL, -- quarantined or set_aside
  reason TEXT NOT NULL,
  updates BIGINT NOT NULL, -- how many updates of the ledger it holds
  fingerprint TEXT NOT NULL,
  body {{bytes}} NOT NULL,
  received_ms BIGINT NOT NULL,
  done_ms BIGINT
);
CREATE INDEX webhook_raw_open ON webhook_raw (outcome, id);
CREATE UNIQUE INDEX webhook_raw_once ON webhook_raw (proof, fingerprint);

CREATE TABLE ledger (
  account_id BIGINT PRIMARY KEY, -- 0: not yet anybody's
  received BIGINT NOT NULL DEFAULT 0,
  stored BIGINT NOT NULL DEFAULT 0,
  duplicates BIGINT NOT NULL DEFAULT 0,
  quarantined BIGINT NOT NULL DEFAULT 0,
  set_aside BIGINT NOT NULL DEFAULT 0
) {{hot_row}};
INSERT INTO ledger (account_id) VALUES (0);

CREATE TABLE settings_version (
  only_row BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO settings_version (only_row, version) VALUES (1, 1);

CREATE TABLE installation (
  only_row BIGINT PRIMARY KEY,
  secret_check TEXT NOT NULL -- derived from WASL_SECRET_KEY, so that a start with another key is refused
);
