/** One recording of the microphone: begun, heard while it runs, and ended as a file. */

/** What browsers can record, the best for WhatsApp first; the server makes a voice note of any of them. */
const FORMATS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4", "audio/webm"];
/** So that a browser that dies has at most this much in one piece. */
const PIECE_MS = 1000;

/** Why there is no recording; each has a sentence. */
export type MicrophoneTrouble = "refused" | "missing" | "busy" | "insecure";

export class NoMicrophone extends Error {
  constructor(readonly trouble: MicrophoneTrouble) {
    super(trouble);
    this.name = "NoMicrophone";
  }
}

export class Recording {
  readonly #pieces: Blob[] = [];
  readonly #recorder: MediaRecorder;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #startedAt = performance.now();
  /** Also when nobody ended it: a microphone that is unplugged or forbidden ends it by itself. */
  readonly ended: Promise<Blob>;

  private constructor(stream: MediaStream, context: AudioContext) {
    const mimeType = FORMATS.find((format) => MediaRecorder.isTypeSupported(format));
    this.#recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
    this.#recorder.ondataavailable = ({ data }) => this.#pieces.push(data);
    this.ended = new Promise((resolve) => {
      this.#recorder.onstop = () => {
        letGo(stream, context);
        resolve(new Blob(this.#pieces, { type: this.#recorder.mimeType }));
      };
    });
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = 512;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    context.createMediaStreamSource(stream).connect(this.#analyser);
    for (const track of stream.getTracks()) track.onended = () => void this.end();
    this.#recorder.start(PIECE_MS);
  }

  /** Asks for the microphone. Throws NoMicrophone. */
  static async begin(): Promise<Recording> {
    if (!navigator.mediaDevices || typeof MediaRecorder === "undefined") throw new NoMicrophone("insecure");
    let stream: MediaStream | null = null;
    let context: AudioContext | null = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      context = new AudioContext();
      return new Recording(stream, context);
    } catch (reason) {
      // Nobody would ever end what did not begin: the browser would show an open microphone.
      letGo(stream, context);
      throw new NoMicrophone(troubleOf(reason));
    }
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** How loud it is at this moment, 0 to 1. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    return Math.min(1, Math.sqrt(power) * 4);
  }

  /** Ends it; the same file however often it is asked for. */
  end(): Promise<Blob> {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    return this.ended;
  }
}

function letGo(stream: MediaStream | null, context: AudioContext | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  void context?.close();
}

function troubleOf(reason: unknown): MicrophoneTrouble {
  const name = reason instanceof DOMException ? reason.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}

/** A name that says when it was spoken. */
export function voiceName(mime_type: string, at: Date): string {
  const ending = /ogg|mp4/.exec(mime_type)?.[0] ?? "webm";
  return `voice-${at.toISOString().slice(0, 19).replace(/\D/g, "")}.${ending}`;
}
