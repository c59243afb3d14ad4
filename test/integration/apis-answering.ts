import { fillExample } from "../../src/apis/fill-example.ts";
import type { TaskApi } from "../../src/apis/format/task-api.ts";
import { type Answer, type Peer, startPeer } from "./client-peer.ts";

/** The examples of a declaration of one state, in the order of the declaration. */
function examplesOf(api: TaskApi, state: string): NonNullable<TaskApi["examples"]> {
  return (api.examples ?? []).filter((example) => example.state === state);
}

/** A service that answers the nth call with the nth of these states, and any further with the last. */
export function startService(api: TaskApi, id: string, states: readonly string[]): Promise<Peer> {
  const answer: Answer = (response, _, nth) => {
    const state = states[Math.min(nth, states.length) - 1] ?? "running";
    const [example] = examplesOf(api, state);
    response.writeHead(example?.httpStatus ?? 200, { "content-type": "application/json" });
    const values = { id, percent: 40, time: new Date().toISOString() };
    response.end(JSON.stringify(example === undefined ? {} : fillExample(example, values)));
  };
  return startPeer(answer);
}
