import { rmSync } from "node:fs";
import process from "node:process";
import { type Emulator, type Fault, startEmulator } from "taskwait/emulator";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { isThere } from "./harness/engine.ts";
import { endOf, exampleFile, examplesFolder } from "./harness/example-file.ts";
import { findPostgres, PostgresServer } from "./harness/postgres-server.ts";
import { eventually, type Started, start } from "./harness/processes.ts";

const postgres = findPostgres();
const isPostgresThere = isThere("PostgreSQL", postgres, "apt-get install postgresql");
const folder = examplesFolder("workflows");
const START_MS = 60_000;

interface Engine {
  readonly name: string;
  /** What the page has its reader run, in order: the first is killed, the last tells the end. */
  readonly programs: readonly (readonly [file: string, ...args: string[]])[];
  /** The programs after the first wait until this gives a row. */
  readonly isReady: string;
  /** The polls in the engine's journal. */
  readonly polls: string;
  /** What lets another process go on at once with what a killed one was doing. */
  readonly release: string;
}

const engines: readonly Engine[] = [
  {
    name: "DBOS",
    programs: [["dbos/update.mjs", "nightly"]],
    isReady: "select 1",
    polls: "select output from dbos.operation_outputs where function_name = 'poll'",
    release: "select 1",
  },
  {
    name: "OpenWorkflow",
    programs: [["openworkflow/work.mjs"], ["openworkflow/update.mjs", "nightly"]],
    isReady: "select 1 from openworkflow.openworkflow_migrations where version = 5",
    polls:
      "select output from openworkflow.step_attempts where step_name like 'poll%' and status = 'completed'",
    // Ends the lease of the killed worker, which it would have for 30 s.
    release: "update openworkflow.workflow_runs set available_at = now() where worker_id is not null",
  },
];

/** One engine with a database of its own, and a service with one task that runs until it is told to end. */
class Workflow {
  readonly emulator: Emulator;
  readonly #engine: Engine;
  readonly #server: PostgresServer;
  readonly #database: string;
  #running: readonly Started[] = [];

  constructor(engine: Engine, emulator: Emulator, server: PostgresServer, database: string) {
    this.emulator = emulator;
    this.#engine = engine;
    this.#server = server;
    this.#database = database;
  }

  async begin(): Promise<void> {
    const [first, ...others] = this.#engine.programs.map((program) => () => this.#run(...program));
    this.#running = [first?.() as Started];
    if (others.length > 0) {
      await eventually("the engine's tables", async () => {
        expect(await this.#query(this.#engine.isReady)).toHaveLength(1);
      });
    }
    this.#running = [...this.#running, ...others.map((run) => run())];
  }

  /** SIGKILL of what drives the workflow, then the same again. */
  async crash(): Promise<void> {
    const [driver, ...others] = this.#running;
    await driver?.kill();
    await this.#query(this.#engine.release);
    const [program] = this.#engine.programs;
    this.#running = [this.#run(...(program as Engine["programs"][number])), ...others];
  }

  async end(): ReturnType<typeof endOf> {
    return await endOf(this.#running.at(-1) as Started, START_MS);
  }

  async polls(): Promise<number> {
    return (await this.#query(this.#engine.polls)).length;
  }

  /** The tasks that were polled, each as often as it was. */
  polled(): readonly (string | undefined)[] {
    return this.#requests("DescribeTask").map(({ taskId }) => taskId);
  }

  /** The tasks that were started. */
  started(): readonly (string | undefined)[] {
    return this.#requests("UpdateResources").map(({ taskId }) => taskId);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((started) => started.kill()));
    await this.emulator.stop();
  }

  #requests(action: string) {
    return this.emulator.requests().filter((request) => request.action === action);
  }

  async #query(sql: string): Promise<readonly object[]> {
    return await this.#server.query(sql, this.#database);
  }

  #run(path: string, ...args: readonly string[]): Started {
    const env = { ...this.emulator.env, DATABASE_URL: this.#database };
    return start(process.execPath, [exampleFile(folder, path), ...args], env);
  }
}

/** What the example told: what the engine warns of comes before. */
function lastLine(output: string): unknown {
  return JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
}

describe.skipIf(!isPostgresThere)("the workflow that the page shows", () => {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => {
    server = await PostgresServer.start(postgres as string);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function begin(
    { onTestFinished }: TestContext,
    engine: Engine,
    faultOfStart: () => Fault | undefined = () => undefined,
  ) {
    const emulator = await startEmulator({
      starts: { UPDATE_RESOURCES: { durationMs: 600_000, progress: "none", result: { updated: 3 } } },
      faults: ({ action }) => (action === "UpdateResources" ? faultOfStart() : undefined),
    });
    const workflow = new Workflow(engine, emulator, server, await server.newDatabase(`test_${++databases}`));
    onTestFinished(() => workflow.stop());
    await workflow.begin();
    return workflow;
  }

  describe.concurrent.each(engines)("for $name", (engine) => {
    it("goes on after SIGKILL between two polls: one start, and no poll again", async (test) => {
      const workflow = await begin(test, engine);
      await eventually("a poll in the journal", async () => expect(await workflow.polls()).toBe(1), START_MS);
      await workflow.crash();
      await eventually("another poll", async () => expect(await workflow.polls()).toBe(2), START_MS);
      const [taskId = ""] = workflow.started();
      workflow.emulator.world.end(taskId, "COMPLETE");

      const { exitCode, output } = await workflow.end();

      expect([exitCode, output]).toEqual([0, expect.any(String)]);
      expect(lastLine(output)).toEqual({ taskId, result: { updated: 3 } });
      expect(workflow.started()).toEqual([taskId]);
      expect(workflow.polled()).toEqual(new Array(await workflow.polls()).fill(taskId));
    });

    it("finds what it had started when SIGKILL came before the answer", async (test) => {
      const workflow = await begin(test, engine, () => ({ kind: "hang", at: "headers" }));
      await eventually("a start", async () => expect(workflow.started()).toHaveLength(1), START_MS);
      await workflow.crash();
      await eventually("a poll", async () => expect(await workflow.polls()).toBe(1), START_MS);
      const [taskId = ""] = workflow.started();
      workflow.emulator.world.end(taskId, "COMPLETE");

      expect(lastLine((await workflow.end()).output)).toMatchObject({ taskId });
      expect(workflow.started()).toEqual([taskId]);
    });

    it("fails with the error that the task gives", async (test) => {
      const workflow = await begin(test, engine);
      await eventually("a start", async () => expect(workflow.started()).toHaveLength(1), START_MS);
      workflow.emulator.world.end(workflow.started()[0] ?? "", "FAILED", "disk full");

      const { exitCode, output } = await workflow.end();

      expect(exitCode).toBe(1);
      expect(output).toMatch(/TaskFailedError.*disk full/s);
    });
  });
});
