import { setTimeout as sleep } from "node:timers/promises";
import type { Account } from "./service.ts";

/** The pauses of a loop that asks for one task. */
export interface Schedule {
  readonly name: string;
  /** Whether it asks at once, or after its first pause. */
  readonly asksAtOnce: boolean;
  /** The pause after the nth call, in milliseconds. */
  pauseMs(nth: number): number;
}

/** How loops end. */
export type End = "SUCCEEDED" | "throttled";

const pythonPausesMs = [1000, 1000, 2000, 2000, 2000, 4000, 4000, 4000];

/**
 * What is polled with today.
 *
 * - The official Python SDK: dashscope/client/base_api.py, `wait()`: 1 s, doubled before every third call, 5 s at most. It
 *   asks again after 503 and 504 only, so a 429 ends it.
 * - The AI SDK: packages/alibaba's `doStatus`, asked every 5 s.
 * - Loops by hand in public code: 2 s more often than anything else.
 */
export const SCHEDULES: readonly Schedule[] = [
  { name: "DashScope's Python SDK", asksAtOnce: true, pauseMs: (nth) => pythonPausesMs[nth - 1] ?? 5000 },
  { name: "AI SDK, every 5 s", asksAtOnce: false, pauseMs: () => 5000 },
  { name: "every 2 s", asksAtOnce: false, pauseMs: () => 2000 },
];

/**
 * Polls until the task has ended, as the schedule says.
 *
 * @param survives - Whether a throttled call is followed by another one; elsewhere it ends the loop.
 */
export async function pollBy(
  schedule: Schedule,
  survives: boolean,
  { endpoint, apiKey }: Account,
  taskId: string,
): Promise<End> {
  for (let nth = 1; ; nth++) {
    if (nth > 1 || !schedule.asksAtOnce) {
      await sleep(schedule.pauseMs(Math.max(1, nth - 1)));
    }
    const response = await fetch(`${endpoint}/api/v1/tasks/${taskId}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const answer = (await response.json()) as { readonly output?: { readonly task_status?: string } };
    if (response.status === 429 && !survives) {
      return "throttled";
    }
    if (answer.output?.task_status === "SUCCEEDED") {
      return "SUCCEEDED";
    }
  }
}
