import { load } from "../single/load.ts";
import { type Attempt, apart, type Contestant, delaysOf } from "./contestant.ts";

const FOREVER_SECONDS = 3600;

function checkComplete(status: string): true {
  if (status !== "COMPLETE") {
    throw new Error(`it ended as ${status}`);
  }
  return true;
}

const isOver = (status: string): boolean => ["COMPLETE", "FAILED", "EXPIRED", "CANCELED"].includes(status);

export async function smithy(): Promise<Contestant> {
  interface Module {
    createWaiter(
      options: object,
      input: object,
      check: () => Promise<{ state: string }>,
    ): Promise<{ state: string }>;
    checkExceptions(result: { state: string }): unknown;
  }
  const { createWaiter, checkExceptions } = await load<Module>("@smithy/util-waiter");
  const stateOf = (status: string) =>
    !isOver(status) ? "RETRY" : status === "COMPLETE" ? "SUCCESS" : "FAILURE";
  const wait = async (attempt: Attempt): Promise<unknown> => {
    const { poll, signal, timeoutMs = FOREVER_SECONDS * 1000 } = attempt;
    const { minMs, maxMs } = delaysOf(attempt);
    return checkExceptions(
      await createWaiter(
        {
          client: {},
          maxWaitTime: timeoutMs / 1000,
          minDelay: minMs / 1000,
          maxDelay: maxMs / 1000,
          abortSignal: signal,
        },
        {},
        async () => ({ state: stateOf(await poll()) }),
      ),
    );
  };
  return {
    name: "@smithy/util-waiter 4.6.2",
    hasSignal: true,
    hasTimeout: true,
    hasCallback: false,
    knowsStates: false,
    wait,
    waitTwice: apart(wait),
  };
}

export async function coreLro(): Promise<Contestant> {
  interface Poller {
    pollUntilDone(options?: object): Promise<unknown>;
    serialize(): Promise<string>;
    submitted(): Promise<void>;
    onProgress(callback: () => void): void;
  }
  interface Module {
    createHttpPoller(operation: object, options: object): Poller;
  }
  const { createHttpPoller } = await load<Module>("@azure/core-lro");
  const request = { method: "PUT", url: "https://example.com/task" };
  const words: Record<string, string> = {
    RUNNING: "Running",
    COMPLETE: "Succeeded",
    FAILED: "Failed",
    CANCELED: "Canceled",
  };
  const answer = (statusCode: number, headers: object, body: object) => ({
    flatResponse: {},
    rawResponse: { statusCode, headers, body, request },
  });
  const make = (attempt: Attempt, restoreFrom?: string): Poller => {
    const { poll, onPoll } = attempt;
    const poller = createHttpPoller(
      {
        sendInitialRequest: async () =>
          answer(202, { "operation-location": "https://example.com/status" }, {}),
        sendPollRequest: async (_path: string, options?: { abortSignal?: AbortSignal }) => {
          const status = await poll(options?.abortSignal).catch((error: unknown) => {
            // What its own HTTP layer would throw.
            throw Object.assign(new Error(String(error), { cause: error }), { name: "RestError" });
          });
          return answer(200, {}, { status: words[status] ?? status });
        },
      },
      { intervalInMs: delaysOf(attempt).minMs, ...(restoreFrom === undefined ? {} : { restoreFrom }) },
    );
    if (onPoll !== undefined) {
      poller.onProgress(onPoll);
    }
    return poller;
  };
  const options = ({ signal }: Attempt) => (signal === undefined ? {} : { abortSignal: signal });
  return {
    name: "@azure/core-lro 3.3.1",
    hasSignal: true,
    hasTimeout: false,
    hasCallback: true,
    knowsStates: true,
    wait: (attempt) => make(attempt).pollUntilDone(options(attempt)),
    waitTwice: (first, second) => {
      const poller = make(first);
      return [poller.pollUntilDone(options(first)), poller.pollUntilDone(options(second))];
    },
    waitAgain: async (attempt) => {
      const poller = make(attempt);
      await poller.pollUntilDone();
      return poller.pollUntilDone();
    },
    resume: async (attempt) => {
      const poller = make(attempt);
      await poller.pollUntilDone().catch(() => {});
      return make(attempt, await poller.serialize()).pollUntilDone();
    },
  };
}

