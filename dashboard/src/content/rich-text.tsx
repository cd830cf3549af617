/** WhatsApp's own marks (*bold*, _italic_, ~struck~, `code`, lists, quotations) and links, as elements; never as HTML. */
import { Fragment, type ReactNode } from "react";
import { type Block, blocksOf } from "./blocks.ts";

/** Marks count only around whole words, so that 2*3*4 and snake_case_names stay what they are. */
const PARTS =
  /(?<link>(?:https?:\/\/|(?<![\w.@/-])www\.(?=[^\s<>".]+\.\p{L}))[^\s<>"]+[^\s<>".,;:!?)\]}'*_~،؛؟])|(?<=^|[\s\p{P}])(?:```(?<fenced>[^`\n]+)```|`(?<code>[^`\n]+)`|\*(?<bold>[^\s*](?:[^*\n]*[^\s*])?)\*|_(?<italic>[^\s_](?:[^_\n]*[^\s_])?)_|~(?<struck>[^\s~](?:[^~\n]*[^\s~])?)~)(?=$|[\s\p{P}])/gu;

export function RichText({ content }: { content: string }) {
  return (
    <>
      {blocksOf(content).map((block) => (
        <Fragment key={block.at}>{drawn(block)}</Fragment>
      ))}
    </>
  );
}

function drawn({ kind, lines, first }: Block): ReactNode {
  switch (kind) {
    case "text":
      return parts(lines.join("\n"));
    case "code":
      return (
        <code dir="ltr" className="my-0.5 block overflow-x-auto rounded-lg bg-ink/5 px-2 py-1 font-mono text-[0.875em]">
          {lines.join("\n")}
        </code>
      );
    case "quotation":
      return (
        <blockquote className="my-0.5 border-ink-faint border-s-[3px] ps-2 text-ink-soft">
          {parts(lines.join("\n"))}
        </blockquote>
      );
    case "bullets":
      return <ul className="list-disc ps-5">{items(lines)}</ul>;
    case "numbers":
      return (
        <ol start={first} className="list-decimal ps-6">
          {items(lines)}
        </ol>
      );
  }
}

function items(lines: string[]): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text never change their places
  return lines.map((line, place) => <li key={place}>{parts(line)}</li>);
}

function parts(content: string): ReactNode[] {
  const nodes: ReactNode[] = [];
  let end = 0;
  for (const match of content.matchAll(PARTS)) {
    nodes.push(content.slice(end, match.index), <Fragment key={match.index}>{marked(match.groups ?? {})}</Fragment>);
    end = match.index + match[0].length;
  }
  nodes.push(content.slice(end));
  return nodes;
}

function marked({ link, fenced, code, bold, italic, struck }: Record<string, string | undefined>): ReactNode {
  if (link) {
    return (
      <a
        href={/^https?:/i.test(link) ? link : `https://${link}`}
        target="_blank"
        rel="noopener noreferrer"
        dir="ltr"
        className="text-read underline"
      >
        {link}
      </a>
    );
  }
  if (fenced ?? code) return <code className="rounded bg-ink/5 px-1 font-mono text-[0.875em]">{fenced ?? code}</code>;
  if (bold) return <strong>{parts(bold)}</strong>;
  if (italic) return <em>{parts(italic)}</em>;
  return <s>{parts(struck ?? "")}</s>;
}
