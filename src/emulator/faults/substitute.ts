import { randomUUID } from "node:crypto";
import { type Answer, errorAnswer } from "../protocol/answer.ts";
import { refuseWith } from "../protocol/refusal.ts";
import type { ShapingFault } from "./fault.ts";

const ERROR_PAGE =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n";

/** The answer that a fault puts in the place of the operation's; undefined when the operation is to be performed. */
export function substituteAnswer(fault: ShapingFault | undefined, host: string): Answer | undefined {
  switch (fault?.kind) {
    case "refuse": {
      const refusal = refuseWith(fault.code, fault.httpStatus, fault.message);
      const { retryAfterMs } = fault;
      return errorAnswer(retryAfterMs === undefined ? refusal : { ...refusal, retryAfterMs }, host);
    }
    case "html":
      return plain(fault.httpStatus ?? 502, { "content-type": "text/html" }, ERROR_PAGE);
    case "empty":
      return plain(fault.httpStatus ?? 200, {}, "");
    case "redirect":
      return plain(302, { location: fault.location ?? `http://${host}/elsewhere` }, "");
    case "answer":
      return plain(
        fault.httpStatus ?? 200,
        { "content-type": "application/json;charset=utf-8", ...fault.headers },
        fault.body,
      );
    case "raw":
      return plain(0, {}, "");
    case "reset":
      return fault.at === "request" ? plain(0, {}, "") : undefined;
    default:
      return undefined;
  }
}

function plain(httpStatus: number, headers: Readonly<Record<string, string>>, body: string): Answer {
  return { httpStatus, headers, body, requestId: randomUUID().toUpperCase() };
}
