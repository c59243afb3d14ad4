import { BdrcApiError } from "../../src/task/errors.ts";
import type { TaskListQuery, TaskPage, TaskSource } from "../../src/task/source.ts";
import type { Task } from "../../src/task/task.ts";
import { PROGRESS_MODELS, type ProgressCurve, type ProgressName } from "../single/progress-models.ts";
import { normal, type Random, seeded, seedOf } from "../single/seeded.ts";
import { Quota, type QuotaShape } from "./quota.ts";
import { EPOCH_MS, virtualNowMs } from "./virtual-time.ts";

/** An account with tasks in it. */
export interface ServiceSpec {
  readonly seed: number;
  /** Tasks that are waited for. */
  readonly tasks: number;
  /** Their run times are lognormal with this median and sigma 1. */
  readonly medianS: number;
  /** In place of that: even between these two, in seconds. */
  readonly betweenS?: readonly [least: number, most: number];
  /** One call takes so many ids. Default 1. */
  readonly maxIds?: number;
  readonly progress: ProgressName;
  /** Others that run on all the time. */
  readonly foreignActive?: number;
  /** Others that ended long ago; listings of ended tasks show them first. */
  readonly oldEnded?: number;
  readonly quota: QuotaShape;
  /** One quota for both APIs, in place of one each. */
  readonly isShared?: boolean;
  readonly rttMs: number;
  /** Listings show what was so long ago; infinite: how it all began. Default 0. */
  readonly listLagMs?: number;
}

interface Entry {
  readonly taskId: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly curve: ProgressCurve | undefined;
}

/** What a run cost at the service. */
export interface ServiceCounts {
  describe: number;
  list: number;
  throttled: number;
}

const FOR_EVER = Number.POSITIVE_INFINITY;

/** The truth about all tasks, behind a quota and a network. Listings are in order of creation, paged by offset. */
export class Service implements TaskSource {
  readonly counts: ServiceCounts = { describe: 0, list: 0, throttled: 0 };
  readonly maxIds: number;
  readonly entries: readonly Entry[];
  readonly #own = new Map<string, Entry>();
  readonly #account: readonly Entry[];
  readonly #spec: ServiceSpec;
  readonly #random: Random;
  readonly #describes: Quota;
  readonly #lists: Quota;
  readonly #beganMs: number;
  // Who is active and who has ended, in order of creation, as of one moment.
  #active: Entry[];
  #ended: Entry[];
  #nextEnds: Entry[];

  constructor(spec: ServiceSpec) {
    this.#spec = spec;
    this.maxIds = spec.maxIds ?? 1;
    this.#beganMs = virtualNowMs();
    const random = seeded(seedOf(spec.seed, spec.tasks, spec.medianS, spec.progress));
    this.#random = random;
    this.#describes = new Quota(spec.quota);
    this.#lists = spec.isShared ? this.#describes : new Quota(spec.quota);
    const draw = PROGRESS_MODELS[spec.progress];
    this.entries = Array.from({ length: spec.tasks }, (_, index) => ({
      taskId: `t-${String(index).padStart(8, "0")}`,
      startsAtMs: this.#beganMs,
      endsAtMs: this.#beganMs + 1000 * runTimeS(spec, random),
      curve: draw === undefined ? undefined : draw(random),
    }));
    const others = (count: number, name: string, endsAtMs: number): Entry[] =>
      Array.from({ length: count }, (_, index) => ({
        taskId: `${name}-${index}`,
        startsAtMs: this.#beganMs - 1_000_000,
        endsAtMs,
        curve: undefined,
      }));
    const old = others(spec.oldEnded ?? 0, "o", this.#beganMs - 500_000);
    const foreign = others(spec.foreignActive ?? 0, "f", FOR_EVER);
    this.#account = [...old, ...foreign, ...this.entries];
    for (const entry of this.entries) {
      this.#own.set(entry.taskId, entry);
    }
    this.#active = [...foreign, ...this.entries];
    this.#ended = old;
    this.#nextEnds = [...this.entries].sort((a, b) => b.endsAtMs - a.endsAtMs);
  }

  get calls(): number {
    return this.counts.describe + this.counts.list;
  }

  /** As a client that reads the `Date` of answers knows it. */
  clockOffsetMs(): number {
    return 0;
  }

  async describe(taskId: string): Promise<Task> {
    this.counts.describe++;
    return await this.#exchange(this.#describes, () =>
      this.#show(this.#own.get(taskId) as Entry, virtualNowMs()),
    );
  }

