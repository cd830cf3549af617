/** The rail beside the list; on a phone, the bar below it. */
import { BookOpen, Bot, Hourglass, Inbox, Languages, LogOut, Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { operatorStatus } from "../api/pages.ts";
import type { Operator, OperatorStatus } from "../api/types.ts";
import { chooseLanguage, LANGUAGES, type Language, useLanguage, useText } from "../i18n/index.ts";
import { initials } from "../lib/names.ts";
import { usePlace } from "../lib/place.ts";
import { useFreshFigures } from "../live/figures.ts";
import { Badge } from "../ui/badge.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Logo } from "../ui/logo.tsx";
import { STATUS_DOT } from "./status-dot.ts";
import { TeamMenu } from "./team-menu.tsx";
import { nextTheme, useTheme } from "./theme.ts";

interface SidebarProps {
  operator: Operator;
  onStatus: (status: OperatorStatus) => void;
  onLogOut: () => void;
  hiddenOnPhone: boolean;
}

export function Sidebar({ operator, onStatus, onLogOut, hiddenOnPhone }: SidebarProps) {
  const text = useText();
  const { queue, page, go } = usePlace();
  const beginning = { page: null, section: "", queue: false, selected: null };
  return (
    <nav
      className={`${hiddenOnPhone ? "hidden sm:flex" : "flex"} shrink-0 items-center justify-around border-line border-t bg-surface px-1 py-1 max-sm:[&>button]:w-auto max-sm:[&>button]:min-w-0 max-sm:[&>button]:flex-1 sm:w-16 sm:flex-col sm:justify-start sm:gap-1 sm:border-t-0 sm:border-e sm:px-2 sm:py-3`}
    >
      <Logo className="mb-3 hidden size-9 sm:block" />
      <RailLink label={text("nav_inbox")} testId="nav-inbox" current={!queue && !page} onClick={() => go(beginning)}>
        <Inbox />
      </RailLink>
      <WaitingLink
        current={queue && !page}
        onClick={() => go({ ...beginning, queue: true, status: null, search: "" })}
      />
      <RailLink
        label={text("nav_knowledge")}
        testId="nav-knowledge"
        current={page === "knowledge"}
        onClick={() => go({ ...beginning, page: "knowledge" })}
      >
        <BookOpen />
      </RailLink>
      <RailLink
        label={text("nav_assistant")}
        testId="nav-assistant"
        current={page === "assistant"}
        onClick={() => go({ ...beginning, page: "assistant" })}
      >
        <Bot />
      </RailLink>
      <div className="hidden flex-1 sm:block" />
      <TeamMenu />
      <LanguageSwitch />
      <ThemeSwitch />
      <StatusSwitch operator={operator} onStatus={onStatus} />
      <IconButton label={text("logout")} testId="logout" onClick={onLogOut}>
        <LogOut className="rtl:-scale-x-100" />
      </IconButton>
    </nav>
  );
}

/** How many wait is seen from every page. */
function WaitingLink({ current, onClick }: Pick<RailLinkProps, "current" | "onClick">) {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const count = useFreshFigures()?.waiting_conversations ?? 0;
  const label = count > 0 ? `${text("nav_waiting")}. ${text("metrics_waiting", { count })}` : text("nav_waiting");
  return (
    <RailLink label={label} testId="nav-waiting" current={current} onClick={onClick}>
      <span className="relative">
        <Hourglass aria-hidden="true" className="size-5" />
        {count > 0 && <Badge testId="waiting-count" look="bg-warn" text={count.toLocaleString(language)} />}
      </span>
    </RailLink>
  );
}

interface RailLinkProps {
  label: string;
  testId: string;
  current: boolean;
  onClick: () => void;
  children: ReactNode;
}

function RailLink({ label, testId, current, onClick, children }: RailLinkProps) {
  return (
    <IconButton
      label={label}
      testId={testId}
      onClick={onClick}
      current={current}
      className={current ? "bg-accent-soft text-accent" : ""}
    >
      {children}
    </IconButton>
  );
}

function LanguageSwitch() {
  const text = useText();
  const language = useLanguage((state) => state.language);
  const other: Language = language === "en" ? "ar" : "en";
  return (
    <IconButton
      label={text("language_switch", { name: LANGUAGES[language].name })}
      testId="language-switch"
      onClick={() => chooseLanguage(other)}
    >
      <Languages />
    </IconButton>
  );
}

const THEME_ICONS = { light: Sun, dark: Moon, system: Monitor };

function ThemeSwitch() {
  const text = useText();
  const theme = useTheme((state) => state.theme);
  const Icon = THEME_ICONS[theme];
  return (
    <IconButton
      label={text("theme_switch", { name: text(`theme_${theme}`) })}
      testId="theme-switch"
      onClick={nextTheme}
    >
      <Icon />
    </IconButton>
  );
}

const NEXT_STATUS: Record<OperatorStatus, OperatorStatus> = { available: "busy", busy: "away", away: "available" };

function StatusSwitch({ operator, onStatus }: Pick<SidebarProps, "operator" | "onStatus">) {
  const text = useText();
  const status = operator.status in NEXT_STATUS ? operator.status : "available";
  const next = () =>
    operatorStatus(NEXT_STATUS[status]).then(
      (answer) => onStatus(answer.status),
      () => {
        // The dot shows what the server holds; it did not change.
      },
    );
  return (
    <IconButton
      label={`${operator.name}. ${text("operator_status", { name: text(`operator_status_${status}`) })}`}
      testId="operator-status"
      onClick={() => void next()}
    >
      <span className="relative grid size-8 place-items-center rounded-full bg-raised font-semibold text-ink text-xs">
        {initials(operator.name)}
        <span
          className={`absolute -end-0.5 -bottom-0.5 size-3 rounded-full border-2 border-surface ${STATUS_DOT[status]}`}
        />
      </span>
    </IconButton>
  );
}
