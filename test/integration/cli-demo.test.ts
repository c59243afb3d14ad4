import { describe, expect, it } from "vitest";
import { runCli } from "./harness/command.ts";

describe("taskwait demo", () => {
  it("runs piped: lines without control codes, the parsed result on standard output, exit 0", async () => {
    const { code, stdout, stderr } = await runCli(["demo"]);

    expect(stdout).toMatch(/^Resources found/);
    expect(stdout).toMatch(/^ {2}ACS::OSS::Bucket +42$/m);
    expect(stdout).toMatch(/^ {2}total +180$/m);
    expect(stdout).toMatch(/^COMPLETE {2}waited \d+\.\d s, \d+ calls, noticed .* after the task's end$/m);
    expect(stderr).toMatch(/^t-\w+ \(update resources\) RUNNING \d+/m);
    expect(stderr + stdout).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(code).toBe(0);
  });

  it("needs no account and uses none that is set", async () => {
    const { code, stdout } = await runCli(["demo"], {
      ALIBABA_CLOUD_ENDPOINT: "http://127.0.0.1:1",
      ALIBABA_CLOUD_ACCESS_KEY_ID: "somebody",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "else",
      ALIBABA_CLOUD_SECURITY_TOKEN: "entirely",
      HTTPS_PROXY: "http://127.0.0.1:1",
      HTTP_PROXY: "http://127.0.0.1:1",
    });

    expect({ code, complete: /COMPLETE/.test(stdout) }).toEqual({ code: 0, complete: true });
  });
});
