/** The words of a message, in their own direction. */
import { RichText } from "./rich-text.tsx";

export function Body({ content }: { content: string }) {
  return (
    <div
      dir="auto"
      data-testid="message-text"
      className="plain-direction whitespace-pre-wrap text-[0.9375rem] leading-snug wrap-anywhere"
    >
      <RichText content={content} />
    </div>
  );
}
