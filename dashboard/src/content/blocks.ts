/** Cuts a text into what WhatsApp shows as blocks: lists, quotations, code, and the plain text between. Pure. */

export interface Block {
  kind: "text" | "code" | "quotation" | "bullets" | "numbers";
  /** Without the marks. */
  lines: string[];
  /** Of a numbered list. */
  first: number;
  /** Which of the text's parts it is. */
  at: number;
}

/** Marks of whole lines, as WhatsApp knows them. A star needs its space: `*bold*` is something else. */
const LINES: [Exclude<Block["kind"], "text" | "code">, RegExp][] = [
  ["quotation", /^> (?<rest>.*\S.*)$/],
  ["bullets", /^[-*] (?<rest>\S.*)$/],
  ["numbers", /^(?<number>\d{1,3})\. (?<rest>\S.*)$/],
];
/** Within a line the same fences mark code like any other words. */
const FENCED = /(?<=^|\n)```\n?([^`]+?)\n?```(?=$|\n)/g;

export function blocksOf(content: string): Block[] {
  const blocks: Omit<Block, "at">[] = [];
  let end = 0;
  for (const match of content.matchAll(FENCED)) {
    blocks.push(...lineBlocks(trimmedEnd(content.slice(end, match.index))));
    blocks.push({ kind: "code", lines: (match[1] ?? "").split("\n"), first: 1 });
    end = match.index + match[0].length;
    if (content[end] === "\n") end += 1;
  }
  const rest = content.slice(end);
  if (rest || blocks.length === 0) blocks.push(...lineBlocks(rest));
  return blocks.map((block, at) => ({ ...block, at }));
}

/** A block begins on a line of its own; the line break before it is not to be shown twice. */
function trimmedEnd(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

function lineBlocks(text: string): Omit<Block, "at">[] {
  const blocks: Omit<Block, "at">[] = [];
  if (text === "") return blocks;
  for (const line of text.split("\n")) {
    const [kind, rest, first] = kindOf(line);
    const last = blocks.at(-1);
    if (last?.kind === kind) last.lines.push(rest);
    else blocks.push({ kind, lines: [rest], first });
  }
  return blocks;
}

function kindOf(line: string): [Exclude<Block["kind"], "code">, string, number] {
  for (const [kind, pattern] of LINES) {
    const found = pattern.exec(line)?.groups;
    if (found) return [kind, found.rest ?? "", Number(found.number ?? 1)];
  }
  return ["text", line, 1];
}
