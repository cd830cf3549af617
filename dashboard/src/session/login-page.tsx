/** The door. */
import { type FormEvent, useState } from "react";
import { ApiError } from "../api/client.ts";
import { chooseLanguage, LANGUAGES, type Translate, useLanguage, useText } from "../i18n/index.ts";
import { Button } from "../ui/button.tsx";
import { Logo } from "../ui/logo.tsx";
import { signIn, useSession } from "./session.ts";

export function LoginPage() {
  const text = useText();
  const ended = useSession((state) => state.ended);
  const { submit, busy, failure } = useLogin();
  return (
    <main className="chat-ground grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm">
        <form onSubmit={submit} className="rounded-3xl border border-line bg-surface p-7 shadow-sm">
          <Logo className="mb-5 size-12" />
          <h1 className="font-semibold text-2xl">{text("login_title")}</h1>
          <p className="mb-6 text-ink-soft text-sm">{text("login_lead")}</p>
          {ended && !failure && (
            <p className="mb-4 rounded-xl bg-warn-soft px-3 py-2 text-sm text-warn">{text("login_ended")}</p>
          )}
          <Field label={text("login_email")} name="email" type="email" autoComplete="username" testId="login-email" />
          <Field
            label={text("login_password")}
            name="password"
            type="password"
            autoComplete="current-password"
            testId="login-password"
          />
          {failure && (
            <p
              role="alert"
              data-testid="login-error"
              className="mb-4 rounded-xl bg-bad-soft px-3 py-2 text-bad text-sm"
            >
              {sentenceOf(failure, text)}
            </p>
          )}
          <Button type="submit" look="primary" testId="login-submit" disabled={busy} className="w-full py-2.5">
            {text(busy ? "login_busy" : "login_submit")}
          </Button>
        </form>
        <LanguageChoice />
      </div>
    </main>
  );
}

function useLogin() {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(null);
    try {
      await signIn(String(form.get("email")).trim(), String(form.get("password")));
    } catch (reason) {
      if (!(reason instanceof ApiError)) throw reason;
      setFailure(reason);
      setBusy(false);
    }
  };
  return { submit, busy, failure };
}

function sentenceOf(failure: ApiError, text: Translate): string {
  if (failure.code === "wrong_login" || failure.code === "too_many_attempts") return text(`error_${failure.code}`);
  return failure.isTransient ? text("error_network") : text("error_unexpected", { detail: failure.message });
}

interface FieldProps {
  label: string;
  name: string;
  type: string;
  autoComplete: string;
  testId: string;
}

function Field({ label, name, type, autoComplete, testId }: FieldProps) {
  return (
    <label className="mb-4 block text-sm">
      <span className="mb-1 block text-ink-soft">{label}</span>
      <input
        name={name}
        type={type}
        autoComplete={autoComplete}
        data-testid={testId}
        required
        dir="ltr"
        className="w-full rounded-xl border border-line bg-paper px-3 py-2.5 text-base text-ink focus:border-accent"
      />
    </label>
  );
}

function LanguageChoice() {
  const language = useLanguage((state) => state.language);
  const other = language === "en" ? "ar" : "en";
  return (
    <button
      type="button"
      lang={other}
      data-testid="language-switch"
      onClick={() => chooseLanguage(other)}
      className="mx-auto mt-4 block rounded-full px-4 py-1.5 text-ink-soft text-sm hover:bg-raised"
    >
      {LANGUAGES[other].name}
    </button>
  );
}
