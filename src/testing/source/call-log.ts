/** One call of a scripted source. All times are milliseconds since the source was made. */
export interface ScriptedCall {
  readonly method: "describe" | "list";
  /** Absent for a listing. */
  readonly taskId?: string;
  readonly atMs: number;
  /** When it was answered, well or badly; absent while it is not. */
  readonly endedAtMs?: number;
  /** Whether its signal was aborted before it was answered. */
  readonly aborted: boolean;
}

type OpenCall = { -readonly [K in keyof ScriptedCall]: ScriptedCall[K] };

/** What a scripted source was asked. */
export class CallLog {
  readonly calls: ScriptedCall[] = [];
  readonly #madeAtMs: number = performance.now();
  readonly #madeOnMs: number = Date.now();
  #inFlight = 0;
  #mostInFlight = 0;

  /** Calls that are not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The highest value of {@link CallLog.inFlight} so far. */
  get mostInFlight(): number {
    return this.#mostInFlight;
  }

  /** Milliseconds since the source was made. */
  elapsedMs(): number {
    // Some runners' fake timers move only `Date`, so whichever clock has moved further is right.
    return Math.max(performance.now() - this.#madeAtMs, Date.now() - this.#madeOnMs);
  }

  /** Records a call from its beginning to its end, and passes its answer through. */
  async record<T>(
    about: Pick<ScriptedCall, "method" | "taskId">,
    signal: AbortSignal | undefined,
    play: () => Promise<T>,
  ): Promise<T> {
    const call: OpenCall = { ...about, atMs: this.elapsedMs(), aborted: signal?.aborted === true };
    this.calls.push(call);
    this.#inFlight += 1;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
    const onAbort = () => {
      call.aborted = true;
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      return await play();
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#inFlight -= 1;
      call.endedAtMs = this.elapsedMs();
    }
  }
}
