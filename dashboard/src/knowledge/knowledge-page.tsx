/** What the assistant knows: entries and documents, what customers asked in vain, and a place to try it. */
import { useText } from "../i18n/office.ts";
import { usePlace } from "../lib/place.ts";
import { PageFrame } from "../ui/page-frame.tsx";
import { DocumentHead, Documents } from "./documents.tsx";
import { Entries } from "./entries.tsx";
import { TryIt } from "./try-it.tsx";
import { Unanswered } from "./unanswered.tsx";

/** The passages of one document, as a section of the page. */
const DOCUMENT = /^document-(.+)$/;
const SECTIONS = ["entries", "documents", "unanswered", "try"] as const;

export default function KnowledgePage() {
  const text = useText();
  const { section, go } = usePlace();
  const document_id = DOCUMENT.exec(section)?.[1];
  const current = document_id ? "documents" : (SECTIONS.find((name) => name === section) ?? "entries");
  return (
    <PageFrame
      title={text("nav_knowledge")}
      testId="knowledge-page"
      sections={SECTIONS.map((name) => ({ name, label: text(`knowledge_${name}`) }))}
      current={current}
      onSection={(name) => go({ section: name === "entries" ? "" : name })}
    >
      {current === "entries" && <Entries />}
      {current === "documents" && !document_id && (
        <Documents onOpen={(chosen) => go({ section: `document-${chosen}` })} />
      )}
      {document_id && (
        <div className="space-y-3">
          <DocumentHead document_id={document_id} onBack={() => go({ section: "documents" })} />
          <Entries key={document_id} document_id={document_id} />
        </div>
      )}
      {current === "unanswered" && <Unanswered />}
      {current === "try" && <TryIt />}
    </PageFrame>
  );
}
