/** The end of every form that sends something: what is wrong, and the button. */
import { SendHorizontal } from "lucide-react";
import { useText } from "../i18n/index.ts";
import { Button } from "../ui/button.tsx";

export function FormFoot({ canSend, problem }: { canSend: boolean; problem?: string | null }) {
  const text = useText();
  return (
    <div className="sticky -bottom-4 flex sm:col-span-full items-center justify-end gap-3 bg-surface py-2 sm:-bottom-5">
      {problem && (
        <p role="alert" data-testid="form-problem" className="min-w-0 flex-1 text-bad text-xs">
          {problem}
        </p>
      )}
      <Button
        type="submit"
        look="primary"
        testId="form-send"
        disabled={!canSend}
        icon={<SendHorizontal aria-hidden="true" className="rtl:-scale-x-100" />}
      >
        {text("composer_send")}
      </Button>
    </div>
  );
}
