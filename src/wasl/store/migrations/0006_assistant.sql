-- The assistant: what it is set to, what it knows, whom it still has to answer, and what it made of each question.

ALTER TABLE conversations ADD COLUMN language TEXT;
ALTER TABLE conversations ADD COLUMN mood BIGINT NOT NULL DEFAULT 0; -- from -100 to 100; `sentiment` is the word for it
ALTER TABLE conversations ADD COLUMN handover_reason TEXT;           -- why a person is needed, until it is given back or ended
ALTER TABLE conversations ADD COLUMN tags TEXT;                      -- JSON list of words
ALTER TABLE conversations ADD COLUMN window_level BIGINT NOT NULL DEFAULT 0; -- 1: four hours are left of it, 2: one
ALTER TABLE conversations ADD COLUMN told_until_ms BIGINT; -- until when the customer knows that nobody is there
ALTER TABLE conversations ADD COLUMN settled_sequence BIGINT NOT NULL DEFAULT 0; -- what was said until it was ended
CREATE INDEX conversations_by_language ON conversations (account_id, language) WHERE language IS NOT NULL;
CREATE INDEX conversations_waiting_for ON conversations (account_id, handover_reason) WHERE status = 'waiting_human';

-- Channel 0 holds what is so for the whole account; a number's own row holds only what is otherwise there.
CREATE TABLE assistant_settings (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  channel_id BIGINT NOT NULL,
  settings TEXT NOT NULL, -- JSON of domain/assistant.py
  secrets {{bytes}},      -- the model's key and those of tools, encrypted
  version BIGINT NOT NULL DEFAULT 1,
  updated_by BIGINT,
  updated_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, channel_id)
);

-- Customers whom the assistant still has to answer: one row each, which is gone with the answer. Times are the database's.
CREATE TABLE turns (
  account_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  channel_id BIGINT NOT NULL,
  shadow BIGINT NOT NULL,        -- 1: the answer is only kept, for comparison
  tells BIGINT NOT NULL DEFAULT 0, -- 1: the customer has to hear that nobody is there
  upto_sequence BIGINT NOT NULL, -- the newest message to be answered
  since_ms BIGINT NOT NULL,      -- when the burst began
  due_ms BIGINT NOT NULL,
  state TEXT NOT NULL, -- waiting or thinking
  attempt BIGINT NOT NULL DEFAULT 0,
  node TEXT,
  lease_ms BIGINT,
  PRIMARY KEY (account_id, conversation_key)
) {{changing_rows}};
CREATE INDEX turns_due ON turns (state, account_id, due_ms); -- by account: nobody waits behind all of another's

-- What became of each turn. The key is the sequence of the event that told of it, or where there was none the newest
-- message that was to be answered.
CREATE TABLE answers (
  account_id BIGINT NOT NULL,
  answer_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  outcome TEXT NOT NULL, -- replied, handed_over, drafted or discarded
  question_sequence BIGINT NOT NULL, -- the newest message that was answered
  message_sequence BIGINT, -- the answer, if one was sent
  question TEXT NOT NULL,
  reply TEXT, -- what it said or would have said, also when that was not sent
  language TEXT,
  reason TEXT, -- why it handed over or said nothing
  confidence BIGINT NOT NULL DEFAULT 0, -- from 0 to 100
  sources TEXT NOT NULL, -- JSON list of matches: entry_id, question, score, tier
  steps TEXT NOT NULL, -- JSON list of [what, ms since 1970, detail] for the trace
  topic TEXT,
  model TEXT,
  tokens_in BIGINT NOT NULL DEFAULT 0,
  tokens_out BIGINT NOT NULL DEFAULT 0,
  cost_micros BIGINT NOT NULL DEFAULT 0, -- millionths of the account's currency
  spent_ms BIGINT NOT NULL DEFAULT 0,
  sent_by_person BIGINT, -- sequence of what a person sent where this was only drafted
  agreement BIGINT, -- from 0 to 100, how near the draft came to that
  compared BIGINT NOT NULL DEFAULT 0, -- 1: it was compared, or there is nothing to compare it with
  verdict TEXT, -- up or down
  verdict_by BIGINT,
  verdict_ms BIGINT,
  correction TEXT, -- what it should have said
  corrected_by BIGINT,
  corrected_ms BIGINT,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, answer_id)
);
CREATE INDEX answers_of_conversation ON answers (conversation_key, account_id, answer_id);
CREATE UNIQUE INDEX answers_message ON answers (message_sequence, account_id) WHERE message_sequence IS NOT NULL;
CREATE INDEX answers_to_compare ON answers (conversation_key, account_id, answer_id)
  WHERE outcome = 'drafted' AND compared = 0;
