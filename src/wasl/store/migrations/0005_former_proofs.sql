-- Secrets by which the webhooks of an account's numbers were believed once: what was kept while they were good may still
-- become part of that account, and of no other.
CREATE TABLE former_proofs (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  provider TEXT NOT NULL,
  proof TEXT NOT NULL, -- fingerprint of the secret
  PRIMARY KEY (account_id, provider, proof)
);
