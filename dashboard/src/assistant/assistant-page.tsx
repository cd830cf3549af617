/** What the assistant is set to, for all numbers and for each, and what came of it. Admins change it, everybody may read it. */
import { useQuery } from "@tanstack/react-query";
import { type AssistantSettings, assistantSettings } from "../api/assistant.ts";
import { useText } from "../i18n/office.ts";
import { usePlace } from "../lib/place.ts";
import { Failed } from "../ui/failed.tsx";
import { Loading } from "../ui/loading.tsx";
import { PageFrame } from "../ui/page-frame.tsx";
import { laidOver } from "./differences.ts";
import { Report } from "./report.tsx";
import { SettingsPane } from "./settings-pane.tsx";
import { Tools } from "./tools.tsx";

export default function AssistantPage({ canChange }: { canChange: boolean }) {
  const text = useText();
  const { section, go } = usePlace();
  const { data, isError, isPending, refetch } = useQuery({
    queryKey: ["assistant settings"],
    queryFn: assistantSettings,
    // What is being changed must not be read anew under the hands of whoever changes it.
    refetchOnWindowFocus: false,
  });
  const channels = data?.channels ?? [];
  const sections = [
    { name: "account", label: text("scope_account") },
    ...channels.map(({ channel_id, name, provider }) => ({ name: channel_id, label: name ?? provider })),
    { name: "tools", label: text("tools") },
    { name: "report", label: text("report") },
  ];
  const current = sections.find(({ name }) => name === section)?.name ?? "account";
  return (
    <PageFrame
      title={text("nav_assistant")}
      testId="assistant-page"
      sections={sections}
      current={current}
      onSection={(name) => go({ section: name === "account" ? "" : name })}
    >
      {current === "report" && <Report />}
      {current !== "report" && !data && isError && (
        <Failed words={text("settings_failed")} onAgain={() => void refetch()} />
      )}
      {current !== "report" && isPending && <Loading />}
      {current === "tools" && data && <Tools settings={data} canChange={canChange} />}
      {current !== "report" && current !== "tools" && data && (
        <Pane key={current} settings={data} section={current} canChange={canChange} />
      )}
    </PageFrame>
  );
}

function Pane(props: { settings: AssistantSettings; section: string; canChange: boolean }) {
  const { settings, section, canChange } = props;
  const { account, channels, defaults } = settings;
  const channel = channels.find(({ channel_id }) => channel_id === section);
  const below = channel ? laidOver(defaults, account.settings) : defaults;
  return (
    <SettingsPane
      channel_id={channel?.channel_id ?? null}
      scope={channel ?? account}
      below={below}
      canChange={canChange}
    />
  );
}