export async function gax(): Promise<Contestant> {
  interface Operation {
    promise(): Promise<unknown>;
    on(event: string, listener: () => void): void;
  }
  interface Module {
    operation(operation: object, descriptor: object, backoff: object): Operation;
    createBackoffSettings(...numbers: (number | null)[]): object;
  }
  const module = await load<Module & { readonly default?: Module }>("google-gax");
  const { operation, createBackoffSettings } = module.default ?? module;
  const make = (attempt: Attempt): Operation => {
    const { poll, timeoutMs, onPoll } = attempt;
    const { minMs, maxMs } = delaysOf(attempt);
    const operationsClient = {
      getOperationInternal: async () => {
        const status = await poll();
        const metadata = { type_url: "x", value: Buffer.from(String(performance.now())) };
        if (!isOver(status)) {
          return [{ done: false, metadata }];
        }
        const failed = { result: "error", error: { code: 2, message: status } };
        return [
          {
            done: true,
            metadata,
            ...(status === "COMPLETE"
              ? { result: "response", response: { value: Buffer.alloc(0) } }
              : failed),
          },
        ];
      },
    };
    const backoff = createBackoffSettings(minMs, 1.3, maxMs, null, null, null, timeoutMs ?? null);
    const decode = () => ({});
    const made = operation(
      { name: "task", done: false },
      { operationsClient, responseDecoder: decode, metadataDecoder: decode },
      backoff,
    );
    if (onPoll !== undefined) {
      made.on("progress", onPoll);
    }
    return made;
  };
  return {
    name: "google-gax 5.0.8",
    hasSignal: false,
    hasTimeout: true,
    hasCallback: true,
    knowsStates: true,
    wait: (attempt) => make(attempt).promise(),
    waitTwice: (first) => {
      const made = make(first);
      return [made.promise(), made.promise()];
    },
    waitAgain: async (attempt) => {
      const made = make(attempt);
      await made.promise();
      return made.promise();
    },
  };
}

export async function pWaitFor(): Promise<Contestant> {
  interface Module {
    default(condition: () => Promise<boolean>, options: object): Promise<unknown>;
  }
  const { default: waitFor } = await load<Module>("p-wait-for");
  const wait = async (attempt: Attempt): Promise<unknown> => {
    const { poll, signal, timeoutMs } = attempt;
    let last = "";
    const check = async () => {
      last = await poll();
      return isOver(last);
    };
    await waitFor(check, {
      interval: delaysOf(attempt).minMs,
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    return checkComplete(last);
  };
  return {
    name: "p-wait-for 6.0.0",
    hasSignal: true,
    hasTimeout: true,
    hasCallback: false,
    knowsStates: false,
    wait,
    waitTwice: apart(wait),
  };
}

export async function cockatiel(): Promise<Contestant> {
  interface Policy {
    execute(
      run: (context: { signal: AbortSignal }) => Promise<string>,
      signal?: AbortSignal,
    ): Promise<string>;
    onSuccess(listener: () => void): void;
  }
  interface Module {
    retry(policy: object, options: object): Policy;
    timeout(durationMs: number, strategy: string): Policy;
    wrap(...policies: Policy[]): Policy;
    readonly handleAll: { orWhenResult(test: (status: string) => boolean): object };
    readonly ExponentialBackoff: new (options: object) => object;
    readonly ConstantBackoff: new (delayMs: number) => object;
  }
  const { retry, timeout, wrap, handleAll, ConstantBackoff, ExponentialBackoff } =
    await load<Module>("cockatiel");
  const wait = async (attempt: Attempt): Promise<unknown> => {
    const { poll, signal, timeoutMs, onPoll, gapMs } = attempt;
    const { minMs, maxMs } = delaysOf(attempt);
    const retrying = retry(
      handleAll.orWhenResult((status) => !isOver(status)),
      {
        backoff:
          gapMs === undefined
            ? new ExponentialBackoff({ initialDelay: minMs, maxDelay: maxMs })
            : new ConstantBackoff(gapMs),
      },
    );
    if (onPoll !== undefined) {
      retrying.onSuccess(onPoll);
    }
    const policy = timeoutMs === undefined ? retrying : wrap(timeout(timeoutMs, "aggressive"), retrying);
    return checkComplete(await policy.execute(({ signal: own }) => poll(own), signal));
  };
  return {
    name: "cockatiel 3.2.1",
    hasSignal: true,
    hasTimeout: true,
    hasCallback: true,
    knowsStates: false,
    wait,
    waitTwice: apart(wait),
  };
}
