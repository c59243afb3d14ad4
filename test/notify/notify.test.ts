import { createServer } from "node:net";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import {
  type NotifyOptions,
  notify,
  runTask,
  type TaskWaiter,
  waitEventRecordSchema,
} from "../../src/index.ts";
import { Notifier } from "../../src/notify/notifier.ts";
import { resolveNotifyOptions } from "../../src/notify/notify-options.ts";
import { type Post, type PostAnswer, posterTo } from "../../src/notify/post.ts";
import { isPublicAddress } from "../../src/notify/public-address.ts";
import { parseReceiverUrl } from "../../src/notify/receiver-url.ts";
import { scriptedSource } from "../../src/testing/index.ts";
import { HOUR_MS, makeWaiter, pass, useFakeTime } from "../engine/fake-time.ts";

useFakeTime();

const SECRET = `whsec_${Buffer.from("a key of thirty-two bytes, or so").toString("base64")}`;
const URL_HERE = "https://hooks.example.com/tasks?token=t0ps3cret";

interface Try {
  readonly atMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver that answers each try with the next of these, and from then on with the last. */
function receiver(...answers: readonly (number | PostAnswer | "hang" | "reset" | Error)[]) {
  const tries: Try[] = [];
  const beganMs = performance.now();
  const post: Post = (headers, body, signal) => {
    const answer = answers[Math.min(tries.length, answers.length - 1)];
    tries.push({ atMs: Math.round(performance.now() - beganMs), headers, body });
    if (answer === "hang") {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    }
    if (answer === "reset" || answer instanceof Error) {
      return Promise.reject(
        answer === "reset" ? Object.assign(new Error("reset"), { code: "ECONNRESET" }) : answer,
      );
    }
    return Promise.resolve(typeof answer === "number" ? { status: answer } : (answer as PostAnswer));
  };
  return { tries, post };
}

function follow(
  post: Post,
  options: Partial<NotifyOptions> = {},
  subject: TaskWaiter = makeWaiter(source()),
) {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const resolved = resolveNotifyOptions({ url: URL_HERE, secret: SECRET, ...options });
  return { waiter: subject, notifier: new Notifier(resolved, () => post).follow(subject) };
}

function source() {
  return scriptedSource({
    "t-1": ["RUNNING", "COMPLETE"],
    "t-2": ["COMPLETE"],
    "t-3": ["FAILED"],
    "t-4": ["COMPLETE"],
  });
}

async function toldOf(taskIds: readonly string[], { waiter, notifier }: ReturnType<typeof follow>) {
  const outcomes = taskIds.map((taskId) => waiter.wait(taskId).outcome);
  const end = Promise.all(outcomes).then(() => notifier.done());
  await pass(HOUR_MS);
  return await end;
}

describe("a notification", () => {
  it("has the record of jsonl as its data, and is signed by the Standard Webhooks rules", async () => {
    const { tries, post } = receiver(200);
    const failures = await toldOf(["t-1", "t-3"], follow(post, { on: ["status", "progress", "settled"] }));

    expect(failures).toEqual([]);
    const events = tries.map(({ headers, body }) => {
      vi.setSystemTime(Number(headers["webhook-timestamp"]) * 1000);
      expect(new Webhook(SECRET).verify(body, { ...headers })).toEqual(JSON.parse(body));
      const plain = JSON.parse(body) as {
        readonly id: string;
        readonly type: string;
        readonly data: unknown;
      };
      expect(plain.id).toBe(headers["webhook-id"]);
      expect(waitEventRecordSchema.parse(plain.data)).toEqual(plain.data);
      return plain;
    });
    expect(events.map(({ type }) => type).sort()).toEqual([
      "taskwait.settled",
      "taskwait.settled",
      "taskwait.status",
      "taskwait.status",
      "taskwait.status",
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it("has the same id in any process, and another for another end", async () => {
    const ids = async (): Promise<unknown[]> => {
      const { tries, post } = receiver(200);
      await toldOf(["t-1", "t-2"], follow(post));
      return tries.map(({ headers }) => headers["webhook-id"]).sort();
    };
    const [first, second] = [await ids(), await ids()];

    expect(first).toEqual(second);
    expect(new Set(first).size).toBe(2);
  });

  it.each([
    ["wait", (waiter: TaskWaiter) => waiter.wait("t-1")],
    ["run", (waiter: TaskWaiter) => runTask(() => Promise.resolve("t-1"), { waiter })],
  ] as const)(
    "names the declared API that the task is of, and copies no checkpoint of the %s for it",
    async (_, begin) => {
      const { tries, post } = receiver(200);
      const resolved = resolveNotifyOptions({ url: URL_HERE, on: ["status", "poll", "settled"] });
      const copies = vi.spyOn(globalThis, "structuredClone");
      const copiesOf = async (notifier: Notifier | undefined): Promise<number> => {
        copies.mockClear();
        const api = { name: "ros-stack", digest: "d-1" };
        const subject = begin(makeWaiter(Object.assign(source(), { api })));
        notifier?.follow(subject);
        await pass(HOUR_MS);
        return copies.mock.calls.length;
      };

      expect(await copiesOf(new Notifier(resolved, () => post))).toBe(await copiesOf(undefined));
      const sources = tries.map(({ body }) => (JSON.parse(body) as { source: string }).source);
      expect(sources.length).toBeGreaterThan(3);
      expect(new Set(sources)).toEqual(new Set(["urn:taskwait:ros-stack"]));
    },
  );

  it("is of the settled event alone by default, and not of a wait that is aborted", async () => {
    const { tries, post } = receiver(200);
    const { waiter, notifier } = follow(post);
    const wait = waiter.wait("t-1");
    wait.abandon();
    await wait.outcome;
    await toldOf(["t-2"], { waiter, notifier });

    expect(tries.map(({ body }) => (JSON.parse(body) as { subject: string }).subject)).toEqual(["t-2"]);
  });

  it("carries a signature for each secret while one takes another's place, and none without", async () => {
    const other = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const [both, none] = [receiver(200), receiver(200)];
    await toldOf(["t-2"], follow(both.post, { secret: `${SECRET} ${other}` }));
    vi.stubEnv("TASKWAIT_WEBHOOK_SECRET", "");
    await toldOf(["t-2"], follow(none.post, { secret: undefined }));

    const { headers, body } = both.tries[0] as Try;
    vi.setSystemTime(Number(headers["webhook-timestamp"]) * 1000);
    for (const secret of [SECRET, other]) {
      expect(new Webhook(secret).verify(body, { ...headers })).toBeDefined();
    }
    expect(Object.keys(none.tries[0]?.headers ?? {})).not.toContain("webhook-signature");
  });
});

describe("a receiver that does not take it at once", () => {
  it.each([
    ["answers 500 twice", [500, 500, 204], [0, 1000, 3000], undefined],
    ["answers 500 for good", [500], [0, 1000, 3000, 7000, 15_000, 31_000], /^HTTP 500 \(6 tries\)$/],
    ["resets", ["reset"], [0, 1000, 3000, 7000, 15_000, 31_000], /^ECONNRESET \(6 tries\)$/],
    ["hangs", ["hang"], [0, 11_000, 23_000, 37_000, 55_000], /^no answer within 5\.0 s \(5 tries\)$/],
    ["asks to wait", [{ status: 429, retryAfterMs: 20_000 }, 200], [0, 20_000], undefined],
    ["asks to wait too long", [{ status: 429, retryAfterMs: 7_200_000 }], [0], /^HTTP 429 \(1 try\)$/],
    ["asks to wait, being down", [{ status: 503, retryAfterMs: 9000 }, 200], [0, 9000], undefined],
    ["redirects", [307], [0], /^HTTP 307: redirects are not followed/],
    ["refuses", [404], [0], /^HTTP 404 \(1 try\)$/],
    ["wants no more", [410], [0], /^HTTP 410: it wants no more events$/],
    [
      "leads into a private network",
      [Object.assign(new Error("x"), { code: "PRIVATE_ADDRESS" })],
      [0],
      /not public/,
    ],
  ] as const)(
    "and %s gets the right tries, with one id and times of their own",
    async (_, answers, times, reason) => {
      const { tries, post } = receiver(...answers);
      const failures = await toldOf(["t-2"], follow(post));
      const [first] = tries;

      expect(tries.map(({ atMs }) => Math.round((atMs - (first?.atMs ?? 0)) / 100) * 100)).toEqual(times);
      expect(new Set(tries.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
      expect(new Set(tries.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(tries.length);
      expect(failures.map((failure) => failure.reason)).toEqual(
        reason === undefined ? [] : [expect.stringMatching(reason)],
      );
    },
  );

  it("and wants no more gets none of the later events", async () => {
    const { tries, post } = receiver(410);
    const told = follow(post);
    await toldOf(["t-2"], told);
    const failures = await toldOf(["t-3"], told);

    expect(tries).toHaveLength(1);
    expect(failures).toHaveLength(2);
  });

  it("keeps nobody waiting for longer than an event is tried, however many events there are", async () => {
    const { post } = receiver("hang");
    const many = Array.from({ length: 200 }, (_, index) => `t-${index}`);
    const waiter = makeWaiter(
      scriptedSource(Object.fromEntries(many.map((taskId) => [taskId, ["COMPLETE"]]))),
    );
    const { notifier } = follow(post, { tryFor: "30s" }, waiter);
    const outcomes = many.map((taskId) => waiter.wait(taskId).outcome);
    await pass(5000);
    await Promise.all(outcomes);
    let failures: readonly unknown[] = [];
    void notifier.done().then((found) => {
      failures = found;
    });
    await pass(30_000);

    expect(failures).toHaveLength(200);
  });

  it("stops with the signal", async () => {
    const controller = new AbortController();
    const { tries, post } = receiver(500);
    const told = follow(post, { signal: controller.signal });
    const { outcome } = told.waiter.wait("t-2");
    await pass(2500);
    await outcome;
    controller.abort(new Error("enough"));
    const failures = await told.notifier.done();

    expect(failures.map(({ reason }) => reason)).toEqual([expect.stringContaining("enough")]);
    expect(tries.length).toBeLessThan(4);
  });
});

describe("what was delivered", () => {
  it("is noted, and not posted again", async () => {
    const noted: string[] = [];
    const first = receiver(200);
    await toldOf(["t-2"], follow(first.post, { onDelivered: ({ id, url }) => noted.push(`${id} ${url}`) }));
    const second = receiver(200);
    const wasDelivered: NotifyOptions["wasDelivered"] = ({ id, url }) => noted.includes(`${id} ${url}`);
    await toldOf(["t-2", "t-3"], follow(second.post, { wasDelivered }));

    expect(noted).toEqual([`${first.tries[0]?.headers["webhook-id"]} ${URL_HERE}`]);
    expect(second.tries.map(({ body }) => (JSON.parse(body) as { subject: string }).subject)).toEqual([
      "t-3",
    ]);
  });
});

describe("an option of notify", () => {
  it.each([
    [{ url: [] }, /^notify: url must name at least one receiver/],
    [{ url: "hooks.example.com/t0ps3cret" }, /^notify: url must be an https URL \(its value is not shown/],
    [
      { url: "http://hooks.example.com/t0ps3cret" },
      /must be https beyond this machine.*, got http:\/\/hooks/,
    ],
    [{ url: "https://me:t0ps3cret@hooks.example.com" }, /must hold no user name or password/],
    [{ url: "ftp://127.0.0.1" }, /must be an https URL/],
    [{ on: ["ended"] }, /^notify: on must be some of .*got "ended"/],
    [{ on: [] }, /^notify: on must be some of/],
    [{ secret: "t0ps3cret" }, /^notify: secret must be whsec_ and Base64/],
    [{ secret: "whsec_t0ps3cret" }, /must be whsec_ and Base64 of 24 to 64 bytes/],
    [{ tryFor: "2h" }, /^notify: tryForMs must be more than 0 and at most 1 h/],
    [{ tryFor: "1s", tryForMs: 1000 }, /not both/],
    [{ signal: "SIGTERM" }, /^notify: signal must be an AbortSignal, got "SIGTERM"/],
    [{ wasDelivered: [] }, /^notify: wasDelivered must be a function, got a list of 0/],
    [{ onDelivered: "id" }, /^notify: onDelivered must be a function, got "id"/],
    [{ retries: 3 }, /unknown option "retries"/],
  ])("%j is refused, and nothing secret shown", (options, message) => {
    const given = { url: "http://127.0.0.1:1", ...options } as NotifyOptions;
    const refused = (): unknown => notify(makeWaiter(source()), given);

    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/t0ps3cret/);
  });
});

describe("a name that leads to an address that is not public", () => {
  it.each([
    ["8.8.8.8", true],
    ["100.63.255.255", true],
    ["2606:4700::1111", true],
    ["10.1.2.3", false],
    ["100.100.100.200", false],
    ["127.0.0.1", false],
    ["169.254.169.254", false],
    ["172.31.255.255", false],
    ["192.168.0.1", false],
    ["0.0.0.0", false],
    ["255.255.255.255", false],
    ["::1", false],
    ["::ffff:169.254.169.254", false],
    ["fe80::1", false],
    ["fd00:ec2::254", false],
    ["64:ff9b::a9fe:a9fe", false],
    ["2002:a9fe:a9fe::1", false],
    ["2001:db8::1", false],
  ])("%s is public: %s", (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });

  it("gets no connection", async () => {
    vi.useRealTimers();
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    const { port } = server.address() as { readonly port: number };
    // As a name of somebody else's would, that leads to this machine.
    const url = { ...parseReceiverUrl(`https://localhost:${port}/`, "url"), isLoopback: false };
    try {
      await expect(posterTo(url)({}, "{}", new AbortController().signal)).rejects.toMatchObject({
        code: "PRIVATE_ADDRESS",
      });
      expect(connections).toBe(0);
    } finally {
      server.close();
    }
  });
});