  async describeMany(taskIds: readonly string[]): Promise<readonly Task[]> {
    this.counts.describe++;
    return await this.#exchange(this.#describes, () => {
      const nowMs = virtualNowMs();
      return taskIds.map((taskId) => this.#show(this.#own.get(taskId) as Entry, nowMs));
    });
  }

  async list({ taskStatus, nextToken, maxResults = 10 }: TaskListQuery): Promise<TaskPage> {
    this.counts.list++;
    return await this.#exchange(this.#lists, () => {
      const asOfMs = Math.max(this.#beganMs, virtualNowMs() - (this.#spec.listLagMs ?? 0));
      this.#advance(asOfMs);
      const from = Number(nextToken ?? 0);
      const all = this.#listing(taskStatus);
      const to = Math.min(all.length, from + maxResults);
      const tasks: Task[] = [];
      for (let index = from; index < to; index++) {
        tasks.push(this.#show(all[index] as Entry, asOfMs));
      }
      return to < all.length ? { tasks, nextToken: String(to) } : { tasks };
    });
  }

  #listing(taskStatus: string | undefined): readonly Entry[] {
    switch (taskStatus) {
      case undefined:
        return this.#account;
      case "RUNNING":
        return this.#active;
      case "COMPLETE":
        return this.#ended;
      default:
        return [];
    }
  }

  #advance(nowMs: number): void {
    let hasChanged = false;
    for (let next = this.#nextEnds.at(-1); next && next.endsAtMs <= nowMs; next = this.#nextEnds.at(-1)) {
      this.#nextEnds.pop();
      this.#ended.push(next);
      hasChanged = true;
    }
    if (hasChanged) {
      this.#active = this.#active.filter(({ endsAtMs }) => endsAtMs > nowMs);
    }
  }

  #show({ taskId, startsAtMs, endsAtMs, curve }: Entry, nowMs: number): Task {
    const startTime = Math.floor((EPOCH_MS + startsAtMs) / 1000);
    if (nowMs >= endsAtMs) {
      const completeTime = Math.floor((EPOCH_MS + endsAtMs) / 1000);
      return { taskId, taskType: "TEST", taskStatus: "COMPLETE", progress: 10_000, startTime, completeTime };
    }
    const u = (nowMs - startsAtMs) / (endsAtMs - startsAtMs);
    const progress =
      curve === undefined
        ? {}
        : { progress: Math.floor(10_000 * curve(u, (endsAtMs - startsAtMs) / 1000) + 1e-6) };
    return { taskId, taskType: "TEST", taskStatus: "RUNNING", startTime, ...progress };
  }

  async #exchange<T>(quota: Quota, answer: () => T): Promise<T> {
    await this.#oneWay();
    const verdict = quota.call(virtualNowMs() - this.#beganMs);
    const value = verdict.isAccepted ? answer() : undefined;
    await this.#oneWay();
    if (!verdict.isAccepted) {
      this.counts.throttled++;
      const { retryAfterMs } = verdict;
      throw new BdrcApiError("Request was denied due to user flow control.", {
        httpStatus: 400,
        apiCode: "Throttling.User",
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
    return value as T;
  }

  #oneWay(): Promise<void> {
    const durationMs = (this.#spec.rttMs / 2) * (0.8 + 0.4 * this.#random());
    return new Promise((resolve) => setTimeout(resolve, durationMs));
  }
}

function runTimeS({ medianS, betweenS }: ServiceSpec, random: Random): number {
  if (betweenS === undefined) {
    return medianS * Math.exp(normal(random));
  }
  const [least, most] = betweenS;
  return least + (most - least) * random();
}