CREATE INDEX answers_of_topic ON answers (account_id, topic, answer_id) WHERE agreement IS NOT NULL;
-- All that a report counts, so that it reads no question and no answer.
CREATE INDEX answers_reported ON answers (account_id, created_ms, outcome, reason, topic, language, verdict, agreement);

-- What the assistant has used of its limits, by the day of the account's time zone.
CREATE TABLE assistant_spending (
  account_id BIGINT NOT NULL,
  day TEXT NOT NULL,
  turns BIGINT NOT NULL DEFAULT 0,
  tokens BIGINT NOT NULL DEFAULT 0,
  cost_micros BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, day)
);

-- What it knows. `version` rises with every change, so that each node knows when its index is old.
CREATE TABLE knowledge (
  account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
  version BIGINT NOT NULL,
  next_id BIGINT NOT NULL -- of an entry or a document
) {{hot_row}};

CREATE TABLE knowledge_entries (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  document_id BIGINT, -- of which it is a passage
  place BIGINT NOT NULL DEFAULT 0, -- of the passage in its document
  question TEXT NOT NULL, -- of a passage: its heading
  phrasings TEXT NOT NULL, -- JSON list of other ways to ask, in any language
  answers TEXT NOT NULL, -- JSON object: language → answer; the first one is the entry's own
  topic TEXT,
  words TEXT NOT NULL, -- all of it, folded as a search is
  origin TEXT NOT NULL, -- written, taught, imported or document
  from_message TEXT, -- the message that it was taught at
  archived BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL,
  created_by BIGINT,
  created_ms BIGINT NOT NULL,
  updated_by BIGINT,
  updated_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id)
);
CREATE INDEX knowledge_entries_of_document ON knowledge_entries (account_id, document_id, place) WHERE document_id IS NOT NULL;
CREATE INDEX knowledge_entries_by_change ON knowledge_entries (account_id, version);
CREATE INDEX knowledge_entries_listed ON knowledge_entries (account_id, archived, entry_id);
CREATE INDEX knowledge_entries_of_topic ON knowledge_entries (account_id, archived, topic, entry_id);

-- Who changed an entry, when, and from where: the entry as it was made by each change. That a passage came or went with
-- its document is not told here, only what became of it otherwise.
CREATE TABLE knowledge_changes (
  account_id BIGINT NOT NULL,
  entry_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  operator_id BIGINT,
  from_message TEXT,
  entry TEXT NOT NULL, -- JSON
  changed_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, entry_id, version)
);

CREATE TABLE knowledge_documents (
  account_id BIGINT NOT NULL,
  document_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  passages BIGINT NOT NULL,
  archived BIGINT NOT NULL DEFAULT 0,
  created_by BIGINT,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, document_id)
);
CREATE UNIQUE INDEX knowledge_documents_once ON knowledge_documents (account_id, sha256) WHERE archived = 0;
CREATE INDEX knowledge_documents_listed ON knowledge_documents (account_id, archived, document_id);

-- What customers asked in vain, in groups of what means the same.
CREATE TABLE unanswered_questions (
  account_id BIGINT NOT NULL,
  answer_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL, -- the answer_id of the first of its kind
  conversation_key BIGINT NOT NULL,
  question TEXT NOT NULL,
  language TEXT,
  terms TEXT NOT NULL, -- the question's words as the index knows them
  state TEXT NOT NULL, -- open, answered or dismissed
  asked_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, answer_id)
);
CREATE INDEX unanswered_questions_open ON unanswered_questions (account_id, state, group_id, answer_id);
CREATE INDEX unanswered_questions_ungrouped ON unanswered_questions (account_id, answer_id) WHERE terms = '';

-- What is known of a customer beside their names, by the conversation in which it was learnt: it is the person's to whom
-- that belongs, also when two become one, or two again.
CREATE TABLE contact_facts (
  account_id BIGINT NOT NULL,
  fact_id BIGINT NOT NULL,
  conversation_key BIGINT NOT NULL,
  fact TEXT NOT NULL,
  operator_id BIGINT, -- none: the assistant
  noted_ms BIGINT NOT NULL,
  PRIMARY KEY (account_id, fact_id)
);
CREATE INDEX contact_facts_of_conversation ON contact_facts (conversation_key, account_id, fact_id);
