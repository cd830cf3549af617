// A plain receiver of WhatsApp webhooks, written the way most are: one INSERT per message, then a word to the room.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import express from "express";
import pg from "pg";
import { Server } from "socket.io";

const secret = process.env.PEER_APP_SECRET;
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE_URL, max: 10 });

await pool.query(`CREATE TABLE IF NOT EXISTS messages (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  conversation_id TEXT NOT NULL,
  sender TEXT NOT NULL,
  name TEXT,
  type TEXT NOT NULL,
  body TEXT,
  sent_at TIMESTAMPTZ NOT NULL,
  raw JSONB NOT NULL,
  saved_at TIMESTAMPTZ NOT NULL DEFAULT now()
)`);

const INSERT = {
  name: "insert-message",
  text: `INSERT INTO messages (message_id, conversation_id, sender, name, type, body, sent_at, raw)
    VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7), $8) ON CONFLICT (message_id) DO NOTHING RETURNING id, saved_at`,
};

const app = express();
const server = createServer(app);
const io = new Server(server);

io.on("connection", (socket) => {
  socket.on("join", (room) => socket.join(room));
});

app.post("/webhooks/meta", express.raw({ type: "application/json", limit: "3mb" }), async (request, response) => {
  if (!isSigned(request.body, request.get("x-hub-signature-256") ?? "")) {
    response.sendStatus(401);
    return;
  }
  for (const entry of JSON.parse(request.body).entry) {
    for (const change of entry.changes) {
      for (const message of change.value.messages ?? []) {
        await save(change.value, message);
      }
    }
  }
  response.sendStatus(200);
});

async function save(value, message) {
  const conversation = `${value.metadata.phone_number_id}_${message.from}`;
  const name = value.contacts?.find((contact) => contact.wa_id === message.from)?.profile?.name ?? null;
  const row = [message.id, conversation, message.from, name, message.type, message.text?.body ?? null];
  const { rows } = await pool.query({ ...INSERT, values: [...row, Number(message.timestamp), message] });
  if (rows.length > 0) {
    io.to("dashboard").emit("new_message", { ...rows[0], conversation_id: conversation, name, message });
  }
}

function isSigned(body, header) {
  const expected = Buffer.from(`sha256=${createHmac("sha256", secret).update(body).digest("hex")}`);
  const given = Buffer.from(header);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

server.listen(Number(process.env.PEER_PORT), "127.0.0.1");
