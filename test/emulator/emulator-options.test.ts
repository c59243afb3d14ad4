import { describe, expect, it } from "vitest";
import { presets } from "../../src/apis/presets.ts";
import { resolveEmulatorOptions } from "../../src/emulator/emulator-options.ts";
import { type EmulatorOptions, startEmulator } from "../../src/emulator/index.ts";
import { InvalidOptionError } from "../../src/task/errors.ts";

describe("the emulator's options", () => {
  it.each<[unknown, string]>([
    [{ port: 70_000 }, "startEmulator().port must be at most 65535, got 70000"],
    [{ port: "80" }, "startEmulator().port must be of type"],
    [{ host: "0.0.0.0" }, 'startEmulator().host must be a loopback address, 127.0.0.1 or ::1, got "0.0.0.0"'],
    [
      { prot: 1 },
      'startEmulator(): unknown option "prot"; did you mean "port"? Known are acceptHosts, apis, bearers, clockSkewMs,',
    ],
    [{ description: "x" }, 'startEmulator(): unknown option "description"'],
    [{ apis: ["dashscope"] }, "startEmulator().apis[0] must be a declaration of a task API"],
    [{ apis: [{ name: "x" }] }, "api.request must be"],
    [
      { ram: { denied: ["rds-tsk"] }, apis: [presets["rds-task"]] },
      'startEmulator(): "rds-tsk" is no operation that is served; did you mean "rds-task"?',
    ],
    [{ quota: { apis: { dashscope: {} } } }, 'startEmulator(): "dashscope" is no operation that is served;'],
    [{ keys: [] }, "startEmulator().keys must be at least 1, got a list of 0"],
    [{ log: "x" }, 'startEmulator().log must be a function, got "x"'],
    [{ faults: 5 }, "startEmulator().faults must be a function or a text"],
    [{ faults: "reset" }, "fault must be a list of name=value"],
    [{ scenario: { sed: 1 } }, 'startEmulator().scenario: unknown option "sed"'],
    [{ tasks: [{ status: "x" }] }, "startEmulator().tasks[0].status must be"],
  ])("refuse %j with a clear error, before anything is started", async (options, message) => {
    await expect(startEmulator(options as EmulatorOptions)).rejects.toThrow(InvalidOptionError);
    await expect(startEmulator(options as EmulatorOptions)).rejects.toThrow(message);
  });

  it("are checked as well when they change while it runs", async () => {
    const emulator = await startEmulator();
    expect(() => emulator.setQuota({ persecond: 1 } as never)).toThrow(
      'setQuota(): unknown option "persecond"; did you mean "perSecond"?',
    );
    expect(() => emulator.setRam({ denied: ["DescribeTsk"] } as never)).toThrow("setRam().denied[0] must be");
    expect(() => emulator.keys.put({ accessKeyId: "AK" } as never)).toThrow(
      "keys.put().accessKeySecret must be",
    );
    expect(() => emulator.world.end("t-1", "FALED" as never)).toThrow('end().status must be "COMPLETE" or');
    await emulator.stop();
  });

  it("never show a secret in an error", () => {
    const keys = [{ accessKeyId: "AK", accessKeySecret: 12_345_678 }];
    const refused = () => resolveEmulatorOptions({ keys } as unknown as EmulatorOptions);
    expect(refused).toThrow("startEmulator().keys[0].accessKeySecret must be of type string");
    expect(refused).not.toThrow("12345678");
  });

  it("come before those of the scenario", () => {
    const resolved = resolveEmulatorOptions({ scenario: { seed: 1, speed: 2, faults: "hang=1" }, speed: 3 });
    expect([resolved.seed, resolved.speed]).toEqual([1, 3]);
    expect(resolved.decide({ method: "GET", path: "/" }, 0)).toEqual([{ kind: "hang", at: "headers" }]);
  });

  it("take undefined for not given", () => {
    const options = { port: undefined, tasks: undefined, seed: 5 } as unknown as EmulatorOptions;
    expect(resolveEmulatorOptions(options)).toMatchObject({ port: 0, seed: 5 });
  });

  it("make up a key that nobody can know", () => {
    const secrets = [0, 1].map(() => resolveEmulatorOptions().keys[0].accessKeySecret);
    expect(new Set(secrets).size).toBe(2);
    expect(secrets[0]).toHaveLength(32);
  });
});
