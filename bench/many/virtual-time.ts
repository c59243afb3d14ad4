/**
 * Time that passes only when nothing is left to do: `setTimeout`, `clearTimeout`, `Date.now` and
 * `performance.now` of the whole process are replaced, so that published code runs on it unchanged. Timers are
 * kept in a heap, because a hundred thousand of them are pending at once and fake timers that search a list
 * would take days.
 */
interface Timer {
  readonly id: number;
  readonly atMs: number;
  readonly call: (...args: unknown[]) => void;
  readonly args: unknown[];
  isCleared: boolean;
}

/** The wall clock at the beginning, in Unix milliseconds. */
export const EPOCH_MS = 1_700_000_000_000;

const realImmediate = setImmediate;
const realNow = performance.now.bind(performance);

let nowMs = 0;
let lastId = 0;
let pending = 0;
const heap: Timer[] = [];
const byId = new Map<number, Timer>();

/** Milliseconds of processor time that mattered: the real clock, which the process no longer shows. */
export function realNowMs(): number {
  return realNow();
}

/** The virtual moment, in milliseconds since the beginning. */
export function virtualNowMs(): number {
  return nowMs;
}

/** Timers that are pending. */
export function pendingTimers(): number {
  return pending;
}

/** Replaces the process's clocks. Call it before the code to be measured is imported. */
export function installVirtualTime(): void {
  const target = globalThis as unknown as Record<string, unknown>;
  target["setTimeout"] = (call: Timer["call"], delayMs = 0, ...args: unknown[]) => set(call, delayMs, args);
  target["clearTimeout"] = clear;
  Date.now = () => EPOCH_MS + nowMs;
  performance.now = () => nowMs;
}

/** Lets time pass until the moment, or until `isDone` says so; returns whether anything is left to wait for. */
export async function runUntil(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
  await drained();
  while (!isDone()) {
    const next = heap[0];
    if (next === undefined || next.atMs > untilMs) {
      nowMs = Math.max(nowMs, untilMs === Number.POSITIVE_INFINITY ? nowMs : untilMs);
      return;
    }
    pop();
    if (next.isCleared) {
      continue;
    }
    byId.delete(next.id);
    pending--;
    nowMs = Math.max(nowMs, next.atMs);
    next.call(...next.args);
    await drained();
  }
}

/** Everything that needs no time has happened. */
function drained(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

function set(
  call: Timer["call"],
  delayMs: number,
  args: unknown[],
): { readonly id: number; unref(): unknown } {
  const id = ++lastId;
  // As Node does: whole milliseconds, at least one.
  const timer: Timer = { id, atMs: nowMs + Math.max(1, Math.trunc(delayMs)), call, args, isCleared: false };
  push(timer);
  byId.set(id, timer);
  pending++;
  const handle = {
    id,
    unref: () => handle,
    ref: () => handle,
    hasRef: () => true,
    [Symbol.toPrimitive]: () => id,
  };
  return handle;
}

function clear(handle: unknown): void {
  const id = typeof handle === "number" ? handle : (handle as { readonly id?: number } | undefined)?.id;
  const timer = id === undefined ? undefined : byId.get(id);
  if (timer !== undefined) {
    timer.isCleared = true;
    byId.delete(timer.id);
    pending--;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.id < b.id);
}

function push(timer: Timer): void {
  let index = heap.length;
  heap.push(timer);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Timer;
    if (!isBefore(timer, above)) {
      break;
    }
    heap[index] = above;
    index = parent;
  }
  heap[index] = timer;
}

function pop(): void {
  const last = heap.pop() as Timer;
  const size = heap.length;
  if (size === 0) {
    return;
  }
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= size) {
      break;
    }
    if (child + 1 < size && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) {
      child++;
    }
    if (!isBefore(heap[child] as Timer, last)) {
      break;
    }
    heap[index] = heap[child] as Timer;
    index = child;
  }
  heap[index] = last;
}
