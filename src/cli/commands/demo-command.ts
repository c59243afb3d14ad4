import { performance } from "node:perf_hooks";
import process from "node:process";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import {
  BdrcClient,
  formatDurationMs,
  printable,
  type Task,
  TaskWaiter,
  WAIT_EVENT_NAMES,
  type WaitEvent,
} from "../../index.ts";
import { describeError } from "../errors/describe-error.ts";
import { exitCodeOf } from "../errors/exit-code.ts";
import type { WaitFlags } from "../flags/wait-flags.ts";
import { CallCount, callsText } from "../progress/call-count.ts";
import { ProgressState } from "../progress/progress-state.ts";
import { loadReporter } from "../progress/reporter-choice.ts";
import { type Color, makeColor, wantsColor } from "../terminal/color.ts";
import { displayWidth, padWidth } from "../terminal/display-width.ts";
import { printError, writeErr } from "../terminal/messages.ts";
import { writeOut } from "../terminal/standard-output.ts";
import type { Interruption } from "../waiting/interruption.ts";

const TASK_MS = 9000;
const LOG_INTERVAL_MS = 2000;
// Fewer calls would do, but a demo is to be seen moving.
const WAIT_PRICE_MS = 100;
const RESOURCE_COUNTS = [
  { resourceType: "ACS::ECS::Instance", count: 128 },
  { resourceType: "ACS::OSS::Bucket", count: 42 },
  { resourceType: "ACS::NAS::FileSystem", count: 7 },
  { resourceType: "ACS::OTS::Instance", count: 3 },
];

/** `taskwait demo`: starts a task of a local emulator over signed HTTP, waits for it, shows its result. */
export async function demoCommand(
  flags: Pick<WaitFlags, "color" | "progress">,
  interruption: Interruption,
): Promise<number> {
  const emulator = await startEmulator({
    starts: { UPDATE_RESOURCES: { durationMs: TASK_MS, result: { resourceCounts: RESOURCE_COUNTS } } },
    quota: { perSecond: 20 },
  });
  const calls = new CallCount();
  const client = new BdrcClient({ ...emulator.clientOptions, onCall: (record) => calls.note(record) });
  try {
    return await show(emulator, client, calls, flags, interruption);
  } finally {
    await client.close();
    await emulator.stop();
  }
}

async function show(
  emulator: Emulator,
  client: BdrcClient,
  callCount: CallCount,
  flags: Pick<WaitFlags, "color" | "progress">,
  interruption: Interruption,
): Promise<number> {
  const { stderr, stdout, env } = process;
  const makeReporter = await loadReporter({ ...flags, logIntervalMs: LOG_INTERVAL_MS });
  const dim = makeColor(wantsColor(flags.color, env, stderr.isTTY));
  const { taskId } = await client.updateResources({}, { signal: interruption.signal });
  writeErr(dim("strong", "One task of BDRC, from start to end"));
  writeErr(`  service  ${emulator.endpoint} ${dim("dim", "(an emulator: no account needed)")}`);
  writeErr(`  started  ${taskId} ${dim("dim", "by UpdateResources, a signed POST")}`);
  writeErr(`  waiting  ${dim("dim", "by signed DescribeTask calls")}`);
  writeErr("");

  const startedMs = performance.now();
  const waiter = new TaskWaiter({ source: client });
  const wait = waiter.wait(taskId, { waitPriceMs: WAIT_PRICE_MS, signal: interruption.signal });
  const state = new ProgressState([taskId], startedMs, callCount);
  const reporter = makeReporter(state);
  for (const name of WAIT_EVENT_NAMES) {
    waiter.on(name, (payload: unknown) => {
      const event = { name, payload } as WaitEvent;
      state.note(event, taskId, performance.now());
      reporter.event(event, taskId);
    });
  }
  const outcome = await wait.outcome;
  const noticedAtMs = Date.now();
  const waitedMs = performance.now() - startedMs;
  reporter.finish();
  if (outcome.kind !== "complete") {
    printError(describeError(outcome.error));
    return interruption.exitCode ?? exitCodeOf(outcome);
  }
  const color = makeColor(wantsColor(flags.color, env, stdout.isTTY));
  const lateMs = Math.max(0, noticedAtMs - (emulator.world.task(taskId)?.endsAtMs ?? noticedAtMs));
  const calls = callCount.of(taskId);
  writeErr("");
  writeOut(
    `${[...resultLines(outcome.task, color), "", summaryLine(color, waitedMs, calls, lateMs)].join("\n")}\n`,
  );
  return exitCodeOf(outcome);
}

/** The counts of a result of UpdateResources, as a table. */
function resultLines(task: Task, color: Color): readonly string[] {
  const result = task.result as { readonly resourceCounts?: unknown } | undefined;
  const counts = Array.isArray(result?.resourceCounts)
    ? (result.resourceCounts as { readonly resourceType: string; readonly count: number }[])
    : [];
  const rows = counts.map((row) => [printable(row.resourceType), row.count.toLocaleString("en")] as const);
  const total = counts.reduce((sum, row) => sum + row.count, 0);
  const typeColumns = Math.max(...rows.map(([type]) => displayWidth(type)), 0);
  const countColumns = Math.max(...rows.map(([, count]) => count.length), 5);
  return [
    `${color("strong", "Resources found")} ${color("dim", "(taskResult, parsed)")}`,
    ...rows.map(([type, count]) => `  ${padWidth(type, typeColumns)}  ${count.padStart(countColumns)}`),
    `  ${padWidth("total", typeColumns)}  ${color("strong", total.toLocaleString("en").padStart(countColumns))}`,
  ];
}

function summaryLine(color: Color, waitedMs: number, calls: number, lateMs: number): string {
  const parts = [
    `waited ${formatDurationMs(waitedMs)}`,
    callsText(calls),
    `noticed ${formatDurationMs(lateMs)} after the task's end`,
  ];
  return `${color("good", "COMPLETE")}  ${parts.join(", ")}`;
}
