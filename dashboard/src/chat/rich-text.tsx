/** WhatsApp's own marks (*bold*, _italic_, ~struck~, `code`) and links, as elements; never as HTML. */
import { Fragment, type ReactNode } from "react";

/** Marks count only around whole words, so that 2*3*4 and snake_case_names stay what they are. */
const PARTS =
  /(?<link>https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'،؛؟])|(?<=^|[\s\p{P}])(?:```(?<block>[^`]+)```|`(?<code>[^`\n]+)`|\*(?<bold>[^\s*](?:[^*\n]*[^\s*])?)\*|_(?<italic>[^\s_](?:[^_\n]*[^\s_])?)_|~(?<struck>[^\s~](?:[^~\n]*[^\s~])?)~)(?=$|[\s\p{P}])/gu;

export function RichText({ content }: { content: string }) {
  return <>{parts(content)}</>;
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

function marked({ link, block, code, bold, italic, struck }: Record<string, string | undefined>): ReactNode {
  if (link) {
    return (
      <a href={link} target="_blank" rel="noopener noreferrer" dir="ltr" className="text-read underline">
        {link}
      </a>
    );
  }
  if (block ?? code) return <code className="rounded bg-ink/5 px-1 font-mono text-[0.875em]">{block ?? code}</code>;
  if (bold) return <strong>{parts(bold)}</strong>;
  if (italic) return <em>{parts(italic)}</em>;
  return <s>{parts(struck ?? "")}</s>;
}
