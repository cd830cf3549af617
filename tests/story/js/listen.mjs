// One operator's screen with the real JavaScript client. Commands come as JSON lines, and so does what it sees.
//
//   {"do": "connect", "url": …, "token": …, "cursor": …, "transports": […]}   it returns by itself after a cut
//   {"do": "call", "name": …, "argument": …}                                 prints {"answer": …}
//   {"do": "cut"}                                                            loses the connection without a word
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
let socket;

const commands = {
  connect({ url, token, cursor, transports }) {
    // Asked at each connection: so one that comes back goes on from where it was.
    const auth = (answer) => answer({ token, cursor });
    socket = io(url, { auth, transports, forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200 });
    socket.onAny((kind, data) => {
      if (data.tag !== undefined) cursor = `${data.sequence}-${data.tag}`;
      else if (data.cursor !== undefined) cursor = data.cursor;
      say({ kind, data });
    });
    socket.io.on("open", () => {
      socket.io.engine.on("upgrade", (transport) => say({ upgraded: transport.name }));
    });
    socket.on("connect", () => say({ connected: socket.io.engine.transport.name }));
    socket.on("connect_error", (error) => say({ refused: error.data ?? null, message: error.message }));
    socket.on("disconnect", (reason, details) =>
      say({ left: reason, word: details?.context?.reason ?? details?.description?.reason ?? null }),
    );
  },
  async call({ name, argument }) {
    say({ answer: await socket.timeout(30_000).emitWithAck(name, argument) });
  },
  cut() {
    const { transport } = socket.io.engine;
    if (transport.name === "websocket") transport.ws._socket.destroy();
    else socket.io.engine._onClose("cut");
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  await commands[command.do](command);
}
process.exit(0);
