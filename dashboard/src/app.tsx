/** The gate, the shell and the three panes. Features meet only here. */
import { useEffect, useState } from "react";
import type { Selection } from "./api/types.ts";
import { ChatPage } from "./chat/chat-page.tsx";
import { Composer } from "./composer/composer.tsx";
import { Continued } from "./content/continued.tsx";
import { HandoverActions } from "./handover/handover-actions.tsx";
import { useText } from "./i18n/index.ts";
import { InboxPage } from "./inbox/inbox-page.tsx";
import { usePlace } from "./lib/place.ts";
import { useScreen } from "./live/store.ts";
import { LoginPage } from "./session/login-page.tsx";
import { changeOwnStatus, signOut, useSession } from "./session/session.ts";
import { useShortcuts } from "./shell/shortcuts.ts";
import { Sidebar } from "./shell/sidebar.tsx";
import { useTitle } from "./shell/title.ts";
import { TruthBar } from "./shell/truth-bar.tsx";
import { EmptyState } from "./ui/empty-state.tsx";
import { later } from "./ui/later.tsx";

const ContactPanel = later(() => import("./contact/contact-panel.tsx"));
// Pages that are no conversation.
const KnowledgePage = later(() => import("./knowledge/knowledge-page.tsx"));
const AssistantPage = later(() => import("./assistant/assistant-page.tsx"));

export function App() {
  const standing = useSession((state) => state.standing);
  if (standing === "out") return <LoginPage />;
  return standing === "in" ? <Workplace /> : null;
}

function Workplace() {
  const session = useSession((state) => state.session);
  const { selected, page, go } = usePlace();
  useTitle();
  useShortcuts(() => selected && go({ selected: null }));
  useEffect(() => useScreen.setState({ selected }), [selected]);
  if (!session) return null;
  return (
    <div className="flex h-dvh flex-col overflow-hidden">
      <TruthBar />
      <div className="flex min-h-0 flex-1 flex-col-reverse sm:flex-row">
        <Sidebar
          operator={session.operator}
          onStatus={changeOwnStatus}
          onLogOut={() => void signOut()}
          hiddenOnPhone={selected !== null}
        />
        <main className="flex min-h-0 min-w-0 flex-1">
          {page === "knowledge" && <KnowledgePage />}
          {page === "assistant" && <AssistantPage canChange={session.operator.role !== "operator"} />}
          {!page && <InboxPage hiddenOnPhone={selected !== null} operatorId={session.operator.operator_id} />}
          {!page &&
            (selected ? <Conversation key={selected.conversation_id} selected={selected} /> : <NothingChosen />)}
        </main>
      </div>
    </div>
  );
}

function Conversation({ selected }: { selected: Selection }) {
  const operator = useSession((state) => state.session?.operator);
  const row = useScreen((state) => state.live.conversations[selected.conversation_id]);
  const [details, setDetails] = useState(false);
  const { go } = usePlace();
  if (!operator) return null;
  return (
    <>
      <ChatPage
        selected={selected}
        operator={operator}
        onBack={() => go({ selected: null })}
        onDetails={() => setDetails((shown) => !shown)}
        actions={!row?.continued_in && <HandoverActions selected={selected} operatorId={operator.operator_id} />}
        composer={
          row?.continued_in ? (
            <footer className="border-line border-t bg-surface p-3" data-testid="closed-for-good">
              <Continued row={row} />
            </footer>
          ) : (
            <Composer selected={selected} />
          )
        }
      />
      {details && <ContactPanel conversationId={selected.conversation_id} onClose={() => setDetails(false)} />}
    </>
  );
}

function NothingChosen() {
  const text = useText();
  return (
    <section className="chat-ground hidden flex-1 place-items-center sm:grid">
      <EmptyState title={text("chat_none")} detail={text("chat_none_detail")} />
    </section>
  );
}
