// A Socket.IO server that tells everyone what it is sent: the fan-out alone, nothing is checked and nothing is kept.
import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

const app = express();
const server = createServer(app);
const io = new Server(server, { transports: ["websocket"], serveClient: false });

io.on("connection", (socket) => socket.join("dashboard"));

app.post("/publish", express.json({ limit: "3mb" }), (request, response) => {
  io.to("dashboard").emit("new_message", request.body);
  response.sendStatus(200);
});

server.listen(Number(process.env.PEER_PORT), "127.0.0.1");
