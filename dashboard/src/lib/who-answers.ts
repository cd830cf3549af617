/** Who answers a conversation, in words. */
import type { ConversationRow } from "../api/types.ts";
import type { Translate } from "../i18n/index.ts";

/** Of whoever waits it says why, where there is a reason to name. */
export function whoAnswers(row: ConversationRow, operatorId: string, text: Translate): string {
  if (row.status === "waiting_human" && row.handover_reason && row.handover_reason !== "off")
    return text(`reason_${row.handover_reason}`);
  if (row.status !== "human") return text(`status_${row.status}`);
  if (row.operator_id === operatorId) return text("status_human_me");
  return row.operator_name ? text("status_human_by", { name: row.operator_name }) : text("status_human");
}
